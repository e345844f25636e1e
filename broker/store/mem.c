/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/mem_tree.h"
#include "broker/store/store.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

/*
 * store_mem: for the simulator, for rebuilding beside the real store, for tests.  Behaves as
 * store_lmdb does but for durability: a read transaction sees the version that was committed when
 * it began, however long it lives, and writers do not wait for it.
 */
enum {
	MEM_KEY_BYTES = 511
};

struct mem_store {
	struct store base;
	uint64_t limit_bytes;
	pthread_mutex_t writing; /* held while the write transaction is open */
	pthread_mutex_t mutex;   /* guards the members below */
	struct mem_tree committed;
	size_t open;
};

struct mem_txn {
	struct store_txn base;
	struct mem_tree tree;
	bool write;
	enum err failed;
};

static struct mem_store *store_of(const struct mem_txn *txn)
{
	return (struct mem_store *)txn->base.store;
}

static enum err mem_begin(struct store *base, bool write, struct store_txn **ret_txn)
{
	struct mem_store *store = (struct mem_store *)base;
	struct mem_txn *txn = calloc(1, sizeof(*txn));
	if (txn == NULL) {
		return ERR_NOMEM;
	}
	if (write && pthread_mutex_lock(&store->writing) != 0) {
		free(txn);
		return ERR_STATE;
	}
	txn->base.store = base;
	txn->write = write;
	(void)pthread_mutex_lock(&store->mutex);
	txn->tree = mem_tree_share(&store->committed);
	store->open++;
	(void)pthread_mutex_unlock(&store->mutex);
	*ret_txn = &txn->base;
	return ERR_OK;
}

static void mem_end(struct mem_txn *txn, bool keep)
{
	struct mem_store *store = store_of(txn);
	(void)pthread_mutex_lock(&store->mutex);
	if (keep) {
		const struct mem_tree old = store->committed;
		store->committed = txn->tree;
		txn->tree = old;
	}
	store->open--;
	(void)pthread_mutex_unlock(&store->mutex);
	mem_tree_release(&txn->tree);
	if (txn->write) {
		(void)pthread_mutex_unlock(&store->writing);
	}
	free(txn);
}

static enum err mem_commit(struct store_txn *base)
{
	struct mem_txn *txn = (struct mem_txn *)base;
	const enum err err = txn->failed;
	mem_end(txn, txn->write && err == ERR_OK);
	return err;
}

static void mem_abort(struct store_txn *base)
{
	if (base != NULL) {
		mem_end((struct mem_txn *)base, false);
	}
}

static bool key_valid(struct str key)
{
	return key.len > 0 && key.len <= MEM_KEY_BYTES;
}

static enum err mem_get(struct store_txn *base, struct str key, struct str *ret_value)
{
	const struct mem_txn *txn = (struct mem_txn *)base;
	if (txn->failed != ERR_OK) {
		return txn->failed;
	}
	if (!key_valid(key)) {
		return ERR_INVALID;
	}
	return mem_tree_get(&txn->tree, key, ret_value) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err write_allowed(const struct mem_txn *txn, struct str key)
{
	if (txn->failed != ERR_OK) {
		return txn->failed;
	}
	if (!txn->write) {
		return ERR_STATE;
	}
	return key_valid(key) ? ERR_OK : ERR_INVALID;
}

static enum err mem_put(struct store_txn *base, struct str key, struct str value)
{
	struct mem_txn *txn = (struct mem_txn *)base;
	const uint64_t limit = store_of(txn)->limit_bytes;
	const enum err err = write_allowed(txn, key);
	if (err != ERR_OK) {
		return err;
	}
	txn->failed = mem_tree_put(&txn->tree, key, value);
	if (txn->failed == ERR_OK && limit > 0 && txn->tree.bytes > limit) {
		txn->failed = ERR_FULL;
	}
	return txn->failed;
}

static enum err mem_del(struct store_txn *base, struct str key)
{
	struct mem_txn *txn = (struct mem_txn *)base;
	enum err err = write_allowed(txn, key);
	if (err != ERR_OK) {
		return err;
	}
	err = mem_tree_del(&txn->tree, key);
	if (err != ERR_NOT_FOUND) {
		txn->failed = err;
	}
	return err;
}

static enum err mem_next(struct store_txn *base, struct str from, bool after, struct str *ret_key,
	struct str *ret_value)
{
	const struct mem_txn *txn = (struct mem_txn *)base;
	if (txn->failed != ERR_OK) {
		return txn->failed;
	}
	return mem_tree_next(&txn->tree, from, after, ret_key, ret_value) ? ERR_OK : ERR_END;
}

static enum err mem_prev(
	struct store_txn *base, struct str before, struct str *ret_key, struct str *ret_value)
{
	const struct mem_txn *txn = (struct mem_txn *)base;
	if (txn->failed != ERR_OK) {
		return txn->failed;
	}
	return mem_tree_prev(&txn->tree, before, ret_key, ret_value) ? ERR_OK : ERR_END;
}

static void mem_stat(struct store *base, struct store_stat *ret_stat)
{
	struct mem_store *store = (struct mem_store *)base;
	(void)pthread_mutex_lock(&store->mutex);
	*ret_stat = (struct store_stat){.used_bytes = store->committed.bytes,
		.limit_bytes = store->limit_bytes,
		.entries = store->committed.entries};
	(void)pthread_mutex_unlock(&store->mutex);
}

static void mem_close(struct store *base)
{
	struct mem_store *store = (struct mem_store *)base;
	if (store == NULL) {
		return;
	}
	assert(store->open == 0);
	mem_tree_release(&store->committed);
	(void)pthread_mutex_destroy(&store->mutex);
	(void)pthread_mutex_destroy(&store->writing);
	free(store);
}

static const struct store_ops mem_ops = {
	.begin = mem_begin,
	.commit = mem_commit,
	.abort = mem_abort,
	.get = mem_get,
	.put = mem_put,
	.del = mem_del,
	.next = mem_next,
	.prev = mem_prev,
	.stat = mem_stat,
	.close = mem_close,
};

enum err store_mem_create(uint64_t limit_bytes, struct store **ret_store)
{
	struct mem_store *store = calloc(1, sizeof(*store));
	if (store == NULL) {
		return ERR_NOMEM;
	}
	store->base.ops = &mem_ops;
	store->limit_bytes = limit_bytes;
	pthread_mutexattr_t attributes;
	(void)pthread_mutexattr_init(&attributes);
	(void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	(void)pthread_mutex_init(&store->writing, &attributes);
	(void)pthread_mutexattr_destroy(&attributes);
	(void)pthread_mutex_init(&store->mutex, NULL);
	*ret_store = &store->base;
	return ERR_OK;
}
