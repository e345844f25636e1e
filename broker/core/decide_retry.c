/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"

/* Deliveries by hand: stopped, and sent again.  What is named by more than its id is dealt with in
 * steps, each a command of its own; the cursor is where the next goes on. */

struct step {
	struct decide *decide;
	struct subject *subject;
	/* Referrals that this command has changed: what it decided is not in the rows yet. */
	struct id changed[WIRE_RETRY_MAX];
	size_t changed_count;
};

struct result {
	const char *code;
	uint8_t leg; /* the one it is about from now on */
};

static enum err refuse_settled(struct decide *decide, const struct delivery_row *row)
{
	switch ((enum delivery_state)row->state) {
	case DELIVERY_DONE:
		return decide_refuse(decide, ERR_STATE, "delivery", "it has arrived");
	case DELIVERY_CANCELLED:
		return decide_refuse(decide, ERR_STATE, "delivery",
			"it was cancelled: the leg was stopped, answered or given a newer one");
	case DELIVERY_STOPPED:
		return decide_refuse(decide, ERR_STATE, "delivery", "it is stopped already");
	case DELIVERY_UNDELIVERABLE:
		return decide_refuse(decide, ERR_STATE, "delivery",
			"it was given up already: the provider's machine cannot take it");
	case DELIVERY_QUEUED:
		break;
	}
	return ERR_INTERNAL;
}

/* What would leave is about a leg that goes on, and within her consent of today. */
static enum err check_leg(struct step *step, const struct delivery_row *row, struct id delivery)
{
	struct decide *decide = step->decide;
	const struct leg_row *leg = &step->subject->legs[row->leg];
	if (!id_equal(leg->delivery, delivery)) {
		return decide_refuse(decide, ERR_STATE, "delivery",
			"a newer delivery of the leg has taken its place");
	}
	if (row->kind == DELIVERY_WITHDRAWN) {
		return ERR_OK; /* a stop may always be said */
	}
	if (decide->plan == NULL) {
		return decide_no_directory(decide);
	}
	if (lifecycle_is_ended((enum leg_state)leg->state) || leg->state == LEG_CANCEL_REQUESTED) {
		return decide_refuse(decide, ERR_STATE, "delivery", "its leg is %s",
			vocab_code(VOCAB_LEG_STATE, (int)leg->state));
	}
	if (decide_leg_unwanted(decide, step->subject, row->leg)) {
		return decide_refuse(
			decide, ERR_CONSENT, "delivery", "her consent does not cover it any more");
	}
	return ERR_OK;
}

/* Nobody could take her, and the leg ended: the service gets her anew, if nobody else has. */
static enum err assign_again(struct step *step, const struct delivery_row *row, struct id delivery,
	struct result *ret_result)
{
	struct decide *decide = step->decide;
	const struct leg_row *leg = &step->subject->legs[row->leg];
	struct assignment assignment = {
		.service = arena_str(decide->arena, row_str(row->service)),
		.needs = leg->needs & step->subject->referral.needs & ~assign_held(step->subject),
		.instead = delivery,
		.route = arena_str(decide->arena, row_str(row->route)),
	};
	struct str overridden;
	if (leg->needs != 0 && assignment.needs == 0) {
		return decide_refuse(decide, ERR_STATE, "delivery",
			"her needs are with another service, or are no needs any more");
	}
	const enum err err =
		decide_assign_to(decide, step->subject, &assignment, &ret_result->leg, &overridden);
	ret_result->code = "assigned";
	return err;
}

static enum err retry_one(struct step *step, struct id delivery, const struct delivery_row *row,
	struct result *ret_result)
{
	struct decide *decide = step->decide;
	if (row->state == DELIVERY_QUEUED) {
		ret_result->code = "tried-now"; /* whoever sends it drops the wait */
		return ERR_OK;
	}
	if (row->state != DELIVERY_STOPPED && row->state != DELIVERY_UNDELIVERABLE) {
		return refuse_settled(decide, row);
	}
	enum err err = row->kind == DELIVERY_WITHDRAWN
			       ? decide_rows(decide, row->referral, step->subject)
			       : decide_subject(decide, row->referral, step->subject);
	if (err != ERR_OK) {
		return err;
	}
	const bool brings = row->kind == DELIVERY_REFERRAL || row->kind == DELIVERY_NOTICE;
	if (row->state == DELIVERY_UNDELIVERABLE && brings &&
		step->subject->legs[row->leg].state == LEG_EXPIRED) {
		return assign_again(step, row, delivery, ret_result);
	}
	err = check_leg(step, row, delivery);
	if (err == ERR_OK) {
		(void)decide_delivery_event(decide, EVENT_DELIVERY_RETRIED, row, delivery);
		ret_result->code = "queued";
	}
	return err;
}

