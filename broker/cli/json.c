/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/json.h"

#include <jansson.h>

struct reader {
	struct str text;
	const char *name;
	struct arena *arena;
	struct fault *fault;
	size_t at; /* where the present document begins */
};

/* jansson's own sentences quote the text, which may hold a name: these do not. */
static const char *sentence_of(enum json_error_code code)
{
	switch (code) {
	case json_error_out_of_memory:
		return "out of memory";
	case json_error_stack_overflow:
		return "nested too deep";
	case json_error_invalid_utf8:
		return "not valid UTF-8";
	case json_error_premature_end_of_input:
		return "the text ends in the middle of a value";
	case json_error_end_of_input_expected:
		return "something stands behind the value";
	case json_error_null_byte_in_key:
	case json_error_null_character:
	case json_error_null_value:
		return "a zero character is not allowed";
	case json_error_duplicate_key:
		return "a key stands twice in one object";
	case json_error_numeric_overflow:
		return "a number is too large";
	case json_error_unknown:
	case json_error_cannot_open_file:
	case json_error_invalid_argument:
	case json_error_invalid_syntax:
	case json_error_invalid_format:
	case json_error_wrong_type:
	case json_error_item_not_found:
	case json_error_index_out_of_range:
		break;
	}
	return "not well-formed JSON";
}

/* Line and column of the whole text, from jansson's, which count from the document's beginning. */
static enum err refuse(struct reader *reader, enum err err, int line, int column, const char *why)
{
	long whole_line = line < 1 ? 1 : line;
	long whole_column = column < 1 ? 1 : column;
	size_t line_start = 0;
	for (size_t i = 0; i < reader->at; i++) {
		if (reader->text.ptr[i] == '\n') {
			whole_line++;
			line_start = i + 1;
		}
	}
	if (line <= 1) {
		whole_column += (long)(reader->at - line_start);
	}
	char field[160];
	(void)snprintf(field, sizeof(field), "%s:%ld:%ld", reader->name, whole_line, whole_column);
	return fault_set(reader->fault, err, field, "%s", why);
}

static struct value convert(struct reader *reader, const json_t *json, unsigned depth);

static struct value convert_object(struct reader *reader, json_t *json, unsigned depth)
{
	struct value map = value_map_new(reader->arena, json_object_size(json));
	const char *key;
	json_t *member;
	json_object_foreach(json, key, member)
	{
		const struct str copy = arena_str(reader->arena, str_from(key));
		if (copy.ptr != NULL) {
			value_put(
				reader->arena, &map, copy.ptr, convert(reader, member, depth + 1));
		}
	}
	return map;
}

static struct value convert(struct reader *reader, const json_t *json, unsigned depth)
{
	if (depth > JSON_DEPTH) {
		reader->arena->failed = true;
		return (struct value){.kind = VALUE_NULL};
	}
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		/* Iterating needs a pointer that could be written through; nothing is. */
		return convert_object(reader, (json_t *)(uintptr_t)json, depth);
	case JSON_ARRAY: {
		struct value list = value_list_new(reader->arena, json_array_size(json));
		for (size_t i = 0; i < json_array_size(json); i++) {
			value_push(reader->arena, &list,
				convert(reader, json_array_get(json, i), depth + 1));
		}
		return list;
	}
	case JSON_STRING:
		return value_of_str(arena_str(reader->arena,
			(struct str){json_string_value(json), json_string_length(json)}));
	case JSON_INTEGER:
		return value_of_int(json_integer_value(json));
	case JSON_REAL:
		return (struct value){.kind = VALUE_DOUBLE, .number = json_real_value(json)};
	case JSON_TRUE:
		return value_of_bool(true);
	case JSON_FALSE:
		return value_of_bool(false);
	case JSON_NULL:
		break;
	}
	return (struct value){.kind = VALUE_NULL};
}

