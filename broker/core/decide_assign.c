/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"

/* What coordinators decide: a service by hand, and that something was seen to. */

struct str assign_blocked(struct arena *arena, const struct match_candidate *candidate)
{
	static const char *const answers[] = {
		[RULES_NO] = "no", [RULES_UNKNOWN] = "unknown", [RULES_ERROR] = "error"};
	const size_t clauses =
		candidate->clauses == NULL ? 0 : candidate->service->source->eligibility.count;
	enum rules_answer rules = RULES_YES;
	struct str text = {0};
	for (int i = 0; i < MATCH_FILTERS; i++) {
		if (candidate->filters[i] != RULES_YES) {
			text = arena_printf(arena, "%.*s%s%s:%s", STR_ARG(text),
				text.len == 0 ? "" : ",", match_filter_name((enum match_filter)i),
				answers[candidate->filters[i]]);
		}
	}
	for (size_t i = 0; i < clauses; i++) {
		const enum rules_answer answer = candidate->clauses[i].answer;
		/* A no says the most, then an error. */
		if (answer == RULES_NO || (answer == RULES_ERROR && rules != RULES_NO) ||
			(answer == RULES_UNKNOWN && rules == RULES_YES)) {
			rules = answer;
		}
	}
	if (rules != RULES_YES) {
		text = arena_printf(arena, "%.*s%seligibility:%s", STR_ARG(text),
			text.len == 0 ? "" : ",", answers[rules]);
	}
	return text;
}

uint32_t assign_held(const struct subject *subject)
{
	uint32_t held = 0;
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		if (decide_leg_answers(row) && row->role != DIRECTORY_DUTY) {
			held |= row->needs;
		}
	}
	return held;
}

/* The referral goes on, and the service has no leg of it that lives. */
static enum err check_referral(
	struct decide *decide, const struct subject *subject, struct str service)
{
	const enum referral_state state = (enum referral_state)subject->row.state;
	if (state == REFERRAL_WITHDRAWN || state == REFERRAL_CLOSED ||
		state == REFERRAL_ENTERED_IN_ERROR) {
		return decide_refuse(decide, ERR_STATE, "reference", "the referral is %s",
			vocab_code(VOCAB_REFERRAL_STATE, (int)state));
	}
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		if (str_is(service, row->service) &&
			!lifecycle_is_ended((enum leg_state)row->state)) {
			return decide_refuse(decide, ERR_STATE, "service",
				"the service has this referral already: its leg is %s",
				vocab_code(VOCAB_LEG_STATE, (int)row->state));
		}
	}
	if (subject->row.legs == LIMIT_LEGS) {
		return decide_refuse(decide, ERR_STATE, "reference",
			"the referral has had %d legs, which is all that it can have", LIMIT_LEGS);
	}
	return ERR_OK;
}

/* What no person may override about the service itself. */
static enum err check_service(struct decide *decide, const struct subject *subject,
	const struct directory_service *service)
{
	const date_days today = timestamp_london_date(decide->now);
	const struct party *party = parties_find(decide->parties, service->delivery_party);
	if (match_avoided(&subject->referral, service)) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "service",
			"it is one that she is not to be sent to, by her own wish or for her "
			"safety");
	}
	if (service->routing == DIRECTORY_ADVICE_ONLY) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "service",
			"it is a contact for advice: it takes no referrals");
	}
	if (today < service->window_from || today > service->window_to) {
		return decide_refuse(
			decide, ERR_INVALID, "service", "its contract is not running today");
	}
	if (party == NULL || party->revoked) {
		return decide_refuse(decide, ERR_INVALID, "service",
			"nobody could be delivered to: its provider is not a party of this "
			"broker, or was revoked");
	}
	return ERR_OK;
}

/* The needs of the leg: those that were named, else what nobody holds, as far as she agreed. */
static enum err choose_needs(struct decide *decide, const struct subject *subject,
	const struct assignment *assignment, uint32_t *ret_needs)
{
	const uint32_t told = referral_consented_needs(&subject->referral, assignment->service);
	const uint32_t free = told & ~assign_held(subject);
	if ((assignment->needs & ~subject->referral.needs) != 0) {
		return decide_refuse(
			decide, ERR_INVALID, "needs", "only needs of the referral can be given");
	}
	if (told == 0 || (assignment->needs & ~told) != 0) {
		const uint32_t later =
			referral_unconfirmed_needs(&subject->referral, assignment->service);
		return decide_refuse(decide, ERR_CONSENT,
			assignment->needs == 0 ? "service" : "needs", "%s",
			later != 0 ? "her consent is still to be confirmed"
				   : "her consent does not cover it: ask her first");
	}
	if (assignment->exactly) {
		*ret_needs = assignment->needs;
		return ERR_OK;
	}
	*ret_needs = assignment->needs != 0 ? assignment->needs : free != 0 ? free : told;
	return ERR_OK;
}

