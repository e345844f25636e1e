/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
#include "broker/store/record.h"

/* Deliveries that have not arrived: who waits for what, and why. */

enum {
	DELIVERIES_PAGE = 100,
};

static struct store_key table_prefix(const struct unsent_which *which, enum table table)
{
	struct store_key prefix = store_key_start(table);
	if (which->route.len > 0) {
		store_key_str(&prefix, which->route);
	}
	return prefix;
}

enum err unsent_begin(struct unsent_which *which, struct str cursor, struct fault *fault)
{
	static const char tables[] = {TABLE_OUTBOX, TABLE_UNSENT, '\0'};
	which->at = table_prefix(which, TABLE_OUTBOX);
	return cursor.len == 0 ? ERR_OK : cursor_read(cursor, tables, &which->at, fault);
}

/* The id that a row of either table is about. */
static enum err id_of(struct str key, struct str value, struct id *ret_id, struct fault *fault)
{
	struct str body;
	if (key.ptr[0] == TABLE_UNSENT) {
		if (key.len < 1 + ID_SIZE) {
			return fault_set(fault, ERR_CORRUPT, "unsent", "a key is too short");
		}
		*ret_id = store_key_read_id(key, key.len - ID_SIZE);
		return ERR_OK;
	}
	enum err err = record_check(key, value, TABLE_OUTBOX, ROW_VERSION, &body, fault);
	if (err == ERR_OK && body.len != ID_SIZE) {
		err = fault_set(fault, ERR_CORRUPT, "outbox", "a row is too short");
	}
	if (err == ERR_OK) {
		memcpy(ret_id->bytes, body.ptr, ID_SIZE);
	}
	return err;
}

/* The next key of the walk, over the end of the first table into the second. */
static enum err key_next(
	struct state *state, struct unsent_which *which, struct str *ret_key, struct str *ret_value)
{
	for (;;) {
		const enum table table = (enum table)which->at.bytes[0];
		const struct store_key prefix = table_prefix(which, table);
		const enum err err = store_next(
			state->txn, store_key_view(&which->at), true, ret_key, ret_value);
		if (err == ERR_OK && str_has_prefix(*ret_key, store_key_view(&prefix))) {
			which->at = (struct store_key){0};
			store_key_bytes(&which->at, ret_key->ptr, ret_key->len);
			return ERR_OK;
		}
		if (err != ERR_OK && err != ERR_END) {
			return err;
		}
		if (table == TABLE_UNSENT || which->queued_only) {
			return ERR_END;
		}
		which->at = table_prefix(which, TABLE_UNSENT);
	}
}

/* Needs that another leg holds or has met, and the leg's own row. */
static enum err legs_read(struct state *state, const struct delivery_row *row,
	const struct referral_row *referral, struct leg_row *ret_own, uint32_t *ret_held,
	struct fault *fault)
{
	*ret_held = 0;
	for (unsigned number = 1; number <= referral->legs; number++) {
		struct leg_row leg;
		const enum err err =
			state_leg_get(state, row->referral, (uint8_t)number, &leg, fault);
		if (err != ERR_OK) {
			return err;
		}
		if (number == row->leg) {
			*ret_own = leg;
		} else if (decide_leg_answers(&leg) && leg.role != DIRECTORY_DUTY) {
			*ret_held |= leg.needs;
		}
	}
	return ERR_OK;
}

/* It was given up, and nobody misses it any more: the referral or the leg is over, or another
 * service has her needs.  A stop is owed until it is said. */
