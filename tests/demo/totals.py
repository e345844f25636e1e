# SPDX-License-Identifier: Apache-2.0
"""The evening in figures: a table by pathway, London as a map of tiles, the other places."""

import picture
import samples

PATHWAYS = [
    "diversion", "liaison-diversion", "court", "resettlement", "community", "recall-prevention",
]  # fmt: skip


def marks_of(demo, found):
    """How each of London's authorities stands."""
    marks = {}
    for one in demo.samples.all:
        if not one.authority.startswith("E09"):
            continue
        shown = found.get(one.source_ref, {"legs": [], "state": "no-service", "gaps": []})
        mark = samples.outcome(shown)
        if mark == "gap" and one.authority in demo.samples.index["not_stated"]:
            mark = "not-stated"
        if mark == "accepted" and shown["gaps"]:
            mark = "partly"
        if one.place in marks and marks[one.place] != mark:
            both = {marks[one.place], mark}
            mark = "partly" if both & {"accepted", "partly"} else "waiting"
        marks[one.place] = mark
    return marks


def sums(demo, found):
    """Rows by pathway, and the total: submitted, accepted, waiting, gaps, needs without service."""
    rows = {pathway: [0, 0, 0, 0, 0] for pathway in PATHWAYS}
    place = {"accepted": 1, "waiting": 2, "gap": 3}
    for ref in demo.answers:
        one = demo.samples.by_ref[ref]
        row = rows[one.pathway]
        row[0] += 1
        if ref in found:
            row[place[samples.outcome(found[ref])]] += 1
            row[4] += len(found[ref]["gaps"])
    total = [sum(row[i] for row in rows.values()) for i in range(5)]
    return rows, total


def show(demo, found, number):
    rows, total = sums(demo, found)
    picture.scene(
        number, "The evening in figures",
        "By pathway; then each of London's authorities as a tile, and the places outside London.",
    )  # fmt: skip
    head = ["pathway", "submitted", "accepted", "waiting", "gaps", "needs without a service"]
    picture.table(head, [[name, *row] for name, row in rows.items()], ["all", *total])
    picture.say()
    picture.heading("London, by authority")
    picture.say()
    marks = marks_of(demo, found)
    missing = set(picture.authorities()) - set(marks)
    demo.expect(not missing, f"nobody was referred from {', '.join(sorted(missing))}")
    picture.tile_map(marks)
    picture.say()
    elsewhere = {}
    for one in demo.samples.all:
        if not one.authority.startswith("E09") and one.source_ref in found:
            area = "Merseyside" if one.authority.startswith("E08") else "Norfolk"
            letter = picture.MARKS[samples.outcome(found[one.source_ref])][1]
            elsewhere.setdefault(area, []).append(f"{one.place} {letter}")
    lines = [f"{area + ':':<12}{', '.join(places)}" for area, places in elsewhere.items()]
    picture.output("\n".join(lines), 2)
    return total
