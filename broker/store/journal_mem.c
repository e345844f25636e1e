/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/journal_entry.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

/*
 * The journal as a service elsewhere: an append stands at once, whatever becomes of the store's
 * transaction, and can be answered with something else than what happened.
 */
struct journal_mem {
	struct journal_walk walk;
	pthread_mutex_t mutex;
	struct journal_row *rows; /* bodies on the heap; rows[0] has sequence start.sequence + 1 */
	size_t count;
	size_t size;
	struct journal_base start;
	struct journal_head head;
	enum journal_outcome answer;
	bool lose; /* of an unknown answer: nothing was kept */
};

static bool rows_reserve(struct journal_mem *journal, size_t more)
{
	if (more <= journal->size - journal->count) {
		return true;
	}
	const size_t size = (journal->count + more) * 2;
	struct journal_row *rows = realloc(journal->rows, size * sizeof(*rows));
	if (rows == NULL) {
		return false;
	}
	journal->rows = rows;
	journal->size = size;
	return true;
}

static bool row_add(struct journal_mem *journal, uint64_t epoch, const struct journal_entry *entry)
{
	char *body = malloc(entry->body.len + 1);
	if (body == NULL) {
		return false;
	}
	if (entry->body.len > 0) {
		memcpy(body, entry->body.ptr, entry->body.len);
	}
	struct journal_row *row = &journal->rows[journal->count++];
	*row = (struct journal_row){.entry = *entry, .epoch = epoch};
	row->entry.body.ptr = body;
	memcpy(row->before, journal->head.hash, HASH_SIZE);
	journal_head_after(row, &journal->head);
	return true;
}

static void row_free(struct journal_row *row)
{
	union {
		const char *in;
		void *out;
	} body = {.in = row->entry.body.ptr};
	free(body.out);
}

static enum journal_outcome append_all(struct journal_mem *journal, uint64_t epoch,
	const struct journal_entry *entries, size_t count)
{
	const struct journal_head head = journal->head;
	const size_t kept = journal->count;
	bool room = rows_reserve(journal, count);
	for (size_t i = 0; room && i < count; i++) {
		room = row_add(journal, epoch, &entries[i]);
	}
	if (!room) {
		while (journal->count > kept) {
			row_free(&journal->rows[--journal->count]);
		}
		journal->head = head;
	}
	return room ? JOURNAL_OK : JOURNAL_FULL;
}

static enum journal_outcome mem_append(struct journal *base, struct store_txn *txn, uint64_t epoch,
	uint64_t expect_sequence, const struct journal_entry *entries, size_t count,
	struct journal_head *ret_head)
{
	(void)txn;
	struct journal_mem *journal = (struct journal_mem *)base;
	(void)pthread_mutex_lock(&journal->mutex);
	enum journal_outcome outcome = journal->answer;
	const bool keep = outcome == JOURNAL_OK || (outcome == JOURNAL_UNKNOWN && !journal->lose);
	journal->answer = JOURNAL_OK;
	journal->lose = false;
	if (keep) {
		const enum journal_outcome told = outcome;
		outcome = journal_follows(&journal->head, epoch, expect_sequence, entries, count)
				  ? append_all(journal, epoch, entries, count)
				  : JOURNAL_CONFLICT;
		outcome = outcome == JOURNAL_OK ? told : outcome;
	}
	if (outcome == JOURNAL_OK) {
		*ret_head = journal->head;
	}
	(void)pthread_mutex_unlock(&journal->mutex);
	return outcome;
}

static enum err mem_row(struct journal *base, struct store_txn *txn, uint64_t sequence,
	struct journal_row *ret_row, struct fault *fault)
{
	(void)txn;
	struct journal_mem *journal = (struct journal_mem *)base;
	(void)pthread_mutex_lock(&journal->mutex);
	const bool there = sequence > journal->start.sequence && sequence <= journal->head.sequence;
	if (there) {
		*ret_row = journal->rows[sequence - journal->start.sequence - 1];
	}
	(void)pthread_mutex_unlock(&journal->mutex);
	return there ? ERR_OK
		     : fault_set(fault, ERR_NOT_FOUND, "journal",
			       "journal record %" PRIu64 " is not there", sequence);
}

