/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_LMDB_H
#define ONWARD_STORE_LMDB_H
#include "broker/store/store.h"

#include <lmdb.h>
#include <pthread.h>
/*
 * Inside store_lmdb only: lmdb.c opens, closes, counts and copies; lmdb_txn.c is the transactions.
 *
 * LMDB runs with its default durability: two flushes a commit, nothing acknowledged is lost.  One
 * unnamed database without duplicates, so that none of the bugs of 0.9.24 in sorted duplicates is
 * near.  Read transactions are pooled (reset and renewed), the one write transaction is part of the
 * store: neither allocates once warm, apart from LMDB's own pages.
 */
enum {
	LMDB_READERS = 256,        /* slots in the lock file, all processes together */
	LMDB_READERS_CHECK = 1024, /* write transactions between looking for dead readers */
	LMDB_POOL = 32,            /* idle read transactions kept; each holds a reader slot */
	LMDB_KEY_BYTES = 511,      /* compiled into LMDB */
	LMDB_PROBE = 1024 * 1024   /* bytes: above the longest run LMDB writes at once */
};

struct lmdb_txn {
	struct store_txn base;
	MDB_txn *txn;
	MDB_cursor *cursor; /* opened by the first next or prev */
	bool cursor_live;   /* belongs to this transaction, not to an earlier use of the object */
	bool write;
	enum err failed;       /* a put or del failed: all that is left is to abort */
	struct lmdb_txn *next; /* in the pool */
};

struct lmdb_store {
	struct store base;
	MDB_env *env;
	MDB_dbi dbi;
	int folder_fd;           /* a writer's carries the lock that keeps a second one out */
	pthread_mutex_t writing; /* held while the write transaction is open */
	struct lmdb_txn write_txn;
	uint64_t writes;            /* transactions begun; guarded by `writing` */
	pthread_mutex_t pool_mutex; /* guards the members below */
	struct lmdb_txn *pool;
	size_t pool_count;
	size_t reading; /* read transactions open now */
};

/* The vocabulary of this project for LMDB's and the system's codes. */
enum err lmdb_error(int code);
/* The same for a failed write or commit, where LMDB says EIO for a short write: asks the disk
 * whether there is room before it calls that a broken disk. */
enum err lmdb_write_error(struct lmdb_store *store, int code);

enum err lmdb_txn_begin(struct store *store, bool write, struct store_txn **ret_txn);
enum err lmdb_txn_commit(struct store_txn *txn);
void lmdb_txn_abort(struct store_txn *txn);
enum err lmdb_txn_get(struct store_txn *txn, struct str key, struct str *ret_value);
enum err lmdb_txn_put(struct store_txn *txn, struct str key, struct str value);
enum err lmdb_txn_del(struct store_txn *txn, struct str key);
enum err lmdb_txn_next(struct store_txn *txn, struct str from, bool after, struct str *ret_key,
	struct str *ret_value);
enum err lmdb_txn_prev(
	struct store_txn *txn, struct str before, struct str *ret_key, struct str *ret_value);
/* Frees what the pool keeps. */
void lmdb_pool_finish(struct lmdb_store *store);
#endif
