/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
#include "broker/wire/pack.h"

void decide_queue(struct decide *decide, struct subject *subject, uint8_t leg,
	enum delivery_kind kind, struct str fields, struct str basis, struct str reason)
{
	struct leg_row *row = &subject->legs[leg];
	struct event *event = decide_emit(decide, EVENT_DELIVERY_QUEUED, subject->id);
	event->delivery = decide_id(decide);
	event->leg = leg;
	event->kind = (uint8_t)kind;
	event->slot = subject->row.slot;
	event->payload = subject->row.payload;
	/* A leg for who she is, not for a need, hears of all that she agreed to tell it. */
	event->needs = referral_consented_needs(&subject->referral, row_str(row->service)) &
		       (row->needs != 0 ? row->needs : UINT32_MAX);
	event->service = arena_str(decide->arena, row_str(row->service));
	event->route = arena_str(decide->arena, row_str(row->route));
	event->line = arena_str(
		decide->arena, (struct str){(const char *)subject->line, sizeof(subject->line)});
	event->fields = fields;
	event->basis = basis;
	event->reason = reason;
	row->delivery = event->delivery;
}

struct str decide_basis(const struct subject *subject, struct str service)
{
	const struct referral_consent *consent;
	(void)referral_consent_for(&subject->referral, PURPOSE_REFER, service, -1, &consent);
	if (consent != NULL && consent->basis.len > 0) {
		return consent->basis;
	}
	return consent != NULL && consent->state == CONSENT_NOT_REQUIRED ? STR("not-required")
									 : STR("consent");
}

void decide_add_leg(struct decide *decide, struct subject *subject, const struct match_leg *chosen)
{
	const struct directory_service *service = chosen->service->source;
	if (decide_legs_room(decide, subject) != ERR_OK) {
		return; /* the arena has failed, and with it the command */
	}
	const uint8_t leg = ++subject->row.legs;
	struct leg_row *row = &subject->legs[leg];
	*row = (struct leg_row){
		.state = LEG_MATCHED,
		.role = (uint8_t)service->role,
		.needs = chosen->needs,
		.for_list = chosen->for_list,
	};
	str_copy(row->service, sizeof(row->service), service->id);
	str_copy(row->route, sizeof(row->route), service->delivery_party);
	struct event *event = decide_emit(decide, EVENT_MATCHED, subject->id);
	event->leg = leg;
	event->role = (uint8_t)service->role;
	event->kind = service->confidential_location;
	event->needs = chosen->needs;
	event->service = service->id;
	event->route = service->delivery_party;
	event->pool = service->pool;
	event->for_list = chosen->for_list;
	event->version = decide->plan->version;
	const struct clock_dates dates = decide_clock_dates(&subject->referral);
	struct clock_case in = decide_clock_case(decide, subject, row);
	bool past;
	in.cap = clock_cap(&in, &dates, &past);
	row->cap = in.cap;
	if (decide_leg_clock(decide, &in, row, LEG_MATCHED, event) != ERR_OK) {
		decide->arena->failed = true;
	}
	const struct str basis = decide_basis(subject, service->id);
	/* A channel that cannot keep a secret carries the reference and nothing of hers. */
	if (service->delivery_secret) {
		decide_queue(decide, subject, leg, DELIVERY_REFERRAL, chosen->service->agreement,
			basis, (struct str){0});
	} else {
		decide_queue(decide, subject, leg, DELIVERY_NOTICE, (struct str){0}, basis,
			(struct str){0});
	}
}

static struct str join_questions(struct decide *decide, const struct match *match)
{
	struct str text = {0};
	for (size_t i = 0; match != NULL && i < match->question_count; i++) {
		if (text.len + match->questions[i].len + 2 > ROW_QUESTIONS_SIZE) {
			break; /* the rest is asked when these are answered */
		}
		text = arena_printf(decide->arena, "%.*s%s%.*s", STR_ARG(text), i == 0 ? "" : ",",
			STR_ARG(match->questions[i]));
	}
	return text;
}

