/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply_fold.h"
#include "broker/core/lifecycle.h"
#include "broker/store/record.h"

/* What waits for a person: the reasons of a referral, and its row in the queue while it has any. */

enum {
	/* A service that says yes, or the end of it all, settles these. */
	QUEUE_OF_LEGS = QUEUE_UNDELIVERABLE | QUEUE_EXPIRED | QUEUE_OVERDUE,
	QUEUE_OF_STATE = QUEUE_NO_SERVICE | QUEUE_NEEDS_INFORMATION
};

/* Beside needs that are held, some are with nobody, and not kept for a day either. */
static uint32_t queue_of_gaps(const struct event *event, uint32_t queue)
{
	queue &= ~(uint32_t)QUEUE_OF_STATE;
	if (event->gaps == 0 || event->until != 0) {
		return queue;
	}
	return queue | (event->questions.len > 0 ? QUEUE_NEEDS_INFORMATION : QUEUE_NO_SERVICE);
}

static uint32_t queue_of_state(const struct fold *fold, uint32_t queue)
{
	switch ((enum referral_state)fold->event->to) {
	case REFERRAL_NO_SERVICE:
		return (queue & ~(uint32_t)QUEUE_OF_STATE) | QUEUE_NO_SERVICE;
	case REFERRAL_NEEDS_INFORMATION:
		return (queue & ~(uint32_t)QUEUE_OF_STATE) | QUEUE_NEEDS_INFORMATION;
	case REFERRAL_WITHDRAWN:
	case REFERRAL_ENTERED_IN_ERROR:
	case REFERRAL_CLOSED:
		return queue & QUEUE_ATTENTION;
	case REFERRAL_OPEN:
		return queue_of_gaps(fold->event, queue);
	case REFERRAL_SUBMITTED:
	case REFERRAL_SCHEDULED:
	case REFERRAL_STATE_COUNT:
		break;
	}
	return queue & ~(uint32_t)QUEUE_OF_STATE;
}

/* Some leg, or the referral itself, is late still. */
static enum err any_overdue(struct fold *fold, const struct referral_row *row, bool *ret_any)
{
	bool any = row->overdue != 0;
	for (unsigned number = 1; number <= row->legs && !any; number++) {
		struct leg_row leg;
		const enum err err = state_leg_get(
			fold->state, fold->event->referral, (uint8_t)number, &leg, fold->fault);
		if (err != ERR_OK) {
			return err;
		}
		any = leg.overdue != 0 && !lifecycle_is_ended((enum leg_state)leg.state);
	}
	*ret_any = any;
	return ERR_OK;
}

static enum err queue_of_leg(struct fold *fold, const struct referral_row *row, uint32_t *queue)
{
	const struct event *event = fold->event;
	bool late = false;
	const enum err err = (*queue & QUEUE_OVERDUE) == 0 ? ERR_OK : any_overdue(fold, row, &late);
	if (!late) {
		*queue &= ~(uint32_t)QUEUE_OVERDUE;
	}
	if (event->type == EVENT_LEG_STATE && event->to == LEG_EXPIRED) {
		*queue |= str_is(event->reason, "undeliverable") ? QUEUE_UNDELIVERABLE
								 : QUEUE_EXPIRED;
	}
	/* While a need of hers is with nobody, that another was taken settles nothing. */
	if (event->type == EVENT_LEG_STATE && event->to == LEG_ACCEPTED && row->gaps == 0) {
		*queue &= ~(uint32_t)(QUEUE_UNDELIVERABLE | QUEUE_EXPIRED);
	}
	return err;
}

