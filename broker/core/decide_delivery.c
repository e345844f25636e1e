/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
#include "broker/store/record.h"

enum {
	INBOX_PAGE = 50,
	INBOX_PAGE_MAX = 100,
};

struct event *decide_delivery_event(struct decide *decide, enum event_type type,
	const struct delivery_row *row, struct id delivery)
{
	struct event *event = decide_emit(decide, type, row->referral);
	event->leg = row->leg;
	event->delivery = delivery;
	event->route = arena_str(decide->arena, row_str(row->route));
	event->service = arena_str(decide->arena, row_str(row->service));
	event->kind = row->kind;
	return event;
}

/* A leg that waited for its delivery is now with the provider. */
static enum err leg_arrived(
	struct decide *decide, const struct delivery_row *row, struct leg_row *ret_leg)
{
	struct leg_row leg;
	enum err err = state_leg_get(decide->state, row->referral, row->leg, &leg, &decide->fault);
	if (err == ERR_OK) {
		*ret_leg = leg;
	}
	const bool brings = row->kind == DELIVERY_REFERRAL || row->kind == DELIVERY_NOTICE;
	if (err != ERR_OK || leg.state != LEG_MATCHED || !brings) {
		return err;
	}
	struct event *event = decide_emit(decide, EVENT_LEG_STATE, row->referral);
	event->leg = row->leg;
	event->from = leg.state;
	event->to = LEG_DELIVERED;
	event->route = arena_str(decide->arena, row_str(row->route));
	event->service = arena_str(decide->arena, row_str(row->service));
	/* How long a receipt may be out depends on nothing of hers: no document is opened for it.
	 */
	const struct clock_case in = {
		.calendar = decide->calendar,
		.service = decide->plan == NULL ? NULL
						: directory_service_find(decide->plan->directory,
							  row_str(row->service)),
		.release = REFERRAL_NO_DATE,
		.from = decide->now,
		.cap = leg.cap,
	};
	err = decide_leg_clock(decide, &in, &leg, LEG_DELIVERED, event);
	leg.state = LEG_DELIVERED;
	*ret_leg = leg;
	return err;
}

enum err decide_arrival(struct decide *decide, struct id delivery, struct leg_row *leg)
{
	struct delivery_row row;
	if (leg->state != LEG_MATCHED || id_is_zero(delivery)) {
		return ERR_OK;
	}
	enum err err = state_delivery_get(decide->state, delivery, &row, NULL, &decide->fault);
	if (err != ERR_OK) {
		return err;
	}
	const bool brings = row.kind == DELIVERY_REFERRAL || row.kind == DELIVERY_NOTICE;
	/* One that an amendment replaced meanwhile was taken all the same. */
	if (!brings || (!delivery_is_open(&row) && row.state != DELIVERY_CANCELLED)) {
		return ERR_OK;
	}
	if (delivery_is_open(&row)) {
		(void)decide_delivery_event(decide, EVENT_DELIVERED, &row, delivery);
	}
	err = leg_arrived(decide, &row, leg);
	leg->state = LEG_DELIVERED;
	return err;
}

/* Nobody can take it: the leg ends, and the next best is asked where her consent covers it.  A
 * change or a stop that did not arrive is for a person to see to. */
static enum err give_up(struct decide *decide, const struct delivery_row *row, struct id delivery,
	struct str reason)
{
	struct event *event = decide_delivery_event(decide, EVENT_UNDELIVERABLE, row, delivery);
	event->reason = reason;
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	/* Her document is for the next best: a stop outlives what was erased. */
	enum err err = decide_rows(decide, row->referral, subject);
	if (err == ERR_OK && subject->legs[row->leg].state == LEG_MATCHED) {
		err = decide_subject(decide, row->referral, subject);
	}
	if (err != ERR_OK) {
		return err;
	}
	const enum leg_state state = (enum leg_state)subject->legs[row->leg].state;
	/* A referral that was changed before it was taken brings the change. */
	const bool change = row->kind != DELIVERY_WITHDRAWN && state != LEG_MATCHED &&
			    !lifecycle_is_ended(state);
	if (row->kind == DELIVERY_WITHDRAWN || row->kind == DELIVERY_AMENDED || change) {
		decide_alert(decide, row->referral,
			row->kind == DELIVERY_WITHDRAWN ? STR("stop-undelivered")
							: STR("change-undelivered"));
		decide->events[decide->count - 1].leg = row->leg;
	}
	if (subject->legs[row->leg].state != LEG_MATCHED) {
		return ERR_OK;
	}
	decide_leg_state(decide, subject, row->leg, LEG_EXPIRED, STR("undeliverable"));
	err = decide_migration_follow(decide, subject, row->leg);
	return err == ERR_OK ? decide_match(decide, subject) : err;
}

