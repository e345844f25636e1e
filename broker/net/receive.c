/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/server.h"
#include "broker/base/limits.h"
#include "broker/base/log.h"

#include <sodium.h>
#include <zmq.h>

enum {
	PEER_ID_BYTES = 5 /* a zero and ZeroMQ's number; any other id was chosen by the peer */
};

/* Who sends, by ZeroMQ's own number.  False for an id of the peer's choice. */
static bool peer_read(zmq_msg_t *id, size_t gate, struct peer *ret_peer)
{
	const uint8_t *bytes = zmq_msg_data(id);
	if (zmq_msg_size(id) != PEER_ID_BYTES || bytes[0] != 0) {
		return false;
	}
	*ret_peer = (struct peer){.gate = gate,
		.number = (uint32_t)bytes[1] << 24 | (uint32_t)bytes[2] << 16 |
			  (uint32_t)bytes[3] << 8 | bytes[4]};
	return true;
}

/* Holds the message's sender against the parties of this moment. */
static bool party_find(struct server *server, struct request *request)
{
	struct str party = {0};
	struct str key = {0};
	/* On the payload frame: libzmq 4.3.4 may lose the properties of the routing id's. */
	if (!zap_user_id(zmq_msg_gets(&request->frame, "User-Id"), &party, &key)) {
		return false;
	}
	request->world = core_world_acquire(server->core);
	const struct party *found = parties_find(world_parties(request->world), party);
	if (found == NULL || !party_key_valid(found, key, timestamp_now())) {
		return false;
	}
	request->party = found;
	return true;
}

/* True when the queue has room and the session may ask more. */
static bool admit(struct server *server, struct session *session, struct request *request,
	struct request_queue *queue, size_t most)
{
	size_t count;
	size_t bytes;
	if (server->draining) {
		server_refuse(server, request, ERR_FULL, "", "the broker is stopping");
		return false;
	}
	if (session->pending >= LIMIT_WINDOW) {
		server_refuse(server, request, ERR_FULL, "",
			"more than %d requests of this session are unanswered", LIMIT_WINDOW);
		return false;
	}
	request_queue_measure(queue, &count, &bytes);
	if (count >= most || bytes >= SERVER_QUEUE_BYTES) {
		server_refuse(server, request, ERR_FULL, "", "too much is waiting");
		return false;
	}
	session->pending++;
	request->counted = true;
	return true;
}

/* What of a submit need not wait for the writer. */
static void prepare(struct server *server, struct request *request)
{
	uint8_t entropy[64];
	if (request->wire.header.type == WIRE_SUBMIT) {
		randombytes_buf(entropy, sizeof(entropy));
		request->prepared = core_prepare(server->core, request->world, request->party,
			&request->wire, business_now(&server->writer.business), entropy,
			&request->reply, &request->arena);
		sodium_memzero(entropy, sizeof(entropy));
	}
}

static void to_writer(struct server *server, struct session *session, struct request *request)
{
	if (admit(server, session, request, &server->writer.queue, LIMIT_QUEUE_COMMANDS)) {
		if (request->wire.header.type == WIRE_RECEIPT) {
			dispatcher_receipt_arrived(server, request);
		}
		prepare(server, request);
		server_write(server, request);
	}
}

bool server_admit(struct server *server, struct session *session, struct request *request,
	struct reader *reader)
{
	return admit(
		server, session, request, &reader->queue, (size_t)server->config->query_queue_most);
}

static void to_reader(struct server *server, struct session *session, struct reader *reader,
	struct request *request)
{
	if (!server_admit(server, session, request, reader)) {
		return;
	}
	if (wire_type_is_paged(request->wire.header.type) &&
		(request->wire.limit <= 0 ||
			request->wire.limit > server->config->page_rows_most)) {
		request->wire.limit = server->config->page_rows_most;
	}
	server_read(server, reader, request);
}

static void answer_empty(struct server *server, struct request *request)
{
	const struct value body = {.kind = VALUE_MAP};
	request_reply(request, WIRE_DONE, request->wire.header.correlation, &body);
	server_answer(server, request);
}