/* 09:00 in London on that day: when services open. */
static timestamp_us opening_time(date_days date)
{
	const timestamp_us as_utc = date * TIMESTAMP_DAY + 9 * 3600 * TIMESTAMP_SECOND;
	return as_utc - timestamp_london_offset_s(as_utc) * TIMESTAMP_SECOND;
}

enum err decide_referral_state(struct decide *decide, struct subject *subject,
	enum referral_state to, const struct match *match, uint32_t gaps)
{
	struct id decision = {{0}};
	enum err err = ERR_OK;
	if (match != NULL) {
		err = decide_keep(decide, subject, match, &decision);
	}
	struct event *event = decide_emit(decide, EVENT_REFERRAL_STATE, subject->id);
	event->from = subject->row.state;
	event->to = (uint8_t)to;
	event->gaps = gaps;
	event->decision = decision;
	event->version = decide->plan == NULL ? 0 : decide->plan->version;
	const bool over = to == REFERRAL_WITHDRAWN || to == REFERRAL_CLOSED;
	if (match != NULL && match->hold_until != REFERRAL_NO_DATE) {
		event->until = opening_time(match->hold_until);
	} else if (match == NULL && !over) {
		event->until = subject->row.until; /* what was held stays held */
	}
	/* What was asked stays asked until it is matched again. */
	event->questions = match != NULL || over
				   ? join_questions(decide, match)
				   : arena_str(decide->arena, row_str(subject->row.questions));
	/* Who has just asked or answered has the whole time again; a look from time to time has
	 * not. */
	const bool asked = decide->request != NULL && decide->request->header.type == WIRE_AMEND;
	const bool begins = subject->row.state != (uint8_t)to || (asked && match != NULL);
	if (subject->row.state != (uint8_t)to) {
		subject->row.clock = CLOCK_NONE;
		subject->row.deadline = 0;
	}
	subject->row.state = (uint8_t)to;
	subject->gaps = gaps;
	if (begins) {
		decide_referral_clock_start(decide, subject);
	}
	return err;
}

bool decide_has_live_leg(const struct subject *subject)
{
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		if (!lifecycle_is_ended((enum leg_state)subject->legs[leg].state)) {
			return true;
		}
	}
	return false;
}

static enum referral_state state_after(const struct subject *subject, const struct match *match)
{
	if (decide_has_live_leg(subject)) {
		return REFERRAL_OPEN;
	}
	if (match->hold_until != REFERRAL_NO_DATE) {
		return REFERRAL_SCHEDULED;
	}
	return match->question_count > 0 ? REFERRAL_NEEDS_INFORMATION : REFERRAL_NO_SERVICE;
}

/* What the legs say about matching again. */
struct standing {
	uint32_t beside; /* needs that a housing authority was told of */
	uint32_t held;   /* needs that a leg holds or has met */
	uint32_t groups; /* wishes, the same */
	bool lead, duty;
	struct str tried[LIMIT_LEGS];
	size_t tried_count;
};

/* Consent that was taken back and given again opens a service again; an answer does not. */
static bool stopped_for_consent(const struct leg_row *row)
{
	return row->state == LEG_WITHDRAWN && strcmp(row->reason, "consent-withdrawn") == 0;
}

/* The leg holds its needs, or they are met, or it is over by her own decision or end: not to be
 * referred again by a machine. */
bool decide_leg_answers(const struct leg_row *row)
{
	switch ((enum leg_state)row->state) {
	case LEG_MATCHED:
	case LEG_DELIVERED:
	case LEG_RECEIVED:
	case LEG_INFO_REQUESTED:
	case LEG_ACCEPTED:
	case LEG_WAITLISTED:
	case LEG_ON_HOLD:
	case LEG_STARTED:
	case LEG_COMPLETED:
	case LEG_ENDED_EARLY:
	case LEG_NOT_ENGAGED:
		return true;
	case LEG_WITHDRAWN:
		return strcmp(row->reason, "her-decision") == 0;
	case LEG_NONE:
	case LEG_DECLINED:
	case LEG_REDIRECTED:
	case LEG_CANCEL_REQUESTED:
	case LEG_EXPIRED:
	case LEG_STATE_COUNT:
		break;
	}
	return false;
}

