/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_TIMELINE_H
#define ONWARD_DIRECTORY_COVERAGE_TIMELINE_H
#include "directory/coverage/map.h"

/* Contracts over time, a row for each authority: what both pictures of it are drawn from. */
struct timeline_bar {
	const struct directory_service *service;
	bool rate_card;
};
struct timeline_row {
	size_t place;
	struct timeline_bar *bars; /* by service's id; also what lies outside the picture */
	size_t count;
};
struct timeline {
	int first_year, last_year; /* whole years, both shown */
	date_days from, to;
	struct timeline_row *rows; /* by place */
	size_t count;
};
/* All in `arena`.  ERR_NOMEM. */
MUST_CHECK enum err timeline_find(struct arena *arena, const struct coverage *coverage,
	const struct coverage_part *part, struct timeline *ret_timeline);
#endif