/* The window of deliveries; no reply. */
static void credit_set(struct server *server, struct session *session, struct request *request)
{
	if (session->takes_deliveries) {
		session->credit = (size_t)request->wire.credit;
		dispatcher_refill(server, session);
	}
	request_put(&server->pool, request);
}

static void reload_ask(struct server *server, struct session *session, struct request *request)
{
	if (request->party->kind != KIND_OPERATOR) {
		server_refuse(server, request, ERR_NOT_ALLOWED, "", "only an operator may reload");
		return;
	}
	request->kind = REQUEST_RELOAD;
	request->reload.parties = request->wire.reload_parties;
	request->reload.directory = request->wire.reload_directory;
	to_reader(server, session, request->reload.directory ? &server->works : &server->queries,
		request);
}

static void status_ask(struct server *server, struct session *session, struct request *request)
{
	const enum kind kind = request->party->kind;
	if (kind != KIND_OPERATOR && kind != KIND_COORDINATOR && kind != KIND_COMMISSIONER) {
		server_refuse(server, request, ERR_NOT_ALLOWED, "",
			"only operators, coordinators and commissioners see the status");
		return;
	}
	to_reader(server, session, &server->queries, request);
}

static void request_route(struct server *server, struct session *session, struct request *request)
{
	switch (request->wire.header.type) {
	case WIRE_SUBMIT:
	case WIRE_AMEND:
	case WIRE_WITHDRAW:
	case WIRE_ACKNOWLEDGE:
	case WIRE_RECEIPT:
	case WIRE_INBOX:
	case WIRE_ASSIGN:
	case WIRE_SEEN:
	case WIRE_RETRY:
	case WIRE_STOP_RETRYING:
	case WIRE_CLOCK:
	case WIRE_ERASE:
	case WIRE_MIGRATE:
	case WIRE_INTAKE:
		to_writer(server, session, request);
		return;
	case WIRE_SHOW:
	case WIRE_LIST:
	case WIRE_EXPLAIN:
	case WIRE_QUEUE:
	case WIRE_DELIVERIES:
	case WIRE_VERSIONS:
	case WIRE_FETCH:
	case WIRE_CAPACITY:
		to_reader(server, session, &server->queries, request);
		return;
	case WIRE_STATUS:
		status_ask(server, session, request);
		return;
	case WIRE_UPLOAD:
		server_upload(server, request);
		return;
	case WIRE_PUBLISH:
	case WIRE_ROLLBACK:
		server_publish(server, session, request);
		return;
	case WIRE_REHEARSE:
		server_rehearse(server, session, request);
		return;
	case WIRE_RELOAD:
		reload_ask(server, session, request);
		return;
	case WIRE_FOLLOW:
		server_follow(server, session, request);
		return;
	case WIRE_CREDIT:
		credit_set(server, session, request);
		return;
	case WIRE_PING:
		answer_empty(server, request);
		return;
	case WIRE_BYE:
		server_session_end(server, session, "bye");
		answer_empty(server, request);
		return;
	case WIRE_HELLO:
	case WIRE_WELCOME:
	case WIRE_RESET:
	case WIRE_SUPERSEDED:
	case WIRE_REFUSED:
	case WIRE_DONE:
	case WIRE_PAGE:
	case WIRE_DELIVERY:
	case WIRE_EVENT:
		break;
	}
	server_refuse(server, request, ERR_MALFORMED, "", "no request has this type");
}

/* The session of the connection, if it is still the same party with the same key. */
static struct session *session_of(struct server *server, struct request *request)
{
	struct session *session = sessions_find(&server->sessions, &request->peer);
	struct str party = {0};
	struct str key = {0};
	if (session == NULL ||
		!zap_user_id(zmq_msg_gets(&request->frame, "User-Id"), &party, &key)) {
		return NULL;
	}
	if (!str_is(party, session->party) || !str_is(key, session->key)) {
		server_session_end(server, session, "its number came to another connection");
		return NULL;
	}
	session->heard_ms = uv_now(&server->loop);
	request->peer.session = session->peer.session;
	return session;
}

