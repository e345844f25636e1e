/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/given.h"
#include "rules/cel/library.h"
#include "rules/cel/number.h"

#include <stdio.h>

/* A value of JSON as a value of the language, of a declared type or of its own. */

static bool refuse(struct author_given *given, struct str path, const struct cel_type *type)
{
	const struct str words = cel_type_format(given->arena, type);
	(void)snprintf(given->message, sizeof(given->message),
		"%.*s is declared %.*s, and what is given cannot be one", STR_ARG(path),
		STR_ARG(words));
	return false;
}

/* What is unknown covers all that lies beneath it. */
static bool is_unknown(const struct author_given *given, struct str path)
{
	for (size_t i = 0; i < given->question->unknown_count; i++) {
		const struct str unknown = given->question->unknown[i];
		if (str_has_prefix(path, unknown) &&
			(path.len == unknown.len || path.ptr[unknown.len] == '.' ||
				path.ptr[unknown.len] == '[')) {
			return true;
		}
	}
	return false;
}

static bool unknown_at(struct author_given *given, struct str path, struct cel_value *ret_value)
{
	struct cel_trail *trail = arena_alloc(given->arena, sizeof(*trail));
	if (trail != NULL) {
		trail->path = path;
		*ret_value = cel_unknown_at(given->arena, trail);
	}
	return trail != NULL;
}

static bool list_value(struct author_given *given, const struct value *document,
	const struct cel_type *element, struct str path, struct cel_value *ret_value)
{
	struct cel_value *items =
		arena_array(given->arena, document->list.count + 1, sizeof(*items));
	if (items == NULL) {
		return false;
	}
	for (size_t i = 0; i < document->list.count; i++) {
		const struct str at = arena_printf(given->arena, "%.*s[%zu]", STR_ARG(path), i);
		if (!author_given_value(given, &document->list.items[i], element, at, &items[i])) {
			return false;
		}
	}
	*ret_value = cel_list(items, document->list.count);
	return true;
}

/* JSON's keys are texts; a map of numbers or bools has them written out. */
static bool key_value(struct author_given *given, struct str key, const struct cel_type *type,
	struct str path, struct cel_value *ret_value)
{
	bool fits = true;
	if (type->kind == CEL_TYPE_INT) {
		fits = cel_int_read(key, ret_value);
	} else if (type->kind == CEL_TYPE_UINT) {
		fits = cel_uint_read(key, ret_value);
	} else if (type->kind == CEL_TYPE_BOOL) {
		*ret_value = cel_bool(str_is(key, "true"));
		fits = str_is(key, "true") || str_is(key, "false");
	} else {
		*ret_value = cel_string(key);
	}
	return fits || refuse(given, path, type);
}

/* "1" and "01" are two keys of JSON, and one number. */
static bool stands_before(const struct cel_entry *entries, size_t count)
{
	uint64_t budget = UINT64_MAX;
	return entries[count].key.kind != CEL_STRING &&
	       cel_map_find(cel_map(entries, count), entries[count].key, &budget) != NULL;
}

/* The members of a map that are unknown by their path and do not stand in it: each becomes one. */
static size_t add_unknown(struct author_given *given, struct str path, struct cel_entry *entries,
	size_t count, const struct value *document)
{
	const struct author_question *question = given->question;
	for (size_t i = 0; i < question->unknown_count; i++) {
		const struct str whole = question->unknown[i];
		if (!str_has_prefix(whole, path) || whole.len <= path.len + 1 ||
			whole.ptr[path.len] != '.') {
			continue;
		}
		const struct str key = {whole.ptr + path.len + 1, whole.len - path.len - 1};
		if (memchr(key.ptr, '.', key.len) == NULL &&
			memchr(key.ptr, '[', key.len) == NULL && value_get(document, key) == NULL &&
			unknown_at(given, whole, &entries[count].value)) {
			entries[count++].key = cel_string(key);
		}
	}
	return count;
}

