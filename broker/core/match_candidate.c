/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"

/* Every service of her area is asked for its authorities, of which it may have many: their codes
 * differ at the end, and there they are compared first. */
static bool list_holds(struct directory_list list, struct str item)
{
	enum {
		LAST = 8
	};
	if (item.len >= LAST) {
		const char *last = item.ptr + item.len - LAST;
		for (size_t i = 0; i < list.count; i++) {
			const struct str other = list.items[i];
			if (other.len == item.len &&
				memcmp(other.ptr + item.len - LAST, last, LAST) == 0 &&
				memcmp(other.ptr, item.ptr, item.len - LAST) == 0) {
				return true;
			}
		}
		return false;
	}
	for (size_t i = 0; i < list.count; i++) {
		if (str_equal(list.items[i], item)) {
			return true;
		}
	}
	return false;
}

static enum rules_answer yes_if(bool condition)
{
	return condition ? RULES_YES : RULES_NO;
}

bool match_avoided(const struct referral *referral, const struct directory_service *service)
{
	if (referral_strings_hold(referral->exclude_services, service->id) ||
		referral_strings_hold(referral->avoid_services, service->id)) {
		return true;
	}
	if (referral->avoid_authorities.count == 0 || service->authorities.count == 0) {
		return false;
	}
	for (size_t i = 0; i < service->authorities.count; i++) {
		if (!referral_strings_hold(
			    referral->avoid_authorities, service->authorities.items[i])) {
			return false;
		}
	}
	return true;
}

static bool was_tried(const struct match_input *input, const struct directory_service *service)
{
	for (size_t i = 0; i < input->tried_count; i++) {
		if (str_equal(input->tried[i], service->id)) {
			return true;
		}
	}
	return false;
}

/* Duty to Refer: only the housing authority she named counts (Housing Act 1996, section 213B). */
static enum rules_answer filter_area(
	const struct match_input *input, const struct directory_service *service)
{
	const struct str area = service->role == DIRECTORY_DUTY ? input->referral->duty_authority
								: referral_area(input->referral);
	if (!service->area_stated || (area.len == 0 && service->role != DIRECTORY_DUTY)) {
		return RULES_UNKNOWN;
	}
	return yes_if(list_holds(service->authorities, area));
}

static enum rules_answer filter_referrer(
	const struct match_input *input, const struct plan_service *service)
{
	const struct directory_list parties = service->source->referrer_parties;
	if (parties.count == 0 && service->referrer_kinds == 0) {
		return RULES_UNKNOWN; /* who may refer is not stated */
	}
	return yes_if((service->referrer_kinds & 1U << input->source_kind) != 0 ||
		      list_holds(parties, input->source));
}

/* The duty asks for three: to refer, which authority, and that it may contact her. */
static enum rules_answer filter_duty(
	const struct match_input *input, const struct directory_service *service)
{
	static const enum purpose purposes[] = {
		PURPOSE_CHOICE_OF_AUTHORITY, PURPOSE_SHARE_CONTACT_DETAILS};
	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++) {
		if (referral_consent_for(input->referral, purposes[i], service->id, -1, NULL) !=
			REFERRAL_CONSENT_YES) {
			return RULES_UNKNOWN;
		}
	}
	return RULES_YES;
}

/* `taken`: the needs it would hear of; none when it is there for who she is.  `consented`: those
 * that it may hear of. */
static enum rules_answer filter_consent(const struct match_input *input,
	const struct directory_service *service, uint32_t taken, uint32_t consented)
{
	const struct referral *referral = input->referral;
	enum rules_answer answer;
	taken = taken == 0 ? referral->needs : taken;
	if ((consented & taken) != 0) {
		answer = RULES_YES;
	} else if ((referral_unconfirmed_needs(referral, service->id) & taken) != 0) {
		answer = RULES_UNKNOWN;
	} else {
		answer = RULES_NO;
	}
	return answer == RULES_YES && service->role == DIRECTORY_DUTY ? filter_duty(input, service)
								      : answer;
}

