/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_DEBUG_H
#define ONWARD_CEL_DEBUG_H
#include "rules/cel/cel.h"
#include "rules/cel/text.h"

/*
 * A tree as the parser made it, in the notation of cel-spec's goldens: debug.c the nodes,
 * debug_literal.c what stands for itself, debug_fold.c the macros of the standard, which appear
 * expanded there.  Every recursion is bounded by the depth of a tree.
 */
struct cel_debug {
	struct cel_text *text;
	unsigned indent;
	bool at_start; /* of a line */
};

void cel_debug_node(struct cel_debug *writer, const struct cel_node *node);
void cel_debug_put(struct cel_debug *writer, const char *s);
void cel_debug_put_str(struct cel_debug *writer, struct str s);
void cel_debug_line(struct cel_debug *writer);
/* "^#*expr.Expr_CallExpr#" */
void cel_debug_kind(struct cel_debug *writer, const char *kind);
/* "function(", arguments each on a line of its own, ")" and the kind of a call. */
void cel_debug_open(struct cel_debug *writer, const char *function);
void cel_debug_next(struct cel_debug *writer);
void cel_debug_close(struct cel_debug *writer);
void cel_debug_ident(struct cel_debug *writer, struct str name, bool rooted);
void cel_debug_literal(struct cel_debug *writer, struct cel_value value);
/* One variable: __comprehension__(…). */
void cel_debug_fold(struct cel_debug *writer, const struct cel_node *node);
#endif
