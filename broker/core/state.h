/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_STATE_H
#define ONWARD_CORE_STATE_H
#include "broker/base/arena.h"
#include "broker/base/hash.h"
#include "broker/base/id.h"
#include "broker/base/timestamp.h"
#include "broker/model/vocab.h"
#include "broker/store/journal.h"
#include "broker/store/meta.h"
#include "broker/store/table.h"
/*
 * The rows that events make: layouts and access within one transaction.  Numbers are little endian,
 * as every platform this runs on has them; texts are zero padded and terminated.  A layout changes
 * by a new version of its record (broker/store/record.h).
 */
enum {
	ROW_ID_SIZE = 64, /* a service or party id: 63 bytes and the end */
	ROW_SOURCE_REF_SIZE = 72,
	ROW_QUESTIONS_SIZE = 248,
	ROW_REASON_SIZE = 48,
	ROW_VERSION = 1,
};

enum referral_flag {
	REFERRAL_EMERGENCY = 1,   /* risk to herself: immediate */
	REFERRAL_UNCONFIRMED = 2, /* consent to be confirmed first */
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
};
_Static_assert(sizeof(struct referral_row) == 536, "the layout is on disk");

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
};
_Static_assert(sizeof(struct leg_row) == 304, "the layout is on disk");

enum delivery_state {
	DELIVERY_QUEUED,
	DELIVERY_DONE,
	DELIVERY_UNDELIVERABLE,
	DELIVERY_CANCELLED,
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

/* One row, written once a batch. */
struct totals_row {
	uint64_t counter; /* last used half of an id */
	uint64_t slots;   /* payload slots given out */
	uint64_t referrals, legs_open, outbox;
	uint64_t directory_version;
	uint8_t directory_hash[HASH_SIZE];
};
_Static_assert(sizeof(struct totals_row) == 80, "the layout is on disk");

/* A transaction and what stays the same through it. */
struct state {
	struct store_txn *txn;
	const struct store_meta *meta;
	struct totals_row totals;
};

MUST_CHECK enum err state_totals_read(struct state *state, struct fault *fault);
MUST_CHECK enum err state_totals_write(struct state *state);

/* ERR_NOT_FOUND, ERR_CORRUPT (named in the fault), ERR_VERSION. Rows are copied out. */
MUST_CHECK enum err state_referral_get(
	struct state *state, struct id id, struct referral_row *ret_row, struct fault *fault);
MUST_CHECK enum err state_referral_put(
	struct state *state, struct id id, const struct referral_row *row);
MUST_CHECK enum err state_leg_get(struct state *state, struct id referral, uint8_t leg,
	struct leg_row *ret_row, struct fault *fault);
MUST_CHECK enum err state_leg_put(
	struct state *state, struct id referral, uint8_t leg, const struct leg_row *row);
/* `ret_fields`: the fields it discloses, borrowed until the next write; may be NULL. */
MUST_CHECK enum err state_delivery_get(struct state *state, struct id id,
	struct delivery_row *ret_row, struct str *ret_fields, struct fault *fault);
MUST_CHECK enum err state_delivery_put(
	struct state *state, struct id id, const struct delivery_row *row, struct str fields);

/* By the words of people and sources. */
MUST_CHECK enum err state_find_reference(
	struct state *state, struct str reference, struct id *ret_referral, struct fault *fault);
struct dedupe_row {
	struct id referral;
	uint8_t content[LOOKUP_SIZE];
};
MUST_CHECK enum err state_find_lookup(struct state *state, const uint8_t lookup[LOOKUP_SIZE],
	struct dedupe_row *ret_row, struct fault *fault);

/* How many live legs, and legs in a year, a service has; and how many of those wait. 0 when never
 * counted. */
MUST_CHECK enum err state_count_get(struct state *state, struct str name, uint64_t *ret_count);
MUST_CHECK enum err state_count_add(struct state *state, struct str name, int64_t change);
/* Counter names; in `out`. */
enum {
	COUNT_NAME_SIZE = 96
};
struct str state_count_live(struct str service, char out[COUNT_NAME_SIZE]);
struct str state_count_waiting(struct str service, char out[COUNT_NAME_SIZE]);
struct str state_count_year(struct str service, uint32_t year, char out[COUNT_NAME_SIZE]);
struct str state_count_pool(struct str pool, char out[COUNT_NAME_SIZE]);

struct store_key state_outbox_key(
	struct str route, const uint8_t line[LOOKUP_SIZE], uint64_t order);
struct store_key state_feed_key(struct str party, uint64_t sequence);
struct store_key state_log_key(struct id referral, uint64_t sequence);
struct store_key state_by_party_key(struct str party, struct id referral);
struct store_key state_timer_key(timestamp_us due, struct id referral);
struct store_key state_payload_key(struct id payload);
struct store_key state_directory_key(uint64_t version);

/* A row text as a str. */
static inline struct str row_str(const char *text)
{
	return str_from(text);
}
#endif
