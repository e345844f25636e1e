/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/calendar.h"

#include <string.h>

static date_days first_day(void)
{
	return date_from_civil(CALENDAR_FIRST_YEAR, 1, 1);
}

static date_days end_day(void)
{
	return date_from_civil(CALENDAR_FIRST_YEAR + CALENDAR_YEARS, 1, 1);
}

static bool is_weekend(date_days date)
{
	const int weekday = ((date + 4) % 7 + 7) % 7; /* 0: Sunday */
	return weekday == 0 || weekday == 6;
}

static void set_off(struct calendar *calendar, date_days date, bool off)
{
	const uint32_t at = (uint32_t)(date - first_day());
	const uint8_t bit = (uint8_t)(1U << at % 8);
	if (off) {
		calendar->off[at / 8] |= bit;
	} else {
		calendar->off[at / 8] &= (uint8_t)~bit;
	}
}

static void know_to_end_of_year(struct calendar *calendar, date_days date)
{
	int year;
	int month;
	int day;
	date_to_civil(date, &year, &month, &day);
	const date_days end = date_from_civil(year, 12, 31);
	if (end > calendar->known_to) {
		calendar->known_to = end;
	}
}

void calendar_init(struct calendar *calendar)
{
	static const struct {
		int year, month, day;
	} holidays[] = {
#define BANK_HOLIDAY(year, month, day, name) {year, month, day},
#include "broker/base/bank_holidays.def"
#undef BANK_HOLIDAY
	};
	memset(calendar, 0, sizeof(*calendar));
	calendar->known_to = first_day();
	for (size_t i = 0; i < sizeof(holidays) / sizeof(holidays[0]); i++) {
		const date_days date =
			date_from_civil(holidays[i].year, holidays[i].month, holidays[i].day);
		set_off(calendar, date, true);
		know_to_end_of_year(calendar, date);
	}
}

static struct str next_line(struct str text, size_t *at)
{
	const size_t start = *at;
	size_t end = start;
	while (end < text.len && text.ptr[end] != '\n') {
		end++;
	}
	*at = end + 1;
	struct str line = {text.ptr + start, end - start};
	const char *comment = line.len == 0 ? NULL : memchr(line.ptr, '#', line.len);
	if (comment != NULL) {
		line.len = (size_t)(comment - line.ptr);
	}
	while (line.len > 0 && (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t' ||
				       line.ptr[line.len - 1] == '\r')) {
		line.len--;
	}
	return line;
}

enum err calendar_amend(struct calendar *calendar, struct str text, struct fault *fault)
{
	struct calendar after = *calendar;
	unsigned number = 0;
	for (size_t at = 0; at < text.len;) {
		const struct str line = next_line(text, &at);
		date_days date;
		number++;
		if (line.len == 0) {
			continue;
		}
		const bool add = line.ptr[0] == '+';
		if ((!add && line.ptr[0] != '-') ||
			date_parse((struct str){line.ptr + 1, line.len - 1}, &date) != ERR_OK ||
			date < first_day() || date >= end_day()) {
			return fault_set(fault, ERR_CONFIG, "bank-holidays.txt",
				"line %u: a line is a + or a - and a date from %d to %d, such as "
				"+2030-06-03",
				number, CALENDAR_FIRST_YEAR,
				CALENDAR_FIRST_YEAR + CALENDAR_YEARS - 1);
		}
		set_off(&after, date, add);
		if (add) {
			know_to_end_of_year(&after, date);
		}
	}
	*calendar = after;
	return ERR_OK;
}

bool calendar_is_working_day(const struct calendar *calendar, date_days date)
{
	const uint32_t at = (uint32_t)(date - first_day());
	return !is_weekend(date) && (date < first_day() || date >= end_day() ||
					    (calendar->off[at / 8] & 1U << at % 8) == 0);
}

static date_days step(const struct calendar *calendar, date_days date, int n, int by)
{
	while (n > 0) {
		date += by;
		n -= calendar_is_working_day(calendar, date);
	}
	return date;
}

date_days calendar_date_after(const struct calendar *calendar, date_days date, int n)
{
	return step(calendar, date, n, 1);
}

date_days calendar_date_before(const struct calendar *calendar, date_days date, int n)
{
	return step(calendar, date, n, -1);
}

timestamp_us calendar_at(date_days date, int64_t us_of_day)
{
	const timestamp_us in_winter = date * TIMESTAMP_DAY + us_of_day;
	const timestamp_us in_summer = in_winter - CALENDAR_HOUR;
	return timestamp_london_offset_s(in_summer) != 0 ? in_summer : in_winter;
}

timestamp_us calendar_end_of_day(date_days date)
{
	return calendar_at(date, TIMESTAMP_DAY - TIMESTAMP_SECOND);
}

int64_t calendar_us_of_day(timestamp_us time)
{
	return time + timestamp_london_offset_s(time) * TIMESTAMP_SECOND -
	       timestamp_london_date(time) * TIMESTAMP_DAY;
}

/* A time within a working day as it is, another as 09:00 of the next one. */
static date_days start_of(
	const struct calendar *calendar, timestamp_us time, int64_t *ret_us_of_day)
{
	const date_days date = timestamp_london_date(time);
	if (calendar_is_working_day(calendar, date)) {
		*ret_us_of_day = calendar_us_of_day(time);
		return date;
	}
	*ret_us_of_day = CALENDAR_OPENS_HOUR * CALENDAR_HOUR;
	return calendar_date_after(calendar, date, 1);
}

timestamp_us calendar_working_days_after(const struct calendar *calendar, timestamp_us from, int n)
{
	int64_t us_of_day;
	const date_days start = start_of(calendar, from, &us_of_day);
	return calendar_at(calendar_date_after(calendar, start, n), us_of_day);
}

int64_t calendar_working_time(const struct calendar *calendar, timestamp_us from, timestamp_us to)
{
	const date_days last = timestamp_london_date(to);
	int64_t whole = 0;
	if (to <= from) {
		return 0;
	}
	for (date_days date = timestamp_london_date(from); date < last; date++) {
		whole += calendar_is_working_day(calendar, date) ? TIMESTAMP_DAY : 0;
	}
	if (calendar_is_working_day(calendar, timestamp_london_date(from))) {
		whole -= calendar_us_of_day(from);
	}
	if (calendar_is_working_day(calendar, last)) {
		whole += calendar_us_of_day(to);
	}
	return whole > 0 ? whole : 0;
}

timestamp_us calendar_working_time_after(
	const struct calendar *calendar, timestamp_us from, int64_t working_us)
{
	int64_t us_of_day;
	const date_days start = start_of(calendar, from, &us_of_day);
	const int64_t through = us_of_day + working_us;
	return calendar_at(calendar_date_after(calendar, start, (int)(through / TIMESTAMP_DAY)),
		through % TIMESTAMP_DAY);
}
