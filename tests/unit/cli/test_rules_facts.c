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

/* Each expression, a line each, over the facts `given`. */
static void asks(const char *given, const char *const expressions[], const char *wanted, int code)
{
	struct buf lines = {0};
	for (size_t i = 0; expressions[i] != NULL; i++) {
		buf_printf(&lines, "{\"expr\": \"%s\", %s}\n", expressions[i], given);
	}
	buf_add_str(&lines, (struct str){"", 1});
	gives((const char *)lines.data, wanted, code);
	buf_finish(&lines);
}
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(rules_facts, what_is_not_given_of_a_map_is_unknown_however_it_is_read)
{
	asks("\"facts\": {\"p\": {\"age\": 16, \"m\": {\"a\": 1}}}",
		LIST("p.leaver", "p.?leaver.orValue(false)", "'leaver' in p", "p == {'age': 16}",
			"p['leaver']", "p.m['x']", "cel.bind(q, p, has(q.leaver))", "has(p.leaver)",
			"p.exists(k, k == 'leaver')", "p.all(k, k == 'age')", "p.map(k, k)",
			"p.transformMap(k, v, v)", "size(p.m)", "p[?'leaver'].hasValue()"),
		"unknown: p.leaver\nunknown: p.leaver\nunknown: p.leaver\nunknown: p\n"
		"unknown: p.leaver\nunknown: p.m.x\nunknown: p.leaver\nunknown: p.leaver\n"
		"unknown: p\nfalse\nunknown: p\nunknown: p\nunknown: p.m\nunknown: p.leaver\n",
		0);
	asks("\"facts\": {\"p\": {\"age\": 16}}",
		LIST("p['age']", "p.?age.orValue(0)", "'age' in p", "p.exists(k, k == 'age')", "p"),
		"16\n16\ntrue\ntrue\n{\"age\": 16}\n", 0);
}

Test(rules_facts, a_declared_map_is_given_whole)
{
	asks("\"declare\": {\"p\": \"map(string, dyn)\"}, \"facts\": {\"p\": {\"m\": {}}}",
		LIST("'leaver' in p", "p.?leaver.orValue(7)", "p == {'m': {}}", "has(p.m.x)",
			"p.exists(k, k == 'leaver')"),
		"false\n7\ntrue\nfalse\nfalse\n", 0);
}

Test(rules_facts, what_is_not_given_of_an_item_is_unknown_in_macros_too)
{
	asks("\"facts\": {\"p\": [{\"a\": 1}, {}]}",
		LIST("p[1].a", "p.map(c, c.a)", "p.filter(c, c.a > 1)", "p.all(c, has(c.a))",
			"p.exists(c, c.a == 1)"),
		"unknown: p[1].a\nunknown: p[1].a\nunknown: p[1].a\nunknown: p[1].a\ntrue\n", 0);
	asks("\"facts\": {\"p\": {}}", LIST("p.q", "has(p.q)", "size(p)"),
		"unknown: p.q\nunknown: p.q\nunknown: p\n", 0);
}

Test(rules_facts, only_what_was_read_and_does_not_decide_is_asked_for)
{
	asks("\"facts\": {}",
		LIST("(false && a[0].b) || a[1].c", "true ? a[0] : a[1]", "a['b'] == 1 || a.b == 1",
			"a.?b", "a[0u]", "a['b'][0].c", "a.split(',')[0]", "has(a[0].b)",
			"a[0].b == 1 || size(a[0]) == 1"),
		"unknown: a[1].c\nunknown: a[0]\nunknown: a.b\nunknown: a.b\nunknown: a[0]\n"
		"unknown: a.b[0].c\nunknown: a\nunknown: a[0].b\nunknown: a[0]\n",
		0);
}

Test(rules_facts, a_line_that_cannot_be_read_costs_no_other)
{
	gives("{\"expr\": \"1 + 1\"}\n{\"expr\": \n\n{\"expr\": \"'\\ud800'\"}\n"
	      "{\"expr\": \"x\", \"facts\": {\"x\": 18446744073709551615}}\n{\"expr\": \"2 + 2\"}",
		"2\nerror: the text ends in the middle of a value\n"
		"error: not well-formed JSON\nerror: a number is too large\n4\n",
		1);
}

Test(rules_facts, an_option_of_a_case_that_means_nothing_is_refused)
{
	gives("{\"expr\": \"x\", \"unknown\": \"x\", \"facts\": {\"x\": 1}}\n"
	      "{\"expr\": \"x\", \"declare\": \"x:uint\", \"facts\": {\"x\": 1}}\n"
	      "{\"expr\": \"1\", \"unknown\": [1]}\n{\"expr\": \"1\", \"declare\": 5}\n"
	      "{\"expr\": \"1\", \"container\": 5}\n{\"expr\": \"1\", \"type\": \"yes\"}\n"
	      "{\"expr\": \"1\", \"unchecked\": 1}\n",
		"unknown: x\n1u\n"
		"error: \"unknown\" is a list of paths, such as [\"person.age\"]\n"
		"error: \"declare\" is {\"NAME\": \"TYPE\"} or [\"NAME:TYPE\"]\n"
		"error: \"container\" is a text\n"
		"error: \"type\" and \"unchecked\" are true or false\n"
		"error: \"type\" and \"unchecked\" are true or false\n",
		1);
}

Test(rules_facts, the_caret_stands_below_the_place_behind_a_tab)
{
	struct outcome outcome = RUN(NULL, "rules", "eval", "1 +\n\t1 / 0");
	cr_expect_str_eq(outcome.err, "  \t1 / 0\n  \t  ^\n");
	outcome_finish(&outcome);
}

Test(rules_facts, many_keys_and_many_unknown_terms_are_fair)
{
	struct buf lines = {0};
	buf_add_text(&lines, "{\"expr\": \"size({");
	for (int i = 0; i < 900; i++) {
		buf_printf(&lines, "%s%d:0", i == 0 ? "" : ",", i);
	}
	buf_add_text(&lines, "})\"}\n{\"expr\": \"");
	for (int i = 0; i < 500; i++) {
		buf_printf(&lines, "n%d || ", i);
	}
	buf_add_str(&lines, (struct str){"true\"}\n", 8});
	gives((const char *)lines.data, "900\ntrue\n", 0);
	buf_finish(&lines);
}

Test(rules_facts, what_no_expression_can_name_is_not_declared)
{
	static const char *const names[] = {"1", "x y", "a..b", ".a", "a.", ""};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf line = {0};
		buf_printf(&line, "%s:int", names[i]);
		buf_add_str(&line, (struct str){"", 1});
		struct outcome outcome =
			RUN(NULL, "rules", "eval", "--declare", (const char *)line.data, "1");
		cr_expect_eq(outcome.code, 1, "%s", names[i]);
		cr_expect(strstr(outcome.out, "declares nothing") != NULL, "%s", outcome.out);
		outcome_finish(&outcome);
		buf_finish(&line);
	}
}
