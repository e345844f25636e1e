/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply_fold.h"
#include "broker/store/record.h"

enum err apply_queued(struct fold *fold, struct referral_row *referral)
{
	(void)referral;
	const struct event *event = fold->event;
	struct leg_row leg;
	struct delivery_row row = {
		.state = DELIVERY_QUEUED,
		.kind = event->kind,
		.leg = event->leg,
		.needs = event->needs,
		.slot = event->slot,
		.order = store_key_read_u64(
			(struct str){(const char *)event->delivery.bytes, ID_SIZE}, 8),
		.queued = fold->record->time,
		.referral = event->referral,
		.payload = event->payload,
	};
	fold_bytes(row.line, sizeof(row.line), event->line);
	fold_text(row.route, sizeof(row.route), event->route);
	fold_text(row.service, sizeof(row.service), event->service);
	fold_text(row.reason, sizeof(row.reason), event->reason);
	enum err err = state_leg_get(fold->state, event->referral, event->leg, &leg, fold->fault);
	if (err != ERR_OK) {
		return err;
	}
	leg.delivery = event->delivery;
	leg.failed = 0;
	fold->state->totals.outbox++;
	const struct store_key key = state_outbox_key(event->route, row.line, row.order);
	err = state_leg_put(fold->state, event->referral, event->leg, &leg);
	if (err == ERR_OK) {
		err = record_put(fold->state->txn, store_key_view(&key), TABLE_OUTBOX, ROW_VERSION,
			(struct str){(const char *)event->delivery.bytes, ID_SIZE});
	}
	return err == ERR_OK ? state_delivery_put(fold->state, event->delivery, &row, event->fields)
			     : err;
}

static enum err settle(struct fold *fold, enum delivery_state to)
{
	const struct event *event = fold->event;
	struct delivery_row row;
	struct str fields;
	enum err err = state_delivery_get(fold->state, event->delivery, &row, &fields, fold->fault);
	if (err != ERR_OK || row.state != DELIVERY_QUEUED) {
		return err;
	}
	if (row.read_at_desk == 0) {
		fold->state->totals.outbox--;
	}
	row.state = (uint8_t)to;
	fold_text(row.reason, sizeof(row.reason), event->reason);
	err = state_delivery_put(fold->state, event->delivery, &row, fields);
	if (err == ERR_OK) {
		const struct store_key key =
			state_outbox_key(row_str(row.route), row.line, row.order);
		err = store_del(fold->state->txn, store_key_view(&key));
	}
	return err;
}

enum err apply_delivered(struct fold *fold, struct referral_row *referral)
{
	(void)referral;
	return settle(fold, DELIVERY_DONE);
}

enum err apply_undeliverable(struct fold *fold, struct referral_row *referral)
{
	(void)referral;
	return settle(fold, DELIVERY_UNDELIVERABLE);
}

enum err apply_cancelled(struct fold *fold, struct referral_row *referral)
{
	(void)referral;
	return settle(fold, DELIVERY_CANCELLED);
}

enum err apply_failed(struct fold *fold, struct referral_row *referral)
{
	(void)referral;
	const struct event *event = fold->event;
	struct delivery_row row;
	struct leg_row leg;
	struct str fields;
	enum err err = state_delivery_get(fold->state, event->delivery, &row, &fields, fold->fault);
	if (err != ERR_OK) {
		return err;
	}
	row.failed++;
	fold_text(row.reason, sizeof(row.reason), event->reason);
	err = state_delivery_put(fold->state, event->delivery, &row, fields);
	if (err == ERR_OK) {
		err = state_leg_get(fold->state, event->referral, event->leg, &leg, fold->fault);
	}
	if (err == ERR_OK && id_equal(leg.delivery, event->delivery)) {
		leg.failed++;
		err = state_leg_put(fold->state, event->referral, event->leg, &leg);
	}
	return err;
}

enum err apply_consulted(struct fold *fold, struct referral_row *referral)
{
	(void)referral;
	struct delivery_row row;
	struct str fields;
	if (id_is_zero(fold->event->delivery)) {
		return ERR_OK;
	}
	const enum err err =
		state_delivery_get(fold->state, fold->event->delivery, &row, &fields, fold->fault);
	if (err != ERR_OK || row.state != DELIVERY_QUEUED || row.read_at_desk != 0) {
		return err;
	}
	row.read_at_desk = 1;
	fold->state->totals.outbox--;
	return state_delivery_put(fold->state, fold->event->delivery, &row, fields);
}
