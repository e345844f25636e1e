/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"

static const struct {
	const char *action;
	enum leg_state to;
} actions[] = {
	{"received", LEG_RECEIVED}, {"accepted", LEG_ACCEPTED}, {"declined", LEG_DECLINED},
	{"waitlisted", LEG_WAITLISTED}, {"started", LEG_STARTED}, {"completed", LEG_COMPLETED},
	{"ended-early", LEG_ENDED_EARLY}, {"not-engaged", LEG_NOT_ENGAGED},
	{"on-hold", LEG_ON_HOLD}, {"withdrawn", LEG_WITHDRAWN},
	{"info-requested", LEG_INFO_REQUESTED}, {"redirected", LEG_REDIRECTED},
	{"resumed", LEG_NONE}, /* to the state before the hold */
};

/* "ACDE-FGHJ-X/2" -> the referral and the number of the leg. */
static enum err find_leg(struct decide *decide, struct id *ret_referral, uint8_t *ret_leg)
{
	const struct str text = decide->request->leg;
	const char *slash = text.len == 0 ? NULL : memchr(text.ptr, '/', text.len);
	if (slash == NULL) {
		return decide_refuse(decide, ERR_INVALID, "leg",
			"a leg is written as its referral's reference, a slash and its number: "
			"ACDE-FGHJ-X/1");
	}
	const struct str reference = {text.ptr, (size_t)(slash - text.ptr)};
	unsigned number = 0;
	const size_t digits = text.len - reference.len - 1;
	for (size_t i = 0; i < digits && i < 4; i++) {
		const char c = slash[1 + i];
		if (c < '0' || c > '9') {
			number = 0;
			break;
		}
		number = number * 10 + (unsigned)(c - '0');
	}
	if (number == 0 || number > LIMIT_LEGS || digits > 3) {
		return decide_refuse(
			decide, ERR_INVALID, "leg", "a leg's number is from 1 to %d", LIMIT_LEGS);
	}
	*ret_leg = (uint8_t)number;
	return decide_find(decide, reference, ret_referral);
}

static enum err check_reason(struct decide *decide, enum leg_state to)
{
	const struct str reason = decide->request->reason;
	char allowed[300];
	enum vocab_name vocab = VOCAB_WITHDRAWAL;
	bool required = false;
	switch (to) {
	case LEG_DECLINED:
		vocab = VOCAB_DECLINE;
		required = true;
		break;
	case LEG_WITHDRAWN:
	case LEG_ENDED_EARLY:
		required = true;
		break;
	case LEG_NONE:
	case LEG_MATCHED:
	case LEG_DELIVERED:
	case LEG_RECEIVED:
	case LEG_INFO_REQUESTED:
	case LEG_ACCEPTED:
	case LEG_WAITLISTED:
	case LEG_REDIRECTED:
	case LEG_ON_HOLD:
	case LEG_STARTED:
	case LEG_COMPLETED:
	case LEG_NOT_ENGAGED:
	case LEG_CANCEL_REQUESTED:
	case LEG_EXPIRED:
	case LEG_STATE_COUNT:
		break;
	}
	if ((reason.len == 0 && !required) || (required && vocab_number(vocab, reason) >= 0)) {
		return ERR_OK;
	}
	if (!required) {
		return decide_refuse(decide, ERR_INVALID, "reason", "no reason belongs here");
	}
	vocab_list(vocab, allowed, sizeof(allowed));
	return decide_refuse(decide, reason.len == 0 ? ERR_MISSING : ERR_INVALID, "reason",
		"allowed here: %s", allowed);
}

static enum err target_state(
	struct decide *decide, const struct leg_row *row, enum leg_state *ret_to)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (str_is(decide->request->action, actions[i].action)) {
			*ret_to = actions[i].to != LEG_NONE   ? actions[i].to
				  : row->state == LEG_ON_HOLD ? (enum leg_state)row->before_hold
							      : LEG_NONE;
			return ERR_OK;
		}
	}
	return decide_refuse(decide, ERR_INVALID, "action",
		"allowed here: received, accepted, declined, waitlisted, started, completed, "
		"ended-early, not-engaged, on-hold, resumed, withdrawn, redirected, "
		"info-requested, "
		"contact-attempted");
}

