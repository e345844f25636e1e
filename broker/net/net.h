/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_NET_H
#define ONWARD_NET_NET_H
#include "broker/base/err.h"
/*
 * net: onwardd's edge.  The only place in the broker that knows ZeroMQ and libuv.
 *
 * Threads: the loop (server.c: every socket, session, route and timer), the writer (writer.c: the
 * only one that changes the store) and three readers (reader.c: questions; outboxes; what takes
 * long).  Requests (request.h) travel loop -> queue -> writer or reader -> outlet -> loop, and
 * belong to whoever holds them; nothing else is shared but what the core lets any thread call.
 *
 * Start reading at server.h, then receive.c (what arrives), dispatcher.c (what is delivered) and
 * daemon.c (start, reload, stop).
 */
struct daemon_options {
	const char *home;
	const char *clock; /* NULL: as onward.yaml says */
};

/* Runs until SIGTERM or SIGINT.  ERR_OK after a drained stop; else the fault says why it did not
 * start, and everything that is wrong is in the log. */
MUST_CHECK enum err daemon_run(const struct daemon_options *options, struct fault *fault);
/* Verifies configuration, parties, keys and directory; starts and changes nothing.  Prints each
 * problem on standard output. ERR_CONFIG when there is one. */
MUST_CHECK enum err daemon_check(const struct daemon_options *options);
#endif
