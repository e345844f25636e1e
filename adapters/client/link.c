/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/link.h"

#include "broker/base/limits.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zmq.h>

enum {
	LINK_HEARTBEAT_MS = 10000,
	LINK_HEARTBEAT_LIMIT_MS = 30000
};

/* One context a process, as long as there is a client.  Clients are made and destroyed by one
 * thread. */
static void *link_context;
static size_t link_context_users;

int64_t link_now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int link_jitter_ms(int most_ms)
{
	return most_ms <= 0 ? 0 : (int)randombytes_uniform((uint32_t)most_ms + 1);
}

enum err link_init(struct link *link, struct fault *fault)
{
	if (link_context == NULL) {
		link_context = zmq_ctx_new();
		if (link_context == NULL) {
			return fault_set(fault, ERR_NOMEM, "", "cannot start ZeroMQ");
		}
	}
	link_context_users++;
	link->state = LINK_DOWN;
	link->backoff_ms = LINK_BACKOFF_FIRST_MS;
	link->endpoint.folder = -1;
	link->fault.code = ERR_OK;
	return ERR_OK;
}

static void sockets_close(struct link *link, int linger_ms)
{
	if (link->socket != NULL) {
		(void)zmq_socket_monitor(link->socket, NULL, 0);
		(void)zmq_setsockopt(link->socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
		(void)zmq_close(link->socket);
	}
	if (link->monitor != NULL) {
		(void)zmq_close(link->monitor);
	}
	link->socket = NULL;
	link->monitor = NULL;
	endpoint_finish(&link->endpoint);
}

void link_finish(struct link *link)
{
	sockets_close(link, LINK_LINGER_MS);
	free(link->home);
	sodium_memzero(link, sizeof(*link));
	if (link_context_users > 0 && --link_context_users == 0) {
		while (zmq_ctx_term(link_context) != 0 && errno == EINTR) {
		}
		link_context = NULL;
	}
}

static enum err options_set(struct link *link)
{
	const struct {
		int option, value;
	} numbers[] = {
		{ZMQ_LINGER, 0},
		{ZMQ_IMMEDIATE, 1},
		{ZMQ_RECONNECT_IVL, -1},
		{ZMQ_SNDHWM, LIMIT_SEND_HWM},
		{ZMQ_RCVHWM, LIMIT_SEND_HWM},
		{ZMQ_HANDSHAKE_IVL, LINK_HANDSHAKE_MS},
		{ZMQ_HEARTBEAT_IVL, LINK_HEARTBEAT_MS},
		{ZMQ_HEARTBEAT_TIMEOUT, LINK_HEARTBEAT_LIMIT_MS},
		{ZMQ_HEARTBEAT_TTL, LINK_HEARTBEAT_LIMIT_MS},
	};
	int rc = 0;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && rc == 0; i++) {
		rc = zmq_setsockopt(
			link->socket, numbers[i].option, &numbers[i].value, sizeof(int));
	}
	const int64_t most = LIMIT_FRAME_BYTES;
	rc = rc != 0 ? rc : zmq_setsockopt(link->socket, ZMQ_MAXMSGSIZE, &most, sizeof(most));
	const struct {
		int option;
		const char *text;
	} keys[] = {
		{ZMQ_CURVE_SERVERKEY, link->broker_key},
		{ZMQ_CURVE_PUBLICKEY, link->public_key},
		{ZMQ_CURVE_SECRETKEY, link->secret_key},
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && rc == 0; i++) {
		rc = zmq_setsockopt(link->socket, keys[i].option, keys[i].text, Z85_KEY_TEXT);
	}
	return rc == 0 ? ERR_OK : ERR_CONFIG;
}

