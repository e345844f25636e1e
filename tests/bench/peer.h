/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_PEER_H
#define ONWARD_TESTS_BENCH_PEER_H
#include "adapters/client/session.h"
#include "tests/bench/bench.h"
/*
 * One session, as light as it can be: frames go out as they are and come in undecoded, so that what
 * is measured is the broker.  Nothing is resent: a lost frame would show as a load that stands.
 */
struct peer {
	struct link link;
	struct buf scratch;
	uint64_t serial;
};

/* Connects and says hello; a broker that is just starting is waited for.  `route` NULL: none. */
void peer_open(
	struct peer *peer, const char *home, const char *party, const char *route, int credit);
void peer_close(struct peer *peer);
void peer_send(struct peer *peer, struct str frame);
/* False when there is nothing now.  The frame is good until the next call. */
bool peer_receive(struct peer *peer, struct wire_header *ret_header, struct str *ret_frame);
/* Waits at most so long for the next frame; false when none came. */
bool peer_wait(
	struct peer *peer, int timeout_ms, struct wire_header *ret_header, struct str *ret_frame);
/* Encodes and sends, and waits for its reply; a refusal ends the program. */
struct str peer_ask(struct peer *peer, struct wire_request *request);
void peer_receipt(struct peer *peer, struct id delivery);
/* The 16 bytes that a delivery's frame names itself by. */
struct id peer_delivery_id(struct str frame);
/* The reference in a reply or a delivery. */
struct str peer_reference(struct str frame);
#endif
