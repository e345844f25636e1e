/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_CLIENT_VAULT_H
#define ONWARD_ADAPTERS_CLIENT_VAULT_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
#include "broker/base/err.h"
/*
 * A folder with rows that survive any crash and that nobody without the party's secret key can
 * read: LMDB with its default durability, each value sealed (XChaCha20-Poly1305) under a key
 * derived from the secret key, and bound to its table and key.  The outgoing spool and the store of
 * onward-inbox are such folders.
 *
 * Keys of rows are not sealed: no personal value may stand in them.  Several processes may use one
 * folder; one process opens it once at a time.  One transaction at a time.
 */
enum {
	VAULT_TABLES_MAX = 4,
	VAULT_KEY_MAX = 64 /* bytes */
};

struct vault;

/* Z85. What one of the former keys sealed (blanks between them; NULL or empty: none) is opened with
 * it and sealed anew with the secret key, all or nothing, before vault_open returns. */
struct vault_keys {
	const char *secret_key, *former_keys;
};

struct vault_options {
	const char *folder; /* made (0700) when it is not there */
	struct vault_keys keys;
	const char *purpose; /* of the derived key: "spool" */
	const char *const *tables;
	size_t table_count;
	size_t map_bytes; /* largest size; the file is sparse and grows as it is used */
};
/* ERR_NOT_ALLOWED: sealed with another key.  ERR_VERSION, ERR_CORRUPT, ERR_FULL, ERR_IO. */
MUST_CHECK enum err vault_open(
	const struct vault_options *options, struct vault **ret_vault, struct fault *fault);
void vault_close(struct vault *vault); /* accepts NULL; aborts what is open */

/* To write: ERR_NOT_ALLOWED when the folder was sealed anew with another key meanwhile; what is
 * written with this one could never be read. */
MUST_CHECK enum err vault_begin(struct vault *vault, bool write);
/* ERR_OK: on disk. */
MUST_CHECK enum err vault_commit(struct vault *vault);
void vault_abort(struct vault *vault); /* also ends reading; accepts none open */

/* Within a transaction; `table` counts in the order of the options.  ERR_FULL: no room, abort. */
MUST_CHECK enum err vault_put(struct vault *vault, size_t table, struct str key, struct str value);
MUST_CHECK enum err vault_get(struct vault *vault, size_t table, struct str key,
	struct arena *arena, struct str *ret_value); /* ERR_NOT_FOUND, ERR_CORRUPT */
MUST_CHECK enum err vault_delete(struct vault *vault, size_t table, struct str key);
/* The first row after `after` (empty: the first of all), both in the arena. ERR_END. */
MUST_CHECK enum err vault_next(struct vault *vault, size_t table, struct str after,
	struct arena *arena, struct str *ret_key, struct str *ret_value);
/* Like vault_next from the other end, the key alone. */
MUST_CHECK enum err vault_last(
	struct vault *vault, size_t table, struct arena *arena, struct str *ret_key);
MUST_CHECK enum err vault_count(struct vault *vault, size_t table, size_t *ret_count);
#endif
