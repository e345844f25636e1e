/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_ROW_H
#define ONWARD_CORE_ROW_H
#include "broker/base/hash.h"
#include "broker/base/id.h"
#include "broker/base/timestamp.h"
#include "broker/model/vocab.h"
/*
 * The layouts of the rows that events make.  Numbers are little endian, as every platform this runs
 * on has them; texts are zero padded and terminated.  A layout changes by a new version of its
 * record (broker/store/record.h); the rows of referrals and legs grow at their end.  These are the
 * layouts in memory, and were those on disk: see short_row.h.
 */
enum {
	ROW_ID_SIZE = 64, /* a service or party id: 63 bytes and the end */
	ROW_SOURCE_REF_SIZE = 72,
	ROW_QUESTIONS_SIZE = 248,
	ROW_REASON_SIZE = 48,
	ROW_VERSION = 1,
	/* 2 has grown at its end: what the first version wrote is read with zeros there.  3 is
	 * short on disk (short_row.h). */
	ROW_VERSION_REFERRAL = 3,
	ROW_VERSION_LEG = 3,
	ROW_VERSION_DELIVERY = 2,  /* short on disk */
	ROW_VERSION_REFERENCE = 2, /* with the look-up; before that the id alone */
};

enum referral_flag {
	REFERRAL_EMERGENCY = 1,   /* risk to herself: immediate */
	REFERRAL_UNCONFIRMED = 2, /* consent to be confirmed first */
	REFERRAL_ERASED = 4,      /* what is personal about it is gone */
};

/* Why a referral waits for a person: bits of referral_row.queue. */
enum queue_reason {
	QUEUE_NO_SERVICE = 1,
	QUEUE_NEEDS_INFORMATION = 2,
	QUEUE_UNDELIVERABLE = 4,
	QUEUE_EXPIRED = 8,
	QUEUE_OVERDUE = 16,
	QUEUE_ATTENTION = 32, /* an alert or a late answer; referral_row.attention says which */
};

struct referral_row {
	uint8_t state; /* enum referral_state */
	uint8_t pathway;
	uint8_t legs; /* number of the newest */
	uint8_t flags;
	uint32_t needs, gaps;
	uint32_t unused;
	uint64_t slot; /* of the payload key, plus 1 */
	uint64_t document_version, directory_version;
	timestamp_us submitted, changed, until;
	struct id payload, decision;
	uint8_t line[LOOKUP_SIZE];
	uint8_t lookup[LOOKUP_SIZE];
	char reference[REFERENCE_TEXT_SIZE];
	char authority[12];
	char source[ROW_ID_SIZE];
	char source_ref[ROW_SOURCE_REF_SIZE];
	char questions[ROW_QUESTIONS_SIZE];
	/* Since version 2. */
	timestamp_us since;            /* it has been in its state */
	timestamp_us queue_since;      /* the oldest of its reasons; 0: it waits for nobody */
	timestamp_us deadline, remind; /* of its own clock; 0: none runs, no reminder is due */
	timestamp_us look_until;       /* a service is looked for again until then */
	uint64_t downtime;             /* the counter of it when the clock was set */
	uint32_t queue;                /* enum queue_reason */
	uint8_t clock;                 /* enum clock */
	uint8_t overdue;               /* a clock of this state ran out and nothing moved */
	uint8_t spare[2];
	char attention[ROW_REASON_SIZE]; /* the newest alerts, comma separated */
};
_Static_assert(sizeof(struct referral_row) == 640, "the layout is on disk");
_Static_assert(offsetof(struct referral_row, since) == 536, "the layout of version 1 is on disk");

/* Bits of leg_row.counted. */
enum counted {
	COUNTED = 1,       /* the others say it; otherwise the state does, as it used to */
	COUNTED_PLACE = 2, /* of the service, and of its pool */
	COUNTED_WAITS = 4, /* on its waiting list, or asked for that */
	COUNTED_YEAR = 8,  /* one of the referrals of leg_row.year */
};

struct leg_row {
	uint8_t state;        /* enum leg_state */
	uint8_t role;         /* enum directory_role */
	uint8_t before_hold;  /* enum leg_state, to return to */
	uint8_t confidential; /* the service is not named to the source */
	uint32_t needs;
	uint32_t failed; /* attempts at its newest delivery that failed */
	uint32_t year;   /* the year its service counted it in */
	uint64_t directory_version;
	timestamp_us matched, changed;
	timestamp_us deadline; /* of its business clock; 0: none runs */
	struct id delivery;    /* the newest */
	char service[ROW_ID_SIZE];
	char route[ROW_ID_SIZE];
	char pool[ROW_ID_SIZE];
	char reason[ROW_REASON_SIZE];
	/* Since version 2. */
	timestamp_us remind;    /* of its business clock; 0: none is due */
	timestamp_us cap;       /* no clock before its service's yes runs beyond; 0: as it may */
	timestamp_us accepted;  /* when its service said yes */
	timestamp_us attempted; /* contact was first attempted; 0: not yet */
	uint64_t downtime;      /* the counter of it when the clock was set */
	uint64_t left;          /* what the stopped clock had left, in working time */
	uint8_t clock;          /* enum clock; 0: none runs */
	uint8_t stopped_clock;  /* enum clock: whose rest `left` is */
	uint8_t overdue;        /* a clock of this state ran out and nothing moved */
	uint8_t by_hand;        /* a person chose the service */
	/* Since records of format 3; 0 in what earlier ones left. */
	uint8_t counted;       /* enum counted: what it takes of its service's room */
	uint8_t for_list;      /* it was full: she was sent for its waiting list */
	uint8_t migrated_from; /* the leg it takes over; 0: none */
	uint8_t spare[1];
};
_Static_assert(sizeof(struct leg_row) == 360, "the layout is on disk");
_Static_assert(offsetof(struct leg_row, remind) == 304, "the layout of version 1 is on disk");

enum delivery_state {
	DELIVERY_QUEUED,
	DELIVERY_DONE,
	DELIVERY_UNDELIVERABLE,
	DELIVERY_CANCELLED,
	DELIVERY_STOPPED, /* by hand, until somebody retries it */
};

struct delivery_row {
	uint8_t state; /* enum delivery_state */
	uint8_t kind;  /* enum delivery_kind */
	uint8_t leg;
	uint8_t read_at_desk; /* a person read it in the broker's inbox: not counted as waiting */
	uint32_t failed;
	uint32_t needs; /* of hers that it tells of */
	uint32_t unused;
	uint64_t slot;
	uint64_t order; /* within its line */
	timestamp_us queued;
	struct id referral, payload;
	uint8_t line[LOOKUP_SIZE];
	char route[ROW_ID_SIZE];
	char service[ROW_ID_SIZE];
	char reason[ROW_REASON_SIZE];
};
_Static_assert(sizeof(struct delivery_row) == 264, "the layout is on disk");

/* It may leave, now or when somebody retries it. */
static inline bool delivery_is_open(const struct delivery_row *row)
{
	return row->state == DELIVERY_QUEUED || row->state == DELIVERY_STOPPED;
}

/* One row, written once a batch. */
struct totals_row {
	uint64_t counter; /* last used half of an id */
	uint64_t slots;   /* payload slots given out */
	uint64_t referrals, legs_open, outbox;
	uint64_t directory_version;
	uint8_t directory_hash[HASH_SIZE];
};
_Static_assert(sizeof(struct totals_row) == 80, "the layout is on disk");
#endif
