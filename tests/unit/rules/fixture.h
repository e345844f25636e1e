/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_RULES_FIXTURE_H
#define ONWARD_TESTS_RULES_FIXTURE_H
#include <criterion/criterion.h>
#include <stdio.h>

#include "rules/rules.h"

/* One fact of a test's person, with its label ("" for none). */
struct fixture_fact {
	const char *path;
	const char *label;
	struct rules_fact fact;
};

#define FACT_UNKNOWN                       \
	{                                  \
		.kind = RULES_FACT_UNKNOWN \
	}
#define FACT_NULL                       \
	{                               \
		.kind = RULES_FACT_NULL \
	}
#define FACT_BOOL(b)                                    \
	{                                               \
		.kind = RULES_FACT_BOOL, .boolean = (b) \
	}
#define FACT_INT(i)                                    \
	{                                              \
		.kind = RULES_FACT_INT, .integer = (i) \
	}
#define FACT_DOUBLE(d)                                   \
	{                                                \
		.kind = RULES_FACT_DOUBLE, .number = (d) \
	}
#define FACT_TEXT(s)                                                       \
	{                                                                  \
		.kind = RULES_FACT_STRING, .string = {(s), sizeof(s) - 1 } \
	}
#define FACT_LIST(a)                                                                \
	{                                                                           \
		.kind = RULES_FACT_LIST, .list = {(a), sizeof(a) / sizeof((a)[0]) } \
	}

struct fixture_person {
	const struct fixture_fact *facts;
	size_t count;
};

/* Facts of `person`, which must outlive them; a path that is not there is ABSENT. */
struct rules_facts fixture_facts(struct fixture_person *person);
/* The person that the vectors speak of. */
extern struct fixture_person fixture_woman;

/* Fails the test with the message when `source` does not compile. */
struct rules_clause *fixture_compile(struct arena *arena, const char *source);
/* 'T', 'F', 'U' or 'E'. */
char fixture_letter(enum rules_answer answer);

struct fixture_vector {
	const char *source;
	char answer;
	const char
		*missing; /* U: the paths with a blank between; E: a part of the error; or NULL */
};
void fixture_run(const struct fixture_vector *vectors, size_t count);
#define FIXTURE_RUN(vectors) fixture_run((vectors), sizeof(vectors) / sizeof((vectors)[0]))
#endif
