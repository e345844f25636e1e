/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/by_hand.h"

#include <criterion/criterion.h>

/* What coordinators decide: the queue and assignments. */

TestSuite(by_hand, .init = by_hand_begin, .fini = by_hand_end);

Test(by_hand, what_cannot_be_delivered_waits_until_a_service_that_was_assigned_says_yes)
{
	char route[64];
	const char *reference = undeliverable("q-1", route);
	fixture.now += 2 * TIMESTAMP_DAY;
	cr_assert_eq(
		page(coordinator, WIRE_QUEUE, NULL, false), 1, "%s", fixture.reply.fault.message);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].reference"), reference);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].reasons[0]"), "no-service");
	cr_expect_str_eq(fixture_text(&fixture, "items[0].reasons[1]"), "undeliverable");
	const struct value *items = value_get(&fixture.reply.body, STR("items"));
	cr_expect_eq(value_get_int(&items->list.items[0], "age_s", 0), 2 * 86400);
	cr_expect(fixture_tells(items, "retry"));
	cr_assert_eq(assign(coordinator, reference, "hibiscus-foreign-national-worker"), ERR_OK,
		"%s: %s", fixture.reply.fault.field, fixture.reply.fault.message);
	cr_expect_str_eq(fixture_text(&fixture, "state"), "matched");
	const char *leg = fixture_text(&fixture, "leg");
	cr_expect_gt(fixture_count(&fixture, "overridden"), 0);
	cr_expect_eq(page("operator", WIRE_QUEUE, NULL, false), 1, "it is with nobody yet");
	cr_expect_eq(fixture_deliver(&fixture, "hibiscus"), 1);
	cr_assert_eq(fixture_act(&fixture, "hibiscus", leg, "accepted", NULL), ERR_OK);
	cr_expect_eq(page(coordinator, WIRE_QUEUE, NULL, false), 0);
}

Test(by_hand, an_assignment_says_who_and_what_was_overridden_and_its_reason_is_sealed)
{
	char route[64];
	const char *reference = undeliverable("q-2", route);
	cr_assert_eq(assign(coordinator, reference, "hibiscus-foreign-national-worker"), ERR_OK,
		"%s", fixture.reply.fault.message);
	cr_assert_eq(fixture_show(&fixture, coordinator, reference), ERR_OK);
	cr_expect(fixture_tells(&fixture.reply.body, "assigned"));
	cr_expect(fixture_tells(&fixture.reply.body, "needs:no"));
	cr_expect(fixture_tells(&fixture.reply.body, "A Coordinator"));
	cr_expect_not(
		fixture_tells(&fixture.reply.body, "keep a place"), "not to those who oversee");
	cr_assert_eq(fixture_show(&fixture, "hibiscus", reference), ERR_OK);
	cr_expect_not(fixture_tells(&fixture.reply.body, "keep a place"));
	cr_expect_not(fixture_tells(&fixture.reply.body, "needs:no"));
}

Test(by_hand, only_a_coordinator_assigns_and_marks_as_seen)
{
	static const char *const others[] = {"operator", "met-custody", "ld-london", "hibiscus",
		"nps-london", "hmp-bronzefield", "housing-lambeth", "court-westminster"};
	const char *reference = open_referral("a-1", NULL);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		cr_expect_eq(assign(others[i], reference, "hibiscus-foreign-national-worker"),
			ERR_NOT_ALLOWED, "%s", others[i]);
		cr_expect_eq(seen(others[i], reference, NULL), ERR_NOT_ALLOWED, "%s", others[i]);
	}
}

