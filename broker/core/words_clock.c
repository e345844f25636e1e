/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
/*
 * Clocks in words: when something is due, as it stands after what the broker's own downtime added.
 */

timestamp_us words_deadline(const struct view *view, timestamp_us deadline, uint64_t downtime)
{
	uint64_t now = downtime;
	if (deadline == 0 || state_count_get(view->state, STATE_COUNT_DOWNTIME, &now) != ERR_OK ||
		now < downtime) {
		return deadline;
	}
	return deadline + (timestamp_us)(now - downtime);
}

static struct value time_or_nil(struct arena *arena, timestamp_us time)
{
	return time == 0 ? (struct value){.kind = VALUE_NULL} : words_time(arena, time);
}

void words_leg_clock(const struct view *view, struct id referral, uint8_t number,
	const struct leg_row *row, struct value *map)
{
	struct arena *arena = view->arena;
	struct str questions = {0};
	value_put(arena, map, "deadline",
		time_or_nil(arena, words_deadline(view, row->deadline, row->downtime)));
	if (row->clock != CLOCK_NONE) {
		value_put(arena, map, "clock",
			value_of_text(clock_rule((enum clock)row->clock)->name));
	}
	if (row->overdue != 0) {
		value_put(arena, map, "overdue", value_of_bool(true));
	}
	if (row->state == LEG_INFO_REQUESTED &&
		state_asked_get(view->state, referral, number, &questions, view->fault) == ERR_OK) {
		value_put(arena, map, "questions", words_list(arena, questions));
	}
}

void words_referral_clock(const struct view *view, const struct referral_row *row, bool own,
	timestamp_us earliest, struct value *map)
{
	struct arena *arena = view->arena;
	const timestamp_us mine = own ? words_deadline(view, row->deadline, row->downtime) : 0;
	const timestamp_us held = own ? row->until : 0;
	if (mine != 0 && (earliest == 0 || mine < earliest)) {
		earliest = mine;
	}
	if (held != 0 && (earliest == 0 || held < earliest)) {
		earliest = held;
	}
	value_put(arena, map, "deadline", time_or_nil(arena, earliest));
	if (own && row->clock != CLOCK_NONE) {
		value_put(arena, map, "clock",
			value_of_text(clock_rule((enum clock)row->clock)->name));
	}
	if (own && row->overdue != 0) {
		value_put(arena, map, "overdue", value_of_bool(true));
	}
}

bool words_clock_event(const struct event *event)
{
	return event->type != EVENT_CLOCK_SET ||
	       (event->until != 0 && event->clock != CLOCK_LOOK_AGAIN);
}

void words_event_clock(const struct view *view, const struct event *event, struct value *map)
{
	if (event->clock == CLOCK_NONE || event->clock >= CLOCK_COUNT) {
		return;
	}
	value_put(view->arena, map, "clock",
		value_of_text(clock_rule((enum clock)event->clock)->name));
	value_put(view->arena, map, "deadline", words_time(view->arena, event->until));
}
