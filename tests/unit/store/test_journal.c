/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "broker/store/journal.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

#include <criterion/parameterized.h>
#include <stdio.h>

/* One suite over both journals. */
struct bench {
	struct store *store;
	struct journal *journal;
	struct store_txn *txn;
};

enum {
	LOCAL,
	MEM,
	JOURNALS
};
static int journals[JOURNALS] = {LOCAL, MEM};

static void bench_start(struct bench *bench, int which)
{
	MUST(store_mem_create(0, &bench->store));
	MUST(which == LOCAL ? journal_local_create(&bench->journal)
			    : journal_mem_create(&bench->journal));
	bench->txn = must_begin(bench->store, true);
}

static void bench_stop(struct bench *bench)
{
	store_abort(bench->txn);
	bench->journal->ops->destroy(NULL);
	bench->journal->ops->destroy(bench->journal);
	store_close(bench->store);
}

#define BOTH_JOURNALS(name)                                          \
	ParameterizedTestParameters(journal, name)                   \
	{                                                            \
		return cr_make_param_array(int, journals, JOURNALS); \
	}                                                            \
	static void name(struct bench *bench);                       \
	ParameterizedTest(int *which, journal, name)                 \
	{                                                            \
		struct bench bench;                                  \
		bench_start(&bench, *which);                         \
		name(&bench);                                        \
		bench_stop(&bench);                                  \
	}                                                            \
	static void name(struct bench *bench)

/* Appends `count` entries after `after`: bodies "event <sequence>". */
static enum journal_outcome append(struct bench *bench, uint64_t epoch, uint64_t after,
	size_t count, struct journal_head *head)
{
	struct journal_entry entries[16];
	char texts[16][32];
	for (size_t i = 0; i < count; i++) {
		const uint64_t sequence = after + 1 + i;
		(void)snprintf(texts[i], sizeof(texts[i]), "event %d", (int)sequence);
		entries[i] = (struct journal_entry){
			sequence, (timestamp_us)(sequence * 1000), str_from(texts[i])};
	}
	return bench->journal->ops->append(
		bench->journal, bench->txn, epoch, after, entries, count, head);
}

static void must_append(struct bench *bench, uint64_t after, size_t count)
{
	struct journal_head head;
	cr_assert_eq(append(bench, 1, after, count, &head), JOURNAL_OK);
	cr_assert_eq(head.sequence, after + count);
}

static enum err verify(struct bench *bench, uint64_t *ret_count, struct fault *fault)
{
	return journal_verify(bench->journal, bench->txn, ret_count, fault);
}

BOTH_JOURNALS(an_empty_journal_has_a_zeroed_head_and_verifies)
{
	struct journal_head head = {.sequence = 9};
	struct journal_entry entry;
	uint64_t count = 9;
	MUST(bench->journal->ops->last(bench->journal, bench->txn, &head));
	cr_assert_eq(head.sequence, 0);
	cr_assert_eq(head.time, 0);
	MUST_BE(bench->journal->ops->read(bench->journal, bench->txn, 1, &entry, NULL),
		ERR_NOT_FOUND);
	MUST(verify(bench, &count, NULL));
	cr_assert_eq(count, 0);
}

BOTH_JOURNALS(what_was_appended_is_read_back_in_order)
{
	struct journal_head head;
	struct journal_entry entry;
	uint64_t count;
	must_append(bench, 0, 3);
	must_append(bench, 3, 1);
	must_append(bench, 4, 0);
	MUST(bench->journal->ops->last(bench->journal, bench->txn, &head));
	cr_assert_eq(head.sequence, 4);
	cr_assert_eq(head.time, 4000);
	cr_assert_eq(head.epoch, 1);
	MUST(bench->journal->ops->read(bench->journal, bench->txn, 3, &entry, NULL));
	cr_assert_eq(entry.sequence, 3);
	cr_assert_eq(entry.time, 3000);
	cr_assert(str_is(entry.body, "event 3"));
	MUST_BE(bench->journal->ops->read(bench->journal, bench->txn, 5, &entry, NULL),
		ERR_NOT_FOUND);
	MUST(verify(bench, &count, NULL));
	cr_assert_eq(count, 4);
}

BOTH_JOURNALS(an_append_behind_another_head_conflicts_and_keeps_nothing)
{
	struct journal_head head;
	uint64_t count;
	must_append(bench, 0, 2);
	cr_assert_eq(append(bench, 1, 1, 1, &head), JOURNAL_CONFLICT);
	cr_assert_eq(append(bench, 1, 3, 1, &head), JOURNAL_CONFLICT);
	cr_assert_eq(append(bench, 0, 2, 1, &head), JOURNAL_CONFLICT);
	MUST(verify(bench, &count, NULL));
	cr_assert_eq(count, 2);
	cr_assert_eq(append(bench, 2, 2, 1, &head), JOURNAL_OK);
	cr_assert_eq(head.epoch, 2);
	cr_assert_eq(append(bench, 1, 3, 1, &head), JOURNAL_CONFLICT);
}

