/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
#include "broker/wire/pack.h"

/* The source's own referral, still running. */
static enum err own_referral(struct decide *decide, struct subject *subject)
{
	enum err err = decide_find(decide, decide->request->reference, &subject->id);
	if (err == ERR_OK) {
		err = state_referral_get(decide->state, subject->id, &subject->row, &decide->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct party *party = decide->command->party;
	const bool own = str_is(str_from(party->id), subject->row.source);
	if (!own && party->kind != KIND_COORDINATOR) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "reference",
			"the referral belongs to another source");
	}
	const enum referral_state state = (enum referral_state)subject->row.state;
	if (state == REFERRAL_WITHDRAWN || state == REFERRAL_CLOSED ||
		state == REFERRAL_ENTERED_IN_ERROR) {
		return decide_refuse(decide, ERR_STATE, "reference", "the referral is %s already",
			vocab_code(VOCAB_REFERRAL_STATE, (int)state));
	}
	return ERR_OK;
}

static enum err withdraw_all(struct decide *decide, struct subject *subject, struct str reason)
{
	enum err err = ERR_OK;
	for (unsigned leg = 1; err == ERR_OK && leg <= subject->row.legs; leg++) {
		err = decide_stop_leg(decide, subject, (uint8_t)leg, reason);
	}
	if (err != ERR_OK) {
		return err;
	}
	struct event *event = decide_emit(decide, EVENT_REFERRAL_STATE, subject->id);
	event->from = subject->row.state;
	event->to = REFERRAL_WITHDRAWN;
	event->reason = reason;
	event->gaps = subject->gaps;
	subject->row.state = REFERRAL_WITHDRAWN;
	return decide_note(decide, subject, event);
}

enum err decide_withdraw(struct decide *decide)
{
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	const struct str reason = decide->request->reason;
	if (vocab_number(VOCAB_WITHDRAWAL, reason) < 0) {
		char allowed[300];
		vocab_list(VOCAB_WITHDRAWAL, allowed, sizeof(allowed));
		return decide_refuse(decide, ERR_INVALID, "reason", "allowed here: %s", allowed);
	}
	enum err err = own_referral(decide, subject);
	if (err == ERR_STATE && subject->row.state == REFERRAL_WITHDRAWN) {
		decide->duplicate =
			true; /* said before: confirmed, so that a client may repeat it */
		decide->answer_referral = subject->id;
		return ERR_OK;
	}
	if (err == ERR_OK) {
		err = decide_rows(decide, subject->id, subject); /* her data need not be readable */
	}
	if (err == ERR_OK) {
		err = withdraw_all(decide, subject, reason);
	}
	decide->answer_referral = subject->id;
	return err;
}

static enum err emit_amended(struct decide *decide, struct subject *subject)
{
	struct buf packed = {0};
	pack_encode_canonical(&packed, &subject->document);
	const struct str plain = arena_str(decide->arena, buf_str(&packed));
	const bool failed = packed.failed || arena_failed(decide->arena);
	buf_finish(&packed);
	if (failed) {
		return ERR_NOMEM;
	}
	subject->row.payload = decide_id(decide);
	struct event *event = decide_emit(decide, EVENT_AMENDED, subject->id);
	event->payload = subject->row.payload;
	event->version = subject->row.document_version + 1;
	event->needs = subject->referral.needs;
	event->authority = referral_area(&subject->referral);
	event->kind =
		(uint8_t)((subject->referral.self_risk == SELF_RISK_IMMEDIATE ? REFERRAL_EMERGENCY
									      : 0) |
			  (referral_consent_unconfirmed(&subject->referral) ? REFERRAL_UNCONFIRMED
									    : 0));
	return decide_blob(decide, subject->row.payload, subject->row.slot, plain);
}

/* What nobody has taken yet is replaced: what she said before need not leave any more. */
static enum err amend_leg(struct decide *decide, struct subject *subject, uint8_t leg,
	struct str fields, enum delivery_kind otherwise)
{
	enum delivery_kind kind = otherwise;
	bool cancelled;
	const enum err err =
		decide_cancel_queued(decide, subject, leg, STR("amended"), &kind, &cancelled);
	if (err == ERR_OK) {
		decide_queue(decide, subject, leg, cancelled ? kind : otherwise, fields,
			decide_basis(subject, row_str(subject->legs[leg].service)),
			(struct str){0});
	}
	return err;
}

