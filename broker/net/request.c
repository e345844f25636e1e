/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/request.h"
#include "broker/base/limits.h"
#include "broker/base/log.h"

#include <stdlib.h>

enum {
	POOL_WARM = 512,              /* requests kept for the next ones: one full batch */
	WARM_ARENA_BYTES = 24 * 1024, /* a request that grew larger gives its memory back */
	WARM_REPLY_BYTES = 2 * 1024,
	REQUEST_BYTES = 512 /* what a request without a frame counts for in a queue */
};

static void request_destroy(struct request *request)
{
	arena_finish(&request->arena);
	buf_finish(&request->reply);
	free(request);
}

void request_pool_finish(struct request_pool *pool)
{
	while (pool->free != NULL) {
		struct request *next = pool->free->next;
		request_destroy(pool->free);
		pool->free = next;
	}
	pool->free_count = 0;
}

struct request *request_get(struct request_pool *pool, enum request_kind kind)
{
	struct request *request = pool->free;
	if (request != NULL) {
		pool->free = request->next;
		pool->free_count--;
	} else {
		request = calloc(1, sizeof(*request));
		if (request == NULL) {
			return NULL;
		}
		arena_init(&request->arena, 0);
	}
	request->next = NULL;
	request->kind = kind;
	request->peer = (struct peer){0};
	request->counted = false;
	request->more = false;
	request->world = NULL;
	request->party = NULL;
	(void)zmq_msg_init(&request->frame);
	request->wire.header = (struct wire_header){0};
	request->prepared = NULL;
	request->reload = (struct request_reload){0};
	request->upload = (struct upload){0};
	request->follow = (struct request_follow){0};
	request->outbox = (struct request_outbox){0};
	request->failed = (struct request_failed){0};
	request->hasten = (struct request_hasten){0};
	request->err = ERR_OK;
	request->fault = (struct fault){0};
	return request;
}

void request_put(struct request_pool *pool, struct request *request)
{
	(void)zmq_msg_close(&request->frame);
	if (request->world != NULL) {
		core_world_release(request->world);
	}
	if (request->reload.published != NULL) {
		core_directory_discard(request->reload.published);
	}
	upload_finish(&request->upload);
	if (pool->free_count >= POOL_WARM) {
		request_destroy(request);
		return;
	}
	if (request->arena.used_total > WARM_ARENA_BYTES) {
		arena_finish(&request->arena);
	} else {
		arena_reset(&request->arena);
	}
	if (request->reply.size > WARM_REPLY_BYTES) {
		buf_finish(&request->reply);
	}
	buf_reset(&request->reply);
	request->next = pool->free;
	pool->free = request;
	pool->free_count++;
}

enum err request_frame(struct request *request, enum wire_type type, uint64_t correlation,
	const struct value *body)
{
	const size_t start = request->reply.len;
	uint32_t len = 0;
	buf_append(&request->reply, &len, sizeof(len));
	wire_reply_encode(&request->reply, type, correlation, body);
	if (request->reply.failed) {
		return ERR_NOMEM;
	}
	const size_t size = request->reply.len - start - sizeof(len);
	if (size > LIMIT_FRAME_BYTES) {
		request->reply.len = start;
		return ERR_TOO_LARGE; /* a client would not take it */
	}
	len = (uint32_t)size;
	memcpy(request->reply.data + start, &len, sizeof(len));
	return ERR_OK;
}

void request_reply(struct request *request, enum wire_type type, uint64_t correlation,
	const struct value *body)
{
	const enum err err = request_frame(request, type, correlation, body);
	if (err == ERR_OK) {
		return;
	}
	struct fault fault;
	(void)(err == ERR_NOMEM ? fault_set(&fault, ERR_NOMEM, "", "no memory for the answer")
				: fault_set(&fault, ERR_TOO_LARGE, "limit",
					  "the answer is larger than a frame; ask for less"));
	request_refuse(request, &fault);
}

void request_refuse(struct request *request, const struct fault *fault)
{
	const struct value body = wire_fault_body(&request->arena, fault);
	buf_reset(&request->reply);
	if (request_frame(request, WIRE_REFUSED, request->wire.header.correlation, &body) !=
		ERR_OK) {
		log_line(LOG_ERROR, "net", NULL, "no memory for a refusal; the peer asks again");
		buf_reset(&request->reply);
	}
	request->err = fault->code;
}

