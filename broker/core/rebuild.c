/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/short_row.h"
#include "broker/store/record.h"

#include <stdio.h>
/*
 * Builds the rows again from the record, into memory, and compares each with what the store holds.
 * Not rebuilt, only held against their checksums: payloads (sealed on their own) and published
 * directories (named by hash).  Not looked at: images, which are made again when they are not good.
 */
enum {
	RECORDS_A_COMMIT = 1000
};

static const char compared[] = {TABLE_REFERRAL, TABLE_LEG, TABLE_REFERRAL_LOG, TABLE_DEDUPE,
	TABLE_REFERENCE, TABLE_OUTBOX, TABLE_DELIVERY, TABLE_TIMER, TABLE_FEED, TABLE_COUNTER,
	TABLE_BY_PARTY, TABLE_ASKED, TABLE_ENDED, TABLE_ERASED, TABLE_QUEUE, TABLE_UNSENT,
	TABLE_PUBLICATION, TABLE_WAITING, TABLE_INTAKE};

struct rebuild {
	struct core *core;
	struct store *memory;
	struct state from, to;
	struct arena arena;
	uint64_t records, rows;
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
	struct fault *fault;
};

static enum err rebuild_commit(struct rebuild *rebuild, bool again)
{
	enum err err = state_totals_write(&rebuild->to);
	if (err == ERR_OK) {
		err = store_commit(rebuild->to.txn);
	} else {
		store_abort(rebuild->to.txn);
	}
	rebuild->to.txn = NULL;
	return err == ERR_OK && again ? store_begin(rebuild->memory, true, &rebuild->to.txn) : err;
}

static enum err fold_all(struct rebuild *rebuild, uint64_t last)
{
	struct journal *journal = rebuild->core->journal;
	enum err err = store_begin(rebuild->memory, true, &rebuild->to.txn);
	for (uint64_t sequence = 1; err == ERR_OK && sequence <= last; sequence++) {
		struct journal_entry entry;
		struct record record;
		arena_reset(&rebuild->arena);
		err = journal->ops->read(
			journal, rebuild->from.txn, sequence, &entry, rebuild->fault);
		if (err == ERR_OK) {
			err = record_decode(&entry, &rebuild->arena, &record, rebuild->fault);
		}
		if (err == ERR_OK) {
			err = apply_record(&rebuild->to, &record, rebuild->fault);
		}
		if (err == ERR_OK && sequence % RECORDS_A_COMMIT == 0) {
			err = rebuild_commit(rebuild, true);
			if (rebuild->progress != NULL) {
				rebuild->progress(rebuild->context, sequence, last);
			}
		}
		rebuild->records++;
	}
	if (err != ERR_OK) {
		store_abort(rebuild->to.txn);
		rebuild->to.txn = NULL;
		return err;
	}
	return rebuild_commit(rebuild, false);
}

static enum err differ(struct rebuild *rebuild, char table, const char *how)
{
	return fault_set(rebuild->fault, ERR_CORRUPT, table_name((uint8_t)table),
		"the record gives another state than the store: row %llu %s",
		(unsigned long long)rebuild->rows, how);
}

/* A row that an earlier version wrote: what it held then is what the record gives. */
static enum err compare_grown(
	struct rebuild *rebuild, char table, struct str key, const struct str values[2])
{
	const struct row_layout *layout = row_layout_of((uint8_t)table);
	struct referral_row rows[2]; /* the largest */
	struct str bodies[2];
	struct str tails[2];
	if (layout == NULL) {
		return differ(rebuild, table, "has other content");
	}
	for (int i = 0; i < 2; i++) {
		const enum err err = record_check(
			key, values[i], layout->type, layout->newest, &bodies[i], rebuild->fault);
		if (err != ERR_OK) {
			return err;
		}
		if (!row_load(layout, (uint8_t)values[i].ptr[1], bodies[i], &rows[i], &tails[i])) {
			return differ(rebuild, table, "has another size");
		}
	}
	const uint8_t version = (uint8_t)values[0].ptr[1];
	const size_t held = version < layout->short_since && bodies[0].len < layout->size
				    ? layout->first_size
				    : layout->size;
	return version < layout->newest && memcmp(&rows[0], &rows[1], held) == 0 &&
			       str_equal(tails[0], tails[1])
		       ? ERR_OK
		       : differ(rebuild, table, "has other content");
}

