/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_BENCH_H
#define ONWARD_TESTS_BENCH_BENCH_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
#include "broker/base/err.h"
#include "broker/base/timestamp.h"
#include "broker/base/value.h"
#include "broker/config/home.h"

#include <stdio.h>
#include <sys/types.h>
/*
 * The bench: how fast the broker is on this machine, as a table.  Nothing timed is asserted; what
 * does not work ends the program with a message.  Start at main.c.
 *
 *   report.c   samples, medians, the table and the raw figures
 *   home.c     a home, and the broker over it as a process of its own
 *   sample.c   referrals of about 1 KiB, encoded
 *   peer.c     the lightest client there can be: a link and frames
 *   load.c     a source and a provider over two peers, in one loop
 *   rows.c     what one submit writes, and the same rows through bare LMDB
 *   match.c    matching alone
 *   stock.c    a store with a million referrals
 *   rivals.c   the same messages through another broker
 */
enum {
	BENCH_RUNS = 5,
	BENCH_WINDOW = 512, /* unanswered submits: what a session may have */
	BENCH_SOURCE_REF = 24
};

struct bench {
	bool quick;
	const char *bin;  /* folder of the programs */
	char folder[256]; /* of this run: under the build, removed at the end */
	char stock[256];  /* kept: the store with a million referrals */
	int runs;
	size_t messages; /* of one run of a load */
	size_t stored;   /* referrals in the stock */
};

#define BENCH_CLOCK "2019-06-12T21:40:00+01:00"
#define BENCH_SOURCE "met-custody"
#define BENCH_PROVIDER "advance"

/* Ends the program with a message; what it has started ends with it. */
_Noreturn void bench_fail(const char *format, ...) PRINTF_LIKE(1, 2);
void bench_check(enum err err, const struct fault *fault, const char *doing);
/* Memory that a bench cannot go on without. */
void *bench_alloc(size_t count, size_t size);

/* report.c */
uint64_t bench_now_ns(void);
struct samples {
	double *items;
	size_t count, size;
};
void samples_add(struct samples *samples, double value);
void samples_finish(struct samples *samples);
double samples_median(struct samples *samples);
/* `share` from 0 to 1, in the order of size. */
double samples_at(struct samples *samples, double share);
/* One line: what, the figure in words, what it should be, a remark.  Texts are copied. */
void report_row(const char *what, const char *figure, const char *target, const char *remark);
/* A raw figure beside the table. */
void report_raw(const char *name, const struct samples *samples);
/* Of a raw figure that is there already; 0 when it is not. */
double report_median(const char *name);
void report_head(const struct bench *bench);
/* NULL: no file. */
void report_finish(const char *json_path);

/* home.c */
struct broker {
	char home[300];
	pid_t pid;
};
/* A rehearsal home over london-2018 whose services take any number of women. */
void home_create(const char *path);
void home_remove(const char *path);
void broker_start(struct broker *broker, const struct bench *bench, const char *home);
/* Waits for its end. */
void broker_stop(struct broker *broker);
/* onward-inbox over the home, until nothing waits any more. */
void inbox_run_once(const struct bench *bench, const char *home);
uint64_t broker_rss_anon(const struct broker *broker);
/* Processor time of the broker's threads since its start, in microseconds. */
enum {
	BROKER_WRITER,
	BROKER_PREPARE,
	BROKER_NET,
	BROKER_OUTBOX,
	BROKER_ZMQ,
	BROKER_THREADS
};
struct broker_cpu {
	double us[BROKER_THREADS];
	double total_us;
};
void broker_cpu(const struct broker *broker, struct broker_cpu *ret_cpu);

/* The parts of the table. */
void bench_chain(const struct bench *bench);
void bench_chain_stored(const struct bench *bench);
void bench_single(const struct bench *bench);
void bench_match(const struct bench *bench);
void bench_inbox(const struct bench *bench);
void bench_open_loop(const struct bench *bench);
void bench_rivals(const struct bench *bench);
/* Makes the store with a million referrals when there is none. */
void stock_make(const struct bench *bench);

/* rows.c: the median of bare LMDB transactions that write what one submit writes, in the same file
 * system, in seconds; how many rows those are. */
double rows_bare(const struct bench *bench, size_t *ret_rows, size_t *ret_bytes);
#endif
