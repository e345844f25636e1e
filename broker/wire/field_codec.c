/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/wire/fields.h"
#include "broker/wire/path.h"

#include <stdio.h>

static enum err refuse(const struct wire_field *field, struct fault *fault)
{
	return fault_set(
		fault, ERR_INVALID, field->key, "must be %s", wire_field_kind_text(field->kind));
}

static enum err refuse_range(const struct wire_field *field, struct fault *fault)
{
	return fault_set(fault, ERR_INVALID, field->key, "must be from %lld to %lld",
		(long long)field->min, (long long)field->max);
}

static enum err refuse_long(const struct wire_field *field, struct fault *fault)
{
	return fault_set(
		fault, ERR_TOO_LARGE, field->key, "at most %lld bytes", (long long)field->max);
}

static enum err refuse_code(const struct wire_field *field, struct fault *fault)
{
	char list[256] = "";
	size_t len = 0;
	for (const char *const *code = field->codes; *code != NULL; code++) {
		const int put = snprintf(
			list + len, sizeof(list) - len, "%s%s", len == 0 ? "" : ", ", *code);
		if (put < 0 || (size_t)put >= sizeof(list) - len) {
			break;
		}
		len += (size_t)put;
	}
	return fault_set(fault, ERR_INVALID, field->key, "must be one of %s", list);
}

static bool is_code(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
			return false;
		}
	}
	return true;
}

static bool is_listed(const char *const *codes, struct str text)
{
	for (const char *const *code = codes; *code != NULL; code++) {
		if (str_is(text, *code)) {
			return true;
		}
	}
	return false;
}

static enum err read_text(
	const struct wire_field *field, struct str text, struct str *ret_text, struct fault *fault)
{
	if (text.len > (size_t)field->max) {
		return refuse_long(field, fault);
	}
	if (str_has_control(text, field->kind == WIRE_FIELD_NOTE)) {
		return fault_set(fault, ERR_INVALID, field->key,
			"must not hold control or text-direction characters%s",
			field->kind == WIRE_FIELD_NOTE ? " (newlines are allowed)" : "");
	}
	if (field->kind == WIRE_FIELD_CODE && !is_code(text)) {
		return refuse(field, fault);
	}
	if (field->codes != NULL && !is_listed(field->codes, text)) {
		return refuse_code(field, fault);
	}
	*ret_text = text;
	return ERR_OK;
}

static enum err read_reference(const struct wire_field *field, struct str text, struct arena *arena,
	struct str *ret_text, struct fault *fault)
{
	char reference[REFERENCE_TEXT_SIZE];
	if (reference_parse(text, reference) != ERR_OK) {
		return refuse(field, fault);
	}
	*ret_text = arena_str(arena, str_from(reference));
	return ret_text->ptr != NULL ? ERR_OK : ERR_NOMEM;
}

static enum err read_leg(const struct wire_field *field, struct str text, struct arena *arena,
	struct str *ret_text, struct fault *fault)
{
	const char *slash = text.len == 0 ? NULL : memchr(text.ptr, '/', text.len);
	if (slash == NULL) {
		return refuse(field, fault);
	}
	const size_t before = (size_t)(slash - text.ptr);
	char reference[REFERENCE_TEXT_SIZE];
	if (reference_parse((struct str){text.ptr, before}, reference) != ERR_OK) {
		return refuse(field, fault);
	}
	const size_t digits = text.len - before - 1;
	unsigned number = 0;
	for (size_t i = 0; i < digits && i < 4; i++) {
		const char c = slash[1 + i];
		if (c < '0' || c > '9') {
			return refuse(field, fault);
		}
		number = number * 10 + (unsigned)(c - '0');
	}
	if (digits == 0 || digits > 3 || slash[1] == '0' || number > LIMIT_LEGS) {
		return refuse(field, fault);
	}
	*ret_text = arena_printf(arena, "%s/%u", reference, number);
	return ret_text->ptr != NULL ? ERR_OK : ERR_NOMEM;
}

