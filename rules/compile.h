/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_COMPILE_H
#define ONWARD_RULES_COMPILE_H
#include "rules/tree.h"

/*
 * One compilation: source -> tokens -> tree -> resolved tree.  Lexer, parser and resolver share
 * this state; the first failure sticks, and everything after it does nothing.
 */
struct rules_compilation {
	struct arena *arena;
	struct str source;
	enum err err;
	struct rules_error *error;
	size_t nodes;
};

/* Records the first failure, at a byte offset of the source; always returns NULL, so that a
 * parsing function can return it. */
void *rules_compile_fail(struct rules_compilation *compilation, enum err err, size_t offset,
	const char *format, ...) PRINTF_LIKE(4, 5);
/* 1-based line and column, in code points, of a byte offset. */
void rules_source_position(
	struct str source, size_t offset, unsigned *ret_line, unsigned *ret_column);

/* A zeroed node; NULL on failure, with the failure recorded. */
struct rules_node *rules_node_new(
	struct rules_compilation *compilation, enum rules_node_kind kind, size_t offset);
/* Hangs `child` at the end of the node's children; false (also for a NULL child) on failure, such
 * as the limit of nesting. */
bool rules_node_add(
	struct rules_compilation *compilation, struct rules_node *node, struct rules_node *child);
/* The node itself, or NULL when adding either child fails; `second` may be NULL to add one only. */
struct rules_node *rules_node_with(struct rules_compilation *compilation, struct rules_node *node,
	struct rules_node *first, struct rules_node *second);

/* The whole source as a tree of unresolved names. */
struct rules_node *rules_parse(struct rules_compilation *compilation);
/* Turns a CALL into HAS or a FOLD when it is a macro; otherwise returns it as it is. */
struct rules_node *rules_macro_expand(
	struct rules_compilation *compilation, struct rules_node *call);
/* True for the name of a macro; *ret_usage shows how it is called. */
bool rules_macro_find(struct str name, const char **ret_usage);
/* A chain of names such as person.age as one text ("person.age"), of which the last may be a
 * receiver's; an empty str when the node is something else. */
struct str rules_chain_text(struct rules_compilation *compilation, const struct rules_node *node);
/* Binds every name, in place; lists the paths of facts in `clause`. */
void rules_resolve(struct rules_compilation *compilation, struct rules_node *root,
	struct rules_clause *clause);
#endif
