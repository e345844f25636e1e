/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/gate.h"
#include "broker/base/limits.h"

#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum {
	/* In libzmq 4.3.4 since 4.3.0, but absent from Debian's header: without it an unset handler
	 * lets every key in. */
	GATE_ZAP_ENFORCE_DOMAIN = 93,
	/* A frame over the limit is refused with its reason as long as it is not much over; beyond
	 * that ZeroMQ ends the connection. */
	GATE_FRAME_BYTES = LIMIT_FRAME_BYTES + 64 * 1024,
	GATE_HANDSHAKE_MS = 5000,
	GATE_HEARTBEAT_MS = 10000,
	GATE_HEARTBEAT_LIMIT_MS = 30000,
	GATE_BACKLOG = 1024,
	GATE_LINGER_MS = 1000, /* what is not sent by then is sent again after the next start */
	SELF_TEST_MS = 5000
};

static bool set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static bool set_text(void *socket, int option, const char *text)
{
	return zmq_setsockopt(socket, option, text, strlen(text)) == 0;
}

static bool set_options(void *socket, const struct key_pair *key, int high_water_mark)
{
	const int64_t frame_bytes = GATE_FRAME_BYTES;
	return set_int(socket, ZMQ_CURVE_SERVER, 1) &&
	       set_text(socket, ZMQ_CURVE_SECRETKEY, key->secret_key) &&
	       set_text(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN) &&
	       set_int(socket, GATE_ZAP_ENFORCE_DOMAIN, 1) &&
	       set_int(socket, ZMQ_ROUTER_MANDATORY, 1) &&
	       set_int(socket, ZMQ_ROUTER_HANDOVER, 0) &&
	       set_int(socket, ZMQ_RCVHWM, high_water_mark) &&
	       set_int(socket, ZMQ_SNDHWM, LIMIT_SEND_HWM) &&
	       set_int(socket, ZMQ_HANDSHAKE_IVL, GATE_HANDSHAKE_MS) &&
	       set_int(socket, ZMQ_HEARTBEAT_IVL, GATE_HEARTBEAT_MS) &&
	       set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, GATE_HEARTBEAT_LIMIT_MS) &&
	       set_int(socket, ZMQ_HEARTBEAT_TTL, GATE_HEARTBEAT_LIMIT_MS) &&
	       set_int(socket, ZMQ_BACKLOG, GATE_BACKLOG) &&
	       set_int(socket, ZMQ_LINGER, GATE_LINGER_MS) && set_int(socket, ZMQ_IPV6, 1) &&
	       zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_bytes, sizeof(frame_bytes)) == 0;
}

enum err gate_init(struct gate *gate, void *context, const struct config_endpoint *endpoint,
	const char *home, const struct key_pair *key, struct fault *fault)
{
	*gate = (struct gate){.kinds = endpoint->kinds, .endpoint = {.folder = -1}};
	enum err err = endpoint_init(&gate->endpoint, endpoint->address, home, fault);
	if (err != ERR_OK) {
		return err;
	}
	gate->socket = zmq_socket(context, ZMQ_ROUTER);
	if (gate->socket == NULL) {
		err = fault_set(fault, ERR_NOMEM, endpoint->address, "no socket: %s",
			zmq_strerror(zmq_errno()));
	} else if (!set_options(gate->socket, key, endpoint->high_water_mark)) {
		err = fault_set(fault, ERR_INTERNAL, endpoint->address,
			"ZeroMQ does not take a setting that keeps strangers out: %s",
			zmq_strerror(zmq_errno()));
	} else if (zmq_bind(gate->socket, gate->endpoint.address) != 0) {
		err = fault_set(fault, ERR_IO, endpoint->address, "cannot listen: %s",
			zmq_strerror(zmq_errno()));
	}
	if (err != ERR_OK) {
		gate_finish(gate);
	}
	return err;
}

void gate_close(struct gate *gate)
{
	if (gate->socket != NULL) {
		(void)zmq_close(gate->socket);
		gate->socket = NULL;
	}
}

void gate_finish(struct gate *gate)
{
	static const struct str scheme = {"ipc://", 6};
	gate_close(gate);
	if (str_has_prefix(str_from(gate->endpoint.address), scheme)) {
		(void)unlink(gate->endpoint.address + scheme.len);
	}
	endpoint_finish(&gate->endpoint);
}

/* A client of the self-test, with a monitor that tells of its handshake. */
struct probe {
	void *socket, *monitor;
	struct endpoint endpoint;
};

static void probe_finish(struct probe *probe)
{
	if (probe->socket != NULL) {
		(void)zmq_socket_monitor(probe->socket, NULL, 0);
		(void)zmq_close(probe->socket);
	}
	if (probe->monitor != NULL) {
		(void)zmq_close(probe->monitor);
	}
	endpoint_finish(&probe->endpoint);
}

