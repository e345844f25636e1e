# SPDX-License-Identifier: Apache-2.0
"""tests/samples/index.json and the files it names: what is submitted, what has to come of it."""

import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "samples"

# What a provider's answer makes of a leg.
STATE_AFTER = {
    "accept": "accepted", "decline": "declined", "waitlist": "waitlisted", "silent": "delivered",
}  # fmt: skip
ACCEPTED = {"accepted", "started", "completed"}


class Expected:
    """One referral of the index, with the referral itself."""

    def __init__(self, entry, referral, party):
        self.entry, self.referral, self.party = entry, referral, party
        self.source_ref = entry["source_ref"]
        self.pathway = referral["pathway"]
        self.authority = referral["person"]["local_authority"]
        self.place = entry["place"]
        self.legs = entry["legs"]

    def services(self):
        return [leg["service"] for leg in self.legs]

    def differences(self, shown, states=True):
        """What a broker's answer about the referral says otherwise; empty when nothing.  Without
        `states`, legs count and what providers have answered since does not."""
        found = []

        def compare(what, got, wanted):
            if got != wanted:
                found.append(f"{self.source_ref} ({self.place}): {what} is {got}, not {wanted}")

        legs = shown["legs"]
        if states:
            compare("state", shown["state"], self.entry["state"])
            compare("services", [leg["service"] for leg in legs], self.services())
            answers = [STATE_AFTER[leg["answer"]] for leg in self.legs]
            compare("answers", [leg["state"] for leg in legs], answers)
            compare("outcome", outcome(shown), self.entry["outcome"])
        else:
            count = len(legs)
            compare("services", [leg["service"] for leg in legs], self.services()[:count])
            compare("a service chosen", count > 0, len(self.legs) > 0)
        if states or not any(leg["answer"] == "decline" for leg in self.legs):
            compare("gaps", sorted(shown["gaps"]), sorted(self.entry["gaps"]))
        compare("questions", sorted(shown["questions"]), sorted(self.entry["questions"]))
        return found


class File:
    def __init__(self, entry):
        self.path = FOLDER / entry["file"]
        self.party = entry["as"]
        self.wave = entry["wave"]
        referrals = {r["source_ref"]: r for r in json.loads(self.path.read_text())}
        self.expected = []
        for one in entry["referrals"]:
            self.expected.append(Expected(one, referrals.pop(one["source_ref"]), self.party))
        assert not referrals, f"{self.path.name}: not in the index: {', '.join(referrals)}"


class Samples:
    def __init__(self):
        self.index = json.loads((FOLDER / "index.json").read_text())
        self.files = [File(entry) for entry in self.index["files"]]
        self.all = [one for file in self.files for one in file.expected]
        self.by_ref = {one.source_ref: one for one in self.all}
        assert len(self.by_ref) == len(self.all), "a source_ref stands twice in the index"
        named = {file.path.name for file in self.files} | {"index.json"}
        named |= {entry["file"] for entry in self.index["refused"] + self.index["amendments"]}
        named.add(self.index["silence"]["file"])
        left = {path.name for path in FOLDER.glob("*.json")} - named
        assert not left, f"samples that nobody submits: {', '.join(sorted(left))}"

    def wave(self, number):
        return [file for file in self.files if file.wave == number]


def outcome(shown):
    """How a referral is counted: accepted, waiting or gap."""
    if any(leg["state"] in ACCEPTED for leg in shown["legs"]):
        return "accepted"
    return "gap" if shown["state"] == "no-service" else "waiting"
