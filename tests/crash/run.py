#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at any moment, held against a ledger outside the broker.

    run.py [--rounds 20] [--seed N]

Sources submit without pause, over the wire and with `onward refer` and its spool; adapters (an
onward-inbox and one in Python) take deliveries and providers answer.  Every round kills onwardd, an
adapter or a client at a random moment and starts it again.  What was acknowledged stands in the
ledger.  At the end: nothing accepted is lost, nothing stands twice in the state, every delivery has
arrived, and the state is what the record says (`onward rebuild --verify`).
"""

import argparse
import collections
import contextlib
import json
import pathlib
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

import lib  # noqa: E402  the path is set above
from _support import Client, NoAnswer, Refused, configure, edit_service, status  # noqa: E402

# Onward-inbox answers for the alliance, the adapter in Python for Advance.
LAMBETH, CAMDEN = "E09000022", "E09000007"
SOURCES = 3
PYTHON_PARTY, INBOX_PARTY = "advance", "women-in-prison"
ALIVE = ("matched", "delivered", "received", "accepted")


class Ledger:
    """What the world outside was told.  The test's memory is not killed."""

    def __init__(self):
        self.lock = threading.Lock()
        self.tried = {}  # source_ref: referral
        self.accepted = {}  # source_ref: the answer
        self.receipts = {}  # delivery: leg, of receipts the broker acknowledged
        self.answers = collections.defaultdict(list)  # leg: actions the broker acknowledged
        self.wrong = []

    def submitted(self, answer):
        with self.lock:
            before = self.accepted.setdefault(answer["source_ref"], answer)
            if before["reference"] != answer["reference"]:
                self.wrong.append(f"two references: {before} {answer}")

    def complain(self, what):
        with self.lock:
            self.wrong.append(what)


