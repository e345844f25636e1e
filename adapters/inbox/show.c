/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/inbox/show.h"

#include "adapters/client/layout.h"
#include "broker/base/json_write.h"
#include "broker/base/text.h"
#include "broker/base/timestamp.h"

enum {
	SHOW_INDENT = 2,
	SHOW_WIDTH = 26
};

static const char *title_of(struct str kind)
{
	static const struct {
		const char *kind, *title;
	} titles[] = {
		{"referral", "Referral"},
		{"amended", "CHANGED"},
		{"withdrawn", "WITHDRAWN: stop, and confirm"},
		{"notice", "Notice"},
	};
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		if (str_is(kind, titles[i].kind)) {
			return titles[i].title;
		}
	}
	return "Delivery";
}

static void line(struct buf *out, const char *label, struct str text)
{
	struct buf cell = {0};
	text_data(&cell, text);
	if (cell.len > 0) {
		text_field(out, SHOW_INDENT, SHOW_WIDTH, label, buf_str(&cell));
	}
	buf_finish(&cell);
}

static void warning(struct buf *out, const char *label,
	void (*fill)(struct buf *out, const struct value *referral), const struct value *referral)
{
	struct buf cell = {0};
	fill(&cell, referral);
	if (cell.len > 0) {
		text_field(out, SHOW_INDENT, SHOW_WIDTH, label, buf_str(&cell));
	}
	buf_finish(&cell);
}

static void sheet(struct buf *out, const struct value *leg)
{
	const struct value *referral = value_get(leg, STR("referral"));
	timestamp_us queued;
	char time[TIMESTAMP_TEXT_SIZE];
	buf_add_text(out, title_of(value_get_str(leg, "kind")));
	buf_add_text(out, "  ");
	text_data(out, value_get_str(leg, "leg"));
	buf_add_text(out, "  for ");
	text_data(out, value_get_str(leg, "service"));
	buf_add_text(out, "\n");
	if (str_is(value_get_str(leg, "mode"), "rehearsal")) {
		line(out, "Mode", STR("rehearsal: nobody real is meant"));
	}
	line(out, "State", value_get_str(leg, "state"));
	line(out, "Reason", value_get_str(leg, "reason"));
	if (value_get_bool(leg, "waiting_list", false)) {
		line(out, "Waiting list",
			STR("your places are taken: she is for the waiting list"));
	}
	if (timestamp_parse(value_get_str(leg, "queued"), &queued) == ERR_OK) {
		timestamp_format_london(queued, time);
		line(out, "Sent", str_from(time));
	}
	warning(out, "Emergency", layout_emergency, referral);
	warning(out, "Before contact", layout_contact, referral);
	layout_referral(out, referral, NULL);
	buf_add_text(out, "\n");
}

void show_leg(struct buf *out, const struct value *leg, bool json)
{
	if (json) {
		json_write(out, leg);
		buf_add_text(out, "\n");
	} else {
		sheet(out, leg);
	}
}

void show_answer(struct buf *out, const struct store_answer *answer, enum err err, struct str state,
	bool json)
{
	if (!json) {
		text_data(out, answer->leg);
		buf_add_text(out, err == ERR_OK ? "  answered: " : "  answer not taken: ");
		text_data(out, answer->action);
		if (err != ERR_OK) {
			buf_printf(out, " (%s)", err_code(err));
		}
		buf_add_text(out, "\n");
		return;
	}
	struct arena arena;
	arena_init(&arena, 0);
	struct value object = value_map_new(&arena, 6);
	value_put(&arena, &object, "kind", value_of_text("answer"));
	value_put(&arena, &object, "leg", value_of_str(answer->leg));
	value_put(&arena, &object, "action", value_of_str(answer->action));
	value_put(&arena, &object, "state", value_of_str(state));
	if (answer->reason.len > 0) {
		value_put(&arena, &object, "reason", value_of_str(answer->reason));
	}
	if (err != ERR_OK) {
		value_put(&arena, &object, "error", value_of_text(err_code(err)));
	}
	json_write(out, &object);
	buf_add_text(out, "\n");
	arena_finish(&arena);
}
