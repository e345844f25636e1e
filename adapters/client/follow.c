/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/session.h"

enum {
	FOLLOW_CREDIT = 256 /* events asked for at once */
};

/* Asks for the events after the last one received.  A second follow of a session replaces the
 * first; of the former one only the rest of the record counts that was begun, because the events of
 * a record share a sequence and the broker never parts them. */
static void follow_ask(struct client *client)
{
	struct follow *follow = &client->follow;
	const struct wire_request request = {
		.header = {WIRE_FOLLOW, ++client->serial << 16 | UINT16_MAX},
		.user = str_from(client->user),
		.role = str_from(client->role),
		.reference = str_from(follow->reference),
		.after = follow->after,
		.credit = FOLLOW_CREDIT,
	};
	buf_reset(&client->scratch);
	wire_request_encode(&client->scratch, &request);
	if (!client->scratch.failed && link_send(&client->link, buf_str(&client->scratch))) {
		follow->former = follow->correlation;
		follow->correlation = request.header.correlation;
		follow->left = FOLLOW_CREDIT;
	} else {
		follow->left = 0; /* asked for at the next turn */
	}
}

void follow_renew(struct client *client)
{
	if (client->follow.active) {
		follow_ask(client);
	}
}

static uint64_t event_sequence(const struct value *body)
{
	const int64_t seq = value_get_int(body, "seq", 0);
	return seq < 0 ? 0 : (uint64_t)seq;
}

void follow_arrived(struct client *client, struct str frame)
{
	struct follow *follow = &client->follow;
	struct wire_header header;
	if (!follow->active || !frame_header(frame, &header)) {
		return;
	}
	const bool renewed = follow->former != 0 && header.correlation == follow->former;
	if (header.correlation != follow->correlation && !renewed) {
		return;
	}
	struct arena arena;
	struct value body = {0};
	arena_init(&arena, 0);
	const bool ok = wire_reply_decode(frame, &arena, &header, &body, NULL) == ERR_OK;
	const uint64_t seq = ok ? event_sequence(&body) : 0;
	arena_finish(&arena);
	if (renewed && seq != follow->after) {
		return;
	}
	follow->left -= renewed ? 0 : 1;
	if (seq >= follow->after && queue_push(&follow->events, frame, SIZE_MAX)) {
		follow->after = seq;
	}
}

bool follow_refused(struct client *client, uint64_t correlation, struct str frame)
{
	struct follow *follow = &client->follow;
	if (!follow->active || correlation != follow->correlation) {
		return false;
	}
	struct arena arena;
	struct wire_header header;
	struct value body = {0};
	arena_init(&arena, 0);
	follow->active = false;
	if (wire_reply_decode(frame, &arena, &header, &body, &follow->refused) == ERR_OK) {
		wire_fault_read(&body, &follow->refused);
	}
	if (follow->refused.code == ERR_OK) {
		follow->refused.code = ERR_INTERNAL;
	}
	arena_finish(&arena);
	return true;
}

/* Makes the follow the one that the caller asks for. */
static enum err follow_open(
	struct client *client, const char *reference, uint64_t cursor, struct fault *fault)
{
	struct follow *follow = &client->follow;
	char canonical[REFERENCE_TEXT_SIZE] = "";
	if (reference != NULL && reference_parse(str_from(reference), canonical) != ERR_OK) {
		return fault_set(fault, ERR_INVALID, "reference", "not a reference");
	}
	const bool same = follow->active && strcmp(canonical, follow->reference) == 0;
	/* With events waiting `after` is ahead of what the caller has seen, or of the same record.
	 */
	if (same &&
		(follow->events.count > 0 ? cursor <= follow->after : cursor == follow->after)) {
		return ERR_OK;
	}
	queue_finish(&follow->events);
	*follow = (struct follow){.active = true, .after = cursor};
	memcpy(follow->reference, canonical, sizeof(canonical));
	return ERR_OK;
}

static enum err event_read(
	struct buf *frame, struct arena *arena, struct value *ret_event, struct fault *fault)
{
	struct wire_header header;
	const struct str copy = arena_str(arena, buf_str(frame));
	buf_finish(frame);
	if (copy.ptr == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "no memory for an event");
	}
	return wire_reply_decode(copy, arena, &header, ret_event, fault);
}

enum err client_next_event(struct client *client, const char *reference, uint64_t *cursor,
	int timeout_ms, struct arena *arena, struct value *ret_event, struct fault *fault)
{
	const int64_t deadline = deadline_after(timeout_ms);
	enum err err = follow_open(client, reference, *cursor, fault);
	while (err == ERR_OK) {
		struct follow *follow = &client->follow;
		struct buf frame;
		if (queue_pop(&follow->events, &frame)) {
			err = event_read(&frame, arena, ret_event, fault);
			if (err == ERR_OK) {
				*cursor = event_sequence(ret_event);
			}
			return err;
		}
		if (!follow->active) {
			if (fault != NULL) {
				*fault = follow->refused;
			}
			return follow->refused.code;
		}
		if (client->session == SESSION_UP && follow->left <= 0) {
			follow_ask(client);
		}
		const int left = deadline_left(deadline);
		err = session_turn(client, left, fault);
		if (err == ERR_OK && left == 0 && follow->events.count == 0 && follow->active) {
			err = session_overdue(client, fault);
		}
	}
	return err;
}
