/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

TestSuite(propagation, .fini = expression_finish);

Test(propagation, a_function_of_something_unknown_is_unknown)
{
	static const struct expectation ROWS[] = {
		{"missing + 1", "unknown: missing"},
		{"missing + absent", "unknown: absent, missing"},
		{"size(missing)", "unknown: missing"},
		{"missing.size()", "unknown: missing"},
		{"missing.startsWith('a')", "unknown: missing"},
		{"'a'.startsWith(missing)", "unknown: missing"},
		{"'abc'.replace('b', missing)", "unknown: missing"},
		{"'abc'.matches(missing)", "unknown: missing"},
		{"'%s and %d'.format([missing, 1])", "unknown: missing"},
		{"'%s'.format([[1, {'a': missing}]])", "unknown: missing"},
		{"[missing, 'b'].join(absent)", "unknown: absent, missing"},
		{"string(missing)", "unknown: missing"},
		{"timestamp(missing)", "unknown: missing"},
		{"timestamp(0).getHours(missing)", "unknown: missing"},
		{"math.greatest(1, missing, 3)", "unknown: missing"},
		{"math.least([1, missing])", "unknown: missing"},
		{"missing in [1, 2]", "unknown: missing"},
		{"1 in missing", "unknown: missing"},
		{"missing == 1", "unknown: missing"},
		{"[1, missing] == [1, 2]", "unknown: missing"},
		{"missing < absent", "unknown: absent, missing"},
		{"-missing", "unknown: missing"},
		{"!missing", "unknown: missing"},
		{"[1, 2][missing]", "unknown: missing"},
		{"missing[0]", "unknown: missing"},
		{"base64.encode(missing)", "unknown: missing"},
		{"sets.intersects([1], missing)", "unknown: missing"},
		{"optional.of(missing).value()", "unknown: missing"},
		{"optional.none().orValue(missing)", "unknown: missing"},
		{"type(missing)", "unknown: missing"},
	};
	EXPECT_ALL(ROWS);
}

Test(propagation, in_a_function_an_error_comes_before_what_is_unknown)
{
	static const struct expectation ROWS[] = {
		{"missing + 1 / 0", "error: zero"},
		{"1 / 0 + missing", "error: zero"},
		{"'abc'.replace(string(1 / 0), missing)", "error: zero"},
		{"math.greatest(missing, 1 / 0, absent)", "error: zero"},
		{"[missing, 1 / 0]", "error: zero"},
		{"missing == 1 / 0", "error: zero"},
	};
	EXPECT_ALL(ROWS);
}

Test(propagation, in_and_and_or_what_decides_comes_first)
{
	static const struct expectation ROWS[] = {
		{"missing && false", "false"},
		{"false && missing", "false"},
		{"missing || true", "true"},
		{"1 / 0 == 1 || true", "true"},
		{"missing && 1 / 0 == 1", "unknown: missing"},
		{"1 / 0 == 1 && missing", "unknown: missing"},
		{"missing && true", "unknown: missing"},
		{"missing ? 1 : 2", "unknown: missing"},
		{"true ? 1 : missing", "1"},
	};
	EXPECT_ALL(ROWS);
}
