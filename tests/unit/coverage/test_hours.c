/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/hours.h"

#include <criterion/criterion.h>

static void expect(const char *text, int weekday, int hour, int minute, enum hours_answer answer)
{
	const struct hours_time time = {weekday, 60 * hour + minute};
	cr_expect_eq(hours_at(str_from(text), time), answer, "%s on %d at %d:%02d", text, weekday,
		hour, minute);
}

Test(hours, ranges_of_days_and_times)
{
	expect("Mon-Fri 09:00-17:00", 0, 9, 0, HOURS_OPEN);
	expect("Mon-Fri 09:00-17:00", 4, 16, 59, HOURS_OPEN);
	expect("Mon-Fri 09:00-17:00", 4, 17, 0, HOURS_CLOSED);
	expect("Mon-Fri 09:00-17:00", 5, 10, 0, HOURS_CLOSED);
	expect("Tuesdays and Thursdays 10am to 4pm; Sat 10-12", 3, 15, 0, HOURS_OPEN);
	expect("Tuesdays and Thursdays 10am to 4pm; Sat 10-12", 2, 15, 0, HOURS_CLOSED);
	expect("Tuesdays and Thursdays 10am to 4pm; Sat 10-12", 5, 11, 0, HOURS_OPEN);
	expect("Fri \xe2\x80\x93 Mon 8-20", 6, 19, 0, HOURS_OPEN);
}

Test(hours, how_people_write_them)
{
	expect("9-5", 0, 14, 0, HOURS_OPEN);
	expect("weekdays 1-5pm", 0, 14, 0, HOURS_OPEN);
	expect("weekdays 1-5pm", 0, 9, 0, HOURS_CLOSED);
	expect("daily 8-20", 6, 8, 0, HOURS_OPEN);
	expect("24 hours", 6, 3, 0, HOURS_OPEN);
	expect("Fri 20:00-02:00", 5, 1, 0, HOURS_OPEN);
	expect("Fri 20:00-02:00", 4, 1, 0, HOURS_CLOSED);
}

Test(hours, what_cannot_be_read_says_nothing)
{
	expect("", 0, 12, 0, HOURS_UNKNOWN);
	expect("by appointment", 0, 12, 0, HOURS_UNKNOWN);
	expect("Mon-Fri", 0, 12, 0, HOURS_UNKNOWN);
	expect("Mon 9-5, not bank holidays", 0, 12, 0, HOURS_UNKNOWN);
	expect("Mon 99-5", 0, 12, 0, HOURS_UNKNOWN);
	expect("Mon 9:75-5", 0, 12, 0, HOURS_UNKNOWN);
	expect("9-", 0, 12, 0, HOURS_UNKNOWN);
}
