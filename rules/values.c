/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/values.h"

#include <math.h>

struct rules_value rules_value_of_bool(bool boolean)
{
	return (struct rules_value){.kind = RULES_BOOL, .boolean = boolean};
}

struct rules_value rules_value_of_int(int64_t integer)
{
	return (struct rules_value){.kind = RULES_INT, .integer = integer};
}

struct rules_value rules_value_of_uint(uint64_t natural)
{
	return (struct rules_value){.kind = RULES_UINT, .natural = natural};
}

struct rules_value rules_value_of_double(double number)
{
	return (struct rules_value){.kind = RULES_DOUBLE, .number = number};
}

struct rules_value rules_value_of_string(struct str string)
{
	return (struct rules_value){.kind = RULES_STRING, .string = string};
}

struct rules_value rules_value_of_error(const char *text, const struct rules_node *where)
{
	return (struct rules_value){
		.kind = RULES_IS_ERROR, .error = {.text = text, .where = where}};
}

static const char *const KIND_NAMES[] = {
	[RULES_NULL] = "null_type",
	[RULES_BOOL] = "bool",
	[RULES_INT] = "int",
	[RULES_UINT] = "uint",
	[RULES_DOUBLE] = "double",
	[RULES_STRING] = "string",
	[RULES_BYTES] = "bytes",
	[RULES_LIST] = "list",
	[RULES_MAP] = "map",
	[RULES_TIMESTAMP] = "google.protobuf.Timestamp",
	[RULES_DURATION] = "google.protobuf.Duration",
	[RULES_TYPE] = "type",
};

const char *rules_kind_name(enum rules_kind kind)
{
	return kind <= RULES_TYPE ? KIND_NAMES[kind] : "none";
}

bool rules_kind_find(struct str name, enum rules_kind *ret_kind)
{
	for (enum rules_kind kind = RULES_NULL; kind <= RULES_TYPE; kind++) {
		if (str_is(name, KIND_NAMES[kind])) {
			*ret_kind = kind;
			return true;
		}
	}
	return false;
}

bool rules_kind_is_number(enum rules_kind kind)
{
	return kind == RULES_INT || kind == RULES_UINT || kind == RULES_DOUBLE;
}

/* 2^63 and 2^64 are doubles exactly, so these comparisons do not round. */
#define TWO_TO_63 9223372036854775808.0
#define TWO_TO_64 18446744073709551616.0

bool rules_double_to_int(double number, int64_t *ret_integer)
{
	/* CEL's range is open at both ends: int(-2^63 as a double) is an error too. */
	if (!(number > -TWO_TO_63 && number < TWO_TO_63)) {
		return false;
	}
	*ret_integer = (int64_t)number;
	return true;
}

bool rules_double_to_uint(double number, uint64_t *ret_natural)
{
	if (!(number >= 0.0 && number < TWO_TO_64)) {
		return false;
	}
	*ret_natural = (uint64_t)number;
	return true;
}

static enum rules_order order_doubles(double a, double b)
{
	if (isnan(a) || isnan(b)) {
		return RULES_UNORDERED;
	}
	return a < b ? RULES_LESS : a > b ? RULES_GREATER : RULES_EQUAL;
}

static enum rules_order order_ints(int64_t a, int64_t b)
{
	return a < b ? RULES_LESS : a > b ? RULES_GREATER : RULES_EQUAL;
}

static enum rules_order order_uints(uint64_t a, uint64_t b)
{
	return a < b ? RULES_LESS : a > b ? RULES_GREATER : RULES_EQUAL;
}

static enum rules_order order_int_double(int64_t integer, double number)
{
	if (isnan(number)) {
		return RULES_UNORDERED;
	}
	if (number >= TWO_TO_63) {
		return RULES_LESS;
	}
	if (number < -TWO_TO_63) {
		return RULES_GREATER;
	}
	const double whole = trunc(number);
	const enum rules_order order = order_ints(integer, (int64_t)whole);
	/* Equal whole parts: what is left of the double decides. */
	return order == RULES_EQUAL ? order_doubles(0.0, number - whole) : order;
}

static enum rules_order order_uint_double(uint64_t natural, double number)
{
	if (isnan(number)) {
		return RULES_UNORDERED;
	}
	if (number >= TWO_TO_64) {
		return RULES_LESS;
	}
	if (number < 0.0) {
		return RULES_GREATER;
	}
	const double whole = trunc(number);
	const enum rules_order order = order_uints(natural, (uint64_t)whole);
	return order == RULES_EQUAL ? order_doubles(0.0, number - whole) : order;
}

static enum rules_order order_reverse(enum rules_order order)
{
	return order == RULES_LESS ? RULES_GREATER : order == RULES_GREATER ? RULES_LESS : order;
}

enum rules_order rules_numbers_order(struct rules_value a, struct rules_value b)
{
	if (a.kind == b.kind) {
		return a.kind == RULES_INT    ? order_ints(a.integer, b.integer)
		       : a.kind == RULES_UINT ? order_uints(a.natural, b.natural)
					      : order_doubles(a.number, b.number);
	}
	if (b.kind == RULES_INT || a.kind == RULES_DOUBLE) {
		/* The rest is written for int first and double last. */
		return order_reverse(rules_numbers_order(b, a));
	}
	if (a.kind == RULES_UINT) {
		return order_uint_double(a.natural, b.number);
	}
	if (b.kind == RULES_DOUBLE) {
		return order_int_double(a.integer, b.number);
	}
	return a.integer < 0 ? RULES_LESS : order_uints((uint64_t)a.integer, b.natural);
}

static enum rules_order order_timestamps(struct rules_value a, struct rules_value b)
{
	const enum rules_order order = order_ints(a.integer, b.integer);
	return order == RULES_EQUAL ? order_ints(a.nanos, b.nanos) : order;
}

bool rules_values_order(struct rules_value a, struct rules_value b, enum rules_order *ret_order)
{
	if (rules_kind_is_number(a.kind) && rules_kind_is_number(b.kind)) {
		*ret_order = rules_numbers_order(a, b);
		return true;
	}
	if (a.kind != b.kind) {
		return false;
	}
	if (a.kind == RULES_STRING || a.kind == RULES_BYTES) {
		/* The byte order of UTF-8 is the order of its code points. */
		*ret_order = order_ints(str_compare(a.string, b.string), 0);
	} else if (a.kind == RULES_BOOL) {
		*ret_order = order_ints(a.boolean ? 1 : 0, b.boolean ? 1 : 0);
	} else if (a.kind == RULES_TIMESTAMP) {
		*ret_order = order_timestamps(a, b);
	} else if (a.kind == RULES_DURATION) {
		*ret_order = order_ints(a.integer, b.integer);
	} else {
		return false;
	}
	return true;
}

size_t rules_text_length(struct str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++) {
		count += ((unsigned char)text.ptr[i] & 0xc0U) != 0x80U ? 1 : 0;
	}
	return count;
}

size_t rules_text_encode(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | (code >> 6));
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | (code >> 12));
		out[1] = (char)(0x80 | ((code >> 6) & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (code >> 18));
	out[1] = (char)(0x80 | ((code >> 12) & 0x3f));
	out[2] = (char)(0x80 | ((code >> 6) & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}
