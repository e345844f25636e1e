/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_TIMESTAMP_H
#define ONWARD_BASE_TIMESTAMP_H
#include "broker/base/err.h"
#include "broker/base/str.h"

/* Times are microseconds since 1970-01-01T00:00:00Z (proleptic Gregorian, no leap seconds); dates
 * are days since 1970-01-01.  Years 0001 to 9999. */
typedef int64_t timestamp_us;
typedef int32_t date_days;

enum {
	TIMESTAMP_TEXT_SIZE = 48,
	DATE_TEXT_SIZE = 16
};
#define TIMESTAMP_SECOND ((timestamp_us)1000000)
#define TIMESTAMP_DAY (86400 * TIMESTAMP_SECOND)

/* RFC 3339 with a zone ("2019-06-12T21:40:00+01:00", "…Z"); ERR_INVALID otherwise. */
MUST_CHECK enum err timestamp_parse(struct str text, timestamp_us *ret_time);
/* "2019-06-12"; impossible dates are ERR_INVALID. */
MUST_CHECK enum err date_parse(struct str text, date_days *ret_date);
/* UTC, "2019-06-12T20:40:00Z", with ".123456" only when there is a fraction. */
void timestamp_format(timestamp_us time, char out[TIMESTAMP_TEXT_SIZE]);
void date_format(date_days date, char out[DATE_TEXT_SIZE]);
date_days date_from_civil(int year, int month, int day);
void date_to_civil(date_days date, int *ret_year, int *ret_month, int *ret_day);
/* The civil date in Europe/London at that time (the rule in force since 1996: GMT, with British
 * Summer Time from the last Sunday of March, 01:00 UTC, to the last Sunday of October, 01:00 UTC;
 * The Summer Time Order 2002). */
date_days timestamp_london_date(timestamp_us time);
/* Offset of Europe/London from UTC in seconds at that time: 0 or 3600. */
int timestamp_london_offset_s(timestamp_us time);
/* "Wed 12 Jun 2019, 21:40" in London's time, for people. */
void timestamp_format_london(timestamp_us time, char out[TIMESTAMP_TEXT_SIZE]);
/* Whole years from birth to `on`; a 29 February birthday falls on 1 March in other years, the rule
 * of English law for attaining an age.  Negative when `on` is before birth. */
int date_age_years(date_days birth, date_days on);
/* The system's clock. Programs only: the core gets its time in the command. */
timestamp_us timestamp_now(void);
#endif
