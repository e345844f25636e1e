/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/rehearse_parts.h"
/*
 * One referral matched twice, and the difference.  Why is told as a code: the filter that decides,
 * or that her rules do, never which and never what stands in her document.
 */
struct played {
	struct match_input input;
	struct match match;
};

struct play {
	struct rehearse *rehearse;
	struct load_context rows;
	struct played before, after;
};

static void take_one(uint64_t *count, bool taken)
{
	*count -= taken && *count > 0 ? 1 : 0;
}

/* As full as the service is without her. */
static enum err load_without_her(
	void *context, const struct directory_service *service, struct match_load *ret_load)
{
	struct play *play = context;
	const struct subject *subject = play->rehearse->subject;
	struct match_load load;
	int year;
	int month;
	int day;
	const enum err err = decide_load(&play->rows, service, &load);
	if (err != ERR_OK) {
		return err;
	}
	date_to_civil(timestamp_london_date(play->rows.now), &year, &month, &day);
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		const uint8_t counted = leg_counted(row);
		const bool place = (counted & COUNTED_PLACE) != 0;
		const bool own = str_is(service->id, row->service);
		take_one(&load.live, own && place);
		take_one(&load.waiting, own && (counted & COUNTED_WAITS) != 0);
		take_one(&load.year,
			own && (counted & COUNTED_YEAR) != 0 && row->year == (uint32_t)year);
		take_one(&load.pool_waiting, service->pool.len > 0 &&
						     str_is(service->pool, row->pool) &&
						     (counted & COUNTED_WAITS) != 0);
		take_one(&load.pool,
			place && service->pool.len > 0 && str_is(service->pool, row->pool));
	}
	*ret_load = load;
	return ERR_OK;
}

static struct match_input input_of(struct play *play, const struct plan *plan)
{
	const struct rehearse *rehearse = play->rehearse;
	const struct subject *subject = rehearse->subject;
	const struct party *source = parties_find(rehearse->parties, row_str(subject->row.source));
	return (struct match_input){
		.plan = plan,
		.referral = &subject->referral,
		.source = row_str(subject->row.source),
		.source_kind = source == NULL ? KIND_COUNT : source->kind,
		.now = play->rows.now,
		.wanted = subject->referral.needs,
		.want_lead = true,
		.want_duty = subject->referral.duty_authority.len > 0,
		.parties = rehearse->parties,
		.load = load_without_her,
		.context = play,
		.arena = &play->rehearse->scratch,
	};
}

static const struct match_leg *chosen(const struct match *match, struct str service)
{
	for (size_t i = 0; i < match->leg_count; i++) {
		if (str_equal(match->legs[i].service->source->id, service)) {
			return &match->legs[i];
		}
	}
	return NULL;
}

static bool asks(const struct match *match, struct str question)
{
	for (size_t i = 0; i < match->question_count; i++) {
		if (str_equal(match->questions[i], question)) {
			return true;
		}
	}
	return false;
}

/* What stands against the service in that directory, as a code; `absent`: it is not in it. */
static enum err against(
	const struct match_input *input, struct str id, const char *absent, const char **ret_code)
{
	const struct directory *directory = input->plan->directory;
	const struct directory_service *service = directory_service_find(directory, id);
	struct match_candidate candidate = {0};
	if (service == NULL) {
		*ret_code = absent;
		return ERR_OK;
	}
	const enum err err = match_look(input, (size_t)(service - directory->services), &candidate);
	if (err == ERR_NOT_FOUND) {
		*ret_code = "not-for-her";
		return ERR_OK;
	}
	for (int pass = 0; err == ERR_OK && pass < 2; pass++) {
		for (int i = 0; i < MATCH_FILTERS; i++) {
			const bool stops = pass == 0 ? candidate.filters[i] == RULES_NO
						     : candidate.filters[i] != RULES_YES;
			if (stops) {
				*ret_code = match_filter_name((enum match_filter)i);
				return ERR_OK;
			}
		}
	}
	/* It would do: another is preferred. */
	*ret_code = candidate.verdict == MATCH_ELIGIBLE ? "order" : "eligibility";
	return err;
}

static enum err move_add(
	struct play *play, struct value *moves, const struct match_leg *leg, const char *change)
{
	struct arena *arena = play->rehearse->view.arena;
	const bool lost = strcmp(change, "loses") == 0;
	const struct match_input *other = lost ? &play->after.input : &play->before.input;
	const struct str id = leg->service->source->id;
	const char *why = NULL;
	const enum err err = against(other, id, lost ? "gone" : "new", &why);
	if (err != ERR_OK) {
		return err;
	}
	struct value move = value_map_new(arena, 3);
	value_put(arena, &move, "service", value_of_str(arena_str(arena, id)));
	value_put(arena, &move, "change", value_of_text(change));
	value_put(arena, &move, "why", value_of_text(why));
	value_push(arena, moves, move);
	return ERR_OK;
}