BOTH_JOURNALS(entries_with_a_hole_between_them_are_refused)
{
	struct journal_head head;
	const struct journal_entry entries[] = {{1, 1, STR("a")}, {3, 3, STR("c")}};
	cr_assert_eq(
		bench->journal->ops->append(bench->journal, bench->txn, 1, 0, entries, 2, &head),
		JOURNAL_CONFLICT);
	MUST(bench->journal->ops->last(bench->journal, bench->txn, &head));
	cr_assert_eq(head.sequence, 0);
}

BOTH_JOURNALS(what_is_left_after_a_trim_still_verifies_and_goes_on)
{
	struct journal_entry entry;
	uint64_t count;
	must_append(bench, 0, 10);
	MUST(bench->journal->ops->trim(bench->journal, bench->txn, 4));
	MUST(bench->journal->ops->trim(bench->journal, bench->txn, 2));
	MUST_BE(bench->journal->ops->trim(bench->journal, bench->txn, 11), ERR_NOT_FOUND);
	MUST_BE(bench->journal->ops->read(bench->journal, bench->txn, 4, &entry, NULL),
		ERR_NOT_FOUND);
	MUST(bench->journal->ops->read(bench->journal, bench->txn, 5, &entry, NULL));
	cr_assert(str_is(entry.body, "event 5"));
	MUST(verify(bench, &count, NULL));
	cr_assert_eq(count, 6);
	MUST(bench->journal->ops->trim(bench->journal, bench->txn, 10));
	MUST(verify(bench, &count, NULL));
	cr_assert_eq(count, 0);
	must_append(bench, 10, 2);
	MUST(verify(bench, &count, NULL));
	cr_assert_eq(count, 2);
}

/* Both journals chain by the same rule: another broker can compare heads. */
Test(journal, both_journals_give_the_same_head_for_the_same_entries)
{
	struct bench benches[JOURNALS];
	struct journal_head heads[JOURNALS];
	for (int i = 0; i < JOURNALS; i++) {
		bench_start(&benches[i], i);
		must_append(&benches[i], 0, 7);
		MUST(benches[i].journal->ops->last(benches[i].journal, benches[i].txn, &heads[i]));
	}
	cr_assert_arr_eq(heads[LOCAL].hash, heads[MEM].hash, HASH_SIZE);
	bench_stop(&benches[LOCAL]);
	bench_stop(&benches[MEM]);
}

Test(journal, a_local_append_is_undone_with_its_transaction)
{
	struct bench bench;
	struct journal_head head;
	bench_start(&bench, LOCAL);
	must_append(&bench, 0, 2);
	store_abort(bench.txn);
	bench.txn = must_begin(bench.store, true);
	MUST(bench.journal->ops->last(bench.journal, bench.txn, &head));
	cr_assert_eq(head.sequence, 0);
	must_append(&bench, 0, 1);
	bench_stop(&bench);
}

Test(journal, a_full_store_answers_full)
{
	struct bench bench;
	struct journal_head head;
	MUST(store_mem_create(600, &bench.store));
	MUST(journal_local_create(&bench.journal));
	bench.txn = must_begin(bench.store, true);
	cr_assert_eq(append(&bench, 1, 0, 10, &head), JOURNAL_FULL);
	bench_stop(&bench);
}

/* Rewrites a stored journal row with a valid checksum: what only the chain can find. */
static void forge(struct bench *bench, uint64_t sequence, size_t at)
{
	struct store_key key = store_key_start(TABLE_JOURNAL);
	struct str body;
	char copy[256];
	store_key_u64(&key, sequence);
	MUST(record_get(bench->txn, store_key_view(&key), 'J', 1, &body, NULL));
	memcpy(copy, body.ptr, body.len);
	copy[at] = (char)(copy[at] ^ 1);
	MUST(record_put(bench->txn, store_key_view(&key), 'J', 1, (struct str){copy, body.len}));
}

Test(journal, a_forged_record_is_found_and_named_wherever_it_was_changed)
{
	/* A byte of epoch, time, the hash before, and the body. */
	static const size_t places[] = {7, 15, 20, 50};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		for (uint64_t sequence = 1; sequence <= 5; sequence++) {
			struct bench bench;
			struct fault fault = {0};
			uint64_t count;
			bench_start(&bench, LOCAL);
			must_append(&bench, 0, 5);
			forge(&bench, sequence, places[i]);
			MUST_BE(verify(&bench, &count, &fault), ERR_CORRUPT);
			/* A change of the hash before shows at once, any other at the next. */
			char want[64];
			const uint64_t named = places[i] == 20 || places[i] == 7 || sequence == 5
						       ? sequence
						       : sequence + 1;
			(void)snprintf(want, sizeof(want), "journal record %d ", (int)named);
			if (places[i] != 7) {
				cr_assert_not_null(
					strstr(fault.message, want), "%s", fault.message);
			}
			bench_stop(&bench);
		}
	}
}

