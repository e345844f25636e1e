/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/text.h"

#include <stdarg.h>
#include <stdio.h>

void cel_text_add(struct cel_text *text, struct str s)
{
	if (s.len == 0 || text->failed) {
		return;
	}
	if (text->most != 0 && s.len > text->most - text->len) {
		text->failed = true;
		return;
	}
	if (text->size - text->len < s.len) {
		const size_t size = (text->len + s.len) * 2 + 64;
		char *data = arena_alloc(text->arena, size);
		if (data == NULL) {
			text->failed = true;
			return;
		}
		if (text->len > 0) {
			memcpy(data, text->data, text->len);
		}
		text->data = data;
		text->size = size;
	}
	memcpy(text->data + text->len, s.ptr, s.len);
	text->len += s.len;
}

void cel_text_add_text(struct cel_text *text, const char *s)
{
	cel_text_add(text, str_from(s));
}

void cel_text_printf(struct cel_text *text, const char *format, ...)
{
	char line[CEL_NUMBER_TEXT_SIZE];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	cel_text_add_text(text, line);
}

struct str cel_text_str(const struct cel_text *text)
{
	return (struct str){text->data == NULL ? "" : text->data, text->len};
}
