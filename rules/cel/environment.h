/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_ENVIRONMENT_H
#define ONWARD_CEL_ENVIRONMENT_H
#include "rules/cel/cel.h"
#include "rules/cel/overload.h"

/* All rows of one function in one style, in the order of the libraries. */
struct cel_candidates {
	struct str name;
	enum cel_style style;
	uint32_t count;
	const struct cel_overload *const *overloads;
};

/* The libraries by name: built once an environment, so that compiling does not search the rows. */
struct cel_functions {
	struct cel_candidates *table; /* open addressing; count 0: free */
	size_t size;                  /* a power of two */
	const struct cel_candidates *ops[CEL_OP_MODULO + 1];
};

/* NULL when the arena is exhausted. */
const struct cel_functions *cel_functions_create(struct arena *arena);
/* NULL when there is none. */
const struct cel_candidates *cel_functions_find(
	const struct cel_functions *functions, struct str name, enum cel_style style);

/*
 * The names that `name` may mean in a container, innermost first: "a.b.x", "a.x", "x".  Start with
 * *ret_prefix == SIZE_MAX; false at the end.  Each is built in `out`.
 */
enum {
	CEL_QUALIFIED_SIZE = 1024
};
bool cel_container_next(struct str container, struct str name, size_t *prefix,
	char out[CEL_QUALIFIED_SIZE], struct str *ret_name);
#endif
