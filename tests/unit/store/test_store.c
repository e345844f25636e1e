/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <criterion/parameterized.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* One suite over both stores: each test runs with either. */
static int stores[FIXTURE_STORES] = {0, 1};
#define BOTH_STORES(name)                                                 \
	ParameterizedTestParameters(store, name)                          \
	{                                                                 \
		return cr_make_param_array(int, stores, FIXTURE_STORES);  \
	}                                                                 \
	static void name(struct store *store);                            \
	ParameterizedTest(int *which, store, name)                        \
	{                                                                 \
		struct fixture fixture;                                   \
		fixture_make(&fixture);                                   \
		struct store *store = fixture_store(&fixture, *which, 0); \
		name(store);                                              \
		store_close(store);                                       \
		fixture_remove(&fixture);                                 \
	}                                                                 \
	static void name(struct store *store)

#define ASSERT_STR(got, want) cr_assert(str_equal((got), (want)), "got \"%.*s\"", STR_ARG(got))

static void fill(struct store *store, const char *keys)
{
	struct store_txn *txn = must_begin(store, true);
	for (const char *key = keys; *key != '\0'; key++) {
		must_put(txn, (struct str){key, 1}, (struct str){key, 1});
	}
	must_commit(txn);
}

BOTH_STORES(what_was_put_is_read_back_after_commit)
{
	struct str value;
	struct store_txn *txn = must_begin(store, true);
	MUST_BE(store_get(txn, STR("a"), &value), ERR_NOT_FOUND);
	must_put(txn, STR("a"), STR("one"));
	MUST(store_get(txn, STR("a"), &value));
	ASSERT_STR(value, STR("one"));
	must_put(txn, STR("a"), STR("two and longer"));
	must_put(txn, STR("empty"), STR(""));
	must_commit(txn);

	txn = must_begin(store, false);
	MUST(store_get(txn, STR("a"), &value));
	ASSERT_STR(value, STR("two and longer"));
	MUST(store_get(txn, STR("empty"), &value));
	cr_assert_eq(value.len, 0);
	MUST_BE(store_get(txn, STR("A"), &value), ERR_NOT_FOUND);
	store_abort(txn);
}

BOTH_STORES(what_was_deleted_is_gone_and_deleting_it_again_says_so)
{
	struct str value;
	fill(store, "abc");
	struct store_txn *txn = must_begin(store, true);
	MUST(store_del(txn, STR("b")));
	MUST_BE(store_del(txn, STR("b")), ERR_NOT_FOUND);
	must_put(txn, STR("d"), STR("d"));
	must_commit(txn);
	txn = must_begin(store, false);
	MUST_BE(store_get(txn, STR("b"), &value), ERR_NOT_FOUND);
	MUST(store_get(txn, STR("c"), &value));
	MUST(store_get(txn, STR("d"), &value));
	store_abort(txn);
}

BOTH_STORES(an_aborted_transaction_leaves_no_mark)
{
	struct str value;
	struct store_stat before;
	struct store_stat after;
	fill(store, "abc");
	store->ops->stat(store, &before);
	struct store_txn *txn = must_begin(store, true);
	must_put(txn, STR("a"), STR("other"));
	must_put(txn, STR("z"), STR("new"));
	MUST(store_del(txn, STR("b")));
	store_abort(txn);
	store_abort(NULL);
	store->ops->stat(store, &after);
	cr_assert_eq(before.used_bytes, after.used_bytes);
	cr_assert_eq(after.entries, 3);
	txn = must_begin(store, false);
	MUST(store_get(txn, STR("a"), &value));
	ASSERT_STR(value, STR("a"));
	MUST(store_get(txn, STR("b"), &value));
	MUST_BE(store_get(txn, STR("z"), &value), ERR_NOT_FOUND);
	store_abort(txn);
}

BOTH_STORES(next_and_prev_walk_in_byte_order)
{
	struct str key;
	struct str value;
	struct store_txn *txn = must_begin(store, true);
	MUST_BE(store_next(txn, STR(""), false, &key, &value), ERR_END);
	MUST_BE(store_prev(txn, STR("z"), &key, &value), ERR_END);
	must_put(txn, STR("\xff"), STR("last"));
	must_put(txn, STR("b"), STR("1"));
	must_put(txn, STR("ba"), STR("2"));
	must_put(txn, STR("b\0"), STR("3"));
	must_put(txn, STR("\0"), STR("first"));
	for (int committed = 0; committed < 2; committed++) {
		MUST(store_next(txn, STR(""), false, &key, &value));
		ASSERT_STR(value, STR("first"));
		MUST(store_next(txn, STR("b"), false, &key, &value));
		ASSERT_STR(value, STR("1"));
		MUST(store_next(txn, STR("b"), true, &key, &value));
		ASSERT_STR(value, STR("3"));
		MUST(store_next(txn, key, true, &key, &value));
		ASSERT_STR(value, STR("2"));
		MUST(store_next(txn, STR("b\x01"), true, &key, &value));
		ASSERT_STR(key, STR("ba"));
		MUST(store_next(txn, key, true, &key, &value));
		ASSERT_STR(value, STR("last"));
		MUST_BE(store_next(txn, key, true, &key, &value), ERR_END);
		MUST(store_prev(txn, STR("\xff\xff"), &key, &value));
		ASSERT_STR(value, STR("last"));
		MUST(store_prev(txn, key, &key, &value));
		ASSERT_STR(value, STR("2"));
		MUST(store_prev(txn, STR("b"), &key, &value));
		ASSERT_STR(value, STR("first"));
		MUST_BE(store_prev(txn, key, &key, &value), ERR_END);
		MUST_BE(store_prev(txn, STR(""), &key, &value), ERR_END);
		if (committed == 0) {
			must_commit(txn);
			txn = must_begin(store, false);
		}
	}
	store_abort(txn);
}

