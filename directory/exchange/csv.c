/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/exchange/csv.h"

void csv_init(struct csv *csv, struct str text)
{
	*csv = (struct csv){.text = text, .line = 1};
	if (str_has_prefix(text, STR("\xef\xbb\xbf"))) {
		csv->at = 3;
	}
}

void csv_finish(struct csv *csv)
{
	buf_finish(&csv->bytes);
}

struct str csv_field(const struct csv *csv, size_t index)
{
	const size_t begin = csv->begins[index];
	return (struct str){csv->bytes.data == NULL ? "" : csv->bytes.data + begin,
		csv->begins[index + 1] - begin};
}

static bool more(const struct csv *csv)
{
	return csv->at < csv->text.len;
}

static bool at_line_end(const struct csv *csv)
{
	return more(csv) && (csv->text.ptr[csv->at] == '\n' || csv->text.ptr[csv->at] == '\r');
}

static void line_end_pass(struct csv *csv)
{
	if (!at_line_end(csv)) {
		return;
	}
	const char c = csv->text.ptr[csv->at++];
	csv->at += c == '\r' && more(csv) && csv->text.ptr[csv->at] == '\n';
	csv->line++;
}

static void take(struct csv *csv, size_t *len)
{
	const char *c = &csv->text.ptr[csv->at++];
	csv->line += *c == '\n';
	if (++*len <= CSV_FIELD_BYTES) {
		buf_append(&csv->bytes, c, 1);
	}
}

/* Behind the opening quote; false when the text ends before the closing one. */
static bool quoted_take(struct csv *csv, size_t *len)
{
	while (more(csv)) {
		if (csv->text.ptr[csv->at] != '"') {
			take(csv, len);
			continue;
		}
		const bool doubled =
			csv->at + 1 < csv->text.len && csv->text.ptr[csv->at + 1] == '"';
		csv->at++;
		if (!doubled) {
			return true;
		}
		take(csv, len);
	}
	return false;
}

/* One field, up to the comma or line end behind it. */
static enum csv_answer field_take(struct csv *csv)
{
	size_t len = 0;
	if (more(csv) && csv->text.ptr[csv->at] == '"') {
		csv->at++;
		if (!quoted_take(csv, &len)) {
			return CSV_UNCLOSED;
		}
		csv->stray = csv->stray ||
			     (more(csv) && !at_line_end(csv) && csv->text.ptr[csv->at] != ',');
	}
	while (more(csv) && !at_line_end(csv) && csv->text.ptr[csv->at] != ',') {
		csv->stray = csv->stray || csv->text.ptr[csv->at] == '"';
		take(csv, &len);
	}
	return len > CSV_FIELD_BYTES ? CSV_LONG : CSV_ROW;
}

enum csv_answer csv_next(struct csv *csv)
{
	enum csv_answer answer = CSV_ROW;
	while (at_line_end(csv)) {
		line_end_pass(csv);
	}
	if (!more(csv)) {
		return CSV_END;
	}
	buf_reset(&csv->bytes);
	csv->count = 0;
	csv->stray = false;
	csv->row_line = csv->line;
	for (;;) {
		const enum csv_answer field = field_take(csv);
		if (field == CSV_UNCLOSED) {
			csv->at = csv->text.len;
			return CSV_UNCLOSED;
		}
		answer = answer == CSV_ROW ? field : answer;
		if (csv->count < CSV_FIELDS) {
			csv->begins[++csv->count] = csv->bytes.len;
		} else {
			answer = CSV_WIDE;
			buf_reset(&csv->bytes);
		}
		if (!more(csv) || csv->text.ptr[csv->at] != ',') {
			break;
		}
		csv->at++;
	}
	line_end_pass(csv);
	return csv->bytes.failed ? CSV_NOMEM : answer;
}
