/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
/*
 * Every clock: when it runs out, what is said before, and what happens then.  Time is Wednesday 12
 * June 2019, 21:40 in London.
 */
static struct fixture fixture;

static void setup(void)
{
	fixture_init(&fixture);
}

static void teardown(void)
{
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

TestSuite(clocks, .init = setup, .fini = teardown);

static const char *shown(const char *reference, const char *path)
{
	cr_assert_eq(fixture_show(&fixture, "operator", reference), ERR_OK);
	return fixture_text(&fixture, path);
}

/* The events of the timeline with this name. */
static size_t told(const char *party, const char *reference, const char *event)
{
	size_t count = 0;
	cr_assert_eq(fixture_show(&fixture, party, reference), ERR_OK);
	for (size_t i = 0; i < fixture_count(&fixture, "timeline"); i++) {
		char path[64];
		(void)snprintf(path, sizeof(path), "timeline[%zu].event", i);
		count += strcmp(fixture_text(&fixture, path), event) == 0;
	}
	return count;
}

static const char *leg_of(const char *reference, int number)
{
	return arena_printf(&fixture.arena, "%s/%d", reference, number).ptr;
}

static void act(const char *route, const char *reference, const char *action)
{
	cr_assert_eq(fixture_act(&fixture, route, leg_of(reference, 1), action, NULL), ERR_OK,
		"%s: %s %s", action, fixture.reply.fault.field, fixture.reply.fault.message);
}

/* Where the clocks of the test are to run: two services take her needs, advance first. */
static const char *refer(const char *more)
{
	return fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", more);
}

static const struct {
	const char *party, *pathway;
	const char *acts[4]; /* after the delivery, which is one of them: "deliver" */
	const char *state, *clock, *deadline;
} begins[] = {
	{"london-crc", "community", {NULL}, "matched", "delivery-window", "2019-06-13T20:40:00Z"},
	{"met-custody", "diversion", {NULL}, "matched", "delivery-window", "2019-06-13T00:40:00Z"},
	{"court-westminster", "court", {NULL}, "matched", "delivery-window",
		"2019-06-13T00:40:00Z"},
	{"london-crc", "community", {"deliver"}, "delivered", "receipt", "2019-06-13T20:40:00Z"},
	{"london-crc", "community", {"deliver", "received"}, "received", "decision",
		"2019-06-14T20:40:00Z"},
	{"london-crc", "community", {"deliver", "accepted"}, "accepted", "first-contact",
		"2019-06-26T20:40:00Z"},
	{"met-custody", "diversion", {"deliver", "accepted"}, "accepted", "first-contact",
		"2019-06-14T20:40:00Z"},
	{"london-crc", "community", {"deliver", "accepted", "contact-attempted"}, "accepted",
		"start", "2019-07-10T20:40:00Z"},
	{"london-crc", "community", {"deliver", "waitlisted"}, "waitlisted", "reaffirm",
		"2019-06-26T20:40:00Z"},
	{"london-crc", "community", {"deliver", "received", "on-hold"}, "on-hold", "hold-review",
		"2019-06-19T20:40:00Z"},
	{"london-crc", "community", {"deliver", "accepted", "started"}, "started", "review",
		"2019-07-10T20:40:00Z"},
	{"london-crc", "community", {"deliver", "received", "withdraw"}, "cancel-requested",
		"stop-confirm", "2019-06-14T20:40:00Z"},
};

Test(clocks, every_state_begins_its_clock)
{
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		char source_ref[8];
		(void)snprintf(source_ref, sizeof(source_ref), "%zu", i);
		const char *authority =
			strcmp(begins[i].party, "london-crc") == 0 ? "E09000007" : "E09000022";
		const char *reference = fixture_refer(
			&fixture, begins[i].party, source_ref, begins[i].pathway, authority, NULL);
		const char *route =
			strcmp(authority, "E09000007") == 0 ? "advance" : "women-in-prison";
		for (size_t a = 0; a < 4 && begins[i].acts[a] != NULL; a++) {
			if (strcmp(begins[i].acts[a], "deliver") == 0) {
				(void)fixture_deliver(&fixture, route);
			} else if (strcmp(begins[i].acts[a], "withdraw") == 0) {
				cr_assert_eq(fixture_withdraw(&fixture, begins[i].party, reference,
						     "her-decision"),
					ERR_OK);
			} else {
				act(route, reference, begins[i].acts[a]);
			}
		}
		cr_expect_str_eq(shown(reference, "legs[0].state"), begins[i].state);
		cr_expect_str_eq(
			shown(reference, "legs[0].clock"), begins[i].clock, "%s", begins[i].clock);
		cr_expect_str_eq(shown(reference, "legs[0].deadline"), begins[i].deadline, "%s: %s",
			begins[i].clock, fixture_text(&fixture, "legs[0].deadline"));
		cr_expect_str_eq(shown(reference, "deadline"), begins[i].deadline);
	}
}

