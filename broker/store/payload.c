/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/payload.h"

#include "broker/store/slots.h"

#include <sodium.h>

/*
 * A sealed payload: version (1), nonce (24), cipher text with its tag (16).  Additional data, which
 * binds it to its place: payload id (16), slot (8, big endian).
 *
 * Version 1: the cipher text is the payload's, under the slot's key.  Version 2: it is that of a
 * key of 32 bytes, and behind its tag stands the payload's, with a tag of its own, under that key
 * (ChaCha20-Poly1305; the key is used once, so that its nonce is zero).
 */
enum {
	SEALED_VERSION = 1,
	SEALED_SHUT = 2,
	SEALED_NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	SEALED_TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	SEALED_HEAD = 1 + SEALED_NONCE,
	SEALED_KEY = PAYLOAD_KEY_SIZE + SEALED_TAG,
	SHUT_TAG = crypto_aead_chacha20poly1305_ietf_ABYTES,
	BOUND_SIZE = ID_SIZE + 8
};
_Static_assert(SEALED_NONCE == 24, "payload_seal takes 24 bytes of nonce");
_Static_assert(SLOT_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one key a slot");
_Static_assert(PAYLOAD_KEY_SIZE == crypto_aead_chacha20poly1305_ietf_KEYBYTES, "one key a payload");

static const uint8_t shut_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

static void bound_write(struct id payload, uint64_t slot, uint8_t out[BOUND_SIZE])
{
	memcpy(out, payload.bytes, ID_SIZE);
	for (size_t i = BOUND_SIZE; i > ID_SIZE; i--) {
		out[i - 1] = (uint8_t)slot;
		slot >>= 8;
	}
}

/* Version, nonce, and `plain` under the slot's key; `out` has room for that. */
static enum err head_seal(struct payload_slots *slots, uint64_t slot, struct id payload,
	uint8_t version, const uint8_t nonce[24], struct str plain, uint8_t *out)
{
	uint8_t bound[BOUND_SIZE];
	uint8_t key[SLOT_KEY_SIZE];
	const enum err err = slots_key(slots, slot, key);
	if (err != ERR_OK) {
		return err;
	}
	bound_write(payload, slot, bound);
	out[0] = version;
	memcpy(out + 1, nonce, SEALED_NONCE);
	unsigned long long len;
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEALED_HEAD, &len,
		(const uint8_t *)plain.ptr, plain.len, bound, sizeof(bound), NULL, nonce, key);
	sodium_memzero(key, sizeof(key));
	return ERR_OK;
}

enum err payload_seal(struct payload_slots *slots, uint64_t slot, struct id payload,
	const uint8_t nonce[24], struct str plain, struct arena *arena, struct str *ret_sealed)
{
	uint8_t *sealed = arena_alloc(arena, SEALED_HEAD + plain.len + SEALED_TAG);
	if (sealed == NULL) {
		return ERR_NOMEM;
	}
	const enum err err = head_seal(slots, slot, payload, SEALED_VERSION, nonce, plain, sealed);
	if (err == ERR_OK) {
		*ret_sealed =
			(struct str){(const char *)sealed, SEALED_HEAD + plain.len + SEALED_TAG};
	}
	return err;
}

enum err payload_shut(const uint8_t key[PAYLOAD_KEY_SIZE], struct str plain, struct arena *arena,
	struct payload_shut *ret_shut)
{
	uint8_t *text = arena_alloc(arena, plain.len + SHUT_TAG);
	if (text == NULL) {
		return ERR_NOMEM;
	}
	unsigned long long len;
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(
		text, &len, (const uint8_t *)plain.ptr, plain.len, NULL, 0, NULL, shut_nonce, key);
	memcpy(ret_shut->key, key, PAYLOAD_KEY_SIZE);
	ret_shut->text = (struct str){(const char *)text, (size_t)len};
	return ERR_OK;
}

