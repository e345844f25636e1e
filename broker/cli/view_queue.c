/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

/* What waits for a person, why, and what she may do about it. */

static const struct value *list_at(const struct value *map, const char *key)
{
	static const struct value none = {.kind = VALUE_LIST};
	const struct value *list = value_get(map, str_from(key));
	return list != NULL && list->kind == VALUE_LIST ? list : &none;
}

void view_age(struct buf *out, int64_t seconds)
{
	const long long minutes = seconds < 0 ? 0 : (long long)seconds / 60;
	const long long hours = minutes / 60;
	const long long days = hours / 24;
	if (days > 0) {
		buf_printf(out, "%lld day%s", days, days == 1 ? "" : "s");
		if (days < 10 && hours % 24 > 0) {
			buf_printf(out, " %lld h", hours % 24);
		}
	} else if (hours > 0) {
		buf_printf(out, "%lld h %lld min", hours, minutes % 60);
	} else {
		buf_printf(out, "%lld min", minutes);
	}
}

static void why(struct buf *out, const struct names *names, const struct value *item)
{
	struct buf cell = {0};
	const struct value *reasons = list_at(item, "reasons");
	const struct value *legs = list_at(item, "legs");
	for (size_t i = 0; i < reasons->list.count; i++) {
		const struct value *reason = &reasons->list.items[i];
		if (reason->kind != VALUE_STRING) {
			continue;
		}
		const struct value *alerts = list_at(item, "attention");
		const bool said = str_is(reason->string, "attention") && alerts->list.count > 0;
		for (size_t a = 0; said && a < alerts->list.count; a++) {
			if (alerts->list.items[a].kind == VALUE_STRING) {
				text_data(&cell, phrase_reason(alerts->list.items[a].string));
				view_cell(out, "Why", &cell);
			}
		}
		if (!said) {
			text_data(&cell, phrase_queue(reason->string));
			view_cell(out, "Why", &cell);
		}
	}
	for (size_t i = 0; i < legs->list.count; i++) {
		const struct value *leg = &legs->list.items[i];
		text_data(&cell, value_get_str(leg, "id"));
		buf_add_text(&cell, " ");
		names_service(&cell, names, value_get_str(leg, "service"));
		buf_add_text(&cell, ": ");
		text_data(&cell, phrase_state(value_get_str(leg, "state")));
		if (value_get_str(leg, "deadline").len > 0) {
			buf_add_text(&cell, ", due ");
			view_time(&cell, value_get_str(leg, "deadline"));
		}
		view_cell(out, "Service", &cell);
	}
	buf_finish(&cell);
}

static void step_assign(
	struct buf *cell, const struct names *names, struct str reference, const struct value *step)
{
	const struct value *blocked = list_at(step, "blocked");
	buf_add_text(cell, "onward assign ");
	text_data(cell, reference);
	buf_add_text(cell, " ");
	text_data(cell, value_get_str(step, "service"));
	buf_add_text(cell, " --reason \"...\"\n");
	names_service_short(cell, names, value_get_str(step, "service"));
	if (blocked->list.count == 0) {
		buf_add_text(cell, " is eligible, and was not asked yet");
	}
	for (size_t i = 0; i < blocked->list.count; i++) {
		buf_add_text(cell, i == 0 ? ": ring first; " : "; ");
		if (blocked->list.items[i].kind == VALUE_STRING) {
			phrase_blocked(cell, blocked->list.items[i].string);
		}
	}
}

static void step_words(struct buf *cell, const struct names *names, const struct value *item,
	const struct value *step)
{
	const struct str reference = value_get_str(item, "reference");
	const struct str code = value_get_str(step, "step");
	if (str_is(code, "assign")) {
		step_assign(cell, names, reference, step);
	} else if (str_is(code, "ask-source")) {
		const struct value *questions = list_at(step, "questions");
		buf_add_text(cell, "ask ");
		text_data(cell, value_get_str(item, "source"));
		buf_add_text(cell, ":");
		for (size_t i = 0; i < questions->list.count; i++) {
			if (questions->list.items[i].kind == VALUE_STRING) {
				buf_add_text(cell, "\n");
				phrase_question(cell, questions->list.items[i].string);
			}
		}
	} else if (str_is(code, "retry")) {
		buf_add_text(cell, "onward retry ");
		text_data(cell, value_get_str(step, "delivery"));
		buf_add_text(cell, "\nonce ");
		names_service_short(cell, names, value_get_str(step, "service"));
		buf_add_text(cell, " can be delivered to again");
	} else if (str_is(code, "phone-service")) {
		buf_add_text(cell, "ring ");
		names_service(cell, names, value_get_str(step, "service"));
		buf_add_text(cell, " about ");
		text_data(cell, value_get_str(step, "leg"));
	} else if (str_is(code, "consent")) {
		buf_add_text(cell, "have her asked: no service is left that her consent covers");
	} else {
		buf_add_text(cell, "look into it: onward show ");
		text_data(cell, reference);
	}
}

