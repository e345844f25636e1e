/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_CEL_EXPRESSION_H
#define ONWARD_TESTS_CEL_EXPRESSION_H
#include <criterion/criterion.h>

#include "rules/cel/cel.h"

/*
 * Expressions and what they give, printed as literals: `expect("1 + 2", "3")`.  Each is evaluated
 * unchecked and, when the checker takes it, checked; both must give the same.  "error: part" wants
 * an error with that part in it, of the evaluation or of compiling; "unknown: a, b" wants those
 * names.  The names `missing` and `absent` are unknown, `given` holds whatever the test says.
 */
struct expectation {
	const char *source;
	const char *wanted;
};

void expect(const char *source, const char *wanted);
void expect_all(const struct expectation *expectations, size_t count);
/* With a value for `given`, which the checker sees as dyn. */
void expect_given(const char *source, struct cel_value given, const char *wanted);
/* With another limit than CEL_LIMIT_COST; `given` so that there is something left to evaluate. */
void expect_within(
	const char *source, struct cel_value given, uint64_t cost_limit, const char *wanted);
/* For values of the tests' own. */
struct arena *expression_arena(void);
/* Frees all of it: the `.fini` of a suite. */
void expression_finish(void);

#define EXPECT_ALL(rows) expect_all(rows, sizeof(rows) / sizeof((rows)[0]))
#endif
