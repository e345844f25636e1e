/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/calendar.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>
/*
 * Working days and London's wall clock.  What the C library makes of the zone files is the oracle
 * for wall times, a count day by day the one for working days.
 */
static struct calendar calendar;

static void make_calendar(void)
{
	calendar_init(&calendar);
	setenv("TZ", "Europe/London", 1);
	tzset();
}

TestSuite(calendar, .init = make_calendar);

static timestamp_us at(const char *text)
{
	timestamp_us time = 0;
	cr_assert_eq(timestamp_parse(str_from(text), &time), ERR_OK, "%s", text);
	return time;
}

static date_days on(const char *text)
{
	date_days date = 0;
	cr_assert_eq(date_parse(str_from(text), &date), ERR_OK, "%s", text);
	return date;
}

static void expect_time(timestamp_us is, const char *wanted, const char *what)
{
	char text[TIMESTAMP_TEXT_SIZE];
	timestamp_format(is, text);
	cr_expect_eq(is, at(wanted), "%s: %s, not %s", what, text, wanted);
}

Test(calendar, working_days_pass_weekends_holidays_and_changes_of_the_clock_by)
{
	static const struct {
		const char *from;
		int n;
		const char *to;
	} vectors[] = {
		{"2026-06-10T10:00:00+01:00", 2, "2026-06-12T10:00:00+01:00"},
		{"2026-06-12T10:00:00+01:00", 1, "2026-06-15T10:00:00+01:00"},
		/* Friday evening is still Friday; Saturday counts from Monday 09:00. */
		{"2026-06-12T23:30:00+01:00", 1, "2026-06-15T23:30:00+01:00"},
		{"2026-06-13T12:00:00+01:00", 1, "2026-06-16T09:00:00+01:00"},
		{"2026-06-13T12:00:00+01:00", 0, "2026-06-15T09:00:00+01:00"},
		/* Thursday before Easter, and Good Friday itself. */
		{"2026-04-02T16:00:00+01:00", 1, "2026-04-07T16:00:00+01:00"},
		{"2026-04-03T16:00:00+01:00", 1, "2026-04-08T09:00:00+01:00"},
		/* Christmas Eve 2026 is a Thursday; Boxing Day is kept on Monday the 28th. */
		{"2026-12-24T15:00:00Z", 1, "2026-12-29T15:00:00Z"},
		{"2027-12-24T15:00:00Z", 2, "2027-12-30T15:00:00Z"},
		/* Over both changes the wall time stays. */
		{"2026-03-27T10:00:00Z", 1, "2026-03-30T10:00:00+01:00"},
		{"2026-10-23T10:00:00+01:00", 1, "2026-10-26T10:00:00Z"},
		{"2026-03-29T01:30:00Z", 1, "2026-03-31T09:00:00+01:00"},
		{"2026-10-25T01:30:00Z", 1, "2026-10-27T09:00:00Z"},
		{"2022-06-01T09:00:00+01:00", 1, "2022-06-06T09:00:00+01:00"},
		{"2026-01-05T09:00:00Z", 20, "2026-02-02T09:00:00Z"},
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		expect_time(
			calendar_working_days_after(&calendar, at(vectors[i].from), vectors[i].n),
			vectors[i].to, vectors[i].from);
	}
}

Test(calendar, a_skipped_time_moves_forward_and_a_doubled_one_is_the_first)
{
	const int64_t half_past_one = 90 * 60 * TIMESTAMP_SECOND;
	expect_time(calendar_at(on("2026-03-29"), half_past_one), "2026-03-29T01:30:00Z",
		"skipped: 02:30 in summer time");
	expect_time(calendar_at(on("2026-10-25"), half_past_one), "2026-10-25T00:30:00Z",
		"doubled: the first");
	expect_time(calendar_end_of_day(on("2026-03-29")), "2026-03-29T22:59:59Z", "summer");
	expect_time(calendar_end_of_day(on("2026-10-25")), "2026-10-25T23:59:59Z", "winter");
}

