/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
/*
 * The clocks of a decision: which one a state begins, and its deadline as an absolute time in the
 * event.  Only here are working days counted.
 */
enum {
	LOOK_DAYS = 20 /* a service is looked for again so many working days */
};

struct clock_dates decide_clock_dates(const struct referral *referral)
{
	return (struct clock_dates){
		referral->release, referral->condition_deadline, referral->court_date};
}

struct clock_case decide_clock_case(
	const struct decide *decide, const struct subject *subject, const struct leg_row *row)
{
	const struct party *source = parties_find(decide->parties, row_str(subject->row.source));
	return (struct clock_case){
		.calendar = decide->calendar,
		.service = decide->plan == NULL ? NULL
						: directory_service_find(decide->plan->directory,
							  row_str(row->service)),
		.source = source == NULL ? KIND_COUNT : source->kind,
		.pathway = (enum pathway)subject->row.pathway,
		.release = subject->referral.release,
		.from = decide->now,
		.cap = row->cap,
		.accepted = row->accepted,
	};
}

/* What the leg's clock has left at this moment, the broker's own downtime not counted. */
static enum err clock_left(struct decide *decide, const struct leg_row *row, uint64_t *ret_left)
{
	uint64_t downtime;
	const enum err err = state_count_get(decide->state, STATE_COUNT_DOWNTIME, &downtime);
	*ret_left = row->deadline == 0 || err != ERR_OK
			    ? 0
			    : (uint64_t)calendar_working_time(decide->calendar, decide->now,
				      row->deadline + (int64_t)(downtime - row->downtime));
	return err;
}

static bool is_pause(enum leg_state to)
{
	return to == LEG_ON_HOLD || to == LEG_INFO_REQUESTED;
}

enum err decide_leg_clock(struct decide *decide, const struct clock_case *in, struct leg_row *row,
	enum leg_state to, struct event *event)
{
	enum clock clock = clock_of_state(to);
	struct clock_time time = {0};
	uint64_t left = 0;
	enum err err = ERR_OK;
	const enum clock stopped = (enum clock)row->stopped_clock;
	const bool resumed = stopped != CLOCK_NONE && clock_rule(stopped)->state == to;
	if (is_pause(to) && !resumed) {
		err = clock_left(decide, row, &left);
		event->stopped = left == 0 ? CLOCK_NONE : row->clock;
		event->amount = left;
	}
	if (clock == CLOCK_FIRST_CONTACT && row->attempted != 0) {
		clock = CLOCK_START;
	}
	if (resumed) {
		clock = stopped;
		time = clock_resume(clock, in, (int64_t)row->left);
	} else if (clock != CLOCK_NONE) {
		time = clock_start(clock, in);
	}
	event->clock = (uint8_t)clock;
	event->until = time.deadline;
	event->remind = time.remind;
	event->cap = clock == CLOCK_NONE ? 0 : in->cap;
	row->clock = event->clock;
	row->deadline = time.deadline;
	row->remind = time.remind;
	row->left = event->amount;
	row->stopped_clock = event->stopped;
	row->overdue = 0;
	if (err == ERR_OK && clock != CLOCK_NONE) {
		err = state_count_get(decide->state, STATE_COUNT_DOWNTIME, &row->downtime);
	}
	return err;
}

void decide_clock_set(struct decide *decide, struct subject *subject, uint8_t leg, enum clock clock,
	struct clock_time time)
{
	struct leg_row *row = &subject->legs[leg];
	struct event *event = decide_emit(decide, EVENT_CLOCK_SET, subject->id);
	event->leg = leg;
	event->clock = (uint8_t)clock;
	event->until = time.deadline;
	event->remind = time.remind;
	event->cap = row->cap;
	event->amount = row->left;
	event->stopped = row->stopped_clock;
	event->service = arena_str(decide->arena, row_str(row->service));
	event->route = arena_str(decide->arena, row_str(row->route));
	row->clock = event->clock;
	row->deadline = time.deadline;
	row->remind = time.remind;
}

void decide_referral_clock(struct decide *decide, struct subject *subject, enum clock clock,
	struct clock_time time, timestamp_us look_until)
{
	struct event *event = decide_emit(decide, EVENT_CLOCK_SET, subject->id);
	event->clock = (uint8_t)clock;
	event->until = time.deadline;
	event->remind = time.remind;
	event->cap = look_until;
	subject->row.clock = event->clock;
	subject->row.deadline = time.deadline;
	subject->row.remind = time.remind;
	subject->row.look_until = look_until;
}

void decide_referral_clock_start(struct decide *decide, struct subject *subject)
{
	const struct clock_case in = {
		.calendar = decide->calendar, .release = REFERRAL_NO_DATE, .from = decide->now};
	if (subject->row.state == REFERRAL_NEEDS_INFORMATION) {
		decide_referral_clock(decide, subject, CLOCK_NEEDS_INFORMATION,
			clock_start(CLOCK_NEEDS_INFORMATION, &in), 0);
	} else if (subject->row.state == REFERRAL_NO_SERVICE) {
		struct clock_time time = clock_start(CLOCK_NO_SERVICE, &in);
		const timestamp_us morning = clock_next_morning(decide->calendar, decide->now);
		time.remind = morning < time.deadline ? morning : 0;
		decide_referral_clock(decide, subject, CLOCK_NO_SERVICE, time,
			calendar_working_days_after(decide->calendar, decide->now, LOOK_DAYS));
	}
}

void decide_alert_past(struct decide *decide, const struct subject *subject)
{
	const struct clock_dates dates = decide_clock_dates(&subject->referral);
	const struct clock_case in = {.calendar = decide->calendar,
		.pathway = subject->referral.pathway,
		.from = decide->now};
	bool past;
	(void)clock_cap(&in, &dates, &past);
	if (past) {
		decide_alert(decide, subject->id, STR("deadline-passed"));
	}
}

