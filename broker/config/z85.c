/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/config/z85.h"

static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       ".-:+=^!/*?&<>()[]{}@%$#";

enum {
	BASE = 85
};

void z85_encode(const uint8_t bytes[Z85_KEY_BYTES], char out[Z85_KEY_TEXT + 1])
{
	for (size_t group = 0; group < Z85_KEY_BYTES / 4; group++) {
		const uint8_t *b = bytes + 4 * group;
		uint32_t value =
			(uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
		for (size_t i = 5; i > 0; i--) {
			out[5 * group + i - 1] = alphabet[value % BASE];
			value /= BASE;
		}
	}
	out[Z85_KEY_TEXT] = '\0';
}

bool z85_decode(struct str text, uint8_t out[Z85_KEY_BYTES])
{
	if (text.len != Z85_KEY_TEXT) {
		return false;
	}
	uint8_t bytes[Z85_KEY_BYTES];
	for (size_t group = 0; group < Z85_KEY_BYTES / 4; group++) {
		uint64_t value = 0;
		for (size_t i = 0; i < 5; i++) {
			const char c = text.ptr[5 * group + i];
			const char *at = c == '\0' ? NULL : strchr(alphabet, c);
			if (at == NULL) {
				return false;
			}
			value = value * BASE + (uint64_t)(at - alphabet);
		}
		if (value > UINT32_MAX) {
			return false;
		}
		for (size_t i = 0; i < 4; i++) {
			bytes[4 * group + i] = (uint8_t)(value >> (24 - 8 * i));
		}
	}
	memcpy(out, bytes, sizeof(bytes));
	return true;
}
