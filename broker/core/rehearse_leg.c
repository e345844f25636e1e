/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/lifecycle.h"
#include "broker/core/rehearse_parts.h"

/* Live legs whose service would not be what it is: it ends, moves, or hears of other fields. */

enum {
	LEG_REASONS = 6
};

static bool covers(const struct directory_service *service, struct str authority)
{
	for (size_t i = 0; i < service->authorities.count; i++) {
		if (str_equal(service->authorities.items[i], authority)) {
			return true;
		}
	}
	return !service->area_stated;
}

static bool runs_on(const struct directory_service *service, date_days day)
{
	return day >= service->window_from && day <= service->window_to;
}

static bool fields_equal(const struct directory_service *a, const struct directory_service *b)
{
	bool equal = a->agreement.count == b->agreement.count;
	for (size_t i = 0; equal && i < a->agreement.count; i++) {
		equal = str_equal(a->agreement.items[i], b->agreement.items[i]);
	}
	return equal;
}

static struct str authority_of(const struct rehearse *rehearse, enum directory_role role)
{
	if (!rehearse->readable) {
		return (struct str){0};
	}
	return role == DIRECTORY_DUTY ? rehearse->subject->referral.duty_authority
				      : referral_area(&rehearse->subject->referral);
}

/* The codes of what is different; `*ret_lost`: the service would not be there for her any more. */
static struct value reasons_of(const struct rehearse *rehearse,
	const struct directory_service *before, const struct directory_service *after,
	bool *ret_lost)
{
	struct arena *arena = rehearse->view.arena;
	const timestamp_us at = rehearse->request->has_at ? rehearse->request->at : rehearse->now;
	const struct str authority = authority_of(rehearse, before->role);
	struct value list = value_list_new(arena, LEG_REASONS);
	if (after == NULL) {
		value_push(arena, &list, value_of_text("gone"));
		*ret_lost = true;
		return list;
	}
	if (runs_on(before, timestamp_london_date(rehearse->now)) &&
		!runs_on(after, timestamp_london_date(at))) {
		value_push(arena, &list, value_of_text("window"));
	}
	if (before->routing != DIRECTORY_ADVICE_ONLY && after->routing == DIRECTORY_ADVICE_ONLY) {
		value_push(arena, &list, value_of_text("routing"));
	}
	if (authority.len > 0 && covers(before, authority) && !covers(after, authority)) {
		value_push(arena, &list, value_of_text("area"));
	}
	*ret_lost = list.list.count > 0;
	if (!str_equal(before->delivery_party, after->delivery_party) ||
		before->delivery_secret != after->delivery_secret) {
		value_push(arena, &list, value_of_text("delivery"));
	}
	if (!fields_equal(before, after)) {
		value_push(arena, &list, value_of_text("agreement"));
	}
	return list;
}

static void put_date(struct arena *arena, struct value *map, const char *key, date_days date)
{
	char text[DATE_TEXT_SIZE];
	if (date != INT32_MIN && date != INT32_MAX) {
		date_format(date, text);
		value_put(arena, map, key, value_of_str(arena_str(arena, str_from(text))));
	}
}

static void leg_add(const struct rehearse *rehearse, uint8_t leg,
	const struct directory_service *before, struct value *list)
{
	const struct view *view = &rehearse->view;
	struct arena *arena = view->arena;
	const struct leg_row *row = &rehearse->subject->legs[leg];
	const struct directory *next = rehearse->after->directory;
	const struct directory_service *after = directory_service_find(next, row_str(row->service));
	const struct str successor = after != NULL ? after->successor : before->successor;
	bool lost = false;
	const struct value why = reasons_of(rehearse, before, after, &lost);
	if (why.list.count == 0) {
		return;
	}
	const timestamp_us deadline = words_deadline(view, row->deadline, row->downtime);
	struct value map = value_map_new(arena, 9);
	value_put(arena, &map, "leg",
		value_of_str(words_leg_id(arena, rehearse->subject->row.reference, leg)));
	value_put(arena, &map, "service", value_of_str(arena_str(arena, row_str(row->service))));
	value_put(
		arena, &map, "state", value_of_text(vocab_code(VOCAB_LEG_STATE, (int)row->state)));
	value_put(arena, &map, "deadline",
		deadline == 0 ? (struct value){.kind = VALUE_NULL} : words_time(arena, deadline));
	value_put(arena, &map, "why", why);
	value_put(arena, &map, "lost", value_of_bool(lost));
	if (lost && after != NULL) {
		put_date(arena, &map, "ends", after->window_to);
	}
	if (lost && successor.len > 0 && directory_service_find(next, successor) != NULL) {
		value_put(arena, &map, "successor", value_of_str(arena_str(arena, successor)));
	}
	value_push(arena, list, map);
}

enum err rehearse_legs(struct rehearse *rehearse, struct value *ret_legs, size_t *ret_count)
{
	const struct subject *subject = rehearse->subject;
	*ret_legs = value_list_new(rehearse->view.arena, subject->row.legs);
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		const struct directory_service *before =
			directory_service_find(rehearse->before->directory, row_str(row->service));
		/* What is not in force already loses nothing by this. */
		if (before != NULL && !lifecycle_is_ended((enum leg_state)row->state)) {
			leg_add(rehearse, (uint8_t)leg, before, ret_legs);
		}
	}
	*ret_count = ret_legs->list.count;
	return arena_failed(rehearse->view.arena) ? ERR_NOMEM : ERR_OK;
}
