#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who may do what: unknown keys, revoked parties, other people's legs and referrals."""

import contextlib

import zmq

import lib
from _support import (
    Client, NoAnswer, expect_refused, home_running, nothing_comes, provider, refusals, run, source,
    status, take_for,
)  # fmt: skip
from onward_client import frame, key_of


@contextlib.contextmanager
def counted(home, code, least=1):
    """What happens within is refused with the code, and counted."""
    before = refusals(home)
    yield
    after = refusals(home)
    assert after[code] - before[code] >= least, f"{code} not counted: {before} -> {after}"


def stranger(home, endpoint):
    """A client with keys nobody entered."""
    return Client(
        f"ipc://{home.path}/run/{endpoint}.sock",
        key_of(home.path / "keys" / "broker.pub", "public"), *zmq.curve_keypair())  # fmt: skip


def an_unknown_key_gets_a_connection(home):
    for endpoint in ("sources", "providers", "operators"):
        with counted(home, "not-allowed"), stranger(home, endpoint) as client:
            client._socket.linger = 0
            try:
                client.hello(timeout=0.5)
            except NoAnswer:
                continue
            raise AssertionError("a stranger was answered")


def a_client_without_curve_is_heard(home):
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(f"ipc://{home.path}/run/operators.sock")
    socket.send(frame("ping", 1, {}))
    heard = socket.poll(500)
    socket.close()
    context.term()
    assert not heard, "a plain connection was answered"


def a_self_chosen_routing_id_is_answered(home):
    with Client.at_home(home.path, "met-custody", "sources") as client:
        endpoint = client._socket.last_endpoint
        client._socket.disconnect(endpoint)
        client._socket.setsockopt(zmq.IDENTITY, b"\0abcd-chosen")
        client._socket.connect(endpoint)
        with counted(home, "malformed"):
            try:
                client.hello(timeout=0.5)
            except NoAnswer:
                return
        raise AssertionError("a routing id of the peer's own choice was answered")


def a_party_speaks_on_an_endpoint_of_another_kind(home):
    for party, endpoint in (
        ("met-custody", "operators"), ("advance", "sources"), ("operator", "providers"),
    ):  # fmt: skip
        with counted(home, "not-allowed"), Client.at_home(home.path, party, endpoint) as client:
            expect_refused("not-allowed", client.hello)


def a_party_refers_on_another_kinds_pathway(home):
    with counted(home, "not-allowed"), source(home) as police:
        referral = lib.sample(pathway="court")
        assert "pathway" in expect_refused("not-allowed", police.submit, referral).field
        expect_refused("not-allowed", police.explain, referral)


def anybody_reloads_or_sees_the_status(home):
    with counted(home, "not-allowed", 2), source(home) as police:
        expect_refused("not-allowed", police.status)
        expect_refused("not-allowed", police.reload)
    with counted(home, "not-allowed"), provider(home, "advance") as advance:
        expect_refused("not-allowed", advance.reload)


def a_source_reads_or_changes_anothers_referral(home):
    reference = home.refer(lib.sample())[0]["reference"]
    with counted(home, "not-allowed", 3), source(home, "merseyside-custody") as other:
        expect_refused("not-allowed", other.show, reference)
        expect_refused("not-allowed", other.amend, reference, {"person": {"pregnant": True}})
        expect_refused("not-allowed", other.withdraw, reference, "her-decision")
        assert reference not in [item["reference"] for item in other.list()]
        assert not list(other.follow(0, timeout=0.3)), "another source's events"
    home.onward("show", reference, as_="merseyside-custody", check=lib.NOT_ALLOWED)
    assert home.json("show", reference, as_="met-custody")[0]["state"] == "open"


def a_provider_answers_or_reads_anothers_leg(home):
    reference = home.refer(lib.sample())[0]["reference"]
    with provider(home) as owner:
        delivery = take_for(owner, reference)
        owner.receipt(delivery["delivery"])
        leg = delivery["leg"]
        with counted(home, "not-allowed", 4), provider(home, "hibiscus") as other:
            expect_refused("not-allowed", other.acknowledge, leg, "received")
            expect_refused("not-allowed", other.acknowledge, leg, "declined", "no-capacity")
            expect_refused("not-allowed", other.receipt, delivery["delivery"], "undeliverable")
            expect_refused("not-allowed", other.show, reference)
            assert reference not in [item["reference"] for item in other.inbox()]
    home.onward("accept", leg, as_="hibiscus", check=lib.NOT_ALLOWED)
    assert home.json("show", reference, as_="met-custody")[0]["legs"][0]["state"] == "delivered"


def an_adapter_takes_what_it_does_not_act_for(home):
    home.onward(
        "party", "add", "hibiscus-mail", "--kind", "adapter", "--acts-for", "hibiscus",
        "--name", "Adapter of Hibiscus", as_="operator",
    )  # fmt: skip
    reference = home.refer(lib.sample())[0]["reference"]
    with Client.at_home(home.path, "hibiscus-mail", "providers") as adapter:
        with counted(home, "not-allowed", 2):
            expect_refused("not-allowed", adapter.hello, routes=["women-in-prison"], credit=4)
            both = ["hibiscus", "women-in-prison"]
            expect_refused("not-allowed", adapter.hello, routes=both, credit=4)
        adapter.hello(routes=["hibiscus"], credit=4)
        nothing_comes(adapter, 0.3)
        with provider(home, credit=1) as owner, counted(home, "not-allowed"):
            delivery = take_for(owner, reference)["delivery"]
            expect_refused("not-allowed", adapter.receipt, delivery)
            assert owner.receipt(delivery)["state"] == "delivered"


def a_revoked_party_is_still_heard(home):
    with source(home, "norfolk-custody") as revoked, source(home) as other:
        revoked.ping()
        home.onward("party", "revoke", "norfolk-custody", as_="operator")
        with counted(home, "not-allowed", 3):
            expect_refused("not-allowed", revoked.ping)
            expect_refused("not-allowed", revoked.submit, lib.sample())
            expect_refused("not-allowed", revoked.hello)
        other.ping()
    with counted(home, "not-allowed"):
        with Client.at_home(home.path, "norfolk-custody", "sources") as again:
            try:
                again.hello(timeout=0.5)
            except NoAnswer:
                return
        raise AssertionError("a revoked party connected again")


def a_revoked_provider_still_gets_deliveries_and_events(home):
    with provider(home, credit=16) as revoked:
        following = revoked.follow(0, timeout=0.5)
        list(following)  # held open from here on
        while revoked.deliveries:
            revoked.next_delivery()
        home.onward("party", "revoke", "women-in-prison", as_="operator")
        home.refer(lib.sample())
        nothing_comes(revoked, 1.0)
        assert not revoked.events, "events came to a revoked party"


def main():
    with home_running(areas=["london-2018", "merseyside", "norfolk"]) as home:
        run(
            an_unknown_key_gets_a_connection,
            a_client_without_curve_is_heard,
            a_self_chosen_routing_id_is_answered,
            a_party_speaks_on_an_endpoint_of_another_kind,
            a_party_refers_on_another_kinds_pathway,
            anybody_reloads_or_sees_the_status,
            a_source_reads_or_changes_anothers_referral,
            a_provider_answers_or_reads_anothers_leg,
            an_adapter_takes_what_it_does_not_act_for,
            a_revoked_party_is_still_heard,
            a_revoked_provider_still_gets_deliveries_and_events,
            home=home,
        )
        assert status(home)["mode"] == "rehearsal"
        home.stop()


if __name__ == "__main__":
    main()
