/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"

static int bits_set(uint32_t bits)
{
	return __builtin_popcount(bits);
}

/* Order of two eligible candidates for `needs`: below 0 when `a` comes first. */
static int compare(const struct match_input *input, const struct match_candidate *a,
	const struct match_candidate *b, uint32_t needs)
{
	const struct referral *referral = input->referral;
	const struct directory_service *first = a->service->source;
	const struct directory_service *second = b->service->source;
	const bool away =
		referral_strings_hold(referral->avoid_authorities, referral_area(referral));
	const int wider = (first->authorities.count > second->authorities.count) -
			  (first->authorities.count < second->authorities.count);
	const int lists = (a->load.waiting > b->load.waiting) - (a->load.waiting < b->load.waiting);
	const int differences[] = {
		(int)a->waits - (int)b->waits,
		bits_set(b->covers & needs) - bits_set(a->covers & needs),
		(int)second->women_specific - (int)first->women_specific,
		bits_set(b->service->groups & referral->groups) -
			bits_set(a->service->groups & referral->groups),
		(int)b->language - (int)a->language,
		away ? -wider : wider,
		(int)b->cohort - (int)a->cohort,
		a->waits && b->waits ? lists : (a->load.waiting > 0) - (b->load.waiting > 0),
		str_compare(first->id, second->id),
	};
	for (size_t i = 0; i < sizeof(differences) / sizeof(differences[0]); i++) {
		if (differences[i] != 0) {
			return differences[i];
		}
	}
	return 0;
}

bool match_chosen(const struct match *match, const struct plan_service *service)
{
	for (size_t i = 0; i < match->leg_count; i++) {
		if (match->legs[i].service == service) {
			return true;
		}
	}
	return false;
}

/* The room that it shares is what legs of hers at other services take: there is none left. */
static bool pool_is_used_up(const struct match *match, const struct match_candidate *candidate)
{
	const struct str pool = candidate->service->source->pool;
	uint64_t taken = candidate->load.pool;
	if (pool.len == 0 || candidate->limits.pool_caseload < 0 || candidate->waits) {
		return false;
	}
	for (size_t i = 0; i < match->leg_count; i++) {
		taken += !match->legs[i].for_list &&
			 str_equal(match->legs[i].service->source->pool, pool);
	}
	return taken >= (uint64_t)candidate->limits.pool_caseload;
}

/* The best eligible candidate of a role that covers some of `needs`, or serves one of `groups`. */
static const struct match_candidate *best(const struct match_input *input,
	const struct match *match, enum directory_role role, uint32_t needs, uint32_t groups)
{
	const struct match_candidate *found = NULL;
	for (size_t i = 0; i < match->candidate_count; i++) {
		const struct match_candidate *candidate = &match->candidates[i];
		const bool useful = (candidate->covers & needs) != 0 ||
				    (candidate->service->groups & groups) != 0;
		if (candidate->verdict != MATCH_ELIGIBLE || !useful ||
			candidate->service->source->role != role ||
			match_chosen(match, candidate->service) ||
			pool_is_used_up(match, candidate)) {
			continue;
		}
		if (found == NULL || compare(input, candidate, found, needs) < 0) {
			found = candidate;
		}
	}
	return found;
}

static void choose(struct match *match, const struct match_candidate *candidate, uint32_t needs)
{
	if (match->leg_count < MATCH_LEGS_MAX) {
		match->legs[match->leg_count++] =
			(struct match_leg){candidate->service, needs, candidate->waits};
	}
}

/* A specialist she asks for, unless the lead has that specialism itself; it takes what needs are
 * left, and may take none: it is there for who she is. */
static void choose_wished(const struct match_input *input, struct match *match, uint32_t rest)
{
	uint32_t groups = input->referral->groups & ~input->served_groups;
	if (match->leg_count > 0) {
		groups &= ~match->legs[0].service->groups;
	}
	while (groups != 0) {
		const struct match_candidate *found =
			best(input, match, DIRECTORY_SPECIALIST, 0, groups);
		if (found == NULL || match->leg_count == MATCH_LEGS_MAX) {
			return;
		}
		groups &= ~found->service->groups;
		choose(match, found, found->covers & rest);
		rest &= ~found->covers;
	}
}

