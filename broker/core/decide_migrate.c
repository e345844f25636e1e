/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
#include "broker/core/migrate.h"
/*
 * The legs of a service that ends go to the one that takes its people on: those a coordinator's
 * rule names, in steps, each a command of its own.  What nobody may override by hand is not
 * overridden here either; what a machine stops at only as far as she said so.
 */
enum {
	MIGRATE_ROWS = LIMIT_QUERY_ROWS, /* referrals that one command looks at */
	/* Each leg that moves seals a decision and a note. */
	MIGRATE_BLOBS = 2,
};

struct step {
	struct decide *decide;
	struct subject *subject;
	struct migrate_request asked; /* `at`: the referral that was looked at last */
	uint64_t here;                /* legs that moved, or would, in this step */
	int64_t not_meant;            /* legs that the rule does not name */
	int64_t damaged;              /* referrals whose rows cannot be read */
	struct value items;
};

/* What became of one leg. */
struct outcome {
	const char *result;   /* moved, already, not-moved */
	const char *why;      /* a code; NULL: it moved */
	uint8_t leg;          /* the new one; 0: none */
	bool waits;           /* the old leg stays until the new one is accepted */
	enum leg_state state; /* in which the leg was found */
	struct str overridden;
};

/* What of `blocked` nobody has set aside: the code of the first; empty: nothing. */
static struct str stops_at(const struct step *step, struct str blocked)
{
	for (size_t at = 0; at < blocked.len;) {
		size_t end = at;
		while (end < blocked.len && blocked.ptr[end] != ',') {
			end++;
		}
		size_t name = at;
		while (name < end && blocked.ptr[name] != ':') {
			name++;
		}
		const struct str code = {blocked.ptr + at, name - at};
		const bool set_aside = (str_is(code, "eligibility") && step->asked.eligibility) ||
				       (str_is(code, "capacity") && step->asked.capacity);
		if (!set_aside) {
			return code;
		}
		at = end + 1;
	}
	return (struct str){0};
}

/* Why a person may not send her there, as a code; NULL: it concerns more than this leg. */
static const char *refusal_code(enum err err)
{
	static const struct {
		enum err err;
		const char *code;
	} codes[] = {{ERR_CONSENT, "consent"}, {ERR_NOT_ALLOWED, "not-to-be-sent"},
		{ERR_STATE, "state"}, {ERR_NOT_FOUND, "erased"}, {ERR_CORRUPT, "damaged"}};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].err == err) {
			return codes[i].code;
		}
	}
	return NULL;
}

/* The service has her already, or has answered: why no leg is made there; NULL: one may be. */
static const char *was_asked(const struct step *step, uint8_t leg, struct outcome *outcome)
{
	const struct subject *subject = step->subject;
	for (unsigned other = 1; other <= subject->row.legs; other++) {
		const struct leg_row *row = &subject->legs[other];
		const bool again = row->state == LEG_WITHDRAWN &&
				   strcmp(row->reason, "consent-withdrawn") == 0;
		if (!str_is(step->asked.to->id, row->service) || again) {
			continue;
		}
		outcome->leg = (uint8_t)other;
		if (!lifecycle_is_ended((enum leg_state)row->state)) {
			const bool before = row->migrated_from == leg ||
					    decide_migration_old(subject, (uint8_t)other) == leg;
			outcome->result = before ? "already" : "not-moved";
			return before ? "moved-before" : "has-her";
		}
		return "asked-before";
	}
	return NULL;
}

/* The new leg, that it takes the other one over, and the end of that one. */
static enum err move(struct step *step, uint8_t leg, struct match_candidate *candidate,
	uint32_t needs, struct outcome *outcome)
{
	struct decide *decide = step->decide;
	struct subject *subject = step->subject;
	const struct match match = {
		.candidates = candidate, .candidate_count = 1, .hold_until = REFERRAL_NO_DATE};
	const struct match_leg chosen = {candidate->service, needs, candidate->waits};
	struct id decision;
	enum err err = decide_keep(decide, subject, &match, &decision);
	if (err != ERR_OK) {
		return err;
	}
	decide_add_leg(decide, subject, &chosen);
	outcome->leg = subject->row.legs;
	subject->legs[outcome->leg].migrated_from = leg;
	struct event *event = decide_emit(decide, EVENT_MIGRATED, subject->id);
	event->leg = leg;
	event->to = outcome->leg;
	event->needs = needs;
	event->service = step->asked.from;
	event->named = step->asked.to->id;
	event->route = arena_str(decide->arena, row_str(subject->legs[leg].route));
	event->decision = decision;
	event->overridden = outcome->overridden;
	err = decide_note(decide, subject, event);
	/* A place is given up for a place alone, also by her whom nobody promised it. */
	outcome->waits =
		decide_migration_holds(&subject->legs[leg]) ||
		(chosen.for_list && (leg_counted(&subject->legs[leg]) & COUNTED_PLACE) != 0);
	if (err == ERR_OK && !outcome->waits) {
		err = decide_stop_leg(decide, subject, leg, STR("migrated"));
	}
	if (err == ERR_OK && subject->row.state != REFERRAL_OPEN) {
		err = decide_referral_state(decide, subject, REFERRAL_OPEN, NULL, subject->gaps);
	}
	return err;
}

