/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/state.h"
#include "broker/store/lmdb.h"
#include "broker/store/record.h"
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
/* Rows that have grown: what an earlier version wrote is read, and verified, as far as it went. */

static const uint8_t first_version = 1;

/* Every row of the table as version 1 had it; how many.  `spoil`: one byte of it is another. */
static size_t write_as_first(
	struct fixture *fixture, enum table table, size_t first_size, bool spoil)
{
	char folder[80];
	char key_bytes[STORE_KEY_BYTES] = {(char)table};
	struct str at = {key_bytes, 1};
	struct store *store;
	struct store_txn *txn;
	struct fault fault = {0};
	size_t count = 0;
	(void)snprintf(folder, sizeof(folder), "%s/store", fixture->home);
	cr_assert_eq(store_lmdb_open(folder, 256U * 1024 * 1024, false, &store, &fault), ERR_OK);
	cr_assert_eq(store_begin(store, true, &txn), ERR_OK);
	for (;;) {
		struct str key;
		struct str value;
		char body[1024];
		const enum err err = store_next(txn, at, true, &key, &value);
		if (err == ERR_END || key.ptr[0] != (char)table) {
			break;
		}
		cr_assert_eq(err, ERR_OK);
		cr_assert_gt(value.len, RECORD_HEADER_SIZE + first_size);
		memcpy(body, value.ptr + RECORD_HEADER_SIZE, first_size);
		memcpy(key_bytes, key.ptr, key.len);
		at.len = key.len;
		body[first_size - 1] = (char)(body[first_size - 1] + spoil);
		cr_assert_eq(record_put(txn, at, (uint8_t)table, first_version,
				     (struct str){body, first_size}),
			ERR_OK);
		count++;
	}
	cr_assert_eq(store_commit(txn), ERR_OK);
	store_close(store);
	return count;
}

static void close_and_write(struct fixture *fixture, bool spoil)
{
	core_close(fixture->core);
	cr_assert_gt(write_as_first(
			     fixture, TABLE_REFERRAL, offsetof(struct referral_row, since), spoil),
		0);
	cr_assert_gt(
		write_as_first(fixture, TABLE_LEG, offsetof(struct leg_row, remind), spoil), 0);
	fixture->core = NULL;
	fixture_reopen(fixture);
}

Test(rows, what_an_earlier_version_wrote_is_read_with_nothing_behind_it)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
	close_and_write(&fixture, false);
	cr_assert_eq(fixture_show(&fixture, "operator", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "matched");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].deadline"), "2019-06-13T20:40:00Z");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].clock"), "");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(rows, what_an_earlier_version_wrote_is_still_held_against_the_record)
{
	struct core_rebuild rebuild;
	struct fault fault = {0};
	struct fixture fixture;
	fixture_init(&fixture);
	(void)fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
	close_and_write(&fixture, true);
	cr_assert_eq(core_rebuild_verify(fixture.core, NULL, NULL, &rebuild, &fault), ERR_CORRUPT);
	fixture_finish(&fixture);
}