static enum err moves_make(struct play *play, struct value *ret_moves, bool *ret_divided)
{
	const struct match *before = &play->before.match;
	const struct match *after = &play->after.match;
	enum err err = ERR_OK;
	*ret_moves =
		value_list_new(play->rehearse->view.arena, before->leg_count + after->leg_count);
	*ret_divided = false;
	for (size_t i = 0; err == ERR_OK && i < before->leg_count; i++) {
		const struct match_leg *leg = &before->legs[i];
		const struct match_leg *same = chosen(after, leg->service->source->id);
		if (same == NULL) {
			err = move_add(play, ret_moves, leg, "loses");
		} else {
			*ret_divided = *ret_divided || same->needs != leg->needs;
		}
	}
	for (size_t i = 0; err == ERR_OK && i < after->leg_count; i++) {
		if (chosen(before, after->legs[i].service->source->id) == NULL) {
			err = move_add(play, ret_moves, &after->legs[i], "gains");
		}
	}
	return err;
}

static struct value services_of(struct arena *arena, const struct match *match)
{
	struct value list = value_list_new(arena, match->leg_count);
	for (size_t i = 0; i < match->leg_count; i++) {
		struct value map = value_map_new(arena, 2);
		value_put(arena, &map, "service",
			value_of_str(arena_str(arena, match->legs[i].service->source->id)));
		value_put(arena, &map, "needs", match_needs(arena, match->legs[i].needs));
		value_push(arena, &list, map);
	}
	return list;
}

static struct value asked_newly(
	struct arena *arena, const struct match *before, const struct match *after)
{
	struct value list = value_list_new(arena, after->question_count);
	for (size_t i = 0; i < after->question_count; i++) {
		if (!asks(before, after->questions[i])) {
			value_push(
				arena, &list, value_of_str(arena_str(arena, after->questions[i])));
		}
	}
	return list;
}

/* The day until which she would wait: sooner or later than now; NULL: the same. */
static const char *waiting(const struct match *before, const struct match *after)
{
	const bool waited = before->hold_until != REFERRAL_NO_DATE;
	const bool waits = after->hold_until != REFERRAL_NO_DATE;
	if (before->hold_until == after->hold_until) {
		return NULL;
	}
	return waits && (!waited || after->hold_until > before->hold_until) ? "later" : "sooner";
}

static void change_add(struct arena *arena, struct value *changes, bool any, const char *code)
{
	if (any) {
		value_push(arena, changes, value_of_text(code));
	}
}

static enum err difference(struct play *play, struct value *item, bool *ret_differs)
{
	enum {
		CHANGES = 8
	};
	struct arena *arena = play->rehearse->view.arena;
	const struct match *before = &play->before.match;
	const struct match *after = &play->after.match;
	const uint32_t gaps = after->gaps & ~before->gaps;
	const uint32_t found = before->gaps & ~after->gaps;
	const struct value asked = asked_newly(arena, before, after);
	const char *wait = waiting(before, after);
	struct value moves;
	bool divided;
	const enum err err = moves_make(play, &moves, &divided);
	if (err != ERR_OK) {
		return err;
	}
	const bool elsewhere =
		moves.list.count > 0 && before->leg_count > 0 && after->leg_count > 0;
	struct value changes = value_list_new(arena, CHANGES);
	change_add(arena, &changes, elsewhere, "elsewhere");
	change_add(arena, &changes, divided && !elsewhere, "divided");
	change_add(arena, &changes, gaps != 0 || (before->leg_count > 0 && after->leg_count == 0),
		"gap");
	change_add(arena, &changes, found != 0 || (before->leg_count == 0 && after->leg_count > 0),
		"found");
	change_add(arena, &changes, asked.list.count > 0, "asked");
	change_add(arena, &changes, wait != NULL, wait);
	*ret_differs = changes.list.count > 0;
	if (*ret_differs) {
		value_put(arena, item, "changes", changes);
		value_put(arena, item, "from", services_of(arena, before));
		value_put(arena, item, "to", services_of(arena, after));
		value_put(arena, item, "gaps", match_needs(arena, gaps));
		value_put(arena, item, "found", match_needs(arena, found));
		value_put(arena, item, "asked", asked);
		value_put(arena, item, "moves", moves);
	}
	return ERR_OK;
}

enum err rehearse_play(struct rehearse *rehearse, struct value *item, bool *ret_differs)
{
	const struct wire_request *request = rehearse->request;
	struct play play = {.rehearse = rehearse,
		.rows = {.state = rehearse->view.state,
			.now = request->has_at ? request->at : rehearse->subject->row.submitted}};
	play.before.input = input_of(&play, rehearse->before);
	play.after.input = input_of(&play, rehearse->after);
	enum err err = match_run(&play.before.input, &play.before.match);
	if (err == ERR_OK) {
		err = match_run(&play.after.input, &play.after.match);
	}
	rehearse->looked += play.before.match.candidate_count + play.after.match.candidate_count;
	if (err == ERR_OK) {
		err = difference(&play, item, ret_differs);
	}
	return err == ERR_OK && arena_failed(&rehearse->scratch) ? ERR_NOMEM : err;
}
