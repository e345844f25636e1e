/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/outlet.h"

enum err outlet_init(struct outlet *outlet, uv_loop_t *loop, uv_async_cb arrived, void *context)
{
	atomic_init(&outlet->deliveries, false);
	atomic_init(&outlet->events, false);
	atomic_init(&outlet->sequence, 0);
	if (request_queue_init(&outlet->queue) != ERR_OK) {
		return ERR_NOMEM;
	}
	if (uv_async_init(loop, &outlet->async, arrived) != 0) {
		request_queue_finish(&outlet->queue);
		return ERR_INTERNAL;
	}
	outlet->async.data = context;
	return ERR_OK;
}

void outlet_close(struct outlet *outlet)
{
	uv_close((uv_handle_t *)&outlet->async, NULL);
}

void outlet_finish(struct outlet *outlet)
{
	request_queue_finish(&outlet->queue);
}

void outlet_push(struct outlet *outlet, struct request *list)
{
	request_queue_push_list(&outlet->queue, list);
	(void)uv_async_send(&outlet->async);
}

void outlet_effects(struct outlet *outlet, const struct core_effects *effects)
{
	if (effects->deliveries) {
		atomic_store(&outlet->deliveries, true);
	}
	if (effects->events) {
		atomic_store(&outlet->events, true);
	}
	atomic_store(&outlet->sequence, effects->sequence);
}
