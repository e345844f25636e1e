/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/text.h"
#include "rules/cel/type.h"

static const struct named {
	const char *name;    /* as a value names it */
	const char *written; /* as declarations and goldens write it */
	const struct cel_type *type;
} NAMED[] = {
	{"dyn", "dyn", &cel_type_dyn},
	{"null_type", "null", &cel_type_null},
	{"bool", "bool", &cel_type_bool},
	{"int", "int", &cel_type_int},
	{"uint", "uint", &cel_type_uint},
	{"double", "double", &cel_type_double},
	{"string", "string", &cel_type_string},
	{"bytes", "bytes", &cel_type_bytes},
	{"list", "list", &cel_type_list_dyn},
	{"map", "map", &cel_type_map_dyn},
	{"type", "type", &cel_type_type},
	{"google.protobuf.Timestamp", "timestamp", &cel_type_timestamp},
	{"google.protobuf.Duration", "duration", &cel_type_duration},
	{"google.protobuf.BoolValue", "wrapper(bool)", &cel_type_wrapper_bool},
	{"google.protobuf.Int32Value", "wrapper(int)", &cel_type_wrapper_int},
	{"google.protobuf.Int64Value", "wrapper(int)", &cel_type_wrapper_int},
	{"google.protobuf.UInt32Value", "wrapper(uint)", &cel_type_wrapper_uint},
	{"google.protobuf.UInt64Value", "wrapper(uint)", &cel_type_wrapper_uint},
	{"google.protobuf.FloatValue", "wrapper(double)", &cel_type_wrapper_double},
	{"google.protobuf.DoubleValue", "wrapper(double)", &cel_type_wrapper_double},
	{"google.protobuf.StringValue", "wrapper(string)", &cel_type_wrapper_string},
	{"google.protobuf.BytesValue", "wrapper(bytes)", &cel_type_wrapper_bytes},
	{"google.protobuf.Any", "any", &cel_type_dyn},
	{"google.protobuf.Value", "dyn", &cel_type_dyn},
	{"google.protobuf.ListValue", "list(dyn)", &cel_type_list_dyn},
};

enum {
	TYPE_TEXT_MAX = 1000,
	NAMED_COUNT = sizeof(NAMED) / sizeof(NAMED[0])
};

const struct cel_type *cel_type_named(struct str name)
{
	static const struct cel_type optional = {.kind = CEL_TYPE_OPAQUE,
		.count = 1,
		.name = {"optional_type", 13},
		.params = {&cel_type_dyn, NULL}};
	for (size_t i = 1; i < NAMED_COUNT; i++) {
		if (str_is(name, NAMED[i].name)) {
			return NAMED[i].type;
		}
	}
	return str_is(name, "optional_type") ? &optional : NULL;
}

static bool same_shape(const struct cel_type *a, const struct cel_type *b)
{
	return a->kind == b->kind &&
	       (a->kind != CEL_TYPE_WRAPPER || a->params[0]->kind == b->params[0]->kind);
}

struct str cel_type_name(const struct cel_type *type)
{
	for (size_t i = 0; i < NAMED_COUNT; i++) {
		if (same_shape(NAMED[i].type, type)) {
			return str_from(NAMED[i].name);
		}
	}
	return type->name;
}

static void put(struct cel_text *text, const struct cel_type *type, unsigned depth)
{
	/* Types share their parts: a small one may be longer than any memory when written out. */
	if (depth == 0 || text->len > TYPE_TEXT_MAX) {
		cel_text_add_text(text, depth == 0 ? "..." : "");
		return;
	}
	if (type->kind == CEL_TYPE_ERROR) {
		cel_text_add_text(text, "!error!");
		return;
	}
	if (type->name.len > 0) {
		cel_text_add(text, type->name);
	} else if (type->kind == CEL_TYPE_WRAPPER) {
		cel_text_add_text(text, "wrapper");
	} else {
		for (size_t i = 0; i < NAMED_COUNT; i++) {
			if (NAMED[i].type->kind == type->kind) {
				cel_text_add_text(text, NAMED[i].written);
				break;
			}
		}
	}
	for (unsigned i = 0; i < type->count; i++) {
		cel_text_add_text(text, i == 0 ? "(" : ", ");
		put(text, type->params[i], depth - 1);
	}
	cel_text_add_text(text, type->count > 0 ? ")" : "");
}