/* What nobody would take is not chosen: the gap is seen now, not when a clock runs out. */
static enum rules_answer filter_delivery(
	const struct match_input *input, const struct directory_service *service)
{
	if (input->parties == NULL || service->routing != DIRECTORY_ROUTABLE) {
		return RULES_YES;
	}
	const struct party *party = parties_find(input->parties, service->delivery_party);
	return yes_if(party != NULL && !party->revoked);
}

/* Before release a service takes referrals only from some days ahead. */
static enum rules_answer filter_release(
	const struct match_input *input, struct match_candidate *candidate, date_days today)
{
	const struct directory_service *service = candidate->service->source;
	const date_days release = input->referral->release;
	if (service->lead_days < 0 || input->referral->pathway != PATHWAY_RESETTLEMENT) {
		return RULES_YES;
	}
	if (release == REFERRAL_NO_DATE) {
		return RULES_UNKNOWN;
	}
	const date_days opens = release - (date_days)service->lead_days;
	if (today >= opens) {
		return RULES_YES;
	}
	candidate->hold_until = opens;
	return RULES_NO;
}

/* The needs it takes of those wanted; before release only some. */
static uint32_t needs_taken(
	const struct match_input *input, const struct plan_service *service, date_days today)
{
	const bool before_release = input->referral->pathway == PATHWAY_RESETTLEMENT &&
				    input->referral->release != REFERRAL_NO_DATE &&
				    input->referral->release > today;
	/* The duty to refer stands beside whatever else helps with the same need. */
	const uint32_t wanted =
		service->source->role == DIRECTORY_DUTY ? input->referral->needs : input->wanted;
	return wanted & (before_release ? service->lead_needs : service->needs);
}

/* All but delivery, messages about intake and capacity, which mean looking up parties and rows. */
static void run_filters(
	const struct match_input *input, struct match_candidate *candidate, date_days today)
{
	const struct plan_service *service = candidate->service;
	const struct directory_service *source = service->source;
	enum rules_answer *filters = candidate->filters;
	const uint32_t taken = needs_taken(input, service, today);
	const bool wished = (service->groups & input->referral->groups) != 0 &&
			    service->source->role == DIRECTORY_SPECIALIST;

	filters[MATCH_ROUTING] = yes_if(source->routing == DIRECTORY_ROUTABLE);
	filters[MATCH_DELIVERY] = RULES_UNKNOWN;
	filters[MATCH_AREA] = filter_area(input, source);
	filters[MATCH_PATHWAY] =
		service->pathways == 0
			? RULES_UNKNOWN /* not stated */
			: yes_if((service->pathways & 1U << input->referral->pathway) != 0);
	filters[MATCH_REFERRER] = filter_referrer(input, service);
	/* A lead whose needs are not stated takes the whole person (plan_service_make). */
	const bool stated = source->needs_stated || source->role == DIRECTORY_LEAD;
	filters[MATCH_NEEDS] = !stated && !wished ? RULES_UNKNOWN : yes_if(taken != 0 || wished);
	const uint32_t consented = referral_consented_needs(input->referral, source->id);
	filters[MATCH_CONSENT] = filter_consent(input, source, taken, consented);
	candidate->covers = taken & (filters[MATCH_CONSENT] == RULES_YES ? consented : taken);
	filters[MATCH_WINDOW] = yes_if(today >= source->window_from && today <= source->window_to);
	filters[MATCH_RELEASE] = filter_release(input, candidate, today);
	filters[MATCH_INTAKE] = source->intake_open ? RULES_UNKNOWN : RULES_NO;
	filters[MATCH_CAPACITY] = RULES_UNKNOWN;
}

/* Which answers its filters gave: a bit each. */
static unsigned filter_answers(const struct match_candidate *candidate)
{
	unsigned answers = 0;
	for (int i = 0; i < MATCH_FILTERS; i++) {
		answers |= 1U << candidate->filters[i];
	}
	return answers;
}

static int refused_filters(const struct match_candidate *candidate)
{
	int refused = 0;
	for (int i = 0; i < MATCH_FILTERS; i++) {
		refused += candidate->filters[i] == RULES_NO;
	}
	return refused;
}

