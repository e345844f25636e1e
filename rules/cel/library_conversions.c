/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/library.h"
#include "rules/cel/number.h"

/* int(x), string(x), …: from one type to another, or an error; never a guess. */

static void out_of_range(struct cel_value *ret)
{
	*ret = cel_error("the number is out of range");
}

static void not_readable(struct cel_value *ret)
{
	*ret = cel_error("the text cannot be converted");
}

static CEL_FUNCTION(keep)
{
	(void)call;
	*ret = args[0];
}

/* Digits with an optional sign, nothing else. */
static bool read_integer(struct str text, bool *ret_negative, uint64_t *ret_natural)
{
	size_t at = 0;
	*ret_negative = text.len > 0 && text.ptr[0] == '-';
	if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
		at++;
	}
	uint64_t natural = 0;
	if (at == text.len) {
		return false;
	}
	for (; at < text.len; at++) {
		const char c = text.ptr[at];
		if (c < '0' || c > '9' || __builtin_mul_overflow(natural, 10, &natural) ||
			__builtin_add_overflow(natural, (uint64_t)(c - '0'), &natural)) {
			return false;
		}
	}
	*ret_natural = natural;
	return true;
}

bool cel_int_read(struct str text, struct cel_value *ret)
{
	bool negative;
	uint64_t natural;
	if (!read_integer(text, &negative, &natural) ||
		natural > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
		return false;
	}
	/* In this order because the most negative integer has no opposite. */
	*ret = cel_int(negative && natural > 0 ? -(int64_t)(natural - 1) - 1 : (int64_t)natural);
	return true;
}

bool cel_uint_read(struct str text, struct cel_value *ret)
{
	bool negative;
	uint64_t natural;
	if (text.len == 0 || text.ptr[0] == '-' || text.ptr[0] == '+' ||
		!read_integer(text, &negative, &natural)) {
		return false;
	}
	*ret = cel_uint(natural);
	return true;
}

static CEL_FUNCTION(int_of_text)
{
	(void)call;
	if (!cel_int_read(cel_str(args[0]), ret)) {
		not_readable(ret);
	}
}

static CEL_FUNCTION(int_of_double)
{
	(void)call;
	ret->kind = CEL_INT;
	if (!cel_double_to_int(args[0].number, &ret->integer)) {
		out_of_range(ret);
	}
}

static CEL_FUNCTION(int_of_uint)
{
	(void)call;
	if (args[0].natural > INT64_MAX) {
		out_of_range(ret);
	} else {
		*ret = cel_int((int64_t)args[0].natural);
	}
}

/* Of a timestamp the whole seconds since 1970, of a duration the nanoseconds. */
static CEL_FUNCTION(int_of_time)
{
	(void)call;
	*ret = cel_int(args[0].integer);
}

static CEL_FUNCTION(uint_of_text)
{
	(void)call;
	if (!cel_uint_read(cel_str(args[0]), ret)) {
		not_readable(ret);
	}
}

static CEL_FUNCTION(uint_of_double)
{
	(void)call;
	ret->kind = CEL_UINT;
	if (!cel_double_to_uint(args[0].number, &ret->natural)) {
		out_of_range(ret);
	}
}

static CEL_FUNCTION(uint_of_int)
{
	(void)call;
	if (args[0].integer < 0) {
		out_of_range(ret);
	} else {
		*ret = cel_uint((uint64_t)args[0].integer);
	}
}

static CEL_FUNCTION(double_of_text)
{
	(void)call;
	ret->kind = CEL_DOUBLE;
	if (!cel_double_read(args[0].text, args[0].extra, &ret->number)) {
		not_readable(ret);
	}
}

static CEL_FUNCTION(double_of_int)
{
	(void)call;
	*ret = cel_double((double)args[0].integer);
}

static CEL_FUNCTION(double_of_uint)
{
	(void)call;
	*ret = cel_double((double)args[0].natural);
}

static CEL_FUNCTION(bool_of_text)
{
	(void)call;
	static const char *const TRUE_TEXTS[] = {"true", "TRUE", "True", "t", "T", "1"};
	static const char *const FALSE_TEXTS[] = {"false", "FALSE", "False", "f", "F", "0"};
	for (size_t i = 0; i < CEL_COUNT(TRUE_TEXTS); i++) {
		const bool yes = str_is(cel_str(args[0]), TRUE_TEXTS[i]);
		if (yes || str_is(cel_str(args[0]), FALSE_TEXTS[i])) {
			*ret = cel_bool(yes);
			return;
		}
	}
	not_readable(ret);
}

static CEL_FUNCTION(bytes_of_text)
{
	(void)call;
	*ret = args[0];
	ret->kind = CEL_BYTES;
}

static CEL_FUNCTION(text_of_bytes)
{
	(void)call;
	if (!str_is_utf8(cel_str(args[0]))) {
		*ret = cel_error("the bytes are not UTF-8");
		return;
	}
	*ret = args[0];
	ret->kind = CEL_STRING;
}

static CEL_FUNCTION(text_of_bool)
{
	(void)call;
	*ret = cel_string(args[0].boolean ? STR("true") : STR("false"));
}

/* Several times as fast as printf. */
static void copy_digits(
	struct cel_call *call, uint64_t natural, bool negative, struct cel_value *ret)
{
	char text[24];
	size_t at = sizeof(text);
	do {
		text[--at] = (char)('0' + natural % 10);
		natural /= 10;
	} while (natural > 0);
	if (negative) {
		text[--at] = '-';
	}
	cel_call_copy(call, (struct str){text + at, sizeof(text) - at}, ret);
}

