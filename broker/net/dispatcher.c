/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/dispatcher.h"
#include "broker/base/log.h"
#include "broker/net/server.h"

#include <sodium.h>
#include <stdlib.h>

/* Frees the place in its session's credit. */
static void holder_release(struct server *server, struct delivery *delivery)
{
	if (delivery->state != DELIVERY_WAITING && delivery->holder.session != 0) {
		struct session *session = sessions_find(&server->sessions, &delivery->holder);
		if (session != NULL && session->held > 0) {
			session->held--;
		}
	}
	delivery->holder = (struct peer){0};
}

/* Doubled for each failure, with jitter, so that what failed together does not come back so. */
static uint64_t retry_wait_ms(const struct config *config, uint32_t failures)
{
	uint64_t wait = (uint64_t)config->retry_first_ms;
	const uint64_t most = (uint64_t)config->retry_most_ms;
	for (uint32_t i = 1; i < failures && wait < most; i++) {
		wait *= 2;
	}
	wait = wait < most ? wait : most;
	return wait / 2 + randombytes_uniform((uint32_t)(wait / 2 + 1));
}

static void delivery_wait(struct server *server, struct delivery *delivery)
{
	holder_release(server, delivery);
	delivery->state = DELIVERY_WAITING;
	delivery->failed++;
	delivery->due_ms = uv_now(&server->loop) + retry_wait_ms(server->config, delivery->failed);
}

/* Has it recorded that an attempt came to nothing.  Until then it is not sent again, or two
 * attempts would bear one number. */
