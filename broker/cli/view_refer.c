/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

/* What happens next, by the referral's state. */
static const char *next_step(struct str state)
{
	static const struct {
		const char *state, *text;
	} rows[] = {
		{"submitted", "It is stored safely and will be matched to services."},
		{"open", "Each service is told now. What it answers appears here: onward show "},
		{"needs-information",
			"Nothing goes to a service before the questions below are answered: onward "
			"amend "},
		{"no-service", "No service is told. It is kept, counted as unmet need, and the "
			       "coordinator can "
			       "see it: onward show "},
		{"scheduled", "It is held until the date it depends on and matched that day: "
			      "onward show "},
		{"withdrawn", "It was stopped. Services that held it are told: onward show "},
		{"closed", "Everything about it has ended: onward show "},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_is(state, rows[i].state)) {
			return rows[i].text;
		}
	}
	return "";
}

static void legs(struct buf *out, const struct names *names, const struct value *list)
{
	struct buf cell = {0};
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *leg = &list->list.items[i];
		const struct str role = value_get_str(leg, "role");
		names_service(&cell, names, value_get_str(leg, "service"));
		buf_add_text(&cell, ": ");
		text_data(&cell, phrase_state(value_get_str(leg, "state")));
		view_waiting(&cell, leg);
		buf_add_text(&cell, "\nfor ");
		const size_t before = cell.len;
		view_needs(&cell, value_get(leg, STR("needs")));
		if (cell.len == before) {
			buf_add_text(&cell, "the person as a whole");
		}
		view_cell(out, str_is(role, "lead") ? "Lead service" : "Specialist", &cell);
	}
	buf_finish(&cell);
}

void view_advice(struct buf *out, const struct value *list)
{
	struct buf cell = {0};
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *contact = &list->list.items[i];
		const struct str name = value_get_str(contact, "name");
		text_data(&cell, name.len > 0 ? name : value_get_str(contact, "organisation"));
		const struct str of = value_get_str(contact, "organisation");
		if (of.len > 0 && name.len > 0 && !str_equal(of, name)) {
			buf_add_text(&cell, ", ");
			text_data(&cell, of);
		}
		if (value_get_str(contact, "contact").len > 0) {
			buf_add_text(&cell, ", ");
			text_data(&cell, value_get_str(contact, "contact"));
		}
		view_cell(out, "Advice", &cell);
	}
	buf_finish(&cell);
}

void view_refer(struct buf *out, const struct names *names, const struct value *referral,
	const struct value *body)
{
	const struct str reference = value_get_str(body, "reference");
	const struct str state = value_get_str(body, "state");
	struct buf cell = {0};
	if (referral == NULL) {
		(void)view_emergency_said(out, body);
	}
	text_data(out, value_get_str(body, "source_ref"));
	buf_add_text(out, "  ");
	text_data(out, reference);
	buf_add_text(out, "  ");
	text_data(out, phrase_state(state));
	buf_add_text(out, value_get_bool(body, "duplicate", false)
				  ? "  (sent before; nothing was changed)\n"
				  : "\n");
	legs(out, names, value_get(body, STR("legs")));
	const char *next = next_step(state);
	buf_add_text(&cell, next);
	if (next[0] != '\0' && next[strlen(next) - 1] == ' ') {
		text_data(&cell, reference);
		buf_add_text(&cell, str_is(state, "needs-information") ? " FILE" : "");
	}
	if (cell.len > 0) {
		view_cell(out, "Next", &cell);
	}
	view_gaps(out, value_get(body, STR("gaps")),
		referral != NULL ? view_authority(referral) : value_get_str(body, "authority"),
		state);
	view_questions(out, value_get(body, STR("questions")));
	view_advice(out, value_get(body, STR("advice")));
	out->failed = out->failed || cell.failed;
	buf_finish(&cell);
}

void view_refused(struct buf *out, struct str source_ref, const struct fault *fault)
{
	struct buf cell = {0};
	text_data(out, source_ref.len > 0 ? source_ref : STR("(no source_ref)"));
	buf_printf(out, "  refused: %s\n", err_code(fault->code));
	if (fault->field[0] != '\0') {
		text_data(&cell, str_from(fault->field));
		view_cell(out, "Field", &cell);
	}
	text_data(&cell,
		str_from(fault->message[0] != '\0' ? fault->message : err_text(fault->code)));
	view_cell(out, "Why", &cell);
	buf_finish(&cell);
}
