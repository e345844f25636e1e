/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/journal_entry.h"

#include "broker/store/table.h"

#include <inttypes.h>

static void write_u64(char *out, uint64_t number)
{
	for (int i = 7; i >= 0; i--) {
		out[i] = (char)(uint8_t)number;
		number >>= 8;
	}
}

void journal_row_head(const struct journal_row *row, char out[JOURNAL_ROW_HEAD])
{
	write_u64(out, row->epoch);
	write_u64(out + 8, (uint64_t)row->entry.time);
	memcpy(out + 16, row->before, HASH_SIZE);
}

void journal_row_hash(const struct journal_row *row, uint8_t out[HASH_SIZE])
{
	char head[8 + JOURNAL_ROW_HEAD];
	write_u64(head, row->entry.sequence);
	journal_row_head(row, head + 8);
	hash_pair(out, (struct str){head, sizeof(head)}, row->entry.body);
}

bool journal_row_read(uint64_t sequence, struct str bytes, struct journal_row *ret_row)
{
	if (bytes.len < JOURNAL_ROW_HEAD) {
		return false;
	}
	ret_row->epoch = store_key_read_u64(bytes, 0);
	ret_row->entry.sequence = sequence;
	ret_row->entry.time = (timestamp_us)store_key_read_u64(bytes, 8);
	memcpy(ret_row->before, bytes.ptr + 16, HASH_SIZE);
	ret_row->entry.body =
		(struct str){bytes.ptr + JOURNAL_ROW_HEAD, bytes.len - JOURNAL_ROW_HEAD};
	return true;
}

void journal_head_after(const struct journal_row *row, struct journal_head *ret_head)
{
	ret_head->epoch = row->epoch;
	ret_head->sequence = row->entry.sequence;
	ret_head->time = row->entry.time;
	journal_row_hash(row, ret_head->hash);
}

bool journal_follows(const struct journal_head *head, uint64_t epoch, uint64_t expect_sequence,
	const struct journal_entry *entries, size_t count)
{
	if (head->sequence != expect_sequence || epoch < head->epoch) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (entries[i].sequence != expect_sequence + 1 + i) {
			return false;
		}
	}
	return true;
}

static enum err fault_sequence(struct fault *fault, uint64_t sequence, const char *message)
{
	return fault_set(
		fault, ERR_CORRUPT, "store", "journal record %" PRIu64 " %s", sequence, message);
}

/* Nothing may stand outside base..head: a row there was not written by a journal. */
static enum err verify_bounds(struct journal_walk *journal, struct store_txn *txn,
	const struct journal_base *base, const struct journal_head *head, struct fault *fault)
{
	uint64_t found;
	enum err err = journal->find(&journal->base, txn, 0, &found);
	if (err == ERR_OK && found <= base->sequence) {
		return fault_sequence(fault, found, "stands before what was trimmed");
	}
	if (head->sequence < base->sequence) {
		return fault_sequence(
			fault, head->sequence, "is the head, before what was trimmed");
	}
	if (err == ERR_OK && head->sequence < UINT64_MAX) {
		err = journal->find(&journal->base, txn, head->sequence + 1, &found);
	}
	if (err == ERR_OK) {
		return fault_sequence(fault, found, "stands behind the head");
	}
	return err == ERR_END ? ERR_OK : err;
}

enum err journal_verify(
	struct journal *base, struct store_txn *txn, uint64_t *ret_count, struct fault *fault)
{
	struct journal_walk *journal = (struct journal_walk *)base;
	struct journal_head head;
	struct journal_base start;
	enum err err = base->ops->last(base, txn, &head);
	if (err != ERR_OK) {
		return fault_set(fault, err, "store", "the journal's head cannot be read");
	}
	err = journal->start(base, txn, &start, fault);
	if (err != ERR_OK) {
		return err;
	}
	uint8_t hash[HASH_SIZE];
	memcpy(hash, start.hash, HASH_SIZE);
	uint64_t epoch = 0;
	for (uint64_t sequence = start.sequence + 1; sequence <= head.sequence; sequence++) {
		struct journal_row row;
		err = journal->row(base, txn, sequence, &row, fault);
		if (err == ERR_NOT_FOUND) {
			return fault_sequence(fault, sequence, "is missing");
		}
		if (err != ERR_OK) {
			return err;
		}
		if (memcmp(row.before, hash, HASH_SIZE) != 0) {
			return fault_sequence(
				fault, sequence, "does not carry the hash of the one before");
		}
		if (row.epoch < epoch) {
			return fault_sequence(
				fault, sequence, "is of an older epoch than the one before");
		}
		epoch = row.epoch;
		journal_row_hash(&row, hash);
	}
	if (memcmp(hash, head.hash, HASH_SIZE) != 0) {
		return fault_sequence(
			fault, head.sequence, "does not have the hash that the head names");
	}
	err = verify_bounds(journal, txn, &start, &head, fault);
	if (err == ERR_OK) {
		*ret_count = head.sequence - start.sequence;
	}
	return err;
}
