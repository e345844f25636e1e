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

/* What matching asks of every service alike; the other clauses are the service's own. */
static bool is_common(struct str clause)
{
	static const char *const common[] = {"routing", "delivery", "area", "pathway", "referrer",
		"needs", "consent", "window", "release", "intake", "capacity"};
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		if (str_is(clause, common[i])) {
			return true;
		}
	}
	return false;
}

/* Everything common that said yes, as one sentence. */
static void common_yes(struct buf *out, const struct value *list)
{
	struct buf cell = {0};
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *clause = &list->list.items[i];
		if (is_common(value_get_str(clause, "clause")) &&
			str_is(value_get_str(clause, "result"), "yes")) {
			buf_add_text(&cell, cell.len == 0 ? "yes: " : "; ");
			text_data(&cell, value_get_str(clause, "text"));
		}
	}
	if (cell.len > 0) {
		text_field(out, 4, 2, "-", buf_str(&cell));
	}
	buf_finish(&cell);
}

/* The clauses, each with its sentence; those that said yes only when asked for, and then what is
 * common to all services together. */
static void clauses(struct buf *out, const struct value *service, bool also_yes)
{
	const struct value *list = value_get(service, STR("clauses"));
	struct buf cell = {0};
	if (also_yes) {
		common_yes(out, list);
	}
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *clause = &list->list.items[i];
		const struct str result = value_get_str(clause, "result");
		const struct str text = value_get_str(clause, "text");
		const struct str id = value_get_str(clause, "clause");
		const bool yes = str_is(result, "yes");
		if ((yes && (!also_yes || is_common(id))) || (text.len == 0 && id.len == 0)) {
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

/* Whether the service covers the place: yes, no, unknown; empty when the answer does not say. */
static struct str covers(const struct value *service)
{
	const struct value *list = value_get(service, STR("clauses"));
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		if (str_is(value_get_str(&list->list.items[i], "clause"), "area")) {
			return value_get_str(&list->list.items[i], "result");
		}
	}
	return (struct str){0};
}

static void name_add(struct buf *list, const struct value *service, struct str id)
{
	const struct str name = value_get_str(service, "name");
	buf_add_text(list, list->len == 0 ? "" : "; ");
	text_data(list, name.len > 0 ? name : id);
}

static void paragraph(struct buf *out, const char *heading, struct buf *names)
{
	if (names->len > 0) {
		buf_printf(out, "\n%s\n", heading);
		text_wrap(out, 2, buf_str(names));
	}
	buf_finish(names);
}

static void judged(struct buf *out, const struct names *names, const char *heading,
	const struct value *body, const char *verdict)
{
	const struct value *services = value_get(body, STR("services"));
	struct buf unstated = {0};
	bool begun = false;
	for (size_t i = 0;
		services != NULL && services->kind == VALUE_LIST && i < services->list.count; i++) {
		const struct value *service = &services->list.items[i];
		const struct str id = value_get_str(service, "service");
		if (!has_verdict(body, service, verdict)) {
			continue;
		}
		if (str_is(covers(service), "unknown")) {
			name_add(&unstated, service, id);
			continue;
		}
		if (!begun) {
			buf_printf(out, "\n%s\n", heading);
			begun = true;
		}
		service_line(out, names, service, id);
		clauses(out, service, false);
		missing(out, service);
	}
	paragraph(out, "They may fit, but which places they cover is not stated: ask them",
		&unstated);
}

/* What said no, on one line. */
static void why_not(struct buf *out, const struct value *service)
{
	const struct value *list = value_get(service, STR("clauses"));
	for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->list.count; i++) {
		const struct value *clause = &list->list.items[i];
		if (str_is(value_get_str(clause, "result"), "no")) {
			buf_add_text(out, out->len == 0 ? "" : "; ");
			text_data(out, value_get_str(clause, "text"));
		}
	}
}

/* Those that cover the place give their reasons; the others, by far the most, share a paragraph. */
static void ineligible(struct buf *out, const struct names *names, const struct value *body)
{
	const struct value *services = value_get(body, STR("services"));
	struct buf elsewhere = {0}, unstated = {0}, reasons = {0};
	bool begun = false;
	for (size_t i = 0;
		services != NULL && services->kind == VALUE_LIST && i < services->list.count; i++) {
		const struct value *service = &services->list.items[i];
		const struct str id = value_get_str(service, "service");
		const struct str area = covers(service);
		if (!has_verdict(body, service, "ineligible")) {
			continue;
		}
		if (str_is(area, "no") || str_is(area, "unknown")) {
			name_add(str_is(area, "no") ? &elsewhere : &unstated, service, id);
			continue;
		}
		buf_add_text(out, begun ? "" : "\nNot eligible\n");
		begun = true;
		service_line(out, names, service, id);
		why_not(&reasons, service);
		text_field(out, 4, 2, "-", buf_str(&reasons));
		buf_reset(&reasons);
	}
	buf_finish(&reasons);
	paragraph(out, "Not eligible, and which places they cover is not stated", &unstated);
	paragraph(out, "For other places", &elsewhere);
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
