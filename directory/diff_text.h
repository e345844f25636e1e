/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_DIFF_TEXT_H
#define ONWARD_DIRECTORY_DIFF_TEXT_H
#include "directory/diff_words.h"
/* Internal to the wording: values and lists of one directory as a sentence has them. */

/* The side whose names are used. */
enum diff_side {
	DIFF_BEFORE,
	DIFF_AFTER,
};

/* The value of a member that is no list and no flag: "50", "31 March 2022", "Advance (advance)";
 * "not stated". */
void diff_value(struct buf *out, const struct directory_wording *wording,
	const struct directory_member *member, const void *value, enum diff_side side);
/* "a, b and c", each as its kind is told: places by name, organisations by name and id, fields with
 * what their disclosure means. */
void diff_list(struct buf *out, const struct directory_wording *wording,
	const struct directory_member *member, const struct directory_list *list,
	enum diff_side side);
/* "one", "2" */
void diff_number(struct buf *out, size_t count);
/* "3 working days" */
void diff_clock(struct buf *out, const struct directory_clock *clock);
/* 0 to 4; -1 of a path that is no field. */
int diff_class(const struct directory_wording *wording, struct str path);
/* What is said when a service begins or ceases to state its needs. */
void diff_needs_stated(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference);
/* Of needs that may come before release, where one side names none: all may. */
void diff_lead_needs(struct buf *out, const struct directory_wording *wording,
	const struct directory_difference *difference);
/* What is said of a service that is new, or gone. */
void diff_whole_service(struct buf *out, const struct directory_wording *wording,
	const struct directory_service *service, bool gone);
/* The bytes as a text of the arena; empties the buffer. */
struct str diff_text(struct arena *arena, struct buf *buf);
#endif
