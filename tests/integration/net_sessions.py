#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who gets in, who stays in, and what a session may do."""

import os
import pathlib
import sys
import time

import lib
import zmq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))
import onward_client as wire  # noqa: E402

PROVIDER = "women-in-prison"  # leads south-london-alliance


def refused(code, call, *arguments, field=None, **keywords):
    try:
        got = call(*arguments, **keywords)
    except wire.Refused as refusal:
        assert refusal.code == code, f"refused with {refusal}, not {code}"
        assert field is None or refusal.field == field, f"{refusal.field}, not {field}"
        assert refusal.message, "a refusal says why"
        return refusal
    raise AssertionError(f"not refused ({code}): {got}")


def at(home, party, endpoint):
    client = wire.Client.at_home(home.path, party, endpoint)
    client.hello()
    return client


def refusals(home):
    return home.json("status", as_="operator")[0]["refusals"]


def unknown_key_gets_no_connection(home):
    before = refusals(home).get("not-allowed", 0)
    public, secret = zmq.curve_keypair()
    folder = os.open(home.path / "run", os.O_RDONLY | os.O_DIRECTORY)
    for endpoint in ("sources", "providers", "operators"):
        stranger = wire.Client(
            f"ipc:///proc/self/fd/{folder}/{endpoint}.sock",
            wire.key_of(home.path / "keys" / "broker.pub", "public"), public, secret)
        try:
            stranger.hello(timeout=1)
            raise AssertionError(f"a stranger was welcomed at {endpoint}")
        except wire.NoAnswer:
            pass
        stranger.close()
    os.close(folder)
    assert refusals(home).get("not-allowed", 0) >= before + 3, "strangers are counted"


def endpoint_is_for_its_kinds(home):
    police = wire.Client.at_home(home.path, "met-custody", "operators")
    refused("not-allowed", police.hello)
    police.close()


def own_routing_id_is_not_answered(home):
    client = wire.Client.at_home(home.path, "met-custody", "sources")
    public, secret = lib.key(home, "met-custody")
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.setsockopt(zmq.IDENTITY, b"coordinator-london")
    socket.setsockopt(zmq.LINGER, 0)
    socket.curve_serverkey = wire.key_of(home.path / "keys" / "broker.pub", "public")
    socket.curve_publickey, socket.curve_secretkey = public, secret
    socket.connect(f"ipc:///proc/self/fd/{client._folder}/sources.sock")
    socket.send(wire.frame("hello", 1, {"protocols": [1]}))
    assert not socket.poll(500), "a peer that chose its own id was answered"
    client.hello()  # the endpoint goes on for others
    socket.close()
    context.term()
    client.close()


def unknown_session_is_reset(home):
    client = wire.Client.at_home(home.path, "met-custody", "sources")
    client.raw_send(wire.frame("ping", 77, {}))
    assert client.raw_receive(5) == ("reset", 77, {})
    welcome = client.hello()
    assert welcome["party"] == "met-custody" and welcome["kind"] == "police"
    assert welcome["mode"] == "rehearsal" and len(welcome["instance"]) == 16
    assert client.bye() == {}
    client.raw_send(wire.frame("ping", 78, {}))
    assert client.raw_receive(5) == ("reset", 78, {}), "bye ends the session"
    client.raw_send(wire.frame("hello", 79, {"protocols": [2, 7]}))
    name, correlation, body = client.raw_receive(5)
    assert (name, correlation, body["code"]) == ("refused", 79, "version")
    client.close()


def routes_are_for_who_serves_them(home):
    provider = wire.Client.at_home(home.path, PROVIDER, "providers")
    refused("not-allowed", provider.hello, routes=[PROVIDER, "hibiscus"], field="routes[1]")
    provider.close()


def status_and_reload_are_for_operators(home):
    police = at(home, "met-custody", "sources")
    refused("not-allowed", police.status)
    refused("not-allowed", police.reload)
    coordinator = at(home, "coordinator-london", "operators")
    assert coordinator.status()["mode"] == "rehearsal"
    refused("not-allowed", coordinator.reload)
    police.close()
    coordinator.close()


def several_frames_a_message(home):
    client = at(home, "met-custody", "sources")
    client.raw_send(*(wire.frame("ping", 100 + i, {}) for i in range(8)))
    got = sorted(client.raw_receive(5)[1] for _ in range(8))
    assert got == list(range(100, 108)), got
    client.raw_send(*(wire.frame("ping", 200 + i, {}) for i in range(9)))
    client.raw_send(wire.frame("ping", 300, {}))
    assert client.raw_receive(5)[1] == 300, "nine frames are dropped whole"
    client.close()


def newest_session_takes_the_route(home):
    first = wire.Client.at_home(home.path, PROVIDER, "providers")
    first.hello(routes=[PROVIDER], credit=4)
    second = wire.Client.at_home(home.path, PROVIDER, "providers")
    second.hello(routes=[PROVIDER], credit=4)
    assert first.raw_receive(5) == ("superseded", 0, {})
    home.refer(lib.sample())
    body = second.next_delivery()
    assert body["attempt"] == 1 and body["mode"] == "rehearsal", body
    assert not first.deliveries and first.ping() == {}, "its other requests are still answered"
    # What the newest held and did not confirm goes to the next.
    third = wire.Client.at_home(home.path, PROVIDER, "providers")
    third.hello(routes=[PROVIDER], credit=4)
    again = third.next_delivery()
    assert again["delivery"] == body["delivery"] and again["attempt"] == 2, again
    assert third.receipt(again["delivery"])["state"]
    for client in (first, second, third):
        client.close()


