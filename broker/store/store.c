/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/store.h"

enum err store_begin(struct store *store, bool write, struct store_txn **ret_txn)
{
	return store->ops->begin(store, write, ret_txn);
}

enum err store_commit(struct store_txn *txn)
{
	return txn->store->ops->commit(txn);
}

void store_abort(struct store_txn *txn)
{
	if (txn != NULL) {
		txn->store->ops->abort(txn);
	}
}

enum err store_get(struct store_txn *txn, struct str key, struct str *ret_value)
{
	return txn->store->ops->get(txn, key, ret_value);
}

enum err store_put(struct store_txn *txn, struct str key, struct str value)
{
	return txn->store->ops->put(txn, key, value);
}

enum err store_del(struct store_txn *txn, struct str key)
{
	return txn->store->ops->del(txn, key);
}

enum err store_next(struct store_txn *txn, struct str from, bool after, struct str *ret_key,
	struct str *ret_value)
{
	return txn->store->ops->next(txn, from, after, ret_key, ret_value);
}

enum err store_prev(
	struct store_txn *txn, struct str before, struct str *ret_key, struct str *ret_value)
{
	return txn->store->ops->prev(txn, before, ret_key, ret_value);
}

void store_close(struct store *store)
{
	if (store != NULL) {
		store->ops->close(store);
	}
}
