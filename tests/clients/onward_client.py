# SPDX-License-Identifier: Apache-2.0
"""A client of Onward, written from broker/wire/PROTOCOL.md alone; needs python3-zmq and
python3-msgpack.  One connection, one thread.

    with Client.at_home(home, "met-custody", "sources") as source:
        source.hello()
        print(source.submit({"source_ref": "1", ...})["reference"])
"""

import collections
import contextlib
import hashlib
import os
import pathlib
import random
import re
import struct
import time

import msgpack
import zmq

MAGIC = b"ONWD"
VERSION = 1
HEADER = struct.Struct(">4sBBHQ")
TYPES = {
    "hello": 1, "submit": 2, "amend": 3, "withdraw": 4, "acknowledge": 5, "receipt": 6,
    "credit": 7, "show": 8, "list": 9, "inbox": 10, "follow": 11, "explain": 12, "status": 13,
    "reload": 14, "ping": 15, "bye": 16, "assign": 17, "seen": 18, "queue": 19, "deliveries": 20,
    "retry": 21, "stop-retrying": 22, "clock": 23, "erase": 24, "upload": 25, "publish": 26,
    "versions": 27, "fetch": 28, "rollback": 29, "rehearse": 30, "migrate": 31, "intake": 32,
    "capacity": 33, "welcome": 64, "reset": 65, "superseded": 66, "refused": 67, "done": 68, "page": 69,
    "delivery": 70, "event": 71,
}
NAMES = {number: name for name, number in TYPES.items()}


class Refused(Exception):
    """The broker's answer was no; nothing was stored."""

    def __init__(self, body):
        self.code = body.get("code", "internal")
        self.field = body.get("field", "")
        self.message = body.get("message", "")
        super().__init__(f"{self.code} {self.field}: {self.message}")


class Superseded(Exception):
    """A newer session took the routes: no deliveries come any more."""


class NoAnswer(Exception):
    """Nothing came in time."""


def frame(kind, correlation, body, version=VERSION, flags=0):
    """Header and map; `kind` is a name or a number."""
    number = TYPES.get(kind, kind)
    return HEADER.pack(MAGIC, version, number, flags, correlation) + msgpack.packb(body)


def unframe(data):
    """(name, correlation, map) of a frame from the broker."""
    magic, version, number, _flags, correlation = HEADER.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise ValueError("not a frame of this protocol")
    body = msgpack.unpackb(data[HEADER.size:], strict_map_key=True)
    return NAMES.get(number, number), correlation, body


def given(body):
    """Without the members that are None: a key that is absent is not the same as nil."""
    return {key: value for key, value in body.items() if value is not None}


def files_packed(files):
    """A directory's files, {path: bytes}, as they travel."""
    return msgpack.packb([{"path": path, "bytes": files[path]} for path in
                          sorted(files, key=str.encode)])


def files_hash(files):
    """What names them."""
    def digest(data):
        return hashlib.blake2b(data, digest_size=32).digest()

    chain = bytes(32)
    for path in sorted(files, key=str.encode):
        chain = digest(chain + digest(path.encode()) + digest(files[path]))
    return chain


def key_of(path, name):
    """A Z85 key out of a key file (name: value) or of a file that holds it alone."""
    text = pathlib.Path(path).read_text(encoding="ascii")
    found = re.search(rf'^{name}:\s*"?([^\s"]{{40}})"?\s*$', text, re.M)
    return (found[1] if found else text.split()[-1]).encode()


