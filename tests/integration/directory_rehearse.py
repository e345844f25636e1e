#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A directory that is tried before it is published, as coordinators do it, and the
people of a service that ends, who go to its successor."""

import csv
import io
import json
import re
import shutil

import lib
from _support import (
    ALLIANCE, Client, expect_refused, home_running, leg_states, provider, run, take_for,
)  # fmt: skip

COORDINATOR = "coordinator-london"
NEXT = "south-london-next"
SINCE = ["--since", "2019-06-01"]


def candidate(home, name, *edits, successor=True):
    """A copy of the home's directory in which the alliance has a successor of the provider advance,
    with more edits of the alliance's file; its path."""
    root = home.folder / name
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(home.path / "directory", root)
    path = next(root.glob(f"*/services/{ALLIANCE}.yaml"))
    text = path.read_text()
    if successor:
        new = text.replace(f"id: {ALLIANCE}", f"id: {NEXT}")
        new = re.sub(r"^name: .*$", "name: South London from now on", new, flags=re.M)
        new = new.replace("women_specific: true", "women_specific: false")
        new = new.replace("party: women-in-prison", "party: advance")
        (path.parent / f"{NEXT}.yaml").write_text(new)
        text = text.replace("capacity: not-stated", f"successor: {NEXT}\ncapacity: not-stated")
    for old, after in edits:
        assert old in text, old
        text = text.replace(old, after, 1)
    path.write_text(text)
    return root


def refer(home):
    return home.refer(lib.sample())[0]["reference"]


def refer_to(home, consent):
    """One that the alliance has."""
    reference = home.refer(lib.sample(consent=[consent]))[0]["reference"]
    assert ALLIANCE in leg_states(home, reference)
    return reference


def rehearse(home, root, *options, as_=COORDINATOR):
    *items, totals = home.json("directory", "rehearse", root, *SINCE, *options, as_=as_)
    return items, totals


def nothing_differs_with_what_is_in_force(home):
    refer(home)
    items, totals = rehearse(home, home.path / "directory")
    assert items == [] and totals["replayed"] >= 1, totals
    assert totals["same"] == totals["replayed"] and totals["legs_lost"] == 0, totals
    text = home.onward("directory", "rehearse", home.path / "directory", *SINCE,
                       as_=COORDINATOR).stdout  # fmt: skip
    assert text.count("\n") == 1 and "tried:" in text, text


def a_contract_that_ends_is_told_before_it_is_published(home):
    reference = refer(home)
    before = home.json("show", reference, as_=COORDINATOR)
    root = candidate(home, "ends", ("to: 2021-03-31", "to: 2019-06-30"))
    items, totals = rehearse(home, root, "--at", "2019-07-01")
    (item,) = [item for item in items if item.get("reference") == reference]
    assert item["changes"] == ["elsewhere"], item
    assert item["from"][0]["service"] == ALLIANCE and item["to"][0]["service"] == NEXT, item
    assert {"service": ALLIANCE, "change": "loses", "why": "window"} in item["moves"], item
    (leg,) = item["legs"]
    assert leg["why"] == ["window"] and leg["successor"] == NEXT and leg["lost"], leg
    assert leg["ends"] == "2019-06-30" and leg["deadline"], leg
    assert totals["legs_lost"] >= 1, totals
    assert {"service": NEXT, "gains": totals["elsewhere"], "loses": 0} in totals["services"]
    assert home.json("show", reference, as_=COORDINATOR) == before, "nothing was written"
    shown = home.onward("directory", "rehearse", root, *SINCE, "--at", "2019-07-01",
                        as_=COORDINATOR).stdout  # fmt: skip
    assert reference in shown and "South London from now on" in shown, shown
    assert "loses its service" in " ".join(shown.split()), shown
    assert shown.splitlines()[-1].startswith(f"{totals['replayed']} tried:"), shown
    table = home.onward("directory", "rehearse", root, *SINCE, "--at", "2019-07-01", "--format",
                        "csv", as_=COORDINATOR).stdout  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {"loses", "gains", "leg-lost"} <= {row["change"] for row in rows}, rows
    lost = next(row for row in rows if row["change"] == "leg-lost")
    assert lost["successor"] == NEXT and lost["ends"] == "2019-06-30", lost