/* What is eligible besides, best first. */
static enum err cascade(const struct match_input *input, struct match *match)
{
	match->cascade =
		arena_array(input->arena, match->candidate_count + 1, sizeof(*match->cascade));
	const struct match_candidate **order =
		arena_array(input->arena, match->candidate_count + 1, sizeof(*order));
	if (match->cascade == NULL || order == NULL) {
		return ERR_NOMEM;
	}
	size_t count = 0;
	for (size_t i = 0; i < match->candidate_count; i++) {
		const struct match_candidate *candidate = &match->candidates[i];
		if (candidate->verdict != MATCH_ELIGIBLE ||
			match_chosen(match, candidate->service)) {
			continue;
		}
		size_t at = count++;
		while (at > 0 && compare(input, candidate, order[at - 1], input->wanted) < 0) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = candidate;
	}
	for (size_t i = 0; i < count; i++) {
		match->cascade[i] = order[i]->service;
	}
	match->cascade_count = count;
	return ERR_OK;
}

/* Of the candidates that it has: the legs, the gaps, the questions and the cascade. */
static enum err choose_legs(const struct match_input *input, struct match *match)
{
	uint32_t rest = input->wanted & referral_shared_needs(input->referral);
	const struct match_candidate *lead =
		input->want_lead ? best(input, match, DIRECTORY_LEAD, rest, 0) : NULL;
	if (lead != NULL) {
		choose(match, lead, lead->covers);
		rest &= ~lead->covers;
	}
	rest &= ~input->beside;
	const struct match_candidate *duty =
		!input->want_duty ? NULL
				  : best(input, match, DIRECTORY_DUTY, input->referral->needs, 0);
	if (duty != NULL) {
		choose(match, duty, duty->covers);
		rest &= ~duty->covers;
	}
	choose_wished(input, match, rest);
	for (size_t i = 0; i < match->leg_count; i++) {
		rest &= ~match->legs[i].needs;
	}
	while (rest != 0 && match->leg_count < MATCH_LEGS_MAX) {
		const struct match_candidate *found =
			best(input, match, DIRECTORY_SPECIALIST, rest, 0);
		if (found == NULL) {
			break;
		}
		choose(match, found, found->covers & rest);
		rest &= ~found->covers;
	}
	match->gaps = rest;
	match_ask_and_hold(input, match);
	return cascade(input, match);
}

enum err match_run(const struct match_input *input, struct match *ret_match)
{
	struct match match = {.hold_until = REFERRAL_NO_DATE};
	enum err err = match_candidates(input, &match);
	if (err == ERR_OK) {
		err = choose_legs(input, &match);
	}
	if (err == ERR_OK) {
		*ret_match = match;
	}
	return err;
}

enum err match_prepare(const struct match_input *input, struct match *ret_prepared)
{
	struct match_input first = *input;
	struct match match = {.hold_until = REFERRAL_NO_DATE};
	first.room_later = true;
	const enum err err = match_candidates(&first, &match);
	for (size_t i = 0; err == ERR_OK && i < match.candidate_count; i++) {
		struct match_candidate *candidate = &match.candidates[i];
		candidate->asked.clauses = candidate->clauses;
		candidate->asked.settled = candidate->settled;
		candidate->asked.cohort = candidate->cohort;
	}
	if (err == ERR_OK) {
		*ret_prepared = match;
	}
	return err;
}

enum err match_decide(
	const struct match_input *input, struct match *prepared, struct match *ret_match)
{
	struct match match;
	enum err err = match_room(input, prepared, &match);
	if (err == ERR_OK) {
		err = choose_legs(input, &match);
	}
	if (err == ERR_OK) {
		*ret_match = match;
	}
	return err;
}