static struct value receipt_body(
	struct decide *decide, struct id delivery, const char *state, bool duplicate)
{
	char text[ID_TEXT_SIZE];
	struct value body = value_map_new(decide->arena, 3);
	id_format(delivery, text);
	value_put(decide->arena, &body, "delivery",
		value_of_str(arena_str(decide->arena, str_from(text))));
	value_put(decide->arena, &body, "state", value_of_text(state));
	value_put(decide->arena, &body, "duplicate", value_of_bool(duplicate));
	return body;
}

static const char *settled_name(enum delivery_state state)
{
	switch (state) {
	case DELIVERY_QUEUED:
		return "queued";
	case DELIVERY_DONE:
		return "delivered";
	case DELIVERY_UNDELIVERABLE:
		return "undeliverable";
	case DELIVERY_CANCELLED:
		return "cancelled";
	case DELIVERY_STOPPED:
		return "stopped";
	}
	return "unknown";
}

enum err decide_receipt(struct decide *decide)
{
	const struct wire_request *request = decide->request;
	struct delivery_row row;
	enum err err =
		state_delivery_get(decide->state, request->delivery, &row, NULL, &decide->fault);
	if (err == ERR_NOT_FOUND) {
		return decide_refuse(decide, err, "delivery", "no delivery has this id");
	}
	if (err != ERR_OK) {
		return err;
	}
	if (!party_serves(decide->command->party, row_str(row.route))) {
		return decide_refuse(
			decide, ERR_NOT_ALLOWED, "delivery", "this delivery went to another party");
	}
	const bool taken =
		str_is(request->receipt, "stored") || str_is(request->receipt, "duplicate");
	const char *after = settled_name((enum delivery_state)row.state);
	const bool settled = !delivery_is_open(&row);
	const struct str reason = request->reason.len > 0 ? request->reason : request->receipt;
	if (!settled && taken) {
		(void)decide_delivery_event(decide, EVENT_DELIVERED, &row, request->delivery);
		struct leg_row leg;
		err = leg_arrived(decide, &row, &leg);
		after = "delivered";
	} else if (!settled && str_is(request->receipt, "undeliverable")) {
		err = give_up(decide, &row, request->delivery, reason);
		after = "undeliverable";
	} else if (row.state == DELIVERY_STOPPED && str_is(request->receipt, "failed")) {
		after = "stopped"; /* an attempt of before: it stays stopped */
	} else if (!settled && str_is(request->receipt, "failed")) {
		decide_delivery_event(decide, EVENT_ATTEMPT_FAILED, &row, request->delivery)
			->reason = reason;
	} else if (!settled) {
		return decide_refuse(decide, ERR_INVALID, "receipt",
			"allowed here: stored, duplicate, failed, undeliverable");
	}
	decide->body = receipt_body(decide, request->delivery, after, settled);
	return err;
}

enum err decide_attempt_failed(struct decide *decide)
{
	struct delivery_row row;
	const struct id delivery = decide->command->delivery;
	const enum err err =
		state_delivery_get(decide->state, delivery, &row, NULL, &decide->fault);
	if (err != ERR_OK || row.state != DELIVERY_QUEUED) {
		return err; /* answered meanwhile */
	}
	decide_delivery_event(decide, EVENT_ATTEMPT_FAILED, &row, delivery)->reason =
		str_from(decide->command->reason);
	return ERR_OK;
}

static struct value inbox_words(struct decide *decide, struct id referral, uint8_t number,
	const struct leg_row *leg, const char *reference, int state, const struct value *content)
{
	struct arena *arena = decide->arena;
	char delivery[ID_TEXT_SIZE];
	id_format(leg->delivery, delivery);
	const struct view view = {
		decide->core, decide->state, decide->command->party, arena, &decide->fault};
	struct value item = value_map_new(arena, 15);
	value_put(arena, &item, "leg", value_of_str(words_leg_id(arena, reference, number)));
	value_put(arena, &item, "delivery", value_of_str(arena_str(arena, str_from(delivery))));
	value_put(arena, &item, "service", value_of_str(arena_str(arena, row_str(leg->service))));
	value_put(arena, &item, "reference", value_of_str(arena_str(arena, str_from(reference))));
	value_put(arena, &item, "state", value_of_text(vocab_code(VOCAB_LEG_STATE, state)));
	value_put(arena, &item, "since", words_time(arena, leg->changed));
	words_waiting(&view, referral, number, leg, &item);
	words_leg_clock(&view, referral, number, leg, &item);
	value_put(arena, &item, "referral", *content);
	return item;
}

/* Data that is damaged or was erased hides one item, not the page it stands on. */
static void inbox_unreadable(struct decide *decide, struct id referral, uint8_t number,
	const struct leg_row *leg, const char *reference, struct value *ret_items)
{
	const struct value nothing = value_map_new(decide->arena, 0);
	struct value item =
		inbox_words(decide, referral, number, leg, reference, (int)leg->state, &nothing);
	value_put(decide->arena, &item, "unreadable",
		value_of_str(arena_str(decide->arena, str_from(decide->fault.message))));
	value_push(decide->arena, ret_items, item);
	decide->fault = (struct fault){0};
}

