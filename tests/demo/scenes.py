# SPDX-License-Identifier: Apache-2.0
"""The demo's four scenes: what the programs printed on the way, arranged to be read."""

import json
import re

import picture

# How sensitive a field is, by the class the field table gives it.
CLASSES = (
    "(2) personal  (3) special category or offence  (4) its disclosure could endanger her"
)


def until(text, heading):
    """The lines of an output before a heading."""
    lines = []
    for line in text.splitlines():
        if line == heading:
            break
        lines.append(line)
    return "\n".join(lines).rstrip()


def first_chosen(text, others):
    """Of an explanation the first service with its reasons, the others by name, and a count of
    those that were not eligible."""
    lines = until(text, "Also eligible, in the order they would be asked").splitlines()
    begins = [i for i, line in enumerate(lines) if re.match(r"  \S", line)]
    kept = lines[: begins[1]]
    for i in begins[1:]:
        kept += [lines[i], "    - the same …"]
    return "\n".join(kept + ["", f"… and of {others} other services, why not"])


def custody(asked, referred, shown, others, file):
    picture.scene(
        1, "What the custody sergeant sees",
        "A woman of 32 from Lambeth, arrested for shoplifting, admits it; a conditional caution is "
        "possible. Before anything is sent the sergeant can ask what would happen, and why.",
    )  # fmt: skip
    picture.command(f"onward --as met-custody explain {file}")
    picture.output(first_chosen(asked, others))
    picture.say()
    picture.command(f"onward --as met-custody refer {file}")
    picture.output(referred)
    picture.say()
    reference = referred.split()[1]
    picture.command(f"onward --as met-custody show {reference}")
    picture.output(shown)


def leaves(value, path=""):
    """(path as the field table writes it, value) of everything in a document, in its order."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for below in value:
            yield from leaves(below, path + "[]")
    else:
        yield path, value


def words(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return str(value).replace("\n", " ")


def disclosed(referral, delivered, fields):
    """Two lists of lines: what the provider received of a referral, and what was withheld."""
    received = list(leaves(delivered))
    left, right = [], []
    rest = list(received)
    for path, value in leaves(referral):
        if (path, value) in rest:
            rest.remove((path, value))
            left.append(f"{fields[path]['label']}: {words(value)}")
        elif not path.startswith("consent"):
            kind = fields[path]["class"]
            right.append(
                f"{fields[path]['label']}: {words(value)}" + (f"  ({kind})" if kind > 1 else "")
            )
    assert not rest, f"the provider received what the source did not write: {rest}"
    return left, right


def disclosure(referral, delivered, fields, service):
    left, right = disclosed(referral, delivered, fields)
    picture.scene(
        2, "What the provider received, and what was withheld",
        f"Only the fields that the agreement of {service} names leave the broker; a telephone "
        "number never without how she may be reached. Right: what the police wrote down as well.",
    )  # fmt: skip
    picture.columns("Received by the provider", left, "Withheld", right)
    picture.say()
    picture.note(CLASSES)


def near_misses(explained):
    """Of the services that cover her authority, those that were not chosen, and what said no."""
    lines = []
    for service in explained["services"]:
        clauses = {clause["clause"]: clause for clause in service["clauses"]}
        if clauses["area"]["result"] == "yes" and clauses["routing"]["result"] == "yes":
            why = [c["text"] for c in service["clauses"] if c["result"] == "no"]
            if why:
                lines.append((service["name"], "; ".join(why)))
    return lines


def gap(shown, explained, place):
    picture.scene(
        3, f"A gap: {place}",
        "A woman from Redbridge, arrested for shoplifting: domestic abuse, debt. Nobody is told; "
        "the gap is counted by borough, need and pathway, and waits for the coordinator.",
    )  # fmt: skip
    picture.command(f"onward --as met-custody show {shown.split()[0]}")
    picture.output(until(shown, "What happened"))
    picture.say()
    picture.note(f"Why: the services that cover {place}, and what said no (onward explain)")
    misses = near_misses(explained)
    picture.output("\n".join(f"- {name}: {why}" for name, why in misses), 6)


def killed(kill):
    picture.scene(
        4, "The kill",
        "kill -9 gives a program no chance to save anything. A source that has its reference has a "
        "referral that is flushed to disk; one without an answer keeps hers and sends it again.",
    )  # fmt: skip
    rows = [
        ("answered before the kill", "before", "all found after it, with the same references"),
        ("stored, but the answer was lost", "repeated", "sent again: the same one, not doubled"),
        ("on their way, or sent meanwhile", "after", "sent again by the client, taken after it"),
        ("kept in the source's spool", "spooled", "sent by `onward flush`"),
    ]
    lines = [f"{what:<34}{kill[count]:3}   {then}" for what, count, then in rows]
    picture.output("\n".join(lines))
    picture.say()
    picture.note(
        f"{kill['legs']} deliveries to providers; {kill['kept']} in the providers' own stores, "
        "each once."
    )
    picture.say()
    picture.command("onward rebuild --verify")
    picture.output(kill["verify"])


def load_fields(home):
    lines = home.onward("--json", "fields").stdout.splitlines()
    return {field["path"]: field for field in map(json.loads, lines)}
