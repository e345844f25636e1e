/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

#include "broker/base/timestamp.h"
#include "broker/base/text.h"

enum {
	LABEL_INDENT = 2,
	LABEL_WIDTH = 18
};

void view_cell(struct buf *out, const char *label, struct buf *cell)
{
	text_field(out, LABEL_INDENT, LABEL_WIDTH, label, buf_str(cell));
	out->failed = out->failed || cell->failed;
	buf_reset(cell);
}

void view_time(struct buf *out, struct str rfc3339)
{
	timestamp_us time;
	char text[TIMESTAMP_TEXT_SIZE];
	if (timestamp_parse(rfc3339, &time) != ERR_OK) {
		text_data(out, rfc3339);
		return;
	}
	timestamp_format_london(time, text);
	buf_add_text(out, text);
}

void view_needs(struct buf *out, const struct value *needs)
{
	if (needs == NULL || needs->kind != VALUE_LIST) {
		return;
	}
	for (size_t i = 0; i < needs->list.count; i++) {
		buf_add_text(out, i == 0 ? "" : ", ");
		if (needs->list.items[i].kind == VALUE_STRING) {
			text_data(out, phrase_need(needs->list.items[i].string));
		}
	}
}

static struct str text_at(const struct value *root, const char *path)
{
	const struct value *value = value_at(root, path);
	return value != NULL && value->kind == VALUE_STRING ? value->string : (struct str){0};
}

struct str view_authority(const struct value *referral)
{
	static const char *const paths[] = {
		"duty_to_refer.authority", "person.local_authority", "person.local_connection"};
	for (size_t i = 0; referral != NULL && i < sizeof(paths) / sizeof(paths[0]); i++) {
		const struct str code = text_at(referral, paths[i]);
		if (code.len > 0) {
			return code;
		}
	}
	return (struct str){0};
}

void view_gaps(struct buf *out, const struct value *gaps, struct str authority, struct str state)
{
	/* What may still find a service is no unmet need yet. */
	const bool open = str_is(state, "needs-information") || str_is(state, "scheduled");
	const bool counted = !open && !str_is(state, "explained");
	struct buf cell = {0};
	for (size_t i = 0; gaps != NULL && gaps->kind == VALUE_LIST && i < gaps->list.count; i++) {
		const struct value *gap = &gaps->list.items[i];
		buf_add_text(
			&cell, open ? "No service is found yet for " : "No service was found for ");
		text_data(&cell, gap->kind == VALUE_STRING
					 ? phrase_need(gap->string)
					 : phrase_need(value_get_str(gap, "need")));
		if (authority.len > 0) {
			buf_add_text(&cell, " in ");
			text_data(&cell, names_authority(authority));
		}
		buf_add_text(&cell, counted ? ". It is counted as an unmet need." : ".");
		view_cell(out, "Gap", &cell);
	}
	buf_finish(&cell);
}

void view_questions(struct buf *out, const struct value *questions)
{
	struct buf cell = {0};
	for (size_t i = 0;
		questions != NULL && questions->kind == VALUE_LIST && i < questions->list.count;
		i++) {
		if (questions->list.items[i].kind == VALUE_STRING) {
			phrase_question(&cell, questions->list.items[i].string);
			view_cell(out, "Question", &cell);
		}
	}
	buf_finish(&cell);
}

bool view_emergency_said(struct buf *out, const struct value *body)
{
	if (value_get_str(body, "emergency").len == 0) {
		return false;
	}
	text_wrap(out, 0, str_from(phrase_emergency));
	buf_add_text(out, "\n");
	return true;
}

bool view_emergency(struct buf *out, const struct value *referrals, size_t count)
{
	struct buf who = {0};
	for (size_t i = 0; i < count; i++) {
		if (str_is(text_at(&referrals[i], "risk.self"), "immediate")) {
			buf_add_text(&who, who.len == 0 ? "It concerns " : ", ");
			text_data(&who, value_get_str(&referrals[i], "source_ref"));
		}
	}
	const bool any = who.len > 0;
	if (any) {
		buf_add_text(&who, ".");
		text_wrap(out, 0, str_from(phrase_emergency));
		text_wrap(out, 0, buf_str(&who));
		buf_add_text(out, "\n");
	}
	buf_finish(&who);
	return any;
}

/* What happened, to which service, why, by whom. */
static void event_words(struct buf *out, const struct names *names, const struct value *event)
{
	const struct value *actor = value_get(event, STR("actor"));
	text_data(out, phrase_event(value_get_str(event, "event")));
	const struct str service = value_get_str(event, "service");
	if (service.len > 0) {
		buf_add_text(out, ", ");
		names_service(out, names, service);
	}
	const struct str clock = value_get_str(event, "clock");
	const struct str what = value_get_str(event, "event");
	if (clock.len > 0 && (str_is(what, "clock-set") || str_is(what, "reminder") ||
				     str_is(what, "overdue"))) {
		buf_add_text(out, ": ");
		text_data(out, phrase_clock(clock));
		buf_add_text(out, " by ");
		view_time(out, value_get_str(event, "deadline"));
	}
	const struct str reason = value_get_str(event, "reason");
	if (reason.len > 0) {
		buf_add_text(out, ": ");
		text_data(out, phrase_reason(reason));
	}
	const struct str note = value_get_str(event, "note");
	if (note.len > 0) {
		buf_add_text(out, " (\"");
		text_data(out, note);
		buf_add_text(out, "\")");
	}
	struct str who = value_get_str(event, "actor");
	struct str user = value_get_str(event, "user");
	if (actor != NULL && actor->kind == VALUE_MAP) {
		who = value_get_str(actor, "party");
		user = value_get_str(actor, "user");
	}
	if (who.len > 0) {
		buf_add_text(out, "  [");
		text_data(out, who);
		if (user.len > 0) {
			buf_add_text(out, ", ");
			text_data(out, user);
		}
		buf_add_text(out, "]");
	}
}

/* One line, however long: whoever follows may search it. */
void view_event(struct buf *out, const struct names *names, const struct value *event)
{
	const struct str reference = value_get_str(event, "reference");
	view_time(out, value_get_str(event, "at"));
	if (reference.len > 0) {
		buf_add_text(out, "  ");
		text_data(out, reference);
	}
	buf_add_text(out, "  ");
	event_words(out, names, event);
	buf_add_text(out, "\n");
}

void view_timeline(struct buf *out, const struct names *names, const struct value *timeline)
{
	if (timeline == NULL || timeline->kind != VALUE_LIST || timeline->list.count == 0) {
		return;
	}
	struct buf at = {0}, words = {0};
	buf_add_text(out, "\nWhat happened\n");
	for (size_t i = 0; i < timeline->list.count; i++) {
		const struct value *event = &timeline->list.items[i];
		char label[64];
		view_time(&at, value_get_str(event, "at"));
		str_copy(label, sizeof(label), buf_str(&at));
		event_words(&words, names, event);
		text_field(out, 2, 24, label, buf_str(&words));
		buf_reset(&at);
		buf_reset(&words);
	}
	buf_finish(&at);
	buf_finish(&words);
}
