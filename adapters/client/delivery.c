/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/session.h"

/* A broker that keeps to the credit never fills the queue.  Beyond it deliveries are dropped, not
 * kept: they are unacknowledged, so the broker sends them again. */
void delivery_arrived(struct client *client, struct str frame)
{
	const size_t most = client->credit > 0 ? (size_t)client->credit : 0;
	if (!queue_push(&client->deliveries, frame, most)) {
		client->deliveries_dropped++;
	}
}

/* ERR_MALFORMED when it names no delivery id of the right length. */
static enum err delivery_read(struct str frame, struct arena *arena,
	struct client_delivery *ret_delivery, struct fault *fault)
{
	struct wire_header header;
	struct value body;
	const struct str copy = arena_str(arena, frame);
	if (copy.ptr == NULL) {
		return fault_set(fault, ERR_NOMEM, "", "no memory for a delivery");
	}
	const enum err err = wire_reply_decode(copy, arena, &header, &body, fault);
	if (err != ERR_OK) {
		return err;
	}
	const struct value *id = value_get(&body, STR("delivery"));
	if (id == NULL || id->kind != VALUE_BYTES || id->string.len != ID_SIZE) {
		return fault_set(fault, ERR_MALFORMED, "delivery", "no delivery id of 16 bytes");
	}
	memcpy(ret_delivery->id.bytes, id->string.ptr, ID_SIZE);
	ret_delivery->body = body;
	return ERR_OK;
}

enum err client_next_delivery(struct client *client, int timeout_ms, struct arena *arena,
	struct client_delivery *ret_delivery, struct fault *fault)
{
	const int64_t deadline = deadline_after(timeout_ms);
	for (;;) {
		struct buf frame;
		while (queue_pop(&client->deliveries, &frame)) {
			const enum err err =
				delivery_read(buf_str(&frame), arena, ret_delivery, fault);
			buf_finish(&frame);
			if (err != ERR_MALFORMED) {
				return err;
			}
		}
		if (client->superseded) {
			return fault_set(fault, ERR_SUPERSEDED, "",
				"another session has taken over these deliveries");
		}
		const int left = deadline_left(deadline);
		const enum err err = session_turn(client, left, fault);
		if (err != ERR_OK) {
			return err;
		}
		if (left == 0 && client->deliveries.count == 0) {
			return session_overdue(client, fault);
		}
	}
}

enum err client_receipt(
	struct client *client, struct id delivery, const char *receipt, const char *reason)
{
	const struct wire_request request = {
		.header = {WIRE_RECEIPT, ++client->serial << 16 | UINT16_MAX},
		.delivery = delivery,
		.receipt = str_from(receipt),
		.reason = str_from(reason),
	};
	if (client->session != SESSION_UP) {
		return ERR_UNREACHABLE;
	}
	buf_reset(&client->scratch);
	wire_request_encode(&client->scratch, &request);
	if (client->scratch.failed) {
		return ERR_NOMEM;
	}
	return link_send(&client->link, buf_str(&client->scratch)) ? ERR_OK : ERR_UNREACHABLE;
}
