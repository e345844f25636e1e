#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A directory's versions: published, listed, fetched and rolled back; whole or not at all, whatever
a client, a disk or a kill -9 does."""

import random
import re
import threading
import time

import lib
import msgpack
from _support import Client, Refused, expect_refused, home_running, run, source
from full import small_disk
from onward_client import files_hash, files_packed, frame

SERVICE = "london-2018/services/south-london-alliance.yaml"
LIKE = "london-2018/services/hibiscus-foreign-national-worker.yaml"
LONDON = ["london-2018"]


def operator(home, party="operator"):
    client = Client.at_home(home.path, party, "operators")
    client.hello(timeout=lib.patience(10))
    return client


def changed(files, line, path=SERVICE):
    return {**files, path: files[path] + f"# {line}\n".encode()}


def grown(files, count):
    """With so many more services, alike but for their ids."""
    text = files[LIKE].decode()
    more = {}
    for number in range(count):
        name = f"another-{number:06d}"
        service = text.replace("id: hibiscus-foreign-national-worker", f"id: {name}", 1)
        service = service.replace("\nname: ", f"\nname: {number}. ", 1)
        more[f"london-2018/services/{name}.yaml"] = service.encode()
    return {**files, **more}


def in_force(client):
    return next(iter(client.versions(limit=1)))


def who_put_what_in_force_is_told(home):
    with operator(home) as client:
        version, files = client.fetch()
        done = client.publish(changed(files, "one"), "A line more", expect=version, user="A. Person")
        assert done["version"] == version + 1 and not done["same"], done
        assert done["files"] == {"added": 0, "changed": 1, "removed": 0}, done
        assert client.publish(changed(files, "one"), "Again")["same"]
        item = in_force(client)
        assert (item["party"], item["user"], item["note"], item["origin"]) == \
            ("operator", "A. Person", "A line more", "publish"), item
        assert item["in_force"] and item["hash"] == files_hash(changed(files, "one"))
        back = client.rollback(version, "It was wrong")
        assert back["version"] == version + 2, back
        assert in_force(client)["of"] == version
        assert client.fetch() == (version + 2, files)
        assert [i["version"] for i in client.versions(limit=1)] == list(range(version + 2, 0, -1))
        coordinator = operator(home, "coordinator-london")
        assert coordinator.publish(changed(files, "two"), "By a coordinator")["version"] \
            == version + 3
        assert in_force(coordinator)["party"] == "coordinator-london"
        coordinator.close()
        client.rollback(version, "As it was")


def only_those_who_answer_for_it_change_it(home):
    with source(home) as police, operator(home) as client:
        files = client.fetch()[1]
        expect_refused("not-allowed", police.upload, bytes(32), b"x")
        expect_refused("not-allowed", police.publish, files, "x")
        expect_refused("not-allowed", police.rollback, 1, "x")
        expect_refused("not-allowed", police.fetch)
        expect_refused("not-allowed", lambda: list(police.versions()))
    home.onward("party", "add", "commissioner-example", "--kind", "commissioner")
    with Client.at_home(home.path, "commissioner-example", "sources") as commissioner:
        commissioner.hello()
        assert list(commissioner.versions())
        expect_refused("not-allowed", commissioner.fetch)
        expect_refused("not-allowed", commissioner.rollback, 1, "x")


def referrals_under_way_keep_their_version(home):
    with operator(home) as client, source(home) as police:
        version, files = client.fetch()
        reference = police.submit(lib.sample())["reference"]
        assert police.show(reference)["directory_version"] == version
        client.publish(changed(files, "under way"), "A line more")
        shown = police.show(reference)
        assert shown["directory_version"] == version, shown
        assert all(leg["directory_version"] == version for leg in shown["legs"])
        police.amend(reference, {"needs": [{"code": "accommodation"}, {"code": "trafficking"}]})
        assert police.show(reference)["directory_version"] == version + 1
        assert police.submit(lib.sample())["directory_version"] == version + 1
        assert police.explain(lib.sample())["directory_version"] == version + 1


def two_at_once_do_not_overwrite_each_other(home):
    with operator(home) as first, operator(home, "coordinator-london") as second:
        version, files = first.fetch()
        answers = []

        def go(client, line, expect):
            try:
                answers.append(client.publish(changed(files, line), line, expect=expect))
            except Refused as refused:
                answers.append(refused)

        threads = [threading.Thread(target=go, args=(client, line, version))
                   for client, line in ((first, "first"), (second, "second"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done = [a for a in answers if isinstance(a, dict)]
        refused = [a for a in answers if isinstance(a, Refused)]
        assert len(done) == 1 and done[0]["version"] == version + 1, answers
        assert refused[0].code == "conflict" and refused[0].field == "expect", refused
        assert f"version {version + 1} is in force" in refused[0].message
        note = in_force(first)["note"]
        assert note in refused[0].message, "it is not said what the other changed"
        other = "second" if note == "first" else "first"
        assert first.publish(changed(files, other), other)["version"] == version + 2


def hostile_uploads_change_nothing(home):
    with operator(home) as client:
        version, files = client.fetch()
        whole = files_packed(changed(files, "hostile"))
        name = files_hash(changed(files, "hostile"))

        def piece(offset, total, data, upload=name):
            return client.ask("upload", {"upload": upload, "offset": offset, "total": total,
                                         "bytes": data})

        expect_refused("illegal-state", piece, 10, 100, b"x", field="offset")
        piece(0, 100, b"abc")
        assert "3 is expected" in expect_refused(
            "illegal-state", piece, 10, 100, b"x", field="offset").message
        expect_refused("conflict", piece, 3, 99, b"x", field="total")
        expect_refused("conflict", piece, 0, 100, b"xyz", field="bytes")
        expect_refused("invalid", piece, 3, 100, b"x" * 98, field="bytes")
        expect_refused("invalid", piece, 0, 64 * 1024 * 1024 + 1, b"x", field="total")
        expect_refused("too-large", piece, 0, 1 << 20, b"x" * 131073, field="bytes")
        expect_refused("invalid", piece, 0, 3, b"abc", b"short", field="upload")
        expect_refused("not-found", publish, client, name, field="upload")

        def claim(data, upload=name):
            client.upload(upload, data)
            return publish(client, upload)

        expect_refused("invalid", claim, whole, bytes(32), field="upload")
        expect_refused("malformed", claim, whole[:-1])
        expect_refused("malformed", claim, whole + b"\0")
        expect_refused("malformed", claim, b"\xff" * 100)
        expect_refused("malformed", claim, msgpack.packb({"path": "a", "bytes": b""}))
        expect_refused("malformed", claim, msgpack.packb([{"path": "a/area.yaml"}]))
        expect_refused("malformed", claim, b"\x91\x82\xa4path\xa2\xc3\x28\xa5bytes\xc4\x00")
        for path in ("../x.yaml", "/etc/x.yaml", "a/../../x.yaml", "a//x.yaml", "a/b/c/x.yaml",
                     "a/.x.yaml", "x.sh", ""):
            packed = msgpack.packb([{"path": path, "bytes": b""}])
            assert expect_refused("invalid", claim, packed).field.startswith("upload["), path
        twice = {"path": SERVICE, "bytes": files[SERVICE]}
        expect_refused("invalid", claim, msgpack.packb([twice, twice]))
        refused = expect_refused("config", client.publish, {**files, SERVICE: b"nmae: x\n"}, "x")
        assert refused.field.startswith(f"{SERVICE}:1"), refused
        assert "in the broker's log" in refused.message
        refused = expect_refused("config", client.publish, {**files, SERVICE: b"\xff\xfe"}, "x")
        assert refused.field.startswith(SERVICE), refused
        expect_refused("missing", client.publish, changed(files, "x"), "", field="note")
        expect_refused("too-large", client.publish, changed(files, "x"), "n" * 201, field="note")
        expect_refused("invalid", client.publish, changed(files, "x"), "a\nb", field="note")
        for blank in ("   ", "\u200b", "\u00a0 \ufeff"):
            expect_refused("invalid", client.publish, changed(files, "x"), blank, field="note")
        assert client.fetch() == (version, files), "something was published"
        # What was refused is in nobody's way.
        assert client.publish(changed(files, "fine"), "Fine")["version"] == version + 1


def publish(client, name):
    return client.ask("publish", {"upload": name, "note": "x"}, timeout=lib.patience(30),
                      resend=lib.patience(30))


def an_upload_outlives_its_connection(home):
    """Another hello, and another connection, go on where the one before was."""
    with operator(home) as client:
        version, files = client.fetch()
    files = grown(changed(files, "long"), 200)
    packed, name = files_packed(files), files_hash(files)
    middle = len(packed) // 2
    middle -= middle % 1000
    with operator(home) as client:
        for offset in range(0, middle, 100000):
            data = packed[offset:min(offset + 100000, middle)]
            client.ask("upload", {"upload": name, "offset": offset, "total": len(packed),
                                  "bytes": data})
        client.hello()
        expect_refused("not-found", publish, client, name, field="upload")
    with operator(home) as client:
        for offset in range(middle, len(packed), 100000):
            client.ask("upload", {"upload": name, "offset": offset, "total": len(packed),
                                  "bytes": packed[offset:offset + 100000]})
        assert publish(client, name)["version"] == version + 1
        assert client.fetch() == (version + 1, files)


def a_party_revoked_midway_publishes_nothing(home):
    home.onward("party", "add", "coordinator-leaving", "--kind", "coordinator")
    with operator(home) as client, operator(home, "coordinator-leaving") as leaving:
        version, files = client.fetch()
        mine = changed(files, "leaving")
        leaving.upload(files_hash(mine), files_packed(mine))
        home.onward("party", "revoke", "coordinator-leaving")
        expect_refused("not-allowed", publish, leaving, files_hash(mine))
        assert client.fetch()[0] == version
        # Nothing of it was kept for anybody else.
        expect_refused("not-found", publish, client, files_hash(mine), field="upload")


def asked_twice_it_is_published_once(home):
    """A client that hears nothing sends the same again, with the same correlation or another."""
    with operator(home) as client:
        version, files = client.fetch()
        mine = grown(changed(files, "twice"), 500)
        client.upload(files_hash(mine), files_packed(mine))
        asked = {"upload": files_hash(mine), "note": "Twice"}
        client.raw_send(frame("publish", 900, asked))
        client.raw_send(frame("publish", 900, asked))
        client.raw_send(frame("publish", 901, asked))
        answers = [client.raw_receive(lib.patience(60)) for _ in range(3)]
        assert all(a and a[0] == "done" and a[2]["version"] == version + 1 for a in answers), answers
        assert [a[2]["same"] for a in answers].count(False) == 1, answers
        assert in_force(client)["version"] == version + 1


def intake_goes_on_while_ten_thousand_are_checked(home):
    """Not a matter of time but of order: what is sent behind a publication is answered before."""
    with operator(home) as client, source(home) as police:
        version, files = client.fetch()
        mine = grown(files, 10000)
        client.upload(files_hash(mine), files_packed(mine))
        asked = {"upload": files_hash(mine), "note": "Ten thousand"}
        client.raw_send(frame("publish", 900, asked))
        answered = 0
        while client.raw_receive(0.001) is None:
            referral = police.submit(lib.sample(), timeout=lib.patience(30))
            assert referral["legs"], referral
            assert police.show(referral["reference"])
            answered += 1
            if answered == 1:
                assert in_force(client)["version"] == version, "it was checked in no time"
        assert answered > 1, "intake waited for the publication"
        print(f"{answered} referrals meanwhile", end=" ", flush=True)
        lib.wait_until(lambda: in_force(client)["version"] == version + 1, 120, "the publication")
        assert client.rollback(version, "As it was")["version"] == version + 2


def the_homes_files_undo_nothing(home):
    with operator(home) as client:
        version, files = client.fetch(1)
        client.publish(changed(files, "by request"), "By request")
        newest = in_force(client)["version"]
        told = client.reload()["directory"]
        said = re.match(r"in force is version (\d+) \(publish by operator\); the home's files are the "
                        r"older version (\d+) and are left alone", told)
        assert said and int(said[1]) == newest, told
        assert client.fetch(int(said[2]))[1] == files, "that version has other files"
    home.restart()
    assert f"onward directory rollback {said[2]}" in home.broker.text(), "the start does not tell"
    with operator(home) as client:
        assert in_force(client)["version"] == newest, "a start undid a publication"
        path = home.path / "directory" / SERVICE
        before = path.read_bytes()
        path.write_bytes(before + b"# never published\n")
        done = client.reload()
        assert done["version"] == newest + 1, done
        assert "(publish by operator: By request): 1 changed, 0 added, 0 removed" \
            in done["replaced"], done
        assert in_force(client)["origin"] == "reload"
        path.write_bytes(before + b"# never published either\n")
    home.restart()
    assert re.search(rf"start: out of directory/: version {newest + 2} is in force; it replaces "
                     rf"version {newest + 1} \(reload by operator\): 1 changed", home.broker.text())
    with operator(home) as client:
        assert in_force(client)["origin"] == "start"
        assert in_force(client)["version"] == newest + 2
        path.write_bytes(before)


def a_draft_is_not_put_in_force_by_a_restart(home):
    """Over what others published: over what came out of directory/ itself, it is, as ever."""
    path = home.path / "directory" / SERVICE
    before = path.read_bytes()
    with operator(home, "coordinator-london") as client:
        version, files = client.fetch()
        client.publish(changed(files, "urgent"), "Stop a disclosure")
    log = home.broker.text()
    assert re.search(rf"publish: version {version + 1} is in force: Stop a disclosure; it replaces "
                     rf"version {version} \(", log), "the log does not say what was published"
    path.write_bytes(before + b"# a draft\n")
    home.restart()
    told = home.broker.text()
    assert "directory/ was changed and never published" in told, told
    assert f"version {version + 1} (publish by coordinator-london: Stop a disclosure)" in told
    with operator(home) as client:
        assert in_force(client)["version"] == version + 1, "a draft undid a publication"
        client.rollback(version, "It was wrong")
    home.restart()
    with operator(home) as client:
        assert in_force(client)["version"] == version + 2, "a draft undid a rollback"
    home.onward("reload")
    with operator(home) as client:
        assert in_force(client)["origin"] == "reload", "nor can a person publish it"
    path.write_bytes(before)


def a_party_that_may_no_longer_publish_does_not(home):
    """Its kind is looked at when it is to come into force, not only when it asked."""
    home.onward("party", "add", "coordinator-demoted", "--kind", "coordinator")
    parties = home.path / "parties.yaml"
    with operator(home) as client, operator(home, "coordinator-demoted") as demoted:
        version, files = client.fetch()
        mine = grown(files, 10000)
        demoted.upload(files_hash(mine), files_packed(mine))
        kept = parties.read_text(encoding="utf-8")
        before, at, after = kept.partition("coordinator-demoted")
        demoted.raw_send(frame("publish", 900, {"upload": files_hash(mine), "note": "Demoted"}))
        parties.write_text(before + at + after.replace("coordinator", "commissioner", 1),
                           encoding="utf-8")
        client.ask("reload", {"parties": True})
        answer = None
        while answer is None or answer[0] not in ("done", "refused"):
            answer = demoted.raw_receive(lib.patience(60))
        assert answer[0] == "refused" and answer[2]["code"] == "not-allowed", answer
        assert client.fetch()[0] == version


def the_command_line_does_it_all(home):
    folder = home.folder / "edited"
    first = home.json("directory", "versions")[0]["version"]
    home.onward("directory", "fetch", str(first), "--output", folder)
    home.onward("directory", "fetch", str(first), "--output", folder, check=lib.REFUSED)
    with open(folder / SERVICE, "a", encoding="utf-8") as file:
        file.write("# by hand\n")
    wrong = home.onward("directory", "publish", folder, check=lib.USAGE)
    assert "--message" in wrong.stderr
    home.onward("directory", "publish", folder / "london-2018", "--message", "x", check=lib.USAGE)
    done = home.onward("directory", "publish", folder, "--message", "By hand", "--expect",
                       str(first), "--user", "A. Person")
    assert f"version {first + 1} is in force" in done.stdout, done.stdout
    assert "1 file changed" in done.stdout
    conflict = home.onward("directory", "publish", "--message", "Mine", "--expect", str(first),
                           check=lib.REFUSED)
    assert "By hand" in conflict.stderr, conflict.stderr
    again = home.json("directory", "publish", folder, "--message", "By hand")[0]
    assert again["same"] and again["version"] == first + 1
    (folder / SERVICE).write_text("nmae: x\n", encoding="utf-8")
    broken = home.onward("directory", "publish", folder, "--message", "x", check=lib.REFUSED)
    assert re.search(rf"{SERVICE}:1: .*nmae", broken.stderr), broken.stderr
    assert "stays in force" in broken.stderr, broken.stderr
    home.onward("directory", "rollback", str(first), "--message", "It was wrong")
    listed = home.onward("directory", "versions").stdout
    assert f"{first + 2} *" in listed and f"rollback to {first}" in listed, listed
    assert "A. Person" in listed and "By hand" in listed, listed


def a_stale_folder_undoes_nothing(home):
    """Two people take the files out; what the first publishes the second does not undo."""
    made = ".onward-version"
    first, second = home.folder / "first", home.folder / "second"
    version = home.json("directory", "versions")[0]["version"]
    for folder in (first, second):
        home.onward("directory", "fetch", str(version), "--output", folder)
        assert (folder / made).read_text(encoding="ascii") == f"{version}\n"
    for folder, line in ((first, "urgent"), (second, "another")):
        with open(folder / SERVICE, "a", encoding="utf-8") as file:
            file.write(f"# {line}\n")
    home.onward("directory", "publish", first, "--message", "   ", check=lib.USAGE)
    home.onward("directory", "publish", first, "--message", "\u200b", check=lib.USAGE)
    done = home.onward("directory", "publish", first, "--message", "Urgent",
                       as_="coordinator-london")
    assert "it replaced" not in done.stderr, done.stderr
    assert (first / made).read_text(encoding="ascii") == f"{version + 1}\n"
    stale = home.onward("directory", "publish", second, "--message", "Mine", check=lib.REFUSED)
    assert "coordinator-london (publish): Urgent" in stale.stderr, stale.stderr
    assert f"onward directory diff {version} {version + 1}" in stale.stderr, stale.stderr
    assert f"was made from version {version}" in stale.stderr, stale.stderr
    assert home.json("directory", "versions")[0]["version"] == version + 1
    (second / made).write_text("seven\n", encoding="ascii")
    broken = home.onward("directory", "publish", second, "--message", "Mine", check=lib.REFUSED)
    assert made in broken.stderr and "--expect" in broken.stderr, broken.stderr
    (second / made).unlink()
    blind = home.onward("directory", "publish", second, "--message", "Mine")
    assert f"it replaced version {version + 1} (publish by coordinator-london: Urgent)" \
        in blind.stderr, "it is not told whose work went"
    assert not (second / made).exists(), "a folder that was not fetched is nobody's to write to"
    home.onward("directory", "rollback", str(version), "--message", "As it was", "--expect",
                str(version + 2))


def a_kill_leaves_one_version_or_the_next(home):
    """kill -9 at any moment of a publication: the next start has the old files or the new, whole."""
    with operator(home) as client:
        files = grown(client.fetch(1)[1], 1500)
        begin = time.monotonic()
        client.publish(changed(files, "before"), "Before")
        whole = time.monotonic() - begin
    chance = random.Random(20190612)
    kept = {"old": 0, "new": 0}
    for number in range(8):
        with operator(home) as client:
            version, before = client.fetch()
            after = changed(before, f"round {number}")
            client.upload(files_hash(after), files_packed(after))
            client.raw_send(frame("publish", 900, {"upload": files_hash(after), "note": "Killed"}))
            time.sleep(chance.uniform(0, 2 * whole))
            home.kill()
        home.start()
        with operator(home) as client:
            now, got = client.fetch()
            assert (now, got) in ((version, before), (version + 1, after)), \
                f"round {number}: version {now} of {len(got)} files"
            kept["new" if now > version else "old"] += 1
            assert in_force(client)["version"] == now
    print(f"{kept['old']} before, {kept['new']} after", end=" ", flush=True)


def no_room_leaves_what_was():
    with lib.Home(areas=LONDON) as home, small_disk(home.path / "store", 5) as mounted:
        if not mounted:
            print("(no small disk can be mounted here)", end=" ", flush=True)
            return
        home.start()
        with operator(home) as client, source(home) as police:
            version, files = client.fetch()
            large = grown(files, 3000)
            client.upload(files_hash(large), files_packed(large))
            expect_refused("try-later", publish, client, files_hash(large))
            assert home.broker.running() and client.fetch() == (version, files)
            assert police.submit(lib.sample())["legs"], "intake stopped with it"
            expect_refused("try-later", publish, client, files_hash(large))
            assert client.publish(changed(files, "small"), "A small one")["version"] == version + 1
        home.stop()
        home.verify()


def a_full_map_leaves_what_was():
    with home_running(LONDON, config={"store_map_mib": 8}) as home:
        with operator(home) as client, source(home) as police:
            version, files = client.fetch()
            large = grown(files, 3000)
            client.upload(files_hash(large), files_packed(large))
            expect_refused("try-later", publish, client, files_hash(large), field="directory")
            assert home.broker.running() and client.fetch() == (version, files)
            assert police.submit(lib.sample())["legs"], "intake stopped with it"
            expect_refused("try-later", publish, client, files_hash(large), field="directory")
        home.stop()
        home.verify()


def main():
    with home_running(LONDON) as home:
        run(
            who_put_what_in_force_is_told,
            only_those_who_answer_for_it_change_it,
            referrals_under_way_keep_their_version,
            two_at_once_do_not_overwrite_each_other,
            hostile_uploads_change_nothing,
            an_upload_outlives_its_connection,
            a_party_revoked_midway_publishes_nothing,
            asked_twice_it_is_published_once,
            intake_goes_on_while_ten_thousand_are_checked,
            the_homes_files_undo_nothing,
            a_draft_is_not_put_in_force_by_a_restart,
            a_party_that_may_no_longer_publish_does_not,
            the_command_line_does_it_all,
            a_stale_folder_undoes_nothing,
            a_kill_leaves_one_version_or_the_next,
            home=home,
        )
        home.stop()
        home.verify()
    run(no_room_leaves_what_was, a_full_map_leaves_what_was)


if __name__ == "__main__":
    main()
