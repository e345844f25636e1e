/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

TestSuite(notation, .fini = expression_finish);

/* The notation without its line ends, indentation and kinds: "_+_(a,b)". */
static void expect_tree(const char *source, const char *wanted)
{
	struct cel_text text = {.arena = expression_arena()};
	struct cel_text plain = {.arena = expression_arena()};
	struct cel_tree *tree;
	struct cel_fault fault;
	cr_assert_eq(cel_parse(expression_arena(), str_from(source), &tree, &fault), ERR_OK, "%s",
		source);
	cel_debug(&text, tree->root);
	const struct str s = cel_text_str(&text);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '^') {
			/* "^#*expr.Expr_CallExpr#" */
			i = (size_t)((const char *)memchr(s.ptr + i + 2, '#', s.len - i - 2) -
				     s.ptr);
		} else if (s.ptr[i] == '\n') {
			while (i + 1 < s.len && s.ptr[i + 1] == ' ') {
				i++;
			}
		} else {
			cel_text_add(&plain, (struct str){s.ptr + i, 1});
		}
	}
	const struct str got = cel_text_str(&plain);
	cr_expect(str_is(got, wanted), "%s is %.*s, not %s", source, STR_ARG(got), wanted);
}

Test(notation, shows_every_kind_of_node)
{
	static const struct expectation ROWS[] = {
		{"-1 + 2u", "_+_(-1,2u)"},
		{"1000000.0 + 1e-5", "_+_(1e+06,1e-05)"},
		{"'a\\n\\u00a0\"é'", "\"a\\n\\u00a0\\\"é\""},
		{"b'\\xff\\x00a'", "b\"\\xff\\x00a\""},
		{".a.b[0].c(d)", "_[_](.a.b,0).c(d)"},
		{"f() && !g(x)", "_&&_(f(),!_(g(x)))"},
		{"a || b || c", "_||_(_||_(a,b),c)"},
		{"a ? b : -c", "_?_:_(a,b,-_(c))"},
		{"x in [1, 'a']", "@in(x,[1,\"a\"])"},
		{"{1: a, ?b: c}", "{1:a,?b:c}"},
		{"a.?b[?c]", "_[?_](_?._(a,\"b\"),c)"},
		{"Name{f: 1}", "Name{f:1}"},
		{"has(a.b)", "a.b~test-only~"},
	};
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		expect_tree(ROWS[i].source, ROWS[i].wanted);
	}
}

Test(notation, expands_the_macros_of_the_standard_and_no_others)
{
	static const struct expectation ROWS[] = {
		{"a.all(x, x)",
			"__comprehension__(// Variablex,// Targeta,// Accumulator@result,// "
			"Inittrue,"
			"// LoopCondition@not_strictly_false(@result),// LoopStep_&&_(@result,x),"
			"// Result@result)"},
		{"a.exists_one(x, x)",
			"__comprehension__(// Variablex,// Targeta,// Accumulator@result,// Init0,"
			"// LoopConditiontrue,// LoopStep_?_:_(x,_+_(@result,1),@result),"
			"// Result_==_(@result,1))"},
		{"a.filter(x, x)",
			"__comprehension__(// Variablex,// Targeta,// Accumulator@result,// Init[],"
			"// LoopConditiontrue,// LoopStep_?_:_(x,_+_(@result,[x]),@result),"
			"// Result@result)"},
		{"a.map(x, c, d)",
			"__comprehension__(// Variablex,// Targeta,// Accumulator@result,// Init[],"
			"// LoopConditiontrue,// LoopStep_?_:_(c,_+_(@result,[d]),@result),"
			"// Result@result)"},
		{"a.all(k, v, v)", "a.all(k,v,v)"},
		{"a.existsOne(k, v, v)", "a.existsOne(k,v,v)"},
		{"a.transformMap(k, v, v)", "a.transformMap(k,v,v)"},
		{"cel.bind(x, 1, x)", "cel.bind(x,1,x)"},
		{"a.optFlatMap(x, x)", "a.optFlatMap(x,x)"},
	};
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		expect_tree(ROWS[i].source, ROWS[i].wanted);
	}
}
