/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/room_history.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* The same limits as the directory's text below has them; -1: none. */
struct limits {
	int64_t caseload, per_year, list;
	bool pooled;
};

void room_history_publish(struct fixture *fixture)
{
	places_publish(fixture,
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

static int told_order(const void *a, const void *b)
{
	const struct room_told *left = a;
	const struct room_told *right = b;
	if (left->seq != right->seq) {
		return left->seq < right->seq ? -1 : 1;
	}
	return left->order < right->order ? -1 : left->order > right->order;
}

/* What is told of one referral's legs. */
static void read_history(struct room_history *history, struct fixture *fixture, size_t which)
{
	cr_assert_eq(fixture_show(fixture, "operator", history->references[which]), ERR_OK, "%s",
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
		cr_assert_lt(history->told_count, ROOM_EVENTS);
		struct room_told *told = &history->told[history->told_count];
		*told = (struct room_told){
			.seq = value_get_int(event, "seq", 0),
			.order = history->told_count++,
			.referral = which,
			.leg = (unsigned)(leg.ptr[leg.len - 1] - '0'),
			.service = service_of(value_get_str(event, "service")),
			.to = matched ? LEG_MATCHED
				      : (enum leg_state)vocab_number(VOCAB_LEG_STATE, state),
			.matched = matched,
			.for_list = value_get_bool(event, "waiting_list", false),
		};
		cr_assert_lt(told->leg, ROOM_LEGS);
		cr_assert_eq(timestamp_parse(value_get_str(event, "at"), &told->at), ERR_OK);
	}
}

int room_history_year_of(timestamp_us time)
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
static void check_choice(struct room_history *history, const struct room_told *told, int64_t year)
{
	const struct room_figures *now = &history->figures[told->service];
	int64_t pool;
	const struct limits limits =
		limits_of(told->service, timestamp_london_date(told->at), &pool);
	const char *id = places_ids[told->service];
	for (size_t i = 0; i < history->pause_count; i++) {
		const struct room_pause *pause = &history->pauses[i];
		cr_assert(pause->service != told->service || told->at < pause->from ||
				  told->at >= pause->until,
			"%s was chosen while it was paused", id);
	}
	int64_t free = left(limits.caseload, now->live);
	if (limits.pooled) {
		const int64_t shared =
			left(pool, history->figures[2].live + history->figures[3].live);
		free = shared < free ? shared : free;
	}
	cr_assert(limits.per_year < 0 || year < limits.per_year,
		"%s was chosen when its year was used up", id);
	const bool room = limits.list == 0 ? free > 0 : now->waiting < free;
	cr_assert_eq(room, !told->for_list, "%s: %lld live, %lld wait, %lld free", id,
		(long long)now->live, (long long)now->waiting, (long long)free);
	cr_assert(
		room || now->waiting < free + limits.list, "%s was chosen though it was full", id);
	history->direct += room;
	history->lists += !room;
}

int64_t room_history_year(const struct room_history *history, int service, int year)
{
	int64_t count = 0;
	for (size_t i = 0; i < history->told_count; i++) {
		const struct room_told *told = &history->told[i];
		const struct room_held *held = &history->held[told->referral][told->leg];
		count += told->matched && told->service == service && held->year &&
			 held->in_year == year;
	}
	return count;
}

static void take(struct room_history *history, const struct room_told *told)
{
	struct room_held *held = &history->held[told->referral][told->leg];
	struct room_figures *figures = &history->figures[told->service];
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

void room_history_count(struct room_history *history, struct fixture *fixture)
{
	history->told_count = 0;
	history->direct = 0;
	history->lists = 0;
	memset(history->held, 0, sizeof(history->held));
	memset(history->figures, 0, sizeof(history->figures));
	for (size_t i = 0; i < history->count; i++) {
		read_history(history, fixture, i);
	}
	const size_t count = history->told_count;
	qsort(history->told, count, sizeof(history->told[0]), told_order);
	for (size_t i = 0; i < count; i++) {
		const struct room_told *told = &history->told[i];
		struct room_held *held = &history->held[told->referral][told->leg];
		if (told->matched) {
			history->told_count = i; /* those before it */
			check_choice(history, told,
				room_history_year(
					history, told->service, room_history_year_of(told->at)));
			held->for_list = told->for_list;
			held->in_year = room_history_year_of(told->at);
		}
		take(history, told);
	}
	history->told_count = count;
}
