#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bytes that are not what PROTOCOL.md says: refused with the path, at no cost in memory."""

import itertools
import struct
import time

import msgpack
import zmq

import lib
from _support import Client, NoAnswer, home_running, refusals, run, source
from onward_client import HEADER, MAGIC, TYPES, frame, unframe

GROWTH_MOST = 8 * 1024 * 1024
IN_FLIGHT = 400  # below the window of 512


def raw(kind, body, correlation=7, magic=MAGIC, version=1, flags=0):
    """A frame whose map is these bytes."""
    return HEADER.pack(magic, version, TYPES.get(kind, kind), flags, correlation) + body


def pack(body):
    return msgpack.packb(body)


def key(text, value):
    return pack(text) + value


def a_map(*members):
    return bytes([0x80 | len(members)]) + b"".join(members)


def submit(referral):
    """A submit whose referral is these bytes."""
    return raw("submit", a_map(key("referral", referral)))


def nested(levels, innermost=b"\x01", step=b"\x91"):
    return step * levels + innermost


def deep_referral(levels):
    return a_map(key("person", nested(levels, step=b"\x81\xa1a")))


# What, code, beginning of the field (None: any), frame.
CASES = [
    ("nine levels of lists", "too-large", "referral", submit(nested(9))),
    ("nine levels of maps", "too-large", "referral.person", submit(deep_referral(9))),
    ("a hundred thousand levels", "too-large", None, submit(nested(100_000))),
    ("a map that claims 4,294,967,295 members", None, "referral",
     submit(b"\xdf\xff\xff\xff\xff")),
    ("a list that claims 4,294,967,295 items", None, "referral",
     submit(a_map(key("needs", b"\xdd\xff\xff\xff\xff\x01")))),
    ("a text that claims 4 GiB", "malformed", "referral.source_ref",
     submit(a_map(key("source_ref", b"\xdb\xff\xff\xff\xffab")))),
    ("bytes that claim 4 GiB", "malformed", "referral.source_ref",
     submit(a_map(key("source_ref", b"\xc6\xff\xff\xff\xffab")))),
    ("a list of 4,097 items", "too-large", "referral.needs",
     submit(a_map(key("needs", b"\xdc" + struct.pack(">H", 4097) + b"\x01" * 4097)))),
    ("a key twice", "malformed", "referral.pathway",
     submit(a_map(key("pathway", pack("court")), key("pathway", pack("court"))))),
    ("a key of the request twice", "malformed", "user",
     raw("submit", a_map(key("user", pack("a")), key("user", pack("b"))))),
    ("a key twice, deep", "malformed", "referral.person.a",
     submit(a_map(key("person", a_map(key("a", b"\x01"), key("b", b"\x01"), key("a", b"\x01")))))),
    ("text that is not UTF-8", "malformed", "referral.person.given_name",
     submit(a_map(key("person", a_map(key("given_name", b"\xa2\xc3\x28")))))),
    ("an overlong UTF-8 form", "malformed", "referral.source_ref",
     submit(a_map(key("source_ref", b"\xa2\xc0\xaf")))),
    ("half a surrogate pair", "malformed", "referral.source_ref",
     submit(a_map(key("source_ref", b"\xa3\xed\xa0\x80")))),
    ("a key that is not UTF-8", "malformed", "referral", submit(b"\x81\xa2\xc3\x28\x01")),
    ("a number as a key", "malformed", "referral", submit(b"\x81\x01\x01")),
    ("an extension type", "malformed", "referral.occurred_at",
     submit(a_map(key("occurred_at", b"\xd6\xff\x00\x00\x00\x00")))),
    ("the byte that is never used", "malformed", "referral.person",
     submit(a_map(key("person", b"\xc1")))),
    ("a number above 2^63-1", "malformed", "referral.person.dependent_children",
     submit(a_map(key("person", a_map(key("dependent_children", b"\xcf" + b"\xff" * 8)))))),
    ("not a number", "malformed", "referral.person",
     submit(a_map(key("person", b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00")))),
    ("infinity", "malformed", "referral.person",
     submit(a_map(key("person", b"\xca\x7f\x80\x00\x00")))),
    ("something behind the map", "malformed", None, raw("ping", b"\x80\x80")),
    ("a list for the map", "malformed", None, raw("ping", b"\x90")),
    ("no map at all", "malformed", None, raw("ping", b"")),
    ("an unknown key", "unknown-field", "pong", raw("ping", a_map(key("pong", b"\x01")))),
    ("a misspelt key", "unknown-field", "refferal",
     raw("submit", a_map(key("refferal", b"\x80")))),
    ("a missing key", "missing", "referral", raw("submit", b"\x80")),
    ("nil for a text", "invalid", "reference",
     raw("show", a_map(key("reference", b"\xc0")))),
    ("a number for a text", "invalid", "reference",
     raw("show", a_map(key("reference", b"\x07")))),
    ("a text for a number", "invalid", "after",
     raw("follow", a_map(key("after", pack("0")), key("credit", b"\x01")))),
    ("a negative cursor", "invalid", "after",
     raw("follow", a_map(key("after", b"\xff"), key("credit", b"\x01")))),
    ("a credit above 512", None, "credit",
     raw("follow", a_map(key("after", b"\x00"), key("credit", pack(513))))),
    ("a text over its limit", "too-large", "user", raw("list", pack({"user": "A" * 65}))),
    ("a control character", "invalid", "user", raw("list", pack({"user": "PS\x07"}))),
    ("text turned round", "invalid", "user", raw("list", pack({"user": "PS\u202e41"}))),
    ("a delivery id of 15 bytes", "invalid", "delivery", raw("receipt", pack(
        {"delivery": b"x" * 15, "receipt": "stored"}))),
    ("another version", "version", None, raw("ping", b"\x80", version=2)),
    ("flags", "malformed", None, raw("ping", b"\x80", flags=1)),
    ("a reply's type", "malformed", None, raw("welcome", b"\x80")),
    ("an unknown type", "malformed", None, raw(200, b"\x80")),
    ("a frame of 262,145 bytes", "too-large", None,
     raw("submit", pack({"referral": {"source_ref": "A" * 262144}}))[:262145]),
]  # fmt: skip


def answer_to(client, *frames, timeout_s=10):
    client.raw_send(*frames)
    return client.raw_receive(timeout=lib.patience(timeout_s))


def a_malformed_request_is_taken_or_refused_without_its_path(home):
    wrong = []
    with source(home) as client:
        for number, (what, code, field, bad) in enumerate(CASES):
            correlation = 1000 + number
            bad = bad[:8] + struct.pack(">Q", correlation) + bad[16:]
            got = answer_to(client, bad)
            if not got or got[:2] != ("refused", correlation):
                wrong.append(f"{what}: answered {got}")
                continue
            body = got[2]
            code_fits = body["code"] == code if code else body["code"] in (
                "malformed", "too-large", "invalid")  # fmt: skip
            if not code_fits or not (field is None or body["field"].startswith(field)):
                wrong.append(f"{what}: {body}, expected {code} {field}")
        client.ping()
    assert not wrong, "\n".join(["", *wrong])


def every_truncation_is_refused(home):
    whole = frame("submit", 5, {"referral": lib.sample(), "user": "PS 41"})
    with source(home) as client:
        for end in range(HEADER.size, len(whole)):
            got = answer_to(client, whole[:end])
            assert got[:2] == ("refused", 5) and got[2]["code"] == "malformed", (end, got)
    assert home.json("list", as_="met-custody") == [], "a truncated submit was taken"


def what_cannot_be_answered_is_dropped_uncounted(home):
    before = refusals(home)
    whole = frame("ping", 5, {})
    with source(home) as client:
        for end in range(HEADER.size):
            client.raw_send(whole[:end])
        client.raw_send(raw("ping", b"\x80", magic=b"DNWO"))
        client.raw_send(*[whole] * 9)
        client.raw_send(*[b""] * 500)
        client.raw_send(b"", whole[:3], b"\x80")
        assert answer_to(client, frame("ping", 6, {}))[1] == 6, "answered what has no header"
    dropped = refusals(home)["malformed"] - before["malformed"]
    assert dropped >= HEADER.size + 4, f"only {dropped} counted"


def good_frames_beside_a_bad_one_are_lost(home):
    with source(home) as client:
        client.raw_send(frame("ping", 11, {}), raw("ping", b"\xc1", correlation=12),
                        frame("ping", 13, {}))  # fmt: skip
        answers = dict(
            (got[1], got[0]) for got in (client.raw_receive(lib.patience(5)) for _ in range(3)))
    assert answers == {11: "done", 12: "refused", 13: "done"}, answers


def a_frame_far_over_the_limit_ends_more_than_its_connection(home):
    with Client.at_home(home.path, "met-custody", "sources") as client, source(home) as other:
        client.hello()
        client.raw_send(raw("submit", b"\x81" + b"A" * 2_000_000))
        try:
            client.ping(timeout=1)
        except NoAnswer:
            pass  # ZeroMQ ended the connection: the right of the broker
        other.ping()


def deluge(client, frames, count):
    """Sends `count` of the frames, several a message, and takes every answer."""
    cycle = itertools.cycle(frames)
    sent = taken = 0
    until = time.monotonic() + lib.patience(120)
    while taken < count:
        while sent < count and sent - taken < IN_FLIGHT:
            few = min(8, count - sent)
            client.raw_send(*(next(cycle) for _ in range(few)))
            sent += few
        while client._socket.poll(0 if sent < count and sent - taken < IN_FLIGHT else 2000):
            try:
                kind = client._socket.recv(zmq.DONTWAIT)[5]
            except zmq.Again:
                break
            assert kind == TYPES["refused"], unframe(b"")
            taken += 1
        assert time.monotonic() < until, f"{taken} of {count} answers in time"


def a_hundred_thousand_of_them_cost_memory(home):
    count = 10_000 if lib.sanitized() else 100_000
    frames = [bad for _, _, _, bad in CASES if len(bad) < 10_000]
    large = [bad for _, _, _, bad in CASES if len(bad) >= 10_000]
    before = home.rss_anon_bytes()
    begin = time.monotonic()
    with source(home) as client:
        deluge(client, frames, count - 200)
        deluge(client, large, 200)
    took = time.monotonic() - begin
    grown = home.rss_anon_bytes() - before
    print(f"{count} in {took:.1f} s, {grown // 1024} KiB", end=" ... ")
    assert lib.sanitized() or grown < GROWTH_MOST, f"RssAnon grew by {grown} bytes"
    assert home.refer(lib.sample())[0]["state"] == "open", "the broker serves no more"


def main():
    with home_running() as home:
        run(
            a_malformed_request_is_taken_or_refused_without_its_path,
            every_truncation_is_refused,
            what_cannot_be_answered_is_dropped_uncounted,
            good_frames_beside_a_bad_one_are_lost,
            a_frame_far_over_the_limit_ends_more_than_its_connection,
            a_hundred_thousand_of_them_cost_memory,
            home=home,
        )
        home.stop()


if __name__ == "__main__":
    main()
