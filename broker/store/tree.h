/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_TREE_H
#define ONWARD_STORE_TREE_H
#include "broker/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
/*
 * Inside backups only: files and folders.  Errors of the system become ERR_NOT_FOUND, ERR_FULL,
 * ERR_NOMEM or ERR_IO; faults name the path.
 */
struct tree_file {
	char *path;    /* relative to the root */
	uint64_t size; /* when it was listed */
};

struct tree_list {
	struct tree_file *files;
	size_t count;
	size_t size;
	uint64_t bytes;
};

enum err tree_error(int number);
/* "<root>/<path>", PATH_MAX bytes of room.  ERR_TOO_LARGE: it does not fit, `out` is then empty. */
MUST_CHECK enum err tree_path(const char *root, const char *path, char *out);
/* What a caller is told when nothing below it said why: sets the fault unless that has a code. */
enum err tree_fault(struct fault *fault, enum err err, const char *path);
/* Adds `path` below `root`: a file, or every regular file below a folder, in order of their names.
 * Links are followed.  ERR_NOT_FOUND: no such path. */
MUST_CHECK enum err tree_list_add(
	struct tree_list *list, const char *root, const char *path, struct fault *fault);
void tree_list_finish(struct tree_list *list);
/* Removes a file or a folder with all in it, without following links; what is not there is fine. */
void tree_remove(const char *path);
/* Creates the folders above a file below `root`, 0700. */
MUST_CHECK enum err tree_make_parents(const char *root, const char *path);
/* Is there nothing in the folder, but for what a new file system puts there? */
bool tree_folder_empty(const char *folder);
/* Flushes a folder's names; and everything below, of the whole file system. */
MUST_CHECK enum err tree_flush_folder(const char *folder);
MUST_CHECK enum err tree_flush_all(const char *folder);
#endif
