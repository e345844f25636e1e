/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_DIFF_H
#define ONWARD_DIRECTORY_DIFF_H
#include "directory/members.h"

/*
 * What differs between two directories, member by member; diff_words.h says it in English.
 */
struct directory_state {
	const struct directory *directory;
	/* What it was loaded from, sorted; NULL: changes of mere wording (sources, notes, comments)
	 * are not found. */
	const struct directory_files *files;
};

enum directory_change {
	DIRECTORY_ADDED,
	DIRECTORY_REMOVED,
	DIRECTORY_RENAMED, /* the same under another id */
	DIRECTORY_MOVED,   /* into another area */
	DIRECTORY_CHANGED,
	DIRECTORY_REWORDED, /* written otherwise, and says the same */
	DIRECTORY_CHANGES
};

struct directory_difference {
	enum directory_weight weight;
	enum directory_subject subject;
	enum directory_change change;
	struct str area;     /* id; empty of an organisation */
	struct str id, name; /* after, where it is there */
	/* Of the subject's struct; NULL where it is not there. */
	const void *before, *after;
	const struct directory_member *member; /* CHANGED, REWORDED: NULL, the whole file */
	bool more;                   /* of a list and a flag: its words are those of more */
	struct directory_list items; /* of a list: what is there once more, or no more */
	/* Of clauses, clocks and overrides the one that differs; NULL where it is not there. */
	const void *part_before, *part_after;
};

/* Borrows both directories and their files; the rest is in the arena. */
struct directory_diff {
	struct directory_state before, after;
	/* By weight, then subject, area, id; of one subject in the order of its members. */
	const struct directory_difference *items;
	size_t count;
};
/* What a new service is told of follows from how sensitive its fields are.  ERR_NOMEM. */
MUST_CHECK enum err directory_diff(const struct directory_state *before,
	const struct directory_state *after, const struct directory_rulebook *rulebook,
	struct arena *arena, struct directory_diff *ret_diff);
/* How many of a subject there are of each change; each counts once, as the first that fits.  False
 * when memory is short. */
bool directory_diff_count(const struct directory_diff *diff, enum directory_subject subject,
	struct arena *arena, size_t ret_counts[DIRECTORY_CHANGES]);
#endif
