/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/lifecycle.h"
#include "tests/unit/core/places.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
/*
 * Random sources and providers in a directory where room is short, with other limits for a time,
 * shared room, waiting lists and pauses, one seed a run (ONWARD_SEED).  The history that is told of
 * all referrals is counted a second time here, event by event: no service is chosen while it is
 * paused or without room for her on that day in London, and what the broker has counted is what
 * this comes to.
 */
enum {
	STEPS = 700,
	REFERRALS = 90,
	PAUSES = 200,
	EVENTS = 8000,
	LEGS_MAX = 8,
	VERIFY_EVERY = 175
};

struct pause {
	int service;
	timestamp_us from, until;
};

/* One event of a leg, as the operator is told of it. */
struct told {
	int64_t seq;
	size_t order; /* within what was told */
	size_t referral;
	unsigned leg;
	int service;
	timestamp_us at;
	enum leg_state to;
	bool matched, for_list;
};

struct figures {
	int64_t live, waiting, year, pool;
};

/* What this test says a leg takes. */
struct held {
	bool place, waits, year, for_list, taken_on;
	int in_year;
	enum leg_state state;
};

struct simulation {
	struct fixture fixture;
	unsigned seed, number;
	char references[REFERRALS][REFERENCE_TEXT_SIZE];
	size_t count;
	struct pause pauses[PAUSES];
	size_t pause_count;
	struct told told[EVENTS];
	size_t told_count;
	struct held held[REFERRALS][LEGS_MAX];
	struct figures figures[PLACES_SERVICES];
	int64_t lists;  /* legs that were sent for a waiting list */
	int64_t direct; /* legs that were not */
};

/* The same limits as the directory's text below has them; -1: none. */
struct limits {
	int64_t caseload, per_year, list;
	bool pooled;
};

static const char *const routes[PLACES_SERVICES] = {
	"advance", "advance", "women-in-prison", "hibiscus"};

static void publish(struct simulation *simulation)
{
	places_publish(&simulation->fixture,
		&(struct places){
			.first = "{caseload: 3, per_year: 16, waiting_list: 2, overrides: ["
				 "{from: 2019-06-24, to: 2019-07-07, caseload: 1}, "
				 "{from: 2019-10-21, to: 2019-10-27, caseload: 0}, "
				 "{from: 2019-12-30, to: 2020-01-02, caseload: 4, per_year: 2}]}",
			.refuge = "{caseload: 2}",
			.second = "{pool: room, pool_caseload: 3, waiting_list: 1, overrides: ["
				  "{from: 2019-06-17, to: 2019-06-23, pool_caseload: 1}]}",
			.third = "{caseload: 2, pool: room, pool_caseload: 3, overrides: ["
				 "{from: 2019-06-17, to: 2019-06-23, pool_caseload: 1}]}",
		});
}

static bool within(date_days day, const char *from, const char *to)
{
	date_days first;
	date_days last;
	cr_assert_eq(date_parse(str_from(from), &first), ERR_OK);
	cr_assert_eq(date_parse(str_from(to), &last), ERR_OK);
	return day >= first && day <= last;
}

static struct limits limits_of(int service, date_days day, int64_t *ret_pool)
{
	*ret_pool = within(day, "2019-06-17", "2019-06-23") ? 1 : 3;
	switch (service) {
	case 0:
		return (struct limits){.caseload = within(day, "2019-06-24", "2019-07-07")   ? 1
						   : within(day, "2019-10-21", "2019-10-27") ? 0
						   : within(day, "2019-12-30", "2020-01-02") ? 4
											     : 3,
			.per_year = within(day, "2019-12-30", "2020-01-02") ? 2 : 16,
			.list = 2};
	case 1:
		return (struct limits){.caseload = 2, .per_year = -1};
	case 2:
		return (struct limits){.caseload = -1, .per_year = -1, .list = 1, .pooled = true};
	default:
		return (struct limits){.caseload = 2, .per_year = -1, .pooled = true};
	}
}

static unsigned draw(struct simulation *simulation, unsigned below)
{
	simulation->seed = simulation->seed * 1664525U + 1013904223U;
	return (simulation->seed >> 8) % below;
}

