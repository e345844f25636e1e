/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_CHECK_H
#define ONWARD_DIRECTORY_CHECK_H
#include "directory/directory.h"
#include "broker/base/yaml.h"
/*
 * What a check of a directory needs beyond its loading: all there is to mend at once, and the lines
 * on which things stand.  broker/review says what is odd about a directory that can be loaded.
 */
enum {
	DIRECTORY_PROBLEMS_ALL = 100000 /* are kept: more than a file has lines to be wrong */
};

/* What a folder holds that cannot be taken in: a link, a `.yml`, a file that is too large. */
struct directory_refusals {
	struct directory_refusal {
		struct str path;
		const char *message; /* static */
	} * items;                   /* in the arena of the files; in no order */
	size_t count, room;
};
/* As directory_files_read, but goes on past what cannot be taken in; *refusals is zeroed by the
 * caller and lives as long as the files. */
MUST_CHECK enum err directory_files_read_all(const char *root, struct directory_files *ret_files,
	struct directory_refusals *refusals, struct fault *fault);

/* Told now and then how far a long piece of work is; from the thread that works. */
struct directory_watch {
	void (*step)(void *context, size_t done, size_t of);
	void *context;
};

/* directory_load, for somebody who waits: 100,000 services take some seconds. */
MUST_CHECK enum err directory_load_watched(const struct directory_files *files,
	const struct directory_rulebook *rulebook, const struct directory_watch *watch,
	struct directory **ret_directory, struct directory_problems *problems);
/* As directory_load, for an author who wants to see all there is to mend: up to
 * DIRECTORY_PROBLEMS_ALL are kept, and with ERR_CONFIG *ret_directory is what could be read in
 * spite of them.  That is for looking at and for nothing else: a service may lack its id, its
 * organisation or any other thing.  `watch` may be NULL. */
MUST_CHECK enum err directory_load_all(const struct directory_files *files,
	const struct directory_rulebook *rulebook, const struct directory_watch *watch,
	struct directory **ret_directory, struct directory_problems *problems);

/* The line on which a field of a file stands, by its path ("eligibility[1].cel"); of one that is
 * not there, the line of what would hold it. */
unsigned directory_line_of(const struct yaml_node *root, struct str field);
/* NULL when there is no such file. */
const struct directory_file *directory_file_find(
	const struct directory_files *files, struct str path);
#endif