enum err decide_look(struct decide *decide, const struct subject *subject,
	const struct directory_service *service, uint32_t needs, struct match_candidate *ret)
{
	const struct party *source = parties_find(decide->parties, row_str(subject->row.source));
	struct load_context load = {
		.state = decide->state, .now = decide->now, .more = decide->more, .decide = decide};
	const struct match_input input = {
		.plan = decide->plan,
		.referral = &subject->referral,
		.source = row_str(subject->row.source),
		.source_kind = source == NULL ? KIND_COUNT : source->kind,
		.now = decide->now,
		.wanted = needs,
		.parties = decide->parties,
		.load = decide_load,
		.context = &load,
		.arena = decide->arena,
	};
	const enum err err =
		match_look(&input, (size_t)(service - decide->plan->directory->services), ret);
	if (err == ERR_NOT_FOUND) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "service",
			"the Duty to Refer goes to the housing authority that she chose");
	}
	if (err == ERR_OK && ret->filters[MATCH_CONSENT] != RULES_YES) {
		return decide_refuse(decide, ERR_CONSENT, "service",
			"her consent does not cover it: ask her first");
	}
	return err;
}

/* She agreed to this very service, not to whichever is eligible in her area. */
static bool named_by_her(const struct referral *referral, struct str service)
{
	for (size_t i = 0; i < referral->consent_count; i++) {
		const struct referral_consent *consent = &referral->consents[i];
		const bool given =
			consent->state == CONSENT_GIVEN || consent->state == CONSENT_NOT_REQUIRED;
		if (given && consent->purpose == PURPOSE_REFER &&
			referral_strings_hold(consent->recipients, service)) {
			return true;
		}
	}
	return false;
}

/* The leg, what it is for, and the referral's state with it. */
static enum err add(struct decide *decide, struct subject *subject,
	const struct assignment *assignment, const struct match_leg *chosen,
	struct match_candidate *candidate, struct str overridden)
{
	const struct match match = {
		.candidates = candidate, .candidate_count = 1, .hold_until = REFERRAL_NO_DATE};
	struct id decision;
	const enum err err = decide_keep(decide, subject, &match, &decision);
	if (err != ERR_OK) {
		return err;
	}
	decide_add_leg(decide, subject, chosen);
	const struct leg_row *row = &subject->legs[subject->row.legs];
	struct event *event = decide_emit(decide, EVENT_ASSIGNED, subject->id);
	event->leg = subject->row.legs;
	event->needs = chosen->needs;
	event->service = arena_str(decide->arena, row_str(row->service));
	event->route = assignment->route.len > 0 ? assignment->route
						 : arena_str(decide->arena, row_str(row->route));
	event->delivery = assignment->instead;
	event->reason = id_is_zero(assignment->instead) ? (struct str){0} : STR("retry");
	event->decision = decision;
	event->overridden = overridden;
	const enum err noted = decide_note(decide, subject, event);
	if (noted != ERR_OK) {
		return noted;
	}
	return decide_referral_state(
		decide, subject, REFERRAL_OPEN, NULL, subject->gaps & ~chosen->needs);
}

enum err decide_assign_check(struct decide *decide, const struct subject *subject,
	const struct assignment *assignment, struct match_candidate *ret_candidate,
	uint32_t *ret_needs, struct str *ret_overridden)
{
	struct match_candidate *candidate = ret_candidate;
	uint32_t needs = 0;
	if (decide->plan == NULL) {
		return decide_no_directory(decide);
	}
	enum err err = check_referral(decide, subject, assignment->service);
	const struct directory_service *service =
		directory_service_find(decide->plan->directory, assignment->service);
	if (err != ERR_OK) {
		return err;
	}
	if (service == NULL) {
		return decide_refuse(decide, ERR_INVALID, "service",
			"the directory in force has no service of that id");
	}
	err = check_service(decide, subject, service);
	if (err == ERR_OK) {
		err = choose_needs(decide, subject, assignment, &needs);
	}
	if (err == ERR_OK) {
		err = decide_look(decide, subject, service, needs, candidate);
	}
	if (err == ERR_OK && candidate->filters[MATCH_AREA] == RULES_NO &&
		!named_by_her(&subject->referral, service->id)) {
		err = decide_refuse(decide, ERR_CONSENT, "service",
			"it does not cover her area, and her consent does not name it: ask her "
			"first");
	}
	if (err != ERR_OK) {
		return err;
	}
	*ret_needs = needs;
	*ret_overridden = assign_blocked(decide->arena, candidate);
	return err;
}

