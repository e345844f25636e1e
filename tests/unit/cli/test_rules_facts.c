/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>

/* What `rules eval` makes of facts: cases of a line each, and what comes out. */

static void gives(const char *lines, const char *wanted, int code)
{
	struct outcome outcome = RUN(lines, "rules", "eval", "--batch", "-");
	cr_expect_str_eq(outcome.out, wanted, "%s\n%s%s", lines, outcome.out, outcome.err);
	cr_expect_eq(outcome.code, code, "%s: %d", lines, outcome.code);
	outcome_finish(&outcome);
}

Test(rules_facts, a_value_that_no_memory_holds_is_refused)
{
	struct buf source = {0};
	buf_add_text(&source, "cel.bind(x0, [1], ");
	for (int i = 1; i <= 50; i++) {
		buf_printf(&source, "cel.bind(x%d, [x%d, x%d], ", i, i - 1, i - 1);
	}
	buf_add_text(&source, "x50");
	for (int i = 0; i <= 50; i++) {
		buf_add_text(&source, ")");
	}
	buf_add_str(&source, (struct str){"", 1});
	struct outcome outcome = RUN(NULL, "rules", "eval", (const char *)source.data);
	cr_expect_str_eq(outcome.out, "error: the value is too long to print\n");
	cr_expect_eq(outcome.code, 1);
	outcome_finish(&outcome);
	buf_finish(&source);
}

Test(rules_facts, a_value_with_unknown_parts_is_unknown)
{
	gives("{\"expr\": \"x\", \"facts\": {\"x\": [1, 2]}, \"unknown\": [\"x[0]\"]}\n"
	      "{\"expr\": \"[x]\", \"facts\": {\"x\": [1, 2]}, \"unknown\": [\"x[0]\"]}\n"
	      "{\"expr\": \"true ? {'a': x} : {}\", \"facts\": {\"x\": {\"y\": 1, \"z\": 2}},"
	      " \"unknown\": [\"x.y\"]}\n",
		"unknown: x[0]\nunknown: x[0]\nunknown: x.y\n", 0);
}

Test(rules_facts, an_unknown_fact_covers_what_lies_beneath)
{
	gives("{\"expr\": \"x.y == 1\", \"facts\": {\"x\": {\"y\": 1}}, \"unknown\": [\"x\"]}\n"
	      "{\"expr\": \"x.y.z\", \"facts\": {\"x\": {\"y\": {\"z\": 1}}}, \"unknown\": "
	      "[\"x.y\"]}\n"
	      "{\"expr\": \"person.age >= 18\", \"facts\": {\"person\": {\"age\": 19}},"
	      " \"unknown\": [\"person\"]}\n"
	      "{\"expr\": \"xy == 1\", \"facts\": {\"xy\": 1}, \"unknown\": [\"x\"]}\n",
		"unknown: x.y\nunknown: x.y.z\nunknown: person.age\ntrue\n", 0);
}

/* A fact in quotation marks, declared as a number: as it is given, or refused. */
static void quoted(const char *type, const char *text, const char *wanted)
{
	struct buf line = {0};
	struct buf out = {0};
	buf_printf(&line, "{\"expr\": \"x\", \"declare\": {\"x\": \"%s\"}, \"facts\": {\"x\": %s}}",
		type, text);
	buf_add_str(&line, (struct str){"", 1});
	buf_add_text(&out, wanted);
	if (wanted[0] == '\0') {
		buf_printf(&out, "error: x is declared %s, and what is given cannot be one", type);
	}
	buf_add_str(&out, (struct str){"\n", 2});
	gives((const char *)line.data, (const char *)out.data, wanted[0] == '\0' ? 1 : 0);
	buf_finish(&line);
	buf_finish(&out);
}

Test(rules_facts, a_number_in_quotation_marks_is_never_another_one)
{
	quoted("double", "\"123456789012345678\"", "123456789012345680.0");
	quoted("double", "\"0.1234567890123456\"", "0.1234567890123456");
	quoted("double", "\"0x10\"", "");
	quoted("uint", "\"-1\"", "");
	quoted("uint", "\"18446744073709551615\"", "18446744073709551615u");
	quoted("int", "\"9223372036854775808\"", "");
	quoted("int", "\"-9223372036854775808\"", "-9223372036854775808");
	quoted("int", "\"1111111111222222222233333333334444444444\"", "");
	quoted("int", "\" 5\"", "");
	quoted("int", "\"\"", "");
	quoted("int", "true", "");
	quoted("bool", "\"true\"", "");
}

Test(rules_facts, a_key_that_is_no_number_or_stands_twice_is_refused)
{
	gives("{\"expr\": \"x\", \"declare\": {\"x\": \"map(int, int)\"},"
	      " \"facts\": {\"x\": {\"9999999999999999999\": 1}}}\n"
	      "{\"expr\": \"x\", \"declare\": {\"x\": \"map(int, int)\"},"
	      " \"facts\": {\"x\": {\"1\": 1, \"01\": 2}}}\n",
		"error: x is declared int, and what is given cannot be one\n"
		"error: x is declared int, and what is given cannot be one\n",
		1);
}
