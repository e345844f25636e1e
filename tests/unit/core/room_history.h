/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CORE_ROOM_HISTORY_H
#define ONWARD_TESTS_UNIT_CORE_ROOM_HISTORY_H
#include "tests/unit/core/places.h"
/*
 * What the history that is told of all referrals comes to, counted event by event by other means
 * than the broker's: which service was chosen with how much room, and what legs take of it.
 */
enum {
	ROOM_REFERRALS = 90,
	ROOM_PAUSES = 200,
	ROOM_EVENTS = 8000,
	ROOM_LEGS = 8
};

struct room_pause {
	int service;
	timestamp_us from, until;
};

/* One event of a leg, as the operator is told of it. */
struct room_told {
	int64_t seq;
	size_t order; /* within what was told */
	size_t referral;
	unsigned leg;
	int service;
	timestamp_us at;
	enum leg_state to;
	bool matched, for_list;
};

struct room_figures {
	int64_t live, waiting, year, pool;
};

/* What this test says a leg takes. */
struct room_held {
	bool place, waits, year, for_list, taken_on;
	int in_year;
	enum leg_state state;
};

struct room_history {
	char references[ROOM_REFERRALS][REFERENCE_TEXT_SIZE];
	size_t count;
	struct room_pause pauses[ROOM_PAUSES];
	size_t pause_count;
	struct room_told told[ROOM_EVENTS];
	size_t told_count;
	struct room_held held[ROOM_REFERRALS][ROOM_LEGS];
	struct room_figures figures[PLACES_SERVICES];
	int64_t lists;  /* legs that were sent for a waiting list */
	int64_t direct; /* legs that were not */
};

/* The directory that the limits here are of. */
void room_history_publish(struct fixture *fixture);
/* The whole history from the beginning, in the order of the record; every choice is checked. */
void room_history_count(struct room_history *history, struct fixture *fixture);
/* Referrals of that year that the service has used. */
int64_t room_history_year(const struct room_history *history, int service, int year);
int room_history_year_of(timestamp_us time); /* in London */
#endif