static enum err stop_one(struct step *step, struct id delivery, const struct delivery_row *row,
	struct result *ret_result)
{
	struct decide *decide = step->decide;
	if (row->state != DELIVERY_QUEUED) {
		return refuse_settled(decide, row);
	}
	if (row->kind == DELIVERY_WITHDRAWN) {
		if (id_is_zero(decide->request->delivery)) {
			return decide_refuse(decide, ERR_STATE, "delivery",
				"it tells a provider to stop: name it by its id to hold it back");
		}
		decide_alert(decide, row->referral, STR("stop-held-back"));
		decide->events[decide->count - 1].leg = row->leg;
	}
	decide_delivery_event(decide, EVENT_DELIVERY_STOPPED, row, delivery)->reason =
		decide->request->reason;
	ret_result->code = "stopped";
	return ERR_OK;
}

static enum err one(struct step *step, struct id delivery, const struct delivery_row *row,
	struct result *ret_result)
{
	return step->decide->request->header.type == WIRE_RETRY
		       ? retry_one(step, delivery, row, ret_result)
		       : stop_one(step, delivery, row, ret_result);
}

/* What the caller can be told of this one delivery, while the others go on. */
static bool concerns_one(enum err err)
{
	return err == ERR_STATE || err == ERR_CONSENT || err == ERR_NOT_ALLOWED ||
	       err == ERR_INVALID || err == ERR_NOT_FOUND || err == ERR_CORRUPT;
}

static enum err item_of(struct step *step, struct id delivery, const struct delivery_row *row,
	const struct result *result, struct value *items)
{
	struct arena *arena = step->decide->arena;
	struct referral_row referral;
	char text[ID_TEXT_SIZE];
	struct fault damaged;
	const enum err err =
		state_referral_get(step->decide->state, row->referral, &referral, &damaged);
	if (err != ERR_OK) {
		step->decide->fault = (struct fault){0};
		return err == ERR_CORRUPT ? ERR_OK : err; /* it does not hold up the others */
	}
	struct value item = value_map_new(arena, 6);
	id_format(delivery, text);
	value_put(arena, &item, "delivery", value_of_str(arena_str(arena, str_from(text))));
	value_put(arena, &item, "reference",
		value_of_str(arena_str(arena, row_str(referral.reference))));
	value_put(arena, &item, "leg",
		value_of_str(words_leg_id(arena, referral.reference, result->leg)));
	value_put(arena, &item, "service", value_of_str(arena_str(arena, row_str(row->service))));
	value_put(arena, &item, "result", value_of_text(result->code));
	if (step->decide->fault.message[0] != '\0') {
		value_put(arena, &item, "message",
			value_of_str(arena_str(arena, str_from(step->decide->fault.message))));
		step->decide->fault = (struct fault){0};
	}
	value_push(arena, items, item);
	return ERR_OK;
}

/* False: an earlier one of this command has changed the same referral, or sealed all it may. */
static bool may_go_on(const struct step *step, struct id referral)
{
	for (size_t i = 0; i < step->changed_count; i++) {
		if (id_equal(step->changed[i], referral)) {
			return false;
		}
	}
	return step->decide->blob_count < BLOBS_MAX;
}

static enum err take(struct step *step, struct id delivery, const struct delivery_row *row,
	bool alone, struct value *items)
{
	struct result result = {"refused", row->leg};
	const size_t before = step->decide->count;
	enum err err = one(step, delivery, row, &result);
	if (err != ERR_OK && (alone || !concerns_one(err) || step->decide->count != before)) {
		return err;
	}
	if (err != ERR_OK) {
		result = (struct result){"refused", row->leg};
	}
	if (step->decide->count != before) {
		step->changed[step->changed_count++] = row->referral;
	}
	return item_of(step, delivery, row, &result, items);
}

