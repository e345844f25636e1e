#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stopping, crashing, starting again, and changing the home's files under a running broker."""

import os
import signal
import socket
import subprocess
import threading
import time

import lib
from _support import (
    ALLIANCE, LONDON, NoAnswer, Refused, edit_service, expect_refused, home_running, leg_states,
    provider, run, service_path, source, status, take, take_for,
)  # fmt: skip


def stopping_loses_what_was_taken_in():
    """SIGTERM under load: exit code 0, and everything that was accepted is there."""
    with home_running() as home:
        accepted = {}
        done = threading.Event()

        def submit():
            with source(home) as client:
                while not done.is_set():
                    referral = lib.sample()
                    try:
                        answer = client.submit(referral, timeout=0.5)
                        accepted[answer["source_ref"]] = answer["reference"]
                    except Refused as refused:
                        assert refused.code == "try-later", refused
                    except NoAnswer:
                        return

        threads = [threading.Thread(target=submit) for _ in range(3)]
        for thread in threads:
            thread.start()
        lib.wait_until(lambda: len(accepted) > 50, what="some load")
        begin = time.monotonic()
        home.stop()
        took = time.monotonic() - begin
        done.set()
        for thread in threads:
            thread.join()
        assert took < lib.patience(5), f"stopping took {took:.1f} s"
        home.verify()
        home.start()
        have = {i["source_ref"]: i["reference"] for i in home.json("list", as_="met-custody")}
        assert all(have.get(name) == reference for name, reference in accepted.items())


def a_crash_ends_deliveries_and_follows():
    with home_running() as home:
        references = [home.refer(lib.sample())[0]["reference"] for _ in range(3)]
        with provider(home, credit=1) as adapter, source(home) as client:
            first = take(adapter)
            adapter.receipt(first["delivery"])
            second = take(adapter)
            seen = []
            for event in client.follow(0, timeout=0.5):
                seen.append(event)
            after = seen[-1]["seq"]
            home.kill()
            home.start()
            # The same connections: ZeroMQ connects again, `reset` has them say hello again.
            adapter.ping(timeout=lib.patience(20))
            again = take(adapter)
            assert again["delivery"] == second["delivery"], "another delivery after the restart"
            while status(home)["outbox"]:
                adapter.receipt(again["delivery"])
                if status(home)["outbox"]:
                    again = take(adapter)
            client.ping(timeout=lib.patience(20))
            more = list(client.follow(after, timeout=1.0))
            assert more and all(event["seq"] > after for event in more), more
            whole = list(client.follow(0, timeout=1.0))
            assert whole == seen + more, "an event was lost or came twice"
        for reference in references:
            assert leg_states(home, reference) == {ALLIANCE: "delivered"}
        home.stop()
        home.verify()


def a_second_broker_runs_in_the_same_home():
    with home_running() as home:
        done = home.run([lib.BIN / "onwardd", "--home", home.path], check=None, timeout_s=20)
        assert done.returncode not in (0, -9) and "another onwardd" in done.stderr, done
        assert status(home)["mode"] == "rehearsal"


def a_stale_socket_stops_the_start():
    with lib.Home(areas=LONDON) as home:
        with socket.socket(socket.AF_UNIX) as stale:
            here = os.getcwd()
            os.chdir(home.path / "run")  # a socket's path is short
            stale.bind("sources.sock")
            os.chdir(here)
        home.start()
        home.refer(lib.sample())


def hang_up(home, *words):
    """SIGHUP; waits until the log says each of the words again."""
    words = words or ("directory read again", "parties read again")
    before = {word: home.broker.text().count(word) for word in words}
    home.broker.signal(signal.SIGHUP)
    for word in words:
        lib.wait_until(
            lambda word=word: home.broker.text().count(word) > before[word], 10,
            f"'{word}' in the log")  # fmt: skip


def a_changed_directory_waits_for_a_restart():
    with home_running() as home:
        assert status(home)["directory_version"] == 1
        hang_up(home)
        assert status(home)["directory_version"] == 1, "the same files are another version"
        edit_service(home, ALLIANCE, "intake: open", "intake: paused")
        hang_up(home)
        assert status(home)["directory_version"] == 2
        taken = home.refer(lib.sample())[0]
        assert taken["directory_version"] == 2 and not taken["legs"], taken
        edit_service(home, ALLIANCE, "intake: paused", "intake: open")
        told = home.onward("reload", as_="operator").stdout
        assert "rollback 1" in told and status(home)["directory_version"] == 2, told
        home.onward("directory", "rollback", "1", "--message", "It is open again")
        assert status(home)["directory_version"] == 3
        assert home.refer(lib.sample())[0]["legs"]
        home.restart()
        assert status(home)["directory_version"] == 3


def a_changed_parties_file_waits_for_a_restart():
    with home_running() as home:
        with source(home) as client:
            client.ping()
            path = home.path / "parties.yaml"
            text = path.read_text()
            at = text.index("id: met-custody")
            end = text.index("  - id:", at)
            path.write_text(text[:at].rsplit("  - ", 1)[0] + text[end:])
            hang_up(home)
            expect_refused("not-allowed", client.ping)
            path.write_text(text)
            hang_up(home)
            client.hello()
            client.ping()


