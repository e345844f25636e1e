/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"
#include "broker/core/kernel.h"
#include "broker/core/published_image.h"
#include "broker/store/record.h"

#include <criterion/criterion.h>

/* The published directory in its binary form: read when it is good, done without when it is not. */

static struct fixture fixture;

static void setup(void)
{
	fixture_init(&fixture);
}

static void teardown(void)
{
	fixture_finish(&fixture);
}

TestSuite(image, .init = setup, .fini = teardown);

static struct store_key key_of(uint64_t version)
{
	struct store_key key = store_key_start(TABLE_IMAGE);
	store_key_u64(&key, version);
	return key;
}

/* How many images there are, and of which version the last is. */
static size_t images(uint64_t *ret_version)
{
	struct store_txn *txn;
	struct store_key at = store_key_start(TABLE_IMAGE);
	struct str key;
	struct str value;
	size_t count = 0;
	cr_assert_eq(store_begin(fixture.core->store, false, &txn), ERR_OK);
	while (store_next(txn, store_key_view(&at), true, &key, &value) == ERR_OK &&
		key.ptr[0] == (char)TABLE_IMAGE) {
		cr_assert_eq(key.len, 9);
		*ret_version = store_key_read_u64(key, 1);
		at = key_of(*ret_version);
		count++;
	}
	store_abort(txn);
	return count;
}

/* Puts the image of that version again, with one byte other than it was. */
static void image_change(uint64_t version, size_t byte, bool sum_fits)
{
	const struct store_key key = key_of(version);
	struct store_txn *txn;
	struct buf copy = {0};
	struct str value;
	cr_assert_eq(store_begin(fixture.core->store, true, &txn), ERR_OK);
	cr_assert_eq(store_get(txn, store_key_view(&key), &value), ERR_OK);
	buf_add_str(&copy, value);
	cr_assert_lt(byte + RECORD_HEADER_SIZE, copy.len);
	copy.data[RECORD_HEADER_SIZE + byte] ^= 1;
	if (sum_fits) {
		const struct str body = {
			copy.data + RECORD_HEADER_SIZE, copy.len - RECORD_HEADER_SIZE};
		cr_assert_eq(record_put(txn, store_key_view(&key), TABLE_IMAGE, ROW_VERSION, body),
			ERR_OK);
	} else {
		cr_assert_eq(store_put(txn, store_key_view(&key), buf_str(&copy)), ERR_OK);
	}
	cr_assert_eq(store_commit(txn), ERR_OK);
	buf_finish(&copy);
}

static void expect_directory(void)
{
	struct core_identity identity;
	struct world *world = core_world_acquire(fixture.core);
	const struct directory *directory = world_directory(world);
	core_identify(fixture.core, &identity);
	cr_assert_not_null(directory);
	cr_assert_gt(directory->service_count, 20);
	cr_assert_arr_eq(directory->hash, identity.directory_hash, HASH_SIZE);
	cr_assert_eq(world_plan(world)->version, identity.directory_version);
	core_world_release(world);
	/* And it finds her a service. */
	cr_assert_str_neq(
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL), "");
	fixture_verify(&fixture);
}

Test(image, a_start_reads_it_instead_of_the_files)
{
	fixture_reopen(&fixture);
	cr_assert_null(core_directory_parsed(fixture.core));
	expect_directory();
}

Test(image, only_the_version_in_force_keeps_one)
{
	uint64_t version = 0;
	cr_assert_eq(images(&version), 1);
	cr_assert_eq(version, 1);
	fixture_publish_copy(&fixture, "london-2018/services/south-london-alliance.yaml",
		"authorities:\n", "authorities:\n  - Guildford\n");
	cr_assert_eq(images(&version), 1);
	cr_assert_eq(version, 2);
	fixture_reopen(&fixture);
	cr_assert_null(core_directory_parsed(fixture.core));
	expect_directory();
}

Test(image, a_store_without_one_gets_it_at_the_start)
{
	const struct store_key key = key_of(1);
	struct store_txn *txn;
	uint64_t version = 0;
	cr_assert_eq(store_begin(fixture.core->store, true, &txn), ERR_OK);
	cr_assert_eq(store_del(txn, store_key_view(&key)), ERR_OK);
	cr_assert_eq(store_commit(txn), ERR_OK);
	fixture_reopen(&fixture);
	cr_assert_not_null(core_directory_parsed(fixture.core));
	cr_assert_eq(core_directory_parsed(fixture.core)->code, ERR_NOT_FOUND);
	expect_directory();
	cr_assert_eq(images(&version), 1);
	fixture_reopen(&fixture);
	cr_assert_null(core_directory_parsed(fixture.core));
}

Test(image, a_damaged_one_neither_stops_nor_misleads)
{
	static const struct {
		size_t byte;
		bool sum_fits;
		enum err err;
	} cases[] = {
		{5000, false, ERR_CORRUPT}, /* as a page that rotted */
		{5000, true, ERR_CORRUPT},  /* and what the row's own sum would not see */
		{12, true, ERR_VERSION},    /* as another release wrote it */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		image_change(1, cases[i].byte, cases[i].sum_fits);
		if (i == 0) {
			fixture_verify(&fixture); /* it is derived: verifying asks for the rest */
		}
		fixture_reopen(&fixture);
		cr_assert_not_null(core_directory_parsed(fixture.core), "case %zu", i);
		cr_assert_eq(
			core_directory_parsed(fixture.core)->code, cases[i].err, "case %zu", i);
		expect_directory();
		fixture_reopen(&fixture);
		cr_assert_null(core_directory_parsed(fixture.core), "it was written anew");
	}
}

Test(image, one_of_other_files_is_not_taken)
{
	const struct store_key first = key_of(1);
	const struct store_key second = key_of(2);
	struct store_txn *txn;
	struct buf copy = {0};
	struct str body;
	cr_assert_eq(store_begin(fixture.core->store, false, &txn), ERR_OK);
	cr_assert_eq(record_get(txn, store_key_view(&first), TABLE_IMAGE, ROW_VERSION, &body, NULL),
		ERR_OK);
	buf_add_str(&copy, body);
	store_abort(txn);
	fixture_publish_copy(&fixture, "london-2018/services/south-london-alliance.yaml",
		"authorities:\n", "authorities:\n  - Guildford\n");
	cr_assert_eq(store_begin(fixture.core->store, true, &txn), ERR_OK);
	cr_assert_eq(
		record_put(txn, store_key_view(&second), TABLE_IMAGE, ROW_VERSION, buf_str(&copy)),
		ERR_OK);
	cr_assert_eq(store_commit(txn), ERR_OK);
	buf_finish(&copy);
	fixture_reopen(&fixture);
	cr_assert_eq(core_directory_parsed(fixture.core)->code, ERR_CORRUPT);
	expect_directory();
}
