/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <criterion/criterion.h>

void fixture_init(struct fixture *fixture)
{
	*fixture = (struct fixture){0};
	arena_init(&fixture->arena, 0);
	arena_init(&fixture->scratch, 0);
	cr_assert_eq(index_builder_create(&fixture->builder), ERR_OK);
}

void fixture_finish(struct fixture *fixture)
{
	index_destroy(fixture->index);
	index_builder_destroy(fixture->builder);
	arena_finish(&fixture->scratch);
	arena_finish(&fixture->arena);
}

struct rules_clause *fixture_compile(struct fixture *fixture, const char *text)
{
	struct rules_clause *clause = NULL;
	struct rules_error error;
	cr_assert_eq(rules_compile(&fixture->arena, str_from(text), &clause, &error), ERR_OK,
		"%s: %s", text, error.message);
	return clause;
}

void fixture_add(struct fixture *fixture, const char *const *rules, size_t count)
{
	const struct rules_clause **clauses =
		arena_array(&fixture->arena, count + 1, sizeof(*clauses));
	cr_assert_not_null(clauses);
	for (size_t i = 0; i < count; i++) {
		clauses[i] = fixture_compile(fixture, rules[i]);
	}
	const struct index_service service = {.clauses = clauses, .clause_count = count};
	cr_assert_eq(index_builder_add(fixture->builder, &service), ERR_OK);
}

void fixture_add_set(struct fixture *fixture, const struct index_set *set)
{
	const struct index_service service = {.sets = set, .set_count = 1};
	cr_assert_eq(index_builder_add(fixture->builder, &service), ERR_OK);
}

void fixture_fact(struct fixture *fixture, const char *path, struct rules_fact fact)
{
	cr_assert_lt(fixture->fact_count, FIXTURE_FACTS);
	fixture->paths[fixture->fact_count] = str_from(path);
	fixture->facts[fixture->fact_count++] = fact;
}

void fixture_int(struct fixture *fixture, const char *path, int64_t integer)
{
	fixture_fact(
		fixture, path, (struct rules_fact){.kind = RULES_FACT_INT, .integer = integer});
}

void fixture_bool(struct fixture *fixture, const char *path, bool boolean)
{
	fixture_fact(
		fixture, path, (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = boolean});
}

void fixture_text(struct fixture *fixture, const char *path, const char *text)
{
	fixture_fact(fixture, path,
		(struct rules_fact){.kind = RULES_FACT_STRING, .string = str_from(text)});
}

void fixture_tags(struct fixture *fixture, const char *path, const char *const *texts, size_t count)
{
	struct rules_fact *items = arena_array(&fixture->arena, count + 1, sizeof(*items));
	cr_assert_not_null(items);
	for (size_t i = 0; i < count; i++) {
		items[i] = (struct rules_fact){
			.kind = RULES_FACT_STRING, .string = str_from(texts[i])};
	}
	fixture_fact(fixture, path,
		(struct rules_fact){.kind = RULES_FACT_LIST, .list = {items, count}});
}

static struct rules_fact fact_get(void *context, struct str path)
{
	const struct fixture *fixture = context;
	for (size_t i = 0; i < fixture->fact_count; i++) {
		if (str_equal(fixture->paths[i], path)) {
			return fixture->facts[i];
		}
	}
	return (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
}

struct rules_facts fixture_facts(struct fixture *fixture)
{
	return (struct rules_facts){.context = fixture, .get = fact_get};
}

void fixture_ask(struct fixture *fixture)
{
	const struct rules_facts facts = fixture_facts(fixture);
	if (fixture->index == NULL) {
		cr_assert_eq(index_create(fixture->builder, &fixture->index), ERR_OK);
	}
	arena_reset(&fixture->scratch);
	cr_assert_eq(
		index_query(fixture->index, &facts, &fixture->scratch, &fixture->fast), ERR_OK);
	cr_assert_eq(index_scan(fixture->index, &facts, &fixture->scratch, &fixture->slow), ERR_OK);
	for (size_t i = 0; i < fixture->slow.service_count; i++) {
		cr_assert_eq(index_verdict_of(&fixture->fast, i),
			index_verdict_of(&fixture->slow, i), "service %zu", i);
	}
}
