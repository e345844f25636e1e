/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/vault.h"

#include "broker/config/z85.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A value on disk: format (1), nonce (24), ciphertext with its tag.  To change it: raise the
 * format, read both, and write a test with a folder of the old one. */
enum {
	VAULT_FORMAT = 1,
	VAULT_NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	VAULT_TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	VAULT_OVERHEAD = 1 + VAULT_NONCE + VAULT_TAG,
	VAULT_KEY_SIZE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES
};

struct vault {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi check;
	MDB_dbi tables[VAULT_TABLES_MAX];
	size_t table_count;
	uint8_t key[VAULT_KEY_SIZE];
};

static enum err vault_err(int rc)
{
	switch (rc) {
	case 0:
		return ERR_OK;
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case MDB_READERS_FULL:
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case MDB_VERSION_MISMATCH:
		return ERR_VERSION;
	case MDB_CORRUPTED:
	case MDB_INVALID:
	case MDB_PAGE_NOTFOUND:
	case MDB_PANIC:
		return ERR_CORRUPT;
	case ENOMEM:
		return ERR_NOMEM;
	default:
		return ERR_IO;
	}
}

/* What a value belongs to, so that no row can be taken for another: table, key. */
static size_t row_name(char out[VAULT_KEY_MAX + 1], uint8_t table, struct str key)
{
	out[0] = (char)table;
	memcpy(out + 1, key.ptr, key.len);
	return key.len + 1;
}

static enum err row_put(
	struct vault *vault, MDB_dbi dbi, uint8_t table, struct str key, struct str value)
{
	char name[VAULT_KEY_MAX + 1];
	if (vault->txn == NULL || key.len == 0 || key.len > VAULT_KEY_MAX) {
		return ERR_INTERNAL;
	}
	MDB_val mdb_key = {key.len, (void *)(uintptr_t)key.ptr};
	MDB_val room = {value.len + VAULT_OVERHEAD, NULL};
	const int rc = mdb_put(vault->txn, dbi, &mdb_key, &room, MDB_RESERVE);
	if (rc != 0) {
		return vault_err(rc);
	}
	uint8_t *out = room.mv_data;
	out[0] = VAULT_FORMAT;
	randombytes_buf(out + 1, VAULT_NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + VAULT_NONCE, NULL,
		(const uint8_t *)value.ptr, value.len, (const uint8_t *)name,
		row_name(name, table, key), NULL, out + 1, vault->key);
	return ERR_OK;
}

static enum err row_open(const struct vault *vault, uint8_t table, struct str key,
	const MDB_val *sealed, struct arena *arena, struct str *ret_value)
{
	char name[VAULT_KEY_MAX + 1];
	const uint8_t *in = sealed->mv_data;
	if (sealed->mv_size < VAULT_OVERHEAD || key.len > VAULT_KEY_MAX) {
		return ERR_CORRUPT;
	}
	if (in[0] != VAULT_FORMAT) {
		return ERR_VERSION;
	}
	const size_t len = sealed->mv_size - VAULT_OVERHEAD;
	char *plain = arena_alloc(arena, len + 1);
	if (plain == NULL) {
		return ERR_NOMEM;
	}
	if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)plain, NULL, NULL,
		    in + 1 + VAULT_NONCE, len + VAULT_TAG, (const uint8_t *)name,
		    row_name(name, table, key), in + 1, vault->key) != 0) {
		return ERR_CORRUPT;
	}
	*ret_value = (struct str){plain, len};
	return ERR_OK;
}

static enum err key_derive(
	const char *secret_key, const char *purpose, uint8_t ret_key[VAULT_KEY_SIZE])
{
	uint8_t secret[Z85_KEY_BYTES];
	char label[64];
	if (!z85_decode(str_from(secret_key), secret)) {
		return ERR_CONFIG;
	}
	(void)snprintf(label, sizeof(label), "onward vault 1 %s", purpose);
	(void)crypto_generichash(ret_key, VAULT_KEY_SIZE, (const uint8_t *)label, strlen(label),
		secret, sizeof(secret));
	sodium_memzero(secret, sizeof(secret));
	return ERR_OK;
}

