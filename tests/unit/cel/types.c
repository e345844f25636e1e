/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/fixture.h"

static const struct fixture_name NAMES[] = {
	{"age", "int", {.kind = CEL_INT, .integer = 30}},
	{"person.name", "string", {.kind = CEL_NULL}},
	{"needs", "list(string)", {.kind = CEL_NULL}},
	{"table", "map(string, int)", {.kind = CEL_NULL}},
	{"any", "dyn", {.kind = CEL_NULL}},
	{"maybe", "wrapper(int)", {.kind = CEL_NULL}},
	{"o", "optional_type(string)", {.kind = CEL_NULL}},
};
enum {
	NAME_COUNT = sizeof(NAMES) / sizeof(NAMES[0])
};

struct pair {
	const char *source;
	const char *wanted;
};

static void check(const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena arena;
		arena_init(&arena, 0);
		const char *is = fixture_type(&arena, pairs[i].source, NAMES, NAME_COUNT);
		cr_expect_str_eq(is, pairs[i].wanted, "%s is %s, not %s", pairs[i].source, is,
			pairs[i].wanted);
		arena_finish(&arena);
	}
}

Test(types, what_is_deduced_is_what_the_language_says)
{
	static const struct pair PAIRS[] = {
		{"age >= 18", "bool"},
		{"person.name + 'x'", "string"},
		{"needs.map(n, size(n))", "list(int)"},
		{"needs.filter(n, n in ['a'])", "list(string)"},
		{"table.map(k, table[k])", "list(int)"},
		{"table.transformMap(k, v, k + string(v))", "map(string, string)"},
		{"needs.transformList(i, n, i)", "list(int)"},
		{"needs.transformMapEntry(i, n, {n: i})", "map(string, int)"},
		{"[]", "list(dyn)"},
		{"[1, 'a']", "list(dyn)"},
		{"[[], [1]]", "list(list(int))"},
		{"{}", "map(dyn, dyn)"},
		{"any.field", "dyn"},
		{"any + 1", "int"},
		{"any ? 1 : 2", "int"},
		{"maybe == null || maybe > 3", "bool"},
		{"cel.bind(x, age * 2, [x, x])", "list(int)"},
		{"o.optMap(x, size(x))", "optional_type(int)"},
		{"table[?'a'].orValue(0)", "int"},
		{"{?'a': o}", "map(string, string)"},
		{"type(1)", "type(int)"},
		{"type(1) == int", "bool"},
		{"timestamp('2024-01-01T00:00:00Z') - duration('1h')", "timestamp"},
		{"optional.none()", "optional_type(dyn)"},
	};
	check(PAIRS, sizeof(PAIRS) / sizeof(PAIRS[0]));
}

Test(types, a_type_error_is_refused_where_it_stands)
{
	static const struct pair PAIRS[] = {
		{"age >= '18'",
			"refused 1:5 found no matching overload for '>=' applied to (int, string)"},
		{"1 == 1.5",
			"refused 1:3 found no matching overload for '==' applied to (int, double)"},
		{"age && true", "refused 1:1 expected type 'bool' but found 'int'"},
		{"wrong > 1", "refused 1:1 undeclared reference to 'wrong'"},
		{"person.nam == ''", "refused 1:1 undeclared reference to 'person'"},
		{"\n needs.all(n, size(n))", "refused 2:15 expected type 'bool' but found 'int'"},
		{"age.exists(x, true)",
			"refused 1:1 'exists' runs over a list or a map, not over 'int'"},
		{"person.name.startwith('a')",
			"refused 1:13 unknown function 'startwith'; did you mean 'startsWith'?"},
		{"age.x", "refused 1:5 type 'int' does not support field selection"},
		{"true ? 1 : 'a'",
			"refused 1:6 the two outcomes have different types, 'int' and 'string'"},
		{"size(age)", "refused 1:1 found no matching overload for 'size' applied to (int)"},
		{"[?1]", "refused 1:3 an entry with '?' wants an optional value, not 'int'"},
		{"age.optMap(x, x)", "refused 1:5 optMap asks for an optional value, not 'int'"},
		{"[].map(x, [].map(y, x in y && y in x))",
			"refused 1:33 found no matching overload for 'in' applied to (list(dyn), "
			"dyn)"},
	};
	check(PAIRS, sizeof(PAIRS) / sizeof(PAIRS[0]));
}

Test(types, types_that_grow_without_end_are_refused_in_time)
{
	struct arena arena;
	arena_init(&arena, 0);
	/* Each bind makes a map of twice the type before it. */
	struct str open = {0};
	struct str close = {0};
	for (int i = 0; i < 50; i++) {
		open = arena_printf(
			&arena, "%.*scel.bind(x%d, {x%d: x%d}, ", STR_ARG(open), i + 1, i, i);
		close = arena_printf(&arena, "%.*s)", STR_ARG(close));
	}
	const struct str whole = arena_printf(
		&arena, "cel.bind(x0, 1, %.*sx50 == x49%.*s)", STR_ARG(open), STR_ARG(close));
	const char *is = fixture_type(&arena, whole.ptr, NULL, 0);
	cr_expect(strncmp(is, "refused", 7) == 0, "%s", is);
	cr_expect(arena.used_total < 64U * 1024 * 1024, "%zu bytes", arena.used_total);
	arena_finish(&arena);
}
