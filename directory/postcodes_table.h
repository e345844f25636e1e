/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_POSTCODES_TABLE_H
#define ONWARD_DIRECTORY_POSTCODES_TABLE_H
#include "broker/base/buf.h"
#include "directory/postcodes.h"
/*
 * Internal to directory/: the file of postcodes.  All numbers are little-endian; every part begins
 * at a multiple of four bytes.
 *
 *   header      POSTCODES_HEADER bytes: magic, version, three zeros, CRC-32C of all that follows
 *               the header, then how many authorities, outward codes, candidates, postcodes
 *   authorities GSS codes of 9 characters with 3 zeros, in order
 *   outwards    outward code, first postcode, first candidate; in order.  What is one's last is
 *               the next one's first; one more at the end closes the lists
 *   candidates  authority, count of its postcodes; the most first
 *   postcodes   inward code << 17 | in use << 16 | authority; in order
 *
 * To change it: another POSTCODES_VERSION; operators make the file anew from the CSV.
 */
enum {
	POSTCODES_VERSION = 1,
	POSTCODES_HEADER = 32,
	POSTCODES_AUTHORITY = 12,
	POSTCODES_OUTWARD = 12,
	POSTCODES_CANDIDATE = 8,
	POSTCODES_ROW = 4,
	POSTCODES_AUTHORITY_MAX = 4096,       /* the United Kingdom has fewer than 400 at a time */
	POSTCODES_ROWS_MAX = 8 * 1000 * 1000, /* there are 2.7 million, of all times */
};
#define POSTCODES_MAGIC "ONWPC\r\n\x1a"

/* While a CSV is read. */
struct postcodes_making {
	uint64_t *rows; /* outward << 32 | inward << 17 | in use << 16 | authority */
	size_t count, room;
	char (*authorities)[9];
	size_t authority_count;
	size_t last_authority; /* that of the row before */
	struct directory_postcodes_report report;
};
/* ERR_TOO_LARGE, ERR_NOMEM. */
MUST_CHECK enum err postcodes_add(struct postcodes_making *making,
	const struct directory_postcode *postcode, struct str authority, bool ended);
/* Sorts what was added and writes the file into `out`, which is empty. */
MUST_CHECK enum err postcodes_write(struct postcodes_making *making, struct buf *out);
void postcodes_making_finish(struct postcodes_making *making);

/* -- the CSV -- */
struct postcodes_csv {
	const char *name; /* for messages */
	struct postcodes_making making;
	int postcode_at, authority_at, ended_at; /* columns; ended_at -1: there is none */
	unsigned columns;                        /* 0: the heading was not read yet */
	uint64_t line;
};
enum {
	POSTCODES_LINE_MAX = 64 * 1024 /* bytes; a row of the ONS has under 1,000 */
};
/* Takes whole lines off `bytes` and says how many bytes they had; with `last` there is nothing
 * behind them.  ERR_INVALID. */
MUST_CHECK enum err postcodes_csv_take(struct postcodes_csv *csv, struct str bytes, bool last,
	size_t *ret_taken, struct fault *fault);
#endif
