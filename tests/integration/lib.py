# SPDX-License-Identifier: Apache-2.0
"""A rehearsal home with its broker, for tests in Python.

    with lib.Home() as home:
        home.start()
        home.onward("refer", "-", as_="met-custody", input=json.dumps(referral))

Everything lives in a temporary folder of its own and every process ends with the test (by its
process id, also when the test is killed), so that many tests run at the same time.  A test that
fails leaves by an exception; `Home` then shows what the broker logged.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

BIN = pathlib.Path(os.environ.get("ONWARD_BIN", "build/gcc/bin")).resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[2]
CLOCK = "2019-06-12T21:40:00+01:00,manual"
SKIPPED = 77

# Exit codes of `onward`.
DONE, REFUSED, UNREACHABLE, NOT_ALLOWED, USAGE = 0, 2, 3, 4, 64

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def sanitized():
    """True under a sanitizer: slower, and memory figures are the sanitizer's own."""
    return bool(os.environ.get("ONWARD_SANITIZE"))


def patience(seconds):
    """A time limit, longer under a sanitizer."""
    return seconds * 6 if sanitized() else seconds


def skip(why):
    """Ends the test as not possible on this machine."""
    print(why, flush=True)
    sys.exit(SKIPPED)


def wait_until(condition, timeout_s=15, what="the condition", every_s=0.02):
    """The first true result of `condition`; AssertionError when time is up."""
    deadline = time.monotonic() + patience(timeout_s)
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience(timeout_s)} s in vain for {what}")
        time.sleep(every_s)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _before_exec():
    """What a child does first.  The kernel's parent is a thread, so only the main one may ask to be
    outlived by nothing."""
    in_main = threading.current_thread() is threading.main_thread()
    return _die_with_parent if in_main else None