static bool probe_init(struct probe *probe, void *context, const char *home, const char *address,
	const char *name, const struct key_pair *broker, const struct key_pair *own)
{
	*probe = (struct probe){.endpoint = {.folder = -1}};
	if (endpoint_init(&probe->endpoint, address, home, NULL) != ERR_OK) {
		return false;
	}
	probe->socket = zmq_socket(context, ZMQ_DEALER);
	probe->monitor = zmq_socket(context, ZMQ_PAIR);
	return probe->socket != NULL && probe->monitor != NULL &&
	       set_int(probe->socket, ZMQ_LINGER, 0) && set_int(probe->monitor, ZMQ_LINGER, 0) &&
	       set_text(probe->socket, ZMQ_CURVE_SERVERKEY, broker->public_key) &&
	       set_text(probe->socket, ZMQ_CURVE_PUBLICKEY, own->public_key) &&
	       set_text(probe->socket, ZMQ_CURVE_SECRETKEY, own->secret_key) &&
	       zmq_socket_monitor(probe->socket, name,
		       ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
			       ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
			       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL) == 0 &&
	       zmq_connect(probe->monitor, name) == 0 &&
	       zmq_connect(probe->socket, probe->endpoint.address) == 0 &&
	       zmq_send(probe->socket, "x", 1, ZMQ_DONTWAIT) == 1;
}

/* The event that the monitor tells, 0 when there is none. */
static unsigned probe_event(const struct probe *probe)
{
	uint8_t event[6];
	char address[256];
	if (zmq_recv(probe->monitor, event, sizeof(event), ZMQ_DONTWAIT) != (int)sizeof(event)) {
		return 0;
	}
	(void)zmq_recv(probe->monitor, address, sizeof(address), ZMQ_DONTWAIT);
	uint16_t number;
	memcpy(&number, event, sizeof(number));
	return number;
}

static int64_t now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether a message came through, and with which User-Id. */
static bool message_arrived(void *socket, char user_id[ZAP_USER_ID_SIZE])
{
	zmq_msg_t frame;
	bool arrived = false;
	int more = 1;
	while (more != 0) {
		(void)zmq_msg_init(&frame);
		if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) < 0) {
			(void)zmq_msg_close(&frame);
			return arrived;
		}
		arrived = true;
		more = zmq_msg_more(&frame);
		const char *text = more != 0 ? NULL : zmq_msg_gets(&frame, "User-Id");
		str_copy(user_id, ZAP_USER_ID_SIZE, str_from(text == NULL ? "" : text));
		(void)zmq_msg_close(&frame);
	}
	return arrived;
}

enum verdict {
	VERDICT_NONE, /* not within the time */
	VERDICT_REFUSED,
	VERDICT_LET_IN
};

/* Until the probe is refused or its message arrives. */
static enum verdict probe_watch(
	const struct probe *probe, struct zap *zap, void *server, char user_id[ZAP_USER_ID_SIZE])
{
	const int64_t deadline = now_ms() + SELF_TEST_MS;
	while (now_ms() < deadline) {
		zmq_pollitem_t items[] = {
			{zap->socket, 0, ZMQ_POLLIN, 0},
			{server, 0, ZMQ_POLLIN, 0},
			{probe->monitor, 0, ZMQ_POLLIN, 0},
		};
		(void)zmq_poll(items, 3, 50);
		if ((items[0].revents & ZMQ_POLLIN) != 0) {
			zap_answer(zap);
		}
		if (message_arrived(server, user_id)) {
			return VERDICT_LET_IN;
		}
		const unsigned event = probe_event(probe);
		if (event != 0 && event != ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
			return VERDICT_REFUSED;
		}
	}
	return VERDICT_NONE;
}

static enum verdict probe_run(void *context, struct zap *zap, const struct gate *gate,
	const char *home, const char *address, const struct key_pair *broker,
	const struct key_pair *own, const char *name, char user_id[ZAP_USER_ID_SIZE])
{
	struct probe probe;
	enum verdict verdict = VERDICT_NONE;
	if (probe_init(&probe, context, home, address, name, broker, own)) {
		verdict = probe_watch(&probe, zap, gate->socket, user_id);
	}
	probe_finish(&probe);
	return verdict;
}

enum err gate_self_test(void *context, struct zap *zap, const char *home,
	const struct key_pair *key, struct fault *fault)
{
	const struct config_endpoint where = {.address = "ipc://run/self-test.sock",
		.kinds = 0,
		.high_water_mark = LIMIT_RECEIVE_HWM};
	struct gate gate;
	struct key_pair stranger;
	struct key_pair known;
	char user_id[ZAP_USER_ID_SIZE] = "";
	enum err err = gate_init(&gate, context, &where, home, key, fault);
	if (err != ERR_OK) {
		return err;
	}
	if (key_generate("stranger", &stranger) != ERR_OK ||
		key_generate("self-test", &known) != ERR_OK) {
		err = fault_set(fault, ERR_INTERNAL, "", "cannot make keys for the self-test");
		goto out;
	}
	str_copy(zap->probe_key, sizeof(zap->probe_key), str_from(known.public_key));
	if (probe_run(context, zap, &gate, home, where.address, key, &stranger,
		    "inproc://self-test-stranger", user_id) != VERDICT_REFUSED) {
		err = fault_set(fault, ERR_INTERNAL, "",
			"this ZeroMQ does not refuse an unknown key; not starting");
		goto out;
	}
	struct str party = {0};
	struct str text = {0};
	if (probe_run(context, zap, &gate, home, where.address, key, &known,
		    "inproc://self-test-known", user_id) != VERDICT_LET_IN ||
		!zap_user_id(user_id, &party, &text) || !str_is(text, known.public_key)) {
		err = fault_set(fault, ERR_INTERNAL, "",
			"this ZeroMQ does not say whose a message is; not starting");
	}
out:
	zap->probe_key[0] = '\0';
	key_wipe(&stranger);
	key_wipe(&known);
	gate_finish(&gate);
	return err;
}
