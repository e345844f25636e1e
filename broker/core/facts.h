/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_FACTS_H
#define ONWARD_CORE_FACTS_H
#include "broker/model/referral.h"
#include "rules/index/complete.h"
/*
 * A referral as the rules see it: the fields of the table under their paths, and a few facts
 * derived from them.  What was not given, not asked or not said is unknown, never false.
 */
struct facts {
	const struct referral *referral;
	timestamp_us now;
	struct arena *arena; /* for lists; the caller's scratch */
};

struct rules_facts facts_of(struct facts *facts);

/* The facts that are no fields, and the fields that stand behind them; static.  `needs` is both: as
 * a fact the list of their codes. */
enum facts_kind {
	FACTS_AGE,
	FACTS_NEED_COUNT,
	FACTS_SENTENCED,
	FACTS_NEEDS,
	FACTS_DAYS_TO_RELEASE, /* from today to the earliest date given; negative after it */
};
struct facts_derived {
	enum facts_kind kind;
	const char *fact;
	const char *field; /* to be asked for */
	const char *label;
};
const struct facts_derived *facts_derived(size_t *ret_count);

/* Every fact that holds a value, with its type, for the checker: an open environment, because
 * facts_nearest has better words for a stranger.  ERR_NOMEM. */
MUST_CHECK enum err facts_declare(struct arena *arena, struct cel_env *ret_env);
/* What a fact that is not known may turn out to be; borrows `facts`. */
struct index_ranges facts_ranges(struct facts *facts);
/* True when a referral can hold that fact: a field of the table, or a derived one. */
bool facts_known(struct str fact);
/* The fact a misspelt one is nearest to, terminated; empty when none is near. */
struct str facts_nearest(struct str fact);

/* The field a source would fill in to settle a fact: person.age -> person.date_of_birth.  Empty
 * when nobody may be asked: class 4, or class 3, or she prefers not to say. */
struct str facts_question(const struct referral *referral, struct str fact);
#endif
