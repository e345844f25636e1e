/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
/*
 * The first timer that is due: a referral that was held for its day, a reminder, or a deadline and
 * what follows from it.  One a command.
 */

enum {
	TOLD_DAYS = 20 /* that nobody takes her is told again after so many working days */
};

/* Which timer: a referral's day, or with `clock` the clock of a leg, 0 of the referral itself. */
struct due {
	timestamp_us at;
	struct id referral;
	bool clock;
	uint8_t leg;
};

static struct store_key due_key(const struct due *due)
{
	return due->clock ? state_clock_key(due->at, due->referral, due->leg)
			  : state_timer_key(due->at, due->referral);
}

/* The first timer after `after` that is due; ERR_END when there is none. */
static enum err due_next(struct decide *decide, const struct store_key *after, struct due *ret_due)
{
	enum {
		DUE_AT = 1,
		DUE_REFERRAL = 9,
		DUE_LEG = DUE_REFERRAL + ID_SIZE
	};
	struct str key;
	struct str value;
	const enum err err =
		store_next(decide->state->txn, store_key_view(after), true, &key, &value);
	if (err != ERR_OK) {
		return err;
	}
	if (key.ptr[0] != TABLE_TIMER || key.len < DUE_LEG ||
		(timestamp_us)store_key_read_u64(key, DUE_AT) > decide->now) {
		return ERR_END;
	}
	*ret_due = (struct due){
		.at = (timestamp_us)store_key_read_u64(key, DUE_AT),
		.referral = store_key_read_id(key, DUE_REFERRAL),
		.clock = key.len > DUE_LEG,
		.leg = key.len > DUE_LEG ? (uint8_t)key.ptr[DUE_LEG] : 0,
	};
	return ERR_OK;
}

/* Its data cannot be read: the others must not wait for it, and a person must know. */
static enum err due_unreadable(struct decide *decide, const struct due *due)
{
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	decide->fault = (struct fault){0};
	const enum err err = decide_rows(decide, due->referral, subject);
	if (err != ERR_OK) {
		return err;
	}
	if (due->leg > subject->row.legs) {
		return ERR_CORRUPT;
	}
	const struct clock_time tomorrow = {decide->now + TIMESTAMP_DAY, 0};
	if (!due->clock) {
		struct event *event = decide_emit(decide, EVENT_REFERRAL_STATE, due->referral);
		event->from = subject->row.state;
		event->to = subject->row.state;
		event->gaps = subject->row.gaps;
		event->questions = arena_str(decide->arena, row_str(subject->row.questions));
		event->until = tomorrow.deadline;
	} else if (due->leg == 0) {
		decide_referral_clock(decide, subject, (enum clock)subject->row.clock, tomorrow,
			subject->row.look_until);
	} else {
		decide_clock_set(decide, subject, due->leg,
			(enum clock)subject->legs[due->leg].clock, tomorrow);
	}
	decide_alert(decide, due->referral, STR("unreadable"));
	return ERR_OK;
}

/* A referral that was held until now is matched with today's directory. */
static enum err due_match(struct decide *decide, struct subject *subject)
{
	const enum referral_state state = (enum referral_state)subject->row.state;
	if (state != REFERRAL_SCHEDULED && state != REFERRAL_OPEN &&
		state != REFERRAL_NEEDS_INFORMATION && state != REFERRAL_NO_SERVICE) {
		subject->row.until = 0;
		return decide_referral_state(decide, subject, state, NULL, subject->gaps);
	}
	if (decide->plan == NULL) {
		return decide_match_later(decide, subject); /* the timers behind it act meanwhile */
	}
	const size_t before = decide->count;
	const enum err err = decide_match(decide, subject);
	for (size_t i = before; err == ERR_OK && i < decide->count; i++) {
		struct event *event = &decide->events[i];
		if (event->type == EVENT_REFERRAL_STATE && event->until != 0 &&
			event->until <= decide->now) {
			event->until = decide->now + TIMESTAMP_DAY; /* still closed: tomorrow */
		}
	}
	return err;
}

/* Next best where her consent covers it; otherwise the source is asked; otherwise the gap stands.
 */
static enum err next_best(struct decide *decide, struct subject *subject)
{
	const enum referral_state state = (enum referral_state)subject->row.state;
	const bool over = state == REFERRAL_WITHDRAWN || state == REFERRAL_CLOSED ||
			  state == REFERRAL_ENTERED_IN_ERROR;
	return over ? decide_settle(decide, subject) : decide_match(decide, subject);
}

