/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cel/expression.h"

TestSuite(texts, .fini = expression_finish);

Test(texts, places_are_counted_in_code_points_and_end_with_the_text)
{
	static const struct expectation ROWS[] = {
		{"'née'.size()", "3"},
		{"'née'.charAt(1)", "\"é\""},
		{"'née'.charAt(3)", "\"\""},
		{"'née'.charAt(4)", "error: out of range"},
		{"'née'.charAt(-1)", "error: out of range"},
		{"'née'.charAt(9223372036854775807)", "error: out of range"},
		{"'née'.substring(1, 2)", "\"é\""},
		{"'née'.substring(3)", "\"\""},
		{"'née'.substring(2, 1)", "error: end"},
		{"'née'.substring(1, 4)", "error: out of range"},
		{"''.indexOf('')", "0"},
		{"''.indexOf('', 1)", "error: out of range"},
		{"'née'.indexOf('e', 3)", "-1"},
		{"'née'.indexOf('née!')", "-1"},
		{"'ééé'.indexOf('é', 1)", "1"},
		{"'ééé'.lastIndexOf('é')", "2"},
		{"'ééé'.lastIndexOf('é', 0)", "0"},
		{"''.lastIndexOf('')", "0"},
		{"''.lastIndexOf('a')", "-1"},
		{"'née'.reverse()", "\"eén\""},
		{"'a\\u0300'.reverse()", "\"\u0300a\""},
	};
	EXPECT_ALL(ROWS);
}

Test(texts, are_replaced_cut_and_joined_without_losing_a_byte)
{
	static const struct expectation ROWS[] = {
		{"'aaa'.replace('aa', 'b')", "\"ba\""},
		{"'né'.replace('', '-')", "\"-n-é-\""},
		{"'né'.replace('', '-', 2)", "\"-n-é\""},
		{"''.replace('', 'x')", "\"x\""},
		{"'abab'.replace('b', '', -1)", "\"aa\""},
		{"'abab'.replace('b', 'c', 0)", "\"abab\""},
		{"'né'.split('')", "[\"n\", \"é\"]"},
		{"''.split('')", "[]"},
		{"''.split(',')", "[\"\"]"},
		{"',a,'.split(',')", "[\"\", \"a\", \"\"]"},
		{"'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]"},
		{"'abc'.split('', 2)", "[\"a\", \"bc\"]"},
		{"'abc'.split('', 9)", "[\"a\", \"b\", \"c\"]"},
		{"['a', '', 'b'].join('-')", "\"a--b\""},
		{"[dyn('a'), dyn(1)].join()", "error: no such overload"},
		{"' \\t\\u00a0né \\u3000'.trim()", "\"né\""},
		{"'   '.trim()", "\"\""},
		{"''.trim()", "\"\""},
		{"'a b'.trim()", "\"a b\""},
		{"'ÀbZ'.lowerAscii()", "\"Àbz\""},
		{"'àbz'.upperAscii()", "\"àBZ\""},
		{"strings.quote('\\\\ \"né\"\\n')", "\"\\\"\\\\\\\\ \\\\\\\"né\\\\\\\"\\\\n\\\"\""},
		{"'abc'.contains('') && 'abc'.startsWith('') && 'abc'.endsWith('')", "true"},
		{"'abc'.endsWith('zabc')", "false"},
	};
	EXPECT_ALL(ROWS);
}

Test(texts, are_ordered_by_code_point_and_bytes_by_byte)
{
	static const struct expectation ROWS[] = {
		{"'Z' < 'a' && 'a' < 'aa' && 'z' < 'é' && '\\uffff' < '\\U00010000'", "true"},
		{"b'\\x7f' < b'\\xff' && b'' < b'\\x00'", "true"},
		{"dyn('a') == b'a'", "false"},
		{"bytes('é') == b'\\xc3\\xa9'", "true"},
		{"string(b'\\xff')", "error: UTF-8"},
		{"string(b'\\xed\\xa0\\x80')", "error: UTF-8"},
		{"bool('yes')", "error: cannot be converted"},
	};
	EXPECT_ALL(ROWS);
}

Test(texts, base64_goes_both_ways_and_takes_nothing_else)
{
	static const struct expectation ROWS[] = {
		{"base64.encode(b'')", "\"\""},
		{"base64.encode(b'f')", "\"Zg==\""},
		{"base64.encode(b'fo')", "\"Zm8=\""},
		{"base64.encode(b'foo')", "\"Zm9v\""},
		{"base64.encode(b'\\xfb\\xff')", "\"+/8=\""},
		{"base64.decode('')", "b\"\""},
		{"base64.decode('Zg==')", "b\"f\""},
		{"base64.decode('Zg')", "b\"f\""},
		{"base64.decode('Zm8')", "b\"fo\""},
		{"base64.decode('Zm9vYg==')", "b\"foob\""},
		{"base64.decode('+/8=')", "b\"\\xfb\\xff\""},
		{"base64.decode('Z')", "error: base64"},
		{"base64.decode('Zg=')", "error: base64"},
		{"base64.decode('=')", "error: base64"},
		{"base64.decode('Zg===')", "error: base64"},
		{"base64.decode('Z g=')", "error: base64"},
		{"base64.decode('Zg\\u0000=')", "error: base64"},
	};
	EXPECT_ALL(ROWS);
}

Test(texts, an_empty_one_without_an_address_is_one_like_any_other)
{
	static const struct expectation ROWS[] = {
		{"given.indexOf('')", "0"},
		{"given.lastIndexOf('')", "0"},
		{"given.charAt(0)", "\"\""},
		{"given.substring(0, 0)", "\"\""},
		{"given.replace('', 'a')", "\"a\""},
		{"given.split('')", "[]"},
		{"given.split(',')", "[\"\"]"},
		{"given.trim() + given + given.reverse() + given.lowerAscii()", "\"\""},
		{"'a'.endsWith(given) && given.startsWith(given) && given.contains(given)", "true"},
		{"given == '' && given <= '' && size(given) == 0", "true"},
		{"[given, given].join(given)", "\"\""},
		{"strings.quote(given)", "\"\\\"\\\"\""},
		{"base64.decode(given)", "b\"\""},
		{"base64.encode(bytes(given))", "\"\""},
		{"given.format([])", "\"\""},
		{"'%s%x'.format([given, given])", "\"\""},
		{"given.matches('^$')", "true"},
		{"{given: 1}[given]", "1"},
		{"int(given)", "error: cannot be converted"},
		{"double(given)", "error: cannot be converted"},
		{"timestamp(given)", "error: cannot be converted"},
		{"duration(given)", "error: cannot be converted"},
	};
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		expect_given(ROWS[i].source, cel_string((struct str){NULL, 0}), ROWS[i].wanted);
	}
}

Test(texts, a_long_result_is_paid_for)
{
	const struct cel_value ten = cel_string(STR("aaaaaaaaaa"));
	const char *grow = "given.replace('a', 'bbbbbbbbbbbbbbbbbbbb').replace('b', "
			   "'cccccccccccccccccccc').replace('c', 'dddddddddddddddddddd').size()";
	expect_within(grow, ten, 100000, "80000");
	expect_within(grow, ten, 5000, "error: too long");
	expect_within(
		"given.split('').map(x, given.split('').size())", ten, 100, "error: too long");
	expect_within("(given + given + given + given).size()", ten, 5, "error: too long");
	expect_within("given.lastIndexOf('aaaaaaaaaaaaaaaaab')", ten, 1, "error: too long");
}
