/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/session.h"

/* The actor a caller has not named is the client's own. */
static void actor_fill(const struct client *client, struct wire_request *request)
{
	switch ((unsigned)request->header.type) {
	case WIRE_SUBMIT:
	case WIRE_AMEND:
	case WIRE_WITHDRAW:
	case WIRE_ACKNOWLEDGE:
	case WIRE_SHOW:
	case WIRE_LIST:
	case WIRE_INBOX:
	case WIRE_FOLLOW:
	case WIRE_EXPLAIN:
	case WIRE_RELOAD:
	case WIRE_ASSIGN:
	case WIRE_SEEN:
	case WIRE_QUEUE:
	case WIRE_DELIVERIES:
	case WIRE_RETRY:
	case WIRE_STOP_RETRYING:
	case WIRE_CLOCK:
	case WIRE_PUBLISH:
	case WIRE_VERSIONS:
	case WIRE_FETCH:
	case WIRE_ROLLBACK:
	case WIRE_REHEARSE:
	case WIRE_MIGRATE:
	case WIRE_INTAKE:
	case WIRE_CAPACITY:
		request->user = request->user.len > 0 ? request->user : str_from(client->user);
		request->role = request->role.len > 0 ? request->role : str_from(client->role);
		break;
	default:
		break;
	}
}

/* Puts a request into the table; NULL with *fault when it cannot be sent. */
static struct pending *question_put(
	struct client *client, struct wire_request *request, enum err *ret_err, struct fault *fault)
{
	struct buf frame = {0};
	struct pending *pending = NULL;
	actor_fill(client, request);
	wire_request_encode(&frame, request);
	if (frame.len > LIMIT_FRAME_BYTES) {
		*ret_err = fault_set(fault, ERR_TOO_LARGE, "", "a request has at most %d bytes",
			LIMIT_FRAME_BYTES);
	} else {
		pending = session_add(client, &frame);
		*ret_err = pending != NULL
				   ? ERR_OK
				   : fault_set(fault, ERR_NOMEM, "", "no room for another request");
	}
	buf_finish(&frame);
	if (pending != NULL) {
		request->header.correlation = pending->correlation;
	}
	return pending;
}

enum err client_ask(struct client *client, struct wire_request *request, int timeout_ms,
	struct arena *arena, struct value *ret_body, struct fault *fault)
{
	enum err err;
	struct pending *pending = question_put(client, request, &err, fault);
	if (pending == NULL) {
		return err;
	}
	const int64_t deadline = deadline_after(timeout_ms);
	while (err == ERR_OK && pending->state != PENDING_ANSWERED) {
		const int left = deadline_left(deadline);
		err = session_turn(client, left, fault);
		if (err == ERR_OK && left == 0 && pending->state != PENDING_ANSWERED) {
			err = session_overdue(client, fault);
		}
	}
	if (err == ERR_OK) {
		err = session_answer(pending, arena, ret_body, fault);
	}
	session_remove(pending);
	return err;
}

/* Questions on their way. */
struct round {
	struct client *client;
	struct client_question *questions;
	struct pending **pending; /* by question; NULL: not asked yet, or answered */
	size_t count, asked, answered, in_flight;
	struct arena *arena;
};

static void round_fill(struct round *round)
{
	const struct client *client = round->client;
	/* Before the welcome has named the window one is enough. */
	const size_t window = client->session != SESSION_UP ? 1 : client->window;
	while (round->asked < round->count && round->in_flight < window) {
		struct client_question *question = &round->questions[round->asked];
		struct pending *pending = question_put(
			round->client, &question->request, &question->err, &question->fault);
		round->pending[round->asked++] = pending;
		round->in_flight += pending != NULL ? 1 : 0;
		round->answered += pending == NULL ? 1 : 0;
	}
}

/* Takes in the answers that have come; false when there were none. */
static bool round_collect(struct round *round)
{
	bool any = false;
	for (size_t i = 0; i < round->asked && round->in_flight > 0; i++) {
		struct pending *pending = round->pending[i];
		if (pending == NULL || pending->state != PENDING_ANSWERED) {
			continue;
		}
		struct client_question *question = &round->questions[i];
		question->err =
			session_answer(pending, round->arena, &question->body, &question->fault);
		session_remove(pending);
		round->pending[i] = NULL;
		round->in_flight--;
		round->answered++;
		any = true;
	}
	return any;
}

/* Those without an answer end with what ended the round. */
static void round_end(struct round *round, enum err err, const struct fault *fault)
{
	for (size_t i = 0; i < round->count; i++) {
		const bool unasked = i >= round->asked;
		if (!unasked && round->pending[i] == NULL) {
			continue;
		}
		if (!unasked) {
			session_remove(round->pending[i]);
		}
		round->questions[i].err = err;
		round->questions[i].fault = *fault;
	}
}

enum err client_ask_all(struct client *client, struct client_question *questions, size_t count,
	int timeout_ms, struct arena *arena, struct fault *fault)
{
	struct fault why = {0};
	struct round round = {
		.client = client, .questions = questions, .count = count, .arena = arena};
	round.pending = arena_array(arena, count + 1, sizeof(struct pending *));
	if (round.pending == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "no memory for the questions");
	}
	enum err err = ERR_OK;
	int64_t deadline = deadline_after(timeout_ms);
	while (err == ERR_OK && round.answered < count) {
		round_fill(&round);
		const int left = deadline_left(deadline);
		if (round.in_flight > 0) {
			err = session_turn(client, left, &why);
		}
		if (round_collect(&round)) {
			deadline = deadline_after(timeout_ms);
		} else if (err == ERR_OK && left == 0 && round.in_flight > 0) {
			err = session_overdue(client, &why);
		}
	}
	round_end(&round, err, &why);
	if (err != ERR_OK && fault != NULL) {
		*fault = why;
	}
	return err;
}

enum err client_acknowledge(struct client *client, const char *leg, const char *action,
	const char *reason, int timeout_ms, struct arena *arena, struct value *ret_body,
	struct fault *fault)
{
	struct wire_request request = {
		.header = {.type = WIRE_ACKNOWLEDGE},
		.leg = str_from(leg),
		.action = str_from(action),
		.reason = str_from(reason),
	};
	return client_ask(client, &request, timeout_ms, arena, ret_body, fault);
}
