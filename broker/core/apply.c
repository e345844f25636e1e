/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply_fold.h"
#include "broker/core/lifecycle.h"
#include "broker/store/record.h"

void fold_text(char *out, size_t size, struct str text)
{
	memset(out, 0, size); /* the whole row is compared on a rebuild */
	str_copy(out, size, text);
}

void fold_bytes(uint8_t *out, size_t size, struct str bytes)
{
	memset(out, 0, size);
	if (bytes.len > 0) {
		memcpy(out, bytes.ptr, bytes.len < size ? bytes.len : size);
	}
}

static void count_id(struct state *state, struct id id)
{
	const struct str bytes = {(const char *)id.bytes, ID_SIZE};
	const uint64_t counter = store_key_read_u64(bytes, 8);
	if (counter > state->totals.counter) {
		state->totals.counter = counter;
	}
}

static enum err put_empty(struct state *state, const struct store_key *key, uint8_t type)
{
	return record_put(state->txn, store_key_view(key), type, ROW_VERSION, (struct str){0});
}

/* The referral's log and what its parties may follow. */
static enum err note(struct fold *fold, struct str source)
{
	const uint64_t sequence = fold->record->sequence;
	const struct store_key log = state_log_key(fold->event->referral, sequence);
	enum err err = state_mark_put(fold->state, &log, TABLE_REFERRAL_LOG);
	if (err == ERR_OK) {
		const struct store_key feed = state_feed_key(source, sequence);
		err = state_mark_put(fold->state, &feed, TABLE_FEED);
	}
	if (err == ERR_OK && fold->event->route.len > 0) {
		const struct store_key feed = state_feed_key(fold->event->route, sequence);
		err = state_mark_put(fold->state, &feed, TABLE_FEED);
	}
	return err;
}

static enum err put_reference(struct fold *fold)
{
	const struct event *event = fold->event;
	struct reference_row row = {.referral = event->referral};
	fold_bytes(row.content, LOOKUP_SIZE, event->content);
	fold_bytes(row.lookup, LOOKUP_SIZE, event->lookup);
	return fold->record->format >= RECORD_FORMAT_REFERENCES
		       ? state_reference_put(fold->state, event->reference, &row)
		       : state_reference_put_apart(fold->state, event->reference, &row);
}

static enum err apply_submitted(struct fold *fold)
{
	const struct event *event = fold->event;
	struct referral_row row = {
		.state = REFERRAL_SUBMITTED,
		.pathway = event->pathway,
		.flags = event->kind,
		.needs = event->needs,
		.slot = event->slot,
		.document_version = 1,
		.submitted = fold->record->time,
		.changed = fold->record->time,
		.payload = event->payload,
	};
	fold_bytes(row.line, sizeof(row.line), event->line);
	fold_bytes(row.lookup, sizeof(row.lookup), event->lookup);
	fold_text(row.reference, sizeof(row.reference), event->reference);
	fold_text(row.authority, sizeof(row.authority), event->authority);
	fold_text(row.source, sizeof(row.source), event->source);
	fold_text(row.source_ref, sizeof(row.source_ref), event->source_ref);
	fold->state->totals.referrals++;
	if (event->slot > fold->state->totals.slots) {
		fold->state->totals.slots = event->slot;
	}
	enum err err = put_reference(fold);
	if (err == ERR_OK) {
		const struct store_key key = state_by_party_key(event->source, event->referral);
		err = put_empty(fold->state, &key, TABLE_BY_PARTY);
	}
	if (err == ERR_OK) {
		err = state_referral_put(fold->state, event->referral, &row);
	}
	return err == ERR_OK ? note(fold, event->source) : err;
}

