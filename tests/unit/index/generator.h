/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_INDEX_GENERATOR_H
#define ONWARD_TESTS_UNIT_INDEX_GENERATOR_H
#include "rules/index/index.h"

/*
 * Random clauses over a few facts, and random people to ask them of: values mostly at the edges of
 * what the clauses ask, a quarter unknown, some of a kind nobody foresaw.
 */
struct generator {
	uint64_t state;
	struct arena *arena; /* of texts and values */
	unsigned codes;      /* texts are one of so many codes; 0: a few odd ones */
};

uint64_t generator_next(struct generator *generator);
/* 0 to below - 1 */
unsigned generator_below(struct generator *generator, unsigned below);
/* A clause, as text; `depth` bounds its nesting. */
struct str generator_clause(struct generator *generator, unsigned depth);
/* The facts with their usual types, for the checker; open.  In the arena. */
const struct cel_env *generator_env(struct arena *arena);
/* A set over "area" or "needs". */
struct index_set generator_set(struct generator *generator);

enum {
	GENERATOR_FACTS = 12
};
struct generator_person {
	struct rules_fact facts[GENERATOR_FACTS];
};
void generator_person(struct generator *generator, struct generator_person *ret_person);
struct rules_facts generator_facts(struct generator_person *person);
#endif
