/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"

/*
 * Erasing: the record and the rows stay, what was personal cannot be read any more, because the key
 * of the referral's payloads is overwritten.  The event is committed first; a crash before the key
 * is overwritten is made good at the next start.
 */

static enum err slot_erase(struct core *core, uint64_t slot)
{
	const enum err err = slot == 0 ? ERR_OK : payload_slots_erase(core->slots, slot - 1);
	return err == ERR_NOT_FOUND ? ERR_OK : err; /* there never was such a key */
}

enum err erasure_carry_out(struct core *core)
{
	enum err err = ERR_OK;
	for (size_t i = 0; i < core->erased_count && err == ERR_OK; i++) {
		err = slot_erase(core, core->erased[i]);
		if (err == ERR_FULL) {
			/* It is recorded already: tried again until there is room. */
			buf_append(&core->owed, &core->erased[i], sizeof(core->erased[i]));
			core->effects.unerased = true;
			err = core->owed.failed ? ERR_NOMEM : ERR_OK;
		}
	}
	core->erased_count = 0;
	return err;
}

static uint64_t owed_slot(const struct core *core, size_t i)
{
	uint64_t slot;
	memcpy(&slot, core->owed.data + i * sizeof(slot), sizeof(slot));
	return slot;
}

enum err erasure_retry(struct core *core)
{
	enum err err = ERR_OK;
	while (core->owed.len > 0 && err == ERR_OK) {
		err = slot_erase(core, owed_slot(core, core->owed.len / sizeof(uint64_t) - 1));
		core->owed.len -= err == ERR_OK ? sizeof(uint64_t) : 0;
	}
	return err == ERR_FULL ? ERR_OK : err;
}

bool erasure_is_owed(const struct core *core, uint64_t slot)
{
	for (size_t i = 0; i < core->owed.len / sizeof(slot); i++) {
		if (owed_slot(core, i) == slot) {
			return true;
		}
	}
	return false;
}

enum err erasure_finish_old(struct core *core, struct store_txn *txn)
{
	struct store_key at = store_key_start(TABLE_ERASED);
	enum err err = ERR_OK;
	while (err == ERR_OK) {
		struct str key;
		struct str value;
		err = store_next(txn, store_key_view(&at), true, &key, &value);
		if (err != ERR_OK || key.ptr[0] != TABLE_ERASED) {
			break;
		}
		const uint64_t slot = store_key_read_u64(key, 1);
		at = store_key_start(TABLE_ERASED);
		store_key_u64(&at, slot);
		if (slot != 0 && payload_slots_live(core->slots, slot - 1)) {
			err = slot_erase(core, slot);
		}
	}
	return err == ERR_END ? ERR_OK : err;
}
