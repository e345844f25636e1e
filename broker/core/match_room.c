/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"
/*
 * The room that services have, and whether they take anybody now: all of matching that hangs on
 * what is stored, so that nothing else need wait for the writer.  Places that are free belong to
 * those who wait: while they are as many, or more, a woman who comes now waits behind them, if the
 * list takes her.
 */

static enum rules_answer yes_if(bool condition)
{
	return condition ? RULES_YES : RULES_NO;
}

static uint64_t places_left(int64_t limit, uint64_t taken, uint64_t left)
{
	if (limit < 0) {
		return left;
	}
	const uint64_t free = (uint64_t)limit > taken ? (uint64_t)limit - taken : 0;
	return free < left ? free : left;
}

enum room match_room_of(const struct directory_service *service,
	const struct directory_limits *limits, const struct match_load *load)
{
	const uint64_t list = (uint64_t)service->waiting_list;
	const uint64_t others =
		load->pool_waiting > load->waiting ? load->pool_waiting - load->waiting : 0;
	uint64_t free = UINT32_MAX; /* nothing limits it */
	if (limits->per_year >= 0 && load->year >= (uint64_t)limits->per_year) {
		return ROOM_NONE; /* nobody waits for a new year */
	}
	free = places_left(limits->caseload, load->live, free);
	/* Of the pool's places those are not free for her that others of the pool wait for. */
	free = places_left(limits->pool_caseload, load->pool + others, free);
	if (list == 0) {
		return free > 0 ? ROOM_NOW : ROOM_NONE;
	}
	if (load->waiting < free) {
		return ROOM_NOW;
	}
	return load->waiting < free + list ? ROOM_TO_WAIT : ROOM_NONE;
}

enum err match_look_at_room(
	const struct match_input *input, date_days today, struct match_candidate *candidate)
{
	const struct directory_service *service = candidate->service->source;
	enum err err = ERR_OK;
	if (input->load != NULL) {
		err = input->load(input->context, service, &candidate->load);
	}
	candidate->limits = directory_limits_on(service, today);
	const enum room room = match_room_of(service, &candidate->limits, &candidate->load);
	candidate->filters[MATCH_INTAKE] = yes_if(service->intake_open && !candidate->load.paused);
	candidate->filters[MATCH_CAPACITY] = yes_if(room != ROOM_NONE);
	candidate->waits = room == ROOM_TO_WAIT;
	return err;
}

bool match_is_asked(const struct match_input *input, const struct match_candidate *candidate)
{
	return input->explain || (candidate->filters[MATCH_DELIVERY] != RULES_NO &&
					 candidate->filters[MATCH_INTAKE] != RULES_NO &&
					 candidate->filters[MATCH_CAPACITY] != RULES_NO);
}

enum err match_room(
	const struct match_input *input, struct match *prepared, struct match *ret_match)
{
	for (size_t i = 0; i < prepared->candidate_count; i++) {
		struct match_candidate *candidate = &prepared->candidates[i];
		if (!candidate->looked_at) {
			continue;
		}
		const enum err err = match_look_at_room(input, prepared->today, candidate);
		if (err != ERR_OK) {
			return err;
		}
		const bool asked = match_is_asked(input, candidate);
		candidate->clauses = asked ? candidate->asked.clauses : NULL;
		candidate->settled = asked ? candidate->asked.settled : 0;
		candidate->cohort = asked && candidate->asked.cohort;
		candidate->verdict = match_verdict_of(candidate);
	}
	*ret_match = *prepared;
	return ERR_OK;
}
