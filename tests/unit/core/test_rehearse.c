/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/rehearse.h"
#include "tests/unit/core/by_hand.h"
#include "tests/unit/core/candidate.h"

#include <criterion/criterion.h>

/* A directory tried on stored referrals before it is published. */

TestSuite(rehearse, .init = by_hand_begin, .fini = by_hand_end);

#define FROM "south-london-alliance"

static struct candidate tried;

static size_t rehearse_with(
	const char *party, const struct core_candidate *candidate, struct wire_request request)
{
	struct core_identity before;
	struct core_identity after;
	request.header = (struct wire_header){WIRE_REHEARSE, 1};
	core_identify(fixture.core, &before);
	core_rehearse(fixture.core, fixture_party(party), &request, candidate, fixture.now,
		&fixture.arena, &fixture.reply);
	core_identify(fixture.core, &after);
	cr_assert_eq(after.sequence, before.sequence, "nothing is written");
	return fixture.reply.err == ERR_OK ? fixture_count(&fixture, "items") : 0;
}

/* The first page of all there is; how many items. */
static size_t rehearse_as(const char *party, struct wire_request request)
{
	struct core_candidate *candidate = candidate_load(&tried);
	const size_t count = rehearse_with(party, candidate, request);
	cr_assert_eq(fixture.reply.err, ERR_OK, "%s", fixture.reply.fault.message);
	core_candidate_destroy(candidate);
	return count;
}

static size_t rehearse(void)
{
	return rehearse_as(coordinator, (struct wire_request){0});
}

static const char *said(const char *path)
{
	return fixture_text(&fixture, path);
}

static int64_t counted(const char *key)
{
	return value_get_int(&fixture.reply.body, key, -1);
}

static void change(const char *file, const char *from, const char *to)
{
	candidate_make(&tried, &fixture, "tried");
	candidate_replace(&tried, file, from, to);
}

Test(rehearse, a_service_that_is_gone_is_named_with_who_would_have_her_and_her_live_leg)
{
	const char *reference = open_referral("r-1", NULL);
	candidate_make(&tried, &fixture, "tried");
	candidate_succeed(&tried);
	candidate_remove(&tried, ALLIANCE);
	cr_assert_eq(rehearse(), 1);
	cr_expect_str_eq(said("items[0].reference"), reference);
	cr_expect_str_eq(said("items[0].changes[0]"), "elsewhere");
	cr_expect_str_eq(said("items[0].from[0].service"), FROM);
	cr_expect_str_eq(said("items[0].to[0].service"), "south-london-next");
	cr_expect_str_eq(said("items[0].to[0].needs[0]"), "accommodation");
	cr_expect_str_eq(said("items[0].recorded[0].service"), FROM);
	cr_expect_str_eq(said("items[0].moves[0].change"), "loses");
	cr_expect_str_eq(said("items[0].moves[0].why"), "gone");
	cr_expect_str_eq(said("items[0].moves[1].change"), "gains");
	cr_expect_str_eq(said("items[0].moves[1].why"), "new");
	cr_expect_str_eq(said("items[0].legs[0].state"), "matched");
	cr_expect_str_eq(said("items[0].legs[0].why[0]"), "gone");
	cr_expect_str_neq(said("items[0].legs[0].deadline"), "");
	cr_expect_eq(counted("replayed"), 1);
	cr_expect_eq(counted("same"), 0);
}

Test(rehearse, a_contract_that_ends_leaves_a_gap_and_its_live_legs_with_the_successor_it_names)
{
	const char *reference = open_referral("r-2", NULL);
	candidate_make(&tried, &fixture, "tried");
	candidate_replace(&tried, ALLIANCE, "to: 2021-03-31",
		"to: 2019-06-30\nsuccessor: advance-minerva-wraparound");
	cr_expect_eq(rehearse(), 0, "it runs still");
	cr_expect_eq(counted("same"), 1);
	timestamp_us july = 0;
	cr_assert_eq(timestamp_parse(STR("2019-07-01T09:00:00+01:00"), &july), ERR_OK);
	cr_assert_eq(
		rehearse_as(coordinator, (struct wire_request){.has_at = true, .at = july}), 1);
	cr_expect_str_eq(said("items[0].reference"), reference);
	cr_expect_str_eq(said("items[0].changes[0]"), "gap");
	cr_expect_str_eq(said("items[0].gaps[0]"), "accommodation");
	cr_expect_str_eq(said("items[0].moves[0].why"), "window");
	cr_expect_str_eq(said("items[0].legs[0].why[0]"), "window");
	cr_expect_str_eq(said("items[0].legs[0].ends"), "2019-06-30");
	cr_expect_str_eq(said("items[0].legs[0].successor"), "advance-minerva-wraparound");
	cr_expect_str_eq(said("items[0].authority"), "E09000022");
}

