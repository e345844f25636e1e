/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
/*
 * What a provider says of a leg besides yes and no: that it tried to reach her, what it has to
 * know, that another service is the right one; and the source's answer.
 */

enum err decide_contact_attempted(struct decide *decide, struct id referral, uint8_t leg)
{
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	const enum err err = decide_rows(decide, referral, subject);
	if (err != ERR_OK) {
		return err;
	}
	struct leg_row *row = &subject->legs[leg];
	if (row->state != LEG_ACCEPTED && row->state != LEG_STARTED) {
		return decide_refuse(decide, ERR_STATE, "action",
			"the leg is %s; contact is attempted on one that is accepted or started",
			vocab_code(VOCAB_LEG_STATE, (int)row->state));
	}
	const struct clock_case in = decide_clock_case(decide, subject, row);
	struct event *event = decide_emit(decide, EVENT_CONTACT_ATTEMPTED, referral);
	event->leg = leg;
	event->service = arena_str(decide->arena, row_str(row->service));
	event->route = arena_str(decide->arena, row_str(row->route));
	/* The first attempt ends the wait for one: from now on she is waited for. */
	if (row->state == LEG_ACCEPTED && row->clock != CLOCK_START) {
		const struct clock_time time = clock_start(CLOCK_START, &in);
		event->clock = CLOCK_START;
		event->until = time.deadline;
		event->remind = time.remind;
		event->cap = row->cap;
	}
	return decide_note(decide, subject, event);
}

enum err decide_questions(struct decide *decide, struct str *ret_questions)
{
	const struct wire_words *asked = &decide->request->questions;
	struct str text = {0};
	if (!str_is(decide->request->action, "info-requested")) {
		*ret_questions = text;
		return asked->count == 0 ? ERR_OK
					 : decide_refuse(decide, ERR_INVALID, "questions",
						   "no questions belong here");
	}
	if (asked->count == 0) {
		return decide_refuse(decide, ERR_MISSING, "questions",
			"which fields the service has to know: paths as `onward fields` has them");
	}
	for (size_t i = 0; i < asked->count; i++) {
		const struct field *field = field_find(asked->items[i]);
		if (field == NULL || field->class == 0) {
			return decide_refuse(decide, ERR_INVALID, "questions",
				"question %zu is no field of a referral that can be asked for",
				i + 1);
		}
		text = arena_printf(decide->arena, "%.*s%s%.*s", STR_ARG(text), i == 0 ? "" : ",",
			STR_ARG(asked->items[i]));
	}
	*ret_questions = text;
	return ERR_OK;
}

/* The patch says something about that field, also when what it says is nothing. */
static bool patch_names(struct decide *decide, struct str path)
{
	const char *list = path.len < 2 ? NULL : memmem(path.ptr, path.len, "[]", 2);
	if (list != NULL) {
		path.len = (size_t)(list - path.ptr);
	}
	const struct str terminated = arena_str(decide->arena, path);
	return terminated.ptr != NULL &&
	       value_at(&decide->request->referral, terminated.ptr) != NULL;
}

static bool patch_answers(struct decide *decide, struct str questions)
{
	for (size_t at = 0; at < questions.len;) {
		size_t end = at;
		while (end < questions.len && questions.ptr[end] != ',') {
			end++;
		}
		if (patch_names(decide, (struct str){questions.ptr + at, end - at})) {
			return true;
		}
		at = end + 1;
	}
	return false;
}

/* One that is on hold is answered through the states that the table allows, and held again. */
static void answer_leg(struct decide *decide, struct subject *subject, uint8_t leg, bool held)
{
	const struct str none = {0};
	if (held) {
		decide_leg_state(decide, subject, leg, LEG_INFO_REQUESTED, none);
	}
	decide_leg_state(decide, subject, leg, LEG_RECEIVED, none);
	if (held) {
		decide_leg_state(decide, subject, leg, LEG_ON_HOLD, none);
		subject->legs[leg].before_hold = LEG_RECEIVED;
	}
}

