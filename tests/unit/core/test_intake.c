/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/places.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Intake by message: who may pause a service, what it stops, and what ends it. */

static const struct places open_places = {
	.first = "{}", .second = "{}", .third = "{}", .refuge = "{caseload: 2}"};

static void begin(struct fixture *fixture)
{
	fixture_init(fixture);
	places_publish(fixture, &open_places);
}

static void expect_refused(struct fixture *fixture, const char *party, const char *service,
	const char *action, const char *until, const char *reason, enum err err, const char *field)
{
	cr_expect_eq(places_intake(fixture, party, service, action, until, reason), err,
		"%s %s %s: %s", party, action, service, fixture->reply.fault.message);
	cr_expect_str_eq(fixture->reply.fault.field, field, "%s", fixture->reply.fault.message);
}

Test(intake, a_paused_service_is_not_chosen_and_the_next_best_is)
{
	struct fixture fixture;
	begin(&fixture);
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", NULL, "staffing"), ERR_OK,
		"%s", fixture.reply.fault.message);
	cr_expect_str_eq(fixture_text(&fixture, "intake"), "paused");
	cr_expect_str_eq(fixture_text(&fixture, "paused_by"), "provider");
	cr_expect_str_eq(fixture_text(&fixture, "reason"), "staffing");
	cr_expect_str_eq(
		places_went(&fixture, places_refer(&fixture, 1, "accommodation")), "second");
	cr_assert_eq(places_intake(&fixture, "advance", "first", "resume", NULL, NULL), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "intake"), "open");
	cr_expect_str_eq(
		places_went(&fixture, places_refer(&fixture, 2, "accommodation")), "first");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, what_was_chosen_before_still_arrives_and_goes_on)
{
	struct fixture fixture;
	char leg[32];
	begin(&fixture);
	const char *one = places_refer(&fixture, 1, "accommodation");
	(void)snprintf(leg, sizeof(leg), "%s/1", one);
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", NULL, NULL), ERR_OK);
	cr_expect_eq(fixture_deliver(&fixture, "advance"), 1);
	cr_expect_eq(fixture_act(&fixture, "advance", leg, "accepted", NULL), ERR_OK);
	cr_expect_eq(fixture_act(&fixture, "advance", leg, "started", NULL), ERR_OK);
	/* An amendment of hers reaches it too. */
	fixture_amend(&fixture, "met-custody", one,
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"poverty-debt\"}]}");
	cr_expect_str_eq(places_went(&fixture, one), "first");
	cr_expect_eq(fixture_deliver(&fixture, "advance"), 1);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, a_pause_until_a_day_ends_with_that_day_in_london)
{
	struct fixture fixture;
	begin(&fixture);
	/* The clocks go back on 27 October 2019: the day ends at midnight GMT. */
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", "2019-10-27", NULL),
		ERR_OK, "%s", fixture.reply.fault.message);
	cr_expect_str_eq(fixture_text(&fixture, "until"), "2019-10-28T00:00:00Z");
	cr_assert_eq(
		places_intake(&fixture, "advance", "first", "pause", "2019-07-31", NULL), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "until"), "2019-07-31T23:00:00Z");
	cr_assert_eq(timestamp_parse(STR("2019-07-31T23:59:59+01:00"), &fixture.now), ERR_OK);
	cr_expect_str_eq(places_text(&fixture, "first", "intake"), "paused");
	cr_expect_str_eq(
		places_went(&fixture, places_refer(&fixture, 1, "accommodation")), "second");
	fixture.now += TIMESTAMP_SECOND;
	cr_expect_str_eq(places_text(&fixture, "first", "intake"), "open");
	cr_expect_str_eq(
		places_went(&fixture, places_refer(&fixture, 2, "accommodation")), "first");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, the_same_again_changes_nothing)
{
	struct fixture fixture;
	begin(&fixture);
	cr_assert_eq(places_intake(&fixture, "advance", "first", "resume", NULL, NULL), ERR_OK);
	cr_expect(value_get_bool(&fixture.reply.body, "duplicate", false), "it was open");
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", "2019-08-31", "holiday"),
		ERR_OK);
	cr_expect_not(value_get_bool(&fixture.reply.body, "duplicate", true));
	const char *since = fixture_text(&fixture, "since");
	fixture.now += TIMESTAMP_DAY;
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", "2019-08-31", "holiday"),
		ERR_OK);
	cr_expect(value_get_bool(&fixture.reply.body, "duplicate", false));
	cr_expect_str_eq(fixture_text(&fixture, "since"), since);
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", "2019-09-30", "holiday"),
		ERR_OK);
	cr_expect_not(value_get_bool(&fixture.reply.body, "duplicate", true), "it is longer");
	/* Over by itself: to resume it is nothing new, to pause it is. */
	cr_assert_eq(timestamp_parse(STR("2019-10-01T00:00:00+01:00"), &fixture.now), ERR_OK);
	cr_assert_eq(places_intake(&fixture, "advance", "first", "resume", NULL, NULL), ERR_OK);
	cr_expect(value_get_bool(&fixture.reply.body, "duplicate", false));
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", NULL, NULL), ERR_OK);
	cr_expect_not(value_get_bool(&fixture.reply.body, "duplicate", true));
	fixture_reopen(&fixture);
	cr_expect_str_eq(places_text(&fixture, "first", "intake"), "paused");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, only_its_provider_and_those_who_oversee_decide)
{
	static const char *const others[] = {
		"women-in-prison", "met-custody", "ld-london", "london-crc", "housing-lambeth"};
	struct fixture fixture;
	begin(&fixture);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		expect_refused(&fixture, others[i], "first", "pause", NULL, NULL, ERR_NOT_ALLOWED,
			"service");
		const char *message =
			arena_str(&fixture.arena, str_from(fixture.reply.fault.message)).ptr;
		/* Whether there is such a service is not told either. */
		expect_refused(&fixture, others[i], "none-such", "pause", NULL, NULL,
			ERR_NOT_ALLOWED, "service");
		cr_expect_str_eq(fixture.reply.fault.message, message);
	}
	cr_expect_str_eq(places_text(&fixture, "first", "intake"), "open");
	expect_refused(&fixture, "coordinator-london", "none-such", "pause", NULL, NULL,
		ERR_INVALID, "service");
	cr_assert_eq(places_intake(&fixture, "operator", "first", "pause", NULL, NULL), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "paused_by"), "coordinator");
	cr_assert_eq(places_intake(&fixture, "advance", "first", "resume", NULL, NULL), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "intake"), "open");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, what_a_coordinator_stopped_for_safety_its_provider_does_not_open)
{
	struct fixture fixture;
	begin(&fixture);
	cr_assert_eq(places_intake(&fixture, "coordinator-london", "first", "pause", "2019-06-30",
			     "safety"),
		ERR_OK);
	expect_refused(
		&fixture, "advance", "first", "resume", NULL, NULL, ERR_NOT_ALLOWED, "service");
	expect_refused(&fixture, "advance", "first", "pause", "2019-06-13", NULL, ERR_NOT_ALLOWED,
		"service");
	cr_expect_str_eq(places_text(&fixture, "first", "intake"), "paused");
	/* Over by its own end, the service is its provider's again. */
	cr_assert_eq(timestamp_parse(STR("2019-07-01T00:00:00+01:00"), &fixture.now), ERR_OK);
	cr_expect_eq(places_intake(&fixture, "advance", "first", "pause", NULL, "safety"), ERR_OK);
	cr_expect_eq(places_intake(&fixture, "advance", "first", "resume", NULL, NULL), ERR_OK);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, only_a_coordinator_sends_somebody_there_all_the_same)
{
	struct fixture fixture;
	begin(&fixture);
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", NULL, NULL), ERR_OK);
	cr_assert_eq(
		places_intake(&fixture, "women-in-prison", "second", "pause", NULL, NULL), ERR_OK);
	const char *one = places_refer(&fixture, 1, "accommodation");
	cr_expect_str_eq(places_went(&fixture, one), "");
	const struct wire_request request = {.header = {WIRE_ASSIGN, 1},
		.reference = str_from(one),
		.service = STR("first"),
		.note = STR("they rang and will take her")};
	cr_assert_eq(fixture_ask(&fixture, "coordinator-london", &request), ERR_OK, "%s",
		fixture.reply.fault.message);
	cr_expect_str_eq(fixture_text(&fixture, "overridden[0]"), "intake:no");
	cr_expect_str_eq(places_went(&fixture, one), "first");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, a_pause_that_cannot_be_meant_is_refused)
{
	struct fixture fixture;
	begin(&fixture);
	static const struct {
		const char *action, *until, *reason, *field;
	} cases[] = {
		{"pause", "2019-06-11", NULL, "until"},
		{"pause", "2019-06-12T21:40:00+01:00", NULL, "until"},
		{"pause", "2020-06-14", NULL, "until"},
		{"pause", "tomorrow", NULL, "until"},
		{"pause", "2019-02-29", NULL, "until"},
		{"pause", NULL, "her-decision", "reason"},
		{"resume", "2019-08-31", NULL, "until"},
		{"resume", NULL, "staffing", "reason"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		expect_refused(&fixture, "advance", "first", cases[i].action, cases[i].until,
			cases[i].reason, ERR_INVALID, cases[i].field);
	}
	cr_expect_eq(places_intake(&fixture, "advance", "first", "pause", "2019-06-12", NULL),
		ERR_OK, "to the end of today");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, what_was_published_and_what_was_said_both_pause)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const struct places published = {.first = "{}", .second = "{}", .more = "intake: paused\n"};
	const struct places opened = {.first = "{}", .second = "{}", .more = "intake: open\n"};
	places_publish(&fixture, &published);
	cr_expect_str_eq(places_text(&fixture, "first", "paused_by"), "directory");
	cr_assert_eq(places_intake(&fixture, "advance", "first", "resume", NULL, NULL), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "intake"), "paused", "a message does not undo it");
	cr_expect_str_eq(
		places_went(&fixture, places_refer(&fixture, 1, "accommodation")), "second");
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", NULL, NULL), ERR_OK);
	places_publish(&fixture, &opened);
	cr_expect_str_eq(places_text(&fixture, "first", "paused_by"), "provider",
		"a publication does not undo a pause");
	cr_expect_str_eq(
		places_went(&fixture, places_refer(&fixture, 2, "accommodation")), "second");
	cr_assert_eq(places_intake(&fixture, "advance", "first", "resume", NULL, NULL), ERR_OK);
	cr_expect_str_eq(
		places_went(&fixture, places_refer(&fixture, 3, "accommodation")), "first");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(intake, who_found_nobody_is_looked_at_the_morning_after_it_opened)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{}"});
	cr_assert_eq(
		places_intake(&fixture, "advance", "first", "pause", "2019-06-16", NULL), ERR_OK);
	const char *one = places_refer(&fixture, 1, "accommodation");
	cr_expect_str_eq(places_went(&fixture, one), "");
	cr_expect_str_eq(fixture_text(&fixture, "state"), "no-service");
	fixture_pass(&fixture, "2019-06-16T23:00:00+01:00");
	cr_expect_str_eq(places_went(&fixture, one), "", "still paused on Friday");
	fixture_pass(&fixture, "2019-06-17T12:00:00+01:00");
	cr_expect_str_eq(places_went(&fixture, one), "first", "open since Monday's midnight");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

