/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/core/kernel.h"
#include "broker/core/published_image.h"
#include "broker/store/record.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	ARENA_KEEP = 0 /* the command's arena has no limit of its own: a frame bounds what enters */
};

static enum err open_store(
	struct core *core, const struct core_options *options, struct fault *fault)
{
	char slots[4096];
	enum err err = store_lmdb_open(
		options->store_folder, options->map_bytes, options->read_only, &core->store, fault);
	if (err == ERR_OK) {
		err = journal_local_create(&core->journal);
	}
	if (err == ERR_OK) {
		(void)snprintf(slots, sizeof(slots), "%s/slots", options->store_folder);
		err = payload_slots_open(slots, options->read_only, &core->slots, fault);
	}
	return err;
}

/* A new store gets its identity; an old one must be what the configuration says. */
static enum err open_identity(struct core *core, const struct core_options *options,
	timestamp_us now, struct fault *fault)
{
	struct store_txn *txn;
	const enum store_mode mode = options->rehearsal ? STORE_REHEARSAL : STORE_LIVE;
	enum err err = store_begin(core->store, !options->read_only, &txn);
	if (err != ERR_OK) {
		return err;
	}
	err = store_meta_read(txn, &core->meta, fault);
	if (err == ERR_NOT_FOUND && !options->read_only) {
		store_meta_init(&core->meta, mode, now);
		err = store_meta_create(txn, &core->meta);
		if (err == ERR_OK) {
			return store_commit(txn);
		}
	}
	store_abort(txn);
	if (err == ERR_OK && core->meta.mode != mode && !options->read_only) {
		return fault_set(fault, ERR_CONFIG, "mode",
			"this store was made for %s and stays so; the configuration says %s",
			core->meta.mode == STORE_REHEARSAL ? "rehearsal" : "live",
			options->rehearsal ? "rehearsal" : "live");
	}
	return err;
}

