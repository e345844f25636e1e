/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/value.h"

#include <math.h>

#include "rules/cel/type.h"

static bool is_partial(const struct cel_value *value)
{
	return value->kind == CEL_UNKNOWN || (value->flags & CEL_FLAG_PARTIAL) != 0;
}

struct cel_value cel_list(const struct cel_value *items, size_t count)
{
	struct cel_value list = {.kind = CEL_LIST, .extra = (uint32_t)count, .items = items};
	for (size_t i = 0; i < count && list.flags == 0; i++) {
		list.flags = is_partial(&items[i]) ? CEL_FLAG_PARTIAL : 0;
	}
	return list;
}

struct cel_value cel_map(const struct cel_entry *entries, size_t count)
{
	struct cel_value map = {.kind = CEL_MAP, .extra = (uint32_t)count, .entries = entries};
	for (size_t i = 0; i < count && map.flags == 0; i++) {
		map.flags = is_partial(&entries[i].key) || is_partial(&entries[i].value)
				    ? CEL_FLAG_PARTIAL
				    : 0;
	}
	return map;
}

struct cel_value cel_map_open(const struct cel_entry *entries, size_t count)
{
	struct cel_value map = cel_map(entries, count);
	map.flags = CEL_FLAG_PARTIAL | CEL_FLAG_OPEN;
	return map;
}

/* 2^63 and 2^64 are doubles exactly, so these comparisons do not round. */
#define TWO_TO_63 9223372036854775808.0
#define TWO_TO_64 18446744073709551616.0

bool cel_double_to_int(double number, int64_t *ret_integer)
{
	/* CEL's range is open at both ends: int(-2^63 as a double) is an error too. */
	if (!(number > -TWO_TO_63 && number < TWO_TO_63)) {
		return false;
	}
	*ret_integer = (int64_t)number;
	return true;
}

bool cel_double_to_uint(double number, uint64_t *ret_natural)
{
	if (!(number >= 0.0 && number < TWO_TO_64)) {
		return false;
	}
	*ret_natural = (uint64_t)number;
	return true;
}

static enum cel_order order_doubles(double a, double b)
{
	if (isnan(a) || isnan(b)) {
		return CEL_UNORDERED;
	}
	return a < b ? CEL_LESS : a > b ? CEL_GREATER : CEL_EQUAL;
}

static enum cel_order order_ints(int64_t a, int64_t b)
{
	return a < b ? CEL_LESS : a > b ? CEL_GREATER : CEL_EQUAL;
}

static enum cel_order order_uints(uint64_t a, uint64_t b)
{
	return a < b ? CEL_LESS : a > b ? CEL_GREATER : CEL_EQUAL;
}

static enum cel_order order_reverse(enum cel_order order)
{
	return order == CEL_LESS ? CEL_GREATER : order == CEL_GREATER ? CEL_LESS : order;
}

/* Different kinds, written for int first and double last.  Beside a double an integer is the
 * nearest double, as the language's conformance data has it. */
static enum cel_order order_mixed(struct cel_value a, struct cel_value b)
{
	if (a.kind == CEL_UINT) {
		return order_doubles((double)a.natural, b.number);
	}
	if (b.kind == CEL_DOUBLE) {
		return order_doubles((double)a.integer, b.number);
	}
	return a.integer < 0 ? CEL_LESS : order_uints((uint64_t)a.integer, b.natural);
}

enum cel_order cel_numbers_order(struct cel_value a, struct cel_value b)
{
	if (a.kind == b.kind) {
		return a.kind == CEL_INT    ? order_ints(a.integer, b.integer)
		       : a.kind == CEL_UINT ? order_uints(a.natural, b.natural)
					    : order_doubles(a.number, b.number);
	}
	if (b.kind == CEL_INT || a.kind == CEL_DOUBLE) {
		return order_reverse(order_mixed(b, a));
	}
	return order_mixed(a, b);
}

static enum cel_order order_timestamps(struct cel_value a, struct cel_value b)
{
	const enum cel_order order = order_ints(a.integer, b.integer);
	return order == CEL_EQUAL ? order_uints(a.extra, b.extra) : order;
}

