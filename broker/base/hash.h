/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_HASH_H
#define ONWARD_BASE_HASH_H
#include "broker/base/str.h"

enum {
	HASH_SIZE = 32,     /* BLAKE2b-256 */
	HASH_KEY_SIZE = 32, /* for the keyed form */
	LOOKUP_SIZE = 16    /* keyed BLAKE2b-128 of a value that must not stand in a key */
};

/* CRC-32C (Castagnoli), as RFC 3720 uses it; start with 0. */
uint32_t hash_crc32c(uint32_t crc, const void *bytes, size_t len);
/* BLAKE2b-256 of up to two runs of bytes; the second may be empty. */
void hash_pair(uint8_t out[HASH_SIZE], struct str first, struct str second);
/* Keyed BLAKE2b-128: for look-up keys of personal or source-given values.  Each part is framed by
 * its length, so ("ab","c") and ("a","bc") differ. */
void hash_lookup(uint8_t out[LOOKUP_SIZE], const uint8_t key[HASH_KEY_SIZE], struct str first,
	struct str second);
#endif
