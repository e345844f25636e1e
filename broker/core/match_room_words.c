/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/match.h"
/* How full a service is, and whether it takes referrals, in words. */

static struct str date_text(struct arena *arena, date_days date)
{
	char text[DATE_TEXT_SIZE];
	date_format(date, text);
	return arena_str(arena, str_from(text));
}

/* What the limit is otherwise, when it is another one for a time. */
static struct str override_text(
	struct arena *arena, const struct directory_limits *limits, int64_t now, int64_t otherwise)
{
	if (limits->override == NULL || now == otherwise) {
		return (struct str){0};
	}
	const struct str until = date_text(arena, limits->override->to);
	return otherwise < 0 ? arena_printf(arena, " (%lld until %.*s, not limited otherwise)",
				       (long long)now, STR_ARG(until))
			     : arena_printf(arena, " (%lld until %.*s, %lld otherwise)",
				       (long long)now, STR_ARG(until), (long long)otherwise);
}

static struct str list_text(struct arena *arena, const struct match_candidate *candidate)
{
	const long long may = (long long)candidate->service->source->waiting_list;
	const unsigned long long wait = (unsigned long long)candidate->load.waiting;
	return may == 0 ? (struct str){0}
			: arena_printf(arena, "; %llu wait%s, %lld may", wait, wait == 1 ? "s" : "",
				  may);
}

/* Which limit it is that is reached, and how far the others are not. */
static struct str taken_text(struct arena *arena, const struct match_candidate *candidate)
{
	const struct directory_service *service = candidate->service->source;
	const struct directory_limits *limits = &candidate->limits;
	const struct match_load *load = &candidate->load;
	const bool year = limits->per_year >= 0 && load->year >= (uint64_t)limits->per_year;
	const bool shared = limits->pool_caseload >= 0 &&
			    load->pool >= (uint64_t)limits->pool_caseload &&
			    (limits->caseload < 0 || load->live < (uint64_t)limits->caseload);
	if (year) {
		return arena_printf(arena, "%llu of %lld referrals of this year are used%.*s",
			(unsigned long long)load->year, (long long)limits->per_year,
			STR_ARG(override_text(arena, limits, limits->per_year, service->per_year)));
	}
	const uint64_t taken = shared ? load->pool : load->live;
	const int64_t limit = shared ? limits->pool_caseload : limits->caseload;
	if (limit < 0) {
		return STR("its number of places is not stated");
	}
	return arena_printf(arena, "%llu of %lld %splaces are taken%.*s%.*s",
		(unsigned long long)taken, (long long)limit, shared ? "shared " : "",
		STR_ARG(override_text(
			arena, limits, limit, shared ? service->pool_caseload : service->caseload)),
		STR_ARG(list_text(arena, candidate)));
}

struct str match_room_text(const struct match_input *input, const struct match_candidate *candidate)
{
	const struct str taken = taken_text(input->arena, candidate);
	switch (match_room_of(candidate->service->source, &candidate->limits, &candidate->load)) {
	case ROOM_NOW:
		return arena_printf(input->arena, "has room: %.*s", STR_ARG(taken));
	case ROOM_TO_WAIT:
		return arena_printf(
			input->arena, "has room on its waiting list: %.*s", STR_ARG(taken));
	case ROOM_NONE:
		break;
	}
	return arena_printf(input->arena, "full: %.*s", STR_ARG(taken));
}

/* The last day of a pause that ends with a day, else its minute. */
static struct str until_text(struct arena *arena, timestamp_us until)
{
	const date_days day = timestamp_london_date(until);
	const timestamp_us local = until + timestamp_london_offset_s(until) * TIMESTAMP_SECOND;
	const int64_t minute = local / (60 * TIMESTAMP_SECOND) % (24 * 60);
	const struct str last = date_text(arena, minute == 0 ? day - 1 : day);
	return minute == 0 ? last
			   : arena_printf(arena, "%.*s %02lld:%02lld", STR_ARG(last),
				     (long long)(minute / 60), (long long)(minute % 60));
}

struct str match_intake_text(
	const struct match_input *input, const struct match_candidate *candidate)
{
	const struct match_load *load = &candidate->load;
	if (!candidate->service->source->intake_open) {
		return STR("takes no new referrals at present");
	}
	if (!load->paused) {
		return STR("takes new referrals");
	}
	const char *who = load->paused_by_provider ? "its provider" : "the coordinator";
	return load->paused_until == 0
		       ? arena_printf(input->arena,
				 "takes no new referrals at present: paused by %s", who)
		       : arena_printf(input->arena,
				 "takes no new referrals: paused by %s until %.*s", who,
				 STR_ARG(until_text(input->arena, load->paused_until)));
}
