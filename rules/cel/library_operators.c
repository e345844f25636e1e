/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "rules/cel/library.h"

/* Arithmetic, and the operators that the evaluator runs itself: those have a row for the checker
 * and no function. */

static void overflow(struct cel_value *ret)
{
	*ret = cel_error("integer overflow");
}

static void no_zero(struct cel_value *ret)
{
	*ret = cel_error("division by zero");
}

static CEL_FUNCTION(add_ints)
{
	(void)call;
	ret->kind = CEL_INT;
	if (__builtin_add_overflow(args[0].integer, args[1].integer, &ret->integer)) {
		overflow(ret);
	}
}

static CEL_FUNCTION(add_uints)
{
	(void)call;
	ret->kind = CEL_UINT;
	if (__builtin_add_overflow(args[0].natural, args[1].natural, &ret->natural)) {
		overflow(ret);
	}
}

static CEL_FUNCTION(add_doubles)
{
	(void)call;
	*ret = cel_double(args[0].number + args[1].number);
}

static CEL_FUNCTION(add_texts)
{
	if (args[0].extra == 0 || args[1].extra == 0) {
		*ret = args[args[0].extra == 0 ? 1 : 0];
		return;
	}
	char *text = cel_call_text(call, (size_t)args[0].extra + args[1].extra, ret);
	if (text != NULL) {
		memcpy(text, args[0].text, args[0].extra);
		memcpy(text + args[0].extra, args[1].text, args[1].extra);
		ret->kind = args[0].kind;
	}
}

static CEL_FUNCTION(add_lists)
{
	const size_t count = (size_t)args[0].extra + args[1].extra;
	if (args[0].extra == 0 || args[1].extra == 0) {
		*ret = args[args[0].extra == 0 ? 1 : 0];
		return;
	}
	if (count > UINT32_MAX) {
		*ret = cel_error("the list is too long");
		return;
	}
	if (!cel_call_charge(call, count, ret)) {
		return;
	}
	struct cel_value *items = cel_call_alloc(call, count, sizeof(*items), ret);
	if (items != NULL) {
		memcpy(items, args[0].items, args[0].extra * sizeof(*items));
		memcpy(items + args[0].extra, args[1].items, args[1].extra * sizeof(*items));
		*ret = (struct cel_value){
			.kind = CEL_LIST, .extra = (uint32_t)count, .items = items};
	}
}

static void out_of_range(struct cel_value *ret)
{
	*ret = cel_error("the time is out of range");
}

/* `sign` times the duration after the timestamp. */
static void move(struct cel_value when, int64_t nanos, int sign, struct cel_value *ret)
{
	/* Neither sum leaves 64 bits: both are of numbers far below. */
	int64_t seconds = when.integer + sign * (nanos / CEL_SECOND_NS);
	int64_t rest = (int64_t)when.extra + sign * (nanos % CEL_SECOND_NS);
	if (rest < 0) {
		rest += CEL_SECOND_NS;
		seconds--;
	} else if (rest >= CEL_SECOND_NS) {
		rest -= CEL_SECOND_NS;
		seconds++;
	}
	if (seconds < CEL_TIMESTAMP_MIN || seconds > CEL_TIMESTAMP_MAX) {
		out_of_range(ret);
		return;
	}
	*ret = cel_timestamp(seconds, (int32_t)rest);
}

static CEL_FUNCTION(add_duration_timestamp)
{
	(void)call;
	move(args[1], args[0].integer, 1, ret);
}

static CEL_FUNCTION(add_timestamp_duration)
{
	(void)call;
	move(args[0], args[1].integer, 1, ret);
}

static CEL_FUNCTION(add_durations)
{
	(void)call;
	ret->kind = CEL_DURATION;
	if (__builtin_add_overflow(args[0].integer, args[1].integer, &ret->integer)) {
		out_of_range(ret);
	}
}

static CEL_FUNCTION(subtract_ints)
{
	(void)call;
	ret->kind = CEL_INT;
	if (__builtin_sub_overflow(args[0].integer, args[1].integer, &ret->integer)) {
		overflow(ret);
	}
}

static CEL_FUNCTION(subtract_uints)
{
	(void)call;
	ret->kind = CEL_UINT;
	if (__builtin_sub_overflow(args[0].natural, args[1].natural, &ret->natural)) {
		overflow(ret);
	}
}

static CEL_FUNCTION(subtract_doubles)
{
	(void)call;
	*ret = cel_double(args[0].number - args[1].number);
}

static CEL_FUNCTION(subtract_durations)
{
	(void)call;
	ret->kind = CEL_DURATION;
	if (__builtin_sub_overflow(args[0].integer, args[1].integer, &ret->integer)) {
		out_of_range(ret);
	}
}

static CEL_FUNCTION(subtract_timestamp_duration)
{
	(void)call;
	move(args[0], args[1].integer, -1, ret);
}

static CEL_FUNCTION(subtract_timestamps)
{
	(void)call;
	const int64_t seconds = args[0].integer - args[1].integer;
	const int64_t nanos = (int64_t)args[0].extra - (int64_t)args[1].extra;
	int64_t whole;
	ret->kind = CEL_DURATION;
	if (__builtin_mul_overflow(seconds, CEL_SECOND_NS, &whole) ||
		__builtin_add_overflow(whole, nanos, &ret->integer)) {
		out_of_range(ret);
	}
}

static CEL_FUNCTION(multiply_ints)
{
	(void)call;
	ret->kind = CEL_INT;
	if (__builtin_mul_overflow(args[0].integer, args[1].integer, &ret->integer)) {
		overflow(ret);
	}
}

