/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_REGION_H
#define ONWARD_RULES_AUTHOR_REGION_H
#include "rules/author/person.h"

/*
 * The few values of a fact that can matter to a set of clauses: for `person.age >= 18` 17, 18 and
 * the ends of the range stand for every age.  A grid is every combination of such values, so that
 * asking each is a proof where `exact` says so, and a good sample where it does not.
 */
struct author_axis {
	const struct author_fact *fact;
	const struct rules_fact *values; /* all of them known */
	size_t count;
	bool exact; /* every value there is behaves as one of these */
};

struct author_grid {
	const struct author_axis *axes; /* of the facts that the clauses read, sorted by path */
	size_t count;
	uint64_t size;  /* combinations */
	uint64_t asked; /* of them that are looked at, at most AUTHOR_GRID_MAX, evenly spread */
	bool exact;     /* every axis is, and all combinations are looked at */
};

enum {
	/* Combinations looked at for one question, about a microsecond each. */
	AUTHOR_GRID_MAX = 100000,
	/* Values of one fact that are all tried when a clause does more than compare it. */
	AUTHOR_AXIS_MAX = 512,
	/* Codes of a list fact whose every subset is tried. */
	AUTHOR_SUBSET_MAX = 6,
};

/* Over the facts of the clauses that compile.  ERR_NOMEM. */
MUST_CHECK enum err author_grid_init(struct author_grid *grid, const struct author_schema *schema,
	const struct author_clause *const *clauses, size_t count, struct arena *arena);
/* Makes the person the n-th (below `asked`); false when no such person can be (a count that is not
 * its list's). */
bool author_grid_person(const struct author_grid *grid, uint64_t n, struct author_person *person);
/* Which of the values of an axis the n-th person has. */
size_t author_grid_value(const struct author_grid *grid, uint64_t n, size_t axis);
/* "person.age = 17, person.gender = female": the person on the grid's axes, as a table writes it.
 */
struct str author_grid_words(
	const struct author_grid *grid, const struct author_person *person, struct arena *arena);
/* True when the node compares one fact with literals and does nothing else. */
bool author_is_direct(const struct cel_node *node);
#endif
