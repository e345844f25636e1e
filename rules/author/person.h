/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_PERSON_H
#define ONWARD_RULES_AUTHOR_PERSON_H
#include "rules/author/book.h"

/*
 * Somebody to ask clauses of: a value, or none, for each fact of the schema.
 */
struct author_person {
	const struct author_schema *schema;
	struct rules_fact *facts; /* one for each of the schema's; at first all unknown */
};

/* False when memory is short. */
bool author_person_init(
	struct author_person *person, const struct author_schema *schema, struct arena *arena);
/* What rules_evaluate asks; the person must stay while it is used. */
struct rules_facts author_person_facts(struct author_person *person);
/* A fact out of the text of a table: `true`, `16`, `E09000007`, `a; b` for a list, `[]` for an
 * empty one, `unknown`, `null`.  Texts of a list stay borrowed.  False with a sentence when it is
 * none of that type or vocabulary. */
bool author_fact_read(const struct author_fact *fact, struct str text, struct arena *arena,
	struct rules_fact *ret_fact, char message[200]);
/* The same back as it would stand in a table. */
struct str author_fact_text(const struct rules_fact *fact, struct arena *arena);

enum author_verdict {
	AUTHOR_ELIGIBLE,
	AUTHOR_INELIGIBLE,
	AUTHOR_UNDETERMINED,
	AUTHOR_FAILED, /* an error: a person decides */
};
const char *author_verdict_name(enum author_verdict verdict);
/* -1 when it is none. */
int author_verdict_find(struct str name);

/* What each clause of a service says of the person; with `ask` a no is an unknown. */
struct author_judgement {
	enum author_verdict verdict;        /* of the eligibility clauses */
	const struct rules_result *results; /* one for each clause, in the arena */
};
/* Clauses that do not compile are errors. */
struct author_judgement author_judge(
	const struct author_service *service, struct author_person *person, struct arena *arena);
#endif