static bool list_names(struct str commas, struct str item)
{
	for (size_t at = 0; at < commas.len;) {
		size_t end = at;
		while (end < commas.len && commas.ptr[end] != ',') {
			end++;
		}
		if (str_equal((struct str){commas.ptr + at, end - at}, item)) {
			return true;
		}
		at = end + 1;
	}
	return false;
}

/* What was agreed when the leg began, as far as the agreement still names it. */
static struct str fields_now(
	struct decide *decide, const struct directory_service *service, struct str before)
{
	struct str text = {0};
	if (service == NULL) {
		return arena_str(decide->arena, before);
	}
	/* Nothing of hers goes where no secret is kept. */
	for (size_t i = 0; service->delivery_secret && i < service->agreement.count; i++) {
		const struct str field = service->agreement.items[i];
		if (list_names(before, field)) {
			text = arena_printf(decide->arena, "%.*s%s%.*s", STR_ARG(text),
				text.len == 0 ? "" : ",", STR_ARG(field));
		}
	}
	return text;
}

/* The needs that other legs hold or have met. */
static uint32_t held_elsewhere(const struct subject *subject, unsigned leg)
{
	uint32_t held = 0;
	for (unsigned other = 1; other <= subject->row.legs; other++) {
		const struct leg_row *row = &subject->legs[other];
		if (other != leg && row->role != DIRECTORY_DUTY && decide_leg_answers(row)) {
			held |= row->needs;
		}
	}
	return held;
}

/* The leg's needs after the amendment: narrowed with her consent; a lead also takes what has come
 * and nobody holds. */
static uint32_t needs_now(const struct decide *decide, const struct subject *subject, unsigned leg)
{
	const struct leg_row *row = &subject->legs[leg];
	const uint32_t told = referral_consented_needs(&subject->referral, row_str(row->service));
	uint32_t needs = row->needs & told;
	const struct directory_service *service =
		directory_service_find(decide->plan->directory, row_str(row->service));
	if (service != NULL && row->role == DIRECTORY_LEAD) {
		const struct plan_service *plan =
			&decide->plan->services[service - decide->plan->directory->services];
		needs |= plan->needs & told & ~held_elsewhere(subject, leg);
	}
	return needs;
}

/* Her consent, or her wishes, do not let this leg go on. */
bool decide_leg_unwanted(const struct decide *decide, const struct subject *subject, unsigned leg)
{
	const struct leg_row *row = &subject->legs[leg];
	const struct str service_id = row_str(row->service);
	const struct directory_service *service =
		directory_service_find(decide->plan->directory, service_id);
	const uint32_t told = referral_consented_needs(&subject->referral, service_id);
	const bool avoided =
		service != NULL
			? match_avoided(&subject->referral, service)
			: referral_strings_hold(subject->referral.exclude_services, service_id) ||
				  referral_strings_hold(
					  subject->referral.avoid_services, service_id);
	return avoided || (row->needs != 0 ? told & row->needs : told) == 0;
}

void decide_leg_needs(struct decide *decide, struct subject *subject, uint8_t leg, uint32_t needs)
{
	struct leg_row *row = &subject->legs[leg];
	if (needs == row->needs) {
		return;
	}
	struct event *event = decide_emit(decide, EVENT_LEG_NEEDS, subject->id);
	event->leg = leg;
	event->needs = needs;
	event->route = arena_str(decide->arena, row_str(row->route));
	event->service = arena_str(decide->arena, row_str(row->service));
	row->needs = needs;
}

enum err decide_leg_renew(struct decide *decide, struct subject *subject, uint8_t leg)
{
	struct leg_row *row = &subject->legs[leg];
	struct str fields;
	struct delivery_row delivery;
	decide_leg_needs(decide, subject, leg, needs_now(decide, subject, leg));
	enum err err = state_delivery_get(
		decide->state, row->delivery, &delivery, &fields, &decide->fault);
	if (err == ERR_OK && fields.len > 0) {
		/* One that never arrived brings her now. */
		const bool lost = delivery.state == DELIVERY_UNDELIVERABLE;
		fields = fields_now(decide,
			directory_service_find(decide->plan->directory, row_str(row->service)),
			fields);
		err = amend_leg(decide, subject, leg, fields,
			lost ? (enum delivery_kind)delivery.kind : DELIVERY_AMENDED);
	}
	return err;
}

/* Live legs hear of the change; those that may not go on are stopped, and with them services that
 * have her although the broker gave them up. */