class Load:
    """Everything that goes on while things are killed."""

    def __init__(self, home, rng):
        self.home = home
        self.ledger = Ledger()
        self.stopping = threading.Event()
        self.drained = threading.Event()
        self.counter = 0
        self.seed = rng.getrandbits(32)
        self.threads = []
        self.inbox = None
        self.adapter_epoch = 0
        self.cli = None
        self.cli_names = set()

    # Sources over the wire
    def referral(self, rng, prefix):
        with self.ledger.lock:
            self.counter += 1
            name = f"{prefix}-{self.counter}"
        person = dict(lib.sample()["person"], local_authority=rng.choice((LAMBETH, CAMDEN)))
        if rng.random() < 0.3:
            person["identifiers"] = {"local": f"PERSON-{rng.randrange(5)}"}
        referral = lib.sample(source_ref=name, person=person)
        with self.ledger.lock:
            self.ledger.tried[name] = referral
        return referral

    def source(self, number):
        rng = random.Random(self.seed + number)
        client = None
        while not self.stopping.is_set():
            referral = self.referral(rng, f"WIRE{number}")
            while True:
                try:
                    client = client or connected(self.home, "met-custody", "sources")
                    again = rng.random() < 0.2
                    for _ in range(2 if again else 1):
                        self.ledger.submitted(client.ask(
                            "submit", {"referral": referral}, timeout=2, resend=0.5))
                    break
                except NoAnswer:
                    client = closed(client)
                except Refused as refused:
                    if refused.code not in ("try-later", "reset"):
                        self.ledger.complain(f"{referral['source_ref']}: {refused}")
                        break
                except (OSError, AssertionError):
                    client = closed(client)
                if self.drained.is_set():
                    break  # the end: an unanswered one is not in the ledger
                time.sleep(0.02)
            time.sleep(rng.random() * 0.03)
        closed(client)

    # A source with the command line and its spool
    def command_line(self):
        rng = random.Random(self.seed + 100)
        while not self.stopping.is_set():
            batch = [self.referral(rng, "CLI") for _ in range(rng.randrange(1, 5))]
            command = [lib.BIN / "onward", "--home", self.home.path, "--as", "met-custody",
                       "--json", "--timeout", "2", "refer", "-"]  # fmt: skip
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True)  # fmt: skip
            self.cli = process
            out, _ = process.communicate(json.dumps(batch))
            for line in out.splitlines():
                with contextlib.suppress(ValueError):
                    answer = json.loads(line)
                    if "reference" in answer:
                        self.ledger.submitted(answer)
            if process.returncode in (lib.DONE, lib.UNREACHABLE):
                # Taken, or kept in the spool and said so: from here on it may not be lost.
                self.cli_names |= {referral["source_ref"] for referral in batch}
            elif process.returncode not in (-9, 1):
                self.ledger.complain(f"onward refer: exit code {process.returncode}: {out}")
            time.sleep(rng.random() * 0.05)

    # An adapter in Python that answers as its provider
    def adapter(self):
        rng = random.Random(self.seed + 200)
        stored = set()
        client, epoch = None, self.adapter_epoch
        while not self.drained.is_set():
            try:
                if epoch != self.adapter_epoch:
                    epoch, client = self.adapter_epoch, closed(client, abrupt=True)
                client = client or connected(
                    self.home, PYTHON_PARTY, "providers", routes=[PYTHON_PARTY], credit=8)
                delivery = client.next_delivery(timeout=0.2)
                known = delivery["delivery"] in stored
                stored.add(delivery["delivery"])
                client.ask("receipt", {
                    "delivery": delivery["delivery"],
                    "receipt": "duplicate" if known else "stored"}, timeout=2, resend=0.5)
                with self.ledger.lock:
                    self.ledger.receipts[delivery["delivery"].hex()] = delivery["leg"]
                if not known and rng.random() < 0.7:
                    self.answer(client, delivery)
            except NoAnswer:
                client = still_known(client)
            except Refused as refused:
                if refused.code not in ("try-later", "reset"):
                    self.ledger.complain(f"{PYTHON_PARTY}: {refused}")
            except (OSError, AssertionError):
                client = closed(client)
                time.sleep(0.02)
        closed(client)

    def answer(self, client, delivery):
        for action in ("received", "accepted"):
            client.ask("acknowledge", {"leg": delivery["leg"], "action": action,
                                       "delivery": delivery["delivery"]},
                       timeout=4, resend=0.5)  # fmt: skip
            with self.ledger.lock:
                self.ledger.answers[delivery["leg"]].append(action)

    # Beginning, kills, end
    def begin(self):
        for number in range(SOURCES):
            self.thread(self.source, number)
        self.thread(self.command_line)
        self.thread(self.adapter)
        self.start_inbox()

    def thread(self, target, *arguments):
        def guarded():
            try:
                target(*arguments)
            except Exception as error:  # a thread that dies must fail the test
                self.ledger.complain(f"{target.__name__}: {error!r}")
                raise

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self.threads.append(thread)

    def start_inbox(self):
        self.inbox = self.home.inbox_adapter(INBOX_PARTY, "--rehearsal-ok", "--answer", "accept")

    def kill(self, what):
        if what == "broker":
            self.home.kill()
            self.home.start(wait=False)
        elif what == "inbox":
            self.inbox.kill()
            self.start_inbox()
        elif what == "adapter":
            self.adapter_epoch += 1
        elif self.cli is not None:
            with contextlib.suppress(ProcessLookupError):
                self.cli.kill()

    def settle(self):
        """No more load; everything that is under way arrives."""
        self.stopping.set()
        self.home.wait_ready()
        for thread in self.threads[:-1]:
            thread.join(lib.patience(30))
            assert not thread.is_alive(), "a source does not come to its end"
        self.home.onward("flush", "--json", as_="met-custody", check=None, timeout_s=60)
        self.home.onward("flush", "--json", as_="met-custody", timeout_s=60)
        lib.wait_until(lambda: status(self.home)["outbox"] == 0, 60, "every delivery to arrive",
                       every_s=0.2)  # fmt: skip
        lib.wait_until(self.answered, 60, "every answer of onward-inbox", every_s=0.5)
        self.drained.set()
        self.threads[-1].join(lib.patience(10))
        self.inbox.stop()

    def answered(self):
        listed = self.home.json("list", "--service", "south-london-alliance", as_="met-custody")
        return all(leg["state"] == "accepted" for item in listed for leg in item["legs"])


def connected(home, party, endpoint, **hello):
    client = Client.at_home(home.path, party, endpoint)
    try:
        client.hello(timeout=2, **hello)
    except (NoAnswer, Refused):
        closed(client)
        raise
    return client


def still_known(client):
    """One who only waits does not hear that the broker is another one now: it has to ask."""
    try:
        if client is not None:
            client.ask("ping", timeout=1, resend=0.5)
        return client
    except (NoAnswer, Refused):
        return closed(client)


