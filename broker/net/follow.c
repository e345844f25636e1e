/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/server.h"

enum {
	FOLLOW_READ_MOST = 64 /* events of one read */
};

/* Has a reader look for events after where the follow stands. */
static void follow_run(struct server *server, struct session *session)
{
	struct session_follow *follow = &session->follow;
	if (!follow->open || follow->running || server->draining) {
		return;
	}
	struct request *request = request_get(&server->pool, REQUEST_FOLLOW);
	if (request == NULL) {
		return; /* the next commit tries again */
	}
	request->world = core_world_acquire(server->core);
	request->party = parties_find(world_parties(request->world), str_from(session->party));
	if (request->party == NULL ||
		!party_key_valid(request->party, str_from(session->key), timestamp_now())) {
		request_put(&server->pool, request);
		server_session_end(server, session, "its party or key was taken away");
		return;
	}
	request->peer = session->peer;
	request->follow = (struct request_follow){.generation = follow->generation,
		.correlation = follow->correlation,
		.after = follow->after,
		.most = follow->credit < FOLLOW_READ_MOST ? follow->credit : FOLLOW_READ_MOST};
	memcpy(request->follow.reference, follow->reference, sizeof(follow->reference));
	follow->running = true;
	server_read(server, &server->queries, request);
}

void server_follow(struct server *server, struct session *session, struct request *request)
{
	struct session_follow *follow = &session->follow;
	const struct wire_request *wire = &request->wire;
	follow->open = true;
	follow->generation++;
	follow->correlation = wire->header.correlation;
	follow->after = wire->after;
	follow->credit = (size_t)wire->credit;
	str_copy(follow->reference, sizeof(follow->reference), wire->reference);
	request_put(&server->pool, request);
	follow_run(server, session);
}

void server_follow_found(struct server *server, struct request *request)
{
	struct session *session = sessions_find(&server->sessions, &request->peer);
	const struct request_follow found = request->follow;
	const bool ok = request->err == ERR_OK;
	if (session == NULL) {
		request_put(&server->pool, request);
		return;
	}
	struct session_follow *follow = &session->follow;
	follow->running = false;
	if (follow->generation != found.generation) {
		request_put(&server->pool, request); /* replaced meanwhile */
		follow_run(server, session);
		return;
	}
	follow->after = found.scanned > follow->after ? found.scanned : follow->after;
	follow->credit -= found.count < follow->credit ? found.count : follow->credit;
	follow->open = ok && follow->credit > 0;
	const struct peer peer = session->peer;
	server_answer(server, request);
	session = sessions_find(&server->sessions, &peer); /* sending may have ended it */
	if (session != NULL && session->follow.after < server->committed) {
		follow_run(server, session);
	}
}

void server_follow_wake(struct server *server)
{
	for (size_t i = 0; i < server->sessions.capacity; i++) {
		struct session *session = &server->sessions.items[i];
		if (session->live && session->follow.open) {
			follow_run(server, session);
		}
	}
}