BOTH_STORES(a_scan_may_delete_what_it_stands_on)
{
	struct str key;
	struct str value;
	fill(store, "abcdefghijklmnopqrstuvwxyz");
	struct store_txn *txn = must_begin(store, true);
	size_t count = 0;
	while (store_next(txn, STR("c"), false, &key, &value) == ERR_OK && key.ptr[0] < 'x') {
		MUST(store_del(txn, key));
		count++;
	}
	cr_assert_eq(count, 21);
	MUST(store_prev(txn, STR("x"), &key, &value));
	ASSERT_STR(key, STR("b"));
	/* A borrowed key may be put again, with a value that moves everything on its page. */
	must_put(txn, key, STR("a longer value than the one that stood there before"));
	MUST(store_get(txn, STR("b"), &value));
	cr_assert_eq(value.len, 51);
	must_commit(txn);
}

BOTH_STORES(keys_have_1_to_511_bytes)
{
	char long_key[513];
	struct str value;
	struct str key;
	memset(long_key, 'k', sizeof(long_key));
	struct store_txn *txn = must_begin(store, true);
	MUST_BE(store_put(txn, (struct str){long_key, 512}, STR("v")), ERR_INVALID);
	MUST_BE(store_put(txn, STR(""), STR("v")), ERR_INVALID);
	MUST_BE(store_get(txn, (struct str){long_key, 512}, &value), ERR_INVALID);
	MUST_BE(store_get(txn, (struct str){NULL, 0}, &value), ERR_INVALID);
	MUST_BE(store_del(txn, (struct str){long_key, 512}), ERR_INVALID);
	must_put(txn, (struct str){long_key, 511}, STR("v"));
	MUST(store_get(txn, (struct str){long_key, 511}, &value));
	/* Bounds of a scan may be longer. */
	MUST(store_prev(txn, (struct str){long_key, 513}, &key, &value));
	cr_assert_eq(key.len, 511);
	MUST_BE(store_next(txn, (struct str){long_key, 513}, false, &key, &value), ERR_END);
	must_commit(txn);
}

BOTH_STORES(a_large_value_comes_back_whole)
{
	const size_t len = 700 * 1024;
	char *big = malloc(len);
	cr_assert_not_null(big);
	for (size_t i = 0; i < len; i++) {
		big[i] = (char)(i * 31 + i / 4096);
	}
	struct store_txn *txn = must_begin(store, true);
	must_put(txn, STR("big"), (struct str){big, len});
	must_put(txn, STR("small"), STR("s"));
	must_commit(txn);
	txn = must_begin(store, false);
	struct str value;
	MUST(store_get(txn, STR("big"), &value));
	cr_assert(str_equal(value, (struct str){big, len}));
	store_abort(txn);
	free(big);
}

BOTH_STORES(a_borrowed_value_holds_until_the_next_write)
{
	struct str a;
	struct str b;
	struct str key;
	fill(store, "abc");
	struct store_txn *txn = must_begin(store, true);
	must_put(txn, STR("a"), STR("changed"));
	MUST(store_get(txn, STR("a"), &a));
	MUST(store_get(txn, STR("b"), &b));
	MUST(store_next(txn, STR("c"), false, &key, &key));
	ASSERT_STR(a, STR("changed"));
	ASSERT_STR(b, STR("b"));
	must_commit(txn);
}

BOTH_STORES(a_reader_sees_the_store_as_it_was_when_it_began)
{
	struct str value;
	fill(store, "a");
	struct store_txn *reader = must_begin(store, false);
	MUST(store_get(reader, STR("a"), &value));
	for (int round = 0; round < 20; round++) {
		struct store_txn *txn = must_begin(store, true);
		must_put(txn, STR("a"), STR("changed"));
		must_put(txn, STR("b"), STR("new"));
		must_commit(txn);
	}
	ASSERT_STR(value, STR("a"));
	MUST_BE(store_get(reader, STR("b"), &value), ERR_NOT_FOUND);
	store_abort(reader);
	reader = must_begin(store, false);
	MUST(store_get(reader, STR("a"), &value));
	ASSERT_STR(value, STR("changed"));
	store_abort(reader);
}

