/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_AUTHOR_FIXTURE_H
#define ONWARD_TESTS_AUTHOR_FIXTURE_H
#include <criterion/criterion.h>

#include "rules/author/check.h"
#include "rules/author/diff.h"
#include "rules/author/trial.h"

/* A book of services written in a test, over a few facts: age (0 to 120), gender (open; mostly
 * female or male), borough (closed: E01 Camden, E02 Hackney, E03 Leeds), leaver, needs (list of a,
 * b, c), need_count, court (a date). */
struct fixture {
	struct arena arena;
	struct author_schema schema;
	struct author_book book;
	struct author_table table;
	struct author_findings findings;
};

void fixture_init(struct fixture *fixture);
void fixture_finish(struct fixture *fixture);
/* A file of that name and text. */
void fixture_add(struct fixture *fixture, const char *path, const char *text);
/* A service `s` whose eligibility is that one clause `c`. */
void fixture_clause(struct fixture *fixture, const char *cel);
/* True when a finding with that code was made. */
bool fixture_found(const struct fixture *fixture, const char *code);
#endif
