/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"
/*
 * The room that services have: all of matching that hangs on what is stored, so that nothing else
 * need wait for the writer.
 */

static enum rules_answer yes_if(bool condition)
{
	return condition ? RULES_YES : RULES_NO;
}

static enum rules_answer filter_capacity(
	const struct directory_service *service, const struct match_load *load)
{
	const bool full =
		(service->caseload >= 0 && load->live >= (uint64_t)service->caseload) ||
		(service->per_year >= 0 && load->year >= (uint64_t)service->per_year) ||
		(service->pool_caseload >= 0 && load->pool >= (uint64_t)service->pool_caseload);
	return yes_if(!full);
}

enum err match_look_at_room(const struct match_input *input, struct match_candidate *candidate)
{
	const struct directory_service *service = candidate->service->source;
	enum err err = ERR_OK;
	if (input->load != NULL) {
		err = input->load(input->context, service, &candidate->load);
	}
	candidate->filters[MATCH_CAPACITY] = filter_capacity(service, &candidate->load);
	return err;
}

bool match_is_asked(const struct match_input *input, const struct match_candidate *candidate)
{
	return input->explain || (candidate->filters[MATCH_DELIVERY] != RULES_NO &&
					 candidate->filters[MATCH_CAPACITY] != RULES_NO);
}

enum err match_room(
	const struct match_input *input, const struct match *prepared, struct match *ret_match)
{
	const size_t count = prepared->candidate_count;
	struct match_candidate *candidates =
		arena_array(input->arena, count + 1, sizeof(*candidates));
	if (candidates == NULL) {
		return ERR_NOMEM;
	}
	memcpy(candidates, prepared->candidates, count * sizeof(*candidates));
	*ret_match = *prepared;
	ret_match->candidates = candidates;
	for (size_t i = 0; i < count; i++) {
		struct match_candidate *candidate = &candidates[i];
		if (!candidate->looked_at) {
			continue;
		}
		const enum err err = match_look_at_room(input, candidate);
		if (err != ERR_OK) {
			return err;
		}
		if (!match_is_asked(input, candidate)) { /* its clauses were, for nothing */
			candidate->clauses = NULL;
			candidate->settled = 0;
			candidate->cohort = false;
		}
		candidate->verdict = match_verdict_of(candidate);
	}
	return ERR_OK;
}