enum {
	PREPARE_WAYS = 64,     /* of a clause with facts unknown; most have a few */
	PREPARE_SERVICE = 100, /* steps that a service's filters are taken for */
};

/* Beside the writer no more is done than others can wait for. */
static bool may_take(const struct match_input *input, uint64_t steps)
{
	if (input->steps == NULL) {
		return true;
	}
	const bool may = *input->steps >= steps;
	*input->steps -= may ? steps : 0;
	return may;
}

/* A clause that hangs on what is unknown, each way that it may turn out to be. */
static enum err complete(const struct match_input *input, const struct plan_clause *clause,
	struct facts *context, const struct rules_facts *facts, struct rules_result *result)
{
	const size_t ways = input->steps == NULL ? 0 : PREPARE_WAYS;
	return may_take(input, clause->cost * ways)
		       ? match_complete(clause, ways, context, facts, result)
		       : ERR_FULL;
}

static enum err run_clauses(const struct match_input *input, const struct match *match,
	struct match_candidate *candidate)
{
	const struct plan_service *service = candidate->service;
	const size_t count = service->source->eligibility.count;
	struct facts context = {input->referral, input->now, input->arena};
	struct rules_facts facts = facts_of(&context);
	facts.kept = match->kept;
	candidate->clauses = arena_array(input->arena, count + 1, sizeof(*candidate->clauses));
	if (candidate->clauses == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		if (!may_take(input, service->eligibility[i].cost)) {
			return ERR_FULL;
		}
		struct rules_result result =
			rules_evaluate(service->eligibility[i].compiled, &facts, input->arena);
		if (result.answer == RULES_UNKNOWN && service->eligibility[i].repeats) {
			const enum err err = complete(
				input, &service->eligibility[i], &context, &facts, &result);
			if (err != ERR_OK) {
				return err;
			}
			if (result.answer != RULES_UNKNOWN && i < 64) {
				candidate->settled |= UINT64_C(1) << i;
			}
		}
		if (result.answer == RULES_NO && service->eligibility[i].source->ask) {
			result.answer = RULES_UNKNOWN; /* a person asks the service */
			candidate->settled &= i < 64 ? ~(UINT64_C(1) << i) : UINT64_MAX;
		}
		candidate->clauses[i] = result;
	}
	candidate->cohort = service->source->cohort.count > 0;
	for (size_t i = 0; i < service->source->cohort.count; i++) {
		if (!may_take(input, service->cohort[i].cost)) {
			return ERR_FULL;
		}
		const struct rules_result result =
			rules_evaluate(service->cohort[i].compiled, &facts, input->arena);
		candidate->cohort = candidate->cohort && result.answer == RULES_YES;
	}
	return ERR_OK;
}

enum match_verdict match_verdict_of(const struct match_candidate *candidate)
{
	const size_t count =
		candidate->clauses == NULL ? 0 : candidate->service->source->eligibility.count;
	const unsigned answers = filter_answers(candidate);
	bool unknown = (answers & 1U << RULES_UNKNOWN) != 0;
	bool error = (answers & 1U << RULES_ERROR) != 0;
	if ((answers & 1U << RULES_NO) != 0) {
		return MATCH_INELIGIBLE;
	}
	for (size_t i = 0; i < count; i++) {
		switch (candidate->clauses[i].answer) {
		case RULES_NO:
			return MATCH_INELIGIBLE;
		case RULES_UNKNOWN:
			unknown = true;
			break;
		case RULES_ERROR:
			error = true;
			break;
		case RULES_YES:
			break;
		}
	}
	if (error) {
		return MATCH_ERROR;
	}
	return unknown ? MATCH_UNDETERMINED : MATCH_ELIGIBLE;
}

static bool speaks_her_language(
	const struct referral *referral, const struct directory_service *service)
{
	for (size_t i = 0; i < referral->languages.count; i++) {
		if (list_holds(service->languages, referral->languages.items[i].string)) {
			return true;
		}
	}
	return false;
}