/* One leg as an item of the inbox, and the record that it was read. */
static enum err inbox_item(struct decide *decide, struct id referral, uint8_t number,
	const struct leg_row *leg, const char *reference, struct value *ret_items)
{
	struct delivery_row row;
	struct str fields;
	/* Of what is over nothing is shown again. */
	const bool over = lifecycle_is_ended((enum leg_state)leg->state) ||
			  leg->state == LEG_CANCEL_REQUESTED;
	struct value content = value_map_new(decide->arena, 0);
	enum err err =
		state_delivery_get(decide->state, leg->delivery, &row, &fields, &decide->fault);
	if (err == ERR_OK && !over) {
		fields = arena_str(decide->arena, fields);
		err = disclosure_content(decide->core, decide->state, &row, fields, decide->arena,
			&content, &decide->fault);
	}
	if (err == ERR_CORRUPT || err == ERR_NOT_FOUND) {
		inbox_unreadable(decide, referral, number, leg, reference, ret_items);
		return ERR_OK;
	}
	if (err != ERR_OK) {
		return err;
	}
	struct event *event = decide_delivery_event(decide, EVENT_CONSULTED, &row, leg->delivery);
	event->reason = STR("inbox");
	event->fields = over ? (struct str){0} : fields;
	const bool arrived = leg->state == LEG_MATCHED && row.kind != DELIVERY_WITHDRAWN;
	const int state = arrived ? LEG_DELIVERED : leg->state;
	struct leg_row now = *leg;
	err = leg_arrived(decide, &row, &now);
	now.changed = leg->changed;
	value_push(decide->arena, ret_items,
		inbox_words(decide, referral, number, &now, reference, state, &content));
	return err;
}

/* The legs of one referral that this party holds. */
static enum err inbox_referral(struct decide *decide, struct id referral, struct value *ret_items)
{
	struct referral_row row;
	const struct str wanted = decide->request->state;
	enum err err = state_referral_get(decide->state, referral, &row, &decide->fault);
	for (unsigned number = 1; err == ERR_OK && number <= row.legs; number++) {
		struct leg_row leg;
		err = state_leg_get(decide->state, referral, (uint8_t)number, &leg, &decide->fault);
		if (err != ERR_OK || !party_serves(decide->command->party, row_str(leg.route))) {
			continue;
		}
		const bool shown =
			wanted.len > 0 ? str_is(wanted, vocab_code(VOCAB_LEG_STATE, (int)leg.state))
				       : !lifecycle_is_ended((enum leg_state)leg.state);
		if (shown) {
			err = inbox_item(
				decide, referral, (uint8_t)number, &leg, row.reference, ret_items);
		}
	}
	return err;
}

enum err decide_inbox(struct decide *decide)
{
	const struct wire_request *request = decide->request;
	const struct str route = str_from(decide->command->party->id);
	const size_t limit = request->limit > 0 && request->limit < INBOX_PAGE_MAX
				     ? (size_t)request->limit
				     : INBOX_PAGE;
	struct value items = value_list_new(decide->arena, limit + LIMIT_LEGS);
	struct id after = {{0}};
	char cursor[ID_TEXT_SIZE] = "";
	if (request->cursor.len > 0 && id_parse(request->cursor, &after) != ERR_OK) {
		return decide_refuse(decide, ERR_INVALID, "cursor", "not a cursor of this inbox");
	}
	struct store_key prefix = store_key_start(TABLE_BY_PARTY);
	store_key_str(&prefix, route);
	struct store_key from = state_by_party_key(route, after);
	for (size_t looked = 0; looked < LIMIT_QUERY_ROWS; looked++) {
		struct str key;
		struct str value;
		enum err err =
			store_next(decide->state->txn, store_key_view(&from), true, &key, &value);
		if (err == ERR_END ||
			(err == ERR_OK && !str_has_prefix(key, store_key_view(&prefix)))) {
			cursor[0] = '\0';
			break;
		}
		if (err != ERR_OK) {
			return err;
		}
		const struct id referral = store_key_read_id(key, prefix.len);
		from = state_by_party_key(route, referral);
		id_format(referral, cursor);
		err = inbox_referral(decide, referral, &items);
		if (err != ERR_OK) {
			return err;
		}
		if (items.list.count >= limit) {
			break;
		}
	}
	decide->body = value_map_new(decide->arena, 2);
	value_put(decide->arena, &decide->body, "items", items);
	value_put(decide->arena, &decide->body, "cursor",
		value_of_str(arena_str(decide->arena, str_from(cursor))));
	return ERR_OK;
}
