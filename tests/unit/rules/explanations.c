/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/fixture.h"

static const struct rules_fact FOOD[] = {FACT_TEXT("food"), FACT_TEXT("debt")};
static const struct rules_fact MANY[] = {FACT_TEXT("a"), FACT_TEXT("b"), FACT_TEXT("c"),
	FACT_TEXT("d"), FACT_TEXT("e"), FACT_TEXT("f"), FACT_TEXT("g"), FACT_TEXT("h")};

static const struct fixture_fact PERSON[] = {
	{"age", "age", FACT_INT(16)},
	{"score", "score", FACT_DOUBLE(2.5)},
	{"borough", "borough", FACT_TEXT("Leeds")},
	{"needs", "needs", FACT_LIST(FOOD)},
	{"many", "many", FACT_LIST(MANY)},
	{"no_needs", "needs", {.kind = RULES_FACT_LIST}},
	{"nrpf", "no recourse to public funds", FACT_BOOL(true)},
	{"leaver", "care leaver", FACT_BOOL(false)},
	{"partner", "partner", FACT_NULL},
	{"income", "", FACT_INT(1900)},
	{"born", "date of birth", FACT_UNKNOWN},
	{"years", "date of birth", FACT_UNKNOWN},
	{"where", "local authority", FACT_UNKNOWN},
	/* 2019-06-11T23:00:00Z, midnight in London */
	{"release", "release date", {.kind = RULES_FACT_TIMESTAMP, .integer = 1560294000000000}},
	{"stay", "stay", {.kind = RULES_FACT_DURATION, .integer = INT64_C(14) * 86400000000}},
};
static struct fixture_person person = {PERSON, sizeof(PERSON) / sizeof(PERSON[0])};