/* What silence does in each state whose clock ends the leg: the reminder first, then the leg
 * expires, and the next best is asked. */
static const struct {
	const char *acts[4];
	const char *clock, *reminded, *expired;
} silences[] = {
	{{NULL}, "delivery-window", "2019-06-13T18:40:00Z", "2019-06-13T20:40:00Z"},
	{{"deliver"}, "receipt", "2019-06-13T18:40:00Z", "2019-06-13T20:40:00Z"},
	{{"deliver", "received"}, "decision", "2019-06-13T20:40:00Z", "2019-06-14T20:40:00Z"},
	{{"deliver", "waitlisted"}, "reaffirm", "2019-06-25T20:40:00Z", "2019-06-26T20:40:00Z"},
};

Test(clocks, silence_is_reminded_of_then_expires_and_goes_to_the_next_best)
{
	const timestamp_us start = fixture.now;
	for (size_t i = 0; i < sizeof(silences) / sizeof(silences[0]); i++) {
		timestamp_us time;
		fixture_finish(&fixture);
		fixture_init(&fixture);
		fixture.now = start;
		const char *reference = refer(NULL);
		for (size_t a = 0; a < 4 && silences[i].acts[a] != NULL; a++) {
			if (strcmp(silences[i].acts[a], "deliver") == 0) {
				(void)fixture_deliver(&fixture, "advance");
			} else {
				act("advance", reference, silences[i].acts[a]);
			}
		}
		cr_assert_eq(timestamp_parse(str_from(silences[i].reminded), &time), ERR_OK);
		fixture_pass_to(&fixture, time - 1);
		cr_expect_eq(told("london-crc", reference, "reminder"), 0, "%s", silences[i].clock);
		fixture_pass_to(&fixture, time);
		cr_expect_eq(told("london-crc", reference, "reminder"), 1, "%s", silences[i].clock);
		cr_expect_eq(told("advance", reference, "reminder"), 1);
		cr_assert_eq(timestamp_parse(str_from(silences[i].expired), &time), ERR_OK);
		fixture_pass_to(&fixture, time - 1);
		cr_expect_str_neq(shown(reference, "legs[0].state"), "expired");
		fixture_pass_to(&fixture, time);
		cr_expect_str_eq(
			shown(reference, "legs[0].state"), "expired", "%s", silences[i].clock);
		cr_expect_str_eq(shown(reference, "legs[1].state"), "matched");
		cr_expect_str_neq(
			shown(reference, "legs[0].service"), shown(reference, "legs[1].service"));
		cr_expect_eq(told("london-crc", reference, "expired"), 1);
		/* Nothing of an expired leg that was never taken still leaves. */
		cr_expect_not(
			fixture_route_hears(&fixture, "advance", "advance-minerva-wraparound"));
		fixture_verify(&fixture);
	}
}

