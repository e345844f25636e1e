#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Backup while under load, and what a restored home is worth."""

import shutil
import threading

import lib
from _support import (
    home_running, provider, run, source, status, take, take_for,
)  # fmt: skip


class Load:
    """A source that submits without pause; `accepted` by source_ref."""

    def __init__(self, home, party="met-custody"):
        self.home, self.party = home, party
        self.accepted = {}
        self.stopping = threading.Event()
        self.failed = None
        self.thread = threading.Thread(target=self.submit, daemon=True)

    def submit(self):
        try:
            with source(self.home, self.party) as client:
                while not self.stopping.is_set():
                    answer = client.submit(lib.sample(), timeout=lib.patience(10))
                    self.accepted[answer["source_ref"]] = answer["reference"]
        except Exception as error:  # told in __exit__
            self.failed = error

    def __enter__(self):
        self.thread.start()
        lib.wait_until(lambda: len(self.accepted) > 20 or self.failed, what="some referrals")
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(lib.patience(10))
        assert not self.failed, f"the source was disturbed: {self.failed!r}"


def listed(home):
    return {i["source_ref"]: i["reference"] for i in home.json("list", as_="met-custody")}


def restored(home, file, name="restored"):
    """A Home over the restored folder; its processes end with the first one's."""
    folder = home.folder / name
    home.onward("restore", file, folder)
    other = lib.Home(path=folder, init=False)
    shutil.rmtree(other.folder)
    other.folder, other.processes = home.folder, home.processes
    return other


def what_was_accepted_before_is_not_in_the_backup(home):
    reference = home.refer(lib.sample())[0]["reference"]
    with provider(home) as adapter:
        delivery = take_for(adapter, reference)
        adapter.receipt(delivery["delivery"])
        seen = {delivery["delivery"]}
    with Load(home) as load:
        before = dict(load.accepted)
        home.onward("backup", home.folder / "live.backup", as_="operator")
        assert len(load.accepted) > len(before), "the backup held the broker up"
    home.stop()
    other = restored(home, home.folder / "live.backup")
    other.verify()
    other.start()
    have = listed(other)
    lost = [name for name, reference in before.items() if have.get(name) != reference]
    assert not lost, f"{len(lost)} of {len(before)} accepted before the backup are lost"
    known = set(load.accepted) | set(listed_names(home))
    assert set(have) <= known, "referrals nobody sent"
    the_restored_broker_is_taken_for_the_first(other, seen, reference)
    other.stop()
    other.verify()
    home.start()


def listed_names(home):
    home.start()
    names = listed(home)
    home.stop()
    return names


def the_restored_broker_is_taken_for_the_first(other, seen, old):
    with provider(other, credit=64) as adapter:
        taken, instance = set(), adapter.welcome["instance"]
        while status(other)["outbox"] and len(taken) < 30:
            delivery = take(adapter)
            assert delivery["delivery"] not in seen, "an id of a delivery that was stored"
            assert adapter.receipt(delivery["delivery"])["state"] == "delivered"
            taken.add(delivery["delivery"])
        assert taken, "no delivery went on"
    fresh = other.refer(lib.sample())[0]
    assert fresh["id"].startswith(instance), (fresh["id"], instance)
    first_id = other.json("show", old, as_="met-custody")[0]["id"]
    assert not first_id.startswith(instance), "the restored broker goes on with the old instance"


def a_backup_overwrites_a_file(home):
    file = home.folder / "there.backup"
    file.write_text("mine")
    done = home.onward("backup", file, as_="operator", check=None)
    assert done.returncode not in (lib.DONE, 3), done
    assert file.read_text() == "mine"


def anybody_takes_a_backup_readable_by_all(home):
    file = home.folder / "private.backup"
    home.onward("backup", file, as_="operator")
    assert file.stat().st_mode & 0o077 == 0, oct(file.stat().st_mode)


def a_broken_backup_is_restored(home):
    file = home.folder / "whole.backup"
    home.onward("backup", file, as_="operator")
    whole = file.read_bytes()
    broken = home.folder / "broken.backup"
    wrong = []
    cases = [("cut in the middle", whole[: len(whole) // 2]), ("empty", b""),
             ("not a backup", b"x" * 5000), ("its end missing", whole[:-700])]  # fmt: skip
    for part in range(1, 12):
        at = len(whole) * part // 12
        cases.append((f"a bit at {at}", whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]))
    for number, (what, data) in enumerate(cases):
        broken.write_bytes(data)
        folder = home.folder / f"broken-{number}"
        done = home.onward("restore", broken, folder, check=None)
        if done.returncode == lib.DONE and not harmless(folder, home):
            wrong.append(f"{what}: restored")
        elif done.returncode != lib.DONE and not done.stderr.strip():
            wrong.append(f"{what}: no reason given")
        elif done.returncode != lib.DONE and folder.exists() and list(folder.iterdir()):
            wrong.append(f"{what}: refused, and half a home is left: {list(folder.iterdir())}")
        shutil.rmtree(folder, ignore_errors=True)
    assert not wrong, "\n".join(["", *wrong])


def harmless(folder, home):
    """The bit was one that nobody reads, such as padding: every byte of the home is as it was."""
    whole = home.folder / "reference-home"
    if not whole.exists():
        home.onward("restore", home.folder / "whole.backup", whole)
    names = sorted(p.relative_to(whole) for p in whole.rglob("*") if p.is_file())
    same = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file()) == names
    return same and all(
        (whole / n).read_bytes() == (folder / n).read_bytes()
        for n in names if "store" not in n.parts
    ) and lib.Home.run(home, [lib.BIN / "onward", "--home", folder, "rebuild", "--verify"],
                       check=None).returncode == lib.DONE  # fmt: skip


def a_restore_goes_into_a_full_folder(home):
    file = home.folder / "again.backup"
    home.onward("backup", file, as_="operator")
    folder = home.folder / "full"
    folder.mkdir()
    (folder / "mine").write_text("mine")
    done = home.onward("restore", file, folder, check=None)
    assert done.returncode != lib.DONE and [p.name for p in folder.iterdir()] == ["mine"]


def main():
    with home_running() as home:
        run(
            what_was_accepted_before_is_not_in_the_backup,
            a_backup_overwrites_a_file,
            anybody_takes_a_backup_readable_by_all,
            a_broken_backup_is_restored,
            a_restore_goes_into_a_full_folder,
            home=home,
        )
        home.stop()
        home.verify()


if __name__ == "__main__":
    main()
