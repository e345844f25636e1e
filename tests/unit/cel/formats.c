/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

TestSuite(formats, .fini = expression_finish);

Test(formats, what_is_no_clause_is_refused)
{
	static const struct expectation ROWS[] = {
		{"'%'.format([1])", "error: after %"},
		{"'100%'.format([])", "error: after %"},
		{"'%.'.format([1])", "error: after %"},
		{"'%.3'.format([1.0])", "error: after %"},
		{"'%n'.format([1])", "error: after %"},
		{"'%5d'.format([1])", "error: after %"},
		{"'%-d'.format([1])", "error: after %"},
		{"'%*d'.format([1, 2])", "error: after %"},
		{"'%1$s'.format(['a'])", "error: after %"},
		{"'%ls'.format(['a'])", "error: after %"},
		{"'%\\u0000'.format(['a'])", "error: after %"},
		{"'%.101f'.format([1.0])", "error: 100 digits"},
		{"'%.99999999999999999999f'.format([1.0])", "error: 100 digits"},
		{"'%s %s'.format(['a'])", "error: fewer"},
		{"'%s'.format([])", "error: fewer"},
	};
	EXPECT_ALL(ROWS);
	expect_given("given.format([1])", cel_string(STR("%n")), "error: after %");
	expect_given("given.format([1])", cel_string(STR("%")), "error: after %");
}

Test(formats, each_clause_takes_its_own_kinds_only)
{
	static const struct expectation ROWS[] = {
		{"'%d'.format(['1'])", "error: integers only"},
		{"'%d'.format([1.5])", "error: integers only"},
		{"'%b'.format([1.0])", "error: %b"},
		{"'%o'.format([true])", "error: %o"},
		{"'%x'.format([1.0])", "error: %x"},
		{"'%f'.format(['NaN'])", "error: numbers only"},
		{"'%s'.format([optional.of(1)])", "error: this type"},
		{"'%s'.format([[optional.none()]])", "error: this type"},
	};
	EXPECT_ALL(ROWS);
}

Test(formats, numbers_are_written_to_their_ends)
{
	static const struct expectation ROWS[] = {
		{"'%d'.format([-9223372036854775808])", "\"-9223372036854775808\""},
		{"'%x'.format([-9223372036854775808])", "\"-8000000000000000\""},
		{"'%b'.format([18446744073709551615u]).size()", "64"},
		{"'%b'.format([-9223372036854775808]).size()", "65"},
		{"'%.100f'.format([1.7976931348623157e308]).size()", "410"},
		{"'%.100f'.format([-1.7976931348623157e308]).size()", "411"},
		{"'%s'.format([1.7976931348623157e308]).size()", "309"},
		{"'%.0f %.0f %.0f'.format([0.5, 1.5, 2.5])", "\"0 2 2\""},
		{"'%.2e'.format([0.0])", "\"0.00e+00\""},
		{"'%f'.format([1])", "\"1.000000\""},
		{"'%s'.format([-0.0])", "\"-0\""},
		{"'%X'.format(['né'])", "\"6EC3A9\""},
	};
	EXPECT_ALL(ROWS);
}

Test(formats, values_are_written_as_text_that_is_utf8)
{
	static const struct expectation ROWS[] = {
		{"'%s'.format([b'a\\xffb\\xc3'])", "\"a\ufffdb\ufffd\""},
		{"'%s'.format([b'\\xc3\\xa9\\xe2\\x82'])", "\"é\ufffd\ufffd\""},
		{"'%s'.format([{'b': [1, null], 'a': {}}])", "\"{a: {}, b: [1, null]}\""},
		{"'%s'.format([type(1)])", "\"int\""},
		{"'%s'.format(['%s'])", "\"%s\""},
		{"'%%%s'.format([1])", "\"%1\""},
		{"'none'.format([1, 2])", "\"none\""},
	};
	EXPECT_ALL(ROWS);
}

Test(formats, a_value_nested_beyond_measure_is_refused)
{
	struct cel_value *levels = arena_array(expression_arena(), 200, sizeof(struct cel_value));
	cr_assert_not_null(levels);
	levels[0] = cel_int(1);
	for (size_t i = 1; i < 200; i++) {
		levels[i] = cel_list(&levels[i - 1], 1);
	}
	expect_given("'%s'.format([given])", levels[199], "error: nested");
	expect_given("'%s'.format([given]).size()", levels[100], "201");
	expect_given("given == given", levels[199], "error: too long");
}

Test(formats, a_long_text_is_paid_for)
{
	const struct cel_value large = cel_double(1e308);
	expect_within(
		"'%.100f%.100f%.100f'.format([given, given, given]).size()", large, 300, "1230");
	expect_within("'%.100f%.100f%.100f'.format([given, given, given]).size()", large, 50,
		"error: too long");
	expect_within("'%s'.format([[given, 2, 3, 4, 5, 6, 7, 8, 9]])", cel_int(1), 12,
		"error: too long");
}