static enum err read_position(struct core *core, struct store_txn *txn, struct fault *fault)
{
	struct journal_entry last;
	core->state = (struct state){.txn = txn, .meta = &core->meta};
	enum err err = core->journal->ops->last(core->journal, txn, &core->head);
	if (err == ERR_OK) {
		err = state_totals_read(&core->state, fault);
	}
	if (err == ERR_OK && core->head.sequence > 0) {
		err = core->journal->ops->read(
			core->journal, txn, core->head.sequence, &last, fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	core->identity = (struct core_identity){
		.instance = core->meta.instance,
		.rehearsal = core->meta.mode == STORE_REHEARSAL,
		.journal_time = core->head.time,
		.sequence = core->head.sequence,
		.directory_version = core->state.totals.directory_version,
	};
	memcpy(core->identity.directory_hash, core->state.totals.directory_hash, HASH_SIZE);
	return ERR_OK;
}

/* So that the next start finds it: this one had to parse the files. */
static enum err image_keep(struct core *core, struct str image)
{
	struct store_txn *txn;
	enum err err = store_begin(core->store, true, &txn);
	if (err != ERR_OK) {
		return err;
	}
	struct state state = {.txn = txn, .meta = &core->meta};
	err = published_image_put(&state, core->identity.directory_version, image);
	if (err == ERR_OK) {
		return store_commit(txn);
	}
	store_abort(txn);
	return err;
}

/* A release refuses files that another took, and a disk rots: who is under way is not left alone
 * for it.  Only what says nothing about the files keeps the core from opening. */
static enum err open_without(struct core *core, enum err err, struct fault *fault)
{
	if (err == ERR_NOMEM || err == ERR_IO) {
		return err;
	}
	core->unusable = *fault;
	core->unusable.code = err;
	if (core->unusable.message[0] == '\0') {
		(void)fault_set(&core->unusable, err, "directory", "%s", err_text(err));
	}
	core->identity.directory_unusable = true;
	*fault = (struct fault){0};
	return ERR_OK;
}

static enum err open_state(struct core *core, bool read_only, struct fault *fault)
{
	struct store_txn *txn;
	struct buf image = {0};
	enum err err = store_begin(core->store, false, &txn);
	if (err != ERR_OK) {
		return err;
	}
	err = read_position(core, txn, fault);
	if (err == ERR_OK && !read_only) {
		err = erasure_finish_old(core, txn);
	}
	if (err == ERR_OK && core->identity.directory_version > 0) {
		struct plan *plan;
		err = published_read(core, &core->state, &plan, &image, fault);
		err = err == ERR_OK ? world_set_plan(core, plan) : open_without(core, err, fault);
	}
	store_abort(txn);
	if (err == ERR_OK && image.len > 0 && !read_only) {
		err = image_keep(core, buf_str(&image));
		err = err == ERR_FULL ? ERR_OK : err; /* then the next start parses again */
	}
	buf_finish(&image);
	return err;
}

enum err core_open(const struct core_options *options, const uint8_t entropy[64], timestamp_us now,
	struct core **ret_core, struct fault *fault)
{
	(void)entropy;
	struct core *core = calloc(1, sizeof(*core));
	if (core == NULL) {
		return ERR_NOMEM;
	}
	(void)pthread_mutex_init(&core->mutex, NULL);
	calendar_init(&core->calendar);
	arena_init(&core->arena, ARENA_KEEP);
	core->events = calloc(EVENTS_MAX, sizeof(*core->events));
	core->erased = calloc(LIMIT_BATCH_COMMANDS, sizeof(*core->erased));
	core->retention_months = options->retention_months;
	enum err err =
		core->events == NULL || core->erased == NULL ? ERR_NOMEM : rows_create(&core->rows);
	if (err == ERR_OK) {
		err = open_store(core, options, fault);
	}
	if (err == ERR_OK) {
		err = open_identity(core, options, now, fault);
	}
	if (err == ERR_OK) {
		err = open_state(core, options->read_only, fault);
	}
	if (err != ERR_OK) {
		core_close(core);
		return err;
	}
	*ret_core = core;
	return ERR_OK;
}

void core_close(struct core *core)
{
	if (core == NULL) {
		return;
	}
	core_world_release(core->world);
	payload_slots_close(core->slots);
	if (core->journal != NULL) {
		core->journal->ops->destroy(core->journal);
	}
	store_close(core->store);
	arena_finish(&core->arena);
	buf_finish(&core->record);
	buf_finish(&core->entries);
	buf_finish(&core->owed);
	buf_finish(&core->scratch);
	directory_problems_finish(&core->refused);
	rows_destroy(core->rows);
	free(core->events);
	free(core->erased);
	(void)pthread_mutex_destroy(&core->mutex);
	free(core);
}

const struct fault *core_directory_parsed(const struct core *core)
{
	return core->parsed.code == ERR_OK ? NULL : &core->parsed;
}

const struct fault *core_directory_damaged(const struct core *core)
{
	return core->damaged.code == ERR_OK ? NULL : &core->damaged;
}

bool core_directory_unusable(struct core *core, struct fault *ret_why)
{
	struct core_identity identity;
	core_identify(core, &identity);
	if (identity.directory_unusable && ret_why != NULL) {
		*ret_why = core->unusable;
	}
	return identity.directory_unusable;
}

const struct directory_problems *core_directory_refused(const struct core *core)
{
	return &core->refused;
}

void core_identify(struct core *core, struct core_identity *ret_identity)
{
	(void)pthread_mutex_lock(&core->mutex);
	*ret_identity = core->identity;
	(void)pthread_mutex_unlock(&core->mutex);
}

void core_count_refusal(struct core *core, enum err code)
{
	const int number = -(int)code;
	if (number > 0 && number < REFUSALS) {
		atomic_fetch_add(&core->refusals[number], 1);
	}
}

uint64_t core_refusals(struct core *core, enum err code)
{
	const int number = -(int)code;
	return number > 0 && number < REFUSALS ? atomic_load(&core->refusals[number]) : 0;
}
