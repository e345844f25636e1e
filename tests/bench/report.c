/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/bench.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static json_t *raw;

void bench_fail(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)fflush(stdout);
	(void)fputs("bench: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	exit(1);
}

void bench_check(enum err err, const struct fault *fault, const char *doing)
{
	if (err != ERR_OK) {
		bench_fail("%s: %s %s (%s)", doing, fault == NULL ? "" : fault->field,
			fault == NULL ? "" : fault->message, err_text(err));
	}
}

void *bench_alloc(size_t count, size_t size)
{
	void *memory = calloc(count, size);
	if (memory == NULL) {
		bench_fail("out of memory");
	}
	return memory;
}

uint64_t bench_now_ns(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void samples_add(struct samples *samples, double value)
{
	if (samples->count == samples->size) {
		const size_t size = samples->size == 0 ? 64 : samples->size * 2;
		double *items = realloc(samples->items, size * sizeof(*items));
		if (items == NULL) {
			bench_fail("out of memory");
		}
		samples->items = items;
		samples->size = size;
	}
	samples->items[samples->count++] = value;
}

void samples_finish(struct samples *samples)
{
	free(samples->items);
	*samples = (struct samples){0};
}

static int compare(const void *a, const void *b)
{
	const double first = *(const double *)a;
	const double second = *(const double *)b;
	return (first > second) - (first < second);
}

double samples_at(struct samples *samples, double share)
{
	if (samples->count == 0) {
		return 0;
	}
	qsort(samples->items, samples->count, sizeof(double), compare);
	const size_t at = (size_t)(share * (double)samples->count);
	return samples->items[at < samples->count ? at : samples->count - 1];
}

double samples_median(struct samples *samples)
{
	return samples_at(samples, 0.5);
}

void report_head(const struct bench *bench)
{
	struct utsname system;
	(void)uname(&system);
	raw = json_object();
	(void)printf("Onward " ONWARD_VERSION " on %s %s, %ld processors; %s\n\n", system.sysname,
		system.release, sysconf(_SC_NPROCESSORS_ONLN),
		bench->quick ? "quick: one run of each, small" : "median of five runs of each");
	(void)printf("%-46s %-26s %-22s %s\n", "What", "Measured", "Should be", "");
	(void)fflush(stdout);
}

void report_row(const char *what, const char *figure, const char *target, const char *remark)
{
	(void)printf("%-46s %-26s %-22s %s\n", what, figure, target, remark);
	(void)fflush(stdout);
}

void report_raw(const char *name, const struct samples *samples)
{
	json_t *list = json_array();
	for (size_t i = 0; i < samples->count; i++) {
		(void)json_array_append_new(list, json_real(samples->items[i]));
	}
	(void)json_object_set_new(raw, name, list);
}

double report_median(const char *name)
{
	struct samples samples = {0};
	const json_t *list = json_object_get(raw, name);
	for (size_t i = 0; i < json_array_size(list); i++) {
		samples_add(&samples, json_real_value(json_array_get(list, i)));
	}
	const double median = samples_median(&samples);
	samples_finish(&samples);
	return median;
}

void report_finish(const char *json_path)
{
	if (json_path != NULL && json_dump_file(raw, json_path, JSON_INDENT(1)) != 0) {
		bench_fail("cannot write %s", json_path);
	}
	json_decref(raw);
}
