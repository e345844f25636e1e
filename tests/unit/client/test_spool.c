/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/client/spool.h"

#include "tests/unit/client/fake.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench {
	char folder[100];
	struct key_pair keys;
	struct spool *spool;
	struct fault fault;
};

static size_t spooled(const struct client *client)
{
	size_t count = 0;
	cr_assert_eq(client_spooled(client, &count, NULL), ERR_OK);
	return count;
}

static enum err open_with(
	struct bench *bench, const char *secret, const char *former, struct spool **ret_spool)
{
	const struct vault_keys keys = {secret, former};
	return spool_open(bench->folder, &keys, ret_spool, &bench->fault);
}

static void bench_init(struct bench *bench)
{
	test_folder(bench->folder, sizeof(bench->folder));
	cr_assert_eq(key_generate("a", &bench->keys), ERR_OK);
	cr_assert_eq(open_with(bench, bench->keys.secret_key, NULL, &bench->spool), ERR_OK, "%s",
		bench->fault.message);
}

static void add(struct spool *spool, const char *text, uint64_t *ret_number)
{
	struct buf frame = {0};
	buf_add_text(&frame, text);
	cr_assert_eq(spool_add(spool, &frame, 1, ret_number), ERR_OK);
	buf_finish(&frame);
}

Test(spool, gives_back_in_order_and_never_a_number_twice)
{
	struct bench bench;
	struct buf frame = {0};
	uint64_t numbers[3];
	uint64_t number = 0;
	bench_init(&bench);
	add(bench.spool, "one", &numbers[0]);
	add(bench.spool, "two", &numbers[1]);
	cr_assert_eq(spool_count(bench.spool), 2);
	cr_assert_eq(spool_next(bench.spool, 0, &frame, &number), ERR_OK);
	cr_assert(str_is(buf_str(&frame), "one"));
	cr_assert_eq(spool_next(bench.spool, number, &frame, &number), ERR_OK);
	cr_assert(str_is(buf_str(&frame), "two"));
	cr_assert_eq(spool_next(bench.spool, number, &frame, &number), ERR_END);
	cr_assert_eq(spool_remove(bench.spool, numbers, 2), ERR_OK);
	cr_assert_eq(spool_remove(bench.spool, numbers, 2), ERR_OK);
	add(bench.spool, "three", &numbers[2]);
	cr_assert_gt(numbers[2], numbers[1]);
	buf_finish(&frame);
	spool_close(bench.spool);
}

Test(spool, is_unreadable_with_another_key)
{
	struct bench bench;
	struct key_pair other;
	struct spool *spool = NULL;
	uint64_t number;
	bench_init(&bench);
	add(bench.spool, "one", &number);
	spool_close(bench.spool);
	cr_assert_eq(key_generate("b", &other), ERR_OK);
	cr_assert_eq(open_with(&bench, other.secret_key, NULL, &spool), ERR_NOT_ALLOWED);
	cr_assert_null(spool);
	cr_assert_not_null(strstr(bench.fault.message, "another secret key"));
	cr_assert_eq(open_with(&bench, bench.keys.secret_key, NULL, &spool), ERR_OK);
	cr_assert_eq(spool_count(spool), 1);
	spool_close(spool);
}

/* A process that opened the spool before the key was changed: says so, waits, and tries to add. */
static void add_late(struct bench *bench, const int opened[2], const int changed[2])
{
	struct spool *spool = NULL;
	struct buf frame = {0};
	uint64_t number;
	char byte = 0;
	bool ok = open_with(bench, bench->keys.secret_key, NULL, &spool) == ERR_OK &&
		  write(opened[1], &byte, 1) == 1 && read(changed[0], &byte, 1) == 1;
	buf_add_text(&frame, "late");
	ok = ok && spool_add(spool, &frame, 1, &number) == ERR_NOT_ALLOWED;
	_exit(ok ? 0 : 1);
}

