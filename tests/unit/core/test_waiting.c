/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "tests/unit/core/by_hand.h"
#include "tests/unit/core/candidate.h"
#include "tests/unit/core/places.h"

#include <criterion/criterion.h>

/* Who reads of whom waits for a service, and in which order. */

#define SERVICE "south-london-alliance"
#define FORMER "women-in-prison"

static struct candidate candidate;

static void list_published(void)
{
	candidate_make(&candidate, &fixture, "list");
	candidate_replace(&candidate, ALLIANCE, "capacity: not-stated",
		"capacity:\n  caseload: 9\n  waiting_list: 9");
	fixture_publish(&fixture, candidate.root);
}

static const char *waits(const char *source_ref)
{
	const char *reference = open_referral(source_ref, NULL);
	(void)fixture_deliver(&fixture, FORMER);
	cr_assert_eq(
		fixture_act(&fixture, FORMER, arena_printf(&fixture.arena, "%s/1", reference).ptr,
			"waitlisted", NULL),
		ERR_OK, "%s", fixture.reply.fault.message);
	return reference;
}

static int64_t number(const char *path)
{
	const struct value *found = value_at(&fixture.reply.body, path);
	return found == NULL ? -1 : found->integer;
}

static void begin(void)
{
	by_hand_begin();
	list_published();
}

TestSuite(waiting, .init = begin, .fini = by_hand_end);

Test(waiting, a_new_provider_does_not_read_who_waits_with_the_former_one)
{
	const char *first = waits("w-1");
	candidate_replace(&candidate, ALLIANCE, "party: women-in-prison", "party: advance");
	fixture_publish(&fixture, candidate.root);
	cr_assert_eq(places_read(&fixture, "advance", SERVICE), ERR_OK);
	cr_expect_eq(number("items[0].waiting"), 1);
	cr_expect_eq(fixture_count(&fixture, "items[0].list"), 0);
	cr_expect_not(fixture_tells(&fixture.reply.body, first));
	/* Its own it reads, at the place that is theirs. */
	const char *second = open_referral("w-2", NULL);
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(fixture_act(&fixture, "advance",
			     arena_printf(&fixture.arena, "%s/1", second).ptr, "waitlisted", NULL),
		ERR_OK);
	cr_assert_eq(places_read(&fixture, "advance", SERVICE), ERR_OK);
	cr_expect_eq(fixture_count(&fixture, "items[0].list"), 1);
	cr_expect_eq(number("items[0].list[0].place"), 2);
	cr_expect(fixture_tells(&fixture.reply.body, second));
	cr_assert_eq(places_read(&fixture, coordinator, SERVICE), ERR_OK);
	cr_expect_eq(fixture_count(&fixture, "items[0].list"), 2);
}

/* As records of earlier versions leave her: counted, and in no row of the list. */
static void take_off_the_list(const char *reference)
{
	struct id id;
	struct fault fault;
	struct leg_row row;
	char name[COUNT_NAME_SIZE];
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	struct state *state = &fixture.core->state;
	cr_assert_eq(state_find_reference(state, str_from(reference), &id, &fault), ERR_OK);
	cr_assert_eq(state_leg_get(state, id, 1, &row, &fault), ERR_OK);
	const struct store_key key = state_waiting_key(STR(SERVICE), row.matched, id, 1);
	cr_assert_eq(store_del(state->txn, store_key_view(&key)), ERR_OK);
	cr_assert_eq(state_count_add(state, state_count_listed(STR(SERVICE), name), -1), ERR_OK);
	fixture.core->touched = true;
	cr_assert_eq(core_batch_commit(fixture.core, &fixture.effects), ERR_OK);
}

static void begin_plain(void)
{
	fixture_init(&fixture);
	list_published();
}

static void end_plain(void)
{
	fixture_finish(&fixture); /* its record and its rows do not agree any more */
}

TestSuite(waiting_before, .init = begin_plain, .fini = end_plain);

Test(waiting_before, who_waited_before_there_were_lists_comes_first)
{
	take_off_the_list(waits("old-1"));
	take_off_the_list(waits("old-2"));
	const char *later = waits("new-1");
	static const char *const who[] = {FORMER, "coordinator-london"};
	for (size_t i = 0; i < 2; i++) {
		cr_assert_eq(places_read(&fixture, who[i], SERVICE), ERR_OK);
		cr_expect_eq(number("items[0].waiting"), 3);
		cr_expect_eq(number("items[0].before_list"), 2);
		cr_expect_eq(fixture_count(&fixture, "items[0].list"), 1);
		cr_expect_eq(number("items[0].list[0].place"), 3);
	}
	cr_assert_eq(fixture_show(&fixture, FORMER, later), ERR_OK);
	cr_expect_eq(number("legs[0].waiting.place"), 3);
	cr_expect_eq(number("legs[0].waiting.of"), 3);
}
