/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/postcodes_table.h"

#include <stdarg.h>
#include <stdio.h>

/* The CSV of the ONS Postcode Directory, the National Statistics Postcode Lookup, or whatever else
 * has a column of postcodes and one of authorities, told by their headings. */

enum {
	COLUMNS_MAX = 256, /* the Directory has about 60 */
	SHOWN = 24         /* characters of a value in a message */
};

static enum err PRINTF_LIKE(3, 4)
	wrong(const struct postcodes_csv *csv, struct fault *fault, const char *format, ...);

static enum err wrong(const struct postcodes_csv *csv, struct fault *fault, const char *format, ...)
{
	char where[160];
	char message[300];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	(void)snprintf(
		where, sizeof(where), "%.130s:%llu", csv->name, (unsigned long long)csv->line);
	return fault_set(fault, ERR_INVALID, where, "%s", message);
}

/* Splits a row; quotes around a value are taken off.  How many values there are, of which the first
 * `most` are written; 0 when a quote does not end. */
static unsigned row_split(struct str row, struct str *values, unsigned most)
{
	const char *at = row.ptr;
	const char *end = row.ptr + row.len;
	unsigned count = 0;
	for (;;) {
		const bool quoted = at < end && *at == '"';
		const char *from = quoted ? at + 1 : at;
		const char *to = from;
		if (quoted) {
			while (to < end && (*to != '"' || (to + 1 < end && to[1] == '"'))) {
				to += *to == '"' ? 2 : 1;
			}
			if (to >= end) {
				return 0;
			}
		}
		at = to;
		while (at < end && *at != ',') {
			at++;
		}
		if (count < most) {
			values[count] = (struct str){from, (size_t)((quoted ? to : at) - from)};
		}
		count++;
		if (at == end) {
			return count;
		}
		at++;
	}
}

static struct str trimmed(struct str text)
{
	while (text.len > 0 && text.ptr[0] == ' ') {
		text = (struct str){text.ptr + 1, text.len - 1};
	}
	while (text.len > 0 && text.ptr[text.len - 1] == ' ') {
		text.len--;
	}
	return text;
}

/* -- the heading -- */

/* How well a heading names the column, 0 not at all.  A number sign in a pattern is two digits,
 * the year: of two columns that differ in it the later one is better. */
static unsigned heading_fits(struct str heading, const char *const *patterns)
{
	enum {
		YEARS = 100
	};
	for (unsigned p = 0; patterns[p] != NULL; p++) {
		const char *at = patterns[p];
		unsigned year = 0;
		size_t i = 0;
		while (i < heading.len && *at != '\0') {
			const char c = heading.ptr[i];
			if (*at == '#' && i + 1 < heading.len && c >= '0' && c <= '9' &&
				heading.ptr[i + 1] >= '0' && heading.ptr[i + 1] <= '9') {
				year = (unsigned)(c - '0') * 10 +
				       (unsigned)(heading.ptr[i + 1] - '0');
				i += 2;
			} else if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == *at) {
				i++;
			} else {
				break;
			}
			at++;
		}
		if (i == heading.len && *at == '\0') {
			return (16 - p) * YEARS + year;
		}
	}
	return 0;
}

static int column_find(const struct str *headings, unsigned count, const char *const *patterns,
	char *out, size_t size)
{
	int found = -1;
	unsigned best = 0;
	for (unsigned i = 0; i < count; i++) {
		const struct str heading = trimmed(headings[i]);
		const unsigned fits = heading_fits(heading, patterns);
		if (fits > best) {
			best = fits;
			found = (int)i;
			str_copy(out, size, heading);
		}
	}
	return found;
}

static enum err heading_read(struct postcodes_csv *csv, struct str row, struct fault *fault)
{
	static const char *const postcode[] = {
		"pcds", "pcd8", "pcd7", "pcd", "pcd2", "pcd#", "postcode", "postcode_space", NULL};
	static const char *const authority[] = {"lad#cd", "lad##cd", "oslaua", "laua", "ladcd",
		"lad#", "laua#", "oslaua#", "lad_code", "local_authority_code", NULL};
	static const char *const ended[] = {"doterm", "doterm#", "date_of_termination", NULL};
	struct directory_postcodes_report *report = &csv->making.report;
	struct str headings[COLUMNS_MAX];
	const unsigned count = row_split(row, headings, COLUMNS_MAX);
	if (count < 2 || count > COLUMNS_MAX) {
		return wrong(csv, fault,
			"is no CSV: a heading of column names with commas between them is "
			"expected");
	}
	csv->columns = count;
	csv->postcode_at = column_find(headings, count, postcode, report->postcode_column,
		sizeof(report->postcode_column));
	csv->authority_at = column_find(headings, count, authority, report->authority_column,
		sizeof(report->authority_column));
	csv->ended_at = column_find(
		headings, count, ended, report->ended_column, sizeof(report->ended_column));
	if (csv->postcode_at < 0) {
		return wrong(csv, fault, "has no column of postcodes (pcds, pcd7, pcd8 or pcd)");
	}
	if (csv->authority_at < 0) {
		return wrong(csv, fault,
			"has no column of local authorities (oslaua, laua, or lad23cd with another "
			"year)");
	}
	return ERR_OK;
}

