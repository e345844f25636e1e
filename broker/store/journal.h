/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_JOURNAL_H
#define ONWARD_STORE_JOURNAL_H
#include "broker/base/hash.h"
#include "broker/base/timestamp.h"
#include "broker/store/store.h"
/*
 * The record: what happened, in order, for ever.  One entry a command; `body` holds {command id,
 * actor, events} as the core packed them.  Each stored record carries the hash of the one before
 * (BLAKE2b-256).
 */
struct journal_entry {
	uint64_t sequence; /* 1 is the first */
	timestamp_us time;
	struct str body;
};

struct journal_head {
	uint64_t epoch;
	uint64_t sequence; /* 0: empty */
	timestamp_us time; /* of the last entry; 0 when empty */
	uint8_t hash[HASH_SIZE];
};

enum journal_outcome {
	JOURNAL_OK,       /* commit, then let replies and effects go */
	JOURNAL_CONFLICT, /* somebody else wrote: abort, step down */
	JOURNAL_UNKNOWN,  /* read again before anything else */
	JOURNAL_FULL,     /* no room: abort the batch, answer try-later */
};

struct journal;
struct journal_ops {
	/* Called with the store's write transaction open; entries follow expect_sequence (0: the
	 * journal is empty) without a hole.  CONFLICT: the head is another, or of a newer epoch. */
	enum journal_outcome (*append)(struct journal *journal, struct store_txn *txn,
		uint64_t epoch, uint64_t expect_sequence, const struct journal_entry *entries,
		size_t count, struct journal_head *ret_head);
	/* One record, checksum verified; borrowed from the transaction.  ERR_NOT_FOUND,
	 * ERR_CORRUPT. */
	enum err (*read)(struct journal *journal, struct store_txn *txn, uint64_t sequence,
		struct journal_entry *ret_entry, struct fault *fault);
	enum err (*last)(
		struct journal *journal, struct store_txn *txn, struct journal_head *ret_head);
	/* Drops records up to and including `sequence`; only behind a verified checkpoint.  What is
	 * left still verifies.  ERR_NOT_FOUND behind the head; trimmed already: ERR_OK. */
	enum err (*trim)(struct journal *journal, struct store_txn *txn, uint64_t sequence);
	void (*destroy)(struct journal *journal); /* accepts NULL */
};
struct journal {
	const struct journal_ops *ops;
};

/* Records in the store's own transaction. */
MUST_CHECK enum err journal_local_create(struct journal **ret_journal);
/* Records in memory, beside the store; told to answer otherwise, for what a clustered journal can
 * do. */
MUST_CHECK enum err journal_mem_create(struct journal **ret_journal);
/* What the next append answers.  UNKNOWN keeps the entries: only the answer was lost. */
void journal_mem_answer_next(struct journal *journal, enum journal_outcome outcome);
/* The next append answers UNKNOWN and keeps nothing. */
void journal_mem_lose_next(struct journal *journal);
/* Walks the whole chain: checksums, holes, hashes.  ERR_CORRUPT names the first bad sequence. */
MUST_CHECK enum err journal_verify(
	struct journal *journal, struct store_txn *txn, uint64_t *ret_count, struct fault *fault);
#endif
