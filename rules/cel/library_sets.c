/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"

/* The extension sets: lists taken as sets, elements equal as == has it. */

static bool holds(struct cel_call *call, struct cel_value list, struct cel_value wanted)
{
	for (uint32_t i = 0; i < list.extra; i++) {
		if (cel_values_equal(list.items[i], wanted, call->budget)) {
			return true;
		}
	}
	return false;
}

static bool holds_all(struct cel_call *call, struct cel_value list, struct cel_value wanted)
{
	for (uint32_t i = 0; i < wanted.extra; i++) {
		if (!holds(call, list, wanted.items[i])) {
			return false;
		}
	}
	return true;
}

/* The comparisons charge as they go; when they stopped for want of budget there is no answer. */
static void answer(struct cel_call *call, bool yes, struct cel_value *ret)
{
	*ret = *call->budget == 0 ? cel_error("the expression takes too long") : cel_bool(yes);
}

static CEL_FUNCTION(contains)
{
	answer(call, holds_all(call, args[0], args[1]), ret);
}

static CEL_FUNCTION(equivalent)
{
	answer(call, holds_all(call, args[0], args[1]) && holds_all(call, args[1], args[0]), ret);
}

static CEL_FUNCTION(intersects)
{
	bool found = false;
	for (uint32_t i = 0; i < args[1].extra && !found; i++) {
		found = holds(call, args[0], args[1].items[i]);
	}
	answer(call, found, ret);
}

#define ROW(id, function, call)                                                                  \
	{                                                                                        \
		id, function, CEL_GLOBAL, CEL_COST_ONE, 2, {&cel_type_list_a, &cel_type_list_a}, \
			&cel_type_bool, call, NULL                                               \
	}

static const struct cel_overload ROWS[] = {
	ROW("list_sets_contains_list", "sets.contains", contains),
	ROW("list_sets_equivalent_list", "sets.equivalent", equivalent),
	ROW("list_sets_intersects_list", "sets.intersects", intersects),
};

const struct cel_library cel_library_sets = {"sets", ROWS, CEL_COUNT(ROWS)};