/* Makes the folder and those above it that are not there, and the entry durable. */
static enum err folder_make(const char *folder)
{
	char path[4096];
	const size_t len = strlen(folder);
	if (len == 0 || len >= sizeof(path)) {
		return ERR_TOO_LARGE;
	}
	memcpy(path, folder, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0') {
			continue;
		}
		const char kept = path[i];
		path[i] = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
		}
		path[i] = kept;
	}
	return ERR_OK;
}

static void folder_flush(const char *folder)
{
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
}

/* The first row that another key cannot open says so before anything is lost or mixed. */
static enum err check_row(struct vault *vault, bool *ret_missing)
{
	const struct str name = STR("check");
	struct arena arena;
	struct str plain;
	MDB_val key = {name.len, (void *)(uintptr_t)name.ptr};
	MDB_val sealed;
	arena_init(&arena, 0);
	enum err err = vault_err(mdb_get(vault->txn, vault->check, &key, &sealed));
	*ret_missing = err == ERR_NOT_FOUND;
	if (err == ERR_OK) {
		err = row_open(vault, UINT8_MAX, name, &sealed, &arena, &plain);
		err = err == ERR_CORRUPT ? ERR_NOT_ALLOWED : err;
	}
	arena_finish(&arena);
	return err;
}

/* Every row of a table out of the former key into the present one. */
static enum err reseal_table(
	struct vault *vault, MDB_dbi dbi, uint8_t table, const uint8_t former[VAULT_KEY_SIZE])
{
	uint8_t present[VAULT_KEY_SIZE];
	struct arena arena;
	MDB_cursor *cursor = NULL;
	MDB_val key;
	MDB_val sealed;
	memcpy(present, vault->key, sizeof(present));
	arena_init(&arena, 0);
	int rc = mdb_cursor_open(vault->txn, dbi, &cursor);
	rc = rc != 0 ? rc : mdb_cursor_get(cursor, &key, &sealed, MDB_FIRST);
	enum err err = rc == MDB_NOTFOUND ? ERR_OK : vault_err(rc);
	while (rc == 0 && err == ERR_OK) {
		struct str plain;
		arena_reset(&arena);
		const struct str name = arena_str(&arena, (struct str){key.mv_data, key.mv_size});
		memcpy(vault->key, former, VAULT_KEY_SIZE);
		err = row_open(vault, table, name, &sealed, &arena, &plain);
		memcpy(vault->key, present, VAULT_KEY_SIZE);
		if (err == ERR_OK) {
			err = row_put(vault, dbi, table, name, plain);
		}
		/* The write may have moved the page under the cursor. */
		key = (MDB_val){name.len, (void *)(uintptr_t)name.ptr};
		rc = err != ERR_OK ? 0 : mdb_cursor_get(cursor, &key, &sealed, MDB_SET_RANGE);
		rc = rc != 0 || err != ERR_OK ? rc
					      : mdb_cursor_get(cursor, &key, &sealed, MDB_NEXT);
		err = rc == 0 || rc == MDB_NOTFOUND ? err : vault_err(rc);
	}
	if (cursor != NULL) {
		mdb_cursor_close(cursor);
	}
	sodium_memzero(present, sizeof(present));
	arena_finish(&arena);
	return err;
}

/* The party's key was changed: all that the former one sealed is sealed anew, in the transaction
 * that is open. */
static enum err reseal(
	struct vault *vault, const struct vault_options *options, const char *former_key)
{
	uint8_t former[VAULT_KEY_SIZE];
	enum err err = key_derive(former_key, options->purpose, former);
	if (err == ERR_OK) {
		err = reseal_table(vault, vault->check, UINT8_MAX, former);
		err = err == ERR_CORRUPT ? ERR_NOT_ALLOWED : err; /* neither of the two keys */
	}
	for (size_t i = 0; i < options->table_count && err == ERR_OK; i++) {
		err = reseal_table(vault, vault->tables[i], (uint8_t)i, former);
	}
	sodium_memzero(former, sizeof(former));
	return err;
}

