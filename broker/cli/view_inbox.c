/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/timestamp.h"
#include "broker/base/text.h"
#include "broker/cli/view.h"
#include "broker/model/field.h"

#include <stdio.h>

/* A delivery laid out for the person who opens it: the agreed fields, in the field table's words.
 */
enum {
	FIELD_INDENT = 2,
	FIELD_WIDTH = 26,
	PATH_SIZE = 160,
	DEPTH_MAX = 8
};

static void fields(struct buf *out, const struct value *map, struct str above, unsigned depth);

static void leaf_text(struct buf *out, const struct field *field, const struct value *value)
{
	timestamp_us time;
	char text[TIMESTAMP_TEXT_SIZE];
	switch (value->kind) {
	case VALUE_NULL:
		return;
	case VALUE_BOOL:
		buf_add_text(out, value->boolean ? "yes" : "no");
		return;
	case VALUE_INT:
		buf_printf(out, "%lld", (long long)value->integer);
		return;
	case VALUE_DOUBLE:
		buf_printf(out, "%g", value->number);
		return;
	case VALUE_STRING:
		if (field != NULL && field->type == FIELD_AUTHORITY) {
			text_data(out, names_authority(value->string));
		} else if (field != NULL && field->type == FIELD_TIME &&
			   timestamp_parse(value->string, &time) == ERR_OK) {
			timestamp_format_london(time, text);
			buf_add_text(out, text);
		} else if (field_not_asked(value)) {
			buf_add_text(out, "not asked");
		} else if (field_prefers_not_to_say(value)) {
			buf_add_text(out, "prefers not to say");
		} else if (field != NULL && field->vocab == VOCAB_NEED) {
			text_data(out, words_need(value->string));
		} else if (field != NULL && (field->flags & FIELD_NOTE) != 0) {
			text_escape(out, value->string);
		} else {
			text_data(out, value->string);
		}
		return;
	case VALUE_BYTES:
	case VALUE_LIST:
	case VALUE_MAP:
		return;
	}
}

static void label_of(const struct field *field, struct str key, char *out, size_t size)
{
	struct buf clean = {0};
	text_data(&clean, key);
	(void)snprintf(out, size, "%.*s",
		field != NULL ? (int)strlen(field->label) : (int)clean.len,
		field != NULL ? field->label : (clean.data == NULL ? "" : clean.data));
	buf_finish(&clean);
}

/* A list of plain values on one line, a list of maps one below the other. */
static void list_field(struct buf *out, const char *label, const struct field *field,
	const struct value *list, struct str path, unsigned depth)
{
	struct buf cell = {0};
	for (size_t i = 0; i < list->list.count; i++) {
		const struct value *item = &list->list.items[i];
		if (item->kind == VALUE_MAP) {
			text_fieldf(out, FIELD_INDENT * depth, FIELD_WIDTH, label, "%zu", i + 1);
			fields(out, item, path, depth + 1);
		} else {
			buf_add_text(&cell, cell.len == 0 ? "" : ", ");
			leaf_text(&cell, field, item);
		}
	}
	if (cell.len > 0) {
		text_field(out, FIELD_INDENT * depth, FIELD_WIDTH, label, buf_str(&cell));
	}
	buf_finish(&cell);
}

static void fields(struct buf *out, const struct value *map, struct str above, unsigned depth)
{
	for (size_t i = 0; depth <= DEPTH_MAX && i < map->map.count; i++) {
		const struct value_entry *entry = &map->map.entries[i];
		char path_text[PATH_SIZE];
		(void)snprintf(path_text, sizeof(path_text), "%.*s%s%.*s", STR_ARG(above),
			above.len == 0 ? "" : ".", STR_ARG(entry->key));
		const struct str path = str_from(path_text);
		const struct field *field = field_find(path);
		char label[80];
		label_of(field, entry->key, label, sizeof(label));
		struct buf cell = {0};
		switch (entry->value.kind) {
		case VALUE_MAP:
			text_field(out, FIELD_INDENT * depth, FIELD_WIDTH, label, (struct str){0});
			fields(out, &entry->value, path, depth + 1);
			break;
		case VALUE_LIST:
			list_field(out, label, field, &entry->value, path, depth);
			break;
		case VALUE_NULL:
		case VALUE_BOOL:
		case VALUE_INT:
		case VALUE_DOUBLE:
		case VALUE_STRING:
		case VALUE_BYTES:
			leaf_text(&cell, field, &entry->value);
			text_field(out, FIELD_INDENT * depth, FIELD_WIDTH, label, buf_str(&cell));
			break;
		}
		buf_finish(&cell);
	}
}

/* Whoever sees a number must first see whether it may be used. */
static void contact_warning(struct buf *out, const struct value *referral)
{
	const struct value *contact = value_get(referral, STR("contact"));
	if (contact == NULL || contact->kind != VALUE_MAP) {
		return;
	}
	const struct str instruction = value_get_str(contact, "instruction");
	struct buf cell = {0};
	if (!value_get_bool(contact, "safe_to_call", false)) {
		buf_add_text(&cell, "It is NOT known to be safe to call her.");
	}
	if (instruction.len > 0) {
		buf_add_text(&cell, cell.len == 0 ? "" : " ");
		text_escape(&cell, instruction);
	}
	if (cell.len > 0) {
		view_cell(out, "Before contact", &cell);
	}
	buf_finish(&cell);
}

void view_inbox(struct buf *out, const struct names *names, const struct value *item)
{
	const struct value *referral = value_get(item, STR("referral"));
	struct buf cell = {0};
	text_data(out, value_get_str(item, "leg"));
	buf_add_text(out, "  ");
	names_service(out, names, value_get_str(item, "service"));
	buf_add_text(out, "  ");
	text_data(out, words_state(value_get_str(item, "state")));
	buf_add_text(out, "\n");
	if (str_is(value_get_str(item, "mode"), "rehearsal")) {
		buf_add_text(&cell, "rehearsal: nobody real is meant");
		view_cell(out, "Mode", &cell);
	}
	if (str_is(value_get_str(value_get(referral, STR("risk")), "self"), "immediate")) {
		buf_add_text(&cell, "IMMEDIATE RISK TO HERSELF. If she is in danger now call 999.");
		view_cell(out, "Emergency", &cell);
	}
	contact_warning(out, referral);
	if (value_get_str(item, "deadline").len > 0) {
		view_time(&cell, value_get_str(item, "deadline"));
		view_cell(out, "Answer due", &cell);
	}
	if (referral != NULL && referral->kind == VALUE_MAP) {
		fields(out, referral, (struct str){0}, 1);
	}
	buf_finish(&cell);
}
