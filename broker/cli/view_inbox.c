/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/layout.h"
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

void view_inbox(struct buf *out, const struct names *names, const struct value *item)
{
	const struct value *referral = value_get(item, STR("referral"));
	const struct layout_words words = {names_authority, phrase_need};
	struct buf cell = {0};
	text_data(out, value_get_str(item, "leg"));
	buf_add_text(out, "  ");
	names_service(out, names, value_get_str(item, "service"));
	buf_add_text(out, "  ");
	text_data(out, phrase_state(value_get_str(item, "state")));
	view_waiting(out, item);
	buf_add_text(out, "\n");
	if (str_is(value_get_str(item, "mode"), "rehearsal")) {
		buf_add_text(&cell, "rehearsal: nobody real is meant");
		view_cell(out, "Mode", &cell);
	}
	if (value_get_str(item, "unreadable").len > 0) {
		text_data(&cell, value_get_str(item, "unreadable"));
		buf_add_text(&cell, ": ask the source, and tell the operator");
		view_cell(out, "Not readable", &cell);
	}
	layout_emergency(&cell, referral);
	if (cell.len > 0) {
		view_cell(out, "Emergency", &cell);
	}
	layout_contact(&cell, referral);
	if (cell.len > 0) {
		view_cell(out, "Before contact", &cell);
	}
	if (value_get_str(item, "deadline").len > 0) {
		view_time(&cell, value_get_str(item, "deadline"));
		view_cell(out, "Answer due", &cell);
	}
	layout_referral(out, referral, &words);
	buf_finish(&cell);
}
