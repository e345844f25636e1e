#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, end to end: referrals go in at every kind of source, are matched, forwarded,
answered and followed, through a kill -9 of the broker.  Everything is checked against
tests/samples/index.json; exit code 1 and a list when anything came out otherwise."""

import json
import pathlib
import shutil
import signal
import sys
import traceback

import lib
import picture
import providers
import report
import samples
import scenes
import silence
import totals

FOLDER = lib.SOURCE / "build" / "demo"
# What a source is told of a referral's state, in words.
TOLD = {
    "open": "to services",
    "no-service": "no service found",
    "needs-information": "to be completed",
    "scheduled": "held until its date",
}
# Of the sources that refer around the kill: those that begin before it, and one that does not
# wait for the broker but keeps its referrals in its spool.
FIRST = 4
SPOOLING = "nps-london"


def answers_in(log):
    """The answers that `onward refer --json` has printed so far, by source_ref."""
    found = {}
    for line in log.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("{") and line.endswith("\n"):
            answer = json.loads(line)
            found[answer["source_ref"]] = answer
    return found


class Demo:
    def __init__(self, home):
        self.home = home
        self.samples = samples.Samples()
        self.wrong = []  # sentences
        self.answers = {}  # source_ref -> the answer of `onward refer`
        self.inboxes = []  # parties
        self.kill = {}

    def expect(self, condition, sentence):
        if not condition:
            self.wrong.append(sentence)

    # Before the evening begins.
    def prepare(self):
        listed = self.home.json("party", "list")
        where = self.home.path.relative_to(lib.SOURCE)
        areas = ", ".join(self.samples.index["areas"])
        picture.step(
            "home",
            f"{where}: {len(listed)} parties with keys of their own; the directories {areas}",
        )
        for edit in self.samples.index["edits"]:
            path = self.home.path / "directory" / edit["file"]
            text = path.read_text(encoding="utf-8")
            assert text.count(edit["from"]) == 1, f"{path}: {edit['from']} is not there once"
            path.write_text(text.replace(edit["from"], edit["to"]), encoding="utf-8")
            picture.step(
                "directory", f"for the rehearsal {edit['service']} gets {edit['to']}, {edit['why']}"
            )
        self.home.start(clock=self.samples.index["clock"])
        picture.step(
            "onwardd",
            f"process {self.home.broker.pid}, the clock stands at 21:40 on Wednesday 12 June 2019; "
            "all below speak to it over CURVE",
        )

    # Sources.
    def submit(self, file, *more):
        """A source process of its own, in the background."""
        command = [lib.BIN / "onward", "--home", self.home.path, "--as", file.party, "--json"]
        name = f"source-{file.path.stem}"
        return self.home.spawn([*command, *more, "refer", file.path], name, split=True)

    def take_answers(self, file, answers):
        """Keeps and checks what the source was told, and says it in a line."""
        told = dict.fromkeys(TOLD, 0)
        for one in file.expected:
            answer = answers.get(one.source_ref)
            if answer is None or "error" in answer:
                self.expect(False, f"{one.source_ref} was not taken: {answer}")
                continue
            self.answers[one.source_ref] = answer
            self.wrong += one.differences(answer, states=False)
            told[answer["state"]] = told.get(answer["state"], 0) + 1
        said = ", ".join(f"{count} {TOLD[state]}" for state, count in told.items() if count)
        picture.step("source", f"{file.party:<20}{len(file.expected):3}   {said}")

    def first_wave(self):
        brixton, *others = self.samples.wave(1)
        shown = brixton.path.relative_to(lib.SOURCE)
        self.brixton = brixton
        self.shown_path = shown
        self.asked = self.home.onward("explain", brixton.path, as_=brixton.party).stdout
        self.referred = self.home.onward("refer", brixton.path, as_=brixton.party).stdout
        # The same again: what a nervous source does.  It is the same referral.
        again = self.home.json("refer", brixton.path, as_=brixton.party)
        self.expect(again[0]["duplicate"], "the same referral again was not recognised")
        self.take_answers(brixton, {again[0]["source_ref"]: again[0]})
        running = [(file, self.submit(file)) for file in others]
        for file, process in running:
            code = process.process.wait(30)
            self.expect(code == 0, f"onward refer {file.path.name} ended with {code}")
            self.take_answers(file, answers_in(process.log))

    def refused(self):
        for entry in self.samples.index["refused"]:
            path = samples.FOLDER / entry["file"]
            told = self.home.json("refer", path, as_=entry["as"], check=lib.REFUSED)[0]
            error = told.get("error", {})
            got = (error.get("code"), error.get("field"))
            why = f"{entry['scene']}: {got[0]} at {got[1]}"
            picture.step("refused", f"{entry['as']:<20}  1   {why}")
            self.expect(
                got == (entry["code"], entry["field"]), f"{entry['source_ref']}: refused as {got}"
            )

    def states(self):
        """What the broker holds, by source_ref."""
        return {one["source_ref"]: one for one in self.home.json("list", as_="operator")}

    # The kill.
    def second_wave(self):
        files = self.samples.wave(2)
        spooling = [file for file in files if file.party == SPOOLING]
        files = [file for file in files if file.party != SPOOLING]
        running = [(file, self.submit(file, "--timeout", "25")) for file in files[:FIRST]]
        lib.wait_until(
            lambda: any(answers_in(p.log) for _, p in running), 10, "a first answer", 0.001
        )
        pid = self.home.broker.pid
        self.home.kill()
        before = dict(self.answers)
        for _, process in running:
            before.update(answers_in(process.log))
        picture.step(
            "kill -9",
            f"onwardd (process {pid}) is gone, in the middle of it: {len(before)} referrals have "
            f"been answered, {FIRST} sources are sending",
        )
        running += [(file, self.submit(file, "--timeout", "25")) for file in files[FIRST:]]
        kept = [(file, self.submit(file, "--timeout", "1")) for file in spooling]
        for file, process in kept:
            code = process.process.wait(10)
            self.expect(code == lib.UNREACHABLE, f"onward refer without a broker ended with {code}")
        picture.step(
            "away",
            f"{len(running) - FIRST} more sources refer meanwhile and wait; {SPOOLING} does not: "
            "its referrals are kept in its spool",
        )
        self.restart(before)
        for file, process in running:
            code = process.process.wait(40)
            self.expect(code == 0, f"onward refer {file.path.name} ended with {code}")
            self.take_answers(file, answers_in(process.log))
        for file, process in kept:
            flushed = self.home.json("flush", as_=file.party)
            self.take_answers(file, {answer["source_ref"]: answer for answer in flushed})
        late = {ref: answer for ref, answer in self.answers.items() if ref not in before}
        spooled = sum(len(file.expected) for file in spooling)
        repeated = sum(1 for answer in late.values() if answer["duplicate"])
        after = len(late) - repeated - spooled
        self.kill.update(before=len(before), repeated=repeated, spooled=spooled, after=after)

    def restart(self, before):
        self.home.start(clock=self.samples.index["clock"])
        found = self.states()
        for ref, answer in before.items():
            same = ref in found and found[ref]["reference"] == answer["reference"]
            self.expect(same, f"{ref} was answered before the kill and is not there after it")
        picture.step(
            "onwardd",
            f"starts again as process {self.home.broker.pid}: all {len(before)} that were answered "
            "are there, with the same references",
        )

    def amend(self):
        for entry in self.samples.index["amendments"]:
            reference = self.answers[entry["source_ref"]]["reference"]
            path = samples.FOLDER / entry["file"]
            self.home.onward("amend", reference, path, as_=entry["as"])
            told = self.home.json("show", reference, as_=entry["as"])[0]["timeline"]
            self.expect(any(e["event"] == "amended" for e in told), f"{reference} was not amended")
            picture.step("amended", f"{entry['as']:<20}  1   {entry['scene']}")

    # The end.
    def settle(self):
        """Waits until everything is as the index says; what is not is told."""

        def wrong():
            found = self.states()
            bad = []
            for one in self.samples.all:
                shown = found.get(one.source_ref)
                gone = [f"{one.source_ref} is not there"]
                bad += gone if shown is None else one.differences(shown)
            return bad

        def settled():
            status = self.home.json("status", as_="operator")[0]
            return status["outbox"] == 0 and not wrong()

        try:
            lib.wait_until(settled, 15, "every answer", 0.2)
        except AssertionError as error:
            self.wrong += wrong() or [str(error)]
        return self.states()

    def check_stores(self, found):
        wanted = set()
        for one in found.values():
            wanted |= {(leg["id"], leg["service"]) for leg in one["legs"]}
        stores = providers.stores(self).values()
        kept = [(leg["leg"], leg["service"]) for store in stores for leg in store]
        for leg, service in sorted(wanted - set(kept)):
            self.expect(False, f"{leg} for {service} is not in the provider's store")
        for leg, service in sorted(set(kept) - wanted):
            self.expect(
                False, f"{leg} for {service} was delivered, and the broker knows of no such leg"
            )
        self.expect(len(kept) == len(set(kept)), "a provider kept a delivery twice")

        self.kill.update(legs=len(wanted), kept=len(kept))

    def show(self, one):
        reference = self.answers[one.source_ref]["reference"]
        return self.home.onward("show", reference, as_=one.party).stdout

    def look(self, found):
        """The views that the scenes show, while the broker still runs."""
        one = self.brixton.expected[0]
        view = {"shown": self.show(one)}
        legs = found[one.source_ref]["legs"]
        inbox = self.home.json("inbox", as_=providers.provider_of(self, legs[0]["service"]))
        view["delivered"] = next(item["referral"] for item in inbox if item["leg"] == legs[0]["id"])
        view["fields"] = scenes.load_fields(self.home)
        explained = self.home.json("explain", self.brixton.path, as_=one.party)[0]["services"]
        view["others"] = sum(1 for service in explained if service["verdict"] != "eligible")
        gap = self.samples.by_ref["SAMPLE-MET-13"]
        view["gap"] = self.show(gap)
        asked = json.dumps(gap.referral)
        view["gap_explained"] = self.home.json("explain", "-", as_=gap.party, input=asked)[0]
        return view

    def stop(self):
        """Every process ends by itself; all are asked first, then waited for."""
        running = [process for process in self.home.processes if process.running()]
        inboxes = [process for process in running if process is not self.home.broker]
        for process in inboxes:
            process.signal(signal.SIGTERM)
        for process in inboxes:
            code = process.stop()
            self.expect(
                code in (0, lib.UNREACHABLE), f"{' '.join(process.command)} ended with {code}"
            )
        self.home.stop()
        verified = self.home.onward("rebuild", "--verify", check=None)
        self.expect(
            verified.returncode == 0, f"rebuild --verify: {verified.stdout}{verified.stderr}"
        )
        self.kill["verify"] = (verified.stdout + verified.stderr).strip()
        picture.step(
            "stopped",
            "every process by itself; the state, built again from the journal, is the same",
        )


def run(demo):
    demo.prepare()
    providers.start_inboxes(demo)
    demo.first_wave()
    demo.refused()
    demo.second_wave()
    providers.people_answer(demo)
    demo.amend()
    found = demo.settle()
    demo.check_stores(found)
    view = demo.look(found)
    silent = silence.Silence(demo)
    silent.run()
    demo.stop()
    scenes.custody(demo.asked, demo.referred, view["shown"], view["others"], demo.shown_path)
    one = demo.brixton.expected[0]
    scenes.disclosure(one.referral, view["delivered"], view["fields"], "the South London Alliance")
    scenes.gap(view["gap"], view["gap_explained"], "Redbridge")
    scenes.killed(demo.kill)
    silent.show(5)
    total = totals.show(demo, found, 6)
    lost = len([ref for ref in demo.answers if ref not in found])
    demo.expect(lost == 0, f"{lost} referrals are lost")
    demo.expect(
        total[0] == len(demo.samples.all),
        f"{total[0]} of {len(demo.samples.all)} samples were submitted",
    )
    picture.say()
    for sentence in dict.fromkeys(demo.wrong):
        picture.say(f"NOT AS EXPECTED  {sentence}")
    submitted, accepted, waiting, gaps, _ = total
    figures = [
        (submitted, "submitted"), (accepted, "accepted"), (waiting, "waiting"), (gaps, "gaps"),
        (lost, "lost"),
    ]  # fmt: skip
    page = FOLDER / "report.html"
    page.write_text(report.page(picture.RECORD, figures, demo.wrong, first=6), encoding="utf-8")
    picture.say(f"The evening as a page to forward: {page.relative_to(lib.SOURCE)}")
    picture.say(
        f"submitted {submitted}, accepted {accepted}, waiting {waiting}, gaps {gaps}, lost {lost}"
    )
    return 1 if demo.wrong else 0


def main():
    shutil.rmtree(FOLDER / "home", ignore_errors=True)
    shutil.rmtree(FOLDER / "logs", ignore_errors=True)
    logs = pathlib.Path(FOLDER / "logs")
    logs.mkdir(parents=True)
    index = samples.Samples().index
    picture.title(
        "Onward: one evening in June 2019",
        "A rehearsal. Every woman is invented, every provider's answer is simulated; the services "
        "are real.",
        "",
    )
    with lib.Home(areas=index["areas"], path=FOLDER / "home", folder=logs) as home:
        try:
            code = run(Demo(home))
        except Exception as error:  # whatever it was, the processes end and the logs stay
            if not isinstance(error, AssertionError):
                traceback.print_exc()
            picture.say(f"NOT AS EXPECTED  {error}")
            picture.say(f"the programs' logs are in {logs.relative_to(lib.SOURCE)}")
            code = 1
        sys.exit(code)


if __name__ == "__main__":
    main()
