/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

TestSuite(times, .fini = expression_finish);

Test(times, are_kept_to_the_nanosecond_and_within_their_range)
{
	static const struct expectation ROWS[] = {
		{"timestamp('2019-06-12T21:40:00.123456789+01:00')",
			"timestamp(\"2019-06-12T20:40:00.123456789Z\")"},
		{"timestamp('0001-01-01T00:00:00Z')", "timestamp(\"0001-01-01T00:00:00Z\")"},
		{"timestamp('0001-01-01T00:00:00+00:01')", "error: cannot be converted"},
		{"timestamp('9999-12-31T23:59:59-00:01')", "error: cannot be converted"},
		{"timestamp('2019-02-29T00:00:00Z')", "error: cannot be converted"},
		{"timestamp('2019-06-12')", "error: cannot be converted"},
		{"timestamp('2019-06-12T21:40:00')", "error: cannot be converted"},
		{"timestamp(253402300799)", "timestamp(\"9999-12-31T23:59:59Z\")"},
		{"timestamp(253402300800)", "error: out of range"},
		{"timestamp(-62135596801)", "error: out of range"},
		{"timestamp(0) - duration('1ns')", "timestamp(\"1969-12-31T23:59:59.999999999Z\")"},
		{"timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')",
			"error: out of range"},
		{"timestamp('0001-01-01T00:00:00Z') - duration('1ns')", "error: out of range"},
		{"timestamp('1969-12-31T23:59:59.25Z') - timestamp('1970-01-01T00:00:00.5Z')",
			"duration(\"-1.25s\")"},
		{"timestamp('9999-01-01T00:00:00Z') - timestamp('0001-01-01T00:00:00Z')",
			"error: out of range"},
		{"timestamp(5) - timestamp(5, 6)", "error: "},
	};
	EXPECT_ALL(ROWS);
}

Test(times, durations_are_read_in_every_unit_and_no_other_way)
{
	static const struct expectation ROWS[] = {
		{"duration('1h2m3s4ms5us6ns')", "duration(\"3723.004005006s\")"},
		{"duration('-1.5h')", "duration(\"-5400s\")"},
		{"duration('.5s')", "duration(\"0.5s\")"},
		{"duration('0')", "duration(\"0s\")"},
		{"duration('-0.5s')", "duration(\"-0.5s\")"},
		{"duration('-9223372036854775808ns')", "duration(\"-9223372036.854775808s\")"},
		{"duration('9223372036854775808ns')", "error: cannot be converted"},
		{"duration('3000000h')", "error: cannot be converted"},
		{"duration('1')", "error: cannot be converted"},
		{"duration('1d')", "error: cannot be converted"},
		{"duration('s')", "error: cannot be converted"},
		{"duration('.s')", "error: cannot be converted"},
		{"duration('1s ')", "error: cannot be converted"},
		{"duration('--1s')", "error: cannot be converted"},
		{"duration('')", "error: cannot be converted"},
		{"duration('292y')", "error: cannot be converted"},
		{"duration('90m').getHours()", "1"},
		{"duration('-90m').getMinutes()", "-90"},
		{"duration('1.234s').getMilliseconds()", "234"},
		{"-duration('1s')", "error: "},
	};
	EXPECT_ALL(ROWS);
}

Test(times, are_shown_in_the_zone_asked_for)
{
	static const struct expectation ROWS[] = {
		{"timestamp('2019-06-12T23:30:00Z').getHours('Europe/London')", "0"},
		{"timestamp('2019-06-12T23:30:00Z').getDate('Europe/London')", "13"},
		{"timestamp('2019-12-12T23:30:00Z').getHours('Europe/London')", "23"},
		/* The hour that there is twice, and the one that there is not. */
		{"timestamp('2019-10-27T00:30:00Z').getHours('Europe/London')", "1"},
		{"timestamp('2019-10-27T01:30:00Z').getHours('Europe/London')", "1"},
		{"timestamp('2019-03-31T01:00:00Z').getHours('Europe/London')", "2"},
		{"timestamp('2000-02-29T12:00:00Z').getDayOfYear()", "59"},
		{"timestamp('1969-12-31T23:59:59Z').getSeconds()", "59"},
		{"timestamp('1969-12-31T23:59:59.999Z').getMilliseconds()", "999"},
		{"timestamp('0001-01-01T00:00:00Z').getDayOfWeek()", "1"},
		{"timestamp('9999-12-31T23:59:59Z').getFullYear('+00:01')", "10000"},
		{"timestamp(0).getHours('-23:59')", "0"},
		{"timestamp(0).getHours('24:00')", "error: no time zone"},
		{"timestamp(0).getHours('+01:60')", "error: no time zone"},
		{"timestamp(0).getHours('+1:00')", "error: no time zone"},
		{"timestamp(0).getHours('')", "error: no time zone"},
		{"timestamp(0).getHours('Europe/Islington')", "error: no time zone"},
		{"timestamp(0).getHours('localtime')", "error: no time zone"},
		{"timestamp(0).getHours('/etc/localtime')", "error: no time zone"},
		{"timestamp(0).getHours('../zoneinfo/Europe/London')", "error: no time zone"},
		{"timestamp(0).getHours('Fixed/UTC+01:00:00')", "error: no time zone"},
		{"timestamp(0).getHours('Europe')", "error: no time zone"},
		{"timestamp(0).getHours('tzdata.zi')", "error: no time zone"},
	};
	EXPECT_ALL(ROWS);
}

Test(times, a_zone_that_only_evaluating_knows_is_looked_up_then)
{
	expect_given("timestamp(0).getHours(given)", cel_string(STR("Asia/Kathmandu")), "5");
	expect_given("timestamp(0).getHours(given)", cel_string(STR("Asia/Katmandoo")),
		"error: no time zone");
	expect_given("timestamp(0).getHours(given)", cel_string((struct str){"UTC\0", 4}),
		"error: no time zone");
	expect_given("timestamp(0).getHours(given)", cel_int(1), "error: no such overload");
}
