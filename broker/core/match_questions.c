/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"
#include "rules/index/complete.h"
/*
 * What is asked when nobody is eligible yet for some need: filters first, then her facts in the
 * order of what they settle, then what only a person can tell.
 */

enum err match_complete(const struct plan_clause *clause, size_t ways_most, struct facts *context,
	const struct rules_facts *facts, struct rules_result *result)
{
	const struct rules_clause *const one[] = {clause->compiled};
	const struct index_candidate candidate = {
		.clauses = one, .clause_count = 1, .ways_most = ways_most};
	const struct index_ranges ranges = facts_ranges(context);
	struct index_completion completion;
	const enum err err =
		index_complete(&candidate, facts, &ranges, context->arena, &completion);
	if (err != ERR_OK) {
		return err;
	}
	if (ways_most > 0 && !completion.tried) {
		return ERR_FULL;
	}
	result->answer = completion.answer;
	if (completion.answer == RULES_ERROR) {
		result->error = STR("whatever is still unknown, it cannot be evaluated");
	}
	result->missing = completion.answer == RULES_UNKNOWN ? completion.missing : NULL;
	result->missing_count = completion.missing_count;
	return ERR_OK;
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

static void ask_filters(struct match *match, const struct match_candidate *candidate)
{
	if (candidate->filters[MATCH_RELEASE] == RULES_UNKNOWN) {
		ask(match, STR("justice.release_dates"));
	}
	if (candidate->filters[MATCH_CONSENT] == RULES_UNKNOWN) {
		ask(match, STR("consent"));
	}
}

/* What only a person can tell of an undetermined candidate. */
static void ask_services(const struct match_input *input, struct match *match,
	const struct match_candidate *candidate)
{
	const struct plan_service *service = candidate->service;
	for (size_t i = 0; candidate->clauses != NULL && i < service->source->eligibility.count;
		i++) {
		const struct rules_result *result = &candidate->clauses[i];
		bool person = result->answer == RULES_UNKNOWN && result->missing_count == 0;
		for (size_t m = 0; result->answer == RULES_UNKNOWN && m < result->missing_count;
			m++) {
			person = person ||
				 facts_question(input->referral, result->missing[m]).len == 0;
		}
		if (person) {
			ask_service(input, match, service, i);
		}
	}
}

/* Whatever she answers, she is eligible: the answer is all that is missing. */
static void ask_missing(const struct match_input *input, struct match *match,
	const struct match_candidate *candidate)
{
	const size_t count = candidate->service->source->eligibility.count;
	for (size_t i = 0; candidate->clauses != NULL && i < count; i++) {
		const struct rules_result *result = &candidate->clauses[i];
		for (size_t m = 0; result->answer == RULES_UNKNOWN && m < result->missing_count;
			m++) {
			ask(match, facts_question(input->referral, result->missing[m]));
		}
	}
}

/* The candidate's open clauses together: what they hang on, and what each fact is worth. */
static enum err complete(const struct match_input *input, const struct match_candidate *candidate,
	struct index_completion *ret_completion)
{
	const struct plan_service *service = candidate->service;
	const size_t count = service->source->eligibility.count;
	const struct rules_clause **clauses =
		arena_array(input->arena, count + 1, sizeof(*clauses));
	bool *asks = arena_array(input->arena, count + 1, sizeof(*asks));
	struct facts context = {input->referral, input->now, input->arena};
	const struct rules_facts facts = facts_of(&context);
	const struct index_ranges ranges = facts_ranges(&context);
	struct index_candidate open = {.clauses = clauses, .asks = asks};
	if (clauses == NULL || asks == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; candidate->clauses != NULL && i < count; i++) {
		if (candidate->clauses[i].answer == RULES_UNKNOWN &&
			candidate->clauses[i].missing_count > 0) {
			asks[open.clause_count] = service->eligibility[i].source->ask;
			clauses[open.clause_count++] = service->eligibility[i].compiled;
		}
	}
	return index_complete(&open, &facts, &ranges, input->arena, ret_completion);
}

/* The source's questions about undetermined candidates: what settles most of them comes first. */
static void ask_facts(const struct match_input *input, struct match *match,
	const struct match_candidate *const *candidates, size_t count)
{
	const struct index_question *questions;
	size_t question_count;
	struct index_completion *completions =
		arena_array(input->arena, count + 1, sizeof(*completions));
	if (completions == NULL) {
		return; /* the arena says so to whoever asks it */
	}
	for (size_t i = 0; i < count; i++) {
		if (complete(input, candidates[i], &completions[i]) != ERR_OK) {
			return;
		}
	}
	if (index_questions_rank(completions, count, input->arena, &questions, &question_count) !=
		ERR_OK) {
		return;
	}
	for (size_t i = 0; i < question_count; i++) {
		ask(match, facts_question(input->referral, questions[i].fact));
	}
	for (size_t i = 0; i < count; i++) {
		if (completions[i].answer == RULES_YES) {
			ask_missing(input, match, candidates[i]);
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
		return input->want_duty && !match_chosen(match, candidate->service);
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

void match_ask_and_hold(const struct match_input *input, struct match *match)
{
	size_t open_count = 0;
	const struct match_candidate **open =
		arena_array(input->arena, match->candidate_count + 1, sizeof(*open));
	if (open == NULL) {
		return;
	}
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
			open[open_count++] = candidate;
			ask_filters(match, candidate);
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
	ask_facts(input, match, open, open_count);
	for (size_t i = 0; i < open_count; i++) {
		ask_services(input, match, open[i]);
	}
	if (!duty) {
		ask(match, STR("duty_to_refer.authority")); /* nobody here takes it */
	}
}
