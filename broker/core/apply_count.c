/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply_fold.h"
#include "broker/core/lifecycle.h"
#include "broker/store/record.h"
/*
 * What a leg takes of its service's room: one of its places (and of the pool's), or a place on its
 * waiting list; and one of the year's referrals.  The row says what it was counted as, so that
 * nothing is given back that was not taken, whichever version counted it.
 */

/* As versions before this one counted, which gave nothing of a year back. */
static uint8_t counted_by_state(enum leg_state state)
{
	return (uint8_t)(COUNTED_YEAR | (lifecycle_holds_place(state) ? COUNTED_PLACE : 0) |
			 (state == LEG_WAITLISTED ? COUNTED_WAITS : 0));
}

uint8_t leg_counted(const struct leg_row *row)
{
	return (row->counted & COUNTED) != 0 ? row->counted
					     : counted_by_state((enum leg_state)row->state);
}

/* The list is in the order in which the women came to the service. */
static struct store_key waiting_key(const struct fold *fold, const struct leg_row *row)
{
	return state_waiting_key(
		row_str(row->service), row->matched, fold->event->referral, fold->event->leg);
}

static enum err waiting_mark(struct fold *fold, const struct leg_row *row, bool waits)
{
	const struct store_key key = waiting_key(fold, row);
	const int64_t by = waits ? 1 : -1;
	char name[COUNT_NAME_SIZE];
	enum err err =
		state_count_add(fold->state, state_count_listed(row_str(row->service), name), by);
	if (err == ERR_OK && row->pool[0] != '\0') {
		err = state_count_add(
			fold->state, state_count_pool_waiting(row_str(row->pool), name), by);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (waits) {
		return record_put(fold->state->txn, store_key_view(&key), TABLE_WAITING,
			ROW_VERSION, (struct str){0});
	}
	err = store_del(fold->state->txn, store_key_view(&key));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err add(struct state *state, struct str name, unsigned before, unsigned after)
{
	return before == after ? ERR_OK
			       : state_count_add(state, name, (int64_t)after - (int64_t)before);
}

/* The counters go from what the leg took to what it takes. */
static enum err count(struct fold *fold, const struct leg_row *row, unsigned before, unsigned after)
{
	const struct str service = row_str(row->service);
	const struct str pool = row_str(row->pool);
	const unsigned place[] = {(before & COUNTED_PLACE) != 0, (after & COUNTED_PLACE) != 0};
	char name[COUNT_NAME_SIZE];
	enum err err = add(fold->state, state_count_live(service, name), place[0], place[1]);
	if (err == ERR_OK && pool.len > 0) {
		err = add(fold->state, state_count_pool(pool, name), place[0], place[1]);
	}
	if (err == ERR_OK) {
		err = add(fold->state, state_count_waiting(service, name),
			(before & COUNTED_WAITS) != 0, (after & COUNTED_WAITS) != 0);
	}
	if (err == ERR_OK) {
		err = add(fold->state, state_count_year(service, row->year, name),
			(before & COUNTED_YEAR) != 0, (after & COUNTED_YEAR) != 0);
	}
	return err;
}

/* The service took her on; a leg of the time before clocks says so by its state alone. */
static bool was_taken_on(const struct leg_row *row, enum leg_state from)
{
	return row->accepted != 0 || from == LEG_ACCEPTED || from == LEG_STARTED;
}

static uint8_t counted_in(const struct leg_row *row, enum leg_state from, uint8_t before)
{
	const uint8_t year = before & COUNTED_YEAR;
	switch ((enum leg_state)row->state) {
	case LEG_MATCHED:
	case LEG_DELIVERED:
	case LEG_RECEIVED:
	case LEG_INFO_REQUESTED:
		return year | (row->for_list != 0 ? COUNTED_WAITS : COUNTED_PLACE);
	case LEG_WAITLISTED:
		return year | COUNTED_WAITS;
	case LEG_ACCEPTED:
	case LEG_STARTED:
		return COUNTED_YEAR | COUNTED_PLACE;
	case LEG_ON_HOLD:
	case LEG_CANCEL_REQUESTED:
		return before; /* she keeps what she has until it is clear what becomes of it */
	case LEG_COMPLETED:
	case LEG_ENDED_EARLY:
	case LEG_NOT_ENGAGED:
		return year;
	case LEG_DECLINED:
	case LEG_REDIRECTED:
	case LEG_WITHDRAWN:
	case LEG_EXPIRED:
		return was_taken_on(row, from) ? year : 0;
	case LEG_NONE:
	case LEG_STATE_COUNT:
		break;
	}
	return 0;
}

/* Versions before this one: places and waits follow the state alone. */
static enum err count_by_state(struct fold *fold, const struct leg_row *row, enum leg_state from)
{
	return count(
		fold, row, counted_by_state(from), counted_by_state((enum leg_state)row->state));
}

enum err fold_leg_counts(struct fold *fold, struct leg_row *row, enum leg_state from)
{
	const bool counted = (row->counted & COUNTED) != 0;
	if (fold->record->format < RECORD_FORMAT_COUNTS) {
		return from != LEG_NONE ? count_by_state(fold, row, from)
					: count(fold, row, 0, counted_by_state(LEG_MATCHED));
	}
	const uint8_t before = counted            ? row->counted
			       : from == LEG_NONE ? 0
						  : counted_by_state(from);
	const uint8_t after =
		from == LEG_NONE ? (uint8_t)(COUNTED_YEAR |
					     (row->for_list != 0 ? COUNTED_WAITS : COUNTED_PLACE))
				 : counted_in(row, from, before);
	const bool listed = counted && (before & COUNTED_WAITS) != 0;
	const bool waits = (after & COUNTED_WAITS) != 0;
	enum err err = count(fold, row, before, after);
	if (err == ERR_OK && listed != waits) {
		err = waiting_mark(fold, row, waits);
	}
	row->counted = (uint8_t)(after | COUNTED);
	return err;
}
