#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No room in the store, and a bit in it that turned over."""

import contextlib
import json
import os
import shutil
import subprocess

import lib
from _lmdb import Pages
from _support import (
    LONDON, Refused, configure, home_running, leg_states, nothing_comes, provider, run,
    source, status, take, take_for,
)  # fmt: skip

MIB = 1024 * 1024


def fill(client, most=20000, note=3500):
    """Submits until the broker says try-later; what was accepted."""
    accepted = []
    for _ in range(most):
        referral = lib.sample(needs=[{"code": "accommodation", "note": "n" * note}])
        try:
            accepted.append(client.submit(referral, timeout=lib.patience(10)))
        except Refused as refused:
            assert refused.code == "try-later", refused
            return accepted, referral
    raise AssertionError(f"still room after {most} referrals")


@contextlib.contextmanager
def small_disk(folder, mib):
    command = ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=700", "onward-test", folder]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def a_full_disk_ends_the_broker():
    with lib.Home(areas=LONDON) as home, small_disk(home.path / "store", 3) as mounted:
        if not mounted:
            lib.skip("a small disk cannot be mounted here: needs root and the right to mount")
        home.start()
        with source(home) as client:
            accepted, refused = fill(client)
            assert accepted, "nothing fits at all"
            for _ in range(20):  # it goes on saying so, and reading
                with contextlib.suppress(Refused):
                    accepted.append(client.submit(lib.sample()))
            assert home.broker.running(), "the broker ended"
            last = accepted[0]["reference"]
            assert client.show(last)["reference"] == last, "reading needs room"
            refusals = status(home)["refusals"]
            assert refusals["try-later"] >= 1, refusals
            subprocess.run(["mount", "-o", "remount,size=32m", home.path / "store"], check=True)
            again = lib.wait_until(lambda: submitted(client, refused), what="room is taken")
            assert not again["duplicate"], "what was refused is there"
        with provider(home) as adapter:
            delivery = take_for(adapter, again["reference"])
            adapter.receipt(delivery["delivery"])
        have = {item["reference"] for item in home.json("list", as_="met-custody")}
        assert {answer["reference"] for answer in accepted} <= have
        home.stop()
        home.verify()


def submitted(client, referral):
    try:
        return client.submit(referral)
    except Refused as refused:
        assert refused.code == "try-later", refused
        return None


def a_disk_that_is_full_at_the_start_breaks_the_store():
    with lib.Home(areas=LONDON) as home, small_disk(home.path / "store", 8) as mounted:
        if not mounted:
            lib.skip("a small disk cannot be mounted here: needs root and the right to mount")
        home.start()
        reference = home.refer(lib.sample())[0]["reference"]
        home.stop()
        filler = os.open(home.path / "store" / "filler", os.O_WRONLY | os.O_CREAT)
        with contextlib.suppress(OSError):
            while True:
                os.write(filler, b"x" * 4096)
        os.close(filler)
        done = home.run([lib.BIN / "onwardd", "--home", home.path, "--clock", lib.CLOCK],
                        check=None, timeout_s=20)  # fmt: skip
        assert done.returncode not in (0, -6, -11) and done.stderr.strip(), done
        (home.path / "store" / "filler").unlink()
        home.start()
        assert home.json("show", reference, as_="met-custody")[0]["state"] == "open"
        home.stop()
        home.verify()


def a_full_map_holds_up_what_was_accepted():
    """From 80 percent on nothing new is taken in, while everything under way goes on."""
    with home_running(config={"store_map_mib": 4}) as home:
        with source(home) as client:
            accepted, refused = fill(client)
            store = status(home)["store"]
            part = store["used_bytes"] / store["limit_bytes"]
            assert 0.7 < part < 0.95, f"{part:.2f} of the map"
            assert client.submit(like(accepted[0]))["duplicate"]
            with provider(home, credit=8) as adapter:
                for count in range(20):
                    delivery = take(adapter)
                    adapter.receipt(delivery["delivery"])
                    for action in ("received", "accepted", "started")[: count % 4]:
                        adapter.acknowledge(delivery["leg"], action)
            assert client.withdraw(accepted[-1]["reference"], "her-decision")["legs"]
            exhaust(home, client, accepted[1]["reference"])
            assert home.broker.running()
            assert client.show(accepted[0]["reference"])["legs"]
        home.stop()
        home.verify()
        configure(home, store_map_mib=64)
        home.start()
        taken = home.refer(refused)[0]
        assert taken["state"] == "open" and not taken["duplicate"]
        have = {item["reference"] for item in home.json("list", as_="met-custody")}
        assert {answer["reference"] for answer in accepted} <= have
        home.stop()
        home.verify()


def like(answer):
    """The content that was accepted under its source_ref."""
    return lib.sample(source_ref=answer["source_ref"],
                      needs=[{"code": "accommodation", "note": "n" * 3500}])  # fmt: skip