Test(spool, is_sealed_anew_when_the_key_changes_and_the_former_one_is_shut_out)
{
	struct bench bench;
	struct key_pair next;
	struct buf frame = {0};
	uint64_t number = 0;
	char text[40];
	char byte = 0;
	int opened[2];
	int changed[2];
	int status = 0;
	bench_init(&bench);
	for (int i = 0; i < 300; i++) {
		(void)snprintf(text, sizeof(text), "frame %d", i);
		add(bench.spool, text, &number);
	}
	spool_close(bench.spool);
	cr_assert_eq(pipe(opened) | pipe(changed), 0);
	const pid_t late = fork();
	if (late == 0) {
		add_late(&bench, opened, changed);
	}
	cr_assert_eq(read(opened[0], &byte, 1), 1);
	cr_assert_eq(key_generate("b", &next), ERR_OK);
	cr_assert_eq(open_with(&bench, next.secret_key, bench.keys.secret_key, &bench.spool),
		ERR_OK, "%s", bench.fault.message);
	cr_assert_eq(spool_count(bench.spool), 300);
	spool_close(bench.spool);
	cr_assert_eq(write(changed[1], &byte, 1), 1);
	cr_assert_eq(waitpid(late, &status, 0), late);
	cr_assert_eq(status, 0, "the former key could still write");
	cr_assert_eq(open_with(&bench, bench.keys.secret_key, NULL, &bench.spool), ERR_NOT_ALLOWED);
	cr_assert_eq(open_with(&bench, next.secret_key, NULL, &bench.spool), ERR_OK);
	uint64_t after = 0;
	for (int i = 0; i < 300; i++) {
		(void)snprintf(text, sizeof(text), "frame %d", i);
		buf_reset(&frame);
		cr_assert_eq(spool_next(bench.spool, after, &frame, &after), ERR_OK);
		cr_assert(str_is(buf_str(&frame), text));
	}
	buf_finish(&frame);
	spool_close(bench.spool);
}

static void file_of(const struct bench *bench, const char *name, struct buf *out)
{
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/%s", bench->folder, name);
	struct stat status;
	cr_assert_eq(stat(path, &status), 0);
	cr_assert_eq(status.st_mode & 077, 0, "others may read %s", name);
	cr_assert_eq(buf_read_file(out, path, 1 << 24), ERR_OK);
}

Test(spool, holds_no_readable_word_of_a_referral)
{
	struct bench bench;
	struct buf bytes = {0};
	uint64_t number;
	bench_init(&bench);
	add(bench.spool, "Example-Invented", &number);
	spool_close(bench.spool);
	file_of(&bench, "data.mdb", &bytes);
	cr_assert_null(memmem(bytes.data, bytes.len, "Example-Inv", 11));
	buf_finish(&bytes);
}

Test(spool, a_flipped_bit_is_found)
{
	struct bench bench;
	struct buf bytes = {0};
	struct buf frame = {0};
	char path[200];
	char text[1000];
	uint64_t number;
	bench_init(&bench);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add(bench.spool, text, &number);
	spool_close(bench.spool);
	/* Only sealed bytes have hardly a zero among 500. */
	file_of(&bench, "data.mdb", &bytes);
	size_t dense = 0;
	size_t at = 0;
	while (at < bytes.len && dense < 480) {
		dense += bytes.data[at] != 0 ? 1 : 0;
		dense -= at >= 500 && bytes.data[at - 500] != 0 ? 1 : 0;
		at++;
	}
	cr_assert_lt(at, bytes.len);
	bytes.data[at] ^= 1;
	(void)snprintf(path, sizeof(path), "%s/data.mdb", bench.folder);
	cr_assert_eq(buf_write_file(buf_str(&bytes), path, 0600), ERR_OK);
	cr_assert_eq(open_with(&bench, bench.keys.secret_key, NULL, &bench.spool), ERR_OK);
	cr_assert_eq(spool_next(bench.spool, 0, &frame, &number), ERR_CORRUPT);
	buf_finish(&frame);
	buf_finish(&bytes);
	spool_close(bench.spool);
}

