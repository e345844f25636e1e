/* SPDX-License-Identifier: Apache-2.0 */
/* Every shape of a clause x {true, false, unknown, error}, with values and without, against
 * tests/golden/rules/accounts.txt; UPDATE_GOLDEN=1 writes it. */
#include "broker/base/buf.h"
#include "tests/unit/rules/fixture.h"

#include <stdlib.h>

static const struct rules_fact DEBT[] = {FACT_TEXT("food"), FACT_TEXT("debt")};
static const struct rules_fact FOOD[] = {FACT_TEXT("food")};

#define LIST(a)                                                                     \
	{                                                                           \
		.kind = RULES_FACT_LIST, .list = {(a), sizeof(a) / sizeof((a)[0]) } \
	}
#define MOMENT(s)                                                               \
	{                                                                       \
		.kind = RULES_FACT_TIMESTAMP, .integer = INT64_C(1000000) * (s) \
	}

/* A clause over the fact `p.x`, and a value for which it is true and false. */
static const struct shape {
	const char *source;
	const char *label;
	struct rules_fact met, unmet;
} SHAPES[] = {
	{"p.x", "care leaver", FACT_BOOL(true), FACT_BOOL(false)},
	{"!p.x", "pregnant", FACT_BOOL(false), FACT_BOOL(true)},
	{"p.x >= 18", "age", FACT_INT(18), FACT_INT(16)},
	{"p.x < 26", "age", FACT_INT(25), FACT_INT(30)},
	{"p.x > 2.5", "score", FACT_DOUBLE(3), FACT_DOUBLE(2.5)},
	{"p.x < 2.5", "score", FACT_DOUBLE(2), FACT_DOUBLE(2.5)},
	{"p.x >= timestamp('2019-06-30T23:00:00Z')", "release date", MOMENT(1561935600),
		MOMENT(1560294000)},
	{"p.x <= timestamp('2019-06-30T23:00:00Z')", "release date", MOMENT(1560294000),
		MOMENT(1562022000)},
	{"p.x > '2019-06-12'", "court date", FACT_TEXT("2019-07-05"), FACT_TEXT("2019-06-01")},
	{"p.x < '2019-06-12'", "court date", FACT_TEXT("2019-06-01"), FACT_TEXT("2019-07-05")},
	{"p.x == 'Camden'", "borough", FACT_TEXT("Camden"), FACT_TEXT("Leeds")},
	{"p.x != 'Leeds'", "borough", FACT_TEXT("Camden"), FACT_TEXT("Leeds")},
	{"p.x in ['Camden', 'Hackney']", "borough", FACT_TEXT("Hackney"), FACT_TEXT("Leeds")},
	{"!(p.x in ['Leeds', 'York'])", "borough", FACT_TEXT("Hackney"), FACT_TEXT("Leeds")},
	{"'debt' in p.x", "needs", LIST(DEBT), LIST(FOOD)},
	{"p.x.exists(n, n in ['debt', 'health'])", "needs", LIST(DEBT), LIST(FOOD)},
	{"!('debt' in p.x)", "needs", LIST(FOOD), LIST(DEBT)},
	{"p.x.all(n, n != 'debt')", "needs", LIST(FOOD), LIST(DEBT)},
	{"size(p.x) >= 2", "needs", LIST(DEBT), LIST(FOOD)},
	{"p.x.startsWith('SE')", "postcode", FACT_TEXT("SE1 7PB"), FACT_TEXT("N1 9GU")},
	{"!p.x.startsWith('SE')", "postcode", FACT_TEXT("N1 9GU"), FACT_TEXT("SE1 7PB")},
	{"has(p.x)", "prison", FACT_TEXT("BZI"), FACT_NULL},
	{"p.x == null", "prison", FACT_NULL, FACT_TEXT("BZI")},
	{"p.x * 2 > 60", "income", FACT_INT(31), FACT_INT(16)},
	{"p.x.matches('^[A-Z]')", "name", FACT_TEXT("Ana"), FACT_TEXT("ana")},
	{"p.x >= 18 && p.x <= 24", "age", FACT_INT(20), FACT_INT(30)},
	{"p.x < 18 || p.x > 60", "age", FACT_INT(70), FACT_INT(30)},
	{"p.x >= 18 ? p.x < 60 : false", "age", FACT_INT(30), FACT_INT(70)},
};

static void say(
	struct buf *out, const struct shape *shape, const char *name, struct rules_fact fact)
{
	const struct fixture_fact facts[] = {{"p.x", shape->label, fact}};
	/* Without any fact `p.x` the clause is an error. */
	struct fixture_person person = {facts, fact.kind == RULES_FACT_ABSENT ? 0 : 1};
	const struct rules_facts given = fixture_facts(&person);
	struct arena arena;
	arena_init(&arena, 0);
	const struct rules_clause *clause = fixture_compile(&arena, shape->source);
	const struct rules_result result = rules_evaluate(clause, &given, &arena);
	const struct str shown = rules_explain(clause, &given, &result, true, &arena);
	const struct str hidden = rules_explain(clause, &given, &result, false, &arena);
	buf_printf(out, "  %-8s %c  %.*s\n", name, fixture_letter(result.answer), STR_ARG(shown));
	if (!str_equal(shown, hidden)) {
		buf_printf(out, "              %.*s\n", STR_ARG(hidden));
	}
	arena_finish(&arena);
}

