/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CONFIG_PARTIES_H
#define ONWARD_CONFIG_PARTIES_H
#include "broker/base/arena.h"
#include "broker/base/err.h"
#include "broker/base/timestamp.h"
#include "broker/model/vocab.h"
/*
 * Who may speak with the broker: parties.yaml.  A snapshot is immutable and may be read from any
 * thread; it is replaced as a whole, so that a revocation holds from the next message on, also on
 * open connections.
 */
enum {
	PARTY_ID_MAX = 63,   /* bytes: lower-case letters, digits, hyphens */
	PARTY_KEY_TEXT = 40, /* a CURVE public key in Z85 (ZeroMQ RFC 32) */
	PARTY_KEYS_MAX = 2   /* the old and the new one, while a key is changed */
};

struct party_key {
	char text[PARTY_KEY_TEXT + 1];
	timestamp_us from, until; /* INT64_MIN / INT64_MAX: open */
};

struct party {
	char id[PARTY_ID_MAX + 1];
	struct str name;
	enum kind kind;
	bool revoked;
	struct party_key keys[PARTY_KEYS_MAX];
	size_t key_count;
	const struct str *acts_for; /* kind adapter: the parties whose deliveries it takes */
	size_t acts_for_count;
};

struct parties {
	const struct party *items; /* sorted by id */
	size_t count;
	struct arena arena;
};

/* ERR_CONFIG: the fault's field is "parties.yaml:LINE: FIELD". ERR_NOT_FOUND, ERR_IO. */
MUST_CHECK enum err parties_load(
	const char *path, struct parties **ret_parties, struct fault *fault);
void parties_destroy(struct parties *parties); /* accepts NULL */
const struct party *parties_find(
	const struct parties *parties, struct str id); /* also revoked ones */
/* The party whose key it is, valid at `now` and not revoked; NULL otherwise. */
const struct party *parties_find_key(
	const struct parties *parties, const char *z85, timestamp_us now);
/* True when `z85` is a key of the party, valid at `now`, and the party is not revoked. */
bool party_key_valid(const struct party *party, struct str z85, timestamp_us now);
/* True when `party` is the route's own party or an adapter that acts for it. */
bool party_serves(const struct party *party, struct str route);
/* Editing the file for the command line: rewrites it whole, atomically, keeping order and names.
 * ERR_EXISTS, ERR_NOT_FOUND, ERR_CONFIG. */
MUST_CHECK enum err parties_file_add(
	const char *path, const struct party *party, struct fault *fault);
/* The whole file of a new home, in the order given. */
MUST_CHECK enum err parties_file_write(
	const char *path, const struct party *items, size_t count, struct fault *fault);
MUST_CHECK enum err parties_file_revoke(const char *path, struct str id, struct fault *fault);
/* A new key for the party; the one it has holds until `until` (or its own end, when that is
 * earlier) and is dropped when that is not after `now`, as are keys whose time is over.  ERR_STATE:
 * there are two keys that hold already.  ERR_EXISTS: the key is somebody's. */
MUST_CHECK enum err parties_file_key(const char *path, struct str id, struct str z85,
	timestamp_us now, timestamp_us until, struct fault *fault);
#endif