Test(spool, is_sent_by_one_process_only)
{
	struct bench bench;
	int ready[2];
	char byte = 0;
	cr_assert_eq(pipe(ready), 0);
	test_folder(bench.folder, sizeof(bench.folder));
	cr_assert_eq(key_generate("a", &bench.keys), ERR_OK);
	const pid_t child = fork();
	if (child == 0) {
		if (open_with(&bench, bench.keys.secret_key, NULL, &bench.spool) != ERR_OK ||
			!spool_lock(bench.spool, SPOOL_ALONE) || write(ready[1], "x", 1) != 1) {
			_exit(1);
		}
		(void)pause();
		_exit(0);
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	struct client_options options = {.endpoint = "ipc:///nowhere/broker.sock",
		.broker_key = bench.keys.public_key,
		.public_key = bench.keys.public_key,
		.secret_key = bench.keys.secret_key,
		.spool = bench.folder};
	struct client *client = NULL;
	struct arena arena;
	arena_init(&arena, 0);
	cr_assert_eq(client_create(&options, &client, &bench.fault), ERR_OK);
	cr_assert_eq(client_flush(client, 50, NULL, NULL, &bench.fault), ERR_EXISTS);
	const struct value referral = test_referral(&arena, "a");
	cr_assert_eq(client_submit_all(client, &referral, 1, 0, 50, NULL, NULL, &bench.fault),
		ERR_UNREACHABLE);
	cr_assert_not_null(strstr(bench.fault.message, "another process"));
	cr_assert_eq(spooled(client), 1);
	/* A killed holder holds nothing. */
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	cr_assert_eq(client_flush(client, 50, NULL, NULL, &bench.fault), ERR_UNREACHABLE);
	client_destroy(client);
	arena_finish(&arena);
}

enum {
	KILL_ROUNDS = 12,
	KILL_BATCH = 5
};

/* Submits for ever; notes in the ledger what the call has taken (spooled or answered). */
static void kill_child(const struct client_options *options, int go, int ledger, int round)
{
	struct client *client = NULL;
	struct arena arena;
	char byte;
	if (read(go, &byte, 1) != 1 || client_create(options, &client, NULL) != ERR_OK) {
		_exit(1);
	}
	arena_init(&arena, 0);
	for (int batch = 0;; batch++) {
		struct value referrals[KILL_BATCH];
		char line[KILL_BATCH * 48] = "";
		for (int i = 0; i < KILL_BATCH; i++) {
			char ref[48];
			(void)snprintf(ref, sizeof(ref), "%d-%d-%d", round, batch, i);
			referrals[i] = test_referral(&arena, ref);
			(void)strcat(strcat(line, ref), "\n");
		}
		const enum err err =
			client_submit_all(client, referrals, KILL_BATCH, 0, 20, NULL, NULL, NULL);
		if ((err != ERR_OK && err != ERR_UNREACHABLE && err != ERR_TIMEOUT) ||
			write(ledger, line, strlen(line)) < 0) {
			_exit(2);
		}
		arena_reset(&arena);
	}
}

static void ledger_check(struct fake *fake, const char *path, size_t *ret_lines)
{
	struct buf text = {0};
	cr_assert_eq(buf_read_file(&text, path, 1 << 24), ERR_OK);
	buf_append(&text, "", 1);
	char *rest = NULL;
	for (char *line = strtok_r(text.data, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest)) {
		cr_assert(fake_has(fake, line), "%s was taken and is lost", line);
		(*ret_lines)++;
	}
	buf_finish(&text);
}

Test(spool, survives_kill_9_at_any_moment)
{
	struct fake *fake = fake_create();
	struct client_options options = fake_options(fake);
	char folder[100];
	char path[200];
	int go[KILL_ROUNDS][2];
	pid_t children[KILL_ROUNDS];
	size_t lines = 0;
	test_folder(folder, sizeof(folder));
	(void)snprintf(path, sizeof(path), "%s/ledger", folder);
	const int ledger = open(path, O_CREAT | O_APPEND | O_WRONLY, 0600);
	options.spool = folder;
	/* Before any thread of the fake's is there. */
	for (int i = 0; i < KILL_ROUNDS; i++) {
		cr_assert_eq(pipe(go[i]), 0);
		children[i] = fork();
		if (children[i] == 0) {
			kill_child(&options, go[i][0], ledger, i);
		}
	}
	srand(7);
	for (int i = 0; i < KILL_ROUNDS; i++) {
		if (i == KILL_ROUNDS / 3) {
			fake_start(fake);
		}
		cr_assert_eq(write(go[i][1], "x", 1), 1);
		(void)usleep(30000 + (useconds_t)(rand() % 90000));
		int status = 0;
		(void)kill(children[i], SIGKILL);
		(void)waitpid(children[i], &status, 0);
		cr_assert(WIFSIGNALED(status), "round %d ended by itself: %d", i, status);
	}
	struct client *client = NULL;
	struct fault fault;
	cr_assert_eq(client_create(&options, &client, &fault), ERR_OK);
	cr_assert_eq(client_flush(client, 5000, NULL, NULL, &fault), ERR_OK, "%s", fault.message);
	cr_assert_eq(spooled(client), 0);
	ledger_check(fake, path, &lines);
	cr_assert_gt(lines, 0);
	client_destroy(client);
	fake_stop(fake);
	cr_assert_eq(fake->doubled, 0);
	fake_destroy(fake);
	(void)close(ledger);
}

Test(spool, survives_two_key_changes_without_being_opened_between)
{
	struct bench bench;
	struct key_pair second;
	struct key_pair third;
	struct spool *spool = NULL;
	char former[2 * (PARTY_KEY_TEXT + 1)];
	uint64_t number;
	bench_init(&bench);
	add(bench.spool, "one", &number);
	spool_close(bench.spool);
	cr_assert_eq(key_generate("b", &second), ERR_OK);
	cr_assert_eq(key_generate("b", &third), ERR_OK);
	cr_assert_eq(
		open_with(&bench, third.secret_key, second.secret_key, &spool), ERR_NOT_ALLOWED);
	(void)snprintf(former, sizeof(former), "%s %s", second.secret_key, bench.keys.secret_key);
	cr_assert_eq(open_with(&bench, third.secret_key, former, &spool), ERR_OK);
	cr_assert_eq(spool_count(spool), 1);
	spool_close(spool);
	cr_assert_eq(open_with(&bench, third.secret_key, NULL, &spool), ERR_OK);
	spool_close(spool);
}