BOTH_STORES(a_reader_may_not_write_and_a_second_writer_on_the_thread_is_refused)
{
	struct store_txn *again;
	fill(store, "a");
	struct store_txn *reader = must_begin(store, false);
	MUST_BE(store_put(reader, STR("a"), STR("b")), ERR_STATE);
	MUST_BE(store_del(reader, STR("a")), ERR_STATE);
	MUST(store_commit(reader));
	struct store_txn *writer = must_begin(store, true);
	MUST_BE(store_begin(store, true, &again), ERR_STATE);
	must_put(writer, STR("b"), STR("b"));
	must_commit(writer);
}

BOTH_STORES(used_bytes_fall_when_things_are_deleted)
{
	struct store_stat full;
	struct store_stat empty;
	char value[1000] = {0};
	struct store_txn *txn = must_begin(store, true);
	for (uint32_t i = 0; i < 2000; i++) {
		must_put(txn, (struct str){(const char *)&i, sizeof(i)},
			(struct str){value, sizeof(value)});
	}
	must_commit(txn);
	store->ops->stat(store, &full);
	cr_assert_eq(full.entries, 2000);
	cr_assert_geq(full.used_bytes, 2000 * 1000);
	txn = must_begin(store, true);
	for (uint32_t i = 0; i < 2000; i++) {
		MUST(store_del(txn, (struct str){(const char *)&i, sizeof(i)}));
	}
	must_commit(txn);
	store->ops->stat(store, &empty);
	cr_assert_eq(empty.entries, 0);
	cr_assert_lt(empty.used_bytes, full.used_bytes / 10);
}

struct counting {
	struct store *store;
	int seen;
};

/* Both halves of every write must be seen together. */
static void *count_pairs(void *arg)
{
	struct counting *counting = arg;
	for (int i = 0; i < 300; i++) {
		struct store_txn *txn = must_begin(counting->store, false);
		struct str left;
		struct str right;
		if (store_get(txn, STR("left"), &left) == ERR_OK &&
			store_get(txn, STR("right"), &right) == ERR_OK && str_equal(left, right)) {
			counting->seen++;
		}
		store_abort(txn);
	}
	return NULL;
}

BOTH_STORES(readers_on_other_threads_never_see_half_a_transaction)
{
	struct counting counting[3];
	pthread_t threads[3];
	struct store_txn *txn = must_begin(store, true);
	must_put(txn, STR("left"), STR("start"));
	must_put(txn, STR("right"), STR("start"));
	must_commit(txn);
	for (size_t i = 0; i < 3; i++) {
		counting[i] = (struct counting){store, 0};
		cr_assert_eq(pthread_create(&threads[i], NULL, count_pairs, &counting[i]), 0);
	}
	for (int i = 0; i < 300; i++) {
		char text[16];
		(void)snprintf(text, sizeof(text), "%d", i);
		txn = must_begin(store, true);
		must_put(txn, STR("left"), str_from(text));
		must_put(txn, STR("right"), str_from(text));
		must_commit(txn);
	}
	for (size_t i = 0; i < 3; i++) {
		(void)pthread_join(threads[i], NULL);
		cr_assert_eq(counting[i].seen, 300);
	}
}

static void fill_until_full(struct store *store)
{
	char value[3000] = {1};
	struct str got;
	enum err err = ERR_OK;
	uint32_t kept = 0;
	for (uint32_t i = 0; err == ERR_OK && i < 100000; i++) {
		struct store_txn *txn = must_begin(store, true);
		err = store_put(txn, (struct str){(const char *)&i, sizeof(i)},
			(struct str){value, sizeof(value)});
		if (err == ERR_OK) {
			err = store_commit(txn);
		} else {
			MUST_BE(store_get(txn, STR("x"), &got), ERR_FULL);
			MUST_BE(store_commit(txn), ERR_FULL);
		}
		kept += err == ERR_OK;
	}
	cr_assert_eq(err, ERR_FULL);
	cr_assert_gt(kept, 50);
	/* Nothing kept was lost, and what is deleted makes room. */
	struct store_txn *txn = must_begin(store, true);
	for (uint32_t i = 0; i < kept; i++) {
		MUST(store_get(txn, (struct str){(const char *)&i, sizeof(i)}, &got));
		cr_assert_eq(got.len, sizeof(value));
	}
	for (uint32_t i = 0; i < 20; i++) {
		MUST(store_del(txn, (struct str){(const char *)&i, sizeof(i)}));
	}
	must_commit(txn);
	/* LMDB frees a page for the transaction after the next. */
	txn = must_begin(store, true);
	must_put(txn, STR("tick"), STR("1"));
	must_commit(txn);
	txn = must_begin(store, true);
	must_put(txn, STR("tock"), (struct str){value, sizeof(value)});
	must_commit(txn);
}

ParameterizedTestParameters(store, a_full_store_refuses_keeps_what_it_has_and_goes_on)
{
	return cr_make_param_array(int, stores, FIXTURE_STORES);
}

ParameterizedTest(int *which, store, a_full_store_refuses_keeps_what_it_has_and_goes_on)
{
	struct fixture fixture;
	fixture_make(&fixture);
	struct store *store = fixture_store(&fixture, *which, 1024 * 1024);
	fill_until_full(store);
	store_close(store);
	fixture_remove(&fixture);
}
