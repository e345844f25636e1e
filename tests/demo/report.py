# SPDX-License-Identifier: Apache-2.0
"""The evening as one page that can be forwarded: build/demo/report.html.  Everything is in the one
file, it reads without a script, without colour and on paper."""

import datetime
import html
import zoneinfo

import picture

LONDON = zoneinfo.ZoneInfo("Europe/London")
TILE, GAP = 96, 6
NOTE = "Every woman in it is invented, every provider's answer is simulated; the services are real."

STYLE = """
:root { --ink: #1b2430; --soft: #55606e; --line: #d5dae0; --paper: #fff; --shade: #f4f6f8;
  --accepted: #1f6f5c; --partly: #7fb5a6; --waiting: #f1d486; --gap: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf0; --soft: #a9b3be; --line: #3b4652;
  --paper: #14191f; --shade: #1e252d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .5rem; padding-top: .75rem;
  border-top: 2px solid var(--ink); }
p { margin: .5rem 0 1rem; max-width: 46rem; }
.soft { color: var(--soft); }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0; padding: 0; }
.figures li { list-style: none; flex: 1 1 8rem; padding: .75rem 1rem; background: var(--shade);
  border-radius: .4rem; }
.figures b { display: block; font-size: 2rem; line-height: 1.1; }
nav ol { columns: 2; margin: .5rem 0 0; padding-left: 1.4rem; }
nav a { color: inherit; }
pre { margin: .5rem 0; padding: .75rem 1rem; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; background: var(--shade); border-left: 3px solid var(--line);
  font: 13px/1.45 ui-monospace, "Liberation Mono", monospace; }
pre.command { border-left-color: var(--accepted); font-weight: 600; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .9rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tfoot td, tfoot th { font-weight: 700; border-bottom: 2px solid var(--ink); }
.wide { overflow-x: auto; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
.columns section { background: var(--shade); padding: .25rem 1rem .75rem; border-radius: .4rem; }
.columns h3 { font-size: 1rem; margin: .6rem 0 .3rem; }
.columns ul { margin: 0; padding-left: 1.1rem; font-size: .92rem; }
svg { display: block; width: 100%; height: auto; margin: 1rem 0; }
svg text { font-family: system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
.legend { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr));
  gap: .3rem 1.5rem; margin: 0; padding: 0; font-size: .92rem; }
.legend li { list-style: none; display: flex; gap: .6rem; align-items: center; }
.legend svg { width: 2.2rem; flex: none; margin: 0; }
details { margin: 1rem 0; }
summary { cursor: pointer; }
dl.steps { display: grid; grid-template-columns: 4.5rem 7rem 1fr; gap: .15rem .75rem;
  font-size: .92rem; margin: .5rem 0; }
dl.steps dd { margin: 0; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; }
  h2 { break-after: avoid; } pre, .columns section, svg { break-inside: avoid; }
  details > * { display: revert; } }
@media (max-width: 40rem) { nav ol { columns: 1; } dl.steps { grid-template-columns: 4rem 1fr; }
  dl.steps dd + dd { grid-column: 1 / -1; margin-bottom: .4rem; } }
"""

# How a tile is drawn: fill, ink, pattern, border.
FILLS = {
    "accepted": ("#1f6f5c", "#ffffff", None, "#1f6f5c"),
    "partly": ("#cfe5de", "#1b2430", "stripes", "#1f6f5c"),
    "waiting": ("#f7e6b5", "#1b2430", "dots", "#a57c12"),
    "gap": ("#ffffff", "#1b2430", None, "#b3261e"),
    "not-stated": ("#ffffff", "#1b2430", None, "#b3261e"),
}
PATTERNS = """<defs>
<pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><path d="M0 0V8" stroke="#1f6f5c" stroke-width="3"
 opacity=".35"/></pattern>
<pattern id="dots" width="9" height="9" patternUnits="userSpaceOnUse"><circle cx="4" cy="4" r="1.6"
 fill="#a57c12" opacity=".55"/></pattern>
</defs>"""


def esc(text):
    return html.escape(str(text), quote=True)


def shape(mark, x, y, width, height):
    """A rectangle that says how things stand, readable without its colour."""
    fill, _, pattern, border = FILLS[mark]
    dash = ' stroke-dasharray="5 4"' if mark == "not-stated" else ""
    wide = 3 if mark in ("gap", "not-stated") else 1.5
    at = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="5"'
    drawn = f'<rect {at} fill="{fill}" stroke="{border}" stroke-width="{wide}"{dash}/>'
    if pattern:
        drawn += f'<rect {at} fill="url(#{pattern})"/>'
    return drawn


