/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_HOURS_H
#define ONWARD_DIRECTORY_COVERAGE_HOURS_H
#include "broker/base/str.h"
/* Opening hours as people write them: "Mon-Fri 09:00-17:00", "Tuesday and Thursday 10am to 4pm; Sat
 * 10-12", "daily 8-20", "24 hours".  What cannot be read says nothing. */
enum hours_answer {
	HOURS_UNKNOWN,
	HOURS_OPEN,
	HOURS_CLOSED,
};
struct hours_time {
	int weekday; /* 0: Monday */
	int minute;  /* of the day, London's clock */
};
enum hours_answer hours_at(struct str text, struct hours_time time);
#endif
