/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_WIRE_MESSAGE_H
#define ONWARD_WIRE_MESSAGE_H
#include "broker/base/id.h"
#include "broker/base/timestamp.h"
#include "broker/base/value.h"
#include "broker/wire/pack.h"
/*
 * One frame = a header of 16 bytes and one msgpack map.  Header, big endian: magic "ONWD" (4),
 * protocol version (1), type (1), flags (2, zero), correlation (8): chosen by whoever asks,
 * repeated in the reply. PROTOCOL.md is the document; this table is what it is tested against.
 */
enum {
	WIRE_HEADER_SIZE = 16,
	WIRE_VERSION = 1
};

/* number, NAME, who sends it, what for */
#define WIRE_TYPE_MAP(X)                      \
	X(1, HELLO, "hello")                  \
	X(2, SUBMIT, "submit")                \
	X(3, AMEND, "amend")                  \
	X(4, WITHDRAW, "withdraw")            \
	X(5, ACKNOWLEDGE, "acknowledge")      \
	X(6, RECEIPT, "receipt")              \
	X(7, CREDIT, "credit")                \
	X(8, SHOW, "show")                    \
	X(9, LIST, "list")                    \
	X(10, INBOX, "inbox")                 \
	X(11, FOLLOW, "follow")               \
	X(12, EXPLAIN, "explain")             \
	X(13, STATUS, "status")               \
	X(14, RELOAD, "reload")               \
	X(15, PING, "ping")                   \
	X(16, BYE, "bye")                     \
	X(17, ASSIGN, "assign")               \
	X(18, SEEN, "seen")                   \
	X(19, QUEUE, "queue")                 \
	X(20, DELIVERIES, "deliveries")       \
	X(21, RETRY, "retry")                 \
	X(22, STOP_RETRYING, "stop-retrying") \
	X(23, CLOCK, "clock")                 \
	X(24, ERASE, "erase")                 \
	X(64, WELCOME, "welcome")             \
	X(65, RESET, "reset")                 \
	X(66, SUPERSEDED, "superseded")       \
	X(67, REFUSED, "refused")             \
	X(68, DONE, "done")                   \
	X(69, PAGE, "page")                   \
	X(70, DELIVERY, "delivery")           \
	X(71, EVENT, "event")

enum wire_type {
#define X(number, NAME, name) WIRE_##NAME = number,
	WIRE_TYPE_MAP(X)
#undef X
};
const char *wire_type_name(enum wire_type type); /* "unknown" when there is none */
/* The request is answered with a page. */
bool wire_type_is_paged(enum wire_type type);

/* What a provider answers on a leg, and what an adapter says became of a delivery. */
#define WIRE_ACTION_MAP(X)                  \
	X(RECEIVED, "received")             \
	X(ACCEPTED, "accepted")             \
	X(DECLINED, "declined")             \
	X(WAITLISTED, "waitlisted")         \
	X(STARTED, "started")               \
	X(COMPLETED, "completed")           \
	X(ENDED_EARLY, "ended-early")       \
	X(NOT_ENGAGED, "not-engaged")       \
	X(ON_HOLD, "on-hold")               \
	X(RESUMED, "resumed")               \
	X(WITHDRAWN, "withdrawn")           \
	X(REDIRECTED, "redirected")         \
	X(INFO_REQUESTED, "info-requested") \
	X(CONTACT_ATTEMPTED, "contact-attempted")

#define WIRE_RECEIPT_MAP(X)       \
	X(STORED, "stored")       \
	X(DUPLICATE, "duplicate") \
	X(FAILED, "failed")       \
	X(UNDELIVERABLE, "undeliverable")

/* What an operator does with the broker's clock. */
#define WIRE_CLOCK_MAP(X)     \
	X(SHOW, "show")       \
	X(ADVANCE, "advance") \
	X(NEXT, "next")       \
	X(CONFIRM, "confirm")

struct wire_header {
	enum wire_type type;
	uint64_t correlation;
};

