/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/program.h"

/* Among the known elements, or unknown when it may be among the others. */
static struct cel_value find_in_list(
	struct cel_run *run, struct cel_value element, struct cel_value list)
{
	struct cel_value unknown = cel_bool(false);
	for (uint32_t i = 0; i < list.extra; i++) {
		const struct cel_value item = list.items[i];
		if (item.kind == CEL_UNKNOWN || (item.flags & CEL_FLAG_PARTIAL) != 0) {
			const struct cel_value parts = cel_run_parts(run, item);
			unknown = unknown.kind == CEL_UNKNOWN ? cel_run_merge(run, unknown, parts)
							      : parts;
		} else if (cel_values_equal(element, item, &run->budget)) {
			return cel_bool(true);
		}
	}
	return unknown;
}

static struct cel_value find_in(
	struct cel_run *run, struct cel_value element, struct cel_value container)
{
	if (container.kind == CEL_LIST) {
		return find_in_list(run, element, container);
	}
	if (container.kind == CEL_MAP) {
		return cel_run_holds(
			run, container, element, cel_map_find(container, element, &run->budget));
	}
	return cel_run_mismatch(run);
}

static struct cel_value order(
	struct cel_run *run, enum cel_op op, struct cel_value a, struct cel_value b)
{
	enum cel_order found;
	struct cel_value failed;
	const uint32_t size = a.kind == CEL_STRING || a.kind == CEL_BYTES ? a.extra : 0;
	if (!cel_run_charge(run, size / 10, &failed)) {
		return failed;
	}
	if (!cel_values_order(a, b, &found)) {
		return cel_run_mismatch(run);
	}
	const bool less = found == CEL_LESS;
	const bool greater = found == CEL_GREATER;
	const bool equal = found == CEL_EQUAL;
	return cel_bool((op == CEL_OP_LT && less) || (op == CEL_OP_GT && greater) ||
			(op == CEL_OP_LE && (less || equal)) ||
			(op == CEL_OP_GE && (greater || equal)));
}

struct cel_value cel_run_compare(
	struct cel_run *run, enum cel_op op, struct cel_value a, struct cel_value b)
{
	struct cel_value outcome;
	if (cel_run_absorb(run, a, b, &outcome)) {
		return outcome;
	}
	if ((a.flags & CEL_FLAG_PARTIAL) != 0) {
		return cel_run_parts(run, a);
	}
	if (op == CEL_OP_IN) {
		return find_in(run, a, b);
	}
	if ((b.flags & CEL_FLAG_PARTIAL) != 0) {
		return cel_run_parts(run, b);
	}
	if (op == CEL_OP_EQ || op == CEL_OP_NE) {
		return cel_bool(cel_values_equal(a, b, &run->budget) == (op == CEL_OP_EQ));
	}
	return order(run, op, a, b);
}

struct cel_value cel_run_logic(
	struct cel_run *run, bool deciding, struct cel_value so_far, struct cel_value term)
{
	if (term.kind == CEL_BOOL) {
		return term.boolean == deciding ? term : so_far;
	}
	if (term.kind < CEL_ERROR) {
		term = cel_run_mismatch(run);
	}
	if (term.kind == CEL_UNKNOWN && so_far.kind == CEL_UNKNOWN) {
		return cel_run_merge(run, so_far, term);
	}
	return term.kind == CEL_UNKNOWN || so_far.kind == CEL_BOOL ? term : so_far;
}
