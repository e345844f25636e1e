/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>

static void golden(const char *name, struct outcome outcome, int code)
{
	struct buf text = {0};
	buf_add_text(&text, outcome.out);
	buf_add_text(&text, outcome.err);
	cr_expect_eq(outcome.code, code, "%s: exit code %d, not %d", name, outcome.code, code);
	golden_expect(name, &text);
	buf_finish(&text);
	outcome_finish(&outcome);
}

Test(rules_check, says_what_is_wrong_and_where_it_stands)
{
	golden("rules-check", RUN(NULL, "rules", "check", "tests/samples/rules/wrong"), 2);
}

Test(rules_check, finds_nothing_in_the_shipped_directory)
{
	struct outcome outcome = RUN(NULL, "rules", "check", "directory/data");
	cr_expect_eq(outcome.code, 0);
	cr_expect(strstr(outcome.out, ": 0 errors, 0 warnings,") != NULL, "%s", outcome.out);
	outcome_finish(&outcome);
}

Test(rules_check, reads_one_clause_from_standard_input)
{
	struct outcome outcome = RUN("person.age >", "rules", "check", "-");
	cr_expect_eq(outcome.code, 2);
	cr_expect(strstr(outcome.out, "stdin.cel:1:13: error: ") != NULL, "%s", outcome.out);
	outcome_finish(&outcome);
}

Test(rules_test, shows_what_failed_and_what_no_test_has_seen)
{
	golden("rules-test", RUN(NULL, "rules", "test", "--probes", "tests/samples/rules/before"),
		2);
}

Test(rules_test, the_tables_of_the_shipped_directory_pass_and_cover_every_clause)
{
	struct outcome outcome = RUN(NULL, "rules", "test", "directory/data");
	cr_expect_eq(outcome.code, 0, "%s", outcome.out);
	cr_expect(strstr(outcome.out, " 0 failed\n") != NULL, "%s", outcome.out);
	cr_expect(strstr(outcome.out, ": never") == NULL, "%s", outcome.out);
	cr_expect(strstr(outcome.out, "no test:") == NULL, "%s", outcome.out);
	outcome_finish(&outcome);
}

Test(rules_test, one_table_finds_the_rules_it_stands_beside)
{
	struct outcome outcome =
		RUN(NULL, "rules", "test", "directory/data/london-2018/tests/abianda.yaml");
	cr_expect_eq(outcome.code, 0);
	cr_expect(strstr(outcome.out, "8 tests: 8 passed, 0 failed\n") != NULL, "%s", outcome.out);
	outcome_finish(&outcome);
}

Test(rules_diff, names_the_people_whose_outcome_changes)
{
	golden("rules-diff",
		RUN(NULL, "rules", "diff", "tests/samples/rules/before",
			"tests/samples/rules/after"),
		1);
}

Test(rules_diff, of_the_same_rules_says_that_nothing_changes)
{
	struct outcome outcome = RUN(NULL, "rules", "diff", "directory/data", "directory/data");
	cr_expect_eq(outcome.code, 0);
	cr_expect(strstr(outcome.out, "Nobody's outcome changes") != NULL, "%s", outcome.out);
	outcome_finish(&outcome);
}

static void prints(struct outcome outcome, int code, const char *wanted)
{
	cr_expect_eq(outcome.code, code, "%s%s", outcome.out, outcome.err);
	cr_expect_str_eq(outcome.out, wanted);
	outcome_finish(&outcome);
}
#define EVAL(...) RUN(NULL, "rules", "eval", __VA_ARGS__)

Test(rules_eval, prints_a_value_as_a_literal_of_its_type)
{
	prints(EVAL("1u + 2u"), 0, "3u\n");
	prints(EVAL("b'\\x00'"), 0, "b\"\\x00\"\n");
	prints(EVAL("timestamp('2019-06-12T21:40:00+01:00')"), 0,
		"timestamp(\"2019-06-12T20:40:00Z\")\n");
	prints(EVAL("duration('90m')"), 0, "duration(\"5400s\")\n");
	prints(EVAL("{'a': 1}"), 0, "{\"a\": 1}\n");
	prints(EVAL("[1, 2.0, null, true, 'x']"), 0, "[1, 2.0, null, true, \"x\"]\n");
	prints(EVAL("-1"), 0, "-1\n");
}