Test(by_hand, only_those_who_oversee_read_the_queue_and_move_deliveries)
{
	static const char *const others[] = {"met-custody", "ld-london", "hibiscus",
		"women-in-prison", "nps-london", "hmp-bronzefield", "housing-lambeth"};
	const char *reference = open_referral("a-2", NULL);
	cr_assert_neq(reference[0], '\0');
	const struct core_delivery delivery = waiting("women-in-prison");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		(void)page(others[i], WIRE_QUEUE, NULL, false);
		cr_expect_eq(fixture.reply.err, ERR_NOT_ALLOWED, "%s", others[i]);
		cr_expect_eq(by_id(others[i], WIRE_RETRY, delivery.id), ERR_NOT_ALLOWED);
		cr_expect_eq(by_id(others[i], WIRE_STOP_RETRYING, delivery.id), ERR_NOT_ALLOWED);
	}
	/* A provider sees its own deliveries and no other's. */
	cr_expect_eq(page("women-in-prison", WIRE_DELIVERIES, NULL, false), 1);
	cr_expect_eq(page("hibiscus", WIRE_DELIVERIES, NULL, false), 0);
	(void)page("hibiscus", WIRE_DELIVERIES, "women-in-prison", false);
	cr_expect_eq(fixture.reply.err, ERR_NOT_ALLOWED);
	cr_expect_eq(page("met-custody", WIRE_DELIVERIES, NULL, false), 0);
}

Test(by_hand, what_she_did_not_agree_to_or_avoids_cannot_be_assigned)
{
	const char *narrow = open_referral("a-3",
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"poverty-debt\"}],"
		"\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"[\"south-london-alliance\"],\"needs\":[\"accommodation\"]}]}");
	cr_expect_eq(assign(coordinator, narrow, "hibiscus-foreign-national-worker"), ERR_CONSENT);
	cr_expect_str_eq(fixture.reply.fault.field, "service");
	const char *needs = open_referral("a-4",
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"poverty-debt\"}],"
		"\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"\"any-eligible\",\"needs\":[\"accommodation\"]}]}");
	cr_expect_eq(
		assign_for(needs, "hibiscus-foreign-national-worker", "poverty-debt"), ERR_CONSENT);
	cr_expect_str_eq(fixture.reply.fault.field, "needs");
	cr_expect_eq(
		assign_for(needs, "hibiscus-foreign-national-worker", "trafficking"), ERR_INVALID);
	cr_expect_eq(assign_for(needs, "hibiscus-foreign-national-worker", "housing"), ERR_INVALID);
	const char *later = open_referral("a-5",
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"to-confirm\",\"recipients\":"
		"\"any-eligible\",\"needs\":\"all\"}]}");
	cr_expect_eq(assign(coordinator, later, "hibiscus-foreign-national-worker"), ERR_CONSENT);
	cr_expect_not_null(strstr(fixture.reply.fault.message, "confirmed"));
	const char *excluded = open_referral("a-6",
		"{\"preferences\":{\"exclude_services\":[\"hibiscus-foreign-national-worker\"]}}");
	cr_expect_eq(
		assign(coordinator, excluded, "hibiscus-foreign-national-worker"), ERR_NOT_ALLOWED);
	const char *avoids = open_referral("a-7", "{\"preferences\":{\"avoid\":{\"services\":["
						  "\"hibiscus-foreign-national-worker\"]}}}");
	cr_expect_eq(
		assign(coordinator, avoids, "hibiscus-foreign-national-worker"), ERR_NOT_ALLOWED);
}

Test(by_hand, services_that_are_none_or_hold_her_already_cannot_be_assigned)
{
	const char *reference = open_referral("a-8", NULL);
	cr_expect_eq(assign(coordinator, reference, "no-such-service"), ERR_INVALID);
	cr_expect_str_eq(fixture.reply.fault.field, "service");
	cr_expect_eq(assign(coordinator, reference, "south-london-alliance"), ERR_STATE);
	/* Its contract begins in 2022. */
	cr_expect_eq(assign(coordinator, reference, "crs-women-london-south"), ERR_INVALID);
	cr_expect_not_null(
		strstr(fixture.reply.fault.message, "contract"), "%s", fixture.reply.fault.message);
	cr_expect_eq(assign(coordinator, "ACDE-FGHJ-K", "hibiscus-foreign-national-worker"),
		ERR_INVALID);
	cr_assert_eq(fixture_withdraw(&fixture, "ld-london", reference, "her-decision"), ERR_OK);
	cr_expect_eq(assign(coordinator, reference, "hibiscus-foreign-national-worker"), ERR_STATE);
}

Test(by_hand, what_was_seen_leaves_the_queue_and_comes_back_with_something_new)
{
	char route[64];
	const char *reference = undeliverable("s-1", route);
	cr_expect_eq(seen(coordinator, reference, "overdue"), ERR_STATE, "not for that");
	cr_expect_eq(seen(coordinator, reference, "bored"), ERR_INVALID);
	cr_assert_eq(seen(coordinator, reference, "undeliverable"), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "cleared[0]"), "undeliverable");
	cr_expect_str_eq(fixture_text(&fixture, "left[0]"), "no-service");
	cr_expect_eq(page(coordinator, WIRE_QUEUE, NULL, false), 1);
	cr_assert_eq(seen(coordinator, reference, NULL), ERR_OK);
	cr_expect_eq(page(coordinator, WIRE_QUEUE, NULL, false), 0);
	cr_expect_eq(seen(coordinator, reference, NULL), ERR_STATE);
	fixture_amend(&fixture, "met-custody", reference, "{\"risk\":{\"self\":\"immediate\"}}");
	cr_expect_eq(page(coordinator, WIRE_QUEUE, NULL, false), 1);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].attention[0]"), "immediate-risk");
}

