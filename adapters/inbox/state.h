/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_INBOX_STATE_H
#define ONWARD_ADAPTERS_INBOX_STATE_H
#include "adapters/inbox/inbox.h"
#include "adapters/inbox/script.h"
#include "adapters/inbox/store.h"
/* What onward-inbox is while it runs, and its two halves: taking deliveries (take.c) and giving
 * answers (answer.c). */
enum {
	INBOX_BATCH = 256 /* deliveries stored in one commit */
};

struct inbox {
	const struct options *options;
	FILE *out;
	const volatile sig_atomic_t *stop;
	struct client *client;
	struct store *store;
	struct script script;
	struct fault fault;
	int64_t active_ms;       /* when something last happened */
	int64_t answer_ms;       /* when the next answer may be tried */
	int64_t news_ms;         /* when to say again that the broker is away */
	bool connected, waiting; /* there are answers still to be given */
	struct client_delivery batch[INBOX_BATCH];
	enum err taken[INBOX_BATCH];    /* what store_take said of each */
	struct value legs[INBOX_BATCH]; /* and made of its leg */
	size_t count;
	struct arena arena; /* of the batch */
	struct buf text;
};

/* Waits for a delivery, then takes what has come with it; the errors of client_next_delivery. */
MUST_CHECK enum err inbox_take(struct inbox *inbox, int timeout_ms);
/* Stores what was taken, sends the receipts, shows it. */
void inbox_keep(struct inbox *inbox);
/* Gives the next answers, if there are any and it is time. */
void inbox_answer(struct inbox *inbox);
/* Writes inbox->text out. */
void inbox_print(struct inbox *inbox);
#endif