/* One leg that is meant.  `outcome` says what became of it; an error concerns the command. */
static enum err take_meant(struct step *step, uint8_t leg, struct outcome *outcome)
{
	struct decide *decide = step->decide;
	struct match_candidate *candidate = arena_alloc(decide->arena, sizeof(*candidate));
	const struct assignment assignment = {.service = step->asked.to->id,
		.needs = step->subject->legs[leg].needs,
		.exactly = true};
	uint32_t needs = 0;
	if (candidate == NULL) {
		return ERR_NOMEM;
	}
	outcome->why = was_asked(step, leg, outcome);
	if (outcome->why != NULL) {
		return ERR_OK;
	}
	/* What this command has decided counts by itself; a dry run takes it back each time. */
	decide->more = (struct load_more){
		step->asked.to->id, decide->request->dry_run ? step->here + step->asked.moved : 0};
	enum err err = decide_assign_check(
		decide, step->subject, &assignment, candidate, &needs, &outcome->overridden);
	decide->more = (struct load_more){0};
	if (err != ERR_OK) {
		return err;
	}
	const struct str stop = stops_at(step, outcome->overridden);
	if (stop.len > 0 || (needs & ~candidate->covers) != 0) {
		outcome->why = stop.len > 0 ? arena_str(decide->arena, stop).ptr : "needs";
		return outcome->why == NULL ? ERR_NOMEM : ERR_OK;
	}
	outcome->result = "moved";
	return move(step, leg, candidate, needs, outcome);
}

static void item_add(struct step *step, uint8_t leg, const struct outcome *outcome)
{
	struct arena *arena = step->decide->arena;
	const struct referral_row *row = &step->subject->row;
	struct value item = value_map_new(arena, 9);
	value_put(
		arena, &item, "reference", value_of_str(arena_str(arena, row_str(row->reference))));
	value_put(arena, &item, "leg", value_of_str(words_leg_id(arena, row->reference, leg)));
	value_put(arena, &item, "state",
		value_of_text(vocab_code(VOCAB_LEG_STATE, (int)outcome->state)));
	value_put(arena, &item, "result", value_of_text(outcome->result));
	if (outcome->why != NULL) {
		value_put(arena, &item, "why", value_of_text(outcome->why));
	}
	if (outcome->leg != 0) {
		value_put(arena, &item, "new_leg",
			value_of_str(words_leg_id(arena, row->reference, outcome->leg)));
		value_put(arena, &item, "waits", value_of_bool(outcome->waits));
	}
	if (outcome->overridden.len > 0 && outcome->why == NULL) {
		value_put(arena, &item, "overridden", words_list(arena, outcome->overridden));
	}
	value_push(arena, &step->items, item);
}

/* The leg is one that this is about: a stop that was asked for stays one. */
static bool is_leg_of(const struct step *step, const struct leg_row *row)
{
	return str_is(step->asked.from, row->service) &&
	       !lifecycle_is_ended((enum leg_state)row->state) &&
	       row->state != LEG_CANCEL_REQUESTED &&
	       (step->asked.needs == 0 || (row->needs & step->asked.needs) != 0);
}

/* One leg of the service: whether it is meant, and what becomes of it.  What was decided of one
 * that cannot be moved after all is taken back. */
