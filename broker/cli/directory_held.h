/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_DIRECTORY_HELD_H
#define ONWARD_CLI_DIRECTORY_HELD_H
#include "broker/cli/directory_fetch.h"

/*
 * Two directories that a command compares, each a folder or a version of the broker, read and
 * loaded.  Where one of them is the folder of one area, of the other that area alone is kept.
 */
struct directory_held {
	const char *name; /* as it was given; NULL: what is in force */
	struct directory_fetched fetched;
	struct directory_files folder;
	const struct directory_files *files; /* one of both */
	struct str area;                     /* "norfolk/", of one area's folder; else empty */
	struct str title;                    /* "version 3", "the folder x" */
	struct directory *directory;
};
/* `name` of both is set, all else zeroed; the caller finishes both whatever the answer.  A name of
 * digits is a version.  What is wrong in files goes to standard error. */
MUST_CHECK enum err directory_held_read(struct cli *cli, struct directory_held pair[2]);
void directory_held_finish(struct directory_held *held);
/* True of a name that is a version. */
bool directory_held_is_version(const char *name);
#endif
