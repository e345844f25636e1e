/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_SAMPLE_H
#define ONWARD_TESTS_BENCH_SAMPLE_H
#include "tests/bench/bench.h"
/*
 * Referrals of invented women in fifteen London authorities, about 1 KiB each, for whom one lead
 * service is found.  They are encoded once; a submit is a template with its own source_ref and
 * correlation written in.
 */
enum {
	SAMPLE_KINDS = 15
};

struct sample {
	struct buf frames[SAMPLE_KINDS];
	size_t ref_at[SAMPLE_KINDS]; /* where the source_ref stands */
	char run[9];                 /* in every source_ref: no other run has it */
};

void sample_init(struct sample *sample);
void sample_finish(struct sample *sample);
/* The frame of that number, until the next call with the same number modulo SAMPLE_KINDS. */
struct str sample_frame(struct sample *sample, size_t number, uint64_t correlation);
size_t sample_bytes(const struct sample *sample); /* of a frame */
/* The referral itself, as a document. */
struct value sample_referral(struct arena *arena, size_t number);
#endif
