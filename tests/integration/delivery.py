#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Deliveries as an adapter sees them: again until there is a receipt, in order, to the newest
session, and never more than was agreed."""

import time

import lib
from _support import (
    ALLIANCE, Client, add_service, edit_service, home_running, leg_states, nothing_comes, provider,
    run, source, status, take, take_for,
)  # fmt: skip
from onward_client import NoAnswer, Superseded

RETRY = {"retry_first_ms": 50, "retry_most_ms": 400}
SECOND = "second-alliance"


def refer(home, **changes):
    return home.refer(lib.sample(**changes))[0]


def drain(client, quiet_s=0.5):
    """Takes and stores whatever waits."""
    while True:
        try:
            client.receipt(client.next_delivery(timeout=quiet_s)["delivery"])
        except NoAnswer:
            return


def leg_of(home, taken):
    return home.json("show", taken["reference"], as_="met-custody")[0]["legs"][0]


def an_attempt_without_a_receipt_is_the_last(home):
    with provider(home) as adapter:
        drain(adapter, 0.2)
        taken = refer(home)
        attempts = [take(adapter) for _ in range(3)]
        assert {d["reference"] for d in attempts} == {taken["reference"]}
        assert len({d["delivery"] for d in attempts}) == 1, "another id on another attempt"
        assert [d["attempt"] for d in attempts] == [1, 2, 3], attempts
        without = [{**d, "attempt": 0} for d in attempts]
        assert without[0] == without[1] == without[2], "the delivery itself changed"
        adapter.receipt(attempts[0]["delivery"])
        while adapter.deliveries:
            adapter.next_delivery()
        nothing_comes(adapter, 1.0)
        leg = leg_of(home, taken)
        assert leg["state"] == "delivered" and leg["attempts"] >= 3, leg


def a_failed_delivery_comes_again_at_once_or_never(home):
    with provider(home) as adapter:
        drain(adapter, 0.2)
        refer(home)
        times, attempts = [], []
        for _ in range(5):
            delivery = take(adapter)
            times.append(time.monotonic())
            attempts.append(delivery["attempt"])
            adapter.receipt(delivery["delivery"], "failed", "disk-full")
        delivery = take(adapter)
        waits = [b - a for a, b in zip(times, times[1:])]
        assert attempts == [1, 2, 3, 4, 5], attempts
        # 50 ms doubled, between half and the whole of it by jitter, at most 400 ms.
        assert waits[0] >= 0.02 and waits[3] >= 0.15, f"no growing wait: {waits}"
        adapter.receipt(delivery["delivery"], "stored")
        nothing_comes(adapter)


def what_cannot_be_delivered_stays_matched(home):
    with provider(home) as adapter:
        drain(adapter, 0.2)
        taken = refer(home)
        delivery = take(adapter)
        adapter.receipt(delivery["delivery"], "undeliverable", "unknown-recipient")
        nothing_comes(adapter)
    shown = home.json("show", taken["reference"], as_="met-custody")[0]
    assert shown["legs"][0]["state"] == "expired"
    assert shown["state"] == "no-service" and shown["gaps"] == ["accommodation"], shown


def what_cannot_be_delivered_is_not_passed_on(home):
    taken = refer(home, needs=[{"code": "poverty-debt"}])
    with provider(home) as adapter:
        delivery = take_for(adapter, taken["reference"])
        adapter.receipt(delivery["delivery"], "undeliverable", "unknown-recipient")
    assert leg_states(home, taken["reference"]) == {ALLIANCE: "expired", SECOND: "matched"}
    with provider(home, "hibiscus") as other:
        assert take_for(other, taken["reference"])["service"] == SECOND


def a_receipt_said_twice_changes_something(home):
    taken = refer(home)
    with provider(home) as adapter:
        delivery = take_for(adapter, taken["reference"])["delivery"]
        assert adapter.receipt(delivery, "stored")["state"] == "delivered"
        for receipt in ("stored", "duplicate", "failed", "undeliverable"):
            again = adapter.receipt(delivery, receipt)
            assert again["state"] == "delivered" and again["duplicate"], (receipt, again)
        assert leg_of(home, taken)["state"] == "delivered"
        nothing_comes(adapter)


def the_machines_word_undoes_the_providers(home):
    """Answered at the desk before the receipt came."""
    taken = refer(home)
    with provider(home) as adapter:
        delivery = take_for(adapter, taken["reference"])
        home.json("inbox", as_="women-in-prison")
        home.onward("accept", delivery["leg"], as_="women-in-prison")
        adapter.receipt(delivery["delivery"])
        assert leg_of(home, taken)["state"] == "accepted"


def deliveries_about_one_person_overtake_each_other(home):
    person = {**lib.sample()["person"], "identifiers": {"local": "CUST-77"}}
    with provider(home) as adapter:
        drain(adapter, 0.2)
        hers = [refer(home, person=person)["reference"] for _ in range(3)]
        other = refer(home)["reference"]
        held = [take(adapter), take(adapter)]
        left = {delivery["reference"] for delivery in held}
        assert left == {hers[0], other}, "a second one of hers left before the receipt"
        nothing_comes(adapter, 0.3)
        arrived = []
        while len(arrived) < 4:
            delivery = held.pop() if held else take(adapter)
            arrived.append(delivery["reference"])
            adapter.receipt(delivery["delivery"])
        assert [reference for reference in arrived if reference in hers] == hers, "out of order"


def more_comes_than_credit_allows(home):
    with provider(home, credit=2) as adapter:
        drain(adapter, 0.2)
        references = {refer(home)["reference"] for _ in range(5)}
        held = [take(adapter), take(adapter)]
        nothing_comes(adapter, 0.3)
        done = set()
        while True:
            delivery = held.pop() if held else take(adapter)
            adapter.receipt(delivery["delivery"])
            done.add(delivery["reference"])
            if done == references:
                break
        adapter.credit(8)
        adapter.ping()


def the_older_session_still_gets_deliveries(home):
    with provider(home) as old:
        drain(old, 0.2)
        taken = refer(home)
        held = take(old)
        with provider(home) as new:
            try:
                while True:
                    old.next_delivery(timeout=lib.patience(3))
            except Superseded:
                pass
            delivery = take(new)
            assert delivery["delivery"] == held["delivery"], "what the old one held is lost"
            assert delivery["reference"] == taken["reference"]
            new.receipt(delivery["delivery"])
            refer(home)
            new.receipt(take(new)["delivery"])
            old.ping()  # its other requests are still answered
            assert not [d for _, d in old.deliveries if d["delivery"] != held["delivery"]]


def a_reconnecting_adapter_misses_what_was_outstanding(home):
    references = {refer(home)["reference"] for _ in range(4)}
    with provider(home, credit=4) as adapter:
        ids = {take(adapter)["delivery"] for _ in range(4)}
    with provider(home, credit=16) as adapter:
        again = [take(adapter) for _ in range(4)]
        assert {d["delivery"] for d in again} == ids
        assert {d["reference"] for d in again} == references
        assert all(d["attempt"] > 1 for d in again), [d["attempt"] for d in again]
        for delivery in again:
            adapter.receipt(delivery["delivery"], "duplicate")
        nothing_comes(adapter)
    assert status(home)["outbox"] == 0


def deliveries_are_lost_with_bye(home):
    refer(home)
    with provider(home) as adapter:
        held = take(adapter)["delivery"]
        adapter.bye()
        with provider(home) as other:
            delivery = take(other)
            assert delivery["delivery"] == held
            other.receipt(held)


def a_rehearsal_reaches_one_who_did_not_ask(home):
    taken = refer(home)
    with Client.at_home(home.path, "women-in-prison", "providers") as adapter:
        adapter.hello(routes=["women-in-prison"], credit=4, accepts_rehearsal=False)
        nothing_comes(adapter, 1.0)
        adapter.hello(routes=["women-in-prison"], credit=4, accepts_rehearsal=True)
        delivery = take_for(adapter, taken["reference"])
        assert delivery["mode"] == "rehearsal"
        adapter.receipt(delivery["delivery"])


def more_than_the_agreement_leaves(home):
    person = {
        **lib.sample()["person"], "postcode": "SW9 8LF", "ethnicity": "Not-to-leave",
        "faith": "Not-to-leave", "pregnant": True, "nationality": "Not-to-leave",
        "identifiers": {"pnc": "Not-to-leave"}, "languages": ["so"],
    }  # fmt: skip
    taken = refer(
        home, person=person,
        needs=[{"code": "accommodation", "severity": "high", "note": "Beds"},
               {"code": "social-inclusion", "note": "Not-to-leave"}],
        justice={"offence_category": "not-to-leave", "admitted": True, "court": "Not-to-leave",
                 "condition_deadline": "2019-08-01"},
        risk={"self": "concern", "staff": "none-known", "domestic_abuse": True,
              "trafficking_indicators": True, "marac": True},
        preferences={"avoid": {"authorities": ["E09000001"]}, "exclude_services": ["galop"]},
        contact={"phone": "07700 900123", "safe_to_call": False, "instruction": "text only"},
        officer={"name": "PS Example", "team": "Brixton custody"},
    )  # fmt: skip
    with provider(home) as adapter:
        delivery = take_for(adapter, taken["reference"])
        adapter.receipt(delivery["delivery"])
    referral = delivery["referral"]
    assert "not-to-leave" not in str(delivery).lower(), delivery
    known = {"pathway", "person", "needs", "risk", "justice", "contact", "officer"}
    assert set(referral) == known, set(referral)
    assert set(referral["person"]) == {
        "given_name", "family_name", "date_of_birth", "local_authority", "languages"}
    assert [need["code"] for need in referral["needs"]] == ["accommodation"]
    assert set(referral["justice"]) == {"condition_deadline"}
    # Class 4 leaves where it is named: this agreement names abuse and the contact, no more.
    assert referral["risk"] == {"self": "concern", "staff": "none-known", "domestic_abuse": True}
    assert referral["contact"] == {
        "phone": "07700 900123", "safe_to_call": False, "instruction": "text only"}
    assert set(delivery) >= {"delivery", "kind", "leg", "service", "reference", "attempt", "mode",
                             "queued"}  # fmt: skip


def class_4_leaves_where_nobody_named_it(home):
    """A specialist beside the lead; its agreement names neither contact nor risk."""
    taken = refer(
        home, needs=[{"code": "poverty-debt"}], risk={"domestic_abuse": True, "marac": True},
        contact={"phone": "07700 900123", "instruction": "text only"},
        preferences={"exclude_services": [ALLIANCE]},
    )  # fmt: skip
    assert [leg["service"] for leg in taken["legs"]] == [SECOND], taken["legs"]
    with provider(home, "hibiscus") as adapter:
        delivery = take_for(adapter, taken["reference"])
        adapter.receipt(delivery["delivery"])
    assert set(delivery["referral"]) == {"pathway", "person", "needs", "officer"} & set(
        delivery["referral"]), delivery["referral"]
    assert "07700" not in str(delivery) and "abuse" not in str(delivery), delivery


def needs_of_another_leg_are_told(home):
    with source(home) as client:
        taken = client.submit(lib.sample(
            needs=[{"code": "poverty-debt", "note": "Debt"}, {"code": "prostitution",
                    "note": "Exit"}]))  # fmt: skip
    needs = {leg["service"]: leg["needs"] for leg in taken["legs"]}
    for party, service in (("women-in-prison", ALLIANCE), ("hibiscus", SECOND)):
        if service not in needs:
            continue
        with provider(home, party) as adapter:
            delivery = take_for(adapter, taken["reference"])
            adapter.receipt(delivery["delivery"])
        told = [need["code"] for need in delivery["referral"]["needs"]]
        assert told == needs[service], (service, told)
    assert needs[SECOND] == ["poverty-debt"] and needs[ALLIANCE] == ["prostitution"], needs


def specialist(home):
    """A second service with less in its agreement; it alone takes poverty and debt in the second
    part of the tests, as the lead loses that need."""
    add_service(home, SECOND, "hibiscus")
    edit_service(home, SECOND, "  - accommodation\n", "")
    edit_service(home, SECOND, "  - prostitution\n", "")
    edit_service(home, SECOND, "women_specific: true", "women_specific: false")
    edit_service(home, SECOND, "    - risk.domestic_abuse\n    - contact\n", "")
    for field in ("risk.self", "risk.staff", "justice.condition_deadline",
                  "justice.release_dates"):  # fmt: skip
        edit_service(home, SECOND, f"    - {field}\n", "")


def split_needs(home):
    specialist(home)
    edit_service(home, ALLIANCE, "  - poverty-debt\n", "")
    edit_service(home, SECOND, "role: lead", "role: specialist")


def main():
    with home_running(config={**RETRY, "attempt_timeout_ms": 300}) as home:
        run(an_attempt_without_a_receipt_is_the_last, home=home)
        home.stop()
        home.verify()
    # From here on no attempt runs out of time, however busy the machine is.
    with home_running(config={**RETRY, "attempt_timeout_ms": 60000}) as home:
        run(
            a_failed_delivery_comes_again_at_once_or_never,
            what_cannot_be_delivered_stays_matched,
            a_receipt_said_twice_changes_something,
            the_machines_word_undoes_the_providers,
            deliveries_about_one_person_overtake_each_other,
            more_comes_than_credit_allows,
            the_older_session_still_gets_deliveries,
            a_reconnecting_adapter_misses_what_was_outstanding,
            deliveries_are_lost_with_bye,
            a_rehearsal_reaches_one_who_did_not_ask,
            more_than_the_agreement_leaves,
            home=home,
        )
        home.stop()
        home.verify()
    with home_running(prepare=specialist) as home:
        run(
            what_cannot_be_delivered_is_not_passed_on,
            class_4_leaves_where_nobody_named_it,
            home=home,
        )
        home.stop()
        home.verify()
    with home_running(prepare=split_needs) as home:
        run(needs_of_another_leg_are_told, home=home)
        home.stop()
        home.verify()


if __name__ == "__main__":
    main()
