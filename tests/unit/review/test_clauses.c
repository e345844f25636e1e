/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/review/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define A "area/services/a.yaml:"
#define CLAUSE(id, cel) "  - {id: " id ", cel: \"" cel "\", means: m}"
#define ASK(id, cel) "  - {id: " id ", cel: \"" cel "\", means: m, otherwise: ask, question: q}"

static void clauses(const char *list, const char *wanted)
{
	char text[1024];
	(void)snprintf(text, sizeof(text), "eligibility:\n%s", list);
	SAYS(wanted, "eligibility", text);
}

Test(review_clauses, a_service_whose_clauses_contradict_each_other_lets_nobody_in)
{
	clauses(CLAUSE("adult", "person.age >= 18") "\n" CLAUSE("girl", "person.age < 15"),
		A "13 eligibility[1].cel warning never-eligible\n");
	clauses(CLAUSE("adult", "person.age >= 18") "\n" CLAUSE(
			"woman", "person.gender == 'female'"),
		"");
	clauses(CLAUSE("one", "person.age < 20 || person.care_leaver") "\n" CLAUSE(
			"two", "person.age > 30") "\n" CLAUSE("three", "!person.care_leaver"),
		A "12 eligibility[0].cel warning never-eligible\n");
}

Test(review_clauses, a_clause_that_nobody_meets_is_told)
{
	clauses(CLAUSE("old", "person.age > 30 && person.age < 20"),
		A "12 eligibility[0].cel warning never-true\n");
}

Test(review_clauses, a_question_to_the_service_contradicts_nothing)
{
	clauses(CLAUSE("adult", "person.age >= 18") "\n" ASK("girl", "person.age < 15"), "");
}

Test(review_clauses, a_word_outside_its_vocabulary_is_told_though_it_compiles)
{
	clauses(CLAUSE("need", "needs.exists(n, n == 'acommodation')"),
		A "12 eligibility[0].cel warning vocabulary\n");
}

Test(review_clauses, a_slip_in_her_gender_chooses_the_service_for_nobody)
{
	clauses(CLAUSE("woman", "person.gender == 'femal'"),
		A "12 eligibility[0].cel warning vocabulary\n");
	clauses(CLAUSE("woman", "person.gender in ['Female']"),
		A "12 eligibility[0].cel warning vocabulary\n");
	clauses(CLAUSE("woman", "person.gender in ['female', 'non-binary']"), "");
}

Test(review_clauses, a_pathway_whose_women_the_clauses_shut_out_is_told)
{
	clauses(CLAUSE("way", "pathway == 'community'"), A "8 pathways[0] warning shut-out\n");
	clauses(CLAUSE("way", "pathway in ['court', 'resettlement']"),
		A "8 pathways[0] warning shut-out\n" A "8 pathways[1] warning shut-out\n" A
		  "11 eligibility warning never-eligible\n");
	/* Somebody with a community order has been sentenced. */
	clauses(CLAUSE("before", "!justice.sentenced"), A "8 pathways[1] warning shut-out\n");
	clauses(CLAUSE("after", "justice.sentenced"), "");
}

Test(review_clauses, a_need_that_the_clauses_shut_out_is_told)
{
	clauses(CLAUSE("home", "!('accommodation' in needs)"), A "9 needs[0] warning shut-out\n");
	clauses(CLAUSE("some", "need_count >= 1"), "");
	clauses(CLAUSE("none", "need_count == 0"),
		A "9 needs[0] warning shut-out\n" A "9 needs[1] warning shut-out\n" A
		  "11 eligibility warning never-eligible\n");
}

Test(review_clauses, the_same_clauses_are_told_of_every_service_that_has_them)
{
	const char *const same[] = {"eligibility",
		"eligibility:\n" CLAUSE("old", "person.age > 30 && person.age < 20"), NULL};
	const char *const other[] = {"eligibility",
		"eligibility:\n" CLAUSE("old", "person.age > 13"), "needs", "needs: [poverty-debt]",
		NULL};
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_service(&fixture, "a", same);
	fixture_service(&fixture, "b", other);
	fixture_service(&fixture, "c", same);
	fixture_expect(&fixture, false,
		A "12 eligibility[0].cel warning never-true\n"
		  "area/services/c.yaml:1 id warning duplicate\n"
		  "area/services/c.yaml:12 eligibility[0].cel warning never-true\n");
}

Test(review_clauses, a_clause_that_does_not_compile_is_an_error_and_nothing_else)
{
	clauses(CLAUSE("age", "person.age >") "\n" CLAUSE("girl", "person.age < 15"),
		A "12 eligibility[0].cel error does-not-compile\n");
}
