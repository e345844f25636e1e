/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"

/* What waits for a person, the oldest first: why, and what she may do about it. */

enum {
	QUEUE_PAGE = 50,
	QUEUE_PAGE_MAX = 100,  /* each is matched again, to say who might take it */
	QUEUE_PAGE_LEGS = 300, /* so that a page fits a frame */
	QUEUE_SUGGESTIONS = 3,
};

/* One referral of the queue on its way into words. */
struct waiting {
	const struct view *view;
	const struct plan *plan; /* NULL: no directory is published */
	const struct parties *parties;
	timestamp_us now;
	struct subject *subject;
	bool readable; /* its document is */
	struct value next;
};

static struct value *step_add(struct waiting *waiting, const char *code)
{
	struct value step = value_map_new(waiting->view->arena, 4);
	value_put(waiting->view->arena, &step, "step", value_of_text(code));
	value_push(waiting->view->arena, &waiting->next, step);
	return waiting->next.list.count == 0
		       ? NULL
		       : &waiting->next.list.items[waiting->next.list.count - 1];
}

static void put(struct waiting *waiting, struct value *step, const char *key, struct str text)
{
	if (step != NULL) {
		value_put(waiting->view->arena, step, key,
			value_of_str(arena_str(waiting->view->arena, text)));
	}
}

static void step_assign(
	struct waiting *waiting, const struct match_candidate *candidate, struct str blocked)
{
	struct value *step = step_add(waiting, "assign");
	put(waiting, step, "service", candidate->service->source->id);
	if (step != NULL) {
		value_put(waiting->view->arena, step, "blocked",
			words_list(waiting->view->arena, blocked));
	}
}

/* A person may choose it: what nobody may override says yes. */
static bool may_be_assigned(const struct match_candidate *candidate)
{
	return candidate->service->source->routing != DIRECTORY_ADVICE_ONLY &&
	       candidate->filters[MATCH_DELIVERY] == RULES_YES &&
	       candidate->filters[MATCH_WINDOW] == RULES_YES &&
	       candidate->filters[MATCH_CONSENT] == RULES_YES && candidate->covers != 0;
}

/* It is for somebody else: nobody advises a person to choose it, where she may. */
static bool is_elsewhere(const struct match_candidate *candidate)
{
	return candidate->filters[MATCH_AREA] == RULES_NO ||
	       candidate->filters[MATCH_PATHWAY] == RULES_NO ||
	       candidate->filters[MATCH_REFERRER] == RULES_NO;
}

/* Services that would do but for what a person may decide: those with one obstacle before those
 * with two. */
static enum err suggest_blocked(struct waiting *waiting, const struct match_input *input,
	const struct match *match, size_t most)
{
	const struct match_candidate *found[2][QUEUE_SUGGESTIONS] = {{NULL}};
	struct str blocked[2][QUEUE_SUGGESTIONS] = {{{0}}};
	size_t counts[2] = {0, 0};
	for (size_t i = 0; i < match->candidate_count && counts[0] < most; i++) {
		const struct match_candidate *seen = &match->candidates[i];
		struct match_candidate whole;
		if (seen->verdict == MATCH_ELIGIBLE || !may_be_assigned(seen) ||
			is_elsewhere(seen)) {
			continue;
		}
		const size_t position = (size_t)(seen->service - waiting->plan->services);
		const enum err err = match_look(input, position, &whole);
		if (err != ERR_OK) {
			return err;
		}
		const struct str why = assign_blocked(waiting->view->arena, &whole);
		const size_t obstacles = words_list(waiting->view->arena, why).list.count;
		if (obstacles >= 1 && obstacles <= 2 && counts[obstacles - 1] < most) {
			const size_t at = counts[obstacles - 1]++;
			found[obstacles - 1][at] = seen;
			blocked[obstacles - 1][at] = why;
		}
	}
	for (size_t obstacles = 0; obstacles < 2; obstacles++) {
		for (size_t i = 0; i < most && found[obstacles][i] != NULL; i++) {
			step_assign(waiting, found[obstacles][i], blocked[obstacles][i]);
		}
		most -= counts[obstacles] < most ? counts[obstacles] : most;
	}
	return ERR_OK;
}

