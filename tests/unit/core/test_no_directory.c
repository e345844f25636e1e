/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/packed.h"
#include "broker/store/record.h"
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* A release that cannot use the version in force: nobody is placed, and nobody is left alone. */

#define SERVICE "london-2018/services/through-the-gate-london-crc.yaml"

static struct fixture fixture;

static void setup(void)
{
	fixture_init(&fixture);
}

static void teardown(void)
{
	fixture_finish(&fixture);
}

TestSuite(no_directory, .init = setup, .fini = teardown);

static void image_remove(struct store_txn *txn, uint64_t version)
{
	struct store_key key = store_key_start(TABLE_IMAGE);
	store_key_u64(&key, version);
	cr_assert_eq(store_del(txn, store_key_view(&key)), ERR_OK);
}

/* As after an upgrade: version 1 was taken with a word that is known no more. */
static void refused_from_now_on(void)
{
	const struct store_key key = state_directory_key(1);
	struct state state = {.meta = &fixture.core->meta};
	struct directory_files files;
	struct buf copy = {0};
	struct buf packed = {0};
	struct str row;
	cr_assert_eq(store_begin(fixture.core->store, true, &state.txn), ERR_OK);
	cr_assert_eq(state_totals_read(&state, NULL), ERR_OK);
	cr_assert_eq(record_get(state.txn, store_key_view(&key), TABLE_DIRECTORY, ROW_VERSION, &row,
			     NULL),
		ERR_OK);
	buf_add_str(&copy, row);
	cr_assert_eq(packed_read(buf_str(&copy), &files, NULL), ERR_OK);
	for (size_t i = 0; i < files.count; i++) {
		if (str_is(files.items[i].path, SERVICE)) {
			char *word = strstr(
				copy.data + (files.items[i].bytes.ptr - copy.data), "\nlead_days:");
			cr_assert_not_null(word);
			memcpy(word, "\nlead_daze:", 11);
		}
	}
	directory_files_hash(&files, state.totals.directory_hash);
	cr_assert_eq(packed_write(&files, &packed), ERR_OK);
	cr_assert_eq(record_put(state.txn, store_key_view(&key), TABLE_DIRECTORY, ROW_VERSION,
			     buf_str(&packed)),
		ERR_OK);
	image_remove(state.txn, 1);
	cr_assert_eq(state_totals_write(&state), ERR_OK);
	cr_assert_eq(store_commit(state.txn), ERR_OK);
	directory_files_finish(&files);
	buf_finish(&copy);
	buf_finish(&packed);
	fixture_reopen(&fixture);
}

static void show(const char *reference)
{
	cr_assert_eq(fixture_show(&fixture, "coordinator-london", reference), ERR_OK);
}

static enum err submit(const char *source_ref)
{
	return fixture_submit(&fixture, "met-custody",
		fixture_referral(&fixture, source_ref, "diversion", "E09000022", NULL));
}

Test(no_directory, a_release_that_refuses_what_is_in_force_opens_and_names_the_line)
{
	struct fault why = {0};
	cr_assert_not(core_directory_unusable(fixture.core, &why));
	refused_from_now_on();
	cr_assert(core_directory_unusable(fixture.core, &why));
	cr_assert_not_null(strstr(why.message, SERVICE ":51: "), "%s", why.message);
	cr_assert_not_null(strstr(why.message, "lead_days"), "%s", why.message);
	cr_assert_geq(core_directory_refused(fixture.core)->kept, 1);
	/* Not lost: its source sends it again. */
	cr_assert_eq(submit("1"), ERR_FULL);
	cr_assert_not_null(strstr(fixture.reply.fault.message, "version 1"));
	fixture_publish(&fixture, "directory/data");
	cr_assert_not(core_directory_unusable(fixture.core, NULL));
	cr_assert_eq(submit("1"), ERR_OK);
	fixture_reopen(&fixture);
	cr_assert_not(core_directory_unusable(fixture.core, NULL));
}

Test(no_directory, who_is_under_way_is_delivered_answered_and_reminded)
{
	char leg[24];
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	refused_from_now_on();
	cr_assert_geq(fixture_deliver(&fixture, "women-in-prison"), 1);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "received", NULL), ERR_OK);
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "accepted", NULL), ERR_OK);
	fixture_pass(&fixture, "2019-07-30T12:00:00+01:00");
	show(reference);
	cr_assert(fixture_tells(&fixture.reply.body, "overdue"));
}

Test(no_directory, who_was_declined_is_referred_on_as_soon_as_there_is_one)
{
	char leg[24];
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
	show(reference);
	const size_t before = fixture_count(&fixture, "legs");
	refused_from_now_on();
	cr_assert_geq(fixture_deliver(&fixture, "advance"), 1);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "advance", leg, "declined", "other"), ERR_OK);
	show(reference);
	cr_assert_eq(fixture_count(&fixture, "legs"), before);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "scheduled");
	fixture_pass(&fixture, "2019-06-13T09:00:00+01:00");
	fixture_publish(&fixture, "directory/data");
	fixture_pass(&fixture, "2019-06-13T11:00:00+01:00");
	show(reference);
	cr_assert_gt(fixture_count(&fixture, "legs"), before);
}

Test(no_directory, who_takes_her_consent_back_is_heard)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	refused_from_now_on();
	fixture_amend(&fixture, "met-custody", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"withdrawn\",\"recorded_at\":"
		"\"2019-06-12T21:30:00+01:00\"}]}");
	show(reference);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "withdrawn");
}

Test(no_directory, files_that_rotted_are_published_again_from_the_same_ones)
{
	const struct store_key key = state_directory_key(1);
	struct store_txn *txn;
	struct str row;
	struct buf copy = {0};
	struct fault why = {0};
	cr_assert_eq(store_begin(fixture.core->store, true, &txn), ERR_OK);
	cr_assert_eq(store_get(txn, store_key_view(&key), &row), ERR_OK);
	buf_add_str(&copy, row);
	copy.data[copy.len / 2] ^= 1;
	cr_assert_eq(store_put(txn, store_key_view(&key), buf_str(&copy)), ERR_OK);
	image_remove(txn, 1);
	cr_assert_eq(store_commit(txn), ERR_OK);
	buf_finish(&copy);
	fixture_reopen(&fixture);
	cr_assert(core_directory_unusable(fixture.core, &why));
	cr_assert_eq(why.code, ERR_CORRUPT);
	cr_assert_eq(submit("1"), ERR_FULL);
	fixture_publish(&fixture, "directory/data");
	cr_assert_eq(submit("1"), ERR_OK);
	fixture_reopen(&fixture);
	cr_assert_not(core_directory_unusable(fixture.core, NULL));
}
