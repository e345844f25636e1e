/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/wire/request.h"

#include <criterion/criterion.h>

struct arena arena;
struct buf frame;
struct fault fault;

void request_begin(void)
{
	arena_init(&arena, 0);
	fault = (struct fault){0};
}

void request_end(void)
{
	arena_finish(&arena);
	buf_finish(&frame);
}

/* A reference with its check symbol, made as the broker makes one. */
const char *reference(void)
{
	static char text[REFERENCE_TEXT_SIZE];
	const uint8_t random[16] = {1, 2, 3, 4, 5, 6, 7, 8};
	reference_make(random, text);
	return text;
}

static struct str valid_leg(void)
{
	return arena_printf(&arena, "%s/7", reference());
}

bool is_request(enum wire_type type)
{
	return type < WIRE_WELCOME && strcmp(wire_type_name(type), "unknown") != 0;
}

/* Header and map of a request as a client of any language would make it. */
struct str framed(enum wire_type type, uint64_t correlation, const struct value *map)
{
	buf_reset(&frame);
	wire_reply_encode(&frame, type, correlation, map);
	cr_assert_not(frame.failed);
	return buf_str(&frame);
}

/* A value that the field takes. */
struct value valid_value(const struct wire_field *field)
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
		return value_of_str(valid_leg());
	case WIRE_FIELD_ID:
		return value_of_bytes("0123456789abcdef", ID_SIZE);
	case WIRE_FIELD_BYTES:
		return value_of_bytes("0123456789abcdef0123456789abcdef", 32);
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
	case WIRE_FIELD_CODES:
		value = value_list_new(&arena, 1);
		value_push(&arena, &value, value_of_text("accommodation"));
		return value;
	case WIRE_FIELD_PATHS:
		value = value_list_new(&arena, 1);
		value_push(&arena, &value, value_of_text("person.date_of_birth"));
		return value;
	}
	return value_of_int(0);
}

/* Every field that the request takes, but `without`. */
struct value full_request(enum wire_type type, const char *without)
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

enum err decode(enum wire_type type, const struct value *map, struct wire_request *ret)
{
	return wire_request_decode(framed(type, 42, map), &arena, ret, &fault);
}

/* A request that is whole but for one value. */
enum err decode_with(enum wire_type type, const char *key, struct value value)
{
	struct value map = full_request(type, key);
	value_put(&arena, &map, key, value);
	struct wire_request request;
	fault = (struct fault){0};
	return decode(type, &map, &request);
}