static struct event *emit_clock(
	struct decide *decide, struct subject *subject, enum event_type type, uint8_t leg)
{
	const struct leg_row *row = &subject->legs[leg];
	struct event *event = decide_emit(decide, type, subject->id);
	event->leg = leg;
	event->clock = leg == 0 ? subject->row.clock : row->clock;
	event->until = leg == 0 ? subject->row.deadline : row->deadline;
	if (leg != 0) {
		event->service = arena_str(decide->arena, row_str(row->service));
		event->route = arena_str(decide->arena, row_str(row->route));
	}
	return event;
}

static enum err leg_expires(struct decide *decide, struct subject *subject, uint8_t leg)
{
	enum delivery_kind kind;
	bool cancelled;
	const char *clock = clock_rule((enum clock)subject->legs[leg].clock)->name;
	const enum err err =
		decide_cancel_queued(decide, subject, leg, STR("expired"), &kind, &cancelled);
	if (err != ERR_OK) {
		return err;
	}
	decide_leg_state(decide, subject, leg, LEG_EXPIRED, str_from(clock));
	const enum err told = decide_migration_follow(decide, subject, leg);
	return told == ERR_OK ? next_best(decide, subject) : told;
}

/* Nothing moves, and people are told.  First contact that is late is waited for until the clock of
 * no contact ends the leg; the others begin again. */
static enum err leg_is_told(struct decide *decide, struct subject *subject, uint8_t leg)
{
	struct leg_row *row = &subject->legs[leg];
	const struct clock_case in = decide_clock_case(decide, subject, row);
	const enum clock next =
		row->clock == CLOCK_FIRST_CONTACT ? CLOCK_NO_CONTACT : (enum clock)row->clock;
	(void)emit_clock(decide, subject, EVENT_OVERDUE, leg);
	decide_clock_set(decide, subject, leg, next, clock_start(next, &in));
	return ERR_OK;
}

/* The provider never confirmed the stop: it takes effect, and a person sees to it. */
static enum err leg_is_forced(struct decide *decide, struct subject *subject, uint8_t leg)
{
	const struct str reason = arena_str(decide->arena, row_str(subject->legs[leg].reason));
	decide_leg_state(decide, subject, leg, LEG_WITHDRAWN, reason);
	decide_alert(decide, subject->id, STR("stop-unconfirmed"));
	decide->events[decide->count - 1].leg = leg;
	return subject->gaps != 0 ? next_best(decide, subject) : decide_settle(decide, subject);
}

static enum err leg_deadline(struct decide *decide, struct subject *subject, uint8_t leg)
{
	switch (clock_rule((enum clock)subject->legs[leg].clock)->end) {
	case CLOCK_EXPIRES:
		return leg_expires(decide, subject, leg);
	case CLOCK_IS_TOLD:
		return leg_is_told(decide, subject, leg);
	case CLOCK_IS_FORCED:
		return leg_is_forced(decide, subject, leg);
	case CLOCK_NEVER:
	case CLOCK_LOOKS:
		break;
	}
	return ERR_CORRUPT; /* no leg has such a clock */
}

static enum err due_leg(struct decide *decide, struct subject *subject, const struct due *due)
{
	struct leg_row *row = &subject->legs[due->leg];
	uint64_t downtime;
	const enum err err = state_count_get(decide->state, STATE_COUNT_DOWNTIME, &downtime);
	if (err != ERR_OK) {
		return err;
	}
	if (due->leg > subject->row.legs || row->deadline == 0 ||
		due->at != (row->remind != 0 ? row->remind : row->deadline)) {
		return ERR_CORRUPT; /* no clock runs out now */
	}
	if (downtime > row->downtime) {
		/* There was no broker for a while: nobody loses that time. */
		const timestamp_us more = (timestamp_us)(downtime - row->downtime);
		const struct clock_time later = {
			row->deadline + more, row->remind == 0 ? 0 : row->remind + more};
		decide_clock_set(decide, subject, due->leg, (enum clock)row->clock, later);
		return ERR_OK;
	}
	if (row->remind != 0) {
		(void)emit_clock(decide, subject, EVENT_REMINDER, due->leg);
		return ERR_OK;
	}
	return leg_deadline(decide, subject, due->leg);
}

/* Who takes her now has changed since nobody was found: another directory is in force, or some
 * service has room, takes referrals again, or has begun. */
