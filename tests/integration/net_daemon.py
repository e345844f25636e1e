#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""onwardd's life: what it refuses to start with, what SIGHUP changes and what it leaves, how it
stops under load."""

import pathlib
import signal
import sys

import lib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))
import onward_client as wire  # noqa: E402

ONWARDD = lib.BIN / "onwardd"
SERVICE = "directory/london-2018/services/south-london-alliance.yaml"


class Changed:
    """A file of the home with other content for a while (None: not there)."""

    def __init__(self, home, name, content, mode=None):
        self.path = home.path / name
        self.content, self.mode = content, mode

    def __enter__(self):
        self.before = self.path.read_bytes()
        self.mode_before = self.path.stat().st_mode & 0o777
        if self.content is None:
            self.path.unlink()
        else:
            self.path.write_bytes(self.content)
            if self.mode is not None:
                self.path.chmod(self.mode)

    def __exit__(self, *_):
        self.path.write_bytes(self.before)
        self.path.chmod(self.mode_before)


def file(home, name):
    return (home.path / name).read_bytes()


def check(home, code):
    return home.run([ONWARDD, "--home", home.path, "--check"], check=code).stdout


def start_fails(home, word, code=1, arguments=("--clock", lib.CLOCK)):
    done = home.run([ONWARDD, "--home", home.path, *arguments], check=code, timeout_s=20)
    assert word in done.stderr, f"{word} not in: {done.stderr}"


def command_line(home):
    assert home.run([ONWARDD, "--version"]).stdout.startswith("onwardd ")
    assert "attempt_timeout_ms" in home.run([ONWARDD, "--help-config"]).stdout
    home.run([ONWARDD], check=64)
    home.run([ONWARDD, "--home", home.path, "--clok", "x"], check=64)
    start_fails(home, "manual", 64, ("--clock", "yesterday,manual"))


def problems_are_found_and_named(home):
    assert "all is well" in check(home, 0)
    assert not list((home.path / "store").iterdir()), "a check starts nothing"
    problems = [
        ("onward.yaml", b"mode: rehearsal\nlog_lvel: debug\n", "onward.yaml:2: log_lvel"),
        ("parties.yaml", b"parties:\n  - id: a\n    kind: polis\n", "parties.yaml:3: "),
        ("keys/broker.pub", b"x\n", "40 characters"),
        ("keys/broker.pub", file(home, "keys/broker.pub").swapcase(), "public half"),
        ("keys/broker.key", b"party: broker\n", "missing"),
        ("keys/met-custody.key", file(home, "keys/advance.key"), "parties.yaml"),
        (SERVICE, file(home, SERVICE).replace(b"organisation:", b"organisaton:"),
         "south-london-alliance.yaml:"),
    ]  # fmt: skip
    for name, content, word in problems:
        with Changed(home, name, content):
            said = check(home, 1)
            assert word in said, f"{word} not in: {said}"
            if name != "keys/met-custody.key":
                start_fails(home, word)
    with Changed(home, "keys/broker.key", file(home, "keys/broker.key"), 0o640):
        assert "0640" in check(home, 1)
        start_fails(home, "0640")
    with Changed(home, "onward.yaml", None):
        assert "onward.yaml" in check(home, 1)
        start_fails(home, "onward.yaml")
    assert "all is well" in check(home, 0)


def one_broker_a_home(home):
    start_fails(home, "another onwardd")



def sighup_publishes_what_is_right(home):
    operator = wire.Client.at_home(home.path, "operator", "operators")
    version = operator.hello()["directory_version"]
    mentions = home.broker.text().count("the running version stays")
    with Changed(home, SERVICE, b"nmae: x\n" + file(home, SERVICE)):
        home.broker.signal(signal.SIGHUP)
        lib.wait_until(
            lambda: home.broker.text().count("the running version stays") > mentions,
            what="the refusal of the broken directory")
        assert "south-london-alliance.yaml:1: nmae" in home.broker.text(), "file, line, field"
        assert operator.status()["directory_version"] == version
        assert home.refer(lib.sample())[0]["legs"], "the running version goes on"
        try:
            operator.reload(parties=False, directory=True)
            raise AssertionError("a broken directory was published")
        except wire.Refused as refusal:
            assert refusal.code == "config" and refusal.field.endswith(":1: nmae"), refusal
        home.restart()
        assert "published before, stays" in home.broker.text()
    changed = file(home, SERVICE).replace(b"\nname: ", b"\n# changed\nname: ", 1)
    with Changed(home, SERVICE, changed):
        home.broker.signal(signal.SIGHUP)
        lib.wait_until(lambda: home.json("status", as_="operator")[0]["directory_version"]
                       == version + 1, what="the new version")
        home.broker.signal(signal.SIGHUP)
        assert operator.reload() == {}, "the same again publishes nothing"
        assert operator.status()["directory_version"] == version + 1
    told = operator.reload()["directory"]
    assert f"the home's files are the older version {version} " in told and "rollback" in told, told
    assert operator.status()["directory_version"] == version + 1, "what was is put back by hand"
    operator.close()


def broken_parties_change_nothing(home):
    operator = wire.Client.at_home(home.path, "operator", "operators")
    operator.hello()
    with Changed(home, "parties.yaml", b"parties: [{id: operator, kind: operatr}]\n"):
        try:
            operator.reload()
            raise AssertionError("broken parties were taken")
        except wire.Refused as refusal:
            assert refusal.code == "config" and refusal.field.startswith("parties.yaml:1: ")
    assert operator.ping() == {}
    assert home.refer(lib.sample())[0]["reference"]
    operator.close()


def what_was_taken_in_is_finished(home):
    """SIGTERM while many submits are under way: each is answered, done or try-later, or not at
    all; what was done is there after the next start."""
    source = wire.Client.at_home(home.path, "met-custody", "sources")
    source.hello()
    count = 400
    done = {}

    def hear(seconds):
        got = source.raw_receive(seconds)
        if got is not None and got[0] == "done":
            done[f"stop-{got[1]}"] = got[2]["reference"]
        elif got is not None:
            assert got[0] == "refused" and got[2]["code"] == "try-later", got
        return got is not None

    for i in range(count):
        source.raw_send(wire.frame("submit", i, {"referral": lib.sample(source_ref=f"stop-{i}")}))
        if i == count // 2:
            assert hear(lib.patience(20)), "no answer at all"
            home.broker.signal(signal.SIGTERM)
    while hear(lib.patience(2)):
        pass
    assert home.broker.process.wait(lib.patience(20)) == 0
    assert done, "nothing was finished"
    assert not list((home.path / "run").glob("*.sock")), "no socket file is left"
    home.start()
    for source_ref, reference in done.items():
        again = source.submit(lib.sample(source_ref=source_ref), timeout=lib.patience(20))
        assert again["reference"] == reference and again["duplicate"], again
        break  # the sample's source_ref decides; one is enough beside the count below
    listed = {item["source_ref"]: item["reference"]
              for item in home.json("list", as_="met-custody")}
    assert all(listed[key] == value for key, value in done.items())
    print(f"{len(done)} of {count} were finished", flush=True)
    source.close()


def main():
    with lib.Home(areas=["london-2018"]) as home:
        command_line(home)
        problems_are_found_and_named(home)
        home.start()
        one_broker_a_home(home)
        sighup_publishes_what_is_right(home)
        broken_parties_change_nothing(home)
        what_was_taken_in_is_finished(home)
        home.stop()
        home.verify()


main()
