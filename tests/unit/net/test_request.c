/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/net/request.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct request_pool pool;

static struct value text_body(struct arena *arena, size_t len)
{
	char *text = arena_alloc(arena, len + 1);
	cr_assert_not_null(text);
	memset(text, 'x', len);
	struct value body = value_map_new(arena, 1);
	value_put(arena, &body, "text", value_of_str((struct str){text, len}));
	return body;
}

static struct wire_header read_reply(struct request *request, struct str frame, struct value *body)
{
	struct wire_header header = {0};
	struct fault fault = {0};
	cr_assert_eq(wire_reply_decode(frame, &request->arena, &header, body, &fault), ERR_OK, "%s",
		fault.message);
	return header;
}

Test(request, every_frame_of_a_reply_comes_out_again_in_order)
{
	struct request *request = request_get(&pool, REQUEST_PEER);
	for (size_t i = 0; i < 5; i++) {
		const struct value body = text_body(&request->arena, i * 1000);
		request_reply(request, WIRE_EVENT, 100 + i, &body);
	}
	size_t at = 0;
	size_t count = 0;
	struct str frame;
	while (request_next_frame(request, &at, &frame)) {
		struct value body;
		cr_assert_eq(read_reply(request, frame, &body).correlation, 100 + count);
		cr_assert_eq(value_get_str(&body, "text").len, count * 1000);
		count++;
	}
	cr_assert_eq(count, 5);
	request_put(&pool, request);
	request_pool_finish(&pool);
}

Test(request, frame_no_client_would_take_becomes_a_refusal)
{
	struct request *request = request_get(&pool, REQUEST_PEER);
	request->wire.header.correlation = 7;
	const struct value small = text_body(&request->arena, 10);
	const struct value large = text_body(&request->arena, LIMIT_FRAME_BYTES);
	request_reply(request, WIRE_DONE, 7, &small);
	cr_assert_eq(request_frame(request, WIRE_DONE, 7, &large), ERR_TOO_LARGE);
	size_t at = 0;
	struct str frame;
	struct value body;
	cr_assert(request_next_frame(request, &at, &frame), "the one before stands");
	cr_assert_not(request_next_frame(request, &at, &frame));
	request_reply(request, WIRE_DONE, 7, &large);
	at = 0;
	cr_assert(request_next_frame(request, &at, &frame));
	const struct wire_header header = read_reply(request, frame, &body);
	cr_assert_eq(header.type, WIRE_REFUSED);
	cr_assert_eq(header.correlation, 7);
	cr_assert(str_is(value_get_str(&body, "code"), "too-large"));
	cr_assert_eq(request->err, ERR_TOO_LARGE);
	cr_assert_not(request_next_frame(request, &at, &frame));
	request_put(&pool, request);
	request_pool_finish(&pool);
}

Test(request, pooled_one_comes_back_without_a_trace)
{
	struct request *request = request_get(&pool, REQUEST_PEER);
	const struct value body = text_body(&request->arena, 100);
	request_reply(request, WIRE_DONE, 1, &body);
	request->peer = (struct peer){1, 2, 3};
	request->counted = true;
	request->err = ERR_FULL;
	(void)fault_set(&request->fault, ERR_FULL, "x", "y");
	request_put(&pool, request);
	struct request *again = request_get(&pool, REQUEST_FOLLOW);
	size_t at = 0;
	struct str frame;
	cr_assert_eq(again, request, "it is kept warm");
	cr_assert_eq(again->kind, REQUEST_FOLLOW);
	cr_assert_not(request_next_frame(again, &at, &frame));
	cr_assert_eq(again->peer.session, 0);
	cr_assert_not(again->counted);
	cr_assert_eq(again->err, ERR_OK);
	cr_assert_str_empty(again->fault.field);
	cr_assert_eq(again->arena.used_total, 0);
	request_put(&pool, again);
	request_pool_finish(&pool);
}

Test(request, what_grew_large_gives_its_memory_back)
{
	struct request *request = request_get(&pool, REQUEST_PEER);
	(void)text_body(&request->arena, 1024 * 1024);
	request_put(&pool, request);
	struct request *again = request_get(&pool, REQUEST_PEER);
	cr_assert_null(again->arena.first);
	request_put(&pool, again);
	request_pool_finish(&pool);
}

static struct request *numbered(uint32_t number)
{
	struct request *request = request_get(&pool, REQUEST_PEER);
	request->peer.number = number;
	return request;
}

Test(queue, hands_out_in_order_and_no_more_than_asked)
{
	struct request_queue queue;
	cr_assert_eq(request_queue_init(&queue), ERR_OK);
	for (uint32_t i = 0; i < 10; i++) {
		request_queue_push(&queue, numbered(i));
	}
	size_t count;
	size_t bytes;
	request_queue_measure(&queue, &count, &bytes);
	cr_assert_eq(count, 10);
	cr_assert_gt(bytes, 0);
	uint32_t next = 0;
	for (size_t most = 1; next < 10; most++) {
		struct request *request = request_queue_take(&queue, most, SIZE_MAX);
		size_t taken = 0;
		while (request != NULL) {
			struct request *following = request->next;
			cr_assert_eq(request->peer.number, next++);
			request_put(&pool, request);
			request = following;
			taken++;
		}
		cr_assert_leq(taken, most);
		cr_assert_gt(taken, 0);
	}
	request_queue_measure(&queue, &count, &bytes);
	cr_assert_eq(count, 0);
	cr_assert_eq(bytes, 0);
	request_queue_finish(&queue);
	request_pool_finish(&pool);
}

Test(queue, one_request_over_the_bytes_is_still_taken_alone)
{
	struct request_queue queue;
	cr_assert_eq(request_queue_init(&queue), ERR_OK);
	request_queue_push(&queue, numbered(1));
	request_queue_push(&queue, numbered(2));
	struct request *request = request_queue_take(&queue, 10, 1);
	cr_assert_eq(request->peer.number, 1);
	cr_assert_null(request->next);
	request_put(&pool, request);
	request = request_queue_take_all(&queue);
	cr_assert_eq(request->peer.number, 2);
	request_put(&pool, request);
	cr_assert_null(request_queue_take_all(&queue));
	request_queue_finish(&queue);
	request_pool_finish(&pool);
}

static void *take_until_closed(void *context)
{
	struct request_queue *queue = context;
	size_t *count = calloc(1, sizeof(*count));
	struct request *request;
	while ((request = request_queue_take(queue, 3, SIZE_MAX)) != NULL) {
		while (request != NULL) {
			struct request *next = request->next;
			zmq_msg_close(&request->frame);
			arena_finish(&request->arena);
			buf_finish(&request->reply);
			free(request);
			request = next;
			(*count)++;
		}
	}
	return count;
}

Test(queue, nothing_is_lost_between_threads_and_closing_wakes_who_waits)
{
	enum {
		COUNT = 10000
	};
	struct request_queue queue;
	pthread_t thread;
	cr_assert_eq(request_queue_init(&queue), ERR_OK);
	cr_assert_eq(pthread_create(&thread, NULL, take_until_closed, &queue), 0);
	for (uint32_t i = 0; i < COUNT; i++) {
		request_queue_push(&queue, numbered(i));
	}
	request_queue_close(&queue);
	void *counted = NULL;
	cr_assert_eq(pthread_join(thread, &counted), 0);
	cr_assert_eq(*(size_t *)counted, COUNT);
	free(counted);
	request_queue_finish(&queue);
}
