/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "rules/cel/library.h"

/* The extension math: rounding, signs, the greatest and the least. */

/* The one that stands furthest in the direction `wanted` of all; numbers of any kinds. */
static void furthest(
	const struct cel_value *items, uint32_t count, enum cel_order wanted, struct cel_value *ret)
{
	if (count == 0) {
		*ret = cel_error("there is no greatest or least of nothing");
		return;
	}
	const struct cel_value *best = &items[0];
	for (uint32_t i = 0; i < count; i++) {
		if (!cel_kind_is_number(items[i].kind)) {
			cel_call_mismatch(ret);
			return;
		}
		if (i > 0 && cel_numbers_order(items[i], *best) == wanted) {
			best = &items[i];
		}
	}
	*ret = *best;
}

static CEL_FUNCTION(greatest)
{
	furthest(args, call->count, CEL_GREATER, ret);
}

static CEL_FUNCTION(least)
{
	furthest(args, call->count, CEL_LESS, ret);
}

static CEL_FUNCTION(greatest_in)
{
	(void)call;
	furthest(args[0].items, args[0].extra, CEL_GREATER, ret);
}

static CEL_FUNCTION(least_in)
{
	(void)call;
	furthest(args[0].items, args[0].extra, CEL_LESS, ret);
}

#define OF_DOUBLE(name, result)                  \
	static CEL_FUNCTION(name)                \
	{                                        \
		(void)call;                      \
		const double x = args[0].number; \
		*ret = result;                   \
	}

OF_DOUBLE(ceiling, cel_double(ceil(x)))
OF_DOUBLE(floor_of, cel_double(floor(x)))
/* Halves away from zero. */
OF_DOUBLE(round_of, cel_double(round(x)))
OF_DOUBLE(truncated, cel_double(trunc(x)))
OF_DOUBLE(is_nan, cel_bool(isnan(x)))
OF_DOUBLE(is_infinite, cel_bool(isinf(x)))
OF_DOUBLE(is_finite, cel_bool(isfinite(x)))
OF_DOUBLE(abs_double, cel_double(fabs(x)))
OF_DOUBLE(sign_double, cel_double(isnan(x) ? x : x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0))
OF_DOUBLE(root_double, cel_double(sqrt(x)))

static CEL_FUNCTION(abs_int)
{
	(void)call;
	if (args[0].integer == INT64_MIN) {
		*ret = cel_error("integer overflow");
	} else {
		*ret = cel_int(args[0].integer < 0 ? -args[0].integer : args[0].integer);
	}
}

static CEL_FUNCTION(abs_uint)
{
	(void)call;
	*ret = args[0];
}

static CEL_FUNCTION(sign_int)
{
	(void)call;
	*ret = cel_int(args[0].integer > 0 ? 1 : args[0].integer < 0 ? -1 : 0);
}

static CEL_FUNCTION(sign_uint)
{
	(void)call;
	*ret = cel_uint(args[0].natural > 0 ? 1 : 0);
}

static CEL_FUNCTION(root_int)
{
	(void)call;
	*ret = cel_double(sqrt((double)args[0].integer));
}

static CEL_FUNCTION(root_uint)
{
	(void)call;
	*ret = cel_double(sqrt((double)args[0].natural));
}

#define ONE(id, function, of, result, call)                                                      \
	{                                                                                        \
		id, function, CEL_GLOBAL, CEL_COST_ONE, 1, {&cel_type_##of}, &cel_type_##result, \
			call, NULL                                                               \
	}
#define TWO(id, function, a, b, result, call)                                              \
	{                                                                                  \
		id, function, CEL_GLOBAL, CEL_COST_ONE, 2, {&cel_type_##a, &cel_type_##b}, \
			&cel_type_##result, call, NULL                                     \
	}
#define MANY(id, function, of, call)                                                            \
	{                                                                                       \
		id, function, CEL_GLOBAL, CEL_COST_ONE, 3 | CEL_VARIADIC,                       \
			{&cel_type_##of, &cel_type_##of, &cel_type_##of}, &cel_type_##of, call, \
			NULL                                                                    \
	}
#define LIST(id, function, of, call)                                                               \
	{                                                                                          \
		id, function, CEL_GLOBAL, CEL_COST_TEXT, 1, {&cel_type_list_##of}, &cel_type_##of, \
			call, NULL                                                                 \
	}
/* One, two of any kinds, a list, or three and more, which are joined as the elements of a list
 * are. */
#define FURTHEST(id, function, of_any, of_list)                                     \
	ONE(id "_int", function, int, int, of_any),                                 \
		ONE(id "_double", function, double, double, of_any),                \
		ONE(id "_uint", function, uint, uint, of_any),                      \
		TWO(id "_int_int", function, int, int, int, of_any),                \
		TWO(id "_double_double", function, double, double, double, of_any), \
		TWO(id "_uint_uint", function, uint, uint, uint, of_any),           \
		TWO(id "_int_uint", function, int, uint, dyn, of_any),              \
		TWO(id "_int_double", function, int, double, dyn, of_any),          \
		TWO(id "_double_int", function, double, int, dyn, of_any),          \
		TWO(id "_double_uint", function, double, uint, dyn, of_any),        \
		TWO(id "_uint_int", function, uint, int, dyn, of_any),              \
		TWO(id "_uint_double", function, uint, double, dyn, of_any),        \
		LIST(id "_list_double", function, double, of_list),                 \
		LIST(id "_list_int", function, int, of_list),                       \
		LIST(id "_list_uint", function, uint, of_list),                     \
		MANY(id "_list_double", function, double, of_any),                  \
		MANY(id "_list_int", function, int, of_any),                        \
		MANY(id "_list_uint", function, uint, of_any)

static const struct cel_overload ROWS[] = {
	FURTHEST("math_@max", "math.greatest", greatest, greatest_in),
	FURTHEST("math_@min", "math.least", least, least_in),
	ONE("math_ceil_double", "math.ceil", double, double, ceiling),
	ONE("math_floor_double", "math.floor", double, double, floor_of),
	ONE("math_round_double", "math.round", double, double, round_of),
	ONE("math_trunc_double", "math.trunc", double, double, truncated),
	ONE("math_isNaN_double", "math.isNaN", double, bool, is_nan),
	ONE("math_isInf_double", "math.isInf", double, bool, is_infinite),
	ONE("math_isFinite_double", "math.isFinite", double, bool, is_finite),
	ONE("math_abs_double", "math.abs", double, double, abs_double),
	ONE("math_abs_int", "math.abs", int, int, abs_int),
	ONE("math_abs_uint", "math.abs", uint, uint, abs_uint),
	ONE("math_sign_double", "math.sign", double, double, sign_double),
	ONE("math_sign_int", "math.sign", int, int, sign_int),
	ONE("math_sign_uint", "math.sign", uint, uint, sign_uint),
	ONE("math_sqrt_double", "math.sqrt", double, double, root_double),
	ONE("math_sqrt_int", "math.sqrt", int, double, root_int),
	ONE("math_sqrt_uint", "math.sqrt", uint, double, root_uint),
};

const struct cel_library cel_library_numbers = {"numbers", ROWS, CEL_COUNT(ROWS)};