static enum err mem_start(struct journal *base, struct store_txn *txn,
	struct journal_base *ret_base, struct fault *fault)
{
	(void)txn;
	(void)fault;
	*ret_base = ((struct journal_mem *)base)->start;
	return ERR_OK;
}

static enum err mem_find(
	struct journal *base, struct store_txn *txn, uint64_t from, uint64_t *ret_sequence)
{
	(void)txn;
	const struct journal_mem *journal = (struct journal_mem *)base;
	const uint64_t first = journal->start.sequence + 1;
	const uint64_t found = from < first ? first : from;
	if (found > journal->head.sequence) {
		return ERR_END;
	}
	*ret_sequence = found;
	return ERR_OK;
}

static enum err mem_read(struct journal *base, struct store_txn *txn, uint64_t sequence,
	struct journal_entry *ret_entry, struct fault *fault)
{
	struct journal_row row;
	const enum err err = mem_row(base, txn, sequence, &row, fault);
	if (err == ERR_OK) {
		*ret_entry = row.entry;
	}
	return err;
}

static enum err mem_last(struct journal *base, struct store_txn *txn, struct journal_head *ret_head)
{
	(void)txn;
	struct journal_mem *journal = (struct journal_mem *)base;
	(void)pthread_mutex_lock(&journal->mutex);
	*ret_head = journal->head;
	(void)pthread_mutex_unlock(&journal->mutex);
	return ERR_OK;
}

static enum err mem_trim(struct journal *base, struct store_txn *txn, uint64_t sequence)
{
	struct journal_mem *journal = (struct journal_mem *)base;
	struct journal_row row;
	if (sequence <= journal->start.sequence) {
		return ERR_OK;
	}
	const enum err err = mem_row(base, txn, sequence, &row, NULL);
	if (err != ERR_OK) {
		return err;
	}
	(void)pthread_mutex_lock(&journal->mutex);
	const size_t gone = (size_t)(sequence - journal->start.sequence);
	journal_row_hash(&row, journal->start.hash);
	journal->start.sequence = sequence;
	for (size_t i = 0; i < gone; i++) {
		row_free(&journal->rows[i]);
	}
	journal->count -= gone;
	memmove(journal->rows, journal->rows + gone, journal->count * sizeof(*journal->rows));
	(void)pthread_mutex_unlock(&journal->mutex);
	return ERR_OK;
}

static void mem_destroy(struct journal *base)
{
	struct journal_mem *journal = (struct journal_mem *)base;
	if (journal == NULL) {
		return;
	}
	while (journal->count > 0) {
		row_free(&journal->rows[--journal->count]);
	}
	free(journal->rows);
	(void)pthread_mutex_destroy(&journal->mutex);
	free(journal);
}

static const struct journal_ops mem_ops = {
	.append = mem_append,
	.read = mem_read,
	.last = mem_last,
	.trim = mem_trim,
	.destroy = mem_destroy,
};

enum err journal_mem_create(struct journal **ret_journal)
{
	struct journal_mem *journal = calloc(1, sizeof(*journal));
	if (journal == NULL) {
		return ERR_NOMEM;
	}
	journal->walk = (struct journal_walk){
		.base = {&mem_ops}, .row = mem_row, .start = mem_start, .find = mem_find};
	journal->answer = JOURNAL_OK;
	(void)pthread_mutex_init(&journal->mutex, NULL);
	*ret_journal = &journal->walk.base;
	return ERR_OK;
}

static void answer_next(struct journal *base, enum journal_outcome outcome, bool lose)
{
	struct journal_mem *journal = (struct journal_mem *)base;
	(void)pthread_mutex_lock(&journal->mutex);
	journal->answer = outcome;
	journal->lose = lose;
	(void)pthread_mutex_unlock(&journal->mutex);
}

void journal_mem_answer_next(struct journal *journal, enum journal_outcome outcome)
{
	answer_next(journal, outcome, false);
}

void journal_mem_lose_next(struct journal *journal)
{
	answer_next(journal, JOURNAL_UNKNOWN, true);
}
