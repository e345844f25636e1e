/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/clock.h"

#include "broker/model/referral.h"

enum {
	URGENT_WINDOW_HOURS = 4,    /* police and courts: the custody clock runs */
	URGENT_FIRST_CONTACT = 2,   /* working days after a diversion */
	RELEASE_FIRST_CONTACT = 1,  /* end of that working day after the release */
	REMIND_BEFORE_HOURS = 2,    /* of a clock of one working day */
	REMIND_BEFORE_FRACTION = 4, /* of a clock of hours */
};

static const struct clock_rule rules[CLOCK_COUNT] = {
#define X(number, NAME, name, state, amount, unit, end) \
	[number] = {(name), LEG_##state, (amount), CLOCK_UNIT_##unit, CLOCK_##end},
#define CLOCK_UNIT_DAYS false
	CLOCK_MAP(X)
#undef CLOCK_UNIT_DAYS
#undef X
};

const struct clock_rule *clock_rule(enum clock clock)
{
	return &rules[clock < CLOCK_COUNT ? clock : CLOCK_NONE];
}

struct directory_list clock_service_names(void)
{
	static const struct str names[] = {
#define X(number, NAME, name, state, amount, unit, end) {(name), sizeof(name) - 1},
		CLOCK_MAP(X)
#undef X
	};
	return (struct directory_list){names, CLOCK_LAST_OF_SERVICE};
}

enum clock clock_of_state(enum leg_state state)
{
	for (int clock = 1; state != LEG_NONE && clock < CLOCK_COUNT; clock++) {
		if (rules[clock].state == state) {
			return (enum clock)clock;
		}
	}
	return CLOCK_NONE;
}

struct length {
	int64_t amount;
	bool hours;
};

static struct length clock_length(enum clock clock, const struct clock_case *in)
{
	for (size_t i = 0; in->service != NULL && i < in->service->clocks.count; i++) {
		const struct directory_clock *own = &in->service->clocks.items[i];
		if (str_is(own->name, rules[clock].name)) {
			return (struct length){own->amount, own->hours};
		}
	}
	if (clock == CLOCK_DELIVERY_WINDOW &&
		(in->source == KIND_POLICE || in->source == KIND_COURT)) {
		return (struct length){URGENT_WINDOW_HOURS, true};
	}
	if (clock == CLOCK_FIRST_CONTACT &&
		(in->pathway == PATHWAY_DIVERSION || in->pathway == PATHWAY_LIAISON_DIVERSION)) {
		return (struct length){URGENT_FIRST_CONTACT, false};
	}
	return (struct length){rules[clock].amount, rules[clock].hours};
}

static timestamp_us after(const struct calendar *calendar, timestamp_us from, struct length length)
{
	return length.hours ? from + length.amount * CALENDAR_HOUR
			    : calendar_working_days_after(calendar, from, (int)length.amount);
}

bool clock_is_capped(enum clock clock)
{
	switch (clock) {
	case CLOCK_DELIVERY_WINDOW:
	case CLOCK_RECEIPT:
	case CLOCK_DECISION:
	case CLOCK_INFORMATION:
		return true;
	case CLOCK_NONE:
	case CLOCK_FIRST_CONTACT:
	case CLOCK_NO_CONTACT:
	case CLOCK_START:
	case CLOCK_REAFFIRM:
	case CLOCK_HOLD_REVIEW:
	case CLOCK_REVIEW:
	case CLOCK_STOP_CONFIRM:
	case CLOCK_NEEDS_INFORMATION:
	case CLOCK_NO_SERVICE:
	case CLOCK_LOOK_AGAIN:
	case CLOCK_RELEASE_NOTICE:
	case CLOCK_COUNT:
		break;
	}
	return false;
}

timestamp_us clock_remind(enum clock clock, const struct clock_case *in, timestamp_us deadline)
{
	const struct length length = clock_length(clock, in);
	timestamp_us remind;
	if (clock == CLOCK_NO_SERVICE || clock == CLOCK_LOOK_AGAIN) {
		return 0;
	}
	if (length.hours) {
		remind = deadline - length.amount * CALENDAR_HOUR / REMIND_BEFORE_FRACTION;
	} else if (length.amount <= 1) {
		remind = deadline - REMIND_BEFORE_HOURS * CALENDAR_HOUR;
	} else {
		const date_days day =
			calendar_date_before(in->calendar, timestamp_london_date(deadline), 1);
		remind = calendar_at(day, calendar_us_of_day(deadline));
	}
	/* A clock that was shortened: half of what is left is for the reminder. */
	return remind > in->from ? remind : in->from + (deadline - in->from) / 2;
}

static timestamp_us first_contact(const struct clock_case *in)
{
	if (in->pathway == PATHWAY_RESETTLEMENT && in->release != REFERRAL_NO_DATE &&
		in->release >= timestamp_london_date(in->from)) {
		return calendar_end_of_day(
			calendar_date_after(in->calendar, in->release, RELEASE_FIRST_CONTACT));
	}
	return after(in->calendar, in->from, clock_length(CLOCK_FIRST_CONTACT, in));
}

/* From her service's yes; where first contact was only due later, because she was not yet released
 * or the leg was on hold, half of it is still left from there. */
static timestamp_us no_contact(const struct clock_case *in)
{
	const struct length length = clock_length(CLOCK_NO_CONTACT, in);
	const struct length half = {(length.amount + 1) / 2, length.hours};
	const timestamp_us least = after(in->calendar, in->from, half);
	const timestamp_us whole =
		in->accepted == 0 ? least : after(in->calendar, in->accepted, length);
	return whole > least ? whole : least;
}

static timestamp_us hold_review(const struct clock_case *in)
{
	if (in->release != REFERRAL_NO_DATE) {
		const struct length notice = clock_length(CLOCK_RELEASE_NOTICE, in);
		const timestamp_us day = calendar_end_of_day(
			notice.hours ? in->release
				     : calendar_date_before(
					       in->calendar, in->release, (int)notice.amount));
		const timestamp_us due = notice.hours ? day - notice.amount * CALENDAR_HOUR : day;
		if (due > in->from) {
			return due;
		}
	}
	return after(in->calendar, in->from, clock_length(CLOCK_HOLD_REVIEW, in));
}

static struct clock_time finish(
	enum clock clock, const struct clock_case *in, timestamp_us deadline)
{
	if (clock_is_capped(clock) && in->cap > in->from && in->cap < deadline) {
		deadline = in->cap;
	}
	if (deadline <= in->from) {
		deadline = in->from + TIMESTAMP_SECOND; /* a length of 0: now, and not before */
	}
	return (struct clock_time){deadline, clock_remind(clock, in, deadline)};
}

struct clock_time clock_start(enum clock clock, const struct clock_case *in)
{
	switch (clock) {
	case CLOCK_FIRST_CONTACT:
		return finish(clock, in, first_contact(in));
	case CLOCK_NO_CONTACT:
		return finish(clock, in, no_contact(in));
	case CLOCK_HOLD_REVIEW:
		return finish(clock, in, hold_review(in));
	case CLOCK_NO_SERVICE:
		return finish(clock, in, clock_no_service(in->calendar, in->from));
	case CLOCK_LOOK_AGAIN:
		return finish(clock, in, clock_next_morning(in->calendar, in->from));
	case CLOCK_NONE:
	case CLOCK_DELIVERY_WINDOW:
	case CLOCK_RECEIPT:
	case CLOCK_DECISION:
	case CLOCK_INFORMATION:
	case CLOCK_START:
	case CLOCK_REAFFIRM:
	case CLOCK_REVIEW:
	case CLOCK_STOP_CONFIRM:
	case CLOCK_NEEDS_INFORMATION:
	case CLOCK_RELEASE_NOTICE:
	case CLOCK_COUNT:
		break;
	}
	return finish(clock, in, after(in->calendar, in->from, clock_length(clock, in)));
}

struct clock_time clock_resume(enum clock clock, const struct clock_case *in, int64_t left)
{
	return finish(clock, in, calendar_working_time_after(in->calendar, in->from, left));
}

/* The earlier of the two that is to come. */
static void cap_by(const struct clock_case *in, timestamp_us date, timestamp_us *cap, bool *past)
{
	if (date <= in->from) {
		*past = true;
	} else if (*cap == 0 || date < *cap) {
		*cap = date;
	}
}

timestamp_us clock_cap(const struct clock_case *in, const struct clock_dates *dates, bool *ret_past)
{
	timestamp_us cap = 0;
	*ret_past = false;
	if (dates->release != REFERRAL_NO_DATE && in->pathway == PATHWAY_RESETTLEMENT) {
		const struct length notice = clock_length(CLOCK_RELEASE_NOTICE, in);
		const timestamp_us end = calendar_end_of_day(dates->release);
		timestamp_us due = end - notice.amount * CALENDAR_HOUR;
		if (!notice.hours) {
			due = calendar_end_of_day(calendar_date_before(
				in->calendar, dates->release, (int)notice.amount));
		}
		cap_by(in, due, &cap, ret_past);
	}
	if (dates->condition != REFERRAL_NO_DATE) {
		cap_by(in, calendar_end_of_day(dates->condition), &cap, ret_past);
	}
	if (dates->court != REFERRAL_NO_DATE) {
		cap_by(in, calendar_end_of_day(dates->court), &cap, ret_past);
	}
	return cap;
}

timestamp_us clock_no_service(const struct calendar *calendar, timestamp_us now)
{
	const int64_t close = CALENDAR_CLOSES_HOUR * CALENDAR_HOUR;
	const date_days today = timestamp_london_date(now);
	const bool open =
		calendar_is_working_day(calendar, today) && calendar_us_of_day(now) < close;
	return calendar_at(open ? today : calendar_date_after(calendar, today, 1), close);
}

timestamp_us clock_next_morning(const struct calendar *calendar, timestamp_us now)
{
	const int64_t opens = CALENDAR_OPENS_HOUR * CALENDAR_HOUR;
	const date_days today = timestamp_london_date(now);
	const bool before =
		calendar_is_working_day(calendar, today) && calendar_us_of_day(now) < opens;
	return calendar_at(before ? today : calendar_date_after(calendar, today, 1), opens);
}
