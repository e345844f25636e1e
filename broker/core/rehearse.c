/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/packed.h"
#include "broker/core/rehearse_parts.h"

#include <stdlib.h>
/*
 * The pages of a rehearsal: referrals in the order of their ids, which is that of the record, each
 * page a transaction of its own.  What comes in meanwhile stands behind, and `until` leaves it out.
 */
enum {
	REHEARSE_PAGE = 100,      /* referrals that are matched, twice each */
	REHEARSE_PAGE_LEGS = 300, /* that a page looks at, so that it fits a frame */
	/* Services, so that a page is as short in a place with thousands: about 20 ms. */
	REHEARSE_PAGE_SERVICES = 40000,
};

struct core_candidate {
	struct plan *plan;
};

static enum err candidate_make(const struct directory_files *files,
	struct core_candidate **ret_candidate, struct directory_problems *problems,
	struct fault *fault)
{
	struct directory *directory = NULL;
	struct core_candidate *candidate = calloc(1, sizeof(*candidate));
	if (candidate == NULL) {
		return ERR_NOMEM;
	}
	enum err err = directory_load(files, plan_rulebook(), &directory, problems);
	if (err == ERR_OK) {
		err = plan_create(directory, 0, &candidate->plan, fault);
		if (err != ERR_OK) {
			directory_destroy(directory);
		}
	}
	if (err != ERR_OK) {
		core_candidate_destroy(candidate);
		return err;
	}
	*ret_candidate = candidate;
	return ERR_OK;
}

enum err core_candidate_unpack(struct str packed, const uint8_t hash[HASH_SIZE],
	struct core_candidate **ret_candidate, struct directory_problems *problems,
	struct fault *fault)
{
	struct directory_files files = {0};
	uint8_t found[HASH_SIZE];
	*problems = (struct directory_problems){0};
	enum err err = packed_read(packed, &files, fault);
	if (err == ERR_OK) {
		err = packed_check(&files, fault);
	}
	if (err == ERR_OK) {
		directory_files_hash(&files, found);
		if (memcmp(found, hash, HASH_SIZE) != 0) {
			err = fault_set(
				fault, ERR_INVALID, "upload", "the files do not have this hash");
		}
	}
	if (err == ERR_OK) {
		err = candidate_make(&files, ret_candidate, problems, fault);
	}
	directory_files_finish(&files);
	return err;
}

enum err core_candidate_read(const char *root, struct core_candidate **ret_candidate,
	struct directory_problems *problems, struct fault *fault)
{
	struct directory_files files = {0};
	*problems = (struct directory_problems){0};
	enum err err = directory_files_read(root, &files, fault);
	if (err == ERR_OK) {
		err = candidate_make(&files, ret_candidate, problems, fault);
	}
	directory_files_finish(&files);
	return err;
}

void core_candidate_destroy(struct core_candidate *candidate)
{
	if (candidate != NULL) {
		plan_destroy(candidate->plan);
		free(candidate);
	}
}

/* A page on its way. */
struct page {
	struct rehearse rehearse;
	struct value items;
	struct store_key at;
	timestamp_us until;
	size_t limit, legs;
	int64_t replayed, same, erased, damaged;
	bool end;
};

/* Rows of the legs behind that of the referral, in the scratch. */
static enum err legs_read(struct rehearse *rehearse)
{
	struct subject *subject = rehearse->subject;
	subject->legs =
		arena_array(&rehearse->scratch, subject->row.legs + 1U, sizeof(*subject->legs));
	enum err err = subject->legs == NULL ? ERR_NOMEM : ERR_OK;
	for (unsigned leg = 1; err == ERR_OK && leg <= subject->row.legs; leg++) {
		err = state_leg_get(rehearse->view.state, subject->id, (uint8_t)leg,
			&subject->legs[leg], rehearse->view.fault);
	}
	return err;
}

