/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
/*
 * Clocks and what happens to the broker or the world around them: dates of hers, an outage, a clock
 * that jumps, a directory that changes, answers that come late.
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

TestSuite(clocks_broker, .init = setup, .fini = teardown);

static const char *shown(const char *reference, const char *path)
{
	cr_assert_eq(fixture_show(&fixture, "operator", reference), ERR_OK);
	return fixture_text(&fixture, path);
}

static bool tells(const char *party, const char *reference, const char *text)
{
	cr_assert_eq(fixture_show(&fixture, party, reference), ERR_OK);
	return fixture_tells(&fixture.reply.body, text);
}

static const char *leg_of(const char *reference, int number)
{
	return arena_printf(&fixture.arena, "%s/%d", reference, number).ptr;
}

static const char *refer(const char *more)
{
	return fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", more);
}

Test(clocks_broker, an_outage_of_the_brokers_expires_nobody)
{
	const char *reference = refer(NULL);
	fixture_pass(&fixture, "2019-06-13T19:00:00+01:00");
	/* Away over reminder and deadline. */
	fixture.now += 30 * 3600 * TIMESTAMP_SECOND;
	fixture_own(&fixture, CORE_STARTED, 30 * 3600 * TIMESTAMP_SECOND);
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-15T02:40:00Z");
	fixture_pass_to(&fixture, fixture.now);
	cr_assert_str_eq(shown(reference, "legs[0].state"), "matched");
	cr_assert_not(tells("london-crc", reference, "reminder"));
	fixture_pass(&fixture, "2019-06-15T02:39:59Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "matched");
	cr_assert(tells("london-crc", reference, "reminder"));
	fixture_pass(&fixture, "2019-06-15T02:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
}

Test(clocks_broker, a_short_outage_changes_nothing)
{
	const char *reference = refer(NULL);
	fixture.now += 5 * 60 * TIMESTAMP_SECOND;
	fixture_own(&fixture, CORE_STARTED, 5 * 60 * TIMESTAMP_SECOND);
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-13T20:40:00Z");
}

Test(clocks_broker, an_outage_before_a_clock_began_does_not_lengthen_it)
{
	fixture_own(&fixture, CORE_STARTED, 40 * 3600 * TIMESTAMP_SECOND);
	const char *reference = refer(NULL);
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-13T20:40:00Z");
	fixture_pass(&fixture, "2019-06-13T20:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
}

static enum err confirm(const char *party)
{
	const struct wire_request request = {.header = {WIRE_CLOCK, 1}, .action = STR("confirm")};
	return fixture_ask(&fixture, party, &request);
}

Test(clocks_broker, a_clock_that_jumped_holds_everything_until_somebody_has_looked)
{
	const char *reference = refer(NULL);
	struct core_figures figures;
	struct fault fault;
	fixture_pass(&fixture, "2019-06-13T12:00:00+01:00");
	fixture.now += 10 * TIMESTAMP_DAY;
	fixture_own(&fixture, CORE_CLOCK_JUMP, 10 * TIMESTAMP_DAY);
	fixture_own(&fixture, CORE_CLOCK_JUMP, TIMESTAMP_DAY); /* held already */
	cr_assert_eq(fixture_due(&fixture), 0);
	fixture_own(&fixture, CORE_DUE, 0);
	cr_assert_str_eq(shown(reference, "legs[0].state"), "matched");
	cr_assert_eq(core_figures(fixture.core, fixture.now, &figures, &fault), ERR_OK);
	cr_assert_eq(figures.held_since, fixture.now);
	cr_assert_eq(figures.due, 1);
	/* Intake and answers go on; a start within the hold is not counted twice. */
	fixture.now += 2 * 3600 * TIMESTAMP_SECOND;
	fixture_own(&fixture, CORE_STARTED, 3600 * TIMESTAMP_SECOND);
	(void)fixture_refer(&fixture, "london-crc", "2", "community", "E09000007", NULL);
	fixture_reopen(&fixture);
	cr_assert_eq(fixture_due(&fixture), 0);
	cr_assert_eq(confirm("coordinator-london"), ERR_NOT_ALLOWED);
	cr_assert_eq(confirm("operator"), ERR_OK);
	cr_assert_eq(confirm("operator"), ERR_OK); /* again: nothing more is given back */
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-23T22:40:00Z");
	fixture_pass(&fixture, "2019-06-23T22:39:59Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "matched");
	fixture_pass(&fixture, "2019-06-23T22:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
}

static const struct {
	const char *more, *deadline;
} caps[] = {
	/* The end of the condition's day, or of the court's; the next one of a legs' life. */
	{"{\"justice\":{\"condition_deadline\":\"2019-06-12\"}}", "2019-06-12T22:59:59Z"},
	{"{\"justice\":{\"court_date\":\"2019-06-13\",\"condition_deadline\":\"2019-06-20\"}}",
		"2019-06-13T20:40:00Z"},
	{"{\"justice\":{\"court_date\":\"2019-06-20\",\"condition_deadline\":\"2019-06-12\"}}",
		"2019-06-12T22:59:59Z"},
	/* One that is past does not cut, and a person hears of it. */
	{"{\"justice\":{\"condition_deadline\":\"2019-06-11\"}}", "2019-06-13T20:40:00Z"},
};

Test(clocks_broker, no_clock_runs_beyond_a_date_that_counts)
{
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		char source_ref[16];
		(void)snprintf(source_ref, sizeof(source_ref), "c%zu", i);
		const char *reference = fixture_refer(
			&fixture, "london-crc", source_ref, "community", "E09000007", caps[i].more);
		cr_expect_str_eq(
			shown(reference, "legs[0].deadline"), caps[i].deadline, "%s", caps[i].more);
		cr_expect_eq(tells("coordinator-london", reference, "deadline-passed"), i == 3);
	}
}

Test(clocks_broker, a_date_that_moves_moves_the_clocks_that_hang_on_it)
{
	const char *reference = refer("{\"justice\":{\"condition_deadline\":\"2019-06-12\"}}");
	fixture_amend(&fixture, "london-crc", reference,
		"{\"justice\":{\"condition_deadline\":\"2019-08-01\"}}");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-13T20:40:00Z");
	fixture_amend(&fixture, "london-crc", reference,
		"{\"justice\":{\"condition_deadline\":\"2019-06-13\",\"court_date\":"
		"\"2019-06-12\"}}");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-12T22:59:59Z");
	fixture_pass(&fixture, "2019-06-12T22:59:59Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
	/* The date is past for the next one: it has its own time, cut by the later date. */
	cr_assert_str_eq(shown(reference, "legs[1].deadline"), "2019-06-13T22:59:59Z");
}

Test(clocks_broker, first_contact_after_a_release_is_counted_from_it)
{
	const char *reference =
		fixture_refer(&fixture, "hmp-bronzefield", "1", "resettlement", "E09000022",
			"{\"justice\":{\"release_dates\":[{\"kind\":\"conditional\",\"date\":"
			"\"2019-08-23\"}]}}");
	cr_assert_eq(fixture_show(&fixture, "operator", reference), ERR_OK);
	const char *service = shown(reference, "legs[0].service");
	const char *route =
		strcmp(service, "south-london-alliance") == 0 ? "women-in-prison" : "london-crc";
	(void)fixture_deliver(&fixture, route);
	cr_assert_eq(fixture_act(&fixture, route, leg_of(reference, 1), "accepted", NULL), ERR_OK,
		"%s %s", service, fixture.reply.fault.message);
	/* Friday before a bank holiday: the next working day is Tuesday. */
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-08-27T22:59:59Z");
	fixture_amend(&fixture, "hmp-bronzefield", reference,
		"{\"justice\":{\"release_dates\":[{\"kind\":\"conditional\",\"date\":"
		"\"2019-09-02\"}]}}");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-09-03T22:59:59Z");
	fixture_pass(&fixture, "2019-09-03T22:59:59Z");
	cr_assert_str_eq(shown(reference, "legs[0].clock"), "no-contact");
	/* Not twenty working days from an acceptance in June. */
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-09-17T22:59:59Z");
}

Test(clocks_broker, what_nobody_takes_is_a_persons_the_same_day_and_looked_at_each_morning)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022",
			"{\"preferences\":{\"exclude_services\":[\"south-london-alliance\"]}}");
	cr_assert_str_eq(shown(reference, "state"), "no-service");
	cr_assert_str_eq(shown(reference, "clock"), "no-service");
	cr_assert_str_eq(shown(reference, "deadline"), "2019-06-13T16:00:00Z");
	fixture_pass(&fixture, "2019-06-13T17:00:00+01:00");
	cr_assert(tells("coordinator-london", reference, "overdue"));
	cr_assert_str_eq(shown(reference, "deadline"), "2019-06-14T08:00:00Z");
	fixture_pass(&fixture, "2019-06-14T12:00:00+01:00");
	cr_assert_str_eq(shown(reference, "deadline"), "2019-06-17T08:00:00Z");
	/* After twenty working days only when she has been asked again; and people are told. */
	fixture_pass(&fixture, "2019-07-11T12:00:00+01:00");
	cr_assert(tells("coordinator-london", reference, "looking-ended"));
	cr_assert_str_eq(shown(reference, "deadline"), "2019-08-07T08:00:00Z");
	fixture_pass(&fixture, "2019-08-08T12:00:00+01:00");
	cr_assert_str_eq(shown(reference, "deadline"), "2019-09-05T08:00:00Z");
	fixture_amend(&fixture, "met-custody", reference, "{\"contact\":{\"safe_to_call\":true}}");
	cr_assert_str_eq(shown(reference, "deadline"), "2019-08-08T16:00:00Z");
}

Test(clocks_broker, a_directory_that_changed_is_tried_the_next_morning)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E07000209", NULL);
	cr_assert_str_eq(shown(reference, "state"), "no-service");
	fixture_pass(&fixture, "2019-06-13T08:00:00+01:00");
	fixture_publish_copy(&fixture, "london-2018/services/south-london-alliance.yaml",
		"authorities:\n", "authorities:\n  - Guildford\n");
	fixture_pass(&fixture, "2019-06-13T08:59:59+01:00");
	cr_assert_str_eq(shown(reference, "state"), "no-service");
	fixture_pass(&fixture, "2019-06-13T09:00:00+01:00");
	cr_assert_str_eq(shown(reference, "state"), "open");
	cr_assert_str_eq(shown(reference, "legs[0].service"), "south-london-alliance");
}

static enum err redirect(const char *party, const char *reference, const char *service)
{
	const struct wire_request request = {.header = {WIRE_ACKNOWLEDGE, 1},
		.leg = str_from(leg_of(reference, 1)),
		.action = STR("redirected"),
		.service = str_from(service)};
	return fixture_ask(&fixture, party, &request);
}

Test(clocks_broker, a_service_that_is_named_takes_the_leg_over)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "received", NULL), ERR_OK);
	cr_assert_eq(redirect("advance", reference, ""), ERR_MISSING);
	cr_assert_eq(redirect("advance", reference, "advance-minerva-crc"), ERR_OK);
	cr_assert_str_eq(shown(reference, "legs[0].state"), "redirected");
	cr_assert_str_eq(shown(reference, "legs[1].service"), "advance-minerva-crc");
	cr_assert_str_eq(shown(reference, "legs[1].state"), "matched");
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
}