static int service_of(struct str id)
{
	for (int i = 0; i < PLACES_SERVICES; i++) {
		if (str_is(id, places_ids[i])) {
			return i;
		}
	}
	cr_assert_fail("no service %.*s", STR_ARG(id));
	return 0;
}

static void step_submit(struct simulation *simulation)
{
	static const char *const needs[] = {
		"accommodation", "accommodation", "poverty-debt", "substance-use"};
	char ref[24];
	char more[200];
	if (simulation->count == REFERRALS) {
		return;
	}
	(void)snprintf(ref, sizeof(ref), "sim-%u", simulation->number++);
	(void)snprintf(more, sizeof(more), "{\"needs\":[{\"code\":\"%s\"}%s]}",
		needs[draw(simulation, 4)],
		draw(simulation, 3) == 0 ? ",{\"code\":\"immigration-advice\"}" : "");
	const char *reference = fixture_refer(
		&simulation->fixture, "met-custody", ref, "diversion", "E09000007", more);
	(void)snprintf(
		simulation->references[simulation->count++], REFERENCE_TEXT_SIZE, "%s", reference);
}

static void step_act(struct simulation *simulation)
{
	static const struct {
		const char *action, *reason;
	} acts[] = {{"accepted", NULL}, {"accepted", NULL}, {"declined", "no-capacity"},
		{"waitlisted", NULL}, {"waitlisted", NULL}, {"started", NULL}, {"completed", NULL},
		{"on-hold", NULL}, {"resumed", NULL}, {"not-engaged", NULL},
		{"withdrawn", "her-decision"}, {"ended-early", "moved-out-of-area"}};
	char leg[24];
	if (simulation->count == 0) {
		return;
	}
	const unsigned act = draw(simulation, 12);
	(void)snprintf(leg, sizeof(leg), "%s/%u",
		simulation->references[draw(simulation, (unsigned)simulation->count)],
		1 + draw(simulation, 2));
	(void)fixture_act(&simulation->fixture, routes[draw(simulation, PLACES_SERVICES)], leg,
		acts[act].action, acts[act].reason);
}

static void step_withdraw(struct simulation *simulation)
{
	if (simulation->count > 0 && draw(simulation, 3) == 0) {
		(void)fixture_withdraw(&simulation->fixture, "met-custody",
			simulation->references[draw(simulation, (unsigned)simulation->count)],
			"her-decision");
	}
}

static void step_intake(struct simulation *simulation)
{
	const int service = (int)draw(simulation, PLACES_SERVICES);
	const bool pause = draw(simulation, 2) == 0;
	const timestamp_us until =
		simulation->fixture.now + (1 + draw(simulation, 200)) * 3600 * TIMESTAMP_SECOND;
	char text[TIMESTAMP_TEXT_SIZE] = "";
	if (simulation->pause_count == PAUSES) {
		return;
	}
	if (pause && draw(simulation, 2) == 0) {
		timestamp_format(until, text);
	}
	simulation->fixture.now += TIMESTAMP_SECOND;
	const timestamp_us now = simulation->fixture.now;
	cr_assert_eq(places_intake(&simulation->fixture, routes[service], places_ids[service],
			     pause ? "pause" : "resume", text[0] == '\0' ? NULL : text, NULL),
		ERR_OK, "%s", simulation->fixture.reply.fault.message);
	for (size_t i = 0; i < simulation->pause_count; i++) {
		struct pause *before = &simulation->pauses[i];
		if (before->service == service && before->until > now) {
			before->until = now; /* the newest message counts */
		}
	}
	if (pause) {
		simulation->pauses[simulation->pause_count++] =
			(struct pause){service, now, text[0] == '\0' ? INT64_MAX : until};
	}
	simulation->fixture.now += TIMESTAMP_SECOND;
}

static int told_order(const void *a, const void *b)
{
	const struct told *left = a;
	const struct told *right = b;
	if (left->seq != right->seq) {
		return left->seq < right->seq ? -1 : 1;
	}
	return left->order < right->order ? -1 : left->order > right->order;
}