static enum err timer_del(struct state *state, timestamp_us due, struct id referral)
{
	const struct store_key key = state_timer_key(due, referral);
	const enum err err = store_del(state->txn, store_key_view(&key));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err apply_amended(struct fold *fold, struct referral_row *row)
{
	const struct event *event = fold->event;
	row->payload = event->payload;
	row->document_version = event->version;
	row->needs = event->needs;
	row->flags = event->kind;
	fold_text(row->authority, sizeof(row->authority), event->authority);
	return ERR_OK;
}

static enum err apply_referral_state(struct fold *fold, struct referral_row *row)
{
	const struct event *event = fold->event;
	enum err err = ERR_OK;
	if (row->until != 0 && row->until != event->until) {
		err = timer_del(fold->state, row->until, event->referral);
	}
	if (err == ERR_OK && event->until != 0) {
		const struct store_key key = state_timer_key(event->until, event->referral);
		err = put_empty(fold->state, &key, TABLE_TIMER);
	}
	if (err == ERR_OK) {
		err = fold_ended(fold, row);
	}
	if (err == ERR_OK && event->from != event->to) {
		err = fold_referral_clock_stop(fold, row);
		row->since = fold_has_clocks(fold) ? fold->record->time : 0;
	}
	row->until = event->until;
	row->state = event->to;
	row->gaps = event->gaps;
	fold_text(row->questions, sizeof(row->questions), event->questions);
	if (event->version != 0) {
		row->directory_version = event->version;
	}
	if (!id_is_zero(event->decision)) {
		row->decision = event->decision;
	}
	return err;
}

static enum err apply_matched(struct fold *fold, struct referral_row *referral)
{
	const struct event *event = fold->event;
	int year;
	int month;
	int day;
	date_to_civil(timestamp_london_date(fold->record->time), &year, &month, &day);
	struct leg_row row = {
		.state = LEG_MATCHED,
		.role = event->role,
		.confidential = event->kind,
		.needs = event->needs,
		.year = (uint32_t)year,
		.directory_version = event->version,
		.matched = fold->record->time,
		.changed = fold->record->time,
		.for_list = event->for_list,
	};
	fold_text(row.service, sizeof(row.service), event->service);
	fold_text(row.route, sizeof(row.route), event->route);
	fold_text(row.pool, sizeof(row.pool), event->pool);
	if (event->leg > referral->legs) {
		referral->legs = event->leg;
	}
	fold->state->totals.legs_open++;
	enum err err = fold_leg_counts(fold, &row, LEG_NONE);
	if (err == ERR_OK) {
		const struct store_key key = state_by_party_key(event->route, event->referral);
		err = put_empty(fold->state, &key, TABLE_BY_PARTY);
	}
	if (err == ERR_OK) {
		err = fold_leg_clock(fold, &row);
	}
	return err == ERR_OK ? state_leg_put(fold->state, event->referral, event->leg, &row) : err;
}

static enum err apply_leg_state(struct fold *fold, struct referral_row *referral)
{
	(void)referral;
	const struct event *event = fold->event;
	struct leg_row row;
	enum err err = state_leg_get(fold->state, event->referral, event->leg, &row, fold->fault);
	if (err != ERR_OK) {
		return err;
	}
	const enum leg_state from = (enum leg_state)row.state;
	const enum leg_state to = (enum leg_state)event->to;
	const int64_t open = (int64_t)lifecycle_is_ended(from) - (int64_t)lifecycle_is_ended(to);
	fold->state->totals.legs_open = (uint64_t)((int64_t)fold->state->totals.legs_open + open);
	err = fold_leg_clock_stop(fold, &row);
	/* What was asked stays asked while the leg is on hold. */
	const bool asked = from == LEG_INFO_REQUESTED ||
			   (from == LEG_ON_HOLD && row.before_hold == LEG_INFO_REQUESTED);
	if (err == ERR_OK && asked && to != LEG_ON_HOLD && to != LEG_INFO_REQUESTED) {
		err = state_asked_put(fold->state, event->referral, event->leg, (struct str){0});
	}
	if (err == ERR_OK && to == LEG_INFO_REQUESTED && !asked) {
		err = state_asked_put(fold->state, event->referral, event->leg, event->questions);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (to == LEG_ACCEPTED && from != LEG_ON_HOLD && fold_has_clocks(fold)) {
		row.accepted = fold->record->time;
	}
	row.state = event->to;
	row.before_hold = to == LEG_ON_HOLD ? event->from : 0;
	row.changed = fold->record->time;
	fold_text(row.reason, sizeof(row.reason), event->reason);
	err = fold_leg_clock(fold, &row);
	if (err == ERR_OK) {
		err = fold_leg_counts(fold, &row, from);
	}
	return err == ERR_OK ? state_leg_put(fold->state, event->referral, event->leg, &row) : err;
}

/* Consent narrowed, or the referral grew: the leg is for these needs now. */
static enum err apply_leg_needs(struct fold *fold, struct referral_row *referral)
{
	(void)referral;
	const struct event *event = fold->event;
	struct leg_row row;
	const enum err err =
		state_leg_get(fold->state, event->referral, event->leg, &row, fold->fault);
	if (err != ERR_OK) {
		return err;
	}
	row.needs = event->needs;
	row.changed = fold->record->time;
	return state_leg_put(fold->state, event->referral, event->leg, &row);
}

static enum err apply_started(struct fold *fold)
{
	(void)fold;
	return ERR_OK; /* for the record alone */
}

/* It changes nothing but is on the referral's record. */
static enum err apply_noted(struct fold *fold, struct referral_row *row)
{
	(void)fold;
	(void)row;
	return ERR_OK;
}

/* How each type folds: one that makes or concerns no referral, or one about a referral that exists
 * already. */
static const struct {
	enum err (*alone)(struct fold *fold);
	enum err (*about)(struct fold *fold, struct referral_row *row);
} folds[EVENT_TYPE_END] = {
	[EVENT_STARTED] = {apply_started, NULL},
	[EVENT_STOPPED] = {apply_started, NULL},
	[EVENT_DIRECTORY_PUBLISHED] = {apply_published, NULL},
	[EVENT_PARTIES_CHANGED] = {apply_started, NULL},
	[EVENT_INTAKE] = {apply_intake, NULL},
	[EVENT_SUBMITTED] = {apply_submitted, NULL},
	[EVENT_AMENDED] = {NULL, apply_amended},
	[EVENT_REFERRAL_STATE] = {NULL, apply_referral_state},
	[EVENT_MATCHED] = {NULL, apply_matched},
	[EVENT_LEG_STATE] = {NULL, apply_leg_state},
	[EVENT_DELIVERY_QUEUED] = {NULL, apply_queued},
	[EVENT_DELIVERED] = {NULL, apply_delivered},
	[EVENT_ATTEMPT_FAILED] = {NULL, apply_failed},
	[EVENT_UNDELIVERABLE] = {NULL, apply_undeliverable},
	[EVENT_DELIVERY_CANCELLED] = {NULL, apply_cancelled},
	[EVENT_CONSULTED] = {NULL, apply_consulted},
	[EVENT_ALERT] = {NULL, apply_noted},
	[EVENT_LATE_ANSWER] = {NULL, apply_noted},
	[EVENT_LEG_NEEDS] = {NULL, apply_leg_needs},
	[EVENT_CLOCK_SET] = {NULL, apply_clock_set},
	[EVENT_REMINDER] = {NULL, apply_reminder},
	[EVENT_OVERDUE] = {NULL, apply_overdue},
	[EVENT_DOWNTIME] = {apply_downtime, NULL},
	[EVENT_CLOCK_HELD] = {apply_held, NULL},
	[EVENT_CLOCK_CONFIRMED] = {apply_confirmed, NULL},
	[EVENT_CONTACT_ATTEMPTED] = {NULL, apply_attempted},
	[EVENT_SEEN] = {NULL, apply_noted},
	[EVENT_DELIVERY_STOPPED] = {NULL, apply_stopped},
	[EVENT_DELIVERY_RETRIED] = {NULL, apply_retried},
	[EVENT_ERASED] = {NULL, apply_erased},
	[EVENT_ASSIGNED] = {NULL, apply_assigned},
	[EVENT_MIGRATED] = {NULL, apply_migrated},
};

static enum err apply_to_referral(struct fold *fold)
{
	const struct event *event = fold->event;
	struct referral_row row;
	enum err err = state_referral_get(fold->state, event->referral, &row, fold->fault);
	if (err == ERR_OK) {
		err = folds[event->type].about(fold, &row);
	}
	if (err == ERR_OK) {
		err = fold_queue(fold, &row);
	}
	if (err != ERR_OK) {
		return err;
	}
	row.changed = fold->record->time;
	err = state_referral_put(fold->state, event->referral, &row);
	return err == ERR_OK ? note(fold, row_str(row.source)) : err;
}

static enum err apply_event(struct fold *fold)
{
	const struct event *event = fold->event;
	count_id(fold->state, event->referral);
	count_id(fold->state, event->delivery);
	count_id(fold->state, event->payload);
	count_id(fold->state, event->decision);
	if (event->type < EVENT_TYPE_END && folds[event->type].alone != NULL) {
		return folds[event->type].alone(fold);
	}
	if (event->type < EVENT_TYPE_END && folds[event->type].about != NULL) {
		return apply_to_referral(fold);
	}
	return fault_set(fold->fault, ERR_CORRUPT, "journal", "an event of an unknown type");
}

enum err apply_record(struct state *state, const struct record *record, struct fault *fault)
{
	for (size_t i = 0; i < record->count; i++) {
		struct fold fold = {state, record, &record->events[i], fault};
		const enum err err = apply_event(&fold);
		if (err != ERR_OK) {
			return err;
		}
	}
	return state_rows_write(state);
}
