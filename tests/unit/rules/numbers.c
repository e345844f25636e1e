/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/fixture.h"

#define MIN "-9223372036854775808"
#define MAX "9223372036854775807"
#define UMAX "18446744073709551615u"
#define NAN_ "(0.0 / 0.0)"

Test(rules, whole_numbers_overflow_as_errors)
{
	static const struct fixture_vector VECTORS[] = {
		{MIN " < 0", 'T', NULL},
		{MAX " + 1 > 0", 'E', "integer overflow"},
		{MIN " - 1 < 0", 'E', "integer overflow"},
		{MAX " * 2 > 0", 'E', "integer overflow"},
		{MIN " * -1 > 0", 'E', "integer overflow"},
		{MIN " / -1 > 0", 'E', "integer overflow"},
		{MIN " % -1 == 0", 'E', "integer overflow"},
		{"-(" MIN ") > 0", 'E', "integer overflow"},
		{"--9223372036854775807 > 0", 'T', NULL},
		{MAX " - 1 == 9223372036854775806", 'T', NULL},
		{MIN " + " MAX " == -1", 'T', NULL},
		{"1 / 0 == 0", 'E', "division by zero at column 3"},
		{"1 % 0 == 0", 'E', "division by zero"},
		{"1u / 0u == 0u", 'E', "division by zero"},
		{"1u % 0u == 0u", 'E', "division by zero"},
		{UMAX " + 1u > 0u", 'E', "integer overflow"},
		{"0u - 1u > 0u", 'E', "integer overflow"},
		{UMAX " * 2u > 0u", 'E', "integer overflow"},
		{"7 / 2 == 3", 'T', NULL},
		{"-7 / 2 == -3", 'T', NULL},
		{"-7 % 3 == -1", 'T', NULL},
		{"7 % -3 == 1", 'T', NULL},
		{"7u / 2u == 3u", 'T', NULL},
		{"0x10 == 16", 'T', NULL},
		{"-0x10 == -16", 'T', NULL},
		{"0xFFu == 255u", 'T', NULL},
		{"0xffffffffffffffffu == " UMAX, 'T', NULL},
		{"-0x8000000000000000 == " MIN, 'T', NULL},
		{"-1u == 1u", 'E', "types"},
		{"-'a' == 'a'", 'E', "types"},
		{"1 + 1u == 2", 'E', "types"},
		{"1 + 1.0 == 2.0", 'E', "types"},
		{"1 + 'a' == 'a'", 'E', "types"},
		{"'a' - 'a' == ''", 'E', "types"},
		{"null + null == null", 'E', "types"},
		{"5.5 % 2.0 == 1.5", 'E', "types"},
	};
	FIXTURE_RUN(VECTORS);
}

Test(rules, doubles_follow_ieee_754)
{
	static const struct fixture_vector VECTORS[] = {
		{"1.5 + 1.5 == 3.0", 'T', NULL},
		{".5 == 0.5", 'T', NULL},
		{"1e3 == 1000.0", 'T', NULL},
		{"1E-3 == 0.001", 'T', NULL},
		{"1.5e+2 == 150.0", 'T', NULL},
		{"1.0 / 0.0 > 1e308", 'T', NULL},
		{"-1.0 / 0.0 < -1e308", 'T', NULL},
		{"1.0 / -0.0 < 0.0", 'T', NULL},
		{"0.0 == -0.0", 'T', NULL},
		{NAN_ " == " NAN_, 'F', NULL},
		{NAN_ " != " NAN_, 'T', NULL},
		{NAN_ " < 1.0", 'F', NULL},
		{NAN_ " >= 1.0", 'F', NULL},
		{NAN_ " > 1", 'F', NULL},
		{NAN_ " <= 1u", 'F', NULL},
		{NAN_ " in [" NAN_ "]", 'F', NULL},
		{"[" NAN_ "] == [" NAN_ "]", 'F', NULL},
		{"1e308 * 10.0 == 1.0 / 0.0", 'T', NULL},
		{"0.1 + 0.2 == 0.3", 'F', NULL},
		{"-(1.5) == -1.5", 'T', NULL},
		{"2.0 * 3.5 == 7.0", 'T', NULL},
		{"7.0 / 2.0 == 3.5", 'T', NULL},
		{"1.5 - 2.0 == -0.5", 'T', NULL},
		{"1e-400 == 0.0", 'T', NULL},
	};
	FIXTURE_RUN(VECTORS);
}