/* One former key after the other: the first row says whether one fits, before anything is changed.
 */
static enum err reseal_any(struct vault *vault, const struct vault_options *options)
{
	enum err err = ERR_NOT_ALLOWED;
	const char *at = options->keys.former_keys == NULL ? "" : options->keys.former_keys;
	while (*at != '\0' && err == ERR_NOT_ALLOWED) {
		char key[Z85_KEY_TEXT + 1];
		const size_t len = strcspn(at, " ");
		str_copy(key, sizeof(key), (struct str){at, len});
		err = reseal(vault, options, key);
		sodium_memzero(key, sizeof(key));
		at += len + (at[len] == ' ' ? 1 : 0);
	}
	return err;
}

static enum err tables_open(struct vault *vault, const struct vault_options *options)
{
	bool missing = false;
	enum err err = vault_err(mdb_txn_begin(vault->env, NULL, 0, &vault->txn));
	if (err == ERR_OK) {
		err = vault_err(mdb_dbi_open(vault->txn, "check", MDB_CREATE, &vault->check));
	}
	for (size_t i = 0; i < options->table_count && err == ERR_OK; i++) {
		err = vault_err(mdb_dbi_open(
			vault->txn, options->tables[i], MDB_CREATE, &vault->tables[i]));
	}
	if (err == ERR_OK) {
		err = check_row(vault, &missing);
	}
	if (err == ERR_NOT_FOUND && missing) {
		err = row_put(vault, vault->check, UINT8_MAX, STR("check"), STR("onward"));
	}
	if (err == ERR_NOT_ALLOWED) {
		err = reseal_any(vault, options);
	}
	if (err == ERR_OK) {
		return vault_commit(vault);
	}
	vault_abort(vault);
	return err;
}

static enum err env_open(struct vault *vault, const struct vault_options *options)
{
	int rc = mdb_env_create(&vault->env);
	rc = rc != 0 ? rc : mdb_env_set_maxdbs(vault->env, VAULT_TABLES_MAX + 1);
	rc = rc != 0 ? rc : mdb_env_set_mapsize(vault->env, options->map_bytes);
	rc = rc != 0 ? rc : mdb_env_open(vault->env, options->folder, MDB_NOTLS, 0600);
	int dead = 0;
	rc = rc != 0 ? rc : mdb_reader_check(vault->env, &dead);
	return vault_err(rc);
}

enum err vault_open(
	const struct vault_options *options, struct vault **ret_vault, struct fault *fault)
{
	struct vault *vault = calloc(1, sizeof(*vault));
	enum err err = vault == NULL ? ERR_NOMEM : ERR_OK;
	if (err == ERR_OK) {
		err = options->table_count > VAULT_TABLES_MAX
			      ? ERR_INTERNAL
			      : key_derive(options->keys.secret_key, options->purpose, vault->key);
	}
	err = err == ERR_OK ? folder_make(options->folder) : err;
	err = err == ERR_OK ? env_open(vault, options) : err;
	if (err == ERR_OK) {
		vault->table_count = options->table_count;
		err = tables_open(vault, options);
	}
	if (err != ERR_OK) {
		vault_close(vault);
		return fault_set(fault, err, options->folder,
			err == ERR_NOT_ALLOWED
				? "was sealed with another secret key; only that key can open it"
				: "cannot open this folder: %s",
			err_text(err));
	}
	folder_flush(options->folder);
	*ret_vault = vault;
	return ERR_OK;
}

void vault_close(struct vault *vault)
{
	if (vault == NULL) {
		return;
	}
	vault_abort(vault);
	if (vault->env != NULL) {
		mdb_env_close(vault->env);
	}
	sodium_memzero(vault, sizeof(*vault));
	free(vault);
}