static enum err amend_legs(struct decide *decide, struct subject *subject)
{
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		struct leg_row *row = &subject->legs[leg];
		const bool given_up = row->state == LEG_EXPIRED;
		enum err err;
		if ((lifecycle_is_ended((enum leg_state)row->state) && !given_up) ||
			row->state == LEG_CANCEL_REQUESTED) {
			continue;
		}
		if (decide_leg_unwanted(decide, subject, leg)) {
			err = decide_stop_leg(
				decide, subject, (uint8_t)leg, STR("consent-withdrawn"));
			if (err == ERR_OK) {
				err = decide_migration_follow(decide, subject, (uint8_t)leg);
			}
			if (err != ERR_OK) {
				return err;
			}
			continue;
		}
		if (given_up) {
			continue; /* it hears of her again when it says yes after all */
		}
		err = decide_leg_renew(decide, subject, (uint8_t)leg);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* What the patch may not touch: the reference it is known by and the way it came. */
static enum err check_patch(
	struct decide *decide, const struct subject *subject, const struct value *merged)
{
	static const char *const fixed[] = {"source_ref", "pathway"};
	if (decide->request->referral.map.count == 0) {
		return decide_refuse(decide, ERR_MISSING, "referral", "nothing to amend");
	}
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		const struct str after = value_get_str(merged, fixed[i]);
		if (!str_equal(after, value_get_str(&subject->document, fixed[i]))) {
			return decide_refuse(decide, ERR_INVALID, fixed[i],
				"cannot be amended; withdraw the referral and submit a new one");
		}
	}
	return ERR_OK;
}

/* An authority that is new in the referral must be one of today; what she was taken in with stays
 * good after its code has ended. */
static enum err check_authorities(
	struct decide *decide, const struct subject *subject, const struct value *merged)
{
	static const char *const paths[] = {
		"person.local_authority", "person.local_connection", "duty_to_refer.authority"};
	const date_days today = timestamp_london_date(decide->now);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char words[256];
		const struct value *after = value_at(merged, paths[i]);
		const struct value *before = value_at(&subject->document, paths[i]);
		const bool given = after != NULL && after->kind == VALUE_STRING &&
				   (before == NULL || !value_equal(before, after));
		if (given &&
			directory_authority_ended(after->string, today, words, sizeof(words))) {
			return decide_refuse(decide, ERR_INVALID, paths[i], "%s", words);
		}
	}
	return ERR_OK;
}

static enum err amend_to(struct decide *decide, struct subject *subject, const struct value *merged,
	const struct referral *after)
{
	const struct clock_dates before = decide_clock_dates(&subject->referral);
	subject->document = *merged;
	subject->referral = *after;
	bool answered;
	enum err err = emit_amended(decide, subject);
	if (err == ERR_OK) {
		err = decide_answered(decide, subject, &answered);
	}
	const bool emergency = (decide_flags(after) & REFERRAL_EMERGENCY) != 0;
	if (err == ERR_OK && emergency && (subject->row.flags & REFERRAL_EMERGENCY) == 0) {
		decide_alert(decide, subject->id, STR("immediate-risk"));
	}
	if (err == ERR_OK) {
		err = amend_legs(decide, subject);
	}
	if (err == ERR_OK) {
		err = decide_clock_dates_moved(decide, subject, &before);
	}
	return err == ERR_OK ? decide_match(decide, subject) : err;
}

enum err decide_amend(struct decide *decide)
{
	const struct referral_context context = decide_context(decide);
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	struct referral after;
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	enum err err = own_referral(decide, subject);
	if (err == ERR_OK) {
		err = decide_subject(decide, subject->id, subject);
	}
	if (err != ERR_OK) {
		return err;
	}
	decide->answer_referral = subject->id;
	const struct value merged =
		value_merge(decide->arena, &subject->document, &decide->request->referral);
	err = check_patch(decide, subject, &merged);
	if (err == ERR_OK) {
		err = referral_read(&merged, &context, &after, &decide->fault);
	}
	if (err == ERR_CONSENT) {
		/* She, or the source for her, takes consent back: sharing stops at once. */
		decide->fault = (struct fault){0};
		return withdraw_all(decide, subject, STR("consent-withdrawn"));
	}
	if (err == ERR_OK && decide->plan == NULL) {
		err = decide_no_directory(decide);
	}
	if (err == ERR_OK) {
		err = check_authorities(decide, subject, &merged);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (value_equal(&merged, &subject->document)) {
		bool answered;
		err = decide_answered(decide, subject, &answered); /* it is as it was: an answer */
		decide->duplicate = !answered; /* else sent again: nothing changes */
		return err;
	}
	return amend_to(decide, subject, &merged, &after);
}
