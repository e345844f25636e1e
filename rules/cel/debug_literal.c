/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "rules/cel/debug.h"
#include "rules/cel/number.h"

/* Whether a code point is shown as itself: not the spaces, controls and marks of direction, nor
 * what stands for no character. */
static bool is_printable(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} HIDDEN[] = {
		{0, 0x1f},
		{0x7f, 0xa0},
		{0xad, 0xad},
		{0x1680, 0x1680},
		{0x180e, 0x180e},
		{0x2000, 0x200f},
		{0x2028, 0x202f},
		{0x205f, 0x206f},
		{0x3000, 0x3000},
		{0xd800, 0xf8ff},
		{0xfeff, 0xfeff},
		{0xfff0, 0xfffb},
		{0xfffe, 0xffff},
		{0x323b0, 0x10ffff},
	};
	for (size_t i = 0; i < sizeof(HIDDEN) / sizeof(HIDDEN[0]); i++) {
		if (code >= HIDDEN[i].first && code <= HIDDEN[i].last) {
			return false;
		}
	}
	return true;
}

/* The code point at the start of a text that is UTF-8, and its length; 0 when the text is none. */
static size_t decode(struct str text, uint32_t *ret_code)
{
	const unsigned char first = (unsigned char)text.ptr[0];
	const size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (len > text.len || !str_is_utf8((struct str){text.ptr, len})) {
		return 0;
	}
	*ret_code = len == 1 ? first : first & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		*ret_code = *ret_code << 6 | ((unsigned char)text.ptr[i] & 0x3fU);
	}
	return len;
}

static void put_escape(struct cel_debug *writer, uint32_t code)
{
	static const char LETTERS[] = "abtnvfr"; /* from 7 on */
	if (code == '"' || code == '\\') {
		cel_text_printf(writer->text, "\\%c", (int)code);
	} else if (code >= 7 && code <= 13) {
		cel_text_printf(writer->text, "\\%c", LETTERS[code - 7]);
	} else if (code < 0x80) {
		cel_text_printf(writer->text, "\\x%02x", (unsigned)code);
	} else if (code < 0x10000) {
		cel_text_printf(writer->text, "\\u%04x", (unsigned)code);
	} else {
		cel_text_printf(writer->text, "\\U%08x", (unsigned)code);
	}
}

static void put_quoted(struct cel_debug *writer, struct str s, bool bytes)
{
	cel_debug_put(writer, bytes ? "b\"" : "\"");
	for (size_t at = 0; at < s.len;) {
		uint32_t code = 0;
		const size_t len = decode((struct str){s.ptr + at, s.len - at}, &code);
		const bool shown = len > 0 && code != '"' && code != '\\' && is_printable(code);
		if (shown) {
			cel_text_add(writer->text, (struct str){s.ptr + at, len});
		} else if (len == 0 || (bytes && code >= 0x80)) {
			/* Of bytes, one at a time. */
			cel_text_printf(
				writer->text, "\\x%02x", (unsigned)(unsigned char)s.ptr[at]);
		} else {
			put_escape(writer, code);
		}
		at += shown || (len > 0 && !bytes) ? len : 1;
	}
	cel_debug_put(writer, "\"");
}

static void put_double(struct cel_debug *writer, double number)
{
	char text[CEL_DOUBLE_TEXT_SIZE];
	const double size = fabs(number);
	/* The notation goes over to exponents sooner than the language does. */
	const size_t len = size >= 1e6 && isfinite(number)
				   ? cel_double_shortest_exponent(number, text)
				   : cel_double_shortest(number, text);
	cel_debug_put_str(writer, (struct str){text, len});
}

void cel_debug_literal(struct cel_debug *writer, struct cel_value value)
{
	cel_debug_put(writer, "");
	switch (value.kind) {
	case CEL_NULL:
		cel_debug_put(writer, "null");
		cel_debug_kind(writer, "Constant_NullValue");
		break;
	case CEL_BOOL:
		cel_debug_put(writer, value.boolean ? "true" : "false");
		cel_debug_kind(writer, "Constant_BoolValue");
		break;
	case CEL_INT:
		cel_text_printf(writer->text, "%lld", (long long)value.integer);
		cel_debug_kind(writer, "Constant_Int64Value");
		break;
	case CEL_UINT:
		cel_text_printf(writer->text, "%lluu", (unsigned long long)value.natural);
		cel_debug_kind(writer, "Constant_Uint64Value");
		break;
	case CEL_DOUBLE:
		put_double(writer, value.number);
		cel_debug_kind(writer, "Constant_DoubleValue");
		break;
	case CEL_STRING:
		put_quoted(writer, cel_str(value), false);
		cel_debug_kind(writer, "Constant_StringValue");
		break;
	case CEL_BYTES:
		put_quoted(writer, cel_str(value), true);
		cel_debug_kind(writer, "Constant_BytesValue");
		break;
	case CEL_LIST:
	case CEL_MAP:
	case CEL_TYPE:
	case CEL_TIMESTAMP:
	case CEL_DURATION:
	case CEL_OPTIONAL:
	case CEL_ERROR:
	case CEL_UNKNOWN:
	case CEL_KINDS:
		/* No literal of the parser's. */
		cel_value_print(writer->text, value);
		break;
	}
}
