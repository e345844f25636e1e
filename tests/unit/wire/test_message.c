/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/message.h"

#include "broker/base/limits.h"
#include "broker/wire/fields.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct arena arena;
static struct buf frame;
static struct fault fault;

static void begin(void)
{
	arena_init(&arena, 0);
	fault = (struct fault){0};
}

static void end(void)
{
	arena_finish(&arena);
	buf_finish(&frame);
}

TestSuite(message, .init = begin, .fini = end);

/* A reference with its check symbol, made as the broker makes one. */
static const char *reference(void)
{
	static char text[REFERENCE_TEXT_SIZE];
	const uint8_t random[16] = {1, 2, 3, 4, 5, 6, 7, 8};
	reference_make(random, text);
	return text;
}

static struct str leg(void)
{
	return arena_printf(&arena, "%s/7", reference());
}

/* Header and map of a request as a client of any language would make it. */
static struct str framed(enum wire_type type, uint64_t correlation, const struct value *map)
{
	buf_reset(&frame);
	wire_reply_encode(&frame, type, correlation, map);
	cr_assert_not(frame.failed);
	return buf_str(&frame);
}

/* A value that the field takes. */
static struct value valid_value(const struct wire_field *field)
{
	struct value value;
	switch (field->kind) {
	case WIRE_FIELD_TEXT:
	case WIRE_FIELD_NOTE:
		return value_of_text("met-custody");
	case WIRE_FIELD_CODE:
		return value_of_text(field->codes == NULL ? "other" : field->codes[0]);
	case WIRE_FIELD_REFERENCE:
		return value_of_text(reference());
	case WIRE_FIELD_LEG:
		return value_of_str(leg());
	case WIRE_FIELD_ID:
		return value_of_bytes("0123456789abcdef", ID_SIZE);
	case WIRE_FIELD_INTEGER:
	case WIRE_FIELD_SEQUENCE:
		return value_of_int(3);
	case WIRE_FIELD_BOOL:
		return value_of_bool(true);
	case WIRE_FIELD_MAP:
		value = value_map_new(&arena, 1);
		value_put(&arena, &value, "source_ref", value_of_text("x-1"));
		return value;
	case WIRE_FIELD_TIME:
		return value_of_text("2019-06-12T20:40:00Z");
	case WIRE_FIELD_PROTOCOLS:
		value = value_list_new(&arena, 1);
		value_push(&arena, &value, value_of_int(1));
		return value;
	case WIRE_FIELD_ROUTES:
		value = value_list_new(&arena, 2);
		value_push(&arena, &value, value_of_text("advance"));
		value_push(&arena, &value, value_of_text("hibiscus"));
		return value;
	}
	return value_of_int(0);
}

/* Every field that the request takes, but `without`. */
static struct value full_request(enum wire_type type, const char *without)
{
	size_t count;
	const struct wire_field *fields = wire_fields(&count);
	struct value map = value_map_new(&arena, WIRE_FIELDS_MAX + 1);
	for (size_t i = 0; i < count; i++) {
		const bool left_out = without != NULL && strcmp(fields[i].key, without) == 0;
		if (wire_field_is_taken(&fields[i], type) && !left_out) {
			value_put(&arena, &map, fields[i].key, valid_value(&fields[i]));
		}
	}
	return map;
}

static enum err decode(enum wire_type type, const struct value *map, struct wire_request *ret)
{
	return wire_request_decode(framed(type, 42, map), &arena, ret, &fault);
}

Test(message, every_request_survives_decode_and_encode)
{
	for (enum wire_type type = WIRE_HELLO; type <= WIRE_BYE; type++) {
		const struct value map = full_request(type, NULL);
		struct wire_request request;
		cr_assert_eq(decode(type, &map, &request), ERR_OK, "%s: %s %s",
			wire_type_name(type), fault.field, fault.message);
		cr_assert_eq(request.header.type, type);
		cr_assert_eq(request.header.correlation, 42);
		struct buf again = {0};
		wire_request_encode(&again, &request);
		cr_assert(str_equal(buf_str(&again), buf_str(&frame)), "%s", wire_type_name(type));
		buf_finish(&again);
	}
}

Test(message, every_request_refuses_a_key_it_does_not_know)
{
	for (enum wire_type type = WIRE_HELLO; type <= WIRE_BYE; type++) {
		struct value map = full_request(type, NULL);
		value_put(&arena, &map, "safe_to_cal", value_of_bool(true));
		struct wire_request request;
		cr_expect_eq(decode(type, &map, &request), ERR_UNKNOWN_FIELD);
		cr_expect_str_eq(fault.field, "safe_to_cal");
		cr_expect_eq(request.header.correlation, 42);
	}
}
