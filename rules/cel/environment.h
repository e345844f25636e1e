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

/* The rows of a function in one style; NULL when there are none.  The table of them is made before
 * main, from the libraries, and never changes. */
const struct cel_candidates *cel_functions_find(struct str name, enum cel_style style);
const struct cel_candidates *cel_functions_of_op(enum cel_op op);

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
