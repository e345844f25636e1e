/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

/* The same random steps on both; every answer must be the same. */
static void compare_walk(struct store_txn *a, struct store_txn *b, struct str from)
{
	struct str key[2];
	struct str value[2];
	const enum err next = store_next(a, from, true, &key[0], &value[0]);
	MUST_BE(store_next(b, from, true, &key[1], &value[1]), next);
	if (next == ERR_OK) {
		cr_assert(str_equal(key[0], key[1]));
		cr_assert(str_equal(value[0], value[1]));
	}
	const enum err prev = store_prev(a, from, &key[0], &value[0]);
	MUST_BE(store_prev(b, from, &key[1], &value[1]), prev);
	if (prev == ERR_OK) {
		cr_assert(str_equal(key[0], key[1]));
		cr_assert(str_equal(value[0], value[1]));
	}
}

static void random_step(struct store_txn *txns[2])
{
	static char value[6000];
	char text[24];
	struct str got[2];
	const struct str key = {
		text, (size_t)snprintf(text, sizeof(text), "%x", (unsigned)rand() % 3000)};
	switch (rand() % 6) {
	case 0:
	case 1:
	case 2: {
		const size_t len = (size_t)(rand() % (rand() % 20 == 0 ? 6000 : 200));
		memset(value, rand(), len);
		for (int i = 0; i < 2; i++) {
			must_put(txns[i], key, (struct str){value, len});
		}
		break;
	}
	case 3: {
		const enum err err = store_del(txns[0], key);
		MUST_BE(store_del(txns[1], key), err);
		break;
	}
	case 4: {
		const enum err err = store_get(txns[0], key, &got[0]);
		MUST_BE(store_get(txns[1], key, &got[1]), err);
		cr_assert(err != ERR_OK || str_equal(got[0], got[1]));
		break;
	}
	default:
		compare_walk(txns[0], txns[1], key);
	}
}

static void compare_all(struct store *both[2])
{
	struct store_txn *a = must_begin(both[0], false);
	struct store_txn *b = must_begin(both[1], false);
	struct str key[2] = {{NULL, 0}, {NULL, 0}};
	struct str value[2];
	for (enum err err = ERR_OK; err == ERR_OK;) {
		err = store_next(a, key[0], key[0].len > 0, &key[0], &value[0]);
		MUST_BE(store_next(b, key[1], key[1].len > 0, &key[1], &value[1]), err);
		cr_assert(str_equal(key[0], key[1]));
		cr_assert(err != ERR_OK || str_equal(value[0], value[1]));
	}
	store_abort(a);
	store_abort(b);
}

Test(store, both_stores_answer_the_same_to_the_same_random_steps)
{
	struct fixture fixture;
	fixture_make(&fixture);
	struct store *both[2] = {fixture_store(&fixture, 0, 0), fixture_store(&fixture, 1, 0)};
	for (unsigned seed = 1; seed <= 200; seed++) {
		srand(seed);
		struct store_txn *txns[2] = {must_begin(both[0], true), must_begin(both[1], true)};
		const int steps = rand() % 400;
		for (int i = 0; i < steps; i++) {
			random_step(txns);
		}
		const bool keep = rand() % 3 != 0;
		for (int i = 0; i < 2; i++) {
			if (keep) {
				must_commit(txns[i]);
			} else {
				store_abort(txns[i]);
			}
		}
		if (seed % 20 == 0) {
			compare_all(both);
		}
	}
	compare_all(both);
	store_close(both[0]);
	store_close(both[1]);
	fixture_remove(&fixture);
}
