/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"

/* Equality, order, membership and places in lists and maps. */

static void spent(struct cel_call *call, struct cel_value *ret)
{
	if (*call->budget == 0) {
		*ret = cel_error("the expression takes too long");
	}
}

static CEL_FUNCTION(equals)
{
	*ret = cel_bool(cel_values_equal(args[0], args[1], call->budget));
	spent(call, ret);
}

static CEL_FUNCTION(not_equals)
{
	*ret = cel_bool(!cel_values_equal(args[0], args[1], call->budget));
	spent(call, ret);
}

/* The order, or UNORDERED with *ret an error; a NaN is in no order and below or above nothing. */
static bool compare(const struct cel_value *args, enum cel_order *ret_order, struct cel_value *ret)
{
	if (!cel_values_order(args[0], args[1], ret_order)) {
		cel_call_mismatch(ret);
		return false;
	}
	return true;
}

static CEL_FUNCTION(less)
{
	(void)call;
	enum cel_order order;
	if (compare(args, &order, ret)) {
		*ret = cel_bool(order == CEL_LESS);
	}
}

static CEL_FUNCTION(less_equals)
{
	(void)call;
	enum cel_order order;
	if (compare(args, &order, ret)) {
		*ret = cel_bool(order == CEL_LESS || order == CEL_EQUAL);
	}
}

static CEL_FUNCTION(greater)
{
	(void)call;
	enum cel_order order;
	if (compare(args, &order, ret)) {
		*ret = cel_bool(order == CEL_GREATER);
	}
}

static CEL_FUNCTION(greater_equals)
{
	(void)call;
	enum cel_order order;
	if (compare(args, &order, ret)) {
		*ret = cel_bool(order == CEL_GREATER || order == CEL_EQUAL);
	}
}

static CEL_FUNCTION(in_list)
{
	bool found = false;
	for (uint32_t i = 0; i < args[1].extra && !found; i++) {
		found = cel_values_equal(args[0], args[1].items[i], call->budget);
	}
	*ret = cel_bool(found);
	spent(call, ret);
}

static CEL_FUNCTION(in_map)
{
	*ret = cel_bool(cel_map_find(args[1], args[0], call->budget) != NULL);
	spent(call, ret);
}

/* The element or value at a place; NULL with *ret the error that it is where there is none. */
static const struct cel_value *at(struct cel_call *call, const struct cel_value *operand,
	struct cel_value place, struct cel_value *ret)
{
	int64_t index;
	if (operand->kind == CEL_LIST) {
		const bool whole = cel_value_index(place, &index);
		if (!whole || index < 0 || index >= (int64_t)operand->extra) {
			*ret = cel_error("the index is out of range");
			return NULL;
		}
		return &operand->items[index];
	}
	const struct cel_value *found = cel_map_find(*operand, place, call->budget);
	if (found == NULL) {
		*ret = cel_error("no such key");
		spent(call, ret);
	}
	return found;
}

static bool may_be_place(struct cel_value operand, struct cel_value place)
{
	return cel_kind_is_number(place.kind) ||
	       (operand.kind == CEL_MAP && (place.kind == CEL_BOOL || place.kind == CEL_STRING));
}

static CEL_FUNCTION(index_value)
{
	if ((args[0].kind != CEL_LIST && args[0].kind != CEL_MAP) ||
		!may_be_place(args[0], args[1])) {
		cel_call_mismatch(ret);
		return;
	}
	const struct cel_value *found = at(call, &args[0], args[1], ret);
	if (found != NULL) {
		*ret = *found;
	}
}

