/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/client/fake.h"

#include "broker/base/limits.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	TALLY_MOST = 4000
};

struct tally {
	int times[TALLY_MOST]; /* each index was reported */
	enum err errs[TALLY_MOST];
	char refs[TALLY_MOST][FAKE_TEXT];
	size_t ok, refused;
};

static void tally_add(void *context, size_t index, enum err err, const struct fault *fault,
	const struct value *body)
{
	struct tally *tally = context;
	cr_assert_lt(index, TALLY_MOST);
	cr_assert(err == ERR_OK || fault->code == err);
	tally->times[index]++;
	tally->errs[index] = err;
	str_copy(tally->refs[index], FAKE_TEXT, value_get_str(body, "source_ref"));
	tally->ok += err == ERR_OK ? 1 : 0;
	tally->refused += err == ERR_OK ? 0 : 1;
}

static void reported_once(const struct tally *tally, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char ref[FAKE_TEXT];
		(void)snprintf(ref, sizeof(ref), "-%zu", i);
		cr_assert_eq(tally->times[i], 1, "index %zu: %d times", i, tally->times[i]);
		cr_assert_not_null(strstr(tally->refs[i], ref), "%s", tally->refs[i]);
	}
}

struct bench {
	struct fake *fake;
	struct client_options options;
	struct client *client;
	char spool[100];
	struct arena arena;
	struct tally *tally;
	struct fault fault;
};

static void bench_init(struct bench *bench, bool spool)
{
	*bench = (struct bench){.fake = fake_create(), .tally = calloc(1, sizeof(struct tally))};
	bench->options = fake_options(bench->fake);
	if (spool) {
		test_folder(bench->spool, sizeof(bench->spool));
		bench->options.spool = bench->spool;
	}
	cr_assert_eq(client_create(&bench->options, &bench->client, &bench->fault), ERR_OK);
	arena_init(&bench->arena, 0);
}

static void bench_finish(struct bench *bench)
{
	client_destroy(bench->client);
	fake_destroy(bench->fake);
	arena_finish(&bench->arena);
	free(bench->tally);
}

static enum err submit(struct bench *bench, const char *prefix, size_t count, int timeout_ms)
{
	struct value *referrals = calloc(count, sizeof(*referrals));
	for (size_t i = 0; i < count; i++) {
		char ref[FAKE_TEXT];
		(void)snprintf(ref, sizeof(ref), "%s-%zu", prefix, i);
		referrals[i] = test_referral(&bench->arena, ref);
	}
	memset(bench->tally, 0, sizeof(*bench->tally));
	const enum err err = client_submit_all(bench->client, referrals, count, 0, timeout_ms,
		tally_add, bench->tally, &bench->fault);
	free(referrals);
	return err;
}

static size_t spooled(const struct bench *bench)
{
	size_t count = 0;
	cr_assert_eq(client_spooled(bench->client, &count, NULL), ERR_OK);
	return count;
}

Test(submit, many_are_answered_once_each_without_a_spool)
{
	struct bench bench;
	bench_init(&bench, false);
	fake_start(bench.fake);
	cr_assert_eq(submit(&bench, "a", 3000, 5000), ERR_OK, "%s", bench.fault.message);
	reported_once(bench.tally, 3000);
	cr_assert_eq(bench.tally->ok, 3000);
	cr_assert_eq(fake_submits(bench.fake), 3000);
	cr_assert_eq(spooled(&bench), 0);
	bench_finish(&bench);
}

