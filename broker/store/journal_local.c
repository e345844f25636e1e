/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store/journal_entry.h"
#include "broker/store/record.h"
#include "broker/store/table.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * The journal in the store's own transaction: an append is undone with its batch and costs no flush
 * of its own.  Nothing is kept in memory between calls but room to put a record together.
 */
struct journal_local {
	struct journal_walk walk;
	char *room;
	size_t size;
};

static struct store_key row_key(uint64_t sequence)
{
	struct store_key key = store_key_start(TABLE_JOURNAL);
	store_key_u64(&key, sequence);
	return key;
}

static struct store_key meta_key(struct str name)
{
	struct store_key key = store_key_start(TABLE_META);
	store_key_bytes(&key, name.ptr, name.len);
	return key;
}

static void write_u64(char *out, uint64_t number)
{
	for (int i = 7; i >= 0; i--) {
		out[i] = (char)(uint8_t)number;
		number >>= 8;
	}
}

static enum err head_read(struct store_txn *txn, struct journal_head *ret_head)
{
	const struct store_key key = meta_key(STR("journal"));
	struct str body;
	const enum err err = record_get(
		txn, store_key_view(&key), JOURNAL_RECORD_HEAD, JOURNAL_VERSION, &body, NULL);
	if (err == ERR_NOT_FOUND) {
		*ret_head = (struct journal_head){0};
		return ERR_OK;
	}
	if (err != ERR_OK) {
		return err;
	}
	if (body.len != JOURNAL_HEAD_SIZE) {
		return ERR_CORRUPT;
	}
	ret_head->epoch = store_key_read_u64(body, 0);
	ret_head->sequence = store_key_read_u64(body, 8);
	ret_head->time = (timestamp_us)store_key_read_u64(body, 16);
	memcpy(ret_head->hash, body.ptr + 24, HASH_SIZE);
	return ERR_OK;
}

static enum err head_write(struct store_txn *txn, const struct journal_head *head)
{
	const struct store_key key = meta_key(STR("journal"));
	char body[JOURNAL_HEAD_SIZE];
	write_u64(body, head->epoch);
	write_u64(body + 8, head->sequence);
	write_u64(body + 16, (uint64_t)head->time);
	memcpy(body + 24, head->hash, HASH_SIZE);
	return record_put(txn, store_key_view(&key), JOURNAL_RECORD_HEAD, JOURNAL_VERSION,
		(struct str){body, sizeof(body)});
}

static bool room_for(struct journal_local *journal, size_t size)
{
	if (size <= journal->size) {
		return true;
	}
	char *room = realloc(journal->room, size + size / 2);
	if (room == NULL) {
		return false;
	}
	journal->room = room;
	journal->size = size + size / 2;
	return true;
}

static enum err row_write(
	struct journal_local *journal, struct store_txn *txn, const struct journal_row *row)
{
	const struct store_key key = row_key(row->entry.sequence);
	const struct str body = row->entry.body;
	if (!room_for(journal, JOURNAL_ROW_HEAD + body.len)) {
		return ERR_NOMEM;
	}
	journal_row_head(row, journal->room);
	if (body.len > 0) {
		memcpy(journal->room + JOURNAL_ROW_HEAD, body.ptr, body.len);
	}
	return record_put(txn, store_key_view(&key), JOURNAL_RECORD, JOURNAL_VERSION,
		(struct str){journal->room, JOURNAL_ROW_HEAD + body.len});
}

static enum journal_outcome local_append(struct journal *base, struct store_txn *txn,
	uint64_t epoch, uint64_t expect_sequence, const struct journal_entry *entries, size_t count,
	struct journal_head *ret_head)
{
	struct journal_head head;
	enum err err = head_read(txn, &head);
	if (err == ERR_OK && !journal_follows(&head, epoch, expect_sequence, entries, count)) {
		return JOURNAL_CONFLICT;
	}
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct journal_row row = {.entry = entries[i], .epoch = epoch};
		memcpy(row.before, head.hash, HASH_SIZE);
		err = row_write((struct journal_local *)base, txn, &row);
		journal_head_after(&row, &head);
	}
	if (err == ERR_OK && count > 0) {
		err = head_write(txn, &head);
	}
	if (err == ERR_OK) {
		*ret_head = head;
		return JOURNAL_OK;
	}
	/* No memory is no room; a damaged head or disk must be looked at first. */
	return err == ERR_FULL || err == ERR_NOMEM ? JOURNAL_FULL : JOURNAL_UNKNOWN;
}

