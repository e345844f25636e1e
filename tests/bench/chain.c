/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/load.h"

#include <stdlib.h>
/*
 * The whole way: submitted, on disk, matched, forwarded to a provider, receipted, and that on disk.
 */

/* What the runs of one load came to. */
struct figures {
	struct samples rates;
	struct samples threads[BROKER_THREADS];
	struct samples cost;
};

static void figures_add(struct figures *figures, const struct load *load,
	const struct load_result *result, const struct broker *broker,
	const struct broker_cpu *before)
{
	struct broker_cpu after;
	const double count = (double)load->count;
	broker_cpu(broker, &after);
	samples_add(&figures->rates, count / result->seconds);
	samples_add(&figures->cost, (after.total_us - before->total_us) / count);
	for (size_t i = 0; i < BROKER_THREADS; i++) {
		samples_add(&figures->threads[i], (after.us[i] - before->us[i]) / count);
	}
}

static void figures_row(
	struct figures *figures, const char *what, const char *raw_name, const char *target)
{
	static const char *const names[BROKER_THREADS] = {
		"writer", "prepare", "net", "outbox", "zmq"};
	char figure[64];
	char remark[200];
	(void)snprintf(figure, sizeof(figure), "%.0f referrals/s", samples_median(&figures->rates));
	int len = snprintf(remark, sizeof(remark),
		"broker's processor time %.0f us each:", samples_median(&figures->cost));
	for (size_t i = 0; i < BROKER_THREADS; i++) {
		len += snprintf(remark + len, sizeof(remark) - (size_t)len, " %s %.0f", names[i],
			samples_median(&figures->threads[i]));
		samples_finish(&figures->threads[i]);
	}
	report_row(what, figure, target, remark);
	report_raw(raw_name, &figures->rates);
	samples_finish(&figures->rates);
	samples_finish(&figures->cost);
}

void bench_chain(const struct bench *bench)
{
	struct figures figures = {0};
	for (int i = 0; i < bench->runs; i++) {
		char home[300];
		struct broker broker;
		struct load_result result;
		const struct broker_cpu before = {0};
		(void)snprintf(home, sizeof(home), "%s/fresh-%d", bench->folder, i);
		home_create(home);
		broker_start(&broker, bench, home);
		const struct load load = {.home = home,
			.count = bench->messages,
			.window = BENCH_WINDOW,
			.forward = true};
		load_run(&load, &result);
		figures_add(&figures, &load, &result, &broker, &before);
		broker_stop(&broker);
		home_remove(home);
	}
	figures_row(&figures, "chain, 512 in flight, fresh store", "chain_fresh_per_s",
		">= 10000, better 20000");
}

/* From the start of the process to the answer of `status`. */
static double start_time(struct broker *broker, const struct bench *bench)
{
	struct peer peer;
	struct wire_request status = {.header = {.type = WIRE_STATUS}};
	const uint64_t start = bench_now_ns();
	broker_start(broker, bench, bench->stock);
	peer_open(&peer, bench->stock, "operator", NULL, 0);
	(void)peer_ask(&peer, &status);
	const double seconds = (double)(bench_now_ns() - start) / 1e9;
	peer_close(&peer);
	return seconds;
}

void bench_chain_stored(const struct bench *bench)
{
	struct figures figures = {0};
	struct samples starts = {0};
	struct samples memory = {0};
	char figure[64];
	stock_make(bench);
	for (int i = 0; i < bench->runs; i++) {
		struct broker broker;
		struct load_result result;
		samples_add(&starts, start_time(&broker, bench));
		samples_add(&memory, (double)broker_rss_anon(&broker) / 1048576);
		const struct load load = {.home = bench->stock,
			.count = bench->messages,
			.window = BENCH_WINDOW,
			.forward = true};
		struct broker_cpu before;
		broker_cpu(&broker, &before);
		load_run(&load, &result);
		figures_add(&figures, &load, &result, &broker, &before);
		broker_stop(&broker);
	}
	char what[80];
	(void)snprintf(what, sizeof(what), "chain, 512 in flight, %zu stored", bench->stored);
	figures_row(&figures, what, "chain_stored_per_s", "");
	(void)snprintf(figure, sizeof(figure), "%.0f ms", samples_median(&starts) * 1000);
	(void)snprintf(what, sizeof(what), "start to `status`, %zu stored", bench->stored);
	report_row(what, figure, "< 1000 ms", "");
	report_raw("start_s", &starts);
	(void)snprintf(figure, sizeof(figure), "%.0f MiB", samples_median(&memory));
	report_row("memory of its own then (RssAnon)", figure, "< 100 MiB", "");
	report_raw("rss_anon_mib", &memory);
	samples_finish(&starts);
	samples_finish(&memory);
}

