/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/fixture.h"

struct error_vector {
	const char *source;
	unsigned line;
	unsigned column;
	const char *part; /* of the message */
};

static void check(const struct error_vector *vector, enum err wanted)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct rules_clause *clause = NULL;
	struct rules_error error;
	const enum err err = rules_compile(&arena, str_from(vector->source), &clause, &error);
	cr_expect(err == wanted, "%s: %s", vector->source, err_code(err));
	cr_expect(clause == NULL, "%s: a clause in spite of the failure", vector->source);
	cr_expect(error.line == vector->line && error.column == vector->column,
		"%s: at %u:%u, not %u:%u: %s", vector->source, error.line, error.column,
		vector->line, vector->column, error.message);
	cr_expect(strstr(error.message, vector->part) != NULL, "%s: '%s' lacks '%s'",
		vector->source, error.message, vector->part);
	arena_finish(&arena);
}

Test(rules, a_wrong_clause_is_refused_where_it_is_wrong)
{
	static const struct error_vector VECTORS[] = {
		{"", 1, 1, "expected a value, but the expression ends"},
		{"   ", 1, 4, "the expression ends"},
		{"// only a comment", 1, 18, "the expression ends"},
		{"1 +", 1, 4, "the expression ends"},
		{"(1", 1, 3, "expected ')'"},
		{"[1", 1, 3, "expected ',' or ']'"},
		{"[1 2]", 1, 4, "found '2'"},
		{"{1}", 1, 3, "expected ':'"},
		{"{1: 2", 1, 6, "expected ',' or '}'"},
		{"f(1", 1, 4, "expected ',' or ')'"},
		{"size(1,)", 1, 8, "expected a value, found ')'"},
		{"1)", 1, 2, "expected an operator or the end, found ')'"},
		{"a b", 1, 3, "found 'b'"},
		{"a = b", 1, 3, "write '=='"},
		{"a & b", 1, 3, "write '&&'"},
		{"a | b", 1, 3, "write '||'"},
		{"a && \n b $ c", 2, 4, "unexpected character '$'"},
		{"'\xc3\xab' = 1", 1, 5, "write '=='"},
		{"\xc3\xab", 1, 1, "unexpected character (byte 0xc3)"},
		{"a \x01", 1, 3, "unexpected character (byte 0x01)"},
		{"'abc", 1, 1, "not closed"},
		{"x == 'abc\n'", 1, 6, "not closed"},
		{"'''abc''", 1, 1, "not closed"},
		{"'a\\q'", 1, 3, "no such escape"},
		{"'\\ud800'", 1, 2, "no such escape"},
		{"'\\U00110000'", 1, 2, "no such escape"},
		{"'\\x4'", 1, 2, "no such escape"},
		{"'\\400'", 1, 2, "no such escape"},
		{"b'\\u0041'", 1, 3, "no such escape"},
		{"9223372036854775808", 1, 1, "signed 64-bit"},
		{"-9223372036854775809", 1, 2, "signed 64-bit"},
		{"18446744073709551616u", 1, 1, "64 bits"},
		{"0x10000000000000000", 1, 1, "64 bits"},
		{"1e999", 1, 1, "too large"},
		{"1.", 1, 3, "a field's name"},
		{"0x", 1, 2, "found 'x'"},
		{"12abc", 1, 3, "found 'abc'"},
		{"a.", 1, 3, "a field's name"},
		{"a.true", 1, 3, "a field's name"},
		{"a.1", 1, 2, "found '.1'"},
		{"a[", 1, 3, "expected a value"},
		{"a[1", 1, 4, "expected ']'"},
		{"a ? b", 1, 6, "expected ':'"},
		{"a ? : b", 1, 5, "expected a value"},
		{"if == 1", 1, 1, "'if' is a reserved word"},
		{"while(1)", 1, 1, "reserved word"},
		{"-!a", 1, 2, "found '!'"},
		{"!-a", 1, 3, "expected a number"},
		{"!", 1, 2, "expected a value"},
		{"`a`", 1, 1, "expected a value"},
		{"a.`b$`", 1, 3, "backticks"},
		{"a.``", 1, 3, "backticks"},
		{"foo(1)", 1, 1, "unknown function 'foo'"},
		{"person.name.startswith('a')", 1, 13, "did you mean 'startsWith'?"},
		{"x.sise() == 1", 1, 3, "did you mean 'size'?"},
		{"needs.exist(n, true)", 1, 7, "did you mean 'exists'?"},
		{"person.name.matches('(a.*')", 1, 13, "missing )"},
		{"moment.getHour() > 9", 1, 8, "did you mean 'getHours'?"},
		{"size() == 1", 1, 1, "'size' does not take 0 arguments"},
		{"contains('a', 'b')", 1, 1, "behind a dot, as x.contains()"},
		{"'a'.int()", 1, 5, "as int(x), not behind a dot"},
		{"needs.all(n)", 1, 7, "list.all(x, condition)"},
		{"all(needs, n, true)", 1, 1, "list.all(x, condition)"},
		{"needs.all(1, true)", 1, 11, "the name of a variable"},
		{"needs.all(n.x, true)", 1, 13, "the name of a variable"},
		{"needs.map(.n, true)", 1, 12, "the name of a variable"},
		{"has(person)", 1, 5, "has() asks for a field"},
		{"has(1)", 1, 5, "has() asks for a field"},
		{"has()", 1, 1, "has(person.age)"},
		{"Person{age: 1} == x", 1, 1, "unknown message type 'Person'"},
		{"a.b.C{} == x", 1, 5, "unknown message type 'a.b.C'"},
		{"Person{1: 2}", 1, 8, "a field's name"},
		{"f(x)(y)", 1, 5, "found '('"},
	};
	for (size_t i = 0; i < sizeof(VECTORS) / sizeof(VECTORS[0]); i++) {
		check(&VECTORS[i], ERR_INVALID);
	}
}

Test(rules, bytes_that_are_no_text_are_refused)
{
	const struct error_vector vector = {"'\xff'", 1, 1, "UTF-8"};
	check(&vector, ERR_INVALID);
}

Test(rules, a_clause_lists_the_facts_it_reads_sorted_and_once)
{
	struct arena arena;
	arena_init(&arena, 0);
	const struct rules_clause *clause =
		fixture_compile(&arena, "b.c > 1 && a < 2 && b.c < 9 && needs.exists(x, x == z && "
					"has(y.f)) && int(q) == 1");
	static const char *const WANTED[] = {"a", "b.c", "needs", "q", "y.f", "z"};
	const struct str *paths;
	cr_assert_eq(rules_clause_facts(clause, &paths), 6);
	for (size_t i = 0; i < 6; i++) {
		cr_expect(str_is(paths[i], WANTED[i]), "%s", WANTED[i]);
	}
	arena_finish(&arena);
}

Test(rules, the_source_is_kept_as_it_was_written)
{
	struct arena arena;
	arena_init(&arena, 0);
	char source[] = "person.age>=18 // adults";
	const struct rules_clause *clause = fixture_compile(&arena, source);
	memset(source, 'x', sizeof(source));
	cr_expect(str_is(rules_clause_source(clause), "person.age>=18 // adults"));
	arena_finish(&arena);
}
