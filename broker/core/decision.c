/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/wire/pack.h"

#include <stdarg.h>
#include <stdio.h>

struct id decide_id(struct decide *decide)
{
	return id_make(decide->state->meta->instance, ++decide->counter);
}

struct event *decide_emit(struct decide *decide, enum event_type type, struct id referral)
{
	/* The largest decision withdraws 255 legs with three events each. */
	if (decide->count == EVENTS_MAX) {
		decide->arena->failed = true; /* the batch is refused for it */
		decide->count--;
	}
	struct event *event = &decide->events[decide->count++];
	*event = (struct event){.type = type, .referral = referral};
	return event;
}

enum err decide_blob(struct decide *decide, struct id id, uint64_t slot, struct str plain)
{
	if (decide->blob_count == BLOBS_MAX) {
		return ERR_INTERNAL;
	}
	decide->blobs[decide->blob_count++] = (struct blob){id, slot, plain, NULL};
	return ERR_OK;
}

enum err decide_refuse(
	struct decide *decide, enum err err, const char *field, const char *format, ...)
{
	char text[sizeof(decide->fault.message)];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return fault_set(&decide->fault, err, field, "%s", text);
}

enum err decide_find(struct decide *decide, struct str reference, struct id *ret_id)
{
	char canonical[REFERENCE_TEXT_SIZE];
	if (reference_parse(reference, canonical) != ERR_OK) {
		return decide_refuse(decide, ERR_INVALID, "reference",
			"not a reference: 8 symbols and a check symbol, such as ACDE-FGHJ-X; "
			"one of them was misread");
	}
	const enum err err =
		state_find_reference(decide->state, str_from(canonical), ret_id, &decide->fault);
	if (err == ERR_NOT_FOUND) {
		return decide_refuse(decide, err, "reference", "no referral has this reference");
	}
	return err;
}

void decide_line(struct decide *decide, struct subject *subject, struct str source)
{
	const struct value *local = value_at(&subject->document, "person.identifiers.local");
	if (local == NULL || local->kind != VALUE_STRING) {
		memcpy(subject->line, subject->id.bytes, sizeof(subject->line));
		return;
	}
	hash_lookup(subject->line, decide->state->meta->lookup_key, source, local->string);
}

uint8_t decide_flags(const struct referral *referral)
{
	return (uint8_t)((referral->self_risk == SELF_RISK_IMMEDIATE ? REFERRAL_EMERGENCY : 0) |
			 (referral_consent_unconfirmed(referral) ? REFERRAL_UNCONFIRMED : 0));
}

static bool authority_known(struct str code)
{
	return directory_authority_by_code(code) != NULL;
}

struct referral_context decide_context(const struct decide *decide)
{
	return (struct referral_context){.now = decide->now, .authority_known = authority_known};
}

enum err decide_legs_room(struct decide *decide, struct subject *subject)
{
	enum {
		MORE = 4 /* as many as most decisions add */
	};
	const size_t needed = (size_t)subject->row.legs + 2;
	if (needed <= subject->legs_room) {
		return ERR_OK;
	}
	struct leg_row *legs = arena_array(decide->arena, needed + MORE, sizeof(*legs));
	if (legs == NULL) {
		return ERR_NOMEM;
	}
	if (subject->legs_room > 0) {
		memcpy(legs, subject->legs, subject->legs_room * sizeof(*legs));
	}
	subject->legs = legs;
	subject->legs_room = needed + MORE;
	return ERR_OK;
}

enum err decide_rows(struct decide *decide, struct id id, struct subject *ret_subject)
{
	struct subject *subject = ret_subject;
	subject->id = id;
	enum err err = state_referral_get(decide->state, id, &subject->row, &decide->fault);
	subject->legs_room = 0;
	if (err == ERR_OK) {
		err = decide_legs_room(decide, subject);
	}
	for (unsigned leg = 1; err == ERR_OK && leg <= subject->row.legs; leg++) {
		err = state_leg_get(
			decide->state, id, (uint8_t)leg, &subject->legs[leg], &decide->fault);
	}
	subject->gaps = subject->row.gaps;
	memcpy(subject->line, subject->row.line, sizeof(subject->line));
	return err;
}

enum err decide_subject(struct decide *decide, struct id id, struct subject *ret_subject)
{
	struct subject *subject = ret_subject;
	enum err err = decide_rows(decide, id, subject);
	if (err == ERR_OK) {
		err = payload_read(decide->core, decide->state, subject->row.slot,
			subject->row.payload, decide->arena, &subject->document, &decide->fault);
	}
	if (err == ERR_OK) {
		referral_load(&subject->document, &subject->referral);
	}
	return err;
}

void decide_alert(struct decide *decide, struct id referral, struct str reason)
{
	struct event *alert = decide_emit(decide, EVENT_ALERT, referral);
	alert->reason = reason;
}

enum err decide_note(struct decide *decide, const struct subject *subject, struct event *event)
{
	struct buf packed = {0};
	/* Of what was erased nothing is written down again: there is no key to seal it with. */
	if (decide->request == NULL || decide->request->note.len == 0 ||
		(subject->row.flags & REFERRAL_ERASED) != 0) {
		return ERR_OK;
	}
	const struct value note = value_of_str(decide->request->note);
	pack_encode(&packed, &note);
	const struct str plain = arena_str(decide->arena, buf_str(&packed));
	const bool failed = packed.failed || arena_failed(decide->arena);
	buf_finish(&packed);
	if (failed) {
		return ERR_NOMEM;
	}
	event->payload = decide_id(decide);
	event->fields = STR("note");
	return decide_blob(decide, event->payload, subject->row.slot, plain);
}
