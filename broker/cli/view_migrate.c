/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/rehearsal.h"
#include "broker/cli/view.h"

/* What became of the legs of a service that ends. */

static const struct {
	const char *code, *words;
} whys[] = {
	{"rule-unknown", "the rule cannot tell: a fact it asks for is not known"},
	{"rule-error", "the rule fails on what is known of her"},
	{"consent", "her consent does not cover it: ask her first"},
	{"not-to-be-sent", "it is one that she is not to be sent to"},
	{"needs", "it does not take all that the leg is for"},
	{"has-her", "it has her already, by another leg"},
	{"moved-before", "moved before"},
	{"asked-before", "it has answered on this referral before"},
	{"state", "the referral does not go on"},
	{"erased", "what was personal is erased"},
	{"damaged", "her record cannot be read"},
	{"eligibility", "its rules say no, or cannot tell (--override eligibility)"},
	{"intake", "it takes nobody new at present"},
	{"capacity", "it has no room (--override capacity)"},
};

static void put_why(struct buf *out, struct str why)
{
	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		if (str_is(why, whys[i].code)) {
			buf_add_text(out, whys[i].words);
			return;
		}
	}
	buf_printf(out, "it is not for her: %s", rehearsal_why(why));
}

static void put_item(struct buf *out, const struct names *names, const struct value *item,
	const struct value *body)
{
	const struct str result = value_get_str(item, "result");
	const bool moved = str_is(result, "moved");
	const bool dry = value_get_bool(body, "dry_run", false);
	text_data(out, value_get_str(item, "leg"));
	buf_add_text(out, " (");
	text_data(out, phrase_state(value_get_str(item, "state")));
	buf_add_text(out, "): ");
	if (!moved) {
		buf_add_text(out, str_is(result, "already") ? "" : "stays: ");
		put_why(out, value_get_str(item, "why"));
		buf_add_text(out, "\n");
		return;
	}
	buf_add_text(out, dry ? "would move" : "moved, now ");
	if (!dry) {
		text_data(out, value_get_str(item, "new_leg"));
	}
	if (value_get_bool(item, "waits", false)) {
		buf_add_text(out, "; stays with ");
		names_service_short(out, names, value_get_str(body, "from"));
		buf_add_text(out, " until it says yes");
	}
	const struct value *over = value_get(item, STR("overridden"));
	for (size_t i = 0; over != NULL && over->kind == VALUE_LIST && i < over->list.count; i++) {
		buf_add_text(out, i == 0 ? "; overridden: " : ", ");
		phrase_blocked(out, rehearsal_text(&over->list.items[i]));
	}
	buf_add_text(out, "\n");
}

void view_migrated(struct buf *out, const struct names *names, const struct value *body)
{
	const struct value *items = value_get(body, STR("items"));
	size_t moved = 0;
	size_t waits = 0;
	size_t already = 0;
	size_t stays = 0;
	for (size_t i = 0; items != NULL && i < items->list.count; i++) {
		const struct value *item = &items->list.items[i];
		const struct str result = value_get_str(item, "result");
		put_item(out, names, item, body);
		moved += str_is(result, "moved");
		waits += str_is(result, "moved") && value_get_bool(item, "waits", false);
		already += str_is(result, "already");
		stays += str_is(result, "not-moved");
	}
	names_service_short(out, names, value_get_str(body, "from"));
	buf_add_text(out, " to ");
	names_service_short(out, names, value_get_str(body, "to"));
	buf_printf(out, ": %zu %s", moved,
		value_get_bool(body, "dry_run", false) ? "would move" : "moved");
	if (waits > 0) {
		buf_printf(
			out, " (%zu stay with the old service until the new one says yes)", waits);
	}
	if (already > 0) {
		buf_printf(out, ", %zu moved before", already);
	}
	buf_printf(out, ", %zu stay%s", stays, stays == 1 ? "s" : "");
	if (value_get_int(body, "not_meant", 0) > 0) {
		buf_printf(out, ", %lld not meant by the rule",
			(long long)value_get_int(body, "not_meant", 0));
	}
	if (value_get_int(body, "damaged", 0) > 0) {
		const long long damaged = (long long)value_get_int(body, "damaged", 0);
		buf_printf(out, ", %lld record%s that cannot be read", damaged,
			damaged == 1 ? "" : "s");
	}
	buf_add_text(out, "\n");
}
