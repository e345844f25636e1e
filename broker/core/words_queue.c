/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"

/* Why a referral waits for a person, as codes; and how many do. */

static const struct {
	uint32_t bit;
	const char *code;
} reasons[] = {
	{QUEUE_NO_SERVICE, "no-service"},
	{QUEUE_NEEDS_INFORMATION, "needs-information"},
	{QUEUE_UNDELIVERABLE, "undeliverable"},
	{QUEUE_EXPIRED, "expired"},
	{QUEUE_OVERDUE, "overdue"},
	{QUEUE_ATTENTION, "attention"},
};

enum {
	REASONS = sizeof(reasons) / sizeof(reasons[0])
};

struct value words_queue(struct arena *arena, uint32_t bits)
{
	struct value list = value_list_new(arena, REASONS);
	for (size_t i = 0; i < REASONS; i++) {
		if ((bits & reasons[i].bit) != 0) {
			value_push(arena, &list, value_of_text(reasons[i].code));
		}
	}
	return list;
}

uint32_t queue_reason_of(struct str code)
{
	for (size_t i = 0; i < REASONS; i++) {
		if (str_is(code, reasons[i].code)) {
			return reasons[i].bit;
		}
	}
	return 0;
}

enum err queue_figures(struct state *state, timestamp_us now, struct core_figures *figures)
{
	enum {
		COUNT_MAX = 10000
	};
	struct store_key at = store_key_start(TABLE_QUEUE);
	while (figures->queue < COUNT_MAX) {
		struct str key;
		struct str value;
		const enum err err =
			store_next(state->txn, store_key_view(&at), true, &key, &value);
		if (err == ERR_END || (err == ERR_OK && key.ptr[0] != TABLE_QUEUE)) {
			break;
		}
		if (err != ERR_OK) {
			return err;
		}
		const timestamp_us since = (timestamp_us)store_key_read_u64(key, 1);
		at = state_queue_key(since, store_key_read_id(key, 9));
		if (figures->queue++ == 0 && since < now) {
			figures->queue_oldest_s = (now - since) / TIMESTAMP_SECOND;
		}
	}
	return ERR_OK;
}
