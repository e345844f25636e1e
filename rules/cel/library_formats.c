/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/cel/library.h"
#include "rules/cel/number.h"
#include "rules/cel/text.h"

/* "…".format([…]): a text with the elements of a list in the place of its clauses. */

/* "%.3f"; "%%" is a clause that takes no element. */
struct clause {
	char verb;
	int digits; /* after the point; -1 when not said */
};

enum {
	DIGITS_DEFAULT = 6,
};

/* What is being written: `failed` is why it cannot be. */
struct form {
	struct cel_call *call;
	struct cel_text text;
	const char *failed;
	size_t charged; /* bytes of the text that are paid for */
};

static const char NO_CLAUSE[] = "after % there must be one of s d f e b o x X %";
static const char TOO_PRECISE[] = "a clause of format asks for more than 100 digits";

/* The clause behind the '%' at *at, which moves behind it; NULL, or what is wrong with it. */
static const char *read_clause(struct str format, size_t *at, struct clause *clause)
{
	clause->digits = -1;
	(*at)++;
	if (*at < format.len && format.ptr[*at] == '.') {
		clause->digits = 0;
		for ((*at)++; *at < format.len && format.ptr[*at] >= '0' && format.ptr[*at] <= '9';
			(*at)++) {
			clause->digits = clause->digits * 10 + (format.ptr[*at] - '0');
			if (clause->digits > CEL_DOUBLE_DIGITS_MAX) {
				return TOO_PRECISE;
			}
		}
	}
	if (*at >= format.len || strchr("sdfeboxX%", format.ptr[*at]) == NULL ||
		format.ptr[*at] == '\0') {
		return NO_CLAUSE;
	}
	clause->verb = format.ptr[(*at)++];
	return NULL;
}

/* A format written in the expression is read when it is compiled. */
static enum err prepare_format(struct arena *arena, const struct cel_value *const *args,
	uint32_t count, const void **ret_prepared, char ret_message[160])
{
	(void)arena;
	(void)ret_prepared;
	if (count < 1 || args[0] == NULL || args[0]->kind != CEL_STRING) {
		return ERR_OK;
	}
	const struct str format = cel_str(*args[0]);
	for (size_t at = 0; at < format.len;) {
		struct clause clause;
		const char *wrong =
			format.ptr[at] == '%' ? read_clause(format, &at, &clause) : (at++, NULL);
		if (wrong != NULL) {
			(void)snprintf(ret_message, 160, "%s", wrong);
			return ERR_INVALID;
		}
	}
	return ERR_OK;
}

static void fail(struct form *form, const char *why)
{
	form->failed = form->failed == NULL ? why : form->failed;
}

/* Pays for what was written since the last time. */
static bool pay(struct form *form)
{
	struct cel_value error;
	const size_t grown = form->text.len - form->charged;
	form->charged = form->text.len;
	if (form->text.failed) {
		fail(form, "out of memory");
	} else if (!cel_call_charge(form->call, grown / 10 + 1, &error)) {
		fail(form, error.text);
	}
	return form->failed == NULL;
}

static const char *infinite_name(double number)
{
	return isnan(number) ? "NaN" : number > 0.0 ? "Infinity" : "-Infinity";
}

/* Bytes as UTF-8, each that is none as U+FFFD. */
static void add_bytes(struct form *form, struct str bytes)
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

static void add_value(struct form *form, struct cel_value value, unsigned depth);

