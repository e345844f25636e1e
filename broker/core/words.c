/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"

struct value words_time(struct arena *arena, timestamp_us time)
{
	char text[TIMESTAMP_TEXT_SIZE];
	timestamp_format(time, text);
	return value_of_str(arena_str(arena, str_from(text)));
}

struct str words_leg_id(struct arena *arena, const char *reference, uint8_t leg)
{
	return arena_printf(arena, "%s/%u", reference, (unsigned)leg);
}

struct value words_list(struct arena *arena, struct str commas)
{
	size_t count = commas.len > 0;
	for (size_t i = 0; i < commas.len; i++) {
		count += commas.ptr[i] == ',';
	}
	struct value list = value_list_new(arena, count);
	for (size_t at = 0; at < commas.len;) {
		size_t end = at;
		while (end < commas.len && commas.ptr[end] != ',') {
			end++;
		}
		value_push(arena, &list,
			value_of_str(arena_str(arena, (struct str){commas.ptr + at, end - at})));
		at = end + 1;
	}
	return list;
}

static struct value row_text(struct arena *arena, const char *text)
{
	return value_of_str(arena_str(arena, row_str(text)));
}

static const char *role_name(uint8_t role)
{
	switch ((enum directory_role)role) {
	case DIRECTORY_LEAD:
		return "lead";
	case DIRECTORY_SPECIALIST:
	case DIRECTORY_DUTY:
		return "specialist";
	}
	return "specialist";
}

/* A refuge and its like is not named to a source. */
static bool is_confidential(const struct view *view, struct str service)
{
	struct world *world = core_world_acquire(view->core);
	const struct directory *directory = world_directory(world);
	const struct directory_service *found =
		directory == NULL ? NULL : directory_service_find(directory, service);
	const bool confidential = found != NULL && found->confidential_location;
	core_world_release(world);
	return confidential;
}

static bool sees_all(const struct view *view)
{
	return view->party == NULL || party_oversees(view->party);
}

static struct value service_name(const struct view *view, struct str service, const char *route)
{
	const bool own = view->party != NULL && party_serves(view->party, row_str(route));
	if (!sees_all(view) && !own && is_confidential(view, service)) {
		return value_of_text("confidential");
	}
	return value_of_str(arena_str(view->arena, service));
}

static struct value leg_value(const struct view *view, const struct referral_row *referral,
	uint8_t number, const struct leg_row *row)
{
	struct arena *arena = view->arena;
	struct value map = value_map_new(arena, 11);
	/* The attempt that brought it there, and those that failed before. */
	const int64_t attempts = (int64_t)row->failed + (row->state != LEG_MATCHED);
	value_put(
		arena, &map, "id", value_of_str(words_leg_id(arena, referral->reference, number)));
	value_put(arena, &map, "service", service_name(view, row_str(row->service), row->route));
	value_put(arena, &map, "role", value_of_text(role_name(row->role)));
	value_put(arena, &map, "needs", match_needs(arena, row->needs));
	value_put(
		arena, &map, "state", value_of_text(vocab_code(VOCAB_LEG_STATE, (int)row->state)));
	value_put(arena, &map, "since", words_time(arena, row->changed));
	value_put(arena, &map, "deadline",
		row->deadline == 0 ? (struct value){.kind = VALUE_NULL}
				   : words_time(arena, row->deadline));
	value_put(arena, &map, "attempts", value_of_int(attempts));
	value_put(arena, &map, "directory_version", value_of_int((int64_t)row->directory_version));
	return map;
}

static enum err legs_value(const struct view *view, struct id id,
	const struct referral_row *referral, bool own, struct value *ret_legs)
{
	struct value list = value_list_new(view->arena, referral->legs);
	for (unsigned number = 1; number <= referral->legs; number++) {
		struct leg_row row;
		const enum err err =
			state_leg_get(view->state, id, (uint8_t)number, &row, view->fault);
		if (err != ERR_OK) {
			return err;
		}
		if (own || party_serves(view->party, row_str(row.route))) {
			value_push(view->arena, &list,
				leg_value(view, referral, (uint8_t)number, &row));
		}
	}
	*ret_legs = list;
	return ERR_OK;
}

