/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_PARTS_H
#define ONWARD_RULES_INDEX_PARTS_H
#include "rules/clause.h"
#include "rules/index/cuts.h"
#include "rules/index/limits.h"
#include "rules/clause.h"

/*
 * A clause taken apart for the index: into rows, any of which makes it true, of parts, all of which
 * must hold.  Each part is a clause of its own, run by the same evaluator.  What cannot be taken
 * apart stays one part of the kind MIXED.
 */
enum index_part_kind {
	INDEX_PART_STEP, /* one fact, compared with literals only: constant in each region */
	/* One list fact; its answer for a list is the `or` (ANY) or `and` (ALL) of its answers for
	 * lists of each one item, and so of what the empty list gives. */
	INDEX_PART_ANY,
	INDEX_PART_ALL,
	INDEX_PART_OPAQUE, /* one fact, any other condition: known for single values only */
	INDEX_PART_MIXED,  /* several facts, or none */
	INDEX_PART_KINDS,
};

struct index_part {
	enum index_part_kind kind;
	bool negated;               /* the answer is the opposite of the clause's */
	struct rules_clause clause; /* borrows from the whole one */
	struct str fact;            /* empty for MIXED */
	struct index_cuts cuts;     /* settled; none for OPAQUE and MIXED */
};

struct index_row {
	size_t count;
	uint16_t parts[INDEX_LIMIT_PARTS];
};

struct index_shape {
	struct index_part *parts;
	size_t part_count;
	size_t row_count; /* at least 1 */
	struct index_row rows[INDEX_LIMIT_ROWS];
};

/* ERR_NOMEM; all of the shape is in the arena or the clause's. */
MUST_CHECK enum err index_shape_find(
	struct arena *arena, const struct rules_clause *clause, struct index_shape *ret_shape);
/* The answer of the part for those facts. */
enum rules_answer index_part_answer(
	const struct index_part *part, const struct rules_facts *facts, struct arena *scratch);

/* What a fact of a clause is compared with, wherever it stands. */
struct index_grid {
	struct index_cuts cuts; /* not settled */
	/* It also stands where more than its regions matters: `cuts` is not all there is to know.
	 */
	bool opaque;
};
/* `grids` has one for each of rules_clause_facts, zeroed but for cuts.arena. */
void index_grid_find(const struct rules_clause *clause, struct index_grid *grids);
#endif