enum err payload_seal_shut(struct payload_slots *slots, uint64_t slot, struct id payload,
	const uint8_t nonce[24], const struct payload_shut *shut, struct arena *arena,
	struct str *ret_sealed)
{
	const size_t len = SEALED_HEAD + SEALED_KEY + shut->text.len;
	const struct str key = {(const char *)shut->key, PAYLOAD_KEY_SIZE};
	uint8_t *sealed = arena_alloc(arena, len);
	if (sealed == NULL) {
		return ERR_NOMEM;
	}
	const enum err err = head_seal(slots, slot, payload, SEALED_SHUT, nonce, key, sealed);
	if (err == ERR_OK) {
		memcpy(sealed + SEALED_HEAD + SEALED_KEY, shut->text.ptr, shut->text.len);
		*ret_sealed = (struct str){(const char *)sealed, len};
	}
	return err;
}

/* What head_seal sealed, into `out`; `sealed` ends with it. */
static enum err head_open(struct payload_slots *slots, uint64_t slot, struct id payload,
	struct str sealed, uint8_t *out, size_t *ret_len)
{
	const uint8_t *bytes = (const uint8_t *)sealed.ptr;
	uint8_t bound[BOUND_SIZE];
	uint8_t key[SLOT_KEY_SIZE];
	const enum err err = slots_key(slots, slot, key);
	if (err != ERR_OK) {
		return err;
	}
	bound_write(payload, slot, bound);
	unsigned long long len;
	const int opened =
		crypto_aead_xchacha20poly1305_ietf_decrypt(out, &len, NULL, bytes + SEALED_HEAD,
			sealed.len - SEALED_HEAD, bound, sizeof(bound), bytes + 1, key);
	sodium_memzero(key, sizeof(key));
	*ret_len = (size_t)len;
	return opened == 0 ? ERR_OK : ERR_CORRUPT;
}

static enum err shut_open(struct payload_slots *slots, uint64_t slot, struct id payload,
	struct str sealed, struct arena *arena, struct str *ret_plain)
{
	const size_t head = SEALED_HEAD + SEALED_KEY;
	uint8_t key[PAYLOAD_KEY_SIZE];
	size_t key_len;
	if (sealed.len < head + SHUT_TAG) {
		return ERR_CORRUPT;
	}
	uint8_t *plain = arena_alloc(arena, sealed.len - head - SHUT_TAG);
	if (plain == NULL) {
		return ERR_NOMEM;
	}
	enum err err =
		head_open(slots, slot, payload, (struct str){sealed.ptr, head}, key, &key_len);
	if (err != ERR_OK) {
		return err;
	}
	unsigned long long len;
	if (crypto_aead_chacha20poly1305_ietf_decrypt(plain, &len, NULL,
		    (const uint8_t *)sealed.ptr + head, sealed.len - head, NULL, 0, shut_nonce,
		    key) != 0) {
		err = ERR_CORRUPT;
	}
	sodium_memzero(key, sizeof(key));
	if (err == ERR_OK) {
		*ret_plain = (struct str){(const char *)plain, (size_t)len};
	}
	return err;
}

enum err payload_open(struct payload_slots *slots, uint64_t slot, struct id payload,
	struct str sealed, struct arena *arena, struct str *ret_plain)
{
	size_t len;
	if (sealed.len < SEALED_HEAD + SEALED_TAG) {
		return ERR_CORRUPT;
	}
	if (sealed.ptr[0] == SEALED_SHUT) {
		return shut_open(slots, slot, payload, sealed, arena, ret_plain);
	}
	uint8_t *plain = arena_alloc(arena, sealed.len - SEALED_HEAD - SEALED_TAG);
	if (plain == NULL) {
		return ERR_NOMEM;
	}
	const enum err err = sealed.ptr[0] == SEALED_VERSION
				     ? head_open(slots, slot, payload, sealed, plain, &len)
				     : ERR_CORRUPT;
	if (err == ERR_OK) {
		*ret_plain = (struct str){(const char *)plain, len};
	}
	return err;
}
