/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_POSTCODES_H
#define ONWARD_DIRECTORY_POSTCODES_H
#include "broker/base/err.h"
#include "broker/base/str.h"
/*
 * From a postcode to its local authority: a file made once of the ONS Postcode Directory or the
 * National Statistics Postcode Lookup, mapped into memory and asked in place.  A postcode is never
 * an authority: what is found is a suggestion for a person to confirm, since a postcode may lie on
 * both sides of a boundary.
 *
 * Start reading in postcodes_table.h, which shows the file.
 */

/* "SW9 8LF", or an outward code alone, "SW9". */
struct directory_postcode {
	char text[9];     /* as it is written: "SW9 8LF", "SW9" */
	uint32_t outward; /* in order of the letters */
	int32_t inward;   /* -1: the outward code alone */
};
/* Spaces and case do not matter.  ERR_INVALID when it has not the shape of a postcode. */
MUST_CHECK enum err directory_postcode_parse(
	struct str text, struct directory_postcode *ret_postcode);

struct directory_postcodes; /* may be asked from any thread */

/* Maps the file and checks it.  ERR_NOT_FOUND; ERR_VERSION, ERR_CORRUPT, ERR_IO, with the path in
 * fault->field. */
MUST_CHECK enum err directory_postcodes_open(
	const char *path, struct directory_postcodes **ret_postcodes, struct fault *fault);
void directory_postcodes_close(struct directory_postcodes *postcodes); /* accepts NULL */
/* How many there are. */
size_t directory_postcodes_count(const struct directory_postcodes *postcodes);

struct directory_postcode_place {
	struct str code; /* GSS code, also of Scotland and Northern Ireland; in the file's memory */
	bool ended;      /* the postcode is no longer in use */
	uint32_t count;  /* of candidates: postcodes with that outward code that lie there */
};
/* False when there is no such postcode. */
bool directory_postcodes_find(const struct directory_postcodes *postcodes,
	const struct directory_postcode *postcode, struct directory_postcode_place *ret_place);
/* True when a postcode lies in the authority of that code. */
bool directory_postcodes_have(const struct directory_postcodes *postcodes, struct str code);
/* Where postcodes with its outward code lie, the authority with the most first: at most `most` are
 * written, all are counted. */
size_t directory_postcodes_candidates(const struct directory_postcodes *postcodes,
	const struct directory_postcode *postcode, struct directory_postcode_place *ret_places,
	size_t most);

/* What was read of a CSV. */
struct directory_postcodes_report {
	uint64_t rows;              /* without the heading */
	uint64_t postcodes;         /* kept, each once */
	uint64_t ended;             /* among them, no longer in use */
	uint64_t without_authority; /* rows that name none, such as those of the Channel Islands */
	uint64_t repeated;          /* rows of a postcode that stood there before */
	size_t authorities;         /* different ones */
	char postcode_column[32], authority_column[32], ended_column[32]; /* by their headings */
};
/* Reads the CSV at `csv_path` and puts the table in the place of the file at `path`, which stays
 * as it was on any failure.  ERR_NOT_FOUND, ERR_IO, ERR_FULL; ERR_INVALID when it is no such CSV or
 * is cut, with "file:line" in fault->field.  `progress` may be NULL; it is told bytes. */
MUST_CHECK enum err directory_postcodes_import(const char *csv_path, const char *path,
	void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
	struct directory_postcodes_report *ret_report, struct fault *fault);
#endif
