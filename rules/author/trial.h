/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_TRIAL_H
#define ONWARD_RULES_AUTHOR_TRIAL_H
#include "rules/author/region.h"
#include "rules/author/table.h"

/*
 * A table of tests run against a book: what came out, which clauses the tests have put to use, and
 * the people at the thresholds that no test asks about.
 */
struct author_outcome {
	const struct author_case *of;
	const struct author_service *service; /* NULL: there is none of that name */
	enum author_verdict verdict;
	bool passed;
	struct str why; /* not passed: one sentence a line */
};

/* What the tests have seen of one clause. */
struct author_use {
	const struct author_service *service;
	const struct author_clause *clause;
	unsigned answers[4]; /* by enum rules_answer, `ask` not counted in */
	unsigned decided;    /* tests in which it alone kept the service from being eligible */
};

/* Somebody at a threshold of a clause, whom no test asks about. */
struct author_probe {
	const struct author_service *service;
	const struct author_clause *clause;
	struct str facts; /* "person.age = 17" */
	enum rules_answer answer;
};

struct author_trial {
	const struct author_outcome *outcomes; /* in the order of the table */
	size_t outcome_count, failed;
	const struct author_use *uses; /* every clause of the services that have a test */
	size_t use_count;
	const struct author_probe *probes;
	size_t probe_count;
	const struct author_service *const *untested; /* with clauses, without a test */
	size_t untested_count;
};

/* All of it in the arena.  ERR_NOMEM. */
MUST_CHECK enum err author_trial_run(const struct author_book *book,
	const struct author_table *table, struct arena *arena, struct author_trial *ret_trial);
/* True when tests have seen the clause say both yes and no. */
bool author_use_covered(const struct author_use *use);
/* Fills the probes of a trial that has run otherwise. */
void author_trial_probe(const struct author_schema *schema, const struct author_table *table,
	struct arena *arena, struct author_trial *trial);
#endif
