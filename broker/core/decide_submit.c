/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"

static enum err check_party(struct decide *decide, const struct referral *referral)
{
	const struct party *party = decide->command->party;
	if ((vocab_kind_pathways(party->kind) & 1U << referral->pathway) == 0) {
		return decide_refuse(decide, ERR_NOT_ALLOWED, "pathway",
			"a party of kind %s does not refer on the %s pathway",
			vocab_code(VOCAB_KIND, (int)party->kind),
			vocab_code(VOCAB_PATHWAY, (int)referral->pathway));
	}
	return ERR_OK;
}

/* The same reference again: the same content is a repetition, other content a mistake. */
static enum err answer_repetition(struct decide *decide, const struct reference_row *before,
	const uint8_t content[LOOKUP_SIZE])
{
	if (memcmp(before->content, content, LOOKUP_SIZE) != 0) {
		return decide_refuse(decide, ERR_CONFLICT, "source_ref",
			"this reference was used before with other content; amend that referral, "
			"or use a new reference");
	}
	decide->duplicate = true;
	decide->answer_referral = before->referral;
	return ERR_OK;
}

static enum err emit_submitted(
	struct decide *decide, struct subject *subject, const struct core_prepared *prepared)
{
	struct arena *arena = decide->arena;
	struct referral_row *row = &subject->row;
	row->slot = ++decide->slots;
	row->payload = decide_id(decide);
	row->needs = subject->referral.needs;
	str_copy(row->source, sizeof(row->source), str_from(decide->command->party->id));
	struct event *event = decide_emit(decide, EVENT_SUBMITTED, subject->id);
	event->source = str_from(decide->command->party->id);
	event->source_ref = subject->referral.source_ref;
	event->lookup = arena_str(arena, (struct str){(const char *)prepared->lookup, LOOKUP_SIZE});
	event->content =
		arena_str(arena, (struct str){(const char *)prepared->content, LOOKUP_SIZE});
	event->reference = arena_str(arena, row_str(row->reference));
	event->pathway = (uint8_t)subject->referral.pathway;
	event->authority = referral_area(&subject->referral);
	event->needs = subject->referral.needs;
	event->kind = decide_flags(&subject->referral);
	event->slot = row->slot;
	event->payload = row->payload;
	event->line =
		arena_str(arena, (struct str){(const char *)subject->line, sizeof(subject->line)});
	if ((event->kind & REFERRAL_EMERGENCY) != 0) {
		decide_alert(decide, subject->id, STR("immediate-risk"));
	}
	decide_alert_past(decide, subject);
	const enum err err = decide_blob(decide, row->payload, row->slot, prepared->packed);
	if (err == ERR_OK) {
		decide->blobs[decide->blob_count - 1].shut = &prepared->shut;
	}
	return err;
}

/* Matching beside the writer holds while directory, parties and day are the same. */
static bool match_holds(const struct decide *decide, const struct core_prepared *prepared)
{
	return prepared->plan == decide->plan && prepared->parties == decide->parties &&
	       prepared->match != NULL &&
	       prepared->match->today == timestamp_london_date(decide->now);
}

enum err decide_submit(struct decide *decide)
{
	const struct core_prepared *prepared = decide->command->prepared;
	struct reference_row before;
	struct subject *subject = arena_alloc(decide->arena, sizeof(*subject));
	enum err err = subject == NULL ? ERR_NOMEM : ERR_OK;
	if (err == ERR_OK && prepared == NULL) {
		struct core_prepared *now = NULL;
		err = prepare_submit(decide->core, decide->command->party, decide->request,
			decide->now, decide->command->entropy, &decide->core->scratch,
			decide->arena, &now, &decide->fault);
		prepared = now;
	}
	if (err != ERR_OK) {
		return err;
	}
	subject->document = decide->request->referral;
	subject->referral = prepared->referral;
	subject->referral.document = &subject->document;
	err = check_party(decide, &subject->referral);
	if (err != ERR_OK) {
		return err;
	}
	err = state_find_lookup(
		decide->state, prepared->lookup, &before, subject->row.reference, NULL);
	if (err == ERR_OK) {
		return answer_repetition(decide, &before, prepared->content);
	}
	if (err != ERR_NOT_FOUND) { /* once more, to name the row */
		return state_find_lookup(decide->state, prepared->lookup, &before,
			subject->row.reference, &decide->fault);
	}
	if (decide->intake_closed) {
		return decide_refuse(decide, ERR_FULL, "",
			"the store is nearly full: no new referrals until there is room");
	}
	if (decide->plan == NULL) {
		return decide_no_directory(decide);
	}
	err = decide_legs_room(decide, subject);
	if (err != ERR_OK) {
		return err;
	}
	subject->id = decide_id(decide);
	decide_line(decide, subject, str_from(decide->command->party->id));
	err = emit_submitted(decide, subject, prepared);
	if (err == ERR_OK) {
		decide->matched = match_holds(decide, prepared) ? prepared->match : NULL;
		err = decide_match(decide, subject);
	}
	decide->answer_referral = subject->id;
	return err;
}
