# SPDX-License-Identifier: Apache-2.0
"""The scene of silence: nobody opens a referral, the days go by, and nothing is forgotten."""

import lib
import picture
import providers
import report
import samples


class Silence:
    def __init__(self, demo):
        self.demo, self.home = demo, demo.home
        self.plan = demo.samples.index["silence"]
        self.reference = None
        self.said = []  # (what was typed, what came of it)

    def legs(self):
        shown = self.home.json("show", self.reference, as_=self.plan["as"])[0]
        return [(leg["service"], leg["state"]) for leg in shown["legs"]]

    def expect_leg(self, number, service, state):
        """The adapter stores it by itself; nobody opens it."""
        lib.wait_until(
            lambda: len(self.legs()) >= number and self.legs()[number - 1] == (service, state),
            15, f"leg {number} for {service} being {state}, not {self.legs()}", 0.05,
        )  # fmt: skip

    def advance(self, words):
        """Moves the clock; of what became due, what is about this referral."""
        moved = self.home.json("clock", "advance", words, as_="operator")[0]
        due = [event for event in moved["became_due"] if event.get("reference") == self.reference]
        shown = self.home.onward("clock", as_="operator").stdout.splitlines()[0].strip()
        self.said.append((f"onward clock advance {words}", [shown, *map(self.line, due)]))
        return [event["event"] for event in due]

    def line(self, event):
        at = report.moment(event["at"]).strftime("%a %-d %b, %H:%M")
        return f"{at:<15} {report.event_words(event, providers.service_names(self.demo))}"

    def run(self):
        plan, first, second = self.plan, *self.plan["services"]
        providers.silence_provider(self.demo, plan["provider"])
        path = samples.FOLDER / plan["file"]
        self.reference = self.home.json("refer", path, as_=plan["as"])[0]["reference"]
        self.expect_leg(1, first, "delivered")
        # A person has one working day to open it, and so has each service after the first.
        happened = self.advance("24h")
        for event in ("reminder", "expired", "matched"):
            self.demo.expect(event in happened, f"silence: no {event}: {happened}")
        self.expect_leg(2, second, "delivered")
        happened = self.advance("1d")
        for event in ("reminder", "expired", "no-service"):
            self.demo.expect(event in happened, f"silence: no second {event}: {happened}")
        queue = ["queue", "--authority", plan["place"]]
        self.queue = self.home.onward(*queue, as_=plan["coordinator"]).stdout
        waiting = self.home.json(*queue, as_=plan["coordinator"])
        found = [item["reference"] for item in waiting]
        self.demo.expect(self.reference in found, f"silence: not in the queue: {found}")
        self.assign(first)
        self.shown = self.home.json("show", self.reference, as_=plan["coordinator"])[0]
        self.forgotten()

    def assign(self, service):
        """The coordinator rings, and sends it by hand; a person there accepts."""
        words = ["assign", self.reference, service, "--reason",
                 "Rang: their system was down, they take her today"]  # fmt: skip
        self.assigned = self.home.onward(
            *words, "--user", "Women's lead", as_=self.plan["coordinator"]
        ).stdout
        self.expect_leg(3, service, "delivered")
        for action in ("receive", "accept"):
            self.home.onward(
                action, f"{self.reference}/3", "--user", "Worker Invented",
                as_=self.plan["provider"],
            )  # fmt: skip
        left = self.home.json("queue", as_=self.plan["coordinator"])
        still = [item["reference"] for item in left]
        self.demo.expect(self.reference not in still, "silence: still in the queue after a yes")

    def forgotten(self):
        """Every referral that is not over has a deadline, a date, or a place in somebody's queue."""
        queue = self.home.json("queue", as_="operator")
        queued = {item["reference"] for item in queue}
        states = self.demo.states()
        self.count, self.queued = len(states), len(queue)
        for ref, shown in states.items():
            owed = any(leg.get("deadline") for leg in shown["legs"])
            kept = owed or shown.get("deadline") or shown.get("held_until")
            over = shown["state"] in ("closed", "withdrawn")
            self.demo.expect(over or kept or shown["reference"] in queued, f"{ref} is forgotten")

    def show(self, number):
        picture.scene(
            number, "Silence",
            "A woman from Brent. The service's machine stores the referral, and nobody opens it. "
            "The clock of this rehearsal is moved by hand, through two days: a "
            "reminder, the next best service because she agreed to any, a reminder there, and "
            "then a person.",
        )  # fmt: skip
        for typed, lines in self.said:
            picture.command(typed)
            picture.output("\n".join(lines))
            picture.say()
        picture.command(f"onward --as {self.plan['coordinator']} queue --authority Brent")
        picture.output(self.queue)
        picture.say()
        picture.command(f"onward assign {self.reference} {self.plan['services'][0]} --reason …")
        picture.output(self.assigned)
        picture.say()
        picture.timeline(self.shown, providers.service_names(self.demo), set(self.demo.inboxes))
        picture.note(
            f"Of all {self.count} referrals each one that is not over has a deadline, a date, or "
            f"a place in a coordinator's queue ({self.queued} now)."
        )
