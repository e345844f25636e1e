/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/payload.h"

#include "broker/store/slots.h"

#include <sodium.h>

/*
 * A sealed payload: version (1), nonce (24), cipher text with its tag (16).  Additional data, which
 * binds it to its place: payload id (16), slot (8, big endian).
 */
enum {
	SEALED_VERSION = 1,
	SEALED_NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	SEALED_TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	SEALED_HEAD = 1 + SEALED_NONCE,
	BOUND_SIZE = ID_SIZE + 8
};
_Static_assert(SEALED_NONCE == 24, "payload_seal takes 24 bytes of nonce");
_Static_assert(SLOT_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one key a slot");

static void bound_write(struct id payload, uint64_t slot, uint8_t out[BOUND_SIZE])
{
	memcpy(out, payload.bytes, ID_SIZE);
	for (size_t i = BOUND_SIZE; i > ID_SIZE; i--) {
		out[i - 1] = (uint8_t)slot;
		slot >>= 8;
	}
}

enum err payload_seal(struct payload_slots *slots, uint64_t slot, struct id payload,
	const uint8_t nonce[24], struct str plain, struct arena *arena, struct str *ret_sealed)
{
	uint8_t bound[BOUND_SIZE];
	uint8_t *sealed = arena_alloc(arena, SEALED_HEAD + plain.len + SEALED_TAG);
	if (sealed == NULL) {
		return ERR_NOMEM;
	}
	uint8_t key[SLOT_KEY_SIZE];
	const enum err err = slots_key(slots, slot, key);
	if (err != ERR_OK) {
		return err;
	}
	bound_write(payload, slot, bound);
	sealed[0] = SEALED_VERSION;
	memcpy(sealed + 1, nonce, SEALED_NONCE);
	unsigned long long len;
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + SEALED_HEAD, &len,
		(const uint8_t *)plain.ptr, plain.len, bound, sizeof(bound), NULL, nonce, key);
	sodium_memzero(key, sizeof(key));
	*ret_sealed = (struct str){(const char *)sealed, SEALED_HEAD + (size_t)len};
	return ERR_OK;
}

enum err payload_open(struct payload_slots *slots, uint64_t slot, struct id payload,
	struct str sealed, struct arena *arena, struct str *ret_plain)
{
	const uint8_t *bytes = (const uint8_t *)sealed.ptr;
	if (sealed.len < SEALED_HEAD + SEALED_TAG || bytes[0] != SEALED_VERSION) {
		return ERR_CORRUPT;
	}
	uint8_t bound[BOUND_SIZE];
	uint8_t *plain = arena_alloc(arena, sealed.len - SEALED_HEAD - SEALED_TAG);
	if (plain == NULL) {
		return ERR_NOMEM;
	}
	uint8_t key[SLOT_KEY_SIZE];
	const enum err err = slots_key(slots, slot, key);
	if (err != ERR_OK) {
		return err;
	}
	bound_write(payload, slot, bound);
	unsigned long long len;
	const int opened =
		crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &len, NULL, bytes + SEALED_HEAD,
			sealed.len - SEALED_HEAD, bound, sizeof(bound), bytes + 1, key);
	sodium_memzero(key, sizeof(key));
	if (opened != 0) {
		return ERR_CORRUPT;
	}
	*ret_plain = (struct str){(const char *)plain, (size_t)len};
	return ERR_OK;
}
