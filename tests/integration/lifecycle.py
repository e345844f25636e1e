#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The life of a referral through the command line: from refer to complete, and every other way
it can end."""

import json

import lib
from _support import (
    ALLIANCE, add_service, edit_service, expect_refused, home_running, leg_states, provider, run,
    source, status, take,
)  # fmt: skip

SECOND = "second-alliance"
PRISON = "hmp-bronzefield"


def refer(home, as_="met-custody", **changes):
    return home.refer(lib.sample(**changes), as_=as_)[0]


def answer(home, command, leg, *arguments, as_="women-in-prison", check=lib.DONE):
    done = home.json(command, leg, "--user", "Worker 7", *arguments, as_=as_, check=check)
    return done[0] if done else None


def the_main_job(home):
    taken = refer(home)
    reference, leg = taken["reference"], taken["legs"][0]
    assert taken["state"] == "open" and not taken["gaps"] and not taken["duplicate"]
    assert (leg["service"], leg["role"], leg["state"]) == (ALLIANCE, "lead", "matched")
    item = next(i for i in home.json("inbox", as_="women-in-prison") if i["leg"] == leg["id"])
    assert item["service"] == ALLIANCE and item["reference"] == reference
    assert item["referral"]["person"]["given_name"] == "Test"
    assert leg_states(home, reference) == {ALLIANCE: "delivered"}
    for command, state in (
        ("receive", "received"), ("accept", "accepted"), ("start", "started"),
        ("complete", "completed"),
    ):  # fmt: skip
        done = answer(home, command, leg["id"])
        assert done["state"] == state and done["leg"] == leg["id"], done
        assert leg_states(home, reference) == {ALLIANCE: state}
    shown = home.json("show", reference, as_="met-custody")[0]
    assert shown["state"] == "closed"
    states = [event.get("state") for event in shown["timeline"] if event.get("leg")]
    wanted = ["delivered", "received", "accepted", "started", "completed"]
    assert [state for state in states if state] == wanted, states
    sequences = [event["seq"] for event in shown["timeline"]]
    assert sequences == sorted(sequences)
    assert not [i for i in home.json("inbox", as_="women-in-prison") if i["leg"] == leg["id"]]


def an_answer_said_twice_is_an_error(home):
    leg = refer(home)["legs"][0]["id"]
    home.json("inbox", as_="women-in-prison")
    for command in ("receive", "accept", "start"):
        assert not answer(home, command, leg)["duplicate"]
        assert answer(home, command, leg)["duplicate"]
    error = answer(home, "accept", leg, check=lib.REFUSED)["error"]
    assert error["code"] == "illegal-state" and "started" in error["message"]
    assert "completed" in error["message"], "it does not say what would be legal"
    error = answer(home, "decline", leg, "--reason", "other", check=lib.REFUSED)["error"]
    assert error["code"] == "illegal-state"


def a_decline_needs_no_reason_of_the_list(home):
    leg = refer(home)["legs"][0]["id"]
    home.json("inbox", as_="women-in-prison")
    home.onward("decline", leg, as_="women-in-prison", check=lib.USAGE)
    error = answer(home, "decline", leg, "--reason", "no-room", check=lib.REFUSED)["error"]
    assert (error["code"], error["field"]) == ("invalid", "reason")


def a_decline_leaves_a_gap_unseen(home):
    taken = refer(home)
    reference, leg = taken["reference"], taken["legs"][0]["id"]
    home.json("inbox", as_="women-in-prison")
    assert answer(home, "decline", leg, "--reason", "no-capacity")["state"] == "declined"
    shown = home.json("show", reference, as_="met-custody")[0]
    assert shown["state"] == "no-service" and shown["gaps"] == ["accommodation"], shown
    assert [leg["state"] for leg in shown["legs"]] == ["declined"]


def a_decline_is_not_passed_to_the_next_best(home):
    """With a second service that is as good but for its place in the order."""
    taken = refer(home, needs=[{"code": "poverty-debt"}])
    reference, leg = taken["reference"], taken["legs"][0]
    assert leg["service"] == ALLIANCE
    home.json("inbox", as_="women-in-prison")
    answer(home, "decline", leg["id"], "--reason", "risk-not-manageable")
    assert leg_states(home, reference) == {ALLIANCE: "declined", SECOND: "matched"}
    item = next(i for i in home.json("inbox", as_="hibiscus") if i["reference"] == reference)
    assert item["service"] == SECOND and item["reference"] == reference
    assert "risk-not-manageable" not in json.dumps(item), "the next provider hears the reason"
    shown = home.json("show", reference, as_="hibiscus")[0]
    assert [leg["service"] for leg in shown["legs"]] == [SECOND], "another provider's leg"
    assert "risk-not-manageable" not in json.dumps(shown)
    answer(home, "accept", item["leg"], as_="hibiscus")
    shown = home.json("show", reference, as_="met-custody")[0]
    assert shown["state"] == "open" and not shown["gaps"]


def a_decline_goes_where_consent_does_not_cover(home):
    consent = [{**lib.sample()["consent"][0], "recipients": [ALLIANCE]}]
    taken = refer(home, needs=[{"code": "poverty-debt"}], consent=consent)
    home.json("inbox", as_="women-in-prison")
    answer(home, "decline", taken["legs"][0]["id"], "--reason", "no-capacity")
    assert leg_states(home, taken["reference"]) == {ALLIANCE: "declined"}
    shown = home.json("show", taken["reference"], as_="met-custody")[0]
    assert shown["gaps"] == ["poverty-debt"] and shown["questions"] == ["consent"], shown
    assert shown["state"] == "needs-information"  # the source is asked, nobody else is told
    assert not home.json("inbox", as_="hibiscus")
    wider = {"consent": [{**consent[0], "recipients": "any-eligible"}]}
    after = amend(home, taken["reference"], wider)
    assert after["state"] == "open"
    assert leg_states(home, taken["reference"]) == {ALLIANCE: "declined", SECOND: "matched"}


def the_waiting_list_is_no_place(home):
    taken = refer(home)
    leg = taken["legs"][0]["id"]
    home.json("inbox", as_="women-in-prison")
    assert answer(home, "waitlist", leg)["state"] == "waitlisted"
    answer(home, "start", leg, check=lib.REFUSED)
    assert answer(home, "accept", leg)["state"] == "accepted"
    assert leg_states(home, taken["reference"]) == {ALLIANCE: "accepted"}


def a_withdrawn_referral_is_still_delivered(home):
    """Before any provider has it: the queued delivery is cancelled in the same breath."""
    taken = refer(home)
    done = home.json("withdraw", taken["reference"], "--reason", "her-decision",
                     as_="met-custody")[0]  # fmt: skip
    assert done["state"] == "withdrawn" and done["legs"][0]["state"] == "withdrawn"
    with provider(home) as adapter:
        delivery = take(adapter)
        while delivery["reference"] != taken["reference"]:
            adapter.receipt(delivery["delivery"])
            delivery = take(adapter)
        assert delivery["kind"] == "withdrawn", f"{delivery['kind']} after her decision"
        assert not delivery.get("referral"), "personal data after her decision"
        adapter.receipt(delivery["delivery"])
    again = home.json("withdraw", taken["reference"], "--reason", "her-decision",
                      as_="met-custody", check=None)  # fmt: skip
    assert again[0].get("state") == "withdrawn", f"of what is withdrawn is done again: {again}"


def an_amended_then_withdrawn_referral_is_still_delivered(home):
    taken = refer(home)
    amend(home, taken["reference"], {"person": {"interpreter": True}})
    home.json("withdraw", taken["reference"], "--reason", "her-decision", as_="met-custody")
    with provider(home) as adapter:
        kinds = []
        while "withdrawn" not in kinds:
            delivery = take(adapter)
            if delivery["reference"] == taken["reference"]:
                kinds.append(delivery["kind"])
                assert not delivery.get("referral"), f"{kinds}: data after her decision"
            adapter.receipt(delivery["delivery"])
        assert kinds == ["withdrawn"], kinds


def a_provider_is_not_asked_to_stop(home):
    taken = refer(home)
    reference, leg = taken["reference"], taken["legs"][0]["id"]
    home.json("inbox", as_="women-in-prison")
    answer(home, "accept", leg)
    done = home.json("withdraw", reference, "--reason", "moved-out-of-area", as_="met-custody")[0]
    assert done["legs"][0]["state"] == "cancel-requested", done
    assert answer(home, "withdraw", leg, "--reason", "moved-out-of-area")["state"] == "withdrawn"
    assert leg_states(home, reference) == {ALLIANCE: "withdrawn"}


def an_answer_is_credited_to_another_leg(home):
    """An answer that names the delivery of an earlier leg."""
    first, second = refer(home), refer(home)
    with provider(home) as adapter:
        ids = {}
        while not {first["reference"], second["reference"]} <= set(ids):
            delivery = take(adapter)
            adapter.receipt(delivery["delivery"])
            ids[delivery["reference"]] = delivery["delivery"]
        leg = second["legs"][0]["id"]
        other, own = ids[first["reference"]], ids[second["reference"]]
        expect_refused("invalid", adapter.acknowledge, leg, "accepted", delivery=other,
                       field="delivery")  # fmt: skip
        expect_refused("invalid", adapter.acknowledge, leg, "accepted", delivery=b"\x01" * 16)
        assert leg_states(home, second["reference"]) == {ALLIANCE: "delivered"}
        assert adapter.acknowledge(leg, "accepted", delivery=own)["state"] == "accepted"


def amend(home, reference, patch, as_="met-custody", check=lib.DONE):
    return home.json("amend", reference, "-", as_=as_, check=check, input=json.dumps(patch))[0]


def a_missing_fact_is_not_asked_for(home):
    person = lib.sample()["person"]
    del person["gender"], person["date_of_birth"]
    taken = refer(home, person=person)
    assert taken["state"] == "needs-information" and not taken["legs"], taken
    assert set(taken["questions"]) == {"person.gender", "person.date_of_birth"}, taken["questions"]
    reference = taken["reference"]
    after = amend(home, reference, {"person": {"gender": "female"}})
    assert after["state"] == "needs-information" and after["questions"] == ["person.date_of_birth"]
    after = amend(home, reference, {"person": {"date_of_birth": "1987-03-02"}})
    assert after["state"] == "open" and not after["questions"], after
    assert [leg["service"] for leg in after["legs"]] == [ALLIANCE]


def an_amendment_makes_the_referral_invalid(home):
    reference = refer(home)["reference"]
    for patch, field in (
        ({"person": {"date_of_birth": "2030-01-01"}}, "person.date_of_birth"),
        ({"source_ref": "ANOTHER"}, "source_ref"),
        ({"pathway": "court"}, "pathway"),
        ({"person": {"safe": True}}, "person.safe"),
        ({"needs": None}, "needs"),
    ):  # fmt: skip
        error = amend(home, reference, patch, check=lib.REFUSED)["error"]
        assert error["field"] == field, error
    shown = home.json("show", reference, as_="met-custody")[0]
    assert shown["document_version"] == 1 and shown["state"] == "open"


def an_amended_delivery_cannot_be_answered(home):
    """Amended before the provider looked: what it then reads it can also answer."""
    taken = refer(home)
    amend(home, taken["reference"], {"person": {"interpreter": True}})
    leg = taken["legs"][0]["id"]
    item = next(i for i in home.json("inbox", as_="women-in-prison") if i["leg"] == leg)
    assert item["referral"]["person"]["interpreter"] is True
    assert answer(home, "receive", leg)["state"] == "received"


def an_amendment_sent_again_is_a_second_one(home):
    taken = refer(home)
    patch = {"person": {"interpreter": True}}
    amend(home, taken["reference"], patch)
    before = status(home)["outbox"]
    assert amend(home, taken["reference"], patch)["duplicate"]
    shown = home.json("show", taken["reference"], as_="met-custody")[0]
    assert shown["document_version"] == 2 and status(home)["outbox"] == before


def a_declined_leg_is_still_delivered(home):
    """Read and declined at the desk before the provider's machine asked for it."""
    taken = refer(home)
    leg = taken["legs"][0]["id"]
    home.json("inbox", as_="women-in-prison")
    answer(home, "decline", leg, "--reason", "no-capacity")
    last = refer(home)["reference"]
    with provider(home) as adapter:
        delivery = take(adapter)
        while delivery["reference"] != last:
            assert delivery["leg"] != leg, "data for a leg that was declined"
            adapter.receipt(delivery["delivery"])
            delivery = take(adapter)


