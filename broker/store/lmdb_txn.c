/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/lmdb.h"

#include <errno.h>
#include <stdlib.h>

static struct lmdb_store *store_of(const struct lmdb_txn *txn)
{
	return (struct lmdb_store *)txn->base.store;
}

/* LMDB takes pointers to bytes it does not change without the const. */
static MDB_val val_of(struct str s)
{
	union {
		const char *in;
		void *out;
	} bytes = {.in = s.ptr == NULL ? "" : s.ptr};
	return (MDB_val){.mv_size = s.len, .mv_data = bytes.out};
}

static struct str str_of(MDB_val val)
{
	return (struct str){val.mv_data, val.mv_size};
}

static bool key_valid(struct str key)
{
	return key.len > 0 && key.len <= LMDB_KEY_BYTES;
}

static void reader_destroy(struct lmdb_txn *txn)
{
	if (txn->cursor != NULL) {
		mdb_cursor_close(txn->cursor);
	}
	if (txn->txn != NULL) {
		mdb_txn_abort(txn->txn);
	}
	free(txn);
}

static struct lmdb_txn *pool_take(struct lmdb_store *store)
{
	(void)pthread_mutex_lock(&store->pool_mutex);
	struct lmdb_txn *txn = store->pool;
	if (txn != NULL) {
		store->pool = txn->next;
		store->pool_count--;
	}
	store->reading++;
	(void)pthread_mutex_unlock(&store->pool_mutex);
	return txn;
}

/* Gives the reader slot's pages free at once; the object waits for the next reader. */
static void pool_give(struct lmdb_store *store, struct lmdb_txn *txn)
{
	mdb_txn_reset(txn->txn);
	txn->cursor_live = false;
	(void)pthread_mutex_lock(&store->pool_mutex);
	store->reading--;
	const bool keep = store->pool_count < LMDB_POOL;
	if (keep) {
		txn->next = store->pool;
		store->pool = txn;
		store->pool_count++;
	}
	(void)pthread_mutex_unlock(&store->pool_mutex);
	if (!keep) {
		reader_destroy(txn);
	}
}

void lmdb_pool_finish(struct lmdb_store *store)
{
	while (store->pool != NULL) {
		struct lmdb_txn *txn = store->pool;
		store->pool = txn->next;
		reader_destroy(txn);
	}
	store->pool_count = 0;
}

static enum err begin_read(struct lmdb_store *store, struct store_txn **ret_txn)
{
	struct lmdb_txn *txn = pool_take(store);
	int code;
	if (txn != NULL) {
		code = mdb_txn_renew(txn->txn);
	} else {
		txn = calloc(1, sizeof(*txn));
		if (txn == NULL) {
			code = ENOMEM;
			goto fail;
		}
		txn->base.store = &store->base;
		code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn->txn);
	}
	if (code != MDB_SUCCESS) {
		reader_destroy(txn);
		goto fail;
	}
	*ret_txn = &txn->base;
	return ERR_OK;
fail:
	(void)pthread_mutex_lock(&store->pool_mutex);
	store->reading--;
	(void)pthread_mutex_unlock(&store->pool_mutex);
	return lmdb_error(code);
}

static enum err begin_write(struct lmdb_store *store, struct store_txn **ret_txn)
{
	/* Waits for another thread's transaction; a second one on the same thread is a bug. */
	if (pthread_mutex_lock(&store->writing) != 0) {
		return ERR_STATE;
	}
	if (++store->writes % LMDB_READERS_CHECK == 0) {
		/* A reader that was killed keeps every page that was in use when it began. */
		int dead;
		(void)mdb_reader_check(store->env, &dead);
	}
	struct lmdb_txn *txn = &store->write_txn;
	*txn = (struct lmdb_txn){.base = {&store->base}, .write = true};
	const int code = mdb_txn_begin(store->env, NULL, 0, &txn->txn);
	if (code != MDB_SUCCESS) {
		txn->txn = NULL;
		(void)pthread_mutex_unlock(&store->writing);
		return lmdb_write_error(store, code);
	}
	*ret_txn = &txn->base;
	return ERR_OK;
}

enum err lmdb_txn_begin(struct store *base, bool write, struct store_txn **ret_txn)
{
	struct lmdb_store *store = (struct lmdb_store *)base;
	return write ? begin_write(store, ret_txn) : begin_read(store, ret_txn);
}

/* What both ends of a write transaction share; the LMDB transaction is ended by the caller. */
static MDB_txn *write_release(struct lmdb_txn *txn)
{
	MDB_txn *inner = txn->txn;
	if (txn->cursor != NULL) {
		mdb_cursor_close(txn->cursor);
	}
	txn->cursor = NULL;
	txn->cursor_live = false;
	txn->txn = NULL;
	return inner;
}

enum err lmdb_txn_commit(struct store_txn *base)
{
	struct lmdb_txn *txn = (struct lmdb_txn *)base;
	struct lmdb_store *store = store_of(txn);
	if (!txn->write) {
		pool_give(store, txn);
		return ERR_OK;
	}
	enum err err = txn->failed;
	MDB_txn *inner = write_release(txn);
	if (err != ERR_OK) {
		mdb_txn_abort(inner);
	} else {
		const int code = mdb_txn_commit(inner);
		err = code == MDB_SUCCESS ? ERR_OK : lmdb_write_error(store, code);
	}
	(void)pthread_mutex_unlock(&store->writing);
	return err;
}