static enum err suggest(struct waiting *waiting, uint32_t wanted)
{
	const struct subject *subject = waiting->subject;
	struct load_context load = {.state = waiting->view->state, .now = waiting->now};
	const struct party *source = parties_find(waiting->parties, row_str(subject->row.source));
	struct str tried[LIMIT_LEGS];
	struct match match;
	size_t left = QUEUE_SUGGESTIONS;
	bool unasked = false;
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		tried[leg - 1] = row_str(subject->legs[leg].service);
	}
	const struct match_input input = {
		.plan = waiting->plan,
		.referral = &subject->referral,
		.source = row_str(subject->row.source),
		.source_kind = source == NULL ? KIND_COUNT : source->kind,
		.now = waiting->now,
		.wanted = wanted,
		.want_lead = true,
		.tried = tried,
		.tried_count = subject->row.legs,
		.parties = waiting->parties,
		.load = decide_load,
		.context = &load,
		.arena = waiting->view->arena,
	};
	const enum err err = match_run(&input, &match);
	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; i < match.candidate_count; i++) {
		const struct match_candidate *candidate = &match.candidates[i];
		const bool assignable =
			candidate->verdict == MATCH_ELIGIBLE && may_be_assigned(candidate);
		if (assignable && left > 0) {
			step_assign(waiting, candidate, (struct str){0});
			left--;
		}
		unasked = unasked || candidate->filters[MATCH_CONSENT] != RULES_YES;
	}
	const bool none = left == QUEUE_SUGGESTIONS;
	const enum err then = suggest_blocked(waiting, &input, &match, left);
	if (none && unasked && waiting->next.list.count == 0) {
		(void)step_add(waiting, "consent");
	}
	return then;
}

static void step_leg(struct waiting *waiting, const char *code, uint8_t number)
{
	const struct leg_row *leg = &waiting->subject->legs[number];
	struct value *step = step_add(waiting, code);
	char delivery[ID_TEXT_SIZE];
	put(waiting, step, "service", row_str(leg->service));
	if (strcmp(code, "retry") == 0) {
		id_format(leg->delivery, delivery);
		put(waiting, step, "delivery", str_from(delivery));
	} else {
		put(waiting, step, "leg",
			words_leg_id(
				waiting->view->arena, waiting->subject->row.reference, number));
	}
}

/* Its newest delivery was given up: one may try it again. */
static bool given_up(const struct waiting *waiting, const struct leg_row *leg)
{
	struct delivery_row row;
	return !id_is_zero(leg->delivery) &&
	       state_delivery_get(waiting->view->state, leg->delivery, &row, NULL, NULL) ==
		       ERR_OK &&
	       row.state == DELIVERY_UNDELIVERABLE;
}

static void steps_of_legs(struct waiting *waiting)
{
	const struct subject *subject = waiting->subject;
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		const bool expired = row->state == LEG_EXPIRED;
		const bool undelivered =
			(subject->row.queue & (QUEUE_UNDELIVERABLE | QUEUE_ATTENTION)) != 0;
		if (undelivered && given_up(waiting, row)) {
			step_leg(waiting, "retry", (uint8_t)leg);
		} else if ((expired && (subject->row.queue & QUEUE_EXPIRED) != 0) ||
			   (row->overdue != 0 && !lifecycle_is_ended((enum leg_state)row->state))) {
			step_leg(waiting, "phone-service", (uint8_t)leg);
		}
	}
}

static enum err steps_make(struct waiting *waiting)
{
	const struct subject *subject = waiting->subject;
	const uint32_t queue = subject->row.queue;
	const uint32_t wanted =
		waiting->readable ? subject->referral.needs & ~assign_held(subject) : 0;
	enum err err = ERR_OK;
	if ((queue & QUEUE_NEEDS_INFORMATION) != 0) {
		struct value *step = step_add(waiting, "ask-source");
		if (step != NULL) {
			value_put(waiting->view->arena, step, "questions",
				words_list(waiting->view->arena, row_str(subject->row.questions)));
		}
	}
	if (wanted != 0 && waiting->plan != NULL &&
		(queue & (QUEUE_NO_SERVICE | QUEUE_EXPIRED | QUEUE_UNDELIVERABLE)) != 0) {
		err = suggest(waiting, wanted);
	}
	steps_of_legs(waiting);
	if ((queue & QUEUE_ATTENTION) != 0 || waiting->next.list.count == 0) {
		(void)step_add(waiting, "look");
	}
	return err;
}

/* Legs and document, behind the row. */
static enum err subject_read(struct waiting *waiting, struct id id)
{
	const struct view *view = waiting->view;
	struct subject *subject = waiting->subject;
	struct fault unread;
	subject->id = id;
	subject->legs = arena_array(view->arena, subject->row.legs + 1U, sizeof(*subject->legs));
	enum err err = subject->legs == NULL ? ERR_NOMEM : ERR_OK;
	for (unsigned leg = 1; err == ERR_OK && leg <= subject->row.legs; leg++) {
		err = state_leg_get(
			view->state, id, (uint8_t)leg, &subject->legs[leg], view->fault);
	}
	if (err != ERR_OK) {
		return err;
	}
	waiting->readable =
		payload_read(view->core, view->state, subject->row.slot, subject->row.payload,
			view->arena, &subject->document, &unread) == ERR_OK;
	if (waiting->readable) {
		referral_load(&subject->document, &subject->referral);
	}
	return ERR_OK;
}

