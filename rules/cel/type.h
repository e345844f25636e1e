/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_TYPE_H
#define ONWARD_CEL_TYPE_H
#include "rules/cel/value.h"

/*
 * Types, for declarations, the checker and values of type `type`.  Immutable; the scalar ones are
 * the constants below, the others live in the arena of whoever made them.
 */
enum __attribute__((packed)) cel_type_kind {
	CEL_TYPE_DYN,
	CEL_TYPE_ERROR, /* what an expression with a type error has */
	CEL_TYPE_NULL,
	CEL_TYPE_BOOL,
	CEL_TYPE_INT,
	CEL_TYPE_UINT,
	CEL_TYPE_DOUBLE,
	CEL_TYPE_STRING,
	CEL_TYPE_BYTES,
	CEL_TYPE_TIMESTAMP,
	CEL_TYPE_DURATION,
	CEL_TYPE_LIST,    /* params[0] */
	CEL_TYPE_MAP,     /* params[0] to params[1] */
	CEL_TYPE_TYPE,    /* params[0], or none */
	CEL_TYPE_WRAPPER, /* params[0], or null */
	CEL_TYPE_OPAQUE,  /* name, params: optional_type */
	CEL_TYPE_MESSAGE, /* name: by its fields nothing is known */
	CEL_TYPE_PARAM,   /* name, number: a type parameter of an overload or of the checker */
};

struct cel_type {
	enum cel_type_kind kind;
	uint8_t count; /* of params */
	uint32_t number;
	struct str name;
	const struct cel_type *params[2];
};

extern const struct cel_type cel_type_dyn, cel_type_error, cel_type_null, cel_type_bool,
	cel_type_int, cel_type_uint, cel_type_double, cel_type_string, cel_type_bytes,
	cel_type_timestamp, cel_type_duration, cel_type_type;
/* Type parameters A and B of an overload, and what is made of them. */
extern const struct cel_type cel_type_a, cel_type_b, cel_type_list_a, cel_type_list_b,
	cel_type_list_list_a, cel_type_map_ab, cel_type_optional_a, cel_type_optional_b,
	cel_type_optional_list_a, cel_type_optional_map_ab, cel_type_type_a;
extern const struct cel_type cel_type_list_dyn, cel_type_list_int, cel_type_list_uint,
	cel_type_list_double, cel_type_list_string, cel_type_map_dyn;
extern const struct cel_type cel_type_wrapper_bool, cel_type_wrapper_int, cel_type_wrapper_uint,
	cel_type_wrapper_double, cel_type_wrapper_string, cel_type_wrapper_bytes;

/* NULL when the arena is exhausted. */
const struct cel_type *cel_type_list_of(struct arena *arena, const struct cel_type *element);
const struct cel_type *cel_type_map_of(
	struct arena *arena, const struct cel_type *key, const struct cel_type *value);
const struct cel_type *cel_type_type_of(struct arena *arena, const struct cel_type *inner);
const struct cel_type *cel_type_optional_of(struct arena *arena, const struct cel_type *inner);
/* The type a value has as far as its kind says: list(dyn), map(dyn, dyn). */
const struct cel_type *cel_type_of(struct cel_value value);

/* True when a value of that kind may stand where `type` is wanted, without looking inside it. */
bool cel_type_takes(const struct cel_type *type, enum cel_kind kind);

/* "list(int)", "map(string, dyn)", "optional_type(int)", "wrapper(int)",
 * "google.protobuf.Timestamp" for timestamp: the notation of cel-spec's conformance data.  In the
 * arena. */
struct str cel_type_format(struct arena *arena, const struct cel_type *type);
/* The reverse, for declarations; "timestamp" and "duration" as well.  ERR_INVALID, ERR_NOMEM. */
MUST_CHECK enum err cel_type_parse(
	struct arena *arena, struct str text, const struct cel_type **ret_type);
/* The type an expression may name as a value ("int", "google.protobuf.Duration"); NULL: none. */
const struct cel_type *cel_type_named(struct str name);
/* What type(x) prints as: "int", "list", "google.protobuf.Timestamp". */
struct str cel_type_name(const struct cel_type *type);
#endif
