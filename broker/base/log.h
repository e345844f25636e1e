/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_LOG_H
#define ONWARD_BASE_LOG_H
#include "broker/base/err.h"

/*
 * Programs log, libraries return errors.  One line a record on standard error:
 * "2019-06-12T20:40:00Z warning store subject=… text".  `category` is the part of the program,
 * `subject` what it is about (a party id, a referral reference, a file; NULL for none), never
 * personal data.  Control characters are replaced.  Thread safe (one write a line).
 */
enum log_level {
	LOG_ERROR,
	LOG_WARNING,
	LOG_NOTICE,
	LOG_DEBUG,
};

void log_set_level(enum log_level level); /* NOTICE at the start */
void log_line(enum log_level level, const char *category, const char *subject, const char *format,
	...) PRINTF_LIKE(4, 5);
#endif