def attempts_repeat_until_the_receipt(home):
    provider = wire.Client.at_home(home.path, PROVIDER, "providers")
    provider.hello(routes=[PROVIDER], credit=1)
    home.refer(lib.sample(), lib.sample())
    first = provider.next_delivery()
    assert provider.raw_receive(0.3) is None, "credit of one: one delivery at a time"
    # The time-out is 600 ms in this home; the other one may come in between.
    seen = {}
    deadline = time.monotonic() + lib.patience(15)
    while seen.get(first["delivery"], 0) < 3:
        assert time.monotonic() < deadline, f"no third attempt: {seen}"
        body = provider.next_delivery()
        assert body["attempt"] >= seen.get(body["delivery"], 0), "attempts count up"
        seen[body["delivery"]] = body["attempt"]
    provider.receipt(first["delivery"])
    other = provider.next_delivery()
    while other["delivery"] == first["delivery"]:
        other = provider.next_delivery()
    refused_state = provider.receipt(other["delivery"], "failed", "disk-full")
    assert refused_state["state"], refused_state
    again = provider.next_delivery()
    assert again["delivery"] == other["delivery"] and again["attempt"] > other["attempt"]
    provider.receipt(again["delivery"], "duplicate")
    # One who was late is answered too: the receipt is the same again.
    assert provider.receipt(again["delivery"])["state"]
    assert home.json("status", as_="operator")[0]["outbox"] == 0
    provider.close()


def rehearsal_needs_to_be_accepted(home):
    provider = wire.Client.at_home(home.path, PROVIDER, "providers")
    welcome = provider.hello(routes=[PROVIDER], credit=4, accepts_rehearsal=False)
    assert welcome["credit"] == 0
    reference = home.refer(lib.sample())[0]["reference"]
    assert provider.raw_receive(0.5) is None, "no rehearsal delivery unasked"
    provider.hello(routes=[PROVIDER], credit=4)
    body = provider.next_delivery()
    assert body["reference"] == reference
    provider.receipt(body["delivery"])
    provider.close()


def follow_sends_what_is_committed(home):
    source = at(home, "coordinator-london", "sources")
    list(source.follow(0, timeout=0.5))
    source.events.clear()
    reference = home.refer(lib.sample())[0]["reference"]
    events = list(source.follow(0, reference=reference, credit=2, timeout=1))
    codes = [event["event"] for event in events]
    assert codes[0] == "submitted" and "matched" in codes, codes
    assert [e["seq"] for e in events] == sorted(e["seq"] for e in events)
    # Held open: what is committed later comes by itself.
    source.raw_send(wire.frame("follow", 4711, {
        "after": events[-1]["seq"], "credit": 100, "reference": reference}))
    home.onward("withdraw", reference, "--reason", "her-decision", as_="met-custody")
    correlation, event = source.events.popleft() if source.events else (None, None)
    while correlation != 4711:
        source.raw_receive(5)
        correlation, event = source.events.popleft()
    assert event["reference"] == reference and event["seq"] > events[-1]["seq"]
    source.close()


def revocation_holds_at_once(home):
    ld = at(home, "ld-london", "sources")
    provider = wire.Client.at_home(home.path, PROVIDER, "providers")
    provider.hello(routes=[PROVIDER], credit=4)
    while provider.raw_receive(0.5) is not None:
        for _, body in list(provider.deliveries):
            provider.receipt(body["delivery"])
        provider.deliveries.clear()
    before = refusals(home).get("not-allowed", 0)
    home.onward("party", "revoke", "ld-london", as_="operator")
    refused("not-allowed", ld.ping)
    refused("not-allowed", ld.submit, lib.sample(pathway="liaison-diversion"))
    refused("not-allowed", ld.hello)
    late = wire.Client.at_home(home.path, "ld-london", "sources")
    try:
        late.hello(timeout=1)
        raise AssertionError("a revoked key was let in")
    except wire.NoAnswer:
        pass
    assert refusals(home)["not-allowed"] > before + 3
    # A provider that is revoked gets no delivery any more, on the connection that it has.
    home.onward("party", "revoke", PROVIDER, as_="operator")
    home.refer(lib.sample())
    assert provider.raw_receive(0.7) is None, "a delivery to a revoked party"
    for client in (ld, late, provider):
        client.close()


def main():
    with lib.Home(areas=["london-2018"]) as home:
        path = home.path / "onward.yaml"
        text = path.read_text()
        text = text.replace("attempt_timeout_ms: 5000", "attempt_timeout_ms: 600")
        path.write_text(text.replace("retry_first_ms: 1000", "retry_first_ms: 50"))
        home.start()
        for step in (
            unknown_key_gets_no_connection, endpoint_is_for_its_kinds,
            own_routing_id_is_not_answered, unknown_session_is_reset,
            routes_are_for_who_serves_them, status_and_reload_are_for_operators,
            several_frames_a_message, newest_session_takes_the_route,
            attempts_repeat_until_the_receipt, rehearsal_needs_to_be_accepted,
            follow_sends_what_is_committed, revocation_holds_at_once,
        ):  # fmt: skip
            print(step.__name__, flush=True)
            step(home)
        home.stop()
        home.verify()


main()
