/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_INDEX_FIXTURE_H
#define ONWARD_TESTS_UNIT_INDEX_FIXTURE_H
#include "rules/index/index.h"

/* A few services and one person. */
enum {
	FIXTURE_FACTS = 16
};
struct fixture {
	struct arena arena, scratch;
	struct index_builder *builder;
	struct index *index; /* made by the first fixture_ask */
	struct str paths[FIXTURE_FACTS];
	struct rules_fact facts[FIXTURE_FACTS];
	size_t fact_count;
	struct index_verdicts fast, slow;
};

void fixture_init(struct fixture *fixture);
void fixture_finish(struct fixture *fixture);
struct rules_clause *fixture_compile(struct fixture *fixture, const char *text);
void fixture_add(struct fixture *fixture, const char *const *rules, size_t count);
void fixture_add_set(struct fixture *fixture, const struct index_set *set);
/* What is not given is unknown. */
void fixture_fact(struct fixture *fixture, const char *path, struct rules_fact fact);
void fixture_int(struct fixture *fixture, const char *path, int64_t integer);
void fixture_bool(struct fixture *fixture, const char *path, bool boolean);
void fixture_text(struct fixture *fixture, const char *path, const char *text);
void fixture_tags(
	struct fixture *fixture, const char *path, const char *const *texts, size_t count);
struct rules_facts fixture_facts(struct fixture *fixture);
/* Asks the index and evaluates every service; they must say the same. */
void fixture_ask(struct fixture *fixture);
#endif
