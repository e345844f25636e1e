/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_EVAL_H
#define ONWARD_RULES_EVAL_H
#include "rules/tree.h"

/*
 * One evaluation: walks the tree, asks for each fact at most once, counts what it does.  All
 * memory is scratch.  Over the cost limit, or out of memory, `exhausted` is set, everything
 * unwinds as an error, and no answer stands.
 */
struct rules_eval {
	const struct rules_clause *clause;
	const struct rules_facts *facts;
	struct arena *scratch;
	uint64_t cost;
	bool exhausted;
	uint64_t facts_seen; /* set of those in fact_values */
	struct rules_value fact_values[RULES_LIMIT_FACTS];
	struct rules_value slots[RULES_LIMIT_DEPTH]; /* variables of folds */
};

void rules_eval_init(struct rules_eval *eval, const struct rules_clause *clause,
	const struct rules_facts *facts, struct arena *scratch);
struct rules_value rules_eval_node(struct rules_eval *eval, const struct rules_node *node);
struct rules_value rules_eval_fold(struct rules_eval *eval, const struct rules_node *node);
/* The fact by its number, as a value. */
struct rules_value rules_eval_fact(struct rules_eval *eval, const struct rules_node *node);

/* Adds to the cost; false when the limit is passed. */
bool rules_eval_charge(struct rules_eval *eval, uint64_t cost);
/* Scratch memory; NULL, and exhausted, when there is none. */
void *rules_eval_array(struct rules_eval *eval, size_t count, size_t size);

/* What a strict operation on both gives when one is no value: error before unknown.  True when
 * *ret_value is the outcome already. */
bool rules_eval_absorb(struct rules_value a, struct rules_value b, struct rules_value *ret_value);
struct rules_value rules_eval_binary(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value left, struct rules_value right);
/* Equality of any two values: different kinds are unequal, numbers compare as numbers. */
bool rules_eval_equal(struct rules_eval *eval, struct rules_value a, struct rules_value b);
/* The value at a key of a map; NULL when there is none. */
const struct rules_value *rules_eval_map_find(
	struct rules_eval *eval, struct rules_value map, struct rules_value key);
struct rules_value rules_eval_index(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value operand, struct rules_value index);
/* No function or operator takes values of these kinds. */
struct rules_value rules_no_overload(const struct rules_node *node);
#endif
