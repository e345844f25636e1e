/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
/*
 * Who takes referrals today, and how many more: a provider's own services, all of them for those
 * who oversee.  A source sees of the services that it may refer to whether there is room, and no
 * figure; of one whose location is confidential nothing.
 */
enum {
	CAPACITY_PAGE = 100,
	CAPACITY_WAITING = 100, /* of one service, in their order */
	CAPACITY_AHEAD_DAYS = 14,
	CAPACITY_COUNTED = 10000 /* services with a limit or a message; beyond, none is looked at */
};

enum sight {
	SEES_NOTHING,
	SEES_ROOM,
	SEES_ALL,
};

struct capacity {
	const struct view *view;
	const struct plan *plan;
	const struct wire_request *request;
	timestamp_us now;
	date_days today;
	struct load_context load;
};

static bool takes_from(const struct plan_service *service, const struct party *party)
{
	const struct directory_list parties = service->source->referrer_parties;
	bool named = (service->referrer_kinds & 1U << party->kind) != 0;
	for (size_t i = 0; i < parties.count && !named; i++) {
		named = str_is(parties.items[i], party->id);
	}
	return named;
}

static enum sight sight_of(const struct view *view, const struct plan_service *service)
{
	const struct party *party = view->party;
	if (words_sees_all(view) || party->kind == KIND_COMMISSIONER ||
		intake_is_for(party, service->source)) {
		return SEES_ALL;
	}
	return !service->source->confidential_location && takes_from(service, party) ? SEES_ROOM
										     : SEES_NOTHING;
}

static bool covers(const struct directory_service *service, struct str authority)
{
	for (size_t i = 0; i < service->authorities.count; i++) {
		if (str_equal(service->authorities.items[i], authority)) {
			return true;
		}
	}
	return authority.len == 0;
}

/* One that takes nobody now, and has nobody, is listed only when it is named. */
static bool is_running(const struct capacity *capacity, const struct directory_service *service,
	const struct match_load *load)
{
	return service->routing == DIRECTORY_ROUTABLE && capacity->today >= service->window_from &&
	       (capacity->today <= service->window_to || load->live > 0 || load->waiting > 0);
}

static const char *room_name(enum room room)
{
	switch (room) {
	case ROOM_NOW:
		return "yes";
	case ROOM_TO_WAIT:
		return "waiting-list";
	case ROOM_NONE:
		break;
	}
	return "no";
}

static void put_count(struct arena *arena, struct value *map, const char *key, uint64_t count)
{
	value_put(arena, map, key, value_of_int((int64_t)count));
}

static void put_limit(struct arena *arena, struct value *map, const char *key, int64_t limit)
{
	if (limit >= 0) {
		value_put(arena, map, key, value_of_int(limit));
	}
}

static void put_date(struct arena *arena, struct value *map, const char *key, date_days date)
{
	char text[DATE_TEXT_SIZE];
	date_format(date, text);
	value_put(arena, map, key, value_of_str(arena_str(arena, str_from(text))));
}

static void put_override(struct arena *arena, struct value *map, const char *key,
	const struct directory_override *override)
{
	if (override == NULL) {
		return;
	}
	struct value words = value_map_new(arena, 6);
	put_date(arena, &words, "from", override->from);
	put_date(arena, &words, "to", override->to);
	put_limit(arena, &words, "caseload", override->caseload);
	put_limit(arena, &words, "per_year", override->per_year);
	put_limit(arena, &words, "pool_caseload", override->pool_caseload);
	if (override->note.len > 0) {
		value_put(arena, &words, "note", value_of_str(arena_str(arena, override->note)));
	}
	value_put(arena, map, key, words);
}

static void put_figures(const struct capacity *capacity, const struct directory_service *service,
	const struct directory_limits *limits, const struct match_load *load, struct value *map)
{
	struct arena *arena = capacity->view->arena;
	put_count(arena, map, "live", load->live);
	put_limit(arena, map, "caseload", limits->caseload);
	put_count(arena, map, "waiting", load->waiting);
	put_limit(arena, map, "waiting_list", service->waiting_list);
	put_count(arena, map, "year", load->year);
	put_limit(arena, map, "per_year", limits->per_year);
	if (service->pool.len > 0) {
		value_put(arena, map, "pool", value_of_str(arena_str(arena, service->pool)));
		put_count(arena, map, "pool_live", load->pool);
		put_limit(arena, map, "pool_caseload", limits->pool_caseload);
	}
	put_override(arena, map, "override", limits->override);
	put_override(arena, map, "next",
		directory_override_next(
			service, capacity->today, capacity->today + CAPACITY_AHEAD_DAYS));
	if (capacity->today > service->window_to) {
		put_date(arena, map, "ended", service->window_to);
	}
}

