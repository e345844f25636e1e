/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/progress.h"

#include <unistd.h>

void progress_init(struct progress *progress, FILE *stream, const char *what)
{
	*progress = (struct progress){.what = what, .begun = timestamp_now()};
	if (isatty(fileno(stream)) == 1) {
		progress->stream = stream;
	}
}

void progress_show(struct progress *progress, uint64_t done, uint64_t total)
{
	const timestamp_us now = timestamp_now();
	if (progress->stream == NULL || now - progress->begun < TIMESTAMP_SECOND ||
		now - progress->shown < TIMESTAMP_SECOND / 5) {
		return;
	}
	progress->shown = now;
	if (total > 0) {
		(void)fprintf(progress->stream, "\r%s: %llu of %llu (%llu%%)\033[K", progress->what,
			(unsigned long long)done, (unsigned long long)total,
			(unsigned long long)(done * 100 / total));
	} else {
		(void)fprintf(progress->stream, "\r%s: %llu\033[K", progress->what,
			(unsigned long long)done);
	}
	(void)fflush(progress->stream);
}

void progress_finish(struct progress *progress)
{
	if (progress->stream != NULL && progress->shown != 0) {
		(void)fputs("\r\033[K", progress->stream);
		(void)fflush(progress->stream);
	}
}