static enum err check_transition(
	struct decide *decide, const struct leg_row *row, enum leg_state to)
{
	const enum leg_state from = (enum leg_state)row->state;
	const bool hers = to == LEG_WITHDRAWN && from != LEG_CANCEL_REQUESTED;
	const bool elsewhere = from == LEG_ON_HOLD && to != (enum leg_state)row->before_hold &&
			       !lifecycle_is_ended(to);
	char legal[200];
	if (elsewhere) {
		return decide_refuse(decide, ERR_STATE, "action",
			"the leg is on-hold; it resumes to %s",
			vocab_code(VOCAB_LEG_STATE, (int)row->before_hold));
	}
	if (!lifecycle_allows(from, to, ACTOR_PROVIDER)) {
		lifecycle_legal(from, ACTOR_PROVIDER, legal, sizeof(legal));
		return decide_refuse(decide, ERR_STATE, "action",
			"the leg is %s; from there the provider may move it to: %s",
			vocab_code(VOCAB_LEG_STATE, (int)from), legal);
	}
	if (hers && !str_is(decide->request->reason, "her-decision")) {
		return decide_refuse(decide, ERR_INVALID, "reason",
			"a provider withdraws only for her-decision; decline or end it otherwise");
	}
	return ERR_OK;
}

/* An answer that names a delivery must name the leg's own: a late answer is never credited to
 * another. */
static enum err check_delivery(struct decide *decide, struct id referral, uint8_t leg)
{
	struct delivery_row row;
	if (id_is_zero(decide->request->delivery)) {
		return ERR_OK;
	}
	const enum err err = state_delivery_get(
		decide->state, decide->request->delivery, &row, NULL, &decide->fault);
	if (err == ERR_NOT_FOUND ||
		(err == ERR_OK && (!id_equal(row.referral, referral) || row.leg != leg))) {
		return decide_refuse(decide, ERR_INVALID, "delivery",
			"this delivery does not belong to the leg");
	}
	return err;
}

static bool has_accepted(const struct leg_row *row)
{
	const enum leg_state state = row->state == LEG_ON_HOLD ? (enum leg_state)row->before_hold
							       : (enum leg_state)row->state;
	return state == LEG_ACCEPTED || state == LEG_STARTED || state == LEG_COMPLETED;
}

/* Both are for the same need; the duty to refer stands beside whatever else helps. */
static bool rivals(const struct leg_row *a, const struct leg_row *b)
{
	return (a->needs & b->needs) != 0 &&
	       (a->role == DIRECTORY_DUTY) == (b->role == DIRECTORY_DUTY);
}

/* The last that the service heard was to stop: what it had of her may be gone. */
static bool was_told_to_stop(const struct decide *decide, const struct leg_row *row)
{
	struct delivery_row newest;
	return state_delivery_get(decide->state, row->delivery, &newest, NULL, NULL) != ERR_OK ||
	       newest.kind == DELIVERY_WITHDRAWN;
}

/* A late yes counts while she still agrees, the referral is still running, and nobody else has said
 * yes to the same needs. */
static bool late_yes_counts(const struct decide *decide, const struct subject *subject, uint8_t leg)
{
	const struct leg_row *row = &subject->legs[leg];
	const enum referral_state state = (enum referral_state)subject->row.state;
	if (state == REFERRAL_WITHDRAWN || state == REFERRAL_CLOSED ||
		state == REFERRAL_ENTERED_IN_ERROR || decide->plan == NULL ||
		decide_leg_unwanted(decide, subject, leg) || was_told_to_stop(decide, row)) {
		return false;
	}
	for (unsigned other = 1; other <= subject->row.legs; other++) {
		/* The one it takes over waits for this very yes, while it lives. */
		const bool handed = other == decide_migration_old(subject, leg) &&
				    !lifecycle_is_ended((enum leg_state)subject->legs[other].state);
		if (other != leg && !handed && rivals(&subject->legs[other], row) &&
			has_accepted(&subject->legs[other])) {
			return false;
		}
	}
	return true;
}