Test(clocks_broker, a_service_that_is_named_gets_nothing_she_did_not_agree_to)
{
	const char *reference =
		refer("{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		      "[\"advance-minerva-wraparound\"],\"needs\":\"all\"}]}");
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "received", NULL), ERR_OK);
	cr_assert_eq(redirect("advance", reference, "advance-minerva-crc"), ERR_OK);
	cr_assert_str_eq(shown(reference, "legs[0].state"), "redirected");
	cr_assert_eq(fixture_count(&fixture, "legs"), 1);
	cr_assert(tells("coordinator-london", reference, "redirect-not-followed"));
	cr_assert_str_eq(shown(reference, "state"), "needs-information");
	cr_assert_str_eq(shown(reference, "questions[0]"), "consent");
}

Test(clocks_broker, a_service_outside_her_area_gets_nothing_by_being_named)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "received", NULL), ERR_OK);
	cr_assert_eq(redirect("advance", reference, "south-london-alliance"), ERR_OK);
	cr_assert_str_neq(shown(reference, "legs[1].service"), "south-london-alliance");
	cr_assert(tells("coordinator-london", reference, "redirect-not-followed"));
}

Test(clocks_broker, a_yes_after_the_clock_ran_out_counts_and_begins_its_clock)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	fixture_pass(&fixture, "2019-06-13T20:40:00Z");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "accepted", NULL), ERR_OK);
	cr_assert_str_eq(shown(reference, "legs[0].state"), "accepted");
	cr_assert_str_eq(shown(reference, "legs[0].clock"), "first-contact");
	cr_assert_str_eq(shown(reference, "legs[1].state"), "withdrawn");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-27T20:40:00Z");
}

