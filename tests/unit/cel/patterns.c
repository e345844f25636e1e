/* SPDX-License-Identifier: Apache-2.0 */
#include <malloc.h>

#include "rules/cel/regex.h"
#include "tests/unit/cel/expression.h"

TestSuite(patterns, .fini = expression_finish);

Test(patterns, are_searched_anywhere_in_a_text)
{
	static const struct expectation ROWS[] = {
		{"'housing'.matches('us')", "true"},
		{"'housing'.matches('^us')", "false"},
		{"matches('né', '^n.$')", "true"},
		{"'É'.matches('(?i)é')", "true"},
		{"'a\\nb'.matches('a.b')", "false"},
		{"''.matches('')", "true"},
		{"'a\\u0000b'.matches('a\\\\x00b')", "true"},
	};
	EXPECT_ALL(ROWS);
}

Test(patterns, that_are_none_are_refused_when_they_are_compiled)
{
	static const struct expectation ROWS[] = {
		{"'a'.matches('(')", "error: missing )"},
		{"'a'.matches('*')", "error: "},
		{"'a'.matches('a(?=b)')", "error: "},
		{"'a'.matches('(a)\\\\1')", "error: "},
		{"'a'.matches('a{2000}')", "error: "},
		{"'a'.matches('((a{1,100}){1,100}){1,100}')", "error: "},
		/* Even where it would never be evaluated. */
		{"false && 'a'.matches('(')", "error: missing )"},
	};
	EXPECT_ALL(ROWS);
}

Test(patterns, that_only_evaluating_knows_are_read_then)
{
	expect_given("'housing'.matches(given)", cel_string(STR("h.*g$")), "true");
	expect_given("'housing'.matches(given)", cel_string(STR("(")), "error: regular expression");
	expect_given("'housing'.matches(given)", cel_int(1), "error: no such overload");
	/* Reading one costs, so that it is not done over and over. */
	expect_given("[1, 2, 3, 4, 5, 6, 7].map(x, [1, 2, 3, 4, 5, 6, 7, 8].all(y, "
		     "'b'.matches(given)))",
		cel_string(STR("b")), "error: too long");
}

Test(patterns, are_no_more_in_one_expression_than_can_be_read_soon)
{
	struct cel_text text = {.arena = expression_arena()};
	for (int i = 0; i < 64; i++) {
		cel_text_add_text(&text, "given.matches('a') || ");
	}
	cel_text_add(&text, (struct str){"true", 5});
	expect_given(cel_text_str(&text).ptr, cel_string(STR("b")), "true");
	text.len -= 5;
	cel_text_add(&text, (struct str){"given.matches('a')", 19});
	expect_given(cel_text_str(&text).ptr, cel_string(STR("b")), "error: more than 64");
}

Test(patterns, cost_what_searching_them_may_take_at_worst)
{
	char text[4096];
	memset(text, 'a', sizeof(text));
	const struct cel_value given = cel_string((struct str){text, sizeof(text)});
	expect_within("given.matches('ab')", given, 1000, "false");
	expect_within("given.matches('((a?){30}){10}a{30}b')", given, 10000, "error: too long");
}

Test(patterns, longer_than_any_author_writes_are_refused)
{
	char pattern[CEL_REGEX_PATTERN_MAX + 1];
	char why[160];
	memset(pattern, 'a', sizeof(pattern));
	struct cel_regex *regex =
		cel_regex_create(pattern, CEL_REGEX_PATTERN_MAX, why, sizeof(why));
	cr_expect_not_null(regex);
	cel_regex_destroy(regex);
	regex = cel_regex_create(pattern, sizeof(pattern), why, sizeof(why));
	cr_expect_null(regex);
	cr_expect_not_null(strstr(why, "longer"));
}

Test(patterns, the_reason_for_a_refusal_is_cut_to_its_room)
{
	char why[8];
	memset(why, 'x', sizeof(why));
	cr_expect_null(cel_regex_create("(abc", 4, why, sizeof(why)));
	cr_expect_lt(strnlen(why, sizeof(why)), sizeof(why));
}

Test(patterns, take_no_more_memory_than_they_may_whatever_they_are_asked)
{
	enum {
		TEXT = 1 << 20,
		/* What the library keeps beside what it counts. */
		SLACK = 1 << 20,
	};
	static const char *const PATTERNS[] = {"(a*)*[bc]", "a*a*a*[bc]", "(a|aa)+$", "(x+x+)+y",
		"(.*)(.*)(.*)(.*)(.*)[bc]", "(a?){30}a{30}", "[a-q][^u-z]{13}x",
		"(\\pL|\\pN|.){1,60}Z"};
	char *text = malloc(TEXT);
	cr_assert_not_null(text);
	for (size_t i = 0; i < TEXT; i++) {
		text[i] = i % 7 == 3 ? (char)('a' + i % 17) : 'a';
	}
	for (size_t i = 0; i < sizeof(PATTERNS) / sizeof(PATTERNS[0]); i++) {
		char why[160];
		const size_t before = mallinfo2().uordblks;
		struct cel_regex *regex =
			cel_regex_create(PATTERNS[i], strlen(PATTERNS[i]), why, sizeof(why));
		cr_assert_not_null(regex, "%s: %s", PATTERNS[i], why);
		(void)cel_regex_search(regex, text, TEXT);
		const size_t after = mallinfo2().uordblks;
		cr_expect_leq(after, before + CEL_REGEX_MEMORY_MAX + SLACK, "%s took %zu bytes",
			PATTERNS[i], after - before);
		cel_regex_destroy(regex);
	}
	free(text);
}