def tile_map(marks):
    """London's authorities in their usual places, as text that can be selected."""
    columns = 1 + max(column for row in picture.TILES for column in row)
    width = columns * (TILE + GAP)
    height = len(picture.TILES) * (TILE * 0.62 + GAP)
    out = [
        f'<svg viewBox="0 0 {width} {height:.0f}" role="img" '
        'aria-label="Map of London\'s 33 authorities as tiles">',
        PATTERNS,
    ]
    for line, row in enumerate(picture.TILES):
        for column, name in sorted(row.items()):
            mark = marks[name]
            _, letter, meaning = picture.MARKS[mark]
            x, y = column * (TILE + GAP) + 2, line * (TILE * 0.62 + GAP) + 2
            ink = FILLS[mark][1]
            short = picture.SHORT.get(name, name)
            out.append(f"<g><title>{esc(name)}: {esc(meaning)}</title>")
            out.append(shape(mark, x, round(y, 1), TILE, round(TILE * 0.62, 1)))
            out.append(
                f'<text x="{x + 8}" y="{y + 22:.1f}" font-size="13.5" fill="{ink}">{esc(short)}</text>'
                f'<text x="{x + 8}" y="{y + 48:.1f}" font-size="20" font-weight="700" '
                f'fill="{ink}">{esc(letter)}</text></g>'
            )
    out.append("</svg>")
    out.append('<ul class="legend">')
    for mark, (_, letter, meaning) in picture.MARKS.items():
        out.append(
            f'<li><svg viewBox="0 0 44 26">{shape(mark, 2, 2, 40, 22)}</svg>'
            f"<span><b>{esc(letter)}</b> {esc(meaning)}</span></li>"
        )
    out.append("</ul>")
    return "\n".join(out)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(LONDON)


# What only moves papers is left out of the picture.
PAPERS = {"delivery-queued", "delivery-receipted", "delivery-cancelled", "clock-set", "open"}
GRAVE = {"expired", "reminder", "overdue", "declined", "undeliverable", "no-service", "alert"}
WORDS = {
    "matched": "service chosen", "expired": "no answer in time", "no-service": "no service found",
    "received": "opened by a person", "assigned": "sent by hand", "delivered": "stored there",
}  # fmt: skip


def lanes_of(shown, events, parties):
    """Who takes part, from left to right: the source, the broker, each service and whoever else
    acted, as they come in."""
    lanes = [shown["source"], "broker"]
    for event in events:
        who = event["service"] if event["actor"] in parties else event["actor"]
        if who not in lanes:
            lanes.append(who)
    return lanes


def lane_of(event, lanes, parties):
    """Whose act it was."""
    return lanes.index(event["service"] if event["actor"] in parties else event["actor"])


def timeline(shown, names, parties):
    """One referral from top to bottom: who did what, when.  Equal steps, not equal times: between
    two of them may lie a second or a weekend, which the day says."""
    events = [event for event in shown["timeline"] if event["event"] not in PAPERS]
    lanes = lanes_of(shown, events, parties)
    left, top, row, lane = 150, 64, 34, 88
    words = left + lane * len(lanes) + 10
    height = top + row * len(events) + 16
    out = [
        f'<svg viewBox="0 0 1000 {height}" role="img" aria-label="Timeline of one referral">',
    ]
    for i, who in enumerate(lanes):
        x = left + i * lane
        label = names.get(who, who)
        parts = label.replace(",", "").replace("-", " ").split(" ")[:3]
        for line, part in enumerate(parts):
            out.append(
                f'<text x="{x}" y="{14 + line * 14}" font-size="12" font-weight="600" '
                f'text-anchor="middle" fill="currentColor">{esc(part)}</text>'
            )
        out.append(
            f'<path d="M{x} {top - 8}V{height - 10}" stroke="currentColor" opacity=".25" '
            'stroke-width="2"/>'
        )
    said, before = "", None
    for i, event in enumerate(events):
        y = top + i * row + 8
        at = moment(event["at"])
        day = at.strftime("%a %-d %b")
        text = f"{day}, {at:%H:%M}" if day != said else f"{at:%H:%M}"
        said = day
        x = left + lane_of(event, lanes, parties) * lane
        if before is not None and before[0] != x:
            out.append(
                f'<path d="M{before[0]} {before[1]}L{x} {y}" stroke="#1f6f5c" '
                'stroke-width="1.5" opacity=".6"/>'
            )
        before = (x, y)
        # A diamond where somebody should have done something, told apart without its colour.
        dot = f'<circle cx="{x}" cy="{y}" r="6" fill="#1f6f5c"/>'
        if event["event"] in GRAVE:
            corners = f"M{x} {y - 9}L{x + 9} {y}L{x} {y + 9}L{x - 9} {y}Z"
            dot = f'<path d="{corners}" fill="#b3261e"/>'
        out.append(
            f'<text x="{left - 50}" y="{y + 4}" font-size="13" text-anchor="end" '
            f'fill="currentColor">{esc(text)}</text>'
            f"{dot}"
            f'<text x="{words}" y="{y + 4}" font-size="14" fill="currentColor">'
            f"{esc(event_words(event, names))}</text>"
        )
    out.append("</svg>")
    return "\n".join(out)


