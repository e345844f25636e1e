#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An upgrade whose checks refuse what is in force: the broker starts, who is under way goes on, and
people hear what is wrong and how to go on."""

import re
import shutil
import struct

import lib
import msgpack
from _lmdb import Pages
from _support import LONDON, provider, run, take
from onward_client import files_hash

SERVICE = "london-2018/services/south-london-alliance.yaml"
LINE = (b"\nlead_days:", b"\nlead_daze:")  # a word that a release knew, and this one does not
HEADER = 8


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def table():
    for crc in range(256):
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        yield crc


TABLE = list(table())


def rows(pages, letter):
    found = list(pages.rows(letter))
    assert found, f"no row {letter!r}"
    return found


def rewrite(pages, row, change):
    """The row's body changed to one as long, under a sum that fits."""
    at = row.offset
    body = bytes(pages.bytes[at + HEADER : at + row.size])
    after = change(body)
    assert len(after) == len(body) and after != body, row.key
    pages.bytes[at + HEADER : at + row.size] = after
    head = bytes(pages.bytes[at : at + 4])
    struct.pack_into("<I", pages.bytes, at + 4, crc32c(after, crc32c(head, crc32c(row.key))))


def refuse_in_force(home):
    """The stored version 1 is as an earlier release would have taken it."""
    pages = Pages(home.path / "store" / "data.mdb")
    hashes = []

    def files_of(body):
        return {item["path"]: item["bytes"] for item in msgpack.unpackb(body)}

    def worsen(body):
        after = body.replace(*LINE)
        hashes.extend(files_hash(files_of(b)) for b in (body, after))
        return after

    (files,) = rows(pages, b"X")
    rewrite(pages, files, worsen)
    for letter in (b"K", b"M"):
        for row in pages.rows(letter):
            body = bytes(pages.bytes[row.offset : row.offset + row.size])
            if hashes[0] in body:
                rewrite(pages, row, lambda body: body.replace(*hashes))
    for row in rows(pages, b"H"):  # its binary form is that of the other release
        pages.flip(row.offset + row.size // 2)
    pages.write()


def worsen_home(home):
    for path in sorted((home.path / "directory").rglob("*.yaml")):
        path.write_bytes(path.read_bytes().replace(*LINE))


def upgraded(home):
    home.start()
    home.refer(lib.sample(source_ref="BEFORE"))
    home.stop()
    refuse_in_force(home)


def a_broker_that_cannot_use_what_is_in_force_starts_and_is_mended():
    with lib.Home(areas=LONDON) as home:
        good = home.folder / "good"
        shutil.copytree(home.path / "directory", good)
        upgraded(home)
        worsen_home(home)
        checked = home.run([lib.BIN / "onwardd", "--home", home.path, "--check"], check=None)
        assert checked.returncode != lib.DONE, checked.stdout
        assert re.search(r"version 1 .*in force, cannot be used by this release: .*\.yaml:\d+: ",
                         checked.stdout), checked.stdout
        home.start()
        log = home.broker.text()
        assert re.search(r"version 1, in force, cannot be used by this release: .*\.yaml:\d+", log)
        assert "the broker runs without a directory" in log, log
        assert "onward directory publish" in log and "onward directory rollback" in log, log
        told = " ".join(home.onward("status").stdout.split())
        assert "this release cannot use it, and nobody is placed" in told, told
        # A new one is kept where it is, and who was under way goes on.
        home.refer(lib.sample(source_ref="MEANWHILE"), check=None)
        assert home.json("status")[0]["referrals"] == 1
        routes = {item["route"] for item in home.json("deliveries", as_="operator")}
        assert routes, "nothing was left to deliver"
        for route in routes:
            with provider(home, route) as client:
                client.receipt(take(client)["delivery"])
        lib.wait_until(lambda: home.json("status")[0]["outbox"] == 0, what="its delivery")
        home.onward("directory", "publish", "--message", "Broken", check=lib.REFUSED)
        home.onward("directory", "publish", good, "--message", "As this release takes it")
        assert "directory_unusable" not in home.json("status")[0]
        home.onward("flush", as_="met-custody")
        assert home.json("status")[0]["referrals"] == 2
        home.stop()
        home.start()
        assert "directory_unusable" not in home.json("status")[0], "the next start has it again"
        home.stop()


def a_home_that_was_mended_is_published_by_the_start():
    with lib.Home(areas=LONDON) as home:
        upgraded(home)
        with open(home.path / "directory" / SERVICE, "a", encoding="utf-8") as file:
            file.write("# mended\n")
        home.start()
        log = home.broker.text()
        assert "cannot be used by this release" in log and "without a directory" not in log, log
        assert home.json("directory", "versions")[0]["origin"] == "start"
        home.refer(lib.sample(source_ref="AFTER"))
        home.stop()


run(a_broker_that_cannot_use_what_is_in_force_starts_and_is_mended,
    a_home_that_was_mended_is_published_by_the_start)
