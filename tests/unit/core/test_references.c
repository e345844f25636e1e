/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply.h"
#include "broker/core/event.h"
#include "broker/core/state.h"
#include "broker/store/record.h"

#include <criterion/criterion.h>
#include <string.h>
/* One row answers for a reference and for the source's own; two did in earlier records. */

static struct store *store;
static struct store_meta meta;
static struct state state;
static struct fault fault;

static void setup(void)
{
	cr_assert_eq(store_mem_create(0, &store), ERR_OK);
	state = (struct state){.meta = &meta};
	cr_assert_eq(store_begin(store, true, &state.txn), ERR_OK);
}

static void teardown(void)
{
	store_abort(state.txn);
	store_close(store);
}

TestSuite(references, .init = setup, .fini = teardown);

static const uint8_t hers[LOOKUP_SIZE] = {1, 2, 3};
static const uint8_t other[LOOKUP_SIZE] = {9, 9};

static size_t rows_of(enum table table)
{
	char key_bytes[STORE_KEY_BYTES] = {(char)table};
	struct str at = {key_bytes, 1};
	struct str key;
	struct str value;
	size_t count = 0;
	while (store_next(state.txn, at, true, &key, &value) == ERR_OK &&
		key.ptr[0] == (char)table) {
		memcpy(key_bytes, key.ptr, key.len);
		at.len = key.len;
		count++;
	}
	return count;
}

static void fold_submitted(uint8_t format, const char *reference, const uint8_t lookup[LOOKUP_SIZE])
{
	const struct event event = {.type = EVENT_SUBMITTED,
		.referral = id_make(7, 1),
		.source = STR("met-custody"),
		.reference = str_from(reference),
		.lookup = {(const char *)lookup, LOOKUP_SIZE},
		.content = {(const char *)other, LOOKUP_SIZE},
		.line = {(const char *)other, LOOKUP_SIZE}};
	const struct record record = {
		.format = format, .sequence = 1, .time = 1, .events = &event, .count = 1};
	cr_assert_eq(apply_record(&state, &record, &fault), ERR_OK, "%s", fault.message);
}

static void expect_found(const char *reference, const uint8_t lookup[LOOKUP_SIZE])
{
	struct reference_row row;
	struct id id;
	char free_one[REFERENCE_TEXT_SIZE];
	cr_assert_eq(state_find_lookup(&state, lookup, &row, free_one, &fault), ERR_OK);
	cr_assert(id_equal(row.referral, id_make(7, 1)));
	cr_assert_arr_eq(row.content, other, LOOKUP_SIZE);
	cr_assert_eq(state_find_reference(&state, str_from(reference), &id, &fault), ERR_OK);
	cr_assert(id_equal(id, id_make(7, 1)));
}

Test(references, the_row_of_a_submit_answers_for_both)
{
	struct reference_row row;
	char reference[REFERENCE_TEXT_SIZE];
	char again[REFERENCE_TEXT_SIZE];
	cr_assert_eq(state_find_lookup(&state, hers, &row, reference, &fault), ERR_NOT_FOUND);
	cr_assert_eq(reference_parse(str_from(reference), again), ERR_OK);
	cr_assert_str_eq(again, reference);
	fold_submitted(RECORD_FORMAT, reference, hers);
	expect_found(reference, hers);
	cr_assert_eq(rows_of(TABLE_REFERENCE), 1);
	cr_assert_eq(rows_of(TABLE_DEDUPE), 0);
	cr_assert_eq(state_find_lookup(&state, other, &row, again, &fault), ERR_NOT_FOUND);
	cr_assert_str_neq(again, reference);
}

Test(references, what_earlier_records_say_keeps_its_two_rows)
{
	char reference[REFERENCE_TEXT_SIZE];
	reference_make(other, reference); /* drawn: it does not follow from the look-up */
	fold_submitted(RECORD_FORMAT_REFERENCES - 1, reference, hers);
	expect_found(reference, hers);
	cr_assert_eq(rows_of(TABLE_REFERENCE), 1);
	cr_assert_eq(rows_of(TABLE_DEDUPE), 1);
}

Test(references, one_that_another_has_already_is_stepped_over)
{
	struct reference_row row;
	char taken[REFERENCE_TEXT_SIZE];
	char reference[REFERENCE_TEXT_SIZE];
	/* Theirs was drawn by an earlier record, or collides: either way it is theirs. */
	for (int apart = 0; apart < 2; apart++) {
		teardown();
		setup();
		reference_make(hers, taken);
		const struct reference_row theirs = {.referral = id_make(7, 2), .lookup = {5}};
		cr_assert_eq(apart != 0
				     ? state_reference_put_apart(&state, str_from(taken), &theirs)
				     : state_reference_put(&state, str_from(taken), &theirs),
			ERR_OK);
		cr_assert_eq(
			state_find_lookup(&state, hers, &row, reference, &fault), ERR_NOT_FOUND);
		cr_assert_str_neq(reference, taken);
		fold_submitted(RECORD_FORMAT, reference, hers);
		expect_found(reference, hers);
		struct id id;
		cr_assert_eq(state_find_reference(&state, str_from(taken), &id, &fault), ERR_OK);
		cr_assert(id_equal(id, id_make(7, 2)));
	}
}

Test(references, a_damaged_row_is_named_and_nothing_is_given_out)
{
	struct reference_row row;
	char reference[REFERENCE_TEXT_SIZE];
	reference_make(hers, reference);
	fold_submitted(RECORD_FORMAT, reference, hers);
	struct store_key key = store_key_start(TABLE_REFERENCE);
	store_key_bytes(&key, reference, strlen(reference));
	cr_assert_eq(
		store_put(state.txn, store_key_view(&key), STR("rubbish that is no row")), ERR_OK);
	cr_assert_eq(state_find_lookup(&state, hers, &row, reference, &fault), ERR_CORRUPT);
	cr_assert(strlen(fault.message) > 0);
}
