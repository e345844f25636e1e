/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/lifecycle.h"

#include <stdio.h>

enum {
	B = 1 << ACTOR_BROKER,
	A = 1 << ACTOR_ADAPTER,
	P = 1 << ACTOR_PROVIDER,
	S = 1 << ACTOR_SOURCE,
	C = 1 << ACTOR_COORDINATOR,
};

static const struct lifecycle_rule rules[] = {
	{LEG_NONE, LEG_MATCHED, B | C},
	{LEG_MATCHED, LEG_DELIVERED, A},
	{LEG_MATCHED, LEG_EXPIRED, B},
	{LEG_MATCHED, LEG_WITHDRAWN, S | B},
	{LEG_DELIVERED, LEG_RECEIVED, P},
	{LEG_DELIVERED, LEG_ACCEPTED, P},
	{LEG_DELIVERED, LEG_WAITLISTED, P},
	{LEG_DELIVERED, LEG_DECLINED, P},
	{LEG_DELIVERED, LEG_EXPIRED, B},
	{LEG_DELIVERED, LEG_CANCEL_REQUESTED, S | B},
	{LEG_RECEIVED, LEG_INFO_REQUESTED, P},
	{LEG_RECEIVED, LEG_ACCEPTED, P},
	{LEG_RECEIVED, LEG_WAITLISTED, P},
	{LEG_RECEIVED, LEG_DECLINED, P},
	{LEG_RECEIVED, LEG_REDIRECTED, P},
	{LEG_RECEIVED, LEG_EXPIRED, B},
	{LEG_RECEIVED, LEG_ON_HOLD, P | B},
	{LEG_RECEIVED, LEG_CANCEL_REQUESTED, S | B},
	{LEG_RECEIVED, LEG_WITHDRAWN, P},
	{LEG_INFO_REQUESTED, LEG_RECEIVED, S},
	{LEG_INFO_REQUESTED, LEG_EXPIRED, B},
	{LEG_INFO_REQUESTED, LEG_ON_HOLD, P | B},
	{LEG_INFO_REQUESTED, LEG_CANCEL_REQUESTED, S | B},
	{LEG_INFO_REQUESTED, LEG_WITHDRAWN, P},
	{LEG_WAITLISTED, LEG_ACCEPTED, P},
	{LEG_WAITLISTED, LEG_DECLINED, P},
	{LEG_WAITLISTED, LEG_EXPIRED, B},
	{LEG_WAITLISTED, LEG_ON_HOLD, P | B},
	{LEG_WAITLISTED, LEG_CANCEL_REQUESTED, S | B},
	{LEG_WAITLISTED, LEG_WITHDRAWN, P},
	{LEG_ACCEPTED, LEG_STARTED, P},
	{LEG_ACCEPTED, LEG_DECLINED, P},
	{LEG_ACCEPTED, LEG_NOT_ENGAGED, P},
	{LEG_ACCEPTED, LEG_ENDED_EARLY, P},
	{LEG_ACCEPTED, LEG_EXPIRED, B},
	{LEG_ACCEPTED, LEG_ON_HOLD, P | B},
	{LEG_ACCEPTED, LEG_CANCEL_REQUESTED, S | B},
	{LEG_ACCEPTED, LEG_WITHDRAWN, P},
	{LEG_ON_HOLD, LEG_RECEIVED, P | B},
	{LEG_ON_HOLD, LEG_INFO_REQUESTED, P | B},
	{LEG_ON_HOLD, LEG_WAITLISTED, P | B},
	{LEG_ON_HOLD, LEG_ACCEPTED, P | B},
	{LEG_ON_HOLD, LEG_STARTED, P | B},
	{LEG_ON_HOLD, LEG_ENDED_EARLY, P},
	{LEG_ON_HOLD, LEG_EXPIRED, B},
	{LEG_ON_HOLD, LEG_CANCEL_REQUESTED, S | B},
	{LEG_ON_HOLD, LEG_WITHDRAWN, P},
	{LEG_STARTED, LEG_COMPLETED, P},
	{LEG_STARTED, LEG_ENDED_EARLY, P},
	{LEG_STARTED, LEG_NOT_ENGAGED, P},
	{LEG_STARTED, LEG_ON_HOLD, P | B},
	{LEG_STARTED, LEG_CANCEL_REQUESTED, S | B},
	{LEG_STARTED, LEG_WITHDRAWN, P},
	{LEG_CANCEL_REQUESTED, LEG_WITHDRAWN, P | B},
	{LEG_CANCEL_REQUESTED, LEG_COMPLETED, P},
	{LEG_EXPIRED, LEG_ACCEPTED, P},
};

const struct lifecycle_rule *lifecycle_table(size_t *ret_count)
{
	*ret_count = sizeof(rules) / sizeof(rules[0]);
	return rules;
}

bool lifecycle_allows(enum leg_state from, enum leg_state to, enum actor actor)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].from == from && rules[i].to == to) {
			return (rules[i].actors & 1U << actor) != 0;
		}
	}
	return false;
}

void lifecycle_legal(enum leg_state from, enum actor actor, char *out, size_t size)
{
	size_t at = 0;
	out[0] = '\0';
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].from != from || (rules[i].actors & 1U << actor) == 0 || at >= size) {
			continue;
		}
		const int len = snprintf(out + at, size - at, "%s%s", at == 0 ? "" : ", ",
			vocab_code(VOCAB_LEG_STATE, (int)rules[i].to));
		at += len > 0 ? (size_t)len : 0;
	}
	if (at == 0) {
		(void)snprintf(out, size, "nothing");
	}
}

bool lifecycle_is_ended(enum leg_state state)
{
	switch (state) {
	case LEG_NONE:
	case LEG_DECLINED:
	case LEG_REDIRECTED:
	case LEG_COMPLETED:
	case LEG_ENDED_EARLY:
	case LEG_NOT_ENGAGED:
	case LEG_WITHDRAWN:
	case LEG_EXPIRED:
		return true;
	case LEG_MATCHED:
	case LEG_DELIVERED:
	case LEG_RECEIVED:
	case LEG_INFO_REQUESTED:
	case LEG_ACCEPTED:
	case LEG_WAITLISTED:
	case LEG_ON_HOLD:
	case LEG_STARTED:
	case LEG_CANCEL_REQUESTED:
	case LEG_STATE_COUNT:
		return false;
	}
	return false;
}

bool lifecycle_referral_is_over(enum referral_state state)
{
	return state == REFERRAL_WITHDRAWN || state == REFERRAL_CLOSED ||
	       state == REFERRAL_ENTERED_IN_ERROR;
}

bool lifecycle_holds_place(enum leg_state state)
{
	return !lifecycle_is_ended(state) && state != LEG_WAITLISTED;
}

const char *actor_name(enum actor actor)
{
	static const char *const names[] = {
		"the broker", "an adapter", "the provider", "the source", "the coordinator"};
	return (unsigned)actor < ACTOR_COUNT ? names[actor] : "nobody";
}
