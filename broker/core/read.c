/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/lifecycle.h"
#include "broker/store/record.h"

enum {
	LIST_PAGE = 100,
	LIST_PAGE_MAX = 500,
};

struct read {
	struct core *core;
	struct state state;
	struct view view;
	const struct wire_request *request;
	timestamp_us now;
};

static enum err read_begin(struct read *read)
{
	const enum err err = store_begin(read->core->store, false, &read->state.txn);
	read->state.meta = &read->core->meta;
	return err;
}

static enum err read_show(struct read *read, struct value *ret_body)
{
	char canonical[REFERENCE_TEXT_SIZE];
	struct id id;
	if (reference_parse(read->request->reference, canonical) != ERR_OK) {
		return fault_set(read->view.fault, ERR_INVALID, "reference",
			"not a reference: 8 symbols and a check symbol, such as ACDE-FGHJ-X; one "
			"of them was misread");
	}
	enum err err =
		state_find_reference(&read->state, str_from(canonical), &id, read->view.fault);
	if (err == ERR_NOT_FOUND) {
		return fault_set(
			read->view.fault, err, "reference", "no referral has this reference");
	}
	return err == ERR_OK ? words_referral(&read->view, id, true, ret_body) : err;
}

static bool any_leg(struct read *read, struct id id, const struct referral_row *row)
{
	const struct str state = read->request->state;
	const struct str service = read->request->service;
	const bool all = party_oversees(read->view.party);
	const bool own = all || str_is(str_from(read->view.party->id), row->source);
	for (unsigned number = 1; number <= row->legs; number++) {
		struct leg_row leg;
		if (state_leg_get(&read->state, id, (uint8_t)number, &leg, read->view.fault) !=
			ERR_OK) {
			return false;
		}
		const bool mine = party_serves(read->view.party, row_str(leg.route));
		if ((!own && !mine) ||
			(service.len > 0 && own && !all && !mine && leg.confidential != 0)) {
			continue; /* what a party may not see it may not search for */
		}
		const timestamp_us due = words_deadline(&read->view, leg.deadline, leg.downtime);
		const bool late = leg.overdue != 0 || (due != 0 && due < read->now);
		if ((service.len == 0 || str_is(service, leg.service)) &&
			(state.len == 0 ||
				str_is(state, vocab_code(VOCAB_LEG_STATE, (int)leg.state))) &&
			(!read->request->overdue || late)) {
			return true;
		}
	}
	return false;
}

/* A filter for a state means the referral's or a leg's: their codes differ where it matters. */
static bool listed(struct read *read, struct id id, const struct referral_row *row)
{
	const struct wire_request *request = read->request;
	const bool own = party_oversees(read->view.party) ||
			 str_is(str_from(read->view.party->id), row->source);
	if (request->authority.len > 0 && (!own || !str_is(request->authority, row->authority))) {
		return false;
	}
	const bool own_state =
		request->state.len > 0 && request->service.len == 0 && !request->overdue &&
		str_is(request->state, vocab_code(VOCAB_REFERRAL_STATE, (int)row->state));
	const bool about_legs =
		request->service.len > 0 || request->overdue || request->state.len > 0;
	/* Nobody answered for the referral itself. */
	const timestamp_us due = words_deadline(&read->view, row->deadline, row->downtime);
	const bool own_late = request->overdue && own && request->service.len == 0 &&
			      request->state.len == 0 &&
			      (row->overdue != 0 || (due != 0 && due < read->now));
	return own_state || own_late || !about_legs || any_leg(read, id, row);
}

static enum err check_filters(struct read *read)
{
	const struct str state = read->request->state;
	if (state.len > 0 && vocab_number(VOCAB_REFERRAL_STATE, state) < 0 &&
		vocab_number(VOCAB_LEG_STATE, state) < 0) {
		char states[200];
		vocab_list(VOCAB_REFERRAL_STATE, states, sizeof(states));
		return fault_set(read->view.fault, ERR_INVALID, "state",
			"a state of a referral (%s) or of a leg", states);
	}
	return ERR_OK;
}

