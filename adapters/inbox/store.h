/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_INBOX_STORE_H
#define ONWARD_ADAPTERS_INBOX_STORE_H
#include "adapters/client/client.h"
#include "adapters/client/vault.h"
#include "adapters/inbox/script.h"
/*
 * What the provider holds, sealed on disk (adapters/client/vault.h): which deliveries it has seen,
 * what it knows of each leg, and the answers it has decided on and not yet given.  A delivery and
 * its answers are written in one transaction, before its receipt: after any crash either all of it
 * is there, or nothing is and the broker sends it again.
 */
struct store;
MUST_CHECK enum err store_open(const char *folder, const struct vault_keys *keys,
	struct store **ret_store, struct fault *fault);
void store_close(struct store *store); /* accepts NULL */

MUST_CHECK enum err store_begin(struct store *store, bool write);
MUST_CHECK enum err store_commit(struct store *store); /* ERR_OK: on disk */
void store_abort(struct store *store);

/* Within a writing transaction. ERR_EXISTS: that delivery was taken before. ERR_MALFORMED: it names
 * no leg.  *ret_leg is the leg's row from now on, in the arena.  What the plan says is put down to
 * be answered; a withdrawal takes back what is not yet answered on its leg. */
MUST_CHECK enum err store_take(struct store *store, const struct client_delivery *delivery,
	const struct script_plan *plan, struct arena *arena, struct value *ret_leg);

/* An answer that has still to be given. In the arena. */
struct store_answer {
	uint64_t number;
	struct str leg, action, reason, outcome, service;
	struct id delivery;
};
/* The first with a number above `after`; ERR_END. In any transaction. */
MUST_CHECK enum err store_answer_next(
	struct store *store, uint64_t after, struct arena *arena, struct store_answer *ret_answer);
/* It was given, or refused for good: it is not given again.  `state` (may be empty) is what the
 * leg is now. */
MUST_CHECK enum err store_answer_done(struct store *store, const struct store_answer *answer,
	struct str state, struct arena *arena);
/* The leg behind `after` in order ("" for the first): {leg, service, reference, delivery, kind,
 * state, mode, queued, reason, referral}. ERR_END. */
MUST_CHECK enum err store_leg_next(
	struct store *store, struct str after, struct arena *arena, struct value *ret_leg);
#endif
