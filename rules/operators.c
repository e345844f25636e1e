/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/eval.h"

static struct rules_value overflow(const struct rules_node *node)
{
	return rules_value_of_error("integer overflow", node);
}

static bool equal_within(
	struct rules_eval *eval, struct rules_value a, struct rules_value b, unsigned depth);

static bool equal_lists(
	struct rules_eval *eval, struct rules_value a, struct rules_value b, unsigned depth)
{
	if (a.list.count != b.list.count) {
		return false;
	}
	for (size_t i = 0; i < a.list.count; i++) {
		if (!equal_within(eval, a.list.items[i], b.list.items[i], depth)) {
			return false;
		}
	}
	return true;
}

static bool equal_maps(
	struct rules_eval *eval, struct rules_value a, struct rules_value b, unsigned depth)
{
	if (a.map.count != b.map.count) {
		return false;
	}
	for (size_t i = 0; i < a.map.count; i++) {
		const struct rules_entry *entry = &a.map.entries[i];
		const struct rules_value *found = rules_eval_map_find(eval, b, entry->key);
		if (found == NULL || !equal_within(eval, entry->value, *found, depth)) {
			return false;
		}
	}
	return true;
}

static bool equal_within(
	struct rules_eval *eval, struct rules_value a, struct rules_value b, unsigned depth)
{
	if (depth == 0 || !rules_eval_charge(eval, 1)) {
		eval->exhausted = true;
		return false;
	}
	if (rules_kind_is_number(a.kind) && rules_kind_is_number(b.kind)) {
		return rules_numbers_order(a, b) == RULES_EQUAL;
	}
	if (a.kind != b.kind) {
		return false;
	}
	enum rules_order order;
	if (a.kind == RULES_LIST) {
		return equal_lists(eval, a, b, depth - 1);
	}
	if (a.kind == RULES_MAP) {
		return equal_maps(eval, a, b, depth - 1);
	}
	if (a.kind == RULES_STRING || a.kind == RULES_BYTES) {
		return a.string.len == b.string.len && rules_eval_charge(eval, a.string.len / 10) &&
		       str_equal(a.string, b.string);
	}
	if (a.kind == RULES_TYPE) {
		return a.type == b.type;
	}
	/* Null is the one kind left without an order. */
	return !rules_values_order(a, b, &order) || order == RULES_EQUAL;
}

bool rules_eval_equal(struct rules_eval *eval, struct rules_value a, struct rules_value b)
{
	return equal_within(eval, a, b, RULES_LIMIT_VALUE_DEPTH);
}

const struct rules_value *rules_eval_map_find(
	struct rules_eval *eval, struct rules_value map, struct rules_value key)
{
	for (size_t i = 0; i < map.map.count; i++) {
		if (rules_eval_equal(eval, map.map.entries[i].key, key)) {
			return &map.map.entries[i].value;
		}
	}
	return NULL;
}

/* A number as an index, whatever its kind, when it is whole. */
static bool whole_number(struct rules_value value, int64_t *ret_integer)
{
	if (value.kind == RULES_INT) {
		*ret_integer = value.integer;
		return true;
	}
	if (value.kind == RULES_UINT) {
		*ret_integer = (int64_t)value.natural;
		return value.natural <= INT64_MAX;
	}
	return value.kind == RULES_DOUBLE && rules_double_to_int(value.number, ret_integer) &&
	       rules_numbers_order(rules_value_of_int(*ret_integer), value) == RULES_EQUAL;
}

struct rules_value rules_eval_index(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value operand, struct rules_value index)
{
	if (operand.kind == RULES_MAP) {
		if (index.kind != RULES_BOOL && index.kind != RULES_STRING &&
			!rules_kind_is_number(index.kind)) {
			return rules_no_overload(node);
		}
		const struct rules_value *found = rules_eval_map_find(eval, operand, index);
		return found == NULL ? rules_value_of_error("no such key", node) : *found;
	}
	int64_t at;
	if (operand.kind != RULES_LIST || !rules_kind_is_number(index.kind)) {
		return rules_no_overload(node);
	}
	if (!whole_number(index, &at) || at < 0 || (uint64_t)at >= operand.list.count) {
		return rules_value_of_error("the index is out of range", node);
	}
	return operand.list.items[at];
}

