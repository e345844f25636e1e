/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_DIFF_WORDS_H
#define ONWARD_DIRECTORY_DIFF_WORDS_H
#include "directory/diff.h"
#include "broker/base/value.h"
/*
 * What differs between two directories, in plain English.  All text is in the arena the caller
 * gives, and is as its author wrote it: whoever prints it to a terminal escapes it.
 */
struct directory_wording {
	const struct directory_diff *diff;
	const struct directory_rulebook *rulebook; /* says how sensitive a field is */
	struct arena *arena;
};

/* "South London Alliance (south-london-alliance)" */
struct str directory_difference_subject(
	const struct directory_wording *wording, const struct directory_difference *difference);
/* "now covers Bexley and Bromley": without the subject, without a full stop. */
struct str directory_difference_words(
	const struct directory_wording *wording, const struct directory_difference *difference);
/* "South London Alliance (south-london-alliance): now covers Bexley and Bromley." */
struct str directory_difference_sentence(
	const struct directory_wording *wording, const struct directory_difference *difference);

/* The same for a program: {subject, id, name, area, weight, change, field, before, after, more or
 * less, sentence}. */
struct value directory_difference_value(
	const struct directory_wording *wording, const struct directory_difference *difference);

/* What somebody else has to say of a service's clauses; stands beneath them.  Those of one service
 * stand together. */
struct directory_remark {
	struct str service, words; /* as directory_difference_words */
};
/* Everything, as a page: counts, then what matters for her safety, then who comes and goes, what is
 * offered, and last what is only worded otherwise.  Subjects of which the same is said stand
 * together. */
void directory_diff_page(struct buf *out, const struct directory_wording *wording,
	const struct directory_remark *remarks, size_t remark_count);

/* "31 March 2022" */
struct str directory_date_words(struct arena *arena, date_days date);
/* "safety", "offer" … and "added", "changed" … and "service" …, for machines. */
const char *directory_weight_code(enum directory_weight weight);
const char *directory_change_code(enum directory_change change);
const char *directory_subject_code(enum directory_subject subject);
#endif
