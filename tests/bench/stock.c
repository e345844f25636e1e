/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/inside.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/*
 * A store with a million referrals, each delivered: by the real core, in this process, in full
 * batches with the ordinary flush.  It is made once, under another name until it is whole, and
 * kept.
 */
enum {
	STOCK_BATCH = 512
};

static bool skip_none(void *context, const struct id *delivery)
{
	(void)context;
	(void)delivery;
	return false;
}

/* Everything the provider waits for, receipted in one batch; how many those were. */
static size_t batch_deliver(struct inside *inside)
{
	static struct core_delivery found[STOCK_BATCH];
	struct fault fault = {0};
	size_t count = 0;
	bench_check(core_outbox(inside->core, STR(BENCH_PROVIDER), skip_none, NULL, STOCK_BATCH,
			    &inside->arena, found, &count, &fault),
		&fault, "reading the outbox");
	inside_begin(inside);
	for (size_t i = 0; i < count; i++) {
		inside_receipt(inside, found[i].id);
	}
	inside_commit(inside);
	return count;
}

static void progress(size_t done, size_t total, uint64_t start_ns)
{
	const double seconds = (double)(bench_now_ns() - start_ns) / 1e9;
	(void)fprintf(stderr, "\rbench: storing referrals once: %zu of %zu, %.0f a second ", done,
		total, (double)done / seconds);
	if (done >= total) {
		(void)fputc('\n', stderr);
	}
}

void stock_make(const struct bench *bench)
{
	char making[300];
	struct inside inside;
	if (access(bench->stock, F_OK) == 0) {
		return;
	}
	(void)snprintf(making, sizeof(making), "%s.new", bench->stock);
	home_remove(making);
	home_create(making);
	inside_open(&inside, making);
	const uint64_t start_ns = bench_now_ns();
	for (size_t done = 0; done < bench->stored;) {
		inside_begin(&inside);
		for (size_t i = 0; i < STOCK_BATCH && done < bench->stored; i++) {
			inside_submit(&inside, done++);
		}
		inside_commit(&inside);
		while (batch_deliver(&inside) == STOCK_BATCH) {
		}
		if (done % (STOCK_BATCH * 16) == 0 || done >= bench->stored) {
			progress(done, bench->stored, start_ns);
		}
	}
	inside_close(&inside);
	if (rename(making, bench->stock) != 0) {
		bench_fail("cannot rename %s: %s", making, strerror(errno));
	}
}
