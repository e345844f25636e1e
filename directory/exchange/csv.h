/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_EXCHANGE_CSV_H
#define ONWARD_DIRECTORY_EXCHANGE_CSV_H
#include "broker/base/buf.h"
/* Comma-separated values (RFC 4180) out of a text that lies in memory, a row at a time. */
enum {
	CSV_FIELDS = 200,            /* of a row; the widest table of the standard has 30 */
	CSV_FIELD_BYTES = 64 * 1024, /* of one field */
};

enum csv_answer {
	CSV_ROW,
	CSV_END,
	CSV_WIDE,     /* over CSV_FIELDS; the row was passed over */
	CSV_LONG,     /* a field over CSV_FIELD_BYTES; the row was passed over */
	CSV_UNCLOSED, /* a quote is never closed; nothing more comes */
	CSV_NOMEM,
};

struct csv {
	struct str text; /* the caller's */
	size_t at;
	unsigned line, row_line; /* 1-based: now; where the last row began */
	bool stray;              /* the last row had a quote within a field, or text after one */
	struct buf bytes;        /* of the row's fields, one after another */
	size_t begins[CSV_FIELDS + 1];
	size_t count; /* fields of the last row */
};
/* Passes a byte order mark. */
void csv_init(struct csv *csv, struct str text);
void csv_finish(struct csv *csv);
/* Lines may end in CR LF, LF or CR; empty ones are passed over. */
enum csv_answer csv_next(struct csv *csv);
/* Valid until the next row. */
struct str csv_field(const struct csv *csv, size_t index);
#endif