/* The broker gave the leg up, and its provider accepts after all; who was asked meanwhile is told
 * to stop. */
static enum err accept_late(struct decide *decide, struct subject *subject, uint8_t leg)
{
	if (!late_yes_counts(decide, subject, leg)) {
		struct event *event = decide_emit(decide, EVENT_LATE_ANSWER, subject->id);
		event->leg = leg;
		event->reason = decide->request->action;
		event->route = str_from(decide->command->party->id);
		event->service = arena_str(decide->arena, row_str(subject->legs[leg].service));
		return ERR_OK; /* recorded, for the coordinator to see */
	}
	decide_leg_state(decide, subject, leg, LEG_ACCEPTED, (struct str){0});
	/* It was asked some time ago: it hears of her as she is now, and only what she agrees to.
	 */
	enum err err = decide_leg_renew(decide, subject, leg);
	if (err == ERR_OK) {
		err = decide_migration_follow(decide, subject, leg);
	}
	const struct leg_row *taken = &subject->legs[leg];
	for (unsigned other = 1; err == ERR_OK && other <= subject->row.legs; other++) {
		struct leg_row *row = &subject->legs[other];
		const uint32_t rest = row->needs & ~taken->needs;
		if (other == leg || !rivals(row, taken) ||
			lifecycle_is_ended((enum leg_state)row->state) ||
			row->state == LEG_CANCEL_REQUESTED) {
			continue;
		}
		if (rest == 0) {
			err = decide_stop_leg(
				decide, subject, (uint8_t)other, STR("needs-met-elsewhere"));
			continue;
		}
		decide_leg_needs(decide, subject, (uint8_t)other, rest);
		err = decide_leg_renew(decide, subject, (uint8_t)other);
	}
	if (err != ERR_OK) {
		return err;
	}
	return decide_match(decide, subject); /* for what the others held besides */
}

static enum err move_leg(struct decide *decide, struct subject *subject, uint8_t leg,
	enum leg_state to, struct str questions)
{
	const bool stopped =
		subject->legs[leg].state == LEG_CANCEL_REQUESTED && to == LEG_WITHDRAWN;
	/* A stop that is confirmed keeps the reason for which it was asked. */
	const struct str reason =
		stopped ? arena_str(decide->arena, row_str(subject->legs[leg].reason))
			: decide->request->reason;
	if (subject->legs[leg].state == LEG_EXPIRED) {
		return accept_late(decide, subject, leg);
	}
	decide_leg_state(decide, subject, leg, to, reason);
	struct event *said = &decide->events[decide->count - 1];
	said->outcome = decide->request->outcome;
	said->questions = questions;
	said->named = to == LEG_REDIRECTED ? decide->request->service : (struct str){0};
	enum err kept = decide_note(decide, subject, said);
	if (kept == ERR_OK) {
		kept = decide_migration_follow(decide, subject, leg);
	}
	if (kept != ERR_OK) {
		return kept;
	}
	if (lifecycle_is_ended(to)) {
		/* Answered at the desk: the provider's machine need not get it any more. */
		enum delivery_kind kind;
		bool cancelled;
		const enum err err = decide_cancel_queued(
			decide, subject, leg, STR("answered"), &kind, &cancelled);
		if (err != ERR_OK) {
			return err;
		}
	}
	if (to == LEG_REDIRECTED && subject->row.state != REFERRAL_WITHDRAWN) {
		return decide_redirected(decide, subject, leg);
	}
	if ((to == LEG_DECLINED || (stopped && subject->gaps != 0)) &&
		subject->row.state != REFERRAL_WITHDRAWN) {
		/* Next best where her consent covers it; otherwise the source is asked; otherwise
		 * the gap stands. */
		return decide_match(decide, subject);
	}
	return lifecycle_is_ended(to) ? decide_settle(decide, subject) : ERR_OK;
}

