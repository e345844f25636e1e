/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/backup.h"

#include "broker/store/journal.h"
#include "broker/store/manifest.h"
#include "broker/store/meta.h"
#include "broker/store/payload.h"
#include "broker/store/tree.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	COPY_BLOCK = 64 * 1024
};

struct reading {
	const char *file;
	const char *folder;
	char stage[PATH_MAX]; /* inside `folder`: everything is made here first */
	bool folder_made;
	struct archive *archive;
	struct manifest manifest; /* of what was really in the file */
	bool complete;            /* the manifest was there, agreed, and was the last */
	uint64_t done;
	uint64_t total;
	backup_progress_fn *progress;
	void *ctx;
	struct fault *fault;
};

static enum err fault_file(struct reading *reading, enum err err, const char *message)
{
	return fault_set(reading->fault, err, reading->file, "%s", message);
}

static enum err stage_make(struct reading *reading)
{
	const char *folder = reading->folder;
	if (tree_path(folder, "restoring", reading->stage) != ERR_OK) {
		return ERR_TOO_LARGE;
	}
	reading->folder_made = mkdir(folder, 0700) == 0;
	if (!reading->folder_made && errno != EEXIST) {
		const enum err err = tree_error(errno);
		return fault_set(reading->fault, err, folder, "the folder cannot be created");
	}
	if (!tree_folder_empty(folder)) {
		return fault_set(reading->fault, ERR_EXISTS, folder,
			"is not an empty folder; restore into a new one");
	}
	if (mkdir(reading->stage, 0700) != 0) {
		const enum err err = tree_error(errno);
		return fault_set(reading->fault, err, folder, "the folder cannot be written");
	}
	return ERR_OK;
}

static enum err data_copy(struct reading *reading, int fd, const char *path)
{
	static _Thread_local char block[COPY_BLOCK];
	crypto_generichash_state state;
	uint8_t hash[HASH_SIZE];
	uint64_t size = 0;
	(void)crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
	for (;;) {
		const la_ssize_t got = archive_read_data(reading->archive, block, sizeof(block));
		if (got < 0) {
			return fault_file(
				reading, ERR_CORRUPT, "the backup is damaged or cut short");
		}
		if (got == 0) {
			break;
		}
		(void)crypto_generichash_update(&state, (const uint8_t *)block, (size_t)got);
		for (la_ssize_t at = 0; at < got;) {
			const ssize_t put = write(fd, block + at, (size_t)(got - at));
			if (put < 0 && errno != EINTR) {
				return fault_set(reading->fault, tree_error(errno), path,
					"cannot be written");
			}
			at += put > 0 ? put : 0;
		}
		size += (uint64_t)got;
		reading->done += (uint64_t)got;
		if (reading->progress != NULL) {
			reading->progress(reading->ctx, reading->done, reading->total);
		}
	}
	(void)crypto_generichash_final(&state, hash, HASH_SIZE);
	sodium_memzero(block, sizeof(block)); /* keys went through */
	manifest_add(&reading->manifest, path, size, hash);
	return ERR_OK;
}

static enum err file_extract(struct reading *reading, const char *path)
{
	char name[PATH_MAX];
	enum err err = tree_path(reading->stage, path, name);
	if (err == ERR_OK) {
		err = tree_make_parents(reading->stage, path);
	}
	if (err != ERR_OK) {
		return fault_set(reading->fault, err, path, "its folder cannot be created");
	}
	/* The stage holds what we made: a name that is there comes twice in the file. */
	const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		return errno == EEXIST || errno == EISDIR
			       ? fault_file(reading, ERR_CORRUPT, "the backup holds a name twice")
			       : fault_set(reading->fault, tree_error(errno), path,
					 "cannot be created");
	}
	err = data_copy(reading, fd, path);
	if (close(fd) != 0 && err == ERR_OK) {
		err = fault_set(reading->fault, tree_error(errno), path, "cannot be written");
	}
	return err;
}

