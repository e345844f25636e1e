/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_LIFECYCLE_H
#define ONWARD_CORE_LIFECYCLE_H
#include "broker/base/str.h"
#include "broker/model/vocab.h"
/*
 * Which state of a leg follows which, and who may move it there.  The table is in lifecycle.c;
 * LIFECYCLE.md repeats it and a test holds the two together.
 */
enum actor {
	ACTOR_BROKER,
	ACTOR_ADAPTER,
	ACTOR_PROVIDER,
	ACTOR_SOURCE,
	ACTOR_COORDINATOR,
	ACTOR_COUNT,
};

struct lifecycle_rule {
	enum leg_state from, to;
	uint32_t actors; /* bits 1 << enum actor */
};

const struct lifecycle_rule *lifecycle_table(size_t *ret_count);
bool lifecycle_allows(enum leg_state from, enum leg_state to, enum actor actor);
/* "received, accepted, declined": what this actor may do from there, for a refusal. */
void lifecycle_legal(enum leg_state from, enum actor actor, char *out, size_t size);
/* The leg is over: nothing is owed on it any more. */
bool lifecycle_is_ended(enum leg_state state);
/* The referral is over: no leg of it goes on, nothing is owed to anybody. */
bool lifecycle_referral_is_over(enum referral_state state);
/* The leg takes one of the service's places. */
bool lifecycle_holds_place(enum leg_state state);
const char *actor_name(enum actor actor);
#endif
