/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_COMPILATION_H
#define ONWARD_CEL_COMPILATION_H
#include "rules/cel/cel.h"

/*
 * What the steps from source to program share.  The first failure sticks, and everything after it
 * does nothing.
 */
struct cel_compilation {
	struct arena *arena;
	struct str source;
	enum err err;
	struct cel_fault *fault;
	size_t nodes;
};

/* Records the first failure, at a byte offset of the source; always returns NULL, so that a
 * parsing function can return it. */
void *cel_compile_fail(struct cel_compilation *compilation, enum err err, size_t offset,
	const char *format, ...) PRINTF_LIKE(4, 5);
/* Out of memory. */
void *cel_compile_exhausted(struct cel_compilation *compilation);

/* A zeroed node; NULL on failure, with the failure recorded. */
struct cel_node *cel_node_new(
	struct cel_compilation *compilation, enum cel_node_kind kind, size_t offset);
/* Hangs `child` at the end of the node's children; false (also for a NULL child) on failure, such
 * as the limit of nesting. */
bool cel_node_add(
	struct cel_compilation *compilation, struct cel_node *node, struct cel_node *child);
/* The node itself, or NULL when adding either child fails; `second` may be NULL to add one only. */
struct cel_node *cel_node_with(struct cel_compilation *compilation, struct cel_node *node,
	struct cel_node *first, struct cel_node *second);

/* Turns a CALL into HAS, a FOLD or a BIND when it is a macro; otherwise returns it as it is. */
struct cel_node *cel_macro_expand(struct cel_compilation *compilation, struct cel_node *call);
/* True for the name of a macro; *ret_usage shows how it is called. */
bool cel_macro_find(struct str name, const char **ret_usage);
/* A chain of names such as person.age as one text ("person.age"); an empty str when the node is
 * something else. */
struct str cel_chain_text(struct cel_compilation *compilation, const struct cel_node *node);
#endif
