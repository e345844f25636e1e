/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/author/fixture.h"

#include <stdio.h>

static void expect(const char *cel, const char *code, bool wanted)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_clause(&fixture, cel);
	cr_assert_eq(author_check(&fixture.book, &fixture.findings), ERR_OK);
	cr_expect(fixture_found(&fixture, code) == wanted, "%s: %s%s", cel, wanted ? "no " : "",
		code);
	fixture_finish(&fixture);
}

Test(author_check, finds_what_can_never_or_must_always_be_true)
{
	expect("age < 18 && age >= 18", "never-true", true);
	expect("age > 120", "never-true", true);
	expect("age * 2 == 31", "never-true", true);
	expect("borough == 'E01' && borough == 'E02'", "never-true", true);
	expect("'a' in needs && !('a' in needs)", "never-true", true);
	expect("leaver && !leaver", "never-true", true);
	expect("court < '2019-06-12' && court > '2019-06-12'", "never-true", true);
	expect("need_count == 0 && 'a' in needs", "never-true", true);
	expect("age < 18 && age >= 17", "never-true", false);
	expect("age * 2 == 30", "never-true", false);
	expect("court > '2019-06-11' && court < '2019-06-13'", "never-true", false);
	expect("gender == 'x' && gender != 'y'", "never-true", false);
	expect("age >= 0", "always-true", true);
	expect("leaver || !leaver", "always-true", true);
	expect("borough in ['E01', 'E02', 'E03']", "always-true", true);
	expect("gender == 'x' || gender != 'x'", "always-true", true);
	expect("gender != 'x'", "always-true", false);
	expect("age >= 1", "always-true", false);
	/* Over an open text that is more than compared, nothing is proven. */
	expect("gender.contains('') && gender.size() >= 0", "always-true", false);
}

Test(author_check, a_clause_about_nothing_is_told_without_naming_a_fact)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_clause(&fixture, "true");
	cr_assert_eq(author_check(&fixture.book, &fixture.findings), ERR_OK);
	cr_expect(fixture_found(&fixture, "always-true"));
	for (size_t i = 0; i < fixture.findings.count; i++) {
		const struct author_finding *finding = &fixture.findings.items[i];
		cr_expect(strcmp(finding->code, "always-true") != 0 ||
			  str_is(finding->message, "is always true: it turns nobody away"));
	}
	fixture_finish(&fixture);
}

Test(author_check, finds_clauses_that_fail_for_somebody)
{
	expect("10 / age > 1", "can-fail", true);
	expect("needs[0] == 'a'", "can-fail", true);
	expect("int(gender) > 1", "can-fail", true);
	expect("age != 0 && 10 / age > 1", "can-fail", false);
	expect("size(needs) > 0 && needs[0] == 'a'", "can-fail", false);
}

Test(author_check, finds_words_that_there_are_not)
{
	expect("aeg > 1", "unknown-fact", true);
	expect("borough == 'Camden'", "vocabulary", true);
	expect("'d' in needs", "vocabulary", true);
	expect("needs.exists(n, n in ['a', 'd'])", "vocabulary", true);
	expect("needs.exists(x, needs.exists(y, y == 'd'))", "vocabulary", true);
	expect("court == '2019-06-31'", "vocabulary", true);
	expect("age >= 200", "vocabulary", true);
	expect("borough in ['E01', 'E03']", "vocabulary", false);
	expect("gender == 'whatever she says'", "vocabulary", false);
	expect("age >= '18'", "does-not-compile", true);
	expect("gender.matches('(')", "does-not-compile", true);
}

Test(author_check, a_slip_in_the_word_that_a_free_text_mostly_is_lets_nobody_in)
{
	expect("gender == 'femal'", "vocabulary", true);
	expect("gender == 'Female'", "vocabulary", true);
	expect("gender == 'FEMLE'", "vocabulary", true);
	expect("gender in ['femal']", "vocabulary", true);
	expect("gender == 'Woman'", "vocabulary", true);
	expect("gender == 'female'", "vocabulary", false);
	expect("gender == 'male'", "vocabulary", false);
	expect("gender == 'agender'", "vocabulary", false);
	expect("gender == 'two-spirit, in words of more letters than are compared with any other'",
		"vocabulary", false);
	/* She who says Female is let in on purpose. */
	expect("gender in ['female', 'Female']", "vocabulary", false);
}

/* Whether the tools' verdict of never or always is the one that asking every age gives. */
Test(author_check, agrees_with_asking_every_age)
{
	static const char *const comparisons[] = {"<", "<=", ">=", ">", "==", "!="};
	char cel[96];
	for (int l = 0; l < 6; l++) {
		for (int r = 0; r < 6; r++) {
			for (int d = -1; d <= 1; d++) {
				(void)snprintf(cel, sizeof(cel), "age %s 20 && age %s %d",
					comparisons[l], comparisons[r], 20 + d);
				int yes = 0;
				for (int age = 0; age <= 120; age++) {
					const bool first[] = {age<20, age <= 20, age >= 20, age> 20,
						age == 20, age != 20};
					const bool second[] = {
						age<20 + d, age <= 20 + d, age >= 20 + d, age> 20 +
							d,
						age == 20 + d, age != 20 + d};
					yes += first[l] && second[r];
				}
				expect(cel, "never-true", yes == 0);
				expect(cel, "always-true", yes == 121);
			}
		}
	}
}

