/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_STEPS_H
#define ONWARD_RULES_INDEX_STEPS_H
#include "rules/index/parts.h"

/*
 * Which conditions are step functions of one fact: what the trees of clauses say about it.
 * Everything here is decided by form alone; what a condition answers is always asked of the
 * evaluator.
 */

/* What a condition is about: a fact by its number, or the variable of a fold by its slot. */
struct index_subject {
	bool fact;
	uint32_t number;
};

/* True when the condition compares the subject with literals and does nothing else with it: then
 * it is constant in each region of the cuts, which are added to *cuts.  After false, *cuts holds
 * what was found till then. */
bool index_step_is(
	const struct cel_node *node, struct index_subject subject, struct index_cuts *cuts);
/* `"x" in fact`, `fact.exists(v, …)` and their disjunctions. */
bool index_any_is(const struct cel_node *node, uint32_t fact, struct index_cuts *cuts);
/* `fact.all(v, …)`, what !ANY is, and their conjunctions. */
bool index_all_is(const struct cel_node *node, uint32_t fact, struct index_cuts *cuts);
/* The cuts of every fact under the node, facts in other than step conditions marked opaque. */
void index_grid_collect(const struct cel_node *node, struct index_grid *grids);
#endif