def closed(client, abrupt=False):
    if client is not None:
        if abrupt:
            client._socket.linger = 0
        client.close()
    return None


def check(load):
    """The state against the ledger."""
    home, ledger = load.home, load.ledger
    wrong = list(ledger.wrong)
    listed = home.json("list", as_="met-custody")
    by_name = collections.defaultdict(list)
    for item in listed:
        by_name[item["source_ref"]].append(item)
    for name, items in by_name.items():
        if len(items) > 1:
            wrong.append(f"{name} stands {len(items)} times")
        if name not in ledger.tried:
            wrong.append(f"{name} was never sent")
        services = [leg["service"] for item in items for leg in item["legs"]]
        if len(services) != len(set(services)) or len(services) != 1:
            wrong.append(f"{name} has legs {services}")
        state = items[0]["legs"][0]["state"] if items[0]["legs"] else "none"
        if state not in ALIVE or state == "matched":
            wrong.append(f"{name}: its leg is {state}")
    for name, answer in ledger.accepted.items():
        if name not in by_name:
            wrong.append(f"{name} was accepted and is lost")
        elif by_name[name][0]["reference"] != answer["reference"]:
            wrong.append(f"{name} has another reference now")
    for name in load.cli_names:
        if name not in by_name:
            wrong.append(f"{name} was taken by `onward refer` and is lost")
    states = {leg["id"]: leg["state"] for item in listed for leg in item["legs"]}
    for leg, actions in ledger.answers.items():
        if states.get(leg) not in ALIVE or ALIVE.index(states[leg]) < ALIVE.index(actions[-1]):
            wrong.append(f"{leg} was {actions[-1]} and is {states.get(leg)}")
    for leg in ledger.receipts.values():
        if states.get(leg, "matched") == "matched":
            wrong.append(f"{leg} has a receipt and is {states.get(leg)}")
    return wrong


def kept_twice(home):
    """What onward-inbox holds: every leg once."""
    done = home.run([lib.BIN / "onward-inbox", "--home", home.path, "--as", INBOX_PARTY, "--list",
                     "--json"])  # fmt: skip
    kept = [json.loads(line) for line in done.stdout.splitlines()]
    counts = collections.Counter(item["leg"] for item in kept if item.get("kind") == "referral")
    return [f"onward-inbox keeps {leg} {n} times" for leg, n in counts.items() if n > 1], counts


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    options = arguments.parse_args()
    print(f"crash test: {options.rounds} rounds, --seed {options.seed}", flush=True)
    rng = random.Random(options.seed)
    began = time.monotonic()
    kills = collections.Counter()
    with lib.Home(areas=["london-2018"]) as home:
        configure(home, attempt_timeout_ms=int(lib.patience(500)), retry_first_ms=50,
                  retry_most_ms=500)  # fmt: skip
        edit_service(home, "advance-minerva-wraparound", "capacity:\n  caseload: 360\n"
                     "  per_year: 700\n", "capacity: not-stated\n")  # fmt: skip
        home.start()
        load = Load(home, rng)
        load.begin()
        for number in range(options.rounds):
            time.sleep(rng.uniform(0.1, 1.5))
            what = rng.choice(("broker", "broker", "broker", "inbox", "adapter", "client"))
            load.kill(what)
            kills[what] += 1
            home.wait_ready()
            if load.ledger.wrong:
                break
            if (number + 1) % 10 == 0:
                print(f"  {number + 1} rounds: {len(load.ledger.accepted)} accepted", flush=True)
        load.settle()
        wrong = check(load)
        doubled, kept = kept_twice(home)
        wrong += doubled
        home.stop()
        verified = home.verify().stdout.strip()
        took = time.monotonic() - began
        for line in wrong[:20]:
            print("  " + line, flush=True)
        named = ", ".join(f"{what} {n}" for what, n in sorted(kills.items()))
        print(f"killed {named}; {verified}", flush=True)
        print(f"tried {len(load.ledger.tried)}, accepted {len(load.ledger.accepted)}, "
              f"receipts {len(load.ledger.receipts) + len(kept)}, wrong {len(wrong)}, "
              f"{took:.0f} s, --seed {options.seed}", flush=True)  # fmt: skip
        assert not wrong, f"{len(wrong)} things are wrong; again with --seed {options.seed}"


if __name__ == "__main__":
    main()
