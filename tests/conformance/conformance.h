/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_CONFORMANCE_H
#define ONWARD_TESTS_CONFORMANCE_H
#include <jansson.h>

#include "broker/base/buf.h"
#include "rules/cel/cel.h"

/* The runner of CEL's public test data: cases.mjs makes the lines, this reads and runs them. */

enum expectation {
	EXPECT_VALUE,   /* this value */
	EXPECT_ERROR,   /* some error, whenever it is found */
	EXPECT_TYPE,    /* nothing but the type */
	EXPECT_AGREE,   /* checked and unchecked the same, whatever it is */
	EXPECT_PARSE,   /* that it parses */
	EXPECT_BOUNDED, /* that there is an answer */
	EXPECT_NO_PARSE,
	EXPECT_NO_CHECK,
};

/* All of it borrowed from the line's JSON or on the arena. */
struct test_case {
	const char *suite, *file, *name, *expr, *container;
	size_t expr_len; /* it may hold NUL */
	enum expectation expectation;
	struct cel_value value; /* EXPECT_VALUE */
	bool checked;
	const char *type, *ast, *typed, *without; /* or NULL */
	size_t ast_len, typed_len;
	struct cel_declaration *declarations;
	struct cel_value *values; /* by declaration */
	size_t declaration_count;
};

/* False, with the reason printed, when the line is none of cases.mjs. */
bool case_read(struct arena *arena, const json_t *line, struct test_case *ret_case);
/* Of the same kind and content: 1 and 1.0 differ here, NaN and NaN do not. */
bool same_value(struct cel_value a, struct cel_value b);

/* The checked tree in the notation of the typed goldens, on the arena; false when cel-go writes
 * such a tree in another way.  `mixed`: with the rows that compare numbers of different types. */
bool typed_tree(struct arena *arena, const struct cel_tree *tree, bool mixed, struct str *ret_text);

struct outcome {
	bool passed;
	bool tree_compared, tree_passed;
	bool type_compared, type_passed;
	bool typed_compared, typed_passed;
};

/* Runs it; what failed is printed into `log`. */
struct outcome case_run(struct arena *arena, const struct test_case *test, struct buf *log);
#endif
