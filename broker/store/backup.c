/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/backup.h"

#include "broker/store/journal.h"
#include "broker/store/manifest.h"
#include "broker/store/meta.h"
#include "broker/store/tree.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	COPY_BLOCK = 64 * 1024
};

struct writing {
	const char *home;
	const char *file;
	char fresh[PATH_MAX];   /* the file while it is written */
	char scratch[PATH_MAX]; /* the folder of the store's copy */
	struct archive *archive;
	struct manifest manifest;
	struct tree_list list;
	uint64_t done;
	uint64_t total;
	backup_progress_fn *progress;
	void *ctx;
	struct fault *fault;
};

static enum err paths_make(struct writing *writing)
{
	struct stat there;
	const long pid = (long)getpid();
	if (lstat(writing->file, &there) == 0) {
		return fault_set(writing->fault, ERR_EXISTS, writing->file,
			"there is a file of that name already");
	}
	const int fresh =
		snprintf(writing->fresh, sizeof(writing->fresh), "%s.new-%ld", writing->file, pid);
	const int scratch = snprintf(
		writing->scratch, sizeof(writing->scratch), "%s.store-%ld", writing->file, pid);
	if (fresh >= PATH_MAX || scratch >= PATH_MAX) {
		writing->scratch[0] = '\0';
		return fault_set(writing->fault, ERR_TOO_LARGE, "", "the path is too long");
	}
	if (mkdir(writing->scratch, 0700) != 0) {
		const enum err err = tree_error(errno);
		return fault_set(writing->fault, err, writing->scratch, "cannot be created: %s",
			strerror(errno));
	}
	return ERR_OK;
}

/* What the copy holds: it is opened once, which also shows that it can be. */
static enum err copy_read(struct writing *writing, struct backup_summary *ret_summary)
{
	struct store *store = NULL;
	struct store_txn *txn = NULL;
	struct journal *journal = NULL;
	struct store_meta meta;
	struct journal_head head;
	enum err err = store_lmdb_open(writing->scratch, 0, true, &store, writing->fault);
	if (err == ERR_OK) {
		err = journal_local_create(&journal);
	}
	if (err == ERR_OK) {
		err = store_begin(store, false, &txn);
	}
	if (err == ERR_OK) {
		err = store_meta_read(txn, &meta, writing->fault);
	}
	if (err == ERR_OK) {
		err = journal->ops->last(journal, txn, &head);
	}
	if (err == ERR_OK) {
		ret_summary->instance = meta.instance;
		ret_summary->sequence = head.sequence;
		sodium_memzero(&meta, sizeof(meta));
	}
	store_abort(txn);
	if (journal != NULL) {
		journal->ops->destroy(journal);
	}
	store_close(store);
	return err;
}

static enum err store_copy(struct writing *writing)
{
	char folder[PATH_MAX];
	if (tree_path(writing->home, "store", folder) != ERR_OK) {
		return fault_set(writing->fault, ERR_TOO_LARGE, "", "the path is too long");
	}
	struct store *store;
	enum err err = store_lmdb_open(folder, 0, true, &store, writing->fault);
	if (err != ERR_OK) {
		return err;
	}
	err = store_lmdb_copy(store, writing->scratch);
	store_close(store);
	return err == ERR_OK ? ERR_OK
			     : fault_set(writing->fault, err, writing->scratch,
				       "the store cannot be copied");
}

static enum err archive_fault(struct writing *writing)
{
	const int number = archive_errno(writing->archive);
	return fault_set(writing->fault, tree_error(number), writing->fresh,
		"the backup cannot be written: %s", strerror(number));
}