static unsigned depth_of(const json_t *json, unsigned above)
{
	unsigned deepest = above + 1;
	if (above > JSON_DEPTH) {
		return deepest;
	}
	for (size_t i = 0; i < json_array_size(json); i++) {
		const unsigned depth = depth_of(json_array_get(json, i), above + 1);
		deepest = depth > deepest ? depth : deepest;
	}
	json_t *object = (json_t *)(uintptr_t)json;
	for (void *i = json_object_iter(object); i != NULL; i = json_object_iter_next(object, i)) {
		const unsigned depth = depth_of(json_object_iter_value(i), above + 1);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest;
}

/* One document from reader->at on; moves it behind. */
static enum err parse_one(struct reader *reader, json_t **ret_json)
{
	json_error_t error;
	const char *start = reader->text.ptr + reader->at;
	json_t *json = json_loadb(start, reader->text.len - reader->at,
		JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
	if (json == NULL) {
		const enum json_error_code code = json_error_code(&error);
		return refuse(reader,
			code == json_error_stack_overflow ? ERR_TOO_LARGE : ERR_MALFORMED,
			error.line, error.column, sentence_of(code));
	}
	const unsigned limit = JSON_DEPTH;
	if (depth_of(json, 0) > limit) {
		json_decref(json);
		return refuse(reader, ERR_TOO_LARGE, 1, 1, "nested too deep");
	}
	reader->at += (size_t)error.position;
	*ret_json = json;
	return ERR_OK;
}

static bool skip_space(struct reader *reader)
{
	while (reader->at < reader->text.len &&
		strchr(" \t\r\n", reader->text.ptr[reader->at]) != NULL &&
		reader->text.ptr[reader->at] != '\0') {
		reader->at++;
	}
	return reader->at < reader->text.len;
}

/* The list grows by doubling: how many documents follow is not known. */
struct growing {
	struct value *items;
	size_t count, size;
};

static void growing_push(struct arena *arena, struct growing *list, struct value value)
{
	if (list->count == list->size) {
		const size_t size = list->size == 0 ? 16 : list->size * 2;
		struct value *items = arena_array(arena, size, sizeof(*items));
		if (items == NULL) {
			return;
		}
		if (list->count > 0) {
			memcpy(items, list->items, list->count * sizeof(*items));
		}
		list->items = items;
		list->size = size;
	}
	list->items[list->count++] = value;
}

static enum err add_document(struct reader *reader, struct growing *list)
{
	const size_t begin = reader->at;
	json_t *json = NULL;
	enum err err = parse_one(reader, &json);
	if (err != ERR_OK) {
		return err;
	}
	const size_t end = reader->at;
	reader->at = begin;
	if (json_is_object(json)) {
		growing_push(reader->arena, list, convert(reader, json, 0));
	}
	for (size_t i = 0; err == ERR_OK && i < json_array_size(json); i++) {
		const json_t *item = json_array_get(json, i);
		if (json_is_object(item)) {
			growing_push(reader->arena, list, convert(reader, item, 0));
		} else {
			char why[80];
			(void)snprintf(
				why, sizeof(why), "item %zu of the array is not an object", i);
			err = refuse(reader, ERR_MALFORMED, 1, 1, why);
		}
	}
	json_decref(json);
	if (err == ERR_OK && arena_failed(reader->arena)) {
		err = fault_set(reader->fault, ERR_NOMEM, reader->name, "out of memory");
	}
	reader->at = end;
	return err;
}

enum err json_read_objects(struct str text, const char *name, struct arena *arena,
	struct value *ret_list, struct fault *fault)
{
	struct reader reader = {.text = text, .name = name, .arena = arena, .fault = fault};
	struct growing list = {0};
	if (str_has_prefix(text, STR("\xef\xbb\xbf"))) {
		reader.at = 3; /* a byte order mark, as some systems write it */
	}
	while (skip_space(&reader)) {
		const char first = reader.text.ptr[reader.at];
		if (first != '{' && first != '[') {
			return refuse(&reader, ERR_MALFORMED, 1, 1,
				"a JSON object or an array of objects is expected here");
		}
		const enum err err = add_document(&reader, &list);
		if (err != ERR_OK) {
			return err;
		}
	}
	*ret_list = (struct value){
		.kind = VALUE_LIST, .list = {.items = list.items, .count = list.count}};
	return ERR_OK;
}

enum err json_read_object(struct str text, const char *name, struct arena *arena,
	struct value *ret_object, struct fault *fault)
{
	struct value list = {0};
	const enum err err = json_read_objects(text, name, arena, &list, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (list.list.count != 1) {
		return fault_set(fault, ERR_MALFORMED, name,
			"holds %zu JSON objects where exactly one is expected", list.list.count);
	}
	*ret_object = list.list.items[0];
	return ERR_OK;
}