/* How many services the party sees, and whether it is told figures of the first. */
static void expect_sees(
	struct fixture *fixture, const char *party, size_t services, bool figures, bool reason)
{
	cr_assert_eq(places_read(fixture, party, NULL), ERR_OK, "%s: %s", party,
		fixture->reply.fault.message);
	cr_expect_eq(fixture_count(fixture, "items"), services, "%s sees %zu", party,
		fixture_count(fixture, "items"));
	cr_expect_eq(value_at(&fixture->reply.body, "items[0].live") != NULL, figures, "%s", party);
	cr_expect_eq(fixture_tells(&fixture->reply.body, "safety"), reason, "%s", party);
}

Test(intake, each_party_sees_of_capacity_what_is_its_business)
{
	struct fixture fixture;
	begin(&fixture);
	cr_assert_eq(places_intake(&fixture, "advance", "refuge", "pause", NULL, "safety"), ERR_OK);
	expect_sees(&fixture, "operator", 4, true, true);
	expect_sees(&fixture, "coordinator-london", 4, true, true);
	expect_sees(&fixture, "advance", 2, true, true);
	expect_sees(&fixture, "women-in-prison", 1, true, false);
	/* The police may refer to all of them; the refuge is not spoken of. */
	expect_sees(&fixture, "met-custody", 3, false, false);
	expect_sees(&fixture, "court-westminster", 0, false, false);
	cr_expect_eq(places_read(&fixture, "met-custody", "refuge"), ERR_NOT_FOUND);
	const char *hidden = arena_str(&fixture.arena, str_from(fixture.reply.fault.message)).ptr;
	cr_expect_eq(places_read(&fixture, "met-custody", "none-such"), ERR_NOT_FOUND);
	cr_expect_str_eq(fixture.reply.fault.message, hidden);
	cr_expect_eq(places_read(&fixture, "women-in-prison", "first"), ERR_NOT_FOUND);
	/* Who waits is for whoever has their referrals. */
	cr_assert_eq(places_read(&fixture, "advance", "first"), ERR_OK);
	cr_expect_not_null(value_at(&fixture.reply.body, "items[0].list"));
	fixture_finish(&fixture);
}

