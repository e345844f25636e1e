#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What whoever looks after a directory does with it: checks it, mends it, publishes it.  A mistake
never reaches the broker, and what is odd is said by every program alike."""

import json
import shutil

import lib

NO_ROUTE = "wonder.yaml:{line}: warning: delivery.party: wonder is not in parties.yaml"


def service(folder):
    return folder / "norfolk" / "services" / "wonder.yaml"


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1, f"{old} in {path}"
    path.write_text(text.replace(old, new))


def line_of(path, text):
    lines = [n for n, line in enumerate(path.read_text().splitlines(), 1) if text in line]
    assert len(lines) == 1, f"{text} in {path}: {lines}"
    return lines[0]


def checked(home, *arguments, check=lib.DONE):
    return home.run([lib.BIN / "onward", "--home", home.path, "directory", "check", *arguments],
                    check=check)  # fmt: skip


def a_provider_without_a_key_is_seen_by_both_programs():
    """A live home from nothing: until the provider is a party its service is chosen for nobody."""
    with lib.Home(init=False) as home:
        onward = [lib.BIN / "onward", "--home", home.path]
        home.run([*onward, "init", home.path, "--area", "norfolk"])
        said = NO_ROUTE.format(line=line_of(service(home.path / "directory"), "party: wonder"))
        done = checked(home)
        assert said in done.stdout and "0 errors, 1 warning" in done.stdout, done.stdout
        assert said in home.run([lib.BIN / "onwardd", "--home", home.path, "--check"]).stdout
        checked(home, "--strict", check=lib.REFUSED)
        home.run([*onward, "party", "add", "wonder", "--kind", "provider"])
        assert "0 errors, 0 warnings" in checked(home, "--strict").stdout


def every_mistake_is_told_with_its_line(home, folder):
    path = service(folder)
    edit(path, "pathways: [diversion,", "pathways: [divertion,")
    edit(path, "  adapter: inbox", "  adaptor: inbox")
    (folder / "norfolk" / "services" / "link.yaml").symlink_to("/etc/passwd")
    done = checked(home, folder, check=lib.REFUSED)
    for place in (f"{path}:{line_of(path, 'divertion')}: error: pathways[0]: ",
                  f"{path}:{line_of(path, 'adaptor')}: error: delivery.adaptor: ",
                  f"{folder}/norfolk/services/link.yaml: error: "):  # fmt: skip
        assert place in done.stdout, f"{place} not in: {done.stdout}"
    lines = checked(home, folder, "--json", check=lib.REFUSED).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert {"file", "line", "field", "severity", "code", "message"} <= set(found[0]), found[0]
    assert any(it.get("suggestion") == "diversion" for it in found), found


def nothing_wrong_is_published(home, folder):
    """What was in force stays, whether the mistake is an error or, with --strict, a warning."""
    publish = ("directory", "publish", folder, "--message", "Another adapter")
    refused = home.onward(*publish, as_="operator", check=None)
    assert refused.returncode not in (lib.DONE, lib.UNREACHABLE), refused
    (folder / "norfolk" / "services" / "link.yaml").unlink()
    refused = home.onward(*publish, as_="operator", check=lib.REFUSED)
    assert "error: pathways[0]" in refused.stderr and "stays in force" in refused.stderr, refused
    path = service(folder)
    edit(path, "divertion", "diversion")
    edit(path, "  adaptor: inbox", "  adapter: imbox")
    refused = home.onward(*publish, "--strict", as_="operator", check=lib.REFUSED)
    assert "warning: delivery.adapter" in refused.stderr, refused.stderr
    assert home.json("status", as_="operator")[0]["directory_version"] == 1
    done = home.onward(*publish, as_="operator")
    assert "warning: delivery.adapter" in done.stderr and "version 2" in done.stdout, done
    assert home.json("status", as_="operator")[0]["directory_version"] == 2


def main():
    a_provider_without_a_key_is_seen_by_both_programs()
    with lib.Home() as home:
        folder = home.folder / "edited"
        shutil.copytree(home.path / "directory", folder)
        home.start()
        every_mistake_is_told_with_its_line(home, folder)
        nothing_wrong_is_published(home, folder)


if __name__ == "__main__":
    main()
