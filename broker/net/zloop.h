/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_ZLOOP_H
#define ONWARD_NET_ZLOOP_H
#include "broker/base/err.h"

#include <stdbool.h>
#include <uv.h>
/*
 * How ZeroMQ sockets meet the libuv loop.
 *
 * A socket's descriptor is edge-triggered and only says "look at ZMQ_EVENTS"; any send or receive
 * may change those without a new edge.  So the descriptor merely wakes the loop; before the loop
 * blocks (prepare) every socket's events are read again, and when a message is waiting an idle
 * handle keeps the loop from blocking; after polling (check) messages are taken, a bounded number a
 * socket and turn.
 */
struct zloop;

struct zsocket {
	void *socket; /* borrowed; closed by the caller, after the loop's handles */
	/* A message is waiting: take exactly one. */
	void (*receive)(struct zsocket *zsocket);
	void *context;
	struct zloop *zloop;
	struct zsocket *next;
	uv_poll_t poll;
};

struct zloop {
	uv_loop_t *loop;
	struct zsocket *sockets;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_idle_t idle;
};

MUST_CHECK enum err zloop_init(struct zloop *zloop, uv_loop_t *loop);
/* `zsocket` stays where it is until the loop's handles are closed. */
MUST_CHECK enum err zloop_add(struct zloop *zloop, struct zsocket *zsocket, void *socket,
	void (*receive)(struct zsocket *), void *context);
#endif