def consent_taken_back_is_passed_over(home):
    taken = refer(home)
    home.json("inbox", as_="women-in-prison")
    consent = [{**lib.sample()["consent"][0], "state": "withdrawn"}]
    after = amend(home, taken["reference"], {"consent": consent})
    assert after["state"] == "withdrawn", after
    assert leg_states(home, taken["reference"]) == {ALLIANCE: "cancel-requested"}


def resettlement_comes_too_early(home):
    duty = {"authority": "E09000022"}
    early = {"release_dates": [{"kind": "conditional", "date": "2019-12-20"}]}
    consent = lib.sample()["consent"]
    consent += [{**consent[0], "purpose": purpose}
                for purpose in ("choice-of-authority", "share-contact-details")]
    person = {**lib.sample()["person"], "local_authority": "E09000003"}  # Barnet: no service
    only = {"exclude_services": ["through-the-gate-london-crc"]}
    taken = refer(home, as_=PRISON, pathway="resettlement", justice=early, duty_to_refer=duty,
                  consent=consent, person=person, preferences=only)  # fmt: skip
    assert taken["state"] == "scheduled" and not taken["legs"], taken
    shown = home.json("show", taken["reference"], as_=PRISON)[0]
    assert shown["held_until"].startswith("2019-10-25"), shown["held_until"]
    after = amend(home, taken["reference"], {"justice": {"release_dates": [
        {"kind": "conditional", "date": "2019-07-05"}]}}, as_=PRISON)  # fmt: skip
    assert after["state"] == "open", after
    assert "duty-to-refer-lambeth" in [leg["service"] for leg in after["legs"]]


