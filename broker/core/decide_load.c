/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"

/* What a service has to do already, for matching: what the rows say, and what this very command has
 * decided on top of them. */

/* What was decided in this command and is not in the rows yet: a leg that ends makes room, one that
 * was chosen takes it. */
static enum err load_pending(const struct load_context *from,
	const struct directory_service *service, struct match_load *load)
{
	for (size_t i = 0; i < from->decide->count; i++) {
		const struct event *event = &from->decide->events[i];
		struct leg_row row;
		if (event->type == EVENT_MATCHED) {
			const bool same = str_equal(event->service, service->id);
			load->live += same && event->for_list == 0;
			load->waiting += same && event->for_list != 0;
			load->year += same;
			const bool pool =
				event->pool.len > 0 && str_equal(event->pool, service->pool);
			load->pool += pool && event->for_list == 0;
			load->pool_waiting += pool && event->for_list != 0;
			continue;
		}
		if (event->type != EVENT_LEG_STATE ||
			!lifecycle_is_ended((enum leg_state)event->to) ||
			lifecycle_is_ended((enum leg_state)event->from)) {
			continue;
		}
		const enum err err =
			state_leg_get(from->state, event->referral, event->leg, &row, NULL);
		if (err == ERR_NOT_FOUND) {
			continue; /* chosen and ended in one command */
		}
		if (err != ERR_OK) {
			return err;
		}
		const uint8_t counted = leg_counted(&row);
		const bool place = (counted & COUNTED_PLACE) != 0;
		const bool same = str_is(service->id, row.service);
		load->live -= same && place && load->live > 0;
		load->waiting -= same && (counted & COUNTED_WAITS) != 0 && load->waiting > 0;
		const bool pool = service->pool.len > 0 && str_is(service->pool, row.pool);
		load->pool -= pool && place && load->pool > 0;
		load->pool_waiting -=
			pool && (counted & COUNTED_WAITS) != 0 && load->pool_waiting > 0;
	}
	return ERR_OK;
}

/* Its newest message; most services never had one, and most stores have none at all. */
static enum err load_intake(struct load_context *from, struct str service, struct match_load *load)
{
	struct intake_row row;
	enum err err = ERR_OK;
	if (!from->asked) {
		uint64_t count = 0;
		err = state_count_get(from->state, STATE_COUNT_INTAKES, &count);
		from->asked = true;
		from->messages = count > 0;
	}
	if (err != ERR_OK || !from->messages) {
		return err;
	}
	err = intake_get(from->state, service, &row, NULL);
	if (err == ERR_OK && intake_pauses(&row, from->now)) {
		load->paused = true;
		load->paused_by_provider = row.provider != 0;
		load->paused_until = row.until;
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Each takes a place while there is one for her, and waits otherwise. */
static void load_more(const struct load_more *more, const struct directory_service *service,
	const struct directory_limits *limits, struct match_load *load)
{
	for (uint64_t leg = 0; leg < more->legs; leg++) {
		const bool waits = match_room_of(service, limits, load) == ROOM_TO_WAIT;
		load->live += !waits;
		load->pool += !waits;
		load->waiting += waits;
		load->pool_waiting += waits;
		load->year++;
	}
}

enum err decide_load(
	void *context, const struct directory_service *service, struct match_load *ret_load)
{
	struct load_context *from = context;
	const date_days today = timestamp_london_date(from->now);
	const struct directory_limits limits = directory_limits_on(service, today);
	const bool whole = from->whole;
	struct match_load load = {0};
	char name[COUNT_NAME_SIZE];
	int year;
	int month;
	int day;
	enum err err =
		state_count_get(from->state, state_count_waiting(service->id, name), &load.waiting);
	if (err == ERR_OK && (whole || limits.caseload >= 0)) {
		err = state_count_get(from->state, state_count_live(service->id, name), &load.live);
	}
	if (err == ERR_OK && service->pool.len > 0 && (whole || limits.pool_caseload >= 0)) {
		err = state_count_get(
			from->state, state_count_pool(service->pool, name), &load.pool);
		if (err == ERR_OK) {
			err = state_count_get(from->state,
				state_count_pool_waiting(service->pool, name), &load.pool_waiting);
		}
	}
	if (err == ERR_OK && (whole || limits.per_year >= 0)) {
		date_to_civil(today, &year, &month, &day);
		err = state_count_get(from->state,
			state_count_year(service->id, (uint32_t)year, name), &load.year);
	}
	if (err == ERR_OK) {
		err = load_intake(from, service->id, &load);
	}
	if (err == ERR_OK && str_equal(from->more.service, service->id)) {
		load_more(&from->more, service, &limits, &load);
	}
	if (err == ERR_OK && from->decide != NULL) {
		err = load_pending(from, service, &load);
	}
	*ret_load = load;
	return err;
}