static struct rules_value operate_ints(const struct rules_node *node, int64_t a, int64_t b)
{
	int64_t result = 0;
	bool overflows = false;
	if (node->op == RULES_OP_ADD) {
		overflows = __builtin_add_overflow(a, b, &result);
	} else if (node->op == RULES_OP_SUBTRACT) {
		overflows = __builtin_sub_overflow(a, b, &result);
	} else if (node->op == RULES_OP_MULTIPLY) {
		overflows = __builtin_mul_overflow(a, b, &result);
	} else if (b == 0) {
		return rules_value_of_error("division by zero", node);
	} else if (a == INT64_MIN && b == -1) {
		overflows = true;
	} else {
		result = node->op == RULES_OP_DIVIDE ? a / b : a % b;
	}
	return overflows ? overflow(node) : rules_value_of_int(result);
}

static struct rules_value operate_uints(const struct rules_node *node, uint64_t a, uint64_t b)
{
	uint64_t result = 0;
	bool overflows = false;
	if (node->op == RULES_OP_ADD) {
		overflows = __builtin_add_overflow(a, b, &result);
	} else if (node->op == RULES_OP_SUBTRACT) {
		overflows = __builtin_sub_overflow(a, b, &result);
	} else if (node->op == RULES_OP_MULTIPLY) {
		overflows = __builtin_mul_overflow(a, b, &result);
	} else if (b == 0) {
		return rules_value_of_error("division by zero", node);
	} else {
		result = node->op == RULES_OP_DIVIDE ? a / b : a % b;
	}
	return overflows ? overflow(node) : rules_value_of_uint(result);
}

static struct rules_value operate_doubles(const struct rules_node *node, double a, double b)
{
	if (node->op == RULES_OP_ADD) {
		return rules_value_of_double(a + b);
	}
	if (node->op == RULES_OP_SUBTRACT) {
		return rules_value_of_double(a - b);
	}
	if (node->op == RULES_OP_MULTIPLY) {
		return rules_value_of_double(a * b);
	}
	if (node->op != RULES_OP_DIVIDE) {
		return rules_no_overload(node);
	}
	/* IEEE 754: dividing by zero is infinite or not a number; C leaves it to the platform. */
	if (b == 0.0) {
		const bool negative = (__builtin_signbit(a) != 0) != (__builtin_signbit(b) != 0);
		const double infinite = negative ? -__builtin_inf() : __builtin_inf();
		return rules_value_of_double(a == 0.0 || a != a ? __builtin_nan("") : infinite);
	}
	return rules_value_of_double(a / b);
}

static struct rules_value join_texts(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value a, struct rules_value b)
{
	const size_t len = a.string.len + b.string.len;
	char *text = NULL;
	if (rules_eval_charge(eval, len / 10)) {
		text = rules_eval_array(eval, len, 1);
	}
	if (text == NULL) {
		return rules_value_of_error("out of memory", node);
	}
	if (a.string.len > 0) {
		memcpy(text, a.string.ptr, a.string.len);
	}
	if (b.string.len > 0) {
		memcpy(text + a.string.len, b.string.ptr, b.string.len);
	}
	a.string = (struct str){text, len};
	return a;
}

static struct rules_value join_lists(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value a, struct rules_value b)
{
	const size_t count = a.list.count + b.list.count;
	struct rules_value *items = NULL;
	if (rules_eval_charge(eval, count)) {
		items = rules_eval_array(eval, count, sizeof(*items));
	}
	if (items == NULL) {
		return rules_value_of_error("out of memory", node);
	}
	for (size_t i = 0; i < count; i++) {
		items[i] = i < a.list.count ? a.list.items[i] : b.list.items[i - a.list.count];
	}
	a.list.items = items;
	a.list.count = count;
	return a;
}

/* A time moved by a duration of nanoseconds. */
static struct rules_value move_timestamp(
	const struct rules_node *node, struct rules_value timestamp, int64_t by_ns)
{
	int64_t seconds = timestamp.integer + by_ns / RULES_SECOND_NS;
	int64_t nanos = timestamp.nanos + by_ns % RULES_SECOND_NS;
	if (nanos < 0) {
		nanos += RULES_SECOND_NS;
		seconds--;
	} else if (nanos >= RULES_SECOND_NS) {
		nanos -= RULES_SECOND_NS;
		seconds++;
	}
	if (seconds < RULES_TIMESTAMP_MIN || seconds > RULES_TIMESTAMP_MAX) {
		return rules_value_of_error("the time is out of range", node);
	}
	timestamp.integer = seconds;
	timestamp.nanos = (int32_t)nanos;
	return timestamp;
}

