/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_SERVICES_H
#define ONWARD_TESTS_BENCH_SERVICES_H
#include "../bench.h"
/*
 * The figures of a directory of 100,000 services: made here in processes of their own, so that the
 * memory of one is not the other's, and in a real broker.  Prints; asserts nothing timed.
 *
 *   invent.c   the services
 *   alone.c    loaded, checked, written and read in binary form, made ready for matching
 *   broker.c   a broker's start, a publication, and what referrals feel of it
 */
struct services_bench {
	struct bench bench; /* bin and folder */
	size_t services;    /* of the whole directory */
	size_t published;   /* of the publication */
};

void services_alone(const struct services_bench *bench);
void services_broker(const struct services_bench *bench);

/* A line of the table; the goal as the project has set it, or empty. */
void figure(const char *what, const char *goal, const char *format, ...) PRINTF_LIKE(3, 4);
double seconds_since(uint64_t begin_ns);

/* By the clock, and of the processors: on a machine that does other work beside, the second says
 * what the first would be on a quiet one. */
struct took {
	double seconds, processor;
};
double processor_now(void); /* of this process, in seconds */
struct took took_since(uint64_t begin_ns, double processor_begin);
void figure_took(const char *what, const char *goal, struct took took);
#endif