/* Kinds that may hear of an event about a referral of theirs; a provider hears of its own legs. */
static const struct {
	bool source, provider;
} seen_by[EVENT_TYPE_END] = {
	[EVENT_SUBMITTED] = {true, false},
	[EVENT_AMENDED] = {true, false},
	[EVENT_REFERRAL_STATE] = {true, false},
	[EVENT_MATCHED] = {true, true},
	[EVENT_LEG_STATE] = {true, true},
	[EVENT_DELIVERY_QUEUED] = {false, true},
	[EVENT_DELIVERED] = {true, true},
	[EVENT_ATTEMPT_FAILED] = {false, true},
	[EVENT_UNDELIVERABLE] = {true, true},
	[EVENT_DELIVERY_CANCELLED] = {false, true},
	[EVENT_CONSULTED] = {false, true},
	[EVENT_ALERT] = {true, false},
	[EVENT_LATE_ANSWER] = {false, true},
};

static const char *event_word(const struct event *event)
{
	if (event->type == EVENT_LEG_STATE) {
		return vocab_code(VOCAB_LEG_STATE, (int)event->to);
	}
	if (event->type == EVENT_REFERRAL_STATE) {
		return vocab_code(VOCAB_REFERRAL_STATE, (int)event->to);
	}
	return event_type_name(event->type);
}

/* Matching and what follows from it is the broker's doing, whoever set it off. */
static struct value actor_of(
	const struct view *view, const struct record *record, const struct event *event)
{
	const bool own = event->type == EVENT_MATCHED || event->type == EVENT_DELIVERY_QUEUED ||
			 event->type == EVENT_ALERT ||
			 (event->type == EVENT_REFERRAL_STATE && event->to != REFERRAL_WITHDRAWN);
	return own || record->party.len == 0 ? value_of_text("broker")
					     : value_of_str(arena_str(view->arena, record->party));
}

static void put_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
	if (text.len > 0) {
		value_put(arena, map, key, value_of_str(arena_str(arena, text)));
	}
}

static void put_leg(const struct view *view, const struct event *event,
	const struct referral_row *referral, struct value *map)
{
	struct arena *arena = view->arena;
	char route[ROW_ID_SIZE];
	if (event->leg == 0) {
		return;
	}
	str_copy(route, sizeof(route), event->route);
	value_put(arena, map, "leg",
		value_of_str(words_leg_id(arena, referral->reference, event->leg)));
	if (event->service.len > 0) {
		value_put(arena, map, "service", service_name(view, event->service, route));
	}
}

bool words_event_for(const struct view *view, const struct record *record,
	const struct event *event, const struct referral_row *referral, struct value *ret_event)
{
	struct arena *arena = view->arena;
	const bool all = sees_all(view);
	const bool source = !all && str_is(str_from(view->party->id), referral->source);
	const bool provider =
		!all && event->route.len > 0 && party_serves(view->party, event->route);
	if (!all && !(source && seen_by[event->type].source) &&
		!(provider && seen_by[event->type].provider)) {
		return false;
	}
	/* The police hear whether, never why: reasons can tell of health, family or risk. */
	const bool why = !source || view->party->kind != KIND_POLICE;
	struct value map = value_map_new(arena, 16);
	value_put(arena, &map, "seq", value_of_int((int64_t)record->sequence));
	value_put(arena, &map, "at", words_time(arena, record->time));
	value_put(arena, &map, "reference", row_text(arena, referral->reference));
	value_put(arena, &map, "actor", actor_of(view, record, event));
	value_put(arena, &map, "event", value_of_text(event_word(event)));
	put_leg(view, event, referral, &map);
	if (event->type == EVENT_LEG_STATE) {
		value_put(arena, &map, "state", value_of_text(event_word(event)));
	}
	if (why) {
		put_text(arena, &map, "reason", event->reason);
		put_text(arena, &map, "outcome", event->outcome);
	}
	if (event->type == EVENT_MATCHED) {
		value_put(arena, &map, "needs", match_needs(arena, event->needs));
	}
	if (all) {
		put_text(arena, &map, "user", record->user);
		put_text(arena, &map, "fields", event->fields);
		put_text(arena, &map, "basis", event->basis);
		put_text(arena, &map, "route", event->route);
	}
	*ret_event = map;
	return true;
}

