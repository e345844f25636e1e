#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What onwardd tells a service manager: ready, reading again, stopping, and that it is alive only
while its writer really writes."""

import contextlib
import ctypes
import os
import socket
import time

import lib

WATCHDOG_US = 1_000_000


class Manager:
    """The manager's end of NOTIFY_SOCKET."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.socket.bind(address)

    def next(self, timeout_s=15):
        """The next message as a dictionary; None when none came in time."""
        self.socket.settimeout(timeout_s)
        try:
            text = self.socket.recv(4096).decode()
        except TimeoutError:
            return None
        return dict(line.split("=", 1) for line in text.splitlines())

    def next_but_alive(self):
        """The next message that is not the watchdog's."""
        end = time.monotonic() + lib.patience(30)
        while time.monotonic() < end:
            message = self.next()
            if message is not None and "WATCHDOG" not in message:
                return message
        raise AssertionError("the manager heard nothing")

    def wait_alive(self):
        lib.wait_until(lambda: (self.next() or {}).get("WATCHDOG") == "1", what="the watchdog")

    def drain(self):
        while self.next(0.01) is not None:
            pass


@contextlib.contextmanager
def writing(home):
    """Holds the store's write lock as another program would: the broker's writer waits for it."""
    lmdb = ctypes.CDLL("liblmdb.so.0")
    env, txn = ctypes.c_void_p(), ctypes.c_void_p()

    def call(name, *arguments):
        code = getattr(lmdb, name)(*arguments)
        assert code == 0, f"{name}: {code}"

    call("mdb_env_create", ctypes.byref(env))
    call("mdb_env_set_maxdbs", env, 64)
    call("mdb_env_open", env, str(home.path / "store").encode(), 0, 0o600)
    call("mdb_txn_begin", env, None, 0, ctypes.byref(txn))
    try:
        yield
    finally:
        lmdb.mdb_txn_abort(txn)
        lmdb.mdb_env_close(env)


def start(home, address, **more):
    env = dict(os.environ, NOTIFY_SOCKET=address, WATCHDOG_USEC=str(WATCHDOG_US), **more)
    home.start(env=env, wait=False)


def stuck_writer(home, manager):
    manager.wait_alive()
    with writing(home):
        # One proof may have been under way; after it there is silence for far longer than a tick.
        time.sleep(1.5)
        manager.drain()
        assert manager.next(4) is None, "the watchdog was fed although the writer stands"
    manager.wait_alive()


def reload(home, manager):
    home.broker.signal(lib.signal.SIGHUP)
    message = manager.next_but_alive()
    assert message["RELOADING"] == "1" and int(message["MONOTONIC_USEC"]) > 0, message
    message = manager.next_but_alive()
    assert message == {"READY": "1", "STATUS": "running"}, message
    parties = home.path / "parties.yaml"
    before = parties.read_bytes()
    parties.write_bytes(b"parties: 7\n")
    home.broker.signal(lib.signal.SIGHUP)
    assert manager.next_but_alive()["RELOADING"] == "1"
    assert "not in force" in manager.next_but_alive()["STATUS"]
    parties.write_bytes(before)


def main():
    with lib.Home(areas=["norfolk"]) as home:
        path = str(home.folder / "notify")
        manager = Manager(path)
        start(home, path)
        assert manager.next_but_alive()["READY"] == "1"
        assert home.onward("status", as_="operator").returncode == lib.DONE, "ready too early"
        stuck_writer(home, manager)
        reload(home, manager)
        home.broker.signal(lib.signal.SIGTERM)
        assert manager.next_but_alive()["STOPPING"] == "1"
        assert home.broker.stop() == 0

        # A socket in the abstract name space; the watchdog is another process's.
        name = f"onward-test-{os.getpid()}"
        abstract = Manager("\0" + name)
        start(home, "@" + name, WATCHDOG_PID="1")
        assert abstract.next_but_alive()["READY"] == "1"
        assert abstract.next(3) is None, "fed a watchdog that was not for it"
        home.stop()

        # Nobody listens there, or it is no socket: the broker runs all the same.
        for nowhere in (str(home.folder / "none"), "vsock:2:1", ""):
            start(home, nowhere)
            home.wait_ready()
            home.stop()


if __name__ == "__main__":
    main()
