#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Includes point downwards, and each foreign library has its few places.

The allowed rows are the Makefile's own (DIR_x, USES_x), so the two cannot disagree: what a module
may link it may include.
"""

import fnmatch
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("broker", "adapters", "directory", "rules", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# A foreign header -> the only files that may include it.  Tests may include any of them, because
# a test of a seam looks at both of its sides.
PLACES = {
    "zmq.h": ["broker/net/*", "broker/main.c", "adapters/client/*"],
    "uv.h": ["broker/net/*", "broker/main.c", "adapters/client/*"],
    "lmdb.h": ["broker/store/*", "adapters/client/spool*", "adapters/client/vault*",
               "adapters/inbox/*store*"],
    "msgpack.h": ["broker/wire/*"],
    "msgpack/*": ["broker/wire/*"],
    "libfyaml.h": ["broker/base/yaml*", "directory/*", "broker/config/*", "adapters/inbox/*"],
    "jansson.h": ["broker/cli/*", "adapters/*", "directory/exchange/*"],
    "archive*.h": ["broker/store/*", "broker/cli/*", "broker/main.c"],
    "re2/*": ["rules/cel/regex.cc"],
    "cctz/*": ["rules/cel/zones.cc"],
    "criterion/*": [],
}

# The domain libraries and the core get time, randomness and bytes handed to them.
PURE = ["broker/core/*", "broker/model/*", "broker/wire/*", "rules/*", "directory/*"]
IMPURE_HEADERS = [
    "time.h", "sys/time.h", "sys/timerfd.h", "sys/random.h", "sys/socket.h", "sys/un.h",
    "netinet/*", "arpa/inet.h", "netdb.h", "poll.h", "sys/epoll.h", "signal.h", "pthread.h",
]  # fmt: skip
# The core swaps whole snapshots that other threads hold: a lock or an atomic is all it may have.
PURE_EXCEPTIONS = {"pthread.h": ["broker/core/*"]}
IMPURE_CALLS = re.compile(
    r"\b(timestamp_now|clock_gettime|gettimeofday|getrandom|randombytes_\w+|rand|random)\s*\("
)


class Modules:
    """The Makefile's rows."""

    def __init__(self):
        rows = subprocess.run(
            ["make", "-s", "--no-print-directory", "print-modules"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout.splitlines()  # fmt: skip
        self.folder, self.uses, self.programs = {}, {}, {}
        for row in rows:
            name, place, *rest = row.split()
            if place.endswith(".c"):
                self.programs[place] = rest[0]
            else:
                self.folder[name] = place
                self.uses[name] = rest

    def of(self, path):
        """The module a file belongs to: that of the longest folder that holds it."""
        best = None
        for name, folder in self.folder.items():
            if path.startswith(folder + "/"):
                if best is None or len(folder) > len(self.folder[best]):
                    best = name
        return best

    def allowed(self, path):
        """The modules a file may include; None: it is not ours to judge."""
        if path in self.programs:
            module = self.programs[path]
            return {module, *self.uses[module]}
        if path.startswith("tests/unit/") or path.startswith("tests/fuzz/"):
            name = path.split("/")[2].split("_")[0].split(".")[0]
            if name in self.uses:
                return {name, *self.uses[name]}
            return set(self.uses)
        if path.startswith("tests/"):
            return set(self.uses)
        module = self.of(path)
        if module is not None:
            return {module, *self.uses[module]}
        # A program's own folder: what the program may include.
        for program, module in self.programs.items():
            if path.startswith(str(pathlib.PurePath(program).parent) + "/"):
                return {module, *self.uses[module]}
        return None


def matches(path, patterns):
    return any(fnmatch.fnmatchcase(path, p) for p in patterns)


def check_rows(modules, complain):
    """The rows themselves: lowest first, and closed (a use's uses are uses)."""
    seen = []
    for name, uses in modules.uses.items():
        for used in uses:
            if used not in seen:
                complain("Makefile", f"USES_{name} names {used}, which does not stand before it")
                continue
            for below in modules.uses[used]:
                if below not in uses:
                    complain("Makefile", f"USES_{name} has {used} but not its {below}")
        seen.append(name)


def check_project_include(modules, path, target, complain):
    beside = pathlib.PurePath(path).parent / target
    if path.startswith("tests/") and (ROOT / beside).is_file():
        return  # a test folder's own fixture
    if not (ROOT / target).is_file():
        complain(path, f'"{target}" is not a path from the root of the project')
        return
    allowed = modules.allowed(path)
    if allowed is None:
        complain(path, "belongs to no module of the Makefile")
        return
    module = modules.of(target)
    own_folder = str(pathlib.PurePath(path).parent) == str(pathlib.PurePath(target).parent)
    if module is None:
        if not own_folder:
            complain(path, f'"{target}" is another program\'s')
    elif module not in allowed:
        complain(path, f'"{target}": {module} is not below it ({" ".join(sorted(allowed))})')


def check_foreign_include(path, target, complain):
    if path.startswith("tests/"):
        return
    for pattern, places in PLACES.items():
        if fnmatch.fnmatchcase(target, pattern) and not matches(path, places):
            complain(path, f"<{target}> belongs in: {' '.join(places) or 'tests'}")
    if matches(path, PURE) and matches(target, IMPURE_HEADERS):
        if not matches(path, PURE_EXCEPTIONS.get(target, [])):
            complain(path, f"<{target}>: no clock, socket or thread in here")


def find_cycle(graph):
    """One cycle of files, or None."""
    state, stack = {}, []

    def visit(node):
        state[node] = "open"
        stack.append(node)
        for following in graph.get(node, ()):
            if state.get(following) == "open":
                return stack[stack.index(following):] + [following]
            if following not in state:
                cycle = visit(following)
                if cycle:
                    return cycle
        stack.pop()
        state[node] = "done"
        return None

    for node in sorted(graph):
        if node not in state:
            cycle = visit(node)
            if cycle:
                return cycle
    return None


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)


def main():
    modules = Modules()
    complaints, graph, edges = [], {}, 0

    def complain(path, what):
        complaints.append(f"{path}: {what}")

    check_rows(modules, complain)
    files = sorted(
        p.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for p in (ROOT / folder).rglob("*")
        if p.suffix in (".c", ".cc", ".h", ".def", ".inc")
    )
    for path in files:
        text = without_comments((ROOT / path).read_text(encoding="utf-8"))
        for bracket, target in INCLUDE.findall(text):
            edges += 1
            if bracket == '"':
                check_project_include(modules, path, target, complain)
                graph.setdefault(path, []).append(target)
            else:
                check_foreign_include(path, target, complain)
        if matches(path, PURE):
            for call in IMPURE_CALLS.findall(text):
                complain(path, f"calls {call}(): time and randomness arrive in the command")
    cycle = find_cycle(graph)
    if cycle:
        complain(cycle[0], "includes itself: " + " -> ".join(cycle))

    for complaint in complaints:
        print(complaint)
    print(f"{len(files)} files, {edges} includes, {len(complaints)} against the rules")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
