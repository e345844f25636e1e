/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/rehearsal.h"
#include "broker/cli/view.h"

/* What would be different with another directory: a block a referral, then the totals. */

static const struct value none = {.kind = VALUE_LIST};

static const struct value *list_at(const struct value *map, const char *key)
{
	const struct value *list = value_get(map, str_from(key));
	return list != NULL && list->kind == VALUE_LIST ? list : &none;
}

static void services(struct buf *out, const struct names *names, const struct value *list)
{
	for (size_t i = 0; i < list->list.count; i++) {
		buf_add_text(out, i == 0 ? "" : " + ");
		names_service_short(out, names, value_get_str(&list->list.items[i], "service"));
	}
	if (list->list.count == 0) {
		buf_add_text(out, "nobody");
	}
}

static void put_head(struct buf *out, const struct value *item)
{
	const struct str reference = value_get_str(item, "reference");
	const struct str authority = value_get_str(item, "authority");
	text_data(out, reference);
	if (authority.len > 0) {
		buf_add_text(out, ", ");
		text_data(out, names_authority(authority));
	}
	buf_add_text(out, " (");
	text_data(out, phrase_state(value_get_str(item, "state")));
	buf_add_text(out, ")\n");
}

static void put_change(struct buf *out, const struct names *names, const struct value *item)
{
	struct buf text = {0};
	const struct value *changes = list_at(item, "changes");
	if (changes->list.count == 0) {
		return;
	}
	services(&text, names, list_at(item, "from"));
	buf_add_text(&text, " -> ");
	services(&text, names, list_at(item, "to"));
	view_cell(out, "  Would go", &text);
	for (size_t i = 0; i < changes->list.count; i++) {
		const struct str code = rehearsal_text(&changes->list.items[i]);
		const char *words = str_is(code, "divided")
					    ? "the needs are divided otherwise between them"
				    : str_is(code, "later")  ? "has to wait longer"
				    : str_is(code, "sooner") ? "has to wait less long"
							     : NULL;
		if (words != NULL) {
			buf_add_text(&text, words);
			view_cell(out, "  Else", &text);
		}
	}
	buf_finish(&text);
}

/* What stands against the service, or stood so far. */
static void put_why(struct buf *out, bool gains, struct str code)
{
	if (str_is(code, "gone") || str_is(code, "new")) {
		buf_add_text(out, rehearsal_why(code));
	} else if (str_is(code, "order")) {
		buf_add_text(
			out, gains ? "so far another came before it" : "another comes before it");
	} else {
		buf_printf(out, "%s%s",
			gains ? "so far against it: " : "against it: ", rehearsal_why(code));
	}
}

/* Why a live leg is not what it was. */
static const char *leg_words(struct str code)
{
	return str_is(code, "delivery") ? "what is sent would go elsewhere"
	       : str_is(code, "window") ? "its contract ends"
	       : str_is(code, "area")   ? "it does not cover her area any more"
					: rehearsal_why(code);
}

static void put_moves(struct buf *out, const struct names *names, const struct value *item)
{
	struct buf text = {0};
	const struct value *moves = list_at(item, "moves");
	const struct value *asked = list_at(item, "asked");
	for (size_t i = 0; i < moves->list.count; i++) {
		const struct value *move = &moves->list.items[i];
		const bool gains = str_is(value_get_str(move, "change"), "gains");
		buf_add_text(&text, gains ? "+ " : "- ");
		names_service_short(&text, names, value_get_str(move, "service"));
		buf_add_text(&text, ": ");
		put_why(&text, gains, value_get_str(move, "why"));
		view_cell(out, "  Why", &text);
	}
	view_needs(&text, list_at(item, "gaps"));
	if (list_at(item, "gaps")->list.count > 0) {
		view_cell(out, "  Nobody for", &text);
	}
	buf_reset(&text);
	view_needs(&text, list_at(item, "found"));
	if (list_at(item, "found")->list.count > 0) {
		view_cell(out, "  Somebody for", &text);
	}
	buf_reset(&text);
	for (size_t i = 0; i < asked->list.count; i++) {
		phrase_question(&text, rehearsal_text(&asked->list.items[i]));
		view_cell(out, "  Would be asked", &text);
	}
	buf_finish(&text);
}