static CEL_FUNCTION(text_of_int)
{
	/* The opposite of the most negative integer is right as a natural number. */
	const bool negative = args[0].integer < 0;
	copy_digits(call, negative ? -args[0].natural : args[0].natural, negative, ret);
}

static CEL_FUNCTION(text_of_uint)
{
	copy_digits(call, args[0].natural, false, ret);
}

static CEL_FUNCTION(text_of_double)
{
	char text[CEL_DOUBLE_TEXT_SIZE];
	const size_t len = cel_double_shortest(args[0].number, text);
	cel_call_copy(call, (struct str){text, len}, ret);
}

static CEL_FUNCTION(text_of_timestamp)
{
	char text[CEL_TIME_TEXT_SIZE];
	cel_timestamp_format(args[0], text);
	cel_call_copy(call, str_from(text), ret);
}

static CEL_FUNCTION(text_of_duration)
{
	char text[CEL_TIME_TEXT_SIZE];
	cel_duration_format(args[0], text);
	cel_call_copy(call, str_from(text), ret);
}

static CEL_FUNCTION(timestamp_of_int)
{
	(void)call;
	if (args[0].integer < CEL_TIMESTAMP_MIN || args[0].integer > CEL_TIMESTAMP_MAX) {
		*ret = cel_error("the time is out of range");
	} else {
		*ret = cel_timestamp(args[0].integer, 0);
	}
}

static CEL_FUNCTION(timestamp_of_text)
{
	(void)call;
	if (cel_timestamp_parse(cel_str(args[0]), ret) != ERR_OK) {
		not_readable(ret);
	}
}

static CEL_FUNCTION(duration_of_text)
{
	(void)call;
	if (cel_duration_parse(cel_str(args[0]), ret) != ERR_OK) {
		not_readable(ret);
	}
}

static CEL_FUNCTION(type_of)
{
	(void)call;
	*ret = cel_type_value(cel_type_of(args[0]));
}

#define ROW(id, function, cost, from, result, call)                                              \
	{                                                                                        \
		id, function, CEL_GLOBAL, cost, 1, {&cel_type_##from}, &cel_type_##result, call, \
			NULL                                                                     \
	}

static const struct cel_overload ROWS[] = {
	ROW("bool_to_bool", "bool", CEL_COST_ONE, bool, bool, keep),
	ROW("string_to_bool", "bool", CEL_COST_ONE, string, bool, bool_of_text),
	ROW("bytes_to_bytes", "bytes", CEL_COST_ONE, bytes, bytes, keep),
	ROW("string_to_bytes", "bytes", CEL_COST_ONE, string, bytes, bytes_of_text),
	ROW("double_to_double", "double", CEL_COST_ONE, double, double, keep),
	ROW("int64_to_double", "double", CEL_COST_ONE, int, double, double_of_int),
	ROW("string_to_double", "double", CEL_COST_TEXT, string, double, double_of_text),
	ROW("uint64_to_double", "double", CEL_COST_ONE, uint, double, double_of_uint),
	ROW("duration_to_duration", "duration", CEL_COST_ONE, duration, duration, keep),
	ROW("string_to_duration", "duration", CEL_COST_TEXT, string, duration, duration_of_text),
	ROW("to_dyn", "dyn", CEL_COST_ONE, a, dyn, keep),
	ROW("double_to_int64", "int", CEL_COST_ONE, double, int, int_of_double),
	ROW("duration_to_int64", "int", CEL_COST_ONE, duration, int, int_of_time),
	ROW("int64_to_int64", "int", CEL_COST_ONE, int, int, keep),
	ROW("string_to_int64", "int", CEL_COST_TEXT, string, int, int_of_text),
	ROW("timestamp_to_int64", "int", CEL_COST_ONE, timestamp, int, int_of_time),
	ROW("uint64_to_int64", "int", CEL_COST_ONE, uint, int, int_of_uint),
	ROW("bool_to_string", "string", CEL_COST_ONE, bool, string, text_of_bool),
	ROW("bytes_to_string", "string", CEL_COST_TEXT, bytes, string, text_of_bytes),
	ROW("double_to_string", "string", CEL_COST_ONE, double, string, text_of_double),
	ROW("duration_to_string", "string", CEL_COST_ONE, duration, string, text_of_duration),
	ROW("int64_to_string", "string", CEL_COST_ONE, int, string, text_of_int),
	ROW("string_to_string", "string", CEL_COST_ONE, string, string, keep),
	ROW("timestamp_to_string", "string", CEL_COST_ONE, timestamp, string, text_of_timestamp),
	ROW("uint64_to_string", "string", CEL_COST_ONE, uint, string, text_of_uint),
	ROW("int64_to_timestamp", "timestamp", CEL_COST_ONE, int, timestamp, timestamp_of_int),
	ROW("string_to_timestamp", "timestamp", CEL_COST_TEXT, string, timestamp,
		timestamp_of_text),
	ROW("timestamp_to_timestamp", "timestamp", CEL_COST_ONE, timestamp, timestamp, keep),
	ROW("type", "type", CEL_COST_ONE, a, type_a, type_of),
	ROW("double_to_uint64", "uint", CEL_COST_ONE, double, uint, uint_of_double),
	ROW("int64_to_uint64", "uint", CEL_COST_ONE, int, uint, uint_of_int),
	ROW("string_to_uint64", "uint", CEL_COST_TEXT, string, uint, uint_of_text),
	ROW("uint64_to_uint64", "uint", CEL_COST_ONE, uint, uint, keep),
};

const struct cel_library cel_library_conversions = {"conversions", ROWS, CEL_COUNT(ROWS)};
