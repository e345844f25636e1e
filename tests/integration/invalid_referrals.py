#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Referrals that cannot be: refused with the field's path, nothing stored, nothing said of her."""

import json

import lib
from _support import expect_refused, home_running, refusals, run, source, status

SECRET = "Zz-never-to-be-seen"


def person(**changes):
    return lib.sample(person={**lib.sample()["person"], **changes})


def consent(**changes):
    return lib.sample(consent=[{**lib.sample()["consent"][0], **changes}])


def without(member):
    return {key: value for key, value in lib.sample().items() if key != member}


def caution(born):
    changed = person(date_of_birth=born)
    changed["justice"] = {**changed["justice"], "disposal": "conditional-caution"}
    return changed


# What, code, field, referral.
CASES = [
    ("an unknown need", "invalid", "needs[1].code",
     lib.sample(needs=[{"code": "accommodation"}, {"code": "acommodation"}])),
    ("a need twice", "invalid", "needs[1].code",
     lib.sample(needs=[{"code": "accommodation"}, {"code": "accommodation"}])),
    ("no need", "missing", "needs", lib.sample(needs=[])),
    ("30 February", "invalid", "person.date_of_birth", person(date_of_birth="1987-02-30")),
    ("29 February of a common year", "invalid", "justice.court_date",
     lib.sample(justice={"court_date": "2019-02-29"})),
    ("a time without a zone", "invalid", "occurred_at",
     lib.sample(occurred_at="2019-06-12T20:10:00")),
    ("the 25th hour", "invalid", "occurred_at",
     lib.sample(occurred_at="2019-06-12T25:10:00+01:00")),
    ("a birth in the future", "invalid", "person.date_of_birth",
     person(date_of_birth="2019-06-13")),
    ("a birth 121 years ago", "invalid", "person.date_of_birth",
     person(date_of_birth="1898-06-01")),
    ("an unknown authority", "invalid", "person.local_authority",
     person(local_authority="E09000099")),
    ("an authority by name", "invalid", "person.local_authority",
     person(local_authority="Lambeth")),
    ("a misspelt key", "unknown-field", "contact.safe_to_cal",
     lib.sample(contact={"phone": SECRET, "safe_to_cal": True})),
    ("a misspelt key at the top", "unknown-field", "conzent", lib.sample(conzent=[])),
    ("no consent", "missing", "consent", without("consent")),
    ("an empty consent", "no-consent", "consent", lib.sample(consent=[])),
    ("consent withheld", "no-consent", "consent[0].state", consent(state="withheld")),
    ("consent withdrawn", "no-consent", "consent[0].state", consent(state="withdrawn")),
    ("consent expired", "no-consent", "consent[0].state", consent(state="expired")),
    ("an unknown state of consent", "invalid", "consent[0].state", consent(state="maybe")),
    ("an adult caution at 17", "invalid", "justice.disposal", caution("2001-06-13")),
    ("a control character", "invalid", "person.given_name", person(given_name=SECRET + "\x07")),
    ("a newline in a name", "invalid", "person.given_name", person(given_name=SECRET + "\n")),
    ("text turned round", "invalid", "person.family_name",
     person(family_name=SECRET + "\u202e")),
    ("an empty text", "invalid", "person.given_name", person(given_name="")),
    ("a long text", "too-large", "person.given_name", person(given_name="A" * 257)),
    ("a number for a text", "invalid", "person.given_name", person(given_name=7)),
    ("a text for a number", "invalid", "person.dependent_children",
     person(dependent_children="2")),
    ("21 children", "invalid", "person.dependent_children", person(dependent_children=21)),
    ("yes for true", "invalid", "person.pregnant", person(pregnant="yes")),
    ("an unknown pathway", "invalid", "pathway", lib.sample(pathway="diversions")),
    ("no source_ref", "missing", "source_ref", without("source_ref")),
    ("no person", "missing", "person", without("person")),
    ("65 languages", "too-large", "person.languages", person(languages=["so"] * 65)),
]  # fmt: skip


def an_invalid_referral_is_stored_or_refused_without_its_field(home):
    before, counted = status(home), refusals(home)
    wrong = []
    for what, code, field, referral in CASES:
        answer = home.refer(referral, check=lib.REFUSED)[0]
        error = answer.get("error", {})
        if error.get("field") != field or (code and error.get("code") != code):
            wrong.append(f"{what}: {error}, expected {code} {field}")
        if not error.get("message"):
            wrong.append(f"{what}: no message")
        if SECRET in json.dumps(answer):
            wrong.append(f"{what}: the answer tells a personal value")
        if answer["source_ref"] != referral.get("source_ref", ""):
            wrong.append(f"{what}: source_ref {answer.get('source_ref')}")
    assert not wrong, "\n".join(["", *wrong])
    after = status(home)
    for key in ("referrals", "legs_open", "outbox"):
        assert after[key] == before[key], f"something was stored: {before} -> {after}"
    grown = sum(refusals(home).values()) - sum(counted.values())
    assert grown >= len(CASES), f"{grown} refusals counted of {len(CASES)}"
    assert home.json("list", as_="met-custody") == []
    assert SECRET not in home.broker.text(), "the log tells a personal value"


def the_wire_answers_otherwise_than_the_command_line(home):
    wrong = []
    with source(home) as client:
        for what, code, field, referral in CASES:
            try:
                refused = expect_refused(code or "invalid", client.submit, referral)
                if refused.field not in (field, "referral." + field):
                    wrong.append(f"{what}: {refused}, expected {field}")
            except AssertionError as error:
                wrong.append(f"{what}: {error}")
    assert not wrong, "\n".join(["", *wrong])


def an_adult_is_refused_her_caution(home):
    assert home.refer(caution("2001-06-12"))[0]["state"], "18 on the day"


def good_ones_beside_a_bad_one_are_lost(home):
    good, bad, other = lib.sample(), person(date_of_birth="1987-02-30"), lib.sample()
    answers = home.refer(good, bad, other, check=lib.REFUSED)
    assert [("error" in answer) for answer in answers] == [False, True, False]
    assert [a["source_ref"] for a in answers] == [r["source_ref"] for r in (good, bad, other)]
    names = [item["source_ref"] for item in home.json("list", as_="met-custody")]
    assert bad["source_ref"] not in names and good["source_ref"] in names


def a_broken_file_sends_something(home):
    before = status(home)["referrals"]
    for text in ('{"source_ref": "A"', "[1]", "", '{"a": 1, "a": 2}', "{\"a\": \"\xff"):
        done = home.onward("refer", "-", as_="met-custody", check=None, input=text)
        assert done.returncode in (lib.REFUSED, lib.USAGE), (text, done.returncode, done.stderr)
    assert status(home)["referrals"] == before


def main():
    with home_running() as home:
        run(
            an_invalid_referral_is_stored_or_refused_without_its_field,
            the_wire_answers_otherwise_than_the_command_line,
            an_adult_is_refused_her_caution,
            good_ones_beside_a_bad_one_are_lost,
            a_broken_file_sends_something,
            home=home,
        )
        home.stop()


if __name__ == "__main__":
    main()