def a_mistake_is_told_before_anything_travels(home):
    root = candidate(home, "broken", ("role: lead", "role: leader"))
    answer = home.onward("directory", "rehearse", root, *SINCE, as_=COORDINATOR, check=None)
    assert answer.returncode == lib.REFUSED, answer
    assert f"{ALLIANCE}.yaml" in answer.stderr, answer.stderr
    answer = home.onward("directory", "rehearse", root, as_=COORDINATOR, check=None)
    assert answer.returncode == lib.USAGE and "--since" in answer.stderr, answer
    for other in ("operator", "met-custody"):
        answer = home.onward("directory", "rehearse", home.path / "directory", *SINCE,
                             as_=other, check=None)  # fmt: skip
        assert answer.returncode == lib.NOT_ALLOWED, answer


def rules_are_tried_by_a_coordinator_and_the_log_says_so(home):
    reference = refer(home)
    root = candidate(home, "rules", ("cel: person.age >= 18", "cel: person.age >= 60"),
                     successor=False)  # fmt: skip
    items, totals = rehearse(home, root)
    assert reference in [item.get("reference") for item in items], items
    said = [line for line in home.broker.text().splitlines() if "rehearse: a directory" in line]
    assert COORDINATOR in said[-1] and "2019-05-31T23:00:00Z" in said[-1], said
    assert f"on {totals['replayed']} referrals" in said[-1], said


def migrate(home, *options, as_=COORDINATOR, code=lib.DONE):
    answer = home.onward("--json", "directory", "migrate", ALLIANCE, *options, "--reason",
                         "the contract ends", as_=as_, check=None)  # fmt: skip
    assert code is None or answer.returncode == code, answer
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    return (lines[:-1], lines[-1]) if lines else ([], {})


def the_people_of_a_service_that_ends_go_to_its_successor(home):
    started, waiting = refer(home), refer(home)
    with provider(home) as adapter:
        adapter.receipt(take_for(adapter, started)["delivery"])
        adapter.receipt(take_for(adapter, waiting)["delivery"])
        adapter.acknowledge(f"{started}/1", "accepted")
        adapter.acknowledge(f"{started}/1", "started")
    root = candidate(home, "next")
    home.onward("directory", "publish", root, "--message", "the alliance ends", as_="operator")
    rule = ["--rule", 'leg.state in ["started", "delivered"] && pathway == "diversion"']
    migrate(home, *rule, as_="operator", code=lib.NOT_ALLOWED)
    items, summary = migrate(home, *rule, "--dry-run")
    mine = {item["reference"]: item for item in items}
    assert mine[started]["waits"] and not mine[waiting]["waits"], mine
    assert summary["to"] == NEXT and summary["dry_run"], summary
    assert NEXT not in leg_states(home, started), "a dry run moves nobody"
    said = [line for line in home.broker.text().splitlines() if "migrate: a dry run" in line]
    assert COORDINATOR in said[-1] and f"{len(items)} legs of {ALLIANCE}, by a rule" in said[-1]
    items, summary = migrate(home, *rule)
    assert {item["result"] for item in items} == {"moved"}, items
    assert leg_states(home, started) == {ALLIANCE: "started", NEXT: "matched"}
    assert leg_states(home, waiting) == {ALLIANCE: "cancel-requested", NEXT: "matched"}
    with provider(home, "advance") as adapter:
        adapter.receipt(take_for(adapter, started)["delivery"])
        adapter.acknowledge(f"{started}/2", "accepted")
    assert leg_states(home, started) == {ALLIANCE: "cancel-requested", NEXT: "accepted"}
    with provider(home) as adapter:
        stop = take_for(adapter, started)
        assert stop["kind"] == "withdrawn" and stop["reason"] == "migrated", stop
        adapter.receipt(stop["delivery"])
    items, _ = migrate(home, *rule)
    assert started not in {item["reference"] for item in items}, "nobody moves twice"
    events = [event["event"] for event in
              home.json("show", started, as_="met-custody")[0]["timeline"]]  # fmt: skip
    assert "migrated" in events, events
    home.onward("rebuild", "--verify", as_="operator")


