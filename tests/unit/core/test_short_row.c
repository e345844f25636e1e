/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/row.h"
#include "broker/core/short_row.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
/* Rows that are short on disk: any struct comes back as it was, and rubbish is refused. */

static struct store *store;
static struct store_txn *txn;
static unsigned seed = 20190612U;

static void setup(void)
{
	cr_assert_eq(store_mem_create(0, &store), ERR_OK);
	cr_assert_eq(store_begin(store, true, &txn), ERR_OK);
}

static void teardown(void)
{
	store_abort(txn);
	store_close(store);
}

TestSuite(short_row, .init = setup, .fini = teardown);

static const enum table tables[] = {TABLE_REFERRAL, TABLE_LEG, TABLE_DELIVERY};

static unsigned draw(unsigned below)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % below;
}

/* Runs of bytes and of zeros, of any length. */
static void random_row(uint8_t *row, size_t size)
{
	static const unsigned longest[] = {3, 12, 140, 700};
	for (size_t at = 0; at < size;) {
		const bool zeros = draw(2) == 0;
		for (unsigned run = 1 + draw(longest[draw(4)]); run > 0 && at < size; run--) {
			row[at++] = zeros ? 0 : (uint8_t)draw(256);
		}
	}
}

static struct str stored(const struct row_layout *layout, struct str whole)
{
	struct str value;
	struct str body;
	struct fault fault;
	const struct str key = {(const char *)&layout->type, 1};
	cr_assert_eq(row_store(txn, key, layout->type, layout->newest, whole), ERR_OK);
	cr_assert_eq(store_get(txn, key, &value), ERR_OK);
	cr_assert_eq(record_check(key, value, layout->type, layout->newest, &body, &fault), ERR_OK);
	return body;
}

Test(short_row, what_is_written_is_read_again)
{
	for (unsigned round = 0; round < 3000; round++) {
		const struct row_layout *layout = row_layout_of((uint8_t)tables[round % 3]);
		const size_t tail_len = layout->type == TABLE_DELIVERY ? draw(300) : 0;
		uint8_t whole[sizeof(struct referral_row) + 300];
		uint8_t row[sizeof(struct referral_row)];
		struct str tail;
		random_row(whole, layout->size + tail_len);
		if (round < 6) { /* nothing but zeros, nothing but bytes */
			memset(whole, round < 3 ? 0 : 0xff, layout->size);
		}
		const struct str body =
			stored(layout, (struct str){(const char *)whole, layout->size + tail_len});
		/* Never much longer than it is. */
		cr_assert_leq(body.len, layout->size + tail_len + layout->size / 128 + 1);
		cr_assert(row_load(layout, layout->newest, body, row, &tail));
		cr_assert_arr_eq(row, whole, layout->size);
		cr_assert_eq(tail.len, tail_len);
		cr_assert(str_equal(
			tail, (struct str){(const char *)whole + layout->size, tail_len}));
	}
}

Test(short_row, a_row_as_it_is_becomes_short)
{
	struct referral_row row = {.state = 1, .pathway = 2, .submitted = 1560372000000000};
	(void)strcpy(row.source, "met-custody");
	(void)strcpy(row.reference, "ACDE-FGHJ-X");
	const struct str body = stored(
		row_layout_of(TABLE_REFERRAL), (struct str){(const char *)&row, sizeof(row)});
	cr_assert_lt(body.len, sizeof(row) / 8);
}

Test(short_row, rubbish_is_no_row)
{
	const struct row_layout *layout = row_layout_of(TABLE_LEG);
	uint8_t row[sizeof(struct leg_row)];
	struct str tail;
	for (unsigned round = 0; round < 20000; round++) {
		/* On the heap, at its very length: a sanitizer sees what is read behind it. */
		const size_t len = draw(500);
		char *bytes = malloc(len + (len == 0));
		cr_assert_not_null(bytes);
		random_row((uint8_t *)bytes, len);
		if (row_load(layout, layout->newest, (struct str){bytes, len}, row, &tail)) {
			cr_assert_eq(tail.len, 0);
		}
		free(bytes);
	}
	static const char few[] = {(char)0xff, (char)0xff}; /* 256 zeros of 360 */
	static const char cut[] = {127, 1, 2, 3};           /* 128 bytes, of which 3 are there */
	static const char many[] = {(char)0xff, (char)0xff, (char)0xff}; /* 384 zeros of 360 */
	cr_assert_not(row_load(layout, 3, (struct str){few, sizeof(few)}, row, &tail));
	cr_assert_not(row_load(layout, 3, (struct str){cut, sizeof(cut)}, row, &tail));
	cr_assert_not(row_load(layout, 3, (struct str){many, sizeof(many)}, row, &tail));
	cr_assert_not(row_load(layout, 1, (struct str){few, sizeof(few)}, row, &tail));
}
