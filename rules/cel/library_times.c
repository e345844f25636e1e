/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "broker/base/timestamp.h"
#include "rules/cel/library.h"
#include "rules/cel/zones.h"

/* getHours() and its sisters, of timestamps in a zone and of durations. */

enum {
	MINUTE_S = 60,
	HOUR_S = 3600,
	DAY_S = 86400,
	MILLISECOND_NS = 1000000,
};

static bool two_digits(const char *at, int *ret_number)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9') {
		return false;
	}
	*ret_number = (at[0] - '0') * 10 + (at[1] - '0');
	return true;
}

/* "+02:00", "-09:30", "02:00"; false when it is no such offset. */
static bool fixed_offset(struct str zone, int32_t *ret_offset_s)
{
	const bool sign = zone.len == 6 && (zone.ptr[0] == '+' || zone.ptr[0] == '-');
	int hours;
	int minutes;
	if (zone.len != 5 && !sign) {
		return false;
	}
	const char *at = zone.ptr + (sign ? 1 : 0);
	if (!two_digits(at, &hours) || at[2] != ':' || !two_digits(at + 3, &minutes) ||
		hours > 23 || minutes > 59) {
		return false;
	}
	*ret_offset_s = hours * HOUR_S + minutes * MINUTE_S;
	if (sign && zone.ptr[0] == '-') {
		*ret_offset_s = -*ret_offset_s;
	}
	return true;
}

static bool zone_offset(struct str zone, int64_t seconds, int32_t *ret_offset_s)
{
	if (str_is(zone, "UTC")) {
		*ret_offset_s = 0;
		return true;
	}
	return fixed_offset(zone, ret_offset_s) ||
	       cel_zone_offset(zone.ptr, zone.len, seconds, ret_offset_s);
}

/* A zone written in the expression is looked up when it is compiled, so that a misspelt one is
 * found by its author. */
static enum err prepare_zone(struct arena *arena, const struct cel_value *const *args,
	uint32_t count, const void **ret_prepared, char ret_message[160])
{
	(void)arena;
	(void)ret_prepared;
	int32_t offset_s;
	if (count < 2 || args[1] == NULL || args[1]->kind != CEL_STRING ||
		zone_offset(cel_str(*args[1]), 0, &offset_s)) {
		return ERR_OK;
	}
	(void)snprintf(ret_message, 160, "there is no time zone of that name");
	return ERR_INVALID;
}

/* A time as a clock and a calendar in the zone show it. */
struct civil {
	int year, month, day; /* from 1 */
	date_days date;
	int64_t second; /* of the day */
};

static bool civil_time(struct cel_call *call, const struct cel_value *args, struct civil *civil,
	struct cel_value *ret)
{
	int32_t offset_s = 0;
	if (call->count == 2 && !zone_offset(cel_str(args[1]), args[0].integer, &offset_s)) {
		*ret = cel_error("there is no time zone of that name");
		return false;
	}
	const int64_t local = args[0].integer + offset_s;
	int64_t days = local / DAY_S;
	civil->second = local % DAY_S;
	if (civil->second < 0) {
		civil->second += DAY_S;
		days--;
	}
	civil->date = (date_days)days;
	date_to_civil(civil->date, &civil->year, &civil->month, &civil->day);
	return true;
}

#define ACCESSOR(name, result)                             \
	static CEL_FUNCTION(name)                          \
	{                                                  \
		struct civil civil;                        \
		if (civil_time(call, args, &civil, ret)) { \
			*ret = cel_int(result);            \
		}                                          \
	}

ACCESSOR(get_year, civil.year)
ACCESSOR(get_month, civil.month - 1)
ACCESSOR(get_day_of_year, civil.date - date_from_civil(civil.year, 1, 1))
ACCESSOR(get_day_of_month, civil.day - 1)
ACCESSOR(get_date, civil.day)
/* 1970-01-01, day 0, was a Thursday; 700,000 weeks keep the remainder from being negative. */
ACCESSOR(get_day_of_week, ((int64_t)civil.date + 4 + INT64_C(7) * 700000) % 7)
ACCESSOR(get_hours, civil.second / HOUR_S)
ACCESSOR(get_minutes, civil.second % HOUR_S / MINUTE_S)
ACCESSOR(get_seconds, civil.second % MINUTE_S)
ACCESSOR(get_milliseconds, (int64_t)args[0].extra / MILLISECOND_NS)

static CEL_FUNCTION(duration_hours)
{
	(void)call;
	*ret = cel_int(args[0].integer / (HOUR_S * CEL_SECOND_NS));
}

static CEL_FUNCTION(duration_minutes)
{
	(void)call;
	*ret = cel_int(args[0].integer / (MINUTE_S * CEL_SECOND_NS));
}

static CEL_FUNCTION(duration_seconds)
{
	(void)call;
	*ret = cel_int(args[0].integer / CEL_SECOND_NS);
}

/* The part of the second only, as the language has it. */
static CEL_FUNCTION(duration_milliseconds)
{
	(void)call;
	*ret = cel_int(args[0].integer % CEL_SECOND_NS / MILLISECOND_NS);
}

#define WHEN(id, zone_id, function, call)                                                          \
	{id, function, CEL_RECEIVER, CEL_COST_ONE, 1, {&cel_type_timestamp}, &cel_type_int, call,  \
		NULL},                                                                             \
	{                                                                                          \
		zone_id, function, CEL_RECEIVER, CEL_COST_ONE, 2,                                  \
			{&cel_type_timestamp, &cel_type_string}, &cel_type_int, call, prepare_zone \
	}
#define LONG(id, function, call)                                                                  \
	{                                                                                         \
		id, function, CEL_RECEIVER, CEL_COST_ONE, 1, {&cel_type_duration}, &cel_type_int, \
			call, NULL                                                                \
	}

static const struct cel_overload ROWS[] = {
	WHEN("timestamp_to_year", "timestamp_to_year_with_tz", "getFullYear", get_year),
	WHEN("timestamp_to_month", "timestamp_to_month_with_tz", "getMonth", get_month),
	WHEN("timestamp_to_day_of_year", "timestamp_to_day_of_year_with_tz", "getDayOfYear",
		get_day_of_year),
	WHEN("timestamp_to_day_of_month", "timestamp_to_day_of_month_with_tz", "getDayOfMonth",
		get_day_of_month),
	WHEN("timestamp_to_day_of_month_1_based", "timestamp_to_day_of_month_1_based_with_tz",
		"getDate", get_date),
	WHEN("timestamp_to_day_of_week", "timestamp_to_day_of_week_with_tz", "getDayOfWeek",
		get_day_of_week),
	WHEN("timestamp_to_hours", "timestamp_to_hours_with_tz", "getHours", get_hours),
	WHEN("timestamp_to_minutes", "timestamp_to_minutes_with_tz", "getMinutes", get_minutes),
	WHEN("timestamp_to_seconds", "timestamp_to_seconds_tz", "getSeconds", get_seconds),
	WHEN("timestamp_to_milliseconds", "timestamp_to_milliseconds_with_tz", "getMilliseconds",
		get_milliseconds),
	LONG("duration_to_hours", "getHours", duration_hours),
	LONG("duration_to_minutes", "getMinutes", duration_minutes),
	LONG("duration_to_seconds", "getSeconds", duration_seconds),
	LONG("duration_to_milliseconds", "getMilliseconds", duration_milliseconds),
};

const struct cel_library cel_library_times = {"times", ROWS, CEL_COUNT(ROWS)};
