/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CEL_VALUE_H
#define ONWARD_CEL_VALUE_H
#include "broker/base/arena.h"
#include "broker/base/str.h"
#include "rules/cel/limits.h"

/*
 * What an expression evaluates to: CEL's values, and beside them "unknown" and "error", which are
 * not values of the language but travel the same way.  16 bytes, copied freely; what a value
 * points to lives in the program's arena, the evaluation's scratch arena or the caller's facts,
 * and never changes.
 */
enum __attribute__((packed)) cel_kind {
	CEL_NULL,
	CEL_BOOL,
	CEL_INT,
	CEL_UINT,
	CEL_DOUBLE,
	CEL_STRING, /* UTF-8, not terminated */
	CEL_BYTES,
	CEL_LIST,
	CEL_MAP,
	CEL_TYPE,
	CEL_TIMESTAMP,
	CEL_DURATION,
	CEL_OPTIONAL,
	CEL_ERROR,
	CEL_UNKNOWN,
	CEL_KINDS, /* how many there are */
};

struct cel_type;
struct cel_entry;

/* Where an unknown value stands, for the person who is asked: "person.children[0].age". */
struct cel_trail {
	struct str path;
};

enum cel_value_flag {
	/* LIST, MAP, OPTIONAL: something within is unknown, at any depth. */
	CEL_FLAG_PARTIAL = 1,
	/* MAP, beside PARTIAL: it may have more keys than are known.  Behind its last entry stands
	 * one whose value is unknown by the path of the map. */
	CEL_FLAG_OPEN = 2,
};

struct cel_value {
	enum cel_kind kind;
	uint8_t flags;
	uint16_t unused; /* zero */
	/*
	 * STRING, BYTES: length in bytes.  LIST, MAP: number of elements.  TIMESTAMP: nanoseconds
	 * after `integer`, 0 to 999,999,999.  ERROR: byte offset into the source.  UNKNOWN: how
	 * many `trails`; 0: `variables`.  Zero for all others.
	 */
	uint32_t extra;
	union {
		bool boolean;
		int64_t integer; /* INT; TIMESTAMP: seconds since 1970 UTC; DURATION: nanoseconds */
		uint64_t natural;
		double number;
		const char *text;                /* STRING, BYTES; ERROR: static, without values */
		const struct cel_value *items;   /* LIST */
		const struct cel_entry *entries; /* MAP: keys differ from one another */
		const struct cel_type *type;
		const struct cel_value *inner; /* OPTIONAL: NULL for none */
		/* UNKNOWN: a set of the program's variables (bit = number, the first 64) … */
		uint64_t variables;
		/* … or of trails, sorted by address, without doubles. */
		const struct cel_trail *const *trails;
	};
};
_Static_assert(sizeof(struct cel_value) == 16, "a value is two words");

struct cel_entry {
	struct cel_value key; /* BOOL, INT, UINT or STRING */
	struct cel_value value;
};

/* Timestamps: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z, seconds since 1970. */
#define CEL_TIMESTAMP_MIN ((int64_t)-62135596800)
#define CEL_TIMESTAMP_MAX ((int64_t)253402300799)
#define CEL_SECOND_NS ((int64_t)1000000000)

static inline struct cel_value cel_null(void)
{
	return (struct cel_value){.kind = CEL_NULL};
}

static inline struct cel_value cel_bool(bool boolean)
{
	return (struct cel_value){.kind = CEL_BOOL, .natural = boolean ? 1 : 0};
}

static inline struct cel_value cel_int(int64_t integer)
{
	return (struct cel_value){.kind = CEL_INT, .integer = integer};
}

static inline struct cel_value cel_uint(uint64_t natural)
{
	return (struct cel_value){.kind = CEL_UINT, .natural = natural};
}

static inline struct cel_value cel_double(double number)
{
	return (struct cel_value){.kind = CEL_DOUBLE, .number = number};
}

