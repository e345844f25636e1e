/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/json_write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Characters that a terminal or a reader's eye would obey are escaped as well: C1 controls and
 * direction overrides. */
static void write_string(struct buf *out, struct str s)
{
	buf_add_text(out, "\"");
	for (size_t i = 0; i < s.len; i++) {
		const unsigned char c = (unsigned char)s.ptr[i];
		const unsigned char d = i + 1 < s.len ? (unsigned char)s.ptr[i + 1] : 0;
		const unsigned char e = i + 2 < s.len ? (unsigned char)s.ptr[i + 2] : 0;
		if (c == '"' || c == '\\') {
			buf_printf(out, "\\%c", c);
		} else if (c == '\n') {
			buf_add_text(out, "\\n");
		} else if (c < 0x20 || c == 0x7f) {
			buf_printf(out, "\\u%04x", c);
		} else if (c == 0xc2 && d >= 0x80 && d < 0xa0) {
			buf_printf(out, "\\u%04x", d);
			i += 1;
		} else if (c == 0xd8 && d == 0x9c) {
			buf_add_text(out, "\\u061c");
			i += 1;
		} else if (c == 0xe2 &&
			   ((d == 0x80 && ((e >= 0x8e && e <= 0x8f) || (e >= 0xa8 && e <= 0xae))) ||
				   (d == 0x81 && e >= 0xa6 && e <= 0xa9))) {
			buf_printf(out, "\\u%04x",
				0x2000U + ((unsigned)(d & 0x3f) << 6) + (unsigned)(e & 0x3f));
			i += 2;
		} else {
			buf_append(out, &s.ptr[i], 1);
		}
	}
	buf_add_text(out, "\"");
}

static void write_bytes(struct buf *out, struct str bytes)
{
	buf_add_text(out, "\"");
	for (size_t i = 0; i < bytes.len; i++) {
		buf_printf(out, "%02x", (unsigned char)bytes.ptr[i]);
	}
	buf_add_text(out, "\"");
}

static void write_number(struct buf *out, double number)
{
	char text[40];
	if (!isfinite(number)) {
		buf_add_text(out, "null"); /* JSON has no word for it */
		return;
	}
	/* The shortest that reads back as the same number. */
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, number);
		const struct value back = {.kind = VALUE_DOUBLE, .number = strtod(text, NULL)};
		const struct value same = {.kind = VALUE_DOUBLE, .number = number};
		if (value_equal(&back, &same)) {
			break;
		}
	}
	buf_add_text(out, text);
}

void json_write(struct buf *out, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NULL:
		buf_add_text(out, "null");
		return;
	case VALUE_BOOL:
		buf_add_text(out, value->boolean ? "true" : "false");
		return;
	case VALUE_INT:
		buf_printf(out, "%lld", (long long)value->integer);
		return;
	case VALUE_DOUBLE:
		write_number(out, value->number);
		return;
	case VALUE_STRING:
		write_string(out, value->string);
		return;
	case VALUE_BYTES:
		write_bytes(out, value->string);
		return;
	case VALUE_LIST:
		buf_add_text(out, "[");
		for (size_t i = 0; i < value->list.count; i++) {
			buf_add_text(out, i == 0 ? "" : ",");
			json_write(out, &value->list.items[i]);
		}
		buf_add_text(out, "]");
		return;
	case VALUE_MAP:
		buf_add_text(out, "{");
		for (size_t i = 0; i < value->map.count; i++) {
			buf_add_text(out, i == 0 ? "" : ",");
			write_string(out, value->map.entries[i].key);
			buf_add_text(out, ":");
			json_write(out, &value->map.entries[i].value);
		}
		buf_add_text(out, "}");
		return;
	}
}
