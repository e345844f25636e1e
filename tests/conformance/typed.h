/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_CONFORMANCE_TYPED_H
#define ONWARD_TESTS_CONFORMANCE_TYPED_H
#include "rules/cel/text.h"
#include "tests/conformance/conformance.h"

/*
 * A checked tree in the notation of the data's typed goldens: every node with its type, every name
 * and call with what it refers to ("a~int^a", "_+_(…)~int^add_int64").  `foreign` is set for what
 * cel-go rewrites in other ways than this language: that is not compared.
 */
struct typed {
	struct arena *arena;
	struct cel_text text;
	unsigned indent;
	bool at_start; /* of a line */
	bool foreign;
	bool mixed; /* rows that compare numbers of different types are listed */
};

void typed_node(struct typed *out, const struct cel_node *node);
void typed_put(struct typed *out, const char *s);
void typed_put_str(struct typed *out, struct str s);
void typed_new_line(struct typed *out);
/* "~int" */
void typed_put_type(struct typed *out, const struct cel_type *type);
/* "function(", arguments each on a line of its own, ")~type^id". */
void typed_open_call(struct typed *out, const char *function);
void typed_next(struct typed *out);
void typed_close_call(struct typed *out, const struct cel_type *type, const char *id);
/* "a~int^a" */
void typed_name(struct typed *out, struct str name, const struct cel_type *type);
/* typed_fold.c: the loops that macros are there. */
void typed_fold(struct typed *out, const struct cel_node *node);
void typed_bind(struct typed *out, const struct cel_node *node);
#endif
