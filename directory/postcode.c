/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/postcodes.h"

/* A letter or digit in order, 1 to 36; 0 for anything else. */
static uint32_t place_of(char c)
{
	if (c >= '0' && c <= '9') {
		return (uint32_t)(c - '0') + 1;
	}
	return c >= 'A' && c <= 'Z' ? (uint32_t)(c - 'A') + 11 : 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Outward codes are a letter and one to three more signs; with an inward code behind them the old
 * ones without a digit are good too ("GIR 0AA", "NPT 0AA"). */
static bool outward_ok(const char *text, size_t len, bool whole)
{
	bool digit = false;
	for (size_t i = 0; i < len; i++) {
		digit = digit || is_digit(text[i]);
	}
	return len >= 2 && len <= 4 && is_letter(text[0]) && (digit || whole);
}

static bool inward_ok(const char *text)
{
	return is_digit(text[0]) && is_letter(text[1]) && is_letter(text[2]);
}

enum err directory_postcode_parse(struct str text, struct directory_postcode *ret_postcode)
{
	char plain[8];
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		const char upper = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
		if (c == ' ') {
			continue;
		}
		if (place_of(upper) == 0 || len == sizeof(plain) - 1) {
			return ERR_INVALID;
		}
		plain[len++] = upper;
	}
	const bool whole = len >= 5 && inward_ok(plain + len - 3);
	const size_t outward_len = whole ? len - 3 : len;
	if (!outward_ok(plain, outward_len, whole)) {
		return ERR_INVALID;
	}
	struct directory_postcode postcode = {.inward = -1};
	for (size_t i = 0; i < 4; i++) {
		const uint32_t place = i < outward_len ? place_of(plain[i]) : 0;
		postcode.outward = postcode.outward * 37 + place;
	}
	memcpy(postcode.text, plain, outward_len);
	if (whole) {
		const char *inward = plain + outward_len;
		postcode.inward =
			(inward[0] - '0') * 26 * 26 + (inward[1] - 'A') * 26 + (inward[2] - 'A');
		postcode.text[outward_len] = ' ';
		memcpy(postcode.text + outward_len + 1, inward, 3);
	}
	*ret_postcode = postcode;
	return ERR_OK;
}
