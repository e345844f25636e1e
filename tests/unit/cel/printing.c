/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

TestSuite(printing, .fini = expression_finish);

/* What is printed is an expression that gives the value again, of the same type. */
Test(printing, reads_back_as_the_same_value)
{
	static const char *const LITERALS[] = {"null", "true", "-1", "-9223372036854775808", "3u",
		"1.0", "-0.5", "1e+21", "5e-324", "\"\"", "\"né \\\"q\\\" \\\\ \\n\\x00\\x7f\"",
		"b\"\"", "b\"\\x00a\\xff\\\"\\\\\\n\"", "[]", "[1, \"a\", [2u]]", "{}",
		"{\"a\": 1, 2: {true: null}}", "int", "list", "null_type",
		"google.protobuf.Timestamp", "timestamp(\"2019-06-12T20:40:00.5Z\")",
		"duration(\"-0.5s\")", "optional.none()", "optional.of([1])", "double(\"NaN\")",
		"double(\"-Infinity\")"};
	for (size_t i = 0; i < sizeof(LITERALS) / sizeof(LITERALS[0]); i++) {
		expect(LITERALS[i], LITERALS[i]);
	}
}

Test(printing, an_int_and_a_double_look_different)
{
	expect("[1, 1.0, 1u]", "[1, 1.0, 1u]");
	expect("100000000000000000000.0", "100000000000000000000.0");
}
