#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Does what broker/OPERATING.md says, block by block, and holds its table of `onward status` to what
the program prints."""

import os
import re
import shlex

import lib

DOCUMENT = lib.SOURCE / "broker" / "OPERATING.md"


def labels_of(printed):
    """The labels of a status report: what stands before two spaces at a line's beginning."""
    return re.findall(r"^(\S.*?)  ", printed, re.MULTILINE)


def main():
    with lib.Home(init=False) as home:
        env = {**os.environ, "PATH": f"{lib.BIN}:{os.environ['PATH']}"}
        text = DOCUMENT.read_text(encoding="utf-8")
        said = []
        for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            if block.rstrip().endswith("&"):
                home.path = home.folder / "broker"
                home.start(clock=None)
                continue
            script = f"cd {shlex.quote(str(home.folder))}\n{block}"
            said.append(home.run(["bash", "-euo", "pipefail", "-c", script], env=env).stdout)
        assert any("two keys" in one for one in said), said
        assert any("\nclean: " in one for one in said), said
        assert any("against version 1: 1 file changed" in one for one in said), said
        assert any("version 3 is in force" in one for one in said), said
        table = text.split("<!-- status: begin -->")[1].split("<!-- status: end -->")[0]
        listed = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
        printed = labels_of(home.onward("status", as_="operator").stdout)
        assert printed and set(printed) <= set(listed), (printed, listed)
        home.stop()


main()
