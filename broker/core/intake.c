/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/intake.h"

#include "broker/core/apply_fold.h"
#include "broker/store/record.h"

static struct store_key intake_key(struct str service)
{
	struct store_key key = store_key_start(TABLE_INTAKE);
	store_key_bytes(&key, service.ptr, service.len);
	return key;
}

static enum err row_read(struct str body, struct intake_row *ret_row, struct fault *fault)
{
	if (body.len != sizeof(*ret_row)) {
		return fault_set(
			fault, ERR_CORRUPT, "intake", "the row has another size than its version");
	}
	memcpy(ret_row, body.ptr, sizeof(*ret_row));
	return ERR_OK;
}

enum err intake_get(
	struct state *state, struct str service, struct intake_row *ret_row, struct fault *fault)
{
	const struct store_key key = intake_key(service);
	struct str body;
	const enum err err = record_get(
		state->txn, store_key_view(&key), TABLE_INTAKE, ROW_VERSION, &body, fault);
	return err == ERR_OK ? row_read(body, ret_row, fault) : err;
}

enum err intake_next(
	struct state *state, struct str after, struct str *ret_service, struct intake_row *ret_row)
{
	const struct store_key from = intake_key(after);
	struct str key;
	struct str value;
	struct str body;
	enum err err = store_next(state->txn, store_key_view(&from), true, &key, &value);
	if (err == ERR_OK && key.ptr[0] != TABLE_INTAKE) {
		return ERR_END;
	}
	if (err == ERR_OK) {
		err = record_check(key, value, TABLE_INTAKE, ROW_VERSION, &body, NULL);
	}
	if (err == ERR_OK) {
		err = row_read(body, ret_row, NULL);
	}
	if (err == ERR_OK) {
		*ret_service = (struct str){key.ptr + 1, key.len - 1};
	}
	return err;
}

bool intake_pauses(const struct intake_row *row, timestamp_us now)
{
	return row->paused != 0 && (row->until == 0 || now < row->until);
}

bool intake_is_for(const struct party *party, const struct directory_service *service)
{
	return party_serves(party, service->delivery_party) ||
	       (service->organisation != NULL && party_serves(party, service->organisation->id));
}

static void put_time(struct arena *arena, struct value *map, const char *key, timestamp_us time)
{
	char text[TIMESTAMP_TEXT_SIZE];
	if (time != 0) {
		timestamp_format(time, text);
		value_put(arena, map, key, value_of_str(arena_str(arena, str_from(text))));
	}
}

void intake_words(struct arena *arena, const struct directory_service *service,
	const struct intake_row *row, timestamp_us now, struct value *map)
{
	const bool paused = intake_pauses(row, now);
	const bool open = service->intake_open && !paused;
	value_put(arena, map, "intake", value_of_text(open ? "open" : "paused"));
	if (paused) {
		value_put(arena, map, "paused_by",
			value_of_text(row->provider != 0 ? "provider" : "coordinator"));
		put_time(arena, map, "since", row->at);
		put_time(arena, map, "until", row->until);
		value_put(arena, map, "by", value_of_str(arena_str(arena, row_str(row->party))));
	} else if (!open) {
		value_put(arena, map, "paused_by", value_of_text("directory"));
	}
	if (paused && row->reason[0] != '\0') {
		value_put(
			arena, map, "reason", value_of_str(arena_str(arena, row_str(row->reason))));
	}
}

/* How many services have such a row: matching asks for none while it is 0. */
static enum err count_first(struct fold *fold, struct str service)
{
	struct intake_row before;
	const enum err err = intake_get(fold->state, service, &before, NULL);
	return err == ERR_NOT_FOUND ? state_count_add(fold->state, STATE_COUNT_INTAKES, 1) : err;
}

enum err apply_intake(struct fold *fold)
{
	const struct event *event = fold->event;
	const struct store_key key = intake_key(event->service);
	struct intake_row row = {
		.at = fold->record->time,
		.until = event->until,
		.sequence = fold->record->sequence,
		.paused = event->to == INTAKE_PAUSED,
		.provider = event->kind,
	};
	fold_text(row.reason, sizeof(row.reason), event->reason);
	fold_text(row.party, sizeof(row.party), fold->record->party);
	fold_text(row.user, sizeof(row.user), fold->record->user);
	fold_text(row.role, sizeof(row.role), fold->record->role);
	const enum err err = count_first(fold, event->service);
	return err == ERR_OK ? record_put(fold->state->txn, store_key_view(&key), TABLE_INTAKE,
				       ROW_VERSION, (struct str){(const char *)&row, sizeof(row)})
			     : err;
}