/* -- the rows -- */

static bool is_gss(struct str code)
{
	bool ok = code.len == 9 && code.ptr[0] >= 'A' && code.ptr[0] <= 'Z';
	for (size_t i = 1; ok && i < code.len; i++) {
		ok = code.ptr[i] >= '0' && code.ptr[i] <= '9';
	}
	return ok;
}

/* A value as a message may show it. */
static void shown(struct str value, char out[SHOWN + 1])
{
	str_copy(out, SHOWN + 1, value);
	for (char *c = out; *c != '\0'; c++) {
		*c = *c >= ' ' && *c <= '~' ? *c : '?';
	}
}

static enum err row_read(struct postcodes_csv *csv, struct str row, struct fault *fault)
{
	struct str values[COLUMNS_MAX];
	char text[SHOWN + 1];
	struct directory_postcode postcode;
	const unsigned count = row_split(row, values, COLUMNS_MAX);
	if (count != csv->columns) {
		return wrong(csv, fault,
			count == 0 ? "a quote is not closed"
				   : "has %u columns, the heading has %u: is the file whole?",
			count, csv->columns);
	}
	csv->making.report.rows++;
	const struct str wanted = trimmed(values[csv->postcode_at]);
	if (directory_postcode_parse(wanted, &postcode) != ERR_OK || postcode.inward < 0) {
		shown(wanted, text);
		return wrong(csv, fault, "%s: \"%s\" is no postcode",
			csv->making.report.postcode_column, text);
	}
	const struct str code = trimmed(values[csv->authority_at]);
	if (code.len == 0) {
		csv->making.report.without_authority++;
		return ERR_OK;
	}
	if (!is_gss(code)) {
		shown(code, text);
		return wrong(csv, fault, "%s: \"%s\" is no code of an authority, such as E09000022",
			csv->making.report.authority_column, text);
	}
	const bool ended = csv->ended_at >= 0 && trimmed(values[csv->ended_at]).len > 0;
	const enum err err = postcodes_add(&csv->making, &postcode, code, ended);
	return err == ERR_TOO_LARGE ? wrong(csv, fault,
					      "too many rows or authorities: this is no file of "
					      "postcodes")
				    : err;
}

/* Where the line ends: at the first newline outside quotes.  NULL when there is none. */
static const char *line_end(struct str bytes)
{
	const char *from = bytes.ptr;
	const char *end = bytes.ptr + bytes.len;
	unsigned quotes = 0;
	while (from < end) {
		const char *newline = memchr(from, '\n', (size_t)(end - from));
		if (newline == NULL) {
			return NULL;
		}
		for (; from < newline; from++) {
			quotes += *from == '"';
		}
		if (quotes % 2 == 0) {
			return newline;
		}
		from = newline + 1;
		if (from - bytes.ptr > POSTCODES_LINE_MAX) {
			return NULL;
		}
	}
	return NULL;
}

static enum err line_read(struct postcodes_csv *csv, struct str line, struct fault *fault)
{
	csv->line++;
	if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
		line.len--;
	}
	if (csv->columns == 0) {
		const struct str mark = STR("\xef\xbb\xbf");
		if (str_has_prefix(line, mark)) {
			line = (struct str){line.ptr + mark.len, line.len - mark.len};
		}
		return heading_read(csv, line, fault);
	}
	return line.len == 0 ? ERR_OK : row_read(csv, line, fault);
}

enum err postcodes_csv_take(struct postcodes_csv *csv, struct str bytes, bool last,
	size_t *ret_taken, struct fault *fault)
{
	enum err err = ERR_OK;
	size_t taken = 0;
	while (err == ERR_OK && taken < bytes.len) {
		const struct str rest = {bytes.ptr + taken, bytes.len - taken};
		const char *end = line_end(rest);
		if (end == NULL) {
			if (rest.len > POSTCODES_LINE_MAX) {
				csv->line++;
				err = wrong(csv, fault,
					"the line is too long, or a quote in it is not closed");
			}
			break;
		}
		const struct str line = {rest.ptr, (size_t)(end - rest.ptr)};
		err = line_read(csv, line, fault);
		taken += line.len + 1;
	}
	if (err == ERR_OK && last && taken < bytes.len) {
		csv->line++;
		err = wrong(csv, fault,
			"the file ends in the middle of a line: it was cut, download it again");
	}
	if (err == ERR_OK && last && csv->making.report.rows == 0) {
		err = wrong(csv, fault, "holds no postcodes");
	}
	*ret_taken = taken;
	return err;
}
