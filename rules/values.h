/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_VALUES_H
#define ONWARD_RULES_VALUES_H
#include "broker/base/str.h"

/*
 * What an expression evaluates to: CEL's values, and beside them "unknown" and "error", which are
 * not values of the language but travel the same way.  Small and copied freely; what a value
 * points to lives in the clause's arena, the scratch arena or the caller's facts.
 */
struct rules_node;

enum rules_kind {
	RULES_NULL,
	RULES_BOOL,
	RULES_INT,
	RULES_UINT,
	RULES_DOUBLE,
	RULES_STRING, /* UTF-8 */
	RULES_BYTES,
	RULES_LIST,
	RULES_MAP,
	RULES_TIMESTAMP,
	RULES_DURATION,
	RULES_TYPE,
	RULES_IS_UNKNOWN,
	RULES_IS_ERROR,
};

struct rules_value {
	enum rules_kind kind;
	int32_t nanos; /* TIMESTAMP: nanoseconds after `integer`, 0 to 999,999,999 */
	union {
		bool boolean;
		int64_t integer; /* INT; TIMESTAMP: seconds since 1970 UTC; DURATION: nanoseconds */
		uint64_t natural;
		double number;
		struct str string; /* STRING and BYTES */
		struct {
			const struct rules_value *items;
			size_t count;
		} list;
		struct {
			const struct rules_entry *entries; /* keys differ from one another */
			size_t count;
		} map;
		enum rules_kind type;
		uint64_t unknown; /* set of facts, bit = number of the fact in the clause */
		struct {
			const char *text; /* static, without values */
			const struct rules_node *where;
		} error;
	};
};

struct rules_entry {
	struct rules_value key; /* BOOL, INT, UINT or STRING */
	struct rules_value value;
};

enum rules_order {
	RULES_LESS,
	RULES_EQUAL,
	RULES_GREATER,
	RULES_UNORDERED, /* a NaN is neither */
};

/* Timestamps: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, seconds since 1970. */
#define RULES_TIMESTAMP_MIN ((int64_t)-62135596800)
#define RULES_TIMESTAMP_MAX ((int64_t)253402300799)
#define RULES_SECOND_NS ((int64_t)1000000000)

struct rules_value rules_value_of_bool(bool boolean);
struct rules_value rules_value_of_int(int64_t integer);
struct rules_value rules_value_of_uint(uint64_t natural);
struct rules_value rules_value_of_double(double number);
struct rules_value rules_value_of_string(struct str string);
struct rules_value rules_value_of_error(const char *text, const struct rules_node *where);

/* The name of the type in CEL ("int", "google.protobuf.Timestamp"). */
const char *rules_kind_name(enum rules_kind kind);
/* True with *ret_kind when `name` is the name of a type. */
bool rules_kind_find(struct str name, enum rules_kind *ret_kind);
/* True for INT, UINT, DOUBLE, which compare on one line of numbers. */
bool rules_kind_is_number(enum rules_kind kind);
/* Numbers of any two kinds, exactly: no rounding of large integers to double. */
enum rules_order rules_numbers_order(struct rules_value a, struct rules_value b);
/* False when the kinds have no order between them. */
bool rules_values_order(struct rules_value a, struct rules_value b, enum rules_order *ret_order);
/* Range-checked: an int64 of a double's whole part, a uint64 likewise; false when outside. */
bool rules_double_to_int(double number, int64_t *ret_integer);
bool rules_double_to_uint(double number, uint64_t *ret_natural);
/* Code points of well-formed UTF-8. */
size_t rules_text_length(struct str text);
/* Writes one code point as UTF-8, at most 4 bytes; returns how many. */
size_t rules_text_encode(uint32_t code, char *out);
#endif
