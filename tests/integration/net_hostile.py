#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Messages no honest client sends: each is refused with the path of what is wrong, nothing is
stored, and the broker's memory does not grow by them."""

import pathlib
import struct
import sys

import lib
import msgpack

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))
import onward_client as wire  # noqa: E402

ROUNDS = 100_000
GROWTH_MOST = 8 * 1024 * 1024


def header(kind, correlation, version=1, flags=0):
    return wire.HEADER.pack(b"ONWD", version, wire.TYPES.get(kind, kind), flags, correlation)


def text(s):
    return msgpack.packb(s)


def nested(depth):
    """A referral whose person is a map in a map in a map…"""
    inner = b"\x80"
    for _ in range(depth):
        inner = b"\x81" + text("a") + inner
    return b"\x81" + text("referral") + b"\x81" + text("person") + inner


# What it is, the bytes behind the header, the code and the path of the refusal (None: any).
HOSTILE = [
    ("no map", b"", "malformed", ""),
    ("a list", b"\x90", "malformed", ""),
    ("a truncated map", b"\x82" + text("referral"), "malformed", None),
    ("a map that claims 4 billion entries", b"\xdf\xff\xff\xff\xff", "malformed", None),
    ("a list that claims 4 billion items",
     b"\x81" + text("referral") + b"\x81" + text("needs") + b"\xdd\xff\xff\xff\xff", "malformed",
     "referral.needs"),
    ("a text that claims 4 GiB", b"\x81" + text("referral") + b"\x81" + text("source_ref") +
     b"\xdb\xff\xff\xff\xff" + b"x", "malformed", "referral.source_ref"),
    ("too deep", nested(40), "too-large", None),
    ("very deep", nested(20_000), "too-large", None),
    ("too many elements", b"\x81" + text("referral") + b"\x81" + text("needs") + b"\xdc" +
     struct.pack(">H", 5000) + b"\x01" * 5000, "too-large", None),
    ("a key twice", b"\x82" + (text("referral") + b"\x80") * 2, "malformed", "referral"),
    ("a key twice within", b"\x81" + text("referral") + b"\x82" + (text("pathway") + text("x")) * 2,
     "malformed", "referral.pathway"),
    ("not UTF-8", b"\x81" + text("referral") + b"\x81" + text("pathway") + b"\xa2\xff\xfe",
     "malformed", "referral.pathway"),
    ("a key that is no text", b"\x81\x01\x80", "malformed", None),
    ("an extension type", b"\x81" + text("referral") + b"\xd4\x01\x00", "malformed", "referral"),
    ("bytes behind the map", b"\x80\x80", "malformed", ""),
    ("an unknown key", b"\x81" + text("referal") + b"\x80", "unknown-field", "referal"),
    ("a misspelt field", b"\x81" + text("referral") + b"\x81" + text("contact") + b"\x81" +
     text("safe_to_cal") + b"\xc2", "unknown-field", "contact.safe_to_cal"),
    ("nothing of what is needed", b"\x80", "missing", "referral"),
    ("a bidirectional override", b"\x82" + text("referral") + b"\x80" + text("user") +
     text("PS \u202e1"), "invalid", "user"),
    ("a frame over the limit", b"\x81" + text("referral") + b"\xc6" + struct.pack(">I", 262144) +
     b"\0" * 262144, "too-large", ""),
]  # fmt: skip


def ask(client, frame):
    client.raw_send(frame)
    got = client.raw_receive(lib.patience(10))
    assert got is not None, "no answer"
    return got


def each_is_refused_with_its_path(client):
    for number, (what, bytes_, code, path) in enumerate(HOSTILE, 1000):
        name, correlation, body = ask(client, header("submit", number) + bytes_)
        shown = f"{what}: {name} {body}"
        assert name == "refused" and correlation == number, shown
        assert body["code"] == code and body["message"], shown
        assert path is None or body["field"].endswith(path), shown