static bool map_value(struct author_given *given, const struct value *document,
	const struct cel_type *key, const struct cel_type *element, struct str path,
	struct cel_value *ret_value)
{
	const size_t count = document->map.count;
	struct cel_entry *entries = arena_array(
		given->arena, count + given->question->unknown_count + 1, sizeof(*entries));
	if (entries == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct value_entry *entry = &document->map.entries[i];
		const struct str at =
			arena_printf(given->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(entry->key));
		if (!key_value(given, entry->key, key, path, &entries[i].key) ||
			!author_given_value(given, &entry->value, element, at, &entries[i].value)) {
			return false;
		}
		if (stands_before(entries, i)) {
			return refuse(given, path, key);
		}
	}
	const size_t filled = add_unknown(given, path, entries, count, document);
	if (given->whole) {
		*ret_value = cel_map(entries, filled);
		return true;
	}
	/* Nobody has said that there is no more to it. */
	if (!unknown_at(given, path, &entries[filled].value)) {
		return false;
	}
	entries[filled].key = cel_null();
	*ret_value = cel_map_open(entries, filled);
	return true;
}

static bool own_value(struct author_given *given, const struct value *document, struct str path,
	struct cel_value *ret_value)
{
	switch (document->kind) {
	case VALUE_NULL:
		*ret_value = cel_null();
		return true;
	case VALUE_BOOL:
		*ret_value = cel_bool(document->boolean);
		return true;
	case VALUE_INT:
		*ret_value = cel_int(document->integer);
		return true;
	case VALUE_DOUBLE:
		*ret_value = cel_double(document->number);
		return true;
	case VALUE_STRING:
		*ret_value = cel_string(document->string);
		return true;
	case VALUE_BYTES:
		*ret_value = cel_bytes(document->string);
		return true;
	case VALUE_LIST:
		return list_value(given, document, &cel_type_dyn, path, ret_value);
	case VALUE_MAP:
		return map_value(given, document, &cel_type_string, &cel_type_dyn, path, ret_value);
	}
	return false;
}

/* As int("…") and its like do: what does not fit whole is refused. */
static bool read_number(struct str text, const struct cel_type *type, struct cel_value *ret_value)
{
	if (type->kind == CEL_TYPE_INT) {
		return cel_int_read(text, ret_value);
	}
	if (type->kind == CEL_TYPE_UINT) {
		return cel_uint_read(text, ret_value);
	}
	double number;
	const bool fits = cel_double_read(text.ptr == NULL ? "" : text.ptr, text.len, &number);
	*ret_value = fits ? cel_double(number) : cel_null();
	return fits;
}

/* Numbers of JSON are whatever number is declared; texts hold what JSON has no words for. */
static bool number_value(
	const struct value *document, const struct cel_type *type, struct cel_value *ret_value)
{
	const bool whole = document->kind == VALUE_INT;
	const bool real = document->kind == VALUE_DOUBLE;
	if (type->kind == CEL_TYPE_DOUBLE && (whole || real)) {
		*ret_value = cel_double(whole ? (double)document->integer : document->number);
		return true;
	}
	if (document->kind == VALUE_STRING) {
		/* What is above 2^53, or 2^63, stands in quotation marks. */
		return read_number(document->string, type, ret_value);
	}
	int64_t integer = whole ? document->integer : 0;
	if (!whole && (!real || !cel_double_to_int(document->number, &integer) ||
			      (double)integer != document->number)) {
		return false;
	}
	if (type->kind == CEL_TYPE_INT) {
		*ret_value = cel_int(integer);
		return true;
	}
	*ret_value = cel_uint((uint64_t)integer);
	return integer >= 0;
}

