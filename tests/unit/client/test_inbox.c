/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/buf.h"
#include "tests/unit/client/fake.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	WAIT_STEP_US = 5000,
	WAIT_STEPS = 2000 /* ten seconds */
};

/* onward-inbox as a program, in a home whose provider is the fake's party. */
struct bench {
	struct fake *fake;
	char home[100], output[120];
	pid_t child;
};

static void bench_init(struct bench *bench)
{
	*bench = (struct bench){.fake = fake_create()};
	test_folder(bench->home, sizeof(bench->home));
	fake_home(bench->fake, bench->home, "provider");
	(void)snprintf(bench->output, sizeof(bench->output), "%s/output", bench->home);
	bench->fake->script_count = 3;
	bench->fake->kinds[0] = bench->fake->kinds[1] = bench->fake->kinds[2] = "referral";
	bench->fake->services[0] = "hibiscus-women";
	bench->fake->services[1] = "advance-minerva";
	bench->fake->services[2] = "quiet-one";
	atomic_store(&bench->fake->deliver, 3);
}

static void inbox_start(struct bench *bench, const char *const *extra)
{
	char program[200];
	const char *build = getenv("ONWARD_BUILD");
	const char *argv[20] = {program, "--home", bench->home, "--as", "met-custody"};
	size_t count = 5;
	(void)snprintf(program, sizeof(program), "%s/bin/onward-inbox",
		build == NULL ? "build/gcc" : build);
	while (*extra != NULL) {
		argv[count++] = *extra++;
	}
	posix_spawn_file_actions_t actions;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(
		&actions, 1, bench->output, O_CREAT | O_APPEND | O_WRONLY, 0600);
	(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	cr_assert_eq(posix_spawn(&bench->child, program, &actions, NULL,
			     (char *const *)(uintptr_t)argv, environ),
		0);
	(void)posix_spawn_file_actions_destroy(&actions);
}

static int inbox_wait(struct bench *bench)
{
	int status = -1;
	cr_assert_eq(waitpid(bench->child, &status, 0), bench->child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int inbox_stop(struct bench *bench, int signal)
{
	(void)kill(bench->child, signal);
	return inbox_wait(bench);
}

static void wait_answers(struct bench *bench, size_t count)
{
	for (int i = 0; i < WAIT_STEPS && fake_answers(bench->fake) < count; i++) {
		(void)usleep(WAIT_STEP_US);
	}
	cr_assert_geq(fake_answers(bench->fake), count);
}

static void wait_receipts(struct bench *bench, const char *receipt, size_t count)
{
	for (int i = 0; i < WAIT_STEPS && fake_receipts(bench->fake, receipt) < count; i++) {
		(void)usleep(WAIT_STEP_US);
	}
	cr_assert_geq(fake_receipts(bench->fake, receipt), count);
}

static void output_read(const struct bench *bench, struct buf *text)
{
	buf_reset(text);
	cr_assert_eq(buf_read_file(text, bench->output, 1 << 24), ERR_OK);
	buf_append(text, "", 1);
}

static size_t times(const struct buf *text, const char *word)
{
	size_t count = 0;
	for (const char *at = strstr(text->data, word); at != NULL; at = strstr(at + 1, word)) {
		count++;
	}
	return count;
}

static const struct fake_answer *answer_at(const struct bench *bench, size_t index)
{
	return &bench->fake->answers[index];
}

/* The n-th answer on the leg that the answer at `index` is for: between legs there is no order. */
static const struct fake_answer *answer_on_leg(const struct bench *bench, size_t index, size_t n)
{
	const char *leg = answer_at(bench, index)->leg;
	for (size_t i = 0; i < fake_answers(bench->fake); i++) {
		if (strcmp(answer_at(bench, i)->leg, leg) == 0 && n-- == 0) {
			return answer_at(bench, i);
		}
	}
	cr_assert_fail("there is no such answer on leg %s", leg);
	abort();
}

Test(inbox, takes_shows_and_accepts_what_is_waiting)
{
	struct bench bench;
	struct buf text = {0};
	bench_init(&bench);
	fake_start(bench.fake);
	atomic_store(&bench.fake->twice, true);
	inbox_start(
		&bench, (const char *[]){"--answer", "accept", "--once", "--user", "amy", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	cr_assert_eq(fake_receipts(bench.fake, "stored"), 3);
	cr_assert_eq(fake_receipts(bench.fake, "duplicate"), 3);
	cr_assert_eq(fake_answers(bench.fake), 6);
	for (size_t i = 0; i < 6; i++) {
		cr_assert_str_eq(answer_on_leg(&bench, i, 0)->action, "received");
		cr_assert_str_eq(answer_on_leg(&bench, i, 1)->action, "accepted");
	}
	cr_assert_str_eq(bench.fake->user, "amy");
	output_read(&bench, &text);
	cr_assert_eq(times(&text, "for hibiscus-women"), 1);
	cr_assert_eq(times(&text, "\x1b"), 0, "a terminal would obey this");
	cr_assert_eq(times(&text, "\\x1b[31m"), 3);
	buf_finish(&text);
	fake_destroy(bench.fake);
}

Test(inbox, declines_with_the_code_and_says_so_in_json)
{
	struct bench bench;
	struct buf text = {0};
	bench_init(&bench);
	fake_start(bench.fake);
	inbox_start(&bench, (const char *[]){"--answer", "decline", "--reason", "outside-area",
				    "--json", "--once", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	cr_assert_eq(fake_answers(bench.fake), 3);
	cr_assert_str_eq(answer_at(&bench, 2)->reason, "outside-area");
	output_read(&bench, &text);
	cr_assert_eq(times(&text, "\n"), 6);
	cr_assert_eq(times(&text, "\"service\":\"quiet-one\""), 1);
	cr_assert_eq(times(&text, "\"state\":\"delivered\""), 3);
	cr_assert_eq(times(&text, "{\"kind\":\"answer\""), 3);
	buf_finish(&text);
	fake_destroy(bench.fake);
}

Test(inbox, answers_as_its_script_says)
{
	struct bench bench;
	char script[140];
	bench_init(&bench);
	(void)snprintf(script, sizeof(script), "%s/script", bench.home);
	cr_assert_eq(buf_write_file(STR("# who takes what\n"
					"hibiscus-*  received accepted started completed\n"
					"advance-*   decline no-capacity\n"
					"*           silent\n"),
			     script, 0600),
		ERR_OK);
	fake_start(bench.fake);
	inbox_start(&bench, (const char *[]){"--answer", "script", script, "--once", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	cr_assert_eq(fake_answers(bench.fake), 5);
	static const char *const taken[] = {"received", "accepted", "started", "completed"};
	size_t received = 0;
	size_t declined = 0;
	for (size_t i = 0; i < 5; i++) {
		received = strcmp(answer_at(&bench, i)->action, "received") == 0 ? i : received;
		declined = strcmp(answer_at(&bench, i)->action, "declined") == 0 ? i : declined;
	}
	for (size_t i = 0; i < 4; i++) {
		cr_assert_str_eq(answer_on_leg(&bench, received, i)->action, taken[i]);
	}
	cr_assert_str_eq(answer_at(&bench, declined)->action, "declined");
	cr_assert_str_eq(answer_at(&bench, declined)->reason, "no-capacity");
	fake_destroy(bench.fake);
}

Test(inbox, says_nothing_unless_told_to)
{
	struct bench bench;
	bench_init(&bench);
	fake_start(bench.fake);
	inbox_start(&bench, (const char *[]){"--once", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	cr_assert_eq(fake_receipts(bench.fake, "stored"), 3);
	cr_assert_eq(fake_answers(bench.fake), 0);
	fake_destroy(bench.fake);
}

Test(inbox, refuses_a_rehearsal_unless_told_otherwise)
{
	struct bench bench;
	bench_init(&bench);
	atomic_store(&bench.fake->rehearsal, true);
	fake_start(bench.fake);
	inbox_start(&bench, (const char *[]){"--answer", "accept", "--once", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	cr_assert_eq(fake_receipts(bench.fake, "undeliverable"), 3);
	cr_assert_str_eq(bench.fake->receipts[0].reason, "rehearsal");
	cr_assert_eq(fake_answers(bench.fake), 0);
	inbox_start(
		&bench, (const char *[]){"--answer", "accept", "--once", "--rehearsal-ok", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	cr_assert_eq(fake_receipts(bench.fake, "stored"), 3);
	fake_destroy(bench.fake);
}

Test(inbox, a_withdrawal_takes_back_the_answers_and_is_confirmed)
{
	struct bench bench;
	struct buf text = {0};
	bench_init(&bench);
	bench.fake->script_count = 3;
	bench.fake->kinds[1] = "amended";
	bench.fake->kinds[2] = "withdrawn";
	fake_start(bench.fake);
	inbox_start(&bench, (const char *[]){"--answer", "accept", "--once", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	cr_assert_str_eq(answer_at(&bench, fake_answers(bench.fake) - 1)->action, "withdrawn");
	output_read(&bench, &text);
	cr_assert_eq(times(&text, "CHANGED"), 1);
	cr_assert_eq(times(&text, "WITHDRAWN: stop"), 1);
	(void)unlink(bench.output);
	inbox_start(&bench, (const char *[]){"--list", "--json", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	output_read(&bench, &text);
	cr_assert_eq(times(&text, "\n"), 1);
	cr_assert_eq(times(&text, "\"kind\":\"withdrawn\""), 1);
	buf_finish(&text);
	fake_destroy(bench.fake);
}

Test(inbox, ends_at_sigterm_and_repeats_no_answer)
{
	struct bench bench;
	bench_init(&bench);
	fake_start(bench.fake);
	inbox_start(&bench, (const char *[]){"--answer", "accept", NULL});
	wait_receipts(&bench, "stored", 3);
	wait_answers(&bench, 6);
	cr_assert_eq(inbox_stop(&bench, SIGTERM), 0);
	const size_t answers = fake_answers(bench.fake);
	inbox_start(&bench, (const char *[]){"--answer", "accept", "--once", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	cr_assert_eq(fake_receipts(bench.fake, "duplicate"), 3);
	cr_assert_eq(fake_answers(bench.fake), answers, "an answer was given twice");
	fake_destroy(bench.fake);
}

Test(inbox, killed_at_any_moment_it_answers_everything_once_it_is_back)
{
	struct bench bench;
	bool answered[200] = {false};
	bench_init(&bench);
	bench.fake->script_count = 0;
	atomic_store(&bench.fake->deliver, 60);
	fake_start(bench.fake);
	srand(3);
	for (int round = 0; round < 10; round++) {
		inbox_start(&bench, (const char *[]){"--answer", "decline", NULL});
		(void)usleep(15000 + (useconds_t)(rand() % 40000));
		(void)inbox_stop(&bench, SIGKILL);
	}
	inbox_start(&bench, (const char *[]){"--answer", "decline", "--once", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	fake_stop(bench.fake);
	for (size_t i = 0; i < bench.fake->answer_count; i++) {
		const char *number = strchr(answer_at(&bench, i)->leg, '/');
		cr_assert_not_null(number);
		answered[strtol(number + 1, NULL, 10)] = true;
	}
	for (size_t leg = 1; leg <= 60; leg++) {
		cr_assert(answered[leg], "leg %zu got no answer", leg);
	}
	fake_destroy(bench.fake);
}

Test(inbox, wrong_usage_and_a_broker_that_is_away_have_their_codes)
{
	struct bench bench;
	bench_init(&bench);
	inbox_start(&bench, (const char *[]){"--answer", "perhaps", NULL});
	cr_assert_eq(inbox_wait(&bench), 64);
	inbox_start(&bench, (const char *[]){"--answer", "decline", "--reason", "bored", NULL});
	cr_assert_eq(inbox_wait(&bench), 64);
	inbox_start(&bench, (const char *[]){"--help", NULL});
	cr_assert_eq(inbox_wait(&bench), 0);
	inbox_start(&bench, (const char *[]){"--idle", "0", NULL});
	cr_assert_eq(inbox_wait(&bench), 3);
	atomic_store(&bench.fake->refuse_hello, 1);
	fake_start(bench.fake);
	inbox_start(&bench, (const char *[]){"--once", NULL});
	cr_assert_eq(inbox_wait(&bench), 4);
	fake_destroy(bench.fake);
}