static void not_allowed(struct server *server, struct request *request)
{
	struct session *session = sessions_find(&server->sessions, &request->peer);
	if (session != NULL) {
		server_session_end(server, session, "its party or key is not good any more");
	}
	server_refuse(server, request, ERR_NOT_ALLOWED, "",
		"this party, or its key, is not known or was revoked");
}

static void frame_take(struct server *server, struct request *request)
{
	const struct str frame = {zmq_msg_data(&request->frame), zmq_msg_size(&request->frame)};
	struct fault fault = {0};
	const bool known = party_find(server, request);
	const enum err err = wire_request_decode(frame, &request->arena, &request->wire, &fault);
	if (request->wire.header.type == 0) {
		/* None of ours: there is nothing a reply could be matched by. */
		core_count_refusal(server->core, ERR_MALFORMED);
		request_put(&server->pool, request);
		return;
	}
	if (!known) {
		not_allowed(server, request);
		return;
	}
	const uint32_t kind = 1U << request->party->kind;
	if ((server->gates[request->peer.gate].kinds & kind) == 0) {
		server_refuse(server, request, ERR_NOT_ALLOWED, "",
			"this endpoint is not for parties of kind %s",
			vocab_code(VOCAB_KIND, (int)request->party->kind));
		return;
	}
	if (err != ERR_OK) {
		server_refuse(server, request, err, fault.field, "%s", fault.message);
		return;
	}
	if (request->wire.header.type == WIRE_HELLO) {
		server_hello(server, request);
		return;
	}
	struct session *session = session_of(server, request);
	if (session == NULL) {
		const struct value body = {.kind = VALUE_MAP};
		request_reply(request, WIRE_RESET, request->wire.header.correlation, &body);
		server_answer(server, request);
		return;
	}
	request_route(server, session, request);
}

/* Takes the frames of one message; what is too much is taken and let go.  The number of frames, 0
 * for a message that is dropped. */
static size_t frames_take(
	struct server *server, void *socket, const struct peer *peer, struct request **ret_requests)
{
	size_t count = 0;
	bool drop = false;
	for (bool more = true; more;) {
		struct request *request = request_get(&server->pool, REQUEST_PEER);
		zmq_msg_t spare;
		(void)zmq_msg_init(&spare);
		zmq_msg_t *frame = request == NULL ? &spare : &request->frame;
		const bool taken = zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) >= 0;
		more = taken && zmq_msg_more(frame) != 0;
		drop = drop || !taken || request == NULL || peer == NULL || count == LIMIT_FRAMES;
		if (!drop) {
			request->peer = *peer;
			ret_requests[count++] = request;
		} else if (request != NULL) {
			request_put(&server->pool, request);
		}
		(void)zmq_msg_close(&spare);
	}
	while (drop && count > 0) {
		request_put(&server->pool, ret_requests[--count]);
	}
	return count;
}

void server_receive(struct zsocket *zsocket)
{
	struct server *server = zsocket->context;
	const struct gate *gate =
		(const struct gate *)(void *)((char *)zsocket - offsetof(struct gate, zsocket));
	struct request *requests[LIMIT_FRAMES];
	struct peer peer;
	zmq_msg_t id;
	(void)zmq_msg_init(&id);
	if (zmq_msg_recv(&id, zsocket->socket, ZMQ_DONTWAIT) < 0) {
		(void)zmq_msg_close(&id);
		return;
	}
	const bool ours = peer_read(&id, (size_t)(gate - server->gates), &peer);
	const bool more = zmq_msg_more(&id) != 0;
	(void)zmq_msg_close(&id);
	const size_t count =
		more ? frames_take(server, zsocket->socket, ours ? &peer : NULL, requests) : 0;
	if (count == 0) {
		server->dropped_messages++;
		core_count_refusal(server->core, ERR_MALFORMED);
	}
	for (size_t i = 0; i < count; i++) {
		frame_take(server, requests[i]);
	}
}
