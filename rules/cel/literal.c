/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "rules/cel/lexer.h"

static int digit_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static char peek(struct str source, size_t at)
{
	return at < source.len ? source.ptr[at] : '\0';
}

static size_t skip_digits(struct str source, size_t at, int base)
{
	while (digit_value(peek(source, at)) < base) {
		at++;
	}
	return at;
}

/* The end of ".5" or "e-3" at `at`, or `at` itself when there is none. */
static size_t skip_fraction(struct str source, size_t at)
{
	if (peek(source, at) == '.' && digit_value(peek(source, at + 1)) < 10) {
		at = skip_digits(source, at + 1, 10);
	}
	const char mark = peek(source, at);
	if (mark == 'e' || mark == 'E') {
		const char sign = peek(source, at + 1);
		const size_t digits = at + (sign == '+' || sign == '-' ? 2 : 1);
		if (digit_value(peek(source, digits)) < 10) {
			at = skip_digits(source, digits, 10);
		}
	}
	return at;
}

static void read_double(struct cel_compilation *compilation, struct cel_token *token)
{
	const struct str digits = {
		compilation->source.ptr + token->offset, token->end - token->offset};
	/* strtod wants a terminator; the programs never leave the C locale, so '.' is its point. */
	const struct str copy = arena_str(compilation->arena, digits);
	if (copy.ptr == NULL) {
		(void)cel_compile_fail(compilation, ERR_NOMEM, token->offset, "out of memory");
		return;
	}
	token->number = strtod(copy.ptr, NULL);
	if (isinf(token->number)) {
		(void)cel_compile_fail(compilation, ERR_INVALID, token->offset,
			"the number is too large for a double");
		return;
	}
	token->kind = CEL_TOKEN_DOUBLE;
}

void cel_literal_number(struct cel_compilation *compilation, struct cel_token *token)
{
	const struct str source = compilation->source;
	const char mark = peek(source, token->offset + 1);
	const bool hex = peek(source, token->offset) == '0' && (mark == 'x' || mark == 'X') &&
			 digit_value(peek(source, token->offset + 2)) < 16;
	const size_t start = token->offset + (hex ? 2 : 0);
	const int base = hex ? 16 : 10;
	token->end = skip_digits(source, start, base);
	const size_t fraction = hex ? token->end : skip_fraction(source, token->end);
	if (fraction > token->end) {
		token->end = fraction;
		read_double(compilation, token);
		return;
	}
	uint64_t natural = 0;
	for (size_t i = start; i < token->end; i++) {
		if (__builtin_mul_overflow(natural, (uint64_t)base, &natural) ||
			__builtin_add_overflow(
				natural, (uint64_t)digit_value(source.ptr[i]), &natural)) {
			(void)cel_compile_fail(compilation, ERR_INVALID, token->offset,
				"the number does not fit in 64 bits");
			return;
		}
	}
	const char suffix = peek(source, token->end);
	const bool is_unsigned = suffix == 'u' || suffix == 'U';
	token->kind = is_unsigned ? CEL_TOKEN_UINT : CEL_TOKEN_INT;
	token->natural = natural;
	token->end += is_unsigned ? 1 : 0;
}

struct string_form {
	bool raw;
	bool bytes;
	bool triple;
	char quote;
};

static struct string_form string_form(struct str source, size_t at, size_t prefix)
{
	struct string_form form = {0};
	for (size_t i = 0; i < prefix; i++) {
		const char c = peek(source, at + i);
		form.raw = form.raw || c == 'r' || c == 'R';
		form.bytes = form.bytes || c == 'b' || c == 'B';
	}
	form.quote = peek(source, at + prefix);
	form.triple = peek(source, at + prefix + 1) == form.quote &&
		      peek(source, at + prefix + 2) == form.quote;
	return form;
}

/* Where the closing mark of the string begins whose content starts at `at`; source.len when it is
 * not closed. */
static size_t find_close(struct str source, size_t at, struct string_form form)
{
	while (at < source.len) {
		const char c = source.ptr[at];
		if (c == form.quote && (!form.triple || (peek(source, at + 1) == c &&
								peek(source, at + 2) == c))) {
			return at;
		}
		if (!form.triple && (c == '\n' || c == '\r')) {
			return source.len;
		}
		at += c == '\\' && !form.raw ? 2 : 1;
	}
	return source.len;
}

