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

bool words_sees_all(const struct view *view)
{
	return view->party == NULL || party_oversees(view->party);
}

bool words_tells_risk(const struct view *view)
{
	return view->party == NULL || view->party->kind != KIND_OPERATOR;
}

struct str words_alert(const struct view *view, struct str reason)
{
	return str_is(reason, "immediate-risk") && !words_tells_risk(view) ? STR("urgent") : reason;
}

static bool is_own_leg(const struct view *view, struct str route)
{
	return view->party != NULL && party_serves(view->party, route);
}

/* A refuge and its like is not named to a source. */
bool words_hides_leg(const struct view *view, const struct leg_row *row)
{
	return row->confidential != 0 && !words_sees_all(view) &&
	       !is_own_leg(view, row_str(row->route));
}

struct value words_service(const struct view *view, const struct leg_row *row)
{
	return words_hides_leg(view, row)
		       ? value_of_text("confidential")
		       : value_of_str(arena_str(view->arena, row_str(row->service)));
}

static struct value leg_value(const struct view *view, struct id id,
	const struct referral_row *referral, uint8_t number, const struct leg_row *row, bool own)
{
	struct arena *arena = view->arena;
	struct value map = value_map_new(arena, 16);
	/* The attempt that brought it there, and those that failed before. */
	const int64_t attempts = (int64_t)row->failed + (row->state != LEG_MATCHED);
	value_put(
		arena, &map, "id", value_of_str(words_leg_id(arena, referral->reference, number)));
	value_put(arena, &map, "service", words_service(view, row));
	value_put(arena, &map, "role", value_of_text(role_name(row->role)));
	if (own) { /* a provider has them from its delivery, as far as agreed */
		value_put(arena, &map, "needs", match_needs(arena, row->needs));
	}
	value_put(
		arena, &map, "state", value_of_text(vocab_code(VOCAB_LEG_STATE, (int)row->state)));
	value_put(arena, &map, "since", words_time(arena, row->changed));
	words_waiting(view, id, number, row, &map);
	words_leg_clock(view, id, number, row, &map);
	value_put(arena, &map, "attempts", value_of_int(attempts));
	value_put(arena, &map, "directory_version", value_of_int((int64_t)row->directory_version));
	return map;
}

static enum err legs_value(const struct view *view, struct id id,
	const struct referral_row *referral, bool own, struct value *ret_legs,
	timestamp_us *ret_earliest)
{
	timestamp_us earliest = 0;
	struct value list = value_list_new(view->arena, referral->legs);
	for (unsigned number = 1; number <= referral->legs; number++) {
		struct leg_row row;
		const enum err err =
			state_leg_get(view->state, id, (uint8_t)number, &row, view->fault);
		if (err != ERR_OK) {
			return err;
		}
		if (own || party_serves(view->party, row_str(row.route))) {
			const timestamp_us due = words_deadline(view, row.deadline, row.downtime);
			earliest = due != 0 && (earliest == 0 || due < earliest) ? due : earliest;
			value_push(view->arena, &list,
				leg_value(view, id, referral, (uint8_t)number, &row, own));
		}
	}
	*ret_legs = list;
	*ret_earliest = earliest;
	return ERR_OK;
}

enum {
	TIMELINE_MAX = 2000 /* events; of a longer life the newest are told */
};

