# SPDX-License-Identifier: Apache-2.0
"""What the demo draws: steps, columns, the table, the map of London.  All of it reads without
colour; a terminal gets bold headings, unless NO_COLOR is set."""

import os
import sys
import textwrap
import time

WIDTH = 100
STYLED = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
BEGIN = time.monotonic()
RECORD = []  # what was said, as (kind, ...), for the page that report.py makes

# Row by row, each authority at its column.
TILES = [
    {4: "Enfield"},
    {2: "Harrow", 3: "Barnet", 4: "Haringey", 5: "Waltham Forest"},
    {0: "Hillingdon", 1: "Ealing", 2: "Brent", 3: "Camden", 4: "Islington", 5: "Hackney",
     6: "Redbridge", 7: "Havering"},
    {0: "Hounslow", 1: "Hammersmith and Fulham", 2: "Kensington and Chelsea", 3: "Westminster",
     4: "City of London", 5: "Tower Hamlets", 6: "Newham", 7: "Barking and Dagenham"},
    {1: "Richmond upon Thames", 2: "Wandsworth", 3: "Lambeth", 4: "Southwark", 5: "Lewisham",
     6: "Greenwich", 7: "Bexley"},
    {2: "Kingston upon Thames", 3: "Merton", 4: "Croydon", 5: "Bromley"},
    {3: "Sutton"},
]  # fmt: skip
SHORT = {
    "Waltham Forest": "Waltham F.", "Hammersmith and Fulham": "Hammersm.",
    "Barking and Dagenham": "Barking", "Kensington and Chelsea": "Kensington",
    "City of London": "City", "Tower Hamlets": "Tower H.",
    "Richmond upon Thames": "Richmond", "Kingston upon Thames": "Kingston",
}  # fmt: skip
# What a place came to: block, letter, meaning.
MARKS = {
    "accepted": ("█", "A", "accepted: a service said yes to every need"),
    "partly": ("▓", "P", "partly: a service said yes, but a need or a woman found none"),
    "waiting": ("▒", "W", "waiting: for a service's answer, for a fact, or for a date"),
    "gap": ("░", "G", "gap: no service found"),
    "not-stated": ("░", "?", "gap, and whether a service covers the place is not stated"),
}


def bold(text):
    return f"\x1b[1m{text}\x1b[0m" if STYLED else text


def say(text=""):
    print(text, flush=True)


def note(text):
    """A sentence between two pictures."""
    RECORD.append(("note", text))
    for part in textwrap.wrap(text, WIDTH - 4):
        say(part)


def title(text, *lines):
    say(bold(text))
    for line in lines:
        say(line)


def heading(text):
    RECORD.append(("title", text))
    say(bold(text))


def scene(number, text, line=""):
    RECORD.append(("scene", number, text, line))
    say()
    say(bold(f"{number}  {text}"))
    say("─" * WIDTH)
    if line:
        for part in textwrap.wrap(line, WIDTH - 4):
            say(part)
        say()


def step(what, text):
    """One line of progress with the time since the beginning."""
    seconds = time.monotonic() - BEGIN
    RECORD.append(("step", seconds, what, text))
    head = f"{seconds:6.1f} s  {what:<10} "
    lines = textwrap.wrap(text, WIDTH - len(head)) or [""]
    say(head + lines[0])
    for line in lines[1:]:
        say(" " * len(head) + line)


def output(text, indent=4):
    """What a program printed; lines too long for the page go on below, further in."""
    RECORD.append(("output", text.rstrip("\n")))
    for line in text.rstrip("\n").splitlines():
        room = WIDTH - indent
        if len(line) <= room:
            say(" " * indent + line if line else "")
            continue
        inner = len(line) - len(line.lstrip())
        wrapped = textwrap.wrap(
            line.strip(), room - inner, subsequent_indent="    ", break_on_hyphens=False
        )
        for part in wrapped:
            say(" " * (indent + inner) + part)


def command(text):
    RECORD.append(("command", text))
    say("    " + bold("$ " + text))


def columns(left_title, left, right_title, right):
    """Two lists of lines side by side."""
    RECORD.append(("columns", left_title, left, right_title, right))
    half = (WIDTH - 3) // 2
    rows = [(bold(left_title.ljust(half)), bold(right_title)), ("─" * half, "─" * half)]

    def cut(lines):
        out = []
        for line in lines:
            out += textwrap.wrap(line, half, subsequent_indent="      ") or [""]
        return out

    left, right = cut(left), cut(right)
    for i in range(max(len(left), len(right))):
        a = left[i] if i < len(left) else ""
        b = right[i] if i < len(right) else ""
        rows.append((a.ljust(half), b))
    for a, b in rows:
        say(f"{a} │ {b}".rstrip())


def table(head, rows, total):
    RECORD.append(("table", head, rows, total))
    widths = [max(len(str(row[i])) for row in [head, *rows, total]) for i in range(len(head))]

    def line(row):
        cells = [str(row[0]).ljust(widths[0])]
        cells += [str(cell).rjust(width) for cell, width in zip(row[1:], widths[1:])]
        return "   ".join(cells)

    say(bold(line(head)))
    say("─" * len(line(head)))
    for row in rows:
        say(line(row))
    say("─" * len(line(head)))
    say(bold(line(total)))


def timeline(shown, names, parties):
    """A picture on the page; the lines in a terminal are those of `onward show`."""
    RECORD.append(("timeline", shown, names, parties))


def tile_map(marks):
    """London's 33 authorities, each a tile: its name, and below a bar and a letter for `marks`."""
    RECORD.append(("map", marks))
    for row in TILES:
        names = "".join(
            SHORT.get(row[c], row[c]).ljust(12) if c in row else " " * 12 for c in range(8)
        )
        bars = ""
        for column in range(8):
            if column in row:
                block, letter, _ = MARKS[marks[row[column]]]
                bars += f"{block * 8} {letter}  "
            else:
                bars += " " * 12
        say("  " + names.rstrip())
        say("  " + bars.rstrip())
    say()
    for block, letter, meaning in MARKS.values():
        say(f"  {block * 4} {letter}  {meaning}")


def authorities():
    return [name for row in TILES for name in row.values()]
