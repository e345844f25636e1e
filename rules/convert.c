/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "rules/functions.h"
#include "rules/text.h"

static struct rules_value out_of_range(const struct rules_node *node)
{
	return rules_value_of_error("the number is out of range", node);
}

static struct rules_value not_readable(const struct rules_node *node)
{
	return rules_value_of_error("the text cannot be converted", node);
}

/* Decimal digits after an optional minus sign. */
static bool read_integer(struct str text, bool *ret_negative, uint64_t *ret_magnitude)
{
	size_t at = 0;
	*ret_negative = text.len > 0 && text.ptr[0] == '-';
	at += *ret_negative || (text.len > 0 && text.ptr[0] == '+') ? 1 : 0;
	uint64_t magnitude = 0;
	if (at == text.len) {
		return false;
	}
	for (; at < text.len; at++) {
		const char c = text.ptr[at];
		if (c < '0' || c > '9' ||
			__builtin_mul_overflow(magnitude, UINT64_C(10), &magnitude) ||
			__builtin_add_overflow(magnitude, (uint64_t)(c - '0'), &magnitude)) {
			return false;
		}
	}
	*ret_magnitude = magnitude;
	return true;
}

static struct rules_value int_of_text(const struct rules_node *node, struct str text)
{
	bool negative;
	uint64_t magnitude;
	if (!read_integer(text, &negative, &magnitude) ||
		magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
		return not_readable(node);
	}
	return rules_value_of_int((int64_t)(negative ? UINT64_C(0) - magnitude : magnitude));
}

RULES_FUNCTION(rules_convert_to_int)
{
	(void)eval;
	const struct rules_value value = arguments[0];
	int64_t integer;
	if (value.kind == RULES_INT) {
		return value;
	}
	if (value.kind == RULES_UINT) {
		return value.natural > INT64_MAX ? out_of_range(node)
						 : rules_value_of_int((int64_t)value.natural);
	}
	if (value.kind == RULES_DOUBLE) {
		return rules_double_to_int(value.number, &integer) ? rules_value_of_int(integer)
								   : out_of_range(node);
	}
	if (value.kind == RULES_STRING) {
		return int_of_text(node, value.string);
	}
	return value.kind == RULES_TIMESTAMP ? rules_value_of_int(value.integer)
					     : rules_no_overload(node);
}

RULES_FUNCTION(rules_convert_to_uint)
{
	(void)eval;
	const struct rules_value value = arguments[0];
	uint64_t natural;
	bool negative;
	if (value.kind == RULES_UINT) {
		return value;
	}
	if (value.kind == RULES_INT) {
		return value.integer < 0 ? out_of_range(node)
					 : rules_value_of_uint((uint64_t)value.integer);
	}
	if (value.kind == RULES_DOUBLE) {
		return rules_double_to_uint(value.number, &natural) ? rules_value_of_uint(natural)
								    : out_of_range(node);
	}
	if (value.kind == RULES_STRING) {
		return read_integer(value.string, &negative, &natural) && !negative
			       ? rules_value_of_uint(natural)
			       : not_readable(node);
	}
	return rules_no_overload(node);
}

static struct rules_value double_of_text(
	struct rules_eval *eval, const struct rules_node *node, struct str text)
{
	/* strtod also takes blanks before, hexadecimal and "nan(…)"; CEL does not. */
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("0123456789+-.eEINFYTAinfyta", text.ptr[i]) == NULL ||
			text.ptr[i] == '\0') {
			return not_readable(node);
		}
	}
	char *copy = NULL;
	if (rules_eval_charge(eval, text.len / 10)) {
		copy = rules_eval_array(eval, text.len + 1, 1);
	}
	if (copy == NULL || text.len == 0) {
		return not_readable(node);
	}
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	char *end;
	const double number = strtod(copy, &end);
	return *end == '\0' ? rules_value_of_double(number) : not_readable(node);
}

RULES_FUNCTION(rules_convert_to_double)
{
	const struct rules_value value = arguments[0];
	if (value.kind == RULES_DOUBLE) {
		return value;
	}
	if (value.kind == RULES_INT) {
		return rules_value_of_double((double)value.integer);
	}
	if (value.kind == RULES_UINT) {
		return rules_value_of_double((double)value.natural);
	}
	return value.kind == RULES_STRING ? double_of_text(eval, node, value.string)
					  : rules_no_overload(node);
}