static enum err look_is_due(struct decide *decide, const struct subject *subject, bool *ret_due)
{
	*ret_due = decide->plan->version != subject->row.directory_version;
	return *ret_due ? ERR_OK : decide_match_finds(decide, subject, ret_due);
}

static enum err look_again(struct decide *decide, struct subject *subject)
{
	bool look = false;
	const timestamp_us until = subject->row.look_until;
	const struct clock_case in = {
		.calendar = decide->calendar, .release = REFERRAL_NO_DATE, .from = decide->now};
	const enum clock clock = (enum clock)subject->row.clock;
	const timestamp_us deadline = subject->row.deadline;
	/* Beyond the days of looking only when she has been asked again: an amendment. */
	enum err err = ERR_OK;
	if (decide->now <= until && decide->plan != NULL) {
		err = look_is_due(decide, subject, &look);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (look) {
		err = decide_match(decide, subject);
		if (err != ERR_OK || subject->row.state != REFERRAL_NO_SERVICE) {
			return err;
		}
	}
	struct clock_time next = clock_start(CLOCK_LOOK_AGAIN, &in);
	if (clock == CLOCK_NO_SERVICE && deadline > decide->now) {
		next = (struct clock_time){deadline, 0};
		decide_referral_clock(decide, subject, CLOCK_NO_SERVICE, next, until);
	} else if (next.deadline <= until) {
		decide_referral_clock(decide, subject, CLOCK_LOOK_AGAIN, next, until);
	} else {
		/* Nobody looks any more: people are told again and again until it is settled. */
		next.deadline =
			calendar_working_days_after(decide->calendar, decide->now, TOLD_DAYS);
		decide_referral_clock(decide, subject, CLOCK_NO_SERVICE, next, until);
		if (clock == CLOCK_LOOK_AGAIN) {
			decide_alert(decide, subject->id, STR("looking-ended"));
		}
	}
	return ERR_OK;
}

static enum err due_referral(struct decide *decide, struct subject *subject, const struct due *due)
{
	struct referral_row *row = &subject->row;
	uint64_t downtime;
	const enum err err = state_count_get(decide->state, STATE_COUNT_DOWNTIME, &downtime);
	const enum clock clock = (enum clock)row->clock;
	if (err != ERR_OK) {
		return err;
	}
	if (row->deadline == 0 || due->at != (row->remind != 0 ? row->remind : row->deadline)) {
		return ERR_CORRUPT;
	}
	if (clock == CLOCK_LOOK_AGAIN || (clock == CLOCK_NO_SERVICE && row->remind != 0)) {
		return look_again(decide, subject);
	}
	if (clock == CLOCK_NEEDS_INFORMATION && downtime > row->downtime) {
		const timestamp_us more = (timestamp_us)(downtime - row->downtime);
		const struct clock_time later = {
			row->deadline + more, row->remind == 0 ? 0 : row->remind + more};
		decide_referral_clock(decide, subject, clock, later, row->look_until);
		return ERR_OK;
	}
	if (row->remind != 0) {
		(void)emit_clock(decide, subject, EVENT_REMINDER, 0);
		return ERR_OK;
	}
	(void)emit_clock(decide, subject, EVENT_OVERDUE, 0);
	if (clock == CLOCK_NO_SERVICE) {
		return look_again(decide, subject);
	}
	decide_referral_clock_start(decide, subject);
	return ERR_OK;
}

static enum err due_act(struct decide *decide, struct subject *subject, const struct due *due)
{
	if (!due->clock) {
		return due_match(decide, subject);
	}
	return due->leg == 0 ? due_referral(decide, subject, due) : due_leg(decide, subject, due);
}

enum err decide_due(struct decide *decide)
{
	struct store_key at = store_key_start(TABLE_TIMER);
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	bool held = false;
	enum err err = subject == NULL ? ERR_NOMEM : decide_held(decide->state, &held);
	while (err == ERR_OK && !held) {
		struct due due;
		err = due_next(decide, &at, &due);
		if (err != ERR_OK) {
			break;
		}
		at = due_key(&due);
		err = decide_subject(decide, due.referral, subject);
		err = err == ERR_OK ? due_act(decide, subject, &due) : due_unreadable(decide, &due);
		if (err != ERR_CORRUPT) {
			return err;
		}
		/* Not even its row can be read: those behind it must not wait. */
		decide->fault = (struct fault){0};
		decide->count = 0;
		decide->blob_count = 0;
		err = ERR_OK;
	}
	return err == ERR_END ? ERR_OK : err;
}
