/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/store/record.h"
#include "broker/wire/pack.h"

enum err payload_read(struct core *core, struct state *state, uint64_t slot, struct id payload,
	struct arena *arena, struct value *ret_document, struct fault *fault)
{
	const struct store_key key = state_payload_key(payload);
	struct str sealed;
	struct str plain;
	enum err err = record_get(
		state->txn, store_key_view(&key), TABLE_PAYLOAD, ROW_VERSION, &sealed, fault);
	if (err == ERR_NOT_FOUND) {
		return fault_set(
			fault, ERR_CORRUPT, "payload", "a payload the record names is gone");
	}
	if (err == ERR_OK) {
		err = payload_open(core->slots, slot - 1, payload, sealed, arena, &plain);
	}
	if (err == ERR_NOT_FOUND) {
		return fault_set(fault, err, "payload", "the personal data was erased");
	}
	if (err != ERR_OK) {
		return fault_set(fault, err, "payload", "the sealed data does not open");
	}
	return pack_decode(plain, &pack_limits_own, arena, ret_document, fault);
}

enum err payload_write(struct core *core, struct state *state, const struct blob *blob,
	const uint8_t entropy[64], struct arena *arena)
{
	const struct store_key key = state_payload_key(blob->id);
	uint8_t nonce[HASH_SIZE]; /* the cipher takes the first 24 bytes */
	struct str sealed;
	/* Fresh randomness of the command, split by payload: no nonce is used twice under one key.
	 */
	hash_pair(nonce, (struct str){(const char *)entropy, 64},
		(struct str){(const char *)blob->id.bytes, ID_SIZE});
	enum err err = payload_slots_reserve(core->slots, blob->slot - 1);
	if (err == ERR_OK) {
		err = blob->shut != NULL ? payload_seal_shut(core->slots, blob->slot - 1, blob->id,
						   nonce, blob->shut, arena, &sealed)
					 : payload_seal(core->slots, blob->slot - 1, blob->id,
						   nonce, blob->plain, arena, &sealed);
	}
	if (err == ERR_NOT_FOUND) {
		err = ERR_CORRUPT; /* a key that was erased concerns this command alone */
	}
	if (err == ERR_OK) {
		err = record_put(
			state->txn, store_key_view(&key), TABLE_PAYLOAD, ROW_VERSION, sealed);
	}
	return err;
}