struct value request_reload_body(struct request *request)
{
	const struct request_reload *reload = &request->reload;
	struct value body = value_map_new(&request->arena, 3);
	if (reload->version != 0) {
		value_put(
			&request->arena, &body, "version", value_of_int((int64_t)reload->version));
		value_put(&request->arena, &body, "replaced", value_of_text(reload->against));
	}
	if (reload->told != NULL) {
		value_put(&request->arena, &body, "directory", value_of_text(reload->told));
	}
	return body;
}

bool request_next_frame(const struct request *request, size_t *at, struct str *ret_frame)
{
	uint32_t len;
	if (request->reply.len < *at + sizeof(len)) {
		return false;
	}
	memcpy(&len, request->reply.data + *at, sizeof(len));
	*ret_frame = (struct str){request->reply.data + *at + sizeof(len), len};
	*at += sizeof(len) + len;
	return true;
}

enum err request_queue_init(struct request_queue *queue)
{
	*queue = (struct request_queue){0};
	if (pthread_mutex_init(&queue->lock, NULL) != 0) {
		return ERR_NOMEM;
	}
	if (pthread_cond_init(&queue->ready, NULL) != 0) {
		(void)pthread_mutex_destroy(&queue->lock);
		return ERR_NOMEM;
	}
	return ERR_OK;
}

void request_queue_finish(struct request_queue *queue)
{
	(void)pthread_cond_destroy(&queue->ready);
	(void)pthread_mutex_destroy(&queue->lock);
}

static size_t request_bytes(struct request *request)
{
	return zmq_msg_size(&request->frame) + REQUEST_BYTES;
}

void request_queue_push_list(struct request_queue *queue, struct request *first)
{
	if (first == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&queue->lock);
	if (queue->tail == NULL) {
		queue->head = first;
	} else {
		queue->tail->next = first;
	}
	for (struct request *request = first; request != NULL; request = request->next) {
		queue->tail = request;
		queue->count++;
		queue->bytes += request_bytes(request);
	}
	(void)pthread_cond_signal(&queue->ready);
	(void)pthread_mutex_unlock(&queue->lock);
}

void request_queue_push(struct request_queue *queue, struct request *request)
{
	request->next = NULL;
	request_queue_push_list(queue, request);
}

/* With the lock held. */
static struct request *take(struct request_queue *queue, size_t most, size_t most_bytes)
{
	struct request *first = queue->head;
	struct request *last = NULL;
	size_t bytes = 0;
	for (size_t i = 0; i < most && queue->head != NULL; i++) {
		const size_t next_bytes = request_bytes(queue->head);
		if (last != NULL && bytes + next_bytes > most_bytes) {
			break;
		}
		bytes += next_bytes;
		last = queue->head;
		queue->head = last->next;
		queue->count--;
	}
	queue->bytes -= bytes;
	if (queue->head == NULL) {
		queue->tail = NULL;
	}
	if (last != NULL) {
		last->next = NULL;
	}
	return last == NULL ? NULL : first;
}

struct request *request_queue_take(struct request_queue *queue, size_t most, size_t most_bytes)
{
	(void)pthread_mutex_lock(&queue->lock);
	while (queue->head == NULL && !queue->closed) {
		(void)pthread_cond_wait(&queue->ready, &queue->lock);
	}
	struct request *first = take(queue, most, most_bytes);
	(void)pthread_mutex_unlock(&queue->lock);
	return first;
}

struct request *request_queue_take_all(struct request_queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	struct request *first = take(queue, SIZE_MAX, SIZE_MAX);
	(void)pthread_mutex_unlock(&queue->lock);
	return first;
}

void request_queue_close(struct request_queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	(void)pthread_cond_broadcast(&queue->ready);
	(void)pthread_mutex_unlock(&queue->lock);
}

void request_queue_measure(struct request_queue *queue, size_t *ret_count, size_t *ret_bytes)
{
	(void)pthread_mutex_lock(&queue->lock);
	*ret_count = queue->count;
	*ret_bytes = queue->bytes;
	(void)pthread_mutex_unlock(&queue->lock);
}