static struct value recorded_legs(const struct rehearse *rehearse)
{
	struct arena *arena = rehearse->view.arena;
	const struct subject *subject = rehearse->subject;
	struct value list = value_list_new(arena, subject->row.legs);
	for (unsigned leg = 1; leg <= subject->row.legs; leg++) {
		const struct leg_row *row = &subject->legs[leg];
		struct value map = value_map_new(arena, 2);
		value_put(arena, &map, "service",
			value_of_str(arena_str(arena, row_str(row->service))));
		value_put(arena, &map, "state",
			value_of_text(vocab_code(VOCAB_LEG_STATE, (int)row->state)));
		value_push(arena, &list, map);
	}
	return list;
}

static void put_who(const struct rehearse *rehearse, struct value *item)
{
	struct arena *arena = rehearse->view.arena;
	const struct referral_row *row = &rehearse->subject->row;
	value_put(
		arena, item, "reference", value_of_str(arena_str(arena, row_str(row->reference))));
	value_put(arena, item, "state",
		value_of_text(vocab_code(VOCAB_REFERRAL_STATE, (int)row->state)));
	value_put(arena, item, "recorded", recorded_legs(rehearse));
}

/* What differs for her, and her live legs that are told of. */
static enum err item_make(struct page *page)
{
	enum {
		MEMBERS = 14
	};
	struct rehearse *rehearse = &page->rehearse;
	struct arena *arena = rehearse->view.arena;
	struct value item = value_map_new(arena, MEMBERS);
	struct value legs;
	size_t count = 0;
	bool differs = false;
	enum err err = rehearse->readable ? rehearse_play(rehearse, &item, &differs) : ERR_OK;
	if (err == ERR_OK) {
		err = rehearse_legs(rehearse, &legs, &count);
	}
	if (err != ERR_OK) {
		return err;
	}
	page->same += !differs && rehearse->readable;
	if (!differs && count == 0) {
		return ERR_OK;
	}
	if (differs) {
		value_put(arena, &item, "authority",
			value_of_str(arena_str(arena, row_str(rehearse->subject->row.authority))));
	} else {
		value_put(arena, &item, "changes", value_list_new(arena, 1));
	}
	put_who(rehearse, &item);
	if (count > 0) {
		value_put(arena, &item, "legs", legs);
	}
	value_push(arena, &page->items, item);
	return ERR_OK;
}

static enum err referral_take(struct page *page, struct id id)
{
	struct rehearse *rehearse = &page->rehearse;
	struct subject *subject = rehearse->subject;
	struct fault unread;
	*subject = (struct subject){.id = id};
	enum err err =
		state_referral_get(rehearse->view.state, id, &subject->row, rehearse->view.fault);
	if (err != ERR_OK || subject->row.submitted < rehearse->request->since ||
		subject->row.submitted >= page->until) {
		return err;
	}
	arena_reset(&rehearse->scratch);
	err = legs_read(rehearse);
	if (err != ERR_OK) {
		return err;
	}
	page->legs += subject->row.legs;
	const bool erased = (subject->row.flags & REFERRAL_ERASED) != 0;
	err = erased ? ERR_NOT_FOUND
		     : payload_read(rehearse->view.core, rehearse->view.state, subject->row.slot,
			       subject->row.payload, &rehearse->scratch, &subject->document,
			       &unread);
	if (err == ERR_NOMEM) {
		return err;
	}
	rehearse->readable = err == ERR_OK;
	page->erased += err == ERR_NOT_FOUND;
	page->damaged += err != ERR_OK && err != ERR_NOT_FOUND;
	page->replayed += rehearse->readable;
	if (rehearse->readable) {
		referral_load(&subject->document, &subject->referral);
	}
	return item_make(page);
}

static enum err page_walk(struct page *page)
{
	const struct view *view = &page->rehearse.view;
	enum err err = ERR_OK;
	for (size_t looked = 0;
		err == ERR_OK && looked < LIMIT_QUERY_ROWS &&
		(size_t)page->replayed < page->limit && page->legs < REHEARSE_PAGE_LEGS &&
		page->rehearse.looked < REHEARSE_PAGE_SERVICES;
		looked++) {
		struct str key;
		struct str value;
		err = store_next(view->state->txn, store_key_view(&page->at), true, &key, &value);
		if (err == ERR_END || (err == ERR_OK && key.ptr[0] != TABLE_REFERRAL)) {
			page->end = true;
			return ERR_OK;
		}
		if (err != ERR_OK) {
			return err;
		}
		const struct id id = store_key_read_id(key, 1);
		page->at = store_key_start(TABLE_REFERRAL);
		store_key_id(&page->at, id);
		err = referral_take(page, id);
		if (err == ERR_CORRUPT) {
			*view->fault = (struct fault){0};
			page->damaged++;
			err = ERR_OK; /* one that is damaged does not hide the others */
		}
	}
	return err;
}