/* What is told of one referral's legs. */
static void read_history(struct simulation *simulation, size_t which)
{
	struct fixture *fixture = &simulation->fixture;
	cr_assert_eq(fixture_show(fixture, "operator", simulation->references[which]), ERR_OK, "%s",
		fixture->reply.fault.message);
	const struct value *events = value_get(&fixture->reply.body, STR("timeline"));
	for (size_t i = 0; i < events->list.count; i++) {
		const struct value *event = &events->list.items[i];
		const struct str word = value_get_str(event, "event");
		const bool matched = str_is(word, "matched");
		const struct str state = value_get_str(event, "state");
		const struct str leg = value_get_str(event, "leg");
		if (leg.len == 0 || (!matched && state.len == 0)) {
			continue;
		}
		cr_assert_lt(simulation->told_count, EVENTS);
		struct told *told = &simulation->told[simulation->told_count];
		*told = (struct told){
			.seq = value_get_int(event, "seq", 0),
			.order = simulation->told_count++,
			.referral = which,
			.leg = (unsigned)(leg.ptr[leg.len - 1] - '0'),
			.service = service_of(value_get_str(event, "service")),
			.to = matched ? LEG_MATCHED
				      : (enum leg_state)vocab_number(VOCAB_LEG_STATE, state),
			.matched = matched,
			.for_list = value_get_bool(event, "waiting_list", false),
		};
		cr_assert_lt(told->leg, LEGS_MAX);
		cr_assert_eq(timestamp_parse(value_get_str(event, "at"), &told->at), ERR_OK);
	}
}

static int year_of(timestamp_us time)
{
	int year;
	int month;
	int day;
	date_to_civil(timestamp_london_date(time), &year, &month, &day);
	return year;
}

static int64_t left(int64_t limit, int64_t taken)
{
	return limit < 0 ? INT32_MAX : limit > taken ? limit - taken : 0;
}

/* She was chosen for it: it took referrals, and had room of the kind that was said. */
static void check_choice(struct simulation *simulation, const struct told *told, int64_t year)
{
	const struct figures *now = &simulation->figures[told->service];
	int64_t pool;
	const struct limits limits =
		limits_of(told->service, timestamp_london_date(told->at), &pool);
	const char *id = places_ids[told->service];
	for (size_t i = 0; i < simulation->pause_count; i++) {
		const struct pause *pause = &simulation->pauses[i];
		cr_assert(pause->service != told->service || told->at < pause->from ||
				  told->at >= pause->until,
			"%s was chosen while it was paused", id);
	}
	int64_t free = left(limits.caseload, now->live);
	if (limits.pooled) {
		const int64_t shared =
			left(pool, simulation->figures[2].live + simulation->figures[3].live);
		free = shared < free ? shared : free;
	}
	cr_assert(limits.per_year < 0 || year < limits.per_year,
		"%s was chosen when its year was used up", id);
	const bool room = limits.list == 0 ? free > 0 : now->waiting < free;
	cr_assert_eq(room, !told->for_list, "%s: %lld live, %lld wait, %lld free", id,
		(long long)now->live, (long long)now->waiting, (long long)free);
	cr_assert(
		room || now->waiting < free + limits.list, "%s was chosen though it was full", id);
	simulation->direct += room;
	simulation->lists += !room;
}

static int64_t year_count(const struct simulation *simulation, int service, int year)
{
	int64_t count = 0;
	for (size_t i = 0; i < simulation->told_count; i++) {
		const struct told *told = &simulation->told[i];
		const struct held *held = &simulation->held[told->referral][told->leg];
		count += told->matched && told->service == service && held->year &&
			 held->in_year == year;
	}
	return count;
}

static void take(struct simulation *simulation, const struct told *told)
{
	struct held *held = &simulation->held[told->referral][told->leg];
	struct figures *figures = &simulation->figures[told->service];
	figures->live -= held->place;
	figures->waiting -= held->waits;
	switch (told->to) {
	case LEG_MATCHED:
	case LEG_DELIVERED:
	case LEG_RECEIVED:
	case LEG_INFO_REQUESTED:
		held->place = !held->for_list;
		held->waits = held->for_list;
		held->year = true;
		break;
	case LEG_WAITLISTED:
		held->place = false;
		held->waits = true;
		break;
	case LEG_ACCEPTED:
	case LEG_STARTED:
		held->place = true;
		held->waits = false;
		held->year = true;
		held->taken_on = true;
		break;
	case LEG_ON_HOLD:
	case LEG_CANCEL_REQUESTED:
		break;
	case LEG_NONE:
	case LEG_DECLINED:
	case LEG_REDIRECTED:
	case LEG_COMPLETED:
	case LEG_ENDED_EARLY:
	case LEG_NOT_ENGAGED:
	case LEG_WITHDRAWN:
	case LEG_EXPIRED:
	case LEG_STATE_COUNT:
		held->place = false;
		held->waits = false;
		held->year = held->taken_on;
		break;
	}
	held->state = told->to;
	figures->live += held->place;
	figures->waiting += held->waits;
}

