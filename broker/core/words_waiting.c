/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
/*
 * Who waits for a place of a service, in the order in which they came.
 */
enum {
	WAITING_LOOKED_AT = 1000 /* rows; a longer list is not counted to its end */
};

enum err waiting_next(
	struct state *state, struct str service, struct store_key *at, struct waiter *ret_waiter)
{
	struct store_key prefix = store_key_start(TABLE_WAITING);
	struct str key;
	struct str value;
	store_key_str(&prefix, service);
	if (at->len == 0) {
		*at = prefix;
	}
	const enum err err = store_next(state->txn, store_key_view(at), true, &key, &value);
	if (err != ERR_OK) {
		return err;
	}
	if (!str_has_prefix(key, store_key_view(&prefix)) ||
		key.len != prefix.len + sizeof(uint64_t) + ID_SIZE + 1) {
		return ERR_END;
	}
	*ret_waiter = (struct waiter){
		.since = (timestamp_us)store_key_read_u64(key, prefix.len),
		.referral = store_key_read_id(key, prefix.len + sizeof(uint64_t)),
		.leg = (uint8_t)key.ptr[key.len - 1],
	};
	*at = state_waiting_key(service, ret_waiter->since, ret_waiter->referral, ret_waiter->leg);
	return ERR_OK;
}

enum err waiting_unlisted(struct state *state, struct str service, uint64_t *ret_unlisted)
{
	char name[COUNT_NAME_SIZE];
	uint64_t all = 0;
	uint64_t listed = 0;
	enum err err = state_count_get(state, state_count_waiting(service, name), &all);
	if (err == ERR_OK) {
		err = state_count_get(state, state_count_listed(service, name), &listed);
	}
	*ret_unlisted = all > listed ? all - listed : 0;
	return err;
}

/* Her place, 1 the first; 0 when she does not wait there, or too many come before her. */
static enum err place_of(struct state *state, const struct leg_row *row, struct id referral,
	uint8_t leg, uint64_t *ret_place)
{
	const struct store_key own =
		state_waiting_key(row_str(row->service), row->matched, referral, leg);
	struct store_key at = {.len = 0};
	uint64_t unlisted;
	enum err err = waiting_unlisted(state, row_str(row->service), &unlisted);
	*ret_place = 0;
	for (uint64_t place = 1; err == ERR_OK && place <= WAITING_LOOKED_AT; place++) {
		struct waiter waiter;
		err = waiting_next(state, row_str(row->service), &at, &waiter);
		if (err == ERR_OK && str_equal(store_key_view(&at), store_key_view(&own))) {
			*ret_place = unlisted + place;
			return ERR_OK;
		}
	}
	return err == ERR_END ? ERR_OK : err;
}

void words_waiting(const struct view *view, struct id referral, uint8_t leg,
	const struct leg_row *row, struct value *map)
{
	char name[COUNT_NAME_SIZE];
	uint64_t place = 0;
	uint64_t all = 0;
	if ((leg_counted(row) & COUNTED_WAITS) == 0) {
		return;
	}
	if (row->for_list != 0) {
		value_put(view->arena, map, "waiting_list", value_of_bool(true));
	}
	const bool provider = view->party != NULL && party_serves(view->party, row_str(row->route));
	if ((!provider && !words_sees_all(view)) ||
		place_of(view->state, row, referral, leg, &place) != ERR_OK || place == 0 ||
		state_count_get(view->state, state_count_waiting(row_str(row->service), name),
			&all) != ERR_OK) {
		return;
	}
	struct value waiting = value_map_new(view->arena, 3);
	value_put(view->arena, &waiting, "place", value_of_int((int64_t)place));
	value_put(view->arena, &waiting, "of", value_of_int((int64_t)all));
	value_put(view->arena, &waiting, "since", words_time(view->arena, row->matched));
	value_put(view->arena, map, "waiting", waiting);
}