static void raw_key(struct store_key *key, uint64_t sequence)
{
	*key = store_key_start(TABLE_JOURNAL);
	store_key_u64(key, sequence);
}

Test(journal, a_flipped_bit_is_found_and_named)
{
	struct bench bench;
	struct fault fault = {0};
	struct store_key key;
	struct str value;
	struct journal_entry entry;
	char copy[256];
	uint64_t count;
	bench_start(&bench, LOCAL);
	must_append(&bench, 0, 5);
	raw_key(&key, 3);
	MUST(store_get(bench.txn, store_key_view(&key), &value));
	const size_t len = value.len;
	memcpy(copy, value.ptr, len);
	for (size_t i = 0; i < len; i++) {
		copy[i] = (char)(copy[i] ^ 16);
		must_put(bench.txn, store_key_view(&key), (struct str){copy, len});
		MUST_BE(verify(&bench, &count, &fault), ERR_CORRUPT);
		cr_assert_str_eq(fault.message, "journal record 3 fails its checksum");
		MUST_BE(bench.journal->ops->read(bench.journal, bench.txn, 3, &entry, &fault),
			ERR_CORRUPT);
		copy[i] = (char)(copy[i] ^ 16);
	}
	bench_stop(&bench);
}

Test(journal, a_hole_and_rows_outside_the_chain_are_found)
{
	struct bench bench;
	struct fault fault = {0};
	struct store_key key;
	uint64_t count;
	bench_start(&bench, LOCAL);
	must_append(&bench, 0, 5);
	raw_key(&key, 6);
	must_put(bench.txn, store_key_view(&key), STR("stray"));
	MUST_BE(verify(&bench, &count, &fault), ERR_CORRUPT);
	cr_assert_str_eq(fault.message, "journal record 6 stands behind the head");
	MUST(store_del(bench.txn, store_key_view(&key)));
	MUST(verify(&bench, &count, &fault));
	raw_key(&key, 0);
	must_put(bench.txn, store_key_view(&key), STR("stray"));
	MUST_BE(verify(&bench, &count, &fault), ERR_CORRUPT);
	cr_assert_str_eq(fault.message, "journal record 0 stands before what was trimmed");
	MUST(store_del(bench.txn, store_key_view(&key)));
	raw_key(&key, 2);
	MUST(store_del(bench.txn, store_key_view(&key)));
	MUST_BE(verify(&bench, &count, &fault), ERR_CORRUPT);
	cr_assert_str_eq(fault.message, "journal record 2 is missing");
	bench_stop(&bench);
}

Test(journal, a_damaged_head_stops_appending)
{
	struct bench bench;
	struct journal_head head;
	bench_start(&bench, LOCAL);
	must_append(&bench, 0, 2);
	must_put(bench.txn, STR("Mjournal"), STR("damaged head"));
	MUST_BE(bench.journal->ops->last(bench.journal, bench.txn, &head), ERR_CORRUPT);
	cr_assert_eq(append(&bench, 1, 2, 1, &head), JOURNAL_UNKNOWN);
	bench_stop(&bench);
}

Test(journal, a_journal_elsewhere_answers_as_it_is_told)
{
	struct bench bench;
	struct journal_head head;
	bench_start(&bench, MEM);
	must_append(&bench, 0, 1);
	journal_mem_answer_next(bench.journal, JOURNAL_CONFLICT);
	cr_assert_eq(append(&bench, 1, 1, 1, &head), JOURNAL_CONFLICT);
	journal_mem_answer_next(bench.journal, JOURNAL_FULL);
	cr_assert_eq(append(&bench, 1, 1, 1, &head), JOURNAL_FULL);
	journal_mem_lose_next(bench.journal);
	cr_assert_eq(append(&bench, 1, 1, 1, &head), JOURNAL_UNKNOWN);
	MUST(bench.journal->ops->last(bench.journal, bench.txn, &head));
	cr_assert_eq(head.sequence, 1);
	journal_mem_answer_next(bench.journal, JOURNAL_UNKNOWN);
	cr_assert_eq(append(&bench, 1, 1, 1, &head), JOURNAL_UNKNOWN);
	MUST(bench.journal->ops->last(bench.journal, bench.txn, &head));
	cr_assert_eq(head.sequence, 2);
	must_append(&bench, 2, 1);
	bench_stop(&bench);
}
