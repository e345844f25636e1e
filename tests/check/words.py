#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The project stands on its own: nothing unfinished without a reason, no path of somebody's
machine, no host a download comes from, no document that is not here, and every file says its
licence."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = {".c", ".h", ".def", ".py", ".sh", ".md", ".yaml", ".yml", ".txt", ".json", ".el", ".cel", ""}
LICENSED = {".c", ".h", ".def", ".py", ".sh"}

# (what it is, pattern, pattern of what excuses the line).  Letters in brackets keep these lines
# from finding themselves.
WORDS = [
    ("unfinished; say on the line why it can wait (because …)",
     r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b", r"\bbecause\b"),
    ("path of one machine",
     r"(?<![\w.$}])/(wor[k]|roo[t]|hom[e]/[a-z]+|User[s]|tm[p]/bash_jobs)(/|\b)(?![\w-])", None),
    ("host a download comes from",
     r"\b(pyp[i]\.org|registry\.npm[j]s|npm[j]s\.(org|com)|files\.pytho[n]hosted|"
     r"(deb|security|ftp\.\w+)\.debia[n]\.org|proxy\.golan[g]\.org|crate[s]\.io)\b", None),
    ("folder outside the project", r"(?<![\w/-])\.{0,2}/?share[d]/(?!lib)", None),
    ("not what a person is called: say \"contact not established\"",
     r"faile[d] to engage", None),
]  # fmt: skip
WORDS = [(what, re.compile(p), re.compile(e) if e else None) for what, p, e in WORDS]
# The Common Expression Language's own definition, cited by its name.
EXTERNAL_DOCUMENTS = {"langdef.md"}
DOCUMENT = re.compile(r"(?<![\w*<>{}$/.-])((?:\.{0,2}/)?[\w][\w./-]*\.md)\b")
SUPPRESSION = re.compile(r"\b(cppcheck-suppress|NOLINT(?:NEXTLINE|BEGIN)?|shellcheck disable)\b(.*)")


def project_files():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = [n.decode() for n in listed.stdout.split(b"\0") if n]
    else:
        names = [
            p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*")
            if p.is_file() and p.relative_to(ROOT).parts[0] not in (".git", "build")
        ]  # fmt: skip
    return [n for n in sorted(names) if (ROOT / n).is_file() and n != "LICENSE"]


def reason_of(suppression, rest):
    """What stands behind a suppression, the rule's name taken off."""
    if suppression == "cppcheck-suppress":
        return rest.partition(";")[2]
    if suppression == "shellcheck disable":
        return rest.partition("#")[2]
    return re.sub(r"^\([^)]*\)", "", rest)


def check_documents(name, line, here, documents):
    for target in DOCUMENT.findall(line):
        plain = target.removeprefix("./")
        if (here / target).is_file() or (ROOT / plain).is_file():
            continue
        if pathlib.PurePath(plain).name in EXTERNAL_DOCUMENTS:
            continue
        if "/" not in plain and plain in documents:
            continue
        yield f"names {target}, which is not in the project"


def main():
    names = project_files()
    documents = {pathlib.PurePath(n).name for n in names if n.endswith(".md")}
    complaints = []
    for name in names:
        path = ROOT / name
        if path.suffix not in TEXT:
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        is_text = path.suffix or (lines and lines[0].startswith("#!"))
        if (path.suffix in LICENSED or (not path.suffix and is_text)) and not any(
            "SPDX-License-Identifier: Apache-2.0" in line for line in lines[:2]
        ):
            complaints.append(f"{name}:1: the first line says no licence")
        for number, line in enumerate(lines, 1):
            for what, pattern, excuse in WORDS:
                if pattern.search(line) and not (excuse and excuse.search(line)):
                    complaints.append(f"{name}:{number}: {what}")
            if path.suffix in (".md", ".c", ".h", ".py", ".sh"):
                for what in check_documents(name, line, path.parent, documents):
                    complaints.append(f"{name}:{number}: {what}")
            found = SUPPRESSION.search(line)
            if found and name != "tests/check/words.py":
                reason = reason_of(found[1], found[2]).strip(" */:;,-")
                if len(reason) < 8:
                    complaints.append(f"{name}:{number}: {found[1]} without its reason")
    for complaint in complaints:
        print(complaint)
    print(f"{len(names)} files, {len(complaints)} findings")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
