/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/server.h"
#include "broker/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <zmq.h>

enum sent server_send(struct server *server, const struct peer *peer, struct str frame)
{
	if (peer->gate >= server->gate_count) {
		return SENT_OK; /* the broker's own request: nobody waits */
	}
	void *socket = server->gates[peer->gate].socket;
	const uint8_t id[5] = {0, (uint8_t)(peer->number >> 24), (uint8_t)(peer->number >> 16),
		(uint8_t)(peer->number >> 8), (uint8_t)peer->number};
	if (zmq_send(socket, id, sizeof(id), ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
		zmq_send(socket, frame.ptr, frame.len, ZMQ_DONTWAIT) >= 0) {
		return SENT_OK;
	}
	return zmq_errno() == EAGAIN ? SENT_LATER : SENT_GONE;
}

void server_write(struct server *server, struct request *request)
{
	server->in_work++;
	request_queue_push(&server->writer.queue, request);
}

void server_read(struct server *server, struct reader *reader, struct request *request)
{
	server->in_work++;
	request_queue_push(&reader->queue, request);
}

void server_answer(struct server *server, struct request *request)
{
	const struct peer peer = request->peer;
	size_t at = 0;
	struct str frame;
	enum sent sent = SENT_OK;
	while (sent == SENT_OK && request_next_frame(request, &at, &frame)) {
		sent = server_send(server, &peer, frame);
	}
	request_put(&server->pool, request);
	if (sent == SENT_LATER) {
		/* A peer that asks without reading: it asks again for what it misses. */
		server->dropped_replies++;
	} else if (sent == SENT_GONE) {
		struct session *session = sessions_find(&server->sessions, &peer);
		if (session != NULL) {
			server_session_end(server, session, "its connection is gone");
		}
	}
}

void server_refuse(struct server *server, struct request *request, enum err code, const char *field,
	const char *format, ...)
{
	struct fault fault;
	char message[sizeof(fault.message)];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	(void)fault_set(&fault, code, field, "%s", message);
	core_count_refusal(server->core, code);
	request_refuse(request, &fault);
	server_answer(server, request);
}

static void finished_take(struct server *server, struct request *request)
{
	server->in_work--;
	if (request->counted) {
		struct session *session = sessions_find(&server->sessions, &request->peer);
		if (session != NULL && session->pending > 0) {
			session->pending--;
		}
		request->counted = false;
	}
	switch (request->kind) {
	case REQUEST_PEER:
		if (request->wire.header.type == WIRE_RECEIPT) {
			dispatcher_receipt_done(server, request);
		}
		if (request->err == ERR_OK) {
			dispatcher_hasten(server, &request->hasten);
		}
		server_answer(server, request);
		return;
	case REQUEST_FOLLOW:
		server_follow_found(server, request);
		return;
	case REQUEST_OUTBOX:
		dispatcher_found(server, request);
		return;
	case REQUEST_RELOAD:
		server_reload_read(server, request);
		return;
	case REQUEST_PUBLISH:
		server_publish_read(server, request);
		return;
	case REQUEST_REHEARSE:
		server_rehearse_read(server, request);
		return;
	case REQUEST_STOPPED:
		uv_stop(&server->loop);
		request_put(&server->pool, request);
		return;
	case REQUEST_FAILED:
		dispatcher_failure_done(server, request);
		request_put(&server->pool, request);
		return;
	case REQUEST_DUE:
		/* It has been through the writer: the loop and the writer both work. */
		notify_alive(&server->notify, uv_now(&server->loop));
		server->due_in_work = false;
		if (request->more) {
			server->due_at_ms = 0; /* at the next tick, not in a second */
		}
		request_put(&server->pool, request);
		return;
	case REQUEST_STARTED:
		request_put(&server->pool, request);
		return;
	}
}

/* When nothing is out any more, or the time is over, the last record is written. */
static void drain_step(struct server *server)
{
	if (!server->draining || server->stopped_sent ||
		(server->in_work > 0 && uv_now(&server->loop) < server->drain_until_ms)) {
		return;
	}
	struct request *request = request_get(&server->pool, REQUEST_STOPPED);
	server->stopped_sent = true;
	if (request == NULL) {
		uv_stop(&server->loop);
		return;
	}
	server_write(server, request);
}

static void outlet_arrived(uv_async_t *async)
{
	struct server *server = async->data;
	struct request *request = request_queue_take_all(&server->outlet.queue);
	while (request != NULL) {
		struct request *next = request->next;
		finished_take(server, request);
		request = next;
	}
	const uint64_t sequence = atomic_load(&server->outlet.sequence);
	if (sequence > server->committed) {
		server->committed = sequence;
	}
	if (atomic_exchange(&server->outlet.deliveries, false)) {
		dispatcher_wake(server);
	}
	if (atomic_exchange(&server->outlet.events, false)) {
		server_follow_wake(server);
	}
	drain_step(server);
}

/* Business clocks run on rows of the store: once a second the writer is asked to look. */
static void due_step(struct server *server, uint64_t now_ms)
{
	if (server->due_in_work || now_ms < server->due_at_ms) {
		return;
	}
	struct request *request = request_get(&server->pool, REQUEST_DUE);
	if (request != NULL) {
		server->due_in_work = true;
		server->due_at_ms = now_ms + SERVER_DUE_MS;
		request->peer.gate = SIZE_MAX; /* nobody waits for an answer */
		server_write(server, request);
	}
}

static void tick(uv_timer_t *timer)
{
	struct server *server = timer->data;
	const uint64_t now_ms = uv_now(&server->loop);
	if (!server->draining) {
		dispatcher_tick(server, now_ms);
		server_sessions_expire(server, now_ms);
		uploads_expire(&server->uploads, now_ms);
		due_step(server, now_ms);
	}
	drain_step(server);
}

static void signalled(uv_signal_t *handle, int number)
{
	struct server *server = handle->data;
	if (number == SIGHUP) {
		log_line(LOG_NOTICE, "reload", NULL, "SIGHUP: reading parties and directory");
		notify_reloading(&server->notify);
		server_reload(server, true, false);
		server_reload(server, false, true);
		if (server->reloads == 0) { /* there was no memory to ask for it */
			notify_send(&server->notify, "READY=1\nSTATUS=running");
		}
		return;
	}
	if (!server->draining) {
		log_line(LOG_NOTICE, "onwardd", NULL, "stopping: finishing %zu requests",
			server->in_work);
		notify_send(&server->notify, "STOPPING=1\nSTATUS=finishing %zu requests",
			server->in_work);
		server->draining = true;
		server->drain_until_ms = uv_now(&server->loop) + (uint64_t)server->config->drain_ms;
		drain_step(server);
	}
}

static enum err handles_init(struct server *server)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	enum err err = outlet_init(&server->outlet, &server->loop, outlet_arrived, server);
	if (err != ERR_OK) {
		return err;
	}
	(void)uv_timer_init(&server->loop, &server->tick);
	server->tick.data = server;
	(void)uv_timer_start(&server->tick, tick, SERVER_TICK_MS, SERVER_TICK_MS);
	for (size_t i = 0; i < 3; i++) {
		(void)uv_signal_init(&server->loop, &server->signals[i]);
		server->signals[i].data = server;
		(void)uv_signal_start(&server->signals[i], signalled, numbers[i]);
	}
	return zloop_init(&server->zloop, &server->loop);
}