static enum err manifest_extract(struct reading *reading, int64_t size)
{
	if (size <= 0 || size > MANIFEST_BYTES) {
		return fault_file(reading, ERR_CORRUPT, "the backup's manifest has no usable size");
	}
	char *text = malloc((size_t)size);
	if (text == NULL) {
		return fault_set(reading->fault, ERR_NOMEM, "", "out of memory");
	}
	enum err err;
	if (archive_read_data(reading->archive, text, (size_t)size) != (la_ssize_t)size) {
		err = fault_file(reading, ERR_CORRUPT, "the backup is damaged or cut short");
	} else if (reading->manifest.text.failed) {
		err = fault_set(reading->fault, ERR_NOMEM, "", "out of memory");
	} else {
		err = manifest_compare(
			&reading->manifest, (struct str){text, (size_t)size}, reading->fault);
	}
	reading->complete = err == ERR_OK;
	free(text);
	return err;
}

static enum err member_extract(struct reading *reading, struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);
	if (reading->complete) {
		return fault_file(reading, ERR_CORRUPT, "the backup goes on after its manifest");
	}
	if (path == NULL || archive_entry_filetype(entry) != AE_IFREG ||
		archive_entry_hardlink(entry) != NULL || archive_entry_symlink(entry) != NULL) {
		return fault_file(
			reading, ERR_CORRUPT, "the backup holds something else than files");
	}
	if (strcmp(path, MANIFEST_NAME) == 0) {
		return manifest_extract(reading, archive_entry_size(entry));
	}
	if (!manifest_path_ok(path)) {
		return fault_file(reading, ERR_CORRUPT, "the backup holds a name that no home has");
	}
	return file_extract(reading, path);
}

static enum err members_extract(struct reading *reading)
{
	struct archive_entry *entry;
	enum err err = ERR_OK;
	while (err == ERR_OK) {
		const int code = archive_read_next_header(reading->archive, &entry);
		if (code == ARCHIVE_EOF) {
			break;
		}
		err = code == ARCHIVE_OK ? member_extract(reading, entry)
					 : fault_file(reading, ERR_CORRUPT,
						   "the backup is damaged or cut short");
	}
	if (err == ERR_OK && !reading->complete) {
		err = fault_file(
			reading, ERR_CORRUPT, "the backup is cut short: it has no manifest");
	}
	return err;
}

static enum err file_read(struct reading *reading)
{
	struct stat file;
	const int fd = open(reading->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &file) != 0) {
		const enum err err = tree_error(errno);
		if (fd >= 0) {
			(void)close(fd);
		}
		return fault_file(reading, err, "the backup cannot be opened");
	}
	reading->total = (uint64_t)file.st_size;
	reading->archive = archive_read_new();
	enum err err = ERR_NOMEM;
	if (reading->archive != NULL) {
		(void)archive_read_support_format_tar(reading->archive);
		err = archive_read_open_fd(reading->archive, fd, COPY_BLOCK) == ARCHIVE_OK
			      ? members_extract(reading)
			      : fault_file(reading, ERR_CORRUPT, "this is not a backup");
		(void)archive_read_free(reading->archive);
	}
	(void)close(fd);
	return err;
}

static enum err journal_check(
	struct reading *reading, struct store_txn *txn, struct backup_summary *ret_summary)
{
	struct journal *journal;
	struct journal_head head;
	enum err err = journal_local_create(&journal);
	if (err != ERR_OK) {
		return fault_set(reading->fault, err, "", "out of memory");
	}
	err = journal_verify(journal, txn, &ret_summary->records, reading->fault);
	if (err == ERR_OK) {
		err = journal->ops->last(journal, txn, &head);
		ret_summary->sequence = head.sequence;
	}
	journal->ops->destroy(journal);
	return err;
}

