/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "broker/store/journal.h"
#include "broker/store/payload.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * A child commits batches and tells each through a pipe; it is killed at a random moment.  Whatever
 * it told must be there afterwards, in a chain that verifies, with payloads that open.
 * ONWARD_CRASH_ROUNDS: how often (default 12).
 */
enum {
	BATCH = 8
};

struct broker {
	struct store *store;
	struct journal *journal;
	struct payload_slots *slots;
	struct arena arena;
};

static void broker_open(struct broker *broker, const struct fixture *fixture)
{
	broker->store = fixture_store(fixture, 0, 0);
	MUST(journal_local_create(&broker->journal));
	MUST(payload_slots_open(fixture_path(fixture, "slots"), false, &broker->slots, NULL));
	arena_init(&broker->arena, 0);
}

static void broker_close(struct broker *broker)
{
	arena_finish(&broker->arena);
	payload_slots_close(broker->slots);
	broker->journal->ops->destroy(broker->journal);
	store_close(broker->store);
}

static struct store_key payload_key(uint64_t sequence)
{
	struct store_key key = store_key_start(TABLE_PAYLOAD);
	store_key_u64(&key, sequence);
	return key;
}

static void commit_batch(struct broker *broker, struct journal_head *head)
{
	struct journal_entry entries[BATCH];
	static const uint8_t nonce[24];
	char text[2000];
	arena_reset(&broker->arena);
	memset(text, 'p', sizeof(text));
	struct store_txn *txn = must_begin(broker->store, true);
	for (size_t i = 0; i < BATCH; i++) {
		const uint64_t sequence = head->sequence + 1 + i;
		const struct store_key key = payload_key(sequence);
		struct str sealed;
		/* A slot far enough apart that blocks are being generated all the time. */
		MUST(payload_slots_reserve(broker->slots, sequence * 100));
		MUST(payload_seal(broker->slots, sequence * 100, id_make(1, sequence), nonce,
			(struct str){text, (size_t)(rand() % 2000)}, &broker->arena, &sealed));
		MUST(record_put(txn, store_key_view(&key), 'P', 1, sealed));
		entries[i] = (struct journal_entry){sequence, (timestamp_us)sequence,
			(struct str){text, (size_t)(rand() % 900)}};
	}
	cr_assert_eq(broker->journal->ops->append(
			     broker->journal, txn, 1, head->sequence, entries, BATCH, head),
		JOURNAL_OK);
	must_commit(txn);
}

static void run_until_killed(const struct fixture *fixture, int pipe_out, unsigned seed)
{
	struct broker broker;
	struct journal_head head;
	srand(seed);
	broker_open(&broker, fixture);
	struct store_txn *txn = must_begin(broker.store, false);
	MUST(broker.journal->ops->last(broker.journal, txn, &head));
	store_abort(txn);
	for (;;) {
		commit_batch(&broker, &head);
		if (write(pipe_out, &head.sequence, sizeof(head.sequence)) < 0) {
			_exit(1);
		}
	}
}

/* The last sequence number the child told before it was killed. */
static uint64_t crash(const struct fixture *fixture, unsigned seed)
{
	int ends[2];
	uint64_t told = 0;
	uint64_t number;
	cr_assert_eq(pipe(ends), 0);
	const pid_t pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		run_until_killed(fixture, ends[1], seed);
	}
	(void)close(ends[1]);
	const struct timespec pause = {.tv_nsec = 3000000 + rand() % 60000000};
	(void)nanosleep(&pause, NULL);
	cr_assert_eq(kill(pid, SIGKILL), 0);
	while (read(ends[0], &number, sizeof(number)) == sizeof(number)) {
		told = number;
	}
	(void)close(ends[0]);
	int status;
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSIGNALED(status), "the child ended by itself");
	return told;
}

static uint64_t check(const struct fixture *fixture, uint64_t told)
{
	struct broker broker;
	struct fault fault = {0};
	struct journal_head head;
	uint64_t count = 0;
	broker_open(&broker, fixture);
	struct store_txn *txn = must_begin(broker.store, false);
	const enum err err = journal_verify(broker.journal, txn, &count, &fault);
	cr_assert_eq(err, ERR_OK, "%s", fault.message);
	MUST(broker.journal->ops->last(broker.journal, txn, &head));
	cr_assert_geq(head.sequence, told, "an acknowledged entry is gone");
	cr_assert_eq(count, head.sequence);
	cr_assert_eq(count % BATCH, 0, "half a batch was kept");
	for (uint64_t sequence = 1; sequence <= count; sequence++) {
		const struct store_key key = payload_key(sequence);
		struct str sealed;
		struct str plain;
		arena_reset(&broker.arena);
		MUST(record_get(txn, store_key_view(&key), 'P', 1, &sealed, NULL));
		MUST(payload_open(broker.slots, sequence * 100, id_make(1, sequence), sealed,
			&broker.arena, &plain));
	}
	store_abort(txn);
	broker_close(&broker);
	return head.sequence;
}

Test(crash, a_killed_writer_keeps_everything_it_acknowledged)
{
	const char *wanted = getenv("ONWARD_CRASH_ROUNDS");
	const unsigned rounds = wanted == NULL ? 12 : (unsigned)strtoul(wanted, NULL, 10);
	struct fixture fixture;
	uint64_t told = 0;
	fixture_make(&fixture);
	const unsigned seed = (unsigned)time(NULL);
	(void)fprintf(stderr, "crash: seed %u\n", seed);
	srand(seed);
	for (unsigned round = 0; round < rounds; round++) {
		const uint64_t now = crash(&fixture, seed + round);
		told = check(&fixture, now > told ? now : told);
		if (round % 20 == 19) {
			/* A fresh store, so that long runs do not grow without end. */
			fixture_remove(&fixture);
			fixture_make(&fixture);
			told = 0;
		}
	}
	cr_assert(rounds == 0 || rounds % 20 == 0 || told > 0);
	fixture_remove(&fixture);
}