static enum err is_settled(
	struct state *state, const struct delivery_row *row, bool *ret_settled, struct fault *fault)
{
	struct referral_row referral;
	struct leg_row leg = {0};
	uint32_t held = 0;
	*ret_settled = false;
	if (row->state != DELIVERY_UNDELIVERABLE || row->kind == DELIVERY_WITHDRAWN) {
		return ERR_OK;
	}
	enum err err = state_referral_get(state, row->referral, &referral, fault);
	if (err == ERR_OK) {
		err = legs_read(state, row, &referral, &leg, &held, fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	const enum leg_state at = (enum leg_state)leg.state;
	const bool over = referral.state == REFERRAL_WITHDRAWN ||
			  referral.state == REFERRAL_CLOSED ||
			  referral.state == REFERRAL_ENTERED_IN_ERROR;
	const bool missed = at == LEG_EXPIRED && row->kind != DELIVERY_AMENDED &&
			    (leg.needs == 0 || (leg.needs & ~held) != 0);
	*ret_settled = over || (lifecycle_is_ended(at) && !missed) || at == LEG_CANCEL_REQUESTED;
	return ERR_OK;
}

enum err unsent_next(struct state *state, struct unsent_which *which, struct id *ret_id,
	struct delivery_row *ret_row, struct fault *fault)
{
	which->found = false;
	for (size_t looked = 0; looked < LIMIT_QUERY_ROWS; looked++) {
		struct str key;
		struct str value;
		enum err err = key_next(state, which, &key, &value);
		if (err == ERR_OK) {
			err = id_of(key, value, ret_id, fault);
		}
		if (err == ERR_OK) {
			err = state_delivery_get(state, *ret_id, ret_row, NULL, fault);
		}
		bool settled = false;
		if (err == ERR_OK) {
			err = is_settled(state, ret_row, &settled, fault);
		}
		if (err == ERR_CORRUPT) {
			*fault = (struct fault){0};
			continue; /* one that is damaged does not hide the others */
		}
		if (err != ERR_OK) {
			return err;
		}
		if (!settled &&
			(which->service.len == 0 || str_is(which->service, ret_row->service))) {
			which->found = true;
			return ERR_OK;
		}
	}
	return ERR_OK;
}

static const char *state_word(const struct delivery_row *row)
{
	switch ((enum delivery_state)row->state) {
	case DELIVERY_QUEUED:
		return row->failed > 0 ? "waiting" : "queued";
	case DELIVERY_STOPPED:
		return "stopped";
	case DELIVERY_UNDELIVERABLE:
		return "undeliverable";
	case DELIVERY_DONE:
	case DELIVERY_CANCELLED:
		break;
	}
	return "settled";
}

static enum err delivery_item(
	const struct view *view, struct id id, const struct delivery_row *row, struct value *items)
{
	struct arena *arena = view->arena;
	struct referral_row referral;
	char text[ID_TEXT_SIZE];
	const enum err err = state_referral_get(view->state, row->referral, &referral, view->fault);
	if (err == ERR_CORRUPT) {
		*view->fault = (struct fault){0};
		return ERR_OK;
	}
	if (err != ERR_OK) {
		return err;
	}
	struct value item = value_map_new(arena, 10);
	id_format(id, text);
	value_put(arena, &item, "delivery", value_of_str(arena_str(arena, str_from(text))));
	value_put(arena, &item, "kind",
		value_of_text(delivery_kind_name((enum delivery_kind)row->kind)));
	value_put(arena, &item, "reference",
		value_of_str(arena_str(arena, row_str(referral.reference))));
	value_put(arena, &item, "leg",
		value_of_str(words_leg_id(arena, referral.reference, row->leg)));
	value_put(arena, &item, "service", value_of_str(arena_str(arena, row_str(row->service))));
	value_put(arena, &item, "route", value_of_str(arena_str(arena, row_str(row->route))));
	value_put(arena, &item, "state", value_of_text(state_word(row)));
	value_put(arena, &item, "attempts", value_of_int((int64_t)row->failed));
	/* Of a stop the row keeps what its provider is told, not why it failed; why a person
	 * holds one back is for those who oversee. */
	value_put(arena, &item, "reason",
		row->kind == DELIVERY_WITHDRAWN ||
				(row->state == DELIVERY_STOPPED && !words_sees_all(view))
			? value_of_text("")
			: value_of_str(arena_str(arena, row_str(row->reason))));
	value_put(arena, &item, "queued", words_time(arena, row->queued));
	value_push(arena, items, item);
	return ERR_OK;
}

/* The party may see it, and it is one of those asked for. */
static bool wanted(
	const struct view *view, const struct wire_request *request, const struct delivery_row *row)
{
	if (!words_sees_all(view) && !party_serves(view->party, row_str(row->route))) {
		return false;
	}
	return !request->failed || row->failed > 0 || row->state != DELIVERY_QUEUED;
}

static enum err check_party(const struct view *view, struct unsent_which *which)
{
	if (words_sees_all(view)) {
		return ERR_OK;
	}
	if (which->route.len > 0 && !party_serves(view->party, which->route)) {
		return fault_set(view->fault, ERR_NOT_ALLOWED, "route",
			"the deliveries of another party are not shown");
	}
	if (which->route.len == 0 && view->party->kind != KIND_ADAPTER) {
		which->route = str_from(view->party->id);
	}
	return ERR_OK;
}

enum err read_deliveries(
	const struct view *view, const struct wire_request *request, struct value *ret_body)
{
	struct arena *arena = view->arena;
	const size_t limit = request->limit > 0 && request->limit <= LIMIT_QUERY_ROWS
				     ? (size_t)request->limit
				     : DELIVERIES_PAGE;
	struct unsent_which which = {.route = request->route, .service = request->service};
	struct value items = value_list_new(arena, limit);
	struct str cursor = {0};
	enum err err = check_party(view, &which);
	if (err == ERR_OK) {
		err = unsent_begin(&which, request->cursor, view->fault);
	}
	for (size_t looked = 0;
		err == ERR_OK && looked < LIMIT_QUERY_ROWS && items.list.count < limit; looked++) {
		struct id id;
		struct delivery_row row;
		err = unsent_next(view->state, &which, &id, &row, view->fault);
		if (err != ERR_OK || !which.found) {
			break;
		}
		if (wanted(view, request, &row)) {
			err = delivery_item(view, id, &row, &items);
		}
	}
	if (err != ERR_OK && err != ERR_END) {
		return err;
	}
	if (err == ERR_OK) {
		cursor = cursor_write(arena, &which.at);
	}
	*ret_body = value_map_new(arena, 2);
	value_put(arena, ret_body, "items", items);
	value_put(arena, ret_body, "cursor", value_of_str(cursor));
	return ERR_OK;
}