enum err server_init(struct server *server, const struct config *config, const char *home,
	struct core *core, struct fault *fault)
{
	*server = (struct server){.config = config, .home = home, .core = core};
	notify_init(&server->notify);
	core_identify(core, &server->identity);
	server->committed = server->identity.sequence;
	/* No failure here leaves a program that could go on: the caller ends it. */
	if (uv_loop_init(&server->loop) != 0 || handles_init(server) != ERR_OK ||
		sessions_init(&server->sessions, (size_t)config->sessions_most) != ERR_OK ||
		writer_init(&server->writer, core, config, home, &server->outlet) != ERR_OK ||
		reader_init(&server->queries, server, "query") != ERR_OK ||
		reader_init(&server->outboxes, server, "outbox") != ERR_OK ||
		reader_init(&server->works, server, "works") != ERR_OK) {
		return fault_set(fault, ERR_NOMEM, "", "%s", err_text(ERR_NOMEM));
	}
	server->context = zmq_ctx_new();
	if (server->context == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "no ZeroMQ context");
	}
	return ERR_OK;
}

enum err server_start(struct server *server, struct fault *fault)
{
	if (writer_start(&server->writer) != ERR_OK || reader_start(&server->queries) != ERR_OK ||
		reader_start(&server->outboxes) != ERR_OK ||
		reader_start(&server->works) != ERR_OK) {
		return fault_set(fault, ERR_NOMEM, "", "cannot start the threads");
	}
	return ERR_OK;
}

