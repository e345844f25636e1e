#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""README's tour by hand prints what README says, but for references and times."""

import difflib
import pathlib
import sys

import lib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "demo"))
import tour  # noqa: E402


def main():
    blocks = tour.BLOCK.findall(tour.README.read_text(encoding="utf-8"))
    commands = [command for block in blocks for command, _ in tour.steps(block)]
    # What the tour is for; a tour that lost its commands would pass.
    for name in ("init", "explain", "refer", "accept", "show", "follow", "status", "flush"):
        assert any(name in command.split() for command in commands), f"the tour has no {name}"
    for name in ("onwardd", "onward-inbox"):
        assert any(command.startswith(name) for command in commands), f"the tour has no {name}"
    wanted = tour.comparable(blocks)
    got = tour.comparable(tour.play(blocks, lib.BIN))
    different = False
    for before, now in zip(wanted, got, strict=True):
        old, new = before.splitlines(), now.splitlines()
        for line in difflib.unified_diff(old, new, "README.md", "now", lineterm=""):
            print(line)
            different = True
    assert not different, "README says otherwise; if that is meant: tests/demo/tour.sh --write"
    print(f"{len(commands)} commands print what README says")


if __name__ == "__main__":
    main()
