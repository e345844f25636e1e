/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

#include <stdio.h>

/* One referral in full, and many as a table. */

static void leg(struct buf *out, const struct names *names, const struct value *leg)
{
	struct buf cell = {0};
	buf_add_text(out, "  ");
	text_data(out, value_get_str(leg, "id"));
	buf_add_text(out, "  ");
	names_service(out, names, value_get_str(leg, "service"));
	const struct str role = value_get_str(leg, "role");
	if (role.len > 0) {
		buf_add_text(out, ", ");
		text_data(out, role);
	}
	buf_add_text(out, "\n");
	text_data(&cell, phrase_state(value_get_str(leg, "state")));
	view_waiting(&cell, leg);
	text_field(out, 4, 16, "State", buf_str(&cell));
	buf_reset(&cell);
	view_needs(&cell, value_get(leg, STR("needs")));
	if (cell.len > 0) {
		text_field(out, 4, 16, "Needs", buf_str(&cell));
		buf_reset(&cell);
	}
	if (value_get_str(leg, "deadline").len > 0) {
		view_time(&cell, value_get_str(leg, "deadline"));
		if (value_get_str(leg, "clock").len > 0) {
			buf_add_text(&cell, ": ");
			text_data(&cell, phrase_clock(value_get_str(leg, "clock")));
		}
		const bool overdue = value_get_bool(leg, "overdue", false);
		text_field(out, 4, 16, overdue ? "OVERDUE since" : "Due", buf_str(&cell));
		buf_reset(&cell);
	}
	const struct value *questions = value_get(leg, STR("questions"));
	for (size_t i = 0;
		questions != NULL && questions->kind == VALUE_LIST && i < questions->list.count;
		i++) {
		if (questions->list.items[i].kind == VALUE_STRING) {
			phrase_question(&cell, questions->list.items[i].string);
			text_field(out, 4, 16, "It asks", buf_str(&cell));
			buf_reset(&cell);
		}
	}
	const int64_t attempts = value_get_int(leg, "attempts", 0);
	if (attempts > 1) {
		text_fieldf(out, 4, 16, "Attempts", "%lld to deliver it", (long long)attempts);
	}
	buf_finish(&cell);
}

void view_show(struct buf *out, const struct names *names, const struct value *body)
{
	struct buf cell = {0};
	(void)view_emergency_said(out, body);
	text_data(out, value_get_str(body, "reference"));
	buf_add_text(out, "  ");
	text_data(out, phrase_state(value_get_str(body, "state")));
	buf_add_text(out, "\n");
	if (value_get_str(body, "source_ref").len > 0) {
		text_data(&cell, value_get_str(body, "source_ref"));
		view_cell(out, "Source's own", &cell);
	}
	if (value_get_str(body, "submitted").len > 0) {
		view_time(&cell, value_get_str(body, "submitted"));
		view_cell(out, "Submitted", &cell);
	}
	if (value_get_str(body, "held_until").len > 0) {
		view_time(&cell, value_get_str(body, "held_until"));
		view_cell(out, "Held until", &cell);
	}
	if (value_get_int(body, "directory_version", 0) > 0) {
		buf_printf(&cell, "version %lld",
			(long long)value_get_int(body, "directory_version", 0));
		view_cell(out, "Directory", &cell);
	}
	view_gaps(out, value_get(body, STR("gaps")), value_get_str(body, "authority"),
		value_get_str(body, "state"));
	view_questions(out, value_get(body, STR("questions")));
	const struct value *legs = value_get(body, STR("legs"));
	if (legs != NULL && legs->kind == VALUE_LIST && legs->list.count > 0) {
		buf_add_text(out, "\nServices\n");
		for (size_t i = 0; i < legs->list.count; i++) {
			leg(out, names, &legs->list.items[i]);
		}
	}
	view_timeline(out, names, value_get(body, STR("timeline")));
	buf_finish(&cell);
}

static const struct value *leg_at(const struct value *item, size_t index)
{
	const struct value *legs = value_get(item, STR("legs"));
	return legs != NULL && legs->kind == VALUE_LIST && index < legs->list.count
		       ? &legs->list.items[index]
		       : NULL;
}

/* The earliest deadline of its legs; empty when there is none. */
static struct str earliest_due(const struct value *item)
{
	struct str earliest = {0};
	const struct value *leg;
	for (size_t i = 0; (leg = leg_at(item, i)) != NULL; i++) {
		const struct str due = value_get_str(leg, "deadline");
		/* RFC 3339 in UTC: the order of bytes is the order of time. */
		if (due.len > 0 && (earliest.len == 0 || str_compare(due, earliest) < 0)) {
			earliest = due;
		}
	}
	return earliest;
}

/* A referral's rows: a service each, the first with what is said of all. */
static void list_rows(struct text_table *table, const struct names *names, bool any_due,
	const struct value *item, struct buf *cell)
{
	const struct str due = earliest_due(item);
	const struct value *leg = leg_at(item, 0);
	size_t row = 0;
	do {
		const bool first = row == 0;
		const struct str none = {0};
		text_table_cell(table, first ? value_get_str(item, "reference") : none);
		text_table_cell(table, first ? phrase_state(value_get_str(item, "state")) : none);
		text_table_cell(
			table, first ? names_authority(value_get_str(item, "authority")) : none);
		if (any_due) {
			buf_reset(cell);
			if (first && due.len > 0) {
				view_time(cell, due);
			}
			text_table_cell(table, buf_str(cell));
		}
		buf_reset(cell);
		if (leg != NULL) {
			names_service_short(cell, names, value_get_str(leg, "service"));
			buf_add_text(cell, ": ");
			buf_add_str(cell, phrase_state(value_get_str(leg, "state")));
		}
		text_table_cell(table, buf_str(cell));
		leg = leg_at(item, ++row);
	} while (leg != NULL);
}

void view_list(struct buf *out, const struct names *names, const struct value *items)
{
	if (items->list.count == 0) {
		buf_add_text(out, "no referrals\n");
		return;
	}
	bool any_due = false;
	for (size_t i = 0; i < items->list.count; i++) {
		any_due = any_due || earliest_due(&items->list.items[i]).len > 0;
	}
	struct arena arena;
	struct text_table table;
	arena_init(&arena, 0);
	text_table_init(&table, &arena, any_due ? 5 : 4);
	text_table_cell(&table, STR("REFERENCE"));
	text_table_cell(&table, STR("STATE"));
	text_table_cell(&table, STR("AUTHORITY"));
	if (any_due) {
		text_table_cell(&table, STR("ANSWER DUE"));
	}
	text_table_cell(&table, STR("SERVICES"));
	struct buf cell = {0};
	for (size_t i = 0; i < items->list.count; i++) {
		list_rows(&table, names, any_due, &items->list.items[i], &cell);
	}
	text_table_print(out, &table, 0);
	out->failed = out->failed || arena_failed(&arena) || cell.failed;
	arena_finish(&arena);
	buf_finish(&cell);
	buf_printf(out, "%zu referral%s\n", items->list.count, items->list.count == 1 ? "" : "s");
}
