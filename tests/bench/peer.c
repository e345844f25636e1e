/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/peer.h"

#include <string.h>
#include <zmq.h>

enum {
	OPEN_MS = 30000,
	ASK_MS = 30000
};

static void keys_take(struct peer *peer, const char *home, const char *party)
{
	char path[HOME_PATH_SIZE];
	struct key_pair pair;
	struct fault fault = {0};
	bench_check(home_key_path(home, party, path), NULL, party);
	bench_check(key_read(path, &pair, &fault), &fault, "reading a key");
	str_copy(peer->link.public_key, sizeof(peer->link.public_key), str_from(pair.public_key));
	str_copy(peer->link.secret_key, sizeof(peer->link.secret_key), str_from(pair.secret_key));
	key_wipe(&pair);
	home_part_path(home, HOME_BROKER_PUB, path);
	bench_check(key_read_public(path, peer->link.broker_key, &fault), &fault, "reading a key");
}

static const char *endpoint_of(const char *party)
{
	return strcmp(party, BENCH_SOURCE) == 0     ? "ipc://run/sources.sock"
	       : strcmp(party, BENCH_PROVIDER) == 0 ? "ipc://run/providers.sock"
						    : "ipc://run/operators.sock";
}

void peer_open(
	struct peer *peer, const char *home, const char *party, const char *route, int credit)
{
	struct fault fault = {0};
	*peer = (struct peer){0};
	bench_check(link_init(&peer->link, &fault), &fault, "starting ZeroMQ");
	str_copy(peer->link.address, sizeof(peer->link.address), str_from(endpoint_of(party)));
	peer->link.home = strdup(home);
	keys_take(peer, home, party);
	const int64_t until = link_now_ms() + OPEN_MS;
	while (peer->link.state != LINK_OPEN) {
		(void)link_turn(&peer->link, 10);
		peer->link.retry_at_ms = 0; /* looks again at once: how soon it is there counts */
		if (link_now_ms() > until) {
			bench_fail("no connection to the broker of %s; see its onwardd.log", home);
		}
	}
	struct wire_request hello = {.header = {.type = WIRE_HELLO},
		.speaks_version = true,
		.client = STR("onward-bench"),
		.credit = credit,
		.accepts_rehearsal = true};
	if (route != NULL) {
		hello.routes[hello.route_count++] = str_from(route);
	}
	(void)peer_ask(peer, &hello);
}

void peer_close(struct peer *peer)
{
	link_finish(&peer->link);
	buf_finish(&peer->scratch);
}

void peer_send(struct peer *peer, struct str frame)
{
	if (zmq_send(peer->link.socket, frame.ptr, frame.len, 0) < 0) {
		bench_fail("a frame cannot be sent: %s", zmq_strerror(zmq_errno()));
	}
}

bool peer_receive(struct peer *peer, struct wire_header *ret_header, struct str *ret_frame)
{
	while (link_receive(&peer->link, &peer->scratch)) {
		if (frame_header(buf_str(&peer->scratch), ret_header)) {
			*ret_frame = buf_str(&peer->scratch);
			return true;
		}
	}
	return false;
}

bool peer_wait(
	struct peer *peer, int timeout_ms, struct wire_header *ret_header, struct str *ret_frame)
{
	const int64_t until = link_now_ms() + timeout_ms;
	while (!peer_receive(peer, ret_header, ret_frame)) {
		const int64_t left = until - link_now_ms();
		zmq_pollitem_t item = {peer->link.socket, 0, ZMQ_POLLIN, 0};
		if (left <= 0) {
			return false;
		}
		(void)zmq_poll(&item, 1, left);
	}
	return true;
}

struct str peer_ask(struct peer *peer, struct wire_request *request)
{
	struct buf frame = {0};
	struct wire_header header;
	struct str reply;
	request->header.correlation = ++peer->serial << 32;
	wire_request_encode(&frame, request);
	if (frame.failed) {
		bench_fail("out of memory");
	}
	peer_send(peer, buf_str(&frame));
	do {
		if (!peer_wait(peer, ASK_MS, &header, &reply)) {
			bench_fail("the broker does not answer a %s",
				wire_type_name(request->header.type));
		}
	} while (header.correlation != request->header.correlation);
	if (header.type == WIRE_REFUSED) {
		bench_fail("the broker refuses a %s", wire_type_name(request->header.type));
	}
	buf_finish(&frame);
	return reply;
}

void peer_receipt(struct peer *peer, struct id delivery)
{
	static struct buf frame;
	const struct wire_request request = {.header = {WIRE_RECEIPT, ++peer->serial << 32},
		.delivery = delivery,
		.receipt = STR("stored")};
	buf_reset(&frame);
	wire_request_encode(&frame, &request);
	peer_send(peer, buf_str(&frame));
}

struct id peer_delivery_id(struct str frame)
{
	static const char key[] = "\xa8"
				  "delivery\xc4\x10";
	struct id id;
	const char *at = memmem(frame.ptr, frame.len, key, sizeof(key) - 1);
	if (at == NULL || (size_t)(frame.ptr + frame.len - at) < sizeof(key) - 1 + ID_SIZE) {
		bench_fail("a delivery without an id");
	}
	memcpy(id.bytes, at + sizeof(key) - 1, ID_SIZE);
	return id;
}

struct str peer_reference(struct str frame)
{
	static const char key[] = "\xa9reference";
	const char *at = memmem(frame.ptr, frame.len, key, sizeof(key) - 1);
	const char *end = frame.ptr + frame.len;
	if (at == NULL || end - at < (ptrdiff_t)sizeof(key) + 32) {
		return (struct str){0};
	}
	at += sizeof(key) - 1;
	return (struct str){at + 1, (size_t)(*at & 0x1f)}; /* a string of less than 32 bytes */
}