def the_police_see_reasons(home):
    taken = refer(home)
    reference, leg = taken["reference"], taken["legs"][0]["id"]
    home.json("inbox", as_="women-in-prison")
    answer(home, "decline", leg, "--reason", "risk-not-manageable", "--note", "Said in private")
    police = json.dumps(home.json("show", reference, as_="met-custody"))
    police += home.onward("show", reference, as_="met-custody").stdout
    with source(home) as client:
        police += str(list(client.follow(0, reference=reference, timeout=0.5)))
    for hidden in ("risk-not-manageable", "Said in private", "Worker 7"):
        assert hidden not in police, f"the police read {hidden}"
    coordinator = json.dumps(home.json("show", reference, as_="coordinator-london"))
    assert "risk-not-manageable" in coordinator and "Worker 7" in coordinator


def a_provider_sees_what_is_the_sources(home):
    reference = refer(home)["reference"]
    shown = home.json("show", reference, as_="women-in-prison")[0]
    assert "source_ref" not in shown and "gaps" not in shown, shown


def list_and_follow_forget_something(home):
    taken = refer(home)
    for arguments in ([], ["--state", "open"], ["--authority", "E09000022"],
                      ["--service", ALLIANCE]):  # fmt: skip
        listed = home.json("list", *arguments, as_="met-custody")
        assert taken["reference"] in [item["reference"] for item in listed], arguments
        assert all("timeline" not in item for item in listed)
    assert not home.json("list", "--authority", "E09000003", as_="met-custody")
    arguments = ("follow", taken["reference"], "--after", "0", "--no-wait")
    events = home.json(*arguments, as_="met-custody")
    assert [event["event"] for event in events][:2] == ["submitted", "matched"], events
    assert {event["reference"] for event in events} == {taken["reference"]}


