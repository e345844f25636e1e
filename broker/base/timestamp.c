/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Days and civil dates by the 400-year era: years run from March, so the leap day is the last. */
date_days date_from_civil(int year, int month, int day)
{
	const int y = month <= 2 ? year - 1 : year;
	const int era = (y >= 0 ? y : y - 399) / 400;
	const int year_of_era = y - era * 400;
	const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	const int day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

void date_to_civil(date_days date, int *ret_year, int *ret_month, int *ret_day)
{
	const int shifted = date + 719468;
	const int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	const int day_of_era = shifted - era * 146097;
	const int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	const int day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const int month_from_march = (5 * day_of_year + 2) / 153;
	*ret_day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
	*ret_month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2 ? 1 : 0);
}

/* Reads exactly `count` digits at *at; -1 when there are none. */
static int read_digits(struct str text, size_t *at, size_t count)
{
	if (text.len - *at < count) {
		return -1;
	}
	int number = 0;
	for (size_t i = 0; i < count; i++) {
		const char c = text.ptr[*at + i];
		if (c < '0' || c > '9') {
			return -1;
		}
		number = number * 10 + (c - '0');
	}
	*at += count;
	return number;
}

static bool read_char(struct str text, size_t *at, char wanted)
{
	if (*at >= text.len || text.ptr[*at] != wanted) {
		return false;
	}
	(*at)++;
	return true;
}

static enum err read_date(struct str text, size_t *at, date_days *ret_date)
{
	const int year = read_digits(text, at, 4);
	if (year < 1 || !read_char(text, at, '-')) {
		return ERR_INVALID;
	}
	const int month = read_digits(text, at, 2);
	if (month < 1 || month > 12 || !read_char(text, at, '-')) {
		return ERR_INVALID;
	}
	const int day = read_digits(text, at, 2);
	if (day < 1) {
		return ERR_INVALID;
	}
	const date_days date = date_from_civil(year, month, day);
	int same_year;
	int same_month;
	int same_day;
	date_to_civil(date, &same_year, &same_month, &same_day);
	if (same_month != month || same_day != day) {
		return ERR_INVALID;
	}
	*ret_date = date;
	return ERR_OK;
}

enum err date_parse(struct str text, date_days *ret_date)
{
	size_t at = 0;
	date_days date;
	const enum err err = read_date(text, &at, &date);
	if (err != ERR_OK || at != text.len) {
		return ERR_INVALID;
	}
	*ret_date = date;
	return ERR_OK;
}

static enum err read_time_of_day(struct str text, size_t *at, int64_t *ret_us)
{
	const int hour = read_digits(text, at, 2);
	if (hour < 0 || hour > 23 || !read_char(text, at, ':')) {
		return ERR_INVALID;
	}
	const int minute = read_digits(text, at, 2);
	if (minute < 0 || minute > 59 || !read_char(text, at, ':')) {
		return ERR_INVALID;
	}
	const int second = read_digits(text, at, 2);
	if (second < 0 || second > 59) {
		return ERR_INVALID;
	}
	int64_t fraction = 0;
	if (read_char(text, at, '.')) {
		int64_t unit = TIMESTAMP_SECOND;
		const size_t start = *at;
		while (*at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9') {
			unit /= 10;
			fraction += unit * (text.ptr[*at] - '0');
			(*at)++;
		}
		if (*at == start) {
			return ERR_INVALID;
		}
	}
	*ret_us = ((int64_t)hour * 3600 + minute * 60 + second) * TIMESTAMP_SECOND + fraction;
	return ERR_OK;
}

static enum err read_zone(struct str text, size_t *at, int64_t *ret_us)
{
	if (read_char(text, at, 'Z')) {
		*ret_us = 0;
		return ERR_OK;
	}
	const bool east = read_char(text, at, '+');
	if (!east && !read_char(text, at, '-')) {
		return ERR_INVALID;
	}
	const int hour = read_digits(text, at, 2);
	if (hour < 0 || hour > 23 || !read_char(text, at, ':')) {
		return ERR_INVALID;
	}
	const int minute = read_digits(text, at, 2);
	if (minute < 0 || minute > 59) {
		return ERR_INVALID;
	}
	*ret_us = ((int64_t)hour * 60 + minute) * 60 * TIMESTAMP_SECOND * (east ? 1 : -1);
	return ERR_OK;
}

