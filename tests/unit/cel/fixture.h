/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CEL_FIXTURE_H
#define ONWARD_TESTS_UNIT_CEL_FIXTURE_H
#include <criterion/criterion.h>

#include "rules/cel/cel.h"

/* One declared name with its value. */
struct fixture_name {
	const char *name;
	const char *type;
	struct cel_value value;
};

/* Parses, checks or (unchecked) resolves, compiles, evaluates; the value, printed, in the arena.  A
 * fault is "refused LINE:COLUMN MESSAGE". */
const char *fixture_eval(struct arena *arena, const char *source, const struct fixture_name *names,
	size_t count, bool checked);
/* The deduced type, or a fault likewise. */
const char *fixture_type(
	struct arena *arena, const char *source, const struct fixture_name *names, size_t count);
/* Evaluates both ways and compares with `wanted`, of which an error may leave out the end. */
void fixture_expect(
	const char *source, const struct fixture_name *names, size_t count, const char *wanted);
#endif
