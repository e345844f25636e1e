/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/zloop.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <zmq.h>

enum {
	MESSAGES = 20000
};

struct echo {
	struct zsocket zsocket;
	uv_loop_t loop;
	int received;
};

/* Takes one message and answers it, so that each receive is followed by a send. */
static void echo_receive(struct zsocket *zsocket)
{
	struct echo *echo = zsocket->context;
	int number;
	cr_assert_eq(zmq_recv(zsocket->socket, &number, sizeof(number), ZMQ_DONTWAIT), 4);
	cr_assert_eq(number, echo->received++);
	cr_assert_eq(zmq_send(zsocket->socket, &number, sizeof(number), 0), 4);
	if (echo->received == MESSAGES) {
		uv_stop(&echo->loop);
	}
}

static void *peer_main(void *context)
{
	void *socket = context;
	int answered = 0;
	for (int i = 0; i < MESSAGES; i++) {
		cr_assert_eq(zmq_send(socket, &i, sizeof(i), 0), 4);
		int number;
		/* Bursts of a hundred: more than one turn takes, and pauses between them. */
		while (i % 100 == 99 && answered <= i) {
			cr_assert_eq(zmq_recv(socket, &number, sizeof(number), 0), 4);
			cr_assert_eq(number, answered++);
		}
	}
	return NULL;
}

Test(zloop, no_wake_up_is_lost_between_receiving_and_sending, .timeout = 60)
{
	static struct echo echo;
	struct zloop zloop;
	void *context = zmq_ctx_new();
	void *here = zmq_socket(context, ZMQ_PAIR);
	void *there = zmq_socket(context, ZMQ_PAIR);
	cr_assert_eq(uv_loop_init(&echo.loop), 0);
	cr_assert_eq(zmq_bind(here, "inproc://zloop"), 0);
	cr_assert_eq(zmq_connect(there, "inproc://zloop"), 0);
	cr_assert_eq(zloop_init(&zloop, &echo.loop), ERR_OK);
	cr_assert_eq(zloop_add(&zloop, &echo.zsocket, here, echo_receive, &echo), ERR_OK);
	pthread_t thread;
	cr_assert_eq(pthread_create(&thread, NULL, peer_main, there), 0);
	(void)uv_run(&echo.loop, UV_RUN_DEFAULT);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	cr_assert_eq(echo.received, MESSAGES);
	uv_close((uv_handle_t *)&echo.zsocket.poll, NULL);
	uv_close((uv_handle_t *)&zloop.prepare, NULL);
	uv_close((uv_handle_t *)&zloop.check, NULL);
	uv_close((uv_handle_t *)&zloop.idle, NULL);
	(void)uv_run(&echo.loop, UV_RUN_DEFAULT);
	cr_assert_eq(uv_loop_close(&echo.loop), 0);
	(void)zmq_close(here);
	(void)zmq_close(there);
	(void)zmq_ctx_term(context);
}