Test(author_check, a_second_clause_is_compared_with_the_first)
{
	static const char service[] =
		"id: s\nrole: lead\neligibility:\n"
		"  - {id: one, cel: age >= 18}\n"
		"  - {id: two, cel: age >= 16}\n"
		"  - {id: three, cel: '18 <= age', otherwise: ask, question: q}\n"
		"  - {id: four, cel: leaver}\n"
		"  - {id: five, cel: (leaver)}\n";
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_add(&fixture, "s.yaml", service);
	cr_assert_eq(author_check(&fixture.book, &fixture.findings), ERR_OK);
	cr_assert_eq(fixture.findings.count, 3);
	cr_expect(str_is(fixture.findings.items[0].clause, "two"));
	cr_expect(str_is(fixture.findings.items[1].clause, "three"));
	cr_expect(str_is(fixture.findings.items[2].clause, "five"));
	cr_expect_str_eq(fixture.findings.items[2].code, "duplicate");
	fixture_finish(&fixture);
}

Test(author_check, a_soft_clause_does_not_make_a_hard_one_needless)
{
	static const char service[] =
		"id: s\nrole: lead\neligibility:\n"
		"  - {id: soft, cel: age >= 18, otherwise: ask, question: q}\n"
		"  - {id: hard, cel: age >= 16}\n";
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_add(&fixture, "s.yaml", service);
	cr_assert_eq(author_check(&fixture.book, &fixture.findings), ERR_OK);
	cr_expect_eq(fixture.findings.count, 0);
	fixture_finish(&fixture);
}

static void place(const char *yaml, unsigned line, unsigned column)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_add(&fixture, "s.yaml", yaml);
	cr_assert_eq(author_check(&fixture.book, &fixture.findings), ERR_OK);
	cr_assert_geq(fixture.findings.count, 1, "%s", yaml);
	cr_expect_eq(fixture.findings.items[0].line, line, "%s: line %u", yaml,
		fixture.findings.items[0].line);
	cr_expect_eq(fixture.findings.items[0].column, column, "%s: column %u", yaml,
		fixture.findings.items[0].column);
	fixture_finish(&fixture);
}

Test(author_check, points_into_the_file_however_the_clause_is_written)
{
	place("id: s\neligibility:\n  - cel: leaver && aeg > 1\n", 3, 20);
	place("id: s\neligibility:\n  - cel: 'leaver && aeg > 1'\n", 3, 21);
	place("id: s\neligibility:\n  - cel: |\n      leaver &&\n        aeg > 1\n", 5, 9);
	place("id: s\neligibility:\n  - cel: >-\n      leaver &&\n      aeg > 1\n", 5, 7);
	place("id: s\neligibility:\n  - cel: leaver &&\n         aeg > 1\n", 4, 10);
	place("id: s\neligibility: [{cel: aeg > 1}]\n", 2, 21);
	place("id: s\neligibility:\n  - cel: gender == 'Zo\xc3\xab' && aeg > 1\n", 3, 29);
	/* With escapes the place in the text is all there is. */
	place("id: s\neligibility:\n  - cel: \"gender == \\\"x\\\" && aeg > 1\"\n", 3, 18);
}

static void contradicts(const char *clauses, const char *clause, const char *message)
{
	char text[1024];
	struct fixture fixture;
	(void)snprintf(text, sizeof(text), "id: s\nrole: lead\neligibility:\n%s", clauses);
	fixture_init(&fixture);
	fixture_add(&fixture, "s.yaml", text);
	cr_assert_eq(author_check(&fixture.book, &fixture.findings), ERR_OK);
	cr_expect_eq(fixture_found(&fixture, "never-eligible"), clause[0] != '\0', "%s", clauses);
	for (size_t i = 0; i < fixture.findings.count; i++) {
		if (strcmp(fixture.findings.items[i].code, "never-eligible") == 0) {
			cr_expect(str_is(fixture.findings.items[i].clause, clause));
			cr_expect(str_is(fixture.findings.items[i].message, message));
		}
	}
	fixture_finish(&fixture);
}

Test(author_check, clauses_that_contradict_each_other_are_named)
{
	contradicts("  - {id: one, cel: age >= 18}\n  - {id: two, cel: leaver}\n"
		    "  - {id: three, cel: age < 15}\n",
		"three", "contradicts clause one: nobody meets both");
	/* One that turns nobody away is odd, and hides nothing. */
	contradicts("  - {id: all, cel: age >= 0}\n  - {id: one, cel: age >= 18}\n"
		    "  - {id: two, cel: age < 15}\n",
		"two", "contradicts clause one: nobody meets both");
	contradicts("  - {id: one, cel: need_count == 0}\n  - {id: two, cel: \"'a' in needs\"}\n",
		"two", "contradicts clause one: nobody meets both");
	contradicts("  - {id: one, cel: age < 20 || leaver}\n  - {id: two, cel: age > 30}\n"
		    "  - {id: three, cel: '!leaver'}\n",
		"one", "the clauses of this service together let nobody in");
}

Test(author_check, a_clause_whose_no_is_a_question_contradicts_nothing)
{
	contradicts("  - {id: one, cel: age >= 18}\n"
		    "  - {id: two, cel: age < 15, otherwise: ask, question: q}\n",
		"", "");
}
