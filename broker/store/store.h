/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_STORE_H
#define ONWARD_STORE_STORE_H
#include "broker/base/err.h"
#include "broker/base/str.h"
/*
 * store: an ordered key-value store with transactions, behind one struct of functions.  Includes
 * broker/base only.  Start reading here; then table.h (keys), record.h (values), journal.h,
 * payload.h, meta.h, backup.h.
 *
 * Threads: one write transaction at a time, begun, used and committed on one thread; read
 * transactions on any thread, kept short.  Keys are 1 to 511 bytes, compared as bytes; the first
 * byte is the table. What get, next and prev return is borrowed: valid until the transaction's next
 * write or its end.  A key so borrowed may be given to put or del; a value may not be put back as
 * it stands (record_put copies, and may).
 *
 * A put or del that fails other than by ERR_INVALID, ERR_STATE (not a write transaction) or
 * ERR_NOT_FOUND spoils its transaction: every later call on it answers the same, commit too.
 */
struct store;
struct store_txn;

struct store_stat {
	/* LMDB: pages of the tree as last committed, without free ones, so that it falls when
	 * things are deleted; in memory: keys, values and what a pair costs beside.  Costs no walk.
	 */
	uint64_t used_bytes;
	uint64_t limit_bytes; /* 0: none */
	uint64_t entries;
};

struct store_ops {
	/* A second write transaction waits for the first, or is ERR_STATE on the same thread.
	 * ERR_FULL: too many readers. */
	enum err (*begin)(struct store *store, bool write, struct store_txn **ret_txn);
	/* The transaction is gone whatever is returned.  ERR_FULL: nothing was kept, go on.  Any
	 * other error: what is on disk is not known; acknowledge nothing and stop. */
	enum err (*commit)(struct store_txn *txn);
	void (*abort)(struct store_txn *txn); /* accepts NULL */
	enum err (*get)(struct store_txn *txn, struct str key, struct str *ret_value);
	enum err (*put)(
		struct store_txn *txn, struct str key, struct str value); /* ERR_FULL: abort */
	enum err (*del)(struct store_txn *txn, struct str key);           /* ERR_NOT_FOUND */
	/* The first pair with key >= `from` (`after`: > `from`); ERR_END when there is none. */
	enum err (*next)(struct store_txn *txn, struct str from, bool after, struct str *ret_key,
		struct str *ret_value);
	/* The last pair with key < `before`; ERR_END when there is none. */
	enum err (*prev)(struct store_txn *txn, struct str before, struct str *ret_key,
		struct str *ret_value);
	void (*stat)(struct store *store, struct store_stat *ret_stat);
	void (*close)(struct store *store); /* no transaction may be open; accepts NULL */
};

/* Implementations embed these as their first members. */
struct store {
	const struct store_ops *ops;
};
struct store_txn {
	struct store *store;
};

/* `folder` exists (0700).  `map_bytes` is the largest size (sparse); 0: as the existing store has
 * it. `read_only` opens beside a running broker, in another process (never twice in one).
 * ERR_NOT_FOUND, ERR_FULL, ERR_IO, ERR_CORRUPT, ERR_VERSION; ERR_STATE: another process writes it.
 */
MUST_CHECK enum err store_lmdb_open(const char *folder, uint64_t map_bytes, bool read_only,
	struct store **ret_store, struct fault *fault);
/* `limit_bytes` 0: none; else put answers ERR_FULL past it. */
MUST_CHECK enum err store_mem_create(uint64_t limit_bytes, struct store **ret_store);
/* A consistent copy of an LMDB store into an existing empty folder, while others write. */
MUST_CHECK enum err store_lmdb_copy(struct store *store, const char *folder);

/* Shorthands. */
MUST_CHECK enum err store_begin(struct store *store, bool write, struct store_txn **ret_txn);
MUST_CHECK enum err store_commit(struct store_txn *txn);
void store_abort(struct store_txn *txn);
MUST_CHECK enum err store_get(struct store_txn *txn, struct str key, struct str *ret_value);
MUST_CHECK enum err store_put(struct store_txn *txn, struct str key, struct str value);
MUST_CHECK enum err store_del(struct store_txn *txn, struct str key);
MUST_CHECK enum err store_next(struct store_txn *txn, struct str from, bool after,
	struct str *ret_key, struct str *ret_value);
MUST_CHECK enum err store_prev(
	struct store_txn *txn, struct str before, struct str *ret_key, struct str *ret_value);
void store_close(struct store *store);
#endif