Test(clocks, silence_goes_no_further_than_she_agreed)
{
	const char *reference =
		refer("{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		      "[\"advance-minerva-wraparound\"],\"needs\":\"all\"}]}");
	const char *first = shown(reference, "legs[0].service");
	cr_assert_str_eq(first, "advance-minerva-wraparound", "%s", first);
	fixture_pass(&fixture, "2019-06-13T20:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
	cr_assert_eq(fixture_count(&fixture, "legs"), 1);
	cr_assert_str_eq(shown(reference, "state"), "needs-information");
	cr_assert_str_eq(shown(reference, "questions[0]"), "consent");
	cr_assert_str_eq(shown(reference, "clock"), "needs-information");
	/* Nobody answers that either: a person is told, again and again. */
	fixture_pass(&fixture, "2019-06-17T20:40:00Z");
	cr_assert_eq(told("london-crc", reference, "overdue"), 1);
	fixture_pass(&fixture, "2019-06-19T20:40:00Z");
	cr_assert_eq(told("london-crc", reference, "overdue"), 2);
	cr_assert_str_eq(shown(reference, "deadline"), "2019-06-21T20:40:00Z");
}

Test(clocks, every_service_is_asked_once_and_then_a_person)
{
	const char *reference = refer(NULL);
	fixture_pass(&fixture, "2019-09-01T00:00:00Z");
	cr_assert_eq(fixture_show(&fixture, "operator", reference), ERR_OK);
	const size_t legs = fixture_count(&fixture, "legs");
	cr_assert_geq(legs, 2);
	for (size_t i = 0; i < legs; i++) {
		for (size_t j = 0; j < i; j++) {
			char one[48];
			char other[48];
			(void)snprintf(one, sizeof(one), "legs[%zu].service", i);
			(void)snprintf(other, sizeof(other), "legs[%zu].service", j);
			cr_assert_str_neq(
				fixture_text(&fixture, one), fixture_text(&fixture, other));
		}
	}
	cr_assert_str_eq(shown(reference, "state"), "no-service");
}

Test(clocks, late_first_contact_is_told_and_no_contact_ends_the_leg)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	act("advance", reference, "accepted");
	fixture_pass(&fixture, "2019-06-26T20:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "accepted");
	cr_assert_eq(told("london-crc", reference, "overdue"), 1);
	cr_assert_str_eq(shown(reference, "legs[0].clock"), "no-contact");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-07-10T20:40:00Z");
	const struct value *overdue = value_at(&fixture.reply.body, "legs[0].overdue");
	cr_assert(overdue != NULL && overdue->boolean);
	const struct wire_request list = {.header = {WIRE_LIST, 1}, .overdue = true};
	core_read(fixture.core, fixture_party("coordinator-london"), &list, fixture.now,
		&fixture.arena, &fixture.reply);
	cr_assert_eq(fixture_count(&fixture, "items"), 1);
	fixture_pass(&fixture, "2019-07-10T20:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
	cr_assert_str_eq(shown(reference, "legs[1].state"), "matched");
}

Test(clocks, an_attempt_at_contact_is_recorded_and_waits_for_her)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "contact-attempted", NULL),
		ERR_STATE);
	act("advance", reference, "accepted");
	fixture_pass(&fixture, "2019-07-01T12:00:00+01:00"); /* late already */
	act("advance", reference, "contact-attempted");
	act("advance", reference, "contact-attempted");
	cr_assert_eq(told("london-crc", reference, "contact-attempted"), 2);
	cr_assert_eq(told("advance", reference, "contact-attempted"), 2);
	cr_assert_str_eq(shown(reference, "legs[0].clock"), "start");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-07-29T11:00:00Z");
	cr_assert_null(value_at(&fixture.reply.body, "legs[0].overdue"));
	fixture_pass(&fixture, "2019-07-29T11:00:00Z"); /* soft: it runs again */
	cr_assert_str_eq(shown(reference, "legs[0].state"), "accepted");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-08-27T11:00:00Z");
}

Test(clocks, a_stop_that_nobody_confirms_takes_effect_and_a_person_hears_of_it)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	act("advance", reference, "accepted");
	cr_assert_eq(fixture_withdraw(&fixture, "london-crc", reference, "her-decision"), ERR_OK);
	fixture_pass(&fixture, "2019-06-14T20:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "withdrawn");
	cr_assert_str_eq(shown(reference, "state"), "withdrawn");
	cr_assert_eq(told("coordinator-london", reference, "alert"), 1);
	cr_assert_eq(fixture_next(&fixture), 0);
	/* It still has to hear of it. */
	cr_assert(fixture_route_hears(&fixture, "advance", "withdrawn"));
}

