/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "broker/base/timestamp.h"
#include "rules/cel/library.h"

/* Timestamps and durations as text, and the way back, to the nanosecond. */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ".5" as nanoseconds at *at, which moves behind it; 0 when there is none. More than nine digits
 * are cut. */
static int64_t read_fraction(struct str text, size_t *at)
{
	int64_t nanos = 0;
	int64_t unit = CEL_SECOND_NS;
	if (*at >= text.len || text.ptr[*at] != '.') {
		return 0;
	}
	for ((*at)++; *at < text.len && is_digit(text.ptr[*at]); (*at)++) {
		unit /= 10;
		nanos += unit * (text.ptr[*at] - '0');
	}
	return nanos;
}

enum err cel_timestamp_parse(struct str text, struct cel_value *ret_timestamp)
{
	/* The base library reads it, to the microsecond; only the fraction is read again. */
	timestamp_us us;
	if (timestamp_parse(text, &us) != ERR_OK) {
		return ERR_INVALID;
	}
	const char *point = memchr(text.ptr, '.', text.len);
	size_t at = point == NULL ? text.len : (size_t)(point - text.ptr);
	const int64_t nanos = read_fraction(text, &at);
	const int64_t rest = (us % TIMESTAMP_SECOND + TIMESTAMP_SECOND) % TIMESTAMP_SECOND;
	const int64_t seconds = (us - rest) / TIMESTAMP_SECOND;
	if (seconds < CEL_TIMESTAMP_MIN || seconds > CEL_TIMESTAMP_MAX) {
		return ERR_INVALID;
	}
	*ret_timestamp = cel_timestamp(seconds, (int32_t)nanos);
	return ERR_OK;
}

/* One unit's length in nanoseconds at *at, which moves behind it; 0 when there is none. */
static int64_t read_unit(struct str text, size_t *at)
{
	static const struct {
		const char *text;
		int64_t nanos;
	} UNITS[] = {
		/* Two letters before one, so that "ms" is not minutes. */
		{"ms", 1000000},
		{"us", 1000},
		{"\xc2\xb5s", 1000},
		{"\xce\xbcs", 1000},
		{"ns", 1},
		{"h", 3600 * CEL_SECOND_NS},
		{"m", 60 * CEL_SECOND_NS},
		{"s", CEL_SECOND_NS},
	};
	const struct str rest = {text.ptr + *at, text.len - *at};
	for (size_t i = 0; i < CEL_COUNT(UNITS); i++) {
		const struct str unit = str_from(UNITS[i].text);
		if (str_has_prefix(rest, unit)) {
			*at += unit.len;
			return UNITS[i].nanos;
		}
	}
	return 0;
}

/* One "1.5h" added to *total, which is negative throughout because the most negative duration has
 * no opposite. */
static bool read_term(struct str text, size_t *at, int64_t *total)
{
	int64_t whole = 0;
	const size_t start = *at;
	for (; *at < text.len && is_digit(text.ptr[*at]); (*at)++) {
		if (__builtin_mul_overflow(whole, INT64_C(10), &whole) ||
			__builtin_sub_overflow(whole, (int64_t)(text.ptr[*at] - '0'), &whole)) {
			return false;
		}
	}
	const size_t whole_end = *at;
	const int64_t billionths = read_fraction(text, at);
	const bool any_digit = whole_end > start || *at > whole_end + 1;
	const int64_t unit = any_digit ? read_unit(text, at) : 0;
	/* A billionth of an hour is a whole number of thousands; the product stays below 2^63. */
	const int64_t fraction =
		billionths / 1000 * unit / 1000000 + billionths % 1000 * unit / CEL_SECOND_NS;
	return unit != 0 && !__builtin_mul_overflow(whole, unit, &whole) &&
	       !__builtin_add_overflow(*total, whole, total) &&
	       !__builtin_sub_overflow(*total, fraction, total);
}

enum err cel_duration_parse(struct str text, struct cel_value *ret_duration)
{
	size_t at = 0;
	bool negative = false;
	if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
		negative = text.ptr[0] == '-';
		at++;
	}
	int64_t total = 0;
	const bool zero = text.len == at + 1 && text.ptr[at] == '0';
	if (!zero) {
		if (at >= text.len) {
			return ERR_INVALID;
		}
		while (at < text.len) {
			if (!read_term(text, &at, &total)) {
				return ERR_INVALID;
			}
		}
	}
	if (!negative && __builtin_sub_overflow(INT64_C(0), total, &total)) {
		return ERR_INVALID;
	}
	*ret_duration = cel_duration(total);
	return ERR_OK;
}

/* ".5" for 500,000,000 nanoseconds, nothing for none. */
static void format_fraction(int64_t nanos, char out[16])
{
	(void)snprintf(out, 16, ".%09d", (int)nanos);
	size_t len = strlen(out);
	while (len > 0 && (out[len - 1] == '0' || out[len - 1] == '.')) {
		out[--len] = '\0';
	}
}

void cel_timestamp_format(struct cel_value timestamp, char out[CEL_TIME_TEXT_SIZE])
{
	char whole[TIMESTAMP_TEXT_SIZE];
	char fraction[16];
	timestamp_format(timestamp.integer * TIMESTAMP_SECOND, whole);
	format_fraction((int64_t)timestamp.extra, fraction);
	/* "2019-06-12T20:40:00" is 19 bytes, and then comes the Z. */
	(void)snprintf(out, CEL_TIME_TEXT_SIZE, "%.19s%sZ", whole, fraction);
}

void cel_duration_format(struct cel_value duration, char out[CEL_TIME_TEXT_SIZE])
{
	const int64_t seconds = duration.integer / CEL_SECOND_NS;
	const int64_t nanos = duration.integer % CEL_SECOND_NS;
	char fraction[16];
	format_fraction(nanos < 0 ? -nanos : nanos, fraction);
	(void)snprintf(out, CEL_TIME_TEXT_SIZE, "%s%lld%ss",
		duration.integer < 0 && seconds == 0 ? "-" : "", (long long)seconds, fraction);
}
