/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/zloop.h"

#include <zmq.h>

enum {
	TURN_MESSAGES = 64 /* of one socket in one turn of the loop, so that all get their turn */
};

static bool is_readable(const struct zsocket *zsocket)
{
	int events = 0;
	size_t size = sizeof(events);
	return zmq_getsockopt(zsocket->socket, ZMQ_EVENTS, &events, &size) == 0 &&
	       (events & ZMQ_POLLIN) != 0;
}

static void idle_nothing(uv_idle_t *idle)
{
	(void)idle; /* its being active is what keeps the loop from blocking */
}

static void poll_nothing(uv_poll_t *poll, int status, int events)
{
	(void)poll; /* the check handle looks at every socket */
	(void)status;
	(void)events;
}

static void prepare_look(uv_prepare_t *prepare)
{
	struct zloop *zloop = prepare->data;
	bool waiting = false;
	for (struct zsocket *zsocket = zloop->sockets; zsocket != NULL && !waiting;
		zsocket = zsocket->next) {
		waiting = is_readable(zsocket);
	}
	if (waiting) {
		(void)uv_idle_start(&zloop->idle, idle_nothing);
	} else {
		(void)uv_idle_stop(&zloop->idle);
	}
}

static void check_take(uv_check_t *check)
{
	struct zloop *zloop = check->data;
	for (struct zsocket *zsocket = zloop->sockets; zsocket != NULL; zsocket = zsocket->next) {
		for (int i = 0; i < TURN_MESSAGES && is_readable(zsocket); i++) {
			zsocket->receive(zsocket);
		}
	}
}

enum err zloop_init(struct zloop *zloop, uv_loop_t *loop)
{
	*zloop = (struct zloop){.loop = loop};
	if (uv_prepare_init(loop, &zloop->prepare) != 0 ||
		uv_check_init(loop, &zloop->check) != 0 || uv_idle_init(loop, &zloop->idle) != 0) {
		return ERR_INTERNAL;
	}
	zloop->prepare.data = zloop;
	zloop->check.data = zloop;
	(void)uv_prepare_start(&zloop->prepare, prepare_look);
	(void)uv_check_start(&zloop->check, check_take);
	return ERR_OK;
}

enum err zloop_add(struct zloop *zloop, struct zsocket *zsocket, void *socket,
	void (*receive)(struct zsocket *), void *context)
{
	int fd = -1;
	size_t size = sizeof(fd);
	if (zmq_getsockopt(socket, ZMQ_FD, &fd, &size) != 0 ||
		uv_poll_init(zloop->loop, &zsocket->poll, fd) != 0) {
		return ERR_INTERNAL;
	}
	zsocket->socket = socket;
	zsocket->receive = receive;
	zsocket->context = context;
	zsocket->zloop = zloop;
	zsocket->next = zloop->sockets;
	zloop->sockets = zsocket;
	return uv_poll_start(&zsocket->poll, UV_READABLE, poll_nothing) == 0 ? ERR_OK
									     : ERR_INTERNAL;
}