/* On a list or map, or an optional one: an optional, none where there is nothing. */
static CEL_FUNCTION(index_optional)
{
	struct cel_value operand = args[0];
	if (operand.kind == CEL_OPTIONAL) {
		if (operand.inner == NULL) {
			*ret = cel_optional(NULL);
			return;
		}
		operand = *operand.inner;
	}
	if ((operand.kind != CEL_LIST && operand.kind != CEL_MAP) ||
		!may_be_place(operand, args[1])) {
		cel_call_mismatch(ret);
		return;
	}
	const struct cel_value *found = at(call, &operand, args[1], ret);
	if (found != NULL || *call->budget > 0) {
		*ret = cel_optional(found);
	}
}

#define ROW(id, function, cost, a, b, result, call)                                \
	{                                                                          \
		id, function, CEL_GLOBAL, cost, 2, {&cel_type_##a, &cel_type_##b}, \
			&cel_type_##result, call, NULL                             \
	}
#define ORDER(name, function, call)                                                                \
	ROW(#name "_bool", function, CEL_COST_ONE, bool, bool, bool, call),                        \
		ROW(#name "_int64", function, CEL_COST_ONE, int, int, bool, call),                 \
		ROW(#name "_int64_double", function, CEL_COST_ONE, int, double, bool, call),       \
		ROW(#name "_int64_uint64", function, CEL_COST_ONE, int, uint, bool, call),         \
		ROW(#name "_uint64", function, CEL_COST_ONE, uint, uint, bool, call),              \
		ROW(#name "_uint64_double", function, CEL_COST_ONE, uint, double, bool, call),     \
		ROW(#name "_uint64_int64", function, CEL_COST_ONE, uint, int, bool, call),         \
		ROW(#name "_double", function, CEL_COST_ONE, double, double, bool, call),          \
		ROW(#name "_double_int64", function, CEL_COST_ONE, double, int, bool, call),       \
		ROW(#name "_double_uint64", function, CEL_COST_ONE, double, uint, bool, call),     \
		ROW(#name "_string", function, CEL_COST_TEXT, string, string, bool, call),         \
		ROW(#name "_bytes", function, CEL_COST_TEXT, bytes, bytes, bool, call),            \
		ROW(#name "_timestamp", function, CEL_COST_ONE, timestamp, timestamp, bool, call), \
		ROW(#name "_duration", function, CEL_COST_ONE, duration, duration, bool, call)

static const struct cel_overload ROWS[] = {
	ROW("equals", "_==_", CEL_COST_ONE, a, a, bool, equals),
	ROW("not_equals", "_!=_", CEL_COST_ONE, a, a, bool, not_equals),
	ORDER(less, "_<_", less),
	ORDER(less_equals, "_<=_", less_equals),
	ORDER(greater, "_>_", greater),
	ORDER(greater_equals, "_>=_", greater_equals),
	ROW("in_list", "@in", CEL_COST_ONE, a, list_a, bool, in_list),
	ROW("in_map", "@in", CEL_COST_ONE, a, map_ab, bool, in_map),
	ROW("index_list", "_[_]", CEL_COST_ONE, list_a, int, a, index_value),
	ROW("index_map", "_[_]", CEL_COST_ONE, map_ab, a, b, index_value),
	ROW("optional_list_index_int", "_[_]", CEL_COST_ONE, optional_list_a, int, optional_a,
		index_optional),
	ROW("optional_map_index_value", "_[_]", CEL_COST_ONE, optional_map_ab, a, optional_b,
		index_optional),
	ROW("list_optindex_optional_int", "_[?_]", CEL_COST_ONE, list_a, int, optional_a,
		index_optional),
	ROW("optional_list_optindex_optional_int", "_[?_]", CEL_COST_ONE, optional_list_a, int,
		optional_a, index_optional),
	ROW("map_optindex_optional_value", "_[?_]", CEL_COST_ONE, map_ab, a, optional_b,
		index_optional),
	ROW("optional_map_optindex_optional_value", "_[?_]", CEL_COST_ONE, optional_map_ab, a,
		optional_b, index_optional),
};

const struct cel_library cel_library_relations = {"relations", ROWS, CEL_COUNT(ROWS)};