def an_error_in_the_directory_stops_the_running_broker():
    with home_running() as home:
        path = service_path(home, ALLIANCE)
        good = path.read_text()
        line = good.splitlines().index("  - Lambeth") + 1
        path.write_text(good.replace("  - Lambeth\n", "  - Lamberth\n"))
        place = f"{ALLIANCE}.yaml:{line}"
        hang_up(home, "stays")
        log = home.broker.text()
        assert place in log and "authorities[" in log, log
        assert "did you mean" in log and "Lambeth" in log
        refused = home.onward("reload", as_="operator", check=None)
        assert refused.returncode == lib.REFUSED and place in refused.stderr, refused
        error = home.json("reload", as_="operator", check=lib.REFUSED)[0]["error"]
        assert error["code"] == "config" and place in error["field"], error
        taken = home.refer(lib.sample())[0]
        assert taken["directory_version"] == 1 and taken["legs"]
        # A restart goes on with what was published, and says so.
        home.restart()
        assert place in home.broker.text()
        assert home.refer(lib.sample())[0]["directory_version"] == 1
        checked = home.run([lib.BIN / "onwardd", "--home", home.path, "--check"], check=None)
        assert checked.returncode != 0 and place in checked.stdout, checked
        path.write_text(good)
        hang_up(home)
        assert status(home)["directory_version"] == 1, "the same content is another version"


def an_error_in_the_parties_shuts_everybody_out():
    with home_running() as home:
        path = home.path / "parties.yaml"
        good = path.read_text()
        path.write_text(good.replace("kind: police", "kind: polise", 1))
        line = path.read_text().splitlines().index("    kind: polise") + 1
        hang_up(home, "stays")
        assert f"parties.yaml:{line}" in home.broker.text(), home.broker.text()
        with source(home) as client:
            assert client.submit(lib.sample())["state"] == "open"


def a_first_start_without_a_valid_directory_serves():
    with lib.Home(areas=LONDON) as home:
        edit_service(home, ALLIANCE, "role: lead", "role: leed")
        line = service_path(home, ALLIANCE).read_text().splitlines().index("role: leed") + 1
        done = home.run([lib.BIN / "onwardd", "--home", home.path], check=None, timeout_s=20)
        assert done.returncode not in (0, -9), done
        assert f"{ALLIANCE}.yaml:{line}" in done.stderr and "role" in done.stderr, done.stderr
        edit_service(home, ALLIANCE, "role: leed", "role: lead")
        home.start()
        home.refer(lib.sample())


def check_starts_something_or_misses_a_fault():
    with lib.Home(areas=LONDON) as home:
        command = [lib.BIN / "onwardd", "--home", home.path, "--check"]
        done = home.run(command)
        assert "all is well" in done.stdout, done.stdout
        assert not list((home.path / "store").iterdir()), "--check made a store"
        faults = [
            ("onward.yaml", "mode: rehearsal", "mode: rehearsel"),
            ("onward.yaml", "drain_ms: 10000", "drain_ms: -1"),
            ("onward.yaml", "drain_ms: 10000", "drian_ms: 10000"),
            ("parties.yaml", "kind: police", "kind: polis"),
            ("parties.yaml", "id: operator", "id: Operator"),
        ]  # fmt: skip
        for name, old, new in faults:
            path = home.path / name
            good = path.read_text()
            bad = good.replace(old, new, 1)
            line = next(n for n, text in enumerate(bad.splitlines(), 1) if new in text)
            path.write_text(bad)
            done = home.run(command, check=None)
            assert done.returncode != 0 and f"{name}:{line}" in done.stdout, (new, done.stdout)
            path.write_text(good)
        key = home.path / "keys" / "broker.key"
        key.chmod(0o644)
        assert home.run(command, check=None).returncode != 0, "a key that all can read"
        key.chmod(0o600)
        (home.path / "keys" / "broker.pub").write_text("x" * 40)
        assert home.run(command, check=None).returncode != 0, "another public key"


def a_live_home_has_a_manual_clock():
    with lib.Home(init=False) as home:
        home.onward("init", home.path, "--area", "london-2018")
        command = [lib.BIN / "onwardd", "--home", home.path, "--clock", lib.CLOCK]
        assert home.run(command, check=None, timeout_s=10).returncode == lib.USAGE


def a_killed_start_leaves_a_home_that_cannot_start():
    """kill -9 while the first start makes the store."""
    with lib.Home(areas=LONDON) as home:
        for wait in (0.001, 0.004, 0.008, 0.012, 0.016, 0.02, 0.03):
            process = subprocess.Popen(
                [lib.BIN / "onwardd", "--home", home.path, "--clock", lib.CLOCK],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
            time.sleep(wait)
            process.kill()
            process.wait()
        home.start()
        reference = home.refer(lib.sample())[0]["reference"]
        with provider(home) as adapter:
            adapter.receipt(take_for(adapter, reference)["delivery"])
        home.stop()
        home.verify()


def main():
    run(
        stopping_loses_what_was_taken_in,
        a_crash_ends_deliveries_and_follows,
        a_second_broker_runs_in_the_same_home,
        a_stale_socket_stops_the_start,
        a_changed_directory_waits_for_a_restart,
        a_changed_parties_file_waits_for_a_restart,
        an_error_in_the_directory_stops_the_running_broker,
        an_error_in_the_parties_shuts_everybody_out,
        a_first_start_without_a_valid_directory_serves,
        check_starts_something_or_misses_a_fault,
        a_live_home_has_a_manual_clock,
        a_killed_start_leaves_a_home_that_cannot_start,
    )


if __name__ == "__main__":
    main()