def what_stays_is_told_with_its_reason(home):
    consent = lib.sample()["consent"][0]
    reference = home.refer(
        lib.sample(consent=[{**consent, "recipients": [ALLIANCE]}]))[0]["reference"]  # fmt: skip
    items, _ = migrate(home, "--all", code=lib.REFUSED)
    (item,) = [item for item in items if item["reference"] == reference]
    assert item["result"] == "not-moved" and item["why"] == "consent", item
    shown = home.onward("directory", "migrate", ALLIANCE, "--all", "--reason", "why",
                        as_=COORDINATOR, check=None)  # fmt: skip
    assert "ask her first" in shown.stdout, shown.stdout
    assert shown.stdout.splitlines()[-1].startswith("South London Alliance to"), shown.stdout
    answer = home.onward("directory", "migrate", ALLIANCE, "--reason", "why", as_=COORDINATOR,
                         check=None)  # fmt: skip
    assert answer.returncode == lib.USAGE and "--rule" in answer.stderr, answer


def a_broker_that_is_killed_midway_moves_nobody_twice(home):
    consent = {**lib.sample()["consent"][0], "recipients": "any-eligible"}
    references = [refer_to(home, consent) for _ in range(30)]
    with Client.at_home(home.path, COORDINATOR, "operators") as client:
        client.hello(timeout=lib.patience(10))
        steps = client.migrate(ALLIANCE, "the contract ends", all=True, limit=4)
        seen = [next(steps) for _ in range(9)]
        home.broker.kill()
    home.start()
    migrate(home, "--all", code=None)
    moved = {item["reference"] for item in seen if item["result"] == "moved"}
    assert moved, seen
    for reference in references:
        legs = home.json("show", reference, as_=COORDINATOR)[0]["legs"]
        services = [leg["service"] for leg in legs]
        assert sorted(services) == [ALLIANCE, NEXT], services
    home.onward("rebuild", "--verify", as_="operator")


def pages_over_the_wire_are_of_what_was_uploaded(home):
    root = candidate(home, "wire", ("to: 2021-03-31", "to: 2019-06-30"))
    files = {str(path.relative_to(root)): path.read_bytes()
             for path in root.rglob("*.yaml") if "tests" not in path.parts}  # fmt: skip
    with Client.at_home(home.path, COORDINATOR, "operators") as client:
        client.hello(timeout=lib.patience(10))
        unknown = {"upload": b"x" * 32, "since": "2019-06-01T00:00:00Z"}
        expect_refused("not-found", client.ask, "rehearse", unknown, field="upload")
        replayed, found = 0, []
        for page in client.rehearse(files, "2019-06-01T00:00:00Z", limit=5):
            assert page["replayed"] <= 5, page["replayed"]
            replayed += page["replayed"]
            found += [item["reference"] for item in page["items"] if "reference" in item]
        assert replayed > 30 and len(found) == len(set(found)), (replayed, found)
    with Client.at_home(home.path, "met-custody", "sources") as client:
        client.hello(timeout=lib.patience(10))
        expect_refused("not-allowed", client.ask, "rehearse", unknown)
        expect_refused("not-allowed", client.ask, "migrate",
                       {"service": ALLIANCE, "all": True, "note": "why"})  # fmt: skip


if __name__ == "__main__":
    with home_running() as HOME:
        run(
            nothing_differs_with_what_is_in_force,
            a_contract_that_ends_is_told_before_it_is_published,
            a_mistake_is_told_before_anything_travels,
            rules_are_tried_by_a_coordinator_and_the_log_says_so,
            the_people_of_a_service_that_ends_go_to_its_successor,
            what_stays_is_told_with_its_reason,
            a_broker_that_is_killed_midway_moves_nobody_twice,
            pages_over_the_wire_are_of_what_was_uploaded,
            home=HOME,
        )
        HOME.stop()