Test(rules_eval, names_every_fact_that_an_answer_hangs_on)
{
	prints(EVAL("c && a.b"), 0, "unknown: a.b, c\n");
	prints(EVAL("person.age >= 18"), 0, "unknown: person.age\n");
	prints(EVAL("person.children[0].age >= 5"), 0, "unknown: person.children[0].age\n");
	prints(EVAL("c[0].a > c[1].a || b.c[0] == 1 || size(b.c) > 1"), 0,
		"unknown: b.c, c[0].a, c[1].a\n");
	prints(EVAL("c.exists(x, x.a > 1)"), 0, "unknown: c\n");
	prints(EVAL("--unknown", "x[0].a", "--facts", "tests/samples/rules/facts.json",
		       "x[0].a > 1"),
		0, "unknown: x[0].a\n");
	prints(EVAL("--facts", "tests/samples/rules/facts.json", "x[0].b > 1 || other.none"), 0,
		"unknown: other.none, x[0].b\n");
	prints(EVAL("--facts", "tests/samples/rules/facts.json", "--declare",
		       "x:list(map(string,int))", "x[0].b > 1"),
		1, "error: 1:6: no such key\n");
}

Test(rules_eval, an_error_says_why_and_ends_with_1)
{
	prints(EVAL("1 / 0"), 1, "error: 1:3: division by zero\n");
	prints(EVAL("1 +"), 1, "error: 1:4: expected a value, but the expression ends here\n");
	prints(EVAL("--declare", "x", "1"), 1,
		"error: \"x\" declares nothing: write NAME:TYPE, such as x:int or "
		"ages:list(int)\n");
}

Test(rules_eval, types_facts_by_declaration_dictionary_or_value)
{
	static const char file[] = "tests/samples/rules/facts.json";
	prints(EVAL("--facts", file, "person.age"), 0, "17\n");
	prints(EVAL("--facts", file, "--type", "person.age"), 0, "int\n");
	prints(EVAL("--facts", file, "--type", "other.number"), 0, "dyn\n");
	prints(EVAL("--facts", file, "--declare", "other.number:uint", "other.number"), 0, "3u\n");
	prints(EVAL("--facts", file, "--declare", "other.number:double", "--declare",
		       "other.when:timestamp", "string(other.number) + string(other.when)"),
		0, "\"32019-06-12T20:40:00Z\"\n");
	prints(EVAL("--facts", file, "--declare", "other.when:int", "1"), 1,
		"error: other.when is declared int, and what is given cannot be one\n");
	prints(EVAL("--facts", file, "--container", "other", "number"), 0, "3\n");
	prints(EVAL("--facts", file, "other"), 0,
		"{\"number\": 3, \"when\": \"2019-06-12T20:40:00Z\"}\n");
}

Test(rules_eval, a_type_error_is_found_unless_types_are_not_checked)
{
	prints(EVAL("1 + '2'"), 1,
		"error: 1:3: found no matching overload for '+' applied to (int, string)\n");
	prints(EVAL("--unchecked", "--type", "1 + 1"), 0, "dyn\n");
	prints(EVAL("--unchecked", "false && 1 + '2' == 3"), 0, "false\n");
}

Test(rules_eval, a_file_of_cases_gives_a_line_each)
{
	golden("rules-eval-batch",
		RUN(NULL, "rules", "eval", "--batch", "tests/samples/rules/cases.jsonl"), 1);
}

Test(rules_repl, keeps_what_is_set)
{
	golden("rules-repl",
		RUN("person.age >= 18\n:set person.age = 16\nperson.age >= 18\n:facts\n"
		    ":type person.age\n:set pathway = diversion\npathway == 'diversion'\n"
		    ":unset person.age\nperson.age >= 18\n1 +\n:help\n:quit\nnot read\n",
			"rules", "repl"),
		0);
}
