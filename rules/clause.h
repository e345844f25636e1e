/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_CLAUSE_H
#define ONWARD_RULES_CLAUSE_H
#include "rules/rules.h"

/* What a clause is made of, for what explains it and for what takes it apart. */
struct rules_clause {
	struct str source;
	const struct cel_tree *tree;
	const struct cel_node *root; /* of the tree; of a part: the part */
	const struct cel_program *program;
	const struct str *paths; /* the names of the tree: sorted, without doubles */
	size_t path_count;
};

/* A part of a clause as a clause of its own, which borrows from it; the part has no variables of
 * the outside.  ERR_NOMEM; ERR_INVALID and ERR_TOO_LARGE only where the whole would give them. */
MUST_CHECK enum err rules_clause_part(struct arena *arena, const struct rules_clause *clause,
	const struct cel_node *node, struct rules_clause *ret_part);
/* The set of facts (bit = number of the path) in the node; all bits when one is beyond them. */
uint64_t rules_node_facts(const struct cel_node *node);

/* One look at a clause over facts: what is made for it is in scratch. */
struct rules_evaluation {
	const struct rules_clause *clause;
	const struct rules_facts *facts;
	struct arena *scratch;
	bool failed; /* the arena or the cost limit is exhausted: no value stands */
};

/* The value of a part of the clause. */
struct cel_value rules_evaluation_node(
	struct rules_evaluation *evaluation, const struct cel_node *node);
/* The fact of that number. */
struct cel_value rules_evaluation_fact(struct rules_evaluation *evaluation, uint32_t number);
#endif
