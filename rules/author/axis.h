/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_AXIS_H
#define ONWARD_RULES_AUTHOR_AXIS_H
#include "rules/author/region.h"

/* What clauses compare a fact with, and the values of the fact that follow from it. */
struct author_pile {
	bool read;    /* by some clause */
	bool direct;  /* only ever compared with literals */
	bool ordered; /* by < and its kin */
	const struct cel_value **literals;
	size_t count, room;
};

struct author_axis author_axis_of(
	const struct author_fact *fact, const struct author_pile *pile, struct arena *arena);
#endif
