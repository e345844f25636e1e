/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/table.h"

/* A table as spreadsheets write it (RFC 4180): commas, cells in "…" where they hold one. */
enum {
	COLUMNS_MAX = 64
};

struct csv {
	const struct author_reading *reading;
	size_t at;
	unsigned line;
	struct str header[COLUMNS_MAX];
	struct str cells[COLUMNS_MAX];
	size_t columns, count;
	bool has_verdict;
};

/* A quoted cell with its doubled quotation marks undone. */
static struct str unquote(struct csv *csv)
{
	const struct str bytes = csv->reading->file->bytes;
	const size_t start = ++csv->at;
	while (csv->at < bytes.len &&
		(bytes.ptr[csv->at] != '"' ||
			(csv->at + 1 < bytes.len && bytes.ptr[csv->at + 1] == '"'))) {
		csv->line += bytes.ptr[csv->at] == '\n';
		csv->at += bytes.ptr[csv->at] == '"' ? 2 : 1;
	}
	char *copy = arena_alloc(csv->reading->findings->arena, csv->at - start + 1);
	size_t len = 0;
	for (size_t i = start; copy != NULL && i < csv->at; i++) {
		copy[len++] = bytes.ptr[i];
		i += bytes.ptr[i] == '"';
	}
	csv->at += csv->at < bytes.len;
	return (struct str){copy, len};
}

static struct str cell_take(struct csv *csv)
{
	const struct str bytes = csv->reading->file->bytes;
	if (csv->at < bytes.len && bytes.ptr[csv->at] == '"') {
		return unquote(csv);
	}
	const size_t start = csv->at;
	while (csv->at < bytes.len && bytes.ptr[csv->at] != ',' && bytes.ptr[csv->at] != '\n') {
		csv->at++;
	}
	size_t end = csv->at;
	end -= end > start && bytes.ptr[end - 1] == '\r';
	return (struct str){bytes.ptr + start, end - start};
}

/* One row into `cells`; false at the end.  Empty rows and lines that begin with # are passed over.
 */
static bool row_take(struct csv *csv)
{
	const struct str bytes = csv->reading->file->bytes;
	while (csv->at < bytes.len && (bytes.ptr[csv->at] == '\n' || bytes.ptr[csv->at] == '#')) {
		while (csv->at < bytes.len && bytes.ptr[csv->at] != '\n') {
			csv->at++;
		}
		csv->at++;
		csv->line++;
	}
	if (csv->at >= bytes.len) {
		return false;
	}
	csv->count = 0;
	bool more = true;
	while (more) {
		const struct str cell = cell_take(csv);
		if (csv->count < COLUMNS_MAX) {
			csv->cells[csv->count++] = cell;
		}
		csv->at += csv->at < bytes.len && bytes.ptr[csv->at] == '\r';
		more = csv->at < bytes.len && bytes.ptr[csv->at] == ',';
		csv->at++;
	}
	return true;
}

static bool cell_read(struct csv *csv, struct author_case *into, unsigned line, size_t column)
{
	const struct author_reading *reading = csv->reading;
	const struct str name = csv->header[column];
	const struct str text = csv->cells[column];
	if (str_is(name, "name")) {
		into->name = text;
	} else if (str_is(name, "service")) {
		into->service = text;
	} else if (str_is(name, "says")) {
		into->says = text;
	} else if (str_is(name, "verdict")) {
		csv->has_verdict = true;
		return author_reading_verdict(reading, into, line, text);
	} else if (str_is(name, "reason")) {
		into->reason_count = author_reading_names(reading, text, &into->reason);
	} else if (str_is(name, "missing")) {
		into->has_missing = text.len > 0;
		into->missing_count = author_reading_names(
			reading, str_is(text, "[]") ? (struct str){0} : text, &into->missing);
	} else {
		return author_reading_fact(reading, into, line, name, text);
	}
	return true;
}

void author_table_read_csv(const struct author_reading *reading)
{
	struct csv csv = {.reading = reading, .line = 1};
	if (!row_take(&csv)) {
		author_reading_complain(reading, 1, "the table is empty");
		return;
	}
	memcpy(csv.header, csv.cells, sizeof(csv.header));
	csv.columns = csv.count;
	csv.line++;
	while (row_take(&csv)) {
		const unsigned line = csv.line++;
		struct author_case *made = author_reading_case(reading, line);
		bool ok = made != NULL;
		if (ok && csv.count != csv.columns) {
			author_reading_complain(reading, line, "%zu cells, but %zu columns",
				csv.count, csv.columns);
			ok = false;
		}
		csv.has_verdict = false;
		for (size_t i = 0; ok && i < csv.columns; i++) {
			ok = cell_read(&csv, made, line, i);
		}
		if (ok && (!csv.has_verdict || made->service.len == 0)) {
			author_reading_complain(reading, line, "the row has no %s",
				csv.has_verdict ? "service" : "verdict");
			ok = false;
		}
		reading->table->count -= made != NULL && !ok;
	}
}
