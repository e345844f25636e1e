/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/services/services.h"
#include "broker/base/limits.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PUBLISHED = 10000
};

void figure(const char *what, const char *goal, const char *format, ...)
{
	char text[160];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)printf("%-58s %-34s %s\n", what, text, goal);
	(void)fflush(stdout);
}

double seconds_since(uint64_t begin_ns)
{
	return (double)(bench_now_ns() - begin_ns) / 1e9;
}

double processor_now(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct took took_since(uint64_t begin_ns, double processor_begin)
{
	return (struct took){seconds_since(begin_ns), processor_now() - processor_begin};
}

void figure_took(const char *what, const char *goal, struct took took)
{
	figure(what, goal, "%.2f s, %.2f s of processor", took.seconds, took.processor);
}

/* onward-bench-services BIN WORK [SERVICES [PUBLISHED]] */
int main(int argc, char **argv)
{
	struct services_bench bench = {.services = LIMIT_SERVICES, .published = PUBLISHED};
	if (argc < 3 || sodium_init() < 0) {
		(void)fputs("onward-bench-services BIN WORK [SERVICES [PUBLISHED]]\n", stderr);
		return 64;
	}
	bench.bench.bin = argv[1];
	bench.services = argc > 3 ? strtoull(argv[3], NULL, 10) : bench.services;
	bench.published = argc > 4 ? strtoull(argv[4], NULL, 10) : bench.published;
	char work[HOME_PATH_SIZE];
	if (realpath(argv[2], work) == NULL || strlen(work) > sizeof(bench.bench.folder) - 32) {
		bench_fail("%s: no such folder, or its path is too long", argv[2]);
	}
	(void)snprintf(bench.bench.folder, sizeof(bench.bench.folder), "%s/services-XXXXXX", work);
	if (mkdtemp(bench.bench.folder) == NULL) {
		bench_fail("cannot make a folder in %s", work);
	}
	(void)printf("%zu invented services, %ld processors\n\n%-58s %-34s %s\n", bench.services,
		sysconf(_SC_NPROCESSORS_ONLN), "What", "Measured", "Goal");
	services_alone(&bench);
	services_broker(&bench);
	home_remove(bench.bench.folder);
	return 0;
}