static enum err page_begin(struct page *page)
{
	static const char tables[] = {TABLE_REFERRAL, '\0'};
	const struct rehearse *rehearse = &page->rehearse;
	const struct wire_request *request = rehearse->request;
	const int64_t asked = request->limit;
	/* Rules of one's own, tried in a window of one's own, answer any question about her. */
	if (rehearse->view.party->kind != KIND_COORDINATOR) {
		return fault_set(rehearse->view.fault, ERR_NOT_ALLOWED, "",
			"only a coordinator rehearses a directory: it tries rules on what is known "
			"of her");
	}
	if (rehearse->before == NULL) {
		return no_directory(rehearse->view.core, rehearse->view.fault);
	}
	page->limit = asked > 0 && asked < REHEARSE_PAGE ? (size_t)asked : REHEARSE_PAGE;
	page->until = request->until != 0 ? request->until : rehearse->now + 1;
	page->at = store_key_start(TABLE_REFERRAL);
	page->items = value_list_new(rehearse->view.arena, LIMIT_QUERY_ROWS);
	return request->cursor.len == 0
		       ? ERR_OK
		       : cursor_read(request->cursor, tables, &page->at, rehearse->view.fault);
}

static struct value page_body(const struct page *page)
{
	struct arena *arena = page->rehearse.view.arena;
	struct value body = value_map_new(arena, 9);
	value_put(arena, &body, "items", page->items);
	value_put(arena, &body, "cursor",
		value_of_str(page->end ? (struct str){0} : cursor_write(arena, &page->at)));
	value_put(arena, &body, "until", words_time(arena, page->until));
	value_put(arena, &body, "version", value_of_int((int64_t)page->rehearse.before->version));
	value_put(arena, &body, "replayed", value_of_int(page->replayed));
	value_put(arena, &body, "same", value_of_int(page->same));
	value_put(arena, &body, "erased", value_of_int(page->erased));
	value_put(arena, &body, "damaged", value_of_int(page->damaged));
	return body;
}

void core_rehearse(struct core *core, const struct party *party, const struct wire_request *request,
	const struct core_candidate *candidate, timestamp_us now, struct arena *arena,
	struct core_reply *ret_reply)
{
	struct state state = {.meta = &core->meta};
	struct world *world = core_world_acquire(core);
	*ret_reply = (struct core_reply){.err = ERR_OK};
	struct page page = {.rehearse = {.view = {core, &state, party, arena, &ret_reply->fault},
				    .request = request,
				    .before = world_plan(world),
				    .after = candidate->plan,
				    .parties = world_parties(world),
				    .now = now,
				    .subject = arena_alloc(arena, sizeof(*page.rehearse.subject))}};
	arena_init(&page.rehearse.scratch, 0);
	enum err err = page.rehearse.subject == NULL ? ERR_NOMEM
						     : store_begin(core->store, false, &state.txn);
	if (err == ERR_OK) {
		err = page_begin(&page);
		if (err == ERR_OK) {
			err = page_walk(&page);
		}
		store_abort(state.txn);
	}
	if (err == ERR_OK) {
		ret_reply->body = page_body(&page);
		err = arena_failed(arena) ? ERR_NOMEM : ERR_OK;
	}
	arena_finish(&page.rehearse.scratch);
	core_world_release(world);
	if (err != ERR_OK) {
		ret_reply->err = err;
		if (ret_reply->fault.code == ERR_OK) {
			(void)fault_set(&ret_reply->fault, err, "", "%s", err_text(err));
		}
		core_count_refusal(core, err);
	}
}
