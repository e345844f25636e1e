/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "rules/cel/format.h"
#include "rules/cel/number.h"

/* "…".format([…]): a text with the elements of a list in the place of its clauses. */

/* "%.3f"; "%%" is a clause that takes no element. */
struct clause {
	char verb;
	int digits; /* after the point; -1 when not said */
};

enum {
	DIGITS_DEFAULT = 6,
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

/* An integer in a base of 2, 8, 10 or 16. */
static void add_in_base(struct cel_form *form, struct cel_value value, unsigned base, bool capitals)
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

static void add_decimal(struct cel_form *form, struct cel_value value)
{
	if (is_integer(value)) {
		add_in_base(form, value, 10, false);
	} else if (value.kind == CEL_DOUBLE && !isfinite(value.number)) {
		cel_text_add_text(&form->text, cel_form_infinite(value.number));
	} else {
		cel_form_fail(form, "%d writes integers only");
	}
}

static void add_binary(struct cel_form *form, struct cel_value value)
{
	if (is_integer(value)) {
		add_in_base(form, value, 2, false);
	} else if (value.kind == CEL_BOOL) {
		cel_text_add_text(&form->text, value.boolean ? "1" : "0");
	} else {
		cel_form_fail(form, "%b writes integers and bools only");
	}
}

static void add_octal(struct cel_form *form, struct cel_value value)
{
	if (is_integer(value)) {
		add_in_base(form, value, 8, false);
	} else {
		cel_form_fail(form, "%o writes integers only");
	}
}

static void add_hex(struct cel_form *form, struct cel_value value, bool capitals)
{
	if (is_integer(value)) {
		add_in_base(form, value, 16, capitals);
		return;
	}
	if (value.kind != CEL_STRING && value.kind != CEL_BYTES) {
		cel_form_fail(form, "%x writes integers, strings and bytes only");
		return;
	}
	for (uint32_t i = 0; i < value.extra; i++) {
		cel_text_printf(&form->text, capitals ? "%02X" : "%02x",
			(unsigned)(unsigned char)value.text[i]);
	}
}

static void add_fraction(struct cel_form *form, struct cel_value value, struct clause clause)
{
	const int digits = clause.digits < 0 ? DIGITS_DEFAULT : clause.digits;
	char text[CEL_DOUBLE_WIDE_SIZE];
	if (!cel_kind_is_number(value.kind)) {
		cel_form_fail(form, "%f and %e write numbers only");
		return;
	}
	const double number = value.kind == CEL_INT    ? (double)value.integer
			      : value.kind == CEL_UINT ? (double)value.natural
						       : value.number;
	if (!isfinite(number)) {
		cel_text_add_text(&form->text, cel_form_infinite(number));
		return;
	}
	const size_t len = clause.verb == 'f' ? cel_double_fixed(number, digits, text)
					      : cel_double_scientific(number, digits, text);
	cel_text_add(&form->text, (struct str){text, len});
}

static void add_clause(struct cel_form *form, struct clause clause, struct cel_value value)
{
	switch (clause.verb) {
	case 's':
		cel_form_value(form, value, CEL_LIMIT_VALUE_DEPTH);
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
	struct cel_form form = {.call = call, .text = {.arena = call->arena}};
	uint32_t used = 0;
	for (size_t at = 0; at < text.len && cel_form_pay(&form);) {
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
			cel_form_fail(&form, wrong);
		} else if (clause.verb == '%') {
			cel_text_add_text(&form.text, "%");
		} else if (used == args[1].extra) {
			cel_form_fail(
				&form, "the list has fewer elements than the format has clauses");
		} else {
			add_clause(&form, clause, args[1].items[used++]);
		}
	}
	if (form.failed != NULL || !cel_form_pay(&form)) {
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
