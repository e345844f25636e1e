/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots of few services, where it can be seen what the index knows by itself.
 */
#include <criterion/criterion.h>
#include <malloc.h>

#include "fixture.h"
#include "rules/index/kernel.h"

Test(snapshot, a_service_that_asks_nothing_is_not_for_everybody)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_add(&fixture, NULL, 0);
	fixture_ask(&fixture);
	cr_expect_eq(index_verdict_of(&fixture.fast, 0), INDEX_ELIGIBLE);
	fixture_finish(&fixture);
}

Test(snapshot, no_services_at_all_are_asked)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_ask(&fixture);
	cr_expect_eq(fixture.fast.service_count, 0);
	cr_expect_eq(fixture.fast.eligible_count, 0);
	fixture_finish(&fixture);
}

Test(snapshot, conditions_over_one_fact_go_to_the_evaluator)
{
	static const char *const RULES[] = {"age >= 18 && age < 25", "code in ['a', 'b']",
		"!(code == 'c') && yes", "'x' in tags && !('y' in tags)",
		"tags.exists(t, t in ['x', 'z'])", "yes || code.startsWith('a')", "age != null"};
	struct fixture fixture;
	fixture_init(&fixture);
	for (size_t i = 0; i < sizeof(RULES) / sizeof(RULES[0]); i++) {
		fixture_add(&fixture, &RULES[i], 1);
	}
	fixture_int(&fixture, "age", 20);
	fixture_text(&fixture, "code", "ab");
	fixture_bool(&fixture, "yes", false);
	fixture_tags(&fixture, "tags", (const char *const[]){"x", "w"}, 2);
	fixture_ask(&fixture);
	cr_expect_eq(fixture.fast.evaluated_count, 0);
	static const enum index_verdict WANTED[] = {INDEX_ELIGIBLE, INDEX_INELIGIBLE,
		INDEX_INELIGIBLE, INDEX_ELIGIBLE, INDEX_ELIGIBLE, INDEX_ELIGIBLE, INDEX_ELIGIBLE};
	for (size_t i = 0; i < sizeof(WANTED) / sizeof(WANTED[0]); i++) {
		cr_expect_eq(index_verdict_of(&fixture.fast, i), WANTED[i], "%s", RULES[i]);
	}
	fixture_finish(&fixture);
}

Test(snapshot, what_is_unknown_goes_to_the_evaluator_or_is_a_no)
{
	static const char *const RULES[] = {
		"age >= 18", "age >= 18 && yes", "code == 'a' || age > 3"};
	struct fixture fixture;
	fixture_init(&fixture);
	for (size_t i = 0; i < 3; i++) {
		fixture_add(&fixture, &RULES[i], 1);
	}
	fixture_bool(&fixture, "yes", false);
	fixture_text(&fixture, "code", "a");
	fixture_ask(&fixture); /* age is not given */
	cr_expect_eq(fixture.fast.evaluated_count, 0);
	cr_expect_eq(index_verdict_of(&fixture.fast, 0), INDEX_UNDETERMINED);
	cr_expect_eq(index_verdict_of(&fixture.fast, 1), INDEX_INELIGIBLE);
	cr_expect_eq(index_verdict_of(&fixture.fast, 2), INDEX_ELIGIBLE);
	fixture_finish(&fixture);
}

Test(snapshot, an_error_is_taken_for_a_yes_or_a_no)
{
	static const char *const RULES[] = {"age >= 18", "10 / age > 1", "yes && age < 3"};
	struct fixture fixture;
	fixture_init(&fixture);
	for (size_t i = 0; i < 3; i++) {
		fixture_add(&fixture, &RULES[i], 1);
	}
	fixture_text(&fixture, "age", "eighteen");
	fixture_bool(&fixture, "yes", true);
	fixture_ask(&fixture);
	for (size_t i = 0; i < 3; i++) {
		cr_expect_eq(index_verdict_of(&fixture.fast, i), INDEX_ERROR, "%s", RULES[i]);
	}
	fixture_finish(&fixture);
}

Test(snapshot, a_clause_over_the_cost_limit_is_a_yes_or_a_no)
{
	enum {
		ITEMS = 60
	};
	static const char *const RULE =
		"p.tags.all(a, p.tags.all(b, p.tags.all(c, p.tags.all(d, a + b == c + d)))) "
		"&& age > 3";
	const char *texts[ITEMS];
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_add(&fixture, &RULE, 1);
	for (size_t i = 0; i < ITEMS; i++) {
		texts[i] = "tag";
	}
	fixture_tags(&fixture, "p.tags", texts, ITEMS);
	fixture_int(&fixture, "age", 4);
	fixture_ask(&fixture);
	cr_expect_eq(index_verdict_of(&fixture.fast, 0), INDEX_ERROR);
	fixture_finish(&fixture);
}

