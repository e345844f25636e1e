/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_CLOCK_H
#define ONWARD_CORE_CLOCK_H
#include "broker/base/calendar.h"
#include "broker/model/vocab.h"
#include "directory/directory.h"
/*
 * The business clocks: how long a state of a leg, or of a referral, may last before something
 * happens by itself.  Only decisions compute with them; events carry absolute times.  LIFECYCLE.md
 * repeats the table and a test holds the two together.  Numbers are on disk: append, never
 * renumber.
 */
/* number, NAME, name, leg state it runs in (NONE: the referral's), amount, unit, when it runs out
 */
#define CLOCK_MAP(X)                                                              \
	X(1, DELIVERY_WINDOW, "delivery-window", MATCHED, 1, DAYS, EXPIRES)       \
	X(2, RECEIPT, "receipt", DELIVERED, 1, DAYS, EXPIRES)                     \
	X(3, DECISION, "decision", RECEIVED, 2, DAYS, EXPIRES)                    \
	X(4, INFORMATION, "information", INFO_REQUESTED, 2, DAYS, EXPIRES)        \
	X(5, FIRST_CONTACT, "first-contact", ACCEPTED, 10, DAYS, IS_TOLD)         \
	X(6, NO_CONTACT, "no-contact", ACCEPTED, 20, DAYS, EXPIRES)               \
	X(7, START, "start", ACCEPTED, 20, DAYS, IS_TOLD)                         \
	X(8, REAFFIRM, "reaffirm", WAITLISTED, 10, DAYS, EXPIRES)                 \
	X(9, HOLD_REVIEW, "hold-review", ON_HOLD, 5, DAYS, IS_TOLD)               \
	X(10, REVIEW, "review", STARTED, 20, DAYS, IS_TOLD)                       \
	X(11, STOP_CONFIRM, "stop-confirm", CANCEL_REQUESTED, 2, DAYS, IS_FORCED) \
	X(12, RELEASE_NOTICE, "release-notice", NONE, 1, DAYS, NEVER)             \
	X(13, NEEDS_INFORMATION, "needs-information", NONE, 2, DAYS, IS_TOLD)     \
	X(14, NO_SERVICE, "no-service", NONE, 0, DAYS, IS_TOLD)                   \
	X(15, LOOK_AGAIN, "look-again", NONE, 1, DAYS, LOOKS)

enum clock {
	CLOCK_NONE,
#define X(number, NAME, name, state, amount, unit, end) CLOCK_##NAME = number,
	CLOCK_MAP(X)
#undef X
	CLOCK_COUNT,
	/* Up to here a directory may set them for a service; the others are the referral's own. */
	CLOCK_LAST_OF_SERVICE = CLOCK_RELEASE_NOTICE
};

enum clock_end {
	CLOCK_NEVER,     /* no clock of its own: notice that others take into account */
	CLOCK_EXPIRES,   /* the leg expires and the next best service is asked */
	CLOCK_IS_TOLD,   /* nothing moves; the coordinator is told, and the next clock runs */
	CLOCK_IS_FORCED, /* the stop that was asked for takes effect unconfirmed */
	CLOCK_LOOKS,     /* a service is looked for again */
};

struct clock_rule {
	const char *name;
	enum leg_state state; /* LEG_NONE: the referral's own */
	int amount;
	bool hours; /* else working days */
	enum clock_end end;
};
const struct clock_rule *clock_rule(enum clock clock);
/* Names a directory may set: all but the referral's own. */
struct directory_list clock_service_names(void);
/* The clock that begins with the state; CLOCK_NONE when it has none. */
enum clock clock_of_state(enum leg_state state);

/* What a clock's length depends on. */
struct clock_case {
	const struct calendar *calendar;
	const struct directory_service *service; /* NULL: gone from the directory */
	enum kind source;
	enum pathway pathway;
	date_days release; /* REFERRAL_NO_DATE: not known */
	timestamp_us from;
	timestamp_us cap;      /* 0: none */
	timestamp_us accepted; /* when its service said yes; 0: not known */
};
struct clock_time {
	timestamp_us deadline, remind; /* remind 0: none */
};
struct clock_time clock_start(enum clock clock, const struct clock_case *in);
/* It goes on with what it had left, in working time. */
struct clock_time clock_resume(enum clock clock, const struct clock_case *in, int64_t left);
/* The reminder of a clock that was set anew to run until then. */
timestamp_us clock_remind(enum clock clock, const struct clock_case *in, timestamp_us deadline);
/* The earliest of the dates that clocks before a yes may not run beyond, that is not past: the
 * release less its notice, a condition's deadline, a court's date.  0: none. `*ret_past` is set
 * when one is past. */
struct clock_dates {
	date_days release, condition, court;
};
timestamp_us clock_cap(
	const struct clock_case *in, const struct clock_dates *dates, bool *ret_past);
/* True for the states whose clocks the cap bounds. */
bool clock_is_capped(enum clock clock);

/* The referral's own. */
timestamp_us clock_no_service(const struct calendar *calendar, timestamp_us now);
timestamp_us clock_next_morning(const struct calendar *calendar, timestamp_us now);
#endif
