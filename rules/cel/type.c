/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/type.h"

#define SCALAR(id, type_kind) const struct cel_type cel_type_##id = {.kind = type_kind};
#define ONE(id, type_kind, inner)               \
	const struct cel_type cel_type_##id = { \
		.kind = type_kind, .count = 1, .params = {&cel_type_##inner, NULL}};
#define OPTIONAL(id, inner)                                             \
	const struct cel_type cel_type_##id = {.kind = CEL_TYPE_OPAQUE, \
		.count = 1,                                             \
		.name = {"optional_type", 13},                          \
		.params = {&cel_type_##inner, NULL}};

SCALAR(dyn, CEL_TYPE_DYN)
SCALAR(error, CEL_TYPE_ERROR)
SCALAR(null, CEL_TYPE_NULL)
SCALAR(bool, CEL_TYPE_BOOL)
SCALAR(int, CEL_TYPE_INT)
SCALAR(uint, CEL_TYPE_UINT)
SCALAR(double, CEL_TYPE_DOUBLE)
SCALAR(string, CEL_TYPE_STRING)
SCALAR(bytes, CEL_TYPE_BYTES)
SCALAR(timestamp, CEL_TYPE_TIMESTAMP)
SCALAR(duration, CEL_TYPE_DURATION)
SCALAR(type, CEL_TYPE_TYPE)
const struct cel_type cel_type_a = {.kind = CEL_TYPE_PARAM, .number = 0, .name = {"A", 1}};
const struct cel_type cel_type_b = {.kind = CEL_TYPE_PARAM, .number = 1, .name = {"B", 1}};
ONE(list_a, CEL_TYPE_LIST, a)
ONE(list_b, CEL_TYPE_LIST, b)
ONE(list_dyn, CEL_TYPE_LIST, dyn)
ONE(list_int, CEL_TYPE_LIST, int)
ONE(list_uint, CEL_TYPE_LIST, uint)
ONE(list_double, CEL_TYPE_LIST, double)
ONE(list_string, CEL_TYPE_LIST, string)
ONE(list_list_a, CEL_TYPE_LIST, list_a)
ONE(type_a, CEL_TYPE_TYPE, a)
ONE(wrapper_bool, CEL_TYPE_WRAPPER, bool)
ONE(wrapper_int, CEL_TYPE_WRAPPER, int)
ONE(wrapper_uint, CEL_TYPE_WRAPPER, uint)
ONE(wrapper_double, CEL_TYPE_WRAPPER, double)
ONE(wrapper_string, CEL_TYPE_WRAPPER, string)
ONE(wrapper_bytes, CEL_TYPE_WRAPPER, bytes)
const struct cel_type cel_type_map_ab = {
	.kind = CEL_TYPE_MAP, .count = 2, .params = {&cel_type_a, &cel_type_b}};
const struct cel_type cel_type_map_dyn = {
	.kind = CEL_TYPE_MAP, .count = 2, .params = {&cel_type_dyn, &cel_type_dyn}};
OPTIONAL(optional_a, a)
OPTIONAL(optional_b, b)
OPTIONAL(optional_list_a, list_a)
OPTIONAL(optional_map_ab, map_ab)

static const struct cel_type optional_dyn = {.kind = CEL_TYPE_OPAQUE,
	.count = 1,
	.name = {"optional_type", 13},
	.params = {&cel_type_dyn, NULL}};

static const struct cel_type *type_new(struct arena *arena, enum cel_type_kind kind,
	const struct cel_type *first, const struct cel_type *second)
{
	struct cel_type *type = first == NULL ? NULL : arena_alloc(arena, sizeof(*type));
	if (type != NULL) {
		*type = (struct cel_type){
			.kind = kind, .count = second == NULL ? 1 : 2, .params = {first, second}};
	}
	return type;
}

const struct cel_type *cel_type_list_of(struct arena *arena, const struct cel_type *element)
{
	return type_new(arena, CEL_TYPE_LIST, element, NULL);
}

const struct cel_type *cel_type_map_of(
	struct arena *arena, const struct cel_type *key, const struct cel_type *value)
{
	return value == NULL ? NULL : type_new(arena, CEL_TYPE_MAP, key, value);
}

const struct cel_type *cel_type_type_of(struct arena *arena, const struct cel_type *inner)
{
	return type_new(arena, CEL_TYPE_TYPE, inner, NULL);
}

const struct cel_type *cel_type_optional_of(struct arena *arena, const struct cel_type *inner)
{
	struct cel_type *type = inner == NULL ? NULL : arena_alloc(arena, sizeof(*type));
	if (type != NULL) {
		*type = optional_dyn;
		type->params[0] = inner;
	}
	return type;
}

const struct cel_type *cel_type_of(struct cel_value value)
{
	static const struct cel_type *const TYPES[CEL_KINDS] = {
		[CEL_NULL] = &cel_type_null,
		[CEL_BOOL] = &cel_type_bool,
		[CEL_INT] = &cel_type_int,
		[CEL_UINT] = &cel_type_uint,
		[CEL_DOUBLE] = &cel_type_double,
		[CEL_STRING] = &cel_type_string,
		[CEL_BYTES] = &cel_type_bytes,
		[CEL_LIST] = &cel_type_list_dyn,
		[CEL_MAP] = &cel_type_map_dyn,
		[CEL_TYPE] = &cel_type_type,
		[CEL_TIMESTAMP] = &cel_type_timestamp,
		[CEL_DURATION] = &cel_type_duration,
		[CEL_OPTIONAL] = &optional_dyn,
		[CEL_ERROR] = &cel_type_error,
		[CEL_UNKNOWN] = &cel_type_dyn,
	};
	return TYPES[value.kind];
}

bool cel_type_takes(const struct cel_type *type, enum cel_kind kind)
{
	switch (type->kind) {
	case CEL_TYPE_DYN:
	case CEL_TYPE_PARAM:
		return true;
	case CEL_TYPE_ERROR:
	case CEL_TYPE_MESSAGE:
		return false;
	case CEL_TYPE_NULL:
		return kind == CEL_NULL;
	case CEL_TYPE_BOOL:
		return kind == CEL_BOOL;
	case CEL_TYPE_INT:
		return kind == CEL_INT;
	case CEL_TYPE_UINT:
		return kind == CEL_UINT;
	case CEL_TYPE_DOUBLE:
		return kind == CEL_DOUBLE;
	case CEL_TYPE_STRING:
		return kind == CEL_STRING;
	case CEL_TYPE_BYTES:
		return kind == CEL_BYTES;
	case CEL_TYPE_TIMESTAMP:
		return kind == CEL_TIMESTAMP;
	case CEL_TYPE_DURATION:
		return kind == CEL_DURATION;
	case CEL_TYPE_LIST:
		return kind == CEL_LIST;
	case CEL_TYPE_MAP:
		return kind == CEL_MAP;
	case CEL_TYPE_TYPE:
		return kind == CEL_TYPE;
	case CEL_TYPE_WRAPPER:
		return kind == CEL_NULL || cel_type_takes(type->params[0], kind);
	case CEL_TYPE_OPAQUE:
		return kind == CEL_OPTIONAL;
	}
	return false;
}
