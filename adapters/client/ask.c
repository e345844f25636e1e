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
		request->user = request->user.len > 0 ? request->user : str_from(client->user);
		request->role = request->role.len > 0 ? request->role : str_from(client->role);
		break;
	default:
		break;
	}
}

enum err client_ask(struct client *client, struct wire_request *request, int timeout_ms,
	struct arena *arena, struct value *ret_body, struct fault *fault)
{
	struct buf frame = {0};
	actor_fill(client, request);
	wire_request_encode(&frame, request);
	if (frame.len > LIMIT_FRAME_BYTES) {
		buf_finish(&frame);
		return fault_set(fault, ERR_TOO_LARGE, "", "a request has at most %d bytes",
			LIMIT_FRAME_BYTES);
	}
	struct pending *pending = session_add(client, &frame);
	if (pending == NULL) {
		buf_finish(&frame);
		return fault_set(fault, ERR_NOMEM, "", "no room for another request");
	}
	request->header.correlation = pending->correlation;
	const int64_t deadline = deadline_after(timeout_ms);
	enum err err = ERR_OK;
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
