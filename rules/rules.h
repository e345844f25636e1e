/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_RULES_H
#define ONWARD_RULES_RULES_H
#include "broker/base/timestamp.h"
#include "rules/cel/cel.h"
/*
 * rules: eligibility clauses in CEL over facts that may be unknown: compiled, evaluated, explained.
 * Includes rules/cel and broker/base only: no clock, socket, store or directory; it sees a referral
 * through a getter of facts, or a table of values.
 *
 * Where to start reading: LANGUAGE.md is what an author writes; cel/cel.h the language; clause.h
 * what a clause is made of (compile.c, evaluate.c); shape.h and words.h what explains it.
 */

/* A compiled clause: immutable, usable from any thread, lives in the arena it was compiled into. */
struct rules_clause;

/* Where a source text is wrong: 1-based line and column (in code points), and a sentence. */
struct rules_error {
	unsigned line;
	unsigned column;
	char message[200];
};

/* ERR_INVALID, ERR_TOO_LARGE for a limit, ERR_NOMEM; each with *ret_error filled.  `source` is
 * copied.  What a failed compilation took stays in the arena until its reset. */
MUST_CHECK enum err rules_compile(struct arena *arena, struct str source,
	struct rules_clause **ret_clause, struct rules_error *ret_error);
/* The same, checked: the facts are the environment's declarations, by their types, and a type error
 * or, unless the environment is open, an unknown fact is refused.  `env` outlives the clause. */
MUST_CHECK enum err rules_compile_in(struct arena *arena, const struct cel_env *env,
	struct str source, struct rules_clause **ret_clause, struct rules_error *ret_error);
struct str rules_clause_source(const struct rules_clause *clause);
/* The fact paths a clause reads ("person.age"), sorted, without doubles. */
size_t rules_clause_facts(const struct rules_clause *clause, const struct str **ret_paths);
/* What one evaluation costs at worst, in the unit of CEL_LIMIT_COST, which it does not pass. */
uint64_t rules_clause_cost(const struct rules_clause *clause);

enum rules_fact_kind {
	RULES_FACT_UNKNOWN, /* not given */
	RULES_FACT_NULL,    /* known to have no value: has() is no, == null is yes */
	RULES_FACT_BOOL,
	RULES_FACT_INT,
	RULES_FACT_DOUBLE,
	RULES_FACT_STRING,
	RULES_FACT_TIMESTAMP, /* microseconds since 1970 UTC */
	RULES_FACT_DURATION,  /* microseconds */
	RULES_FACT_LIST,      /* of scalars; one unknown item makes it unknown */
	RULES_FACT_ABSENT,    /* in no schema: evaluating it is an error */
};

struct rules_fact {
	enum rules_fact_kind kind;
	union {
		bool boolean;
		int64_t integer; /* INT, TIMESTAMP, DURATION */
		double number;
		struct str string;
		struct {
			const struct rules_fact *items;
			size_t count;
		} list;
	};
};

enum rules_bound {
	RULES_AT_LEAST,
	RULES_AT_MOST,
};

/* A fact that was asked for, as the value it became. */
struct rules_kept {
	struct cel_value value;
	bool asked;
};

/* `get` returns the fact at a whole path; what it returns stays valid for the evaluation.  `label`
 * gives the words for an explanation; may be NULL, or return an empty string. */
struct rules_facts {
	void *context;
	struct rules_fact (*get)(void *context, struct str path);
	struct str (*label)(void *context, struct str path);
	/* What time alone will do: the words for when a number comes to be at least, or at most,
	 * what is required ("from 14 March 2027: age 18"); empty when it never does.  May be NULL.
	 */
	struct str (*change)(
		void *context, struct str path, enum rules_bound bound, int64_t threshold);
	/* By slot of the environment that the clause was compiled in; when given, `get` is asked
	 * only for what is declared nowhere.  Not known: cel_unknown(). */
	const struct cel_value *values;
	/* Room by slot likewise, zeroed at first: what `get` said is found there by the next
	 * clause. For as long as scratch is not reset; may be NULL. */
	struct rules_kept *kept;
};

enum rules_answer {
	RULES_NO,
	RULES_YES,
	RULES_UNKNOWN,
	RULES_ERROR,
};

struct rules_result {
	enum rules_answer answer;
	const struct str *missing; /* RULES_UNKNOWN: the paths it hangs on, sorted; in scratch */
	size_t missing_count;
	struct str error; /* RULES_ERROR: why, without values */
};

/* CEL's rules: in && and || a deciding bool beats unknown beats error; elsewhere error beats
 * unknown.  A yes or no holds whatever the unknown facts turn out to be; `missing` is enough to
 * decide, but may hold more than is needed (`p || !p`).  Asks for each fact at most once.  Never
 * fails: an exhausted arena or cost limit is RULES_ERROR. */
struct rules_result rules_evaluate(
	const struct rules_clause *clause, const struct rules_facts *facts, struct arena *scratch);

/* One English sentence, small at the start and without a full stop, in scratch, from the clause's
 * shape, the fact's label and value and the threshold; `result` is what rules_evaluate gave for the
 * same facts.  Without `show_values` no value of the person stands in it: a threshold that is or
 * may be the value is left out too, except in the source of a condition that has no shape. */
struct str rules_explain(const struct rules_clause *clause, const struct rules_facts *facts,
	const struct rules_result *result, bool show_values, struct arena *scratch);

/* How a clause is to be spoken of. */
struct rules_wording {
	bool show_values;
	struct str means; /* the author's words for the clause; may be empty */
	/* What a person asks the service where the answer is no, which the caller then turned into
	 * an unknown that hangs on nothing; empty: a no is a no. */
	struct str question;
};

/* What is shown to people: the author's words where there are any, then what the person's facts
 * make of them; or the question. */
struct str rules_account(const struct rules_clause *clause, const struct rules_facts *facts,
	const struct rules_result *result, const struct rules_wording *wording,
	struct arena *scratch);
#endif