enum err decide_answered(struct decide *decide, struct subject *subject, bool *ret_any)
{
	*ret_any = false;
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		struct leg_row *row = &subject->legs[leg];
		const bool held =
			row->state == LEG_ON_HOLD && row->before_hold == LEG_INFO_REQUESTED;
		struct str questions;
		if (row->state != LEG_INFO_REQUESTED && !held) {
			continue;
		}
		const enum err err = state_asked_get(
			decide->state, subject->id, (uint8_t)leg, &questions, &decide->fault);
		if (err != ERR_OK) {
			return err;
		}
		if (patch_answers(decide, questions)) {
			answer_leg(decide, subject, (uint8_t)leg, held);
			*ret_any = true;
		}
	}
	return ERR_OK;
}

static bool asked_before(const struct subject *subject, struct str service)
{
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		const bool again = row->state == LEG_WITHDRAWN &&
				   strcmp(row->reason, "consent-withdrawn") == 0;
		if (!again && str_is(service, row->service)) {
			return true;
		}
	}
	return false;
}

static bool can_be_delivered_to(
	const struct decide *decide, const struct directory_service *service)
{
	const date_days today = timestamp_london_date(decide->now);
	const struct party *party =
		decide->parties == NULL ? NULL
					: parties_find(decide->parties, service->delivery_party);
	return service->routing == DIRECTORY_ROUTABLE && service->role != DIRECTORY_DUTY &&
	       today >= service->window_from && today <= service->window_to && party != NULL &&
	       !party->revoked;
}

/* She agreed to services that are eligible: one that is not, a person looks at. */
static bool is_eligible(struct decide *decide, const struct subject *subject,
	const struct directory_service *service, uint32_t needs, bool *ret_waits)
{
	struct match_candidate *candidate = arena_alloc(decide->arena, sizeof(*candidate));
	if (candidate == NULL) {
		return false; /* the arena has failed, and with it the command */
	}
	const enum err err = decide_look(decide, subject, service, needs, candidate);
	if (err != ERR_OK) {
		decide->fault = (struct fault){0};
	}
	*ret_waits = candidate->waits;
	return err == ERR_OK && candidate->verdict == MATCH_ELIGIBLE;
}

/* The service that was named takes the leg's needs over, as far as she agrees to it. */
static bool follow_redirect(
	struct decide *decide, struct subject *subject, uint8_t leg, struct str named)
{
	const struct directory_service *service =
		decide->plan == NULL ? NULL
				     : directory_service_find(decide->plan->directory, named);
	if (service == NULL || subject->row.legs == LIMIT_LEGS ||
		!can_be_delivered_to(decide, service) || asked_before(subject, service->id) ||
		match_avoided(&subject->referral, service)) {
		return false;
	}
	const struct plan_service *plan =
		&decide->plan->services[service - decide->plan->directory->services];
	const uint32_t told = referral_consented_needs(&subject->referral, service->id);
	const uint32_t before = subject->legs[leg].needs;
	const uint32_t needs = told & before & plan->needs;
	bool waits = false;
	if (told == 0 || (before != 0 && needs == 0) ||
		!is_eligible(decide, subject, service, needs, &waits)) {
		return false;
	}
	decide_add_leg(decide, subject, &(struct match_leg){plan, needs, waits});
	return true;
}

enum err decide_redirected(struct decide *decide, struct subject *subject, uint8_t leg)
{
	const struct str named = decide->request->service;
	if (!follow_redirect(decide, subject, leg, named)) {
		decide_alert(decide, subject->id, STR("redirect-not-followed"));
		decide->events[decide->count - 1].leg = leg;
		decide->events[decide->count - 1].named = named;
	}
	return decide_match(decide, subject); /* for what is left */
}

bool decide_reaffirms(const struct decide *decide, const struct leg_row *row, enum leg_state to)
{
	return row->state == LEG_WAITLISTED && to == LEG_WAITLISTED &&
	       timestamp_london_date(row->changed) != timestamp_london_date(decide->now);
}