def exhaust(home, client, reference):
    """Transitions until the map itself is full: try-later, and it goes on running."""
    for number in range(5000):
        patch = {"needs": [{"code": "accommodation", "note": f"{number} " + "n" * 3500}]}
        try:
            client.amend(reference, patch)
        except Refused as refused:
            assert refused.code == "try-later", refused
            break
    else:
        raise AssertionError("the map is never full")
    for _ in range(10):
        try:
            client.amend(reference, {"person": {"postcode": None}})
        except Refused as refused:
            assert refused.code == "try-later", refused
        client.ping()
    assert home.broker.running()


def stored(count):
    """A home with referrals in its store, stopped; each referral's answer."""
    home = lib.Home(areas=LONDON)
    home.start()
    answers = [home.refer(lib.sample())[0] for _ in range(count)]
    home.stop()
    home.verify()
    return home, answers


def flip(home, prefix, choose=lambda key: True):
    """Turns one bit over in the middle of every live row whose key begins so."""
    path = home.path / "store" / "data.mdb"
    pages = Pages(path)
    rows = [row for row in pages.rows(prefix) if choose(row.key)]
    assert rows, f"no row {prefix!r}"
    for row in rows:
        pages.flip(row.offset + row.size // 2)
    pages.write()
    return rows


def corrupt_is_named(done, what):
    assert done.returncode not in (lib.DONE, -6, -11), done
    assert "corrupt" in done.stdout + done.stderr and what in done.stdout + done.stderr, done


def a_flipped_bit_in_a_referral_is_served():
    home, answers = stored(3)
    with home:
        bad, good = answers[1], answers[2]
        flip(home, b"R" + bytes.fromhex(bad["id"]))
        verify = home.onward("rebuild", "--verify", check=None)
        assert verify.returncode != lib.DONE and "referral" in verify.stdout + verify.stderr
        home.start()
        done = home.onward("show", bad["reference"], "--json", as_="met-custody", check=None)
        corrupt_is_named(done, "referral")
        done = home.onward("withdraw", bad["reference"], "--reason", "her-decision", "--json",
                           as_="met-custody", check=None)  # fmt: skip
        corrupt_is_named(done, "referral")
        assert home.json("show", good["reference"], as_="met-custody")[0]["state"] == "open"
        assert home.refer(lib.sample())[0]["state"] == "open"
        with source(home) as client:
            assert status(home)["refusals"]["corrupt"] >= 2
            client.ping()
        home.stop()


def a_flipped_bit_in_a_payload_is_delivered():
    home, answers = stored(3)
    with home:
        bad, good = answers[1], answers[2]
        low, high = (b"P" + bytes.fromhex(answer["id"]) for answer in (bad, good))
        flip(home, b"P", lambda key: low < key < high)
        verify = home.onward("rebuild", "--verify", check=None)
        assert verify.returncode != lib.DONE and "payload" in verify.stdout + verify.stderr, verify
        home.start()
        with provider(home) as adapter:
            arrived = set()
            for _ in range(2):
                delivery = take(adapter)
                arrived.add(delivery["reference"])
                adapter.receipt(delivery["delivery"])
            assert arrived == {answers[0]["reference"], good["reference"]}, "others are held up"
            nothing_comes(adapter, 0.5)
        lib.wait_until(lambda: "payload" in home.broker.text(), 5, "the log to name the payload")
        assert leg_states(home, good["reference"]) == {good["legs"][0]["service"]: "delivered"}
        assert leg_states(home, bad["reference"]) == {bad["legs"][0]["service"]: "matched"}
        items = {
            item["reference"]: item
            for item in map(
                json.loads,
                home.onward("inbox", "--json", as_="women-in-prison").stdout.splitlines(),
            )
        }
        assert items[bad["reference"]]["referral"] == {}, "served"
        assert "does not open" in items[bad["reference"]]["unreadable"]
        assert items[good["reference"]]["referral"] != {}, "one hides the others"
        home.stop()


def a_flipped_bit_in_the_record_is_overlooked():
    home, _ = stored(3)
    with home:
        rows = flip(home, b"J", lambda key: key.endswith(b"\x04"))
        assert len(rows) == 1
        verify = home.onward("rebuild", "--verify", check=None)
        assert verify.returncode != lib.DONE and "journal" in verify.stdout + verify.stderr, verify


def a_store_of_garbage_is_opened():
    home, _ = stored(1)
    with home:
        path = home.path / "store" / "data.mdb"
        shutil.copy(path, home.folder / "data.good")
        path.write_bytes(b"garbage" * 4096)
        done = home.run([lib.BIN / "onwardd", "--home", home.path, "--clock", lib.CLOCK],
                        check=None, timeout_s=20)  # fmt: skip
        assert done.returncode not in (0, -6, -11, -7) and done.stderr.strip(), done
        shutil.copy(home.folder / "data.good", path)
        home.start()
        home.stop()


def main():
    run(
        a_full_map_holds_up_what_was_accepted,
        a_flipped_bit_in_a_referral_is_served,
        a_flipped_bit_in_a_payload_is_delivered,
        a_flipped_bit_in_the_record_is_overlooked,
        a_store_of_garbage_is_opened,
    )
    run(
        a_full_disk_ends_the_broker,
        a_disk_that_is_full_at_the_start_breaks_the_store,
    )


if __name__ == "__main__":
    main()
