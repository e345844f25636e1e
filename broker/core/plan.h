/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_PLAN_H
#define ONWARD_CORE_PLAN_H
#include "broker/base/arena.h"
#include "broker/model/vocab.h"
#include "directory/directory.h"
#include "rules/rules.h"
/*
 * A directory made ready for matching: codes become bits, clauses are compiled.  Immutable; any
 * thread.
 */
struct plan_clause {
	const struct directory_clause *source;
	struct rules_clause *compiled;
	uint64_t cost; /* of one evaluation, at worst: rules_clause_cost */
	bool repeats;  /* a fact stands in it more than once: what CEL misses may be too much */
};

struct plan_service {
	const struct directory_service *source;
	uint32_t pathways, needs, lead_needs, groups, referrer_kinds;
	const struct plan_clause *eligibility, *cohort;
	struct str agreement; /* the fields its agreement names, comma separated */
};

struct plan {
	struct directory *directory;
	const struct plan_service *services; /* the same positions as the directory's */
	uint64_t version;                    /* 0: not published */
	struct cel_env facts;                /* what clauses are checked against */
	struct arena arena;
};

/* Takes ownership of `directory` when it succeeds. ERR_NOMEM, ERR_CONFIG. */
MUST_CHECK enum err plan_create(
	struct directory *directory, uint64_t version, struct plan **ret_plan, struct fault *fault);
void plan_destroy(struct plan *plan); /* accepts NULL */

/* What the directory checks itself against: vocabularies, the rules' parser, the field table.
 * Static. */
const struct directory_rulebook *plan_rulebook(void);
#endif
