/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_ZAP_H
#define ONWARD_NET_ZAP_H
#include "broker/core/core.h"
/*
 * Who may connect: answers ZeroMQ's question (ZAP, RFC 27) at each CURVE handshake from the parties
 * in force.  An accepted connection's User-Id is "<party id> <Z85 key>", so that each message can
 * be held against the parties of that moment: a revocation, or the end of a key, holds at once.
 */
enum {
	ZAP_USER_ID_SIZE = PARTY_ID_MAX + 1 + PARTY_KEY_TEXT + 1
};
#define ZAP_DOMAIN "onward"

struct zap {
	struct core *core;
	void *socket;
	char probe_key[PARTY_KEY_TEXT + 1]; /* of the self-test at the start; empty otherwise */
};

/* Binds inproc://zeromq.zap.01; must come before any server socket is bound. */
MUST_CHECK enum err zap_init(struct zap *zap, void *context, struct core *core);
void zap_finish(struct zap *zap);
/* Takes one question and answers it; does not block. */
void zap_answer(struct zap *zap);
/* Splits a User-Id; false when it is none of ours. */
bool zap_user_id(const char *user_id, struct str *ret_party, struct str *ret_key);
#endif