static void queue_item(struct buf *out, const struct names *names, const struct value *item)
{
	struct buf cell = {0};
	const struct value *steps = list_at(item, "next");
	text_data(out, value_get_str(item, "reference"));
	buf_add_text(out, value_get_bool(item, "urgent", false) ? "  URGENT  " : "  ");
	text_data(out, phrase_state(value_get_str(item, "state")));
	buf_add_text(out, ", waits for ");
	view_age(out, value_get_int(item, "age_s", 0));
	buf_add_text(out, "\n");
	if (value_get_str(item, "source").len > 0) {
		text_data(&cell, value_get_str(item, "source"));
		if (value_get_str(item, "authority").len > 0) {
			buf_add_text(&cell, ", for ");
			text_data(&cell, names_authority(value_get_str(item, "authority")));
		}
		view_cell(out, "From", &cell);
	}
	view_needs(&cell, value_get(item, STR("needs")));
	if (cell.len > 0) {
		view_cell(out, "Needs", &cell);
	}
	view_needs(&cell, value_get(item, STR("gaps")));
	if (cell.len > 0) {
		view_cell(out, "Nobody takes", &cell);
	}
	why(out, names, item);
	for (size_t i = 0; i < steps->list.count; i++) {
		step_words(&cell, names, item, &steps->list.items[i]);
		view_cell(out, i == 0 ? "Next" : "or", &cell);
	}
	buf_finish(&cell);
}

void view_queue(struct buf *out, const struct names *names, const struct value *items)
{
	if (items->kind != VALUE_LIST || items->list.count == 0) {
		buf_add_text(out, "nothing waits for a person\n");
		return;
	}
	for (size_t i = 0; i < items->list.count; i++) {
		queue_item(out, names, &items->list.items[i]);
		buf_add_text(out, "\n");
	}
	buf_printf(out, "%zu referral%s for a person, the oldest first\n", items->list.count,
		items->list.count == 1 ? " waits" : "s wait");
	buf_add_text(out, "seen to: onward queue --seen REFERENCE --reason \"...\"\n");
}

static void reasons_said(struct buf *out, const char *label, const struct value *reasons)
{
	struct buf cell = {0};
	for (size_t i = 0; i < reasons->list.count; i++) {
		if (reasons->list.items[i].kind == VALUE_STRING) {
			buf_add_text(&cell, i == 0 ? "" : "; ");
			text_data(&cell, phrase_queue(reasons->list.items[i].string));
		}
	}
	if (cell.len > 0) {
		view_cell(out, label, &cell);
	}
	buf_finish(&cell);
}

void view_seen(struct buf *out, const struct names *names, const struct value *body)
{
	(void)names;
	const struct value *left = list_at(body, "left");
	text_data(out, value_get_str(body, "reference"));
	buf_add_text(
		out, left->list.count == 0 ? "  is off the queue\n" : "  stays in the queue\n");
	reasons_said(out, "Seen to", list_at(body, "cleared"));
	reasons_said(out, "Still there", left);
}

void view_assigned(struct buf *out, const struct names *names, const struct value *body)
{
	struct buf cell = {0};
	const struct value *overridden = list_at(body, "overridden");
	text_data(out, value_get_str(body, "leg"));
	buf_add_text(out, "  ");
	names_service(out, names, value_get_str(body, "service"));
	buf_add_text(out, ": ");
	text_data(out, phrase_state(value_get_str(body, "state")));
	buf_add_text(out, "\n");
	for (size_t i = 0; i < overridden->list.count; i++) {
		if (overridden->list.items[i].kind == VALUE_STRING) {
			phrase_blocked(&cell, overridden->list.items[i].string);
			view_cell(out, "You decided", &cell);
		}
	}
	buf_finish(&cell);
}
