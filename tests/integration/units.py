#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The service units: systemd finds no fault with them, they leave little open, and broker and
adapter do their work with no more system calls and address families than the units leave them."""

import ctypes
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile

import lib

UNITS = {
    "onwardd.service": lib.SOURCE / "broker/onwardd.service.in",
    "onward-inbox@.service": lib.SOURCE / "adapters/inbox/onward-inbox@.service.in",
}
EXPOSURE_MOST = 15  # tenths, of what systemd-analyze calls exposure

ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
MASKED_EQ, EQ = 7, 4
PROT_WRITE, PROT_EXEC = 2, 4
PR_SET_NO_NEW_PRIVS = 38


def analyze(*arguments):
    done = subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"systemd-analyze {arguments}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def verify(folder):
    """The units, with the programs that were just built."""
    for name, template in UNITS.items():
        text = template.read_text(encoding="utf-8")
        for place in ("@bindir@", "@sbindir@"):
            text = text.replace(place, str(lib.BIN))
        assert "dir@" not in text, f"{name}: a place is not filled in"
        (folder / name).write_text(text, encoding="utf-8")
    instance = folder / "onward-inbox@advance.service"
    shutil.copy(folder / "onward-inbox@.service", instance)
    for unit in (folder / "onwardd.service", instance):
        said = analyze("verify", "--man=no", "--recursive-errors=no", str(unit))
        assert not said.strip(), said
        analyze("security", "--offline=true", f"--threshold={EXPOSURE_MOST}", str(unit))


def setting(name):
    """All values of a setting of the broker's unit; the adapter's has the same."""
    found = []
    for template in UNITS.values():
        text = template.read_text(encoding="utf-8")
        found.append(re.findall(rf"^{name}=(.*)$", text, re.M))
    assert found[0] == found[1], f"the units differ in {name}"
    return found[0]


def members(group):
    """The system calls of a group such as @system-service."""
    calls = set()
    for line in analyze("syscall-filter", group).splitlines():
        word = line.strip()
        if not word or word.startswith("#") or word == group:
            continue
        calls |= members(word) if word.startswith("@") else {word}
    return calls


class Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64),
                ("b", ctypes.c_uint64)]  # fmt: skip


class Filter:
    """What the unit allows, as a seccomp filter for a child: anything else ends it with SIGSYS."""

    def __init__(self):
        self.lib = ctypes.CDLL("libseccomp.so.2")
        self.lib.seccomp_init.restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(self.lib.seccomp_init(ctypes.c_uint32(KILL_PROCESS)))
        allowed = set()
        for value in setting("SystemCallFilter"):
            for group in value.lstrip("~").split():
                allowed = allowed - members(group) if value[0] == "~" else allowed | members(group)
        assert len(allowed) > 200, "the unit's filter could not be read"
        for call in sorted(allowed - {"socket", "mmap", "mprotect", "pkey_mprotect"}):
            self.allow(call)
        for family in setting("RestrictAddressFamilies")[0].split():
            self.allow("socket", Comparison(0, EQ, getattr(socket, family), 0))
        assert setting("MemoryDenyWriteExecute") == ["yes"]
        both = PROT_WRITE | PROT_EXEC
        for protection in (0, PROT_WRITE, PROT_EXEC):
            self.allow("mmap", Comparison(2, MASKED_EQ, both, protection))
        self.allow("mprotect", Comparison(2, MASKED_EQ, PROT_EXEC, 0))

    def allow(self, call, *comparisons):
        number = self.lib.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            return  # not on this machine
        rows = (Comparison * len(comparisons))(*comparisons)
        code = self.lib.seccomp_rule_add_array(
            self.context, ctypes.c_uint32(ALLOW), number, len(comparisons), rows
        )
        assert code == 0, f"{call}: {code}"

    def load(self):
        """In the child, before it becomes the program."""
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if self.lib.seccomp_load(self.context) != 0:
            raise OSError("the filter cannot be loaded")


def free_port():
    """One of which the next is free too, most likely."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def confined(program, arguments, load, log):
    with open(log, "wb") as out:
        return subprocess.Popen(
            [str(lib.BIN / program), *map(str, arguments)], stdin=subprocess.DEVNULL,
            stdout=out, stderr=out, preexec_fn=load,
        )  # fmt: skip


def work(folder):
    """A referral's way, over TCP, through broker and adapter that are confined."""
    load = Filter().load
    port = free_port()
    with lib.Home(init=False, folder=folder) as home:
        home.run([lib.BIN / "onward", "init", home.path, "--rehearsal", "--area", "london-2018",
                  "--listen", f"127.0.0.1:{port}"])  # fmt: skip
        broker = confined(
            "onwardd", ["--home", home.path, "--clock", lib.CLOCK], load, folder / "broker.log"
        )
        try:
            lib.wait_until(
                lambda: broker.poll() is not None
                or home.onward("status", as_="operator", check=None).returncode == lib.DONE,
                what="the broker",
            )
            assert broker.poll() is None, f"the broker ended with {broker.returncode}"
            referred = home.refer(lib.sample())[0]
            assert referred["state"] == "open", referred
            adapter = confined(
                "onward-inbox", ["--home", home.path, "--as", "women-in-prison", "--once",
                                 "--rehearsal-ok", "--answer", "accept"],
                load, folder / "inbox.log",
            )  # fmt: skip
            code = adapter.wait(lib.patience(30))
            assert code == 0, f"the adapter ended with {code}"
            shown = home.onward("show", referred["reference"], as_="met-custody").stdout
            assert "accepted" in shown, shown
            home.onward("reload")
            broker.terminate()
            assert broker.wait(lib.patience(20)) == 0, f"the broker ended with {broker.returncode}"
        finally:
            if broker.poll() is None:
                broker.kill()
            broker.wait()


def filter_bites():
    """A call that the units forbid ends the process: the filter above is no sham."""
    for call in ("os.chroot('/')", "socket.socket(socket.AF_VSOCK)"):
        done = subprocess.run(
            ["/usr/bin/python3", "-c", f"import os, socket; {call}"],
            preexec_fn=Filter().load, check=False, capture_output=True,
        )  # fmt: skip
        assert done.returncode == -signal.SIGSYS, f"{call}: {done.returncode}"


def main():
    if shutil.which("systemd-analyze") is None:
        lib.skip("no systemd-analyze on this machine")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="onward-test-"))
    verify(folder)
    if not lib.sanitized():  # whose own calls are no part of the program
        filter_bites()
        work(folder)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
