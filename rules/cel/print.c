/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "rules/cel/cel.h"
#include "rules/cel/library.h"
#include "rules/cel/number.h"
#include "rules/cel/text.h"

/* A value as an expression that gives it again. */

static void print_double(struct cel_text *out, double number)
{
	char text[CEL_DOUBLE_TEXT_SIZE];
	if (!isfinite(number)) {
		cel_text_printf(out, "double(\"%s\")",
			isnan(number)  ? "NaN"
			: number > 0.0 ? "Infinity"
				       : "-Infinity");
		return;
	}
	const size_t len = cel_double_shortest(number, text);
	cel_text_add(out, (struct str){text, len});
	/* Without a point or an exponent it would be an int. */
	if (strpbrk(text, ".e") == NULL) {
		cel_text_add_text(out, ".0");
	}
}

static void print_character(struct cel_text *out, unsigned char c)
{
	static const char LETTERS[] = "abtnvfr"; /* from 7 on */
	if (c == '"' || c == '\\') {
		cel_text_printf(out, "\\%c", c);
	} else if (c >= 7 && c <= 13) {
		cel_text_printf(out, "\\%c", LETTERS[c - 7]);
	} else {
		cel_text_printf(out, "\\x%02x", c);
	}
}

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* Runs that stand for themselves are added whole; in a string that is all of UTF-8 but controls. */
static void print_text(struct cel_text *out, struct str text, bool bytes)
{
	cel_text_add_text(out, bytes ? "b\"" : "\"");
	size_t start = 0;
	for (size_t i = 0; i < text.len && !out->failed; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];
		if (is_plain(c) || (!bytes && c >= 0x80)) {
			continue;
		}
		cel_text_add(out, (struct str){text.ptr + start, i - start});
		print_character(out, c);
		start = i + 1;
	}
	if (text.len > start && !out->failed) {
		cel_text_add(out, (struct str){text.ptr + start, text.len - start});
	}
	cel_text_add_text(out, "\"");
}

static void print_time(struct cel_text *out, struct cel_value value)
{
	char text[CEL_TIME_TEXT_SIZE];
	if (value.kind == CEL_TIMESTAMP) {
		cel_timestamp_format(value, text);
		cel_text_printf(out, "timestamp(\"%s\")", text);
	} else {
		cel_duration_format(value, text);
		cel_text_printf(out, "duration(\"%s\")", text);
	}
}

static void print_value(struct cel_text *out, struct cel_value value, unsigned depth);

static void print_list(struct cel_text *out, struct cel_value list, unsigned depth)
{
	cel_text_add_text(out, "[");
	for (uint32_t i = 0; i < list.extra && !out->failed; i++) {
		cel_text_add_text(out, i > 0 ? ", " : "");
		print_value(out, list.items[i], depth);
	}
	cel_text_add_text(out, "]");
}

static void print_map(struct cel_text *out, struct cel_value map, unsigned depth)
{
	cel_text_add_text(out, "{");
	for (uint32_t i = 0; i < map.extra && !out->failed; i++) {
		cel_text_add_text(out, i > 0 ? ", " : "");
		print_value(out, map.entries[i].key, depth);
		cel_text_add_text(out, ": ");
		print_value(out, map.entries[i].value, depth);
	}
	cel_text_add_text(out, "}");
}

static void print_optional(struct cel_text *out, struct cel_value optional, unsigned depth)
{
	if (optional.inner == NULL) {
		cel_text_add_text(out, "optional.none()");
		return;
	}
	cel_text_add_text(out, "optional.of(");
	print_value(out, *optional.inner, depth);
	cel_text_add_text(out, ")");
}

static void print_value(struct cel_text *out, struct cel_value value, unsigned depth)
{
	if (depth == 0) {
		/* No expression writes one so deep; a caller's own value might be. */
		cel_text_add_text(out, "…");
		return;
	}
	switch (value.kind) {
	case CEL_NULL:
		cel_text_add_text(out, "null");
		break;
	case CEL_BOOL:
		cel_text_add_text(out, value.boolean ? "true" : "false");
		break;
	case CEL_INT:
		cel_text_printf(out, "%lld", (long long)value.integer);
		break;
	case CEL_UINT:
		cel_text_printf(out, "%lluu", (unsigned long long)value.natural);
		break;
	case CEL_DOUBLE:
		print_double(out, value.number);
		break;
	case CEL_STRING:
		print_text(out, cel_str(value), false);
		break;
	case CEL_BYTES:
		print_text(out, cel_str(value), true);
		break;
	case CEL_LIST:
		print_list(out, value, depth - 1);
		break;
	case CEL_MAP:
		print_map(out, value, depth - 1);
		break;
	case CEL_TYPE:
		cel_text_add(out, cel_type_name(value.type));
		break;
	case CEL_TIMESTAMP:
	case CEL_DURATION:
		print_time(out, value);
		break;
	case CEL_OPTIONAL:
		print_optional(out, value, depth - 1);
		break;
	case CEL_ERROR:
		cel_text_add_text(out, "error: ");
		cel_text_add_text(out, value.text);
		break;
	case CEL_UNKNOWN:
	case CEL_KINDS:
		cel_text_add_text(out, "unknown");
		break;
	}
}

void cel_value_print(struct cel_text *out, struct cel_value value)
{
	print_value(out, value, CEL_LIMIT_VALUE_DEPTH);
}