static enum err local_row(struct journal *base, struct store_txn *txn, uint64_t sequence,
	struct journal_row *ret_row, struct fault *fault)
{
	(void)base;
	const struct store_key key = row_key(sequence);
	struct str bytes;
	const enum err err = record_get(
		txn, store_key_view(&key), JOURNAL_RECORD, JOURNAL_VERSION, &bytes, fault);
	if (err == ERR_CORRUPT) {
		return fault_set(fault, err, "store",
			"journal record %" PRIu64 " fails its checksum", sequence);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (!journal_row_read(sequence, bytes, ret_row)) {
		return fault_set(fault, ERR_CORRUPT, "store",
			"journal record %" PRIu64 " is cut short", sequence);
	}
	return ERR_OK;
}

static enum err local_start(struct journal *base, struct store_txn *txn,
	struct journal_base *ret_base, struct fault *fault)
{
	(void)base;
	const struct store_key key = meta_key(STR("journal-base"));
	struct str body;
	const enum err err = record_get(
		txn, store_key_view(&key), JOURNAL_RECORD_BASE, JOURNAL_VERSION, &body, fault);
	if (err == ERR_NOT_FOUND) {
		*ret_base = (struct journal_base){0};
		return ERR_OK;
	}
	if (err != ERR_OK) {
		return err;
	}
	if (body.len != JOURNAL_BASE_SIZE) {
		return fault_set(fault, ERR_CORRUPT, "store", "the journal's base is cut short");
	}
	ret_base->sequence = store_key_read_u64(body, 0);
	memcpy(ret_base->hash, body.ptr + 8, HASH_SIZE);
	return ERR_OK;
}

static enum err local_find(
	struct journal *base, struct store_txn *txn, uint64_t from, uint64_t *ret_sequence)
{
	(void)base;
	const struct store_key key = row_key(from);
	struct str found;
	struct str value;
	const enum err err = store_next(txn, store_key_view(&key), false, &found, &value);
	if (err != ERR_OK) {
		return err;
	}
	if (found.ptr[0] != TABLE_JOURNAL) {
		return ERR_END;
	}
	if (found.len != key.len) {
		return ERR_CORRUPT;
	}
	*ret_sequence = store_key_read_u64(found, 1);
	return ERR_OK;
}

static enum err local_read(struct journal *base, struct store_txn *txn, uint64_t sequence,
	struct journal_entry *ret_entry, struct fault *fault)
{
	struct journal_row row;
	const enum err err = local_row(base, txn, sequence, &row, fault);
	if (err == ERR_OK) {
		*ret_entry = row.entry;
	}
	return err;
}

static enum err local_last(
	struct journal *base, struct store_txn *txn, struct journal_head *ret_head)
{
	(void)base;
	return head_read(txn, ret_head);
}

static enum err base_write(struct store_txn *txn, const struct journal_base *base)
{
	const struct store_key key = meta_key(STR("journal-base"));
	char body[JOURNAL_BASE_SIZE];
	write_u64(body, base->sequence);
	memcpy(body + 8, base->hash, HASH_SIZE);
	return record_put(txn, store_key_view(&key), JOURNAL_RECORD_BASE, JOURNAL_VERSION,
		(struct str){body, sizeof(body)});
}

static enum err local_trim(struct journal *base, struct store_txn *txn, uint64_t sequence)
{
	struct journal_base start;
	struct journal_row row;
	enum err err = local_start(base, txn, &start, NULL);
	if (err != ERR_OK || sequence <= start.sequence) {
		return err;
	}
	uint64_t at = start.sequence + 1;
	err = local_row(base, txn, sequence, &row, NULL);
	if (err != ERR_OK) {
		return err;
	}
	start.sequence = sequence;
	journal_row_hash(&row, start.hash);
	for (; err == ERR_OK && at <= sequence; at++) {
		const struct store_key key = row_key(at);
		err = store_del(txn, store_key_view(&key));
	}
	return err == ERR_OK ? base_write(txn, &start) : err;
}

static void local_destroy(struct journal *base)
{
	struct journal_local *journal = (struct journal_local *)base;
	if (journal != NULL) {
		free(journal->room);
		free(journal);
	}
}

static const struct journal_ops local_ops = {
	.append = local_append,
	.read = local_read,
	.last = local_last,
	.trim = local_trim,
	.destroy = local_destroy,
};

enum err journal_local_create(struct journal **ret_journal)
{
	struct journal_local *journal = calloc(1, sizeof(*journal));
	if (journal == NULL) {
		return ERR_NOMEM;
	}
	journal->walk = (struct journal_walk){
		.base = {&local_ops}, .row = local_row, .start = local_start, .find = local_find};
	*ret_journal = &journal->walk.base;
	return ERR_OK;
}
