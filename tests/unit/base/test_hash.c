/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/hash.h"

#include <criterion/criterion.h>

/* Bit by bit, as RFC 3720 defines it. */
static uint32_t crc_slow(uint32_t crc, const uint8_t *bytes, size_t len)
{
	crc = ~crc;
	for (size_t i = 0; i < len; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++) {
			crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
		}
	}
	return ~crc;
}

Test(hash, crc32c_gives_the_published_values_at_every_length_and_offset)
{
	uint8_t bytes[80];
	cr_assert_eq(hash_crc32c(0, "123456789", 9), 0xe3069283U);
	memset(bytes, 0, sizeof(bytes));
	cr_assert_eq(hash_crc32c(0, bytes, 32), 0x8a9136aaU);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 37 + 11);
	}
	for (size_t at = 0; at < 9; at++) {
		for (size_t len = 0; len <= sizeof(bytes) - at; len++) {
			const uint32_t want = crc_slow(7, bytes + at, len);
			cr_assert_eq(hash_crc32c(7, bytes + at, len), want);
			const uint32_t half = hash_crc32c(7, bytes + at, len / 2);
			cr_assert_eq(hash_crc32c(half, bytes + at + len / 2, len - len / 2), want);
		}
	}
}
