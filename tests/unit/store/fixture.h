/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_STORE_FIXTURE_H
#define ONWARD_TESTS_STORE_FIXTURE_H
#include "broker/store/store.h"

#include <criterion/criterion.h>

/* A folder of the test's own under $TMPDIR or /tmp; removed by fixture_remove. */
struct fixture {
	char folder[256];
};

void fixture_make(struct fixture *fixture);
void fixture_remove(struct fixture *fixture);
void fixture_remove_tree(const char *path);
/* "<folder>/<name>" in one of a few static buffers. */
const char *fixture_path(const struct fixture *fixture, const char *name);

enum {
	FIXTURE_MAP = 64 * 1024 * 1024
};

/* Each store in turn: 0 is LMDB in the fixture's folder, 1 in memory. */
enum {
	FIXTURE_STORES = 2
};
struct store *fixture_store(const struct fixture *fixture, int which, uint64_t limit_bytes);
const char *fixture_store_name(int which);

/* Shorthands that assert success. */
struct store_txn *must_begin(struct store *store, bool write);
void must_commit(struct store_txn *txn);
void must_put(struct store_txn *txn, struct str key, struct str value);

#define MUST(expression)                                                                   \
	do {                                                                               \
		const enum err must_err = (expression);                                    \
		cr_assert_eq(must_err, ERR_OK, "%s: %s", #expression, err_code(must_err)); \
	} while (0)
#define MUST_BE(expression, want)                                                          \
	do {                                                                               \
		const enum err must_err = (expression);                                    \
		cr_assert_eq(must_err, (want), "%s: %s", #expression, err_code(must_err)); \
	} while (0)
#endif