enum err timestamp_parse(struct str text, timestamp_us *ret_time)
{
	size_t at = 0;
	date_days date;
	int64_t of_day;
	int64_t zone;
	if (read_date(text, &at, &date) != ERR_OK || !read_char(text, &at, 'T') ||
		read_time_of_day(text, &at, &of_day) != ERR_OK ||
		read_zone(text, &at, &zone) != ERR_OK || at != text.len) {
		return ERR_INVALID;
	}
	const timestamp_us time = date * TIMESTAMP_DAY + of_day - zone;
	/* In UTC it may be a day before year 1 or after year 9999, which no text expresses. */
	if (time < date_from_civil(1, 1, 1) * TIMESTAMP_DAY ||
		time > (date_from_civil(9999, 12, 31) + 1) * TIMESTAMP_DAY - 1) {
		return ERR_INVALID;
	}
	*ret_time = time;
	return ERR_OK;
}

/* Splits into whole days and the rest of the day, also before 1970. */
static date_days split_day(timestamp_us time, int64_t *ret_of_day)
{
	int64_t day = time / TIMESTAMP_DAY;
	int64_t rest = time % TIMESTAMP_DAY;
	if (rest < 0) {
		rest += TIMESTAMP_DAY;
		day--;
	}
	*ret_of_day = rest;
	return (date_days)day;
}

/* `digits` digits of a number that has no more; what follows them. */
static char *digits_write(char *out, int number, int digits)
{
	for (int i = digits; i > 0; i--) {
		out[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	return out + digits;
}

void date_format(date_days date, char out[DATE_TEXT_SIZE])
{
	int year;
	int month;
	int day;
	date_to_civil(date, &year, &month, &day);
	if (year < 0 || year > 9999) {
		(void)snprintf(out, DATE_TEXT_SIZE, "%04d-%02d-%02d", year, month, day);
		return;
	}
	/* Every answer tells some: a printf each would be the most of making it. */
	char *at = digits_write(out, year, 4);
	*at++ = '-';
	at = digits_write(at, month, 2);
	*at++ = '-';
	at = digits_write(at, day, 2);
	*at = '\0';
}

void timestamp_format(timestamp_us time, char out[TIMESTAMP_TEXT_SIZE])
{
	int64_t rest;
	char date[DATE_TEXT_SIZE];
	date_format(split_day(time, &rest), date);
	const int seconds = (int)(rest / TIMESTAMP_SECOND);
	const int fraction = (int)(rest % TIMESTAMP_SECOND);
	const size_t len = strlen(date);
	memcpy(out, date, len);
	char *at = out + len;
	*at++ = 'T';
	at = digits_write(at, seconds / 3600, 2);
	*at++ = ':';
	at = digits_write(at, seconds / 60 % 60, 2);
	*at++ = ':';
	at = digits_write(at, seconds % 60, 2);
	if (fraction != 0) {
		*at++ = '.';
		at = digits_write(at, fraction, 6);
	}
	*at++ = 'Z';
	*at = '\0';
}

/* 01:00 UTC on the last Sunday of that month. */
static timestamp_us last_sunday(int year, int month)
{
	const date_days last = date_from_civil(year, month, 31);
	const int weekday =
		(int)(((last + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday; 0: Sunday */
	return (last - weekday) * TIMESTAMP_DAY + 3600 * TIMESTAMP_SECOND;
}

int timestamp_london_offset_s(timestamp_us time)
{
	int64_t rest;
	int year;
	int month;
	int day;
	date_to_civil(split_day(time, &rest), &year, &month, &day);
	return time >= last_sunday(year, 3) && time < last_sunday(year, 10) ? 3600 : 0;
}

static timestamp_us london_wall(timestamp_us time)
{
	return time + timestamp_london_offset_s(time) * TIMESTAMP_SECOND;
}

date_days timestamp_london_date(timestamp_us time)
{
	int64_t rest;
	return split_day(london_wall(time), &rest);
}

void timestamp_format_london(timestamp_us time, char out[TIMESTAMP_TEXT_SIZE])
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t rest;
	const date_days date = split_day(london_wall(time), &rest);
	int year;
	int month;
	int day;
	date_to_civil(date, &year, &month, &day);
	const int minutes = (int)(rest / (60 * TIMESTAMP_SECOND));
	(void)snprintf(out, TIMESTAMP_TEXT_SIZE, "%s %d %s %d, %02d:%02d",
		days[((date + 4) % 7 + 7) % 7], day, months[month - 1], year, minutes / 60,
		minutes % 60);
}

int date_age_years(date_days birth, date_days on)
{
	int birth_year;
	int birth_month;
	int birth_day;
	int year;
	int month;
	int day;
	date_to_civil(birth, &birth_year, &birth_month, &birth_day);
	date_to_civil(on, &year, &month, &day);
	const bool before_birthday =
		month < birth_month || (month == birth_month && day < birth_day);
	return year - birth_year - (before_birthday ? 1 : 0);
}

timestamp_us timestamp_now(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * TIMESTAMP_SECOND + now.tv_nsec / 1000;
}
