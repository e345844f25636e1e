/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_LOAD_H
#define ONWARD_TESTS_BENCH_LOAD_H
#include "tests/bench/peer.h"
#include "tests/bench/sample.h"
/*
 * A source that submits and a provider that says what it has got, in one thread.  A closed load
 * keeps `window` submits unanswered; an open one submits at `rate` whatever comes back, and every
 * time is taken from the moment a submit was due, so that a broker that stands still is not spared
 * the ones that had to wait (no coordinated omission).
 */
struct load {
	const char *home;
	size_t count;
	size_t window;
	double rate;               /* a second; 0: a closed load */
	bool forward;              /* a provider takes the deliveries and receipts them */
	struct samples *accepted;  /* seconds from due to `done`; NULL: not kept */
	struct samples *forwarded; /* seconds from due to the delivery's arrival */
};

struct load_result {
	double seconds; /* from the first submit to the last answer */
};

void load_run(const struct load *load, struct load_result *ret_result);
#endif