/* Wall time by the C library: which day, and how far into it. */
static void oracle_wall(timestamp_us time, date_days *ret_date, int64_t *ret_us)
{
	const time_t seconds = (time_t)(time / TIMESTAMP_SECOND);
	struct tm tm;
	cr_assert_not_null(localtime_r(&seconds, &tm));
	*ret_date = date_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	*ret_us = (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * TIMESTAMP_SECOND;
}

/* Holidays by rule instead of by list: weekdays counted by hand, Easter by another method than the
 * list was made with (Gauss), and the proclaimed ones. */
static date_days easter(int year)
{
	const int a = year % 19;
	const int k = year / 100;
	const int m = (15 + (3 * k + 3) / 4 - (8 * k + 13) / 25) % 30;
	const int d = (19 * a + m) % 30;
	const int r = (d + a / 11) / 29;
	const int og = 21 + d - r;
	const int sz = 7 - (year + year / 4 + 2 - (3 * k + 3) / 4) % 7;
	const int oe = 7 - (og - sz) % 7;
	return date_from_civil(year, 3, 1) + og + oe - 1;
}

static int weekday(date_days date)
{
	return ((date + 4) % 7 + 7) % 7; /* 0: Sunday */
}

static bool oracle_moved(date_days date, bool *ret_off)
{
	static const struct {
		int year, month, day;
		bool off;
	} moved[] = {{2020, 5, 4, false}, {2020, 5, 8, true}, {2022, 5, 30, false},
		{2022, 6, 2, true}, {2022, 6, 3, true}, {2022, 9, 19, true}, {2023, 5, 8, true}};
	for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]); i++) {
		if (date == date_from_civil(moved[i].year, moved[i].month, moved[i].day)) {
			*ret_off = moved[i].off;
			return true;
		}
	}
	return false;
}

static bool oracle_off(date_days date)
{
	int year;
	int month;
	int day;
	bool off;
	date_to_civil(date, &year, &month, &day);
	const int w = weekday(date);
	if (w == 0 || w == 6) {
		return true;
	}
	if (oracle_moved(date, &off)) {
		return off;
	}
	const date_days sunday = easter(year);
	const int first = weekday(date_from_civil(year, 1, 1));
	const int christmas = weekday(date_from_civil(year, 12, 25));
	const int new_year = first == 6 ? 3 : first == 0 ? 2 : 1;
	return (month == 1 && day == new_year) || date == sunday - 2 || date == sunday + 1 ||
	       (month == 5 && w == 1 && (day <= 7 || day > 24)) ||
	       (month == 8 && w == 1 && day > 24) || (month == 12 && (day == 25 || day == 26)) ||
	       (month == 12 && day == 27 && (christmas == 6 || christmas == 0)) ||
	       (month == 12 && day == 28 && (christmas == 6 || christmas == 5));
}

Test(calendar, every_day_of_the_list_is_what_the_rules_make_it)
{
	for (date_days date = on("2015-01-01"); date <= calendar.known_to; date++) {
		char text[DATE_TEXT_SIZE];
		date_format(date, text);
		cr_expect_eq(
			calendar_is_working_day(&calendar, date), !oracle_off(date), "%s", text);
	}
	cr_expect_eq(calendar.known_to, on("2035-12-31"));
}

/* The nth working day after, found by walking the hours. */
static timestamp_us oracle_after(timestamp_us from, int n)
{
	date_days date;
	int64_t us;
	oracle_wall(from, &date, &us);
	if (oracle_off(date)) {
		us = 9 * CALENDAR_HOUR;
		while (oracle_off(date)) {
			date++;
		}
	}
	while (n > 0) {
		date++;
		n -= !oracle_off(date);
	}
	/* The first second whose wall shows that or, where it is skipped, more. */
	for (timestamp_us time = date * TIMESTAMP_DAY - 3 * CALENDAR_HOUR;;
		time += TIMESTAMP_SECOND) {
		date_days there;
		int64_t shown;
		const timestamp_us coarse = time + 1800 * TIMESTAMP_SECOND;
		oracle_wall(coarse, &there, &shown);
		if (there < date || (there == date && shown < us)) {
			time = coarse; /* not within the next half hour */
			continue;
		}
		oracle_wall(time, &there, &shown);
		if (there == date && shown >= us) {
			return shown == us ? time
					   : time + (us - 3600 * TIMESTAMP_SECOND) % CALENDAR_HOUR;
		}
	}
}

