/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_EVENT_H
#define ONWARD_CORE_EVENT_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
#include "broker/base/hash.h"
#include "broker/base/id.h"
#include "broker/base/timestamp.h"
#include "broker/model/vocab.h"
#include "broker/store/journal.h"
/*
 * Events: what the record says happened.  A type keeps its number and its meaning for ever; a
 * changed meaning is a new type.  An event carries everything apply needs, and no personal value:
 * those are in payloads that events name by id.
 *
 * One struct for all types; a type uses the members its line in event.c's table names, others are
 * zero and are not stored.  Strings are borrowed (from the command, or from the record they were
 * read from).
 */
#define EVENT_MAP(X)                                     \
	X(1, STARTED, "started")                         \
	X(2, STOPPED, "stopped")                         \
	X(3, DIRECTORY_PUBLISHED, "directory-published") \
	X(4, PARTIES_CHANGED, "parties-changed")         \
	X(5, SUBMITTED, "submitted")                     \
	X(6, AMENDED, "amended")                         \
	X(7, REFERRAL_STATE, "referral-state")           \
	X(8, MATCHED, "matched")                         \
	X(9, LEG_STATE, "leg-state")                     \
	X(10, DELIVERY_QUEUED, "delivery-queued")        \
	X(11, DELIVERED, "delivery-receipted")           \
	X(12, ATTEMPT_FAILED, "attempt-failed")          \
	X(13, UNDELIVERABLE, "undeliverable")            \
	X(14, DELIVERY_CANCELLED, "delivery-cancelled")  \
	X(15, CONSULTED, "consulted")                    \
	X(16, ALERT, "alert")                            \
	X(17, LATE_ANSWER, "late-answer")                \
	X(18, LEG_NEEDS, "leg-needs")                    \
	X(19, CLOCK_SET, "clock-set")                    \
	X(20, REMINDER, "reminder")                      \
	X(21, OVERDUE, "overdue")                        \
	X(22, DOWNTIME, "clocks-extended")               \
	X(23, CLOCK_HELD, "clocks-held")                 \
	X(24, CLOCK_CONFIRMED, "clocks-confirmed")       \
	X(25, CONTACT_ATTEMPTED, "contact-attempted")    \
	X(26, MIGRATED, "migrated")                      \
	X(27, INTAKE, "intake")                          \
	X(30, SEEN, "seen")                              \
	X(31, DELIVERY_STOPPED, "delivery-stopped")      \
	X(32, DELIVERY_RETRIED, "delivery-retried")      \
	X(33, ASSIGNED, "assigned")                      \
	X(34, ERASED, "erased")

/* 28, 29 and 35 are not given out yet: a record with one is of a later version. */
enum event_type {
#define X(number, NAME, name) EVENT_##NAME = number,
	EVENT_MAP(X)
#undef X
	EVENT_TYPE_END
};
const char *event_type_name(enum event_type type);

enum delivery_kind {
	DELIVERY_REFERRAL,
	DELIVERY_AMENDED,
	DELIVERY_WITHDRAWN,
	DELIVERY_NOTICE, /* a channel that cannot keep a secret: the reference alone */
};
const char *delivery_kind_name(enum delivery_kind kind);

/* On disk. */
enum intake_now {
	INTAKE_PAUSED = 1,
	INTAKE_OPEN = 2,
};

struct event {
	enum event_type type;
	struct id referral;
	uint8_t leg; /* 1.. */
	struct id delivery;
	struct id payload;  /* the referral's document, or a note */
	struct id decision; /* the explanation */
	uint64_t slot;      /* of the payload key, plus 1 (0: none) */
	uint8_t from, to;   /* enum leg_state or enum referral_state; migrated, to: the new leg;
			       intake, to: enum intake_now */
	uint8_t role;       /* enum directory_role */
	uint8_t kind;       /* enum delivery_kind; submitted, amended: enum referral_flag; matched:
			       confidential; intake: 1, its own provider said so */
	uint8_t pathway;
	uint32_t needs, gaps;
	uint8_t stopped;    /* enum clock that waits while this one runs, with `amount` left */
	uint8_t clock;      /* enum clock; 0 with `until` 0: the clock stops */
	uint32_t queue;     /* enum queue_reason bits that a person has seen to */
	uint64_t version;   /* of the directory, or of the document */
	uint64_t amount;    /* microseconds: that clocks are extended by, or that one had left */
	timestamp_us until; /* a referral is held until then; a clock runs out then; a pause ends */
	timestamp_us remind; /* its reminder; 0: none */
	timestamp_us cap; /* what no clock before her yes runs beyond; of a referral: until when a
			     service is looked for again */
	struct str reason, outcome;
	struct str service, route, pool;
	struct str named; /* a service that a provider names; migrated: that takes her over */
	struct str source, source_ref, reference, authority;
	struct str questions; /* fact paths, comma separated */
	struct str fields;    /* what is disclosed, comma separated */
	struct str basis;
	struct str overridden; /* filters that a person set aside, comma separated */
	struct str line;       /* 16 bytes */
	struct str lookup;     /* 16 bytes: of (source, source_ref) */
	struct str content;    /* 16 bytes: of the canonical document */
	struct str hash;       /* 32 bytes: of the directory's files, or of parties.yaml */
	struct str note;       /* directory: what changed in it, never about a person */
	uint64_t of;           /* directory: the version that was rolled back to */
	uint32_t services;     /* directory: how many there are */
	uint8_t for_list;      /* matched: the service is full, it is for its waiting list */
	uint8_t origin;        /* directory: enum publication_origin */
};

/* One record of the journal: who asked for what, when, and what came of it. */
struct record {
	uint8_t format; /* RECORD_FORMAT when it was written */
	uint64_t sequence;
	timestamp_us time;
	struct str command; /* "submit", "receipt", …, or what the broker did by itself */
	struct str party, user, role; /* empty: the broker */
	const struct event *events;
	size_t count;
};

enum {
	/* What an event folds into may grow with a format: the rows of a store that was written by
	 * an earlier one are what its own records gave then.  2: clocks and the queue.  3: the
	 * list of published directories, with their authors; what a leg takes of its service's
	 * room, and who waits in which order. */
	RECORD_FORMAT = 3,
	RECORD_FORMAT_CLOCKS = 2,
	RECORD_FORMAT_PUBLICATIONS = 3,
	RECORD_FORMAT_COUNTS = 3,
	RECORD_FORMAT_REFERENCES = 3, /* made of the look-up */
	EVENTS_MAX = 1024 /* of one command: a withdrawal of 255 legs makes three each */
};

/* The body for the journal, appended to `out` (sticky failure). */
void record_encode(struct buf *out, const struct record *record);
/* Strings are borrowed from the entry, events are in the arena.  ERR_CORRUPT, ERR_VERSION,
 * ERR_NOMEM. */
MUST_CHECK enum err record_decode(const struct journal_entry *entry, struct arena *arena,
	struct record *ret_record, struct fault *fault);
#endif
