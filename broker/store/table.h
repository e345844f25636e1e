/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_TABLE_H
#define ONWARD_STORE_TABLE_H
#include "broker/base/id.h"
#include "broker/store/store.h"
/*
 * The first byte of a key is its table; the rest is built big endian, so that the order of the
 * bytes is the order of the numbers.  A letter keeps its meaning for ever.  No personal value is in
 * any key.
 */
#define TABLE_MAP(X)                         \
	X(META, 'M', "meta")                 \
	X(JOURNAL, 'J', "journal")           \
	X(REFERRAL, 'R', "referral")         \
	X(LEG, 'L', "leg")                   \
	X(REFERRAL_LOG, 'G', "referral log") \
	X(DEDUPE, 'D', "dedupe")             \
	X(REFERENCE, 'F', "reference")       \
	X(PAYLOAD, 'P', "payload")           \
	X(OUTBOX, 'O', "outbox")             \
	X(DELIVERY, 'V', "delivery")         \
	X(TIMER, 'T', "timer")               \
	X(FEED, 'S', "feed")                 \
	X(COUNTER, 'C', "counter")           \
	X(DIRECTORY, 'X', "directory")       \
	X(PARTY, 'Y', "party")               \
	X(BY_PARTY, 'B', "by party")         \
	X(ASKED, 'A', "asked")               \
	X(ENDED, 'N', "ended")               \
	X(ERASED, 'E', "erased")             \
	X(QUEUE, 'Q', "queue")               \
	X(UNSENT, 'U', "unsent")             \
	X(PUBLICATION, 'K', "publication")   \
	X(WAITING, 'W', "waiting")           \
	X(INTAKE, 'I', "intake")             \
	X(IMAGE, 'H', "image")

enum table {
#define X(name, letter, text) TABLE_##name = letter,
	TABLE_MAP(X)
#undef X
};

/* "referral" for 'R'; "unknown" for a letter that is none. */
const char *table_name(uint8_t letter);

enum {
	STORE_KEY_BYTES = 511
};

/* Caller's memory, valid as long as that is.  A key that grew too long is empty for good: every
 * store refuses it with ERR_INVALID, so that only the last step need be checked. */
struct store_key {
	uint8_t bytes[STORE_KEY_BYTES];
	bool failed;
	size_t len;
};

struct store_key store_key_start(enum table table);
void store_key_u64(struct store_key *key, uint64_t number);
void store_key_u32(struct store_key *key, uint32_t number);
void store_key_u8(struct store_key *key, uint8_t number);
void store_key_id(struct store_key *key, struct id id);
/* Text of any length: two bytes of length, then the bytes; "ab" is not a prefix of "abc". */
void store_key_str(struct store_key *key, struct str text);
/* Bytes as they are, for parts of a fixed length (or the last part). */
void store_key_bytes(struct store_key *key, const void *bytes, size_t len);
/* The first key behind all that start with `prefix`: the exclusive end of a scan, and what prev
 * wants as `before` to find the last of them. */
struct store_key store_key_end(const struct store_key *prefix);

static inline struct str store_key_view(const struct store_key *key)
{
	return (struct str){(const char *)key->bytes, key->len};
}

/* Reads numbers back out of a key (or a fixed layout in a value), big endian.  The caller has
 * checked the length. */
uint64_t store_key_read_u64(struct str key, size_t at);
uint32_t store_key_read_u32(struct str key, size_t at);
struct id store_key_read_id(struct str key, size_t at);
#endif