Test(rehearse, whom_nobody_takes_now_would_be_found_a_service)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "r-3", "diversion", "E09000003", NULL);
	change(ALLIANCE, "  - Croydon\n", "  - Barnet\n  - Croydon\n");
	cr_assert_eq(rehearse(), 1);
	cr_expect_str_eq(said("items[0].reference"), reference);
	cr_expect_str_eq(said("items[0].changes[0]"), "found");
	cr_expect_str_eq(said("items[0].found[0]"), "accommodation");
	cr_expect_str_eq(said("items[0].moves[0].change"), "gains");
	cr_expect_str_eq(said("items[0].moves[0].why"), "area");
	cr_expect_eq(fixture_count(&fixture, "items[0].legs"), 0);
}

Test(rehearse, a_place_of_her_own_is_not_held_against_her)
{
	(void)open_referral("r-4", NULL);
	change(ALLIANCE, "capacity: not-stated", "capacity:\n  caseload: 1");
	cr_expect_eq(rehearse(), 0, "the one place is hers");
	(void)open_referral("r-5", NULL);
	cr_assert_eq(rehearse(), 2, "each has the other before her");
	cr_expect_str_eq(said("items[1].moves[0].why"), "capacity");
}

Test(rehearse, live_legs_hear_of_another_party_other_fields_and_an_area_that_goes)
{
	static const char *const changes[][3] = {
		{"party: women-in-prison", "party: advance", "delivery"},
		{"    - person.languages\n", "", "agreement"}, {"  - Lambeth\n", "", "area"}};
	(void)open_referral("r-6", NULL);
	for (size_t i = 0; i < 3; i++) {
		candidate_make(&tried, &fixture, arena_printf(&fixture.arena, "tried-%zu", i).ptr);
		candidate_replace(&tried, ALLIANCE, changes[i][0], changes[i][1]);
		cr_assert_eq(rehearse(), 1);
		cr_expect_str_eq(said("items[0].legs[0].why[0]"), changes[i][2]);
		const struct value *lost = value_at(&fixture.reply.body, "items[0].legs[0].lost");
		cr_expect_eq(lost->boolean, i == 2);
	}
}

Test(rehearse, what_decides_is_told_by_name_and_nothing_personal)
{
	const char *reference = open_referral("r-7", NULL);
	change(ALLIANCE, "cel: person.age >= 18", "cel: person.age >= 50");
	cr_assert_eq(rehearse(), 1);
	cr_expect_str_eq(said("items[0].moves[0].why"), "eligibility");
	cr_expect_str_eq(said("items[0].from[0].service"), FROM);
	cr_expect_str_eq(said("items[0].reference"), reference);
	static const char *const personal[] = {"Invented", "Given", "1987", "female"};
	for (size_t i = 0; i < sizeof(personal) / sizeof(personal[0]); i++) {
		cr_expect_not(fixture_tells(&fixture.reply.body, personal[i]), "%s", personal[i]);
	}
}

/* Rules of one's own, tried on the one referral of a moment, answer any question about her. */
Test(rehearse, who_is_no_coordinator_cannot_ask_what_is_true_of_one_woman)
{
	static const char *const others[] = {
		"operator", "met-custody", "women-in-prison", "nps-london"};
	(void)open_referral("o-1", "{\"risk\":{\"domestic_abuse\":true}}");
	const timestamp_us when = fixture.now;
	change(ALLIANCE, "cel: person.age >= 18", "cel: risk.domestic_abuse == false");
	struct core_candidate *candidate = candidate_load(&tried);
	const struct wire_request moment = {.since = when, .until = when + 1, .limit = 1};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		(void)rehearse_with(others[i], candidate, moment);
		cr_expect_eq(fixture.reply.err, ERR_NOT_ALLOWED, "%s", others[i]);
		cr_expect_eq(fixture.reply.body.map.count, 0, "%s", others[i]);
	}
	cr_expect_eq(rehearse_with(coordinator, candidate, moment), 1);
	core_candidate_destroy(candidate);
}

Test(rehearse, what_differs_and_the_leg_that_ends_stand_in_one_item)
{
	const char *reference = open_referral("r-8", NULL);
	change(ALLIANCE, "cel: person.age >= 18", "cel: person.age >= 50");
	candidate_replace(&tried, ALLIANCE, "party: women-in-prison", "party: advance");
	cr_assert_eq(rehearse(), 1);
	cr_expect_str_eq(said("items[0].reference"), reference);
	cr_expect_str_eq(said("items[0].legs[0].why[0]"), "delivery");
	cr_expect_str_eq(said("items[0].moves[0].why"), "eligibility");
}

