/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/lmdb.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum err lmdb_error(int code)
{
	switch (code) {
	case MDB_SUCCESS:
		return ERR_OK;
	case MDB_NOTFOUND:
	case ENOENT:
		return ERR_NOT_FOUND;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case MDB_READERS_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	case MDB_CORRUPTED:
	case MDB_INVALID:
	case MDB_PAGE_NOTFOUND:
		return ERR_CORRUPT;
	case MDB_VERSION_MISMATCH:
		return ERR_VERSION;
	case MDB_BAD_VALSIZE:
		return ERR_INVALID;
	case ENOMEM:
		return ERR_NOMEM;
	default:
		return ERR_IO;
	}
}

static bool room_on_disk(const struct lmdb_store *store)
{
	static const char zeros[64 * 1024];
	struct stat data;
	const int fd =
		openat(store->folder_fd, "room", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || fstatat(store->folder_fd, "data.mdb", &data, 0) != 0) {
		const bool room = errno != ENOSPC && errno != EDQUOT;
		if (fd >= 0) {
			(void)close(fd);
		}
		return room;
	}
	/* As far out as the data file ends: a limit on the size of files shows there. */
	bool room = true;
	for (off_t at = 0; room && at < LMDB_PROBE; at += (off_t)sizeof(zeros)) {
		room = pwrite(fd, zeros, sizeof(zeros), data.st_size + at) ==
		       (ssize_t)sizeof(zeros);
	}
	(void)close(fd);
	(void)unlinkat(store->folder_fd, "room", 0);
	return room;
}

enum err lmdb_write_error(struct lmdb_store *store, int code)
{
	const enum err err = code == EIO && !room_on_disk(store) ? ERR_FULL : lmdb_error(code);
	if (err != ERR_FULL) {
		return err;
	}
	/* Data pages that did not fit belong to nobody; a meta page that could not be written
	 * leaves the environment refusing everything, and that is not "go on". */
	MDB_txn *txn;
	const int again = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
	if (again == MDB_SUCCESS) {
		mdb_txn_abort(txn);
	}
	return again == MDB_PANIC ? ERR_IO : ERR_FULL;
}

static void lmdb_stat(struct store *base, struct store_stat *ret_stat)
{
	const struct lmdb_store *store = (struct lmdb_store *)base;
	MDB_stat stat = {0};
	MDB_envinfo info = {0};
	(void)mdb_env_stat(store->env, &stat);
	(void)mdb_env_info(store->env, &info);
	/* Two meta pages, then the pages of the tree; the list of free pages is not counted. */
	const uint64_t pages =
		2 + stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
	*ret_stat = (struct store_stat){.used_bytes = pages * stat.ms_psize,
		.limit_bytes = info.me_mapsize,
		.entries = stat.ms_entries};
}

static void lmdb_close(struct store *base)
{
	struct lmdb_store *store = (struct lmdb_store *)base;
	if (store == NULL) {
		return;
	}
	assert(store->write_txn.txn == NULL);
	assert(store->reading == 0);
	lmdb_pool_finish(store);
	if (store->env != NULL) {
		mdb_env_close(store->env);
	}
	if (store->folder_fd >= 0) {
		(void)close(store->folder_fd);
	}
	(void)pthread_mutex_destroy(&store->pool_mutex);
	(void)pthread_mutex_destroy(&store->writing);
	free(store);
}

static const struct store_ops lmdb_ops = {
	.begin = lmdb_txn_begin,
	.commit = lmdb_txn_commit,
	.abort = lmdb_txn_abort,
	.get = lmdb_txn_get,
	.put = lmdb_txn_put,
	.del = lmdb_txn_del,
	.next = lmdb_txn_next,
	.prev = lmdb_txn_prev,
	.stat = lmdb_stat,
	.close = lmdb_close,
};