Test(by_hand, a_withdrawn_referral_waits_for_nobody)
{
	char route[64];
	const char *reference = undeliverable("s-2", route);
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", reference, "her-decision"), ERR_OK);
	cr_expect_eq(page(coordinator, WIRE_QUEUE, NULL, false), 0);
	cr_expect_eq(page(coordinator, WIRE_DELIVERIES, NULL, true), 0);
}

Test(by_hand, neither_queue_nor_deliveries_tell_of_her)
{
	char route[64];
	(void)undeliverable("p-1", route);
	(void)open_referral("p-2", "{\"risk\":{\"self\":\"immediate\"}}");
	cr_assert_eq(page("operator", WIRE_QUEUE, NULL, false), 2);
	cr_expect_not(fixture_tells(&fixture.reply.body, "mmediate"), "risk is for coordinators");
	cr_expect_str_eq(fixture_text(&fixture, "items[1].attention[0]"), "urgent");
	cr_assert_eq(page(coordinator, WIRE_QUEUE, NULL, false), 2);
	cr_expect(fixture_tells(&fixture.reply.body, "immediate-risk"));
	cr_expect_not(fixture_tells(&fixture.reply.body, "Invented"));
	cr_expect_not(fixture_tells(&fixture.reply.body, "1987"));
	cr_assert_gt(page("operator", WIRE_DELIVERIES, NULL, false), 0);
	cr_expect_not(fixture_tells(&fixture.reply.body, "Invented"));
	cr_expect_not(fixture_tells(&fixture.reply.body, "1987"));
}

Test(by_hand, pages_of_the_queue_hold_each_referral_once_also_those_of_one_second)
{
	enum {
		MANY = 7
	};
	char route[64];
	for (int i = 0; i < MANY; i++) {
		fixture.now += 3; /* microseconds */
		(void)undeliverable(arena_printf(&fixture.arena, "n-%d", i).ptr, route);
	}
	struct wire_request request = {.header = {WIRE_QUEUE, 1}, .limit = 2};
	struct str seen_before[MANY];
	size_t count = 0;
	do {
		core_read(fixture.core, fixture_party(coordinator), &request, fixture.now,
			&fixture.arena, &fixture.reply);
		cr_assert_eq(fixture.reply.err, ERR_OK, "%s", fixture.reply.fault.message);
		for (size_t i = 0; i < fixture_count(&fixture, "items"); i++) {
			cr_assert_lt(count, MANY);
			const struct str path =
				arena_printf(&fixture.arena, "items[%zu].reference", i);
			seen_before[count] = str_from(fixture_text(&fixture, path.ptr));
			for (size_t j = 0; j < count; j++) {
				cr_assert_not(str_equal(seen_before[j], seen_before[count]));
			}
			count++;
		}
		request.cursor = str_from(fixture_text(&fixture, "cursor"));
	} while (request.cursor.len > 0);
	cr_expect_eq(count, MANY);
	struct core_figures figures;
	struct fault fault;
	fixture.now += 5 * TIMESTAMP_SECOND;
	cr_assert_eq(core_figures(fixture.core, fixture.now, &figures, &fault), ERR_OK);
	cr_expect_eq(figures.queue, MANY);
	cr_expect_eq(figures.queue_oldest_s, 5);
	static const char *const bad[] = {"51", "4f", "5", "zz", "not-a-cursor", "00"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		request.cursor = str_from(bad[i]);
		core_read(fixture.core, fixture_party(coordinator), &request, fixture.now,
			&fixture.arena, &fixture.reply);
		cr_expect_eq(fixture.reply.err, i == 0 ? ERR_OK : ERR_INVALID, "%s", bad[i]);
	}
}

