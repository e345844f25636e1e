/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/message.h"

#include "broker/base/limits.h"
#include "broker/wire/fields.h"
#include "broker/wire/path.h"

static const char magic[4] = {'O', 'N', 'W', 'D'};

const char *wire_type_name(enum wire_type type)
{
	switch (type) {
#define X(number, NAME, name) \
	case WIRE_##NAME:     \
		return name;
		WIRE_TYPE_MAP(X)
#undef X
	}
	return "unknown";
}

bool wire_type_is_paged(enum wire_type type)
{
	return type == WIRE_LIST || type == WIRE_INBOX || type == WIRE_QUEUE ||
	       type == WIRE_DELIVERIES || type == WIRE_VERSIONS || type == WIRE_REHEARSE ||
	       type == WIRE_CAPACITY;
}

static bool is_reply(enum wire_type type)
{
	return type >= WIRE_WELCOME;
}

static bool is_known(enum wire_type type)
{
	return strcmp(wire_type_name(type), "unknown") != 0;
}

static void header_append(struct buf *out, enum wire_type type, uint64_t correlation)
{
	char header[WIRE_HEADER_SIZE] = {0};
	memcpy(header, magic, sizeof(magic));
	header[4] = WIRE_VERSION;
	header[5] = (char)type;
	for (size_t i = 0; i < 8; i++) {
		header[8 + i] = (char)(correlation >> (56 - 8 * i) & 0xff);
	}
	buf_append(out, header, sizeof(header));
}

/* *ret_header is filled as soon as the frame is known to be one of ours. */
static enum err header_decode(
	struct str frame, struct wire_header *ret_header, struct str *ret_map, struct fault *fault)
{
	if (frame.len < WIRE_HEADER_SIZE || memcmp(frame.ptr, magic, sizeof(magic)) != 0) {
		return fault_set(
			fault, ERR_MALFORMED, "", "a frame begins with the 16-byte header");
	}
	const uint8_t *bytes = (const uint8_t *)frame.ptr;
	uint64_t correlation = 0;
	for (size_t i = 0; i < 8; i++) {
		correlation = correlation << 8 | bytes[8 + i];
	}
	*ret_header = (struct wire_header){(enum wire_type)bytes[5], correlation};
	if (frame.len > LIMIT_FRAME_BYTES) {
		return fault_set(fault, ERR_TOO_LARGE, "", "a frame has at most %d bytes",
			LIMIT_FRAME_BYTES);
	}
	if (bytes[4] != WIRE_VERSION) {
		return fault_set(
			fault, ERR_VERSION, "", "this is protocol version %d", WIRE_VERSION);
	}
	if (bytes[6] != 0 || bytes[7] != 0) {
		return fault_set(fault, ERR_MALFORMED, "", "the flags of a header are zero");
	}
	*ret_map = (struct str){frame.ptr + WIRE_HEADER_SIZE, frame.len - WIRE_HEADER_SIZE};
	return ERR_OK;
}

