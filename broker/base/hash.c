/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/hash.h"

#include <sodium.h>

/* Two nibbles a byte: 64 bytes of table, fast enough where there is no instruction for it. */
static const uint32_t nibble_table[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
	0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6,
	0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};

static uint32_t crc_table(uint32_t crc, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		crc = nibble_table[crc & 15] ^ crc >> 4;
		crc = nibble_table[crc & 15] ^ crc >> 4;
	}
	return crc;
}

#if defined(__x86_64__)
/* Some twenty times faster where the processor has the instruction, as all of the last decade do.
 */
__attribute__((target("sse4.2"))) static uint32_t crc_hardware(
	uint32_t crc, const uint8_t *p, size_t len)
{
	uint64_t wide = crc;
	for (; len >= sizeof(uint64_t); p += sizeof(uint64_t), len -= sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, p, sizeof(word));
		wide = __builtin_ia32_crc32di(wide, word);
	}
	crc = (uint32_t)wide;
	for (; len > 0; p++, len--) {
		crc = __builtin_ia32_crc32qi(crc, *p);
	}
	return crc;
}
#endif

uint32_t hash_crc32c(uint32_t crc, const void *bytes, size_t len)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2")) {
		return ~crc_hardware(~crc, bytes, len);
	}
#endif
	return ~crc_table(~crc, bytes, len);
}

static void update_framed(crypto_generichash_state *state, struct str part)
{
	uint8_t len[8];
	for (size_t i = 0; i < sizeof(len); i++) {
		len[i] = (uint8_t)((uint64_t)part.len >> (8 * i));
	}
	(void)crypto_generichash_update(state, len, sizeof(len));
	(void)crypto_generichash_update(state, (const uint8_t *)part.ptr, part.len);
}

void hash_pair(uint8_t out[HASH_SIZE], struct str first, struct str second)
{
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
	(void)crypto_generichash_update(&state, (const uint8_t *)first.ptr, first.len);
	(void)crypto_generichash_update(&state, (const uint8_t *)second.ptr, second.len);
	(void)crypto_generichash_final(&state, out, HASH_SIZE);
}

void hash_lookup(uint8_t out[LOOKUP_SIZE], const uint8_t key[HASH_KEY_SIZE], struct str first,
	struct str second)
{
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, key, HASH_KEY_SIZE, LOOKUP_SIZE);
	update_framed(&state, first);
	update_framed(&state, second);
	(void)crypto_generichash_final(&state, out, LOOKUP_SIZE);
}