enum err vault_begin(struct vault *vault, bool write)
{
	if (vault->txn != NULL) {
		return ERR_INTERNAL;
	}
	bool missing = false;
	enum err err =
		vault_err(mdb_txn_begin(vault->env, NULL, write ? 0 : MDB_RDONLY, &vault->txn));
	if (err == ERR_OK && write) {
		err = check_row(vault, &missing);
	}
	if (err != ERR_OK) {
		vault_abort(vault);
	}
	return err;
}

enum err vault_commit(struct vault *vault)
{
	MDB_txn *txn = vault->txn;
	vault->txn = NULL;
	return txn == NULL ? ERR_INTERNAL : vault_err(mdb_txn_commit(txn));
}

void vault_abort(struct vault *vault)
{
	if (vault->txn != NULL) {
		mdb_txn_abort(vault->txn);
	}
	vault->txn = NULL;
}

enum err vault_put(struct vault *vault, size_t table, struct str key, struct str value)
{
	return row_put(vault, vault->tables[table], (uint8_t)table, key, value);
}

enum err vault_get(struct vault *vault, size_t table, struct str key, struct arena *arena,
	struct str *ret_value)
{
	MDB_val mdb_key = {key.len, (void *)(uintptr_t)key.ptr};
	MDB_val sealed;
	const enum err err =
		vault_err(mdb_get(vault->txn, vault->tables[table], &mdb_key, &sealed));
	return err != ERR_OK ? err
			     : row_open(vault, (uint8_t)table, key, &sealed, arena, ret_value);
}

enum err vault_delete(struct vault *vault, size_t table, struct str key)
{
	MDB_val mdb_key = {key.len, (void *)(uintptr_t)key.ptr};
	return vault_err(mdb_del(vault->txn, vault->tables[table], &mdb_key, NULL));
}

enum err vault_next(struct vault *vault, size_t table, struct str after, struct arena *arena,
	struct str *ret_key, struct str *ret_value)
{
	MDB_cursor *cursor = NULL;
	MDB_val key = {after.len, (void *)(uintptr_t)after.ptr};
	MDB_val sealed;
	int rc = mdb_cursor_open(vault->txn, vault->tables[table], &cursor);
	if (rc == 0) {
		rc = mdb_cursor_get(
			cursor, &key, &sealed, after.len > 0 ? MDB_SET_RANGE : MDB_FIRST);
	}
	if (rc == 0 && after.len == key.mv_size && memcmp(after.ptr, key.mv_data, after.len) == 0) {
		rc = mdb_cursor_get(cursor, &key, &sealed, MDB_NEXT);
	}
	enum err err = rc == MDB_NOTFOUND ? ERR_END : vault_err(rc);
	if (err == ERR_OK) {
		const struct str name = arena_str(arena, (struct str){key.mv_data, key.mv_size});
		err = name.ptr == NULL
			      ? ERR_NOMEM
			      : row_open(vault, (uint8_t)table, name, &sealed, arena, ret_value);
		*ret_key = err == ERR_OK ? name : *ret_key;
	}
	if (cursor != NULL) {
		mdb_cursor_close(cursor);
	}
	return err;
}

enum err vault_last(struct vault *vault, size_t table, struct arena *arena, struct str *ret_key)
{
	MDB_cursor *cursor = NULL;
	MDB_val key = {0};
	MDB_val sealed;
	int rc = mdb_cursor_open(vault->txn, vault->tables[table], &cursor);
	rc = rc != 0 ? rc : mdb_cursor_get(cursor, &key, &sealed, MDB_LAST);
	enum err err = rc == MDB_NOTFOUND ? ERR_END : vault_err(rc);
	if (err == ERR_OK) {
		*ret_key = arena_str(arena, (struct str){key.mv_data, key.mv_size});
		err = ret_key->ptr == NULL ? ERR_NOMEM : ERR_OK;
	}
	if (cursor != NULL) {
		mdb_cursor_close(cursor);
	}
	return err;
}

enum err vault_count(struct vault *vault, size_t table, size_t *ret_count)
{
	MDB_stat stat;
	const enum err err = vault_err(mdb_stat(vault->txn, vault->tables[table], &stat));
	if (err == ERR_OK) {
		*ret_count = stat.ms_entries;
	}
	return err;
}
