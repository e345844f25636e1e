/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"

/* Equality, order, membership and places in lists and maps: types only.  They are instructions of
 * their own, in run_values.c and run_access.c. */

#define ROW(id, function, cost, a, b, result)                                      \
	{                                                                          \
		id, function, CEL_GLOBAL, cost, 2, {&cel_type_##a, &cel_type_##b}, \
			&cel_type_##result, NULL, NULL                             \
	}
#define ORDER(name, function)                                                                \
	ROW(#name "_bool", function, CEL_COST_ONE, bool, bool, bool),                        \
		ROW(#name "_int64", function, CEL_COST_ONE, int, int, bool),                 \
		ROW(#name "_int64_double", function, CEL_COST_ONE, int, double, bool),       \
		ROW(#name "_int64_uint64", function, CEL_COST_ONE, int, uint, bool),         \
		ROW(#name "_uint64", function, CEL_COST_ONE, uint, uint, bool),              \
		ROW(#name "_uint64_double", function, CEL_COST_ONE, uint, double, bool),     \
		ROW(#name "_uint64_int64", function, CEL_COST_ONE, uint, int, bool),         \
		ROW(#name "_double", function, CEL_COST_ONE, double, double, bool),          \
		ROW(#name "_double_int64", function, CEL_COST_ONE, double, int, bool),       \
		ROW(#name "_double_uint64", function, CEL_COST_ONE, double, uint, bool),     \
		ROW(#name "_string", function, CEL_COST_TEXT, string, string, bool),         \
		ROW(#name "_bytes", function, CEL_COST_TEXT, bytes, bytes, bool),            \
		ROW(#name "_timestamp", function, CEL_COST_ONE, timestamp, timestamp, bool), \
		ROW(#name "_duration", function, CEL_COST_ONE, duration, duration, bool)

static const struct cel_overload ROWS[] = {
	ROW("equals", "_==_", CEL_COST_ONE, a, a, bool),
	ROW("not_equals", "_!=_", CEL_COST_ONE, a, a, bool),
	ORDER(less, "_<_"),
	ORDER(less_equals, "_<=_"),
	ORDER(greater, "_>_"),
	ORDER(greater_equals, "_>=_"),
	ROW("in_list", "@in", CEL_COST_ONE, a, list_a, bool),
	ROW("in_map", "@in", CEL_COST_ONE, a, map_ab, bool),
	ROW("index_list", "_[_]", CEL_COST_ONE, list_a, int, a),
	ROW("index_map", "_[_]", CEL_COST_ONE, map_ab, a, b),
	ROW("optional_list_index_int", "_[_]", CEL_COST_ONE, optional_list_a, int, optional_a),
	ROW("optional_map_index_value", "_[_]", CEL_COST_ONE, optional_map_ab, a, optional_b),
	ROW("list_optindex_optional_int", "_[?_]", CEL_COST_ONE, list_a, int, optional_a),
	ROW("optional_list_optindex_optional_int", "_[?_]", CEL_COST_ONE, optional_list_a, int,
		optional_a),
	ROW("map_optindex_optional_value", "_[?_]", CEL_COST_ONE, map_ab, a, optional_b),
	ROW("optional_map_optindex_optional_value", "_[?_]", CEL_COST_ONE, optional_map_ab, a,
		optional_b),
};

const struct cel_library cel_library_relations = {"relations", ROWS, CEL_COUNT(ROWS)};