Test(intake, capacity_comes_in_pages)
{
	struct fixture fixture;
	struct wire_request request = {.header = {WIRE_CAPACITY, 1}, .limit = 1};
	size_t seen = 0;
	begin(&fixture);
	do {
		core_read(fixture.core, fixture_party("operator"), &request, fixture.now,
			&fixture.arena, &fixture.reply);
		cr_assert_eq(fixture.reply.err, ERR_OK);
		cr_assert_eq(fixture_count(&fixture, "items"), 1);
		cr_expect_str_eq(fixture_text(&fixture, "items[0].service"), places_ids[seen]);
		request.cursor = str_from(fixture_text(&fixture, "cursor"));
		seen++;
	} while (request.cursor.len > 0 && seen < 9);
	cr_expect_eq(seen, PLACES_SERVICES);
	request =
		(struct wire_request){.header = {WIRE_CAPACITY, 1}, .authority = STR("E09000022")};
	core_read(fixture.core, fixture_party("operator"), &request, fixture.now, &fixture.arena,
		&fixture.reply);
	cr_expect_eq(fixture_count(&fixture, "items"), 0, "nobody is there for Lambeth");
	fixture_finish(&fixture);
}

Test(intake, the_status_counts_who_is_full_and_who_is_paused)
{
	struct fixture fixture;
	struct core_figures figures;
	struct fault fault;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 1, waiting_list: 1}",
					 .second = "{caseload: 0}",
					 .third = "{}",
					 .refuge = "{}"});
	(void)places_refer(&fixture, 1, "accommodation");
	cr_assert_eq(places_intake(&fixture, "hibiscus", "third", "pause", NULL, NULL), ERR_OK);
	cr_assert_eq(core_figures(fixture.core, fixture.now, &figures, &fault), ERR_OK);
	cr_expect_eq(figures.services, 4);
	cr_expect_eq(figures.full, 1, "a waiting list with room is room");
	cr_expect_eq(figures.paused, 1);
	(void)places_refer(&fixture, 2, "accommodation");
	cr_assert_eq(core_figures(fixture.core, fixture.now, &figures, &fault), ERR_OK);
	cr_expect_eq(figures.full, 2);
	fixture_finish(&fixture);
}