static enum err timeline_record(const struct view *view, struct id id,
	const struct referral_row *referral, uint64_t sequence, struct value *newest_first)
{
	struct journal_entry entry;
	struct record record;
	struct journal *journal = view->core->journal;
	enum err err = journal->ops->read(journal, view->state->txn, sequence, &entry, view->fault);
	if (err == ERR_OK) {
		err = record_decode(&entry, view->arena, &record, view->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = record.count; i > 0 && newest_first->list.count < TIMELINE_MAX; i--) {
		struct value event;
		if (id_equal(record.events[i - 1].referral, id) &&
			words_event_for(view, &record, &record.events[i - 1], referral, &event)) {
			value_push(view->arena, newest_first, event);
		}
	}
	return ERR_OK;
}

static enum err timeline_value(const struct view *view, struct id id,
	const struct referral_row *referral, struct value *ret_list)
{
	struct store_key prefix = store_key_start(TABLE_REFERRAL_LOG);
	struct value list = value_list_new(view->arena, TIMELINE_MAX);
	store_key_id(&prefix, id);
	struct store_key before = store_key_end(&prefix);
	while (list.list.count < TIMELINE_MAX) {
		struct str key;
		struct str value;
		enum err err = store_prev(view->state->txn, store_key_view(&before), &key, &value);
		if (err == ERR_END ||
			(err == ERR_OK && !str_has_prefix(key, store_key_view(&prefix)))) {
			break;
		}
		if (err == ERR_OK) {
			const uint64_t sequence = store_key_read_u64(key, prefix.len);
			before = state_log_key(id, sequence);
			err = timeline_record(view, id, referral, sequence, &list);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	for (size_t i = 0; i < list.list.count / 2; i++) {
		const struct value other = list.list.items[i];
		list.list.items[i] = list.list.items[list.list.count - 1 - i];
		list.list.items[list.list.count - 1 - i] = other;
	}
	*ret_list = list;
	return ERR_OK;
}

/* What the source and those who oversee see of it. */
static void put_own(const struct view *view, const struct referral_row *row, struct value *map)
{
	struct arena *arena = view->arena;
	value_put(
		arena, map, "pathway", value_of_text(vocab_code(VOCAB_PATHWAY, (int)row->pathway)));
	value_put(arena, map, "source", row_text(arena, row->source));
	value_put(arena, map, "source_ref", row_text(arena, row->source_ref));
	value_put(arena, map, "authority", row_text(arena, row->authority));
	value_put(arena, map, "gaps", match_needs(arena, row->gaps));
	if ((row->flags & REFERRAL_ERASED) != 0) {
		value_put(arena, map, "erased", value_of_bool(true));
	}
	value_put(arena, map, "questions", words_list(arena, row_str(row->questions)));
	value_put(arena, map, "document_version", value_of_int((int64_t)row->document_version));
	if (row->until != 0) {
		value_put(arena, map, "held_until", words_time(arena, row->until));
	}
	if ((row->flags & REFERRAL_EMERGENCY) != 0 && words_tells_risk(view)) {
		value_put(arena, map, "emergency",
			value_of_text("Immediate risk to herself: call 999 or the custody "
				      "health professional now. Onward is not an emergency "
				      "service."));
	}
}

enum err words_referral(
	const struct view *view, struct id id, bool timeline, struct value *ret_body)
{
	struct arena *arena = view->arena;
	struct referral_row row;
	struct value legs;
	timestamp_us earliest;
	char text[ID_TEXT_SIZE];
	enum err err = state_referral_get(view->state, id, &row, view->fault);
	if (err != ERR_OK) {
		return err;
	}
	const bool own = words_sees_all(view) || str_is(str_from(view->party->id), row.source);
	err = legs_value(view, id, &row, own, &legs, &earliest);
	if (err != ERR_OK) {
		return err;
	}
	if (!own && legs.list.count == 0) {
		return fault_set(view->fault, ERR_NOT_ALLOWED, "reference",
			"the referral belongs to another party");
	}
	struct value map = value_map_new(arena, 22);
	id_format(id, text);
	value_put(arena, &map, "reference", row_text(arena, row.reference));
	value_put(arena, &map, "id", row_text(arena, text));
	value_put(arena, &map, "state",
		value_of_text(vocab_code(VOCAB_REFERRAL_STATE, (int)row.state)));
	value_put(arena, &map, "submitted", words_time(arena, row.submitted));
	value_put(arena, &map, "directory_version", value_of_int((int64_t)row.directory_version));
	value_put(arena, &map, "legs", legs);
	words_referral_clock(view, &row, own, earliest, &map);
	if (own) {
		put_own(view, &row, &map);
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
