#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Room, waiting lists and pauses over a running broker: what providers say and what then happens to
referrals."""

import lib
from _support import (
    ALLIANCE, edit_service, expect_refused, home_running, nothing_comes, provider, run,
    source, take_for,
)  # fmt: skip

PROVIDER = "women-in-prison"
COORDINATOR = "coordinator-london"
CAPACITY = """capacity:
  caseload: 1
  waiting_list: 1
  overrides:
    - {from: 2019-06-20, to: 2019-06-30, caseload: 3, note: A worker more.}
"""


def short_of_room(home):
    edit_service(home, ALLIANCE, "capacity: not-stated\n", CAPACITY)


def refer(home):
    """A referral that may go to the alliance alone; what was answered."""
    consent = {**lib.sample()["consent"][0], "recipients": [ALLIANCE]}
    return home.refer(lib.sample(consent=[consent]))[0]


def capacity(home, as_=PROVIDER):
    (item,) = home.json("capacity", ALLIANCE, as_=as_)
    return item


def withdraw(home, reference):
    home.onward("withdraw", reference, "--reason", "mistaken-or-duplicate", as_="met-custody")


def a_full_service_keeps_a_waiting_list_and_its_provider_is_told(home):
    one, two, three = refer(home), refer(home), refer(home)
    assert "waiting_list" not in one["legs"][0] and one["state"] == "open", one
    assert two["legs"][0]["waiting_list"] is True and two["state"] == "open", two
    assert three["legs"] == [] and three["state"] == "no-service", three
    with provider(home, PROVIDER) as adapter:
        delivery = take_for(adapter, one["reference"])
        assert "waiting_list" not in delivery, delivery["reference"]
        adapter.receipt(delivery["delivery"])
        delivery = take_for(adapter, two["reference"])
        assert delivery["waiting_list"] is True, delivery["reference"]
        adapter.receipt(delivery["delivery"])
        nothing_comes(adapter)
    home.onward("waitlist", two["reference"] + "/1", as_=PROVIDER)
    item = capacity(home)
    assert (item["live"], item["caseload"], item["waiting"], item["waiting_list"]) == (1, 1, 1, 1)
    assert item["room"] == "no" and item["next"]["caseload"] == 3, item
    (waits,) = item["list"]
    assert (waits["place"], waits["leg"]) == (1, two["reference"] + "/1"), waits
    shown = home.onward("show", two["reference"], as_=PROVIDER).stdout
    assert "on the waiting list; place 1 of 1" in shown, shown
    status = home.json("status", as_="operator")[0]["services"]
    assert status["full"] >= 1 and status["paused"] == 0, status
    withdraw(home, three["reference"])


def who_refers_sees_where_there_is_room_and_no_figure(home):
    (item,) = home.json("capacity", ALLIANCE, as_="met-custody")
    assert set(item) == {"service", "name", "room", "intake"} and item["room"] == "no", item
    text = home.onward("capacity", as_="met-custody").stdout
    assert ALLIANCE in text and " of " not in text, text
    done = home.onward("capacity", ALLIANCE, as_="hibiscus", check=None)
    assert done.returncode != 0, done
    assert ALLIANCE not in home.onward("capacity", as_="hibiscus").stdout
    assert ALLIANCE in home.onward("capacity", "--authority", "Lambeth", as_=COORDINATOR).stdout
    assert ALLIANCE not in home.onward("capacity", "--authority", "Brent", as_=COORDINATOR).stdout


def a_paused_service_gets_nobody_new_and_keeps_who_it_has(home):
    home.onward("clock", "advance", "8d", as_="operator")  # a worker more: three places
    item = capacity(home)
    assert item["caseload"] == 3 and item["override"]["note"] == "A worker more.", item
    (paused,) = home.json(
        "pause", ALLIANCE, "--until", "2019-06-25", "--reason", "staffing", as_=PROVIDER)
    assert paused["intake"] == "paused" and paused["until"] == "2019-06-25T23:00:00Z", paused
    (again,) = home.json(
        "pause", ALLIANCE, "--until", "2019-06-25", "--reason", "staffing", as_=PROVIDER)
    assert again["duplicate"] is True, again
    assert capacity(home, COORDINATOR)["by"] == PROVIDER
    answer = refer(home)
    assert answer["legs"] == [] and answer["state"] == "no-service", answer
    with source(home) as client:
        why = client.explain(lib.sample())["services"]
    (alliance,) = [one for one in why if one["service"] == ALLIANCE]
    texts = {one["clause"]: one["text"] for one in alliance["clauses"]}
    assert texts["intake"] == \
        "takes no new referrals: paused by its provider until 2019-06-25", texts["intake"]
    assert home.json("status", as_="operator")[0]["services"]["paused"] == 1
    # Over by itself at midnight in London; the next working morning she has a service.
    home.onward("clock", "advance", "6d", as_="operator")
    legs = home.json("show", answer["reference"], as_="met-custody")[0]["legs"]
    assert [leg["service"] for leg in legs] == [ALLIANCE], legs
    withdraw(home, answer["reference"])


def a_pause_outlives_the_broker_and_a_resume_ends_it(home):
    home.onward("pause", ALLIANCE, as_=PROVIDER)
    home.kill()
    home.start()
    assert capacity(home)["intake"] == "paused"
    assert refer(home)["state"] == "no-service"
    text = home.onward("resume", ALLIANCE, as_=PROVIDER).stdout
    assert "takes new referrals again" in text, text
    answer = refer(home)
    assert [leg["service"] for leg in answer["legs"]] == [ALLIANCE], answer


def only_who_may_pauses(home):
    for party in ("met-custody", "hibiscus"):
        done = home.onward("pause", ALLIANCE, as_=party, check=None)
        assert done.returncode == lib.NOT_ALLOWED, (party, done)
    done = home.onward("pause", ALLIANCE, "--reason", "she rang", as_=PROVIDER, check=None)
    assert done.returncode == lib.USAGE and "staffing" in done.stderr, done
    done = home.onward("pause", "ACDE-FGHJ-X/1", as_=PROVIDER, check=None)
    assert done.returncode == lib.USAGE and "onward hold" in done.stderr, done
    with provider(home, PROVIDER) as adapter:
        expect_refused(
            "not-allowed", adapter.intake, "hibiscus-foreign-national-worker", "pause",
            field="service")  # fmt: skip
        expect_refused(
            "invalid", adapter.intake, ALLIANCE, "pause", until="2019-06-01", field="until")
        assert {item["service"] for item in adapter.capacity()} == {ALLIANCE}
    assert capacity(home)["intake"] == "open"


def the_state_is_what_the_record_says(home):
    home.stop()
    home.verify()


if __name__ == "__main__":
    with home_running(prepare=short_of_room) as running:
        run(
            a_full_service_keeps_a_waiting_list_and_its_provider_is_told,
            who_refers_sees_where_there_is_room_and_no_figure,
            a_paused_service_gets_nobody_new_and_keeps_who_it_has,
            a_pause_outlives_the_broker_and_a_resume_ends_it,
            only_who_may_pauses,
            the_state_is_what_the_record_says,
            home=running,
        )
