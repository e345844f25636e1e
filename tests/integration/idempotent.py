#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The same referral again: from one connection, from many at once, after a restart."""

import concurrent.futures

import lib
from _support import expect_refused, home_running, refusals, run, source, status

ROUNDS = 20
AT_ONCE = 4


def the_same_referral_again_makes_a_second_one(home):
    referral = lib.sample()
    first, again = home.refer(referral)[0], home.refer(referral)[0]
    assert not first["duplicate"] and again["duplicate"]
    same = ("reference", "id", "state", "source_ref")
    assert [first[k] for k in same] == [again[k] for k in same]
    assert first["legs"] == again["legs"], "the duplicate has legs of its own"
    turned = dict(reversed(referral.items()))
    turned["person"] = dict(reversed(referral["person"].items()))
    assert home.refer(turned)[0]["duplicate"], "the order of keys counts"


def other_content_under_the_same_source_ref_is_taken(home):
    referral = lib.sample()
    home.refer(referral)
    before, counted = status(home), refusals(home)
    other = {**referral, "needs": [{"code": "poverty-debt"}]}
    refused = home.refer(other, check=lib.REFUSED)[0]
    assert refused["error"]["code"] == "conflict", refused
    assert refused["source_ref"] == referral["source_ref"]
    assert status(home)["referrals"] == before["referrals"]
    assert refusals(home)["conflict"] == counted["conflict"] + 1
    with source(home) as client:
        expect_refused("conflict", client.submit, other)
        assert client.submit(referral)["duplicate"]


def another_sources_source_ref_is_a_duplicate(home):
    referral = lib.sample()
    home.refer(referral)
    moved = {**referral, "person": {**referral["person"], "local_authority": "E08000012"}}
    other = home.refer(moved, as_="merseyside-custody")[0]
    assert not other["duplicate"], "the source is not part of the key"


def two_connections_at_once_make_two_referrals(home):
    before = status(home)["referrals"]
    referrals = [lib.sample(source_ref=f"ONCE-{n}") for n in range(ROUNDS)]

    def submit_all(_):
        with source(home) as client:
            return [client.submit(referral, timeout=lib.patience(10)) for referral in referrals]

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(submit_all, range(AT_ONCE)))
    for several in zip(*answers):
        assert len({answer["reference"] for answer in several}) == 1, several
        assert sum(not answer["duplicate"] for answer in several) == 1, several
    assert status(home)["referrals"] == before + ROUNDS


def two_connections_with_other_content_are_both_taken(home):
    """One of them is first; the other hears `conflict`, whoever it is."""
    def submit_all(need):
        answers = []
        with source(home) as client:
            for n in range(ROUNDS):
                referral = lib.sample(source_ref=f"OTHER-{n}", needs=[{"code": need}])
                try:
                    answers.append(client.submit(referral, timeout=lib.patience(10))["duplicate"])
                except Exception as refused:  # counted below
                    answers.append(getattr(refused, "code", refused))
        return answers

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pairs = list(zip(*pool.map(submit_all, ("accommodation", "poverty-debt"))))
    for pair in pairs:
        assert sorted(map(str, pair)) == ["False", "conflict"], pair


def a_restart_forgets_what_was_submitted(home):
    referral = lib.sample()
    first = home.refer(referral)[0]
    home.kill()
    home.start()
    again = home.refer(referral)[0]
    assert again["duplicate"] and again["reference"] == first["reference"]


def main():
    with home_running(areas=["london-2018", "merseyside"]) as home:
        run(
            the_same_referral_again_makes_a_second_one,
            other_content_under_the_same_source_ref_is_taken,
            another_sources_source_ref_is_a_duplicate,
            two_connections_at_once_make_two_referrals,
            two_connections_with_other_content_are_both_taken,
            a_restart_forgets_what_was_submitted,
            home=home,
        )
        home.stop()
        home.verify()


if __name__ == "__main__":
    main()