/* Who waits, the first to come first: for whoever may know the referrals. */
static enum err put_waiting(
	const struct capacity *capacity, const struct directory_service *service, struct value *map)
{
	struct arena *arena = capacity->view->arena;
	struct value list = value_list_new(arena, CAPACITY_WAITING);
	struct store_key at = {.len = 0};
	struct waiter waiter;
	uint64_t before;
	enum err err = waiting_unlisted(capacity->view->state, service->id, &before);
	if (err != ERR_OK) {
		return err;
	}
	if (before > 0) {
		put_count(arena, map, "before_list", before);
	}
	for (uint64_t place = 1; place <= CAPACITY_WAITING; place++) {
		struct referral_row row;
		struct leg_row leg;
		err = waiting_next(capacity->view->state, service->id, &at, &waiter);
		if (err == ERR_OK) {
			err = state_referral_get(capacity->view->state, waiter.referral, &row,
				capacity->view->fault);
		}
		if (err == ERR_OK) {
			err = state_leg_get(capacity->view->state, waiter.referral, waiter.leg,
				&leg, capacity->view->fault);
		}
		if (err != ERR_OK) {
			break;
		}
		/* A service that is delivered to another party now may have legs with the former.
		 */
		if (!words_sees_all(capacity->view) &&
			!party_serves(capacity->view->party, row_str(leg.route))) {
			continue;
		}
		struct value item = value_map_new(arena, 3);
		put_count(arena, &item, "place", before + place);
		value_put(arena, &item, "leg",
			value_of_str(words_leg_id(arena, row.reference, waiter.leg)));
		value_put(arena, &item, "since", words_time(arena, waiter.since));
		value_push(arena, &list, item);
	}
	value_put(arena, map, "list", list);
	return err == ERR_END ? ERR_OK : err;
}