Test(clocks, a_waiting_list_is_affirmed_by_saying_so_again)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	act("advance", reference, "waitlisted");
	act("advance", reference, "waitlisted");
	cr_assert_eq(told("london-crc", reference, "waitlisted"), 1, "the same day: a repetition");
	fixture_pass(&fixture, "2019-06-20T10:00:00+01:00");
	act("advance", reference, "waitlisted");
	cr_assert_eq(told("london-crc", reference, "waitlisted"), 2);
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-07-04T09:00:00Z");
	fixture_pass(&fixture, "2019-07-04T09:00:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
}

static enum err ask(const char *reference, const char *one, const char *other)
{
	const struct wire_request request = {.header = {WIRE_ACKNOWLEDGE, 1},
		.leg = str_from(leg_of(reference, 1)),
		.action = STR("info-requested"),
		.questions = {{str_from(one), str_from(other)}, other == NULL ? 1 : 2}};
	return fixture_ask(&fixture, "advance", &request);
}

Test(clocks, a_question_stops_the_decision_until_the_source_answers)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	act("advance", reference, "received");
	fixture_pass(&fixture, "2019-06-13T14:40:00+01:00"); /* 31 of 48 hours are left */
	cr_assert_eq(ask(reference, "person.shoe_size", NULL), ERR_INVALID);
	cr_assert_eq(ask(reference, "source_ref", NULL), ERR_INVALID);
	cr_assert_eq(ask(reference, "justice.disposal", "needs[].severity"), ERR_OK);
	cr_assert_eq(ask(reference, "justice.disposal", "needs[].severity"), ERR_OK);
	const struct value *duplicate = value_at(&fixture.reply.body, "duplicate");
	cr_assert(duplicate != NULL && duplicate->boolean);
	cr_assert_eq(ask(reference, "justice.court", NULL), ERR_STATE);
	cr_assert_str_eq(shown(reference, "legs[0].state"), "info-requested");
	cr_assert_str_eq(shown(reference, "legs[0].clock"), "information");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-17T13:40:00Z");
	cr_assert_eq(fixture_show(&fixture, "london-crc", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].questions[1]"), "needs[].severity");
	fixture_pass(&fixture, "2019-06-17T09:00:00+01:00");
	fixture_amend(&fixture, "london-crc", reference, "{\"officer\":{\"name\":\"Invented\"}}");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "info-requested");
	fixture_amend(&fixture, "london-crc", reference, "{\"justice\":{\"disposal\":null}}");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "received");
	cr_assert_str_eq(shown(reference, "legs[0].clock"), "decision");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-18T15:00:00Z");
	cr_assert_eq(fixture_count(&fixture, "legs[0].questions"), 0);
}

Test(clocks, a_question_that_nobody_answers_ends_the_leg)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	act("advance", reference, "received");
	cr_assert_eq(ask(reference, "justice.disposal", NULL), ERR_OK);
	fixture_pass(&fixture, "2019-06-14T20:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
	cr_assert_str_eq(shown(reference, "legs[1].state"), "matched");
}

Test(clocks, a_hold_keeps_what_was_left)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	act("advance", reference, "received");
	fixture_pass(&fixture, "2019-06-13T14:40:00+01:00");
	act("advance", reference, "on-hold");
	fixture_pass(&fixture, "2019-07-08T09:00:00+01:00");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "on-hold");
	cr_assert_geq(told("london-crc", reference, "overdue"), 3);
	act("advance", reference, "resumed");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "received");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-07-09T15:00:00Z");
}

Test(clocks, what_was_asked_stays_asked_over_a_hold)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	act("advance", reference, "received");
	cr_assert_eq(ask(reference, "justice.disposal", NULL), ERR_OK);
	act("advance", reference, "on-hold");
	act("advance", reference, "resumed");
	cr_assert_str_eq(shown(reference, "legs[0].questions[0]"), "justice.disposal");
}
