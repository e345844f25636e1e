/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

#include <criterion/criterion.h>

static void expect_data(struct str in, const char *want)
{
	struct buf out = {0};
	text_data(&out, in);
	cr_expect(str_is(buf_str(&out), want), "%.*s", STR_ARG(buf_str(&out)));
	buf_finish(&out);
}

Test(text, what_a_terminal_obeys_is_made_visible)
{
	expect_data(STR("\x1b[2J"), "\\x1b[2J");
	expect_data(STR("a\nb\tc"), "a b c");
	expect_data(STR("\x7f"), "\\x7f");
	expect_data(STR("\xc2\x9b"
			"31m"),
		"\\x9b31m");
	expect_data(STR("\xe2\x80\xae"
			"abc"),
		"\\u202eabc");
	expect_data(STR("\xff\xfe"), "\\xff\\xfe");
	expect_data(STR("Zo\xc3\xab \xe2\x80\x99"), "Zo\xc3\xab \xe2\x80\x99");
	expect_data(STR("\xe2\x82"), "\\xe2\\x82");
}

Test(text, long_lines_wrap_under_their_column)
{
	struct buf out = {0};
	text_field(&out, 2, 10, "Label",
		STR("one two three four five six seven eight nine ten eleven twelve thirteen "
		    "fourteen fifteen sixteen\nnew line"));
	cr_expect(str_is(buf_str(&out), "  Label     one two three four five six seven eight nine "
					"ten eleven twelve "
					"thirteen\n"
					"            fourteen fifteen sixteen\n"
					"            new line\n"),
		"%.*s", STR_ARG(buf_str(&out)));
	buf_finish(&out);
}

Test(text, columns_are_as_wide_as_their_widest_cell_in_characters)
{
	struct arena arena;
	struct text_table table;
	struct buf out = {0};
	arena_init(&arena, 0);
	text_table_init(&table, &arena, 3);
	text_table_cell(&table, STR("Zo\xc3\xab"));
	text_table_cell(&table, STR("x"));
	text_table_cell(&table, STR(""));
	text_table_cell(&table, STR("abcd"));
	text_table_cell(&table, STR("y"));
	text_table_cell(&table, STR("z"));
	text_table_print(&out, &table, 1);
	cr_expect(str_is(buf_str(&out), " Zo\xc3\xab   x\n abcd  y  z\n"), "%.*s",
		STR_ARG(buf_str(&out)));
	buf_finish(&out);
	arena_finish(&arena);
}

static void expect_question(const char *fact, const char *want)
{
	struct buf out = {0};
	phrase_question(&out, str_from(fact));
	cr_expect(str_is(buf_str(&out), want), "%.*s", STR_ARG(buf_str(&out)));
	buf_finish(&out);
}

Test(phrases, facts_are_asked_for_in_words)
{
	expect_question("justice.admitted", "Offence admitted, yes or no? (justice.admitted)");
	expect_question("person.local_authority",
		"What is the home local authority? (person.local_authority)");
	expect_question(
		"risk.staff", "What is the risk to staff? (risk.staff: none-known, concern)");
	expect_question(
		"person.age", "How old is she? Give her date of birth (person.date_of_birth)");
	expect_question("something.else", "something.else");
}

Test(phrases, an_alert_is_for_the_coordinator_and_says_why)
{
	static const char *const reasons[] = {
		"immediate-risk", "stop-undelivered", "change-undelivered", "unreadable"};
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		const struct str code = str_from(reasons[i]);
		cr_expect_not(str_equal(phrase_reason(code), code), "%s", reasons[i]);
	}
	cr_expect(str_is(phrase_event(STR("alert")), "alert for the coordinator"));
	cr_expect(str_is(phrase_event(STR("leg-needs")), "needs of this leg changed"));
}

Test(phrases, not_engaged_is_never_said)
{
	cr_expect(str_is(phrase_state(STR("not-engaged")), "contact not established"));
	cr_expect(str_is(phrase_event(STR("not-engaged")), "contact not established"));
	cr_expect(str_is(names_authority(STR("E09000004")), "Bexley"));
	cr_expect(str_is(names_authority(STR("elsewhere")), "elsewhere"));
}