void lmdb_txn_abort(struct store_txn *base)
{
	struct lmdb_txn *txn = (struct lmdb_txn *)base;
	if (txn == NULL) {
		return;
	}
	struct lmdb_store *store = store_of(txn);
	if (!txn->write) {
		pool_give(store, txn);
		return;
	}
	mdb_txn_abort(write_release(txn));
	(void)pthread_mutex_unlock(&store->writing);
}

enum err lmdb_txn_get(struct store_txn *base, struct str key, struct str *ret_value)
{
	struct lmdb_txn *txn = (struct lmdb_txn *)base;
	if (txn->failed != ERR_OK || !key_valid(key)) {
		return txn->failed != ERR_OK ? txn->failed : ERR_INVALID;
	}
	MDB_val find = val_of(key);
	MDB_val found;
	const int code = mdb_get(txn->txn, store_of(txn)->dbi, &find, &found);
	if (code == MDB_SUCCESS) {
		*ret_value = str_of(found);
	}
	return lmdb_error(code);
}

/* May this transaction write that key? */
static enum err write_allowed(const struct lmdb_txn *txn, struct str key)
{
	if (txn->failed != ERR_OK) {
		return txn->failed;
	}
	if (!txn->write) {
		return ERR_STATE;
	}
	return key_valid(key) ? ERR_OK : ERR_INVALID;
}

enum err lmdb_txn_put(struct store_txn *base, struct str key, struct str value)
{
	struct lmdb_txn *txn = (struct lmdb_txn *)base;
	const enum err err = write_allowed(txn, key);
	if (err != ERR_OK) {
		return err;
	}
	/* The key may be borrowed from a page that this very put rearranges. */
	char copy[LMDB_KEY_BYTES];
	memcpy(copy, key.ptr, key.len);
	MDB_val under = {.mv_size = key.len, .mv_data = copy};
	MDB_val data = val_of(value);
	const int code = mdb_put(txn->txn, store_of(txn)->dbi, &under, &data, 0);
	if (code != MDB_SUCCESS) {
		txn->failed = lmdb_write_error(store_of(txn), code);
	}
	return txn->failed;
}

enum err lmdb_txn_del(struct store_txn *base, struct str key)
{
	struct lmdb_txn *txn = (struct lmdb_txn *)base;
	const enum err err = write_allowed(txn, key);
	if (err != ERR_OK) {
		return err;
	}
	MDB_val under = val_of(key);
	const int code = mdb_del(txn->txn, store_of(txn)->dbi, &under, NULL);
	if (code == MDB_NOTFOUND) {
		return ERR_NOT_FOUND;
	}
	if (code != MDB_SUCCESS) {
		txn->failed = lmdb_write_error(store_of(txn), code);
	}
	return txn->failed;
}

static int cursor_ready(struct lmdb_txn *txn)
{
	if (txn->cursor_live) {
		return MDB_SUCCESS;
	}
	const int code = txn->cursor == NULL
				 ? mdb_cursor_open(txn->txn, store_of(txn)->dbi, &txn->cursor)
				 : mdb_cursor_renew(txn->txn, txn->cursor);
	txn->cursor_live = code == MDB_SUCCESS;
	return code;
}

static enum err answer_pair(
	int code, MDB_val key, MDB_val value, struct str *ret_key, struct str *ret_value)
{
	if (code == MDB_NOTFOUND) {
		return ERR_END;
	}
	if (code == MDB_SUCCESS) {
		*ret_key = str_of(key);
		*ret_value = str_of(value);
	}
	return lmdb_error(code);
}

enum err lmdb_txn_next(struct store_txn *base, struct str from, bool after, struct str *ret_key,
	struct str *ret_value)
{
	struct lmdb_txn *txn = (struct lmdb_txn *)base;
	if (txn->failed != ERR_OK) {
		return txn->failed;
	}
	MDB_val key = val_of(from);
	MDB_val value = {0};
	int code = cursor_ready(txn);
	if (code == MDB_SUCCESS) {
		code = mdb_cursor_get(
			txn->cursor, &key, &value, from.len == 0 ? MDB_FIRST : MDB_SET_RANGE);
	}
	if (code == MDB_SUCCESS && after && str_equal(str_of(key), from)) {
		code = mdb_cursor_get(txn->cursor, &key, &value, MDB_NEXT);
	}
	return answer_pair(code, key, value, ret_key, ret_value);
}

enum err lmdb_txn_prev(
	struct store_txn *base, struct str before, struct str *ret_key, struct str *ret_value)
{
	struct lmdb_txn *txn = (struct lmdb_txn *)base;
	if (txn->failed != ERR_OK) {
		return txn->failed;
	}
	if (before.len == 0) {
		return ERR_END;
	}
	MDB_val key = val_of(before);
	MDB_val value = {0};
	int code = cursor_ready(txn);
	if (code == MDB_SUCCESS) {
		code = mdb_cursor_get(txn->cursor, &key, &value, MDB_SET_RANGE);
		if (code == MDB_SUCCESS || code == MDB_NOTFOUND) {
			code = mdb_cursor_get(txn->cursor, &key, &value,
				code == MDB_SUCCESS ? MDB_PREV : MDB_LAST);
		}
	}
	return answer_pair(code, key, value, ret_key, ret_value);
}