static void add_list(struct form *form, struct cel_value list, unsigned depth)
{
	cel_text_add_text(&form->text, "[");
	for (uint32_t i = 0; i < list.extra && pay(form); i++) {
		cel_text_add_text(&form->text, i > 0 ? ", " : "");
		add_value(form, list.items[i], depth);
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

static struct str key_text(struct form *form, struct cel_value key)
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
static void add_map(struct form *form, struct cel_value map, unsigned depth)
{
	struct cel_value error;
	struct keyed *sorted = NULL;
	/* Sorting takes a few comparisons an entry. */
	if (cel_call_charge(form->call, (uint64_t)map.extra * 8, &error)) {
		sorted = cel_call_alloc(form->call, map.extra, sizeof(*sorted), &error);
	}
	if (sorted == NULL) {
		fail(form, error.text);
		return;
	}
	for (uint32_t i = 0; i < map.extra; i++) {
		sorted[i].key = key_text(form, map.entries[i].key);
		sorted[i].value = &map.entries[i].value;
	}
	qsort(sorted, map.extra, sizeof(*sorted), order_keyed);
	cel_text_add_text(&form->text, "{");
	for (uint32_t i = 0; i < map.extra && pay(form); i++) {
		cel_text_add_text(&form->text, i > 0 ? ", " : "");
		cel_text_add(&form->text, sorted[i].key);
		cel_text_add_text(&form->text, ": ");
		add_value(form, *sorted[i].value, depth);
	}
	cel_text_add_text(&form->text, "}");
}

static void add_time(struct form *form, struct cel_value value)
{
	char text[CEL_TIME_TEXT_SIZE];
	if (value.kind == CEL_TIMESTAMP) {
		cel_timestamp_format(value, text);
	} else {
		cel_duration_format(value, text);
	}
	cel_text_add_text(&form->text, text);
}

static void add_double(struct form *form, double number)
{
	char text[CEL_DOUBLE_WIDE_SIZE];
	if (isfinite(number)) {
		cel_text_add(&form->text, (struct str){text, cel_double_plain(number, text)});
	} else {
		cel_text_add_text(&form->text, infinite_name(number));
	}
}

/* %s */
static void add_value(struct form *form, struct cel_value value, unsigned depth)
{
	if (depth == 0) {
		fail(form, "the value is nested too deeply to be written");
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
		fail(form, "%s does not write a value of this type");
		break;
	}
}

/* An integer in a base of 2, 8, 10 or 16. */
static void add_in_base(struct form *form, struct cel_value value, unsigned base, bool capitals)
{
	const char *digits = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[72];
	size_t at = sizeof(text);
	const bool negative = value.kind == CEL_INT && value.integer < 0;
	uint64_t rest = negative ? -value.natural : value.natural;
	do {
		text[--at] = digits[rest % base];
		rest /= base;
	} while (rest > 0);
	if (negative) {
		text[--at] = '-';
	}
	cel_text_add(&form->text, (struct str){text + at, sizeof(text) - at});
}

static bool is_integer(struct cel_value value)
{
	return value.kind == CEL_INT || value.kind == CEL_UINT;
}

static void add_decimal(struct form *form, struct cel_value value)
{
	if (is_integer(value)) {
		add_in_base(form, value, 10, false);
	} else if (value.kind == CEL_DOUBLE && !isfinite(value.number)) {
		cel_text_add_text(&form->text, infinite_name(value.number));
	} else {
		fail(form, "%d writes integers only");
	}
}

static void add_binary(struct form *form, struct cel_value value)
{
	if (is_integer(value)) {
		add_in_base(form, value, 2, false);
	} else if (value.kind == CEL_BOOL) {
		cel_text_add_text(&form->text, value.boolean ? "1" : "0");
	} else {
		fail(form, "%b writes integers and bools only");
	}
}

static void add_octal(struct form *form, struct cel_value value)
{
	if (is_integer(value)) {
		add_in_base(form, value, 8, false);
	} else {
		fail(form, "%o writes integers only");
	}
}

static void add_hex(struct form *form, struct cel_value value, bool capitals)
{
	if (is_integer(value)) {
		add_in_base(form, value, 16, capitals);
		return;
	}
	if (value.kind != CEL_STRING && value.kind != CEL_BYTES) {
		fail(form, "%x writes integers, strings and bytes only");
		return;
	}
	for (uint32_t i = 0; i < value.extra; i++) {
		cel_text_printf(&form->text, capitals ? "%02X" : "%02x",
			(unsigned)(unsigned char)value.text[i]);
	}
}

static void add_fraction(struct form *form, struct cel_value value, struct clause clause)
{
	const int digits = clause.digits < 0 ? DIGITS_DEFAULT : clause.digits;
	char text[CEL_DOUBLE_WIDE_SIZE];
	if (!cel_kind_is_number(value.kind)) {
		fail(form, "%f and %e write numbers only");
		return;
	}
	const double number = value.kind == CEL_INT    ? (double)value.integer
			      : value.kind == CEL_UINT ? (double)value.natural
						       : value.number;
	if (!isfinite(number)) {
		cel_text_add_text(&form->text, infinite_name(number));
		return;
	}
	const size_t len = clause.verb == 'f' ? cel_double_fixed(number, digits, text)
					      : cel_double_scientific(number, digits, text);
	cel_text_add(&form->text, (struct str){text, len});
}

static void add_clause(struct form *form, struct clause clause, struct cel_value value)
{
	switch (clause.verb) {
	case 's':
		add_value(form, value, CEL_LIMIT_VALUE_DEPTH);
		break;
	case 'd':
		add_decimal(form, value);
		break;
	case 'b':
		add_binary(form, value);
		break;
	case 'o':
		add_octal(form, value);
		break;
	case 'x':
	case 'X':
		add_hex(form, value, clause.verb == 'X');
		break;
	default:
		add_fraction(form, value, clause);
		break;
	}
}

static CEL_FUNCTION(format)
{
	const struct str text = cel_str(args[0]);
	struct form form = {.call = call, .text = {.arena = call->arena}};
	uint32_t used = 0;
	for (size_t at = 0; at < text.len && pay(&form);) {
		const size_t start = at;
		struct clause clause;
		while (at < text.len && text.ptr[at] != '%') {
			at++;
		}
		cel_text_add(&form.text, (struct str){text.ptr + start, at - start});
		if (at == text.len) {
			break;
		}
		const char *wrong = read_clause(text, &at, &clause);
		if (wrong != NULL) {
			fail(&form, wrong);
		} else if (clause.verb == '%') {
			cel_text_add_text(&form.text, "%");
		} else if (used == args[1].extra) {
			fail(&form, "the list has fewer elements than the format has clauses");
		} else {
			add_clause(&form, clause, args[1].items[used++]);
		}
	}
	if (form.failed != NULL || !pay(&form)) {
		*ret = cel_error(form.failed);
	} else {
		*ret = cel_string(cel_text_str(&form.text));
	}
}

static const struct cel_overload ROWS[] = {
	{"string_format", "format", CEL_RECEIVER, CEL_COST_TEXT, 2,
		{&cel_type_string, &cel_type_list_dyn}, &cel_type_string, format, prepare_format},
};

const struct cel_library cel_library_formats = {"format", ROWS, CEL_COUNT(ROWS)};
