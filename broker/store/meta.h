/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_META_H
#define ONWARD_STORE_META_H
#include "broker/base/hash.h"
#include "broker/base/timestamp.h"
#include "broker/store/store.h"
/*
 * What a store is: one format row, which every version can read, and one row of identity.  Written
 * when the store is created; only the instance changes afterwards, when a backup is restored.
 */
enum {
	STORE_FORMAT = 1 /* a newer store is refused; an older one is migrated after a backup */
};

enum store_mode {
	STORE_LIVE,     /* the clock is the world's */
	STORE_REHEARSAL /* invented people, a clock set by hand; for ever */
};

struct store_meta {
	uint32_t format;
	enum store_mode mode;
	uint64_t instance; /* first half of every id made here */
	timestamp_us created;
	uint8_t lookup_key[HASH_KEY_SIZE]; /* of hash_lookup; secret */
};

/* Fills instance and key with random bytes, format with the newest. */
void store_meta_init(struct store_meta *meta, enum store_mode mode, timestamp_us created);
/* ERR_EXISTS when the store has an identity. */
MUST_CHECK enum err store_meta_create(struct store_txn *txn, const struct store_meta *meta);
/* ERR_NOT_FOUND: a new store; ERR_VERSION: of a newer version; ERR_CORRUPT. */
MUST_CHECK enum err store_meta_read(
	struct store_txn *txn, struct store_meta *ret_meta, struct fault *fault);
/* After a restore: ids made from now on differ from all that were made after the backup. */
MUST_CHECK enum err store_meta_renew_instance(struct store_txn *txn, uint64_t instance);
/* 64 random bits, not zero. */
uint64_t store_meta_random_instance(void);
#endif
