/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/log.h"
#include "broker/base/timestamp.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static _Atomic int level_now = LOG_NOTICE;

void log_set_level(enum log_level level)
{
	atomic_store(&level_now, (int)level);
}

void log_line(
	enum log_level level, const char *category, const char *subject, const char *format, ...)
{
	static const char *const names[] = {"error", "warning", "notice", "debug"};
	if ((int)level > atomic_load(&level_now)) {
		return;
	}
	char text[512];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	char when[TIMESTAMP_TEXT_SIZE];
	timestamp_format(timestamp_now() / TIMESTAMP_SECOND * TIMESTAMP_SECOND, when);
	char line[768];
	const int len = snprintf(line, sizeof(line) - 1, "%s %s %s%s%s %s", when, names[level],
		category, subject == NULL ? "" : " ", subject == NULL ? "" : subject, text);
	size_t end = len < 0 ? 0 : (size_t)len < sizeof(line) - 1 ? (size_t)len : sizeof(line) - 2;
	for (size_t i = 0; i < end; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) {
			line[i] = ' ';
		}
	}
	line[end++] = '\n';
	const ssize_t written = write(STDERR_FILENO, line, end);
	(void)written; /* nowhere left to report to */
}
