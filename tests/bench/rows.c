/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "tests/bench/inside.h"

#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
/*
 * What `accepted` costs at least: the rows that submits leave behind, found by comparing the store
 * before and after each, and the same rows put by bare LMDB into a copy of the store, a transaction
 * each, with LMDB's default flush.
 */
enum {
	ROWS_WARM = 200, /* submits before the first that is compared */
	ROWS_SUBMITS = 200
};

struct row {
	struct str key, value; /* value NULL: deleted */
	uint64_t hash;
};

struct rows {
	struct row *items;
	size_t count, size;
	struct arena arena;
};

static void rows_add(struct rows *rows, struct row row)
{
	if (rows->count == rows->size) {
		const size_t size = rows->size == 0 ? 1024 : rows->size * 2;
		struct row *items = realloc(rows->items, size * sizeof(*items));
		if (items == NULL) {
			bench_fail("out of memory");
		}
		rows->items = items;
		rows->size = size;
	}
	rows->items[rows->count++] = row;
}

static void rows_finish(struct rows *rows)
{
	free(rows->items);
	arena_finish(&rows->arena);
	*rows = (struct rows){0};
}

static uint64_t hash_of(struct str bytes)
{
	uint64_t hash = 1469598103934665603U;
	for (size_t i = 0; i < bytes.len; i++) {
		hash = (hash ^ (uint8_t)bytes.ptr[i]) * 1099511628211U;
	}
	return hash;
}

/* Walks the store beside `before`, both in the order of keys; what is new or changed is copied into
 * *ret_changed. */
static void walk(struct store *store, const struct rows *before, struct rows *ret_after,
	struct rows *ret_changed)
{
	struct store_txn *txn;
	struct str key = {0};
	struct str value;
	struct str from = {0};
	size_t at = 0;
	*ret_after = (struct rows){0};
	bench_check(store_begin(store, false, &txn), NULL, "reading the store");
	while (store_next(txn, from, from.len > 0, &key, &value) == ERR_OK) {
		const struct row row = {
			.key = arena_str(&ret_after->arena, key), .hash = hash_of(value)};
		while (at < before->count && str_compare(before->items[at].key, key) < 0) {
			rows_add(ret_changed, (struct row){.key = arena_str(&ret_changed->arena,
								   before->items[at++].key)});
		}
		const bool known = at < before->count && str_equal(before->items[at].key, key);
		if (!known || before->items[at].hash != row.hash) {
			rows_add(ret_changed,
				(struct row){.key = arena_str(&ret_changed->arena, key),
					.value = arena_str(&ret_changed->arena, value)});
		}
		at += known ? 1 : 0;
		rows_add(ret_after, row);
		from = row.key;
	}
	store_abort(txn);
}

static void row_put(MDB_txn *txn, MDB_dbi dbi, const struct row *row)
{
	union {
		const char *in;
		void *out;
	} key = {.in = row->key.ptr}, value = {.in = row->value.ptr};
	MDB_val under = {row->key.len, key.out};
	MDB_val data = {row->value.len, value.out};
	const int code = row->value.ptr == NULL ? mdb_del(txn, dbi, &under, NULL)
						: mdb_put(txn, dbi, &under, &data, 0);
	if (code != MDB_SUCCESS) {
		bench_fail("LMDB: %s", mdb_strerror(code));
	}
}

static void mdb_check(int code)
{
	if (code != MDB_SUCCESS) {
		bench_fail("LMDB: %s", mdb_strerror(code));
	}
}

static double bare_run(const char *folder, const struct rows *changes)
{
	MDB_env *env;
	MDB_dbi dbi;
	MDB_txn *txn;
	struct samples times = {0};
	mdb_check(mdb_env_create(&env));
	mdb_check(mdb_env_set_mapsize(env, (size_t)1 << 32));
	mdb_check(mdb_env_open(env, folder, 0, 0600));
	mdb_check(mdb_txn_begin(env, NULL, 0, &txn));
	mdb_check(mdb_dbi_open(txn, NULL, 0, &dbi));
	mdb_txn_abort(txn);
	for (size_t i = 0; i < ROWS_SUBMITS; i++) {
		const uint64_t start = bench_now_ns();
		mdb_check(mdb_txn_begin(env, NULL, 0, &txn));
		for (size_t j = 0; j < changes[i].count; j++) {
			row_put(txn, dbi, &changes[i].items[j]);
		}
		mdb_check(mdb_txn_commit(txn));
		samples_add(&times, (double)(bench_now_ns() - start) / 1e9);
	}
	mdb_env_close(env);
	const double median = samples_median(&times);
	samples_finish(&times);
	return median;
}

static void submit_one(struct inside *inside, size_t number)
{
	inside_begin(inside);
	inside_submit(inside, number);
	inside_commit(inside);
}

double rows_bare(const struct bench *bench, size_t *ret_rows, size_t *ret_bytes)
{
	static struct rows changes[ROWS_SUBMITS];
	char home[300];
	char copy[320];
	struct inside inside;
	struct rows before = {0};
	struct rows after;
	size_t rows = 0;
	size_t bytes = 0;
	(void)snprintf(home, sizeof(home), "%s/rows", bench->folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", home);
	home_create(home);
	inside_open(&inside, home);
	for (size_t i = 0; i < ROWS_WARM; i++) {
		submit_one(&inside, i);
	}
	if (mkdir(copy, 0700) != 0) {
		bench_fail("cannot make %s", copy);
	}
	bench_check(store_lmdb_copy(inside.core->store, copy), NULL, "copying a store");
	walk(inside.core->store, &before, &after, &changes[0]);
	rows_finish(&changes[0]);
	for (size_t i = 0; i < ROWS_SUBMITS; i++) {
		before = after;
		submit_one(&inside, ROWS_WARM + i);
		walk(inside.core->store, &before, &after, &changes[i]);
		rows_finish(&before);
		rows += changes[i].count;
		for (size_t j = 0; j < changes[i].count; j++) {
			bytes += changes[i].items[j].key.len + changes[i].items[j].value.len;
		}
	}
	inside_close(&inside);
	const double seconds = bare_run(copy, changes);
	rows_finish(&after);
	for (size_t i = 0; i < ROWS_SUBMITS; i++) {
		rows_finish(&changes[i]);
	}
	home_remove(home);
	*ret_rows = rows / ROWS_SUBMITS;
	*ret_bytes = bytes / ROWS_SUBMITS;
	return seconds;
}
