/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/fields.h"

static struct value list_of_routes(const struct wire_request *request, struct wire_scratch *scratch)
{
	const size_t count =
		request->route_count < WIRE_ROUTES_MAX ? request->route_count : WIRE_ROUTES_MAX;
	for (size_t i = 0; i < count; i++) {
		scratch->routes[i] = value_of_str(request->routes[i]);
	}
	return (struct value){.kind = VALUE_LIST, .list = {scratch->routes, count}};
}

static struct value list_of_words(const struct wire_words *words, struct value *room)
{
	const size_t count = words->count < WIRE_WORDS_MAX ? words->count : WIRE_WORDS_MAX;
	for (size_t i = 0; i < count; i++) {
		room[i] = value_of_str(words->items[i]);
	}
	return (struct value){.kind = VALUE_LIST, .list = {room, count}};
}

/* Each in room of its own: a request may hold three. */
static bool write_time(const timestamp_us *member, const struct wire_request *request,
	struct wire_scratch *scratch, struct value *ret_value)
{
	const size_t number = member == &request->at ? 0 : member == &request->since ? 1 : 2;
	timestamp_format(*member, scratch->times[number]);
	*ret_value = value_of_text(scratch->times[number]);
	return number == 0 ? request->has_at : *member != 0;
}

bool wire_field_write(const struct wire_field *field, const struct wire_request *request,
	struct wire_scratch *scratch, struct value *ret_value)
{
	const void *member = (const char *)request + field->offset;
	switch (field->kind) {
	case WIRE_FIELD_TEXT:
	case WIRE_FIELD_NOTE:
	case WIRE_FIELD_CODE:
	case WIRE_FIELD_REFERENCE:
	case WIRE_FIELD_LEG:
		*ret_value = value_of_str(*(const struct str *)member);
		return ret_value->string.len > 0;
	case WIRE_FIELD_ID:
		*ret_value = value_of_bytes(member, ID_SIZE);
		return !id_is_zero(*(const struct id *)member);
	case WIRE_FIELD_BYTES:
		*ret_value = value_of_bytes(
			((const struct str *)member)->ptr, ((const struct str *)member)->len);
		return ret_value->string.len > 0;
	case WIRE_FIELD_INTEGER:
	case WIRE_FIELD_SEQUENCE:
		*ret_value = (struct value){.kind = VALUE_INT};
		memcpy(&ret_value->integer, member, sizeof(ret_value->integer));
		return ret_value->integer != 0;
	case WIRE_FIELD_BOOL:
		*ret_value = value_of_bool(*(const bool *)member);
		return ret_value->boolean;
	case WIRE_FIELD_MAP:
		*ret_value = *(const struct value *)member;
		return ret_value->kind == VALUE_MAP;
	case WIRE_FIELD_TIME:
		return write_time((const timestamp_us *)member, request, scratch, ret_value);
	case WIRE_FIELD_PROTOCOLS:
		/* This is the version that is spoken here, whatever the member says. */
		scratch->version = value_of_int(WIRE_VERSION);
		*ret_value = (struct value){.kind = VALUE_LIST, .list = {&scratch->version, 1}};
		return request->speaks_version;
	case WIRE_FIELD_ROUTES:
		*ret_value = list_of_routes(request, scratch);
		return request->route_count > 0;
	case WIRE_FIELD_CODES:
	case WIRE_FIELD_PATHS:
		*ret_value = list_of_words(
			member, scratch->words[member == (const void *)&request->override]);
		return ret_value->list.count > 0;
	}
	return false;
}
