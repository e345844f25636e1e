/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_PROGRESS_H
#define ONWARD_CLI_PROGRESS_H
#include "broker/base/timestamp.h"

#include <stdio.h>
/* A line that counts, on a terminal only and only for what takes over a second. */
struct progress {
	FILE *stream; /* NULL: not a terminal */
	const char *what;
	timestamp_us begun, shown;
};

void progress_init(struct progress *progress, FILE *stream, const char *what);
void progress_show(struct progress *progress, uint64_t done, uint64_t total);
/* Wipes the line. */
void progress_finish(struct progress *progress);
#endif
