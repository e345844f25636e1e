/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"

static const char *const filter_names[MATCH_FILTERS] = {
	[MATCH_ROUTING] = "routing",
	[MATCH_DELIVERY] = "delivery",
	[MATCH_AREA] = "area",
	[MATCH_PATHWAY] = "pathway",
	[MATCH_REFERRER] = "referrer",
	[MATCH_NEEDS] = "needs",
	[MATCH_CONSENT] = "consent",
	[MATCH_WINDOW] = "window",
	[MATCH_RELEASE] = "release",
	[MATCH_INTAKE] = "intake",
	[MATCH_CAPACITY] = "capacity",
};

const char *match_filter_name(enum match_filter filter)
{
	return (unsigned)filter < MATCH_FILTERS ? filter_names[filter] : "unknown";
}

static const char *answer_name(enum rules_answer answer)
{
	switch (answer) {
	case RULES_NO:
		return "no";
	case RULES_YES:
		return "yes";
	case RULES_UNKNOWN:
		return "unknown";
	case RULES_ERROR:
		return "error";
	}
	return "error";
}

static const char *verdict_name(enum match_verdict verdict)
{
	switch (verdict) {
	case MATCH_ELIGIBLE:
		return "eligible";
	case MATCH_INELIGIBLE:
		return "ineligible";
	case MATCH_UNDETERMINED:
		return "undetermined";
	case MATCH_ERROR:
		return "error";
	}
	return "error";
}

static struct str area_name(struct str code)
{
	const struct directory_authority *authority = directory_authority_by_code(code);
	return authority == NULL ? code : authority->name;
}

static struct str date_text(struct arena *arena, date_days date)
{
	char text[DATE_TEXT_SIZE];
	date_format(date, text);
	return arena_str(arena, str_from(text));
}

static struct str area_text(
	const struct match_input *input, const struct match_candidate *candidate)
{
	const struct directory_service *service = candidate->service->source;
	const struct str area = service->role == DIRECTORY_DUTY ? input->referral->duty_authority
								: referral_area(input->referral);
	if (!service->area_stated) {
		return STR("which authorities it covers is not stated: ask the service");
	}
	if (area.len == 0) {
		return STR("need to know: home local authority");
	}
	return arena_printf(input->arena, "%s %.*s",
		candidate->filters[MATCH_AREA] == RULES_YES ? "covers" : "does not cover",
		STR_ARG(area_name(area)));
}

static struct str window_text(
	const struct match_input *input, const struct match_candidate *candidate)
{
	const struct directory_service *service = candidate->service->source;
	const date_days today = timestamp_london_date(input->now);
	if (today < service->window_from) {
		return arena_printf(input->arena, "begins on %.*s; the date is %.*s",
			STR_ARG(date_text(input->arena, service->window_from)),
			STR_ARG(date_text(input->arena, today)));
	}
	if (today > service->window_to) {
		return arena_printf(input->arena, "ended on %.*s; the date is %.*s",
			STR_ARG(date_text(input->arena, service->window_to)),
			STR_ARG(date_text(input->arena, today)));
	}
	return STR("the contract is running");
}

static struct str release_text(
	const struct match_input *input, const struct match_candidate *candidate)
{
	const int64_t days = candidate->service->source->lead_days;
	if (candidate->filters[MATCH_RELEASE] == RULES_UNKNOWN) {
		return STR("need to know: release date");
	}
	if (days < 0 || input->referral->pathway != PATHWAY_RESETTLEMENT) {
		return STR("does not depend on a release date");
	}
	if (candidate->filters[MATCH_RELEASE] == RULES_YES) {
		return STR("within the time before release in which it takes referrals");
	}
	return arena_printf(input->arena,
		"takes referrals from %lld days before release: from %.*s", (long long)days,
		STR_ARG(date_text(input->arena, candidate->hold_until)));
}

static struct str capacity_text(
	const struct match_input *input, const struct match_candidate *candidate)
{
	const struct directory_service *service = candidate->service->source;
	const struct match_load *load = &candidate->load;
	if (service->caseload >= 0 && load->live >= (uint64_t)service->caseload) {
		return arena_printf(input->arena, "full: %llu of %lld places are taken",
			(unsigned long long)load->live, (long long)service->caseload);
	}
	if (service->per_year >= 0 && load->year >= (uint64_t)service->per_year) {
		return arena_printf(input->arena,
			"full: %llu of %lld referrals of this year are used",
			(unsigned long long)load->year, (long long)service->per_year);
	}
	if (service->pool_caseload >= 0 && load->pool >= (uint64_t)service->pool_caseload) {
		return arena_printf(input->arena, "full: %llu of %lld shared places are taken",
			(unsigned long long)load->pool, (long long)service->pool_caseload);
	}
	if (service->caseload < 0) {
		return STR("has room: its number of places is not stated");
	}
	return arena_printf(input->arena, "has room: %llu of %lld places are taken",
		(unsigned long long)load->live, (long long)service->caseload);
}