/* Exactly `size` bytes of `fd`, however the file grows meanwhile. */
static enum err member_copy(
	struct writing *writing, int fd, const char *path, uint64_t size, uint8_t hash[HASH_SIZE])
{
	static _Thread_local char block[COPY_BLOCK];
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
	for (uint64_t left = size; left > 0;) {
		const size_t want = left < sizeof(block) ? (size_t)left : sizeof(block);
		const ssize_t got = read(fd, block, want);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			return fault_set(writing->fault, ERR_IO, path,
				got == 0 ? "became shorter while it was read" : "cannot be read");
		}
		(void)crypto_generichash_update(&state, (const uint8_t *)block, (size_t)got);
		if (archive_write_data(writing->archive, block, (size_t)got) != got) {
			return archive_fault(writing);
		}
		left -= (uint64_t)got;
		writing->done += (uint64_t)got;
		if (writing->progress != NULL) {
			writing->progress(writing->ctx, writing->done, writing->total);
		}
	}
	(void)crypto_generichash_final(&state, hash, HASH_SIZE);
	sodium_memzero(block, sizeof(block)); /* keys went through */
	return ERR_OK;
}

static enum err member_start(struct writing *writing, const char *path, uint64_t size, time_t time)
{
	struct archive_entry *entry = archive_entry_new();
	if (entry == NULL) {
		return ERR_NOMEM;
	}
	archive_entry_set_pathname(entry, path);
	archive_entry_set_size(entry, (int64_t)size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, time, 0);
	const int code = archive_write_header(writing->archive, entry);
	archive_entry_free(entry);
	return code == ARCHIVE_OK ? ERR_OK : archive_fault(writing);
}

/* `root`/`from` into the archive as `path`.  ERR_NOT_FOUND: it went away. */
static enum err member_add(
	struct writing *writing, const char *root, const char *from, const char *path)
{
	char name[PATH_MAX];
	uint8_t hash[HASH_SIZE];
	struct stat file;
	if (!manifest_path_ok(path) || tree_path(root, from, name) != ERR_OK) {
		return fault_set(writing->fault, ERR_INVALID, path,
			"a file of that name cannot be kept in a backup");
	}
	const int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &file) != 0) {
		const enum err err = tree_error(errno);
		if (fd >= 0) {
			(void)close(fd);
		}
		return fault_set(writing->fault, err, path, "cannot be opened");
	}
	const uint64_t size = (uint64_t)file.st_size;
	if (writing->done + size > writing->total) {
		writing->total = writing->done + size; /* it grew since it was listed */
	}
	enum err err = member_start(writing, path, size, file.st_mtime);
	if (err == ERR_OK) {
		err = member_copy(writing, fd, path, size, hash);
	}
	if (err == ERR_OK) {
		manifest_add(&writing->manifest, path, size, hash);
	}
	(void)close(fd);
	return err;
}

static enum err forgive_missing(struct writing *writing, enum err err)
{
	return err == ERR_NOT_FOUND ? fault_set(writing->fault, ERR_OK, "", "%s", "") : err;
}

static enum err members_list(struct writing *writing)
{
	static const char *const optional[] = {"parties.yaml", "keys", "directory"};
	enum err err = tree_list_add(&writing->list, writing->home, "onward.yaml", writing->fault);
	for (size_t i = 0; err == ERR_OK && i < sizeof(optional) / sizeof(optional[0]); i++) {
		err = tree_list_add(&writing->list, writing->home, optional[i], writing->fault);
		err = forgive_missing(writing, err);
	}
	struct tree_list store = {0};
	if (err == ERR_OK) {
		err = tree_list_add(&store, writing->scratch, "data.mdb", writing->fault);
	}
	if (err == ERR_OK) {
		err = tree_list_add(&store, writing->home, "store/slots", writing->fault);
	}
	writing->total = writing->list.bytes + store.bytes;
	tree_list_finish(&store);
	return err;
}

