/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/store/record.h"
/*
 * What a party may follow: its feed (rows that name sequences), or the whole journal for those who
 * oversee.
 */
struct follow {
	struct view view;
	struct id only; /* one referral; zero: all */
	struct value events;
	size_t max;
};

static enum err follow_record(struct follow *follow, uint64_t sequence)
{
	struct journal_entry entry;
	struct record record;
	struct journal *journal = follow->view.core->journal;
	enum err err = journal->ops->read(
		journal, follow->view.state->txn, sequence, &entry, follow->view.fault);
	if (err == ERR_OK) {
		err = record_decode(&entry, follow->view.arena, &record, follow->view.fault);
	}
	for (size_t i = 0; err == ERR_OK && i < record.count; i++) {
		const struct event *event = &record.events[i];
		struct referral_row row;
		struct value words;
		if (id_is_zero(event->referral) ||
			(!id_is_zero(follow->only) && !id_equal(event->referral, follow->only))) {
			continue;
		}
		err = state_referral_get(
			follow->view.state, event->referral, &row, follow->view.fault);
		if (err == ERR_OK && words_event_for(&follow->view, &record, event, &row, &words)) {
			value_push(follow->view.arena, &follow->events, words);
		}
	}
	return err;
}

/* The next sequence after `after` that may hold something for the party; ERR_END when there is
 * none. */
static enum err follow_next(
	const struct follow *follow, uint64_t after, uint64_t last, uint64_t *ret_sequence)
{
	struct str key;
	struct str value;
	const struct party *party = follow->view.party;
	if (party_oversees(party)) {
		*ret_sequence = after + 1;
		return after < last ? ERR_OK : ERR_END;
	}
	struct store_key prefix = store_key_start(TABLE_FEED);
	store_key_str(&prefix, str_from(party->id));
	const struct store_key from = state_feed_key(str_from(party->id), after);
	const enum err err =
		store_next(follow->view.state->txn, store_key_view(&from), true, &key, &value);
	if (err == ERR_OK && !str_has_prefix(key, store_key_view(&prefix))) {
		return ERR_END;
	}
	if (err == ERR_OK) {
		*ret_sequence = store_key_read_u64(key, prefix.len);
	}
	return err;
}

static enum err follow_only(struct follow *follow, struct str reference)
{
	char canonical[REFERENCE_TEXT_SIZE];
	if (reference.len == 0) {
		return ERR_OK;
	}
	if (reference_parse(reference, canonical) != ERR_OK) {
		return fault_set(follow->view.fault, ERR_INVALID, "reference", "not a reference");
	}
	return state_find_reference(
		follow->view.state, str_from(canonical), &follow->only, follow->view.fault);
}

enum err core_events(struct core *core, const struct party *party, struct str reference,
	uint64_t after, size_t max, struct arena *arena, struct value *ret_events,
	uint64_t *ret_scanned, struct fault *fault)
{
	struct state state = {.meta = &core->meta};
	struct journal_head head;
	struct follow follow = {.view = {core, &state, party, arena, fault}, .max = max};
	/* A record is told whole: one may hold more events than were asked for. */
	follow.events = value_list_new(arena, max + EVENTS_MAX);
	enum err err = store_begin(core->store, false, &state.txn);
	if (err != ERR_OK) {
		return err;
	}
	err = core->journal->ops->last(core->journal, state.txn, &head);
	if (err == ERR_OK) {
		err = follow_only(&follow, reference);
	}
	uint64_t scanned = after;
	for (size_t looked = 0;
		err == ERR_OK && looked < LIMIT_QUERY_ROWS && follow.events.list.count < max;
		looked++) {
		uint64_t sequence;
		err = follow_next(&follow, scanned, head.sequence, &sequence);
		if (err == ERR_END) {
			scanned = head.sequence > scanned ? head.sequence : scanned;
			err = ERR_OK;
			break;
		}
		if (err == ERR_OK) {
			err = follow_record(&follow, sequence);
			scanned = sequence;
		}
	}
	store_abort(state.txn);
	if (err == ERR_OK && arena_failed(arena)) {
		err = ERR_NOMEM;
	}
	if (err == ERR_OK) {
		*ret_events = follow.events;
		*ret_scanned = scanned;
	}
	return err;
}
