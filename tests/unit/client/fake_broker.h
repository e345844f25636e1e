/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CLIENT_FAKE_BROKER_H
#define ONWARD_TESTS_UNIT_CLIENT_FAKE_BROKER_H
#include "tests/unit/client/fake.h"
/* How the fake answers; fake.c runs it. */
enum {
	FAKE_PEERS = 64 /* connections over the life of one run */
};

struct peer {
	uint8_t id[16];
	size_t len;
	bool known;
	int requests;
	int next; /* delivery of the script */
	uint64_t follow, after;
	int64_t follow_left;
};

/* Takes one message in, if there is one. */
void fake_turn(struct fake *fake, struct peer *peers);
/* Events that have come into being since. */
void fake_events(struct fake *fake, struct peer *peer);
#endif
