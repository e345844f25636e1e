/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_CLIENT_RUN_H
#define ONWARD_ADAPTERS_CLIENT_RUN_H
#include "adapters/client/session.h"
/*
 * Many submits with a window of them in flight: what client_submit_all and client_flush have in
 * common.  Referrals come from the caller or out of the spool; answers go to the caller as they
 * come; what has a final answer leaves the spool.
 */
enum {
	RUN_GONE = 256 /* answered entries that leave the spool in one commit */
};

struct flight {
	struct pending *pending; /* NULL: free */
	size_t index;
	uint64_t number; /* in the spool, 0: not there */
	int tries;
};

/* One call of client_submit_all or client_flush. */
struct run {
	struct client *client;
	const struct value *referrals; /* NULL: everything in the spool */
	size_t count;
	struct buf *frames; /* of the referrals, handed on when sent */
	uint64_t *numbers;  /* of the referrals in the spool */
	size_t next;        /* index of the next to send */
	uint64_t after;     /* number of the last one read from the spool */
	size_t window;
	client_answered *answered;
	void *context;
	struct flight flights[LIMIT_WINDOW];
	size_t in_flight;
	uint64_t gone[RUN_GONE];
	size_t gone_count;
	enum err unfinished; /* the first answer that was not final */
	struct fault fault;  /* and why */
};

/* Sends everything and reports every referral once. The first thing that was not final is the
 * result. */
MUST_CHECK enum err run_finish(struct run *run, int timeout_ms, struct fault *fault);
/* Tells the caller of one. `frame` is the encoded submit, where the source's reference is read
 * when the referrals are not the caller's. */
void run_report(struct run *run, size_t index, enum err err, const struct fault *fault,
	const struct value *body, struct str frame);
#endif