/* Makes the pair of sockets: the connection's own, and the one on which ZeroMQ tells its fate. */
static enum err sockets_open(struct link *link, struct fault *fault)
{
	static unsigned serial;
	char name[48];
	(void)snprintf(name, sizeof(name), "inproc://onward-client-%u", serial++);
	link->socket = zmq_socket(link_context, ZMQ_DEALER);
	link->monitor = zmq_socket(link_context, ZMQ_PAIR);
	if (link->socket == NULL || link->monitor == NULL) {
		return fault_set(
			fault, ERR_NOMEM, "", "cannot make a socket: %s", zmq_strerror(errno));
	}
	if (options_set(link) != ERR_OK) {
		return fault_set(fault, ERR_CONFIG, "keys",
			"ZeroMQ does not take the keys or options: %s", zmq_strerror(errno));
	}
	const int events = ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
			   ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
			   ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
	const int linger_ms = 0;
	if (zmq_socket_monitor(link->socket, name, events) != 0 ||
		zmq_setsockopt(link->monitor, ZMQ_LINGER, &linger_ms, sizeof(linger_ms)) != 0 ||
		zmq_connect(link->monitor, name) != 0) {
		return fault_set(fault, ERR_INTERNAL, "", "cannot watch the socket: %s",
			zmq_strerror(errno));
	}
	return ERR_OK;
}

static enum err link_open(struct link *link, struct fault *fault)
{
	enum err err = endpoint_init(&link->endpoint, link->address, link->home, fault);
	if (err == ERR_NOT_FOUND) {
		return fault_set(fault, ERR_UNREACHABLE, "",
			"nothing listens at %s: is onwardd running?", link->address);
	}
	if (err != ERR_OK) {
		return err;
	}
	err = sockets_open(link, fault);
	if (err == ERR_OK && zmq_connect(link->socket, link->endpoint.address) != 0) {
		err = fault_set(fault, ERR_UNREACHABLE, "", "cannot connect to %s: %s",
			link->address, zmq_strerror(errno));
	}
	return err;
}

void link_settle(struct link *link)
{
	link->backoff_ms = LINK_BACKOFF_FIRST_MS;
	link->handshakes_refused = 0;
	link->fault.code = ERR_OK;
}

void link_drop(struct link *link, const struct fault *why)
{
	link->fault = *why;
	sockets_close(link, 0);
	link->state = LINK_DOWN;
	link->retry_at_ms = link_now_ms() + link->backoff_ms / 2 + link_jitter_ms(link->backoff_ms);
	link->backoff_ms = link->backoff_ms > LINK_BACKOFF_MOST_MS / 2 ? LINK_BACKOFF_MOST_MS
								       : link->backoff_ms * 2;
}

/* Reads one event of the monitor; 0 when there is none.  *ret_value: an errno, or the status of
 * the broker's refusal. */
static int monitor_read(struct link *link, uint32_t *ret_value)
{
	zmq_msg_t message;
	int event = 0;
	(void)zmq_msg_init(&message);
	if (zmq_msg_recv(&message, link->monitor, ZMQ_DONTWAIT) >= 6) {
		const char *bytes = zmq_msg_data(&message);
		uint16_t number;
		memcpy(&number, bytes, sizeof(number));
		memcpy(ret_value, bytes + 2, sizeof(*ret_value));
		event = number;
	}
	const bool more = zmq_msg_more(&message) != 0;
	(void)zmq_msg_close(&message);
	if (event != 0 && more) {
		(void)zmq_msg_init(&message);
		(void)zmq_msg_recv(&message, link->monitor, ZMQ_DONTWAIT);
		(void)zmq_msg_close(&message);
	}
	return event;
}

static void fate_tell(struct link *link, int event, uint32_t value, struct fault *fault)
{
	const bool was_open = link->state == LINK_OPEN;
	if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
		link->handshakes_refused++;
		(void)fault_set(fault, value == 300 ? ERR_UNREACHABLE : ERR_NOT_ALLOWED, "",
			value == 300 ? "the broker at %s cannot check keys at present"
				     : "the broker at %s does not know this key, or it was "
				       "revoked there: ask the operator of the broker to let this "
				       "party in",
			link->address);
	} else if (event == ZMQ_EVENT_CLOSED) {
		(void)fault_set(fault, ERR_UNREACHABLE, "",
			"nothing listens at %s: is onwardd running?", link->address);
	} else if (was_open) {
		(void)fault_set(
			fault, ERR_UNREACHABLE, "", "the connection to %s ended", link->address);
	} else {
		link->handshakes_refused++;
		(void)fault_set(fault, ERR_UNREACHABLE, "",
			"the broker at %s breaks off the handshake: is its public key the one "
			"configured here (keys/broker.pub)?",
			link->address);
	}
}

