/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/holidays.h"
#include "broker/base/buf.h"
#include "broker/config/home.h"

enum {
	HOLIDAYS_BYTES = 64 * 1024,
	KNOWN_AHEAD_DAYS = 365
};

enum err holidays_read(const char *home, struct calendar *ret_calendar, struct fault *fault)
{
	char path[HOME_PATH_SIZE];
	struct calendar calendar;
	struct buf text = {0};
	calendar_init(&calendar);
	home_part_path(home, HOME_HOLIDAYS, path);
	enum err err = buf_read_file(&text, path, HOLIDAYS_BYTES);
	if (err == ERR_OK) {
		err = calendar_amend(&calendar, buf_str(&text), fault);
	} else if (err == ERR_NOT_FOUND) {
		err = ERR_OK;
	} else {
		err = fault_set(fault, err, path, "%s", err_text(err));
	}
	buf_finish(&text);
	if (err == ERR_OK) {
		*ret_calendar = calendar;
	}
	return err;
}

bool holidays_end_soon(const struct calendar *calendar, timestamp_us now)
{
	return calendar->known_to < timestamp_london_date(now) + KNOWN_AHEAD_DAYS;
}
