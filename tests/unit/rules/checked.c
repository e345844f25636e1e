/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/fixture.h"

static const struct cel_declaration FACTS[] = {
	{{"person.age", 10}, &cel_type_int},
	{{"person.area", 11}, &cel_type_string},
	{{"needs", 5}, &cel_type_list_string},
	{{"person.pregnant", 15}, &cel_type_bool},
};
enum {
	AGE,
	AREA,
	NEEDS,
	PREGNANT,
	FACT_COUNT
};

static struct arena arena;
static struct cel_env env;

static void start(void)
{
	arena_init(&arena, 0);
	cr_assert_eq(cel_env_init(&env, &arena, (struct str){0}, FACTS, FACT_COUNT), ERR_OK);
}

static void finish(void)
{
	arena_finish(&arena);
}

TestSuite(checked, .init = start, .fini = finish);

static enum err compile(const char *source, struct rules_clause **clause, struct rules_error *error)
{
	return rules_compile_in(&arena, &env, str_from(source), clause, error);
}

Test(checked, a_clause_that_cannot_be_is_refused_when_it_is_loaded)
{
	static const struct {
		const char *source;
		enum err err;
		unsigned column;
		const char *part;
	} CASES[] = {
		{"person.age >= '18'", ERR_INVALID, 12, "(int, string)"},
		{"person.age + 1", ERR_INVALID, 1, "not yes or no"},
		{"needs", ERR_INVALID, 1, "not yes or no"},
		{"timestamp(person.area) > timestamp('garbage')", ERR_INVALID, 36, "no time"},
		{"needs.all(n, duration(n) > duration('1d'))", ERR_INVALID, 37, "no duration"},
		{"person.agee >= 18", ERR_INVALID, 1, "undeclared reference"},
		{"'housing' in person.area", ERR_INVALID, 11, "(string, string)"},
		{"needs.all(a, needs.all(b, needs.all(c, a + b == c)))", ERR_TOO_LARGE, 1,
			"too long"},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct rules_clause *clause = NULL;
		struct rules_error error;
		cr_expect_eq(compile(CASES[i].source, &clause, &error), CASES[i].err, "%s: %s",
			CASES[i].source, error.message);
		cr_expect_null(clause);
		cr_expect_eq(error.column, CASES[i].column, "%s: column %u", CASES[i].source,
			error.column);
		cr_expect_not_null(strstr(error.message, CASES[i].part), "%s: %s", CASES[i].source,
			error.message);
	}
}

static struct rules_fact never(void *context, struct str path)
{
	(void)context;
	cr_expect_fail("%.*s is asked for, and given already", STR_ARG(path));
	return (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
}

static void expect(
	const char *source, const struct cel_value *values, char letter, const char *missing)
{
	struct rules_clause *clause;
	struct rules_error error;
	cr_assert_eq(compile(source, &clause, &error), ERR_OK, "%s: %s", source, error.message);
	const struct rules_facts facts = {.get = never, .values = values};
	const struct rules_result result = rules_evaluate(clause, &facts, &arena);
	cr_expect_eq(fixture_letter(result.answer), letter, "%s: %c", source,
		fixture_letter(result.answer));
	if (letter == 'U') {
		cr_assert_eq(result.missing_count, 1, "%s", source);
		cr_expect(str_is(result.missing[0], missing), "%s: %.*s", source,
			STR_ARG(result.missing[0]));
	}
	const struct str words = rules_explain(clause, &facts, &result, true, &arena);
	cr_expect_gt(words.len, 0);
}

Test(checked, facts_given_as_a_table_are_read_by_their_places)
{
	const struct cel_value needs[] = {cel_string(STR("debt")), cel_string(STR("housing"))};
	const struct cel_value values[FACT_COUNT] = {
		[AGE] = cel_int(30),
		[AREA] = cel_string(STR("E09000007")),
		[NEEDS] = cel_list(needs, 2),
		[PREGNANT] = cel_unknown(),
	};
	expect("person.age >= 18", values, 'T', NULL);
	expect("person.age < 18 || person.age > 30", values, 'F', NULL);
	expect("person.area in ['E09000007', 'E09000019'] && 'housing' in needs", values, 'T',
		NULL);
	expect("person.area != 'E09000007' || !('food' in needs)", values, 'T', NULL);
	expect("!(person.area in ['E09000007']) && person.pregnant", values, 'F', NULL);
	expect("person.age >= 18 && person.pregnant", values, 'U', "person.pregnant");
	expect("!person.pregnant || person.age == 31", values, 'U', "person.pregnant");
	expect("needs.exists(n, n in ['food', 'debt']) && person.age != 31", values, 'T', NULL);
}

Test(checked, a_value_of_another_type_than_declared_is_an_error)
{
	const struct cel_value values[FACT_COUNT] = {
		[AGE] = cel_string(STR("30")),
		[AREA] = cel_int(7),
		[NEEDS] = cel_null(),
		[PREGNANT] = cel_int(1),
	};
	expect("person.age >= 18", values, 'E', NULL);
	expect("person.age >= 18 && person.age < 26", values, 'E', NULL);
	expect("person.area in ['a'] || person.area < 'b'", values, 'E', NULL);
	expect("'housing' in needs || 'debt' in needs", values, 'E', NULL);
	expect("person.pregnant || person.age > 3", values, 'E', NULL);
}

static struct rules_fact count(void *context, struct str path)
{
	unsigned *asked = context;
	(void)path;
	++*asked;
	return (struct rules_fact){.kind = RULES_FACT_INT, .integer = 30};
}

Test(checked, a_fact_that_is_kept_is_not_asked_for_again)
{
	unsigned asked = 0;
	struct rules_kept kept[FACT_COUNT] = {{.asked = false}};
	const struct rules_facts facts = {.context = &asked, .get = count, .kept = kept};
	static const char *const SOURCES[] = {
		"person.age >= 18", "person.age < 65 && person.age > 2", "person.age == 30"};
	for (size_t i = 0; i < sizeof(SOURCES) / sizeof(SOURCES[0]); i++) {
		struct rules_clause *clause;
		struct rules_error error;
		cr_assert_eq(compile(SOURCES[i], &clause, &error), ERR_OK);
		cr_expect_eq(rules_evaluate(clause, &facts, &arena).answer, RULES_YES);
	}
	cr_expect_eq(asked, 1, "%u times", asked);
}