/* A scalar of the type; false when the document has no such value. */
static bool scalar_value(
	const struct value *document, const struct cel_type *type, struct cel_value *ret_value)
{
	const bool text = document->kind == VALUE_STRING;
	switch (type->kind) {
	case CEL_TYPE_NULL:
		*ret_value = cel_null();
		return document->kind == VALUE_NULL;
	case CEL_TYPE_BOOL:
		*ret_value = cel_bool(document->kind == VALUE_BOOL && document->boolean);
		return document->kind == VALUE_BOOL;
	case CEL_TYPE_INT:
	case CEL_TYPE_UINT:
	case CEL_TYPE_DOUBLE:
		return number_value(document, type, ret_value);
	case CEL_TYPE_STRING:
		*ret_value = cel_string(document->string);
		return text;
	case CEL_TYPE_BYTES:
		*ret_value = cel_bytes(document->string);
		return text || document->kind == VALUE_BYTES;
	case CEL_TYPE_TIMESTAMP:
		return text && cel_timestamp_parse(document->string, ret_value) == ERR_OK;
	case CEL_TYPE_DURATION:
		return text && cel_duration_parse(document->string, ret_value) == ERR_OK;
	case CEL_TYPE_TYPE: {
		const struct cel_type *named = text ? cel_type_named(document->string) : NULL;
		*ret_value = cel_type_value(named);
		return named != NULL;
	}
	case CEL_TYPE_DYN:
	case CEL_TYPE_ERROR:
	case CEL_TYPE_LIST:
	case CEL_TYPE_MAP:
	case CEL_TYPE_WRAPPER:
	case CEL_TYPE_OPAQUE:
	case CEL_TYPE_MESSAGE:
	case CEL_TYPE_PARAM:
		break;
	}
	return false;
}

/* optional_type(T): null is none, anything else is of that value. */
static bool optional_value(struct author_given *given, const struct value *document,
	const struct cel_type *type, struct str path, struct cel_value *ret_value)
{
	struct cel_value *inner = NULL;
	if (document->kind != VALUE_NULL) {
		inner = arena_alloc(given->arena, sizeof(*inner));
		if (inner == NULL ||
			!author_given_value(given, document,
				type->count > 0 ? type->params[0] : &cel_type_dyn, path, inner)) {
			return false;
		}
	}
	*ret_value = cel_optional(inner);
	return true;
}

bool author_given_value(struct author_given *given, const struct value *document,
	const struct cel_type *type, struct str path, struct cel_value *ret_value)
{
	if (is_unknown(given, path)) {
		return unknown_at(given, path, ret_value);
	}
	switch (type->kind) {
	case CEL_TYPE_DYN:
	case CEL_TYPE_PARAM:
		return own_value(given, document, path, ret_value);
	case CEL_TYPE_LIST:
		return document->kind == VALUE_LIST
			       ? list_value(given, document, type->params[0], path, ret_value)
			       : refuse(given, path, type);
	case CEL_TYPE_MAP:
		return document->kind == VALUE_MAP ? map_value(given, document, type->params[0],
							     type->params[1], path, ret_value)
						   : refuse(given, path, type);
	case CEL_TYPE_WRAPPER:
		if (document->kind == VALUE_NULL) {
			*ret_value = cel_null();
			return true;
		}
		return author_given_value(given, document, type->params[0], path, ret_value);
	case CEL_TYPE_OPAQUE:
		return optional_value(given, document, type, path, ret_value);
	case CEL_TYPE_ERROR:
	case CEL_TYPE_NULL:
	case CEL_TYPE_BOOL:
	case CEL_TYPE_INT:
	case CEL_TYPE_UINT:
	case CEL_TYPE_DOUBLE:
	case CEL_TYPE_STRING:
	case CEL_TYPE_BYTES:
	case CEL_TYPE_TIMESTAMP:
	case CEL_TYPE_DURATION:
	case CEL_TYPE_TYPE:
	case CEL_TYPE_MESSAGE:
		break;
	}
	return scalar_value(document, type, ret_value) || refuse(given, path, type);
}