def rss_anon_bytes(pid):
    """Anonymous memory of a process: its heap and stacks, without the mapped store."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no RssAnon")


class Process:
    """A program in the background with its output in a file; `split`: what it says on stderr goes
    to one beside it, <name>.err."""

    def __init__(self, command, log, env=None, split=False):
        self.log = pathlib.Path(log)
        self.command = [str(word) for word in command]
        err_log = self.log.with_suffix(".err") if split else self.log
        with open(self.log, "ab") as out, open(err_log, "ab") as err:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                env=env, preexec_fn=_before_exec(),
            )  # fmt: skip
        self.pid = self.process.pid

    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """kill -9, and waits for the end."""
        if self.running():
            self.process.kill()
        return self.process.wait()

    def stop(self, timeout_s=20):
        """SIGTERM; its exit code.  One that does not stop in time is killed and fails the test."""
        if self.running():
            self.process.terminate()
        try:
            return self.process.wait(patience(timeout_s))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.command[0]} did not stop on SIGTERM") from None

    def text(self):
        return self.log.read_text(encoding="utf-8", errors="replace")


class Home:
    """A rehearsal home, and the broker over it while one runs."""

    def __init__(self, areas=None, path=None, init=True, folder=None):
        """`folder` is for the logs and is kept; without it a temporary one that goes."""
        self.keep = folder is not None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="onward-test-"))
        self.path = pathlib.Path(path) if path else self.folder / "home"
        self.broker = None
        self.processes = []
        self._previous = {}
        if init:
            arguments = ["init", self.path, "--rehearsal"]
            if areas:
                arguments += ["--area", ",".join(areas)]
            self.run([BIN / "onward", *arguments])

    # The test's end, however it comes.
    def __enter__(self):
        def leave(number, _frame):
            sys.exit(128 + number)

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self._previous[number] = signal.signal(number, leave)
        return self

    def __exit__(self, kind, _error, _trace):
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if kind is not None and kind is not SystemExit:
            self.show_logs()
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        if os.environ.get("ONWARD_KEEP"):
            print(f"kept: {self.folder}", flush=True)
        elif not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        return False

    def show_logs(self, lines=40):
        for log in sorted(self.folder.glob("*.log")):
            text = log.read_text(encoding="utf-8", errors="replace").splitlines()
            print(f"--- {log.name}, last lines", flush=True)
            for line in text[-lines:]:
                print("  " + line, flush=True)

    # The broker.
    def start(self, clock=CLOCK, arguments=(), wait=True, env=None):
        """Starts onwardd and waits until it answers; the log is `broker.log`."""
        command = [BIN / "onwardd", "--home", self.path]
        if clock:
            command += ["--clock", clock]
        self.broker = self.spawn([*command, *arguments], "broker", env=env)
        if wait:
            self.wait_ready()
        return self.broker

    def wait_ready(self, timeout_s=30):
        socket = self.path / "run" / "operators.sock"

        def ready():
            if not self.broker.running():
                raise AssertionError(f"onwardd ended with {self.broker.process.returncode}")
            if not socket.exists():
                return False
            return self.onward("status", as_="operator", check=None).returncode == DONE

        wait_until(ready, timeout_s, "onwardd to answer")

    def stop(self):
        """Drains and stops the broker; it must end with exit code 0."""
        code = self.broker.stop()
        assert code == 0, f"onwardd ended with {code} on SIGTERM"

    def kill(self):
        self.broker.kill()

    def restart(self, clock=CLOCK, arguments=()):
        if self.broker is not None and self.broker.running():
            self.stop()
        return self.start(clock, arguments)

    def rss_anon_bytes(self):
        return rss_anon_bytes(self.broker.pid)

    # Programs.
    def spawn(self, command, name, env=None, split=False):
        """A program in the background; its output goes to <name>.log."""
        process = Process(command, self.folder / f"{name}.log", env=env, split=split)
        self.processes.append(process)
        return process

    def run(self, command, check=DONE, input=None, timeout_s=60, env=None):
        """A program to its end.  `check` is the exit code it must have (None: any)."""
        done = subprocess.run(
            [str(word) for word in command], input=input, capture_output=True, text=True,
            encoding="utf-8", errors="replace", timeout=patience(timeout_s), env=env, check=False,
            stdin=subprocess.DEVNULL if input is None else None, preexec_fn=_before_exec(),
        )  # fmt: skip
        if check is not None and done.returncode != check:
            shown = " ".join(str(word) for word in command)
            raise AssertionError(
                f"{shown}: exit code {done.returncode}, not {check}\n{done.stdout}{done.stderr}"
            )
        return done

    def onward(self, *arguments, as_=None, check=DONE, input=None, timeout_s=60):
        """`onward` over this home, as a party."""
        command = [BIN / "onward", "--home", self.path]
        if as_:
            command += ["--as", as_]
        return self.run([*command, *arguments], check=check, input=input, timeout_s=timeout_s)

    def json(self, *arguments, as_=None, check=DONE, input=None):
        """The same with --json: the list of the objects it printed."""
        done = self.onward(*arguments, "--json", as_=as_, check=check, input=input)
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]

    def refer(self, *referrals, as_="met-custody", check=DONE):
        """Submits referrals (dicts); the answers, one a referral."""
        return self.json("refer", "-", as_=as_, check=check, input=json.dumps(list(referrals)))

    def inbox_adapter(self, party, *arguments, name=None):
        """An onward-inbox serving `party`, in the background."""
        command = [BIN / "onward-inbox", "--home", self.path, "--as", party, *arguments]
        return self.spawn(command, name or f"inbox-{party}")

    def verify(self):
        """The state built again from the journal is the state in the store (broker stopped)."""
        return self.onward("rebuild", "--verify")


def key(home, party):
    """(public, secret) of a party as Z85 bytes, out of the home's keys."""
    fields = {}
    for line in (pathlib.Path(home.path) / "keys" / f"{party}.key").read_text().splitlines():
        name, colon, value = line.partition(": ")
        if colon:
            fields[name.strip()] = value.strip().strip("\"'")
    return fields["public"].encode(), fields["secret"].encode()


def sample(**changes):
    """A small valid referral of an invented woman; `changes` replace members of the top level."""
    referral = {
        "source_ref": f"TEST-{os.getpid()}-{time.monotonic_ns()}",
        "pathway": "diversion",
        "occurred_at": "2019-06-12T20:10:00+01:00",
        "person": {
            "given_name": "Test", "family_name": "Invented", "date_of_birth": "1987-03-02",
            "gender": "female", "local_authority": "E09000022",
        },
        "needs": [{"code": "accommodation", "severity": "high"}],
        "justice": {"offence_category": "theft-shoplifting", "admitted": True},
        "consent": [{
            "purpose": "refer", "state": "given", "recipients": "any-eligible", "needs": "all",
            "basis": "consent", "recorded_at": "2019-06-12T20:20:00+01:00", "recorded_by": "PS 1",
        }],
    }  # fmt: skip
    referral.update(changes)
    return referral
