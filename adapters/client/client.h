/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_CLIENT_CLIENT_H
#define ONWARD_ADAPTERS_CLIENT_CLIENT_H
#include "broker/base/arena.h"
#include "broker/base/id.h"
#include "broker/base/value.h"
#include "broker/wire/message.h"
/*
 * The client library: what a custody suite's system, a provider's adapter and the command line use
 * to speak with a broker.  One connection, one thread; blocking calls with a time-out in
 * milliseconds (-1: for ever). It says hello, reconnects with back-off and jitter, resends what is
 * unanswered with the same content, and keeps what must not be lost in a spool on disk until the
 * broker has accepted it.
 */
struct client;

struct client_options {
	const char *endpoint;    /* as ZeroMQ writes it; relative ipc paths against home */
	const char *home;        /* may be NULL when endpoint is absolute */
	const char *broker_key;  /* Z85 */
	const char *public_key;  /* Z85 */
	const char *secret_key;  /* Z85; copied, wiped at destroy */
	const char *former_keys; /* Z85 with blanks between, or NULL: those before it, one of which
				    may have sealed the spool */
	const char *client_name; /* program and version, for the broker's log */
	const char *user, *role; /* the actor, as asserted; may be NULL */
	const char *const *routes; /* adapters: whose deliveries to take */
	size_t route_count;
	int credit;             /* deliveries held unacknowledged at once; 0: no deliveries */
	bool accepts_rehearsal; /* adapters refuse rehearsal deliveries unless told otherwise */
	const char *spool;      /* folder of the outgoing spool; NULL: none */
	int resend_ms;          /* first wait before an unanswered request is sent again; 0: 5 s */
};
/* Whether the broker takes `text` (NULL: none) for a user or role: a referral that names another
 * would be refused for that alone.  ERR_USAGE about `field`. */
MUST_CHECK enum err client_actor_check(const char *field, const char *text, struct fault *fault);
/* ERR_CONFIG (endpoint, keys), ERR_TOO_LARGE, ERR_INVALID, ERR_USAGE (user, role). */
MUST_CHECK enum err client_create(
	const struct client_options *options, struct client **ret_client, struct fault *fault);
void client_destroy(struct client *client); /* accepts NULL */
/* The same out of a home: keys/PARTY.key, the broker's public key, the endpoint of onward.yaml for
 * the party's kind as parties.yaml has it, and the spool home/spool/PARTY.  `options` (NULL: none)
 * gives client_name, user, role, routes, credit, accepts_rehearsal, resend_ms; a spool folder or an
 * endpoint named there wins.  ERR_NOT_FOUND (no key, no party), ERR_CONFIG, ERR_IO, each with the
 * file in the fault. */
MUST_CHECK enum err client_open_home(const char *home, const char *party,
	const struct client_options *options, struct client **ret_client, struct fault *fault);
/* Connects and says hello.  ERR_UNREACHABLE, ERR_NOT_ALLOWED, ERR_VERSION. The welcome stays
 * readable. */
MUST_CHECK enum err client_connect(struct client *client, int timeout_ms, struct fault *fault);
const struct value *client_welcome(const struct client *client); /* NULL before */
/* True while there is a session: a refusal then is the broker's answer to the request, otherwise to
 * the party. */
bool client_is_connected(const struct client *client);

/* One request and its reply (done or page), matched by correlation; deliveries that arrive
 * meanwhile are kept. A refusal is returned as its error with *fault filled.  ERR_UNREACHABLE,
 * ERR_TIMEOUT.  The body is in `arena`. */
MUST_CHECK enum err client_ask(struct client *client, struct wire_request *request, int timeout_ms,
	struct arena *arena, struct value *ret_body, struct fault *fault);

/* One of many requests, and what became of it. */
struct client_question {
	struct wire_request request;
	enum err err; /* ERR_OK: `body`; a refusal; what ended the call when it has no answer */
	struct fault fault;
	struct value body; /* in the arena */
};
/* Asks all of them with as many in flight as the broker allows; answers may be carried out in any
 * order, so that none may hang on another.  `timeout_ms` is the longest time without any answer.
 * ERR_OK when each has its answer, also a refusal; else why some have none. */
MUST_CHECK enum err client_ask_all(struct client *client, struct client_question *questions,
	size_t count, int timeout_ms, struct arena *arena, struct fault *fault);

/* Many submits with up to `window` in flight (0: what the broker allows): hands each answer to
 * `answered` as it comes, in any order.  With a spool all are on disk, in one commit, before the
 * first is sent, and each leaves it when accepted or refused for good; what got no answer, or
 * try-later to the end, stays.  `timeout_ms` is the longest time without any answer.
 *
 * Each index is reported exactly once: ERR_OK with the broker's body, the refusal's error with
 * *fault, or ERR_UNREACHABLE / ERR_TIMEOUT / ERR_FULL when nothing final was said.  Without ERR_OK
 * the body is {source_ref} of the referral.  Returns ERR_OK when every one got a final answer. What
 * another process is just flushing is not sent twice: then the new ones are only added
 * (ERR_UNREACHABLE, and the fault says so). */
typedef void client_answered(void *context, size_t index, enum err err, const struct fault *fault,
	const struct value *body);
/* False: nobody has judged the referral, and it stays in the spool.  ERR_NOT_ALLOWED without a
 * session (client_is_connected) is not about the referral either. */
bool client_answer_is_final(enum err err);
MUST_CHECK enum err client_submit_all(struct client *client, const struct value *referrals,
	size_t count, size_t window, int timeout_ms, client_answered *answered, void *context,
	struct fault *fault);
/* Resends everything in the spool, oldest first; `index` counts from 0.  ERR_EXISTS when another
 * process is sending from it. Nothing to send is ERR_OK without connecting. */
MUST_CHECK enum err client_flush(struct client *client, int timeout_ms, client_answered *answered,
	void *context, struct fault *fault);
/* Entries in the spool, of whichever process; 0 without one.  ERR_NOT_ALLOWED: it was sealed with a
 * key that is not here; ERR_IO, ERR_CORRUPT: what waits in it cannot be told. */
MUST_CHECK enum err client_spooled(
	const struct client *client, size_t *ret_count, struct fault *fault);

/* The next delivery; ERR_TIMEOUT, ERR_SUPERSEDED, ERR_UNREACHABLE (goes on reconnecting at the next
 * call). */
struct client_delivery {
	struct id id;
	struct value body; /* of the delivery message, in the caller's arena */
};
MUST_CHECK enum err client_next_delivery(struct client *client, int timeout_ms, struct arena *arena,
	struct client_delivery *ret_delivery, struct fault *fault);
/* Tells the broker what became of it: stored, duplicate, failed, undeliverable.  Not waited for: it
 * is sent again with the delivery when lost. */
MUST_CHECK enum err client_receipt(
	struct client *client, struct id delivery, const char *receipt, const char *reason);
/* A provider's answer on a leg, waited for. */
MUST_CHECK enum err client_acknowledge(struct client *client, const char *leg, const char *action,
	const char *reason, int timeout_ms, struct arena *arena, struct value *ret_body,
	struct fault *fault);
/* The next event after `*cursor` (updated); opens and renews the follow as needed.  ERR_TIMEOUT. */
MUST_CHECK enum err client_next_event(struct client *client, const char *reference,
	uint64_t *cursor, int timeout_ms, struct arena *arena, struct value *ret_event,
	struct fault *fault);
#endif
