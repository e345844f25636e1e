/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_INSIDE_H
#define ONWARD_TESTS_BENCH_INSIDE_H
#include "broker/core/core.h"
#include "tests/bench/sample.h"
/* The core of a home in this very process, as the broker's writer uses it: no sockets, no threads.
 */
struct inside {
	struct core *core;
	struct parties *parties; /* the core's, for looking up */
	timestamp_us now;
	struct arena arena; /* of the requests of one batch */
	struct sample sample;
	struct core_effects effects;
};

/* Publishes the home's directory when it is not yet. */
void inside_open(struct inside *inside, const char *home);
void inside_close(struct inside *inside);
void inside_begin(struct inside *inside);
void inside_commit(struct inside *inside);
/* Decodes and adds the sample of that number. */
void inside_submit(struct inside *inside, size_t number);
void inside_receipt(struct inside *inside, struct id delivery);
#endif