Test(clocks_broker, reminders_are_for_the_source_and_that_provider_alone)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	fixture_pass(&fixture, "2019-06-13T20:00:00Z");
	cr_assert(tells("london-crc", reference, "reminder"));
	cr_assert(tells("advance", reference, "reminder"));
	cr_assert_eq(fixture_show(&fixture, "hibiscus", reference), ERR_NOT_ALLOWED);
}

Test(clocks_broker, one_batch_acts_on_no_more_than_its_share)
{
	enum {
		MANY = 70,
		SHARE = 64
	};
	for (int i = 0; i < MANY; i++) {
		char source_ref[16];
		(void)snprintf(source_ref, sizeof(source_ref), "m%d", i);
		(void)fixture_refer(
			&fixture, "london-crc", source_ref, "community", "E09000007", NULL);
	}
	fixture.now += TIMESTAMP_DAY;
	cr_assert_eq(fixture_due(&fixture), SHARE);
}

Test(clocks_broker, a_court_date_that_moves_during_a_hold_cuts_what_goes_on)
{
	const char *reference = fixture_refer(&fixture, "court-westminster", "1", "court",
		"E09000022", "{\"justice\":{\"court_date\":\"2019-07-30\"}}");
	const char *route = "women-in-prison";
	const char *leg = leg_of(reference, 1);
	(void)fixture_deliver(&fixture, route);
	cr_assert_eq(fixture_act(&fixture, route, leg, "received", NULL), ERR_OK);
	cr_assert_eq(fixture_act(&fixture, route, leg, "on-hold", NULL), ERR_OK);
	fixture_amend(&fixture, "court-westminster", reference,
		"{\"justice\":{\"court_date\":\"2019-06-13\"}}");
	cr_assert_eq(fixture_act(&fixture, route, leg_of(reference, 1), "resumed", NULL), ERR_OK);
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-06-13T22:59:59Z");
}

