/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "rules/cel/format.h"
#include "rules/cel/number.h"

void cel_form_fail(struct cel_form *form, const char *why)
{
	form->failed = form->failed == NULL ? why : form->failed;
}

bool cel_form_pay(struct cel_form *form)
{
	struct cel_value error;
	const size_t grown = form->text.len - form->charged;
	form->charged = form->text.len;
	if (form->text.failed) {
		cel_form_fail(form, "out of memory");
	} else if (!cel_call_charge(form->call, grown / 10 + 1, &error)) {
		cel_form_fail(form, error.text);
	}
	return form->failed == NULL;
}

const char *cel_form_infinite(double number)
{
	return isnan(number) ? "NaN" : number > 0.0 ? "Infinity" : "-Infinity";
}

/* Bytes as UTF-8, each that is none as U+FFFD. */
static void add_bytes(struct cel_form *form, struct str bytes)
{
	if (str_is_utf8(bytes)) {
		cel_text_add(&form->text, bytes);
		return;
	}
	for (size_t at = 0; at < bytes.len;) {
		size_t len = 1;
		while (len <= 4 && at + len <= bytes.len &&
			!str_is_utf8((struct str){bytes.ptr + at, len})) {
			len++;
		}
		const bool valid = len <= 4 && at + len <= bytes.len;
		cel_text_add(&form->text,
			valid ? (struct str){bytes.ptr + at, len} : STR("\xef\xbf\xbd"));
		at += valid ? len : 1;
	}
}

static void add_list(struct cel_form *form, struct cel_value list, unsigned depth)
{
	cel_text_add_text(&form->text, "[");
	for (uint32_t i = 0; i < list.extra && cel_form_pay(form); i++) {
		cel_text_add_text(&form->text, i > 0 ? ", " : "");
		cel_form_value(form, list.items[i], depth);
	}
	cel_text_add_text(&form->text, "]");
}

struct keyed {
	struct str key;
	const struct cel_value *value;
};

static int order_keyed(const void *a, const void *b)
{
	return str_compare(((const struct keyed *)a)->key, ((const struct keyed *)b)->key);
}

static struct str key_text(struct cel_form *form, struct cel_value key)
{
	struct cel_text text = {.arena = form->call->arena};
	if (key.kind == CEL_STRING) {
		return cel_str(key);
	}
	if (key.kind == CEL_BOOL) {
		return key.boolean ? STR("true") : STR("false");
	}
	if (key.kind == CEL_INT) {
		cel_text_printf(&text, "%lld", (long long)key.integer);
	} else {
		cel_text_printf(&text, "%llu", (unsigned long long)key.natural);
	}
	return cel_text_str(&text);
}

/* By the order of the keys' texts, so that equal maps read the same. */
static void add_map(struct cel_form *form, struct cel_value map, unsigned depth)
{
	struct cel_value error;
	struct keyed *sorted = NULL;
	/* Sorting takes a few comparisons an entry. */
	if (cel_call_charge(form->call, (uint64_t)map.extra * 8, &error)) {
		sorted = cel_call_alloc(form->call, map.extra, sizeof(*sorted), &error);
	}
	if (sorted == NULL) {
		cel_form_fail(form, error.text);
		return;
	}
	for (uint32_t i = 0; i < map.extra; i++) {
		sorted[i].key = key_text(form, map.entries[i].key);
		sorted[i].value = &map.entries[i].value;
	}
	qsort(sorted, map.extra, sizeof(*sorted), order_keyed);
	cel_text_add_text(&form->text, "{");
	for (uint32_t i = 0; i < map.extra && cel_form_pay(form); i++) {
		cel_text_add_text(&form->text, i > 0 ? ", " : "");
		cel_text_add(&form->text, sorted[i].key);
		cel_text_add_text(&form->text, ": ");
		cel_form_value(form, *sorted[i].value, depth);
	}
	cel_text_add_text(&form->text, "}");
}

static void add_time(struct cel_form *form, struct cel_value value)
{
	char text[CEL_TIME_TEXT_SIZE];
	if (value.kind == CEL_TIMESTAMP) {
		cel_timestamp_format(value, text);
	} else {
		cel_duration_format(value, text);
	}
	cel_text_add_text(&form->text, text);
}

static void add_double(struct cel_form *form, double number)
{
	char text[CEL_DOUBLE_WIDE_SIZE];
	if (isfinite(number)) {
		cel_text_add(&form->text, (struct str){text, cel_double_plain(number, text)});
	} else {
		cel_text_add_text(&form->text, cel_form_infinite(number));
	}
}

void cel_form_value(struct cel_form *form, struct cel_value value, unsigned depth)
{
	if (depth == 0) {
		cel_form_fail(form, "the value is nested too deeply to be written");
		return;
	}
	switch (value.kind) {
	case CEL_NULL:
		cel_text_add_text(&form->text, "null");
		break;
	case CEL_BOOL:
		cel_text_add_text(&form->text, value.boolean ? "true" : "false");
		break;
	case CEL_INT:
		cel_text_printf(&form->text, "%lld", (long long)value.integer);
		break;
	case CEL_UINT:
		cel_text_printf(&form->text, "%llu", (unsigned long long)value.natural);
		break;
	case CEL_DOUBLE:
		add_double(form, value.number);
		break;
	case CEL_STRING:
		cel_text_add(&form->text, cel_str(value));
		break;
	case CEL_BYTES:
		add_bytes(form, cel_str(value));
		break;
	case CEL_LIST:
		add_list(form, value, depth - 1);
		break;
	case CEL_MAP:
		add_map(form, value, depth - 1);
		break;
	case CEL_TYPE:
		cel_text_add(&form->text, cel_type_name(value.type));
		break;
	case CEL_TIMESTAMP:
	case CEL_DURATION:
		add_time(form, value);
		break;
	case CEL_OPTIONAL:
	case CEL_ERROR:
	case CEL_UNKNOWN:
	case CEL_KINDS:
		cel_form_fail(form, "%s does not write a value of this type");
		break;
	}
}