static enum err intake_read(
	const struct capacity *capacity, struct str service, struct intake_row *ret_row)
{
	*ret_row = (struct intake_row){0};
	const enum err err =
		intake_get(capacity->view->state, service, ret_row, capacity->view->fault);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* One service in words; nothing when it is none of those asked for. */
static enum err item_add(
	struct capacity *capacity, const struct plan_service *of, struct value *items)
{
	const struct directory_service *service = of->source;
	const struct view *view = capacity->view;
	struct arena *arena = view->arena;
	const enum sight sight = sight_of(view, of);
	const bool named = capacity->request->service.len > 0;
	struct match_load load;
	struct intake_row row;
	if (sight == SEES_NOTHING || !covers(service, capacity->request->authority)) {
		return ERR_OK;
	}
	enum err err = decide_load(&capacity->load, service, &load);
	if (err == ERR_OK && !named && !is_running(capacity, service, &load)) {
		return ERR_OK;
	}
	if (err == ERR_OK) {
		err = intake_read(capacity, service->id, &row);
	}
	if (err != ERR_OK) {
		return err;
	}
	const struct directory_limits limits = directory_limits_on(service, capacity->today);
	struct value map = value_map_new(arena, 24);
	value_put(arena, &map, "service", value_of_str(arena_str(arena, service->id)));
	value_put(arena, &map, "name", value_of_str(arena_str(arena, service->name)));
	value_put(arena, &map, "room",
		value_of_text(room_name(match_room_of(service, &limits, &load))));
	if (sight == SEES_ROOM) {
		const bool open = service->intake_open && !load.paused;
		value_put(arena, &map, "intake", value_of_text(open ? "open" : "paused"));
		value_push(arena, items, map);
		return ERR_OK;
	}
	intake_words(arena, service, &row, capacity->now, &map);
	put_figures(capacity, service, &limits, &load, &map);
	if (named && (words_sees_all(view) || party_serves(view->party, service->delivery_party))) {
		err = put_waiting(capacity, service, &map);
	}
	value_push(arena, items, map);
	return err;
}

/* The first service whose id is `id` or comes after it. */
static size_t position_of(const struct directory *directory, struct str id)
{
	size_t low = 0;
	size_t high = directory->service_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (str_compare(directory->services[middle].id, id) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static enum err page_make(struct capacity *capacity, struct value *items, struct str *ret_cursor)
{
	const struct wire_request *request = capacity->request;
	const struct directory *directory = capacity->plan->directory;
	const bool named = request->service.len > 0;
	const size_t limit = request->limit > 0 && request->limit <= LIMIT_QUERY_ROWS
				     ? (size_t)request->limit
				     : CAPACITY_PAGE;
	size_t at = position_of(directory, named ? request->service : request->cursor);
	enum err err = ERR_OK;
	*items = value_list_new(capacity->view->arena, limit);
	for (size_t looked = 0; err == ERR_OK && at < directory->service_count &&
				looked < LIMIT_QUERY_ROWS && items->list.count < limit;
		looked++, at++) {
		if (named && !str_equal(directory->services[at].id, request->service)) {
			break;
		}
		err = item_add(capacity, &capacity->plan->services[at], items);
	}
	if (!named && at < directory->service_count) {
		*ret_cursor = arena_str(capacity->view->arena, directory->services[at].id);
	}
	return err;
}

enum err read_capacity(const struct view *view, const struct wire_request *request,
	timestamp_us now, struct value *ret_body)
{
	struct arena *arena = view->arena;
	struct value items = {0};
	struct str cursor = {0};
	struct world *world = core_world_acquire(view->core);
	struct capacity capacity = {
		.view = view,
		.plan = world_plan(world),
		.request = request,
		.now = now,
		.today = timestamp_london_date(now),
		.load = {.state = view->state, .now = now, .whole = true},
	};
	enum err err = ERR_OK;
	if (capacity.plan == NULL) {
		err = no_directory(view->core, view->fault);
	} else {
		err = page_make(&capacity, &items, &cursor);
	}
	core_world_release(world);
	if (err == ERR_OK && request->service.len > 0 && items.list.count == 0) {
		err = fault_set(view->fault, ERR_NOT_FOUND, "service",
			"the directory in force has no service of that id that you may see");
	}
	if (err != ERR_OK) {
		return err;
	}
	*ret_body = value_map_new(arena, 2);
	value_put(arena, ret_body, "items", items);
	value_put(arena, ret_body, "cursor", value_of_str(cursor));
	return ERR_OK;
}

/* Counters are read only where something limits the service. */
static enum err figures_of(struct capacity *capacity, const struct directory_service *service,
	bool *ret_full, bool *ret_paused)
{
	const struct directory_limits limits = directory_limits_on(service, capacity->today);
	struct match_load load = {0};
	const enum err err = decide_load(&capacity->load, service, &load);
	*ret_full = match_room_of(service, &limits, &load) == ROOM_NONE;
	*ret_paused = !service->intake_open || load.paused;
	return err;
}

static bool is_limited(const struct capacity *capacity, const struct directory_service *service)
{
	const struct directory_limits limits = directory_limits_on(service, capacity->today);
	return limits.caseload >= 0 || limits.per_year >= 0 || limits.pool_caseload >= 0;
}

enum err capacity_figures(
	struct core *core, struct state *state, timestamp_us now, struct core_figures *figures)
{
	struct world *world = core_world_acquire(core);
	const struct directory *directory = world_directory(world);
	struct capacity capacity = {
		.today = timestamp_london_date(now), .load = {.state = state, .now = now}};
	uint64_t messages = 0;
	size_t looked = 0;
	enum err err = state_count_get(state, STATE_COUNT_INTAKES, &messages);
	for (size_t i = 0; err == ERR_OK && directory != NULL && i < directory->service_count;
		i++) {
		const struct directory_service *service = &directory->services[i];
		bool full = false;
		bool paused = !service->intake_open;
		if (service->routing != DIRECTORY_ROUTABLE ||
			capacity.today < service->window_from ||
			capacity.today > service->window_to) {
			continue;
		}
		if ((messages > 0 || is_limited(&capacity, service)) &&
			looked++ < CAPACITY_COUNTED) {
			err = figures_of(&capacity, service, &full, &paused);
		}
		figures->services++;
		figures->full += full;
		figures->paused += paused;
	}
	core_world_release(world);
	return err;
}
