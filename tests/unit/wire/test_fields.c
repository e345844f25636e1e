/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/wire/request.h"

#include "broker/base/limits.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(fields, .init = request_begin, .fini = request_end);

Test(fields, every_field_refuses_every_other_kind_of_value)
{
	struct value kinds[] = {
		{.kind = VALUE_NULL},
		value_of_bool(true),
		value_of_int(1),
		{.kind = VALUE_DOUBLE, .number = 1.0},
		value_of_text("~"),
		value_of_bytes("~", 1),
		value_list_new(&arena, 1),
		value_map_new(&arena, 1),
	};
	value_push(&arena, &kinds[6], (struct value){.kind = VALUE_NULL});
	size_t count;
	const struct wire_field *fields = wire_fields(&count);
	for (enum wire_type type = WIRE_HELLO; type < WIRE_WELCOME; type++) {
		if (!is_request(type)) {
			continue;
		}
		for (size_t i = 0; i < count; i++) {
			const struct wire_field *field = &fields[i];
			if (!wire_field_is_taken(field, type)) {
				continue;
			}
			const struct value valid = valid_value(field);
			const bool free_text =
				field->kind == WIRE_FIELD_TEXT || field->kind == WIRE_FIELD_NOTE;
			for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
				const bool fits =
					kinds[k].kind == valid.kind &&
					(free_text || valid.kind == VALUE_BOOL ||
						(field->kind == WIRE_FIELD_BYTES &&
							field->min == 1) ||
						valid.kind == VALUE_INT || valid.kind == VALUE_MAP);
				cr_expect_eq(decode_with(type, field->key, kinds[k]),
					fits ? ERR_OK : ERR_INVALID, "%s.%s %zu",
					wire_type_name(type), field->key, k);
				cr_expect(fits || strncmp(fault.field, field->key,
							  strlen(field->key)) == 0);
			}
		}
	}
}

Test(fields, texts_hold_no_control_or_direction_characters_and_end_at_their_limit)
{
	char *text = arena_alloc(&arena, LIMIT_NOTE_BYTES + 2);
	memset(text, 'n', LIMIT_NOTE_BYTES + 1);
	cr_expect_eq(decode_with(WIRE_WITHDRAW, "note", value_of_text(text)), ERR_TOO_LARGE);
	text[LIMIT_NOTE_BYTES] = '\0';
	cr_expect_eq(decode_with(WIRE_WITHDRAW, "note", value_of_text(text)), ERR_OK);
	cr_expect_eq(decode_with(WIRE_WITHDRAW, "note", value_of_text("a\nb")), ERR_OK);
	cr_expect_eq(decode_with(WIRE_WITHDRAW, "note", value_of_text("a\tb")), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_WITHDRAW, "user", value_of_text("a\nb")), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_WITHDRAW, "user", value_of_text("a\u202eb")), ERR_INVALID);
	cr_expect_null(strstr(fault.message, "a\u202eb"));
	text[LIMIT_ACTOR_BYTES + 1] = '\0';
	cr_expect_eq(decode_with(WIRE_WITHDRAW, "user", value_of_text(text)), ERR_TOO_LARGE);
}

Test(fields, codes_outside_the_vocabulary_are_answered_with_it)
{
	cr_expect_eq(decode_with(WIRE_ACKNOWLEDGE, "action", value_of_text("agreed")), ERR_INVALID);
	cr_expect_not_null(strstr(fault.message, "info-requested"), "%s", fault.message);
	cr_expect_eq(decode_with(WIRE_RECEIPT, "receipt", value_of_text("lost")), ERR_INVALID);
	cr_expect_not_null(strstr(fault.message, "undeliverable"), "%s", fault.message);
	cr_expect_eq(
		decode_with(WIRE_WITHDRAW, "reason", value_of_text("Her decision")), ERR_INVALID);
}

Test(fields, numbers_keep_their_range)
{
	cr_expect_eq(decode_with(WIRE_CREDIT, "credit", value_of_int(0)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_CREDIT, "credit", value_of_int(LIMIT_CREDIT)), ERR_OK);
	cr_expect_eq(
		decode_with(WIRE_CREDIT, "credit", value_of_int(LIMIT_CREDIT + 1)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_HELLO, "credit", value_of_int(0)), ERR_OK);
	cr_expect_eq(decode_with(WIRE_HELLO, "credit", value_of_int(-1)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_FOLLOW, "after", value_of_int(INT64_MAX)), ERR_OK);
	cr_expect_eq(decode_with(WIRE_FOLLOW, "after", value_of_int(-1)), ERR_INVALID);
	cr_expect_eq(
		decode_with(WIRE_RECEIPT, "delivery", value_of_bytes("short", 5)), ERR_INVALID);
}