def event_words(event, names):
    text = WORDS.get(event["event"], event["event"].replace("-", " "))
    if event.get("service"):
        text += f": {names.get(event['service'], event['service'])}"
    if event.get("reason"):
        text += f" ({event['reason'].replace('-', ' ')})"
    return text


def block(entry):
    kind, *rest = entry
    if kind == "command":
        return f'<pre class="command">$ {esc(rest[0])}</pre>'
    if kind == "output":
        return f"<pre>{esc(rest[0])}</pre>"
    if kind == "note":
        return f"<p>{esc(rest[0])}</p>"
    if kind == "title":
        return f"<h3>{esc(rest[0])}</h3>"
    if kind == "columns":
        sides = [
            f"<section><h3>{esc(title)}</h3><ul>"
            + "".join(f"<li>{esc(line.strip())}</li>" for line in lines)
            + "</ul></section>"
            for title, lines in (rest[0:2], rest[2:4])
        ]
        return f'<div class="columns">{"".join(sides)}</div>'
    if kind == "table":
        return table(*rest)
    if kind == "timeline":
        return timeline(*rest)
    assert kind == "map", kind
    return tile_map(rest[0])


def table(head, rows, total):
    def line(cells, tag):
        return "<tr>" + "".join(f"<{tag}>{esc(cell)}</{tag}>" for cell in cells) + "</tr>"

    return (
        '<div class="wide"><table><thead>' + line(head, "th") + "</thead><tbody>"
        + "".join(line(row, "td") for row in rows)
        + "</tbody><tfoot>" + line(total, "td") + "</tfoot></table></div>"
    )  # fmt: skip


def steps_of(record):
    lines = [
        f"<dt>{seconds:.1f} s</dt><dd><b>{esc(what)}</b></dd><dd>{esc(text)}</dd>"
        for kind, seconds, what, text in (entry for entry in record if entry[0] == "step")
    ]
    return f'<dl class="steps">{"".join(lines)}</dl>'


def page(record, figures, wrong, first):
    """The whole page out of what the demo said, in its order; the scene `first` before all."""
    sections, current = [], None
    for entry in record:
        if entry[0] == "scene":
            current = (entry[1], entry[2], [f"<p>{esc(entry[3])}</p>" if entry[3] else ""])
            sections.append(current)
        elif entry[0] != "step" and current is not None:
            current[2].append(block(entry))
    # Who has only a minute looks at the figures and the map.
    sections.sort(key=lambda section: section[0] != first)
    # Who has only a minute looks at the map.
    contents = "".join(
        f'<li><a href="#part-{number}">{esc(title)}</a></li>' for number, title, _ in sections
    )
    tiles = "".join(f"<li><b>{count}</b>{esc(name)}</li>" for count, name in figures)
    failed = "".join(f"<p><b>Not as expected:</b> {esc(sentence)}</p>" for sentence in wrong)
    body = "".join(
        f'<h2 id="part-{number}">{esc(title)}</h2>{"".join(blocks)}'
        for number, title, blocks in sections
    )
    return f"""<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Onward: one evening in June 2019, rehearsed</title><style>{STYLE}</style></head><body>
<h1>Onward: one evening in June 2019</h1>
<p class="soft">A rehearsal. {esc(NOTE)} Referrals from custody suites, liaison and diversion,
courts, prisons and probation go to the services that cover where each woman lives; the broker is
killed in the middle of it.</p>
{failed}<ul class="figures">{tiles}</ul>
<nav aria-label="Contents"><ol>{contents}</ol></nav>
{body}
<details><summary>The evening step by step</summary>{steps_of(record)}</details>
</body></html>
"""
