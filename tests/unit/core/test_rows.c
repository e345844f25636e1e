/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/short_row.h"
#include "broker/core/state.h"
#include "broker/store/lmdb.h"
#include "broker/store/record.h"
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
/* Rows that have grown: what an earlier version wrote is read, and verified, as far as it went. */

/* Every row of the table as an earlier version had it; how many.  `spoil`: one byte of it is
 * another. */
static size_t write_as(
	struct fixture *fixture, enum table table, uint8_t version, size_t size, bool spoil)
{
	const struct row_layout *layout = row_layout_of((uint8_t)table);
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
		struct str body;
		struct str tail;
		char row[4096];
		const enum err err = store_next(txn, at, true, &key, &value);
		if (err == ERR_END || key.ptr[0] != (char)table) {
			break;
		}
		cr_assert_eq(err, ERR_OK);
		cr_assert_eq(
			record_check(key, value, (uint8_t)table, layout->newest, &body, &fault),
			ERR_OK);
		cr_assert(row_load(layout, layout->newest, body, row, &tail));
		memcpy(row + size, tail.ptr, tail.len);
		memcpy(key_bytes, key.ptr, key.len);
		at.len = key.len;
		row[size - 1] = (char)(row[size - 1] + spoil);
		cr_assert_eq(record_put(txn, at, (uint8_t)table, version,
				     (struct str){row, size + tail.len}),
			ERR_OK);
		count++;
	}
	cr_assert_eq(store_commit(txn), ERR_OK);
	store_close(store);
	return count;
}

/* As the first version wrote them, or as the last one that was not short did. */
static void close_and_write(struct fixture *fixture, bool first, bool spoil)
{
	static const struct {
		enum table table;
		size_t first, whole;
	} tables[] = {
		{TABLE_REFERRAL, offsetof(struct referral_row, since), sizeof(struct referral_row)},
		{TABLE_LEG, offsetof(struct leg_row, remind), sizeof(struct leg_row)},
		{TABLE_DELIVERY, sizeof(struct delivery_row), sizeof(struct delivery_row)},
	};
	core_close(fixture->core);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const bool once = tables[i].table == TABLE_DELIVERY; /* it had one version only */
		cr_assert_gt(write_as(fixture, tables[i].table, first || once ? 1 : 2,
				     first ? tables[i].first : tables[i].whole, spoil),
			0);
	}
	fixture->core = NULL;
	fixture_reopen(fixture);
}

Test(rows, what_an_earlier_version_wrote_is_read_with_nothing_behind_it)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
	close_and_write(&fixture, true, false);
	cr_assert_eq(fixture_show(&fixture, "operator", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "matched");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].deadline"), "2019-06-13T20:40:00Z");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].clock"), "");
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(rows, what_was_not_short_yet_is_read_and_verified_whole)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
	close_and_write(&fixture, false, false);
	cr_assert_eq(fixture_show(&fixture, "operator", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].clock"), "delivery-window");
	fixture_verify(&fixture);
	cr_assert_gt(fixture_deliver(&fixture, "advance"), 0);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(rows, what_an_earlier_version_wrote_is_still_held_against_the_record)
{
	for (int first = 0; first < 2; first++) {
		struct core_rebuild rebuild;
		struct fault fault = {0};
		struct fixture fixture;
		fixture_init(&fixture);
		(void)fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
		close_and_write(&fixture, first != 0, true);
		cr_assert_eq(core_rebuild_verify(fixture.core, NULL, NULL, &rebuild, &fault),
			ERR_CORRUPT);
		fixture_finish(&fixture);
	}
}