static enum err item_make(struct waiting *waiting, struct id id, struct value *ret_item)
{
	const struct view *view = waiting->view;
	struct arena *arena = view->arena;
	const struct referral_row *row = &waiting->subject->row;
	struct value words;
	enum err err = words_referral(view, id, false, &words);
	if (err != ERR_OK) {
		return err;
	}
	waiting->next = value_list_new(arena, QUEUE_SUGGESTIONS + LIMIT_LEGS + 3);
	err = steps_make(waiting);
	if (err != ERR_OK) {
		return err;
	}
	struct value item = value_map_new(arena, words.map.count + 7);
	const bool urgent = (row->flags & REFERRAL_EMERGENCY) != 0;
	for (size_t i = 0; i < words.map.count; i++) {
		item.map.entries[item.map.count++] = words.map.entries[i];
	}
	struct value attention = words_list(arena, row_str(row->attention));
	for (size_t i = 0; i < attention.list.count; i++) {
		attention.list.items[i] =
			value_of_str(words_alert(view, attention.list.items[i].string));
	}
	value_put(arena, &item, "urgent", value_of_bool(urgent));
	value_put(arena, &item, "since", words_time(arena, row->queue_since));
	value_put(arena, &item, "age_s",
		value_of_int((waiting->now - row->queue_since) / TIMESTAMP_SECOND));
	value_put(arena, &item, "needs", match_needs(arena, row->needs));
	value_put(arena, &item, "reasons", words_queue(arena, row->queue));
	value_put(arena, &item, "attention", attention);
	value_put(arena, &item, "next", waiting->next);
	*ret_item = item;
	return arena_failed(arena) ? ERR_NOMEM : ERR_OK;
}

/* One row of the queue; *ret_item has no kind when it is none of those asked for. */
static enum err row_read(struct waiting *waiting, const struct wire_request *request, struct id id,
	struct value *ret_item)
{
	const struct view *view = waiting->view;
	*ret_item = (struct value){.kind = VALUE_NULL};
	enum err err = state_referral_get(view->state, id, &waiting->subject->row, view->fault);
	if (err == ERR_OK && request->authority.len > 0 &&
		!str_is(request->authority, waiting->subject->row.authority)) {
		return ERR_OK;
	}
	if (err == ERR_OK) {
		err = subject_read(waiting, id);
	}
	if (err == ERR_OK) {
		err = item_make(waiting, id, ret_item);
	}
	if (err == ERR_CORRUPT) {
		*view->fault = (struct fault){0};
		return ERR_OK; /* one that is damaged does not hide the others */
	}
	return err;
}

static enum err page_make(struct waiting *waiting, const struct wire_request *request, size_t limit,
	struct value *items, struct str *cursor)
{
	static const char tables[] = {TABLE_QUEUE, '\0'};
	const struct view *view = waiting->view;
	struct store_key at = store_key_start(TABLE_QUEUE);
	size_t legs = 0;
	enum err err = request->cursor.len == 0
			       ? ERR_OK
			       : cursor_read(request->cursor, tables, &at, view->fault);
	for (size_t looked = 0; err == ERR_OK && looked < LIMIT_QUERY_ROWS &&
				items->list.count < limit && legs < QUEUE_PAGE_LEGS;
		looked++) {
		struct str key;
		struct str value;
		struct value item;
		err = store_next(view->state->txn, store_key_view(&at), true, &key, &value);
		if (err == ERR_END || (err == ERR_OK && key.ptr[0] != TABLE_QUEUE)) {
			*cursor = (struct str){0};
			return ERR_OK;
		}
		if (err == ERR_OK) {
			const struct id id = store_key_read_id(key, 9);
			at = state_queue_key((timestamp_us)store_key_read_u64(key, 1), id);
			err = row_read(waiting, request, id, &item);
		}
		if (err == ERR_OK && item.kind == VALUE_MAP) {
			value_push(view->arena, items, item);
			legs += waiting->subject->row.legs;
		}
	}
	*cursor = cursor_write(view->arena, &at);
	return err;
}

enum err read_queue(const struct view *view, const struct wire_request *request, timestamp_us now,
	struct value *ret_body)
{
	struct arena *arena = view->arena;
	const size_t limit = request->limit > 0 && request->limit <= QUEUE_PAGE_MAX
				     ? (size_t)request->limit
				     : QUEUE_PAGE;
	struct value items = value_list_new(arena, limit);
	struct str cursor = {0};
	if (!words_sees_all(view)) {
		return fault_set(view->fault, ERR_NOT_ALLOWED, "",
			"only coordinators and operators see what waits for a person");
	}
	struct subject *subject = arena_alloc(arena, sizeof(*subject));
	if (subject == NULL) {
		return ERR_NOMEM;
	}
	struct world *world = core_world_acquire(view->core);
	struct waiting waiting = {
		.view = view,
		.plan = world_plan(world),
		.parties = world_parties(world),
		.now = now,
		.subject = subject,
	};
	const enum err err = page_make(&waiting, request, limit, &items, &cursor);
	core_world_release(world);
	if (err != ERR_OK) {
		return err;
	}
	*ret_body = value_map_new(arena, 2);
	value_put(arena, ret_body, "items", items);
	value_put(arena, ret_body, "cursor", value_of_str(cursor));
	return ERR_OK;
}