static void take_standing(
	const struct decide *decide, const struct subject *subject, struct standing *ret_standing)
{
	struct standing standing = {0};
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		if (!stopped_for_consent(row)) {
			standing.tried[standing.tried_count++] = row_str(row->service);
		}
		if (!decide_leg_answers(row)) {
			continue;
		}
		*(row->role == DIRECTORY_DUTY ? &standing.beside : &standing.held) |= row->needs;
		standing.lead = standing.lead || row->role == DIRECTORY_LEAD;
		standing.duty = standing.duty || row->role == DIRECTORY_DUTY;
		const struct directory_service *service =
			directory_service_find(decide->plan->directory, row_str(row->service));
		if (service != NULL) {
			standing.groups |=
				decide->plan->services[service - decide->plan->directory->services]
					.groups;
		}
	}
	*ret_standing = standing;
}

/* What matching is to look for, and the caseloads it asks for on the way. */
struct search {
	struct standing standing;
	struct load_context load;
	struct match_input input;
};

static void search_make(
	struct decide *decide, const struct subject *subject, struct search *ret_search)
{
	struct standing *standing = &ret_search->standing;
	const struct party *source = parties_find(decide->parties, row_str(subject->row.source));
	take_standing(decide, subject, standing);
	ret_search->load =
		(struct load_context){.state = decide->state, .now = decide->now, .decide = decide};
	ret_search->input = (struct match_input){
		.plan = decide->plan,
		.referral = &subject->referral,
		.source = row_str(subject->row.source),
		.source_kind = source == NULL ? KIND_COUNT : source->kind,
		.now = decide->now,
		.wanted = subject->referral.needs & ~standing->held,
		.beside = standing->beside,
		.want_lead = !standing->lead,
		.want_duty = subject->referral.duty_authority.len > 0 && !standing->duty,
		.served_groups = standing->groups,
		.tried = standing->tried,
		.tried_count = standing->tried_count,
		.parties = decide->parties,
		.load = decide_load,
		.context = &ret_search->load,
		.arena = decide->arena,
	};
}

enum err decide_match_finds(struct decide *decide, const struct subject *subject, bool *ret_finds)
{
	struct search *search = arena_alloc(decide->arena, sizeof(*search));
	struct match match;
	if (search == NULL) {
		return ERR_NOMEM;
	}
	search_make(decide, subject, search);
	const enum err err = match_run(&search->input, &match);
	if (err == ERR_OK) {
		*ret_finds = match.leg_count > 0;
	}
	return err;
}

enum err decide_match(struct decide *decide, struct subject *subject)
{
	struct match match;
	if (decide->plan == NULL) {
		return decide_match_later(decide, subject);
	}
	struct search *search = arena_alloc(decide->arena, sizeof(*search));
	if (search == NULL) {
		return ERR_NOMEM;
	}
	search_make(decide, subject, search);
	const struct match_input *input = &search->input;
	const enum err err = decide->matched != NULL ? match_decide(input, decide->matched, &match)
						     : match_run(input, &match);
	if (err != ERR_OK) {
		return err;
	}
	if (subject->row.legs + match.leg_count > LIMIT_LEGS) {
		match.gaps |= input->wanted;
		match.leg_count = 0; /* a referral this long needs a person, not another service */
	}
	decide->body = match_advice(input, &match);
	for (size_t i = 0; i < match.leg_count; i++) {
		decide_add_leg(decide, subject, &match.legs[i]);
	}
	return decide_referral_state(
		decide, subject, state_after(subject, &match), &match, match.gaps);
}