/* Borrowed; at most UINT32_MAX bytes, which the limits see to.  `text` is never NULL, so that
 * nobody adds to it. */
static inline struct cel_value cel_string(struct str s)
{
	return (struct cel_value){
		.kind = CEL_STRING, .extra = (uint32_t)s.len, .text = s.ptr == NULL ? "" : s.ptr};
}

static inline struct cel_value cel_bytes(struct str s)
{
	return (struct cel_value){
		.kind = CEL_BYTES, .extra = (uint32_t)s.len, .text = s.ptr == NULL ? "" : s.ptr};
}

static inline struct cel_value cel_timestamp(int64_t seconds, int32_t nanos)
{
	return (struct cel_value){
		.kind = CEL_TIMESTAMP, .extra = (uint32_t)nanos, .integer = seconds};
}

static inline struct cel_value cel_duration(int64_t nanos)
{
	return (struct cel_value){.kind = CEL_DURATION, .integer = nanos};
}

static inline struct cel_value cel_type_value(const struct cel_type *type)
{
	return (struct cel_value){.kind = CEL_TYPE, .type = type};
}

/* `inner` NULL: optional.none(). */
static inline struct cel_value cel_optional(const struct cel_value *inner)
{
	return (struct cel_value){.kind = CEL_OPTIONAL,
		.flags = (uint8_t)(inner != NULL ? inner->flags : 0),
		.inner = inner};
}

/* `text` is static and names no value; the evaluator adds where. */
static inline struct cel_value cel_error(const char *text)
{
	return (struct cel_value){.kind = CEL_ERROR, .text = text};
}

/* The variable it is read from is unknown: the evaluator adds which. */
static inline struct cel_value cel_unknown(void)
{
	return (struct cel_value){.kind = CEL_UNKNOWN};
}

static inline struct str cel_str(struct cel_value value)
{
	return (struct str){value.text, value.extra};
}

/* True for INT, UINT, DOUBLE, which compare on one line of numbers. */
static inline bool cel_kind_is_number(enum cel_kind kind)
{
	return kind == CEL_INT || kind == CEL_UINT || kind == CEL_DOUBLE;
}

/* A list or map of what the caller keeps, with its PARTIAL flag found. */
struct cel_value cel_list(const struct cel_value *items, size_t count);
struct cel_value cel_map(const struct cel_entry *entries, size_t count);
/* A map with more keys than are known; there are count + 1 entries. */
struct cel_value cel_map_open(const struct cel_entry *entries, size_t count);

enum cel_order {
	CEL_LESS,
	CEL_EQUAL,
	CEL_GREATER,
	CEL_UNORDERED, /* a NaN is neither */
};

/* Numbers of any two kinds: int and uint exactly, either beside a double as the nearest double. */
enum cel_order cel_numbers_order(struct cel_value a, struct cel_value b);
/* False when the kinds have no order between them. */
bool cel_values_order(struct cel_value a, struct cel_value b, enum cel_order *ret_order);
/* CEL's ==: different kinds are unequal, numbers compare as numbers, lists and maps by element.
 * Neither side may be unknown, an error or PARTIAL.  Takes *budget down by the work and stops, with
 * false, at 0. */
bool cel_values_equal(struct cel_value a, struct cel_value b, uint64_t *budget);
/* The value at a key of a map; NULL when there is none. */
const struct cel_value *cel_map_find(struct cel_value map, struct cel_value key, uint64_t *budget);
/* A number as an index, whatever its kind, when it is whole and in range. */
bool cel_value_index(struct cel_value value, int64_t *ret_index);

/* Range-checked: an int64 of a double's whole part, a uint64 likewise; false when outside. */
bool cel_double_to_int(double number, int64_t *ret_integer);
bool cel_double_to_uint(double number, uint64_t *ret_natural);
/* Code points of well-formed UTF-8. */
size_t cel_text_length(struct str text);
/* Writes one code point as UTF-8, at most 4 bytes; returns how many. */
size_t cel_text_encode(uint32_t code, char *out);
#endif
