/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_MIGRATE_H
#define ONWARD_CORE_MIGRATE_H
#include "broker/core/kernel.h"
/* Between the files of migrating: what a coordinator asks, and the rule she states. */

/* A clause over a woman's facts and those of the leg: leg.state, leg.needs, leg.days (since it
 * began), leg.by_hand.  In the arena of the command. */
struct migrate_rule {
	struct rules_clause *clause; /* NULL: every leg is meant */
};

struct migrate_request {
	struct migrate_rule rule;
	struct str from;                    /* in the command's arena */
	const struct directory_service *to; /* in force, running, with somebody to deliver to */
	uint32_t needs;                     /* legs for any of these; 0: all */
	bool eligibility, capacity;         /* set aside */
	size_t limit;
	struct store_key at; /* the walk goes on behind this referral */
	uint64_t moved;      /* legs that moved, or would, in the steps before */
};

/* Checks who asks and all that concerns every leg alike.  A refusal is in the decision's fault. */
MUST_CHECK enum err migrate_request_read(
	struct decide *decide, struct migrate_request *ret_request);
struct str migrate_cursor(struct arena *arena, const struct store_key *at, uint64_t moved);
/* Whether the rule names the leg; unknown: her facts do not say. */
enum rules_answer migrate_rule_answer(const struct migrate_rule *rule, struct decide *decide,
	const struct subject *subject, uint8_t leg);
#endif
