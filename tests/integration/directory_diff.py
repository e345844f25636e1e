#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What differs between versions of a running broker's directory, and folders that are not published
yet, as the command line says it."""

import json
import shutil

from _support import home_running, run

SERVICE = "london-2018/services/south-london-alliance.yaml"
NAME = "South London Alliance (south-london-alliance): "


def diff(home, *names, check, **options):
    return home.onward("directory", "diff", *map(str, names), check=check, **options)


def sentences(home, *names):
    """Whom each line is about, and what it says; the first line is a summary."""
    done = diff(home, "--json", *names, check=1)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return rows[0], [row["sentence"] for row in rows[1:]]


def candidate(home):
    """A folder of all areas with one service changed."""
    folder = home.path / "candidate"
    shutil.copytree(home.path / "directory", folder)
    path = folder / SERVICE
    text = path.read_text(encoding="utf-8")
    changed = text.replace("  - Croydon\n", "  - Bexley\n")
    changed = changed.replace("person.age >= 18", "person.age >= 17")
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    return folder


def a_folder_alone_is_held_against_what_is_in_force(home):
    folder = candidate(home)
    summary, said = sentences(home, folder)
    assert summary["from"] == "version 1 (in force)", summary
    assert summary["services"]["changed"] == 1, summary
    assert NAME + "now covers Bexley." in said and NAME + "no longer covers Croydon." in said, said
    assert any("women of 17 become eligible" in sentence for sentence in said), said
    home.onward("directory", "publish", folder, "--message", "Bexley for Croydon")


def versions_are_compared_by_number(home):
    summary, said = sentences(home, 1)
    assert (summary["from"], summary["to"]) == ("version 1", "version 2 (in force)"), summary
    assert sentences(home, 1, 2)[1] == said
    assert NAME + "now covers Croydon." in sentences(home, 2, 1)[1]
    assert "Nothing differs." in diff(home, 2, check=0).stdout
    assert "Nothing differs." in diff(home, 2, home.path / "candidate", check=0).stdout


def one_area_is_held_against_that_area(home):
    summary, said = sentences(home, 1, home.path / "candidate" / "london-2018")
    assert summary["services"]["removed"] == 0, summary
    assert NAME + "now covers Bexley." in said, said


def the_places_that_gain_and_lose_are_named(home):
    page = diff(home, 1, 2, "--coverage", "--at", "2019-06-12", check=1).stdout
    less, more = page.split("Coverage on 12 June 2019")[1].split("Where there is more:")
    assert "Croydon: no service of its own any more" in " ".join(less.split()), page
    assert "Bexley: now a service of its own" in " ".join(more.split()), page


def what_cannot_be_compared_is_no_difference(home):
    assert "versions 1 to 2" in diff(home, 9, check=2).stderr
    diff(home, "nowhere", check=2)
    assert "operators and coordinators" in diff(home, 1, check=4, as_="met-custody").stderr


def main():
    with home_running(["london-2018", "norfolk"]) as home:
        run(
            a_folder_alone_is_held_against_what_is_in_force,
            versions_are_compared_by_number,
            one_area_is_held_against_that_area,
            the_places_that_gain_and_lose_are_named,
            what_cannot_be_compared_is_no_difference,
            home=home,
        )


if __name__ == "__main__":
    main()