enum {
	WIRE_ROUTES_MAX = 128,               /* routes one adapter session serves */
	WIRE_WORDS_MAX = 16,                 /* codes or paths of one list */
	WIRE_RETRY_MAX = 64,                 /* deliveries one retry or stop-retrying looks at */
	WIRE_ADVANCE_MAX_S = 366 * 24 * 3600 /* by which one command moves a manual clock */
};

/* A short list of codes or of field paths. */
struct wire_words {
	struct str items[WIRE_WORDS_MAX];
	size_t count;
};

/*
 * Requests, decoded and checked: an unknown key is refused with its path, every limit is applied.
 * Strings are borrowed from the frame; trees, and reference and leg in their canonical form, are in
 * the arena.  One struct for all: a request uses the members its row in PROTOCOL.md names (the
 * table is broker/wire/fields.h), the others are zero.
 */
struct wire_request {
	struct wire_header header;
	/* actor, as the party asserts it: any request that changes or reads personal data */
	struct str user; /* at most 64 bytes */
	struct str role; /* at most 64 bytes */
	/* hello */
	bool speaks_version; /* `protocols` holds WIRE_VERSION */
	struct str client;   /* name and version of the program, for the log */
	struct str routes[WIRE_ROUTES_MAX];
	size_t route_count;
	int64_t credit; /* hello, credit, follow */
	bool accepts_rehearsal;
	/* submit, amend (a merge patch), explain */
	struct value referral;
	/* amend, withdraw, show, follow, assign, seen */
	struct str reference;
	/* acknowledge: "<reference>/<number>"; the delivery it answers, when known */
	struct str leg;
	struct str action;  /* WIRE_ACTION_MAP; clock: WIRE_CLOCK_MAP */
	struct str reason;  /* withdraw, acknowledge, stop-retrying: a code; receipt: a code of the
			       transport */
	struct str note;    /* free text: acknowledge, withdraw (with reason "other"); why: assign,
			       seen */
	struct str outcome; /* acknowledge, completed: a code */
	struct str service; /* acknowledge, redirected: the service named; assign: the service;
			       list, deliveries, retry, stop-retrying: filter */
	struct id delivery; /* receipt, retry, stop-retrying; acknowledge (zero: not given) */
	struct wire_words questions; /* acknowledge, info-requested: paths of fields */
	struct wire_words needs;     /* assign: codes; none: all that the service may take */
	struct wire_words reasons;   /* seen: codes of the queue; none: all that stand there */
	struct str receipt;          /* receipt: WIRE_RECEIPT_MAP */
	/* list, inbox, queue, deliveries */
	struct str state, authority;
	bool overdue;
	struct str cursor; /* these, retry, stop-retrying: opaque, from the page before */
	int64_t limit;
	/* deliveries, retry, stop-retrying */
	bool failed; /* only those that failed at least once, were stopped or given up */
	bool all;    /* every delivery there is, in steps */
	struct str route;
	/* clock, advance: by how much, or with `at` to when */
	int64_t seconds;
	/* follow */
	uint64_t after; /* sequence; events after it */
	/* explain */
	bool has_at;
	timestamp_us at;
	/* reload */
	bool reload_parties, reload_directory;
};

/* ERR_MALFORMED, ERR_VERSION, ERR_TOO_LARGE, ERR_UNKNOWN_FIELD, ERR_MISSING, ERR_INVALID.
 * ret_request->header is filled whenever the frame holds a header of ours, so that a refusal can be
 * correlated. */
MUST_CHECK enum err wire_request_decode(struct str frame, struct arena *arena,
	struct wire_request *ret_request, struct fault *fault);
/* The client's side: appends header and map; members that are zero are left out. */
void wire_request_encode(struct buf *out, const struct wire_request *request);

/* Replies, deliveries and events are header and a tree; unknown keys are for the reader to ignore.
 */
void wire_reply_encode(
	struct buf *out, enum wire_type type, uint64_t correlation, const struct value *body);
MUST_CHECK enum err wire_reply_decode(struct str frame, struct arena *arena,
	struct wire_header *ret_header, struct value *ret_body, struct fault *fault);
/* {code, field, message} of a fault, for a refusal. */
struct value wire_fault_body(struct arena *arena, const struct fault *fault);
void wire_fault_read(const struct value *body, struct fault *ret_fault);
#endif