static enum err read_protocols(const struct wire_field *field, const struct value *value,
	bool *ret_speaks, struct fault *fault)
{
	if (value->kind != VALUE_LIST) {
		return refuse(field, fault);
	}
	if (value->list.count < (size_t)field->min || value->list.count > (size_t)field->max) {
		return fault_set(fault, ERR_INVALID, field->key, "from %lld to %lld versions",
			(long long)field->min, (long long)field->max);
	}
	bool speaks = false;
	for (size_t i = 0; i < value->list.count; i++) {
		const struct value *item = &value->list.items[i];
		if (item->kind != VALUE_INT) {
			return refuse(field, fault);
		}
		speaks = speaks || item->integer == WIRE_VERSION;
	}
	*ret_speaks = speaks;
	return ERR_OK;
}

static enum err read_routes(const struct wire_field *field, const struct value *value,
	struct wire_request *request, struct fault *fault)
{
	if (value->kind != VALUE_LIST) {
		return refuse(field, fault);
	}
	if (value->list.count > (size_t)field->max) {
		return fault_set(fault, ERR_TOO_LARGE, field->key, "at most %lld routes",
			(long long)field->max);
	}
	for (size_t i = 0; i < value->list.count; i++) {
		const struct value *item = &value->list.items[i];
		const bool fits = item->kind == VALUE_STRING && item->string.len > 0 &&
				  item->string.len <= LIMIT_ID_BYTES && is_code(item->string);
		if (!fits) {
			char at[PATH_TEXT_SIZE];
			const struct path list = {.key = str_from(field->key)};
			path_format(
				&(struct path){.parent = &list, .is_index = true, .index = i}, at);
			return fault_set(fault, ERR_INVALID, at, "must be a party's id");
		}
		request->routes[i] = item->string;
	}
	request->route_count = value->list.count;
	return ERR_OK;
}

/* "person.date_of_birth", "needs[].code" */
static bool is_path(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			    (c != '\0' && strchr("-_.[]", c) != NULL))) {
			return false;
		}
	}
	return true;
}

static enum err read_words(const struct wire_field *field, const struct value *value,
	struct wire_words *ret_words, struct fault *fault)
{
	const bool paths = field->kind == WIRE_FIELD_PATHS;
	if (value->list.count < (size_t)field->min) {
		return refuse(field, fault);
	}
	if (value->list.count > (size_t)field->max) {
		return fault_set(fault, ERR_TOO_LARGE, field->key, "at most %lld of them",
			(long long)field->max);
	}
	for (size_t i = 0; i < value->list.count; i++) {
		const struct value *item = &value->list.items[i];
		const bool fits =
			item->kind == VALUE_STRING && item->string.len > 0 &&
			item->string.len <= (size_t)(paths ? LIMIT_ID_BYTES : LIMIT_CODE_BYTES) &&
			(paths ? is_path(item->string) : is_code(item->string));
		if (!fits) {
			char at[PATH_TEXT_SIZE];
			const struct path list = {.key = str_from(field->key)};
			path_format(
				&(struct path){.parent = &list, .is_index = true, .index = i}, at);
			return fault_set(fault, ERR_INVALID, at, "must be %s",
				paths ? "the path of a field, such as person.date_of_birth"
				      : "a code (lower-case letters, digits and hyphens)");
		}
		ret_words->items[i] = item->string;
	}
	ret_words->count = value->list.count;
	return ERR_OK;
}

static enum err read_time(const struct wire_field *field, struct str text,
	struct wire_request *request, struct fault *fault)
{
	timestamp_us *member = (timestamp_us *)(void *)((char *)request + field->offset);
	if (text.len > (size_t)field->max) {
		return refuse_long(field, fault);
	}
	if (timestamp_parse(text, member) != ERR_OK) {
		return refuse(field, fault);
	}
	request->has_at = request->has_at || member == &request->at;
	return ERR_OK;
}

