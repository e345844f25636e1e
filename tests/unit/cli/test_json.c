/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/json.h"

#include <criterion/criterion.h>

Test(json, reads_one_object_an_array_or_lines)
{
	static const struct {
		const char *text;
		size_t count;
	} rows[] = {
		{"{\"a\":1}", 1},
		{" \n{\"a\":1}\n", 1},
		{"[{\"a\":1},{\"a\":2}]", 2},
		{"[]", 0},
		{"", 0},
		{"{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}", 3},
		{"{\n \"a\": 1\n}\n{\n \"a\": 2\n}", 2},
		{"\xef\xbb\xbf{\"a\":1}", 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena;
		struct value list = {0};
		struct fault fault = {0};
		arena_init(&arena, 0);
		cr_expect_eq(json_read_objects(str_from(rows[i].text), "f", &arena, &list, &fault),
			ERR_OK, "%s: %s", rows[i].text, fault.message);
		cr_expect_eq(list.list.count, rows[i].count, "%s", rows[i].text);
		for (size_t j = 0; j < list.list.count; j++) {
			cr_expect_eq(value_get_int(&list.list.items[j], "a", -1), (int64_t)j + 1);
		}
		arena_finish(&arena);
	}
}

Test(json, says_where_it_is_wrong_and_quotes_nothing)
{
	static const struct {
		const char *text, *field, *message;
		enum err err;
	} rows[] = {
		{"{\"a\":1}\n{\"name\": Maria}", "f:2:14", "not well-formed JSON", ERR_MALFORMED},
		{"{\"a\":1,\"a\":2}", "f:1:10", "a key stands twice in one object", ERR_MALFORMED},
		{"{\"a\":\n{\"b\":1,", "f:2:7", "the text ends in the middle of a value",
			ERR_MALFORMED},
		{"hello", "f:1:1", "a JSON object or an array of objects is expected here",
			ERR_MALFORMED},
		{"{} {} x", "f:1:7", "a JSON object or an array of objects is expected here",
			ERR_MALFORMED},
		{"[{}, 7]", "f:1:1", "item 1 of the array is not an object", ERR_MALFORMED},
		{"{\"a\":99999999999999999999}", "f:1:25", "a number is too large", ERR_MALFORMED},
		{"{\"a\":\"\xff\"}", "f:1:6", "not valid UTF-8", ERR_MALFORMED},
		{"{\"a\":\"\\u0000\"}", "f:1:13", "a zero character is not allowed", ERR_MALFORMED},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena;
		struct value list = {0};
		struct fault fault = {0};
		arena_init(&arena, 0);
		cr_expect_eq(json_read_objects(str_from(rows[i].text), "f", &arena, &list, &fault),
			rows[i].err, "%s", rows[i].text);
		cr_expect_str_eq(fault.message, rows[i].message);
		cr_expect_str_eq(fault.field, rows[i].field, "%s: %s", rows[i].text, fault.field);
		arena_finish(&arena);
	}
}

Test(json, nesting_is_bounded)
{
	struct buf text = {0};
	struct arena arena;
	struct value list = {0};
	struct fault fault = {0};
	arena_init(&arena, 0);
	for (int i = 0; i < 100000; i++) {
		buf_add_text(&text, "{\"a\":");
	}
	cr_expect_eq(json_read_objects(buf_str(&text), "f", &arena, &list, &fault), ERR_TOO_LARGE);
	buf_reset(&text);
	for (int i = 0; i < 60; i++) {
		buf_add_text(&text, "{\"a\":");
	}
	buf_add_text(&text, "1");
	for (int i = 0; i < 60; i++) {
		buf_add_text(&text, "}");
	}
	cr_expect_eq(json_read_objects(buf_str(&text), "f", &arena, &list, &fault), ERR_TOO_LARGE);
	buf_finish(&text);
	arena_finish(&arena);
}

static void expect_round_trip(const char *text, const char *want)
{
	struct arena arena;
	struct value object = {0};
	struct fault fault = {0};
	struct buf out = {0};
	arena_init(&arena, 0);
	cr_assert_eq(json_read_object(str_from(text), "f", &arena, &object, &fault), ERR_OK, "%s",
		fault.message);
	json_write(&out, &object);
	buf_append(&out, "", 1);
	cr_expect_str_eq(out.data, want);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(json, integers_stay_integers_and_keys_keep_their_order)
{
	expect_round_trip(
		"{ \"z\": 9007199254740993, \"a\": [true, null, -1, 1.5, 0.45, 1e300], \"m\": {} }",
		"{\"z\":9007199254740993,\"a\":[true,null,-1,1.5,0.45,1e+300],\"m\":{}}");
}

Test(json, what_a_terminal_obeys_is_escaped)
{
	expect_round_trip(
		"{\"a\":\"\\u001b[2J \\u009b \\u202e \\u2066 \\u061c caf\\u00e9 \\n \\\" \\\\\"}",
		"{\"a\":\"\\u001b[2J \\u009b \\u202e \\u2066 \\u061c caf\xc3\xa9 \\n \\\" \\\\\"}");
}

Test(json, bytes_become_hexadecimal)
{
	const struct value id = value_of_bytes("\x01\xff", 2);
	struct buf out = {0};
	json_write(&out, &id);
	cr_expect(str_is(buf_str(&out), "\"01ff\""));
	buf_finish(&out);
}

Test(json, exactly_one_object_where_one_is_wanted)
{
	struct arena arena;
	struct value object = {0};
	struct fault fault = {0};
	arena_init(&arena, 0);
	cr_expect_eq(json_read_object(STR("{} {}"), "f", &arena, &object, &fault), ERR_MALFORMED);
	cr_expect_eq(json_read_object(STR(""), "f", &arena, &object, &fault), ERR_MALFORMED);
	arena_finish(&arena);
}
