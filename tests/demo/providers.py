# SPDX-License-Identifier: Apache-2.0
"""The providers of the demo: an adapter for each, and the people there."""

import json
import re

import lib
import picture

ACTIONS = {
    "accept": ["accept"],
    "waitlist": ["waitlist"],
    "decline": ["decline", "--reason", "no-capacity"],
}


def start_inboxes(demo):
    """An adapter for each provider; what it answers by itself is in a file of its own."""
    plans = demo.samples.index["providers"]
    housing = [path.stem for path in (demo.home.path / "keys").glob("housing-*.key")]
    demo.inboxes = sorted(set(plans) | set(housing))
    folder = demo.home.folder / "answers"
    folder.mkdir()
    for party in demo.inboxes:
        script = folder / f"{party}.txt"
        plan = plans.get(party, {"*": "silent"})
        script.write_text("".join(f"{service}  {what}\n" for service, what in plan.items()))
        demo.home.inbox_adapter(party, "--rehearsal-ok", "--json", "--answer", "script", script)
    picture.step(
        "providers",
        f"{len(demo.inboxes)} onward-inbox, one a provider; their answers are simulated",
    )


def silence_provider(demo, party):
    """From now on its adapter stores what it is sent and answers nothing."""
    adapters = [p for p in demo.home.processes if p.log.stem == f"inbox-{party}"]
    adapters[0].stop()
    script = demo.home.folder / "answers" / f"{party}-silent.txt"
    script.write_text("*  silent\n")
    demo.home.inbox_adapter(
        party, "--rehearsal-ok", "--json", "--answer", "script", script,
        name=f"inbox-{party}-silent",
    )  # fmt: skip


def service_names(demo):
    """What services are called, by their id."""
    names = {}
    for path in (demo.home.path / "directory").glob("*/services/*.yaml"):
        found = re.search(r"^name: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        names[path.stem] = found.group(1).strip("\"'")
    return names


def people_answer(demo):
    """What people at the providers decide, each on the leg it is about, once it is there."""
    waiting = {}
    for one in demo.samples.all:
        for number, leg in enumerate(one.legs, 1):
            if leg["by"] == "person":
                waiting[(one.source_ref, number)] = leg
    said = []

    def go_on():
        found = demo.states()
        for (ref, number), leg in list(waiting.items()):
            legs = found.get(ref, {"legs": []})["legs"]
            if len(legs) < number or legs[number - 1]["state"] != "delivered":
                continue
            del waiting[(ref, number)]
            party = provider_of(demo, leg["service"])
            for action, *more in (["receive"], ACTIONS[leg["answer"]]):
                words = [action, legs[number - 1]["id"], *more, "--user", "Worker Invented"]
                demo.home.onward(*words, as_=party)
            said.append((demo.samples.by_ref[ref].place, leg["service"], leg["answer"]))
        return not waiting

    lib.wait_until(go_on, 30, "deliveries that people answer", 0.1)
    verbs = {"accept": "accepted", "waitlist": "waiting list", "decline": "declined"}
    for answer, verb in verbs.items():
        places = sorted(place for place, _, given in said if given == answer)
        picture.step("people", f"{verb}: {', '.join(places)}")


def provider_of(demo, service):
    """The party a service is delivered to, as the directory says."""
    path = next((demo.home.path / "directory").glob(f"*/services/{service}.yaml"))
    delivery = path.read_text(encoding="utf-8").split("\ndelivery:", 1)[1]
    return re.search(r"^  party: (\S+)$", delivery, re.MULTILINE).group(1)


def stores(demo):
    """What each provider's adapter has kept, out of its own store."""
    found = {}
    for party in demo.inboxes:
        command = [lib.BIN / "onward-inbox", "--home", demo.home.path, "--as", party]
        lines = demo.home.run([*command, "--list", "--json"]).stdout.splitlines()
        found[party] = [json.loads(line) for line in lines]
    return found
