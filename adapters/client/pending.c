/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/session.h"

void frame_correlate(struct buf *frame, uint64_t correlation)
{
	for (size_t i = 0; i < 8 && frame->len >= WIRE_HEADER_SIZE; i++) {
		frame->data[8 + i] = (char)(uint8_t)(correlation >> (56 - 8 * i));
	}
}

bool frame_header(struct str frame, struct wire_header *ret_header)
{
	if (frame.len < WIRE_HEADER_SIZE || memcmp(frame.ptr, "ONWD", 4) != 0 ||
		frame.ptr[4] != WIRE_VERSION) {
		return false;
	}
	uint64_t correlation = 0;
	for (size_t i = 0; i < 8; i++) {
		correlation = correlation << 8 | (uint8_t)frame.ptr[8 + i];
	}
	*ret_header = (struct wire_header){(enum wire_type)(uint8_t)frame.ptr[5], correlation};
	return true;
}

struct pending *session_add(struct client *client, struct buf *request)
{
	if (request->failed || request->len < WIRE_HEADER_SIZE) {
		return NULL;
	}
	for (size_t i = 0; i < SESSION_SLOTS; i++) {
		struct pending *pending = &client->slots[i];
		if (pending->state != PENDING_FREE) {
			continue;
		}
		*pending = (struct pending){
			.state = PENDING_UNSENT,
			.correlation = ++client->serial << 16 | i,
			.request = *request,
			.wait_ms = client->resend_ms,
		};
		*request = (struct buf){0};
		frame_correlate(&pending->request, pending->correlation);
		return pending;
	}
	return NULL;
}

void session_remove(struct pending *pending)
{
	buf_finish(&pending->request);
	buf_finish(&pending->reply);
	*pending = (struct pending){0};
}

void session_again(struct pending *pending, int delay_ms)
{
	buf_reset(&pending->reply);
	pending->state = PENDING_UNSENT;
	pending->due_ms = link_now_ms() + delay_ms;
}

void session_answered(struct client *client, uint64_t correlation, struct str frame)
{
	const size_t slot = correlation & UINT16_MAX;
	if (slot >= SESSION_SLOTS) {
		return;
	}
	struct pending *pending = &client->slots[slot];
	if (pending->correlation != correlation ||
		(pending->state != PENDING_SENT && pending->state != PENDING_UNSENT)) {
		return; /* the answer to what was sent twice, or is no longer waited for */
	}
	buf_reset(&pending->reply);
	buf_add_str(&pending->reply, frame);
	if (!pending->reply.failed) {
		pending->state = PENDING_ANSWERED;
	}
}

/* A broker may have ended a session of which nobody has heard for long, and then has no deliveries
 * and events for it any more: the reset that answers this leads to a new hello. */
static int64_t alive_say(struct client *client, int64_t now)
{
	if (now - client->said_ms >= SESSION_ALIVE_MS) {
		const struct wire_request ping = {
			.header = {WIRE_PING, ++client->serial << 16 | UINT16_MAX}};
		buf_reset(&client->scratch);
		wire_request_encode(&client->scratch, &ping);
		if (client->scratch.failed ||
			!link_send(&client->link, buf_str(&client->scratch))) {
			return now + SESSION_SEND_RETRY_MS;
		}
		client->said_ms = now;
	}
	return client->said_ms + SESSION_ALIVE_MS;
}

int64_t session_send(struct client *client, int64_t now)
{
	int64_t next = alive_say(client, now);
	for (size_t i = 0; i < SESSION_SLOTS && client->session == SESSION_UP; i++) {
		struct pending *pending = &client->slots[i];
		if (pending->state != PENDING_UNSENT && pending->state != PENDING_SENT) {
			continue;
		}
		if (pending->due_ms <= now) {
			if (!link_send(&client->link, buf_str(&pending->request))) {
				return now + SESSION_SEND_RETRY_MS;
			}
			/* An answer can be lost on a session that lives on: asking again is safe,
			 * since every request may be repeated. */
			pending->state = PENDING_SENT;
			client->said_ms = now;
			pending->due_ms = now + pending->wait_ms;
			pending->wait_ms = pending->wait_ms > SESSION_RESEND_MOST_MS / 2
						   ? SESSION_RESEND_MOST_MS
						   : pending->wait_ms * 2;
		}
		next = pending->due_ms < next ? pending->due_ms : next;
	}
	return next;
}

enum err session_answer(const struct pending *pending, struct arena *arena, struct value *ret_body,
	struct fault *fault)
{
	const struct str frame = arena_str(arena, buf_str(&pending->reply));
	struct wire_header header;
	struct value body;
	if (frame.ptr == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "no memory for the answer");
	}
	enum err err = wire_reply_decode(frame, arena, &header, &body, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (header.type == WIRE_REFUSED) {
		struct fault refusal;
		wire_fault_read(&body, &refusal);
		if (fault != NULL) {
			*fault = refusal;
		}
		return refusal.code == ERR_OK ? ERR_INTERNAL : refusal.code;
	}
	*ret_body = body;
	return ERR_OK;
}
