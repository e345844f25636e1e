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
	const int differences[] = {
		bits_set(b->covers & needs) - bits_set(a->covers & needs),
		(int)second->women_specific - (int)first->women_specific,
		bits_set(b->service->groups & referral->groups) -
			bits_set(a->service->groups & referral->groups),
		(int)b->language - (int)a->language,
		away ? -wider : wider,
		(int)b->cohort - (int)a->cohort,
		(a->load.waiting > 0) - (b->load.waiting > 0),
		str_compare(first->id, second->id),
	};
	for (size_t i = 0; i < sizeof(differences) / sizeof(differences[0]); i++) {
		if (differences[i] != 0) {
			return differences[i];
		}
	}
	return 0;
}

static bool chosen_already(const struct match *match, const struct plan_service *service)
{
	for (size_t i = 0; i < match->leg_count; i++) {
		if (match->legs[i].service == service) {
			return true;
		}
	}
	return false;
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
			chosen_already(match, candidate->service)) {
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
		match->legs[match->leg_count++] = (struct match_leg){candidate->service, needs};
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

static void ask(struct match *match, struct str question)
{
	if (question.len == 0 || match->question_count == MATCH_QUESTIONS_MAX) {
		return;
	}
	for (size_t i = 0; i < match->question_count; i++) {
		if (str_equal(match->questions[i], question)) {
			return;
		}
	}
	match->questions[match->question_count++] = question;
}

/* A question for a person: the service's own policy leaves it open, or the source may not be asked.
 */
static void ask_service(const struct match_input *input, struct match *match,
	const struct plan_service *service, size_t clause)
{
	if (service->source->confidential_location) {
		ask(match, STR("ask:coordinator")); /* its name stays here */
		return;
	}
	ask(match, arena_printf(input->arena, "ask:%.*s/%.*s", STR_ARG(service->source->id),
			   STR_ARG(service->eligibility[clause].source->id)));
}

/* What would settle an undetermined candidate. */
static void ask_for(const struct match_input *input, struct match *match,
	const struct match_candidate *candidate)
{
	const struct plan_service *service = candidate->service;
	if (candidate->filters[MATCH_RELEASE] == RULES_UNKNOWN) {
		ask(match, STR("justice.release_dates"));
	}
	if (candidate->filters[MATCH_CONSENT] == RULES_UNKNOWN) {
		ask(match, STR("consent"));
	}
	for (size_t i = 0; candidate->clauses != NULL && i < service->source->eligibility.count;
		i++) {
		const struct rules_result *result = &candidate->clauses[i];
		if (result->answer != RULES_UNKNOWN) {
			continue;
		}
		if (result->missing_count == 0) {
			ask_service(input, match, service, i);
		}
		for (size_t m = 0; m < result->missing_count; m++) {
			const struct str field =
				facts_question(input->referral, result->missing[m]);
			if (field.len > 0) {
				ask(match, field);
			} else {
				ask_service(input, match, service, i);
			}
		}
	}
}

/* Area, referrer or needs that a service does not state are not the source's to answer. */
static bool answerable(const struct match_candidate *candidate)
{
	return candidate->filters[MATCH_AREA] != RULES_UNKNOWN &&
	       candidate->filters[MATCH_PATHWAY] != RULES_UNKNOWN &&
	       candidate->filters[MATCH_REFERRER] != RULES_UNKNOWN &&
	       candidate->filters[MATCH_NEEDS] != RULES_UNKNOWN;
}

/* Would it be chosen if only this filter, which says no, said yes? */
static bool only_refused_by(const struct match_candidate *candidate, enum match_filter filter)
{
	if (candidate->filters[filter] != RULES_NO || candidate->clauses == NULL) {
		return false;
	}
	for (int i = 0; i < MATCH_FILTERS; i++) {
		if (i != (int)filter && candidate->filters[i] != RULES_YES) {
			return false;
		}
	}
	for (size_t i = 0; i < candidate->service->source->eligibility.count; i++) {
		if (candidate->clauses[i].answer != RULES_YES) {
			return false;
		}
	}
	return true;
}

/* Would it still be of use, were it eligible? */
static bool still_wanted(const struct match_input *input, const struct match *match,
	const struct match_candidate *candidate)
{
	switch (candidate->service->source->role) {
	case DIRECTORY_LEAD:
		return input->want_lead && (candidate->covers & match->gaps) != 0;
	case DIRECTORY_SPECIALIST:
		return (candidate->covers & match->gaps) != 0;
	case DIRECTORY_DUTY:
		return input->want_duty && !chosen_already(match, candidate->service);
	}
	return false;
}

/* The police and the courts refer to housing as anybody does: the duty is not theirs. */
static bool not_under_duty(const struct match_candidate *candidate)
{
	return candidate->service->source->role == DIRECTORY_DUTY &&
	       (candidate->filters[MATCH_REFERRER] == RULES_NO ||
		       candidate->filters[MATCH_PATHWAY] == RULES_NO);
}

static void ask_and_hold(const struct match_input *input, struct match *match)
{
	bool duty = !input->want_duty; /* done, or still to come */
	for (size_t i = 0; i < match->leg_count; i++) {
		duty = duty || match->legs[i].service->source->role == DIRECTORY_DUTY;
	}
	if (referral_area(input->referral).len == 0 && match->gaps != 0) {
		ask(match, STR("person.local_authority"));
	}
	for (size_t i = 0; i < match->candidate_count; i++) {
		const struct match_candidate *candidate = &match->candidates[i];
		if (!still_wanted(input, match, candidate)) {
			continue;
		}
		duty = duty || not_under_duty(candidate) ||
		       (candidate->service->source->role == DIRECTORY_DUTY &&
			       (candidate->verdict == MATCH_UNDETERMINED ||
				       only_refused_by(candidate, MATCH_CONSENT) ||
				       only_refused_by(candidate, MATCH_RELEASE)));
		if (candidate->verdict == MATCH_UNDETERMINED && answerable(candidate)) {
			ask_for(input, match, candidate);
		}
		if (only_refused_by(candidate, MATCH_CONSENT)) {
			ask(match,
				STR("consent")); /* it could help, and she has not agreed to it */
		}
		if (only_refused_by(candidate, MATCH_RELEASE) &&
			(match->hold_until == REFERRAL_NO_DATE ||
				candidate->hold_until < match->hold_until)) {
			match->hold_until = candidate->hold_until;
		}
	}
	if (!duty) {
		ask(match, STR("duty_to_refer.authority")); /* nobody here takes it */
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
			chosen_already(match, candidate->service)) {
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

enum err match_run(const struct match_input *input, struct match *ret_match)
{
	struct match match = {.hold_until = REFERRAL_NO_DATE};
	enum err err = match_candidates(input, &match);
	if (err != ERR_OK) {
		return err;
	}
	uint32_t rest = input->wanted & referral_shared_needs(input->referral);
	const struct match_candidate *lead =
		input->want_lead ? best(input, &match, DIRECTORY_LEAD, rest, 0) : NULL;
	if (lead != NULL) {
		choose(&match, lead, lead->covers);
		rest &= ~lead->covers;
	}
	rest &= ~input->beside;
	const struct match_candidate *duty =
		!input->want_duty ? NULL
				  : best(input, &match, DIRECTORY_DUTY, input->referral->needs, 0);
	if (duty != NULL) {
		choose(&match, duty, duty->covers);
		rest &= ~duty->covers;
	}
	choose_wished(input, &match, rest);
	for (size_t i = 0; i < match.leg_count; i++) {
		rest &= ~match.legs[i].needs;
	}
	while (rest != 0 && match.leg_count < MATCH_LEGS_MAX) {
		const struct match_candidate *found =
			best(input, &match, DIRECTORY_SPECIALIST, rest, 0);
		if (found == NULL) {
			break;
		}
		choose(&match, found, found->covers & rest);
		rest &= ~found->covers;
	}
	match.gaps = rest;
	ask_and_hold(input, &match);
	err = cascade(input, &match);
	if (err == ERR_OK) {
		*ret_match = match;
	}
	return err;
}