Test(clocks_broker, a_release_that_moves_later_is_waited_for_anew)
{
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "resettlement", "E09000007",
			"{\"justice\":{\"release_dates\":[{\"kind\":\"conditional\","
			"\"date\":\"2019-06-14\"}]}}");
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "accepted", NULL), ERR_OK);
	fixture_pass(&fixture, "2019-06-18T12:00:00+01:00");
	cr_assert_str_eq(shown(reference, "legs[0].clock"), "no-contact");
	fixture_amend(&fixture, "london-crc", reference,
		"{\"justice\":{\"release_dates\":[{\"kind\":\"conditional\","
		"\"date\":\"2019-09-20\"}]}}");
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-09-23T22:59:59Z");
	cr_assert_str_eq(shown(reference, "legs[0].overdue"), "");
	fixture_pass(&fixture, "2019-08-01T12:00:00+01:00");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "accepted");
}

Test(clocks_broker, after_a_recall_the_re_release_counts)
{
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "resettlement", "E09000007",
			"{\"justice\":{\"release_dates\":[{\"kind\":\"conditional\","
			"\"date\":\"2019-05-01\"},{\"kind\":\"re-release\","
			"\"date\":\"2019-07-10\"}]}}");
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "accepted", NULL), ERR_OK);
	cr_assert_str_eq(shown(reference, "legs[0].deadline"), "2019-07-11T22:59:59Z");
}

Test(clocks_broker, an_answer_that_comes_during_a_hold_is_an_answer)
{
	const char *reference = refer(NULL);
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "received", NULL), ERR_OK);
	const struct wire_request ask = {.header = {WIRE_ACKNOWLEDGE, 1},
		.leg = str_from(leg_of(reference, 1)),
		.action = STR("info-requested"),
		.questions = {{STR("contact.safe_to_call")}, 1}};
	cr_assert_eq(fixture_ask(&fixture, "advance", &ask), ERR_OK);
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "on-hold", NULL), ERR_OK);
	fixture_amend(&fixture, "london-crc", reference, "{\"contact\":{\"safe_to_call\":true}}");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "on-hold");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "resumed", NULL), ERR_OK);
	cr_assert_str_eq(shown(reference, "legs[0].state"), "received");
	cr_assert_eq(
		fixture_act(&fixture, "advance", leg_of(reference, 1), "accepted", NULL), ERR_OK);
}