struct str cel_type_format(struct arena *arena, const struct cel_type *type)
{
	struct cel_text text = {.arena = arena};
	put(&text, type, CEL_LIMIT_DEPTH);
	return cel_text_str(&text);
}

struct reader {
	struct arena *arena;
	struct str text;
	size_t at;
};

static void skip_blank(struct reader *reader)
{
	while (reader->at < reader->text.len && reader->text.ptr[reader->at] == ' ') {
		reader->at++;
	}
}

static bool accept(struct reader *reader, char c)
{
	skip_blank(reader);
	if (reader->at >= reader->text.len || reader->text.ptr[reader->at] != c) {
		return false;
	}
	reader->at++;
	return true;
}

static struct str read_word(struct reader *reader)
{
	skip_blank(reader);
	const size_t start = reader->at;
	while (reader->at < reader->text.len &&
		strchr("(), \t\n", reader->text.ptr[reader->at]) == NULL) {
		reader->at++;
	}
	return (struct str){reader->text.ptr + start, reader->at - start};
}

static const struct cel_type *plain_type(struct reader *reader, struct str word)
{
	for (size_t i = 0; i < NAMED_COUNT; i++) {
		if (str_is(word, NAMED[i].written) || str_is(word, NAMED[i].name)) {
			return NAMED[i].type;
		}
	}
	const struct cel_type *named = cel_type_named(word);
	if (named != NULL) {
		return named;
	}
	/* A dotted name is a message, of which nothing else is known. */
	if (memchr(word.ptr, '.', word.len) == NULL) {
		return NULL;
	}
	struct cel_type *type = arena_alloc(reader->arena, sizeof(*type));
	const struct str name = arena_str(reader->arena, word);
	if (type == NULL || name.ptr == NULL) {
		return NULL;
	}
	*type = (struct cel_type){.kind = CEL_TYPE_MESSAGE, .name = name};
	return type;
}

static const struct cel_type *wrapper_of(const struct cel_type *inner)
{
	static const struct cel_type *const WRAPPERS[] = {&cel_type_wrapper_bool,
		&cel_type_wrapper_int, &cel_type_wrapper_uint, &cel_type_wrapper_double,
		&cel_type_wrapper_string, &cel_type_wrapper_bytes};
	for (size_t i = 0; i < sizeof(WRAPPERS) / sizeof(WRAPPERS[0]); i++) {
		if (inner != NULL && WRAPPERS[i]->params[0]->kind == inner->kind) {
			return WRAPPERS[i];
		}
	}
	return NULL;
}

static const struct cel_type *read_type(struct reader *reader, unsigned depth)
{
	const struct str word = read_word(reader);
	if (depth == 0 || word.len == 0) {
		return NULL;
	}
	if (!accept(reader, '(')) {
		return plain_type(reader, word);
	}
	const struct cel_type *first = read_type(reader, depth - 1);
	const bool two = accept(reader, ',');
	const struct cel_type *second = two ? read_type(reader, depth - 1) : NULL;
	if (first == NULL || (two && second == NULL) || !accept(reader, ')')) {
		return NULL;
	}
	if (str_is(word, "map")) {
		return two ? cel_type_map_of(reader->arena, first, second) : NULL;
	}
	if (two) {
		return NULL;
	}
	if (str_is(word, "list")) {
		return cel_type_list_of(reader->arena, first);
	}
	if (str_is(word, "type")) {
		return cel_type_type_of(reader->arena, first);
	}
	if (str_is(word, "wrapper")) {
		return wrapper_of(first);
	}
	return str_is(word, "optional_type") ? cel_type_optional_of(reader->arena, first) : NULL;
}

enum err cel_type_parse(struct arena *arena, struct str text, const struct cel_type **ret_type)
{
	struct reader reader = {.arena = arena, .text = text};
	const struct cel_type *type = read_type(&reader, CEL_LIMIT_DEPTH);
	skip_blank(&reader);
	if (type == NULL || reader.at < text.len) {
		return arena_failed(arena) ? ERR_NOMEM : ERR_INVALID;
	}
	*ret_type = type;
	return ERR_OK;
}
