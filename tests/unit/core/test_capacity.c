/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/places.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>

/* Room, waiting lists and other limits for a time, one rule a test. */

static const char *leg_of(struct fixture *fixture, const char *reference, unsigned leg)
{
	return arena_printf(&fixture->arena, "%s/%u", reference, leg).ptr;
}

static void act(struct fixture *fixture, const char *party, const char *leg, const char *action,
	const char *reason)
{
	cr_assert_eq(fixture_act(fixture, party, leg, action, reason), ERR_OK, "%s %s: %s", leg,
		action, fixture->reply.fault.message);
}

Test(capacity, who_has_room_comes_before_who_lets_her_wait)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 1, waiting_list: 1}",
					 .second = "{caseload: 1}"});
	const char *one = places_refer(&fixture, 1, "accommodation");
	const char *two = places_refer(&fixture, 2, "accommodation");
	const char *three = places_refer(&fixture, 3, "accommodation");
	const char *four = places_refer(&fixture, 4, "accommodation");
	cr_expect_str_eq(places_went(&fixture, one), "first");
	cr_expect_null(value_at(&fixture.reply.body, "legs[0].waiting_list"));
	cr_expect_str_eq(places_went(&fixture, two), "second", "room before the better service");
	cr_expect_str_eq(places_went(&fixture, three), "first");
	cr_expect_str_eq(fixture_text(&fixture, "legs[0].state"), "matched");
	cr_expect(value_get_bool(value_at(&fixture.reply.body, "legs[0]"), "waiting_list", false));
	cr_expect_str_eq(places_went(&fixture, four), "");
	cr_expect_str_eq(fixture_text(&fixture, "state"), "no-service");
	cr_expect_eq(places_number(&fixture, "first", "live"), 1);
	cr_expect_eq(places_number(&fixture, "first", "waiting"), 1);
	cr_expect_str_eq(places_text(&fixture, "first", "room"), "no");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(capacity, of_two_lists_that_are_alike_the_shorter_is_joined)
{
	struct fixture fixture;
	static const char list[] = "{caseload: 0, waiting_list: 3}";
	static const char *const went[] = {"first", "second", "first", "second"};
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = list, .second = list, .alike = true});
	for (unsigned i = 0; i < 4; i++) {
		const char *reference = places_refer(&fixture, i, "accommodation");
		cr_expect_str_eq(places_went(&fixture, reference), went[i], "%u", i);
	}
	/* Which is for women comes before which list is shorter. */
	places_publish(&fixture, &(struct places){.first = list, .second = list});
	cr_expect_str_eq(
		places_went(&fixture, places_refer(&fixture, 9, "accommodation")), "first");
	fixture_finish(&fixture);
}

