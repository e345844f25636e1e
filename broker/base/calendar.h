/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_CALENDAR_H
#define ONWARD_BASE_CALENDAR_H
#include "broker/base/timestamp.h"
/*
 * Working days of England and Wales, and times of day in London: Mondays to Fridays that are no
 * bank holiday.  The holidays are in bank_holidays.def; a home may add and remove days.  A calendar
 * is plain memory: copied by assignment, read from any thread, nothing to finish.
 */
enum {
	CALENDAR_FIRST_YEAR = 2000, /* outside these years a working day is Monday to Friday */
	CALENDAR_YEARS = 100,
	CALENDAR_BYTES = (CALENDAR_YEARS * 366 + 7) / 8,
	CALENDAR_OPENS_HOUR = 9,
	CALENDAR_CLOSES_HOUR = 17,
};
#define CALENDAR_HOUR (3600 * TIMESTAMP_SECOND)

struct calendar {
	date_days known_to; /* the last day of which the holidays are known */
	uint8_t off[CALENDAR_BYTES];
};

void calendar_init(struct calendar *calendar);
/* A home's bank-holidays.txt: "+2030-06-03" is a holiday, "-2030-06-03" is none; empty lines, and
 * all behind a "#", are passed over.  A year that it names a holiday of is known to its end.
 * ERR_CONFIG names the line; the calendar is as it was then. */
MUST_CHECK enum err calendar_amend(struct calendar *calendar, struct str text, struct fault *fault);

bool calendar_is_working_day(const struct calendar *calendar, date_days date);
/* The nth working day after, or before, a date of any kind; n of 1 or more. */
date_days calendar_date_after(const struct calendar *calendar, date_days date, int n);
date_days calendar_date_before(const struct calendar *calendar, date_days date, int n);

/* The time when London's clocks show that on that day, in microseconds after midnight: one that the
 * change to summer time skips moves forward with it, one that the change back doubles is the first.
 */
timestamp_us calendar_at(date_days date, int64_t us_of_day);
/* The last second of that day: what a date alone means as a deadline. */
timestamp_us calendar_end_of_day(date_days date);
/* Microseconds since midnight as London's clocks show them. */
int64_t calendar_us_of_day(timestamp_us time);

/* n working days from then: the same time of day on the nth working day after; a start outside
 * working days counts from 09:00 of the next one.  With n of 0: that start. */
timestamp_us calendar_working_days_after(const struct calendar *calendar, timestamp_us from, int n);
/* How much working time lies between, each working day having 24 hours; and the time when that much
 * has passed again: what a stopped clock had left, and when it runs out once it goes on. */
int64_t calendar_working_time(const struct calendar *calendar, timestamp_us from, timestamp_us to);
timestamp_us calendar_working_time_after(
	const struct calendar *calendar, timestamp_us from, int64_t working_us);
#endif
