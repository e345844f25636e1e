#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Business time over a running broker: silence from reminder to queue, an outage, a clock that
jumped, and who may move the clock of a rehearsal."""

import datetime
import time

import lib
from _support import ALLIANCE, Client, add_service, home_running, leg_states, run

COORDINATOR = "coordinator-london"
SECOND = "the-other-alliance"
REFUSED_STATE = "illegal-state"


def two_services(home):
    add_service(home, SECOND, "advance")


def clock(home, *arguments, as_="operator"):
    return home.json("clock", *arguments, as_=as_)[0]


def refer(home, *services, as_="met-custody"):
    """A referral that may go to these services only; its reference."""
    consent = [{**lib.sample()["consent"][0], "recipients": list(services)}]
    return home.refer(lib.sample(consent=consent), as_=as_)[0]["reference"]


def timeline(home, reference, as_="met-custody"):
    return [event["event"] for event in home.json("show", reference, as_=as_)[0]["timeline"]]


def leg(home, reference, number=0, as_="met-custody"):
    return home.json("show", reference, as_=as_)[0]["legs"][number]


def queue(home, reference):
    items = home.json("queue", as_=COORDINATOR)
    return [item for item in items if item["reference"] == reference]


def silence_ends_with_the_first_provider(home):
    reference = refer(home, ALLIANCE, SECOND)
    first = leg(home, reference)
    assert first["service"] == ALLIANCE, first
    assert first["clock"] == "delivery-window", first
    assert first["deadline"] == "2019-06-13T00:40:00Z", first
    # Three quarters on: the reminder; at the end: the next best, because she agreed to it.
    moved = clock(home, "advance", "3h")
    assert [event["event"] for event in moved["became_due"]] == ["reminder"], moved
    assert moved["manual"] and moved["clock"] == "2019-06-12T23:40:00Z", moved
    assert leg_states(home, reference)[ALLIANCE] == "matched"
    moved = clock(home, "advance", "1h")
    assert leg_states(home, reference) == {ALLIANCE: "expired", SECOND: "matched"}, moved
    assert timeline(home, reference).count("reminder") == 1
    assert queue(home, reference)[0]["reasons"] == ["expired"]
    # The second is as silent: the source is asked for more consent, and a coordinator has it.
    clock(home, "advance", "4h")
    assert leg_states(home, reference) == {ALLIANCE: "expired", SECOND: "expired"}
    (item,) = queue(home, reference)
    assert "expired" in item["reasons"] and "accommodation" in item["gaps"], item
    # Nothing of hers waits for anybody any more.
    assert not [i for i in home.json("deliveries", as_="operator") if i["reference"] == reference]


def a_deadline_is_not_the_next_one(home):
    reference = refer(home, ALLIANCE)
    wanted = clock(home)["next"]
    moved = clock(home, "next")
    assert moved["clock"] == wanted and moved["became_due"], moved
    assert leg(home, reference)["state"] in ("matched", "expired")


def a_move_that_is_asked_for_again_moves_twice(home):
    """Also one that takes the broker many steps: others are answered between them."""
    for number in range(3):
        referral = lib.sample(source_ref=f"step-{number}")
        referral["person"].pop("local_authority")
        home.refer(referral)
        clock(home, "advance", "1m")
    start = datetime.datetime.fromisoformat(clock(home)["clock"])
    until = (start + datetime.timedelta(days=360)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with Client.at_home(home.path, "operator", "operators") as client:
        client.hello(timeout=lib.patience(10))
        moved = client.clock("advance", at=until)
        assert moved["clock"] < until and moved["became_due"], moved["clock"]
        for _ in range(1000):
            if moved["clock"] == until:
                break
            moved = client.clock("advance", at=until)
        assert moved["clock"] == until, moved["clock"]
        moved = client.clock("advance", at=until)
        assert moved["clock"] == until and moved["became_due"] == [], moved
    moved = clock(home, "advance", "200d")
    wanted = start + datetime.timedelta(days=560)
    assert datetime.datetime.fromisoformat(moved["clock"]) == wanted, moved["clock"]
    assert len(moved["became_due"]) > 50, len(moved["became_due"])


def overdue_is_not_listed(home):
    reference = refer(home, ALLIANCE)
    home.json("inbox", as_="women-in-prison")
    home.json("accept", leg(home, reference)["id"], "--user", "Worker", as_="women-in-prison")
    clock(home, "advance", "9d")
    late = {item["reference"] for item in home.json("list", "--overdue", as_=COORDINATOR)}
    assert reference in late, late
    assert "overdue" in timeline(home, reference)
    assert queue(home, reference)[0]["reasons"] == ["overdue"]


def who_may_not_moves_the_clock(home):
    for party in ("met-custody", "women-in-prison"):
        error = home.json("clock", "advance", "1h", as_=party, check=None)[0]["error"]
        assert error["code"] == "not-allowed", error
    error = home.json("clock", "confirm", as_=COORDINATOR, check=None)[0]["error"]
    assert error["code"] == "not-allowed", error


def the_state_is_not_what_the_record_says(home):
    home.stop()
    home.verify()
    home.start()


def a_holiday_of_the_home_is_a_working_day():
    with home_running() as home:
        assert leg(home, prison(home, "1"), as_="london-crc")["deadline"] == "2019-06-13T20:40:00Z"
        (home.path / "bank-holidays.txt").write_text("# proclaimed\n+2019-06-13\n")
        home.onward("reload", as_="operator")
        assert leg(home, prison(home, "2"), as_="london-crc")["deadline"] == "2019-06-14T20:40:00Z"
        (home.path / "bank-holidays.txt").write_text("+2019-06-13\n2019-06-14\n")
        said = home.run([lib.BIN / "onwardd", "--home", home.path, "--check"], check=None)
        assert said.returncode != 0 and "line 2" in said.stdout, said.stdout


def prison(home, source_ref):
    referral = lib.sample(source_ref=source_ref, pathway="community")
    referral["person"]["local_authority"] = "E09000007"
    return home.refer(referral, as_="london-crc")[0]["reference"]


def started_anew(home):
    """Killed as by a failure of the machine, and started over the clock of the system."""
    home.kill()
    home.start(clock=None)


def an_outage_expires_somebody():
    with home_running() as home:
        reference = refer(home, ALLIANCE)
        started_anew(home)  # years after the last record
        time.sleep(2.5)  # the broker looks for what is due once a second
        assert clock(home)["held"], "a clock so far ahead is believed"
        assert leg(home, reference)["state"] == "matched"
        assert clock(home, "confirm")["held"] is False
        time.sleep(2.5)
        assert leg(home, reference)["state"] == "matched"
        assert leg(home, reference)["deadline"] > datetime.datetime.now(datetime.UTC).isoformat()
        assert "reminder" not in timeline(home, reference)
        home.stop()
        home.verify()


def a_quiet_broker_is_taken_for_a_dead_one():
    with home_running() as home:
        reference = refer(home, ALLIANCE)
        home.kill()
        now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=60)
        (home.path / "run" / "alive").write_text(now.strftime("%Y-%m-%dT%H:%M:%SZ\n"))
        home.start(clock=None)
        lib.wait_until(lambda: leg(home, reference)["state"] == "expired", what="the deadline")
        home.stop()
        home.verify()


def the_broker_does_not_note_that_it_is_alive():
    with home_running(clock=None) as home:
        alive = home.path / "run" / "alive"
        lib.wait_until(lambda: alive.exists() and alive.read_text().endswith("Z\n"),
                       what="run/alive")  # fmt: skip
        error = home.json("clock", "advance", "1h", as_="operator", check=None)[0]["error"]
        assert error["code"] == REFUSED_STATE, error
        assert clock(home)["manual"] is False


def a_clock_behind_the_record_is_believed():
    with home_running(clock="2040-01-02T10:00:00Z,manual") as home:
        home.onward("status", as_="operator")
        home.stop()
        home.start(clock=None)  # years before the last record
        assert home.json("status", as_="operator")[0]["held"]
        assert clock(home)["held"]
        assert "HELD" in home.onward("status", as_="operator").stdout
        assert clock(home, "confirm")["held"] is False
        assert not home.json("status", as_="operator")[0]["held"]
        home.stop()
        home.verify()


def main():
    with home_running(prepare=two_services) as home:
        run(
            silence_ends_with_the_first_provider,
            a_deadline_is_not_the_next_one,
            overdue_is_not_listed,
            who_may_not_moves_the_clock,
            a_move_that_is_asked_for_again_moves_twice,
            the_state_is_not_what_the_record_says,
            home=home,
        )
    run(
        a_holiday_of_the_home_is_a_working_day,
        an_outage_expires_somebody,
        a_quiet_broker_is_taken_for_a_dead_one,
        the_broker_does_not_note_that_it_is_alive,
        a_clock_behind_the_record_is_believed,
    )


if __name__ == "__main__":
    main()