def headers_are_checked(client):
    name, correlation, body = ask(client, header("ping", 5, version=9) + b"\x80")
    assert (name, correlation, body["code"]) == ("refused", 5, "version"), body
    name, correlation, body = ask(client, header("ping", 6, flags=1) + b"\x80")
    assert (name, correlation, body["code"]) == ("refused", 6, "malformed"), body
    name, correlation, body = ask(client, header(200, 7) + b"\x80")
    assert (name, correlation, body["code"]) == ("refused", 7, "malformed"), body
    name, correlation, body = ask(client, header("delivery", 8) + b"\x80")
    assert (name, correlation, body["code"]) == ("refused", 8, "malformed"), body
    # What is none of ours cannot be correlated: it is dropped, and the session goes on.
    client.raw_send(b"")
    client.raw_send(b"GET / HTTP/1.1\r\n\r\n")
    client.raw_send(b"ONWD\x01")
    client.raw_send(b"", b"", b"")
    assert client.ping() == {}


def memory_does_not_grow(home, client):
    frames = [header("submit", n) + b for n, (_, b, _, _) in enumerate(HOSTILE) if len(b) < 60_000]
    rounds = ROUNDS // 10 if lib.sanitized() else ROUNDS

    def send(count):
        waiting = 0
        for i in range(count):
            client.raw_send(frames[i % len(frames)])
            waiting += 1
            while waiting > 200:
                assert client.raw_receive(10)[0] == "refused"
                waiting -= 1
        while waiting:
            assert client.raw_receive(10)[0] == "refused"
            waiting -= 1

    send(2000)  # what is kept warm is there from here on
    before = home.rss_anon_bytes()
    send(rounds)
    big = header("submit", 1) + HOSTILE[-1][1]
    for _ in range(200):
        assert ask(client, big)[0] == "refused"
    growth = home.rss_anon_bytes() - before
    print(f"memory grew by {growth // 1024} KiB over {rounds} messages", flush=True)
    assert lib.sanitized() or growth < GROWTH_MOST


def far_over_the_limit_ends_the_connection(home):
    client = wire.Client.at_home(home.path, "met-custody", "sources")
    client.hello()
    client.raw_send(header("submit", 1) + b"\0" * (4 * 1024 * 1024))
    # ZeroMQ connects anew by itself; that is another session.
    assert lib.wait_until(lambda: client.raw_receive(0.1) or client.raw_send(
        wire.frame("ping", 2, {})), what="a reset")[0] == "reset"
    client.close()


def window_is_enforced(home):
    """More at once than the window: some may be refused try-later, all are answered, and what was
    accepted is there."""
    client = wire.Client.at_home(home.path, "met-custody", "sources")
    client.hello()
    client.wait_to_send(lib.patience(20))
    count = 1500
    for i in range(count):
        client.raw_send(wire.frame("submit", i, {"referral": lib.sample(source_ref=f"window-{i}")}))
    answers = [client.raw_receive(lib.patience(20)) for _ in range(count)]
    done = sum(name == "done" for name, _, _ in answers)
    later = [body for name, _, body in answers if name == "refused"]
    assert done >= 1 and done + len(later) == count
    assert all(body["code"] == "try-later" for body in later), later[:1]
    assert sorted(c for _, c, _ in answers) == list(range(count)), "one answer each"
    print(f"{done} accepted, {len(later)} try-later", flush=True)
    client.close()
    return done


def main():
    with lib.Home(areas=["london-2018"]) as home:
        home.start()
        client = wire.Client.at_home(home.path, "met-custody", "sources")
        client.hello()
        each_is_refused_with_its_path(client)
        headers_are_checked(client)
        memory_does_not_grow(home, client)
        far_over_the_limit_ends_the_connection(home)
        status = home.json("status", as_="operator")[0]
        assert status["referrals"] == 0, "nothing of that is stored"
        for code in ("malformed", "too-large", "unknown-field", "missing", "invalid"):
            assert status["refusals"].get(code, 0) > 0, f"{code} is counted"
        done = window_is_enforced(home)
        assert home.json("status", as_="operator")[0]["referrals"] == done
        client.close()
        home.stop()
        home.verify()


main()