/* What stands in the request must belong to what is said. */
static enum err check_said(struct decide *decide, enum leg_state to, struct str *ret_questions)
{
	enum err err = check_reason(decide, to);
	if (err == ERR_OK) {
		err = decide_questions(decide, ret_questions);
	}
	if (err == ERR_OK && to == LEG_REDIRECTED && decide->request->service.len == 0) {
		err = decide_refuse(
			decide, ERR_MISSING, "service", "which service is the right one: its id");
	}
	if (err == ERR_OK && to != LEG_REDIRECTED && decide->request->service.len > 0) {
		err = decide_refuse(
			decide, ERR_INVALID, "service", "a service is named with redirected only");
	}
	return err;
}

/* Said before: confirmed, nothing changes. */
static enum err said_before(struct decide *decide, struct id referral, uint8_t leg,
	const struct leg_row *row, enum leg_state to, struct str questions, bool *ret_before)
{
	struct str asked = {0};
	enum err err = ERR_OK;
	bool before = row->state == (uint8_t)to && !decide_reaffirms(decide, row, to) &&
		      (to == LEG_WITHDRAWN || str_is(decide->request->reason, row->reason));
	if (before && to == LEG_INFO_REQUESTED) {
		err = state_asked_get(decide->state, referral, leg, &asked, &decide->fault);
		before = str_equal(asked, questions);
	}
	*ret_before = before;
	return err;
}

/* A provider's own leg. */
static enum err own_leg(
	struct decide *decide, struct id *ret_referral, uint8_t *ret_leg, struct leg_row *ret_row)
{
	enum err err = find_leg(decide, ret_referral, ret_leg);
	if (err == ERR_OK) {
		err = state_leg_get(
			decide->state, *ret_referral, *ret_leg, ret_row, &decide->fault);
	}
	if (err == ERR_OK && !party_serves(decide->command->party, row_str(ret_row->route))) {
		err = decide_refuse(decide, ERR_NOT_ALLOWED, "leg",
			"the leg belongs to a service of another provider");
	}
	if (err == ERR_OK) {
		decide->answer_referral = *ret_referral;
		decide->answer_leg = *ret_leg;
	}
	return err;
}

enum err decide_acknowledge(struct decide *decide)
{
	struct id referral;
	uint8_t leg = 0;
	struct leg_row row;
	struct str questions = {0};
	bool before = false;
	enum leg_state to = LEG_NONE;
	enum err err = own_leg(decide, &referral, &leg, &row);
	if (err != ERR_OK) {
		return err;
	}
	err = check_delivery(decide, referral, leg);
	if (err == ERR_OK && str_is(decide->request->action, "contact-attempted")) {
		err = check_said(decide, LEG_NONE, &questions);
		return err == ERR_OK ? decide_contact_attempted(decide, referral, leg) : err;
	}
	if (err == ERR_OK) {
		err = target_state(decide, &row, &to);
	}
	if (err == ERR_OK) {
		err = check_said(decide, to, &questions);
	}
	if (err == ERR_OK) {
		err = said_before(decide, referral, leg, &row, to, questions, &before);
	}
	if (err == ERR_OK && before) {
		decide->duplicate = true;
		return ERR_OK;
	}
	if (err == ERR_OK) {
		err = decide_arrival(decide, decide->request->delivery, &row);
	}
	if (err == ERR_OK && !decide_reaffirms(decide, &row, to)) {
		err = check_transition(decide, &row, to);
	}
	struct subject *subject =
		err == ERR_OK ? arena_alloc(decide->arena, sizeof(*subject)) : NULL;
	if (subject == NULL) {
		return err == ERR_OK ? ERR_NOMEM : err;
	}
	err = decide_subject(decide, referral, subject);
	if (err != ERR_OK) {
		return err;
	}
	subject->legs[leg].state = row.state;
	return move_leg(decide, subject, leg, to, questions);
}
