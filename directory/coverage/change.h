/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_CHANGE_H
#define ONWARD_DIRECTORY_COVERAGE_CHANGE_H
#include "directory/coverage/coverage.h"

/*
 * What another directory changes in the grid: where a woman of some age, with one need and on one
 * pathway, has a service that she had not, or has none any more.
 */
struct coverage_change {
	const struct directory_authority *authority;
	enum coverage_kind from, to;
	uint32_t needs; /* bits; the same change for each of them */
	uint32_t pathways;
	struct coverage_band ages; /* all of them: 0 to COVERAGE_AGE_MOST */
};

struct coverage_changes {
	/* What gets worse first, and of that what is lost altogether; then by authority. */
	const struct coverage_change *items;
	size_t count;
};
/* Both grids are of the same day, without further facts.  With `exact` every pair of kinds is its
 * own change; without it a place that loses or gains what is its own does so whatever else is
 * there: COVERAGE_ONE and COVERAGE_NONE stand for that.  In the arena.  ERR_NOMEM. */
MUST_CHECK enum err coverage_compare(const struct coverage *before, const struct coverage *after,
	bool exact, struct arena *arena, struct coverage_changes *ret_changes);
/* True when there was more. */
bool coverage_change_worse(const struct coverage_change *change);
/* "no service of its own any more, for accommodation and recall, from the age of 18": of the
 * authority, without its name. */
struct str coverage_change_words(const struct coverage_change *change, struct arena *arena);
#endif
