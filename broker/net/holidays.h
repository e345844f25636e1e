/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_HOLIDAYS_H
#define ONWARD_NET_HOLIDAYS_H
#include "broker/base/calendar.h"
/* The working days of a home: the program's own list with the home's bank-holidays.txt over it,
 * when there is one.  ERR_CONFIG names the line, ERR_IO, ERR_TOO_LARGE. */
MUST_CHECK enum err holidays_read(
	const char *home, struct calendar *ret_calendar, struct fault *fault);
/* True when the holidays are known for less than a year from then. */
bool holidays_end_soon(const struct calendar *calendar, timestamp_us now);
#endif
