/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/str.h"

#include <criterion/criterion.h>

Test(str, malformed_utf8_is_found)
{
	static const struct {
		const char *text;
		bool good;
	} vectors[] = {
		{"plain", true},
		{"Zo\xc3\xab", true},
		{"\xe2\x82\xac", true},
		{"\xf0\x9f\x98\x80", true},
		{"\xc0\x80", false},
		{"\xe0\x80\x80", false},
		{"\xed\xa0\x80", false},
		{"\xf4\x90\x80\x80", false},
		{"\xc3", false},
		{"\x80", false},
		{"a\xff", false},
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		cr_expect_eq(str_is_utf8(str_from(vectors[i].text)), vectors[i].good, "%zu", i);
	}
}

Test(str, what_could_mislead_a_reader_is_found)
{
	cr_assert_not(str_has_control(STR("Zoë O’Neill"), false));
	cr_assert(str_has_control(STR("a\nb"), false));
	cr_assert_not(str_has_control(STR("a\nb"), true));
	cr_assert(str_has_control(STR("a\tb"), true));
	cr_assert(str_has_control(STR("a\x7f"), true));
	cr_assert(str_has_control(STR("a\u202eb"), true));
	cr_assert(str_has_control(STR("a\u2066b"), true));
	cr_assert(str_has_control(STR("a\xc2\x85"
				      "b"),
		true));
}

Test(str, a_slip_is_nearer_than_another_word)
{
	cr_assert_eq(str_distance(STR("abc"), STR("abc")), 0);
	cr_assert_eq(str_distance(STR("abc"), STR("acb")), 1);
	cr_assert_eq(str_distance(STR("abc"), STR("ab")), 1);
	cr_assert_eq(str_distance(STR("kitten"), STR("sitting")), 3);
	cr_assert_eq(str_distance(STR(""), STR("abc")), 3);
}

Test(str, what_nobody_can_see_is_blank)
{
	static const char *const blank[] = {"", " ", "   ", "\u00a0", "\u200b", " \ufeff\u2060 "};
	for (size_t i = 0; i < sizeof(blank) / sizeof(blank[0]); i++) {
		cr_expect(str_is_blank(str_from(blank[i])), "%zu", i);
	}
	cr_expect_not(str_is_blank(STR(" a ")));
	cr_expect_not(str_is_blank(STR("\u200b.")));
	cr_expect_not(str_is_blank(STR("\xff")));
}
