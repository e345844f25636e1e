/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_PLAN_SHARE_H
#define ONWARD_CORE_PLAN_SHARE_H
#include "broker/base/arena.h"
/*
 * What was already made from the same thing, while a plan is made: services of one form have the
 * same clauses, and 100,000 have some hundred forms.
 */
struct plan_share_slot {
	struct str key;
	const void *made; /* NULL: the slot is free */
};

/* Zeroed: nothing yet.  On the heap. */
struct plan_share {
	struct plan_share_slot *slots;
	size_t room; /* a power of two */
	size_t count;
	bool same_place; /* a key is where it stands, and its length; else its bytes */
};

/* NULL: nothing was made of it. */
const void *plan_share_find(const struct plan_share *share, struct str key);
/* Remembers it, or does not, when there is no memory: then it is made again.  The key is borrowed
 * until the finish. */
void plan_share_add(struct plan_share *share, struct str key, const void *made);
void plan_share_finish(struct plan_share *share);
#endif
