/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/store/record.h"

enum err core_batch_begin(struct core *core)
{
	struct store_txn *txn;
	struct fault fault;
	buf_reset(&core->record);
	buf_reset(&core->entries);
	enum err err = erasure_retry(core);
	err = err == ERR_OK ? store_begin(core->store, true, &txn) : err;
	if (err != ERR_OK) {
		return err;
	}
	rows_begin(core->rows);
	core->state = (struct state){.txn = txn, .meta = &core->meta, .rows = core->rows};
	core->effects = (struct core_effects){0};
	core->erased_count = 0;
	core->touched = false;
	err = core->journal->ops->last(core->journal, txn, &core->head);
	if (err == ERR_OK) {
		err = state_totals_read(&core->state, &fault);
	}
	if (err != ERR_OK) {
		store_abort(txn);
		return err;
	}
	core->batch_world = core_world_acquire(core);
	return ERR_OK;
}

/* New referrals stop while there is still room for those that are under way. */
static bool intake_closed(struct core *core, const struct core_command *command)
{
	struct store_stat stat;
	if (command->kind != CORE_REQUEST || command->request->header.type != WIRE_SUBMIT) {
		return false;
	}
	core->store->ops->stat(core->store, &stat);
	return stat.limit_bytes != 0 &&
	       stat.used_bytes > stat.limit_bytes / 100 * LIMIT_INTAKE_PERCENT;
}

static struct str command_name(const struct core_command *command)
{
	switch (command->kind) {
	case CORE_REQUEST:
		return str_from(wire_type_name(command->request->header.type));
	case CORE_ATTEMPT_FAILED:
		return STR("attempt");
	case CORE_DIRECTORY:
		return command->request == NULL
			       ? STR("directory")
			       : str_from(wire_type_name(command->request->header.type));
	case CORE_PARTIES:
		return STR("parties");
	case CORE_STARTED:
		return STR("start");
	case CORE_STOPPED:
		return STR("stop");
	case CORE_DUE:
		return STR("timer");
	case CORE_RETENTION:
		return STR("retention");
	case CORE_CLOCK_JUMP:
		return STR("clock-jump");
	}
	return STR("unknown");
}

/* Somebody's request, that is; what the broker does by itself has none, or none that counts. */
static bool asked(const struct core_command *command)
{
	return command->kind == CORE_REQUEST || command->kind == CORE_DIRECTORY ||
	       command->kind == CORE_PARTIES;
}

/* Encodes a record behind those of the batch; the journal gets them all at the commit. */
static enum err keep_record(struct core *core, const struct record *record)
{
	const size_t start = core->record.len;
	record_encode(&core->record, record);
	const struct journal_entry entry = {.sequence = record->sequence,
		.time = record->time,
		.body = {.len = core->record.len - start}};
	buf_append(&core->entries, &entry, sizeof(entry));
	if (core->record.failed || core->entries.failed) {
		return ERR_NOMEM;
	}
	core->head.sequence = record->sequence;
	core->head.time = record->time;
	return ERR_OK;
}

/* The records of the batch, appended in one go: its hash chain is read and written once. */
static enum err append_records(struct core *core)
{
	struct journal_entry *entries = (struct journal_entry *)(void *)core->entries.data;
	const size_t count = core->entries.len / sizeof(*entries);
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		entries[i].body.ptr = core->record.data + at;
		at += entries[i].body.len;
	}
	switch (core->journal->ops->append(core->journal, core->state.txn, core->head.epoch,
		core->head.sequence - count, entries, count, &core->head)) {
	case JOURNAL_OK:
		return ERR_OK;
	case JOURNAL_FULL:
		return ERR_FULL;
	case JOURNAL_CONFLICT:
	case JOURNAL_UNKNOWN:
		break;
	}
	return ERR_SUPERSEDED;
}

/* Keeps what was decided for the journal and folds it into the rows.  Any error here concerns the
 * batch. */
static enum err carry_out(struct core *core, struct decide *decide)
{
	const struct core_command *command = decide->command;
	const struct record record = {
		.format = RECORD_FORMAT,
		.sequence = core->head.sequence + 1,
		.time = decide->now,
		.command = command_name(command),
		.party = command->party == NULL ? (struct str){0} : str_from(command->party->id),
		.user = decide->request == NULL ? (struct str){0} : decide->request->user,
		.role = decide->request == NULL ? (struct str){0} : decide->request->role,
		.events = decide->events,
		.count = decide->count,
	};
	enum err err = keep_record(core, &record);
	for (size_t i = 0; err == ERR_OK && i < decide->blob_count; i++) {
		err = payload_write(
			core, &core->state, &decide->blobs[i], command->entropy, &core->arena);
	}
	if (err == ERR_OK && decide->directory_taken) {
		err = published_write(core, &core->state, command->directory);
	}
	if (err != ERR_OK) {
		return err;
	}
	return apply_record(&core->state, &record, &decide->fault);
}

static void note_effects(struct core *core, const struct decide *decide)
{
	core->touched = true;
	core->effects.events = true;
	for (size_t i = 0; i < decide->count; i++) {
		const enum event_type type = decide->events[i].type;
		if (type == EVENT_ERASED && core->erased_count < LIMIT_BATCH_COMMANDS) {
			core->erased[core->erased_count++] = decide->events[i].slot;
		}
		core->effects.deliveries =
			core->effects.deliveries || type == EVENT_DELIVERY_QUEUED ||
			type == EVENT_DELIVERED || type == EVENT_DELIVERY_CANCELLED ||
			type == EVENT_UNDELIVERABLE || type == EVENT_DELIVERY_STOPPED ||
			type == EVENT_DELIVERY_RETRIED;
	}
	if (decide->directory_taken) {
		core->published = decide->command->directory;
	}
}