Test(rules, numbers_of_all_kinds_compare_on_one_line_exactly)
{
	static const struct fixture_vector VECTORS[] = {
		{"1 == 1u", 'T', NULL},
		{"1u == 1", 'T', NULL},
		{"1 == 1.0", 'T', NULL},
		{"1.0 == 1u", 'T', NULL},
		{"-1 == " UMAX, 'F', NULL},
		{"-1 < 0u", 'T', NULL},
		{"0u > -1", 'T', NULL},
		{"1 < 1.5", 'T', NULL},
		{"1.5 < 2", 'T', NULL},
		{"-1.5 < -1", 'T', NULL},
		{"-1 > -1.5", 'T', NULL},
		{"2u > 1.5", 'T', NULL},
		{"1.5 > 1u", 'T', NULL},
		{"-0.5 < 0u", 'T', NULL},
		{"1u <= 1", 'T', NULL},
		{"1u >= 1.0", 'T', NULL},
		/* 2^53 + 1 is no double: rounding would make these equal. */
		{"9007199254740993 == 9007199254740992.0", 'T', NULL},
		{"9007199254740993 > 9007199254740992.0", 'F', NULL},
		{MAX " < 9223372036854775808.0", 'F', NULL},
		{MIN " == -9223372036854775808.0", 'T', NULL},
		{UMAX " < 18446744073709551616.0", 'F', NULL},
		{MAX " < " UMAX, 'T', NULL},
		{MIN " < -1e300", 'F', NULL},
		{MAX " < 1.0 / 0.0", 'T', NULL},
		{"person.age == 16u && person.age == 16.0", 'T', NULL},
		{"person.score > 2 && person.score < 3u", 'T', NULL},
		{"1.0 in [1]", 'T', NULL},
		{"{1: 'a'}[1u] == 'a'", 'T', NULL},
		{"{1u: 'a'}[1.0] == 'a'", 'T', NULL},
		{"1.0 in {1: 'a'}", 'T', NULL},
	};
	FIXTURE_RUN(VECTORS);
}

Test(rules, conversions_check_their_range)
{
	static const struct fixture_vector VECTORS[] = {
		{"int('18') == 18", 'T', NULL},
		{"int('-18') == -18", 'T', NULL},
		{"int('" MIN "') == " MIN, 'T', NULL},
		{"int('9223372036854775808') > 0", 'E', "cannot be converted"},
		{"int('') == 0", 'E', NULL},
		{"int('-') == 0", 'E', NULL},
		{"int('1x') == 1", 'E', NULL},
		{"int(' 1') == 1", 'E', NULL},
		{"int(2.9) == 2 && int(-2.9) == -2", 'T', NULL},
		{"int(1e19) > 0", 'E', "out of range"},
		{"int(9223372036854775808.0) > 0", 'E', NULL},
		{"int(" NAN_ ") > 0", 'E', NULL},
		{"int(" UMAX ") > 0", 'E', NULL},
		{"int(5u) == 5", 'T', NULL},
		{"int(true) == 1", 'E', "types"},
		{"uint('18') == 18u", 'T', NULL},
		{"uint('-1') == 1u", 'E', NULL},
		{"uint(-1) == 1u", 'E', NULL},
		{"uint(2.9) == 2u", 'T', NULL},
		{"uint(-0.5) == 0u", 'E', NULL},
		{"uint(18446744073709551616.0) > 0u", 'E', NULL},
		{"double('2.5') == 2.5", 'T', NULL},
		{"double('1e3') == 1000.0", 'T', NULL},
		{"double('NaN') != double('NaN')", 'T', NULL},
		{"double('-Infinity') < 0.0", 'T', NULL},
		{"double('0x10') == 16.0", 'E', NULL},
		{"double(' 1') == 1.0", 'E', NULL},
		{"double('') == 0.0", 'E', NULL},
		{"double(3) == 3.0 && double(3u) == 3.0", 'T', NULL},
		{"string(18) == '18' && string(18u) == '18'", 'T', NULL},
		{"string(1.5) == '1.5' && string(100.0) == '100'", 'T', NULL},
		{"string(-4.5e-3) == '-0.0045'", 'T', NULL},
		{"string(1e21) == '1e+21' && string(1e20) == '100000000000000000000'", 'T', NULL},
		{"string(0.1) == '0.1' && string(1e-7) == '1e-07'", 'T', NULL},
		{"string(123456.789) == '123456.789'", 'T', NULL},
		{"string(true) == 'true'", 'T', NULL},
		{"string(b'abc') == 'abc'", 'T', NULL},
		{"string(b'\\xff') == ''", 'E', NULL},
		{"string([]) == ''", 'E', "types"},
		{"bytes('\xc3\xab') == b'\\xc3\\xab'", 'T', NULL},
		{"bool('true') && bool('t') && bool('1') && !bool('FALSE')", 'T', NULL},
		{"bool('yes')", 'E', NULL},
		{"bool(1)", 'E', "types"},
		{"dyn(1) == 1", 'T', NULL},
		{"type(1) == int && type(1u) == uint && type('') == string", 'T', NULL},
		{"type(1.0) == double && type(b'') == bytes && type(true) == bool", 'T', NULL},
		{"type([]) == list && type({}) == map && type(null) == null_type", 'T', NULL},
		{"type(int) == type && type(type) == type", 'T', NULL},
		{"type(moment) == google.protobuf.Timestamp", 'T', NULL},
		{"type(1) == string", 'F', NULL},
		{"type(u) == int", 'U', "u"},
	};
	FIXTURE_RUN(VECTORS);
}
