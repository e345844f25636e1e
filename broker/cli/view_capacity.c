/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/base/timestamp.h"
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

/* Whether services take referrals, how full they are, and who waits. */

static void cell_of(struct text_table *table, struct buf *cell)
{
	text_table_cell(table, buf_str(cell));
	buf_reset(cell);
}

/* "the end of 2019-08-31" for the midnight that ends it, else the time. */
static void until(struct buf *out, struct str rfc3339)
{
	timestamp_us time;
	if (timestamp_parse(rfc3339, &time) != ERR_OK) {
		text_data(out, rfc3339);
		return;
	}
	const timestamp_us local = time + timestamp_london_offset_s(time) * TIMESTAMP_SECOND;
	if (local % TIMESTAMP_DAY != 0) {
		view_time(out, rfc3339);
		return;
	}
	char text[DATE_TEXT_SIZE];
	date_format(timestamp_london_date(time) - 1, text);
	buf_printf(out, "the end of %s", text);
}

void view_waiting(struct buf *out, const struct value *leg)
{
	const struct value *waiting = value_get(leg, STR("waiting"));
	const bool waits = str_is(value_get_str(leg, "state"), "waitlisted");
	if (!waits && value_get_bool(leg, "waiting_list", false)) {
		buf_add_text(out, ", for the waiting list: it was full");
	}
	if (waiting != NULL && waiting->kind == VALUE_MAP) {
		buf_printf(out, "; place %lld of %lld",
			(long long)value_get_int(waiting, "place", 0),
			(long long)value_get_int(waiting, "of", 0));
		buf_add_text(out, ", since ");
		view_time(out, value_get_str(waiting, "since"));
	}
}

static bool is_paused(const struct value *item)
{
	return str_is(value_get_str(item, "intake"), "paused");
}

/* "by its provider until the end of 2019-08-31 (staffing)" */
static void pause_words(struct buf *out, const struct value *item)
{
	const struct str by = value_get_str(item, "paused_by");
	if (str_is(by, "directory")) {
		buf_add_text(out, " in the directory");
	} else if (by.len > 0) {
		buf_printf(
			out, " by %s", str_is(by, "provider") ? "its provider" : "the coordinator");
	}
	if (value_get_str(item, "until").len > 0) {
		buf_add_text(out, " until ");
		until(out, value_get_str(item, "until"));
	}
	if (value_get_str(item, "reason").len > 0) {
		buf_add_text(out, " (");
		text_data(out, value_get_str(item, "reason"));
		buf_add_text(out, ")");
	}
}

void view_intake(struct buf *out, const struct names *names, const struct value *body)
{
	const bool again = value_get_bool(body, "duplicate", false);
	struct buf name = {0};
	names_service(&name, names, value_get_str(body, "service"));
	buf_add_str(out, buf_str(&name));
	buf_finish(&name);
	if (!is_paused(body)) {
		buf_add_text(
			out, again ? " takes new referrals already: nothing has changed\n"
				   : " takes new referrals again; who found no service "
				     "meanwhile is looked at again the next working morning\n");
		return;
	}
	buf_add_text(out, " takes no new referrals: paused");
	pause_words(out, body);
	if (str_is(value_get_str(body, "paused_by"), "directory")) {
		buf_add_text(out, "\nno message pauses it; what was published does, and only a "
				  "publication ends that\n");
		return;
	}
	buf_add_text(out, again ? "\nit was so already: nothing has changed\n"
				: "\nwho is there, or on the way there, goes on\n");
}

/* "24 of 40", "24" where nothing limits it. */
static void taken(struct buf *out, const struct value *item, const char *count, const char *limit)
{
	if (value_get(item, str_from(count)) == NULL) {
		return;
	}
	buf_printf(out, "%lld", (long long)value_get_int(item, count, 0));
	if (value_get(item, str_from(limit)) != NULL) {
		buf_printf(out, " of %lld", (long long)value_get_int(item, limit, 0));
	}
}

static const char *room_words(struct str room)
{
	return str_is(room, "yes") ? "yes" : str_is(room, "waiting-list") ? "to wait" : "none";
}

static void row_of(
	struct text_table *table, const struct value *item, bool figures, struct buf *cell)
{
	text_table_cell(table, value_get_str(item, "service"));
	buf_add_text(cell, is_paused(item) ? "PAUSED" : "open");
	cell_of(table, cell);
	buf_add_text(cell, room_words(value_get_str(item, "room")));
	cell_of(table, cell);
	if (!figures) {
		return;
	}
	taken(cell, item, "live", "caseload");
	cell_of(table, cell);
	if (value_get_int(item, "waiting_list", 0) > 0) {
		taken(cell, item, "waiting", "waiting_list");
	} else if (value_get_int(item, "waiting", 0) > 0) {
		taken(cell, item, "waiting", ""); /* the service keeps a list of its own */
	}
	cell_of(table, cell);
	taken(cell, item, "year", "per_year");
	cell_of(table, cell);
	taken(cell, item, "pool_live", "pool_caseload");
	cell_of(table, cell);
}