Test(rules, every_shape_has_its_words_for_true_false_unknown_and_error)
{
	static const char path[] = "tests/golden/rules/accounts.txt";
	struct buf text = {0};
	struct buf want = {0};
	for (size_t i = 0; i < sizeof(SHAPES) / sizeof(SHAPES[0]); i++) {
		buf_printf(&text, "%s\n", SHAPES[i].source);
		say(&text, &SHAPES[i], "true", SHAPES[i].met);
		say(&text, &SHAPES[i], "false", SHAPES[i].unmet);
		say(&text, &SHAPES[i], "unknown", (struct rules_fact){.kind = RULES_FACT_UNKNOWN});
		say(&text, &SHAPES[i], "error", (struct rules_fact){.kind = RULES_FACT_ABSENT});
	}
	if (getenv("UPDATE_GOLDEN") != NULL) {
		cr_assert_eq(buf_write_file(buf_str(&text), path, 0644), ERR_OK);
		return;
	}
	cr_assert_eq(buf_read_file(&want, path, 1 << 20), ERR_OK);
	cr_expect(str_equal(buf_str(&want), buf_str(&text)),
		"%s differs; if that is meant: UPDATE_GOLDEN=1\n%.*s", path,
		STR_ARG(buf_str(&text)));
	buf_finish(&want);
	buf_finish(&text);
}

static struct rules_result answer_of(
	struct arena *arena, const struct rules_clause *clause, struct fixture_person *person)
{
	const struct rules_facts facts = fixture_facts(person);
	return rules_evaluate(clause, &facts, arena);
}

Test(rules, the_authors_words_stand_first_and_a_question_is_asked_for_a_no)
{
	static const struct fixture_fact girl[] = {{"age", "age", FACT_INT(16)}};
	static const struct fixture_fact nobody[] = {{"age", "age", FACT_UNKNOWN}};
	struct fixture_person person = {girl, 1};
	struct fixture_person unknown = {nobody, 1};
	struct rules_facts facts = fixture_facts(&person);
	struct arena arena;
	arena_init(&arena, 0);
	const struct rules_clause *clause = fixture_compile(&arena, "age >= 18");
	struct rules_result result = answer_of(&arena, clause, &person);
	struct rules_wording wording = {.show_values = true, .means = STR("She is 18 or over.")};
	struct str text = rules_account(clause, &facts, &result, &wording, &arena);
	cr_expect(str_is(text, "She is 18 or over: age 16 is below the service's minimum 18"),
		"%.*s", STR_ARG(text));
	/* otherwise: ask */
	wording.question = STR("Does it take a girl of her age?");
	result.answer = RULES_UNKNOWN;
	text = rules_account(clause, &facts, &result, &wording, &arena);
	cr_expect(str_is(text, "age 16 is below the service's minimum 18: Does it take a girl of "
			       "her age?"),
		"%.*s", STR_ARG(text));
	/* A fact that is missing is asked of her, not of the service. */
	facts = fixture_facts(&unknown);
	result = answer_of(&arena, clause, &unknown);
	text = rules_account(clause, &facts, &result, &wording, &arena);
	cr_expect(str_is(text, "She is 18 or over: need to know: age (the service requires 18 or "
			       "over)"),
		"%.*s", STR_ARG(text));
	arena_finish(&arena);
}

Test(rules, what_no_part_decides_alone_is_said_by_the_whole)
{
	static const struct fixture_fact nobody[] = {{"age", "age", FACT_UNKNOWN}};
	struct fixture_person unknown = {nobody, 1};
	const struct rules_facts facts = fixture_facts(&unknown);
	struct arena arena;
	arena_init(&arena, 0);
	const struct rules_clause *clause = fixture_compile(&arena, "age < 18 && age >= 20");
	const struct rules_result result = {.answer = RULES_NO};
	const struct str text = rules_explain(clause, &facts, &result, true, &arena);
	cr_expect(str_is(text, "condition not met: age < 18 && age >= 20, whatever is still "
			       "unknown"),
		"%.*s", STR_ARG(text));
	arena_finish(&arena);
}

static struct str change(void *context, struct str path, enum rules_bound bound, int64_t threshold)
{
	(void)context;
	return str_is(path, "age") && bound == RULES_AT_LEAST && threshold == 18
		       ? STR("from 14 March 2021: age 18")
		       : (struct str){0};
}

static void changes(const char *source, bool show_values, const char *wanted)
{
	static const struct fixture_fact girl[] = {
		{"age", "age", FACT_INT(16)}, {"leaver", "care leaver", FACT_BOOL(false)}};
	struct fixture_person person = {girl, 2};
	struct rules_facts facts = fixture_facts(&person);
	struct arena arena;
	arena_init(&arena, 0);
	facts.change = change;
	const struct rules_clause *clause = fixture_compile(&arena, source);
	const struct rules_result result = rules_evaluate(clause, &facts, &arena);
	const struct str text = rules_explain(clause, &facts, &result, show_values, &arena);
	cr_expect(str_is(text, wanted), "%s: %.*s", source, STR_ARG(text));
	arena_finish(&arena);
}

Test(rules, a_day_is_named_only_where_that_one_fact_decides_and_values_are_shown)
{
	changes("age >= 18", true,
		"age 16 is below the service's minimum 18; from 14 March 2021: age 18");
	changes("age > 17 || age > 90", true,
		"needs one of: age 18 or over (age is 16); age 91 or over (age is 16)");
	changes("age >= 18", false, "age is below the service's minimum 18");
	changes("age >= 18 && leaver", true,
		"age 16 is below the service's minimum 18; the service is only for: care leaver "
		"(the answer is no)");
	changes("age >= 21", true, "age 16 is below the service's minimum 21");
}
