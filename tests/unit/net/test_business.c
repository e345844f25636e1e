/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/business.h"
#include "broker/net/holidays.h"
#include "broker/base/buf.h"
#include "broker/config/home.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[64];
static struct config config;

static void setup(void)
{
	char path[HOME_PATH_SIZE];
	(void)snprintf(home, sizeof(home), "/tmp/onward-business-XXXXXX");
	cr_assert_not_null(mkdtemp(home));
	home_part_path(home, HOME_RUN, path);
	cr_assert_eq(mkdir(path, 0700), 0);
	config_init(&config);
}

static void teardown(void)
{
	static const enum home_part files[] = {HOME_ALIVE, HOME_HOLIDAYS, HOME_RUN};
	char path[HOME_PATH_SIZE];
	for (size_t i = 0; i < 3; i++) {
		home_part_path(home, files[i], path);
		(void)remove(path);
	}
	(void)remove(home);
}

TestSuite(business, .init = setup, .fini = teardown);

static void write_part(enum home_part part, const char *text)
{
	char path[HOME_PATH_SIZE];
	home_part_path(home, part, path);
	cr_assert_eq(buf_write_file(str_from(text), path, 0600), ERR_OK);
}

/* How long the broker was away by this note, to the nearest hour. */
static long lost_hours(const char *alive, timestamp_us journal_time)
{
	struct business business;
	write_part(HOME_ALIVE, alive);
	business_init(&business, &config, home, journal_time);
	const timestamp_us lost = business_lost(&business, journal_time);
	business_finish(&business);
	return (long)((lost + 1800 * TIMESTAMP_SECOND) / (3600 * TIMESTAMP_SECOND));
}

Test(business, an_outage_is_counted_from_the_later_of_record_and_note)
{
	const timestamp_us now = timestamp_now();
	const timestamp_us day_ago = now - TIMESTAMP_DAY;
	char text[TIMESTAMP_TEXT_SIZE + 2];
	timestamp_format(
		(now - 7200 * TIMESTAMP_SECOND) / TIMESTAMP_SECOND * TIMESTAMP_SECOND, text);
	(void)strcat(text, "\n");
	cr_expect_eq(lost_hours(text, day_ago), 2);
	cr_expect_eq(lost_hours(text, now - 3600 * TIMESTAMP_SECOND), 1);
	cr_expect_eq(lost_hours("", day_ago), 24);
	cr_expect_eq(lost_hours("rubbish\n", day_ago), 24, "a damaged note says nothing");
	cr_expect_eq(lost_hours(text, 0), 0, "a new store was never away");
	cr_expect_eq(lost_hours(text, now + TIMESTAMP_DAY), 0, "nor is a record of tomorrow");
}

Test(business, a_note_replaces_the_one_before)
{
	struct business business;
	char path[HOME_PATH_SIZE];
	struct buf note = {0};
	timestamp_us noted;
	business_init(&business, &config, home, 0);
	business_note(&business);
	business.noted -= TIMESTAMP_DAY;
	business_note(&business);
	home_part_path(home, HOME_ALIVE, path);
	cr_assert_eq(buf_read_file(&note, path, 100), ERR_OK);
	cr_assert_gt(note.len, 1);
	cr_assert_eq(timestamp_parse((struct str){note.data, note.len - 1}, &noted), ERR_OK);
	cr_expect_leq(noted, timestamp_now());
	buf_finish(&note);
	business_finish(&business);
}

Test(business, a_clock_of_a_rehearsal_stands_until_it_is_moved_and_never_goes_back)
{
	struct business business;
	config.rehearsal = true;
	config.clock_manual = true;
	config.clock_start = 1000 * TIMESTAMP_DAY;
	business_init(&business, &config, home, 0);
	cr_expect_eq(business_now(&business), 1000 * TIMESTAMP_DAY);
	business_move(&business, 1001 * TIMESTAMP_DAY);
	cr_expect_eq(business_now(&business), 1001 * TIMESTAMP_DAY);
	cr_expect_not(business_jumped(&business));
	cr_expect_eq(business_lost(&business, 5), 0);
	business_finish(&business);
	/* Started again: it goes on from the record. */
	business_init(&business, &config, home, 1002 * TIMESTAMP_DAY);
	cr_expect_eq(business_now(&business), 1002 * TIMESTAMP_DAY);
	business_finish(&business);
}

Test(business, a_clock_that_jumped_is_not_believed_until_somebody_says_so)
{
	struct business business;
	business_init(&business, &config, home, 0);
	cr_expect_not(business_jumped(&business));
	business.apart_us -= 400 * TIMESTAMP_DAY; /* as if the system's clock had gone on */
	cr_expect(business_jumped(&business));
	cr_expect_not(business_jumped(&business), "once");
	cr_expect_lt(business_now(&business), timestamp_now() - 399 * TIMESTAMP_DAY);
	business.apart_us += 400 * TIMESTAMP_DAY; /* and were right again */
	cr_expect(business_jumped(&business));
	cr_expect_gt(business_now(&business), timestamp_now() - TIMESTAMP_DAY);
	business_doubt(&business, 5 * TIMESTAMP_DAY);
	cr_expect_lt(business_now(&business), timestamp_now() - 4 * TIMESTAMP_DAY);
	cr_expect_geq(business_believe(&business), 4 * TIMESTAMP_DAY);
	cr_expect_gt(business_now(&business), timestamp_now() - TIMESTAMP_DAY);
	business.apart_us -= 1800 * TIMESTAMP_SECOND;
	cr_expect_not(business_jumped(&business), "half an hour is no jump");
	business_finish(&business);
}

Test(business, holidays_are_the_programs_and_the_homes)
{
	struct calendar calendar;
	struct fault fault = {0};
	date_days day;
	cr_assert_eq(date_parse(STR("2030-06-03"), &day), ERR_OK);
	cr_assert_eq(holidays_read(home, &calendar, &fault), ERR_OK);
	cr_expect(calendar_is_working_day(&calendar, day));
	write_part(HOME_HOLIDAYS, "+2030-06-03\n");
	cr_assert_eq(holidays_read(home, &calendar, &fault), ERR_OK);
	cr_expect_not(calendar_is_working_day(&calendar, day));
	write_part(HOME_HOLIDAYS, "2030-06-03\n");
	cr_assert_eq(holidays_read(home, &calendar, &fault), ERR_CONFIG);
	cr_expect_not(holidays_end_soon(&calendar, (day - 365) * TIMESTAMP_DAY));
	cr_expect(holidays_end_soon(&calendar, (calendar.known_to - 100) * TIMESTAMP_DAY));
}
