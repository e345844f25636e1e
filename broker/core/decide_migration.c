/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
/*
 * What follows for two legs of which one is to take the other over, when either of them moves.
 */

static enum leg_state beneath_hold(const struct leg_row *row)
{
	return row->state == LEG_ON_HOLD ? (enum leg_state)row->before_hold
					 : (enum leg_state)row->state;
}

static bool said_yes(const struct leg_row *row)
{
	const enum leg_state state = beneath_hold(row);
	return state == LEG_ACCEPTED || state == LEG_STARTED;
}

bool decide_migration_holds(const struct leg_row *row)
{
	return said_yes(row) || beneath_hold(row) == LEG_WAITLISTED;
}

/* Ended, or about to. */
static bool is_stopped(const struct leg_row *row)
{
	return lifecycle_is_ended((enum leg_state)row->state) || row->state == LEG_CANCEL_REQUESTED;
}

uint8_t decide_migration_old(const struct subject *subject, uint8_t leg)
{
	uint8_t old = subject->legs[leg].migrated_from;
	/* A leg is older than the one that takes it over, so this ends. */
	while (old != 0 && old < leg && is_stopped(&subject->legs[old]) &&
		subject->legs[old].migrated_from != 0 && subject->legs[old].migrated_from < old) {
		old = subject->legs[old].migrated_from;
	}
	return old < leg ? old : 0;
}

/* Why nobody needs to take it over any more: her need was met, she said no, or she died.  Empty:
 * its service gave her up, or hears no more of her, and the one that is to come is all she has. */
static struct str end_of_all(const struct leg_row *row)
{
	static const char *const hers[] = {"her-decision", "consent-withdrawn", "died"};
	if (row->state == LEG_COMPLETED) {
		return STR("needs-met-elsewhere");
	}
	/* A consent that she takes back is for one service, and stops that leg by itself. */
	if (row->state == LEG_WITHDRAWN && strcmp(row->reason, hers[0]) == 0) {
		return str_from(hers[0]);
	}
	for (size_t i = 0; i < sizeof(hers) / sizeof(hers[0]); i++) {
		if (row->state == LEG_ENDED_EARLY && strcmp(row->reason, hers[i]) == 0) {
			return str_from(hers[i]);
		}
	}
	return (struct str){0};
}

static enum err stop_those_to_come(struct decide *decide, struct subject *subject, uint8_t leg)
{
	const struct str reason = end_of_all(&subject->legs[leg]);
	enum err err = ERR_OK;
	for (unsigned other = leg + 1U;
		err == ERR_OK && reason.len > 0 && other <= subject->row.legs; other++) {
		const struct leg_row *row = &subject->legs[other];
		const bool takes_over = row->migrated_from == leg ||
					decide_migration_old(subject, (uint8_t)other) == leg;
		if (takes_over && !said_yes(row)) {
			err = decide_stop_leg(decide, subject, (uint8_t)other, reason);
		}
	}
	return err;
}

enum err decide_migration_follow(struct decide *decide, struct subject *subject, uint8_t leg)
{
	const struct leg_row *row = &subject->legs[leg];
	const uint8_t before = decide_migration_old(subject, leg);
	const enum err err = stop_those_to_come(decide, subject, leg);
	if (err != ERR_OK || before == 0 || is_stopped(&subject->legs[before])) {
		return err;
	}
	const struct leg_row *old = &subject->legs[before];
	/* One waiting list for another is no loss; a place is given up for a place alone. */
	if (row->state == LEG_ACCEPTED || row->state == LEG_STARTED ||
		(row->state == LEG_WAITLISTED && beneath_hold(old) == LEG_WAITLISTED)) {
		return decide_stop_leg(decide, subject, before, STR("migrated"));
	}
	if (is_stopped(row)) {
		decide_alert(decide, subject->id, STR("migration-not-taken"));
		decide->events[decide->count - 1].leg = leg;
	}
	return ERR_OK;
}
