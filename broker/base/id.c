/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/id.h"

#include <ctype.h>
#include <stdio.h>

static void put_u64(uint8_t *out, uint64_t number)
{
	for (int i = 7; i >= 0; i--) {
		out[i] = (uint8_t)number;
		number >>= 8;
	}
}

struct id id_make(uint64_t instance, uint64_t counter)
{
	struct id id;
	put_u64(id.bytes, instance);
	put_u64(id.bytes + 8, counter);
	return id;
}

bool id_equal(struct id a, struct id b)
{
	return memcmp(a.bytes, b.bytes, ID_SIZE) == 0;
}

bool id_is_zero(struct id id)
{
	return id_equal(id, (struct id){{0}});
}

void id_format(struct id id, char out[ID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < ID_SIZE; i++) {
		out[2 * i] = digits[id.bytes[i] >> 4];
		out[2 * i + 1] = digits[id.bytes[i] & 15];
	}
	out[2 * ID_SIZE] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err id_parse(struct str text, struct id *ret_id)
{
	struct id id;
	if (text.len != 2 * (size_t)ID_SIZE) {
		return ERR_INVALID;
	}
	for (size_t i = 0; i < ID_SIZE; i++) {
		const int high = hex_digit(text.ptr[2 * i]);
		const int low = hex_digit(text.ptr[2 * i + 1]);
		if (high < 0 || low < 0) {
			return ERR_INVALID;
		}
		id.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*ret_id = id;
	return ERR_OK;
}

/* Digits and letters without the pairs that are mistaken for one another: 0/O, 1/I, 5/S, 8/B. */
static const char alphabet[] = "234679ACDEFGHJKLMNPQRTUVWXYZ";

enum {
	SYMBOLS = sizeof(alphabet) - 1,
	CHECK_MODULUS =
		29 /* prime above 28: distinct weights find every error and neighbour swap */
};
_Static_assert(SYMBOLS == 28, "the alphabet has 28 symbols");

/* The check value of eight symbols, 0..28; 28 has no symbol, such references are not issued. */
static int check_value(const int symbols[REFERENCE_SYMBOLS - 1])
{
	int sum = 0;
	for (int i = 0; i < REFERENCE_SYMBOLS - 1; i++) {
		sum += symbols[i] * (i + 2);
	}
	return sum % CHECK_MODULUS;
}

static void reference_write(const int symbols[REFERENCE_SYMBOLS], char out[REFERENCE_TEXT_SIZE])
{
	size_t at = 0;
	for (int i = 0; i < REFERENCE_SYMBOLS; i++) {
		if (i == 4 || i == 8) {
			out[at++] = '-';
		}
		out[at++] = alphabet[symbols[i]];
	}
	out[at] = '\0';
}

void reference_make(const uint8_t random[16], char out[REFERENCE_TEXT_SIZE])
{
	int symbols[REFERENCE_SYMBOLS];
	for (int i = 0; i < REFERENCE_SYMBOLS - 1; i++) {
		symbols[i] = (random[2 * i] << 8 | random[2 * i + 1]) % SYMBOLS;
	}
	/* One in 29 lands on the value without a symbol: step the last symbol, which moves the sum
	 * by its weight 9 (or wraps), never by a multiple of 29. */
	while (check_value(symbols) == SYMBOLS) {
		symbols[REFERENCE_SYMBOLS - 2] = (symbols[REFERENCE_SYMBOLS - 2] + 1) % SYMBOLS;
	}
	symbols[REFERENCE_SYMBOLS - 1] = check_value(symbols);
	reference_write(symbols, out);
}

enum err reference_parse(struct str text, char out[REFERENCE_TEXT_SIZE])
{
	int symbols[REFERENCE_SYMBOLS];
	int count = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (c == '-' || c == ' ') {
			continue;
		}
		const char *symbol = memchr(alphabet, toupper((unsigned char)c), SYMBOLS);
		if (symbol == NULL || count == REFERENCE_SYMBOLS) {
			return ERR_INVALID;
		}
		symbols[count++] = (int)(symbol - alphabet);
	}
	if (count != REFERENCE_SYMBOLS || check_value(symbols) != symbols[REFERENCE_SYMBOLS - 1]) {
		return ERR_INVALID;
	}
	reference_write(symbols, out);
	return ERR_OK;
}
