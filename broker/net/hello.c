/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/base/log.h"
#include "broker/net/server.h"

#include <inttypes.h>
#include <stdio.h>

bool server_session_ok(struct server *server, const struct session *session, const char *route)
{
	struct world *world = core_world_acquire(server->core);
	const struct party *party = parties_find(world_parties(world), str_from(session->party));
	const bool ok = party != NULL &&
			party_key_valid(party, str_from(session->key), timestamp_now()) &&
			(route == NULL || party_serves(party, str_from(route)));
	core_world_release(world);
	return ok;
}

void server_session_end(struct server *server, struct session *session, const char *why)
{
	log_line(LOG_DEBUG, "session", session->party, "ends: %s", why);
	dispatcher_leave(server, session);
	sessions_close(&server->sessions, session);
}

void server_sessions_check(struct server *server)
{
	struct world *world = core_world_acquire(server->core);
	uploads_sift(&server->uploads, world_parties(world));
	core_world_release(world);
	for (size_t i = 0; i < server->sessions.capacity; i++) {
		struct session *session = &server->sessions.items[i];
		if (session->live && !server_session_ok(server, session, NULL)) {
			server_session_end(server, session, "its party or key was taken away");
		}
	}
}

void server_sessions_expire(struct server *server, uint64_t now_ms)
{
	const uint64_t idle_ms = (uint64_t)server->config->session_idle_ms;
	for (size_t i = 0; i < server->sessions.capacity; i++) {
		struct session *session = &server->sessions.items[i];
		/* Who waits for deliveries or events has nothing to say meanwhile; when such a
		 * connection is gone, the next thing sent to it finds out. */
		if (session->live && session->route_count == 0 && !session->follow.open &&
			session->pending == 0 && now_ms - session->heard_ms > idle_ms) {
			server_session_end(server, session, "idle");
		}
	}
}

/* A place for one more session; the longest silent one gives way, first one of the same party. */
static struct session *session_make(struct server *server, const struct request *request)
{
	size_t count;
	struct session *oldest = sessions_oldest(&server->sessions, request->party->id, &count);
	if (count >= SESSION_PARTY_MOST) {
		server_session_end(server, oldest, "its party has too many");
	} else if (server->sessions.free == NULL) {
		oldest = sessions_oldest(&server->sessions, NULL, &count);
		server_session_end(server, oldest, "too many");
	}
	return sessions_open(&server->sessions, &request->peer);
}

static void welcome(struct server *server, struct session *session, struct request *request)
{
	struct arena *arena = &request->arena;
	struct core_identity identity;
	core_identify(server->core, &identity);
	timestamp_us now = business_now(&server->writer.business);
	now = now < identity.journal_time ? identity.journal_time : now;
	char clock[TIMESTAMP_TEXT_SIZE];
	timestamp_format(now, clock);
	const struct str instance = arena_printf(arena, "%016" PRIx64, identity.instance);

	struct value limits = value_map_new(arena, 4);
	value_put(arena, &limits, "frame_bytes", value_of_int(LIMIT_FRAME_BYTES));
	value_put(arena, &limits, "frames", value_of_int(LIMIT_FRAMES));
	value_put(arena, &limits, "depth", value_of_int(LIMIT_DEPTH));
	value_put(arena, &limits, "elements", value_of_int(LIMIT_ELEMENTS));
	struct value body = value_map_new(arena, 11);
	value_put(arena, &body, "protocol", value_of_int(WIRE_VERSION));
	value_put(arena, &body, "version", value_of_text(ONWARD_VERSION));
	value_put(arena, &body, "instance", value_of_str(instance));
	value_put(arena, &body, "clock", value_of_text(clock));
	value_put(arena, &body, "mode", value_of_text(identity.rehearsal ? "rehearsal" : "live"));
	value_put(arena, &body, "party", value_of_text(session->party));
	value_put(arena, &body, "kind",
		value_of_text(vocab_code(VOCAB_KIND, (int)request->party->kind)));
	value_put(arena, &body, "window", value_of_int(LIMIT_WINDOW));
	value_put(arena, &body, "credit", value_of_int((int64_t)session->credit));
	value_put(arena, &body, "limits", limits);
	value_put(arena, &body, "directory_version",
		value_of_int((int64_t)identity.directory_version));
	request_reply(request, WIRE_WELCOME, request->wire.header.correlation, &body);
}

/* What speaks against a hello; true when it was refused. */
static bool hello_refused(struct server *server, struct request *request)
{
	const struct wire_request *wire = &request->wire;
	if (server->draining) {
		server_refuse(server, request, ERR_FULL, "", "the broker is stopping");
		return true;
	}
	if (!wire->speaks_version) {
		server_refuse(server, request, ERR_VERSION, "protocols",
			"this broker speaks version %d", WIRE_VERSION);
		return true;
	}
	for (size_t i = 0; i < wire->route_count; i++) {
		if (!party_serves(request->party, wire->routes[i])) {
			char field[32];
			(void)snprintf(field, sizeof(field), "routes[%zu]", i);
			server_refuse(server, request, ERR_NOT_ALLOWED, field,
				"this party takes no deliveries for that one");
			return true;
		}
	}
	return false;
}

void server_hello(struct server *server, struct request *request)
{
	const struct wire_request *wire = &request->wire;
	if (hello_refused(server, request)) {
		return;
	}
	struct session *session = sessions_find(&server->sessions, &request->peer);
	if (session != NULL && strcmp(session->party, request->party->id) != 0) {
		server_session_end(server, session, "its number came to another connection");
		session = NULL;
	}
	if (session != NULL) {
		dispatcher_leave(server, session);
		session->follow.open = false;
		session->follow.generation++;
	} else {
		session = session_make(server, request);
	}
	if (session == NULL) {
		server_refuse(server, request, ERR_FULL, "", "too many sessions");
		return;
	}
	struct str party;
	struct str key = {0};
	(void)zap_user_id(zmq_msg_gets(&request->frame, "User-Id"), &party, &key);
	str_copy(session->party, sizeof(session->party), str_from(request->party->id));
	str_copy(session->key, sizeof(session->key), key);
	session->heard_ms = uv_now(&server->loop);
	session->takes_deliveries =
		wire->route_count > 0 && (!server->identity.rehearsal || wire->accepts_rehearsal);
	session->credit = session->takes_deliveries ? (size_t)wire->credit : 0;
	if (session->takes_deliveries &&
		dispatcher_claim(server, session, wire->routes, wire->route_count) != ERR_OK) {
		server_session_end(server, session, "no memory");
		server_refuse(server, request, ERR_NOMEM, "", "%s", err_text(ERR_NOMEM));
		return;
	}
	log_line(LOG_DEBUG, "session", session->party, "begins, %zu routes", session->route_count);
	request->peer.session = session->peer.session;
	welcome(server, session, request);
	const struct peer peer = request->peer;
	server_answer(server, request);
	session = sessions_find(&server->sessions, &peer);
	if (session != NULL) {
		dispatcher_refill(server, session);
	}
}
