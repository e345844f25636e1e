/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_WRITER_H
#define ONWARD_NET_WRITER_H
#include "broker/net/business.h"
#include "broker/net/outlet.h"
#include "broker/net/request.h"
/*
 * The one thread that changes the store.  It takes everything that is queued, at most one batch,
 * without waiting for more: what arrives during a commit is the next batch.  Replies are released
 * when the commit is on disk.  A store that is full costs the batch (try-later to all of it); any
 * other failure ends the process without acknowledging anything.
 */
enum {
	WRITER_DUE_MOST = 64,
	WRITER_ENTROPY = 64,       /* commands that one draw of the system's randomness is for */
	WRITER_ENTROPY_BYTES = 64, /* of each command */
	WRITER_COMMITS = 1024      /* the last ones, of which the status tells the percentiles */
};

struct writer_figures {
	size_t batch_size; /* of the last batch */
	uint32_t p50_us, p99_us;
};

struct writer {
	struct core *core;
	const struct config *config;
	struct outlet *outlet;
	struct business business; /* but for the time itself the writer's thread's alone */
	struct request_queue queue;
	uint8_t entropy[WRITER_ENTROPY][WRITER_ENTROPY_BYTES];
	size_t entropy_left;
	bool unerased;   /* the last commit left a key that a full disk kept */
	bool jumped;     /* the clock has, and that deadlines are held is not in the record yet */
	bool jump_added; /* this batch holds the deadlines because of a jump */
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* of what follows */
	uint32_t commit_us[WRITER_COMMITS];
	size_t commits;
	size_t batch_size;
};

MUST_CHECK enum err writer_init(struct writer *writer, struct core *core,
	const struct config *config, const char *home, struct outlet *outlet);
void writer_finish(struct writer *writer);
MUST_CHECK enum err writer_start(struct writer *writer);
/* Lets it finish what is queued, and waits. */
void writer_stop(struct writer *writer);
/* One batch on the caller's thread, before writer_start: `list` is linked by `next`; each request's
 * outcome is in its `err`. */
void writer_batch(struct writer *writer, struct request *list);
void writer_figures(struct writer *writer, struct writer_figures *ret_figures);
#endif
