#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a program can do stands in its manual page, and what is in the page it can do; the same for
the shell's completion.  `make install` puts everything in its place, uninstall takes it away."""

import json
import os
import pathlib
import re
import subprocess
import tempfile

import lib

BUILD = lib.BIN.parent
PAGES = [
    "man1/onward.1", "man1/onward-inbox.1", "man5/onward.yaml.5", "man5/parties.yaml.5",
    "man5/onward-directory.5", "man7/onward-protocol.7", "man8/onwardd.8",
]  # fmt: skip
LONG = re.compile(r"(?<![\w-])--([a-z][a-z-]+)")


def run(*command, **more):
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def make(target, place):
    """The rule reads what is built, and builds nothing."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    run("make", "-s", "-C", lib.SOURCE, target, f"B={BUILD}", f"DESTDIR={place}", "PREFIX=/usr",
        env=env)  # fmt: skip


def macros(page):
    return (page.read_text(encoding="utf-8")).replace("\\-", "-")


def options_in(page):
    return set(re.findall(r"\bFl -([a-z][a-z-]+)", macros(page)))


def pages(share):
    found = sorted(p.relative_to(share / "man").as_posix() for p in (share / "man").rglob("*.*"))
    assert set(PAGES) <= set(found), found
    for path in (share / "man").rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(".\\\" SPDX") and not re.search("^@", text, re.M), path
        section = path.name.rpartition(".")[2]
        assert f".Dt {path.name.rpartition('.')[0].upper()} {section}\n" in text, path


def onward_page(share):
    page = share / "man/man1/onward.1"
    text = macros(page)
    rows = [json.loads(row) for row in run(lib.BIN / "onward", "--json", "help").splitlines()]
    overview = run(lib.BIN / "onward", "help")
    named = re.findall(r"^  ([a-z][a-z-]*(?: [a-z]+)?)(?=  |$| [A-Z[-])", overview, re.M)
    assert len(named) > 25, named
    for name in named:
        assert re.search(rf"^\.It Cm {name}\b", text, re.M), f"onward(1) has no command {name}"
    for row in rows:
        if "command" in row:
            assert row["command"] in named, f"onward help does not name {row['command']}"
            shown = run(lib.BIN / "onward", "help", *row["command"].split())
            missing = set(LONG.findall(shown)) - options_in(page)
            assert not missing, f"onward(1) lacks {missing}"
    known = {row["option"] for row in rows if "option" in row}
    more = options_in(page) - known - {"name"}
    assert not more, f"onward(1) has options that onward has not: {more}"


def other_pages(share):
    for name, page in (("onwardd", "man8/onwardd.8"), ("onward-inbox", "man1/onward-inbox.1")):
        helped = set(LONG.findall(run(lib.BIN / name, "--help")))
        written = options_in(share / "man" / page)
        assert helped == written, f"{page}: {helped ^ written}"
    keys = re.findall(r"^  (\w+):", run(lib.BIN / "onwardd", "--help-config"), re.M)
    text = (share / "man/man5/onward.yaml.5").read_text(encoding="utf-8")
    assert len(keys) > 10
    for key in keys:
        assert f".It Ic {key} :" in text, f"onward.yaml(5) lacks {key}"
    service = (lib.SOURCE / "directory/FORMAT.md").read_text(encoding="utf-8")
    text = (share / "man/man5/onward-directory.5").read_text(encoding="utf-8")
    for key in re.findall(r"^\| `(\w+)`", service, re.M):
        assert f"Ic {key}" in text, f"onward-directory(5) lacks {key}"


class Completion:
    """Asks the installed script what it would offer, as bash does."""

    def __init__(self, share, home):
        self.script = share / "bash-completion/completions/onward"
        self.home = home

    def offers(self, *words):
        function = "_" + words[0].replace("-", "_")
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
        script = (
            f"set -u; source '{self.script}'; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
            f'{function}; printf "%s\\n" "${{COMPREPLY[@]}}"'
        )
        env = dict(os.environ, ONWARD_HOME=str(self.home))
        printed = run("bash", "--norc", "--noprofile", "-c", script, env=env, cwd=self.home)
        return set(printed.split())


def completion(share, home):
    complete = Completion(share, home)
    rows = [json.loads(row) for row in run(lib.BIN / "onward", "--json", "help").splitlines()]
    commands = [row for row in rows if "command" in row]
    everywhere = {"--" + row["option"] for row in rows if row.get("everywhere")}
    assert complete.offers("onward", "") == {row["command"].split()[0] for row in commands}
    assert complete.offers("onward", "--json", "wai") == {"waitlist"}
    party = {row["command"].split()[1] for row in commands if row["command"].startswith("party ")}
    assert {"add", "list", "revoke"} <= party == complete.offers("onward", "party", "")
    assert complete.offers("onward", "--") == everywhere
    for row in commands:
        words = row["command"].split()
        own = {"--" + name for name in row["options"]}
        assert complete.offers("onward", *words, "--") == everywhere | own, words
    assert {"met-custody", "operator"} <= complete.offers("onward", "--as", "")
    assert "broker" not in complete.offers("onward", "--as", "")
    assert complete.offers("onward", "--home", str(home), "--as", "met-c") == {"met-custody"}
    assert complete.offers("onward", "--home", "=", "/nowhere", "--as", "=", "m") == set()
    assert "provider" in complete.offers("onward", "party", "add", "x", "--kind", "")
    assert "no-capacity" in complete.offers("onward", "decline", "X/1", "--reason", "")
    assert "her-decision" in complete.offers("onward", "end", "X/1", "--reason", "her")
    assert complete.offers("onward", "refer", "onward.y") == {"onward.yaml"}
    assert complete.offers("onward", "refer", "a", "b", "onward.y") == {"onward.yaml"}
    assert complete.offers("onward", "amend", "onward.y") == set()
    assert complete.offers("onward", "amend", "X", "onward.y") == {"onward.yaml"}
    assert complete.offers("onward", "restore", "x", "dir") == {"directory"}
    assert complete.offers("onward", "status", "x") == set()
    assert complete.offers("onward", "help", "wai") == {"waitlist"}
    for name in ("onwardd", "onward-inbox"):
        helped = {"--" + option for option in LONG.findall(run(lib.BIN / name, "--help"))}
        assert complete.offers(name, "--") == helped, name
    assert complete.offers("onwardd", "--home", "dir") == {"directory"}
    assert complete.offers("onward-inbox", "--as", "adv") == {"advance"}
    assert complete.offers("onward-inbox", "--answer", "s") == {"silent", "script"}
    assert complete.offers("onward-inbox", "--answer", "script", "onward.y") == {"onward.yaml"}


def main():
    place = pathlib.Path(tempfile.mkdtemp(prefix="onward-test-"))
    with lib.Home(areas=["london-2018"], folder=place) as home:
        root = place / "root"
        make("install-files", root)
        share = root / "usr/share"
        pages(share)
        onward_page(share)
        other_pages(share)
        completion(share, home.path)
        # The installed program finds the installed areas, and nothing else is needed.
        areas = run(root / "usr/bin/onward", "init", place / "other", "--area", "norfolk")
        assert "norfolk" in areas
        run(root / "usr/sbin/onwardd", "--home", place / "other", "--check")
        make("uninstall", root)
        left = [p for p in root.rglob("*") if not p.is_dir()]
        assert not left, f"uninstall leaves {left}"
    subprocess.run(["rm", "-r", str(place)], check=True)


if __name__ == "__main__":
    main()