Test(capacity, the_provider_hears_that_she_is_for_the_waiting_list)
{
	struct fixture fixture;
	struct core_delivery delivery;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 1, waiting_list: 2}"});
	(void)places_refer(&fixture, 1, "accommodation");
	cr_assert(fixture_waiting(&fixture, "advance", &delivery));
	cr_expect_null(value_at(&delivery.body, "waiting_list"));
	(void)fixture_deliver(&fixture, "advance");
	const char *two = places_refer(&fixture, 2, "accommodation");
	cr_assert(fixture_waiting(&fixture, "advance", &delivery));
	cr_expect(value_get_bool(&delivery.body, "waiting_list", false));
	(void)fixture_deliver(&fixture, "advance");
	const char *three = places_refer(&fixture, 3, "accommodation");
	(void)fixture_deliver(&fixture, "advance");
	/* In the order in which they came, whoever answers first. */
	act(&fixture, "advance", leg_of(&fixture, three, 1), "waitlisted", NULL);
	act(&fixture, "advance", leg_of(&fixture, two, 1), "waitlisted", NULL);
	cr_assert_eq(fixture_show(&fixture, "advance", two), ERR_OK);
	cr_expect_eq(value_at(&fixture.reply.body, "legs[0].waiting.place")->integer, 1);
	cr_expect_eq(value_at(&fixture.reply.body, "legs[0].waiting.of")->integer, 2);
	cr_assert_eq(fixture_show(&fixture, "advance", three), ERR_OK);
	cr_expect_eq(value_at(&fixture.reply.body, "legs[0].waiting.place")->integer, 2);
	cr_assert_eq(fixture_show(&fixture, "met-custody", three), ERR_OK);
	cr_expect_null(value_at(&fixture.reply.body, "legs[0].waiting"),
		"who else waits is not the source's business");
	cr_assert_eq(places_read(&fixture, "advance", "first"), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].list[0].leg"), leg_of(&fixture, two, 1));
	cr_expect_str_eq(
		fixture_text(&fixture, "items[0].list[1].leg"), leg_of(&fixture, three, 1));
	/* She is taken in: she waits no more, and takes a place. */
	act(&fixture, "advance", leg_of(&fixture, two, 1), "accepted", NULL);
	cr_expect_eq(places_number(&fixture, "first", "live"), 2);
	cr_expect_eq(places_number(&fixture, "first", "waiting"), 1);
	cr_assert_eq(fixture_show(&fixture, "advance", three), ERR_OK);
	cr_expect_eq(value_at(&fixture.reply.body, "legs[0].waiting.place")->integer, 1);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(capacity, a_free_place_belongs_to_who_waits)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 1, waiting_list: 1}"});
	const char *one = places_refer(&fixture, 1, "accommodation");
	const char *two = places_refer(&fixture, 2, "accommodation");
	(void)fixture_deliver(&fixture, "advance");
	act(&fixture, "advance", leg_of(&fixture, two, 1), "waitlisted", NULL);
	act(&fixture, "advance", leg_of(&fixture, one, 1), "declined", "other");
	cr_expect_eq(places_number(&fixture, "first", "live"), 0);
	const char *three = places_refer(&fixture, 3, "accommodation");
	cr_expect_str_eq(places_went(&fixture, three), "first");
	cr_expect(value_get_bool(value_at(&fixture.reply.body, "legs[0]"), "waiting_list", false),
		"the place is for her who came before");
	const char *four = places_refer(&fixture, 4, "accommodation");
	cr_expect_str_eq(places_went(&fixture, four), "");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(capacity, on_hold_she_keeps_what_she_had)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 1, waiting_list: 3}"});
	const char *one = places_refer(&fixture, 1, "accommodation");
	const char *two = places_refer(&fixture, 2, "accommodation");
	(void)fixture_deliver(&fixture, "advance");
	act(&fixture, "advance", leg_of(&fixture, one, 1), "accepted", NULL);
	act(&fixture, "advance", leg_of(&fixture, two, 1), "waitlisted", NULL);
	act(&fixture, "advance", leg_of(&fixture, one, 1), "on-hold", NULL);
	act(&fixture, "advance", leg_of(&fixture, two, 1), "on-hold", NULL);
	cr_expect_eq(places_number(&fixture, "first", "live"), 1);
	cr_expect_eq(places_number(&fixture, "first", "waiting"), 1);
	act(&fixture, "advance", leg_of(&fixture, two, 1), "resumed", NULL);
	cr_assert_eq(fixture_show(&fixture, "advance", two), ERR_OK);
	cr_expect_eq(value_at(&fixture.reply.body, "legs[0].waiting.place")->integer, 1);
	/* Asked to stop, she waits until it is confirmed, and no longer. */
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", two, "her-decision"), ERR_OK);
	cr_expect_eq(places_number(&fixture, "first", "live"), 1);
	cr_expect_eq(places_number(&fixture, "first", "waiting"), 1);
	act(&fixture, "advance", leg_of(&fixture, two, 1), "withdrawn", "her-decision");
	cr_expect_eq(places_number(&fixture, "first", "waiting"), 0);
	cr_expect_eq(places_number(&fixture, "first", "live"), 1);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(capacity, a_referral_that_nobody_said_yes_to_uses_none_of_the_year)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{per_year: 2}"});
	const char *one = places_refer(&fixture, 1, "accommodation");
	const char *two = places_refer(&fixture, 2, "accommodation");
	cr_expect_str_eq(places_went(&fixture, places_refer(&fixture, 3, "accommodation")), "");
	(void)fixture_deliver(&fixture, "advance");
	act(&fixture, "advance", leg_of(&fixture, one, 1), "declined", "outside-eligibility");
	cr_expect_eq(places_number(&fixture, "first", "year"), 1);
	act(&fixture, "advance", leg_of(&fixture, two, 1), "accepted", NULL);
	act(&fixture, "advance", leg_of(&fixture, two, 1), "ended-early", "moved-out-of-area");
	cr_expect_eq(places_number(&fixture, "first", "year"), 1, "she was one of the year");
	cr_expect_eq(places_number(&fixture, "first", "live"), 0);
	/* Another year, from midnight in London. */
	const char *four = places_refer(&fixture, 4, "accommodation");
	cr_expect_str_eq(places_went(&fixture, four), "first");
	cr_expect_str_eq(places_went(&fixture, places_refer(&fixture, 5, "accommodation")), "");
	cr_assert_eq(timestamp_parse(STR("2019-12-31T23:59:59Z"), &fixture.now), ERR_OK);
	cr_expect_eq(places_number(&fixture, "first", "year"), 2);
	fixture.now += TIMESTAMP_SECOND;
	cr_expect_eq(places_number(&fixture, "first", "year"), 0);
	cr_expect_str_eq(places_text(&fixture, "first", "room"), "yes");
	/* What is given back is of the year that it was taken from. */
	fixture_pass(&fixture, "2020-01-20T12:00:00Z");
	cr_expect_eq(places_number(&fixture, "first", "year"), 0);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(capacity, a_late_yes_takes_a_place_again)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 1, per_year: 9}"});
	const char *one = places_refer(&fixture, 1, "accommodation");
	(void)fixture_deliver(&fixture, "advance");
	fixture_pass(&fixture, "2019-06-20T12:00:00+01:00");
	cr_assert_eq(fixture_show(&fixture, "operator", one), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "expired");
	cr_expect_eq(places_number(&fixture, "first", "live"), 0);
	cr_expect_eq(places_number(&fixture, "first", "year"), 0);
	act(&fixture, "advance", leg_of(&fixture, one, 1), "accepted", NULL);
	cr_expect_eq(places_number(&fixture, "first", "live"), 1);
	cr_expect_eq(places_number(&fixture, "first", "year"), 1);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(capacity, other_limits_hold_from_midnight_to_midnight_in_london)
{
	static const struct {
		const char *time;
		int64_t caseload;
	} cases[] = {
		{"2019-07-21T22:59:59Z", 2}, /* 23:59:59 in London */
		{"2019-07-21T23:00:00Z", 0},
		{"2019-10-27T23:59:59Z", 0}, /* summer time ended that morning */
		{"2019-10-28T00:00:00Z", 2},
	};
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 2, overrides: [{from: "
							   "2019-07-22, to: 2019-10-27, "
							   "caseload: 0, note: Works.}]}"});
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_assert_eq(timestamp_parse(str_from(cases[i].time), &fixture.now), ERR_OK);
		cr_expect_eq(places_number(&fixture, "first", "caseload"), cases[i].caseload, "%s",
			cases[i].time);
		const char *reference = places_refer(&fixture, i, "accommodation");
		cr_expect_str_eq(places_went(&fixture, reference),
			cases[i].caseload > 0 ? "first" : "", "%s", cases[i].time);
		if (cases[i].caseload > 0) {
			cr_assert_eq(fixture_withdraw(
					     &fixture, "met-custody", reference, "her-decision"),
				ERR_OK);
		}
	}
	cr_assert_eq(timestamp_parse(STR("2019-10-27T12:00:00Z"), &fixture.now), ERR_OK);
	cr_expect_str_eq(places_text(&fixture, "first", "override.note"), "Works.");
	cr_expect_str_eq(places_text(&fixture, "first", "override.to"), "2019-10-27");
	cr_assert_eq(timestamp_parse(STR("2019-07-08T00:00:00+01:00"), &fixture.now), ERR_OK);
	cr_expect_str_eq(places_text(&fixture, "first", "next.from"), "2019-07-22");
	fixture.now -= TIMESTAMP_SECOND;
	cr_expect_str_eq(places_text(&fixture, "first", "next.from"), "", "15 days ahead");
	fixture_finish(&fixture);
}

