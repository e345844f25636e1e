/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_GRID_H
#define ONWARD_RULES_INDEX_GRID_H
#include "rules/index/complete.h"
#include "rules/index/parts.h"

/*
 * The unknown facts of a candidate's clauses, each with one value of every region it may be in.
 */
struct index_grid_fact {
	struct str path;
	const struct rules_fact *values; /* in scratch */
	size_t value_count;              /* 0: not tried */
	size_t chosen;
};

struct index_grid_facts {
	struct index_grid_fact facts[INDEX_LIMIT_COMPLETED_FACTS]; /* sorted by path */
	size_t count;
};

/* *ret_few is false when there are more unknown facts than are completed.  ERR_NOMEM. */
MUST_CHECK enum err index_grid_make(struct index_grid_facts *grid,
	const struct index_candidate *candidate, const struct rules_facts *facts,
	const struct index_ranges *ranges, struct arena *scratch, bool *ret_few);
/* NULL when the fact is not in the grid. */
const struct index_grid_fact *index_grid_at(const struct index_grid_facts *grid, struct str path);
#endif
