/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_BUSINESS_H
#define ONWARD_NET_BUSINESS_H
#include "broker/config/config.h"

#include <stdatomic.h>
/*
 * Business time: the system's clock, or in a rehearsal one that is moved by hand.  Beside it what
 * tells a broker that was away: a jump of the system's clock, and when the broker was last alive.
 */
enum {
	BUSINESS_ALIVE_S = 30 /* so often is it noted that the broker is at work */
};

struct business {
	const struct config *config;
	_Atomic int64_t moved_us; /* of a manual clock, since its start */
	/* By how much the system's clock is ahead of what is believed of it. */
	_Atomic int64_t doubted_us;
	int64_t apart_us;   /* the system's clock less the monotonic one, when last looked at */
	timestamp_us noted; /* when it was last noted that the broker is alive */
	int alive_fd;       /* -1: not noted */
};

/* A manual clock goes on from the record's last time.  `home`: where it is noted that the broker is
 * alive; a file that cannot be made is only logged: downtime is then counted from the record. */
void business_init(struct business *business, const struct config *config, const char *home,
	timestamp_us journal_time);
void business_finish(struct business *business);
timestamp_us business_now(const struct business *business); /* any thread */
/* A manual clock only. */
void business_move(struct business *business, timestamp_us to);
/* How long there was no broker before now, as far as the record and the note tell; 0 in a rehearsal
 * with a manual clock and for a new store.  To be asked before the first note. */
timestamp_us business_lost(const struct business *business, timestamp_us journal_time);
/* Notes that the broker is alive, when it is time to. */
void business_note(struct business *business);
/* True when the system's clock has jumped by more than LIMIT_CLOCK_JUMP_S, either way, since this
 * was last asked.  Business time goes on as if it had not: a clock that is wrong for a minute must
 * not get into the record, and one that is put right again is as before. */
bool business_jumped(struct business *business);
/* So much of what the clock is ahead is not believed; it adds up. */
void business_doubt(struct business *business, int64_t ahead_us);
/* The clock is right as it is; returns what was doubted of it. */
int64_t business_believe(struct business *business);
#endif
