/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_CLIENT_LINK_H
#define ONWARD_ADAPTERS_CLIENT_LINK_H
#include "broker/base/buf.h"
#include "broker/base/err.h"
#include "broker/config/endpoint.h"
#include "broker/config/z85.h"
/*
 * The connection beneath a session: one DEALER with CURVE.  A socket serves for one connection:
 * when that ends, or never comes about, the socket is closed and another one made after a back-off
 * with jitter, so that what was queued for a dead broker can never reach the next one before the
 * hello.
 */
enum {
	LINK_BACKOFF_FIRST_MS = 250,
	LINK_BACKOFF_MOST_MS = 30000,
	LINK_HANDSHAKE_MS = 5000, /* connecting and CURVE together */
	LINK_LINGER_MS = 1000     /* for the last receipts when a client ends */
};

enum link_state {
	LINK_DOWN,       /* waits until retry_at_ms */
	LINK_CONNECTING, /* socket there, handshake not done */
	LINK_OPEN
};

enum link_event {
	LINK_QUIET,    /* the wait is over, nothing happened */
	LINK_OPENED,   /* the handshake is done: say hello */
	LINK_READABLE, /* link_receive has something */
	LINK_LOST      /* the connection ended or could not be made; `fault` says why */
};

struct link {
	char address[ENDPOINT_ADDRESS_SIZE]; /* as configured */
	char *home;                          /* own copy or NULL */
	char broker_key[Z85_KEY_TEXT + 1];
	char public_key[Z85_KEY_TEXT + 1];
	char secret_key[Z85_KEY_TEXT + 1];
	enum link_state state;
	struct endpoint endpoint;
	void *socket, *monitor;
	int64_t retry_at_ms, connect_until_ms;
	int backoff_ms;
	int handshakes_refused; /* one after the other */
	struct fault fault;     /* why it is down; code ERR_OK while nothing was tried */
};

/* Milliseconds of a clock that never jumps. */
int64_t link_now_ms(void);
/* Up to `most_ms`, uniformly: what keeps a region's clients from coming back all at once. */
int link_jitter_ms(int most_ms);

/* Takes a share of the process's one ZeroMQ context.  The strings of the address and keys are set
 * by the caller. */
MUST_CHECK enum err link_init(struct link *link, struct fault *fault);
/* Closes with LINK_LINGER_MS for what was sent, wipes the keys. Accepts a zeroed link. */
void link_finish(struct link *link);
/* One turn: connects when it is time, waits at most `timeout_ms` (never longer than for the next
 * attempt). */
enum link_event link_turn(struct link *link, int timeout_ms);
/* The broker took the session: the back-off starts anew. */
void link_settle(struct link *link);
/* Gives the connection up because of *why; the next one after the back-off. */
void link_drop(struct link *link, const struct fault *why);
/* False when the socket takes nothing at present. */
bool link_send(struct link *link, struct str frame);
/* One frame of what was received; false when there is none. */
bool link_receive(struct link *link, struct buf *frame);
#endif
