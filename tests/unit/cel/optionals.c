/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

TestSuite(optionals, .fini = expression_finish);

Test(optionals, hold_a_value_or_none)
{
	static const struct expectation ROWS[] = {
		{"optional.of(1)", "optional.of(1)"},
		{"optional.none()", "optional.none()"},
		{"optional.of(optional.none())", "optional.of(optional.none())"},
		{"optional.none().value()", "error: no value"},
		{"optional.none().orValue(2)", "2"},
		{"optional.of(null).orValue(2)", "null"},
		{"optional.none().or(optional.of(3)).value()", "3"},
		{"{'a': 1}.?b.orValue(4)", "4"},
		{"[1, 2][?2].hasValue()", "false"},
		{"[1, 2][?-1].hasValue()", "false"},
		{"[?optional.none(), 1]", "[1]"},
		{"{?'a': optional.none(), 'b': 1}", "{\"b\": 1}"},
		{"optional.of(1).optMap(x, x + 1)", "optional.of(2)"},
		{"optional.of(1) == optional.of(1.0)", "true"},
		{"optional.of(1) == optional.none()", "false"},
		{"dyn(1).hasValue()", "error: no such overload"},
	};
	EXPECT_ALL(ROWS);
}

Test(optionals, of_a_value_that_was_never_set_are_none)
{
	static const char *const ZEROS[] = {"0", "0u", "0.0", "-0.0", "''", "b''", "false", "null",
		"[]", "{}", "duration('0s')", "timestamp(0)", "optional.none()"};
	static const char *const VALUES[] = {"1", "'0'", "[0]", "{0: 0}", "true", "int",
		"duration('1ns')", "timestamp(1)", "0.0 / 0.0"};
	for (size_t i = 0; i < sizeof(ZEROS) / sizeof(ZEROS[0]); i++) {
		const struct str source = arena_printf(
			expression_arena(), "optional.ofNonZeroValue(%s).hasValue()", ZEROS[i]);
		expect(source.ptr, "false");
	}
	for (size_t i = 0; i < sizeof(VALUES) / sizeof(VALUES[0]); i++) {
		const struct str source = arena_printf(
			expression_arena(), "optional.ofNonZeroValue(%s).hasValue()", VALUES[i]);
		expect(source.ptr, "true");
	}
}

Test(optionals, sets_are_lists_without_order_or_number)
{
	static const struct expectation ROWS[] = {
		{"sets.contains([1, 2, 2], [2u, 1.0])", "true"},
		{"sets.contains([1], [1, 2])", "false"},
		{"sets.contains([], [])", "true"},
		{"sets.equivalent([1, 2, 2], [2, 1])", "true"},
		{"sets.equivalent([1, 2], [1])", "false"},
		{"sets.intersects([1, 2], [3, 2])", "true"},
		{"sets.intersects([], [1])", "false"},
		{"sets.intersects([[1]], [[1.0]])", "true"},
		{"sets.contains([1, missing], [1])", "unknown: missing"},
	};
	EXPECT_ALL(ROWS);
	expect_within("sets.contains([1, 2, 3, 4, 5, 6, 7, given], [8, 8, 8, 8, 8, 8])", cel_int(8),
		40, "error: too long");
}