Test(capacity, one_batch_gives_the_last_place_once)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 1, waiting_list: 1}"});
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	for (unsigned i = 0; i < 3; i++) {
		char ref[16];
		(void)snprintf(ref, sizeof(ref), "same-%u", i);
		const struct wire_request request = {.header = {WIRE_SUBMIT, 1},
			.referral =
				fixture_referral(&fixture, ref, "diversion", "E09000007", NULL)};
		struct core_command command = {.kind = CORE_REQUEST,
			.time = fixture.now,
			.party = fixture_party("met-custody"),
			.request = &request};
		randombytes_buf(command.entropy, sizeof(command.entropy));
		cr_assert_eq(core_batch_add(fixture.core, &command, &fixture.reply), ERR_OK);
		cr_assert_eq(fixture.reply.err, ERR_OK);
		cr_expect_eq(fixture_count(&fixture, "legs"), i < 2, "%u", i);
		cr_expect_eq(value_at(&fixture.reply.body, "legs[0].waiting_list") != NULL, i == 1);
	}
	cr_assert_eq(core_batch_commit(fixture.core, &fixture.effects), ERR_OK);
	cr_expect_eq(places_number(&fixture, "first", "live"), 1);
	cr_expect_eq(places_number(&fixture, "first", "waiting"), 1);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(capacity, the_last_place_of_a_pool_goes_to_one_leg_of_hers)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{pool: room, pool_caseload: 1}",
					 .second = "{pool: room, pool_caseload: 1}",
					 .third = "{pool: room, pool_caseload: 1}"});
	const char *one = fixture_refer(&fixture, "met-custody", "pool-1", "diversion", "E09000007",
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"immigration-advice\"}]}");
	cr_expect_str_eq(places_went(&fixture, one), "first");
	cr_expect_eq(fixture_count(&fixture, "legs"), 1);
	cr_expect_eq(places_number(&fixture, "first", "pool_live"), 1);
	/* Her place is free in the same moment in which it is said that she leaves it. */
	(void)fixture_deliver(&fixture, "advance");
	act(&fixture, "advance", leg_of(&fixture, one, 1), "declined", "other");
	cr_expect_str_eq(places_went(&fixture, one), "second");
	cr_expect_eq(places_number(&fixture, "second", "pool_live"), 1);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(capacity, a_place_that_is_free_again_is_found_the_next_working_morning)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 1}"});
	const char *one = places_refer(&fixture, 1, "accommodation");
	const char *two = places_refer(&fixture, 2, "accommodation");
	cr_assert_str_eq(places_went(&fixture, two), "");
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", one, "her-decision"), ERR_OK);
	cr_expect_str_eq(places_went(&fixture, two), "");
	fixture_pass(&fixture, "2019-06-14T12:00:00+01:00");
	cr_expect_str_eq(places_went(&fixture, two), "first");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

