/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/by_hand.h"
#include "tests/unit/core/candidate.h"

#include <criterion/criterion.h>

/* What becomes of two legs of which one is to take the other over, when something else happens. */

static struct candidate published;

static void begin(void)
{
	by_hand_begin();
	candidate_make(&published, &fixture, "candidate");
	candidate_succeed(&published);
	fixture_publish(&fixture, published.root);
}

TestSuite(handover, .init = begin, .fini = by_hand_end);

#define FROM "south-london-alliance"
#define TO "south-london-next"
#define THIRD "south-london-third"
#define OLD "women-in-prison"
#define NEW "changing-lives"
#define LAST "turning-point"

static const char *leg_of(const char *reference, int number)
{
	return arena_printf(&fixture.arena, "%s/%d", reference, number).ptr;
}

static void act(
	const char *route, const char *reference, int leg, const char *action, const char *reason)
{
	cr_assert_eq(fixture_act(&fixture, route, leg_of(reference, leg), action, reason), ERR_OK,
		"%s: %s", action, fixture.reply.fault.message);
}

static const char *state_of(const char *reference, int number)
{
	cr_assert_eq(fixture_show(&fixture, coordinator, reference), ERR_OK);
	return fixture_text(
		&fixture, arena_printf(&fixture.arena, "legs[%d].state", number - 1).ptr);
}

static void migrate(const char *from, const char *to)
{
	const struct wire_request request = {.header = {WIRE_MIGRATE, 1},
		.user = STR("A Coordinator"),
		.service = str_from(from),
		.to = str_from(to),
		.all = true,
		.note = STR("the contract ends")};
	cr_assert_eq(fixture_ask(&fixture, coordinator, &request), ERR_OK, "%s: %s",
		fixture.reply.fault.field, fixture.reply.fault.message);
}

static bool queue_says(const char *word)
{
	(void)page(coordinator, WIRE_QUEUE, NULL, false);
	return fixture_tells(&fixture.reply.body, word);
}

/* Accepted by the one that ends, and at the one that is to come. */
static const char *on_the_way(const char *source_ref)
{
	const char *reference = open_referral(source_ref, NULL);
	(void)fixture_deliver(&fixture, OLD);
	act(OLD, reference, 1, "accepted", NULL);
	migrate(FROM, TO);
	(void)fixture_deliver(&fixture, NEW);
	return reference;
}

Test(handover, she_said_no_or_was_served_and_the_new_one_does_not_ring_her)
{
	static const char *const ends[][3] = {{"withdrawn", "her-decision", "her-decision"},
		{"completed", NULL, "stopped"}, {"ended-early", "her-decision", "her-decision"},
		{"ended-early", "died", "stopped"}};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *reference = on_the_way(arena_printf(&fixture.arena, "f-%zu", i).ptr);
		act(OLD, reference, 1, "started", NULL);
		act(OLD, reference, 1, ends[i][0], ends[i][1]);
		cr_expect_str_eq(state_of(reference, 2), "cancel-requested", "%s", ends[i][0]);
		const struct core_delivery stop = waiting(NEW);
		expect_says(stop, "kind", "withdrawn");
		expect_says(stop, "reason", ends[i][2]);
		cr_expect_eq(fixture_deliver(&fixture, NEW), 1);
		act(NEW, reference, 2, "withdrawn", "other");
		cr_expect_str_eq(state_of(reference, 2), "withdrawn");
		cr_expect_str_eq(fixture_text(&fixture, "state"), "closed");
		cr_expect_eq(fixture_count(&fixture, "legs"), 2, "and nobody else is asked");
	}
	cr_expect_not(queue_says("migration-not-taken"));
}

Test(handover, a_list_that_she_waits_on_lets_go_of_her_as_well)
{
	const char *reference = on_the_way("f-w");
	act(NEW, reference, 2, "waitlisted", NULL);
	cr_expect_str_eq(state_of(reference, 1), "accepted");
	act(OLD, reference, 1, "withdrawn", "her-decision");
	cr_expect_str_eq(state_of(reference, 2), "cancel-requested");
}

/* Who ends its work because its contract does, or cannot reach her, has not answered for her. */
Test(handover, whom_the_old_one_gives_up_the_new_one_keeps)
{
	static const char *const ends[][2] = {{"ended-early", "needs-met-elsewhere"},
		{"ended-early", "other"}, {"not-engaged", NULL}, {"declined", "no-capacity"}};
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *reference = on_the_way(arena_printf(&fixture.arena, "g-%zu", i).ptr);
		act(OLD, reference, 1, ends[i][0], ends[i][1]);
		cr_expect_str_eq(state_of(reference, 2), "delivered", "%s", ends[i][0]);
		act(NEW, reference, 2, "accepted", NULL);
		cr_expect_str_eq(state_of(reference, 2), "accepted");
	}
}

