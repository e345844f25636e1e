/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_PEOPLE_H
#define ONWARD_DIRECTORY_COVERAGE_PEOPLE_H
#include "directory/coverage/offer.h"

/*
 * Whom the grid asks for, and what the index answers: one woman for each band of ages and each
 * further fact.  Of her nothing else is known, so that a service whose clauses ask for more is
 * counted as one that depends on it.
 */
struct people {
	const struct directory *directory;
	const struct cel_env *facts;
	struct arena arena;   /* compiled clauses and both indexes' lists */
	struct arena scratch; /* one query */
	/* Two indexes of all services: with every clause, and without those whose no is a question
	 * to the service.  Who passes the first is eligible, who passes the second may be. */
	struct index *every, *firm;
	struct clause_table {
		struct rules_clause **clauses; /* by hash of the source; NULL: free */
		size_t size, count;
	} table;
	bool by_pathway; /* a clause reads the pathway, or what hangs on it */
};

struct person {
	int age;
	int pathway; /* -1: not known */
	const struct coverage_case *further;
};

/* Of all services, 64 a word; in people->scratch until the next. */
struct people_answer {
	const uint64_t *eligible, *perhaps;
	size_t words;
};

/* `people` is zeroed.  What it holds is finished by people_finish, also after a failure. */
MUST_CHECK enum err people_init(struct people *people, const struct directory *directory,
	const struct cel_env *facts, struct fault *fault);
void people_finish(struct people *people);
MUST_CHECK enum err people_ask(
	struct people *people, const struct person *person, struct people_answer *ret_answer);

/* Bands of ages and cases of further facts that the clauses cut, in `arena`. */
MUST_CHECK enum err people_bands(struct people *people, struct arena *arena,
	const struct coverage_band **ret_bands, size_t *ret_count);
MUST_CHECK enum err people_cases(struct people *people, struct arena *arena, bool further,
	const struct coverage_case **ret_cases, size_t *ret_count);
#endif
