/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random rules, random people: the index says what evaluating every service says, bit for bit.
 * ONWARD_INDEX_CASES people are asked (20,000 when it is not set); ONWARD_SEED repeats a run.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "generator.h"

enum {
	CASES = 20000,
	PEOPLE = 40, /* for each set of rules */
	CLAUSES_MAX = 5,
	SETS_MAX = 2,
};

static unsigned long long setting(const char *name, unsigned long long usual)
{
	const char *text = getenv(name);
	return text == NULL || text[0] == '\0' ? usual : strtoull(text, NULL, 0);
}

/* A clause that compiles, checked when there is an environment. */
static const struct rules_clause *make_clause(
	struct generator *generator, const struct cel_env *env, unsigned depth)
{
	struct rules_clause *clause = NULL;
	struct rules_error error;
	for (unsigned i = 0; i < 20 && clause == NULL; i++) {
		const struct str source = generator_clause(generator, depth);
		const enum err err =
			rules_compile_in(generator->arena, env, source, &clause, &error);
		cr_assert(err == ERR_OK || env != NULL, "%.*s: %s", STR_ARG(source), error.message);
	}
	if (clause == NULL) {
		cr_assert_eq(rules_compile_in(generator->arena, env, STR("p.yes"), &clause, &error),
			ERR_OK, "%s", error.message);
	}
	return clause;
}

static void add_service(struct generator *generator, struct index_builder *builder,
	const struct cel_env *env, unsigned depth)
{
	const struct rules_clause *clauses[CLAUSES_MAX];
	struct index_set sets[SETS_MAX];
	struct index_service service = {.clauses = clauses, .sets = sets};
	const unsigned wanted = generator_below(generator, CLAUSES_MAX + 1);
	for (unsigned i = 0; i < wanted; i++) {
		clauses[service.clause_count++] = make_clause(generator, env, depth);
	}
	for (unsigned i = generator_below(generator, SETS_MAX + 1); i > 0; i--) {
		sets[service.set_count++] = generator_set(generator);
	}
	cr_assert_eq(index_builder_add(builder, &service), ERR_OK);
}

static void assert_same(const struct index_verdicts *index, const struct index_verdicts *scan,
	unsigned long long seed)
{
	cr_assert_eq(index->service_count, scan->service_count);
	for (size_t i = 0; i < scan->service_count; i++) {
		cr_assert_eq(index_verdict_of(index, i), index_verdict_of(scan, i),
			"service %zu: the index says %d, evaluating %d; ONWARD_SEED=%llu", i,
			(int)index_verdict_of(index, i), (int)index_verdict_of(scan, i), seed);
	}
	cr_assert_eq(index->eligible_count, scan->eligible_count);
	cr_assert_eq(index->undetermined_count, scan->undetermined_count);
	cr_assert_eq(index->error_count, scan->error_count);
}

/* One set of rules and some people; returns how many services were evaluated for them. */
static size_t run(unsigned long long seed, size_t *ret_services)
{
	struct arena arena;
	struct arena scratch;
	struct generator generator = {.state = seed, .arena = &arena};
	struct index_builder *builder = NULL;
	struct index *index = NULL;
	size_t evaluated = 0;
	arena_init(&arena, 0);
	arena_init(&scratch, 0);
	cr_assert_eq(index_builder_create(&builder), ERR_OK);
	const bool many = generator_below(&generator, 50) == 0;
	generator.codes = many ? 900 * generator_below(&generator, 2) : 0;
	const unsigned depth = generator.codes > 0 ? 0 : generator_below(&generator, 4);
	const struct cel_env *env =
		generator_below(&generator, 2) == 0 ? generator_env(&arena) : NULL;
	const unsigned services = 1 + generator_below(&generator, 30) + (many ? 5000 : 0);
	for (unsigned i = 0; i < services; i++) {
		add_service(&generator, builder, env, depth);
	}
	cr_assert_eq(index_create(builder, &index), ERR_OK);
	index_builder_destroy(builder);
	*ret_services = 0;
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct generator_person person;
		struct index_verdicts fast;
		struct index_verdicts slow;
		generator_person(&generator, &person);
		const struct rules_facts facts = generator_facts(&person);
		arena_reset(&scratch);
		cr_assert_eq(index_query(index, &facts, &scratch, &fast), ERR_OK);
		cr_assert_eq(index_scan(index, &facts, &scratch, &slow), ERR_OK);
		assert_same(&fast, &slow, seed);
		evaluated += fast.evaluated_count;
		*ret_services += services;
		if (services > 1000 && i == 4) {
			break;
		}
	}
	index_destroy(index);
	arena_finish(&scratch);
	arena_finish(&arena);
	return evaluated;
}

Test(differential, the_index_disagrees_with_evaluating)
{
	const unsigned long long cases = setting("ONWARD_INDEX_CASES", CASES);
	const unsigned long long seed = setting("ONWARD_SEED", 1);
	size_t asked = 0;
	size_t evaluated = 0;
	for (unsigned long long done = 0; done < cases; done += PEOPLE) {
		size_t services;
		evaluated += run(seed + done / PEOPLE, &services);
		asked += services;
	}
	printf("differential: %llu people from seed %llu, %zu verdicts, %zu of them evaluated\n",
		cases, seed, asked, evaluated);
	cr_assert_lt(evaluated, asked, "an index that leaves all to the evaluator is none");
}
