#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A file of more than 400 lines (a header: 200) is listed, because a second noun may hide in it;
more than 1,000 is an error.  Functions are clang-tidy's business (70 lines)."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONG = {".c": 400, ".cc": 400, ".h": 200, ".py": 400, ".sh": 400}
LIMIT = 1000


def main():
    counted, long, errors = 0, [], 0
    for folder in ("broker", "adapters", "directory", "rules", "tests", ".ci"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in LONG or not path.is_file():
                continue
            counted += 1
            lines = path.read_bytes().count(b"\n")
            name = path.relative_to(ROOT).as_posix()
            if lines > LIMIT:
                print(f"{name}: {lines} lines, more than {LIMIT}")
                errors += 1
            elif lines > LONG[path.suffix]:
                long.append((lines, name))
    for lines, name in sorted(long, reverse=True):
        print(f"warning: {name} has {lines} lines: is there a second noun in it?")
    print(f"{counted} files, {len(long)} long, {errors} too long")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
