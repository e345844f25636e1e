/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"

void decide_leg_state(struct decide *decide, struct subject *subject, uint8_t leg,
	enum leg_state to, struct str reason)
{
	struct leg_row *row = &subject->legs[leg];
	const struct clock_case in = decide_clock_case(decide, subject, row);
	struct event *event = decide_emit(decide, EVENT_LEG_STATE, subject->id);
	event->leg = leg;
	event->from = row->state;
	event->to = (uint8_t)to;
	event->reason = reason;
	str_copy(row->reason, sizeof(row->reason), reason);
	event->service = arena_str(decide->arena, row_str(row->service));
	event->route = arena_str(decide->arena, row_str(row->route));
	if (to == LEG_ACCEPTED && row->state != LEG_ON_HOLD) {
		row->accepted = decide->now;
	}
	if (decide_leg_clock(decide, &in, row, to, event) != ERR_OK) {
		decide->arena->failed = true; /* the store cannot be read: nothing is decided */
	}
	row->state = (uint8_t)to;
}

enum err decide_cancel_queued(struct decide *decide, struct subject *subject, uint8_t leg,
	struct str reason, enum delivery_kind *ret_kind, bool *ret_cancelled)
{
	struct delivery_row row;
	const struct id delivery = subject->legs[leg].delivery;
	const enum err err =
		state_delivery_get(decide->state, delivery, &row, NULL, &decide->fault);
	*ret_cancelled = false;
	if (err != ERR_OK || !delivery_is_open(&row) || row.kind == DELIVERY_WITHDRAWN) {
		return err;
	}
	struct event *event = decide_emit(decide, EVENT_DELIVERY_CANCELLED, subject->id);
	event->leg = leg;
	event->delivery = delivery;
	event->route = arena_str(decide->arena, row_str(subject->legs[leg].route));
	event->reason = reason;
	*ret_kind = (enum delivery_kind)row.kind;
	*ret_cancelled = true;
	return ERR_OK;
}

/* Why a provider has to stop: nothing of court, custody or health, and nothing at all in
 * the open. */
static struct str told_reason(
	const struct decide *decide, const struct leg_row *row, struct str reason)
{
	const struct directory_service *service =
		decide->plan == NULL
			? NULL
			: directory_service_find(decide->plan->directory, row_str(row->service));
	if (service == NULL || !service->delivery_secret) {
		return (struct str){0};
	}
	return str_is(reason, "her-decision") || str_is(reason, "consent-withdrawn") ||
			       str_is(reason, "migrated")
		       ? reason
		       : STR("stopped");
}

/* The broker gave it up, but its service may have her all the same: it hears of a stop, once. */
static enum err stop_expired(
	struct decide *decide, struct subject *subject, uint8_t leg, struct str reason)
{
	const struct leg_row *row = &subject->legs[leg];
	struct delivery_row newest;
	if (strcmp(row->reason, "undeliverable") == 0) {
		return ERR_OK; /* nobody there could take her */
	}
	const enum err err =
		state_delivery_get(decide->state, row->delivery, &newest, NULL, &decide->fault);
	if (err == ERR_OK && newest.kind != DELIVERY_WITHDRAWN) {
		decide_queue(decide, subject, leg, DELIVERY_WITHDRAWN, (struct str){0},
			(struct str){0}, told_reason(decide, row, reason));
	}
	return err;
}

enum err decide_stop_leg(
	struct decide *decide, struct subject *subject, uint8_t leg, struct str reason)
{
	const struct leg_row *row = &subject->legs[leg];
	bool cancelled;
	enum delivery_kind kind;
	if (row->state == LEG_EXPIRED) {
		return stop_expired(decide, subject, leg, reason);
	}
	if (lifecycle_is_ended((enum leg_state)row->state) || row->state == LEG_CANCEL_REQUESTED) {
		return ERR_OK;
	}
	const bool held = row->state != LEG_MATCHED;
	/* Sharing stops in this transaction: at most one delivery of a leg is queued, and
	 * it goes. */
	const enum err err =
		decide_cancel_queued(decide, subject, leg, STR("withdrawn"), &kind, &cancelled);
	if (err != ERR_OK) {
		return err;
	}
	decide_leg_state(decide, subject, leg, held ? LEG_CANCEL_REQUESTED : LEG_WITHDRAWN, reason);
	/* Also a matched one may be on its way, or at the provider with its receipt lost.
	 */
	decide_queue(decide, subject, leg, DELIVERY_WITHDRAWN, (struct str){0}, (struct str){0},
		told_reason(decide, row, reason));
	return ERR_OK;
}

/* Over, with something done for her: by a service to its end, or by her own decision. */
static bool leg_served(const struct leg_row *row)
{
	return row->state == LEG_COMPLETED || row->state == LEG_ENDED_EARLY ||
	       row->state == LEG_NOT_ENGAGED ||
	       (row->state == LEG_WITHDRAWN && strcmp(row->reason, "her-decision") == 0);
}

enum err decide_settle(struct decide *decide, struct subject *subject)
{
	bool served = false;
	if (subject->row.state == REFERRAL_WITHDRAWN || decide_has_live_leg(subject)) {
		return ERR_OK;
	}
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		served = served || leg_served(&subject->legs[leg]);
	}
	enum referral_state to = subject->row.questions[0] != '\0' ? REFERRAL_NEEDS_INFORMATION
								   : REFERRAL_NO_SERVICE;
	if (subject->row.until != 0) {
		to = REFERRAL_SCHEDULED; /* something is still held for its day */
	} else if (served && subject->gaps == 0) {
		to = REFERRAL_CLOSED;
	}
	return decide_referral_state(decide, subject, to, NULL, subject->gaps);
}
