/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "broker/store/meta.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

enum {
	TYPE = 'T'
};

static struct store *store;
static struct store_txn *txn;

static void setup(void)
{
	MUST(store_mem_create(0, &store));
	txn = must_begin(store, true);
}

static void teardown(void)
{
	store_abort(txn);
	store_close(store);
}

TestSuite(record, .init = setup, .fini = teardown);
TestSuite(meta, .init = setup, .fini = teardown);

Test(record, a_record_comes_back_under_its_key_and_type)
{
	static char big[100 * 1024] = {'b'};
	struct str body;
	struct fault fault = {0};
	MUST(record_put(txn, STR("Rkey"), TYPE, 3, STR("body")));
	MUST(record_get(txn, STR("Rkey"), TYPE, 3, &body, &fault));
	cr_assert(str_is(body, "body"));
	MUST(record_put(txn, STR("Rkey"), TYPE, 1, STR("")));
	MUST(record_get(txn, STR("Rkey"), TYPE, 3, &body, &fault));
	cr_assert_eq(body.len, 0);
	MUST(record_put(txn, STR("Rbig"), TYPE, 1, (struct str){big, sizeof(big)}));
	MUST(record_get(txn, STR("Rbig"), TYPE, 1, &body, &fault));
	cr_assert_eq(body.len, sizeof(big));
	MUST_BE(record_get(txn, STR("Rother"), TYPE, 3, &body, &fault), ERR_NOT_FOUND);
	MUST_BE(record_get(txn, STR("Rkey"), TYPE + 1, 3, &body, &fault), ERR_CORRUPT);
}

Test(record, a_newer_version_is_refused_as_such)
{
	struct str body;
	struct fault fault = {0};
	MUST(record_put(txn, STR("Rkey"), TYPE, 4, STR("body")));
	MUST_BE(record_get(txn, STR("Rkey"), TYPE, 3, &body, &fault), ERR_VERSION);
}

Test(record, a_flipped_bit_in_any_byte_is_found_and_the_record_named)
{
	struct str value;
	struct str body;
	char copy[64];
	MUST(record_put(txn, STR("R\x01\x02"), TYPE, 1, STR("a body of some bytes")));
	MUST(store_get(txn, STR("R\x01\x02"), &value));
	const size_t len = value.len;
	memcpy(copy, value.ptr, len);
	for (size_t bit = 0; bit < 8 * len; bit++) {
		struct fault fault = {0};
		copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
		MUST_BE(record_check(STR("R\x01\x02"), (struct str){copy, len}, TYPE, 255, &body,
				&fault),
			ERR_CORRUPT);
		cr_assert_str_eq(fault.message, "referral record 0102 fails its checksum");
		copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t cut = 0; cut < len; cut++) {
		MUST_BE(record_check(
				STR("R\x01\x02"), (struct str){copy, cut}, TYPE, 255, &body, NULL),
			ERR_CORRUPT);
	}
	MUST(record_check(STR("R\x01\x02"), (struct str){copy, len}, TYPE, 255, &body, NULL));
}

Test(record, a_value_that_landed_under_another_key_is_found)
{
	struct str value;
	struct str body;
	MUST(record_put(txn, STR("Rone"), TYPE, 1, STR("body")));
	MUST(store_get(txn, STR("Rone"), &value));
	char copy[32];
	memcpy(copy, value.ptr, value.len);
	must_put(txn, STR("Rtwo"), (struct str){copy, value.len});
	MUST_BE(record_get(txn, STR("Rtwo"), TYPE, 1, &body, NULL), ERR_CORRUPT);
}

Test(record, a_body_borrowed_from_the_store_may_be_put_again)
{
	struct str body;
	MUST(record_put(txn, STR("Rone"), TYPE, 1, STR("body")));
	MUST(record_get(txn, STR("Rone"), TYPE, 1, &body, NULL));
	MUST(record_put(txn, STR("Rone"), TYPE, 2, body));
	MUST(record_get(txn, STR("Rone"), TYPE, 2, &body, NULL));
	cr_assert(str_is(body, "body"));
}

Test(table, keys_sort_as_their_numbers_and_texts_do_not_collide)
{
	struct store_key low = store_key_start(TABLE_TIMER);
	struct store_key high = store_key_start(TABLE_TIMER);
	store_key_u64(&low, 255);
	store_key_u64(&high, 256);
	cr_assert_lt(str_compare(store_key_view(&low), store_key_view(&high)), 0);
	cr_assert_eq(store_key_read_u64(store_key_view(&high), 1), 256);

	struct store_key one = store_key_start(TABLE_PARTY);
	struct store_key two = store_key_start(TABLE_PARTY);
	store_key_str(&one, STR("ab"));
	store_key_str(&one, STR("c"));
	store_key_str(&two, STR("a"));
	store_key_str(&two, STR("bc"));
	cr_assert(!str_equal(store_key_view(&one), store_key_view(&two)));
}

Test(table, the_end_of_a_prefix_lies_behind_everything_that_starts_with_it)
{
	struct store_key prefix = store_key_start(TABLE_OUTBOX);
	store_key_bytes(&prefix, "\x01\xff\xff", 3);
	const struct store_key end = store_key_end(&prefix);
	cr_assert(str_equal(store_key_view(&end), STR("O\x02")));
	struct store_key table = store_key_start(TABLE_OUTBOX);
	const struct store_key next = store_key_end(&table);
	cr_assert(str_equal(store_key_view(&next), STR("P")));
}

Test(record, a_key_that_grew_too_long_is_refused_by_the_store)
{
	struct store_key key = store_key_start(TABLE_PARTY);
	char text[400] = {0};
	store_key_str(&key, (struct str){text, sizeof(text)});
	store_key_str(&key, (struct str){text, sizeof(text)});
	store_key_u8(&key, 1);
	MUST_BE(record_put(txn, store_key_view(&key), TYPE, 1, STR("")), ERR_INVALID);
}

Test(meta, a_store_keeps_its_identity_and_refuses_a_second)
{
	struct store_meta meta;
	struct store_meta again;
	struct fault fault = {0};
	MUST_BE(store_meta_read(txn, &again, &fault), ERR_NOT_FOUND);
	store_meta_init(&meta, STORE_REHEARSAL, 1234567);
	MUST(store_meta_create(txn, &meta));
	MUST_BE(store_meta_create(txn, &meta), ERR_EXISTS);
	MUST(store_meta_read(txn, &again, &fault));
	cr_assert_eq(again.mode, STORE_REHEARSAL);
	cr_assert_eq(again.instance, meta.instance);
	cr_assert_eq(again.created, 1234567);
	cr_assert_arr_eq(again.lookup_key, meta.lookup_key, sizeof(meta.lookup_key));
	MUST(store_meta_renew_instance(txn, meta.instance + 1));
	MUST(store_meta_read(txn, &again, &fault));
	cr_assert_eq(again.instance, meta.instance + 1);
	cr_assert_arr_eq(again.lookup_key, meta.lookup_key, sizeof(meta.lookup_key));
}

Test(meta, a_store_of_a_newer_format_is_refused)
{
	struct store_meta meta;
	struct fault fault = {0};
	store_meta_init(&meta, STORE_LIVE, 1);
	meta.format = STORE_FORMAT + 1;
	MUST(store_meta_create(txn, &meta));
	MUST_BE(store_meta_read(txn, &meta, &fault), ERR_VERSION);
	cr_assert_not_null(strstr(fault.message, "format 2"));
}
