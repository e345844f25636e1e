/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_LIMITS_H
#define ONWARD_RULES_INDEX_LIMITS_H
/* Every limit of the index, with its unit and the reason for it. */
enum {
	/* Rows of one service: how many ways its rule may be met before a disjunction is left to
	 * the evaluator.  Expanding without a bound needs memory that grows exponentially. */
	INDEX_LIMIT_ROWS = 8,
	/* Conditions of one row, after `&&` was taken apart. */
	INDEX_LIMIT_PARTS = 64,
	/* Regions of a fact up to which each has a bitset of its own; beyond, sorted lists of the
	 * rows that differ from the usual. */
	INDEX_LIMIT_DENSE_REGIONS = 256,
	/* Conditions on the same list fact in one row that get a column of their own. */
	INDEX_LIMIT_TWINS = 4,
	/* Items of a list, bytes of a text: what is longer goes to the evaluator.  A clause that
	 * could pass the cost limit with so many is not taken apart, because the few values the
	 * index tries would not. */
	INDEX_LIMIT_ITEMS = 64,
	/* Words of one block, 4,096 rows: what a query holds of it stays in the fastest cache. */
	INDEX_BLOCK_WORDS = 64,
	/* Ways to complete what is unknown that are tried for one service; about 1 ms. */
	INDEX_LIMIT_COMPLETIONS = 4096,
	/* Unknown facts of one service that are completed. */
	INDEX_LIMIT_COMPLETED_FACTS = 12,
};
#endif
