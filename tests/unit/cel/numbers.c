/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

TestSuite(numbers, .fini = expression_finish);

Test(numbers, convert_at_and_beyond_the_ends_of_their_ranges)
{
	static const struct expectation ROWS[] = {
		{"int('9223372036854775807')", "9223372036854775807"},
		{"int('-9223372036854775808')", "-9223372036854775808"},
		{"int('9223372036854775808')", "error: cannot be converted"},
		{"int('-9223372036854775809')", "error: cannot be converted"},
		{"int('+7')", "7"},
		{"int('')", "error: cannot be converted"},
		{"int('-')", "error: cannot be converted"},
		{"int(' 1')", "error: cannot be converted"},
		{"int('0x10')", "error: cannot be converted"},
		{"int('1.0')", "error: cannot be converted"},
		{"int(9223372036854774784.0)", "9223372036854774784"},
		{"int(-9223372036854775808.0)", "error: out of range"},
		{"int(0.0 / 0.0)", "error: out of range"},
		{"int(18446744073709551615u)", "error: out of range"},
		{"int(true)", "error: "},
		{"uint('18446744073709551615')", "18446744073709551615u"},
		{"uint('18446744073709551616')", "error: cannot be converted"},
		{"uint('-0')", "error: cannot be converted"},
		{"uint('+1')", "error: cannot be converted"},
		{"uint(18446744073709549568.0)", "18446744073709549568u"},
		{"uint(18446744073709551616.0)", "error: out of range"},
		{"uint(-0.5)", "error: out of range"},
		{"uint(-1)", "error: out of range"},
		{"int(duration('1.5s'))", "1500000000"},
		{"int(timestamp('1969-12-31T23:59:59.5Z'))", "-1"},
	};
	EXPECT_ALL(ROWS);
}

Test(numbers, doubles_are_read_as_a_whole_or_not_at_all)
{
	static const struct expectation ROWS[] = {
		{"double('1e308')", "1e+308"},
		{"double('1e309')", "error: cannot be converted"},
		{"double('-1e309')", "error: cannot be converted"},
		{"double('1e-400')", "0.0"},
		{"double('-1e-400')", "-0.0"},
		{"double('4.9e-324')", "5e-324"},
		{"double('0.1e400')", "error: cannot be converted"},
		{"double('00001e-99999999')", "0.0"},
		{"double('.5')", "0.5"},
		{"double('5.')", "5.0"},
		{"double('+2.5')", "2.5"},
		{"double('Infinity')", "double(\"Infinity\")"},
		{"double('-inf')", "double(\"-Infinity\")"},
		{"double('nan')", "double(\"NaN\")"},
		{"double('nan(1)')", "error: cannot be converted"},
		{"double('0x1p3')", "error: cannot be converted"},
		{"double('1_0')", "error: cannot be converted"},
		{"double('1 ')", "error: cannot be converted"},
		{"double('')", "error: cannot be converted"},
		{"double('+-1')", "error: cannot be converted"},
	};
	EXPECT_ALL(ROWS);
}

Test(numbers, a_double_is_written_in_the_fewest_digits_that_read_back)
{
	static const struct expectation ROWS[] = {
		{"string(0.1)", "\"0.1\""},
		{"string(0.1 + 0.2)", "\"0.30000000000000004\""},
		{"string(100.0)", "\"100\""},
		{"string(1e20)", "\"100000000000000000000\""},
		{"string(1e21)", "\"1e+21\""},
		{"string(0.0001)", "\"0.0001\""},
		{"string(0.00001)", "\"1e-05\""},
		{"string(5e-324)", "\"5e-324\""},
		{"string(1.7976931348623157e308)", "\"1.7976931348623157e+308\""},
		{"string(-0.0)", "\"-0\""},
		{"string(0.0 / 0.0)", "\"NaN\""},
		{"string(-1.0 / 0.0)", "\"-Inf\""},
		{"double(string(0.1)) == 0.1", "true"},
	};
	EXPECT_ALL(ROWS);
}

