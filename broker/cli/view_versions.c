/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/view.h"

/* What was published, and the versions there are. */

static void count(struct buf *out, const struct value *map, const char *key, const char *one,
	const char *many)
{
	const int64_t number = value_get_int(map, key, 0);
	buf_printf(out, "%lld %s", (long long)number, number == 1 ? one : many);
}

void view_published(struct buf *out, const struct names *names, const struct value *body)
{
	(void)names;
	const bool same = value_get_bool(body, "same", false);
	const struct value *files = value_get(body, STR("files"));
	const int64_t before = value_get_int(body, "before", 0);
	buf_printf(out,
		same ? "version %lld is in force and has these files already: "
		     : "version %lld is in force: ",
		(long long)value_get_int(body, "version", 0));
	count(out, body, "services", "service", "services");
	buf_add_text(out, " of ");
	count(out, body, "organisations", "organisation", "organisations");
	buf_add_text(out, " in ");
	count(out, body, "areas", "area", "areas");
	buf_add_text(out, "\n");
	if (same) {
		return;
	}
	if (files != NULL && before > 0) {
		buf_printf(out, "against version %lld: ", (long long)before);
		count(out, files, "changed", "file changed", "files changed");
		buf_printf(out,
			", %lld added, %lld removed; `onward directory diff %lld` says how\n",
			(long long)value_get_int(files, "added", 0),
			(long long)value_get_int(files, "removed", 0), (long long)before);
	}
	buf_add_text(out, "referrals under way keep the version they were decided with\n");
}

static void who(struct buf *out, const struct value *item)
{
	const struct str party = value_get_str(item, "party");
	const struct str user = value_get_str(item, "user");
	const struct str role = value_get_str(item, "role");
	if (value_get(item, STR("at")) == NULL) {
		buf_add_text(out, "not recorded");
		return;
	}
	text_data(out, party.len == 0 ? STR("the broker") : party);
	if (user.len > 0) {
		buf_add_text(out, ", ");
		text_data(out, user);
	}
	if (role.len > 0) {
		buf_add_text(out, " (");
		text_data(out, role);
		buf_add_text(out, ")");
	}
}

static void how(struct buf *out, const struct value *item)
{
	const int64_t of = value_get_int(item, "of", 0);
	if (of > 0) {
		buf_printf(out, "rollback to %lld", (long long)of);
	} else if (value_get(item, STR("at")) != NULL) {
		text_data(out, value_get_str(item, "origin"));
	}
}

static void row_of(struct text_table *table, const struct value *item, struct buf *cell)
{
	buf_printf(cell, "%lld%s", (long long)value_get_int(item, "version", 0),
		value_get_bool(item, "in_force", false) ? " *" : "");
	text_table_cell(table, buf_str(cell));
	buf_reset(cell);
	if (value_get(item, STR("at")) != NULL) {
		view_time(cell, value_get_str(item, "at"));
	}
	text_table_cell(table, buf_str(cell));
	buf_reset(cell);
	who(cell, item);
	text_table_cell(table, buf_str(cell));
	buf_reset(cell);
	how(cell, item);
	text_table_cell(table, buf_str(cell));
	buf_reset(cell);
	if (value_get(item, STR("services")) != NULL) {
		buf_printf(cell, "%lld", (long long)value_get_int(item, "services", 0));
	}
	text_table_cell(table, buf_str(cell));
	buf_reset(cell);
	text_table_cell(table, value_get_str(item, "note"));
}

void view_versions(struct buf *out, const struct names *names, const struct value *items)
{
	static const char *const heads[] = {
		"VERSION", "PUBLISHED", "BY", "HOW", "SERVICES", "WHAT CHANGED"};
	struct arena arena;
	struct text_table table;
	struct buf cell = {0};
	(void)names;
	if (items->kind != VALUE_LIST || items->list.count == 0) {
		buf_add_text(out, "no directory is published yet\n");
		return;
	}
	arena_init(&arena, 0);
	text_table_init(&table, &arena, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		text_table_cell(&table, str_from(heads[i]));
	}
	for (size_t i = 0; i < items->list.count; i++) {
		row_of(&table, &items->list.items[i], &cell);
	}
	text_table_print(out, &table, 0);
	buf_add_text(out, "* in force\n");
	out->failed = out->failed || arena_failed(&arena) || cell.failed;
	arena_finish(&arena);
	buf_finish(&cell);
}