static const struct {
	const char *source;
	const char *shown;
	const char *hidden;
} GOLDEN[] = {
	/* minimum and maximum */
	{"age >= 18", "age 16 is below the service's minimum 18",
		"age is below the service's minimum 18"},
	{"18 <= age", "age 16 is below the service's minimum 18",
		"age is below the service's minimum 18"},
	{"age > 17", "age 16 is below the service's minimum 18",
		"age is below the service's minimum 18"},
	{"!(age < 18)", "age 16 is below the service's minimum 18",
		"age is below the service's minimum 18"},
	{"!!(age >= 9 * 2)", "age 16 is below the service's minimum 18",
		"age is below the service's minimum 18"},
	{"age <= 15", "age 16 is above the service's maximum 15",
		"age is above the service's maximum 15"},
	{"age < 16", "age 16 is above the service's maximum 15",
		"age is above the service's maximum 15"},
	{"!(age >= 16)", "age 16 is above the service's maximum 15",
		"age is above the service's maximum 15"},
	{"age >= 16", "age 16 meets the service's minimum 16", "age meets the service's minimum"},
	{"age < 26", "age 16 is within the service's maximum 25",
		"age is within the service's maximum"},
	{"score > 2.5", "score 2.5 is not above 2.5, as the service requires",
		"score is not above the service's limit"},
	{"score < 2", "score 2.5 is not below 2, as the service requires",
		"score is not below the service's limit"},
	{"score < 3", "score 2.5 is below the service's limit 3, as required",
		"score is below the service's limit, as required"},
	{"age > 9223372036854775807",
		"age 16 is not above 9223372036854775807, as the service requires",
		"age is not above the service's limit"},
	{"age < -9223372036854775807 - 1",
		"age 16 is not below -9223372036854775808, as the service requires",
		"age is not below the service's limit"},
	/* times */
	{"release >= timestamp('2019-06-30T23:00:00Z')",
		"release date Wed 12 Jun 2019 is before the service's earliest, Mon 1 Jul 2019",
		"release date is before the service's earliest, Mon 1 Jul 2019"},
	{"release < timestamp('2019-06-01T11:30:00Z')",
		"release date Wed 12 Jun 2019 is not before Sat 1 Jun 2019, 12:30, as the service "
		"requires",
		"release date is not early enough for the service"},
	{"stay > duration('504h')", "stay 14 days is not above 21 days, as the service requires",
		"stay is not above the service's limit"},
	/* one value */
	{"borough == 'Camden'", "borough is Leeds, but the service requires Camden",
		"borough is not Camden, which the service requires"},
	{"borough == 'Leeds'", "borough is Leeds, as the service requires",
		"borough is as the service requires"},
	{"borough != 'Leeds'", "the service does not accept borough Leeds",
		"borough is one the service does not accept"},
	{"borough != 'Camden'", "borough Leeds is one the service accepts",
		"borough is one the service accepts"},
	/* lists */
	{"borough in ['Camden', 'Hackney', 'Barnet']",
		"borough is Leeds, but the service requires Camden, Hackney or Barnet",
		"borough is not among those the service requires: Camden, Hackney or Barnet"},
	{"borough in ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']",
		"borough is Leeds, but the service requires a, b, c, d, e, f or 2 others",
		"borough is not among those the service requires: a, b, c, d, e, f or 2 others"},
	{"borough in ['Leeds']", "borough Leeds is among those the service requires",
		"borough is among those the service requires"},
	{"!(borough in ['Leeds', 'York'])", "the service does not accept borough Leeds",
		"borough is one the service does not accept"},
	{"'housing' in needs", "needs lists food and debt, but the service requires housing",
		"needs does not include housing, which the service requires"},
	{"needs.exists(n, n in ['housing', 'health'])",
		"needs lists food and debt, but the service requires housing or health",
		"needs does not include housing or health, which the service requires"},
	{"needs.exists(n, n == 'housing')",
		"needs lists food and debt, but the service requires housing",
		"needs does not include housing, which the service requires"},
	{"'x' in many", "many lists a, b, c, d, e, f and 2 others, but the service requires x",
		"many does not include x, which the service requires"},
	{"'x' in no_needs", "needs lists none, but the service requires x",
		"needs does not include x, which the service requires"},
	{"!('food' in needs)", "needs lists food and debt, but the service does not accept food",
		"needs includes what the service does not accept"},
	{"needs.all(n, n != 'food')",
		"needs lists food and debt, but the service does not accept food",
		"needs includes what the service does not accept"},
	{"needs.all(n, !(n in ['food', 'x']))",
		"needs lists food and debt, but the service does not accept food or x",
		"needs includes what the service does not accept"},
	/* yes or no */
	{"leaver", "the service is only for: care leaver (the answer is no)",
		"the service is only for: care leaver"},
	{"leaver == true", "the service is only for: care leaver (the answer is no)",
		"the service is only for: care leaver"},
	{"!nrpf", "the service cannot accept: no recourse to public funds (the answer is yes)",
		"the service cannot accept: no recourse to public funds"},
	{"nrpf != true",
		"the service cannot accept: no recourse to public funds (the answer is yes)",
		"the service cannot accept: no recourse to public funds"},
	{"nrpf", "no recourse to public funds is yes, as the service requires",
		"no recourse to public funds is as the service requires"},
	{"partner != null", "partner is not recorded, and the service requires it",
		"partner is not recorded, and the service requires it"},
	{"age == null", "age is recorded, which the service does not accept",
		"age is recorded, which the service does not accept"},
	/* logic */
	{"age >= 18 && borough == 'Camden' && nrpf",
		"age 16 is below the service's minimum 18; borough is Leeds, but the service "
		"requires "
		"Camden",
		"age is below the service's minimum 18; borough is not Camden, which the service "
		"requires"},
	{"age >= 60 || leaver", "needs one of: age 60 or over (age is 16); care leaver (no)",
		"needs one of: age 60 or over; care leaver"},
	{"!(age < 60 && !leaver)", "needs one of: age 60 or over (age is 16); care leaver (no)",
		"needs one of: age 60 or over; care leaver"},
	{"(age >= 60 && nrpf) || !nrpf || borough in ['x', 'y']",
		"needs one of: age 60 or over (age is 16); not no recourse to public funds (yes); "
		"borough x or y (borough is Leeds)",
		"needs one of: age 60 or over; not no recourse to public funds; borough x or y"},
	{"age >= 60 || (leaver && (borough == 'x' || 'x' in needs))",
		"needs one of: age 60 or over (age is 16); care leaver (no) and (borough x "
		"(borough "
		"is Leeds) or needs including x (needs lists food and debt))",
		"needs one of: age 60 or over; care leaver and (borough x or needs including x)"},
	{"age >= 16 || leaver", "age 16 meets the service's minimum 16",
		"age meets the service's minimum"},
	{"leaver ? age < 25 : age >= 18", "age 16 is below the service's minimum 18",
		"age is below the service's minimum 18"},
	{"age >= 18 && where == 'x'", "age 16 is below the service's minimum 18",
		"age is below the service's minimum 18"},
	/* anything else */
	{"income * 2 < 1000 + age",
		"condition not met: income * 2 < 1000 + age (age = 16, income = 1900); it would be "
		"met if income were 507",
		"condition not met: income * 2 < 1000 + age"},
	{"nrpf && borough.endsWith(\"C\")",
		"condition not met: borough.endsWith('C') (borough = Leeds)",
		"condition not met: borough.endsWith('C')"},
	{"!borough.endsWith('s')", "condition not met: !(borough.endsWith('s')) (borough = Leeds)",
		"condition not met: !(borough.endsWith('s'))"},
	{"borough.endsWith('s')", "condition met: borough.endsWith('s') (borough = Leeds)",
		"condition met: borough.endsWith('s')"},
	{"leaver == nrpf",
		"condition not met: leaver == nrpf (care leaver = no, no recourse to public funds "
		"= yes); it would be met if care leaver were yes",
		"condition not met: leaver == nrpf"},
	/* beginnings and counts */
	{"nrpf && borough.startsWith(\"C\")",
		"borough Leeds does not begin with C, as the service requires",
		"borough does not begin as the service requires"},
	{"!borough.startsWith('L')",
		"borough Leeds begins with L, which the service does not accept",
		"borough begins with what the service does not accept"},
	{"size(needs) >= 3", "number of needs 2 is below the service's minimum 3",
		"number of needs is below the service's minimum 3"},
	{"needs.size() > 2", "number of needs 2 is below the service's minimum 3",
		"number of needs is below the service's minimum 3"},
	{"borough.size() == 4", "length of borough is 5, but the service requires 4",
		"length of borough is not 4, which the service requires"},
	{"false", "condition not met: false", "condition not met: false"},
	/* unknown: one question for two facts that come from it */
	{"where == 'x' && years >= 18 && born != '' && nrpf",
		"need to know: date of birth, local authority",
		"need to know: date of birth, local authority"},
	{"where in ['x', 'y']", "need to know: local authority (the service requires x or y)",
		"need to know: local authority (the service requires x or y)"},
	{"years < 26", "need to know: date of birth (the service requires below 26)",
		"need to know: date of birth (the service requires below 26)"},
	{"income > 1 / 0",
		"the rule could not be evaluated (division by zero at column 12): check by hand "
		"(income = 1900)",
		"the rule could not be evaluated (division by zero at column 12): check by hand"},
	{"agee >= 18", "the rule could not be evaluated (no such fact: agee): check by hand",
		"the rule could not be evaluated (no such fact: agee): check by hand"},
};

