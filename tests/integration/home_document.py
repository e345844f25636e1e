#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does what broker/config/HOME.md says, block by block: a live broker, a source and a provider in
folders of their own, which share nothing but what the document has them carry over, over tcp."""

import os
import re
import shlex
import socket

import lib

DOCUMENT = lib.SOURCE / "broker" / "config" / "HOME.md"
SAMPLE = lib.SOURCE / "tests" / "samples" / "probation-norfolk.json"


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def two_ports():
    """A port that is free, and so is the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def show_parties(home, env, text):
    """The example of parties.yaml is one that the broker takes."""
    keys = [(home.folder / f"{name}.pub").read_text().strip()
            for name in ("probation-norfolk", "st-giles-wise-group")]  # fmt: skip
    example = blocks(text, "parties")[0].replace("{old}", keys[0]).replace("{new}", keys[1])
    (home.folder / "source" / "example.yaml").write_text(example)
    shown = home.folder / "example"
    shown.mkdir()
    (shown / "onward.yaml").write_text("mode: live\n")
    (shown / "parties.yaml").write_text(example)
    out = home.run([lib.BIN / "onward", "--home", shown, "party", "list"], env=env).stdout
    assert "norfolk-custody" in out and "revoked" in out, out


def main():
    with lib.Home(init=False) as home:
        port = two_ports()
        env = {**os.environ, "PATH": f"{lib.BIN}:{os.environ['PATH']}"}
        text = DOCUMENT.read_text(encoding="utf-8")
        printed = home.run([lib.BIN / "onwardd", "--help-config"]).stdout
        keys = [line[2:] for line in printed.splitlines() if re.match(r"  \S", line)]
        assert keys == blocks(text, "help-config")[0].splitlines(), "--help-config differs"
        (home.folder / "referral.json").write_bytes(SAMPLE.read_bytes())
        said = {}
        for block in blocks(text, "sh"):
            block = block.replace("192.0.2.10:7701", f"127.0.0.1:{port}")
            block = block.replace("192.0.2.10:7702", f"127.0.0.1:{port + 1}")
            if block.rstrip().endswith("&"):
                home.path = home.folder / "broker"
                home.start(clock=None)
                continue
            script = f"cd {shlex.quote(str(home.folder))}\n{block}"
            said[block] = home.run(["bash", "-euo", "pipefail", "-c", script], env=env).stdout
        assert any("crs-women-norfolk: chosen" in one for one in said.values()), said
        assert any("/1  for crs-women-norfolk" in one for one in said.values()), said
        assert any("1 referral" in one for one in said.values()), said
        changed = home.json("party", "list")
        periods = next(p for p in changed if p["party"] == "probation-norfolk")["key_periods"]
        assert [p["until"] is None for p in periods] == [False, True], periods
        show_parties(home, env, text)
        home.stop()


main()
