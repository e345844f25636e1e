/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply_fold.h"
#include "broker/store/record.h"

static enum err outbox_put(struct fold *fold, const struct delivery_row *row)
{
	const struct store_key key = state_outbox_key(row_str(row->route), row->line, row->order);
	return record_put(fold->state->txn, store_key_view(&key), TABLE_OUTBOX, ROW_VERSION,
		(struct str){(const char *)fold->event->delivery.bytes, ID_SIZE});
}

static enum err outbox_del(struct fold *fold, const struct delivery_row *row)
{
	const struct store_key key = state_outbox_key(row_str(row->route), row->line, row->order);
	if (row->read_at_desk == 0) {
		fold->state->totals.outbox--;
	}
	return store_del(fold->state->txn, store_key_view(&key));
}

static enum err unsent_put(struct fold *fold, const struct delivery_row *row)
{
	const struct store_key key = state_unsent_key(row_str(row->route), fold->event->delivery);
	return record_put(
		fold->state->txn, store_key_view(&key), TABLE_UNSENT, ROW_VERSION, (struct str){0});
}

enum err fold_unsent_del(struct fold *fold, struct str route, struct id delivery)
{
	const struct store_key key = state_unsent_key(route, delivery);
	const enum err err = store_del(fold->state->txn, store_key_view(&key));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

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
	if (!id_is_zero(leg.delivery)) {
		/* What was given up before is followed by this one. */
		err = fold_unsent_del(fold, event->route, leg.delivery);
	}
	leg.delivery = event->delivery;
	leg.failed = 0;
	fold->state->totals.outbox++;
	if (err == ERR_OK) {
		err = state_leg_put(fold->state, event->referral, event->leg, &leg);
	}
	if (err == ERR_OK) {
		err = outbox_put(fold, &row);
	}
	return err == ERR_OK ? state_delivery_put(fold->state, event->delivery, &row, event->fields)
			     : err;
}

/* Why it failed, was stopped or given up.  The reason of a stop is what its provider is told: it
 * stays, whatever happens on the way. */
static void reason_put(const struct fold *fold, struct delivery_row *row)
{
	if (row->kind != DELIVERY_WITHDRAWN || !fold_has_clocks(fold)) {
		fold_text(row->reason, sizeof(row->reason), fold->event->reason);
	}
}

static enum err settle(struct fold *fold, enum delivery_state to)
{
	const struct event *event = fold->event;
	struct delivery_row row;
	struct str fields;
	enum err err = state_delivery_get(fold->state, event->delivery, &row, &fields, fold->fault);
	if (err != ERR_OK || (row.state != DELIVERY_QUEUED && row.state != DELIVERY_STOPPED)) {
		return err;
	}
	const bool queued = row.state == DELIVERY_QUEUED;
	row.state = (uint8_t)to;
	reason_put(fold, &row);
	err = state_delivery_put(fold->state, event->delivery, &row, fields);
	if (err == ERR_OK) {
		err = queued ? outbox_del(fold, &row)
			     : fold_unsent_del(fold, row_str(row.route), event->delivery);
	}
	const bool kept = to == DELIVERY_UNDELIVERABLE && fold_has_clocks(fold);
	return err == ERR_OK && kept ? unsent_put(fold, &row) : err;
}

enum err apply_stopped(struct fold *fold, struct referral_row *referral)
{
	const struct event *event = fold->event;
	struct delivery_row row;
	struct str fields;
	(void)referral;
	enum err err = state_delivery_get(fold->state, event->delivery, &row, &fields, fold->fault);
	if (err != ERR_OK || row.state != DELIVERY_QUEUED) {
		return err;
	}
	row.state = DELIVERY_STOPPED;
	reason_put(fold, &row);
	err = state_delivery_put(fold->state, event->delivery, &row, fields);
	if (err == ERR_OK) {
		err = outbox_del(fold, &row);
	}
	return err == ERR_OK ? unsent_put(fold, &row) : err;
}

/* The same delivery at the same place of its line. */
enum err apply_retried(struct fold *fold, struct referral_row *referral)
{
	const struct event *event = fold->event;
	struct delivery_row row;
	struct str fields;
	(void)referral;
	enum err err = state_delivery_get(fold->state, event->delivery, &row, &fields, fold->fault);
	if (err != ERR_OK ||
		(row.state != DELIVERY_STOPPED && row.state != DELIVERY_UNDELIVERABLE)) {
		return err;
	}
	row.state = DELIVERY_QUEUED;
	reason_put(fold, &row);
	if (row.read_at_desk == 0) {
		fold->state->totals.outbox++;
	}
	err = state_delivery_put(fold->state, event->delivery, &row, fields);
	if (err == ERR_OK) {
		err = fold_unsent_del(fold, row_str(row.route), event->delivery);
	}
	return err == ERR_OK ? outbox_put(fold, &row) : err;
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
	reason_put(fold, &row);
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
