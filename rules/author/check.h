/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_CHECK_H
#define ONWARD_RULES_AUTHOR_CHECK_H
#include "rules/author/region.h"
#include "rules/limits.h"

/*
 * What is wrong, or odd, about the clauses of a book; each finding has one of these codes.
 *
 *   ERROR    does-not-compile   the language refuses it: grammar, names, types, limits
 *            unknown-fact       no referral holds a fact of that name
 *            vocabulary         a literal that the fact can never have
 *   WARNING  vocabulary         a slip in a word that an open text mostly is, a number out of range
 *            never-true         nobody can meet it (proven, or "no value tried" where it is not)
 *            always-true        it turns nobody away
 *            never-eligible     the clauses of a service together let nobody in
 *            can-fail           an error for somebody whose facts are known
 *            duplicate          the same condition stands twice in one service
 *            implied            another clause of the service says more: it has no effect
 *            cost               its worst case takes longer than a clause should
 *   NOTE     no-index           it is asked of every referral, one by one
 */
enum {
	/* A clause's static worst case, in the unit of CEL_LIMIT_COST, lists and texts taken to be
	 * as large as where it is refused: a tenth of that. */
	AUTHOR_COST_MAX = CEL_LIMIT_COST / 10,
};

/* Adds to findings; ERR_NOMEM. */
MUST_CHECK enum err author_check(const struct author_book *book, struct author_findings *findings);

/* -- between its files -- */

/* A finding about a clause, from a byte of its text on; `width` in characters.  NULL when memory is
 * short. */
struct author_finding *author_found(struct author_findings *findings,
	const struct author_service *service, const struct author_clause *clause, size_t offset,
	unsigned width, enum author_level level, const char *code, const char *format, ...)
	PRINTF_LIKE(8, 9);
/* Names that are no fact, and literals outside a vocabulary. */
void author_check_words(const struct author_book *book, const struct author_service *service,
	const struct author_clause *clause, struct author_findings *findings);
/* True when it is proven that nobody meets all of the clauses, each of which compiles.  Of one with
 * `otherwise: ask` a no is none: a person may still let somebody in.  `arena` grows by what a grid
 * takes. */
bool author_nobody_meets(const struct author_schema *schema,
	const struct author_clause *const *clauses, size_t count, struct arena *arena);
/* What asking everybody shows of one clause, and of the clauses of a service together. */
void author_check_outcomes(const struct author_book *book, const struct author_service *service,
	struct author_findings *findings);
#endif
