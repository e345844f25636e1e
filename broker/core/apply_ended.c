/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply_fold.h"
#include "broker/core/lifecycle.h"
#include "broker/store/record.h"

/* A referral that ended is in the table of ended ones from then on, so that the time it may be kept
 * can be found to be over; one that was erased leaves it, and its key's slot is noted for good. */
static enum err ended_del(struct fold *fold, timestamp_us since)
{
	const struct store_key key = state_ended_key(since, fold->event->referral);
	const enum err err = store_del(fold->state->txn, store_key_view(&key));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err fold_ended(struct fold *fold, const struct referral_row *row)
{
	const bool before = lifecycle_referral_is_over((enum referral_state)fold->event->from);
	const bool after = lifecycle_referral_is_over((enum referral_state)fold->event->to);
	if (before == after || !fold_has_clocks(fold)) {
		return ERR_OK;
	}
	if (before) {
		return ended_del(fold, row->since);
	}
	const struct store_key key = state_ended_key(fold->record->time, fold->event->referral);
	return record_put(
		fold->state->txn, store_key_view(&key), TABLE_ENDED, ROW_VERSION, (struct str){0});
}

enum err apply_erased(struct fold *fold, struct referral_row *row)
{
	struct store_key key = store_key_start(TABLE_ERASED);
	store_key_u64(&key, fold->event->slot);
	row->flags |= REFERRAL_ERASED;
	const enum err err = record_put(
		fold->state->txn, store_key_view(&key), TABLE_ERASED, ROW_VERSION, (struct str){0});
	return err == ERR_OK ? ended_del(fold, row->since) : err;
}
