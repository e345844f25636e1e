/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/check.h"
#include "broker/base/limits.h"
#include "directory/stamp.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

enum {
	FILE_BYTES_MAX = 256 * 1024,         /* one file; the longest of ours has 4 KiB */
	FILE_TOTAL_MAX = 256 * 1024 * 1024,  /* all: 100,000 services of 2.5 KiB */
	FILE_COUNT_MAX = 2 * LIMIT_SERVICES, /* a service and an organisation each */
	FOLDER_DEPTH_MAX = 3,                /* <area>/services/<file> */
	TESTS_DEPTH = 2                      /* <area>/tests */
};

struct walk {
	struct directory_files *files;
	struct directory_stamp *stamp;       /* NULL: the files are read */
	struct directory_refusals *refusals; /* NULL: the first ends the walk */
	struct fault *fault;
	struct buf buf; /* the file being read */
	size_t room;
	size_t total;
	size_t root_len; /* of the root's path and the slash after it */
};

static int file_order(const void *a, const void *b)
{
	const struct directory_file *left = a;
	const struct directory_file *right = b;
	return str_compare(left->path, right->path);
}

void directory_files_sort(struct directory_files *files)
{
	if (files->count > 1) {
		qsort(files->items, files->count, sizeof(*files->items), file_order);
	}
}

static bool has_suffix(const char *name, const char *suffix)
{
	const size_t len = strlen(name);
	const size_t suffix_len = strlen(suffix);
	return len > suffix_len && strcmp(name + len - suffix_len, suffix) == 0;
}

/* What its author takes for a file of the directory: named on a system that does not tell capitals
 * apart, or by an editor that adds an ending of its own. */
static bool looks_like_yaml(const char *name)
{
	static const char *const suffixes[] = {".yaml", ".yml", ".yaml.txt", ".yml.txt"};
	const size_t len = strlen(name);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		const size_t suffix_len = strlen(suffixes[i]);
		if (len > suffix_len && strcasecmp(name + len - suffix_len, suffixes[i]) == 0) {
			return true;
		}
	}
	return false;
}

static int64_t nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* In place of what is in a file, what the system says of it. */
static enum err file_stamp(struct walk *walk, const struct stat *st)
{
	const int64_t said[] = {(int64_t)st->st_ino, (int64_t)st->st_size, nanoseconds(st->st_mtim),
		nanoseconds(st->st_ctim)};
	if (said[3] > walk->stamp->newest_ns) {
		walk->stamp->newest_ns = said[3];
	}
	buf_append(&walk->buf, said, sizeof(said));
	return walk->buf.failed ? ERR_NOMEM : ERR_OK;
}

/* Something that cannot be taken in: the walk ends, or notes it and goes on. */
static enum err refuse(struct walk *walk, enum err err, const char *below, const char *message)
{
	struct directory_refusals *refusals = walk->refusals;
	struct arena *arena = &walk->files->arena;
	if (refusals == NULL) {
		return fault_set(walk->fault, err, below, "%s", message);
	}
	if (refusals->count == refusals->room) {
		const size_t room = refusals->room == 0 ? 16 : refusals->room * 2;
		struct directory_refusal *items = arena_array(arena, room, sizeof(*items));
		if (items == NULL) {
			return fault_set(walk->fault, ERR_NOMEM, below, "out of memory");
		}
		if (refusals->count > 0) {
			memcpy(items, refusals->items, refusals->count * sizeof(*items));
		}
		refusals->items = items;
		refusals->room = room;
	}
	refusals->items[refusals->count++] = (struct directory_refusal){
		.path = arena_str(arena, str_from(below)), .message = message};
	return ERR_OK;
}

static enum err file_add(struct walk *walk, const char *path, const struct stat *st)
{
	struct directory_files *files = walk->files;
	const char *below = path + walk->root_len;
	buf_reset(&walk->buf);
	const enum err err = walk->stamp != NULL ? file_stamp(walk, st)
						 : buf_read_file(&walk->buf, path, FILE_BYTES_MAX);
	if (err != ERR_OK) {
		return err == ERR_NOMEM ? fault_set(walk->fault, err, below, "out of memory")
					: refuse(walk, err, below,
						  err == ERR_TOO_LARGE ? "larger than 256 KiB"
								       : "cannot be read");
	}
	walk->total += walk->buf.len;
	if (files->count >= FILE_COUNT_MAX || walk->total > FILE_TOTAL_MAX) {
		return fault_set(walk->fault, ERR_TOO_LARGE, below,
			"the directory has more than %d files or 256 MiB", FILE_COUNT_MAX);
	}
	if (files->count == walk->room) {
		/* The list lives in the arena and doubles; what it leaves behind is half at most.
		 */
		const size_t room = walk->room == 0 ? 64 : walk->room * 2;
		struct directory_file *items = arena_array(&files->arena, room, sizeof(*items));
		if (items == NULL) {
			return fault_set(walk->fault, ERR_NOMEM, below, "out of memory");
		}
		if (files->count > 0) {
			memcpy(items, files->items, files->count * sizeof(*items));
		}
		files->items = items;
		walk->room = room;
	}
	struct directory_file *file = &files->items[files->count];
	file->path = arena_str(&files->arena, str_from(below));
	file->bytes = arena_str(&files->arena, buf_str(&walk->buf));
	if (arena_failed(&files->arena)) {
		return fault_set(walk->fault, ERR_NOMEM, below, "out of memory");
	}
	files->count++;
	return ERR_OK;
}

