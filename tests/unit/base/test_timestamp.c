/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/timestamp.h"

#include <criterion/criterion.h>

static timestamp_us at(const char *text)
{
	timestamp_us time = 0;
	cr_assert_eq(timestamp_parse(str_from(text), &time), ERR_OK, "%s", text);
	return time;
}

Test(timestamp, text_survives_a_round_trip_in_utc)
{
	static const struct {
		const char *in, *out;
	} vectors[] = {
		{"2019-06-12T21:40:00+01:00", "2019-06-12T20:40:00Z"},
		{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
		{"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"},
		{"2020-02-29T23:30:00-01:00", "2020-03-01T00:30:00Z"},
		{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
	};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		char text[TIMESTAMP_TEXT_SIZE];
		timestamp_format(at(vectors[i].in), text);
		cr_expect_str_eq(text, vectors[i].out);
	}
}

Test(timestamp, what_is_no_time_is_refused)
{
	static const char *const wrong[] = {"", "2019-06-12", "2019-06-12T21:40:00",
		"2019-06-12T24:00:00Z", "2019-13-12T21:40:00Z", "2019-02-29T21:40:00Z",
		"2019-06-12t21:40:00Z", "2019-06-12T21:40:00+1:00", "2019-06-12T21:40:00Zx",
		"2019-06-12T21:40:60Z", "2019-06-12T21:40:00.Z", "19-06-12T21:40:00Z"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		timestamp_us time;
		cr_expect_eq(
			timestamp_parse(str_from(wrong[i]), &time), ERR_INVALID, "%s", wrong[i]);
	}
}

Test(timestamp, every_day_of_eight_centuries_survives_a_round_trip)
{
	for (date_days day = date_from_civil(1600, 1, 1); day < date_from_civil(2400, 1, 1);
		day++) {
		char text[DATE_TEXT_SIZE];
		date_days again;
		date_format(day, text);
		cr_assert_eq(date_parse(str_from(text), &again), ERR_OK, "%s", text);
		cr_assert_eq(again, day);
	}
}

Test(timestamp, london_changes_its_clocks_on_the_last_sundays)
{
	cr_assert_eq(timestamp_london_offset_s(at("2019-03-31T00:59:59Z")), 0);
	cr_assert_eq(timestamp_london_offset_s(at("2019-03-31T01:00:00Z")), 3600);
	cr_assert_eq(timestamp_london_offset_s(at("2019-10-27T00:59:59Z")), 3600);
	cr_assert_eq(timestamp_london_offset_s(at("2019-10-27T01:00:00Z")), 0);
	cr_assert_eq(
		timestamp_london_date(at("2019-06-12T23:30:00Z")), date_from_civil(2019, 6, 13));
	char text[TIMESTAMP_TEXT_SIZE];
	timestamp_format_london(at("2019-06-12T20:40:00Z"), text);
	cr_assert_str_eq(text, "Wed 12 Jun 2019, 21:40");
}

Test(timestamp, an_age_is_attained_on_the_birthday)
{
	const date_days birth = date_from_civil(2001, 6, 12);
	cr_assert_eq(date_age_years(birth, date_from_civil(2019, 6, 11)), 17);
	cr_assert_eq(date_age_years(birth, date_from_civil(2019, 6, 12)), 18);
	const date_days leap = date_from_civil(2004, 2, 29);
	cr_assert_eq(date_age_years(leap, date_from_civil(2022, 2, 28)), 17);
	cr_assert_eq(date_age_years(leap, date_from_civil(2022, 3, 1)), 18);
}