static struct str referrer_text(const struct match_candidate *candidate)
{
	switch (candidate->filters[MATCH_REFERRER]) {
	case RULES_YES:
		return STR("takes referrals from you");
	case RULES_NO:
		return STR("does not take referrals from you");
	case RULES_UNKNOWN:
	case RULES_ERROR:
		break;
	}
	return STR("who may refer to it is not stated: ask the service");
}

static struct str consent_text(const struct match_candidate *candidate)
{
	switch (candidate->filters[MATCH_CONSENT]) {
	case RULES_YES:
		return STR("her consent covers it");
	case RULES_NO:
		return STR("her consent does not cover it");
	case RULES_UNKNOWN:
	case RULES_ERROR:
		break;
	}
	if (candidate->service->source->role == DIRECTORY_DUTY) {
		return STR("the Duty to Refer needs three consents: refer, choice-of-authority and "
			   "share-contact-details");
	}
	return STR("her consent is still to be confirmed");
}

static struct str needs_text(const struct match_candidate *candidate)
{
	switch (candidate->filters[MATCH_NEEDS]) {
	case RULES_YES:
		return STR("takes needs of hers");
	case RULES_NO:
		return STR("takes none of these needs");
	case RULES_UNKNOWN:
	case RULES_ERROR:
		break;
	}
	return STR("which needs it takes is not stated: ask the service");
}

static struct str filter_text(const struct match_input *input,
	const struct match_candidate *candidate, enum match_filter filter)
{
	const bool yes = candidate->filters[filter] == RULES_YES;
	switch (filter) {
	case MATCH_ROUTING:
		if (candidate->service->source->routing == DIRECTORY_NEVER) {
			return STR("is never chosen automatically");
		}
		return yes ? STR("takes referrals")
			   : STR("is a contact for advice, not chosen automatically");
	case MATCH_DELIVERY:
		return yes ? STR("its provider can be delivered to")
			   : STR("its provider is not a party of this broker, or was revoked");
	case MATCH_AREA:
		return area_text(input, candidate);
	case MATCH_PATHWAY:
		if (candidate->filters[filter] == RULES_UNKNOWN) {
			return STR("which pathways it takes is not stated: ask the service");
		}
		return arena_printf(input->arena, "%s the %s pathway",
			yes ? "takes" : "does not take",
			vocab_code(VOCAB_PATHWAY, (int)input->referral->pathway));
	case MATCH_REFERRER:
		return referrer_text(candidate);
	case MATCH_NEEDS:
		return needs_text(candidate);
	case MATCH_CONSENT:
		return consent_text(candidate);
	case MATCH_WINDOW:
		return window_text(input, candidate);
	case MATCH_RELEASE:
		return release_text(input, candidate);
	case MATCH_INTAKE:
		return yes ? STR("takes new referrals") : STR("takes no new referrals at present");
	case MATCH_CAPACITY:
		return capacity_text(input, candidate);
	case MATCH_FILTERS:
		break;
	}
	return (struct str){0};
}

static struct value clause_value(
	struct arena *arena, struct str name, enum rules_answer answer, struct str text)
{
	struct value map = value_map_new(arena, 3);
	value_put(arena, &map, "clause", value_of_str(name));
	value_put(arena, &map, "result", value_of_text(answer_name(answer)));
	value_put(arena, &map, "text", value_of_str(text));
	return map;
}

/* The author's words stand first; what the person's facts make of them follows. */
static struct str clause_text(
	const struct match_input *input, const struct match_candidate *candidate, size_t clause)
{
	struct facts context = {input->referral, input->now, input->arena};
	const struct rules_facts facts = facts_of(&context);
	const struct plan_clause *plan = &candidate->service->eligibility[clause];
	struct rules_result result = candidate->clauses[clause];
	const bool ask = result.answer == RULES_UNKNOWN && result.missing_count == 0;
	if (ask) {
		result.answer = RULES_NO; /* what the clause itself said */
	}
	const struct str words = rules_explain(plan->compiled, &facts, &result, true, input->arena);
	if (ask) {
		return arena_printf(input->arena, "%.*s: %.*s", STR_ARG(words),
			STR_ARG(plan->source->question.len > 0 ? plan->source->question
							       : STR("ask the service")));
	}
	struct str means = plan->source->means;
	if (means.len == 0) {
		return words;
	}
	if (means.ptr[means.len - 1] == '.') {
		means.len--;
	}
	return arena_printf(input->arena, "%.*s: %.*s", STR_ARG(means), STR_ARG(words));
}

static struct value candidate_missing(
	const struct match_input *input, const struct match_candidate *candidate)
{
	struct arena *arena = input->arena;
	const size_t count = candidate->service->source->eligibility.count;
	size_t most = 4;
	for (size_t i = 0; i < count; i++) {
		most += candidate->clauses[i].missing_count;
	}
	struct value list = value_list_new(arena, most);
	if (candidate->filters[MATCH_AREA] == RULES_UNKNOWN &&
		candidate->service->source->area_stated) {
		value_push(arena, &list, value_of_text("person.local_authority"));
	}
	if (candidate->filters[MATCH_RELEASE] == RULES_UNKNOWN) {
		value_push(arena, &list, value_of_text("justice.release_dates"));
	}
	if (candidate->filters[MATCH_CONSENT] == RULES_UNKNOWN) {
		value_push(arena, &list, value_of_text("consent"));
	}
	for (size_t i = 0; i < count; i++) {
		const struct rules_result *result = &candidate->clauses[i];
		for (size_t m = 0; result->answer == RULES_UNKNOWN && m < result->missing_count;
			m++) {
			const struct str field =
				facts_question(input->referral, result->missing[m]);
			value_push(arena, &list,
				value_of_str(field.len > 0 ? field : result->missing[m]));
		}
	}
	return list;
}

