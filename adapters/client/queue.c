/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/session.h"

#include <stdlib.h>

static bool queue_grow(struct queue *queue)
{
	const size_t size = queue->size == 0 ? 16 : queue->size * 2;
	struct buf *frames = calloc(size, sizeof(*frames));
	if (frames == NULL) {
		return false;
	}
	for (size_t i = 0; i < queue->count; i++) {
		frames[i] = queue->frames[(queue->first + i) % queue->size];
	}
	free(queue->frames);
	queue->frames = frames;
	queue->size = size;
	queue->first = 0;
	return true;
}

bool queue_push(struct queue *queue, struct str frame, size_t most)
{
	if (queue->count >= most || (queue->count == queue->size && !queue_grow(queue))) {
		return false;
	}
	struct buf copy = {0};
	buf_add_str(&copy, frame);
	if (copy.failed) {
		buf_finish(&copy);
		return false;
	}
	queue->frames[(queue->first + queue->count) % queue->size] = copy;
	queue->count++;
	return true;
}

bool queue_pop(struct queue *queue, struct buf *ret_frame)
{
	if (queue->count == 0) {
		return false;
	}
	*ret_frame = queue->frames[queue->first];
	queue->frames[queue->first] = (struct buf){0};
	queue->first = (queue->first + 1) % queue->size;
	queue->count--;
	return true;
}

void queue_finish(struct queue *queue)
{
	struct buf frame;
	while (queue_pop(queue, &frame)) {
		buf_finish(&frame);
	}
	free(queue->frames);
	*queue = (struct queue){0};
}
