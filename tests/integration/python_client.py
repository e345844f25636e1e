#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole main job with a client in Python, written from PROTOCOL.md alone: source, adapter,
provider, operator, and what each of them sees."""

import lib
from _support import (
    ALLIANCE, Client, expect_refused, home_running, nothing_comes, provider, run, source, take,
)  # fmt: skip

FIELDS = {
    "submit": {"source_ref", "reference", "id", "duplicate", "state", "directory_version", "legs",
               "gaps", "questions", "advice"},
    "show": {"reference", "state", "source_ref", "directory_version", "gaps", "questions", "legs",
             "timeline"},
    "leg": {"id", "service", "role", "needs", "state"},
    "status": {"version", "directory_version", "clock", "mode", "referrals", "legs_open", "outbox",
               "oldest_undelivered_s", "queue", "queue_oldest_s", "next_due", "due", "held",
               "batch_size", "commit_ms", "refusals", "store"},
    "explain": {"directory_version", "chosen", "cascade", "gaps", "questions", "services"},
    "delivery": {"delivery", "kind", "leg", "service", "reference", "attempt", "mode", "queued",
                 "referral"},
    "event": {"seq", "at", "reference", "actor", "event"},
    "inbox": {"leg", "delivery", "service", "reference", "state", "referral"},
    "welcome": {"protocol", "version", "instance", "clock", "mode", "party", "kind", "window",
                "credit", "limits", "directory_version"},
}  # fmt: skip


def has(what, body):
    missing = FIELDS[what] - set(body)
    assert not missing, f"{what} has no {missing}: {body}"
    return body


def the_welcome_says_who_is_who(home):
    with source(home) as client:
        welcome = has("welcome", client.welcome)
        assert (welcome["protocol"], welcome["party"], welcome["kind"]) == (
            1, "met-custody", "police")  # fmt: skip
        assert welcome["mode"] == "rehearsal" and len(welcome["instance"]) == 16
        assert welcome["clock"] == "2019-06-12T20:40:00Z"
        assert welcome["limits"] == {
            "frame_bytes": 262144, "frames": 8, "depth": 8, "elements": 4096}
        assert client.ping() == {}


def an_unknown_session_is_not_told_to_say_hello(home):
    with Client.at_home(home.path, "met-custody", "sources") as client:
        client.raw_send(b"ONWD\x01\x0f\0\0" + (42).to_bytes(8, "big") + b"\x80")
        assert client.raw_receive(lib.patience(5)) == ("reset", 42, {})


def the_main_job(home):
    with source(home, user="PS 41 Example", role="custody sergeant") as police, \
            provider(home, credit=4) as adapter:
        explained = has("explain", police.explain(lib.sample()))
        assert explained["chosen"] == [ALLIANCE]
        verdicts = {s["service"]: s["verdict"] for s in explained["services"]}
        assert verdicts[ALLIANCE] == "eligible"
        assert "ineligible" in verdicts.values()

        taken = has("submit", police.submit(lib.sample()))
        assert taken["state"] == "open" and not taken["duplicate"]
        leg = has("leg", taken["legs"][0])
        assert leg["service"] == ALLIANCE and leg["id"] == taken["reference"] + "/1"

        delivery = has("delivery", take(adapter))
        assert delivery["reference"] == taken["reference"] and delivery["attempt"] == 1
        assert isinstance(delivery["delivery"], bytes) and len(delivery["delivery"]) == 16
        assert delivery["kind"] == "referral" and delivery["mode"] == "rehearsal"
        assert delivery["referral"]["person"]["given_name"] == "Test"
        receipt = adapter.receipt(delivery["delivery"])
        assert receipt["state"] == "delivered"
        assert receipt["delivery"] == delivery["delivery"].hex()

        items = [has("inbox", item) for item in adapter.inbox(user="Worker 7")]
        assert [item["leg"] for item in items] == [leg["id"]]
        for action, state in (
            ("received", "received"), ("accepted", "accepted"), ("started", "started"),
            ("on-hold", "on-hold"), ("resumed", "started"), ("completed", "completed"),
        ):  # fmt: skip
            done = adapter.acknowledge(leg["id"], action, delivery=items[0]["delivery"])
            assert done["state"] == state and done["reference"] == taken["reference"], done

        shown = has("show", police.show(taken["reference"]))
        assert shown["state"] == "closed" and shown["legs"][0]["state"] == "completed"
        assert {"deadline", "attempts"} <= set(shown["legs"][0])
        listed = list(police.list(state="closed"))
        assert [item["reference"] for item in listed] == [taken["reference"]]
        assert "timeline" not in listed[0]
        followed = [has("event", event) for event in police.follow(0, timeout=0.5)]
        assert followed == shown["timeline"], "follow and show tell two stories"
        nothing_comes(adapter, 0.2)


def an_amendment_and_a_withdrawal_do_not_arrive(home):
    with source(home) as police, provider(home) as adapter:
        taken = police.submit(lib.sample())
        adapter.receipt(take(adapter)["delivery"])
        police.amend(taken["reference"], {"person": {"interpreter": True}})
        amended = take(adapter)
        assert amended["kind"] == "amended" and amended["referral"]["person"]["interpreter"]
        adapter.receipt(amended["delivery"])
        done = police.withdraw(taken["reference"], "her-decision")
        assert done["state"] == "withdrawn" and done["legs"][0]["state"] == "cancel-requested"
        withdrawn = take(adapter)
        assert withdrawn["kind"] == "withdrawn" and withdrawn["reason"] == "her-decision"
        assert not withdrawn.get("referral")
        adapter.receipt(withdrawn["delivery"])
        leg = taken["legs"][0]["id"]
        assert adapter.acknowledge(leg, "withdrawn", "her-decision")["state"] == "withdrawn"
        expect_refused("illegal-state", adapter.acknowledge, leg, "accepted")


def events_come_late_or_twice(home):
    """A follow that is held open hears of a commit at once; a cursor goes on where it was."""
    with source(home) as follower, source(home) as police:
        seen = [event["seq"] for event in follower.follow(0, timeout=0.3)]
        following = follower.follow(seen[-1], credit=2, timeout=lib.patience(5))
        taken = police.submit(lib.sample())
        event = next(following)
        assert event["reference"] == taken["reference"] and event["event"] == "submitted"
        rest = [event["event"] for event in (next(following), next(following))]
        assert rest == ["matched", "open"], rest
        again = list(follower.follow(seen[-1], timeout=0.3))
        assert [e["event"] for e in again] == ["submitted", "matched", "open"]


def pages_lose_or_repeat_something(home):
    with source(home) as police:
        made = {police.submit(lib.sample())["reference"] for _ in range(25)}
        listed = [item["reference"] for item in police.list(limit=4)]
        assert len(listed) == len(set(listed)) and made <= set(listed)
    with provider(home, routes=[]) as worker:
        legs = [item["reference"] for item in worker.inbox(limit=4)]
        assert len(legs) == len(set(legs)) and made <= set(legs)


def the_operator_sees_less(home):
    with Client.at_home(home.path, "operator", "operators") as operator:
        operator.hello()
        status = has("status", operator.status())
        assert status["mode"] == "rehearsal" and status["referrals"] > 0
        assert set(status["commit_ms"]) == {"p50", "p99"}
        assert set(status["store"]) == {"used_bytes", "limit_bytes"}
        assert operator.reload() == {}
        assert operator.bye() == {}
        operator._hello = None
        expect_refused("reset", operator.ping)


def main():
    with home_running() as home:
        run(
            the_welcome_says_who_is_who,
            an_unknown_session_is_not_told_to_say_hello,
            the_main_job,
            an_amendment_and_a_withdrawal_do_not_arrive,
            events_come_late_or_twice,
            pages_lose_or_repeat_something,
            the_operator_sees_less,
            home=home,
        )
        home.stop()
        home.verify()


if __name__ == "__main__":
    main()
