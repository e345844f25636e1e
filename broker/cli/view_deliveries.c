/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

/* Deliveries that have not arrived, and what became of those that were retried or stopped. */

static void cell_of(struct text_table *table, struct buf *cell)
{
	text_table_cell(table, buf_str(cell));
	buf_reset(cell);
}

static void row_of(struct text_table *table, const struct names *names, const struct value *item,
	struct buf *cell)
{
	const int64_t attempts = value_get_int(item, "attempts", 0);
	text_table_cell(table, phrase_delivery(value_get_str(item, "state")));
	if (attempts > 0) {
		buf_printf(cell, "%lld", (long long)attempts);
	}
	cell_of(table, cell);
	buf_add_str(cell, phrase_reason(value_get_str(item, "reason")));
	cell_of(table, cell);
	view_time(cell, value_get_str(item, "queued"));
	cell_of(table, cell);
	text_table_cell(table, value_get_str(item, "kind"));
	text_table_cell(table, value_get_str(item, "leg"));
	names_service_short(cell, names, value_get_str(item, "service"));
	cell_of(table, cell);
	text_table_cell(table, value_get_str(item, "delivery"));
}

void view_deliveries(struct buf *out, const struct names *names, const struct value *items)
{
	static const char *const heads[] = {
		"STATE", "FAILED", "WHY", "SINCE", "WHAT", "LEG", "SERVICE", "DELIVERY"};
	struct arena arena;
	struct text_table table;
	struct buf cell = {0};
	if (items->kind != VALUE_LIST || items->list.count == 0) {
		buf_add_text(out, "everything has arrived\n");
		return;
	}
	arena_init(&arena, 0);
	text_table_init(&table, &arena, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		text_table_cell(&table, str_from(heads[i]));
	}
	for (size_t i = 0; i < items->list.count; i++) {
		row_of(&table, names, &items->list.items[i], &cell);
	}
	text_table_print(out, &table, 0);
	out->failed = out->failed || arena_failed(&arena) || cell.failed;
	arena_finish(&arena);
	buf_finish(&cell);
	buf_printf(out, "%zu deliver%s\n", items->list.count, items->list.count == 1 ? "y" : "ies");
}

static const char *const results[] = {"queued", "tried-now", "assigned", "stopped", "refused"};

static const char *result_words(struct str result)
{
	static const char *const words[] = {"queued again", "tried again now",
		"given to the service anew", "stopped", "left as it is"};
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (str_is(result, results[i])) {
			return words[i];
		}
	}
	return "unknown";
}

void view_retried(struct buf *out, const struct names *names, const struct value *items)
{
	size_t counts[sizeof(results) / sizeof(results[0])] = {0};
	if (items->kind != VALUE_LIST || items->list.count == 0) {
		buf_add_text(out, "no delivery is meant by that\n");
		return;
	}
	for (size_t i = 0; i < items->list.count; i++) {
		const struct value *item = &items->list.items[i];
		const struct str result = value_get_str(item, "result");
		text_data(out, value_get_str(item, "delivery"));
		buf_add_text(out, "  ");
		text_data(out, value_get_str(item, "leg"));
		buf_add_text(out, "  ");
		names_service_short(out, names, value_get_str(item, "service"));
		buf_printf(out, ": %s", result_words(result));
		if (value_get_str(item, "message").len > 0) {
			buf_add_text(out, ": ");
			text_data(out, value_get_str(item, "message"));
		}
		buf_add_text(out, "\n");
		for (size_t r = 0; r < sizeof(results) / sizeof(results[0]); r++) {
			counts[r] += str_is(result, results[r]);
		}
	}
	if (items->list.count > 1) {
		bool any = false;
		for (size_t r = 0; r < sizeof(results) / sizeof(results[0]); r++) {
			if (counts[r] > 0) {
				buf_printf(out, "%s%zu %s", any ? ", " : "", counts[r],
					result_words(str_from(results[r])));
				any = true;
			}
		}
		buf_add_text(out, "\n");
	}
}

void view_clock(struct buf *out, const struct names *names, const struct value *body)
{
	struct buf cell = {0};
	const struct value *due = value_get(body, STR("became_due"));
	view_time(&cell, value_get_str(body, "clock"));
	if (value_get_bool(body, "manual", false)) {
		buf_add_text(&cell, " (set by hand)");
	}
	view_cell(out, "Business time", &cell);
	if (value_get_str(body, "next").len > 0) {
		view_time(&cell, value_get_str(body, "next"));
	} else {
		buf_add_text(&cell, "nothing is timed");
	}
	view_cell(out, "Next deadline", &cell);
	if (value_get_bool(body, "held", false)) {
		buf_add_text(&cell,
			"the clock has jumped: no deadline acts until somebody has looked and "
			"says `onward clock confirm`");
		view_cell(out, "HELD", &cell);
	}
	buf_finish(&cell);
	if (due == NULL || due->kind != VALUE_LIST) {
		return;
	}
	buf_add_text(out, due->list.count == 0 ? "nothing became due\n" : "\nBecame due\n");
	for (size_t i = 0; i < due->list.count; i++) {
		buf_add_text(out, "  ");
		view_event(out, names, &due->list.items[i]);
	}
}