Test(fields, references_and_legs_are_checked_and_made_canonical)
{
	char loose[32];
	(void)snprintf(loose, sizeof(loose), " %s ", reference());
	for (char *c = loose; *c != '\0'; c++) {
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	}
	struct value map = value_map_new(&arena, 1);
	value_put(&arena, &map, "reference", value_of_text(loose));
	struct wire_request request;
	cr_assert_eq(decode(WIRE_SHOW, &map, &request), ERR_OK, "%s", fault.message);
	cr_expect(str_is(request.reference, reference()));

	char wrong[REFERENCE_TEXT_SIZE];
	str_copy(wrong, sizeof(wrong), str_from(reference()));
	wrong[0] = wrong[0] == '2' ? '3' : '2';
	cr_expect_eq(decode_with(WIRE_SHOW, "reference", value_of_text(wrong)), ERR_INVALID);

	static const char *const bad[] = {
		"", "/", "/0", "/01", "/256", "/1x", "/99999999999", "/-1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct str text = arena_printf(&arena, "%s%s", reference(), bad[i]);
		cr_expect_eq(decode_with(WIRE_ACKNOWLEDGE, "leg", value_of_str(text)), ERR_INVALID,
			"%s", bad[i]);
	}
	const struct str most = arena_printf(&arena, "%s/255", reference());
	cr_expect_eq(decode_with(WIRE_ACKNOWLEDGE, "leg", value_of_str(most)), ERR_OK);
}

Test(fields, routes_are_party_ids_and_not_too_many)
{
	struct value routes = value_list_new(&arena, WIRE_ROUTES_MAX + 1);
	for (size_t i = 0; i < WIRE_ROUTES_MAX; i++) {
		value_push(&arena, &routes, value_of_text("advance"));
	}
	cr_expect_eq(decode_with(WIRE_HELLO, "routes", routes), ERR_OK);
	value_push(&arena, &routes, value_of_text("advance"));
	cr_expect_eq(decode_with(WIRE_HELLO, "routes", routes), ERR_TOO_LARGE);
	struct value wrong = value_list_new(&arena, 2);
	value_push(&arena, &wrong, value_of_text("advance"));
	value_push(&arena, &wrong, value_of_text("Not an id"));
	cr_expect_eq(decode_with(WIRE_HELLO, "routes", wrong), ERR_INVALID);
	cr_expect_str_eq(fault.field, "routes[1]");
}

static struct value words_of(const char *word, size_t count)
{
	struct value list = value_list_new(&arena, count);
	for (size_t i = 0; i < count; i++) {
		value_push(&arena, &list, value_of_text(word));
	}
	return list;
}

Test(fields, questions_are_paths_and_needs_are_codes_and_neither_is_too_many)
{
	struct wire_request request;
	struct value map = full_request(WIRE_ACKNOWLEDGE, "questions");
	struct value two = words_of("needs[].severity", 2);
	two.list.items[1] = value_of_text("person.date_of_birth");
	value_put(&arena, &map, "questions", two);
	cr_assert_eq(decode(WIRE_ACKNOWLEDGE, &map, &request), ERR_OK, "%s", fault.message);
	cr_expect_eq(request.questions.count, 2);
	cr_expect(str_is(request.questions.items[0], "needs[].severity"));
	cr_expect(str_is(request.questions.items[1], "person.date_of_birth"));
	cr_expect_eq(request.needs.count + request.reasons.count, 0);

	cr_expect_eq(decode_with(WIRE_ASSIGN, "needs", words_of("a", WIRE_WORDS_MAX)), ERR_OK);
	cr_expect_eq(decode_with(WIRE_ASSIGN, "needs", words_of("a", WIRE_WORDS_MAX + 1)),
		ERR_TOO_LARGE);
	cr_expect_eq(decode_with(WIRE_ASSIGN, "needs", words_of("a", 0)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_ASSIGN, "needs", words_of("a.b", 1)), ERR_INVALID);
	cr_expect_str_eq(fault.field, "needs[0]");
	cr_expect_eq(decode_with(WIRE_SEEN, "reasons", words_of("", 1)), ERR_INVALID);
	cr_expect_eq(
		decode_with(WIRE_ACKNOWLEDGE, "questions", words_of("Person", 1)), ERR_INVALID);
	cr_expect_str_eq(fault.field, "questions[0]");
	struct value zero = value_list_new(&arena, 1);
	value_push(&arena, &zero, value_of_str(STR("a\0b")));
	cr_expect_eq(decode_with(WIRE_ACKNOWLEDGE, "questions", zero), ERR_INVALID);
}