/* She agreed to whoever is eligible in her area, or to those she named. */
Test(by_hand, nobody_reaches_beyond_her_area_unless_she_named_the_service)
{
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
	cr_expect_eq(assign(coordinator, reference, "south-london-alliance"), ERR_CONSENT, "%s",
		fixture.reply.fault.message);
	cr_expect_not(fixture_waiting(&fixture, "women-in-prison", &(struct core_delivery){0}));
	const char *named = fixture_refer(&fixture, "london-crc", "2", "community", "E09000007",
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"[\"south-london-alliance\"],\"needs\":\"all\",\"basis\":\"consent\"}]}");
	cr_expect_eq(assign(coordinator, named, "south-london-alliance"), ERR_OK, "%s",
		fixture.reply.fault.message);
}

Test(by_hand, a_need_that_nobody_takes_waits_for_a_person_beside_one_that_is_held)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022",
			"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"trafficking\"}]}");
	cr_assert_eq(fixture_show(&fixture, coordinator, reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_eq(fixture_count(&fixture, "gaps"), 1);
	cr_expect_eq(page(coordinator, WIRE_QUEUE, "", false), 1, "it is with nobody");
	fixture_amend(
		&fixture, "met-custody", reference, "{\"needs\":[{\"code\":\"accommodation\"}]}");
	cr_expect_eq(page(coordinator, WIRE_QUEUE, "", false), 0, "nothing is missing any more");
}

Test(by_hand, what_nobody_takes_comes_back_after_it_was_seen)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E07000209", NULL);
	fixture_pass(&fixture, "2019-06-14T12:00:00+01:00");
	cr_assert_eq(seen(coordinator, reference, NULL), ERR_OK);
	cr_assert_eq(page(coordinator, WIRE_QUEUE, "", false), 0);
	fixture_pass(&fixture, "2019-07-11T12:00:00+01:00");
	cr_expect_eq(page(coordinator, WIRE_QUEUE, "", false), 1, "nobody looks any more");
	cr_assert_eq(seen(coordinator, reference, NULL), ERR_OK);
	fixture_pass(&fixture, "2019-08-08T12:00:00+01:00");
	cr_expect_eq(page(coordinator, WIRE_QUEUE, "", false), 1, "forgotten");
}

Test(by_hand, an_assignment_that_is_sent_again_is_confirmed)
{
	const char *reference = open_referral("1", NULL);
	cr_assert_eq(assign(coordinator, reference, "hibiscus-foreign-national-worker"), ERR_OK,
		"%s", fixture.reply.fault.message);
	cr_assert_eq(fixture_deliver(&fixture, "hibiscus"), 1);
	cr_assert_eq(assign(coordinator, reference, "hibiscus-foreign-national-worker"), ERR_OK,
		"%s", fixture.reply.fault.message);
	cr_expect(value_get_bool(&fixture.reply.body, "duplicate", false));
	cr_expect_eq(fixture_deliver(&fixture, "hibiscus"), 0);
}