static void single_run(const struct bench *bench, int number, struct samples *medians)
{
	char home[300];
	struct broker broker;
	struct load_result result;
	struct samples accepted = {0};
	(void)snprintf(home, sizeof(home), "%s/single-%d", bench->folder, number);
	home_create(home);
	broker_start(&broker, bench, home);
	const struct load load = {
		.home = home, .count = bench->messages / 20, .window = 1, .accepted = &accepted};
	load_run(&load, &result);
	samples_add(medians, samples_median(&accepted));
	broker_stop(&broker);
	home_remove(home);
	samples_finish(&accepted);
}

void bench_single(const struct bench *bench)
{
	struct samples bare = {0};
	struct samples medians = {0};
	size_t rows = 0;
	size_t bytes = 0;
	for (int i = 0; i < bench->runs; i++) {
		/* Side by side, so that a busy machine slows both. */
		samples_add(&bare, rows_bare(bench, &rows, &bytes));
		single_run(bench, i, &medians);
	}
	char figure[64];
	char remark[96];
	(void)snprintf(figure, sizeof(figure), "%.0f us", samples_median(&bare) * 1e6);
	(void)snprintf(remark, sizeof(remark), "%zu rows, %zu bytes, no checks, default flush",
		rows, bytes);
	report_row("bare LMDB transaction of a submit's rows", figure, "", remark);
	(void)snprintf(figure, sizeof(figure), "%.0f us = %.2f x bare",
		samples_median(&medians) * 1e6, samples_median(&medians) / samples_median(&bare));
	report_row("`accepted`, one in flight", figure, "<= 2.5 x bare",
		"over ZeroMQ and CURVE, to another process and back");
	report_raw("bare_s", &bare);
	report_raw("accepted_single_s", &medians);
	samples_finish(&bare);
	samples_finish(&medians);
}

static void open_row(const char *what, const char *raw_name, struct samples *latencies)
{
	char figure[96];
	(void)snprintf(figure, sizeof(figure), "%.1f / %.1f / %.1f ms",
		samples_at(latencies, 0.5) * 1000, samples_at(latencies, 0.99) * 1000,
		samples_at(latencies, 0.999) * 1000);
	report_row(what, figure, "", "p50 / p99 / p99.9 from the time each was due");
	report_raw(raw_name, latencies);
	samples_finish(latencies);
}

void bench_open_loop(const struct bench *bench)
{
	char home[300];
	struct broker broker;
	struct load_result result;
	struct samples accepted = {0};
	struct samples forwarded = {0};
	(void)snprintf(home, sizeof(home), "%s/open", bench->folder);
	home_create(home);
	broker_start(&broker, bench, home);
	const struct load load = {.home = home,
		.count = bench->quick ? 5000 : 50000,
		.rate = 1000,
		.forward = true,
		.accepted = &accepted,
		.forwarded = &forwarded};
	load_run(&load, &result);
	broker_stop(&broker);
	home_remove(home);
	open_row("`accepted`, 1000 a second", "open_accepted_s", &accepted);
	open_row("with the provider, 1000 a second", "open_forwarded_s", &forwarded);
}

/* The reference adapter takes everything that waits, and answers each leg twice. */
void bench_inbox(const struct bench *bench)
{
	struct samples rates = {0};
	char figure[64];
	for (int i = 0; i < bench->runs; i++) {
		char home[300];
		struct broker broker;
		struct load_result result;
		(void)snprintf(home, sizeof(home), "%s/inbox-%d", bench->folder, i);
		home_create(home);
		broker_start(&broker, bench, home);
		const struct load load = {
			.home = home, .count = bench->messages / 4, .window = BENCH_WINDOW};
		load_run(&load, &result);
		const uint64_t start = bench_now_ns();
		inbox_run_once(bench, home);
		samples_add(&rates, (double)load.count / ((double)(bench_now_ns() - start) / 1e9));
		broker_stop(&broker);
		home_remove(home);
	}
	(void)snprintf(figure, sizeof(figure), "%.0f referrals/s", samples_median(&rates));
	report_row("onward-inbox: stored, received, accepted", figure, "",
		"each delivery and answer on the provider's disk first");
	report_raw("inbox_per_s", &rates);
	samples_finish(&rates);
}
