/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum err tree_error(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	case ENOMEM:
		return ERR_NOMEM;
	case EEXIST:
	case ENOTEMPTY:
		return ERR_EXISTS;
	default:
		return ERR_IO;
	}
}

enum err tree_path(const char *root, const char *path, char *out)
{
	const int len = snprintf(out, PATH_MAX, "%s/%s", root, path);
	if (len < 0 || len >= PATH_MAX) {
		out[0] = '\0';
		return ERR_TOO_LARGE;
	}
	return ERR_OK;
}

enum err tree_fault(struct fault *fault, enum err err, const char *path)
{
	if (err != ERR_OK && fault != NULL && fault->code == ERR_OK) {
		return fault_set(fault, err, path, "%s", err_text(err));
	}
	return err;
}

static enum err list_push(struct tree_list *list, const char *path, uint64_t size)
{
	if (list->count == list->size) {
		const size_t more = list->size == 0 ? 64 : list->size * 2;
		struct tree_file *files = realloc(list->files, more * sizeof(*files));
		if (files == NULL) {
			return ERR_NOMEM;
		}
		list->files = files;
		list->size = more;
	}
	list->files[list->count] = (struct tree_file){strdup(path), size};
	if (list->files[list->count].path == NULL) {
		return ERR_NOMEM;
	}
	list->count++;
	list->bytes += size;
	return ERR_OK;
}

void tree_list_finish(struct tree_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->files[i].path);
	}
	free(list->files);
	*list = (struct tree_list){0};
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum err walk_error(const FTSENT *entry, struct fault *fault)
{
	const enum err err = entry->fts_info == FTS_DC ? ERR_INVALID : tree_error(entry->fts_errno);
	return fault_set(fault, err, entry->fts_path,
		entry->fts_info == FTS_DC ? "a link leads back to a folder above it"
					  : "cannot be read");
}

enum err tree_list_add(
	struct tree_list *list, const char *root, const char *path, struct fault *fault)
{
	char start[PATH_MAX];
	if (tree_path(root, path, start) != ERR_OK) {
		return fault_set(fault, ERR_TOO_LARGE, path, "the path is too long");
	}
	char *const roots[] = {start, NULL};
	FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	if (walk == NULL) {
		return fault_set(fault, ERR_NOMEM, path, "out of memory");
	}
	const size_t skip = strlen(root) + 1;
	enum err err = ERR_OK;
	for (FTSENT *entry; err == ERR_OK && (entry = fts_read(walk)) != NULL;) {
		switch (entry->fts_info) {
		case FTS_F:
			err = list_push(
				list, entry->fts_path + skip, (uint64_t)entry->fts_statp->st_size);
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
		case FTS_DC:
			err = walk_error(entry, fault);
			break;
		default: /* folders on the way in and out; sockets and the like are not kept */
			break;
		}
	}
	(void)fts_close(walk);
	return err;
}

void tree_remove(const char *path)
{
	char start[PATH_MAX];
	(void)snprintf(start, sizeof(start), "%s", path);
	char *const roots[] = {start, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (walk == NULL) {
		return;
	}
	for (FTSENT *entry; (entry = fts_read(walk)) != NULL;) {
		if (entry->fts_info == FTS_DP) {
			(void)rmdir(entry->fts_path);
		} else if (entry->fts_info != FTS_D && entry->fts_info != FTS_NS) {
			(void)unlink(entry->fts_path);
		}
	}
	(void)fts_close(walk);
}

enum err tree_make_parents(const char *root, const char *path)
{
	char folder[PATH_MAX];
	if (tree_path(root, path, folder) != ERR_OK) {
		return ERR_TOO_LARGE;
	}
	for (char *slash = folder + strlen(root); (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
			return tree_error(errno);
		}
		*slash = '/';
	}
	return ERR_OK;
}

bool tree_folder_empty(const char *folder)
{
	bool empty = true;
	DIR *open = opendir(folder);
	if (open == NULL) {
		return false;
	}
	for (struct dirent *entry; empty && (entry = readdir(open)) != NULL;) {
		const char *name = entry->d_name;
		empty = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
			strcmp(name, "lost+found") == 0;
	}
	(void)closedir(open);
	return empty;
}

static enum err flush(const char *folder, int (*call)(int fd))
{
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return tree_error(errno);
	}
	const enum err err = call(fd) == 0 ? ERR_OK : tree_error(errno);
	(void)close(fd);
	return err;
}

enum err tree_flush_folder(const char *folder)
{
	return flush(folder, fsync);
}

enum err tree_flush_all(const char *folder)
{
	return flush(folder, syncfs);
}