static const char *explained(struct fixture *fixture, const char *clause)
{
	const struct wire_request request = {.header = {WIRE_EXPLAIN, 1},
		.referral = fixture_referral(fixture, "explain", "diversion", "E09000007", NULL)};
	core_read(fixture->core, fixture_party("met-custody"), &request, fixture->now,
		&fixture->arena, &fixture->reply);
	cr_assert_eq(fixture->reply.err, ERR_OK, "%s", fixture->reply.fault.message);
	const struct value *clauses = value_at(&fixture->reply.body, "services[0].clauses");
	for (size_t i = 0; i < clauses->list.count; i++) {
		if (str_is(value_get_str(&clauses->list.items[i], "clause"), clause)) {
			return arena_str(
				&fixture->arena, value_get_str(&clauses->list.items[i], "text"))
				.ptr;
		}
	}
	return "";
}

Test(capacity, explain_says_how_full_it_is_and_until_when)
{
	struct fixture fixture;
	fixture_init(&fixture);
	places_publish(&fixture, &(struct places){.first = "{caseload: 3, waiting_list: 2, "
							   "overrides: [{from: 2019-06-01, to: "
							   "2019-06-30, caseload: 1}]}"});
	cr_expect_str_eq(explained(&fixture, "capacity"),
		"has room: 0 of 1 places are taken (1 until 2019-06-30, 3 otherwise); 0 wait, 2 "
		"may");
	(void)places_refer(&fixture, 1, "accommodation");
	cr_expect_str_eq(explained(&fixture, "capacity"),
		"has room on its waiting list: 1 of 1 places are taken (1 until 2019-06-30, 3 "
		"otherwise); 0 wait, 2 may");
	(void)places_refer(&fixture, 2, "accommodation");
	(void)places_refer(&fixture, 3, "accommodation");
	cr_expect_str_eq(explained(&fixture, "capacity"),
		"full: 1 of 1 places are taken (1 until 2019-06-30, 3 otherwise); 2 wait, 2 may");
	cr_assert_eq(places_intake(&fixture, "advance", "first", "pause", "2019-08-31", "staffing"),
		ERR_OK);
	cr_expect_str_eq(explained(&fixture, "intake"),
		"takes no new referrals: paused by its provider until 2019-08-31");
	cr_assert_eq(places_intake(&fixture, "coordinator-london", "first", "pause",
			     "2019-08-30T17:00:00+01:00", NULL),
		ERR_OK);
	cr_expect_str_eq(explained(&fixture, "intake"),
		"takes no new referrals: paused by the coordinator until 2019-08-30 17:00");
	fixture_finish(&fixture);
}