/* Its provider, its room, and when neither stands against it its clauses. */
static enum err look_closer(const struct match_input *input, const struct match *match,
	struct match_candidate *candidate)
{
	candidate->looked_at = true;
	candidate->filters[MATCH_DELIVERY] = filter_delivery(input, candidate->service->source);
	const enum err err =
		input->room_later ? ERR_OK : match_look_at_room(input, match->today, candidate);
	return err == ERR_OK && match_is_asked(input, candidate)
		       ? run_clauses(input, match, candidate)
		       : err;
}

static enum err look_at(const struct match_input *input, size_t position, struct match *match)
{
	const struct plan_service *service = &input->plan->services[position];
	const bool elsewhere =
		service->source->role == DIRECTORY_DUTY &&
		!list_holds(service->source->authorities, input->referral->duty_authority);
	if (was_tried(input, service->source) || elsewhere ||
		match_avoided(input->referral, service->source)) {
		return ERR_OK;
	}
	if (!may_take(input, PREPARE_SERVICE)) {
		return ERR_FULL;
	}
	struct match_candidate *candidate = &match->candidates[match->candidate_count];
	*candidate = (struct match_candidate){.service = service, .hold_until = REFERRAL_NO_DATE};
	enum err err = ERR_OK;
	run_filters(input, candidate, match->today);
	candidate->language = speaks_her_language(input->referral, service->source);
	const int refused = refused_filters(candidate);
	if (input->explain || refused == 0 ||
		(refused == 1 && (candidate->filters[MATCH_RELEASE] == RULES_NO ||
					 candidate->filters[MATCH_CONSENT] == RULES_NO))) {
		/* Too early, or without her consent: whether it would do otherwise matters. */
		err = look_closer(input, match, candidate);
	}
	candidate->verdict = match_verdict_of(candidate);
	match->candidate_count++;
	return err;
}

enum err match_look(
	const struct match_input *input, size_t position, struct match_candidate *ret_candidate)
{
	struct match one = {
		.candidates = ret_candidate, .today = timestamp_london_date(input->now)};
	struct match_input whole = *input;
	whole.explain = true;
	const enum err err = look_at(&whole, position, &one);
	return err == ERR_OK && one.candidate_count == 0 ? ERR_NOT_FOUND : err;
}

enum {
	EXPLAIN_ALL_MAX = 1000 /* services; above, only those of her area are explained */
};

enum err match_candidates(const struct match_input *input, struct match *match)
{
	const struct directory *directory = input->plan->directory;
	const struct str duty = input->referral->duty_authority;
	const struct str area = referral_area(input->referral);
	const uint32_t *lists[3] = {NULL, NULL, NULL};
	size_t counts[3] = {0, 0, 0};
	match->today = timestamp_london_date(input->now);
	const bool all = input->explain && directory->service_count <= EXPLAIN_ALL_MAX;
	counts[0] = directory_at_authority(directory, area, &lists[0]);
	counts[1] = directory_not_stated(directory, &lists[1]);
	counts[2] = str_equal(duty, area) ? 0 : directory_at_authority(directory, duty, &lists[2]);
	const size_t most = all ? directory->service_count : counts[0] + counts[1] + counts[2];
	match->candidates = arena_array(input->arena, most + 1, sizeof(*match->candidates));
	match->kept = arena_array(input->arena, input->plan->facts.count, sizeof(*match->kept));
	if (match->candidates == NULL || match->kept == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; all && i < directory->service_count; i++) {
		const enum err err = look_at(input, i, match);
		if (err != ERR_OK) {
			return err;
		}
	}
	for (size_t list = 0; !all && list < 3; list++) {
		for (size_t i = 0; i < counts[list]; i++) {
			/* The authority she named for housing brings its housing service only. */
			const size_t position = lists[list][i];
			const bool housing = directory->services[position].role == DIRECTORY_DUTY;
			const enum err err =
				list == 2 && !housing ? ERR_OK : look_at(input, position, match);
			if (err != ERR_OK) {
				return err;
			}
		}
	}
	return arena_failed(input->arena) ? ERR_NOMEM : ERR_OK;
}