def second_service(home):
    add_service(home, SECOND, "hibiscus")
    edit_service(home, SECOND, "  - accommodation\n", "")
    edit_service(home, SECOND, "women_specific: true", "women_specific: false")


def main():
    with home_running() as home:
        run(
            the_main_job,
            an_answer_said_twice_is_an_error,
            a_decline_needs_no_reason_of_the_list,
            a_decline_leaves_a_gap_unseen,
            the_waiting_list_is_no_place,
            a_withdrawn_referral_is_still_delivered,
            an_amended_then_withdrawn_referral_is_still_delivered,
            a_provider_is_not_asked_to_stop,
            an_answer_is_credited_to_another_leg,
            a_missing_fact_is_not_asked_for,
            an_amendment_makes_the_referral_invalid,
            an_amended_delivery_cannot_be_answered,
            an_amendment_sent_again_is_a_second_one,
            a_declined_leg_is_still_delivered,
            consent_taken_back_is_passed_over,
            resettlement_comes_too_early,
            the_police_see_reasons,
            a_provider_sees_what_is_the_sources,
            list_and_follow_forget_something,
            home=home,
        )
        assert status(home)["referrals"] > 10
        home.stop()
        home.verify()
    with home_running(prepare=second_service) as home:
        run(
            a_decline_goes_where_consent_does_not_cover,
            a_decline_is_not_passed_to_the_next_best,
            home=home,
        )
        home.stop()
        home.verify()


if __name__ == "__main__":
    main()
