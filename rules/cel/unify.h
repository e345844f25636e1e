/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_UNIFY_H
#define ONWARD_CEL_UNIFY_H
#include "rules/cel/type.h"

/*
 * Which types the type variables of one check stand for.  Types share their parts, so every step is
 * counted: past CEL_LIMIT_TYPE_STEPS or CEL_LIMIT_TYPE_DEPTH, or without memory, `failed` is set
 * and answers mean nothing.
 */
struct cel_unifier {
	struct arena *arena;
	const struct cel_type **bound; /* by number of the variable; NULL: free */
	uint32_t count;
	uint32_t size;
	/* Bindings made since an attempt began, with what they were before. */
	struct cel_undo {
		uint32_t variable;
		const struct cel_type *was;
	} * undo;
	uint32_t undo_count;
	uint32_t undo_size;
	uint32_t steps;
	uint32_t depth; /* of the recursion that runs */
	bool failed;
};

/* A type variable that stands for nothing yet. */
const struct cel_type *cel_unify_fresh(struct cel_unifier *unifier);
/* True when what has type `b` may stand where `a` is wanted; binds variables, or none. */
bool cel_unify_assign(
	struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b);
/* The same for `count` pairs, all or nothing. */
bool cel_unify_assign_all(struct cel_unifier *unifier, const struct cel_type *const *a,
	const struct cel_type *const *b, uint32_t count);
/* The type with what its variables stand for; the free ones become dyn when `final`. */
const struct cel_type *cel_unify_resolve(
	struct cel_unifier *unifier, const struct cel_type *type, bool final);
/* A row's type with fresh[0] and fresh[1] for its parameters A and B, made when first needed. */
const struct cel_type *cel_unify_instantiate(
	struct cel_unifier *unifier, const struct cel_type *type, const struct cel_type *fresh[2]);
/* The same type, parameters by their number. */
bool cel_unify_same(
	struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b);
/* The more general of two types that are assignable. */
const struct cel_type *cel_unify_general(
	struct cel_unifier *unifier, const struct cel_type *a, const struct cel_type *b);
#endif
