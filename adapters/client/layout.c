/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/layout.h"

#include "broker/base/text.h"
#include "broker/base/timestamp.h"
#include "broker/model/field.h"

#include <stdio.h>

enum {
	FIELD_INDENT = 2,
	FIELD_WIDTH = 26,
	PATH_SIZE = 160,
	DEPTH_MAX = 8
};

/* What the text is made with, and where it goes. */
struct layout {
	struct buf *out;
	const struct layout_words *words;
};

static void fields(
	const struct layout *layout, const struct value *map, struct str above, unsigned depth);

static void leaf_text(struct buf *out, const struct layout_words *words, const struct field *field,
	const struct value *value)
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
		if (field != NULL && field->type == FIELD_AUTHORITY && words != NULL) {
			text_data(out, words->authority(value->string));
		} else if (field != NULL && field->type == FIELD_TIME &&
			   timestamp_parse(value->string, &time) == ERR_OK) {
			timestamp_format_london(time, text);
			buf_add_text(out, text);
		} else if (field_not_asked(value)) {
			buf_add_text(out, "not asked");
		} else if (field_prefers_not_to_say(value)) {
			buf_add_text(out, "prefers not to say");
		} else if (field != NULL && field->vocab == VOCAB_NEED && words != NULL) {
			text_data(out, words->need(value->string));
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
static void list_field(const struct layout *layout, const char *label, const struct field *field,
	const struct value *list, struct str path, unsigned depth)
{
	struct buf cell = {0};
	for (size_t i = 0; i < list->list.count; i++) {
		const struct value *item = &list->list.items[i];
		if (item->kind == VALUE_MAP) {
			text_fieldf(layout->out, FIELD_INDENT * depth, FIELD_WIDTH, label, "%zu",
				i + 1);
			fields(layout, item, path, depth + 1);
		} else {
			buf_add_text(&cell, cell.len == 0 ? "" : ", ");
			leaf_text(&cell, layout->words, field, item);
		}
	}
	if (cell.len > 0) {
		text_field(layout->out, FIELD_INDENT * depth, FIELD_WIDTH, label, buf_str(&cell));
	}
	buf_finish(&cell);
}

static void fields(
	const struct layout *layout, const struct value *map, struct str above, unsigned depth)
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
			if (entry->value.map.count == 0) {
				break; /* nothing of it was agreed on */
			}
			text_field(layout->out, FIELD_INDENT * depth, FIELD_WIDTH, label,
				(struct str){0});
			fields(layout, &entry->value, path, depth + 1);
			break;
		case VALUE_LIST:
			list_field(layout, label, field, &entry->value, path, depth);
			break;
		case VALUE_NULL:
		case VALUE_BOOL:
		case VALUE_INT:
		case VALUE_DOUBLE:
		case VALUE_STRING:
		case VALUE_BYTES:
			leaf_text(&cell, layout->words, field, &entry->value);
			text_field(layout->out, FIELD_INDENT * depth, FIELD_WIDTH, label,
				buf_str(&cell));
			break;
		}
		buf_finish(&cell);
	}
}

void layout_contact(struct buf *out, const struct value *referral)
{
	const struct value *contact = value_get(referral, STR("contact"));
	if (contact == NULL || contact->kind != VALUE_MAP) {
		return;
	}
	const struct str instruction = value_get_str(contact, "instruction");
	if (!value_get_bool(contact, "safe_to_call", false)) {
		buf_add_text(out, "It is NOT known to be safe to call her.");
	}
	if (instruction.len > 0) {
		buf_add_text(out, out->len == 0 ? "" : " ");
		text_escape(out, instruction);
	}
}

void layout_emergency(struct buf *out, const struct value *referral)
{
	if (str_is(value_get_str(value_get(referral, STR("risk")), "self"), "immediate")) {
		buf_add_text(out, "IMMEDIATE RISK TO HERSELF. If she is in danger now call 999.");
	}
}

void layout_referral(
	struct buf *out, const struct value *referral, const struct layout_words *words)
{
	const struct layout layout = {out, words};
	if (referral != NULL && referral->kind == VALUE_MAP) {
		fields(&layout, referral, (struct str){0}, 1);
	}
}