static enum err timeline_value(const struct view *view, struct id id,
	const struct referral_row *referral, struct value *ret_list)
{
	enum {
		TIMELINE_MAX = 2000
	};
	struct store_key prefix = store_key_start(TABLE_REFERRAL_LOG);
	struct value list = value_list_new(view->arena, TIMELINE_MAX);
	store_key_id(&prefix, id);
	struct store_key from = prefix;
	for (;;) {
		struct str key;
		struct str value;
		struct journal_entry entry;
		struct record record;
		enum err err =
			store_next(view->state->txn, store_key_view(&from), true, &key, &value);
		if (err == ERR_END ||
			(err == ERR_OK && !str_has_prefix(key, store_key_view(&prefix)))) {
			break;
		}
		if (err != ERR_OK) {
			return err;
		}
		const uint64_t sequence = store_key_read_u64(key, prefix.len);
		from = state_log_key(id, sequence);
		err = view->core->journal->ops->read(
			view->core->journal, view->state->txn, sequence, &entry, view->fault);
		if (err == ERR_OK) {
			err = record_decode(&entry, view->arena, &record, view->fault);
		}
		if (err != ERR_OK) {
			return err;
		}
		for (size_t i = 0; i < record.count && list.list.count < TIMELINE_MAX; i++) {
			struct value event;
			if (id_equal(record.events[i].referral, id) &&
				words_event_for(
					view, &record, &record.events[i], referral, &event)) {
				value_push(view->arena, &list, event);
			}
		}
	}
	*ret_list = list;
	return ERR_OK;
}

enum err words_referral(
	const struct view *view, struct id id, bool timeline, struct value *ret_body)
{
	struct arena *arena = view->arena;
	struct referral_row row;
	struct value legs;
	char text[ID_TEXT_SIZE];
	enum err err = state_referral_get(view->state, id, &row, view->fault);
	if (err != ERR_OK) {
		return err;
	}
	const bool own = sees_all(view) || str_is(str_from(view->party->id), row.source);
	err = legs_value(view, id, &row, own, &legs);
	if (err != ERR_OK) {
		return err;
	}
	if (!own && legs.list.count == 0) {
		return fault_set(view->fault, ERR_NOT_ALLOWED, "reference",
			"the referral belongs to another party");
	}
	struct value map = value_map_new(arena, 18);
	id_format(id, text);
	value_put(arena, &map, "reference", row_text(arena, row.reference));
	value_put(arena, &map, "id", row_text(arena, text));
	value_put(arena, &map, "state",
		value_of_text(vocab_code(VOCAB_REFERRAL_STATE, (int)row.state)));
	value_put(
		arena, &map, "pathway", value_of_text(vocab_code(VOCAB_PATHWAY, (int)row.pathway)));
	value_put(arena, &map, "submitted", words_time(arena, row.submitted));
	value_put(arena, &map, "directory_version", value_of_int((int64_t)row.directory_version));
	value_put(arena, &map, "legs", legs);
	if (own) {
		value_put(arena, &map, "source", row_text(arena, row.source));
		value_put(arena, &map, "source_ref", row_text(arena, row.source_ref));
		value_put(arena, &map, "authority", row_text(arena, row.authority));
		value_put(arena, &map, "gaps", match_needs(arena, row.gaps));
		value_put(arena, &map, "questions", words_list(arena, row_str(row.questions)));
		value_put(arena, &map, "document_version",
			value_of_int((int64_t)row.document_version));
		if (row.until != 0) {
			value_put(arena, &map, "held_until", words_time(arena, row.until));
		}
		if ((row.flags & REFERRAL_EMERGENCY) != 0) {
			value_put(arena, &map, "emergency",
				value_of_text("Immediate risk to herself: call 999 or the custody "
					      "health professional now. Onward is not an emergency "
					      "service."));
		}
	}
	if (timeline) {
		struct value list;
		err = timeline_value(view, id, &row, &list);
		if (err != ERR_OK) {
			return err;
		}
		value_put(arena, &map, "timeline", list);
	}
	*ret_body = map;
	return arena_failed(arena) ? ERR_NOMEM : ERR_OK;
}

enum err words_leg(const struct view *view, struct id referral, uint8_t leg, struct value *ret_body)
{
	struct referral_row row;
	struct leg_row leg_row;
	struct arena *arena = view->arena;
	enum err err = state_referral_get(view->state, referral, &row, view->fault);
	if (err == ERR_OK) {
		err = state_leg_get(view->state, referral, leg, &leg_row, view->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	struct value map = value_map_new(arena, 6);
	value_put(arena, &map, "leg", value_of_str(words_leg_id(arena, row.reference, leg)));
	value_put(arena, &map, "reference", row_text(arena, row.reference));
	value_put(arena, &map, "service", row_text(arena, leg_row.service));
	value_put(arena, &map, "state",
		value_of_text(vocab_code(VOCAB_LEG_STATE, (int)leg_row.state)));
	*ret_body = map;
	return ERR_OK;
}