static void put_legs(struct buf *out, const struct names *names, const struct value *item)
{
	struct buf text = {0};
	const struct value *legs = list_at(item, "legs");
	for (size_t i = 0; i < legs->list.count; i++) {
		const struct value *leg = &legs->list.items[i];
		const struct value *why = list_at(leg, "why");
		const struct str ends = value_get_str(leg, "ends");
		text_data(&text, value_get_str(leg, "leg"));
		buf_add_text(&text, " ");
		names_service_short(&text, names, value_get_str(leg, "service"));
		buf_add_text(&text, ", ");
		text_data(&text, phrase_state(value_get_str(leg, "state")));
		buf_add_text(&text, value_get_bool(leg, "lost", false) ? ", loses its service: "
								       : ", changes: ");
		for (size_t w = 0; w < why->list.count; w++) {
			buf_printf(&text, "%s%s", w == 0 ? "" : ", ",
				leg_words(rehearsal_text(&why->list.items[w])));
		}
		if (ends.len > 0) {
			buf_add_text(&text, ", until ");
			text_data(&text, ends);
		}
		if (value_get_str(leg, "deadline").len > 0) {
			buf_add_text(&text, "; due ");
			view_time(&text, value_get_str(leg, "deadline"));
		}
		if (value_get_bool(leg, "lost", false)) {
			const struct str successor = value_get_str(leg, "successor");
			buf_add_text(&text, "; ");
			if (successor.len > 0) {
				buf_add_text(&text, "its people go to ");
				names_service_short(&text, names, successor);
			} else {
				buf_add_text(&text, "NO SUCCESSOR IS NAMED");
			}
		}
		view_cell(out, "  Live leg", &text);
	}
	buf_finish(&text);
}

static void put_totals(struct buf *out, const struct names *names, const struct value *body)
{
	const struct value *all = list_at(body, "services");
	const struct value *gaps = list_at(body, "authorities");
	struct arena arena;
	struct text_table table;
	struct buf text = {0};
	arena_init(&arena, 0);
	text_table_init(&table, &arena, 3);
	text_table_cell(&table, STR("SERVICE"));
	text_table_cell(&table, STR("GAINS"));
	text_table_cell(&table, STR("LOSES"));
	for (size_t i = 0; i < all->list.count; i++) {
		const struct value *service = &all->list.items[i];
		names_service_short(&text, names, value_get_str(service, "service"));
		text_table_cell(&table, buf_str(&text));
		buf_reset(&text);
		buf_printf(&text, "%lld", (long long)value_get_int(service, "gains", 0));
		text_table_cell(&table, buf_str(&text));
		buf_reset(&text);
		buf_printf(&text, "%lld", (long long)value_get_int(service, "loses", 0));
		text_table_cell(&table, buf_str(&text));
		buf_reset(&text);
	}
	if (all->list.count > 0) {
		text_table_print(out, &table, 0);
	}
	for (size_t i = 0; i < gaps->list.count; i++) {
		const struct value *place = &gaps->list.items[i];
		const long long count = (long long)value_get_int(place, "gaps", 0);
		const struct str code = value_get_str(place, "authority");
		text_data(out, code.len == 0 ? STR("no known authority") : names_authority(code));
		buf_printf(out, ": %lld need%s that nobody takes any more\n", count,
			count == 1 ? "" : "s");
	}
	out->failed = out->failed || arena_failed(&arena) || text.failed;
	arena_finish(&arena);
	buf_finish(&text);
}

static void put_summary(struct buf *out, const struct value *body)
{
	static const struct {
		const char *key, *words;
	} sums[] = {{"same", "the same"}, {"elsewhere", "elsewhere"}, {"gap", "in a gap"},
		{"found", "found a service"}, {"asked", "asked something new"},
		{"other", "otherwise"}};
	const long long erased = (long long)value_get_int(body, "erased", 0);
	const long long damaged = (long long)value_get_int(body, "damaged", 0);
	const long long legs = (long long)value_get_int(body, "legs_lost", 0);
	buf_printf(out, "%lld tried", (long long)value_get_int(body, "replayed", 0));
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		const long long count = (long long)value_get_int(body, sums[i].key, 0);
		if (i == 0 || count > 0) {
			buf_printf(out, "%s %lld %s", i == 0 ? ":" : ",", count, sums[i].words);
		}
	}
	buf_printf(out, "; %lld live leg%s lose%s the service", legs, legs == 1 ? "" : "s",
		legs == 1 ? "s" : "");
	if (erased + damaged > 0) {
		buf_printf(out, "; not tried: %lld erased, %lld damaged", erased, damaged);
	}
	buf_add_text(out, "\n");
}

void view_rehearsed(struct buf *out, const struct names *names, const struct value *body)
{
	const struct value *items = list_at(body, "items");
	for (size_t i = 0; i < items->list.count; i++) {
		const struct value *item = &items->list.items[i];
		put_head(out, item);
		put_change(out, names, item);
		put_moves(out, names, item);
		put_legs(out, names, item);
	}
	if (items->list.count > 0) {
		buf_add_text(out, "\n");
		put_totals(out, names, body);
	}
	put_summary(out, body);
}
