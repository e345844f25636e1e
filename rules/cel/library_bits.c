/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"

/* The extension math: the bits of integers. */

static CEL_FUNCTION(bit_and)
{
	(void)call;
	*ret = args[0];
	ret->natural &= args[1].natural;
}

static CEL_FUNCTION(bit_or)
{
	(void)call;
	*ret = args[0];
	ret->natural |= args[1].natural;
}

static CEL_FUNCTION(bit_xor)
{
	(void)call;
	*ret = args[0];
	ret->natural ^= args[1].natural;
}

static CEL_FUNCTION(bit_not)
{
	(void)call;
	*ret = args[0];
	ret->natural = ~ret->natural;
}

/* The bits moved by args[1] places; those pushed out are lost, and zeros follow, of an int too. */
static void shift(const struct cel_value *args, bool left, struct cel_value *ret)
{
	const int64_t places = args[1].integer;
	if (places < 0) {
		*ret = cel_error("bits cannot be moved by a negative number of places");
		return;
	}
	*ret = args[0];
	if (places > 63) {
		ret->natural = 0;
	} else if (left) {
		ret->natural <<= places;
	} else {
		ret->natural >>= places;
	}
}

static CEL_FUNCTION(shift_left)
{
	(void)call;
	shift(args, true, ret);
}

static CEL_FUNCTION(shift_right)
{
	(void)call;
	shift(args, false, ret);
}

#define TWO(id, function, a, b, call)                                                      \
	{                                                                                  \
		id, function, CEL_GLOBAL, CEL_COST_ONE, 2, {&cel_type_##a, &cel_type_##b}, \
			&cel_type_##a, call, NULL                                          \
	}
#define PAIR(id, function, call)                      \
	TWO(id "_int_int", function, int, int, call), \
		TWO(id "_uint_uint", function, uint, uint, call)
#define SHIFT(id, function, call) \
	TWO(id "_int_int", function, int, int, call), TWO(id "_uint_int", function, uint, int, call)
#define NOT(id, of)                                                                               \
	{                                                                                         \
		id, "math.bitNot", CEL_GLOBAL, CEL_COST_ONE, 1, {&cel_type_##of}, &cel_type_##of, \
			bit_not, NULL                                                             \
	}

static const struct cel_overload ROWS[] = {
	PAIR("math_bitAnd", "math.bitAnd", bit_and),
	PAIR("math_bitOr", "math.bitOr", bit_or),
	PAIR("math_bitXor", "math.bitXor", bit_xor),
	NOT("math_bitNot_int_int", int),
	NOT("math_bitNot_uint_uint", uint),
	SHIFT("math_bitShiftLeft", "math.bitShiftLeft", shift_left),
	SHIFT("math_bitShiftRight", "math.bitShiftRight", shift_right),
};

const struct cel_library cel_library_bits = {"bits", ROWS, CEL_COUNT(ROWS)};
