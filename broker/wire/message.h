/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_WIRE_MESSAGE_H
#define ONWARD_WIRE_MESSAGE_H
#include "broker/base/id.h"
#include "broker/base/timestamp.h"
#include "broker/base/value.h"
#include "broker/wire/pack.h"
#include "broker/wire/types.h"
/*
 * One frame = a header of 16 bytes and one msgpack map.  Header, big endian: magic "ONWD" (4),
 * protocol version (1), type (1), flags (2, zero), correlation (8): chosen by whoever asks,
 * repeated in the reply. PROTOCOL.md is the document; this table is what it is tested against.
 */
enum {
	WIRE_HEADER_SIZE = 16,
	WIRE_VERSION = 1
};

struct wire_header {
	enum wire_type type;
	uint64_t correlation;
};

enum {
	WIRE_ROUTES_MAX = 128,               /* routes one adapter session serves */
	WIRE_WORDS_MAX = 16,                 /* codes or paths of one list */
	WIRE_RETRY_MAX = 64,                 /* deliveries one retry or stop-retrying looks at */
	WIRE_MIGRATE_MAX = 64,               /* legs that one migrate tells of */
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
	struct str action;     /* WIRE_ACTION_MAP; clock: WIRE_CLOCK_MAP; intake: WIRE_INTAKE_MAP */
	struct str until_text; /* intake, pause: a date, its end included, or a time */
	struct str reason;  /* withdraw, acknowledge, stop-retrying, intake: a code; receipt: a code
			       of the  transport */
	struct str note;    /* free text: acknowledge, withdraw (with reason "other"); why: assign,
			       seen; what changed: publish, rollback */
	struct str outcome; /* acknowledge, completed: a code */
	struct str service; /* acknowledge, redirected: the service named; assign: the service;
			       list, deliveries, retry, stop-retrying, capacity: filter; intake:
			   the service */
	struct id delivery; /* receipt, retry, stop-retrying; acknowledge (zero: not given) */
	struct wire_words questions; /* acknowledge, info-requested: paths of fields */
	struct wire_words needs;     /* assign: codes; none: all that the service may take */
	struct wire_words reasons;   /* seen: codes of the queue; none: all that stand there */
	struct str receipt;          /* receipt: WIRE_RECEIPT_MAP */
	/* list, inbox, queue, deliveries, capacity */
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
	/* rehearse: referrals that came from then on, and before; 0: not given */
	timestamp_us since, until;
	/* migrate: `service` ends, `to` takes its legs over (empty: the successor that the
	 * directory names); a clause over her facts and the leg's; filters set aside */
	struct str to, rule;
	struct wire_words override;
	bool dry_run; /* say what would be done, and do nothing */
	/* reload */
	bool reload_parties, reload_directory;
	/* upload, publish: the hash of the files, 32 bytes */
	struct str upload;
	/* upload: `bytes` of `total` stand at `offset`; fetch: from where on */
	uint64_t offset, total;
	struct str bytes;
	uint64_t version; /* fetch (0: what is in force), rollback */
	uint64_t expect;  /* publish, rollback: the version in force, else refused; 0: any */
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
