/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void rules_text_add(struct rules_text *text, struct str s)
{
	if (s.len == 0 || text->failed) {
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

void rules_text_add_text(struct rules_text *text, const char *s)
{
	rules_text_add(text, str_from(s));
}

void rules_text_printf(struct rules_text *text, const char *format, ...)
{
	char line[RULES_NUMBER_TEXT_SIZE];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	rules_text_add_text(text, line);
}

struct str rules_text_str(const struct rules_text *text)
{
	return (struct str){text->data == NULL ? "" : text->data, text->len};
}

/* Digits without a point, and the power of ten of the first, of the shortest form. */
static void shortest_digits(double number, char digits[24], int *ret_exponent)
{
	char form[40];
	for (int precision = 0; precision <= 16; precision++) {
		(void)snprintf(form, sizeof(form), "%.*e", precision, number);
		if (strtod(form, NULL) == number) {
			break;
		}
	}
	size_t len = 0;
	const char *at = form;
	for (; *at != 'e' && *at != '\0'; at++) {
		if (*at != '.' && len < 23) {
			digits[len++] = *at;
		}
	}
	digits[len] = '\0';
	*ret_exponent = *at == 'e' ? (int)strtol(at + 1, NULL, 10) : 0;
}

void rules_double_format(double number, char out[RULES_NUMBER_TEXT_SIZE])
{
	const size_t size = RULES_NUMBER_TEXT_SIZE;
	if (isnan(number) || isinf(number)) {
		(void)snprintf(out, size, "%s",
			isnan(number)  ? "NaN"
			: number > 0.0 ? "+Inf"
				       : "-Inf");
		return;
	}
	char digits[24];
	int exponent;
	shortest_digits(fabs(number), digits, &exponent);
	const char *sign = signbit(number) ? "-" : "";
	const int count = (int)strlen(digits);
	if (exponent < -4 || exponent >= 21) {
		(void)snprintf(out, size, "%s%c%s%se%+03d", sign, digits[0], count > 1 ? "." : "",
			digits + 1, exponent);
	} else if (exponent < 0) {
		(void)snprintf(out, size, "%s0.%.*s%s", sign, -exponent - 1, "0000", digits);
	} else if (count <= exponent + 1) {
		(void)snprintf(out, size, "%s%s%.*s", sign, digits, exponent + 1 - count,
			"000000000000000000000");
	} else {
		(void)snprintf(
			out, size, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
	}
}
