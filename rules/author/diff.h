/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_DIFF_H
#define ONWARD_RULES_AUTHOR_DIFF_H
#include "rules/author/region.h"

/*
 * Two books, and the people for whom a service's outcome is another one.  Each service that stands
 * in both, and whose clauses differ, is asked about everybody on the grid of both; people whose
 * outcome changes in the same way are one row.
 */
struct author_trait {
	const struct author_fact *fact;
	struct str values; /* "18 to 24", "female or male" */
	/* AUTHOR_INT, and all values between them: what stands at the ends.  Else 1 and 0. */
	int64_t least, most;
};

struct author_change {
	const struct author_service *before, *after; /* NULL: it stands in the other book only */
	enum author_verdict from, to;                /* when it stands in both */
	uint64_t people, of; /* kinds of people it is about, and how many there are */
	/* What they have in common; none: nothing. */
	const struct author_trait *traits;
	size_t trait_count;
	struct str who;     /* "person.age 18 to 24, person.gender female" */
	struct str example; /* one of them, as a table writes it */
	bool proven;        /* false: there may be more people */
};

struct author_changes {
	const struct author_change *items;
	size_t count;
	size_t same; /* services whose outcome is the same for everybody */
	/* Services whose clauses are written otherwise but say the same. */
	size_t reworded;
};

/* ERR_NOMEM. */
MUST_CHECK enum err author_diff(const struct author_book *before, const struct author_book *after,
	struct arena *arena, struct author_changes *ret_changes);

/* "women aged 17 become eligible", of a change between verdicts. */
struct str author_change_words(const struct author_change *change, struct arena *arena);
#endif