Test(numbers, whole_ones_are_written_to_their_ends)
{
	static const struct expectation ROWS[] = {
		{"string(0)", "\"0\""},
		{"string(-1)", "\"-1\""},
		{"string(-9223372036854775808)", "\"-9223372036854775808\""},
		{"string(9223372036854775807)", "\"9223372036854775807\""},
		{"string(18446744073709551615u)", "\"18446744073709551615\""},
		{"string(0u)", "\"0\""},
	};
	EXPECT_ALL(ROWS);
}

Test(numbers, overflow_is_an_error_and_never_wraps)
{
	static const struct expectation ROWS[] = {
		{"9223372036854775807 + 1", "error: overflow"},
		{"-9223372036854775808 - 1", "error: overflow"},
		{"9223372036854775807 * 2", "error: overflow"},
		{"-(-9223372036854775808)", "error: overflow"},
		{"-9223372036854775808 / -1", "error: overflow"},
		{"-9223372036854775808 % -1", "error: overflow"},
		{"1 / 0", "error: zero"},
		{"1 % 0", "error: zero"},
		{"0u - 1u", "error: overflow"},
		{"18446744073709551615u + 1u", "error: overflow"},
		{"18446744073709551615u * 2u", "error: overflow"},
		{"1u / 0u", "error: zero"},
		{"1u % 0u", "error: zero"},
		{"-7 / 2", "-3"},
		{"-7 % 2", "-1"},
		{"1.0 / 0.0", "double(\"Infinity\")"},
	};
	EXPECT_ALL(ROWS);
}

Test(numbers, of_different_types_stand_on_one_line)
{
	static const struct expectation ROWS[] = {
		{"1 == 1.0 && 1u == 1 && 1.0 == 1u", "true"},
		{"-1 < 0u", "true"},
		{"18446744073709551615u > 9223372036854775807", "true"},
		{"1 < 1.5 && 1.5 < 2u", "true"},
		{"0.0 / 0.0 == 0.0 / 0.0", "false"},
		{"0.0 / 0.0 != 0.0 / 0.0", "true"},
		{"1 < 0.0 / 0.0 || 1 >= 0.0 / 0.0", "false"},
		{"dyn(1) == '1'", "false"},
		{"1.0 in [1]", "true"},
		{"{1: 'a'}[1.0]", "\"a\""},
		{"{1u: 'a'}[1]", "\"a\""},
		{"[4, 5][dyn(1u)]", "5"},
		{"[4, 5][dyn(0.5)]", "error: "},
	};
	EXPECT_ALL(ROWS);
}

Test(numbers, math_takes_any_number_of_any_kind)
{
	static const struct expectation ROWS[] = {
		{"math.greatest(1, 2.5, 2u)", "2.5"},
		{"math.least([3, 1, 2])", "1"},
		{"math.greatest([])", "error: nothing"},
		{"math.greatest(['a'])", "error: "},
		{"math.greatest(1, 2, 'a')", "error: "},
		{"math.abs(-9223372036854775808)", "error: overflow"},
		{"math.abs(-2.5)", "2.5"},
		{"math.round(2.5) == 3.0 && math.round(-2.5) == -3.0", "true"},
		{"math.trunc(-2.7)", "-2.0"},
		{"math.sign(-0.5)", "-1.0"},
		{"math.isNaN(math.sign(0.0 / 0.0))", "true"},
		{"math.sqrt(9)", "3.0"},
		{"math.isNaN(math.sqrt(-1.0))", "true"},
		{"math.bitShiftLeft(1, 63)", "-9223372036854775808"},
		{"math.bitShiftLeft(1, 64)", "0"},
		{"math.bitShiftRight(-1, 60)", "15"},
		{"math.bitShiftRight(1, -1)", "error: negative"},
		{"math.bitNot(0u)", "18446744073709551615u"},
		{"math.bitAnd(12, 10) == 8 && math.bitOr(12, 10) == 14", "true"},
		{"math.bitXor(12u, 10u)", "6u"},
	};
	EXPECT_ALL(ROWS);
}
