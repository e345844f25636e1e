/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "rules/cel/cel.h"

static struct arena arena;

static void finish(void)
{
	arena_finish(&arena);
}

TestSuite(parse, .fini = finish);

static struct cel_tree *parse(const char *source)
{
	struct cel_tree *tree = NULL;
	struct cel_fault fault;
	cr_assert_eq(cel_parse(&arena, str_from(source), &tree, &fault), ERR_OK, "%s: %u:%u: %s",
		source, fault.line, fault.column, fault.message);
	return tree;
}

static void expect_print(const char *source, const char *wanted)
{
	struct cel_text text = {.arena = &arena};
	cel_unparse(&text, parse(source)->root);
	const struct str printed = cel_text_str(&text);
	cr_expect(str_is(printed, wanted), "%s printed as %.*s", source, STR_ARG(printed));
}

static void expect_refused(const char *source, unsigned column, const char *part)
{
	struct cel_tree *tree = NULL;
	struct cel_fault fault;
	cr_assert_neq(cel_parse(&arena, str_from(source), &tree, &fault), ERR_OK, "%s", source);
	cr_expect_eq(
		fault.column, column, "%s: column %u: %s", source, fault.column, fault.message);
	cr_expect_not_null(strstr(fault.message, part), "%s: %s", source, fault.message);
}

Test(parse, prints_what_was_read)
{
	static const char *const SAME[] = {"a.b.c", ".a.b", "a.?b[?c]", "[?a, b]",
		"{?'k': v, 2: 3}", "a.`b-c/d`", "Name{f: 1, ?g: 2}", ".x.Name{`f-g`: 1}",
		"a.package()", ".f(x)", "[1].all(i, x, i < x)", "x.existsOne(y, y)",
		"x.exists_one(y, y)", "m.transformMap(k, v, k != v, v + 1)",
		"m.transformMapEntry(k, v, {v: k})", "l.transformList(i, v, i > 0, v)",
		"cel.bind(x, 1 + 2, x * x)", "o.optMap(x, x + 1).optFlatMap(y, y.?z)",
		"has(a.b) && !has(c.d)", "a ? b : c ? d : e", "(a ? b : c) ? d : e",
		"-9223372036854775808", "4 - -4", "-(4)", "b'\\377\\000'", "1.0", "1e+21",
		"18446744073709551615u", "a.map(x, x > 1, x)", "'\\'\\\\\\n'", "(a || b) && c",
		"a - (b - c)"};
	for (size_t i = 0; i < sizeof(SAME) / sizeof(SAME[0]); i++) {
		expect_print(SAME[i], SAME[i]);
	}
	expect_print("!(!a)", "!(!a)");
	/* Two signs undo one another. */
	expect_print("!!a", "a");
}

Test(parse, takes_a_comma_after_the_last_element)
{
	expect_print("[1, 2,]", "[1, 2]");
	expect_print("{1: 2,}", "{1: 2}");
	expect_print("N{a: 2,}", "N{a: 2}");
	expect_refused("f(1,)", 5, "expected a value");
}

Test(parse, points_at_what_is_wrong)
{
	expect_refused("a &&", 5, "ends here");
	expect_refused("for + 1", 1, "reserved word");
	expect_refused("a = 1", 3, "write '=='");
	expect_refused("[1].all(1, true)", 9, "name of a variable");
	expect_refused("[1].all(x, x, true)", 12, "one name");
	expect_refused("cel.bind(a.b, 1, 2)", 12, "name of a variable");
	expect_refused("has(a)", 5, "has() asks for a field");
	expect_refused("'caf\xc3\xa9' + ", 10, "ends here");
}

Test(parse, refuses_what_is_too_deep_or_too_long)
{
	static char deep[CEL_LIMIT_SOURCE_BYTES + 2];
	memset(deep, '(', 5000);
	expect_refused(deep, CEL_LIMIT_DEPTH + 1, "nested deeper");
	memset(deep, ' ', sizeof(deep) - 1);
	expect_refused(deep, CEL_LIMIT_SOURCE_BYTES + 1, "longer than");
	size_t at = 0;
	for (int i = 0; i < 5001; i++) {
		at += (size_t)sprintf(deep + at, "%s", i == 0 ? "[1" : ",1");
	}
	expect_refused(deep, 10003, "expected ',' or ']'");
}