Test(snapshot, a_disjunction_has_no_rows_of_its_own)
{
	static const char *const TWO = "yes || age > 3";
	static const char *const MANY =
		"(a || b) && (c || d) && (e || f) && (age > 1 || yes)"; /* 16 ways */
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_add(&fixture, &TWO, 1);
	fixture_add(&fixture, &MANY, 1);
	fixture_ask(&fixture);
	const struct index_stats stats = index_stats_of(fixture.index);
	cr_expect_eq(stats.rows, 2 + 8);
	cr_expect_eq(stats.residual_rows, 8, "the fourth disjunction is left to the evaluator");
	fixture_finish(&fixture);
}

Test(snapshot, a_fact_with_thousands_of_codes_has_thousands_of_bitsets)
{
	enum {
		WARDS = 3000
	};
	struct fixture fixture;
	fixture_init(&fixture);
	for (unsigned i = 0; i < WARDS; i++) {
		char text[80];
		(void)snprintf(text, sizeof(text), "code in ['w%u', 'w%u'] && age > %u", i,
			(i * 7) % WARDS, i % 3);
		const char *rule = text;
		fixture_add(&fixture, &rule, 1);
	}
	fixture_text(&fixture, "code", "w21");
	fixture_int(&fixture, "age", 1);
	fixture_ask(&fixture);
	const struct index_stats stats = index_stats_of(fixture.index);
	cr_expect_eq(stats.residual_rows, 0);
	cr_expect_gt(stats.postings, WARDS);
	cr_expect_lt(stats.bitsets, 40);
	cr_expect_eq(fixture.fast.evaluated_count, 0);
	/* Of services 3 and 21, age 1 meets `age > 0` of both. */
	cr_expect_eq(fixture.fast.eligible_count, 2);
	fixture_finish(&fixture);
}

Test(snapshot, a_set_that_is_not_stated_is_a_no)
{
	const struct str codes[] = {STR("E1"), STR("E2")};
	const struct index_set sets[] = {{STR("area"), codes, 2, true},
		{STR("area"), NULL, 0, false}, {STR("area"), NULL, 0, true}};
	struct fixture fixture;
	fixture_init(&fixture);
	for (size_t i = 0; i < 3; i++) {
		fixture_add_set(&fixture, &sets[i]);
	}
	fixture_text(&fixture, "area", "E2");
	fixture_ask(&fixture);
	cr_expect_eq(fixture.fast.evaluated_count, 0);
	cr_expect_eq(index_verdict_of(&fixture.fast, 0), INDEX_ELIGIBLE);
	cr_expect_eq(index_verdict_of(&fixture.fast, 1), INDEX_UNDETERMINED);
	cr_expect_eq(index_verdict_of(&fixture.fast, 2), INDEX_INELIGIBLE);
	fixture_finish(&fixture);
}

Test(snapshot, a_question_allocates)
{
	static const char *const RULES[] = {"age >= 18", "code == 'a' || yes"};
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_add(&fixture, &RULES[0], 1);
	fixture_add(&fixture, &RULES[1], 1);
	fixture_int(&fixture, "age", 20);
	fixture_text(&fixture, "code", "b");
	fixture_ask(&fixture);
	const struct rules_facts facts = fixture_facts(&fixture);
	arena_reset(&fixture.scratch);
	const struct mallinfo2 before = mallinfo2();
	cr_assert_eq(index_query(fixture.index, &facts, &fixture.scratch, &fixture.fast), ERR_OK);
	const struct mallinfo2 after = mallinfo2();
	cr_expect_eq(before.uordblks, after.uordblks);
	fixture_finish(&fixture);
}

Test(snapshot, too_little_scratch_is_an_answer)
{
	static const char *const RULE = "age >= 18";
	struct fixture fixture;
	struct arena little;
	struct index_verdicts verdicts;
	fixture_init(&fixture);
	fixture_add(&fixture, &RULE, 1);
	fixture_ask(&fixture);
	const struct rules_facts facts = fixture_facts(&fixture);
	arena_init(&little, 600);
	cr_expect_eq(index_query(fixture.index, &facts, &little, &verdicts), ERR_NOMEM);
	arena_finish(&little);
	fixture_finish(&fixture);
}

Test(snapshot, rows_and_regions_are_mixed_up)
{
	uint64_t words[64];
	uint64_t turned[64];
	for (size_t i = 0; i < 64; i++) {
		words[i] = (i + 1) * UINT64_C(0x9E3779B97F4A7C15);
		turned[i] = words[i];
	}
	index_transpose(turned);
	for (size_t i = 0; i < 64; i++) {
		for (size_t j = 0; j < 64; j++) {
			cr_assert_eq(words[i] >> j & 1, turned[j] >> i & 1);
		}
	}
}
