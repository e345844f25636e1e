/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_DIFF_PARTS_H
#define ONWARD_DIRECTORY_DIFF_PARTS_H
#include "directory/diff.h"
/* Internal to the difference: the list while it grows. */
struct diffing {
	struct directory_state before, after;
	const struct directory_rulebook *rulebook; /* says how sensitive a field is */
	struct arena *arena;
	struct directory_difference *items;
	size_t count, room;
};

/* A copy of `like` at the end; NULL when memory is short (the arena says so). */
struct directory_difference *diff_add(
	struct diffing *diffing, const struct directory_difference *like);
/* What both have and have otherwise; `like` says what it is about. */
void diff_members(struct diffing *diffing, const struct directory_difference *like);
/* True when no member but those that name a thing or describe it differs. */
bool diff_same_content(enum directory_subject subject, const void *before, const void *after);
/* True when the one stands in the other's place: its name, and its organisation or a place. */
bool diff_same_name(const struct directory_service *before, const struct directory_service *after);
/* Files whose bytes differ although nothing that was found so far says it. */
void diff_files(struct diffing *diffing);
/* The text of a clause on one line. */
struct str diff_cel(struct arena *arena, struct str cel);
/* The area a file lies in. */
struct str diff_area(struct str path);
#endif
