/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"
#include "tests/bench/sample.h"

#include "broker/wire/message.h"

#include <stdlib.h>

enum {
	MATCH_ROUNDS = 20000
};

/* A directory made ready, as the broker has it, without a store. */
static struct plan *plan_load(const char *home)
{
	char root[HOME_PATH_SIZE];
	struct directory_files files = {0};
	struct directory_problems problems = {0};
	struct directory *directory = NULL;
	struct plan *plan = NULL;
	struct fault fault = {0};
	home_part_path(home, HOME_DIRECTORY, root);
	bench_check(directory_files_read(root, &files, &fault), &fault, "reading the directory");
	bench_check(directory_load(&files, plan_rulebook(), &directory, &problems), NULL,
		"loading the directory");
	bench_check(plan_create(directory, 1, &plan, &fault), &fault, "compiling the directory");
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	return plan;
}

struct round {
	const struct plan *plan;
	const struct parties *parties;
	timestamp_us now;
	struct sample sample;
	struct arena arena;
};

/* Decodes, checks and, when `matching`, matches one; the legs found. */
static size_t round_run(struct round *round, size_t number, bool matching)
{
	struct wire_request *request = arena_alloc(&round->arena, sizeof(*request));
	struct referral referral;
	struct match match = {0};
	struct fault fault = {0};
	const struct referral_context context = {.now = round->now};
	if (request == NULL) {
		bench_fail("out of memory");
	}
	bench_check(wire_request_decode(sample_frame(&round->sample, number, 0), &round->arena,
			    request, &fault),
		&fault, "decoding");
	bench_check(
		referral_read(&request->referral, &context, &referral, &fault), &fault, "checking");
	if (!matching) {
		return 1;
	}
	const struct match_input input = {.plan = round->plan,
		.referral = &referral,
		.source = STR(BENCH_SOURCE),
		.source_kind = KIND_POLICE,
		.now = round->now,
		.wanted = referral.needs,
		.want_lead = true,
		.parties = round->parties,
		.arena = &round->arena};
	bench_check(match_run(&input, &match), NULL, "matching");
	return match.leg_count;
}

/* Seconds for one, the mean of many. */
static double rounds_time(struct round *round, bool matching)
{
	size_t legs = 0;
	const uint64_t start = bench_now_ns();
	for (size_t i = 0; i < MATCH_ROUNDS; i++) {
		arena_reset(&round->arena);
		legs += round_run(round, i, matching);
	}
	if (legs != MATCH_ROUNDS) {
		bench_fail("the sample finds %zu services for %d referrals", legs, MATCH_ROUNDS);
	}
	return (double)(bench_now_ns() - start) / 1e9 / MATCH_ROUNDS;
}

void bench_match(const struct bench *bench)
{
	char home[300];
	char path[HOME_PATH_SIZE];
	char figure[64];
	struct parties *parties;
	struct fault fault = {0};
	struct samples reads = {0};
	struct samples matches = {0};
	(void)snprintf(home, sizeof(home), "%s/match", bench->folder);
	home_create(home);
	home_part_path(home, HOME_PARTIES, path);
	bench_check(parties_load(path, &parties, &fault), &fault, "reading parties");
	struct plan *plan = plan_load(home);
	struct round round = {.plan = plan, .parties = parties};
	arena_init(&round.arena, 0);
	sample_init(&round.sample);
	bench_check(timestamp_parse(STR(BENCH_CLOCK), &round.now), NULL, "the clock");
	for (int i = 0; i < bench->runs; i++) {
		const double reading = rounds_time(&round, false);
		samples_add(&reads, reading * 1e6);
		samples_add(&matches, (rounds_time(&round, true) - reading) * 1e6);
	}
	(void)snprintf(figure, sizeof(figure), "%.1f us", samples_median(&matches));
	report_row("matching alone, 83 services", figure, "< 20 us", "filters, clauses, choice");
	(void)snprintf(figure, sizeof(figure), "%.1f us", samples_median(&reads));
	report_row("decoding and checking before it", figure, "", "msgpack, every field, consent");
	report_raw("match_us", &matches);
	report_raw("decode_us", &reads);
	samples_finish(&reads);
	samples_finish(&matches);
	sample_finish(&round.sample);
	arena_finish(&round.arena);
	plan_destroy(plan);
	parties_destroy(parties);
	home_remove(home);
}