static struct lmdb_store *store_new(void)
{
	struct lmdb_store *store = calloc(1, sizeof(*store));
	if (store == NULL) {
		return NULL;
	}
	store->base.ops = &lmdb_ops;
	store->folder_fd = -1;
	pthread_mutexattr_t attributes;
	(void)pthread_mutexattr_init(&attributes);
	(void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	(void)pthread_mutex_init(&store->writing, &attributes);
	(void)pthread_mutexattr_destroy(&attributes);
	(void)pthread_mutex_init(&store->pool_mutex, NULL);
	return store;
}

static int env_open(
	struct lmdb_store *store, const char *folder, uint64_t map_bytes, bool read_only)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int code = mdb_env_create(&store->env);
	if (code == MDB_SUCCESS) {
		code = mdb_env_set_maxreaders(store->env, LMDB_READERS);
	}
	if (code == MDB_SUCCESS && map_bytes > 0) {
		code = mdb_env_set_mapsize(store->env, (size_t)map_bytes / page * page);
	}
	if (code == MDB_SUCCESS) {
		const unsigned flags = MDB_NOTLS | (read_only ? (unsigned)MDB_RDONLY : 0U);
		code = mdb_env_open(store->env, folder, flags, 0600);
	}
	if (code == MDB_SUCCESS) {
		/* Readers that were killed pin old pages until somebody clears them. */
		int dead;
		code = mdb_reader_check(store->env, &dead);
	}
	MDB_txn *txn;
	if (code == MDB_SUCCESS) {
		code = mdb_txn_begin(store->env, NULL, read_only ? MDB_RDONLY : 0, &txn);
	}
	if (code == MDB_SUCCESS) {
		code = mdb_dbi_open(txn, NULL, 0, &store->dbi);
		mdb_txn_abort(txn);
	}
	return code;
}

/* A file cut short would end in SIGBUS at the first missing page.  A whole one may be shorter than
 * its last page number says (pages never written), but not than the pages in use. */
static bool file_too_short(struct lmdb_store *store)
{
	struct stat file;
	struct store_stat used;
	lmdb_stat(&store->base, &used);
	return fstatat(store->folder_fd, "data.mdb", &file, 0) != 0 ||
	       (uint64_t)file.st_size < used.used_bytes;
}

enum err store_lmdb_open(const char *folder, uint64_t map_bytes, bool read_only,
	struct store **ret_store, struct fault *fault)
{
	enum err err;
	struct lmdb_store *store = store_new();
	if (store == NULL) {
		return fault_set(fault, ERR_NOMEM, "store", "out of memory");
	}
	store->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->folder_fd < 0) {
		err = fault_set(
			fault, lmdb_error(errno), folder, "the store's folder cannot be opened");
		goto fail;
	}
	if (!read_only && flock(store->folder_fd, LOCK_EX | LOCK_NB) != 0) {
		err = fault_set(fault, ERR_STATE, folder,
			"another process has this store open for writing");
		goto fail;
	}
	const bool existed = faccessat(store->folder_fd, "data.mdb", F_OK, 0) == 0;
	const int code = env_open(store, folder, map_bytes, read_only);
	if (code != MDB_SUCCESS) {
		err = fault_set(fault, lmdb_error(code), folder, "the store cannot be opened: %s",
			mdb_strerror(code));
		goto fail;
	}
	if (file_too_short(store)) {
		err = fault_set(fault, ERR_CORRUPT, folder, "the store's data file is cut short");
		goto fail;
	}
	/* LMDB flushes its files but not the folder that names them. */
	if (!existed && fsync(store->folder_fd) != 0) {
		err = fault_set(fault, ERR_IO, folder, "the store's folder cannot be flushed");
		goto fail;
	}
	*ret_store = &store->base;
	return ERR_OK;
fail:
	lmdb_close(&store->base);
	return err;
}

static enum err copy_into(struct lmdb_store *store, int folder_fd, unsigned flags)
{
	const int fd =
		openat(folder_fd, "data.mdb", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		return lmdb_error(errno);
	}
	const int code = mdb_env_copyfd2(store->env, fd, flags);
	enum err err = code == MDB_INCOMPATIBLE ? ERR_INVALID : lmdb_error(code);
	if (err == ERR_OK && fsync(fd) != 0) {
		err = ERR_IO;
	}
	if (close(fd) != 0 && err == ERR_OK) {
		err = ERR_IO;
	}
	return err;
}

enum err store_lmdb_copy(struct store *base, const char *folder)
{
	struct lmdb_store *store = (struct lmdb_store *)base;
	assert(base->ops == &lmdb_ops);
	const int folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder_fd < 0) {
		return lmdb_error(errno);
	}
	/* Compact: free pages, with what was deleted from them, stay behind.  LMDB refuses that
	 * when 0.9.24 has leaked a page (ITS#9155); a plain copy is whole then too. */
	enum err err = copy_into(store, folder_fd, MDB_CP_COMPACT);
	if (err == ERR_INVALID) {
		err = copy_into(store, folder_fd, 0);
	}
	if (err == ERR_OK && fsync(folder_fd) != 0) {
		err = ERR_IO;
	}
	(void)close(folder_fd);
	return err;
}