static void check(const char *source, bool show_values, const char *wanted)
{
	struct arena arena;
	arena_init(&arena, 0);
	const struct rules_facts facts = fixture_facts(&person);
	const struct rules_clause *clause = fixture_compile(&arena, source);
	const struct rules_result result = rules_evaluate(clause, &facts, &arena);
	const struct str text = rules_explain(clause, &facts, &result, show_values, &arena);
	cr_expect(str_is(text, wanted), "%s:\n is     %.*s\n wanted %s", source, STR_ARG(text),
		wanted);
	arena_finish(&arena);
}

Test(rules, every_shape_is_explained_in_its_own_words)
{
	for (size_t i = 0; i < sizeof(GOLDEN) / sizeof(GOLDEN[0]); i++) {
		check(GOLDEN[i].source, true, GOLDEN[i].shown);
		check(GOLDEN[i].source, false, GOLDEN[i].hidden);
	}
}

Test(rules, a_fact_without_a_label_is_named_by_its_path)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct rules_facts facts = fixture_facts(&person);
	facts.label = NULL;
	const struct rules_clause *clause = fixture_compile(&arena, "age >= 18");
	const struct rules_result result = rules_evaluate(clause, &facts, &arena);
	const struct str text = rules_explain(clause, &facts, &result, false, &arena);
	cr_expect(str_is(text, "age is below the service's minimum 18"), "%.*s", STR_ARG(text));
	arena_finish(&arena);
}