/* Opens what was unpacked, walks the journal, gives the store its new instance. */
static enum err store_renew(struct reading *reading, struct backup_summary *ret_summary)
{
	char folder[PATH_MAX];
	char lock[PATH_MAX];
	struct store *store;
	struct store_txn *txn;
	enum err err = tree_path(reading->stage, "store", folder);
	if (err == ERR_OK) {
		err = tree_path(folder, "lock.mdb", lock);
	}
	if (err == ERR_OK) {
		err = store_lmdb_open(folder, 0, false, &store, reading->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	err = store_begin(store, true, &txn);
	if (err != ERR_OK) {
		goto out;
	}
	struct store_meta meta;
	err = store_meta_read(txn, &meta, reading->fault);
	if (err == ERR_OK) {
		sodium_memzero(&meta, sizeof(meta));
		err = journal_check(reading, txn, ret_summary);
	}
	if (err == ERR_OK) {
		ret_summary->instance = store_meta_random_instance();
		err = store_meta_renew_instance(txn, ret_summary->instance);
	}
	if (err != ERR_OK) {
		store_abort(txn);
		goto out;
	}
	err = store_commit(txn);
	if (err != ERR_OK) {
		err = fault_set(reading->fault, err, folder, "the store cannot be written");
	}
out:
	store_close(store);
	(void)unlink(lock);
	return err;
}

static enum err slots_check(struct reading *reading)
{
	char path[PATH_MAX];
	struct payload_slots *slots;
	enum err err = tree_path(reading->stage, "store/slots", path);
	if (err == ERR_OK) {
		err = payload_slots_open(path, true, &slots, reading->fault);
	}
	if (err == ERR_OK) {
		payload_slots_close(slots);
	}
	return err;
}

/* In this order: without the last one nothing starts. */
static const char *const parts[] = {"store", "keys", "directory", "parties.yaml", "onward.yaml"};
enum {
	PARTS = sizeof(parts) / sizeof(parts[0])
};

static enum err stage_publish(struct reading *reading)
{
	char from[PATH_MAX];
	char to[PATH_MAX];
	enum err err = tree_flush_all(reading->stage);
	for (size_t i = 0; err == ERR_OK && i < PARTS; i++) {
		const bool last = i == PARTS - 1;
		if (last) {
			err = tree_flush_folder(reading->folder);
		}
		if (err == ERR_OK) {
			err = tree_path(reading->stage, parts[i], from);
		}
		if (err == ERR_OK) {
			err = tree_path(reading->folder, parts[i], to);
		}
		if (err == ERR_OK && rename(from, to) != 0 && (last || errno != ENOENT)) {
			err = tree_error(errno);
		}
	}
	if (err == ERR_OK) {
		(void)rmdir(reading->stage);
		err = tree_flush_folder(reading->folder);
	}
	return err == ERR_OK ? ERR_OK
			     : fault_set(reading->fault, err, reading->folder,
				       "what was restored cannot be put in its place");
}

static void stage_remove(struct reading *reading)
{
	char path[PATH_MAX];
	for (size_t i = PARTS; i > 0; i--) {
		if (tree_path(reading->folder, parts[i - 1], path) == ERR_OK) {
			tree_remove(path);
		}
	}
	tree_remove(reading->stage);
	if (reading->folder_made) {
		(void)rmdir(reading->folder);
	}
}

enum err backup_restore(const char *file, const char *folder, backup_progress_fn *progress,
	void *ctx, struct backup_summary *ret_summary, struct fault *fault)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	struct backup_summary summary = {0};
	if (reading == NULL || sodium_init() < 0) {
		free(reading);
		return fault_set(fault, ERR_NOMEM, "", "out of memory");
	}
	*reading = (struct reading){
		.file = file, .folder = folder, .progress = progress, .ctx = ctx, .fault = fault};
	manifest_init(&reading->manifest);
	(void)fault_set(fault, ERR_OK, "", "%s", "");
	enum err err = stage_make(reading);
	if (err != ERR_OK) {
		if (reading->folder_made) {
			(void)rmdir(folder);
		}
		goto out;
	}
	err = file_read(reading);
	if (err == ERR_OK) {
		err = slots_check(reading);
	}
	if (err == ERR_OK) {
		err = store_renew(reading, &summary);
	}
	if (err == ERR_OK) {
		err = stage_publish(reading);
	}
	if (err != ERR_OK) {
		stage_remove(reading);
		goto out;
	}
	summary.files = reading->manifest.files;
	summary.bytes = reading->manifest.bytes;
	*ret_summary = summary;
out:
	manifest_finish(&reading->manifest);
	free(reading);
	return tree_fault(fault, err, file);
}
