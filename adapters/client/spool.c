/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/spool.h"

#include "adapters/client/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum {
	SPOOL_ENTRIES, /* number -> submit frame */
	SPOOL_NUMBERS, /* "last" -> the highest number ever given */
	SPOOL_TABLES,
	SPOOL_NUMBER_SIZE = 8
};
/* About 600,000 referrals of a usual size. */
static const size_t spool_map_bytes = (size_t)1 << 30;

struct spool {
	struct vault *vault;
	int lock;
};

static void number_write(char out[SPOOL_NUMBER_SIZE], uint64_t number)
{
	for (size_t i = 0; i < SPOOL_NUMBER_SIZE; i++) {
		out[i] = (char)(uint8_t)(number >> (56 - 8 * i));
	}
}

static uint64_t number_read(struct str text)
{
	uint64_t number = 0;
	for (size_t i = 0; i < text.len && i < SPOOL_NUMBER_SIZE; i++) {
		number = number << 8 | (uint8_t)text.ptr[i];
	}
	return number;
}

static enum err lock_open(const char *folder, int *ret_fd, struct fault *fault)
{
	char path[4096];
	const int len = snprintf(path, sizeof(path), "%s/flush.lock", folder);
	if (len < 0 || (size_t)len >= sizeof(path)) {
		return fault_set(fault, ERR_TOO_LARGE, "spool", "the folder's path is too long");
	}
	*ret_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*ret_fd < 0) {
		return fault_set(fault, ERR_IO, path, "cannot open: %s", strerror(errno));
	}
	return ERR_OK;
}

enum err spool_open(const char *folder, const struct vault_keys *keys, struct spool **ret_spool,
	struct fault *fault)
{
	static const char *const tables[SPOOL_TABLES] = {"entries", "numbers"};
	const struct vault_options options = {
		.folder = folder,
		.keys = *keys,
		.purpose = "spool",
		.tables = tables,
		.table_count = SPOOL_TABLES,
		.map_bytes = spool_map_bytes,
	};
	struct spool *spool = calloc(1, sizeof(*spool));
	if (spool == NULL) {
		return fault_set(fault, ERR_NOMEM, "spool", "no memory");
	}
	spool->lock = -1;
	enum err err = vault_open(&options, &spool->vault, fault);
	err = err == ERR_OK ? lock_open(folder, &spool->lock, fault) : err;
	if (err != ERR_OK) {
		spool_close(spool);
		return err;
	}
	*ret_spool = spool;
	return ERR_OK;
}

void spool_close(struct spool *spool)
{
	if (spool == NULL) {
		return;
	}
	if (spool->lock >= 0) {
		(void)close(spool->lock);
	}
	vault_close(spool->vault);
	free(spool);
}

bool spool_exists(const char *folder)
{
	char path[4096];
	const int len = snprintf(path, sizeof(path), "%s/data.mdb", folder);
	return len > 0 && (size_t)len < sizeof(path) && access(path, F_OK) == 0;
}

size_t spool_count(struct spool *spool)
{
	size_t count = 0;
	if (vault_begin(spool->vault, false) != ERR_OK) {
		return 0;
	}
	if (vault_count(spool->vault, SPOOL_ENTRIES, &count) != ERR_OK) {
		count = 0;
	}
	vault_abort(spool->vault);
	return count;
}

bool spool_lock(struct spool *spool, enum spool_lock lock)
{
	return flock(spool->lock, (lock == SPOOL_ALONE ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0;
}

void spool_unlock(struct spool *spool)
{
	(void)flock(spool->lock, LOCK_UN);
}

static enum err last_number(struct spool *spool, uint64_t *ret_number)
{
	struct arena arena;
	struct str text;
	arena_init(&arena, 0);
	enum err err = vault_get(spool->vault, SPOOL_NUMBERS, STR("last"), &arena, &text);
	if (err == ERR_NOT_FOUND) {
		*ret_number = 0;
		err = ERR_OK;
	} else if (err == ERR_OK) {
		*ret_number = number_read(text);
	}
	arena_finish(&arena);
	return err;
}

enum err spool_add(
	struct spool *spool, const struct buf *frames, size_t count, uint64_t *ret_numbers)
{
	char key[SPOOL_NUMBER_SIZE];
	uint64_t number = 0;
	enum err err = vault_begin(spool->vault, true);
	err = err == ERR_OK ? last_number(spool, &number) : err;
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		if (frames[i].len == 0) {
			ret_numbers[i] = 0;
			continue;
		}
		ret_numbers[i] = ++number;
		number_write(key, number);
		err = vault_put(spool->vault, SPOOL_ENTRIES, (struct str){key, sizeof(key)},
			buf_str(&frames[i]));
	}
	if (err == ERR_OK) {
		number_write(key, number);
		err = vault_put(
			spool->vault, SPOOL_NUMBERS, STR("last"), (struct str){key, sizeof(key)});
	}
	if (err == ERR_OK) {
		return vault_commit(spool->vault);
	}
	vault_abort(spool->vault);
	return err;
}

enum err spool_remove(struct spool *spool, const uint64_t *numbers, size_t count)
{
	enum err err = vault_begin(spool->vault, true);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		char key[SPOOL_NUMBER_SIZE];
		number_write(key, numbers[i]);
		err = vault_delete(spool->vault, SPOOL_ENTRIES, (struct str){key, sizeof(key)});
		err = err == ERR_NOT_FOUND ? ERR_OK : err;
	}
	if (err == ERR_OK) {
		return vault_commit(spool->vault);
	}
	vault_abort(spool->vault);
	return err;
}

enum err spool_next(
	struct spool *spool, uint64_t after, struct buf *ret_frame, uint64_t *ret_number)
{
	char from[SPOOL_NUMBER_SIZE];
	struct arena arena;
	struct str key;
	struct str frame;
	number_write(from, after);
	arena_init(&arena, 0);
	enum err err = vault_begin(spool->vault, false);
	if (err == ERR_OK) {
		err = vault_next(spool->vault, SPOOL_ENTRIES, (struct str){from, sizeof(from)},
			&arena, &key, &frame);
		vault_abort(spool->vault);
	}
	if (err == ERR_OK) {
		buf_reset(ret_frame);
		buf_add_str(ret_frame, frame);
		*ret_number = number_read(key);
		err = ret_frame->failed ? ERR_NOMEM : ERR_OK;
	}
	arena_finish(&arena);
	return err;
}
