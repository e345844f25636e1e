/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

#include "broker/store/journal.h"
#include "broker/store/meta.h"
#include "broker/store/payload.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BATCH = 8,
	WRITER_MAP = 256 * 1024 * 1024
};

struct broker {
	struct store *store;
	struct journal *journal;
	struct payload_slots *slots;
	struct arena arena;
};

static void broker_open(struct broker *broker, const char *folder)
{
	char path[512];
	struct fault fault = {0};
	(void)snprintf(path, sizeof(path), "%s/slots", folder);
	const enum err err = store_lmdb_open(folder, WRITER_MAP, false, &broker->store, &fault);
	cr_assert_eq(err, ERR_OK, "%s", fault.message);
	MUST(journal_local_create(&broker->journal));
	MUST(payload_slots_open(path, false, &broker->slots, NULL));
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

static void run_until_killed(const char *folder, int pipe_out, unsigned seed)
{
	struct broker broker;
	struct journal_head head;
	srand(seed);
	broker_open(&broker, folder);
	struct store_txn *txn = must_begin(broker.store, true);
	struct store_meta meta;
	MUST(broker.journal->ops->last(broker.journal, txn, &head));
	if (store_meta_read(txn, &meta, NULL) == ERR_NOT_FOUND) {
		store_meta_init(&meta, STORE_REHEARSAL, 1);
		MUST(store_meta_create(txn, &meta));
	}
	must_commit(txn);
	for (;;) {
		commit_batch(&broker, &head);
		if (write(pipe_out, &head.sequence, sizeof(head.sequence)) < 0) {
			_exit(1);
		}
	}
}

uint64_t writer_check(const char *folder, uint64_t told)
{
	struct broker broker;
	struct fault fault = {0};
	struct journal_head head;
	uint64_t count = 0;
	broker_open(&broker, folder);
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

void writer_start(struct writer *writer, const char *folder, unsigned seed)
{
	int ends[2];
	cr_assert_eq(pipe(ends), 0);
	writer->pid = fork();
	cr_assert_geq(writer->pid, 0);
	if (writer->pid == 0) {
		(void)close(ends[0]);
		run_until_killed(folder, ends[1], seed);
	}
	(void)close(ends[1]);
	writer->told = ends[0];
}

uint64_t writer_wait(struct writer *writer, int count)
{
	uint64_t number = 0;
	for (int i = 0; i < count; i++) {
		cr_assert_eq(read(writer->told, &number, sizeof(number)), (ssize_t)sizeof(number));
	}
	return number;
}

uint64_t writer_kill(struct writer *writer)
{
	uint64_t told = 0;
	uint64_t number;
	int status;
	cr_assert_eq(kill(writer->pid, SIGKILL), 0);
	while (read(writer->told, &number, sizeof(number)) == sizeof(number)) {
		told = number;
	}
	(void)close(writer->told);
	cr_assert_eq(waitpid(writer->pid, &status, 0), writer->pid);
	cr_assert(WIFSIGNALED(status), "the writer ended by itself");
	return told;
}
