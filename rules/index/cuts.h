/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_CUTS_H
#define ONWARD_RULES_INDEX_CUTS_H
#include "rules/rules.h"

/*
 * The elementary regions of one fact: the literals that clauses compare it with cut each kind of
 * value into regions within which no such comparison changes.  Region by region:
 *
 *   0                 the fact is unknown
 *   1                 an empty list
 *   2                 null
 *   3, 4              false, true
 *   text_base …       texts in byte order; texts[i] is where region text_base + i + 1 begins
 *   integer_base …    integers; integers[i] likewise
 *   number_base …     doubles without NaN
 *
 * A kind of value that no literal has has no regions: such a value belongs to none.
 */
enum index_region {
	INDEX_REGION_UNKNOWN,
	INDEX_REGION_EMPTY,
	INDEX_REGION_NULL,
	INDEX_REGION_FALSE,
	INDEX_REGION_TRUE,
	INDEX_REGION_FIRST_CUT,
	INDEX_REGION_NONE = -1,
};

struct index_cuts {
	struct arena *arena; /* of the arrays below; what they borrow is the clauses' */
	bool has_text, has_integer, has_number;
	bool failed; /* the arena is exhausted: nothing of this stands */
	struct str *texts;
	int64_t *integers;
	double *numbers;
	size_t text_count, integer_count, number_count;
	size_t text_room, integer_room, number_room;
	uint64_t *heads;    /* the first bytes of each sorted text; NULL: they are few */
	size_t text_sorted; /* the first so many texts are sorted, without doubles */
	size_t text_base, integer_base, number_base, region_count; /* by index_cuts_settle */
};

/* Where a comparison with the literal changes: just before and just after it.  A number
 * cuts integers and doubles: beside a double an integer is the nearest double, as in CEL.  Of a
 * text returns the copy that is kept. */
struct str index_cuts_add_text(struct index_cuts *cuts, struct str text);
void index_cuts_add_integer(struct index_cuts *cuts, int64_t integer);
void index_cuts_add_number(struct index_cuts *cuts, double number);
/* Where starting with the prefix changes. */
void index_cuts_add_prefix(struct index_cuts *cuts, struct str prefix);
/* The cuts of another, and its kinds of value. */
void index_cuts_merge(struct index_cuts *cuts, const struct index_cuts *other);
/* Sorts, drops doubles and numbers the regions; once, after the last cut. */
void index_cuts_settle(struct index_cuts *cuts);

/* How many of the sorted texts are not above this one. */
size_t index_cuts_rank(const struct index_cuts *cuts, struct str text);
/* The region of a value; INDEX_REGION_NONE for a list, a NaN, a kind without regions and for what
 * is too long.  Settled. */
int index_cuts_region(const struct index_cuts *cuts, const struct rules_fact *fact);
/* A value of the region; false when there is none that could be made, as in a gap between two
 * integers that follow on each other.  Not for UNKNOWN and EMPTY. */
bool index_cuts_sample(const struct index_cuts *cuts, size_t region, struct rules_fact *ret_fact);
/* True when the region holds one value only. */
bool index_cuts_exact(const struct index_cuts *cuts, size_t region);
/* The regions of `cuts` that region `part_region` of `part`, whose cuts are among them, covers:
 * [*ret_begin, *ret_end).  The region is one of texts, integers or doubles. */
void index_cuts_cover(const struct index_cuts *cuts, const struct index_cuts *part,
	size_t part_region, size_t *ret_begin, size_t *ret_end);
#endif
