/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Length of the well-formed character at `s`, 0 when there is none. */
static size_t character_length(struct str s)
{
	for (size_t len = 1; len <= 4 && len <= s.len; len++) {
		if (str_is_utf8((struct str){s.ptr, len})) {
			return len;
		}
	}
	return 0;
}

static unsigned code_point(struct str s)
{
	static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	unsigned code = (unsigned char)s.ptr[0] & first[s.len];
	for (size_t i = 1; i < s.len; i++) {
		code = code << 6 | ((unsigned char)s.ptr[i] & 0x3f);
	}
	return code;
}

static void escape_one(struct buf *out, struct str character)
{
	if (!str_has_control(character, false)) {
		buf_add_str(out, character);
		return;
	}
	const unsigned code = code_point(character);
	buf_printf(out, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
}

static void escape(struct buf *out, struct str s, bool keep_newlines)
{
	for (size_t i = 0; i < s.len;) {
		const struct str rest = {s.ptr + i, s.len - i};
		const size_t len = character_length(rest);
		if (*rest.ptr == '\n' || *rest.ptr == '\t') {
			buf_append(out, keep_newlines ? rest.ptr : " ", 1);
		} else if (len == 0) {
			buf_printf(out, "\\x%02x", (unsigned char)*rest.ptr);
		} else {
			escape_one(out, (struct str){rest.ptr, len});
		}
		i += len == 0 ? 1 : len;
	}
}

void text_data(struct buf *out, struct str s)
{
	escape(out, s, false);
}

void text_escape(struct buf *out, struct str s)
{
	escape(out, s, true);
}

size_t text_columns(struct str s)
{
	size_t columns = 0;
	for (size_t i = 0; i < s.len; i++) {
		columns += ((unsigned char)s.ptr[i] & 0xc0) != 0x80 ? 1 : 0;
	}
	return columns;
}

static void spaces(struct buf *out, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_append(out, " ", 1);
	}
}

/* Wraps from column `at` on; lines after the first begin at `indent`. */
static void wrap_from(struct buf *out, size_t at, size_t indent, struct str s)
{
	bool line_begins = true;
	for (size_t i = 0; i < s.len;) {
		if (s.ptr[i] == '\n') {
			buf_add_text(out, "\n");
			spaces(out, i + 1 < s.len && s.ptr[i + 1] != '\n' ? indent : 0);
			at = indent;
			line_begins = true;
			i++;
			continue;
		}
		if (s.ptr[i] == ' ') {
			i++;
			continue;
		}
		size_t end = i;
		while (end < s.len && s.ptr[end] != ' ' && s.ptr[end] != '\n') {
			end++;
		}
		const struct str word = {s.ptr + i, end - i};
		const size_t columns = text_columns(word);
		if (!line_begins && at + 1 + columns > TEXT_WIDTH) {
			buf_add_text(out, "\n");
			spaces(out, indent);
			at = indent;
			line_begins = true;
		}
		if (!line_begins) {
			buf_add_text(out, " ");
			at++;
		}
		buf_add_str(out, word);
		at += columns;
		line_begins = false;
		i = end;
	}
	buf_add_text(out, "\n");
}

void text_wrap(struct buf *out, size_t indent, struct str s)
{
	spaces(out, s.len > 0 ? indent : 0);
	wrap_from(out, indent, indent, s);
}

void text_field(struct buf *out, size_t indent, size_t width, const char *label, struct str s)
{
	const size_t columns = text_columns(str_from(label));
	spaces(out, indent);
	buf_add_text(out, label);
	if (s.len == 0) {
		buf_add_text(out, "\n");
		return;
	}
	if (columns + 1 > width) {
		buf_add_text(out, "\n");
		spaces(out, indent + width);
	} else {
		spaces(out, width - columns);
	}
	wrap_from(out, indent + width, indent + width, s);
}

void text_fieldf(
	struct buf *out, size_t indent, size_t width, const char *label, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	const int len = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (len < 0) {
		out->failed = true;
		return;
	}
	text_field(out, indent, width, label, (struct str){text, (size_t)len});
	free(text);
}

void text_table_init(struct text_table *table, struct arena *arena, size_t columns)
{
	*table = (struct text_table){.arena = arena, .columns = columns};
}

void text_table_cell(struct text_table *table, struct str s)
{
	if (table->count == table->size) {
		const size_t size = table->size == 0 ? 64 : table->size * 2;
		struct str *cells = arena_array(table->arena, size, sizeof(*cells));
		if (cells == NULL) {
			return;
		}
		if (table->count > 0) {
			memcpy(cells, table->cells, table->count * sizeof(*cells));
		}
		table->cells = cells;
		table->size = size;
	}
	struct buf clean = {0};
	text_data(&clean, s);
	table->cells[table->count++] = arena_str(table->arena, buf_str(&clean));
	buf_finish(&clean);
}

void text_table_print(struct buf *out, const struct text_table *table, size_t indent)
{
	size_t widths[TEXT_TABLE_COLUMNS] = {0};
	for (size_t i = 0; i < table->count; i++) {
		const size_t columns = text_columns(table->cells[i]);
		size_t *width = &widths[i % table->columns];
		*width = columns > *width ? columns : *width;
	}
	for (size_t i = 0; i < table->count; i++) {
		const size_t column = i % table->columns;
		if (column == 0) {
			spaces(out, indent);
		}
		buf_add_str(out, table->cells[i]);
		/* No spaces behind the last cell that holds anything. */
		bool more = false;
		for (size_t j = i + 1; j % table->columns != 0 && j < table->count; j++) {
			more = more || table->cells[j].len > 0;
		}
		if (more) {
			spaces(out, widths[column] - text_columns(table->cells[i]) + 2);
		}
		if (column + 1 == table->columns || i + 1 == table->count) {
			buf_add_text(out, "\n");
		}
	}
}
