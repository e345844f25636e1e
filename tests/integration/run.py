#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of a build: every module's unit tests, then tests/integration/*.{py,sh}.

    run.py [--build build/gcc] [--jobs N] [--unit | --integration] [NAME…]

NAME picks tests by name ("rules" is a module, "kill_writer" a script).  An integration test is a
program that exits 0 when it passes and 77 when this machine cannot run it (its last line says
why).  It finds the programs in $ONWARD_BIN and has a home of its own, so that several run at once.
The last line alone is the sum: "N passed, N failed".
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "integration"
NOT_TESTS = {"run", "lib"}
SKIPPED = 77
SYNTHESIS = re.compile(
    r"Synthesis: Tested: (\d+) \| Passing: (\d+) \| Failing: (\d+) \| Crashing: (\d+)"
)
# Seconds one test may take; a sanitizer makes everything several times slower.
TIMEOUT_S = 300
SANITIZED_TIMEOUT_S = 900
SHOWN_LINES = 60


class Sum:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0


def find_integration(names):
    found = {}
    for path in sorted(HERE.iterdir()):
        if path.suffix in (".py", ".sh") and path.stem not in NOT_TESTS and path.stem[0] != "_":
            found[path.stem] = path
    return {n: p for n, p in found.items() if not names or n in names}


def find_units(build, names):
    folder = build / "tests"
    modules = {p.name: p for p in sorted(folder.iterdir())} if folder.is_dir() else {}
    return {n: p for n, p in modules.items() if p.is_file() and (not names or n in names)}


def environment(build):
    env = dict(os.environ)
    env["ONWARD_BIN"] = str(build / "bin")
    env["ONWARD_BUILD"] = str(build)
    env["ONWARD_SOURCE"] = str(ROOT)
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    env["LC_ALL"] = "C.UTF-8"
    env["PYTHONPATH"] = str(HERE)
    return env


def run_logged(command, env, log, timeout_s):
    """Runs one test in a process group of its own; kills that group when it takes too long.
    Returns (exit code or None on time-out, seconds)."""
    begin = time.monotonic()
    with open(log, "wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            env=env, cwd=ROOT, start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            code = None
            # First a chance to clean up behind itself, then the end.
            for number, grace_s in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
                try:
                    os.killpg(process.pid, number)
                    process.wait(grace_s)
                    break
                except subprocess.TimeoutExpired:
                    continue
                except ProcessLookupError:
                    break
    return code, time.monotonic() - begin


def show_log(log):
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(lines) > SHOWN_LINES:
        print(f"      … {len(lines) - SHOWN_LINES} lines before, all in {log.relative_to(ROOT)}")
    for line in lines[-SHOWN_LINES:]:
        print("      " + line)


def line(result, kind, name, seconds, more=""):
    print(f"{result:<7} {kind:<11} {name:<32} {seconds:6.1f} s  {more}".rstrip(), flush=True)


def run_unit(name, program, env, logs, timeout_s, total):
    log = logs / f"unit-{name}.log"
    command = [str(program), "--timeout", str(timeout_s)]
    code, seconds = run_logged(command, env, log, timeout_s)
    found = SYNTHESIS.search(log.read_text(encoding="utf-8", errors="replace"))
    if found is None:
        # It ended before Criterion could count.
        total.failed += 1
        line("FAILED", "unit", name, seconds, f"no summary, exit code {code}")
        show_log(log)
        return
    tested, passing, failing, crashing = map(int, found.groups())
    bad = failing + crashing
    if code != 0 and bad == 0:
        bad = 1  # a leak found at the end, or no test at all
    if tested == 0:
        bad = 1
    total.passed += passing
    total.failed += bad
    line("FAILED" if bad else "ok", "unit", name, seconds, f"{passing} passed, {bad} failed")
    if bad:
        show_log(log)


def run_integration(name, path, env, logs, timeout_s):
    log = logs / f"{name}.log"
    interpreter = "/usr/bin/python3" if path.suffix == ".py" else "/bin/bash"
    code, seconds = run_logged([interpreter, str(path)], env, log, timeout_s)
    return name, code, seconds, log


def report_integration(name, code, seconds, log, total):
    if code == 0:
        total.passed += 1
        line("ok", "integration", name, seconds)
    elif code == SKIPPED:
        total.skipped += 1
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        line("skipped", "integration", name, seconds, said[-1] if said else "")
    else:
        total.failed += 1
        why = "timed out" if code is None else f"exit code {code}"
        line("FAILED", "integration", name, seconds, why)
        show_log(log)


def main():
    parser = argparse.ArgumentParser(description="Runs the tests of a build.")
    parser.add_argument("--build", default="build/gcc")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--unit", action="store_true")
    which.add_argument("--integration", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()

    build = (ROOT / options.build).resolve()
    logs = build / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    env = environment(build)
    sanitized = bool(env.get("ONWARD_SANITIZE"))
    timeout_s = SANITIZED_TIMEOUT_S if sanitized else TIMEOUT_S
    total = Sum()

    units = {} if options.integration else find_units(build, options.names)
    scripts = {} if options.unit else find_integration(options.names)
    unknown = set(options.names) - set(units) - set(scripts)
    if unknown:
        print(f"no test named {', '.join(sorted(unknown))}", file=sys.stderr)
        return 64
    for name, program in units.items():
        run_unit(name, program, env, logs, timeout_s, total)
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        running = [
            pool.submit(run_integration, name, path, env, logs, timeout_s)
            for name, path in scripts.items()
        ]
        for done in concurrent.futures.as_completed(running):
            report_integration(*done.result(), total)
    if total.skipped:
        print(f"{total.skipped} skipped: this machine cannot run them")
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed or total.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
