/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_READER_H
#define ONWARD_NET_READER_H
#include "broker/net/outlet.h"
#include "broker/net/request.h"
/*
 * A thread that answers from committed state, one request after the other, each in a short read
 * transaction of the core's.  There are three: questions of people do not hold up deliveries, and
 * checking a whole directory holds up neither.
 */
struct server;
struct reader {
	struct arena scratch; /* of one read; kept warm */
	struct server *server;
	const char *name;
	struct request_queue queue;
	pthread_t thread;
	bool running;
};

MUST_CHECK enum err reader_init(struct reader *reader, struct server *server, const char *name);
void reader_finish(struct reader *reader);
MUST_CHECK enum err reader_start(struct reader *reader);
void reader_stop(struct reader *reader);
/* Business time as the core would stamp it; any thread. */
timestamp_us reader_clock(const struct server *server);
#endif