/* Digits of an escape of fixed length; UINT32_MAX when one is missing. */
static uint32_t escape_digits(struct str content, size_t at, size_t count, int base)
{
	uint32_t code = 0;
	for (size_t i = 0; i < count; i++) {
		const int digit = digit_value(peek(content, at + i));
		if (digit >= base) {
			return UINT32_MAX;
		}
		code = code * (uint32_t)base + (uint32_t)digit;
	}
	return code;
}

/* Reads the escape after a backslash at *at; false when there is no such escape. `*ret_octet` says
 * that it names one byte of a bytes literal. */
static bool read_escape(
	struct str content, size_t *at, bool bytes, uint32_t *ret_code, bool *ret_octet)
{
	static const char LETTERS[] = "abfnrtv\\?\"'`";
	static const char MEANT[] = "\a\b\f\n\r\t\v\\?\"'`";
	const char c = peek(content, *at);
	const char *letter = c == '\0' ? NULL : strchr(LETTERS, c);
	*ret_octet = false;
	if (letter != NULL) {
		*ret_code = (uint32_t)(unsigned char)MEANT[letter - LETTERS];
		*at += 1;
		return true;
	}
	size_t count;
	if (c == 'x' || c == 'X') {
		count = 2;
		*ret_code = escape_digits(content, *at + 1, count, 16);
		*ret_octet = bytes;
	} else if ((c == 'u' || c == 'U') && !bytes) {
		count = c == 'u' ? 4 : 8;
		*ret_code = escape_digits(content, *at + 1, count, 16);
	} else if (c >= '0' && c <= '3') {
		count = 2;
		const uint32_t low = escape_digits(content, *at + 1, count, 8);
		*ret_code = low == UINT32_MAX ? low : (uint32_t)(c - '0') * 64 + low;
		*ret_octet = bytes;
	} else {
		return false;
	}
	*at += 1 + count;
	return *ret_code <= 0x10ffff && (*ret_code < 0xd800 || *ret_code > 0xdfff);
}

/* Decodes `content` into `out`, which is as long: no escape is shorter than what it stands for.
 * False, with the place in *ret_bad, for a bad escape. */
static bool decode(
	struct str content, struct string_form form, char *out, size_t *ret_len, size_t *ret_bad)
{
	size_t len = 0;
	size_t at = 0;
	while (at < content.len) {
		if (content.ptr[at] != '\\' || form.raw) {
			out[len++] = content.ptr[at++];
			continue;
		}
		*ret_bad = at++;
		uint32_t code;
		bool octet;
		if (!read_escape(content, &at, form.bytes, &code, &octet)) {
			return false;
		}
		if (octet) {
			out[len++] = (char)code;
		} else {
			len += cel_text_encode(code, out + len);
		}
	}
	*ret_len = len;
	return true;
}

void cel_literal_string(struct cel_compilation *compilation, size_t prefix, struct cel_token *token)
{
	const struct str source = compilation->source;
	const struct string_form form = string_form(source, token->offset, prefix);
	const size_t marks = form.triple ? 3 : 1;
	const size_t start = token->offset + prefix + marks;
	const size_t close = find_close(source, start, form);
	if (close >= source.len) {
		(void)cel_compile_fail(
			compilation, ERR_INVALID, token->offset, "the string is not closed");
		return;
	}
	const struct str content = {source.ptr + start, close - start};
	char *out = arena_alloc(compilation->arena, content.len + 1);
	if (out == NULL) {
		(void)cel_compile_fail(compilation, ERR_NOMEM, token->offset, "out of memory");
		return;
	}
	size_t len = 0;
	size_t bad = 0;
	if (!decode(content, form, out, &len, &bad)) {
		(void)cel_compile_fail(compilation, ERR_INVALID, start + bad,
			"no such escape; a backslash itself is written \\\\");
		return;
	}
	token->kind = form.bytes ? CEL_TOKEN_BYTES : CEL_TOKEN_STRING;
	token->text = (struct str){out, len};
	token->end = close + marks;
}