static enum err map_decode(struct str bytes, const struct pack_limits *limits, struct arena *arena,
	struct value *ret_map, struct fault *fault)
{
	struct value map;
	const enum err err = pack_decode(bytes, limits, arena, &map, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (map.kind != VALUE_MAP) {
		return fault_set(fault, ERR_MALFORMED, "", "a map follows the header");
	}
	*ret_map = map;
	return ERR_OK;
}

static enum err refuse_unknown(enum wire_type type, struct str key, struct fault *fault)
{
	char field[PATH_TEXT_SIZE];
	path_format(&(struct path){.key = key}, field);
	const char *nearest = wire_field_nearest(type, key);
	if (nearest != NULL) {
		return fault_set(fault, ERR_UNKNOWN_FIELD, field,
			"%s has no field of that name; did you mean %s?", wire_type_name(type),
			nearest);
	}
	return fault_set(fault, ERR_UNKNOWN_FIELD, field, "%s has no field of that name",
		wire_type_name(type));
}

/* A text that is empty counts as absent. */
static bool is_given(const struct value *value)
{
	return value != NULL && (value->kind != VALUE_STRING || value->string.len > 0);
}

static enum err required_check(enum wire_type type, const struct value *map, struct fault *fault)
{
	size_t count;
	const struct wire_field *fields = wire_fields(&count);
	for (size_t i = 0; i < count; i++) {
		if (wire_field_is_required(&fields[i], type) &&
			!is_given(value_get(map, str_from(fields[i].key)))) {
			return fault_set(fault, ERR_MISSING, fields[i].key, "%s needs %s: %s",
				wire_type_name(type), fields[i].key,
				wire_field_kind_text(fields[i].kind));
		}
	}
	return ERR_OK;
}

enum err wire_request_decode(struct str frame, struct arena *arena,
	struct wire_request *ret_request, struct fault *fault)
{
	*ret_request = (struct wire_request){0};
	struct wire_header header = {0};
	struct str bytes;
	enum err err = header_decode(frame, &header, &bytes, fault);
	ret_request->header = header;
	if (err != ERR_OK) {
		return err;
	}
	if (is_reply(header.type) || !is_known(header.type)) {
		return fault_set(fault, ERR_MALFORMED, "", "no request has this type");
	}
	struct value map;
	err = map_decode(bytes, &pack_limits_wire, arena, &map, fault);
	if (err != ERR_OK) {
		return err;
	}
	struct wire_request request = {.header = header};
	for (size_t i = 0; i < map.map.count; i++) {
		const struct value_entry *entry = &map.map.entries[i];
		const struct wire_field *field = wire_field_find(header.type, entry->key);
		if (field == NULL) {
			return refuse_unknown(header.type, entry->key, fault);
		}
		err = wire_field_read(field, &entry->value, arena, &request, fault);
		if (err != ERR_OK) {
			return err;
		}
	}
	err = required_check(header.type, &map, fault);
	if (err == ERR_OK) {
		*ret_request = request;
	}
	return err;
}

void wire_request_encode(struct buf *out, const struct wire_request *request)
{
	size_t count;
	const struct wire_field *fields = wire_fields(&count);
	struct wire_scratch scratch;
	struct value_entry entries[WIRE_FIELDS_MAX];
	struct value map = {.kind = VALUE_MAP, .map = {entries, 0}};
	for (size_t i = 0; i < count; i++) {
		if (!wire_field_is_taken(&fields[i], request->header.type)) {
			continue;
		}
		struct value value;
		const bool given = wire_field_write(&fields[i], request, &scratch, &value);
		if (given || wire_field_is_required(&fields[i], request->header.type)) {
			entries[map.map.count++] =
				(struct value_entry){str_from(fields[i].key), value};
		}
	}
	header_append(out, request->header.type, request->header.correlation);
	pack_encode(out, &map);
}

void wire_reply_encode(
	struct buf *out, enum wire_type type, uint64_t correlation, const struct value *body)
{
	header_append(out, type, correlation);
	pack_encode(out, body);
}

enum err wire_reply_decode(struct str frame, struct arena *arena, struct wire_header *ret_header,
	struct value *ret_body, struct fault *fault)
{
	struct wire_header header = {0};
	struct str bytes;
	enum err err = header_decode(frame, &header, &bytes, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (!is_reply(header.type) || !is_known(header.type)) {
		return fault_set(fault, ERR_MALFORMED, "", "no reply has this type");
	}
	struct value body;
	err = map_decode(bytes, &pack_limits_reply, arena, &body, fault);
	if (err != ERR_OK) {
		return err;
	}
	*ret_header = header;
	*ret_body = body;
	return ERR_OK;
}

struct value wire_fault_body(struct arena *arena, const struct fault *fault)
{
	struct value body = value_map_new(arena, 3);
	value_put(arena, &body, "code", value_of_text(err_code(fault->code)));
	value_put(arena, &body, "field", value_of_str(arena_str(arena, str_from(fault->field))));
	value_put(
		arena, &body, "message", value_of_str(arena_str(arena, str_from(fault->message))));
	return body;
}

void wire_fault_read(const struct value *body, struct fault *ret_fault)
{
	char code[LIMIT_CODE_BYTES + 1];
	str_copy(code, sizeof(code), value_get_str(body, "code"));
	ret_fault->code = err_from_code(code);
	if (ret_fault->code == ERR_OK) {
		/* A refusal that says all is well is not one a caller can act on. */
		ret_fault->code = ERR_INTERNAL;
	}
	str_copy(ret_fault->field, sizeof(ret_fault->field), value_get_str(body, "field"));
	str_copy(ret_fault->message, sizeof(ret_fault->message), value_get_str(body, "message"));
}
