/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_CHECKER_H
#define ONWARD_CEL_CHECKER_H
#include "rules/cel/compilation.h"
#include "rules/cel/environment.h"
#include "rules/cel/unify.h"

struct cel_local {
	struct str name;
	const struct cel_type *type;
};

enum {
	/* Each level of nesting binds two variables at most. */
	CEL_LOCALS = CEL_LIMIT_DEPTH * 2
};

/*
 * One walk over a tree, which it recurses into no deeper than CEL_LIMIT_DEPTH.  `typed`: the
 * checker; otherwise the resolver, which only binds names and functions, and leaves what it does
 * not find to be an error of the evaluation.
 */
struct cel_checker {
	struct cel_compilation compilation;
	const struct cel_env *env;
	bool typed;
	struct cel_unifier unifier;
	struct cel_local locals[CEL_LOCALS];
	uint32_t local_count;
	uint32_t local_most;
	struct cel_name *names; /* in the order of first use, until the end */
	uint32_t name_count;
	uint32_t name_size;
};

/* Each writes node->type (typed) and recurses; false after a failure. */
bool cel_check_node(struct cel_checker *checker, struct cel_node *node);
bool cel_check_children(struct cel_checker *checker, struct cel_node *node);

/* check_name.c: IDENT, SELECT and HAS. */
bool cel_check_ident(struct cel_checker *checker, struct cel_node *node);
bool cel_check_select(struct cel_checker *checker, struct cel_node *node);
bool cel_check_has(struct cel_checker *checker, struct cel_node *node);
/* True when the node is a chain of plain names that does not start with a local variable. */
bool cel_check_is_chain(const struct cel_checker *checker, const struct cel_node *node);

/* check_call.c: CALL, INDEX, NOT, NEGATE, BINARY. */
bool cel_check_call(struct cel_checker *checker, struct cel_node *node);
bool cel_check_operator(struct cel_checker *checker, struct cel_node *node, const char *function);

/* check_fold.c: FOLD, BIND. */
bool cel_check_fold(struct cel_checker *checker, struct cel_node *node);
bool cel_check_bind(struct cel_checker *checker, struct cel_node *node);

/* The type of a node with what is known so far. */
const struct cel_type *cel_check_type(struct cel_checker *checker, const struct cel_node *node);
/* The common type of what stands so far (NULL: nothing) and one more; dyn when there is none. */
const struct cel_type *cel_check_join(
	struct cel_checker *checker, const struct cel_type *so_far, const struct cel_type *type);
/* Fails, "expected …, found …", when the node's type is not assignable to `wanted`. */
bool cel_check_expect(
	struct cel_checker *checker, const struct cel_node *node, const struct cel_type *wanted);
/* A type as short text, for a message. */
struct str cel_check_words(struct cel_checker *checker, const struct cel_type *type);
/* The inner type of an optional; the type itself, with *ret_optional false, otherwise. */
const struct cel_type *cel_check_unwrap(const struct cel_type *type, bool *ret_optional);
bool cel_check_refuse(struct cel_checker *checker, const struct cel_node *node, const char *format,
	...) PRINTF_LIKE(3, 4);
#endif