static enum err list_item(struct read *read, struct id id, struct value *items)
{
	struct referral_row row;
	struct value item;
	enum err err = state_referral_get(&read->state, id, &row, read->view.fault);
	if (err != ERR_OK || !listed(read, id, &row)) {
		return err;
	}
	err = words_referral(&read->view, id, false, &item);
	if (err == ERR_OK) {
		value_push(read->view.arena, items, item);
	}
	return err;
}

static enum err read_list(struct read *read, struct value *ret_body)
{
	const struct wire_request *request = read->request;
	struct arena *arena = read->view.arena;
	const size_t limit = request->limit > 0 && request->limit <= LIST_PAGE_MAX
				     ? (size_t)request->limit
				     : LIST_PAGE;
	struct id after = {{0}};
	char cursor[ID_TEXT_SIZE] = "";
	const bool all = party_oversees(read->view.party);
	const struct str party = str_from(read->view.party->id);
	struct store_key prefix = store_key_start(all ? TABLE_REFERRAL : TABLE_BY_PARTY);
	enum err err = check_filters(read);
	if (err == ERR_OK && request->cursor.len > 0 &&
		id_parse(request->cursor, &after) != ERR_OK) {
		err = fault_set(read->view.fault, ERR_INVALID, "cursor", "not a cursor of a list");
	}
	if (err != ERR_OK) {
		return err;
	}
	if (!all) {
		store_key_str(&prefix, party);
	}
	struct value items = value_list_new(arena, limit);
	struct store_key from = prefix;
	store_key_id(&from, after);
	for (size_t looked = 0; looked < LIMIT_QUERY_ROWS && items.list.count < limit; looked++) {
		struct str key;
		struct str value;
		err = store_next(read->state.txn, store_key_view(&from), true, &key, &value);
		if (err == ERR_END ||
			(err == ERR_OK && !str_has_prefix(key, store_key_view(&prefix)))) {
			cursor[0] = '\0';
			break;
		}
		if (err != ERR_OK) {
			return err;
		}
		const struct id id = store_key_read_id(key, prefix.len);
		from = prefix;
		store_key_id(&from, id);
		id_format(id, cursor);
		err = list_item(read, id, &items);
		if (err != ERR_OK) {
			return err;
		}
	}
	*ret_body = value_map_new(arena, 2);
	value_put(arena, ret_body, "items", items);
	value_put(arena, ret_body, "cursor", value_of_str(arena_str(arena, str_from(cursor))));
	return ERR_OK;
}

static bool authority_known(struct str code)
{
	return directory_authority_by_code(code) != NULL;
}