Test(handover, a_consent_taken_back_for_the_old_one_stops_that_alone)
{
	const char *reference = on_the_way("c-1");
	fixture_amend(&fixture, "ld-london", reference,
		"{\"preferences\":{\"exclude_services\":[\"south-london-alliance\"]}}");
	cr_expect_str_eq(state_of(reference, 1), "cancel-requested");
	cr_expect_str_eq(state_of(reference, 2), "delivered");
	(void)fixture_deliver(&fixture, OLD);
	act(OLD, reference, 1, "withdrawn", "other");
	cr_expect_str_eq(state_of(reference, 1), "withdrawn");
	cr_expect_str_eq(state_of(reference, 2), "delivered");
}

Test(handover, a_move_that_her_own_word_stops_is_told)
{
	const char *reference = on_the_way("a-1");
	fixture_amend(&fixture, "ld-london", reference,
		"{\"preferences\":{\"exclude_services\":[\"south-london-next\"]}}");
	cr_expect_str_eq(state_of(reference, 1), "accepted");
	cr_expect_str_eq(state_of(reference, 2), "cancel-requested");
	cr_expect(queue_says("migration-not-taken"), "she stays with a service that ends");
}

/* A third service, of the provider turning-point, that takes on who goes to the second. */
static void third_published(void)
{
	static const char file[] = "london-2018/services/" THIRD ".yaml";
	candidate_copy(&published, NEXT, file);
	candidate_replace(&published, file, "id: " TO, "id: " THIRD);
	candidate_replace(&published, file, "party: " NEW, "party: " LAST);
	candidate_replace(
		&published, file, "name: South London, from now on", "name: South London, third");
	fixture_publish(&fixture, published.root);
}

static const char *moved_twice(const char *source_ref)
{
	const char *reference = on_the_way(source_ref);
	migrate(TO, THIRD);
	cr_expect_str_eq(state_of(reference, 1), "accepted");
	cr_expect_str_eq(state_of(reference, 2), "cancel-requested");
	cr_expect_eq(fixture_deliver(&fixture, LAST), 1);
	return reference;
}

Test(handover, a_move_of_a_move_ends_the_leg_that_still_has_her)
{
	third_published();
	const char *reference = moved_twice("b-1");
	act(LAST, reference, 3, "accepted", NULL);
	cr_expect_str_eq(state_of(reference, 1), "cancel-requested");
	const struct core_delivery stop = waiting(OLD);
	expect_says(stop, "reason", "migrated");
}

Test(handover, a_move_of_a_move_that_is_not_taken_is_told)
{
	third_published();
	const char *reference = moved_twice("b-2");
	act(LAST, reference, 3, "declined", "no-capacity");
	cr_expect_str_eq(state_of(reference, 1), "accepted");
	cr_expect(queue_says("migration-not-taken"));
}

Test(handover, her_no_at_the_first_stops_the_last_of_a_move_of_a_move)
{
	third_published();
	const char *reference = moved_twice("b-3");
	act(OLD, reference, 1, "withdrawn", "her-decision");
	cr_expect_str_eq(state_of(reference, 3), "cancel-requested");
}

Test(handover, a_place_that_nobody_promised_her_is_not_given_up_for_a_waiting_list)
{
	candidate_replace(&published, NEXT, "capacity: not-stated",
		"capacity:\n  caseload: 0\n  waiting_list: 5");
	fixture_publish(&fixture, published.root);
	const char *reference = open_referral("d-1", NULL);
	(void)fixture_deliver(&fixture, OLD);
	act(OLD, reference, 1, "received", NULL);
	migrate(FROM, TO);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].result"), "moved");
	cr_expect_str_eq(state_of(reference, 1), "received");
	cr_expect(value_get_bool(value_at(&fixture.reply.body, "legs[1]"), "waiting_list", false));
	(void)fixture_deliver(&fixture, NEW);
	act(NEW, reference, 2, "waitlisted", NULL);
	cr_expect_str_eq(state_of(reference, 1), "received", "a list is no place");
	act(NEW, reference, 2, "accepted", NULL);
	cr_expect_str_eq(state_of(reference, 1), "cancel-requested");
}

/* Another service holds the referral open, so that the answer comes to one that is running. */
Test(handover, a_late_yes_does_not_count_when_her_need_was_met_meanwhile)
{
	const char *reference = open_referral("l-1",
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"immigration-advice\"}],"
		"\"person\":{\"nationality\":\"so\"},"
		"\"preferences\":{\"specialist\":[\"foreign-national\"]}}");
	(void)fixture_deliver(&fixture, OLD);
	(void)fixture_deliver(&fixture, "hibiscus");
	act(OLD, reference, 1, "accepted", NULL);
	act("hibiscus", reference, 2, "accepted", NULL);
	act("hibiscus", reference, 2, "started", NULL);
	migrate(FROM, TO);
	(void)fixture_deliver(&fixture, NEW);
	act(OLD, reference, 1, "started", NULL);
	fixture_pass(&fixture, "2019-06-21T12:00:00+01:00");
	cr_assert_str_eq(state_of(reference, 3), "expired");
	act(OLD, reference, 1, "completed", NULL);
	cr_assert_str_eq(state_of(reference, 2), "started");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	expect_says(waiting(NEW), "kind", "withdrawn");
	(void)fixture_act(&fixture, NEW, leg_of(reference, 3), "accepted", NULL);
	cr_expect_str_eq(state_of(reference, 3), "expired");
}
