/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_JOURNAL_ENTRY_H
#define ONWARD_STORE_JOURNAL_ENTRY_H
#include "broker/store/journal.h"
/*
 * Inside the journals only: what one record of the chain is made of, the same for each of them.
 *
 * Row, version 1, big endian: epoch (8), time (8), hash of the record before (32), body.
 * Head, version 1: epoch (8), sequence (8), time (8), hash (32).  Base, version 1, what was
 * trimmed: sequence (8), hash (32). The hash of a record is BLAKE2b-256 over sequence, epoch, time,
 * the hash before, and the body; what stands before the first is 32 zero bytes.
 */
enum {
	JOURNAL_RECORD = 'J', /* record types */
	JOURNAL_RECORD_HEAD = 'H',
	JOURNAL_RECORD_BASE = 'B',
	JOURNAL_VERSION = 1,
	JOURNAL_ROW_HEAD = 8 + 8 + HASH_SIZE, /* bytes before the body */
	JOURNAL_HEAD_SIZE = 8 + 8 + 8 + HASH_SIZE,
	JOURNAL_BASE_SIZE = 8 + HASH_SIZE
};

/* One record as read back; body borrowed from where it was read. */
struct journal_row {
	struct journal_entry entry;
	uint64_t epoch;
	uint8_t before[HASH_SIZE];
};

/* The last record that was trimmed; zeroed when none was. */
struct journal_base {
	uint64_t sequence;
	uint8_t hash[HASH_SIZE];
};

void journal_row_hash(const struct journal_row *row, uint8_t out[HASH_SIZE]);
/* Writes the fixed part before the body. */
void journal_row_head(const struct journal_row *row, char out[JOURNAL_ROW_HEAD]);
/* False when the bytes are too few. */
bool journal_row_read(uint64_t sequence, struct str bytes, struct journal_row *ret_row);
/* What the head becomes when `row` is appended. */
void journal_head_after(const struct journal_row *row, struct journal_head *ret_head);
/* May entries be appended there?  They follow the head, and their epoch is not an older one. */
bool journal_follows(const struct journal_head *head, uint64_t epoch, uint64_t expect_sequence,
	const struct journal_entry *entries, size_t count);

/* What journal_verify walks by, beside the public functions. */
struct journal_walk {
	struct journal base;
	enum err (*row)(struct journal *journal, struct store_txn *txn, uint64_t sequence,
		struct journal_row *ret_row, struct fault *fault);
	enum err (*start)(struct journal *journal, struct store_txn *txn,
		struct journal_base *ret_base, struct fault *fault);
	/* The first sequence number at or after `from` that is there; ERR_END. */
	enum err (*find)(struct journal *journal, struct store_txn *txn, uint64_t from,
		uint64_t *ret_sequence);
};
#endif