static enum err members_write(struct writing *writing)
{
	enum err err = member_add(writing, writing->scratch, "data.mdb", "store/data.mdb");
	if (err == ERR_OK) {
		/* After the copy of the store: every slot that it uses is in the file by now. */
		err = member_add(writing, writing->home, "store/slots", "store/slots");
	}
	for (size_t i = 0; err == ERR_OK && i < writing->list.count; i++) {
		const char *path = writing->list.files[i].path;
		err = member_add(writing, writing->home, path, path);
		if (strcmp(path, "onward.yaml") != 0) {
			/* Replaced or removed while we were at work. */
			err = forgive_missing(writing, err);
		}
	}
	const struct str text = buf_str(&writing->manifest.text);
	if (err == ERR_OK && writing->manifest.text.failed) {
		err = ERR_NOMEM;
	}
	if (err == ERR_OK) {
		err = member_start(writing, MANIFEST_NAME, text.len, 0);
	}
	if (err == ERR_OK &&
		archive_write_data(writing->archive, text.ptr, text.len) != (la_ssize_t)text.len) {
		err = archive_fault(writing);
	}
	return err;
}

static enum err file_write(struct writing *writing)
{
	const int fd = open(writing->fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		const enum err err = tree_error(errno);
		return fault_set(writing->fault, err, writing->fresh, "cannot be created");
	}
	enum err err = ERR_NOMEM;
	writing->archive = archive_write_new();
	if (writing->archive != NULL) {
		(void)archive_write_set_format_gnutar(writing->archive);
		(void)archive_write_add_filter_none(writing->archive);
		err = archive_write_open_fd(writing->archive, fd) == ARCHIVE_OK
			      ? members_write(writing)
			      : archive_fault(writing);
		if (err == ERR_OK && archive_write_close(writing->archive) != ARCHIVE_OK) {
			err = archive_fault(writing);
		}
		(void)archive_write_free(writing->archive);
	}
	if (err == ERR_OK && fsync(fd) != 0) {
		const int number = errno;
		err = fault_set(
			writing->fault, tree_error(number), writing->fresh, "cannot be flushed");
	}
	(void)close(fd);
	return err;
}

/* Under its name, unless somebody took that meanwhile. */
static enum err file_publish(struct writing *writing)
{
	int code = renameat2(AT_FDCWD, writing->fresh, AT_FDCWD, writing->file, RENAME_NOREPLACE);
	if (code != 0 && (errno == EINVAL || errno == ENOSYS)) {
		code = rename(writing->fresh, writing->file);
	}
	if (code != 0) {
		const enum err err = tree_error(errno);
		return fault_set(writing->fault, err, writing->file, "cannot be put in its place");
	}
	char folder[PATH_MAX];
	(void)snprintf(folder, sizeof(folder), "%s", writing->file);
	char *slash = strrchr(folder, '/');
	if (slash != NULL) {
		slash[slash == folder ? 1 : 0] = '\0';
	}
	return tree_flush_folder(slash == NULL ? "." : folder);
}

enum err backup_create(const char *home, const char *file, backup_progress_fn *progress, void *ctx,
	struct backup_summary *ret_summary, struct fault *fault)
{
	struct writing *writing = calloc(1, sizeof(*writing));
	struct backup_summary summary = {0};
	if (writing == NULL || sodium_init() < 0) {
		free(writing);
		return fault_set(fault, ERR_NOMEM, "", "out of memory");
	}
	*writing = (struct writing){
		.home = home, .file = file, .progress = progress, .ctx = ctx, .fault = fault};
	manifest_init(&writing->manifest);
	(void)fault_set(fault, ERR_OK, "", "%s", "");
	enum err err = paths_make(writing);
	if (err != ERR_OK) {
		goto out;
	}
	err = store_copy(writing);
	if (err == ERR_OK) {
		err = copy_read(writing, &summary);
	}
	if (err == ERR_OK) {
		err = members_list(writing);
	}
	if (err == ERR_OK) {
		err = file_write(writing);
	}
	if (err == ERR_OK) {
		err = file_publish(writing);
	}
	if (err == ERR_OK) {
		summary.files = writing->manifest.files;
		summary.bytes = writing->manifest.bytes;
		*ret_summary = summary;
	}
	(void)unlink(writing->fresh);
	tree_remove(writing->scratch);
out:
	manifest_finish(&writing->manifest);
	tree_list_finish(&writing->list);
	free(writing);
	return tree_fault(fault, err, file);
}