static CEL_FUNCTION(multiply_uints)
{
	(void)call;
	ret->kind = CEL_UINT;
	if (__builtin_mul_overflow(args[0].natural, args[1].natural, &ret->natural)) {
		overflow(ret);
	}
}

static CEL_FUNCTION(multiply_doubles)
{
	(void)call;
	*ret = cel_double(args[0].number * args[1].number);
}

static CEL_FUNCTION(divide_ints)
{
	(void)call;
	if (args[1].integer == 0) {
		no_zero(ret);
	} else if (args[0].integer == INT64_MIN && args[1].integer == -1) {
		overflow(ret);
	} else {
		*ret = cel_int(args[0].integer / args[1].integer);
	}
}

static CEL_FUNCTION(divide_uints)
{
	(void)call;
	if (args[1].natural == 0) {
		no_zero(ret);
	} else {
		*ret = cel_uint(args[0].natural / args[1].natural);
	}
}

/* Division by zero is defined for doubles (IEEE 754), here as in the compilers of this program. */
__attribute__((no_sanitize("float-divide-by-zero"))) static CEL_FUNCTION(divide_doubles)
{
	(void)call;
	*ret = cel_double(args[0].number / args[1].number);
}

static CEL_FUNCTION(modulo_ints)
{
	(void)call;
	if (args[1].integer == 0) {
		no_zero(ret);
	} else if (args[0].integer == INT64_MIN && args[1].integer == -1) {
		overflow(ret);
	} else {
		*ret = cel_int(args[0].integer % args[1].integer);
	}
}

static CEL_FUNCTION(modulo_uints)
{
	(void)call;
	if (args[1].natural == 0) {
		no_zero(ret);
	} else {
		*ret = cel_uint(args[0].natural % args[1].natural);
	}
}

static CEL_FUNCTION(negate_int)
{
	(void)call;
	ret->kind = CEL_INT;
	if (__builtin_sub_overflow(INT64_C(0), args[0].integer, &ret->integer)) {
		overflow(ret);
	}
}

static CEL_FUNCTION(negate_double)
{
	(void)call;
	*ret = cel_double(-args[0].number);
}

#define TWO(id, function, a, b, result, call)                                              \
	{                                                                                  \
		id, function, CEL_GLOBAL, CEL_COST_ONE, 2, {&cel_type_##a, &cel_type_##b}, \
			&cel_type_##result, call, NULL                                     \
	}
#define ONE(id, function, a, result, call)                                                      \
	{                                                                                       \
		id, function, CEL_GLOBAL, CEL_COST_ONE, 1, {&cel_type_##a}, &cel_type_##result, \
			call, NULL                                                              \
	}

static const struct cel_overload ROWS[] = {
	TWO("add_int64", "_+_", int, int, int, add_ints),
	TWO("add_double", "_+_", double, double, double, add_doubles),
	TWO("add_uint64", "_+_", uint, uint, uint, add_uints),
	TWO("add_string", "_+_", string, string, string, add_texts),
	TWO("add_bytes", "_+_", bytes, bytes, bytes, add_texts),
	TWO("add_list", "_+_", list_a, list_a, list_a, add_lists),
	TWO("add_duration_duration", "_+_", duration, duration, duration, add_durations),
	TWO("add_duration_timestamp", "_+_", duration, timestamp, timestamp,
		add_duration_timestamp),
	TWO("add_timestamp_duration", "_+_", timestamp, duration, timestamp,
		add_timestamp_duration),
	TWO("subtract_int64", "_-_", int, int, int, subtract_ints),
	TWO("subtract_double", "_-_", double, double, double, subtract_doubles),
	TWO("subtract_uint64", "_-_", uint, uint, uint, subtract_uints),
	TWO("subtract_duration_duration", "_-_", duration, duration, duration, subtract_durations),
	TWO("subtract_timestamp_duration", "_-_", timestamp, duration, timestamp,
		subtract_timestamp_duration),
	TWO("subtract_timestamp_timestamp", "_-_", timestamp, timestamp, duration,
		subtract_timestamps),
	TWO("multiply_int64", "_*_", int, int, int, multiply_ints),
	TWO("multiply_double", "_*_", double, double, double, multiply_doubles),
	TWO("multiply_uint64", "_*_", uint, uint, uint, multiply_uints),
	TWO("divide_int64", "_/_", int, int, int, divide_ints),
	TWO("divide_double", "_/_", double, double, double, divide_doubles),
	TWO("divide_uint64", "_/_", uint, uint, uint, divide_uints),
	TWO("modulo_int64", "_%_", int, int, int, modulo_ints),
	TWO("modulo_uint64", "_%_", uint, uint, uint, modulo_uints),
	ONE("negate_int64", "-_", int, int, negate_int),
	ONE("negate_double", "-_", double, double, negate_double),
	ONE("logical_not", "!_", bool, bool, NULL),
	TWO("logical_and", "_&&_", bool, bool, bool, NULL),
	TWO("logical_or", "_||_", bool, bool, bool, NULL),
	ONE("not_strictly_false", "@not_strictly_false", bool, bool, NULL),
	{"conditional", "_?_:_", CEL_GLOBAL, CEL_COST_ONE, 3,
		{&cel_type_bool, &cel_type_a, &cel_type_a}, &cel_type_a, NULL, NULL},
};

const struct cel_library cel_library_operators = {"operators", ROWS, CEL_COUNT(ROWS)};
