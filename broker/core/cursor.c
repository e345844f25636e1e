/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"

/* Where a page ends: the key of its last row, in hexadecimal digits. */

struct str cursor_write(struct arena *arena, const struct store_key *at)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, at->len * 2 + 1);
	for (size_t i = 0; text != NULL && i < at->len; i++) {
		text[2 * i] = digits[at->bytes[i] >> 4];
		text[2 * i + 1] = digits[at->bytes[i] & 15];
	}
	return text == NULL ? (struct str){0} : (struct str){text, at->len * 2};
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err cursor_read(
	struct str cursor, const char *tables, struct store_key *ret_at, struct fault *fault)
{
	struct store_key at = {0};
	bool good = cursor.len % 2 == 0 && cursor.len / 2 <= STORE_KEY_BYTES;
	for (size_t i = 0; i + 1 < cursor.len && good; i += 2) {
		const int high = hex_value(cursor.ptr[i]);
		const int low = hex_value(cursor.ptr[i + 1]);
		const uint8_t byte = (uint8_t)((unsigned)high << 4 | (unsigned)low);
		good = high >= 0 && low >= 0;
		store_key_bytes(&at, &byte, 1);
	}
	if (!good || at.len == 0 || at.bytes[0] == 0 || strchr(tables, at.bytes[0]) == NULL) {
		return fault_set(fault, ERR_INVALID, "cursor", "not a cursor of this list");
	}
	*ret_at = at;
	return ERR_OK;
}