/* The newest alerts, each once, as many as the row has room for; the record has them all. */
static void attention_add(struct referral_row *row, struct str reason)
{
	char text[sizeof(row->attention) * 2];
	size_t len = 0;
	for (struct str left = row_str(row->attention); left.len > 0;) {
		const char *comma = memchr(left.ptr, ',', left.len);
		const size_t one = comma == NULL ? left.len : (size_t)(comma - left.ptr);
		if (!str_equal((struct str){left.ptr, one}, reason)) {
			memcpy(text + len, left.ptr, one);
			len += one;
			text[len++] = ',';
		}
		const size_t gone = comma == NULL ? one : one + 1;
		left = (struct str){left.ptr + gone, left.len - gone};
	}
	const size_t room = sizeof(row->attention) - 1;
	const size_t add = reason.len < room ? reason.len : room;
	memcpy(text + len, reason.ptr, add);
	struct str all = {text, len + add};
	while (all.len > room) {
		const char *comma = memchr(all.ptr, ',', all.len);
		const size_t gone = (size_t)(comma - all.ptr) + 1;
		all = (struct str){all.ptr + gone, all.len - gone};
	}
	fold_text(row->attention, sizeof(row->attention), all);
}

static enum err queue_after(struct fold *fold, struct referral_row *row, uint32_t *queue)
{
	const struct event *event = fold->event;
	if (event->type == EVENT_LEG_STATE || event->type == EVENT_CONTACT_ATTEMPTED ||
		(event->type == EVENT_CLOCK_SET && event->leg != 0)) {
		return queue_of_leg(fold, row, queue);
	}
	if (event->type == EVENT_REFERRAL_STATE) {
		*queue = queue_of_state(fold, *queue);
	} else if (event->type == EVENT_OVERDUE) {
		*queue |= QUEUE_OVERDUE;
	} else if (event->type == EVENT_SEEN) {
		*queue &= ~event->queue;
	} else if (event->type == EVENT_ALERT || event->type == EVENT_LATE_ANSWER) {
		*queue |= QUEUE_ATTENTION;
		attention_add(row, event->type == EVENT_ALERT ? event->reason : STR("late-answer"));
	}
	return ERR_OK;
}

enum err fold_queue(struct fold *fold, struct referral_row *row)
{
	uint32_t queue = row->queue;
	const bool waited = queue != 0;
	if (!fold_has_clocks(fold)) {
		return ERR_OK;
	}
	enum err err = queue_after(fold, row, &queue);
	if (err != ERR_OK) {
		return err;
	}
	row->queue = queue;
	if ((queue & QUEUE_ATTENTION) == 0) {
		memset(row->attention, 0, sizeof(row->attention));
	}
	if (queue != 0 && !waited) {
		row->queue_since = fold->record->time;
		const struct store_key key =
			state_queue_key(row->queue_since, fold->event->referral);
		err = record_put(fold->state->txn, store_key_view(&key), TABLE_QUEUE, ROW_VERSION,
			(struct str){0});
	} else if (queue == 0 && waited) {
		const struct store_key key =
			state_queue_key(row->queue_since, fold->event->referral);
		row->queue_since = 0;
		err = store_del(fold->state->txn, store_key_view(&key));
	}
	return err;
}

enum err apply_assigned(struct fold *fold, struct referral_row *row)
{
	const struct event *event = fold->event;
	struct leg_row leg;
	(void)row;
	enum err err = state_leg_get(fold->state, event->referral, event->leg, &leg, fold->fault);
	if (err == ERR_OK) {
		leg.by_hand = 1;
		err = state_leg_put(fold->state, event->referral, event->leg, &leg);
	}
	/* The delivery that was given up and is now followed by another. */
	return err == ERR_OK && !id_is_zero(event->delivery)
		       ? fold_unsent_del(fold, event->route, event->delivery)
		       : err;
}

enum err apply_migrated(struct fold *fold, struct referral_row *row)
{
	const struct event *event = fold->event;
	struct leg_row leg;
	(void)row;
	const enum err err =
		state_leg_get(fold->state, event->referral, event->to, &leg, fold->fault);
	if (err != ERR_OK) {
		return err;
	}
	leg.by_hand = 1;
	leg.migrated_from = event->leg;
	return state_leg_put(fold->state, event->referral, event->to, &leg);
}
