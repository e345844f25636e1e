#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""README's tour: runs the commands of its `console` blocks and puts in what they print.

    tour.py            prints the blocks with today's output
    tour.py --write    writes them into README.md

A reference in a command stands for the one that the tour's own referral got.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REFERENCE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]\b")
# What differs from run to run.  References are counted apart, see `References`.
VARYING = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?= \w+ (onwardd|directory))"), "TIME"),
    (re.compile(r"^(commit|batch|store|outbox)  .*(\n {22}.*)*", re.MULTILINE), r"\1"),
    (re.compile(r"(?<=sequence )\d+"), "N"),
    (re.compile(r"\d+ (records|rows)"), r"N \1"),
]  # fmt: skip


class References:
    """Makes one run's references comparable with another's: the first to appear is the first."""

    def __init__(self):
        self.numbers = {}

    def number(self, text):
        for found in REFERENCE.findall(text):
            self.numbers.setdefault(found, len(self.numbers) + 1)
        return REFERENCE.sub(lambda m: f"REFERENCE-{self.numbers[m.group()]}", text)


def steps(block):
    """[(command, output)] of a block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return [(command, "".join(f"{line}\n" for line in lines)) for command, lines in found]


def comparable(blocks):
    references = References()
    out = []
    for block in blocks:
        text = references.number(block.rstrip("\n"))
        for pattern, instead in VARYING:
            text = pattern.sub(instead, text)
        out.append(text)
    return out


class Tour:
    """A shell, as far as the tour needs one: commands one after the other, jobs with &."""

    def __init__(self, programs):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="onward-tour-"))
        (self.folder / "build").mkdir()
        (self.folder / "tests").symlink_to(ROOT / "tests")
        path = f"{pathlib.Path(programs).resolve()}:{os.environ['PATH']}"
        self.env = dict(os.environ, PATH=path, ONWARD_HOME="build/tour", LC_ALL="C.UTF-8")
        self.env.pop("ONWARD_AS", None)
        self.job = None
        self.now = {}  # README's reference -> the one of this run

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.job is not None:
            self.job.kill()
            self.job.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def background(self, command):
        """Starts a job and waits for the line it says when it is ready."""
        log = self.folder / f"job-{time.monotonic_ns()}"
        with open(log, "wb") as out:
            self.job = subprocess.Popen(
                ["/bin/bash", "-c", f"exec {command}"], cwd=self.folder, env=self.env,
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while " ready" not in log.read_text() and self.job.poll() is None:
            assert time.monotonic() < deadline, f"{command}: not ready"
            time.sleep(0.02)
        return log.read_text()

    def kill(self, command):
        self.job.send_signal(signal.SIGKILL if "-9" in command else signal.SIGTERM)
        self.job.wait(60)
        self.job = None
        return ""

    def run(self, command):
        command = REFERENCE.sub(lambda m: self.now[m.group()], command)
        if command.endswith("&"):
            return self.background(command[:-1])
        if command.startswith("kill "):
            return self.kill(command)
        done = subprocess.run(
            ["/bin/bash", "-c", command], cwd=self.folder, env=self.env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=120, check=False,
        )  # fmt: skip
        return done.stdout

    def step(self, command, before):
        """The output of a command, with references as the README has them."""
        got = self.run(command)
        old = list(dict.fromkeys(REFERENCE.findall(before)))
        new = list(dict.fromkeys(REFERENCE.findall(got)))
        for theirs, ours in zip(old, new):
            if theirs not in self.now and ours not in self.now.values():
                self.now[theirs] = ours
        for ours in new:
            if ours not in self.now.values():
                self.now[ours] = ours
        theirs = {ours: theirs for theirs, ours in self.now.items()}
        return REFERENCE.sub(lambda m: theirs[m.group()], got)


def play(blocks, programs):
    """The blocks with today's output."""
    out = []
    with Tour(programs) as tour:
        for block in blocks:
            text = ""
            for command, before in steps(block):
                text += f"$ {command}\n" + tour.step(command, before)
            out.append(text.rstrip("\n") + "\n")
    return out


def main():
    text = README.read_text(encoding="utf-8")
    played = play(BLOCK.findall(text), os.environ.get("ONWARD_BIN", "build/gcc/bin"))
    if sys.argv[1:] == ["--write"]:
        blocks = iter(played)
        README.write_text(
            BLOCK.sub(lambda _: f"```console\n{next(blocks)}```", text), encoding="utf-8"
        )
    else:
        print("\n".join(played), end="")


if __name__ == "__main__":
    main()
