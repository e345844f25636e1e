/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/store/record.h"

#include <stdio.h>

static enum err delivery_body(struct core *core, struct state *state, struct id id,
	const struct delivery_row *row, struct str fields, struct arena *arena,
	struct value *ret_body, struct fault *fault)
{
	struct referral_row referral;
	struct value content;
	struct leg_row leg;
	enum err err = state_referral_get(state, row->referral, &referral, fault);
	if (err == ERR_OK) {
		err = state_leg_get(state, row->referral, row->leg, &leg, fault);
	}
	if (err == ERR_OK) {
		err = disclosure_content(core, state, row, fields, arena, &content, fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct id copy = id;
	const struct str bytes = arena_str(arena, (struct str){(const char *)copy.bytes, ID_SIZE});
	struct value body = value_map_new(arena, 11);
	value_put(arena, &body, "delivery", value_of_bytes(bytes.ptr, bytes.len));
	value_put(arena, &body, "kind",
		value_of_text(delivery_kind_name((enum delivery_kind)row->kind)));
	value_put(arena, &body, "leg",
		value_of_str(words_leg_id(arena, referral.reference, row->leg)));
	value_put(arena, &body, "service", value_of_str(arena_str(arena, row_str(row->service))));
	value_put(arena, &body, "route", value_of_str(arena_str(arena, row_str(row->route))));
	value_put(arena, &body, "reference",
		value_of_str(arena_str(arena, str_from(referral.reference))));
	value_put(arena, &body, "attempt", value_of_int((int64_t)row->failed + 1));
	value_put(arena, &body, "mode",
		value_of_text(core->meta.mode == STORE_REHEARSAL ? "rehearsal" : "live"));
	value_put(arena, &body, "queued", words_time(arena, row->queued));
	if (row->kind == DELIVERY_WITHDRAWN) {
		value_put(arena, &body, "reason",
			value_of_str(arena_str(arena, row_str(row->reason))));
	} else {
		value_put(arena, &body, "referral", content);
	}
	/* It was full: whoever takes her in says whether she waits or can come now. */
	if (row->kind != DELIVERY_WITHDRAWN && leg.for_list != 0 &&
		(leg_counted(&leg) & COUNTED_WAITS) != 0) {
		value_put(arena, &body, "waiting_list", value_of_bool(true));
	}
	*ret_body = body;
	return arena_failed(arena) ? ERR_NOMEM : ERR_OK;
}

/* The head of the next line after `from`; *ret_line_end: where the line after that begins. */
static enum err next_head(struct state *state, const struct store_key *prefix,
	const struct store_key *from, struct id *ret_id, struct store_key *ret_line_end,
	struct fault *fault)
{
	struct str key;
	struct str value;
	struct str body;
	enum err err = store_next(state->txn, store_key_view(from), false, &key, &value);
	if (err == ERR_OK && !str_has_prefix(key, store_key_view(prefix))) {
		return ERR_END;
	}
	if (err != ERR_OK) {
		return err;
	}
	if (key.len < prefix->len + LOOKUP_SIZE) {
		return fault_set(fault, ERR_INTERNAL, "outbox", "a key is too short");
	}
	struct store_key line = *prefix;
	store_key_bytes(&line, key.ptr + prefix->len, LOOKUP_SIZE);
	*ret_line_end = store_key_end(&line); /* known also when the row is damaged */
	err = record_check(key, value, TABLE_OUTBOX, ROW_VERSION, &body, fault);
	if (err == ERR_OK && body.len != ID_SIZE) {
		err = fault_set(fault, ERR_CORRUPT, "outbox", "a row is too short");
	}
	if (err == ERR_OK) {
		memcpy(ret_id->bytes, body.ptr, ID_SIZE);
	}
	return err;
}

enum err core_outbox(struct core *core, struct str route,
	bool (*skip)(void *context, const struct id *delivery), void *context, size_t max,
	struct arena *arena, struct core_delivery *ret_deliveries, size_t *ret_count,
	struct fault *fault)
{
	struct state state = {.meta = &core->meta};
	struct store_key prefix = store_key_start(TABLE_OUTBOX);
	store_key_str(&prefix, route);
	struct store_key from = prefix;
	size_t count = 0;
	enum err err = store_begin(core->store, false, &state.txn);
	for (size_t looked = 0; err == ERR_OK && count < max && looked < 4 * LIMIT_QUERY_ROWS;
		looked++) {
		struct id id;
		struct delivery_row row;
		struct str fields;
		struct core_delivery *out = &ret_deliveries[count];
		err = next_head(&state, &prefix, &from, &id, &from, fault);
		if (err == ERR_END) {
			err = ERR_OK;
			break;
		}
		if (err == ERR_CORRUPT) {
			err = ERR_OK; /* this line stands still; the fault names the row */
			continue;
		}
		if (err != ERR_OK || skip(context, &id)) {
			continue;
		}
		*out = (struct core_delivery){.id = id};
		err = state_delivery_get(&state, id, &row, &fields, fault);
		if (err == ERR_OK) {
			out->failed = row.failed;
			out->queued = row.queued;
			memcpy(out->line, row.line, LOOKUP_SIZE);
			err = delivery_body(
				core, &state, id, &row, fields, arena, &out->body, fault);
		}
		if (err == ERR_CORRUPT || err == ERR_NOT_FOUND) {
			/* Also one whose data were erased: the others of the route must leave. */
			out->damaged = true;
			err = ERR_OK;
		}
		count++;
	}
	store_abort(state.txn);
	if (err == ERR_OK) {
		*ret_count = count;
	}
	return err;
}

/* The age of the oldest delivery that waits, from the first rows of the outbox: exact while it
 * holds no more than that, which is when the figure matters. */
static enum err oldest_waiting(
	struct state *state, timestamp_us now, int64_t *ret_seconds, struct fault *fault)
{
	enum {
		LOOK_MAX = 10000
	};
	const struct store_key prefix = store_key_start(TABLE_OUTBOX);
	struct str key = store_key_view(&prefix);
	struct store_key from = prefix;
	timestamp_us oldest = now;
	for (size_t looked = 0; looked < LOOK_MAX; looked++) {
		struct str value;
		struct delivery_row row;
		enum err err = store_next(state->txn, store_key_view(&from), true, &key, &value);
		if (err == ERR_END || (err == ERR_OK && key.ptr[0] != TABLE_OUTBOX)) {
			break;
		}
		struct str body = {0};
		if (err == ERR_OK) {
			err = record_check(key, value, TABLE_OUTBOX, ROW_VERSION, &body, fault);
		}
		if (err != ERR_OK || body.len != ID_SIZE) {
			return err != ERR_OK ? err : ERR_CORRUPT;
		}
		struct id id;
		memcpy(id.bytes, body.ptr, ID_SIZE);
		from = store_key_start(TABLE_OUTBOX);
		store_key_bytes(&from, key.ptr + 1, key.len - 1);
		err = state_delivery_get(state, id, &row, NULL, fault);
		if (err != ERR_OK) {
			return err;
		}
		if (row.read_at_desk == 0 && row.queued < oldest) {
			oldest = row.queued;
		}
	}
	*ret_seconds = (now - oldest) / TIMESTAMP_SECOND;
	return ERR_OK;
}

/* The clocks: what is due next, what should have acted by now, and whether anything may. */
static enum err clock_figures(struct state *state, timestamp_us now, struct core_figures *figures)
{
	enum {
		LOOK_MAX = 1000
	};
	struct store_key from = store_key_start(TABLE_TIMER);
	uint64_t since = 0;
	const enum err err = state_count_get(state, STATE_COUNT_HELD, &since);
	figures->held_since = (timestamp_us)since;
	while (err == ERR_OK && figures->due < LOOK_MAX) {
		struct str key;
		struct str value;
		const enum err found =
			store_next(state->txn, store_key_view(&from), true, &key, &value);
		if (found == ERR_END || (found == ERR_OK && key.ptr[0] != TABLE_TIMER)) {
			break;
		}
		if (found != ERR_OK) {
			return found;
		}
		const timestamp_us due = (timestamp_us)store_key_read_u64(key, 1);
		figures->next_due = figures->next_due == 0 ? due : figures->next_due;
		if (due > now) {
			break;
		}
		figures->due++;
		from = store_key_start(TABLE_TIMER);
		store_key_bytes(&from, key.ptr + 1, key.len - 1);
	}
	return err;
}

enum err core_figures(
	struct core *core, timestamp_us now, struct core_figures *ret_figures, struct fault *fault)
{
	struct state state = {.meta = &core->meta};
	struct core_figures figures = {0};
	enum err err = store_begin(core->store, false, &state.txn);
	if (err != ERR_OK) {
		return err;
	}
	err = state_totals_read(&state, fault);
	if (err == ERR_OK) {
		err = oldest_waiting(&state, now, &figures.oldest_undelivered_s, fault);
	}
	if (err == ERR_OK) {
		err = clock_figures(&state, now, &figures);
	}
	if (err == ERR_OK) {
		err = queue_figures(&state, now, &figures);
	}
	if (err == ERR_OK) {
		err = capacity_figures(core, &state, now, &figures);
	}
	store_abort(state.txn);
	if (err != ERR_OK) {
		return err;
	}
	core->store->ops->stat(core->store, &figures.store);
	figures.referrals = state.totals.referrals;
	figures.legs_open = state.totals.legs_open;
	figures.outbox = state.totals.outbox;
	figures.directory_version = state.totals.directory_version;
	*ret_figures = figures;
	return ERR_OK;
}
