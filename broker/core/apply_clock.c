/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply_fold.h"
#include "broker/core/clock.h"
#include "broker/store/record.h"

/* A clock of a leg, or with leg 0 of the referral: the members of the row that say when. */
struct clock_members {
	timestamp_us *deadline, *remind;
	uint64_t *downtime;
	uint8_t *clock;
};

static struct store_key timer_of(const struct fold *fold, uint8_t leg, struct clock_members members)
{
	return state_clock_key(*members.remind != 0 ? *members.remind : *members.deadline,
		fold->event->referral, leg);
}

static enum err timer_put(struct fold *fold, uint8_t leg, struct clock_members members)
{
	if (*members.deadline == 0) {
		return ERR_OK;
	}
	const struct store_key key = timer_of(fold, leg, members);
	return record_put(
		fold->state->txn, store_key_view(&key), TABLE_TIMER, ROW_VERSION, (struct str){0});
}

static enum err timer_del(struct fold *fold, uint8_t leg, struct clock_members members)
{
	if (*members.deadline == 0) {
		return ERR_OK;
	}
	const struct store_key key = timer_of(fold, leg, members);
	const enum err err = store_del(fold->state->txn, store_key_view(&key));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err clock_move(struct fold *fold, struct clock_members members)
{
	const struct event *event = fold->event;
	enum err err = timer_del(fold, event->leg, members);
	if (err == ERR_OK) {
		err = state_count_get(fold->state, STATE_COUNT_DOWNTIME, members.downtime);
	}
	*members.clock = event->clock;
	*members.deadline = event->until;
	*members.remind = event->until == 0 ? 0 : event->remind;
	return err == ERR_OK ? timer_put(fold, event->leg, members) : err;
}

static struct clock_members leg_members(struct leg_row *leg)
{
	return (struct clock_members){&leg->deadline, &leg->remind, &leg->downtime, &leg->clock};
}

static struct clock_members referral_members(struct referral_row *row)
{
	return (struct clock_members){&row->deadline, &row->remind, &row->downtime, &row->clock};
}

enum err fold_leg_clock(struct fold *fold, struct leg_row *leg)
{
	if (fold->event->clock == 0) {
		return ERR_OK;
	}
	leg->left = fold->event->amount;
	leg->stopped_clock = fold->event->stopped;
	leg->cap = fold->event->cap;
	return clock_move(fold, leg_members(leg));
}

enum err apply_clock_set(struct fold *fold, struct referral_row *row)
{
	const struct event *event = fold->event;
	struct leg_row leg;
	if (event->leg == 0) {
		row->look_until = event->cap;
		return clock_move(fold, referral_members(row));
	}
	enum err err = state_leg_get(fold->state, event->referral, event->leg, &leg, fold->fault);
	if (err == ERR_OK && leg.clock == CLOCK_NO_CONTACT && event->clock == CLOCK_FIRST_CONTACT) {
		leg.overdue = 0; /* first contact is waited for anew */
	}
	if (err == ERR_OK) {
		err = fold_leg_clock(fold, &leg);
	}
	if (err != ERR_OK) {
		return err;
	}
	return state_leg_put(fold->state, event->referral, event->leg, &leg);
}

enum err apply_reminder(struct fold *fold, struct referral_row *row)
{
	const struct event *event = fold->event;
	struct leg_row leg;
	enum err err = ERR_OK;
	if (event->leg != 0) {
		err = state_leg_get(fold->state, event->referral, event->leg, &leg, fold->fault);
	}
	struct clock_members members = event->leg == 0 ? referral_members(row) : leg_members(&leg);
	if (err == ERR_OK) {
		err = timer_del(fold, event->leg, members);
	}
	if (err != ERR_OK) {
		return err;
	}
	*members.remind = 0;
	err = timer_put(fold, event->leg, members);
	return err == ERR_OK && event->leg != 0
		       ? state_leg_put(fold->state, event->referral, event->leg, &leg)
		       : err;
}

enum err apply_overdue(struct fold *fold, struct referral_row *row)
{
	const struct event *event = fold->event;
	struct leg_row leg;
	if (event->leg == 0) {
		row->overdue = 1;
		return ERR_OK;
	}
	const enum err err =
		state_leg_get(fold->state, event->referral, event->leg, &leg, fold->fault);
	leg.overdue = 1;
	return err == ERR_OK ? state_leg_put(fold->state, event->referral, event->leg, &leg) : err;
}

enum err apply_attempted(struct fold *fold, struct referral_row *row)
{
	const struct event *event = fold->event;
	struct leg_row leg;
	enum err err = state_leg_get(fold->state, event->referral, event->leg, &leg, fold->fault);
	(void)row;
	if (err == ERR_OK) {
		err = fold_leg_clock(fold, &leg);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (leg.attempted == 0) {
		leg.attempted = fold->record->time;
	}
	leg.overdue = 0;
	return state_leg_put(fold->state, event->referral, event->leg, &leg);
}

enum err apply_downtime(struct fold *fold)
{
	return state_count_add(fold->state, STATE_COUNT_DOWNTIME, (int64_t)fold->event->amount);
}

static enum err count_set(struct fold *fold, struct str name, int64_t number)
{
	uint64_t before = 0;
	const enum err err = state_count_get(fold->state, name, &before);
	return err == ERR_OK ? state_count_add(fold->state, name, number - (int64_t)before) : err;
}

static enum err hold_since(struct fold *fold, timestamp_us since, uint64_t jump)
{
	const enum err err = count_set(fold, STATE_COUNT_HELD, since);
	return err == ERR_OK ? count_set(fold, STATE_COUNT_JUMP, (int64_t)jump) : err;
}

enum err apply_held(struct fold *fold)
{
	return hold_since(fold, fold->record->time, fold->event->amount);
}

enum err apply_confirmed(struct fold *fold)
{
	const enum err err = apply_downtime(fold);
	return err == ERR_OK ? hold_since(fold, 0, 0) : err;
}

enum err fold_leg_clock_stop(struct fold *fold, struct leg_row *leg)
{
	const enum err err = timer_del(fold, fold->event->leg, leg_members(leg));
	leg->deadline = 0;
	leg->remind = 0;
	leg->downtime = 0;
	leg->clock = 0;
	leg->left = 0;
	leg->stopped_clock = 0;
	leg->overdue = 0;
	return err;
}

enum err fold_referral_clock_stop(struct fold *fold, struct referral_row *row)
{
	const enum err err = timer_del(fold, 0, referral_members(row));
	row->deadline = 0;
	row->remind = 0;
	row->look_until = 0;
	row->downtime = 0;
	row->clock = 0;
	row->overdue = 0;
	return err;
}