static enum err take_leg(struct step *step, uint8_t leg, enum err readable)
{
	struct decide *decide = step->decide;
	struct outcome outcome = {
		.result = "not-moved", .state = (enum leg_state)step->subject->legs[leg].state};
	const size_t count = decide->count;
	const size_t blobs = decide->blob_count;
	const uint64_t counter = decide->counter;
	enum err err = readable;
	if (err == ERR_OK) {
		switch (migrate_rule_answer(&step->asked.rule, decide, step->subject, leg)) {
		case RULES_NO:
			step->not_meant++;
			return ERR_OK;
		case RULES_UNKNOWN:
			outcome.why = "rule-unknown";
			break;
		case RULES_ERROR:
			outcome.why = "rule-error";
			break;
		case RULES_YES:
			err = take_meant(step, leg, &outcome);
			break;
		}
	}
	if (err != ERR_OK) {
		outcome.result = "not-moved";
		outcome.why = refusal_code(err);
		if (outcome.why == NULL) {
			return err;
		}
		decide->fault = (struct fault){0};
	}
	step->here += outcome.why == NULL;
	if (outcome.why != NULL || decide->request->dry_run) {
		decide->count = count;
		decide->blob_count = blobs;
		decide->counter = counter;
	}
	item_add(step, leg, &outcome);
	return ERR_OK;
}

static enum err take_referral(struct step *step, struct id id)
{
	struct decide *decide = step->decide;
	struct subject *subject = step->subject;
	struct fault unread;
	enum err err = decide_rows(decide, id, subject);
	unsigned found = 0; /* a service has one such leg of a referral */
	for (unsigned leg = 1; err == ERR_OK && leg <= subject->row.legs; leg++) {
		found = is_leg_of(step, &subject->legs[leg]) ? leg : found;
	}
	if (err != ERR_OK || found == 0) {
		return err;
	}
	const enum err readable = payload_read(decide->core, decide->state, subject->row.slot,
		subject->row.payload, decide->arena, &subject->document, &unread);
	if (readable == ERR_NOMEM) {
		return readable;
	}
	if (readable == ERR_OK) {
		referral_load(&subject->document, &subject->referral);
	}
	return take_leg(step, (uint8_t)found, readable);
}

static enum err walk(struct step *step, bool *ret_end)
{
	struct decide *decide = step->decide;
	struct referral_row row;
	*ret_end = false;
	for (size_t looked = 0;
		looked < MIGRATE_ROWS && step->items.list.count < step->asked.limit &&
		decide->blob_count + MIGRATE_BLOBS <= BLOBS_MAX;
		looked++) {
		struct str key;
		struct str value;
		enum err err = store_next(
			decide->state->txn, store_key_view(&step->asked.at), true, &key, &value);
		if (err == ERR_END || (err == ERR_OK && key.ptr[0] != TABLE_REFERRAL)) {
			*ret_end = true;
			return ERR_OK;
		}
		if (err != ERR_OK) {
			return err;
		}
		const struct id id = store_key_read_id(key, 1);
		step->asked.at = store_key_start(TABLE_REFERRAL);
		store_key_id(&step->asked.at, id);
		err = state_referral_get(decide->state, id, &row, &decide->fault);
		if (err == ERR_OK && !lifecycle_referral_is_over((enum referral_state)row.state)) {
			err = take_referral(step, id);
		}
		if (err == ERR_CORRUPT) {
			decide->fault = (struct fault){0};
			step->damaged++;
			err = ERR_OK; /* one that is damaged does not hold up the others */
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

enum err decide_migrate(struct decide *decide)
{
	bool end = false;
	struct step step = {
		.decide = decide, .subject = arena_alloc(decide->arena, sizeof(*step.subject))};
	if (step.subject == NULL) {
		return ERR_NOMEM;
	}
	enum err err = migrate_request_read(decide, &step.asked);
	if (err != ERR_OK) {
		return err;
	}
	step.items = value_list_new(decide->arena, step.asked.limit);
	err = walk(&step, &end);
	if (err != ERR_OK) {
		return err;
	}
	struct arena *arena = decide->arena;
	struct value body = value_map_new(arena, 7);
	value_put(arena, &body, "items", step.items);
	value_put(arena, &body, "cursor",
		value_of_str(
			end ? (struct str){0}
			    : migrate_cursor(arena, &step.asked.at, step.asked.moved + step.here)));
	value_put(arena, &body, "from", value_of_str(step.asked.from));
	value_put(arena, &body, "to", value_of_str(step.asked.to->id));
	value_put(arena, &body, "not_meant", value_of_int(step.not_meant));
	value_put(arena, &body, "damaged", value_of_int(step.damaged));
	value_put(arena, &body, "dry_run", value_of_bool(decide->request->dry_run));
	decide->body = body;
	return ERR_OK;
}