/* As bytes, or as people and JSON write it. */
static enum err read_id(const struct wire_field *field, const struct value *value,
	struct id *ret_id, struct fault *fault)
{
	if (value->kind == VALUE_STRING && id_parse(value->string, ret_id) == ERR_OK) {
		return ERR_OK;
	}
	if (value->kind != VALUE_BYTES || value->string.len != ID_SIZE) {
		return refuse(field, fault);
	}
	memcpy(ret_id->bytes, value->string.ptr, ID_SIZE);
	return ERR_OK;
}

static enum err read_bytes(const struct wire_field *field, struct str bytes, struct str *ret_bytes,
	struct fault *fault)
{
	if (bytes.len > (size_t)field->max && field->min != field->max) {
		return refuse_long(field, fault);
	}
	if (bytes.len < (size_t)field->min || bytes.len > (size_t)field->max) {
		return fault_set(fault, ERR_INVALID, field->key, "from %lld to %lld bytes",
			(long long)field->min, (long long)field->max);
	}
	*ret_bytes = bytes;
	return ERR_OK;
}

static enum value_kind kind_expected(enum wire_field_kind kind)
{
	switch (kind) {
	case WIRE_FIELD_TEXT:
	case WIRE_FIELD_NOTE:
	case WIRE_FIELD_CODE:
	case WIRE_FIELD_REFERENCE:
	case WIRE_FIELD_LEG:
	case WIRE_FIELD_TIME:
		return VALUE_STRING;
	case WIRE_FIELD_ID:
	case WIRE_FIELD_BYTES:
		return VALUE_BYTES;
	case WIRE_FIELD_INTEGER:
	case WIRE_FIELD_SEQUENCE:
		return VALUE_INT;
	case WIRE_FIELD_BOOL:
		return VALUE_BOOL;
	case WIRE_FIELD_MAP:
		return VALUE_MAP;
	case WIRE_FIELD_PROTOCOLS:
	case WIRE_FIELD_ROUTES:
	case WIRE_FIELD_CODES:
	case WIRE_FIELD_PATHS:
		return VALUE_LIST;
	}
	return VALUE_NULL;
}

enum err wire_field_read(const struct wire_field *field, const struct value *value,
	struct arena *arena, struct wire_request *request, struct fault *fault)
{
	const bool id_as_text = field->kind == WIRE_FIELD_ID && value->kind == VALUE_STRING;
	if (value->kind != kind_expected(field->kind) && !id_as_text) {
		return refuse(field, fault);
	}
	if (value->kind == VALUE_STRING && value->string.len == 0) {
		return ERR_OK; /* as if it were not there */
	}
	void *member = (char *)request + field->offset;
	switch (field->kind) {
	case WIRE_FIELD_TEXT:
	case WIRE_FIELD_NOTE:
	case WIRE_FIELD_CODE:
		return read_text(field, value->string, member, fault);
	case WIRE_FIELD_REFERENCE:
		return read_reference(field, value->string, arena, member, fault);
	case WIRE_FIELD_LEG:
		return read_leg(field, value->string, arena, member, fault);
	case WIRE_FIELD_TIME:
		return read_time(field, value->string, request, fault);
	case WIRE_FIELD_PROTOCOLS:
		return read_protocols(field, value, member, fault);
	case WIRE_FIELD_ROUTES:
		return read_routes(field, value, request, fault);
	case WIRE_FIELD_CODES:
	case WIRE_FIELD_PATHS:
		return read_words(field, value, member, fault);
	case WIRE_FIELD_ID:
		return read_id(field, value, member, fault);
	case WIRE_FIELD_BYTES:
		return read_bytes(field, value->string, member, fault);
	case WIRE_FIELD_INTEGER:
	case WIRE_FIELD_SEQUENCE:
		if (value->integer < field->min || value->integer > field->max) {
			return refuse_range(field, fault);
		}
		/* Not negative here, so that both kinds of member have the same bytes. */
		memcpy(member, &value->integer, sizeof(value->integer));
		return ERR_OK;
	case WIRE_FIELD_BOOL:
		*(bool *)member = value->boolean;
		return ERR_OK;
	case WIRE_FIELD_MAP:
		*(struct value *)member = *value;
		return ERR_OK;
	}
	return ERR_INTERNAL;
}