static void limit_words(
	struct buf *out, const struct value *override, const char *key, const char *words)
{
	if (value_get(override, str_from(key)) != NULL) {
		buf_printf(out, ", %s %lld", words, (long long)value_get_int(override, key, 0));
	}
}

static void override_words(struct buf *out, const struct value *override, bool now)
{
	if (now) {
		buf_add_text(out, "to the end of ");
		text_data(out, value_get_str(override, "to"));
	} else {
		buf_add_text(out, "from ");
		text_data(out, value_get_str(override, "from"));
		buf_add_text(out, " to ");
		text_data(out, value_get_str(override, "to"));
	}
	limit_words(out, override, "caseload", "places");
	limit_words(out, override, "per_year", "referrals of the year");
	limit_words(out, override, "pool_caseload", "shared places");
	if (value_get_str(override, "note").len > 0) {
		buf_add_text(out, " (");
		text_data(out, value_get_str(override, "note"));
		buf_add_text(out, ")");
	}
}

static void line(struct buf *out, const struct value *item, struct buf *cell)
{
	text_data(out, value_get_str(item, "service"));
	buf_add_text(out, ": ");
	buf_add_str(out, buf_str(cell));
	buf_add_text(out, "\n");
	buf_reset(cell);
}

/* What does not fit a table: who paused it, other limits now and soon, who waits. */
static void lines_of(struct buf *out, const struct value *item, struct buf *cell)
{
	const struct value *list = value_get(item, STR("list"));
	if (is_paused(item) && value_get_str(item, "paused_by").len > 0) {
		buf_add_text(cell, "paused");
		pause_words(cell, item);
		if (value_get_str(item, "since").len > 0) {
			buf_add_text(cell, ", since ");
			view_time(cell, value_get_str(item, "since"));
		}
		line(out, item, cell);
	}
	if (value_get(item, STR("override")) != NULL) {
		override_words(cell, value_get(item, STR("override")), true);
		line(out, item, cell);
	}
	if (value_get(item, STR("next")) != NULL) {
		override_words(cell, value_get(item, STR("next")), false);
		line(out, item, cell);
	}
	if (value_get_str(item, "ended").len > 0) {
		buf_add_text(cell, "its contract ended on ");
		text_data(cell, value_get_str(item, "ended"));
		line(out, item, cell);
	}
	if (value_get_int(item, "before_list", 0) > 0) {
		buf_printf(cell, "%lld wait since before there was a list, and come first",
			(long long)value_get_int(item, "before_list", 0));
		line(out, item, cell);
	}
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *waits = &list->list.items[i];
		buf_printf(
			cell, "waits in place %lld, ", (long long)value_get_int(waits, "place", 0));
		text_data(cell, value_get_str(waits, "leg"));
		buf_add_text(cell, ", since ");
		view_time(cell, value_get_str(waits, "since"));
		line(out, item, cell);
	}
}

/* Who refers is told of room, and of no figure. */
static bool has_figures(const struct value *items)
{
	for (size_t i = 0; i < items->list.count; i++) {
		if (value_get(&items->list.items[i], STR("live")) != NULL) {
			return true;
		}
	}
	return false;
}

void view_capacity(struct buf *out, const struct names *names, const struct value *items)
{
	static const char *const heads[] = {
		"SERVICE", "INTAKE", "ROOM", "PLACES", "WAIT", "THIS YEAR", "SHARED"};
	struct arena arena;
	struct text_table table;
	struct buf cell = {0};
	(void)names;
	if (items->kind != VALUE_LIST || items->list.count == 0) {
		buf_add_text(out, "no service of yours takes referrals, and none that you may "
				  "refer to\n");
		return;
	}
	arena_init(&arena, 0);
	const bool figures = has_figures(items);
	const size_t columns = figures ? sizeof(heads) / sizeof(heads[0]) : 3;
	text_table_init(&table, &arena, columns);
	for (size_t i = 0; i < columns; i++) {
		text_table_cell(&table, str_from(heads[i]));
	}
	for (size_t i = 0; i < items->list.count; i++) {
		row_of(&table, &items->list.items[i], figures, &cell);
	}
	text_table_print(out, &table, 0);
	for (size_t i = 0; i < items->list.count; i++) {
		lines_of(out, &items->list.items[i], &cell);
	}
	out->failed = out->failed || arena_failed(&arena) || cell.failed;
	arena_finish(&arena);
	buf_finish(&cell);
}
