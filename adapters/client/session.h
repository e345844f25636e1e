/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_CLIENT_SESSION_H
#define ONWARD_ADAPTERS_CLIENT_SESSION_H
#include "adapters/client/client.h"
#include "adapters/client/link.h"
#include "broker/base/buf.h"
#include "broker/base/limits.h"
#include "broker/config/home.h"
/*
 * What a client is inside: a link, the session on it, the requests that wait for an answer, and
 * what came unasked (deliveries, events).  The public calls (ask.c, submit.c, delivery.c, follow.c)
 * put requests into the table and take turns until theirs is answered.
 *
 * Every request has a slot; its correlation is serial << 16 | slot, so that an answer finds it at
 * once and the answer to a slot's former request finds nobody.
 */
enum {
	SESSION_SLOTS = LIMIT_WINDOW + 8, /* a full window, and a few asked meanwhile */
	SESSION_RESEND_MS = 5000,         /* as long as the broker gives an attempt */
	SESSION_RESEND_MOST_MS = 60000,
	SESSION_HELLO_MS = 5000,
	SESSION_ALIVE_MS = 60000,      /* of silence, then a ping */
	SESSION_SEND_RETRY_MS = 20,    /* the socket took nothing: the kernel's buffers are full */
	SESSION_REFUSED_HANDSHAKES = 3 /* one after the other: give up the call, it will not mend */
};

enum pending_state {
	PENDING_FREE,
	PENDING_UNSENT, /* new, or its session is gone */
	PENDING_SENT,
	PENDING_ANSWERED
};

struct pending {
	enum pending_state state;
	uint64_t correlation;
	struct buf request; /* the frame, sent again as it is */
	struct buf reply;   /* the frame that answered */
	int64_t due_ms;     /* UNSENT: not before; SENT: send again */
	int wait_ms;        /* until the next resend, doubled each time */
};

enum session_state {
	SESSION_NONE,
	SESSION_HELLO, /* said, not yet answered */
	SESSION_UP
};

/* Frames in order of arrival. */
struct queue {
	struct buf *frames; /* ring of `size` */
	size_t size, first, count;
};
bool queue_push(struct queue *queue, struct str frame, size_t most);
/* The oldest, to be finished by the caller; false when empty. */
bool queue_pop(struct queue *queue, struct buf *ret_frame);
void queue_finish(struct queue *queue);

struct follow {
	bool active;
	uint64_t correlation;
	uint64_t former;                     /* correlation before it was renewed; 0: none */
	uint64_t after;                      /* of the last event received or asked for */
	int64_t left;                        /* events the broker may still send */
	char reference[REFERENCE_TEXT_SIZE]; /* canonical; "": all */
	struct queue events;
	struct fault refused; /* code ERR_OK: not */
};

struct spool;
struct client {
	struct link link;
	char *client_name, *user, *role, *spool_folder;
	char former_keys[KEY_FORMER_MAX * (Z85_KEY_TEXT + 1)]; /* may have sealed the spool */
	char **routes;
	size_t route_count;
	int credit;
	bool accepts_rehearsal;
	int resend_ms;

	enum session_state session;
	uint64_t serial;
	uint64_t hello_correlation;
	int64_t hello_due_ms; /* NONE: not before; HELLO: answer until */
	int64_t said_ms;      /* when something was last sent */
	int resets;           /* one after the other without a welcome */
	bool superseded;
	struct buf welcome_frame;
	struct arena welcome_arena;
	struct value welcome; /* VALUE_NULL before */
	size_t window;

	struct pending slots[SESSION_SLOTS];
	struct queue deliveries;
	uint64_t deliveries_dropped; /* beyond the credit; the broker sends them again */
	struct follow follow;
	struct spool *spool; /* opened at its first use */
	struct buf scratch;
};

/* Takes the request's bytes over (the buf is empty afterwards); NULL when every slot is taken or
 * memory is short.  Sent at the next turn. */
struct pending *session_add(struct client *client, struct buf *request);
void session_remove(struct pending *pending);
/* Queues it anew, not before `delay_ms` from now. */
void session_again(struct pending *pending, int delay_ms);
/* The answer to a request; one that is not waited for any more is passed over. */
void session_answered(struct client *client, uint64_t correlation, struct str frame);
/* With a session: sends what is due. The time of the next thing that will be. */
int64_t session_send(struct client *client, int64_t now);
/* One turn, of at most `timeout_ms` (-1: until something happens). ERR_NOT_ALLOWED, ERR_VERSION:
 * the broker will not have this session; ERR_UNREACHABLE: handshakes keep being refused. Otherwise
 * ERR_OK, whatever happened. */
MUST_CHECK enum err session_turn(struct client *client, int timeout_ms, struct fault *fault);
/* Why nothing came by the deadline: ERR_TIMEOUT with a session, else ERR_UNREACHABLE and what is
 * known. */
enum err session_overdue(const struct client *client, struct fault *fault);
/* Deadlines: -1 for ever. */
int64_t deadline_after(int timeout_ms);
/* What is left, for session_turn; 0 when past. */
int deadline_left(int64_t deadline_ms);

/* The answer's meaning: ERR_OK with the body in the caller's arena, or the refusal. */
MUST_CHECK enum err session_answer(const struct pending *pending, struct arena *arena,
	struct value *ret_body, struct fault *fault);
/* In the header of an encoded frame. */
void frame_correlate(struct buf *frame, uint64_t correlation);
/* False when the frame is none of ours. */
bool frame_header(struct str frame, struct wire_header *ret_header);

/* Unasked frames: delivery.c and follow.c. */
void delivery_arrived(struct client *client, struct str frame);
void follow_arrived(struct client *client, struct str frame);
/* Asks again on a new session, after the last event received. */
void follow_renew(struct client *client);
bool follow_refused(struct client *client, uint64_t correlation, struct str frame);
#endif
