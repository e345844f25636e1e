/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_STATE_H
#define ONWARD_CORE_STATE_H
#include "broker/base/arena.h"
#include "broker/base/hash.h"
#include "broker/base/id.h"
#include "broker/base/timestamp.h"
#include "broker/core/rows.h"
#include "broker/core/row.h"
#include "broker/model/vocab.h"
#include "broker/store/journal.h"
#include "broker/store/meta.h"
#include "broker/store/table.h"
/*
 * The rows that events make (row.h), and access to them within one transaction.
 */
/* A transaction and what stays the same through it. */
struct state {
	struct store_txn *txn;
	const struct store_meta *meta;
	struct totals_row totals;
	struct rows *rows; /* those of the batch, kept in memory; NULL: straight from the store */
};

MUST_CHECK enum err state_totals_read(struct state *state, struct fault *fault);
/* With it everything that was kept back for the end of the batch. */
MUST_CHECK enum err state_totals_write(struct state *state);
/* At the end of each record: from here on walks of the store see its rows. */
MUST_CHECK enum err state_rows_write(struct state *state);
/* Rows without content, put once a record however often they are asked for. */
MUST_CHECK enum err state_mark_put(struct state *state, const struct store_key *key, uint8_t type);

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

/* What a provider asked of the source about a leg: field paths, comma separated; empty: nothing.
 * Borrowed until the next write. */
MUST_CHECK enum err state_asked_get(struct state *state, struct id referral, uint8_t leg,
	struct str *ret_questions, struct fault *fault);
/* Empty: nothing is asked any more. */
MUST_CHECK enum err state_asked_put(
	struct state *state, struct id referral, uint8_t leg, struct str questions);

/* By the words of people and sources (references.c). */
MUST_CHECK enum err state_find_reference(
	struct state *state, struct str reference, struct id *ret_referral, struct fault *fault);
/* A referral by its reference, and by the hash of its source's own: which reference it has follows
 * from that hash, so that one row answers both.  Records before RECORD_FORMAT_REFERENCES made two.
 */
struct reference_row {
	struct id referral;
	uint8_t content[LOOKUP_SIZE];
	uint8_t lookup[LOOKUP_SIZE];
};
/* Who has the look-up already; ERR_NOT_FOUND: nobody, and ret_reference is free for it. */
MUST_CHECK enum err state_find_lookup(struct state *state, const uint8_t lookup[LOOKUP_SIZE],
	struct reference_row *ret_row, char ret_reference[REFERENCE_TEXT_SIZE],
	struct fault *fault);
MUST_CHECK enum err state_reference_put(
	struct state *state, struct str reference, const struct reference_row *row);
/* The two rows that earlier records made. */
MUST_CHECK enum err state_reference_put_apart(
	struct state *state, struct str reference, const struct reference_row *row);

/* How many live legs, and legs in a year, a service has; and how many of those wait. 0 when never
 * counted. */
MUST_CHECK enum err state_count_get(struct state *state, struct str name, uint64_t *ret_count);
MUST_CHECK enum err state_count_add(struct state *state, struct str name, int64_t change);
/* Counter names; in `out`. */
enum {
	COUNT_NAME_SIZE = 96
};
/* Microseconds that clocks were extended by, ever; and since when no deadline acts (0: they do). */
#define STATE_COUNT_DOWNTIME STR("downtime")
#define STATE_COUNT_HELD STR("clock-hold")
/* How far the clock went forward when the hold began. */
#define STATE_COUNT_JUMP STR("clock-jump")
/* Services about whose intake there was ever a message. */
#define STATE_COUNT_INTAKES STR("intakes")
struct str state_count_live(struct str service, char out[COUNT_NAME_SIZE]);
struct str state_count_waiting(struct str service, char out[COUNT_NAME_SIZE]);
struct str state_count_year(struct str service, uint32_t year, char out[COUNT_NAME_SIZE]);
struct str state_count_pool(struct str pool, char out[COUNT_NAME_SIZE]);
/* Those on the lists of its services. */
struct str state_count_pool_waiting(struct str pool, char out[COUNT_NAME_SIZE]);
/* Those of a service who wait and have a row of TABLE_WAITING. */
struct str state_count_listed(struct str service, char out[COUNT_NAME_SIZE]);

/* Bits of enum counted, also of a leg that an earlier version counted. */
uint8_t leg_counted(const struct leg_row *row);

struct store_key state_outbox_key(
	struct str route, const uint8_t line[LOOKUP_SIZE], uint64_t order);
struct store_key state_feed_key(struct str party, uint64_t sequence);
struct store_key state_log_key(struct id referral, uint64_t sequence);
struct store_key state_by_party_key(struct str party, struct id referral);
struct store_key state_timer_key(timestamp_us due, struct id referral);
/* The timer of a clock: of a leg, or with leg 0 of the referral itself.  Its reminder or, after
 * that, its deadline. */
struct store_key state_clock_key(timestamp_us due, struct id referral, uint8_t leg);
struct store_key state_ended_key(timestamp_us ended, struct id referral);
/* Referrals that wait for a person, the oldest first. */
struct store_key state_queue_key(timestamp_us since, struct id referral);
/* Who waits for a place, by service, the first to come first. */
struct store_key state_waiting_key(
	struct str service, timestamp_us matched, struct id referral, uint8_t leg);
/* Deliveries that are in no outbox though they did not arrive: stopped, or given up. */
struct store_key state_unsent_key(struct str route, struct id delivery);
struct store_key state_payload_key(struct id payload);
struct store_key state_directory_key(uint64_t version);

/* A row text as a str. */
static inline struct str row_str(const char *text)
{
	return str_from(text);
}
#endif