Test(calendar, twenty_years_of_starts_agree_with_a_count_by_day_and_second)
{
	/* A step that meets every hour, minute and weekday in time. */
	const timestamp_us step = (53 * 3600 + 17 * 60 + 13) * TIMESTAMP_SECOND;
	int n = 0;
	for (timestamp_us from = at("2015-01-01T00:00:00Z"); from < at("2034-12-01T00:00:00Z");
		from += step) {
		char text[TIMESTAMP_TEXT_SIZE];
		n = (n + 1) % 11;
		timestamp_format(from, text);
		cr_assert_eq(calendar_working_days_after(&calendar, from, n), oracle_after(from, n),
			"%d from %s", n, text);
	}
}

Test(calendar, every_minute_of_the_changes_agrees)
{
	static const char *const weeks[] = {"2026-03-26T00:00:00Z", "2026-10-22T00:00:00Z",
		"2021-12-23T00:00:00Z", "2026-04-01T00:00:00Z"};
	for (size_t i = 0; i < sizeof(weeks) / sizeof(weeks[0]); i++) {
		for (int minute = 0; minute < 7 * 1440; minute += 7) {
			const timestamp_us from = at(weeks[i]) + minute * 60 * TIMESTAMP_SECOND;
			for (int n = 0; n <= 3; n++) {
				cr_assert_eq(calendar_working_days_after(&calendar, from, n),
					oracle_after(from, n), "%d from minute %d of %s", n, minute,
					weeks[i]);
			}
		}
	}
}

Test(calendar, a_stopped_clock_goes_on_with_what_it_had_left)
{
	static const struct {
		const char *stopped, *deadline, *goes_on, *runs_out;
	} vectors[] = {
		{"2026-06-10T10:00:00+01:00", "2026-06-11T12:00:00+01:00",
			"2026-06-15T09:00:00+01:00", "2026-06-16T11:00:00+01:00"},
		/* Friday 16:00 to Monday 10:00 is 18 hours of working days, not 66. */
		{"2026-06-12T16:00:00+01:00", "2026-06-15T10:00:00+01:00",
			"2026-06-16T12:00:00+01:00", "2026-06-17T06:00:00+01:00"},
		{"2026-06-10T10:00:00+01:00", "2026-06-11T12:00:00+01:00",
			"2026-06-13T09:00:00+01:00", "2026-06-16T11:00:00+01:00"},
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const int64_t left = calendar_working_time(
			&calendar, at(vectors[i].stopped), at(vectors[i].deadline));
		expect_time(calendar_working_time_after(&calendar, at(vectors[i].goes_on), left),
			vectors[i].runs_out, vectors[i].stopped);
	}
	cr_expect_eq(calendar_working_time(
			     &calendar, at("2026-06-10T10:00:00Z"), at("2026-06-09T10:00:00Z")),
		0);
}

Test(calendar, stopping_and_going_on_at_once_never_shortens_a_clock)
{
	for (int hour = 0; hour < 24 * 400; hour += 5) {
		const timestamp_us from = at("2025-12-01T00:30:00Z") + hour * CALENDAR_HOUR;
		const timestamp_us deadline = calendar_working_days_after(&calendar, from, 2);
		const int64_t left = calendar_working_time(&calendar, from, deadline);
		cr_assert_geq(calendar_working_time_after(&calendar, from, left), deadline);
	}
}

Test(calendar, a_home_adds_and_removes_days)
{
	struct fault fault;
	const struct str text = STR("# proclaimed\n+2030-06-03  # a Monday\n\n-2026-12-25\r\n");
	cr_assert(calendar_is_working_day(&calendar, on("2030-06-03")));
	cr_assert_eq(calendar_amend(&calendar, text, &fault), ERR_OK);
	cr_expect_not(calendar_is_working_day(&calendar, on("2030-06-03")));
	cr_expect(calendar_is_working_day(&calendar, on("2026-12-25")));
	cr_assert_eq(calendar_amend(&calendar, STR("+2036-01-01"), &fault), ERR_OK);
	cr_expect_eq(calendar.known_to, on("2036-12-31"));
}

Test(calendar, a_line_that_is_no_day_changes_nothing)
{
	static const char *const wrong[] = {"2030-06-03", "+2030-06-31", "+ 2030-06-03",
		"+2030-06-03\n*2030-06-04", "+1999-12-31", "+2100-01-01", "+"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct fault fault;
		cr_expect_eq(calendar_amend(&calendar, str_from(wrong[i]), &fault), ERR_CONFIG,
			"%s", wrong[i]);
		cr_expect(calendar_is_working_day(&calendar, on("2030-06-03")));
	}
}
