/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_COMPLETE_H
#define ONWARD_RULES_INDEX_COMPLETE_H
#include "rules/rules.h"

/*
 * The completion pass.  CEL's set of what is missing holds more than is needed: `p || !p` asks for
 * p, and `age >= 18 && age < 16` for an age.  Here what is unknown is tried out, one value for each
 * elementary region, at most 4,096 ways; what never changes the outcome need not be asked, and what
 * remains is ranked by how much it would settle.  Facts of which more matters than their regions
 * (lists, arithmetic, two facts compared) stay unknown throughout, and are only left out when the
 * outcome never depends on them.
 */

/* What an unknown fact may turn out to be.  A double is never a NaN. */
struct index_range {
	unsigned
		kinds; /* 1U << RULES_FACT_NULL, _BOOL, _INT, _DOUBLE, _STRING; others: not tried */
	int64_t least, most;     /* INT, inclusive */
	const struct str *codes; /* STRING: there are no others … */
	size_t code_count;       /* … unless it is 0 */
};

/* `get` is false when nothing is known of the fact: then it is not tried. */
struct index_ranges {
	void *context;
	bool (*get)(void *context, struct str path, struct index_range *ret_range);
};

/* Clauses that must all hold. */
struct index_candidate {
	const struct rules_clause *const *clauses;
	size_t clause_count;
	const bool *asks; /* NULL, or for each: a no leaves it to a person, like an unknown */
	size_t ways_most; /* more are too many; 0: INDEX_LIMIT_COMPLETIONS */
};

/* What knowing a fact alone would do. */
enum index_worth {
	INDEX_WORTH_SOMETHING, /* it matters together with others */
	INDEX_WORTH_PERHAPS,   /* some of its values settle it */
	INDEX_WORTH_ALL,       /* whatever it is, it is settled */
};

struct index_completion {
	/* A no beats unknown beats error: unknown only when some way gives another outcome than
	 * some other, or when it depends on what was not tried, or when there were too many ways.
	 */
	enum rules_answer answer;
	/* UNKNOWN: the facts it hangs on, sorted, with what each is worth; in scratch or the
	 * clauses'.  None when only a person can tell (asks). */
	const struct str *missing;
	const enum index_worth *worth;
	size_t missing_count;
	bool tried; /* false: too many ways; missing is CEL's set */
};

/* ERR_NOMEM. */
MUST_CHECK enum err index_complete(const struct index_candidate *candidate,
	const struct rules_facts *facts, const struct index_ranges *ranges, struct arena *scratch,
	struct index_completion *ret_completion);

/* True when a fact stands in the clause more than once, or under a choice: only then can completing
 * the clause alone say more than evaluating it. */
bool index_clause_repeats(const struct rules_clause *clause);

struct index_question {
	struct str fact;
	size_t settles; /* candidates it alone settles, whatever it is */
	size_t perhaps; /* candidates it alone may settle */
	size_t asked;   /* candidates that hang on it */
};

/* What undetermined candidates ask for, each fact once: what settles most first, then what may
 * settle most, then what most hang on, then by name.  In the arena.  ERR_NOMEM. */
MUST_CHECK enum err index_questions_rank(const struct index_completion *completions, size_t count,
	struct arena *arena, const struct index_question **ret_questions, size_t *ret_count);
#endif
