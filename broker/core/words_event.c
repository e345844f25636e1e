/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
/*
 * An event in words, for a party: who hears of what, and how much of it.
 */

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
	[EVENT_LEG_NEEDS] = {true, false},
	[EVENT_ERASED] = {true, false},
	[EVENT_CLOCK_SET] = {true, true},
	[EVENT_REMINDER] = {true, true},
	[EVENT_OVERDUE] = {true, true},
	[EVENT_CONTACT_ATTEMPTED] = {true, true},
	[EVENT_SEEN] = {true, false},
	[EVENT_DELIVERY_STOPPED] = {false, true},
	[EVENT_DELIVERY_RETRIED] = {false, true},
	[EVENT_ASSIGNED] = {true, false},
	[EVENT_MIGRATED] = {true, true},
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

/* Who did it, as far as this party may know: matching and what follows from it is the broker's
 * doing, whoever set it off; a source does not learn who runs a confidential service, a provider
 * not who the others are. */
static struct value actor_of(const struct view *view, const struct record *record,
	const struct event *event, const struct referral_row *referral, const struct leg_row *leg)
{
	const bool broker =
		record->party.len == 0 || event->type == EVENT_MATCHED ||
		event->type == EVENT_DELIVERY_QUEUED || event->type == EVENT_ALERT ||
		(event->type == EVENT_REFERRAL_STATE && event->to != REFERRAL_WITHDRAWN);
	if (broker) {
		return value_of_text("broker");
	}
	if (event->type == EVENT_SEEN || event->type == EVENT_ASSIGNED ||
		event->type == EVENT_MIGRATED) {
		return value_of_str(arena_str(view->arena, record->party)); /* a coordinator */
	}
	const bool self = view->party == NULL || str_is(record->party, view->party->id);
	const bool source = str_is(record->party, referral->source);
	if (!words_sees_all(view) && !self) {
		const bool theirs = str_is(str_from(view->party->id), referral->source);
		if (theirs && leg != NULL && words_hides_leg(view, leg)) {
			return value_of_text("provider");
		}
		const bool others = leg != NULL && !source && !str_is(record->party, leg->route);
		if (theirs && others) {
			return value_of_text("broker"); /* what another leg set off */
		}
		if (!theirs) {
			return value_of_text(source ? "source" : "broker");
		}
	}
	return value_of_str(arena_str(view->arena, record->party));
}

static void put_text(struct arena *arena, struct value *map, const char *key, struct str text)
{
	if (text.len > 0) {
		value_put(arena, map, key, value_of_str(arena_str(arena, text)));
	}
}

static void put_leg(const struct view *view, const struct event *event,
	const struct referral_row *referral, const struct leg_row *leg, struct value *map)
{
	struct arena *arena = view->arena;
	value_put(arena, map, "leg",
		value_of_str(words_leg_id(arena, referral->reference, event->leg)));
	value_put(arena, map, "service", words_service(view, leg));
}

/* Free text, for whom it was written: the source, and who wrote it.  Not for the police, not for
 * those who oversee: reading it would be a consultation of its own. */
static void put_note(const struct view *view, const struct event *event,
	const struct referral_row *referral, struct value *map)
{
	struct value note;
	struct fault fault;
	if (id_is_zero(event->payload) || words_sees_all(view) ||
		view->party->kind == KIND_POLICE) {
		return;
	}
	if (payload_read(view->core, view->state, referral->slot, event->payload, view->arena,
		    &note, &fault) == ERR_OK &&
		note.kind == VALUE_STRING) {
		value_put(view->arena, map, "note", note);
	}
}

/* A provider hears that it has to stop; why, only where that is its to know. */
static struct str reason_for(const struct event *event, bool provider)
{
	const bool stop = event->type == EVENT_LEG_STATE &&
			  (event->to == LEG_CANCEL_REQUESTED || event->to == LEG_WITHDRAWN);
	const bool told = event->reason.len == 0 || str_is(event->reason, "her-decision") ||
			  str_is(event->reason, "consent-withdrawn") ||
			  str_is(event->reason, "migrated");
	return provider && stop && !told ? STR("stopped") : event->reason;
}

bool words_event_for(const struct view *view, const struct record *record,
	const struct event *event, const struct referral_row *referral, struct value *ret_event)
{
	struct arena *arena = view->arena;
	const bool all = words_sees_all(view);
	const bool source = !all && str_is(str_from(view->party->id), referral->source);
	const bool provider =
		!all && event->route.len > 0 && party_serves(view->party, event->route);
	if (!words_clock_event(event)) {
		return false;
	}
	if (!all && !(source && seen_by[event->type].source) &&
		!(provider && seen_by[event->type].provider)) {
		return false;
	}
	/* Of the delivery that brought her the source hears by the leg: delivered. */
	if (source && event->type == EVENT_DELIVERED &&
		(event->kind == DELIVERY_REFERRAL || event->kind == DELIVERY_NOTICE)) {
		return false;
	}
	struct leg_row leg;
	const bool has_leg = event->leg != 0 && state_leg_get(view->state, event->referral,
							event->leg, &leg, NULL) == ERR_OK;
	/* The police hear whether, never why: reasons can tell of health, family or risk. */
	const bool why = !source || view->party->kind != KIND_POLICE;
	struct value map = value_map_new(arena, 23);
	value_put(arena, &map, "seq", value_of_int((int64_t)record->sequence));
	value_put(arena, &map, "at", words_time(arena, record->time));
	value_put(arena, &map, "reference",
		value_of_str(arena_str(arena, row_str(referral->reference))));
	value_put(arena, &map, "actor",
		actor_of(view, record, event, referral, has_leg ? &leg : NULL));
	value_put(arena, &map, "event", value_of_text(event_word(event)));
	if (has_leg) {
		put_leg(view, event, referral, &leg, &map);
	}
	if (event->type == EVENT_LEG_STATE) {
		value_put(arena, &map, "state", value_of_text(event_word(event)));
	}
	words_event_clock(view, event, &map);
	if (event->type == EVENT_LEG_STATE && event->questions.len > 0) {
		value_put(arena, &map, "questions", words_list(arena, event->questions));
	}
	if (event->type == EVENT_LEG_STATE || event->type == EVENT_REFERRAL_STATE ||
		event->type == EVENT_CONTACT_ATTEMPTED || event->type == EVENT_SEEN ||
		event->type == EVENT_ASSIGNED || (event->type == EVENT_MIGRATED && !provider)) {
		put_note(view, event, referral, &map);
	}
	/* Why a person holds a delivery back is for those who oversee. */
	const bool by_hand =
		event->type == EVENT_DELIVERY_STOPPED || event->type == EVENT_DELIVERY_RETRIED;
	if (why && (all || !by_hand)) {
		put_text(arena, &map, "reason", words_alert(view, reason_for(event, provider)));
		put_text(arena, &map, "outcome", event->outcome);
	}
	if ((event->type == EVENT_MATCHED || event->type == EVENT_LEG_NEEDS) && !provider) {
		value_put(arena, &map, "needs", match_needs(arena, event->needs));
	}
	if (event->type == EVENT_MATCHED && event->for_list != 0) {
		value_put(arena, &map, "waiting_list", value_of_bool(true));
	}
	if (all) {
		put_text(arena, &map, "user", record->user);
		put_text(arena, &map, "fields", event->fields);
		put_text(arena, &map, "basis", event->basis);
		put_text(arena, &map, "route", event->route);
		put_text(arena, &map, "named", event->named);
		put_text(arena, &map, "overridden", event->overridden);
	}
	*ret_event = map;
	return true;
}