class Client:
    def __init__(self, endpoint, broker_key, public, secret, user=None, role=None):
        self.actor = {k: v for k, v in (("user", user), ("role", role)) if v}
        self.deliveries = collections.deque()
        self.events = collections.deque()
        self.welcome = None
        self.superseded = False
        self._hello = None
        self._following = None
        self._correlation = random.getrandbits(32)
        self._folder = None
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._options(broker_key, public, secret)
        self._socket.connect(endpoint)

    def _options(self, broker_key, public, secret):
        s = self._socket
        s.curve_serverkey, s.curve_publickey, s.curve_secretkey = (
            key.encode() if isinstance(key, str) else key for key in (broker_key, public, secret))
        s.setsockopt(zmq.HEARTBEAT_IVL, 10000)
        s.setsockopt(zmq.HEARTBEAT_TIMEOUT, 30000)
        s.setsockopt(zmq.HEARTBEAT_TTL, 30000)
        s.setsockopt(zmq.HANDSHAKE_IVL, 5000)
        s.setsockopt(zmq.RECONNECT_IVL, 100 + random.randrange(100))
        s.setsockopt(zmq.RECONNECT_IVL_MAX, 30000)
        s.setsockopt(zmq.LINGER, 1000)
        s.setsockopt(zmq.SNDTIMEO, 250)
        s.setsockopt(zmq.MAXMSGSIZE, 262144)

    @classmethod
    def at_home(cls, home, party, endpoint="sources", **options):
        """By a broker's home on this machine: `endpoint` is sources, providers or operators."""
        home = pathlib.Path(home)
        pair = home / "keys" / f"{party}.key"
        folder = os.open(home / "run", os.O_RDONLY | os.O_DIRECTORY)
        client = cls(
            f"ipc:///proc/self/fd/{folder}/{endpoint}.sock",
            key_of(home / "keys" / "broker.pub", "public"),
            key_of(pair, "public"), key_of(pair, "secret"), **options)
        client._folder = folder
        return client

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Asking

    def _send(self, kind, body):
        """The request's correlation.  Without a connection nothing leaves: sent again later."""
        self._correlation += 1
        with contextlib.suppress(zmq.Again):
            self._socket.send(frame(kind, self._correlation, body))
        return self._correlation

    def _receive(self, timeout):
        """(name, correlation, body) of whatever comes next, None when nothing does in time; keeps
        deliveries and events."""
        if not self._socket.poll(max(0, int(timeout * 1000))):
            return None
        name, correlation, body = unframe(self._socket.recv())
        if name in ("delivery", "event"):
            kept = self.deliveries if name == "delivery" else self.events
            kept.append((correlation, body))
        self.superseded = self.superseded or name == "superseded"
        return name, correlation, body

    def ask(self, kind, body=None, timeout=10.0, resend=5.0):
        """One request and its answer.  Sends it again when there is no answer after `resend`
        seconds, and after a reset with a new hello before it."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            again = min(end, time.monotonic() + resend)
            if kind != "hello" and self.welcome is None and self._hello is not None:
                self.welcome = self.ask("hello", self._hello, end - time.monotonic(), resend)
            correlation = self._send(kind, body or {})
            while time.monotonic() < again:
                got = self._receive(again - time.monotonic())
                if got is None or got[1] != correlation:
                    continue
                name, _, answer = got
                if name == "refused":
                    raise Refused(answer)
                if name == "reset":
                    if self._hello is None:
                        raise Refused({"code": "reset", "message": "say hello first"})
                    self.welcome = None
                    break
                if name in ("done", "page", "welcome"):
                    return answer
        raise NoAnswer(kind)

    def _ask_as(self, kind, body, actor, **options):
        return self.ask(kind, given({**self.actor, **actor, **body}), **options)

    # Session

    def hello(self, routes=(), credit=0, accepts_rehearsal=True, timeout=10.0, **actor):
        self._hello = {
            "protocols": [VERSION], "client": "onward_client.py 1", "routes": list(routes),
            "credit": credit, "accepts_rehearsal": accepts_rehearsal, **self.actor, **actor}
        self.superseded = False
        self.welcome = self.ask("hello", self._hello, timeout)
        return self.welcome

    def ping(self, timeout=10.0):
        return self.ask("ping", {}, timeout)

    def bye(self, timeout=10.0):
        return self.ask("bye", {}, timeout)

    def close(self):
        self._socket.close()
        self._context.term()
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None

    # Sources

    def submit(self, referral, timeout=10.0, **actor):
        return self._ask_as("submit", {"referral": referral}, actor, timeout=timeout)

    def amend(self, reference, patch, **actor):
        return self._ask_as("amend", {"reference": reference, "referral": patch}, actor)

    def withdraw(self, reference, reason, note=None, **actor):
        body = {"reference": reference, "reason": reason, "note": note}
        return self._ask_as("withdraw", body, actor)

    def explain(self, referral, at=None, **actor):
        return self._ask_as("explain", {"referral": referral, "at": at}, actor)

    # Providers

    def acknowledge(self, leg, action, reason=None, note=None, outcome=None, service=None,
                    delivery=None, questions=None, **actor):
        body = {"leg": leg, "action": action, "reason": reason, "note": note, "outcome": outcome,
                "service": service, "delivery": delivery, "questions": questions}
        return self._ask_as("acknowledge", body, actor)

    def next_delivery(self, timeout=10.0):
        """The next delivery's body.  It comes again until receipt() was called for it."""
        end = time.monotonic() + timeout
        while not self.deliveries:
            if self.superseded:
                raise Superseded()
            if time.monotonic() >= end:
                raise NoAnswer("delivery")
            self._receive(end - time.monotonic())
        return self.deliveries.popleft()[1]

    def receipt(self, delivery, receipt="stored", reason=None):
        return self.ask("receipt", given({"delivery": delivery, "receipt": receipt,
                                          "reason": reason}))

    def credit(self, window):
        self._send("credit", {"credit": window})

    def inbox(self, **filters):
        return self._pages("inbox", filters)

    def intake(self, service, action, until=None, reason=None, **actor):
        """`pause` or `resume` a service; `until` a date, its end included, or a time."""
        body = {"service": service, "action": action, "until": until, "reason": reason}
        return self._ask_as("intake", body, actor)

    def capacity(self, **filters):
        return self._pages("capacity", filters)

    # Coordinators and operators

    def assign(self, reference, service, note, needs=None, **actor):
        body = {"reference": reference, "service": service, "note": note, "needs": needs}
        return self._ask_as("assign", body, actor)

    def seen(self, reference, note, reasons=None, **actor):
        body = {"reference": reference, "note": note, "reasons": reasons}
        return self._ask_as("seen", body, actor)

    def queue(self, **filters):
        return self._pages("queue", filters)

    def waiting(self, **filters):
        """Deliveries that have not arrived."""
        return self._pages("deliveries", filters)

    def retry(self, **which):
        """One `delivery`, or those of a `service`, a `route` or `all`: what became of each."""
        return self._steps("retry", which)

    def stop_retrying(self, reason, **which):
        return self._steps("stop-retrying", {"reason": reason, **which})

    def _steps(self, kind, which):
        cursor = None
        while cursor != "":
            done = self._ask_as(kind, {"cursor": cursor}, which)
            yield from done["items"]
            cursor = done["cursor"]

    def clock(self, action=None, seconds=None, at=None, **actor):
        asked = {"action": action, "seconds": seconds, "at": at}
        return self._ask_as("clock", asked, actor)

    # Reading

    def show(self, reference, **actor):
        return self._ask_as("show", {"reference": reference}, actor)

    def list(self, **filters):
        return self._pages("list", filters)

    def _pages(self, kind, filters):
        """All items, page after page."""
        cursor = None
        while cursor != "":
            page = self._ask_as(kind, {"cursor": cursor}, filters)
            yield from page["items"]
            cursor = page["cursor"]

    def follow(self, after=0, reference=None, credit=100, timeout=10.0, **actor):
        """Events after a sequence, as they come; ends when none came for `timeout` seconds.  The
        events of one record share a sequence and come together, even beyond the credit."""
        left = 0
        while True:
            if left == 0:
                self._following = self._send("follow", given({
                    "after": after, "credit": credit, "reference": reference,
                    **self.actor, **actor}))
                left = credit
            correlation, event = self._next_event(timeout) or (0, None)
            if event is None:
                return
            if event == "reset":
                self.welcome = self.ask("hello", self._hello)
                left = 0
            elif correlation == self._following or event["seq"] == after:
                after = event["seq"]
                left -= correlation == self._following
                yield event

    def _next_event(self, timeout):
        end = time.monotonic() + timeout
        while not self.events and time.monotonic() < end:
            got = self._receive(end - time.monotonic())
            if got and got[1] == self._following and got[0] == "refused":
                raise Refused(got[2])
            if got and got[0] == "reset":
                return got[1], "reset"
        return self.events.popleft() if self.events else None

    def status(self):
        return self.ask("status")

    def reload(self, parties=True, directory=True, **actor):
        return self._ask_as("reload", {"parties": parties, "directory": directory}, actor)

    # The directory

    PIECE = 131072

    def upload(self, name, packed, piece=PIECE):
        """All pieces, each after the answer to the one before."""
        for offset in range(0, len(packed), piece):
            done = self.ask("upload", {"upload": name, "offset": offset, "total": len(packed),
                                       "bytes": packed[offset:offset + piece]})
            assert done["received"] == min(offset + piece, len(packed)), done

    def publish(self, files, note, expect=None, timeout=60.0, **actor):
        """`files`: {path: bytes}.  What is in force then."""
        name = files_hash(files)
        self.upload(name, files_packed(files))
        body = {"upload": name, "note": note, "expect": expect}
        return self._ask_as("publish", body, actor, timeout=timeout, resend=timeout)

    def rehearse(self, files, since, **which):
        """`files`: {path: bytes}.  The pages, one after the other."""
        name = files_hash(files)
        self.upload(name, files_packed(files))
        page = {"cursor": None, "until": None}
        while page["cursor"] != "":
            body = {"upload": name, "since": since, "cursor": page["cursor"],
                    "until": page["until"]}
            page = self._ask_as("rehearse", body, which)
            yield page

    def migrate(self, service, note, **which):
        """What became of each leg; `rule` or `all`, `to`, `needs`, `override`, `dry_run`."""
        return self._steps("migrate", {"service": service, "note": note, **which})

    def rollback(self, version, note, expect=None, timeout=60.0, **actor):
        body = {"version": version, "note": note, "expect": expect}
        return self._ask_as("rollback", body, actor, timeout=timeout, resend=timeout)

    def versions(self, **filters):
        return self._pages("versions", filters)

    def fetch(self, version=0, **actor):
        """(version, {path: bytes}); held against the hash."""
        packed, total, name = b"", 1, None
        while len(packed) < total:
            done = self._ask_as("fetch", {"version": version, "offset": len(packed)}, actor)
            version, total, name = done["version"], done["total"], done.get("hash", name)
            packed += done["bytes"]
        files = {item["path"]: item["bytes"] for item in msgpack.unpackb(packed)}
        assert files_hash(files) == name, "the files are not those of the hash"
        return version, files

    # Raw, for hostile tests
    def wait_to_send(self, seconds):
        """How long a send may wait for room; for those who send more than is taken at once."""
        self._socket.setsockopt(zmq.SNDTIMEO, int(seconds * 1000))

    def raw_send(self, *frames):
        """Any bytes, one message of these frames."""
        self._socket.send_multipart(list(frames))

    def raw_receive(self, timeout=10.0):
        return self._receive(timeout)
