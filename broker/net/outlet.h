/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_OUTLET_H
#define ONWARD_NET_OUTLET_H
#include "broker/net/request.h"

#include <stdatomic.h>
#include <uv.h>
/*
 * Where finished requests come back to the loop, and where it learns what commits asked of the
 * outside.  Owned by the loop; any thread may push.
 */
struct outlet {
	struct request_queue queue;
	uv_async_t async;
	_Atomic bool deliveries; /* since the loop last looked: outbox rows came or went */
	_Atomic bool events;
	_Atomic uint64_t sequence; /* of the last committed record; 0: none since the start */
};

MUST_CHECK enum err outlet_init(
	struct outlet *outlet, uv_loop_t *loop, uv_async_cb arrived, void *context);
/* Closes the handle; the queue goes with outlet_finish, after the loop has run once more. */
void outlet_close(struct outlet *outlet);
void outlet_finish(struct outlet *outlet);
void outlet_push(struct outlet *outlet, struct request *list);
void outlet_effects(struct outlet *outlet, const struct core_effects *effects);
#endif