Test(rehearse, pages_meet_each_once_and_what_comes_meanwhile_is_left_out)
{
	enum {
		MANY = 120
	};
	char seen_at[MANY][REFERENCE_TEXT_SIZE];
	size_t count = 0;
	size_t pages = 0;
	for (int i = 0; i < MANY; i++) {
		(void)open_referral(arena_printf(&fixture.arena, "p-%d", i).ptr, NULL);
	}
	candidate_make(&tried, &fixture, "tried");
	candidate_remove(&tried, ALLIANCE);
	struct core_candidate *candidate = candidate_load(&tried);
	struct wire_request request = {.limit = 7};
	do {
		const size_t items = rehearse_with(coordinator, candidate, request);
		cr_assert_eq(fixture.reply.err, ERR_OK);
		cr_assert_leq(items, 7);
		for (size_t i = 0; i < items; i++) {
			const char *reference = fixture_text(&fixture,
				arena_printf(&fixture.arena, "items[%zu].reference", i).ptr);
			for (size_t j = 0; j < count; j++) {
				cr_assert_str_neq(seen_at[j], reference);
			}
			cr_assert_lt(count, MANY);
			str_copy(seen_at[count++], REFERENCE_TEXT_SIZE, str_from(reference));
		}
		request.cursor = str_from(fixture_text(&fixture, "cursor"));
		cr_assert_eq(
			timestamp_parse(str_from(fixture_text(&fixture, "until")), &request.until),
			ERR_OK);
		fixture.now += TIMESTAMP_SECOND;
		(void)open_referral(arena_printf(&fixture.arena, "n-%zu", pages).ptr, NULL);
		cr_assert_lt(++pages, 100);
	} while (request.cursor.len > 0);
	cr_expect_eq(count, MANY);
	request = (struct wire_request){.since = fixture.now};
	cr_expect_eq(rehearse_with(coordinator, candidate, request), 1, "the last of them alone");
	request = (struct wire_request){.cursor = STR("7a")};
	(void)rehearse_with(coordinator, candidate, request);
	cr_expect_eq(fixture.reply.err, ERR_INVALID);
	core_candidate_destroy(candidate);
}

Test(rehearse, what_was_erased_is_counted_apart)
{
	const char *reference = open_referral("e-1", NULL);
	(void)open_referral("e-2", NULL);
	cr_assert_eq(fixture_withdraw(&fixture, "ld-london", reference, "her-decision"), ERR_OK);
	const struct wire_request erase = {.header = {WIRE_ERASE, 1},
		.reference = str_from(reference),
		.reason = STR("her-request")};
	cr_assert_eq(fixture_ask(&fixture, "operator", &erase), ERR_OK, "%s",
		fixture.reply.fault.message);
	candidate_make(&tried, &fixture, "tried");
	candidate_remove(&tried, ALLIANCE);
	cr_expect_eq(rehearse(), 1);
	cr_expect_eq(counted("erased"), 1);
	cr_expect_eq(counted("replayed"), 1);
	cr_expect_eq(counted("damaged"), 0);
}

/* The row of the referral with that reference, as after a fault of the disk. */
static void damage(const char *reference)
{
	struct id id;
	struct fault fault;
	struct store_key key = store_key_start(TABLE_REFERRAL);
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	cr_assert_eq(state_find_reference(&fixture.core->state, str_from(reference), &id, &fault),
		ERR_OK);
	store_key_id(&key, id);
	cr_assert_eq(
		store_put(fixture.core->state.txn, store_key_view(&key), STR("rubbish")), ERR_OK);
	fixture.core->touched = true;
	cr_assert_eq(core_batch_commit(fixture.core, &fixture.effects), ERR_OK);
}

static void begin_plain(void)
{
	fixture_init(&fixture);
}

static void end_plain(void)
{
	fixture_finish(&fixture); /* its record and its rows do not agree any more */
}

TestSuite(rehearse_damaged, .init = begin_plain, .fini = end_plain);

Test(rehearse_damaged, one_row_is_counted_and_hides_nobody)
{
	const char *first = open_referral("d-1", NULL);
	const char *other = open_referral("d-2", NULL);
	damage(first);
	candidate_make(&tried, &fixture, "tried");
	candidate_succeed(&tried);
	candidate_remove(&tried, ALLIANCE);
	cr_expect_eq(rehearse(), 1);
	cr_expect_str_eq(said("items[0].reference"), other);
	cr_expect_eq(counted("damaged"), 1);
	/* Nor does it hold up those who move. */
	const struct wire_request request = {.header = {WIRE_MIGRATE, 1},
		.service = STR(FROM),
		.to = STR("advance-minerva-wraparound"),
		.all = true,
		.note = STR("why")};
	cr_assert_eq(fixture_ask(&fixture, coordinator, &request), ERR_OK);
	cr_expect_eq(counted("damaged"), 1);
	cr_expect_eq(fixture_count(&fixture, "items"), 1);
}
