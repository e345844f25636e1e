/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_REHEARSE_H
#define ONWARD_CORE_REHEARSE_H
#include "broker/core/core.h"
/*
 * A directory tried before it is published: stored referrals matched twice, with the one in force
 * and with this.  Nothing is written; a page is one short read transaction.
 */

/* A directory with its clauses compiled, made once and used for every page; immutable. */
struct core_candidate;

/* What was uploaded, which is to have this hash.  ERR_CONFIG with *problems filled; ERR_INVALID,
 * ERR_MALFORMED, ERR_TOO_LARGE: no such files.  *problems is to be finished whatever the answer. */
MUST_CHECK enum err core_candidate_unpack(struct str packed, const uint8_t hash[HASH_SIZE],
	struct core_candidate **ret_candidate, struct directory_problems *problems,
	struct fault *fault);
/* The files below `root`. */
MUST_CHECK enum err core_candidate_read(const char *root, struct core_candidate **ret_candidate,
	struct directory_problems *problems, struct fault *fault);
void core_candidate_destroy(struct core_candidate *candidate); /* accepts NULL */

/* A page of WIRE_REHEARSE, any thread; for a coordinator alone (ERR_NOT_ALLOWED).  Refusals in
 * *ret_reply; body in `arena`.  `now` is business time. */
void core_rehearse(struct core *core, const struct party *party, const struct wire_request *request,
	const struct core_candidate *candidate, timestamp_us now, struct arena *arena,
	struct core_reply *ret_reply);
#endif