Test(submit, nothing_is_lost_or_doubled_by_lost_answers_resets_and_a_restart)
{
	struct bench bench;
	bench_init(&bench, true);
	atomic_store(&bench.fake->lose, 40);
	atomic_store(&bench.fake->reset_every, 170);
	atomic_store(&bench.fake->refuse_full, 20);
	fake_start(bench.fake);
	cr_assert_eq(submit(&bench, "a", 600, 5000), ERR_OK, "%s", bench.fault.message);
	reported_once(bench.tally, 600);
	fake_stop(bench.fake);
	cr_assert_eq(submit(&bench, "b", 300, 200), ERR_UNREACHABLE);
	reported_once(bench.tally, 300);
	cr_assert_eq(bench.tally->refused, 300);
	cr_assert_eq(spooled(&bench), 300);
	fake_start(bench.fake);
	memset(bench.tally, 0, sizeof(*bench.tally));
	cr_assert_eq(client_flush(bench.client, 8000, tally_add, bench.tally, &bench.fault), ERR_OK,
		"%s", bench.fault.message);
	cr_assert_eq(bench.tally->ok, 300);
	reported_once(bench.tally, 300);
	cr_assert_eq(spooled(&bench), 0);
	fake_stop(bench.fake);
	cr_assert_eq(bench.fake->submit_count, 900);
	cr_assert_eq(bench.fake->doubled, 0);
	bench_finish(&bench);
}

Test(submit, refused_for_good_leaves_the_spool_and_try_later_stays)
{
	struct bench bench;
	bench_init(&bench, true);
	fake_start(bench.fake);
	cr_assert_eq(submit(&bench, "bad", 3, 5000), ERR_OK);
	cr_assert_eq(bench.tally->refused, 3);
	cr_assert_eq(bench.tally->errs[0], ERR_INVALID);
	reported_once(bench.tally, 3);
	cr_assert_eq(spooled(&bench), 0);
	atomic_store(&bench.fake->refuse_full, 1000);
	cr_assert_eq(submit(&bench, "a", 2, 5000), ERR_FULL);
	cr_assert_eq(bench.tally->errs[1], ERR_FULL);
	cr_assert_eq(spooled(&bench), 2);
	atomic_store(&bench.fake->refuse_full, 0);
	cr_assert_eq(client_flush(bench.client, 5000, NULL, NULL, &bench.fault), ERR_OK);
	cr_assert_eq(spooled(&bench), 0);
	cr_assert_eq(fake_submits(bench.fake), 2);
	bench_finish(&bench);
}

Test(submit, what_is_too_large_is_refused_here_and_the_rest_goes)
{
	struct bench bench;
	bench_init(&bench, true);
	fake_start(bench.fake);
	char *text = calloc(1, LIMIT_FRAME_BYTES + 1);
	memset(text, 'x', LIMIT_FRAME_BYTES);
	struct value referrals[2] = {
		test_referral(&bench.arena, "a-0"), test_referral(&bench.arena, "a-1")};
	value_put(&bench.arena, &referrals[0], "note", value_of_text(text));
	cr_assert_eq(client_submit_all(bench.client, referrals, 2, 0, 5000, tally_add, bench.tally,
			     &bench.fault),
		ERR_OK);
	cr_assert_eq(bench.tally->errs[0], ERR_TOO_LARGE);
	cr_assert_eq(bench.tally->errs[1], ERR_OK);
	reported_once(bench.tally, 2);
	cr_assert_eq(spooled(&bench), 0);
	free(text);
	bench_finish(&bench);
}

Test(submit, a_refused_party_keeps_what_it_said)
{
	struct bench bench;
	bench_init(&bench, true);
	atomic_store(&bench.fake->refuse_hello, 1);
	fake_start(bench.fake);
	cr_assert_eq(submit(&bench, "a", 5, 5000), ERR_NOT_ALLOWED);
	reported_once(bench.tally, 5);
	cr_assert_eq(spooled(&bench), 5);
	bench_finish(&bench);
}

Test(submit, an_actor_whom_no_broker_takes_is_refused_at_once)
{
	struct fault fault = {0};
	struct client *client = NULL;
	char name[LIMIT_ACTOR_BYTES + 2];
	struct bench bench;
	bench_init(&bench, false);
	struct client_options options = bench.options;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	options.user = name;
	cr_expect_eq(client_create(&options, &client, &fault), ERR_USAGE);
	cr_expect_str_eq(fault.field, "user");
	options.user = NULL;
	options.role = "a\tb";
	cr_expect_eq(client_create(&options, &client, &fault), ERR_USAGE);
	cr_expect_str_eq(fault.field, "role");
	cr_expect_null(client);
	bench_finish(&bench);
}
