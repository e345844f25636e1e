/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/session.h"

#include <stdlib.h>

enum {
	TURN_FRAMES = 64 /* taken in at one turn */
};

int64_t deadline_after(int timeout_ms)
{
	return timeout_ms < 0 ? INT64_MAX : link_now_ms() + timeout_ms;
}

int deadline_left(int64_t deadline_ms)
{
	if (deadline_ms == INT64_MAX) {
		return -1;
	}
	const int64_t left = deadline_ms - link_now_ms();
	return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

/* The session is gone: whatever has no answer goes to the next one, with the same content. */
static void session_forget(struct client *client)
{
	client->session = SESSION_NONE;
	for (size_t i = 0; i < SESSION_SLOTS; i++) {
		if (client->slots[i].state == PENDING_SENT) {
			client->slots[i].state = PENDING_UNSENT;
			client->slots[i].due_ms = 0;
		}
	}
}

static void hello_say(struct client *client)
{
	struct wire_request hello = {
		.header = {WIRE_HELLO, ++client->serial << 16 | UINT16_MAX},
		.speaks_version = true,
		.client = str_from(client->client_name),
		.user = str_from(client->user),
		.role = str_from(client->role),
		.accepts_rehearsal = client->accepts_rehearsal,
	};
	/* A newer session serves the routes: taking them back would set two adapters to pulling
	 * them from one another for ever. */
	if (!client->superseded) {
		hello.credit = client->credit;
		hello.route_count = client->route_count;
		for (size_t i = 0; i < client->route_count; i++) {
			hello.routes[i] = str_from(client->routes[i]);
		}
	}
	buf_reset(&client->scratch);
	wire_request_encode(&client->scratch, &hello);
	client->hello_correlation = hello.header.correlation;
	if (!client->scratch.failed && link_send(&client->link, buf_str(&client->scratch))) {
		client->session = SESSION_HELLO;
		client->hello_due_ms = link_now_ms() + SESSION_HELLO_MS;
	} else {
		client->hello_due_ms = link_now_ms() + SESSION_SEND_RETRY_MS;
	}
}

static void welcome_take(struct client *client, struct str frame)
{
	/* The former welcome is in this arena: it is read anew only by whoever asks after this
	 * call. */
	struct wire_header header;
	struct fault fault;
	arena_reset(&client->welcome_arena);
	client->welcome = (struct value){0};
	buf_reset(&client->welcome_frame);
	buf_add_str(&client->welcome_frame, frame);
	if (client->welcome_frame.failed ||
		wire_reply_decode(buf_str(&client->welcome_frame), &client->welcome_arena, &header,
			&client->welcome, &fault) != ERR_OK) {
		client->welcome = (struct value){0};
		(void)fault_set(&fault, ERR_UNREACHABLE, "", "the broker's welcome is malformed");
		session_forget(client);
		link_drop(&client->link, &fault);
		return;
	}
	const int64_t window = value_get_int(&client->welcome, "window", LIMIT_WINDOW);
	client->window = window < 1 ? 1 : window > LIMIT_WINDOW ? LIMIT_WINDOW : (size_t)window;
	client->session = SESSION_UP;
	client->said_ms = link_now_ms();
	client->resets = 0;
	link_settle(&client->link);
	follow_renew(client);
}

/* The broker does not know the session.  A second reset without a welcome between waits a little,
 * so that a broker in trouble is not hammered. */
static void reset_take(struct client *client)
{
	if (client->session != SESSION_UP) {
		return; /* to a request from before the hello that is under way */
	}
	session_forget(client);
	client->hello_due_ms = link_now_ms();
	if (client->resets++ > 0) {
		client->hello_due_ms += link_jitter_ms(LINK_BACKOFF_FIRST_MS);
	}
}

static enum err hello_refused(struct client *client, struct str frame, struct fault *ret_fault)
{
	struct arena arena;
	struct wire_header header;
	struct value body = {0};
	struct fault fault;
	arena_init(&arena, 0);
	if (wire_reply_decode(frame, &arena, &header, &body, &fault) == ERR_OK) {
		wire_fault_read(&body, &fault);
	}
	arena_finish(&arena);
	session_forget(client);
	link_drop(&client->link, &fault);
	if (fault.code != ERR_NOT_ALLOWED && fault.code != ERR_VERSION) {
		return ERR_OK; /* try-later and the like: the next attempt after the back-off */
	}
	*ret_fault = fault;
	return fault.code;
}

static enum err frame_take(struct client *client, struct str frame, struct fault *fault)
{
	struct wire_header header;
	if (!frame_header(frame, &header)) {
		return ERR_OK; /* none of ours */
	}
	const bool of_hello =
		client->session == SESSION_HELLO && header.correlation == client->hello_correlation;
	switch ((unsigned)header.type) {
	case WIRE_WELCOME:
		if (of_hello) {
			welcome_take(client, frame);
		}
		break;
	case WIRE_RESET:
		reset_take(client);
		break;
	case WIRE_SUPERSEDED:
		client->superseded = client->route_count > 0;
		break;
	case WIRE_REFUSED:
		if (of_hello) {
			return hello_refused(client, frame, fault);
		}
		if (!follow_refused(client, header.correlation, frame)) {
			session_answered(client, header.correlation, frame);
		}
		break;
	case WIRE_DONE:
	case WIRE_PAGE:
		session_answered(client, header.correlation, frame);
		break;
	case WIRE_DELIVERY:
		delivery_arrived(client, frame);
		break;
	case WIRE_EVENT:
		follow_arrived(client, frame);
		break;
	default:
		break; /* a later version's: ours to ignore */
	}
	return ERR_OK;
}

static int64_t session_step(struct client *client, int64_t now)
{
	struct fault fault;
	if (client->link.state != LINK_OPEN) {
		return INT64_MAX;
	}
	switch (client->session) {
	case SESSION_NONE:
		if (now >= client->hello_due_ms) {
			hello_say(client);
		}
		return client->hello_due_ms;
	case SESSION_HELLO:
		if (now >= client->hello_due_ms) {
			(void)fault_set(&fault, ERR_UNREACHABLE, "",
				"the broker at %s does not answer the hello", client->link.address);
			session_forget(client);
			link_drop(&client->link, &fault);
			return INT64_MAX;
		}
		return client->hello_due_ms;
	case SESSION_UP:
		return session_send(client, now);
	}
	return INT64_MAX;
}

static enum err session_lost(struct client *client, struct fault *fault)
{
	session_forget(client);
	const struct link *link = &client->link;
	if (link->fault.code == ERR_NOT_ALLOWED || link->fault.code == ERR_CONFIG ||
		link->handshakes_refused >= SESSION_REFUSED_HANDSHAKES) {
		*fault = link->fault;
		return link->fault.code;
	}
	return ERR_OK;
}

enum err session_turn(struct client *client, int timeout_ms, struct fault *fault)
{
	struct fault own;
	fault = fault == NULL ? &own : fault;
	const int64_t now = link_now_ms();
	const int64_t next = session_step(client, now);
	if (next != INT64_MAX && (timeout_ms < 0 || next - now < timeout_ms)) {
		timeout_ms = next <= now ? 0 : (int)(next - now);
	}
	enum err err = ERR_OK;
	switch (link_turn(&client->link, timeout_ms)) {
	case LINK_QUIET:
		break;
	case LINK_OPENED:
		client->hello_due_ms = 0;
		(void)session_step(client, link_now_ms());
		break;
	case LINK_LOST:
		err = session_lost(client, fault);
		break;
	case LINK_READABLE:
		for (int i = 0; i < TURN_FRAMES && err == ERR_OK &&
				link_receive(&client->link, &client->scratch);
			i++) {
			struct buf frame = client->scratch;
			client->scratch = (struct buf){0};
			err = frame_take(client, buf_str(&frame), fault);
			buf_finish(&client->scratch);
			client->scratch = frame;
		}
		(void)session_step(client, link_now_ms());
		break;
	}
	return err;
}

enum err session_overdue(const struct client *client, struct fault *fault)
{
	if (client->session == SESSION_UP) {
		return fault_set(fault, ERR_TIMEOUT, "",
			"the broker at %s has not answered in time", client->link.address);
	}
	if (client->link.fault.code != ERR_OK) {
		if (fault != NULL) {
			*fault = client->link.fault;
			fault->code = ERR_UNREACHABLE;
		}
		return ERR_UNREACHABLE;
	}
	return fault_set(
		fault, ERR_UNREACHABLE, "", "no connection to %s yet", client->link.address);
}