static enum err folder_walk(struct walk *walk, const char *path, unsigned depth);

/* Tests of the rules are not published with them. */
static bool is_tests(const char *below, unsigned depth)
{
	const char *slash = strrchr(below, '/');
	return depth == TESTS_DEPTH && slash != NULL && strcmp(slash, "/tests") == 0;
}

static enum err folder_visit(struct walk *walk, const char *path, unsigned depth)
{
	const char *below = path + walk->root_len;
	if (is_tests(below, depth)) {
		return ERR_OK;
	}
	if (depth >= FOLDER_DEPTH_MAX) {
		return refuse(walk, ERR_CONFIG, below,
			"folders are <area>/organisations and <area>/services, no deeper");
	}
	return folder_walk(walk, path, depth + 1);
}

/* With a link to a folder a whole area would go missing, and what a link to nothing was meant to
 * bring is not known. */
static bool leads_to_no_file(const char *link)
{
	struct stat st;
	return stat(link, &st) != 0 || S_ISDIR(st.st_mode);
}

static enum err entry_visit(struct walk *walk, const char *folder, const char *name, unsigned depth)
{
	char path[PATH_MAX];
	struct stat st;
	const int len = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (len < 0 || (size_t)len >= sizeof(path)) {
		return refuse(walk, ERR_TOO_LARGE, name, "the path is too long");
	}
	const char *below = path + walk->root_len;
	if (lstat(path, &st) != 0) {
		return refuse(walk, ERR_IO, below, "cannot be read");
	}
	if (S_ISDIR(st.st_mode)) {
		return folder_visit(walk, path, depth);
	}
	if (S_ISLNK(st.st_mode) && leads_to_no_file(path) && !is_tests(below, depth)) {
		return refuse(walk, ERR_CONFIG, below,
			"is a link to a folder, or to nothing (links are not followed)");
	}
	if (!looks_like_yaml(name)) {
		return ERR_OK;
	}
	if (!has_suffix(name, ".yaml")) {
		return refuse(walk, ERR_CONFIG, below,
			"would be passed over: files of a directory end in .yaml");
	}
	if (!S_ISREG(st.st_mode)) {
		return refuse(
			walk, ERR_CONFIG, below, "not a regular file (links are not followed)");
	}
	return file_add(walk, path, &st);
}

static enum err folder_walk(struct walk *walk, const char *path, unsigned depth)
{
	DIR *dir = opendir(path);
	if (dir == NULL && walk->refusals != NULL && depth > 1) {
		return refuse(walk, ERR_IO, path + walk->root_len, "the folder cannot be opened");
	}
	if (dir == NULL) {
		return fault_set(walk->fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, path, "%s",
			errno == ENOTDIR ? "is no folder; a directory is a folder of areas"
					 : "the folder cannot be opened");
	}
	enum err err = ERR_OK;
	while (err == ERR_OK) {
		errno = 0;
		const struct dirent *entry = readdir(dir);
		if (entry == NULL) {
			if (errno != 0) {
				err = fault_set(walk->fault, ERR_IO, path, "cannot be listed");
			}
			break;
		}
		if (entry->d_name[0] != '.') {
			err = entry_visit(walk, path, entry->d_name, depth);
		}
	}
	(void)closedir(dir);
	return err;
}

enum err directory_files_read_all(const char *root, struct directory_files *ret_files,
	struct directory_refusals *refusals, struct fault *fault)
{
	struct directory_files files = {0};
	struct walk walk = {.files = &files,
		.refusals = refusals,
		.fault = fault,
		.root_len = strlen(root) + 1};
	arena_init(&files.arena, 0);
	const enum err err = folder_walk(&walk, root, 1);
	buf_finish(&walk.buf);
	if (err != ERR_OK) {
		arena_finish(&files.arena);
		return err;
	}
	directory_files_sort(&files);
	*ret_files = files;
	return ERR_OK;
}

enum err directory_files_read(
	const char *root, struct directory_files *ret_files, struct fault *fault)
{
	return directory_files_read_all(root, ret_files, NULL, fault);
}

enum err directory_files_stamp(
	const char *root, struct directory_stamp *ret_stamp, struct fault *fault)
{
	struct directory_files files = {0};
	struct directory_stamp stamp = {0};
	struct walk walk = {
		.files = &files, .stamp = &stamp, .fault = fault, .root_len = strlen(root) + 1};
	arena_init(&files.arena, 0);
	const enum err err = folder_walk(&walk, root, 1);
	buf_finish(&walk.buf);
	if (err == ERR_OK) {
		directory_files_sort(&files);
		directory_files_hash(&files, stamp.hash);
		*ret_stamp = stamp;
	}
	directory_files_finish(&files);
	return err;
}

void directory_files_finish(struct directory_files *files)
{
	arena_finish(&files->arena);
	*files = (struct directory_files){0};
}

void directory_files_hash(const struct directory_files *files, uint8_t out[HASH_SIZE])
{
	/* A chain over (what came before, the path's hash, the bytes' hash): fixed widths, so that
	 * no byte can move from one to the other unseen. */
	uint8_t chain[3][HASH_SIZE] = {0};
	for (size_t i = 0; i < files->count; i++) {
		hash_pair(chain[1], files->items[i].path, (struct str){0});
		hash_pair(chain[2], files->items[i].bytes, (struct str){0});
		hash_pair(chain[0], (struct str){(const char *)chain, sizeof(chain)},
			(struct str){0});
	}
	memcpy(out, chain[0], HASH_SIZE);
}
