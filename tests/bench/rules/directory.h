/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_DIRECTORY_H
#define ONWARD_TESTS_BENCH_DIRECTORY_H
#include "rules/index/index.h"

/*
 * Invented services and people to measure with.  A service covers some of 33 boroughs (most 1 to 3,
 * a tenth all), takes 1 to 4 of 40 needs, asks for an age and some rarer things.
 */
#define BENCH_FIVE_CLAUSES                                                                 \
	STR("person.age >= 18 && person.age < 65 && person.area in ['B1', 'B2', 'B7'] && " \
	    "person.woman && !(person.housing in ['own', 'family'])")

/* The facts with their types: clauses are checked, and find a fact by its slot. */
const struct cel_env *bench_env(void);

struct bench_directory;
struct bench_directory *bench_directory_create(size_t services); /* NULL: no memory */
void bench_directory_destroy(struct bench_directory *directory);
/* A snapshot of it; NULL on failure. */
struct index *bench_directory_index(const struct bench_directory *directory);

enum {
	BENCH_FACTS = 16,
	BENCH_NEEDS_MAX = 4
};
struct bench_person {
	struct rules_fact facts[BENCH_FACTS];
	struct cel_value values[BENCH_FACTS]; /* the same, by slot */
	struct cel_value need_values[BENCH_NEEDS_MAX];
	struct rules_fact needs[BENCH_NEEDS_MAX];
	char texts[BENCH_FACTS][16];
	char need_texts[BENCH_NEEDS_MAX][8];
};
/* Number 0 meets BENCH_FIVE_CLAUSES.  Area and needs are always known, of the rest a share not. */
void bench_person_make(struct bench_person *person, unsigned number, unsigned unknown_percent);
void bench_person_note(struct bench_person *person, struct str note);
struct rules_facts bench_facts(struct bench_person *person);
#endif