static enum err make_reply(
	struct core *core, const struct decide *decide, struct core_reply *ret_reply)
{
	const struct view view = {
		core, &core->state, decide->command->party, &core->arena, &ret_reply->fault};
	enum err err = ERR_OK;
	ret_reply->body = decide->body;
	if (id_is_zero(decide->answer_referral)) {
		return ERR_OK;
	}
	if (decide->answer_leg != 0) {
		err = words_leg(
			&view, decide->answer_referral, decide->answer_leg, &ret_reply->body);
	} else {
		err = words_referral(&view, decide->answer_referral, false, &ret_reply->body);
	}
	if (err == ERR_OK) {
		value_put(&core->arena, &ret_reply->body, "duplicate",
			value_of_bool(decide->duplicate));
		if (decide->answer_leg == 0 && decide->body.kind == VALUE_LIST) {
			value_put(&core->arena, &ret_reply->body, "advice", decide->body);
		} else if (decide->overridden.kind == VALUE_LIST) {
			value_put(&core->arena, &ret_reply->body, "overridden", decide->overridden);
		}
	}
	return arena_failed(&core->arena) ? ERR_NOMEM : err;
}

static enum err refuse(
	struct core *core, const struct decide *decide, enum err err, struct core_reply *ret_reply)
{
	ret_reply->err = err;
	ret_reply->fault = decide->fault;
	if (ret_reply->fault.code == ERR_OK) {
		(void)fault_set(&ret_reply->fault, err, "", "%s", err_text(err));
	}
	core_count_refusal(core, err);
	return ERR_OK;
}

enum err core_batch_add(
	struct core *core, const struct core_command *command, struct core_reply *ret_reply)
{
	*ret_reply = (struct core_reply){.err = ERR_OK};
	arena_reset(&core->arena);
	struct decide decide = {
		.core = core,
		.state = &core->state,
		.plan = world_plan(core->batch_world),
		.parties = world_parties(core->batch_world),
		.calendar = world_calendar(core, core->batch_world),
		.command = command,
		.request = asked(command) ? command->request : NULL,
		.now = command->time > core->head.time ? command->time : core->head.time,
		.arena = &core->arena,
		.events = core->events,
		.counter = core->state.totals.counter,
		.slots = core->state.totals.slots,
		.intake_closed = intake_closed(core, command),
		.body = {.kind = VALUE_NULL},
		.overridden = {.kind = VALUE_NULL},
	};
	enum err err = decide_command(&decide);
	if (err == ERR_OK && arena_failed(&core->arena)) {
		err = ERR_NOMEM;
	}
	if (err != ERR_OK) {
		return refuse(core, &decide, err, ret_reply);
	}
	if (decide.count > 0) {
		err = carry_out(core, &decide);
		if (err != ERR_OK) {
			ret_reply->fault = decide.fault; /* for the log: which row */
			return err;
		}
		note_effects(core, &decide);
		ret_reply->acted = true;
	}
	return make_reply(core, &decide, ret_reply);
}

static void finish_batch(struct core *core)
{
	core_world_release(core->batch_world);
	core->batch_world = NULL;
	core->state.txn = NULL;
}

enum err core_batch_commit(struct core *core, struct core_effects *ret_effects)
{
	enum err err = ERR_OK;
	if (!core->touched) {
		store_abort(core->state.txn); /* nothing changed: no flush is owed */
	} else {
		err = append_records(core);
		if (err == ERR_OK) {
			err = state_totals_write(&core->state);
		}
		if (err == ERR_OK) {
			err = store_commit(core->state.txn);
		} else {
			store_abort(core->state.txn);
		}
	}
	finish_batch(core);
	if (err != ERR_OK) {
		core->published = NULL;
		return err;
	}
	/* Before anybody hears of it: what is answered as erased is gone. */
	err = erasure_carry_out(core);
	if (err != ERR_OK) {
		/* It is committed, so that nobody may be told it is not: the writer stops, and
		 * the next start overwrites the keys before it answers. */
		return ERR_IO;
	}
	core->effects.sequence = core->head.sequence;
	(void)pthread_mutex_lock(&core->mutex);
	core->identity.journal_time = core->head.time;
	core->identity.sequence = core->head.sequence;
	core->identity.directory_version = core->state.totals.directory_version;
	memcpy(core->identity.directory_hash, core->state.totals.directory_hash, HASH_SIZE);
	(void)pthread_mutex_unlock(&core->mutex);
	if (core->published != NULL) {
		err = published_adopt(core, core->published);
		core->published = NULL;
	}
	*ret_effects = core->effects;
	return err;
}

void core_batch_abort(struct core *core)
{
	store_abort(core->state.txn);
	core->published = NULL;
	finish_batch(core);
}

timestamp_us core_timer_next(struct core *core)
{
	return core_timer_after(core, -1);
}

timestamp_us core_timer_after(struct core *core, timestamp_us after)
{
	struct str key;
	struct str value;
	struct store_key from = store_key_start(TABLE_TIMER);
	store_key_u64(&from, (uint64_t)(after + 1));
	const bool any =
		store_next(core->state.txn, store_key_view(&from), false, &key, &value) == ERR_OK &&
		key.ptr[0] == TABLE_TIMER;
	return any ? (timestamp_us)store_key_read_u64(key, 1) : 0;
}

bool core_timer_due(struct core *core, timestamp_us now)
{
	const timestamp_us next = core_timer_next(core);
	bool held = false;
	/* A hold that cannot be read holds. */
	return next != 0 && next <= now && decide_held(&core->state, &held) == ERR_OK && !held;
}