RULES_FUNCTION(rules_convert_to_bool)
{
	(void)eval;
	static const char *const TRUE_TEXTS[] = {"true", "TRUE", "True", "t", "T", "1"};
	static const char *const FALSE_TEXTS[] = {"false", "FALSE", "False", "f", "F", "0"};
	const struct rules_value value = arguments[0];
	if (value.kind == RULES_BOOL) {
		return value;
	}
	if (value.kind != RULES_STRING) {
		return rules_no_overload(node);
	}
	for (size_t i = 0; i < sizeof(TRUE_TEXTS) / sizeof(TRUE_TEXTS[0]); i++) {
		if (str_is(value.string, TRUE_TEXTS[i]) || str_is(value.string, FALSE_TEXTS[i])) {
			return rules_value_of_bool(str_is(value.string, TRUE_TEXTS[i]));
		}
	}
	return not_readable(node);
}

RULES_FUNCTION(rules_convert_to_bytes)
{
	(void)eval;
	struct rules_value value = arguments[0];
	if (value.kind != RULES_STRING && value.kind != RULES_BYTES) {
		return rules_no_overload(node);
	}
	value.kind = RULES_BYTES;
	return value;
}

static struct rules_value string_of_text(
	struct rules_eval *eval, const struct rules_node *node, const char *text)
{
	const size_t len = strlen(text);
	char *copy = NULL;
	if (rules_eval_charge(eval, 1)) {
		copy = rules_eval_array(eval, len + 1, 1);
	}
	if (copy == NULL) {
		return rules_value_of_error("out of memory", node);
	}
	memcpy(copy, text, len + 1);
	return rules_value_of_string((struct str){copy, len});
}

RULES_FUNCTION(rules_convert_to_string)
{
	struct rules_value value = arguments[0];
	char text[RULES_NUMBER_TEXT_SIZE];
	if (value.kind == RULES_STRING) {
		return value;
	}
	if (value.kind == RULES_BYTES) {
		value.kind = RULES_STRING;
		return rules_eval_charge(eval, value.string.len / 10) && str_is_utf8(value.string)
			       ? value
			       : not_readable(node);
	}
	if (value.kind == RULES_BOOL) {
		return string_of_text(eval, node, value.boolean ? "true" : "false");
	}
	if (value.kind == RULES_DOUBLE) {
		rules_double_format(value.number, text);
	} else if (value.kind == RULES_TIMESTAMP) {
		rules_timestamp_format(value, text);
	} else if (value.kind == RULES_DURATION) {
		rules_duration_format(value, text);
	} else if (value.kind == RULES_INT) {
		(void)snprintf(text, sizeof(text), "%lld", (long long)value.integer);
	} else if (value.kind == RULES_UINT) {
		(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value.natural);
	} else {
		return rules_no_overload(node);
	}
	return string_of_text(eval, node, text);
}

RULES_FUNCTION(rules_convert_to_timestamp)
{
	(void)eval;
	struct rules_value value = arguments[0];
	if (value.kind == RULES_TIMESTAMP) {
		return value;
	}
	if (value.kind == RULES_INT) {
		if (value.integer < RULES_TIMESTAMP_MIN || value.integer > RULES_TIMESTAMP_MAX) {
			return rules_value_of_error("the time is out of range", node);
		}
		value.kind = RULES_TIMESTAMP;
		value.nanos = 0;
		return value;
	}
	if (value.kind != RULES_STRING) {
		return rules_no_overload(node);
	}
	return rules_timestamp_parse(value.string, &value) == ERR_OK ? value : not_readable(node);
}

RULES_FUNCTION(rules_convert_to_duration)
{
	(void)eval;
	struct rules_value value = arguments[0];
	if (value.kind == RULES_DURATION) {
		return value;
	}
	if (value.kind != RULES_STRING) {
		return rules_no_overload(node);
	}
	return rules_duration_parse(value.string, &value) == ERR_OK ? value : not_readable(node);
}

RULES_FUNCTION(rules_convert_to_dyn)
{
	(void)eval;
	(void)node;
	return arguments[0];
}

RULES_FUNCTION(rules_convert_to_type)
{
	(void)eval;
	(void)node;
	return (struct rules_value){.kind = RULES_TYPE, .type = arguments[0].kind};
}