/* The whole history from the beginning, in the order of the record. */
static void count_again(struct simulation *simulation)
{
	simulation->told_count = 0;
	simulation->direct = 0;
	simulation->lists = 0;
	memset(simulation->held, 0, sizeof(simulation->held));
	memset(simulation->figures, 0, sizeof(simulation->figures));
	for (size_t i = 0; i < simulation->count; i++) {
		read_history(simulation, i);
	}
	const size_t count = simulation->told_count;
	qsort(simulation->told, count, sizeof(simulation->told[0]), told_order);
	for (size_t i = 0; i < count; i++) {
		const struct told *told = &simulation->told[i];
		struct held *held = &simulation->held[told->referral][told->leg];
		if (told->matched) {
			simulation->told_count = i; /* those before it */
			check_choice(simulation, told,
				year_count(simulation, told->service, year_of(told->at)));
			held->for_list = told->for_list;
			held->in_year = year_of(told->at);
		}
		take(simulation, told);
	}
	simulation->told_count = count;
}

static void check(struct simulation *simulation)
{
	struct fixture *fixture = &simulation->fixture;
	const int year = year_of(fixture->now);
	count_again(simulation);
	const struct figures *figures = simulation->figures;
	for (int i = 0; i < PLACES_SERVICES; i++) {
		const char *id = places_ids[i];
		cr_assert_eq(places_number(fixture, id, "live"), figures[i].live, "%s", id);
		cr_assert_eq(places_number(fixture, id, "waiting"), figures[i].waiting, "%s", id);
		cr_assert_eq(places_number(fixture, id, "year"), year_count(simulation, i, year),
			"%s", id);
		cr_assert_eq(places_read(fixture, "operator", id), ERR_OK);
		cr_assert_eq(fixture_count(fixture, "items[0].list"), (size_t)figures[i].waiting,
			"%s has all who wait in its list", id);
	}
	cr_assert_eq(
		places_number(fixture, "third", "pool_live"), figures[2].live + figures[3].live);
	arena_reset(&fixture->arena);
}

static void step(struct simulation *simulation)
{
	switch (draw(simulation, 10)) {
	case 0:
	case 1:
		step_submit(simulation);
		break;
	case 2:
	case 3:
		(void)fixture_deliver(
			&simulation->fixture, routes[draw(simulation, PLACES_SERVICES)]);
		break;
	case 4:
		step_intake(simulation);
		break;
	case 5:
		step_withdraw(simulation);
		break;
	case 6:
		fixture_pass_to(&simulation->fixture,
			simulation->fixture.now +
				(timestamp_us)draw(simulation, 160) * 3600 * TIMESTAMP_SECOND);
		break;
	default:
		step_act(simulation);
		break;
	}
}

Test(simulation_capacity, no_order_of_events_overfills_a_service_or_miscounts_it, .timeout = 300)
{
	const char *seed = getenv("ONWARD_SEED");
	struct simulation *simulation = calloc(1, sizeof(*simulation));
	cr_assert_not_null(simulation);
	simulation->seed = seed == NULL ? 20190612U : (unsigned)strtoul(seed, NULL, 10);
	fixture_init(&simulation->fixture);
	publish(simulation);
	for (unsigned i = 1; i <= STEPS; i++) {
		step(simulation);
		check(simulation);
		if (i % VERIFY_EVERY == 0) {
			fixture_verify(&simulation->fixture);
			fixture_reopen(&simulation->fixture);
		}
	}
	cr_expect_gt(simulation->direct, 20, "places were given");
	cr_expect_gt(simulation->lists, 5, "and places on waiting lists");
	cr_expect_gt(year_of(simulation->fixture.now), 2019, "into another year");
	fixture_finish(&simulation->fixture);
	free(simulation);
}