static bool dates_equal(const struct clock_dates *a, const struct clock_dates *b)
{
	return a->release == b->release && a->condition == b->condition && a->court == b->court;
}

/* One leg whose dates have moved: its clock is cut, or begins again when it was cut before, or when
 * it counts from her release. */
static void leg_dates_moved(struct decide *decide, struct subject *subject, uint8_t leg,
	bool release_moved, bool was_cut)
{
	struct leg_row *row = &subject->legs[leg];
	const struct clock_dates dates = decide_clock_dates(&subject->referral);
	struct clock_case in = decide_clock_case(decide, subject, row);
	const enum clock clock = (enum clock)row->clock;
	/* She is not out yet after all: first contact is waited for anew. */
	const bool not_out = clock == CLOCK_NO_CONTACT && in.pathway == PATHWAY_RESETTLEMENT &&
			     dates.release != REFERRAL_NO_DATE &&
			     dates.release >= timestamp_london_date(decide->now);
	const enum clock next = not_out ? CLOCK_FIRST_CONTACT : clock;
	const bool by_release =
		release_moved &&
		(clock == CLOCK_HOLD_REVIEW || not_out ||
			(clock == CLOCK_FIRST_CONTACT && in.pathway == PATHWAY_RESETTLEMENT));
	bool past;
	/* Also one that a hold has stopped: it goes on with the new dates. */
	const bool capped = clock_is_capped(clock);
	if (!by_release && !capped && !clock_is_capped((enum clock)row->stopped_clock)) {
		return;
	}
	row->cap = clock_cap(&in, &dates, &past);
	in.cap = row->cap;
	struct clock_time time = {row->deadline, row->remind};
	if (by_release || (capped && was_cut)) {
		time = clock_start(next, &in);
	} else if (capped && row->cap != 0 && row->cap < row->deadline) {
		time.deadline = row->cap;
		time.remind = clock_remind(clock, &in, row->cap);
	}
	decide_clock_set(decide, subject, leg, next, time);
}

enum err decide_clock_dates_moved(
	struct decide *decide, struct subject *subject, const struct clock_dates *before)
{
	const struct clock_dates now = decide_clock_dates(&subject->referral);
	if (dates_equal(before, &now)) {
		return ERR_OK;
	}
	decide_alert_past(decide, subject);
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		struct leg_row *row = &subject->legs[leg];
		uint64_t downtime;
		if (row->clock == CLOCK_NONE || lifecycle_is_ended((enum leg_state)row->state) ||
			row->state == LEG_CANCEL_REQUESTED) {
			continue;
		}
		/* What the broker's downtime added counts on. */
		const enum err err =
			state_count_get(decide->state, STATE_COUNT_DOWNTIME, &downtime);
		if (err != ERR_OK) {
			return err;
		}
		const timestamp_us more = (timestamp_us)(downtime - row->downtime);
		const bool was_cut = row->cap != 0 && row->deadline == row->cap;
		row->deadline += more;
		row->remind += row->remind == 0 ? 0 : more;
		row->downtime = downtime;
		leg_dates_moved(
			decide, subject, (uint8_t)leg, before->release != now.release, was_cut);
	}
	return ERR_OK;
}

enum err decide_held(struct state *state, bool *ret_held)
{
	uint64_t since = 0;
	const enum err err = state_count_get(state, STATE_COUNT_HELD, &since);
	*ret_held = since != 0;
	return err;
}

enum err decide_downtime(struct decide *decide)
{
	bool held;
	const timestamp_us lost = decide->command->lost;
	const enum err err = decide_held(decide->state, &held);
	/* While deadlines are held the whole time is given back when the hold ends. */
	if (err == ERR_OK && !held && lost > LIMIT_DOWNTIME_BELIEVED_S * TIMESTAMP_SECOND) {
		/* Or the clock is wrong: nothing acts, nor is erased, until somebody has looked. */
		decide_emit(decide, EVENT_CLOCK_HELD, (struct id){{0}})->amount = (uint64_t)lost;
	} else if (err == ERR_OK && !held && lost > LIMIT_DOWNTIME_S * TIMESTAMP_SECOND) {
		decide_emit(decide, EVENT_DOWNTIME, (struct id){{0}})->amount = (uint64_t)lost;
	}
	return err;
}

enum err decide_clock_jump(struct decide *decide)
{
	bool held;
	const enum err err = decide_held(decide->state, &held);
	if (err == ERR_OK && !held) {
		decide_emit(decide, EVENT_CLOCK_HELD, (struct id){{0}})->amount =
			(uint64_t)decide->command->lost;
	}
	return err;
}

enum err decide_clock_confirm(struct decide *decide)
{
	uint64_t since = 0;
	uint64_t jump = 0;
	if (!str_is(decide->request->action, "confirm")) {
		return decide_refuse(decide, ERR_INTERNAL, "action", "not a command");
	}
	if (decide->command->party->kind != KIND_OPERATOR) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "action",
			"only an operator confirms that the clock is right");
	}
	enum err err = state_count_get(decide->state, STATE_COUNT_HELD, &since);
	if (err == ERR_OK) {
		err = state_count_get(decide->state, STATE_COUNT_JUMP, &jump);
	}
	if (err == ERR_OK && since != 0) {
		decide_emit(decide, EVENT_CLOCK_CONFIRMED, (struct id){{0}})->amount =
			jump + (uint64_t)(decide->now - (timestamp_us)since);
	}
	return err;
}
