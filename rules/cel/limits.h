/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_LIMITS_H
#define ONWARD_CEL_LIMITS_H
/* Every limit of the language, with its unit and the reason for it. */
enum {
	/* Bytes of one expression: a thousand times the usual, and what one error can point into.
	 */
	CEL_LIMIT_SOURCE_BYTES = 16 * 1024,
	/* Levels of nesting, of brackets as of operators: bounds every recursion over a tree. */
	CEL_LIMIT_DEPTH = 64,
	/* Nodes of one tree, macros expanded: bounds the memory of a compiled expression. */
	CEL_LIMIT_NODES = 10000,
	/* Different names in one expression: bounds the search among them. */
	CEL_LIMIT_NAMES = 512,
	/* Steps of comparing and building types in one check: types share their parts, so that a
	 * small expression can spell a type of a size that no memory holds. */
	CEL_LIMIT_TYPE_STEPS = 100000,
	/* Levels of types within types: bounds the recursion over them. */
	CEL_LIMIT_TYPE_DEPTH = 512,
	/* Patterns of matches() in one expression: the dearest takes a few milliseconds to read. */
	CEL_LIMIT_PATTERNS = 64,
	/* Arguments of one call, a receiver counted; bounds the evaluator's call frame. */
	CEL_LIMIT_ARGUMENTS = 64,
	/* Steps of one evaluation unless the caller says otherwise, about 50 ns each at worst, so
	 * 5 ms: an instruction is at most 1, ten bytes or one element of what is copied or compared
	 * are 1. */
	CEL_LIMIT_COST = 100000,
	/* Levels of lists within lists that a comparison or a print descends. */
	CEL_LIMIT_VALUE_DEPTH = 128,
	/* "Did you mean": the most a misspelt name may differ, in edits. */
	CEL_LIMIT_SUGGESTION_EDITS = 2,
};
#endif
