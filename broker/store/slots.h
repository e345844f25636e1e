/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_SLOTS_H
#define ONWARD_STORE_SLOTS_H
#include "broker/store/payload.h"
/*
 * Inside payloads only: the file of keys.
 *
 * Cells of 64 bytes, little endian.  The first is the file's header: magic "ONWSLOT" and a zero
 * (8), version (4), cell size (4), zeros.  Cell n + 1 is slot n: state (4), crc32c over slot
 * number, state and key (4), key (32), zeros.  A cell lies within one sector, so that a write cut
 * off by a power failure leaves the old cell or the new one.  All zeros: never written; a block
 * that was being written when the power went is completed at the next opening, and no payload used
 * it.
 *
 * No key is kept in memory: the system's page cache gives one back in less time than sealing takes.
 */
enum {
	SLOT_KEY_SIZE = 32,
	SLOT_SIZE = 64,
	SLOT_VERSION = 1,
	SLOT_BLOCK = 4096, /* slots generated at a time: one flush in 4,096 referrals */
};

enum slot_state {
	SLOT_EMPTY,
	SLOT_LIVE,
	SLOT_ERASED
};

/* The key of a slot; wipe it after use.  ERR_NOT_FOUND: erased, or no such slot. */
MUST_CHECK enum err slots_key(
	struct payload_slots *slots, uint64_t slot, uint8_t out[SLOT_KEY_SIZE]);
#endif
