#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What coordinators and operators do by hand over a running broker: the queue, assignments,
deliveries that are stopped and tried again."""

import contextlib

import lib
from _support import (
    ALLIANCE, home_running, leg_states, nothing_comes, provider, run, take, take_for,
)  # fmt: skip
from onward_client import NoAnswer

COORDINATOR = "coordinator-london"
WORKER = "hibiscus-foreign-national-worker"
# A failed attempt is not repeated by itself while a test runs.
PATIENT = {"retry_first_ms": 60000, "retry_most_ms": 60000}


def consenting(*services):
    consent = lib.sample()["consent"][0]
    return [{**consent, "recipients": list(services)}]


def refer(home, *services):
    """A referral that may go to these services only; its reference."""
    return home.refer(lib.sample(consent=consenting(*services)))[0]["reference"]


def queue(home, reference=None, as_=COORDINATOR):
    items = home.json("queue", as_=as_)
    return [item for item in items if reference in (None, item["reference"])]


def waiting(home, reference, *options, as_="operator"):
    return [item for item in home.json("deliveries", *options, as_=as_)
            if item["reference"] == reference]  # fmt: skip


def give_up(home, reference, party="women-in-prison"):
    """The party's adapter says that it can never take it; the delivery's id."""
    with provider(home, party) as adapter:
        delivery = take_for(adapter, reference)["delivery"]
        adapter.receipt(delivery, "undeliverable", "no-such-client")
    return delivery.hex()


def drain(adapter, quiet_s=0.5):
    """Takes and stores whatever waits."""
    with contextlib.suppress(NoAnswer):
        while True:
            adapter.receipt(adapter.next_delivery(timeout=quiet_s)["delivery"])


def what_cannot_be_delivered_is_assigned_and_leaves_the_queue(home):
    reference = refer(home, ALLIANCE, WORKER)
    give_up(home, reference)
    (item,) = queue(home, reference)
    assert item["reasons"] == ["no-service", "undeliverable"], item
    assert item["gaps"] == ["accommodation"] and item["source"] == "met-custody", item
    steps = [step["step"] for step in item["next"]]
    assert "retry" in steps, item["next"]
    why = ["--reason", "they keep a place until Friday"]
    refused = home.onward("assign", reference, WORKER, *why, as_="operator", check=None)
    assert refused.returncode == lib.NOT_ALLOWED, refused
    done = home.json("assign", reference, WORKER, *why, "--user", "Co One", as_=COORDINATOR)[0]
    assert done["state"] == "matched" and "needs:no" in done["overridden"], done
    again = home.json("assign", reference, WORKER, *why, as_=COORDINATOR)[0]
    assert again["duplicate"] and again["leg"] == done["leg"], again
    with provider(home, "hibiscus") as adapter:
        taken = take_for(adapter, reference)
        assert taken["service"] == WORKER, taken["service"]
        adapter.receipt(taken["delivery"])
        adapter.acknowledge(done["leg"], "accepted")
    assert queue(home, reference) == []
    assert leg_states(home, reference) == {ALLIANCE: "expired", WORKER: "accepted"}
    events = home.json("show", reference, as_="met-custody")[0]["timeline"]
    assigned = next(event for event in events if event["event"] == "assigned")
    assert assigned["actor"] == COORDINATOR and "user" not in assigned, assigned
    events = home.json("show", reference, as_=COORDINATOR)[0]["timeline"]
    assigned = next(event for event in events if event["event"] == "assigned")
    assert assigned["user"] == "Co One" and "needs:no" in assigned["overridden"], assigned


def the_queue_says_who_might_take_her_and_nothing_of_her(home):
    reference = home.refer(lib.sample(needs=[{"code": "trafficking"}]))[0]["reference"]
    (item,) = queue(home, reference)
    assert (item["state"], item["reasons"]) == ("no-service", ["no-service"]), item
    step = item["next"][0]
    assert step["step"] == "assign" and step["blocked"], item["next"]
    text = home.onward("queue", as_=COORDINATOR).stdout
    assert f"onward assign {reference} {step['service']} --reason" in text, text
    assert "Invented" not in text and "1987" not in text, text
    elsewhere = home.json("queue", "--authority", "Barnet", as_=COORDINATOR)
    assert reference not in [other["reference"] for other in elsewhere], elsewhere
    done = home.json(
        "assign", reference, step["service"], "--reason", "they said yes", as_=COORDINATOR)[0]
    assert done["overridden"] == step["blocked"], done


def what_was_seen_to_leaves_the_queue(home):
    reference = refer(home, ALLIANCE)
    give_up(home, reference)
    assert home.onward("queue", "--seen", reference, as_=COORDINATOR, check=None).returncode == 64
    done = home.json("queue", "--seen", reference, "--reason", "rang them", as_=COORDINATOR)[0]
    assert done["left"] == [] and "undeliverable" in done["cleared"], done
    assert queue(home, reference) == []
    twice = home.onward(
        "queue", "--seen", reference, "--reason", "again", as_=COORDINATOR, check=None)
    assert twice.returncode == lib.REFUSED, twice


def a_stopped_delivery_stays_until_it_is_retried_under_its_id(home):
    reference = refer(home, ALLIANCE)
    (item,) = waiting(home, reference)
    assert (item["state"], item["route"]) == ("queued", "women-in-prison"), item
    stopped = home.json(
        "stop-retrying", item["delivery"], "--reason", "provider-closed", as_="operator")
    assert [one["result"] for one in stopped] == ["stopped"], stopped
    with provider(home) as adapter:
        nothing_comes(adapter, 0.7)
        (shown,) = waiting(home, reference, "--failed")
        assert (shown["state"], shown["reason"]) == ("stopped", "provider-closed"), shown
        # Why a person holds it back is not for the provider.
        assert waiting(home, reference, as_="women-in-prison") == [shown | {"reason": ""}]
        assert waiting(home, reference, as_="hibiscus") == []
        retried = home.json("retry", item["delivery"], as_=COORDINATOR)
        assert [one["result"] for one in retried] == ["queued"], retried
        taken = take_for(adapter, reference)
        assert taken["delivery"].hex() == item["delivery"], "another id after the retry"
        adapter.receipt(taken["delivery"])
    assert waiting(home, reference) == []
    arrived = home.onward("retry", item["delivery"], as_="operator", check=None)
    assert arrived.returncode == lib.REFUSED and "arrived" in arrived.stderr, arrived


def a_retry_does_not_wait_for_the_back_off(home):
    reference = refer(home, ALLIANCE)
    with provider(home) as adapter:
        first = take_for(adapter, reference)
        adapter.receipt(first["delivery"], "failed", "disk-full")
        nothing_comes(adapter, 0.7)
        (item,) = waiting(home, reference, "--failed")
        assert (item["state"], item["attempts"], item["reason"]) == ("waiting", 1, "disk-full")
        done = home.json("retry", item["delivery"], as_="operator")
        assert [one["result"] for one in done] == ["tried-now"], done
        second = take_for(adapter, reference)
        assert (second["delivery"], second["attempt"]) == (first["delivery"], 2), second
        adapter.receipt(second["delivery"])


def a_stop_that_could_not_be_said_is_said_again(home):
    reference = refer(home, ALLIANCE)
    with provider(home) as adapter:
        adapter.receipt(take_for(adapter, reference)["delivery"])
        home.onward("withdraw", reference, "--reason", "her-decision", as_="met-custody")
        stop = take(adapter)
        assert stop["kind"] == "withdrawn", stop
        adapter.receipt(stop["delivery"], "undeliverable", "maintenance")
        (item,) = queue(home, reference)
        assert (item["reasons"], item["attention"]) == (["attention"], ["stop-undelivered"]), item
        assert item["next"][0] == {
            "step": "retry", "delivery": stop["delivery"].hex(), "service": ALLIANCE}, item
        home.onward("retry", stop["delivery"].hex(), as_="operator")
        again = take(adapter)
        assert (again["delivery"], again["reason"]) == (stop["delivery"], "her-decision"), again
        adapter.receipt(again["delivery"])


def nothing_that_was_stopped_leaves_after_a_withdrawal(home):
    reference = refer(home, ALLIANCE)
    (item,) = waiting(home, reference)
    home.onward("stop-retrying", "--all", "--reason", "wrong-endpoint", as_="operator")
    home.onward("withdraw", reference, "--reason", "consent-withdrawn", as_="met-custody")
    refused = home.onward("retry", item["delivery"], as_="operator", check=None)
    assert refused.returncode == lib.REFUSED and "cancelled" in refused.stderr, refused
    home.onward("retry", "--all", as_="operator")
    with provider(home) as adapter:
        told = take_for(adapter, reference)
        assert told["kind"] == "withdrawn" and "referral" not in told, told["kind"]
        adapter.receipt(told["delivery"])
        nothing_comes(adapter, 0.5)


def many_are_stopped_and_retried_in_steps(home):
    with provider(home) as adapter:
        drain(adapter)
    references = [refer(home, ALLIANCE) for _ in range(70)]
    by_route = ["--route", "women-in-prison"]
    stopped = home.json("stop-retrying", *by_route, "--reason", "provider-closed", as_="operator")
    assert {one["reference"] for one in stopped} == set(references)
    assert {one["result"] for one in stopped} == {"stopped"}
    text = home.onward("retry", *by_route, as_="operator").stdout
    assert text.splitlines()[-1] == "70 queued again", text
    with provider(home, credit=128) as adapter:
        taken = [take(adapter) for _ in references]
        for delivery in taken:
            adapter.receipt(delivery["delivery"])
        assert {delivery["reference"] for delivery in taken} == set(references)
    left = home.onward("deliveries", *by_route, as_="operator").stdout
    assert left == "everything has arrived\n", left


def only_who_may_reads_and_moves(home):
    reference = refer(home, ALLIANCE)
    (item,) = waiting(home, reference)
    for party in ("met-custody", "women-in-prison"):
        for words in (["queue"], ["retry", item["delivery"]], ["retry", "--all"]):
            done = home.onward(*words, as_=party, check=None)
            assert done.returncode == lib.NOT_ALLOWED, (party, words, done)
    assert home.onward("retry", as_="operator", check=None).returncode == lib.USAGE
    assert home.onward("retry", "xyz", as_="operator", check=None).returncode == lib.USAGE


def the_state_is_what_the_record_says(home):
    home.stop()
    home.verify()


if __name__ == "__main__":
    with home_running(config=PATIENT) as running:
        run(
            what_cannot_be_delivered_is_assigned_and_leaves_the_queue,
            the_queue_says_who_might_take_her_and_nothing_of_her,
            what_was_seen_to_leaves_the_queue,
            a_stopped_delivery_stays_until_it_is_retried_under_its_id,
            a_retry_does_not_wait_for_the_back_off,
            a_stop_that_could_not_be_said_is_said_again,
            nothing_that_was_stopped_leaves_after_a_withdrawal,
            many_are_stopped_and_retried_in_steps,
            only_who_may_reads_and_moves,
            the_state_is_what_the_record_says,
            home=running,
        )
