/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"
#include "broker/cli/phrases.h"
#include "broker/cli/view.h"

/* A decision laid open: chosen, also eligible, need to know, not eligible. */

static bool listed(const struct value *list, struct str id)
{
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *item = &list->list.items[i];
		if (str_equal(item->kind == VALUE_STRING ? item->string
							 : value_get_str(item, "service"),
			    id)) {
			return true;
		}
	}
	return false;
}

static const struct value *service_of(const struct value *body, struct str id)
{
	const struct value *services = value_get(body, STR("services"));
	for (size_t i = 0;
		services != NULL && services->kind == VALUE_LIST && i < services->list.count; i++) {
		if (str_equal(value_get_str(&services->list.items[i], "service"), id)) {
			return &services->list.items[i];
		}
	}
	return NULL;
}

/* The clauses that did not say yes, each with its sentence. */
static void clauses(struct buf *out, const struct value *service, bool also_yes)
{
	const struct value *list = value_get(service, STR("clauses"));
	struct buf cell = {0};
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *clause = &list->list.items[i];
		const struct str result = value_get_str(clause, "result");
		const struct str text = value_get_str(clause, "text");
		const struct str id = value_get_str(clause, "clause");
		if ((str_is(result, "yes") && !also_yes) || (text.len == 0 && id.len == 0)) {
			continue;
		}
		text_data(&cell, str_is(result, "unknown") ? STR("not known") : result);
		buf_add_text(&cell, ": ");
		text_data(&cell, text.len > 0 ? text : id);
		text_field(out, 4, 2, "-", buf_str(&cell));
		buf_reset(&cell);
	}
	buf_finish(&cell);
}

static void missing(struct buf *out, const struct value *service)
{
	const struct value *list = value_get(service, STR("missing"));
	struct buf cell = {0};
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		if (list->list.items[i].kind == VALUE_STRING) {
			phrase_question(&cell, list->list.items[i].string);
			text_field(out, 4, 2, "?", buf_str(&cell));
			buf_reset(&cell);
		}
	}
	buf_finish(&cell);
}

/* The broker's name for it, else what the home's directory says. */
static void service_line(
	struct buf *out, const struct names *names, const struct value *service, struct str id)
{
	const struct str name = value_get_str(service, "name");
	buf_add_text(out, "  ");
	if (name.len > 0) {
		text_data(out, name);
		buf_add_text(out, " (");
		text_data(out, id);
		buf_add_text(out, ")");
	} else {
		names_service(out, names, id);
	}
	buf_add_text(out, "\n");
}

/* Services that were named in order: chosen, cascade. */
static void ordered(struct buf *out, const struct names *names, const char *heading,
	const struct value *body, const struct value *list, bool reasons)
{
	if (list == NULL || list->kind != VALUE_LIST || list->list.count == 0) {
		return;
	}
	buf_printf(out, "\n%s\n", heading);
	for (size_t i = 0; i < list->list.count; i++) {
		const struct value *item = &list->list.items[i];
		const struct str id =
			item->kind == VALUE_STRING ? item->string : value_get_str(item, "service");
		const struct value *service = service_of(body, id);
		service_line(out, names, service, id);
		if (reasons) {
			clauses(out, service, true);
		}
	}
}

/* Judged so, and in neither list. */
static bool has_verdict(const struct value *body, const struct value *service, const char *verdict)
{
	const struct str id = value_get_str(service, "service");
	return str_is(value_get_str(service, "verdict"), verdict) &&
	       !listed(value_get(body, STR("chosen")), id) &&
	       !listed(value_get(body, STR("cascade")), id);
}

static void judged(struct buf *out, const struct names *names, const char *heading,
	const struct value *body, const char *verdict)
{
	const struct value *services = value_get(body, STR("services"));
	bool begun = false;
	for (size_t i = 0;
		services != NULL && services->kind == VALUE_LIST && i < services->list.count; i++) {
		const struct value *service = &services->list.items[i];
		if (!has_verdict(body, service, verdict)) {
			continue;
		}
		if (!begun) {
			buf_printf(out, "\n%s\n", heading);
			begun = true;
		}
		service_line(out, names, service, value_get_str(service, "service"));
		clauses(out, service, false);
		missing(out, service);
	}
}