enum err decide_assign_to(struct decide *decide, struct subject *subject,
	const struct assignment *assignment, uint8_t *ret_leg, struct str *ret_overridden)
{
	struct match_candidate *candidate = arena_alloc(decide->arena, sizeof(*candidate));
	uint32_t needs = 0;
	if (candidate == NULL) {
		return ERR_NOMEM;
	}
	enum err err =
		decide_assign_check(decide, subject, assignment, candidate, &needs, ret_overridden);
	if (err != ERR_OK) {
		return err;
	}
	if (ret_overridden->len > 0 && decide->command->party->kind != KIND_COORDINATOR) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "service",
			"a machine would not send her there as she is now: only a coordinator "
			"overrides that");
	}
	const struct match_leg chosen = {candidate->service, needs, candidate->waits};
	err = add(decide, subject, assignment, &chosen, candidate, *ret_overridden);
	*ret_leg = subject->row.legs;
	return err;
}

static enum err only_coordinators(struct decide *decide)
{
	return decide->command->party->kind == KIND_COORDINATOR
		       ? ERR_OK
		       : decide_refuse(decide, ERR_NOT_ALLOWED, "",
				 "only a coordinator decides this by hand");
}

static enum err needs_of(struct decide *decide, uint32_t *ret_needs)
{
	const struct wire_words *words = &decide->request->needs;
	uint32_t needs = 0;
	for (size_t i = 0; i < words->count; i++) {
		const int need = vocab_number(VOCAB_NEED, words->items[i]);
		if (need < 0) {
			char allowed[300];
			vocab_list(VOCAB_NEED, allowed, sizeof(allowed));
			return decide_refuse(
				decide, ERR_INVALID, "needs", "allowed here: %s", allowed);
		}
		needs |= 1U << need;
	}
	*ret_needs = needs;
	return ERR_OK;
}

/* The leg that the same command made when it came before; 0: none. */
static uint8_t made_before(const struct subject *subject, const struct assignment *assignment)
{
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		const bool same = str_is(assignment->service, row->service) &&
				  (assignment->needs == 0 || assignment->needs == row->needs);
		if (same && row->by_hand != 0 && !lifecycle_is_ended((enum leg_state)row->state)) {
			return (uint8_t)leg;
		}
	}
	return 0;
}

enum err decide_assign(struct decide *decide)
{
	struct assignment assignment = {.service = decide->request->service};
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	struct str overridden = {0};
	struct id id;
	uint8_t leg = 0;
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	enum err err = only_coordinators(decide);
	if (err == ERR_OK) {
		err = needs_of(decide, &assignment.needs);
	}
	if (err == ERR_OK) {
		err = decide_find(decide, decide->request->reference, &id);
	}
	if (err == ERR_OK) {
		err = decide_subject(decide, id, subject);
	}
	if (err == ERR_OK) {
		leg = made_before(subject, &assignment);
		decide->duplicate = leg != 0; /* sent again, because the answer was lost */
	}
	if (err == ERR_OK && leg == 0) {
		err = decide_assign_to(decide, subject, &assignment, &leg, &overridden);
	}
	if (err != ERR_OK) {
		return err;
	}
	decide->answer_referral = id;
	decide->answer_leg = leg;
	decide->overridden = words_list(decide->arena, overridden);
	return ERR_OK;
}

static enum err reasons_of(struct decide *decide, uint32_t present, uint32_t *ret_reasons)
{
	const struct wire_words *words = &decide->request->reasons;
	uint32_t reasons = words->count == 0 ? present : 0;
	for (size_t i = 0; i < words->count; i++) {
		const uint32_t bit = queue_reason_of(words->items[i]);
		if (bit == 0) {
			return decide_refuse(decide, ERR_INVALID, "reasons",
				"allowed here: no-service, needs-information, undeliverable, "
				"expired, overdue, attention");
		}
		reasons |= bit;
	}
	*ret_reasons = reasons & present;
	return ERR_OK;
}

enum err decide_seen(struct decide *decide)
{
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	uint32_t reasons = 0;
	struct id id;
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	enum err err = only_coordinators(decide);
	if (err == ERR_OK) {
		err = decide_find(decide, decide->request->reference, &id);
	}
	if (err == ERR_OK) {
		err = decide_rows(decide, id, subject);
	}
	if (err == ERR_OK) {
		err = reasons_of(decide, subject->row.queue, &reasons);
	}
	if (err == ERR_OK && reasons == 0) {
		err = decide_refuse(decide, ERR_STATE, "reference",
			"the referral does not wait for a person, or not for that");
	}
	if (err != ERR_OK) {
		return err;
	}
	struct event *event = decide_emit(decide, EVENT_SEEN, id);
	event->queue = reasons;
	struct arena *arena = decide->arena;
	struct value body = value_map_new(arena, 3);
	value_put(arena, &body, "reference",
		value_of_str(arena_str(arena, row_str(subject->row.reference))));
	value_put(arena, &body, "cleared", words_queue(arena, reasons));
	value_put(arena, &body, "left", words_queue(arena, subject->row.queue & ~reasons));
	decide->body = body;
	return decide_note(decide, subject, event);
}