static struct rules_value between_timestamps(
	const struct rules_node *node, struct rules_value a, struct rules_value b)
{
	struct rules_value duration = {.kind = RULES_DURATION};
	int64_t whole;
	if (__builtin_mul_overflow(a.integer - b.integer, RULES_SECOND_NS, &whole) ||
		__builtin_add_overflow(
			whole, (int64_t)a.nanos - (int64_t)b.nanos, &duration.integer)) {
		return rules_value_of_error("the duration is out of range", node);
	}
	return duration;
}

static struct rules_value operate_times(
	const struct rules_node *node, struct rules_value a, struct rules_value b)
{
	const bool adds = node->op == RULES_OP_ADD;
	if (!adds && node->op != RULES_OP_SUBTRACT) {
		return rules_no_overload(node);
	}
	if (a.kind == RULES_DURATION && b.kind == RULES_DURATION) {
		struct rules_value sum = operate_ints(node, a.integer, b.integer);
		sum.kind = sum.kind == RULES_INT ? RULES_DURATION : sum.kind;
		return sum;
	}
	if (a.kind == RULES_TIMESTAMP && b.kind == RULES_DURATION) {
		if (!adds && b.integer == INT64_MIN) {
			return overflow(node);
		}
		return move_timestamp(node, a, adds ? b.integer : -b.integer);
	}
	if (a.kind == RULES_DURATION && b.kind == RULES_TIMESTAMP && adds) {
		return move_timestamp(node, b, a.integer);
	}
	return a.kind == RULES_TIMESTAMP && b.kind == RULES_TIMESTAMP && !adds
		       ? between_timestamps(node, a, b)
		       : rules_no_overload(node);
}

static bool is_time(enum rules_kind kind)
{
	return kind == RULES_TIMESTAMP || kind == RULES_DURATION;
}

static struct rules_value operate(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value a, struct rules_value b)
{
	if (is_time(a.kind) && is_time(b.kind)) {
		return operate_times(node, a, b);
	}
	if (a.kind != b.kind) {
		return rules_no_overload(node);
	}
	if (a.kind == RULES_INT) {
		return operate_ints(node, a.integer, b.integer);
	}
	if (a.kind == RULES_UINT) {
		return operate_uints(node, a.natural, b.natural);
	}
	if (a.kind == RULES_DOUBLE) {
		return operate_doubles(node, a.number, b.number);
	}
	if (node->op == RULES_OP_ADD && (a.kind == RULES_STRING || a.kind == RULES_BYTES)) {
		return join_texts(eval, node, a, b);
	}
	if (node->op == RULES_OP_ADD && a.kind == RULES_LIST) {
		return join_lists(eval, node, a, b);
	}
	return rules_no_overload(node);
}

static struct rules_value contains(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value element, struct rules_value container)
{
	if (container.kind == RULES_MAP) {
		return rules_value_of_bool(rules_eval_map_find(eval, container, element) != NULL);
	}
	if (container.kind != RULES_LIST) {
		return rules_no_overload(node);
	}
	for (size_t i = 0; i < container.list.count; i++) {
		if (rules_eval_equal(eval, element, container.list.items[i])) {
			return rules_value_of_bool(true);
		}
	}
	return rules_value_of_bool(false);
}

static struct rules_value compare(
	const struct rules_node *node, struct rules_value a, struct rules_value b)
{
	enum rules_order order;
	if (!rules_values_order(a, b, &order)) {
		return rules_no_overload(node);
	}
	const bool less = order == RULES_LESS;
	const bool greater = order == RULES_GREATER;
	const bool equal = order == RULES_EQUAL;
	const enum rules_op op = node->op;
	return rules_value_of_bool((op == RULES_OP_LT && less) || (op == RULES_OP_GT && greater) ||
				   (op == RULES_OP_LE && (less || equal)) ||
				   (op == RULES_OP_GE && (greater || equal)));
}

struct rules_value rules_eval_binary(struct rules_eval *eval, const struct rules_node *node,
	struct rules_value left, struct rules_value right)
{
	switch (node->op) {
	case RULES_OP_LT:
	case RULES_OP_LE:
	case RULES_OP_GT:
	case RULES_OP_GE:
		return compare(node, left, right);
	case RULES_OP_EQ:
		return rules_value_of_bool(rules_eval_equal(eval, left, right));
	case RULES_OP_NE:
		return rules_value_of_bool(!rules_eval_equal(eval, left, right));
	case RULES_OP_IN:
		return contains(eval, node, left, right);
	case RULES_OP_ADD:
	case RULES_OP_SUBTRACT:
	case RULES_OP_MULTIPLY:
	case RULES_OP_DIVIDE:
	case RULES_OP_MODULO:
		break;
	}
	return operate(eval, node, left, right);
}
