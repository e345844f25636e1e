/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/str.h"

int str_compare(struct str a, struct str b)
{
	const size_t shared = a.len < b.len ? a.len : b.len;
	const int order = shared == 0 ? 0 : memcmp(a.ptr, b.ptr, shared);
	if (order != 0) {
		return order;
	}
	return (a.len > b.len) - (a.len < b.len);
}

void str_copy(char *out, size_t size, struct str s)
{
	const size_t len = s.len < size - 1 ? s.len : size - 1;
	if (len > 0) {
		memcpy(out, s.ptr, len);
	}
	out[len] = '\0';
}

/* Decodes one code point at `at`; returns its length in bytes, 0 when malformed. */
static size_t utf8_decode(struct str s, size_t at, uint32_t *ret_code)
{
	const uint8_t *p = (const uint8_t *)s.ptr + at;
	const size_t left = s.len - at;
	if (p[0] < 0x80) {
		*ret_code = p[0];
		return 1;
	}
	size_t len;
	uint32_t code;
	uint32_t least;
	if ((p[0] & 0xe0) == 0xc0) {
		len = 2;
		code = p[0] & 0x1fU;
		least = 0x80;
	} else if ((p[0] & 0xf0) == 0xe0) {
		len = 3;
		code = p[0] & 0x0fU;
		least = 0x800;
	} else if ((p[0] & 0xf8) == 0xf0) {
		len = 4;
		code = p[0] & 0x07U;
		least = 0x10000;
	} else {
		return 0;
	}
	if (left < len) {
		return 0;
	}
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
		code = code << 6 | (p[i] & 0x3fU);
	}
	if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
		return 0;
	}
	*ret_code = code;
	return len;
}

/* How many bytes from `at` on, in steps of eight, are ASCII and, when `printable`, neither control
 * characters nor delete: most text is. */
static size_t plain_run(struct str s, size_t at, bool printable)
{
	const uint64_t ones = 0x0101010101010101;
	const uint64_t high = 0x8080808080808080;
	const size_t start = at;
	while (s.len - at >= sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, s.ptr + at, sizeof(word));
		uint64_t other = word & high;
		if (printable) {
			/* Bytes below 0x20 borrow; delete is the one that becomes 0 by exclusion.
			 */
			const uint64_t deletes = word ^ (ones * 0x7f);
			other |= (word - ones * 0x20) & ~word & high;
			other |= (deletes - ones) & ~deletes & high;
		}
		if (other != 0) {
			break;
		}
		at += sizeof(word);
	}
	return at - start;
}

bool str_is_utf8(struct str s)
{
	for (size_t at = plain_run(s, 0, false); at < s.len;) {
		uint32_t code;
		const size_t len = utf8_decode(s, at, &code);
		if (len == 0) {
			return false;
		}
		at += len;
	}
	return true;
}

static bool is_bidi_control(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

bool str_has_control(struct str s, bool newline_ok)
{
	for (size_t at = plain_run(s, 0, true); at < s.len;) {
		uint32_t code;
		const size_t len = utf8_decode(s, at, &code);
		if (len == 0) {
			return true;
		}
		if (code == '\n' && newline_ok) {
			at += len;
			continue;
		}
		if (code < 0x20 || (code >= 0x7f && code < 0xa0) || is_bidi_control(code)) {
			return true;
		}
		at += len;
	}
	return false;
}

/* Spaces of any width, and what takes no room at all. */
static bool is_unseen(uint32_t code)
{
	return code == ' ' || code == 0xa0 || code == 0xad || code == 0x3000 || code == 0xfeff ||
	       code == 0x202f || code == 0x205f || (code >= 0x2000 && code <= 0x200d) ||
	       (code >= 0x2060 && code <= 0x2064);
}

bool str_is_blank(struct str s)
{
	for (size_t at = 0; at < s.len;) {
		uint32_t code;
		const size_t len = utf8_decode(s, at, &code);
		if (len == 0 || !is_unseen(code)) {
			return false;
		}
		at += len;
	}
	return true;
}

enum {
	DISTANCE_MAX = 64
};

static size_t min3(size_t a, size_t b, size_t c)
{
	const size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

size_t str_distance(struct str a, struct str b)
{
	if (a.len > DISTANCE_MAX || b.len > DISTANCE_MAX) {
		return a.len > b.len ? a.len : b.len;
	}
	size_t rows[3][DISTANCE_MAX + 1];
	size_t *before = rows[0];
	size_t *last = rows[1];
	size_t *row = rows[2];
	for (size_t j = 0; j <= b.len; j++) {
		last[j] = j;
		before[j] = j;
	}
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			const size_t cost = a.ptr[i - 1] == b.ptr[j - 1] ? 0 : 1;
			row[j] = min3(row[j - 1] + 1, last[j] + 1, last[j - 1] + cost);
			const bool swapped = i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
					     a.ptr[i - 2] == b.ptr[j - 1];
			if (swapped && before[j - 2] + 1 < row[j]) {
				row[j] = before[j - 2] + 1;
			}
		}
		size_t *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.len];
}