/* The decision for a document, without a referral being made of it. */
static enum err explain(const struct plan *plan, const struct parties *parties,
	const struct party *party, const struct value *document, timestamp_us at,
	struct load_context *load, struct arena *arena, struct value *ret_body, struct fault *fault)
{
	const struct referral_context context = {.now = at,
		.authority_known = authority_known,
		.authority_ended = directory_authority_ended};
	struct referral referral;
	struct match match;
	enum err err = referral_read(document, &context, &referral, fault);
	if (err == ERR_OK && (vocab_kind_pathways(party->kind) & 1U << referral.pathway) == 0) {
		err = fault_set(fault, ERR_NOT_ALLOWED, "pathway",
			"a party of kind %s does not refer on the %s pathway",
			vocab_code(VOCAB_KIND, (int)party->kind),
			vocab_code(VOCAB_PATHWAY, (int)referral.pathway));
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct match_input input = {
		.plan = plan,
		.referral = &referral,
		.source = str_from(party->id),
		.source_kind = party->kind,
		.now = at,
		.wanted = referral.needs,
		.want_lead = true,
		.want_duty = referral.duty_authority.len > 0,
		.explain = true,
		.parties = parties,
		.load = load == NULL ? NULL : decide_load,
		.context = load,
		.arena = arena,
	};
	err = match_run(&input, &match);
	if (err == ERR_OK) {
		*ret_body = match_words(&input, &match);
	}
	return err == ERR_OK && arena_failed(arena) ? ERR_NOMEM : err;
}

static enum err read_explain(struct read *read, struct value *ret_body)
{
	const timestamp_us at = read->request->has_at ? read->request->at : read->now;
	struct load_context load = {.state = &read->state, .now = at};
	struct world *world = core_world_acquire(read->core);
	enum err err = ERR_OK;
	if (world_plan(world) == NULL) {
		err = no_directory(read->core, read->view.fault);
	} else {
		err = explain(world_plan(world), world_parties(world), read->view.party,
			&read->request->referral, at, &load, read->view.arena, ret_body,
			read->view.fault);
	}
	if (err == ERR_OK) {
		/* The tree borrows from the directory, which may be gone after the release. */
		err = value_copy(read->view.arena, ret_body, ret_body);
	}
	core_world_release(world);
	return err;
}

void core_read(struct core *core, const struct party *party, const struct wire_request *request,
	timestamp_us now, struct arena *arena, struct core_reply *ret_reply)
{
	struct read read = {.core = core, .request = request, .now = now};
	*ret_reply = (struct core_reply){.err = ERR_OK};
	read.view = (struct view){core, &read.state, party, arena, &ret_reply->fault};
	enum err err = read_begin(&read);
	if (err == ERR_OK && request->header.type == WIRE_SHOW) {
		err = read_show(&read, &ret_reply->body);
	} else if (err == ERR_OK && request->header.type == WIRE_LIST) {
		err = read_list(&read, &ret_reply->body);
	} else if (err == ERR_OK && request->header.type == WIRE_EXPLAIN) {
		err = read_explain(&read, &ret_reply->body);
	} else if (err == ERR_OK && request->header.type == WIRE_QUEUE) {
		err = read_queue(&read.view, request, now, &ret_reply->body);
	} else if (err == ERR_OK && request->header.type == WIRE_CAPACITY) {
		err = read_capacity(&read.view, request, now, &ret_reply->body);
	} else if (err == ERR_OK && request->header.type == WIRE_DELIVERIES) {
		err = read_deliveries(&read.view, request, &ret_reply->body);
	} else if (err == ERR_OK && request->header.type == WIRE_VERSIONS) {
		err = read_versions(&read.view, request, &ret_reply->body);
	} else if (err == ERR_OK && request->header.type == WIRE_FETCH) {
		err = read_fetch(&read.view, request, &ret_reply->body);
	} else if (err == ERR_OK) {
		err = ERR_INTERNAL;
	}
	store_abort(read.state.txn);
	if (err == ERR_OK && arena_failed(arena)) {
		err = ERR_NOMEM;
	}
	if (err != ERR_OK) {
		ret_reply->err = err;
		if (ret_reply->fault.code == ERR_OK) {
			(void)fault_set(&ret_reply->fault, err, "", "%s", err_text(err));
		}
		core_count_refusal(core, err);
	}
}

enum err core_explain_files(const char *directory_root, const struct parties *parties,
	const struct party *party, const struct value *referral, timestamp_us at,
	struct arena *arena, struct value *ret_body, struct fault *fault)
{
	struct directory_files files = {0};
	struct directory_problems problems = {0};
	struct directory *directory = NULL;
	struct plan *plan = NULL;
	enum err err = directory_files_read(directory_root, &files, fault);
	if (err == ERR_OK) {
		err = directory_load(&files, plan_rulebook(), &directory, &problems);
		if (err != ERR_OK && problems.kept > 0) {
			(void)fault_set(fault, err, "directory", "%.*s:%u: %.*s%s%.*s",
				STR_ARG(problems.items[0].file), problems.items[0].line,
				STR_ARG(problems.items[0].field),
				problems.items[0].field.len == 0 ? "" : ": ",
				STR_ARG(problems.items[0].message));
		}
	}
	if (err == ERR_OK) {
		err = plan_create(directory, 0, &plan, fault);
		if (err != ERR_OK) {
			directory_destroy(directory);
		}
	}
	struct value body;
	if (err == ERR_OK) {
		err = explain(plan, parties, party, referral, at, NULL, arena, &body, fault);
	}
	if (err == ERR_OK) {
		/* The tree borrows from the directory: it moves to the caller's memory. */
		err = value_copy(arena, &body, ret_body);
	}
	plan_destroy(plan);
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	return err;
}
