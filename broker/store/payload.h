/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_PAYLOAD_H
#define ONWARD_STORE_PAYLOAD_H
#include "broker/base/arena.h"
#include "broker/base/id.h"
#include "broker/store/store.h"
/*
 * Personal data apart from the record, sealed with XChaCha20-Poly1305 (libsodium) under the key of
 * its referral's slot; additional data: payload id and slot.  Slot keys stand in a file outside the
 * store (0600), generated ahead in blocks and flushed before one is used, so that a batch needs no
 * second flush; erasing overwrites the key and flushes: what was sealed with it is gone.
 */
struct payload_slots;

/* Opens, or creates unless read_only.  ERR_IO, ERR_FULL, ERR_CORRUPT, ERR_VERSION, ERR_NOT_FOUND.
 */
MUST_CHECK enum err payload_slots_open(
	const char *path, bool read_only, struct payload_slots **ret_slots, struct fault *fault);
void payload_slots_close(struct payload_slots *slots); /* accepts NULL */
/* Makes sure that slots up to and including `slot` exist and are on disk. */
MUST_CHECK enum err payload_slots_reserve(struct payload_slots *slots, uint64_t slot);
/* The slot has a key that is not erased. */
bool payload_slots_live(struct payload_slots *slots, uint64_t slot);
/* Overwrites the key; on disk when it returns. */
MUST_CHECK enum err payload_slots_erase(struct payload_slots *slots, uint64_t slot);
/* Sealing in two steps: the long one needs no slot and can be done ahead, on any thread.  It shuts
 * the text under a key of its own; the short one seals that key under the slot's, and erasing the
 * slot takes both. */
enum {
	PAYLOAD_KEY_SIZE = 32
};
struct payload_shut {
	uint8_t key[PAYLOAD_KEY_SIZE];
	struct str text; /* cipher text and tag; in the arena */
};
/* `key`: random bytes that nothing else is shut with, ever. */
MUST_CHECK enum err payload_shut(const uint8_t key[PAYLOAD_KEY_SIZE], struct str plain,
	struct arena *arena, struct payload_shut *ret_shut);
/* As payload_seal. */
MUST_CHECK enum err payload_seal_shut(struct payload_slots *slots, uint64_t slot, struct id payload,
	const uint8_t nonce[24], const struct payload_shut *shut, struct arena *arena,
	struct str *ret_sealed);
/* `nonce`: 24 random bytes.  Sealed bytes in `arena`.  ERR_NOT_FOUND: erased or no such slot. */
MUST_CHECK enum err payload_seal(struct payload_slots *slots, uint64_t slot, struct id payload,
	const uint8_t nonce[24], struct str plain, struct arena *arena, struct str *ret_sealed);
/* ERR_NOT_FOUND: key erased; ERR_CORRUPT: does not open. */
MUST_CHECK enum err payload_open(struct payload_slots *slots, uint64_t slot, struct id payload,
	struct str sealed, struct arena *arena, struct str *ret_plain);
#endif