Test(capacity, a_place_of_a_pool_that_is_waited_for_is_not_given_to_who_comes_later)
{
	static const char *const second[] = {"{pool: beds, pool_caseload: 1, waiting_list: 2}",
		"{pool: beds, pool_caseload: 1}"};
	for (size_t i = 0; i < 2; i++) {
		struct fixture fixture;
		fixture_init(&fixture);
		places_publish(&fixture, &(struct places){.first = second[0], .second = second[i]});
		const char *one = places_refer(&fixture, 1, "accommodation");
		const char *two = places_refer(&fixture, 2, "accommodation");
		(void)fixture_deliver(&fixture, "advance");
		cr_assert_str_eq(places_went(&fixture, two), "first");
		act(&fixture, "advance", leg_of(&fixture, two, 1), "waitlisted", NULL);
		cr_assert_eq(
			fixture_withdraw(&fixture, "met-custody", one, "her-decision"), ERR_OK);
		act(&fixture, "advance", leg_of(&fixture, one, 1), "withdrawn", "her-decision");
		cr_assert_eq(places_number(&fixture, "first", "pool_live"), 0);
		/* Free, and spoken for. */
		const char *three = places_refer(&fixture, 3, "accommodation");
		cr_expect_str_eq(places_went(&fixture, three), "first", "%zu", i);
		cr_expect(value_get_bool(
			value_at(&fixture.reply.body, "legs[0]"), "waiting_list", false));
		act(&fixture, "advance", leg_of(&fixture, two, 1), "accepted", NULL);
		cr_expect_eq(places_number(&fixture, "first", "pool_live"), 1);
		fixture_verify(&fixture);
		fixture_finish(&fixture);
	}
}