static void zap_receive(struct zsocket *zsocket)
{
	zap_answer(zsocket->context);
}

enum err server_listen(struct server *server, const struct key_pair *key, struct fault *fault)
{
	enum err err = zap_init(&server->zap, server->context, server->core);
	if (err != ERR_OK) {
		return fault_set(fault, err, "", "cannot answer ZeroMQ's questions");
	}
	err = gate_self_test(server->context, &server->zap, server->home, key, fault);
	if (err != ERR_OK) {
		return err;
	}
	err = zloop_add(&server->zloop, &server->zap_zsocket, server->zap.socket, zap_receive,
		&server->zap);
	for (size_t i = 0; i < server->config->endpoint_count && err == ERR_OK; i++) {
		struct gate *gate = &server->gates[i];
		err = gate_init(gate, server->context, &server->config->endpoints[i], server->home,
			key, fault);
		if (err != ERR_OK) {
			return err;
		}
		server->gate_count++;
		err = zloop_add(
			&server->zloop, &gate->zsocket, gate->socket, server_receive, server);
	}
	return err == ERR_OK ? ERR_OK : fault_set(fault, err, "", "cannot watch the sockets");
}

void server_run(struct server *server)
{
	(void)uv_run(&server->loop, UV_RUN_DEFAULT);
}

static void handle_close(uv_handle_t *handle, void *context)
{
	(void)context;
	if (!uv_is_closing(handle)) {
		uv_close(handle, NULL);
	}
}

static void requests_let_go(struct server *server, struct request_queue *queue)
{
	struct request *request = request_queue_take_all(queue);
	while (request != NULL) {
		struct request *next = request->next;
		request_put(&server->pool, request);
		request = next;
	}
}

void server_finish(struct server *server)
{
	writer_stop(&server->writer);
	reader_stop(&server->queries);
	reader_stop(&server->outboxes);
	reader_stop(&server->works);
	uv_walk(&server->loop, handle_close, NULL);
	(void)uv_run(&server->loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&server->loop);
	for (size_t i = 0; i < server->gate_count; i++) {
		gate_close(&server->gates[i]);
	}
	zap_finish(&server->zap);
	if (server->context != NULL) {
		(void)zmq_ctx_term(server->context);
	}
	for (size_t i = 0; i < server->gate_count; i++) {
		gate_finish(&server->gates[i]);
	}
	requests_let_go(server, &server->outlet.queue);
	while (server->parked != NULL) {
		struct request *next = server->parked->next;
		request_put(&server->pool, server->parked);
		server->parked = next;
	}
	writer_finish(&server->writer);
	reader_finish(&server->queries);
	reader_finish(&server->outboxes);
	reader_finish(&server->works);
	uploads_finish(&server->uploads);
	outlet_finish(&server->outlet);
	dispatcher_finish(&server->dispatcher);
	sessions_finish(&server->sessions);
	request_pool_finish(&server->pool);
	notify_finish(&server->notify);
}