Test(fields, a_clock_moves_forward_and_by_no_more_than_a_year)
{
	cr_expect_eq(decode_with(WIRE_CLOCK, "action", value_of_text("back")), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_CLOCK, "seconds", value_of_int(0)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_CLOCK, "seconds", value_of_int(-1)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_CLOCK, "seconds", value_of_int(WIRE_ADVANCE_MAX_S)), ERR_OK);
	cr_expect_eq(decode_with(WIRE_CLOCK, "seconds", value_of_int(WIRE_ADVANCE_MAX_S + 1)),
		ERR_INVALID);
}

Test(fields, times_have_a_zone_and_stay_within_the_years_that_text_expresses)
{
	static const struct {
		const char *text;
		enum err expected;
	} times[] = {
		{"2019-06-12T21:40:00+01:00", ERR_OK},
		{"2019-06-12T21:40:00.250Z", ERR_OK},
		{"2019-06-12T21:40:00", ERR_INVALID},
		{"2019-02-30T21:40:00Z", ERR_INVALID},
		{"0001-01-01T00:00:00+00:01", ERR_INVALID},
		{"0001-01-01T00:00:00Z", ERR_OK},
		{"9999-12-31T23:59:59-00:01", ERR_INVALID},
		{"2019-06-12T21:40:00.000000000000000000000000000000Z", ERR_TOO_LARGE},
	};
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		cr_expect_eq(decode_with(WIRE_EXPLAIN, "at", value_of_text(times[i].text)),
			times[i].expected, "%s", times[i].text);
	}
}

Test(fields, an_id_may_come_as_bytes_or_as_text)
{
	struct value map = full_request(WIRE_RECEIPT, "delivery");
	value_put(&arena, &map, "delivery", value_of_text("303132333435363738396162636465ff"));
	struct wire_request request;
	cr_assert_eq(decode(WIRE_RECEIPT, &map, &request), ERR_OK);
	cr_expect_eq(memcmp(request.delivery.bytes, "0123456789abcde\xff", ID_SIZE), 0);
	cr_expect_eq(decode_with(WIRE_RECEIPT, "delivery", value_of_text("30313233")), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_RECEIPT, "delivery", value_of_text("")), ERR_MISSING);
}

Test(fields, bytes_keep_their_length)
{
	char *bytes = arena_alloc(&arena, LIMIT_CHUNK_BYTES + 1);
	const struct value piece = value_of_bytes(bytes, LIMIT_CHUNK_BYTES);
	const struct value larger = value_of_bytes(bytes, LIMIT_CHUNK_BYTES + 1);
	cr_expect_eq(decode_with(WIRE_UPLOAD, "bytes", piece), ERR_OK, "%s", fault.message);
	cr_expect_eq(decode_with(WIRE_UPLOAD, "bytes", larger), ERR_TOO_LARGE);
	cr_expect_eq(decode_with(WIRE_UPLOAD, "bytes", value_of_bytes(bytes, 0)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_UPLOAD, "upload", value_of_bytes(bytes, 31)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_UPLOAD, "upload", value_of_bytes(bytes, 33)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_UPLOAD, "total", value_of_int(0)), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_UPLOAD, "total", value_of_int(LIMIT_UPLOAD_BYTES)), ERR_OK);
	cr_expect_eq(decode_with(WIRE_UPLOAD, "total", value_of_int(LIMIT_UPLOAD_BYTES + 1)),
		ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_PUBLISH, "note", value_of_text("two\nlines")), ERR_INVALID);
	cr_expect_eq(decode_with(WIRE_PUBLISH, "note", value_of_text("")), ERR_MISSING);
}