static enum link_event link_lose(struct link *link, const struct fault *why)
{
	const struct fault copy = *why;
	link_drop(link, &copy);
	return LINK_LOST;
}

/* ZeroMQ may tell "disconnected" before or after the reason of a failed handshake; of what has been
 * told by now the reason counts. */
static enum link_event monitor_turn(struct link *link)
{
	uint32_t value = 0;
	uint32_t why = 0;
	int fate = 0;
	for (int event = monitor_read(link, &value); event != 0;
		event = monitor_read(link, &value)) {
		if (fate == 0 || event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
			fate = event;
			why = value;
		}
	}
	if (fate == 0) {
		return LINK_QUIET;
	}
	struct fault fault;
	fate_tell(link, fate, why, &fault);
	return link_lose(link, &fault);
}

static void wait_down(int timeout_ms)
{
	const struct timespec wait = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
	(void)nanosleep(&wait, NULL);
}

static int sooner(int timeout_ms, int64_t until_ms, int64_t now_ms)
{
	const int64_t left = until_ms <= now_ms ? 0 : until_ms - now_ms;
	return timeout_ms < 0 || left < timeout_ms ? (int)left : timeout_ms;
}

enum link_event link_turn(struct link *link, int timeout_ms)
{
	int64_t now = link_now_ms();
	struct fault fault;
	if (link->state == LINK_DOWN) {
		if (now < link->retry_at_ms) {
			wait_down(sooner(timeout_ms, link->retry_at_ms, now));
			return LINK_QUIET;
		}
		if (link_open(link, &fault) != ERR_OK) {
			return link_lose(link, &fault);
		}
		link->state = LINK_CONNECTING;
		link->connect_until_ms = now + LINK_HANDSHAKE_MS;
	}
	const bool connecting = link->state == LINK_CONNECTING;
	if (connecting) {
		timeout_ms = sooner(timeout_ms, link->connect_until_ms, now);
	}
	zmq_pollitem_t items[] = {
		{link->socket, 0, (short)(connecting ? ZMQ_POLLOUT : ZMQ_POLLIN), 0},
		{link->monitor, 0, ZMQ_POLLIN, 0},
	};
	(void)zmq_poll(items, 2, timeout_ms);
	if ((items[0].revents & ZMQ_POLLIN) != 0) {
		return LINK_READABLE;
	}
	if ((items[0].revents & ZMQ_POLLOUT) != 0) {
		link->state = LINK_OPEN;
		return LINK_OPENED;
	}
	if ((items[1].revents & ZMQ_POLLIN) != 0) {
		return monitor_turn(link);
	}
	now = link_now_ms();
	if (connecting && now >= link->connect_until_ms) {
		(void)fault_set(&fault, ERR_UNREACHABLE, "", "no answer from %s within %d seconds",
			link->address, LINK_HANDSHAKE_MS / 1000);
		return link_lose(link, &fault);
	}
	return LINK_QUIET;
}

bool link_send(struct link *link, struct str frame)
{
	return link->state == LINK_OPEN &&
	       zmq_send(link->socket, frame.ptr, frame.len, ZMQ_DONTWAIT) >= 0;
}

bool link_receive(struct link *link, struct buf *frame)
{
	if (link->state != LINK_OPEN) {
		return false;
	}
	zmq_msg_t message;
	(void)zmq_msg_init(&message);
	const bool got = zmq_msg_recv(&message, link->socket, ZMQ_DONTWAIT) >= 0;
	buf_reset(frame);
	if (got) {
		buf_append(frame, zmq_msg_data(&message), zmq_msg_size(&message));
	}
	(void)zmq_msg_close(&message);
	return got && !frame->failed;
}
