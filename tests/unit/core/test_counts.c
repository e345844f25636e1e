/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply.h"
#include "broker/core/event.h"
#include "broker/core/state.h"

#include <criterion/criterion.h>
/* What a leg takes of its service's room, over records of versions that counted otherwise: nothing
 * is given back that was not taken, whichever of them took it. */

enum {
	OLD = RECORD_FORMAT_COUNTS - 1,
	NEW = RECORD_FORMAT_COUNTS
};

static struct store *store;
static struct store_meta meta;
static struct state state;
static struct fault fault;
static uint64_t sequence;

static void fold(uint8_t format, const struct event *event)
{
	sequence++;
	const struct record record = {.format = format,
		.sequence = sequence,
		.time = (timestamp_us)sequence * TIMESTAMP_SECOND,
		.events = event,
		.count = 1};
	cr_assert_eq(apply_record(&state, &record, &fault), ERR_OK, "%s", fault.message);
}

static void setup(void)
{
	static const char bytes[LOOKUP_SIZE] = "0123456789abcde";
	cr_assert_eq(store_mem_create(0, &store), ERR_OK);
	state = (struct state){.meta = &meta};
	cr_assert_eq(store_begin(store, true, &state.txn), ERR_OK);
	sequence = 0;
	const struct event event = {.type = EVENT_SUBMITTED,
		.referral = id_make(7, 1),
		.source = STR("met-custody"),
		.reference = STR("ACDE-FGHJ-X"),
		.lookup = {bytes, LOOKUP_SIZE},
		.content = {bytes, LOOKUP_SIZE},
		.line = {bytes, LOOKUP_SIZE}};
	fold(OLD, &event);
}

static void teardown(void)
{
	store_abort(state.txn);
	store_close(store);
}

TestSuite(counts, .init = setup, .fini = teardown);

static void matched(uint8_t format, bool for_list)
{
	const struct event event = {.type = EVENT_MATCHED,
		.referral = id_make(7, 1),
		.leg = 1,
		.service = STR("centre"),
		.route = STR("centre"),
		.pool = STR("room"),
		.for_list = for_list};
	fold(format, &event);
}

static void moved(uint8_t format, enum leg_state to)
{
	struct leg_row row;
	cr_assert_eq(state_leg_get(&state, id_make(7, 1), 1, &row, &fault), ERR_OK);
	const struct event event = {.type = EVENT_LEG_STATE,
		.referral = id_make(7, 1),
		.leg = 1,
		.from = row.state,
		.to = (uint8_t)to};
	fold(format, &event);
}

static uint64_t count(struct str name)
{
	uint64_t number = 99;
	cr_assert_eq(state_count_get(&state, name, &number), ERR_OK);
	return number;
}

static bool is_listed(void)
{
	const struct store_key from = state_waiting_key(STR("centre"), 0, id_make(0, 0), 0);
	struct str key;
	struct str value;
	return store_next(state.txn, store_key_view(&from), true, &key, &value) == ERR_OK &&
	       key.ptr[0] == TABLE_WAITING;
}

static void expect(uint64_t places, uint64_t waiting, uint64_t year, bool listed, unsigned line)
{
	char name[COUNT_NAME_SIZE];
	cr_expect_eq(count(state_count_live(STR("centre"), name)), places, "line %u", line);
	cr_expect_eq(count(state_count_pool(STR("room"), name)), places, "line %u", line);
	cr_expect_eq(count(state_count_waiting(STR("centre"), name)), waiting, "line %u", line);
	cr_expect_eq(count(state_count_year(STR("centre"), 1970, name)), year, "line %u", line);
	cr_expect_eq(is_listed(), listed, "line %u", line);
	cr_expect_eq(count(state_count_listed(STR("centre"), name)), listed, "line %u", line);
	cr_expect_eq(count(state_count_pool_waiting(STR("room"), name)), listed, "line %u", line);
}

Test(counts, earlier_records_keep_the_counts_that_they_gave)
{
	matched(OLD, false);
	expect(1, 0, 1, false, __LINE__);
	moved(OLD, LEG_DELIVERED);
	moved(OLD, LEG_WAITLISTED);
	expect(0, 1, 1, false, __LINE__);
	moved(OLD, LEG_ON_HOLD);
	expect(1, 0, 1, false, __LINE__);
	moved(OLD, LEG_WAITLISTED);
	expect(0, 1, 1, false, __LINE__);
	moved(OLD, LEG_DECLINED);
	expect(0, 0, 1, false, __LINE__);
}

Test(counts, a_hold_that_took_a_place_gives_it_back)
{
	matched(OLD, false);
	moved(OLD, LEG_DELIVERED);
	moved(OLD, LEG_WAITLISTED);
	moved(OLD, LEG_ON_HOLD);
	expect(1, 0, 1, false, __LINE__);
	moved(NEW, LEG_WAITLISTED);
	expect(0, 1, 1, true, __LINE__);
	moved(NEW, LEG_ON_HOLD);
	expect(0, 1, 1, true, __LINE__);
	moved(NEW, LEG_EXPIRED);
	expect(0, 0, 0, false, __LINE__);
}

Test(counts, who_waited_before_joins_the_list_with_the_next_word_of_her)
{
	matched(OLD, false);
	moved(OLD, LEG_DELIVERED);
	moved(OLD, LEG_WAITLISTED);
	moved(NEW, LEG_WAITLISTED); /* affirmed */
	expect(0, 1, 1, true, __LINE__);
	moved(NEW, LEG_ACCEPTED);
	expect(1, 0, 1, false, __LINE__);
}

Test(counts, a_year_that_was_never_given_back_is_not_taken_twice)
{
	matched(OLD, false);
	moved(OLD, LEG_EXPIRED);
	expect(0, 0, 1, false, __LINE__);
	moved(NEW, LEG_ACCEPTED);
	expect(1, 0, 1, false, __LINE__);
	moved(NEW, LEG_ENDED_EARLY);
	expect(0, 0, 1, false, __LINE__);
}

Test(counts, who_was_sent_for_the_list_takes_a_place_when_she_is_taken_in)
{
	matched(NEW, true);
	expect(0, 1, 1, true, __LINE__);
	moved(NEW, LEG_DELIVERED);
	moved(NEW, LEG_RECEIVED);
	expect(0, 1, 1, true, __LINE__);
	moved(NEW, LEG_ACCEPTED);
	expect(1, 0, 1, false, __LINE__);
	moved(NEW, LEG_CANCEL_REQUESTED);
	expect(1, 0, 1, false, __LINE__);
	moved(NEW, LEG_WITHDRAWN);
	expect(0, 0, 1, false, __LINE__);
}

Test(counts, what_nobody_said_yes_to_is_given_back_and_taken_again_by_a_late_yes)
{
	matched(NEW, false);
	moved(NEW, LEG_EXPIRED);
	expect(0, 0, 0, false, __LINE__);
	moved(NEW, LEG_ACCEPTED);
	expect(1, 0, 1, false, __LINE__);
	moved(NEW, LEG_EXPIRED);
	expect(0, 0, 1, false, __LINE__);
}
