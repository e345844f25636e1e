/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"

/* strings.quote, base64.encode and base64.decode. */

/* The letter behind the backslash, or NUL when the character stands for itself. */
static char escape_of(char c)
{
	switch (c) {
	case '\a':
		return 'a';
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\v':
		return 'v';
	case '\\':
	case '"':
		return c;
	default:
		return '\0';
	}
}

static CEL_FUNCTION(quote)
{
	const struct str text = cel_str(args[0]);
	size_t len = 2;
	for (size_t i = 0; i < text.len; i++) {
		len += escape_of(text.ptr[i]) == '\0' ? 1 : 2;
	}
	char *out = cel_call_text(call, len, ret);
	if (out == NULL) {
		return;
	}
	*out++ = '"';
	for (size_t i = 0; i < text.len; i++) {
		const char escape = escape_of(text.ptr[i]);
		if (escape != '\0') {
			*out++ = '\\';
		}
		*out++ = escape != '\0' ? escape : text.ptr[i];
	}
	*out = '"';
}

static const char SIXTY_FOUR[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static CEL_FUNCTION(encode)
{
	const struct str bytes = cel_str(args[0]);
	char *out = cel_call_text(call, (bytes.len + 2) / 3 * 4, ret);
	for (size_t at = 0; out != NULL && at < bytes.len; at += 3) {
		uint32_t bits = 0;
		for (size_t i = 0; i < 3; i++) {
			const bool there = at + i < bytes.len;
			bits = bits << 8 | (there ? (unsigned char)bytes.ptr[at + i] : 0U);
		}
		for (size_t i = 0; i < 4; i++) {
			/* One byte makes two letters, two make three. */
			const bool there = at + i <= bytes.len;
			*out++ = there ? SIXTY_FOUR[bits >> (18 - 6 * i) & 63U] : '=';
		}
	}
}

/* The text without its padding; false when that is not what the length asks for. */
static bool without_padding(struct str text, struct str *ret_text)
{
	size_t padding = 0;
	while (padding < 2 && text.len > padding && text.ptr[text.len - padding - 1] == '=') {
		padding++;
	}
	*ret_text = (struct str){text.ptr, text.len - padding};
	/* None at all is taken as well, as many senders leave it out. */
	return ret_text->len % 4 != 1 && (padding == 0 || text.len % 4 == 0);
}

static CEL_FUNCTION(decode)
{
	static const char WRONG[] = "the text is not base64";
	struct str text;
	if (!without_padding(cel_str(args[0]), &text)) {
		*ret = cel_error(WRONG);
		return;
	}
	const size_t len = text.len * 3 / 4;
	char *out = cel_call_text(call, len, ret);
	uint32_t bits = 0;
	size_t written = 0;
	for (size_t i = 0; out != NULL && i < text.len; i++) {
		const char *letter = memchr(SIXTY_FOUR, text.ptr[i], sizeof(SIXTY_FOUR) - 1);
		if (letter == NULL) {
			*ret = cel_error(WRONG);
			return;
		}
		bits = bits << 6 | (uint32_t)(letter - SIXTY_FOUR);
		if (i % 4 > 0 && written < len) {
			/* 12, 18 and 24 bits are there; the topmost 8 that are new go out. */
			out[written++] = (char)(bits >> (3 - i % 4) * 2 & 255U);
		}
	}
	if (out != NULL) {
		ret->kind = CEL_BYTES;
	}
}

static const struct cel_overload ROWS[] = {
	{"strings_quote", "strings.quote", CEL_GLOBAL, CEL_COST_TEXT, 1, {&cel_type_string},
		&cel_type_string, quote, NULL},
	{"base64_encode_bytes", "base64.encode", CEL_GLOBAL, CEL_COST_TEXT, 1, {&cel_type_bytes},
		&cel_type_string, encode, NULL},
	{"base64_decode_string", "base64.decode", CEL_GLOBAL, CEL_COST_TEXT, 1, {&cel_type_string},
		&cel_type_bytes, decode, NULL},
};

const struct cel_library cel_library_encodings = {"encodings", ROWS, CEL_COUNT(ROWS)};