/* Why not, on one line; false when it is (also) that it serves other places. */
static bool why_not(struct buf *out, const struct value *service)
{
	const struct value *list = value_get(service, STR("clauses"));
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *clause = &list->list.items[i];
		if (!str_is(value_get_str(clause, "result"), "no")) {
			continue;
		}
		if (str_is(value_get_str(clause, "clause"), "area")) {
			return false;
		}
		buf_add_text(out, out->len == 0 ? "" : "; ");
		text_data(out, value_get_str(clause, "text"));
	}
	return true;
}

/* Most services serve another place: those share one paragraph, the others give their reasons. */
static void ineligible(struct buf *out, const struct names *names, const struct value *body)
{
	const struct value *services = value_get(body, STR("services"));
	struct buf elsewhere = {0}, reasons = {0};
	bool begun = false;
	for (size_t i = 0;
		services != NULL && services->kind == VALUE_LIST && i < services->list.count; i++) {
		const struct value *service = &services->list.items[i];
		const struct str id = value_get_str(service, "service");
		if (!has_verdict(body, service, "ineligible")) {
			continue;
		}
		buf_reset(&reasons);
		if (!why_not(&reasons, service)) {
			const struct str name = value_get_str(service, "name");
			buf_add_text(&elsewhere, elsewhere.len == 0 ? "" : "; ");
			text_data(&elsewhere, name.len > 0 ? name : id);
			continue;
		}
		buf_add_text(out, begun ? "" : "\nNot eligible\n");
		begun = true;
		service_line(out, names, service, id);
		text_field(out, 4, 2, "-", buf_str(&reasons));
	}
	if (elsewhere.len > 0) {
		buf_add_text(out, "\nFor other places\n");
		text_wrap(out, 2, buf_str(&elsewhere));
	}
	buf_finish(&reasons);
	buf_finish(&elsewhere);
}

void view_explain(struct buf *out, const struct names *names, const struct value *referral,
	const struct value *body)
{
	const struct value *chosen = value_get(body, STR("chosen"));
	const struct str source_ref = value_get_str(referral, "source_ref");
	(void)view_emergency(out, referral, 1);
	buf_add_text(out, "What would be decided for ");
	text_data(out, source_ref.len > 0 ? source_ref : STR("this referral"));
	const int64_t version = value_get_int(body, "directory_version", 0);
	if (version > 0) {
		buf_printf(out, " (directory version %lld)\n", (long long)version);
	} else {
		buf_add_text(out, " (by the home's directory files)\n");
	}
	ordered(out, names, "Chosen", body, chosen, true);
	if (chosen == NULL || chosen->kind != VALUE_LIST || chosen->list.count == 0) {
		buf_add_text(out, "\nChosen\n  no service\n");
	}
	ordered(out, names, "Also eligible, in the order they would be asked", body,
		value_get(body, STR("cascade")), false);
	judged(out, names, "Eligible, not asked", body, "eligible");
	judged(out, names, "Need to know", body, "undetermined");
	judged(out, names, "A person must decide", body, "error");
	ineligible(out, names, body);
	const struct value *gaps = value_get(body, STR("gaps"));
	const struct value *questions = value_get(body, STR("questions"));
	if ((gaps != NULL && gaps->kind == VALUE_LIST && gaps->list.count > 0) ||
		(questions != NULL && questions->kind == VALUE_LIST && questions->list.count > 0)) {
		buf_add_text(out, "\nWhat is open\n");
	}
	view_gaps(out, gaps, view_authority(referral), STR("explained"));
	view_questions(out, questions);
	const struct value *advice = value_get(body, STR("advice"));
	if (advice != NULL && advice->kind == VALUE_LIST && advice->list.count > 0) {
		buf_add_text(out, "\nWho can advise\n");
		view_advice(out, advice);
	}
}