static enum err take_many(struct step *step, size_t limit, struct value *items, struct str *cursor)
{
	struct decide *decide = step->decide;
	const struct wire_request *request = decide->request;
	struct unsent_which which = {.route = request->route,
		.service = request->service,
		.queued_only = request->header.type == WIRE_STOP_RETRYING};
	enum err err = unsent_begin(&which, request->cursor, &decide->fault);
	while (err == ERR_OK && items->list.count < limit) {
		struct id delivery;
		struct delivery_row row;
		const struct store_key before = which.at;
		err = unsent_next(decide->state, &which, &delivery, &row, &decide->fault);
		if (err == ERR_OK && !which.found) {
			break; /* looked at enough for one command */
		}
		if (err == ERR_OK && !may_go_on(step, row.referral)) {
			which.at = before;
			break;
		}
		if (err == ERR_OK) {
			err = take(step, delivery, &row, false, items);
		}
	}
	if (err == ERR_END) {
		*cursor = (struct str){0};
		return ERR_OK;
	}
	*cursor = cursor_write(decide->arena, &which.at);
	return err;
}

static enum err take_named(struct step *step, struct value *items)
{
	struct decide *decide = step->decide;
	struct delivery_row row;
	const struct id delivery = decide->request->delivery;
	const enum err err =
		state_delivery_get(decide->state, delivery, &row, NULL, &decide->fault);
	if (err == ERR_NOT_FOUND) {
		return decide_refuse(decide, err, "delivery", "no delivery has this id");
	}
	return err == ERR_OK ? take(step, delivery, &row, true, items) : err;
}

/* Only a code, so that nothing personal stands in the open: it is kept unsealed. */
static enum err check_code(struct decide *decide, struct str reason)
{
	if (reason.len >= ROW_REASON_SIZE) {
		return decide_refuse(
			decide, ERR_TOO_LARGE, "reason", "at most %d bytes", ROW_REASON_SIZE - 1);
	}
	for (size_t i = 0; i < reason.len; i++) {
		const char c = reason.ptr[i];
		const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && (c < '0' || c > '9') && c != '-') {
			return decide_refuse(decide, ERR_INVALID, "reason",
				"a code of letters, digits and hyphens, such as provider-closed: "
				"it is kept unsealed");
		}
	}
	return ERR_OK;
}

static enum err check_request(struct decide *decide)
{
	const struct wire_request *request = decide->request;
	const bool named = !id_is_zero(request->delivery);
	const bool some = request->service.len > 0 || request->route.len > 0;
	if (!party_oversees(decide->command->party)) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "",
			"only coordinators and operators stop and retry deliveries");
	}
	if ((int)named + (int)some + (int)request->all != 1) {
		return decide_refuse(decide, ERR_INVALID, "delivery",
			"name one delivery, or a service or route or both, or all");
	}
	return check_code(decide, request->reason);
}

enum err decide_retry(struct decide *decide)
{
	struct arena *arena = decide->arena;
	const int64_t asked = decide->request->limit;
	const size_t limit = asked > 0 && asked < WIRE_RETRY_MAX ? (size_t)asked : WIRE_RETRY_MAX;
	struct step *step = arena_alloc(arena, sizeof(*step));
	struct subject *subject = arena_alloc(arena, sizeof(*subject));
	struct value items = value_list_new(arena, limit);
	struct str cursor = {0};
	if (step == NULL || subject == NULL) {
		return ERR_NOMEM;
	}
	*step = (struct step){.decide = decide, .subject = subject};
	enum err err = check_request(decide);
	if (err == ERR_OK) {
		err = id_is_zero(decide->request->delivery)
			      ? take_many(step, limit, &items, &cursor)
			      : take_named(step, &items);
	}
	if (err != ERR_OK) {
		return err;
	}
	decide->body = value_map_new(arena, 2);
	value_put(arena, &decide->body, "items", items);
	value_put(arena, &decide->body, "cursor", value_of_str(cursor));
	return ERR_OK;
}
