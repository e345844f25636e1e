/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/parts.h"
/*
 * `clocks:` of a service: "3 working days" or "6 hours" by the name of a clock.  What the names
 * mean is the caller's.
 */
enum {
	DAYS_MAX = 260, /* working days of a year */
	HOURS_MAX = 24 * 31
};

static bool ends_in(struct str text, struct str end)
{
	return text.len >= end.len && memcmp(text.ptr + text.len - end.len, end.ptr, end.len) == 0;
}

/* The digits before the unit; 0 when they are none. */
static int64_t amount_of(struct str text, struct str unit)
{
	int64_t amount = 0;
	if (!ends_in(text, unit) || text.len == unit.len || text.len - unit.len > 4) {
		return 0;
	}
	for (size_t i = 0; i < text.len - unit.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9') {
			return 0;
		}
		amount = amount * 10 + (text.ptr[i] - '0');
	}
	return amount;
}

static bool length_read(struct str text, struct directory_clock *clock)
{
	const int64_t days =
		str_is(text, "1 working day") ? 1 : amount_of(text, STR(" working days"));
	const int64_t hours = str_is(text, "1 hour") ? 1 : amount_of(text, STR(" hours"));
	clock->hours = hours > 0;
	clock->amount = clock->hours ? hours : days;
	return clock->amount > 0 && clock->amount <= (clock->hours ? HOURS_MAX : DAYS_MAX);
}

static bool clock_read(
	struct reader *reader, const struct yaml_node *node, struct directory_clock *ret_clock)
{
	const struct directory_list *known = &reader->rulebook->clocks;
	if (known->count > 0 && !reader_list_has(known, node->key)) {
		const struct str hint = reader_suggestion(reader, node->key, known);
		reader_problem(reader, node, "unknown clock%.*s", STR_ARG(hint));
		return false;
	}
	if (!reader_scalar(reader, node)) {
		return false;
	}
	if (!length_read(node->text, ret_clock)) {
		reader_problem(reader, node,
			"is a time such as \"3 working days\" (1 to %d) or \"6 hours\" (1 to %d)",
			DAYS_MAX, HOURS_MAX);
		return false;
	}
	ret_clock->name = reader_keep(reader, node->key);
	return true;
}

void clocks_read(
	struct reader *reader, const struct yaml_node *node, struct directory_clocks *ret_clocks)
{
	size_t count = 0;
	if (node->kind != YAML_MAP) {
		reader_problem(reader, node, "must be a map of clocks and times");
		return;
	}
	struct directory_clock *items = arena_array(reader->arena, node->count, sizeof(*items));
	for (const struct yaml_node *n = node->first; items != NULL && n != NULL; n = n->next) {
		count += clock_read(reader, n, &items[count]);
	}
	*ret_clocks = (struct directory_clocks){items, count};
}