/* Walks both stores through one table in step. */
static enum err compare_table(struct rebuild *rebuild, char table)
{
	char key_bytes[STORE_KEY_BYTES] = {table};
	struct str at = {key_bytes, 1};
	for (;;) {
		struct str keys[2];
		struct str values[2];
		bool more[2];
		struct store_txn *txns[2] = {rebuild->from.txn, rebuild->to.txn};
		for (int i = 0; i < 2; i++) {
			const enum err err = store_next(txns[i], at, true, &keys[i], &values[i]);
			if (err != ERR_OK && err != ERR_END) {
				return err;
			}
			more[i] = err == ERR_OK && keys[i].ptr[0] == table;
		}
		if (!more[0] && !more[1]) {
			return ERR_OK;
		}
		if (more[0] != more[1] || !str_equal(keys[0], keys[1])) {
			return differ(rebuild, table,
				more[0] ? "is only in the store" : "is only in the record");
		}
		if (!str_equal(values[0], values[1])) {
			const enum err err = compare_grown(rebuild, table, keys[0], values);
			if (err != ERR_OK) {
				return err;
			}
		}
		memcpy(key_bytes, keys[0].ptr, keys[0].len);
		at.len = keys[0].len;
		rebuild->rows++;
	}
}

/* Rows that no event makes again: at least each is what was once written. */
static enum err check_sums(struct rebuild *rebuild, enum table table)
{
	char key_bytes[STORE_KEY_BYTES] = {(char)table};
	struct str at = {key_bytes, 1};
	for (;;) {
		struct str key;
		struct str value;
		struct str body;
		enum err err = store_next(rebuild->from.txn, at, true, &key, &value);
		if (err == ERR_END || (err == ERR_OK && key.ptr[0] != (char)table)) {
			return ERR_OK;
		}
		if (err == ERR_OK) {
			err = record_check(
				key, value, (uint8_t)table, UINT8_MAX, &body, rebuild->fault);
		}
		if (err != ERR_OK) {
			return err;
		}
		memcpy(key_bytes, key.ptr, key.len);
		at.len = key.len;
		rebuild->rows++;
	}
}

static enum err compare_all(struct rebuild *rebuild)
{
	enum err err = store_begin(rebuild->memory, false, &rebuild->to.txn);
	for (size_t i = 0; err == ERR_OK && i < sizeof(compared); i++) {
		err = compare_table(rebuild, compared[i]);
	}
	if (err == ERR_OK) {
		err = check_sums(rebuild, TABLE_PAYLOAD);
	}
	if (err == ERR_OK) {
		err = check_sums(rebuild, TABLE_DIRECTORY);
	}
	if (err == ERR_OK) {
		err = state_totals_read(&rebuild->from, rebuild->fault);
	}
	if (err == ERR_OK && memcmp(&rebuild->from.totals, &rebuild->to.totals,
				     sizeof(rebuild->to.totals)) != 0) {
		err = fault_set(rebuild->fault, ERR_CORRUPT, "totals",
			"the record gives other totals than the store");
	}
	store_abort(rebuild->to.txn);
	return err;
}

enum err core_rebuild_verify(struct core *core,
	void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
	struct core_rebuild *ret_rebuild, struct fault *fault)
{
	struct rebuild rebuild = {
		.core = core, .progress = progress, .context = context, .fault = fault};
	struct journal_head head;
	uint64_t verified;
	rebuild.from.meta = &core->meta;
	rebuild.to.meta = &core->meta;
	arena_init(&rebuild.arena, 0);
	enum err err = store_mem_create(0, &rebuild.memory);
	if (err == ERR_OK) {
		err = store_begin(core->store, false, &rebuild.from.txn);
	}
	if (err == ERR_OK) {
		err = journal_verify(core->journal, rebuild.from.txn, &verified, fault);
	}
	if (err == ERR_OK) {
		err = core->journal->ops->last(core->journal, rebuild.from.txn, &head);
	}
	if (err == ERR_OK) {
		err = fold_all(&rebuild, head.sequence);
	}
	if (err == ERR_OK) {
		err = compare_all(&rebuild);
	}
	store_abort(rebuild.from.txn);
	store_close(rebuild.memory);
	arena_finish(&rebuild.arena);
	if (err == ERR_OK) {
		*ret_rebuild = (struct core_rebuild){rebuild.records, rebuild.rows};
	}
	return err;
}