bool cel_values_order(struct cel_value a, struct cel_value b, enum cel_order *ret_order)
{
	if (cel_kind_is_number(a.kind) && cel_kind_is_number(b.kind)) {
		*ret_order = cel_numbers_order(a, b);
		return true;
	}
	if (a.kind != b.kind) {
		return false;
	}
	if (a.kind == CEL_STRING || a.kind == CEL_BYTES) {
		/* The byte order of UTF-8 is the order of its code points. */
		*ret_order = order_ints(str_compare(cel_str(a), cel_str(b)), 0);
	} else if (a.kind == CEL_BOOL) {
		*ret_order = order_ints(a.boolean ? 1 : 0, b.boolean ? 1 : 0);
	} else if (a.kind == CEL_TIMESTAMP) {
		*ret_order = order_timestamps(a, b);
	} else if (a.kind == CEL_DURATION) {
		*ret_order = order_ints(a.integer, b.integer);
	} else {
		return false;
	}
	return true;
}

static bool charge(uint64_t *budget, uint64_t cost)
{
	if (*budget < cost) {
		*budget = 0;
		return false;
	}
	*budget -= cost;
	return true;
}

static bool equal_within(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth);

static bool equal_lists(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth)
{
	if (a.extra != b.extra) {
		return false;
	}
	for (uint32_t i = 0; i < a.extra; i++) {
		if (!equal_within(a.items[i], b.items[i], budget, depth)) {
			return false;
		}
	}
	return true;
}

static bool equal_maps(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth)
{
	if (a.extra != b.extra) {
		return false;
	}
	for (uint32_t i = 0; i < a.extra; i++) {
		const struct cel_value *found = cel_map_find(b, a.entries[i].key, budget);
		if (found == NULL || !equal_within(a.entries[i].value, *found, budget, depth)) {
			return false;
		}
	}
	return true;
}

static bool equal_texts(struct cel_value a, struct cel_value b, uint64_t *budget)
{
	return a.extra == b.extra && charge(budget, a.extra / 10) &&
	       str_equal(cel_str(a), cel_str(b));
}

static bool equal_kinds(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth)
{
	switch (a.kind) {
	case CEL_NULL:
		return true;
	case CEL_BOOL:
		return a.boolean == b.boolean;
	case CEL_INT:
	case CEL_UINT:
	case CEL_DOUBLE:
		return cel_numbers_order(a, b) == CEL_EQUAL;
	case CEL_STRING:
	case CEL_BYTES:
		return equal_texts(a, b, budget);
	case CEL_LIST:
		return equal_lists(a, b, budget, depth - 1);
	case CEL_MAP:
		return equal_maps(a, b, budget, depth - 1);
	case CEL_TYPE:
		return str_equal(cel_type_name(a.type), cel_type_name(b.type));
	case CEL_TIMESTAMP:
		return a.integer == b.integer && a.extra == b.extra;
	case CEL_DURATION:
		return a.integer == b.integer;
	case CEL_OPTIONAL:
		return a.inner == NULL || b.inner == NULL
			       ? a.inner == b.inner
			       : equal_within(*a.inner, *b.inner, budget, depth - 1);
	case CEL_ERROR:
	case CEL_UNKNOWN:
	case CEL_KINDS:
		break;
	}
	return false;
}

static bool equal_within(struct cel_value a, struct cel_value b, uint64_t *budget, unsigned depth)
{
	if (depth == 0) {
		/* Deeper than any value an expression can write: no answer, as when too dear. */
		*budget = 0;
		return false;
	}
	if (!charge(budget, 1)) {
		return false;
	}
	if (a.kind != b.kind) {
		return cel_kind_is_number(a.kind) && cel_kind_is_number(b.kind) &&
		       cel_numbers_order(a, b) == CEL_EQUAL;
	}
	return equal_kinds(a, b, budget, depth);
}

bool cel_values_equal(struct cel_value a, struct cel_value b, uint64_t *budget)
{
	return equal_within(a, b, budget, CEL_LIMIT_VALUE_DEPTH);
}

const struct cel_value *cel_map_find(struct cel_value map, struct cel_value key, uint64_t *budget)
{
	for (uint32_t i = 0; i < map.extra; i++) {
		if (cel_values_equal(map.entries[i].key, key, budget)) {
			return &map.entries[i].value;
		}
	}
	return NULL;
}

bool cel_value_index(struct cel_value value, int64_t *ret_index)
{
	if (value.kind == CEL_INT) {
		*ret_index = value.integer;
		return true;
	}
	if (value.kind == CEL_UINT) {
		*ret_index = (int64_t)value.natural;
		return value.natural <= INT64_MAX;
	}
	return value.kind == CEL_DOUBLE && cel_double_to_int(value.number, ret_index) &&
	       cel_numbers_order(cel_int(*ret_index), value) == CEL_EQUAL;
}

size_t cel_text_length(struct str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++) {
		count += ((unsigned char)text.ptr[i] & 0xc0U) != 0x80U ? 1 : 0;
	}
	return count;
}

size_t cel_text_encode(uint32_t code, char *out)
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
