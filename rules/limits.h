/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_LIMITS_H
#define ONWARD_RULES_LIMITS_H
/* Every limit of the rules, with its unit and the reason for it. */
enum {
	/* Bytes of one clause: a thousand times the usual, and what one error message can point
	 * into. */
	RULES_LIMIT_SOURCE_BYTES = 16 * 1024,
	/* Levels of nesting, of brackets as of operators: bounds every recursion over a tree. */
	RULES_LIMIT_DEPTH = 64,
	/* Nodes of one tree: bounds the memory of a compiled clause. */
	RULES_LIMIT_NODES = 10000,
	/* Different facts in one clause: a set of them is one 64-bit word. */
	RULES_LIMIT_FACTS = 64,
	/* Steps of one evaluation, about 50 ns each, so 5 ms: a node is 1, ten bytes or one element
	 * of what is copied or compared are 1. */
	RULES_LIMIT_COST = 100000,
	/* Levels of lists within lists that a comparison descends. */
	RULES_LIMIT_VALUE_DEPTH = 128,
	/* Explanations: items of a list and code points of one text that are shown. */
	RULES_LIMIT_SHOWN_ITEMS = 6,
	RULES_LIMIT_SHOWN_CHARS = 80,
	/* "Did you mean": the most a misspelt name may differ, in edits. */
	RULES_LIMIT_SUGGESTION_EDITS = 2,
};
#endif