static void failure_record(struct server *server, struct delivery *delivery, const char *reason)
{
	struct request *request = request_get(&server->pool, REQUEST_FAILED);
	if (request != NULL) {
		delivery->recording = true;
		request->failed = (struct request_failed){delivery->id, reason};
		server_write(server, request);
	}
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

/* The frames of a read are some hundred KiB: memory that would be mapped and given back each time.
 */
static void spare_take(struct dispatcher *dispatcher, struct request *request)
{
	if (request->reply.size < dispatcher->spare.size) {
		const struct buf own = request->reply;
		request->reply = dispatcher->spare;
		dispatcher->spare = own;
	}
}

static void spare_give(struct dispatcher *dispatcher, struct request *request)
{
	if (request->reply.size > dispatcher->spare.size &&
		request->reply.size <= DISPATCHER_SPARE_BYTES) {
		const struct buf own = request->reply;
		request->reply = dispatcher->spare;
		dispatcher->spare = own;
		buf_reset(&dispatcher->spare);
		buf_reset(&request->reply);
	}
}

/* Reads more rows of a route when its session has room for them. */
static void route_kick(struct server *server, size_t number)
{
	struct route *route = &server->dispatcher.routes[number];
	if (!route->dirty || route->reading || route->holder.session == 0 || server->draining ||
		route->count >= DISPATCHER_ROUTE_MOST) {
		return;
	}
	struct session *session = sessions_find(&server->sessions, &route->holder);
	if (session == NULL || session->held >= session->credit) {
		return;
	}
	if (!server_session_ok(server, session, route->party)) {
		server_session_end(server, session, "its party may not take these deliveries");
		return;
	}
	struct request *request = request_get(&server->pool, REQUEST_OUTBOX);
	struct id *skip = request == NULL
				  ? NULL
				  : arena_array(&request->arena, route->count + 1, sizeof(*skip));
	if (skip == NULL) {
		if (request != NULL) {
			request_put(&server->pool, request);
		}
		return; /* looked at again with the next commit */
	}
	size_t count = 0;
	for (struct delivery *delivery = route->first; delivery != NULL;
		delivery = delivery->route_next) {
		skip[count++] = delivery->id;
	}
	qsort(skip, count, sizeof(*skip), compare_ids);
	const size_t room = session->credit - session->held;
	request->peer = route->holder;
	request->outbox = (struct request_outbox){.route = number,
		.skip = skip,
		.skip_count = count,
		.most = room < DISPATCHER_READ_MOST ? room : DISPATCHER_READ_MOST};
	memcpy(request->outbox.party, route->party, sizeof(route->party));
	spare_take(&server->dispatcher, request);
	route->dirty = false;
	route->reading = true;
	server_read(server, &server->outboxes, request);
}

void dispatcher_wake(struct server *server)
{
	for (size_t i = 0; i < server->dispatcher.route_count; i++) {
		server->dispatcher.routes[i].dirty = true;
		route_kick(server, i);
	}
}

void dispatcher_refill(struct server *server, const struct session *session)
{
	/* A kick may end the session: the routes are copied by number, one at a time. */
	const struct peer peer = session->peer;
	for (size_t i = 0;; i++) {
		const struct session *now = sessions_find(&server->sessions, &peer);
		if (now == NULL || i >= now->route_count) {
			return;
		}
		route_kick(server, now->routes[i]);
	}
}

/* Sends one head; false when the session is gone. */
static bool head_send(struct server *server, struct session *session, size_t route,
	const struct request_head *head, struct str frame)
{
	struct delivery *delivery = delivery_add(&server->dispatcher, route, head);
	if (delivery == NULL) {
		server->dispatcher.routes[route].dirty = true;
		return true;
	}
	if (head->unsent != NULL) {
		/* Somebody has to look: it is tried again, rarely, and shows as failing. */
		failure_record(server, delivery, "too-large");
		delivery->failed += 16;
		delivery_wait(server, delivery);
		return true;
	}
	const enum sent sent = server_send(server, &session->peer, frame);
	if (sent == SENT_OK) {
		delivery->holder = session->peer;
		delivery->due_ms =
			uv_now(&server->loop) + (uint64_t)server->config->attempt_timeout_ms;
		session->held++;
		return true;
	}
	if (sent == SENT_LATER) {
		delivery_wait(server, delivery);
		return true;
	}
	delivery_remove(&server->dispatcher, delivery);
	server_session_end(server, session, "its connection is gone");
	return false;
}

void dispatcher_found(struct server *server, struct request *request)
{
	struct request_outbox *outbox = &request->outbox;
	struct route *route = &server->dispatcher.routes[outbox->route];
	route->reading = false;
	if (request->err != ERR_OK) {
		/* Not asked again at once: the next commit is the occasion. */
		log_line(LOG_ERROR, "dispatcher", route->party, "reading the outbox: %s %s",
			err_text(request->err), request->fault.message);
		request_put(&server->pool, request);
		return;
	}
	route->dirty = route->dirty || outbox->count == outbox->most;
	struct session *session = sessions_find(&server->sessions, &request->peer);
	if (session == NULL || route->holder.session != request->peer.session || server->draining) {
		route->dirty = true;
		session = NULL;
	}
	size_t at = 0;
	for (size_t i = 0; i < outbox->count && session != NULL; i++) {
		const struct request_head *head = &outbox->heads[i];
		struct str frame = {0};
		if (head->unsent == NULL && !request_next_frame(request, &at, &frame)) {
			break;
		}
		if (session->held >= session->credit) {
			route->dirty = true; /* another route of the session was quicker */
			break;
		}
		/* What came to be held while the read was under way is not sent twice. */
		if (delivery_find(&server->dispatcher, &head->id) == NULL &&
			!head_send(server, session, outbox->route, head, frame)) {
			break;
		}
	}
	const size_t number = outbox->route;
	spare_give(&server->dispatcher, request);
	request_put(&server->pool, request);
	route_kick(server, number);
}

static void supersede(struct server *server, const struct peer *peer)
{
	struct session *session = sessions_find(&server->sessions, peer);
	if (session == NULL) {
		return;
	}
	struct request *request = request_get(&server->pool, REQUEST_PEER);
	dispatcher_leave(server, session);
	log_line(LOG_NOTICE, "session", session->party, "a newer session took its deliveries");
	if (request == NULL) {
		return;
	}
	const struct value body = {.kind = VALUE_MAP};
	request->peer = *peer;
	request_reply(request, WIRE_SUPERSEDED, 0, &body);
	server_answer(server, request);
}

enum err dispatcher_claim(
	struct server *server, struct session *session, const struct str *routes, size_t count)
{
	struct dispatcher *dispatcher = &server->dispatcher;
	if (count == 0) {
		return ERR_OK;
	}
	size_t *numbers = calloc(count, sizeof(*numbers));
	if (numbers == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		numbers[i] = route_number(dispatcher, routes[i]);
		if (numbers[i] == SIZE_MAX) {
			free(numbers);
			return ERR_NOMEM;
		}
	}
	session->routes = numbers;
	session->route_count = count;
	for (size_t i = 0; i < count; i++) {
		const struct peer former = dispatcher->routes[numbers[i]].holder;
		if (former.session != 0 && former.session != session->peer.session) {
			supersede(server, &former);
		}
		dispatcher->routes[numbers[i]].holder = session->peer;
		dispatcher->routes[numbers[i]].dirty = true;
	}
	return ERR_OK;
}

/* Its session is gone; the next one gets it as soon as that is recorded. */
static void delivery_lose(struct server *server, struct delivery *delivery)
{
	if (delivery->state == DELIVERY_SENT) {
		failure_record(server, delivery, "unreachable");
	}
	if (!delivery->recording) {
		delivery_remove(&server->dispatcher, delivery);
		return;
	}
	delivery->holder = (struct peer){0};
	delivery->state = DELIVERY_WAITING;
	delivery->due_ms = 0;
}

void dispatcher_leave(struct server *server, struct session *session)
{
	struct dispatcher *dispatcher = &server->dispatcher;
	for (size_t i = 0; i < session->route_count; i++) {
		struct route *route = &dispatcher->routes[session->routes[i]];
		if (route->holder.session == session->peer.session) {
			route->holder = (struct peer){0};
		}
		struct delivery *delivery = route->first;
		while (delivery != NULL) {
			struct delivery *next = delivery->route_next;
			if (delivery->holder.session == session->peer.session) {
				delivery_lose(server, delivery);
			}
			delivery = next;
		}
	}
	free(session->routes);
	session->routes = NULL;
	session->route_count = 0;
	session->held = 0;
}

void dispatcher_receipt_arrived(struct server *server, const struct request *request)
{
	struct delivery *delivery = delivery_find(&server->dispatcher, &request->wire.delivery);
	if (delivery != NULL && delivery->state == DELIVERY_SENT &&
		delivery->holder.session == request->peer.session) {
		delivery->state = DELIVERY_RECEIPTED;
	}
}

void dispatcher_receipt_done(struct server *server, const struct request *request)
{
	struct delivery *delivery = delivery_find(&server->dispatcher, &request->wire.delivery);
	if (delivery == NULL) {
		return;
	}
	const bool holder = delivery->holder.session == request->peer.session;
	const struct peer peer = delivery->holder;
	const size_t route = delivery->route;
	if (request->err == ERR_OK && str_is(request->wire.receipt, "failed")) {
		if (holder && delivery->state == DELIVERY_RECEIPTED) {
			delivery_wait(server, delivery);
		}
	} else if (request->err == ERR_OK || (holder && request->err == ERR_NOT_FOUND)) {
		holder_release(server, delivery);
		delivery_remove(&server->dispatcher, delivery);
	} else if (holder && delivery->state == DELIVERY_RECEIPTED) {
		delivery->state = DELIVERY_SENT; /* not recorded: the time-out goes on */
	}
	const struct session *session = sessions_find(&server->sessions, &peer);
	if (session != NULL && peer.session != 0) {
		dispatcher_refill(server, session);
	}
	route_kick(server, route);
}

void dispatcher_failure_done(struct server *server, const struct request *request)
{
	struct delivery *delivery = delivery_find(&server->dispatcher, &request->failed.delivery);
	if (delivery == NULL) {
		return;
	}
	const size_t route = delivery->route;
	delivery->recording = false;
	if (delivery->state == DELIVERY_WAITING && delivery->due_ms <= uv_now(&server->loop)) {
		delivery_remove(&server->dispatcher, delivery);
		route_kick(server, route);
	}
}

void dispatcher_hasten(struct server *server, const struct request_hasten *hasten)
{
	for (size_t i = 0; i < hasten->count; i++) {
		struct delivery *delivery = delivery_find(&server->dispatcher, &hasten->ids[i]);
		if (delivery == NULL || delivery->state != DELIVERY_WAITING) {
			continue;
		}
		const size_t route = delivery->route;
		delivery->due_ms = 0; /* while its failure is being recorded, it goes after that */
		if (!delivery->recording) {
			delivery_remove(&server->dispatcher, delivery);
			route_kick(server, route);
		}
	}
}

void dispatcher_tick(struct server *server, uint64_t now_ms)
{
	struct dispatcher *dispatcher = &server->dispatcher;
	for (size_t i = 0; i < dispatcher->route_count; i++) {
		struct delivery *delivery = dispatcher->routes[i].first;
		while (delivery != NULL) {
			struct delivery *next = delivery->route_next;
			if (delivery->due_ms <= now_ms && delivery->state == DELIVERY_SENT) {
				failure_record(server, delivery, "timeout");
				delivery_wait(server, delivery);
			} else if (delivery->due_ms <= now_ms && !delivery->recording &&
				   delivery->state == DELIVERY_WAITING) {
				delivery_remove(dispatcher, delivery);
			}
			delivery = next;
		}
		route_kick(server, i);
	}
}
