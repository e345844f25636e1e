/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_TEXT_H
#define ONWARD_BASE_TEXT_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
/* Plain text for people: wrapped, aligned, and with what a terminal would obey made visible. */
enum {
	TEXT_WIDTH = 88, /* columns of a line */
	TEXT_TABLE_COLUMNS = 8
};

/* Data on one line: control characters, C1 controls, direction overrides and bytes that are not
 * UTF-8 appear as \x1b or \u202e; a newline or tab becomes a space. */
void text_data(struct buf *out, struct str s);
/* The same without changing what `s` holds of newlines: for text that is laid out already. */
void text_escape(struct buf *out, struct str s);
/* Columns that a text takes: its code points. */
size_t text_columns(struct str s);

/* Words of `s` wrapped at TEXT_WIDTH, every line indented, ending with a newline.  Newlines of `s`
 * begin a new line. */
void text_wrap(struct buf *out, size_t indent, struct str s);
/* Two columns: `indent`, `label` in `width` columns, then `s` wrapped beside it. */
void text_field(struct buf *out, size_t indent, size_t width, const char *label, struct str s);
/* The same with a printf text. */
void text_fieldf(struct buf *out, size_t indent, size_t width, const char *label,
	const char *format, ...) PRINTF_LIKE(5, 6);

/* Rows collected, then printed with columns as wide as they need.  Cells are copied. */
struct text_table {
	struct arena *arena; /* borrowed */
	size_t columns;
	struct str *cells;
	size_t count, size;
};
void text_table_init(struct text_table *table, struct arena *arena, size_t columns);
void text_table_cell(struct text_table *table, struct str s);
void text_table_print(struct buf *out, const struct text_table *table, size_t indent);
#endif
