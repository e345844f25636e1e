/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/zap.h"
#include "broker/base/log.h"
#include "broker/config/z85.h"

#include <stdio.h>
#include <zmq.h>

enum {
	PART_SIZE = 256, /* no part of a question of ours is longer */
	PART_VERSION = 0,
	PART_ID,
	PART_DOMAIN,
	PART_ADDRESS,
	PART_IDENTITY,
	PART_MECHANISM,
	PART_CREDENTIALS,
	PART_COUNT
};

struct question {
	char bytes[PART_COUNT][PART_SIZE];
	size_t sizes[PART_COUNT];
	size_t count;
	bool malformed; /* too many parts, or one too long */
};

static struct str part(const struct question *question, size_t i)
{
	return (struct str){question->bytes[i], question->sizes[i]};
}

/* Takes all parts of one message, whatever they are; false when there is none. */
static bool question_take(void *socket, struct question *question)
{
	int more = 1;
	*question = (struct question){0};
	while (more) {
		char spare[PART_SIZE];
		const bool fits = question->count < PART_COUNT;
		char *bytes = fits ? question->bytes[question->count] : spare;
		const int size = zmq_recv(socket, bytes, PART_SIZE, ZMQ_DONTWAIT);
		if (size < 0) {
			return false;
		}
		question->malformed = question->malformed || !fits || size > PART_SIZE;
		if (fits) {
			question->sizes[question->count++] =
				size > PART_SIZE ? PART_SIZE : (size_t)size;
		}
		size_t more_size = sizeof(more);
		if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size) != 0) {
			return false;
		}
	}
	return true;
}

/* The User-Id when the key may connect, empty when not. */
static void decide(struct zap *zap, const struct question *question, char user_id[ZAP_USER_ID_SIZE])
{
	user_id[0] = '\0';
	if (question->malformed || question->count != PART_COUNT ||
		!str_is(part(question, PART_VERSION), "1.0") ||
		!str_is(part(question, PART_DOMAIN), ZAP_DOMAIN) ||
		!str_is(part(question, PART_MECHANISM), "CURVE") ||
		question->sizes[PART_CREDENTIALS] != Z85_KEY_BYTES) {
		return;
	}
	char key[Z85_KEY_TEXT + 1];
	z85_encode((const uint8_t *)question->bytes[PART_CREDENTIALS], key);
	if (zap->probe_key[0] != '\0' && strcmp(key, zap->probe_key) == 0) {
		(void)snprintf(user_id, ZAP_USER_ID_SIZE, "self-test %s", key);
		return;
	}
	/* Keys are credentials of the real world: their time is the system's, also in a rehearsal.
	 */
	struct world *world = core_world_acquire(zap->core);
	const struct party *party = parties_find_key(world_parties(world), key, timestamp_now());
	if (party != NULL) {
		(void)snprintf(user_id, ZAP_USER_ID_SIZE, "%s %s", party->id, key);
	}
	core_world_release(world);
}

static void send_part(void *socket, struct str bytes, bool last)
{
	(void)zmq_send(socket, bytes.ptr == NULL ? "" : bytes.ptr, bytes.len,
		ZMQ_DONTWAIT | (last ? 0 : ZMQ_SNDMORE));
}

void zap_answer(struct zap *zap)
{
	struct question question;
	if (!question_take(zap->socket, &question)) {
		return;
	}
	char user_id[ZAP_USER_ID_SIZE];
	decide(zap, &question, user_id);
	const bool ok = user_id[0] != '\0';
	if (!ok && zap->probe_key[0] == '\0') {
		core_count_refusal(zap->core, ERR_NOT_ALLOWED);
		log_line(LOG_DEBUG, "zap", NULL, "an unknown key was refused");
	}
	send_part(zap->socket, STR("1.0"), false);
	send_part(zap->socket, part(&question, PART_ID), false);
	send_part(zap->socket, ok ? STR("200") : STR("400"), false);
	send_part(zap->socket, ok ? STR("OK") : STR("no such party"), false);
	send_part(zap->socket, str_from(user_id), false);
	send_part(zap->socket, STR(""), true);
}

enum err zap_init(struct zap *zap, void *context, struct core *core)
{
	*zap = (struct zap){.core = core};
	zap->socket = zmq_socket(context, ZMQ_REP);
	if (zap->socket == NULL) {
		return ERR_NOMEM;
	}
	const int linger = 0;
	(void)zmq_setsockopt(zap->socket, ZMQ_LINGER, &linger, sizeof(linger));
	if (zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0) {
		zap_finish(zap);
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

void zap_finish(struct zap *zap)
{
	if (zap->socket != NULL) {
		(void)zmq_close(zap->socket);
		zap->socket = NULL;
	}
}

bool zap_user_id(const char *user_id, struct str *ret_party, struct str *ret_key)
{
	const char *space = user_id == NULL ? NULL : strchr(user_id, ' ');
	if (space == NULL || strlen(space + 1) != PARTY_KEY_TEXT) {
		return false;
	}
	*ret_party = (struct str){user_id, (size_t)(space - user_id)};
	*ret_key = str_from(space + 1);
	return true;
}