static struct value candidate_value(
	const struct match_input *input, const struct match_candidate *candidate)
{
	struct arena *arena = input->arena;
	const struct directory_service *service = candidate->service->source;
	struct value map = value_map_new(arena, 6);
	struct value clauses = value_list_new(arena, MATCH_FILTERS + service->eligibility.count);
	for (int i = 0; i < MATCH_FILTERS; i++) {
		const enum match_filter filter = (enum match_filter)i;
		value_push(arena, &clauses,
			clause_value(arena, str_from(match_filter_name(filter)),
				candidate->filters[i], filter_text(input, candidate, filter)));
	}
	for (size_t i = 0; i < service->eligibility.count; i++) {
		value_push(arena, &clauses,
			clause_value(arena, service->eligibility.items[i].id,
				candidate->clauses[i].answer, clause_text(input, candidate, i)));
	}
	value_put(arena, &map, "service", value_of_str(service->id));
	value_put(arena, &map, "name", value_of_str(service->name));
	value_put(arena, &map, "organisation", value_of_str(service->organisation->name));
	value_put(arena, &map, "verdict", value_of_text(verdict_name(candidate->verdict)));
	value_put(arena, &map, "clauses", clauses);
	value_put(arena, &map, "missing", candidate_missing(input, candidate));
	return map;
}

struct value match_needs(struct arena *arena, uint32_t needs)
{
	struct value list = value_list_new(arena, NEED_COUNT);
	for (int need = 0; need < NEED_COUNT; need++) {
		if ((needs & 1U << need) != 0) {
			value_push(arena, &list, value_of_text(vocab_code(VOCAB_NEED, need)));
		}
	}
	return list;
}

struct value match_advice(const struct match_input *input, const struct match *match)
{
	enum {
		ADVICE_MAX = 8
	};
	struct arena *arena = input->arena;
	struct value list = value_list_new(arena, ADVICE_MAX);
	for (size_t i = 0; i < match->candidate_count && list.list.count < ADVICE_MAX; i++) {
		const struct match_candidate *candidate = &match->candidates[i];
		const struct directory_service *service = candidate->service->source;
		const bool useful = (candidate->service->needs & match->gaps) != 0 ||
				    (candidate->service->groups & input->referral->groups) != 0;
		if (service->routing != DIRECTORY_ADVICE_ONLY || !useful ||
			service->confidential_location ||
			candidate->filters[MATCH_AREA] == RULES_NO) {
			continue;
		}
		struct value map = value_map_new(arena, 3);
		value_put(arena, &map, "service", value_of_str(service->id));
		value_put(arena, &map, "name", value_of_str(service->name));
		value_put(arena, &map, "organisation", value_of_str(service->organisation->name));
		value_push(arena, &list, map);
	}
	return list;
}

struct value match_words(const struct match_input *input, const struct match *match)
{
	struct arena *arena = input->arena;
	struct value map = value_map_new(arena, 7);
	struct value chosen = value_list_new(arena, match->leg_count);
	struct value others = value_list_new(arena, match->cascade_count);
	struct value questions = value_list_new(arena, match->question_count);
	struct value services = value_list_new(arena, match->candidate_count);
	for (size_t i = 0; i < match->leg_count; i++) {
		const struct directory_service *service = match->legs[i].service->source;
		value_push(arena, &chosen,
			service->confidential_location ? value_of_text("confidential")
						       : value_of_str(service->id));
	}
	for (size_t i = 0; i < match->cascade_count; i++) {
		if (!match->cascade[i]->source->confidential_location) {
			value_push(arena, &others, value_of_str(match->cascade[i]->source->id));
		}
	}
	for (size_t i = 0; i < match->question_count; i++) {
		value_push(arena, &questions, value_of_str(match->questions[i]));
	}
	for (size_t i = 0; i < match->candidate_count; i++) {
		const struct match_candidate *candidate = &match->candidates[i];
		if (!candidate->service->source->confidential_location &&
			candidate->clauses != NULL) {
			value_push(arena, &services, candidate_value(input, candidate));
		}
	}
	value_put(arena, &map, "directory_version", value_of_int((int64_t)input->plan->version));
	value_put(arena, &map, "chosen", chosen);
	value_put(arena, &map, "cascade", others);
	value_put(arena, &map, "gaps", match_needs(arena, match->gaps));
	value_put(arena, &map, "questions", questions);
	value_put(arena, &map, "advice", match_advice(input, match));
	value_put(arena, &map, "services", services);
	return map;
}
