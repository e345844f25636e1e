/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_REPORT_H
#define ONWARD_DIRECTORY_COVERAGE_REPORT_H
#include "broker/base/buf.h"
#include "directory/coverage/coverage.h"

/* The grid for people and for programs.  Each adds to `out`; a short memory is out->failed. */

/* What is said of a place as a whole, by the best it has. */
enum report_status {
	REPORT_COVERED,
	REPORT_RATE_CARD,
	REPORT_NOT_STATED,
	REPORT_NO_CONTRACT, /* what is for everybody may be there */
	REPORT_STATUSES
};
enum report_status report_status_of(
	const struct coverage *coverage, size_t place, const struct coverage_part *part);
const char *report_status_code(enum report_status status);  /* "no-contract" */
const char *report_status_words(enum report_status status); /* "no contracted service" */
/* True when the part is about the place. */
bool report_has_place(
	const struct coverage *coverage, size_t place, const struct coverage_part *part);

/* First who has nothing, then by authority, by need and by age. */
void report_table(
	struct buf *out, const struct coverage *coverage, const struct coverage_part *part);
/* Every cell a line, under a line of headings. */
void report_csv(struct buf *out, const struct coverage *coverage, const struct coverage_part *part);
/* One object a line: the authorities, then every cell. */
void report_json(
	struct buf *out, const struct coverage *coverage, const struct coverage_part *part);
/* "under 15", "15 to 17", "25 or over", "any age" */
struct str report_band_words(struct arena *arena, const struct coverage_band *band);
#endif
