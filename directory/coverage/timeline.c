/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/timeline.h"

#include "broker/base/text.h"
#include "directory/coverage/offer.h"

#include <stdio.h>

enum {
	NAME_WIDTH = 24, /* characters */
	SPAN_LEAST = 2,  /* years */
	SPAN_MOST = 30
};

static int year_of(date_days day)
{
	int year;
	int month;
	int date;
	date_to_civil(day, &year, &month, &date);
	return year;
}

/* Contracts of services of the place, or for women, that take what the part asks. */
static bool shown(const struct directory_service *service, const struct coverage_part *part,
	struct offer *ret_offer)
{
	*ret_offer = offer_ever(service);
	return service->routing == DIRECTORY_ROUTABLE &&
	       (ret_offer->kind == OFFER_OWN || ret_offer->kind == OFFER_RATE_CARD) &&
	       (part->need < 0 || (ret_offer->needs >> part->need & 1) != 0) &&
	       (part->pathway < 0 || (ret_offer->pathways >> part->pathway & 1) != 0);
}

static void bounds_find(const struct coverage *coverage, const struct coverage_part *part,
	struct timeline *timeline)
{
	int first = year_of(coverage->day);
	int last = first;
	for (size_t i = 0; i < coverage->directory->service_count; i++) {
		const struct directory_service *service = &coverage->directory->services[i];
		struct offer offer;
		if (!shown(service, part, &offer)) {
			continue;
		}
		if (service->window_from != INT32_MIN) {
			const int from = year_of(service->window_from);
			first = from < first ? from : first;
			last = from > last ? from : last;
		}
		if (service->window_to != INT32_MAX) {
			const int to = year_of(service->window_to);
			first = to < first ? to : first;
			last = to > last ? to : last;
		}
	}
	last = last - first < SPAN_LEAST ? first + SPAN_LEAST : last;
	first = last - first > SPAN_MOST ? last - SPAN_MOST : first;
	timeline->first_year = first;
	timeline->last_year = last;
	timeline->from = date_from_civil(first, 1, 1);
	timeline->to = date_from_civil(last, 12, 31);
}

enum err timeline_find(struct arena *arena, const struct coverage *coverage,
	const struct coverage_part *part, struct timeline *ret_timeline)
{
	struct timeline timeline = {0};
	bounds_find(coverage, part, &timeline);
	size_t room = 0;
	for (size_t i = 0; i < coverage->directory->service_count; i++) {
		room += coverage->directory->services[i].authorities.count;
	}
	struct timeline_row *rows = arena_array(arena, coverage->place_count, sizeof(*rows));
	struct timeline_bar *bars = arena_array(arena, room, sizeof(*bars));
	if (arena_failed(arena)) {
		return ERR_NOMEM;
	}
	for (size_t place = 0; place < coverage->place_count; place++) {
		const struct directory_authority *authority = coverage->places[place].authority;
		const uint32_t *positions;
		const size_t count =
			directory_at_authority(coverage->directory, authority->code, &positions);
		if (part->authority.len > 0 && !str_equal(part->authority, authority->code)) {
			continue;
		}
		struct timeline_row *row = &rows[timeline.count++];
		*row = (struct timeline_row){.place = place, .bars = bars};
		for (size_t i = 0; i < count; i++) {
			const struct directory_service *service =
				&coverage->directory->services[positions[i]];
			struct offer offer;
			if (shown(service, part, &offer)) {
				bars[row->count++] = (struct timeline_bar){
					service, offer.kind == OFFER_RATE_CARD};
			}
		}
		bars += row->count;
	}
	timeline.rows = rows;
	*ret_timeline = timeline;
	return ERR_OK;
}

/* What stands in a row on a day. */
static enum coverage_kind kind_on(const struct timeline_row *row, date_days day)
{
	struct coverage_cell cell = {0};
	static const struct coverage_place stated = {0};
	for (size_t i = 0; i < row->count; i++) {
		if (offer_running(row->bars[i].service, day)) {
			cell.own++;
			cell.rate_card += row->bars[i].rate_card;
		}
	}
	return coverage_kind_of(&stated, &cell);
}

static void pad(struct buf *out, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		buf_add_text(out, " ");
	}
}

/* One character for each `step` months. */
static void row_text(struct buf *out, const struct coverage *coverage,
	const struct timeline *timeline, const struct timeline_row *row, int step)
{
	const struct coverage_place *place = &coverage->places[row->place];
	const struct str name = place->authority->name;
	text_data(out, name);
	pad(out, text_columns(name) < NAME_WIDTH ? NAME_WIDTH - text_columns(name) : 1);
	for (int year = timeline->first_year; year <= timeline->last_year; year++) {
		buf_add_text(out, "|");
		for (int month = 1; month <= 12; month += step) {
			buf_add_text(out,
				map_mark_of(kind_on(row, date_from_civil(year, month, 15)))->block);
		}
	}
	buf_add_text(out, "|");
	if (row->count == 0) {
		buf_add_text(out, place->not_stated ? " not stated" : " no contract");
	}
	buf_add_text(out, "\n");
}

void timeline_text(
	struct buf *out, const struct coverage *coverage, const struct coverage_part *part)
{
	struct arena arena;
	struct timeline timeline = {0};
	arena_init(&arena, 0);
	out->failed = out->failed || timeline_find(&arena, coverage, part, &timeline) != ERR_OK;
	/* As fine as fits beside the names. */
	const int years = timeline.last_year - timeline.first_year + 1;
	const int step = years <= 5 ? 1 : years <= 10 ? 2 : years <= 15 ? 3 : 6;
	map_title(out, "Contracts, as seen", coverage, part);
	buf_add_text(out, "\n\n");
	pad(out, NAME_WIDTH);
	for (int year = timeline.first_year; year <= timeline.last_year; year++) {
		const int width = 12 / step;
		char text[16];
		(void)snprintf(text, sizeof(text), width < 4 ? "'%02d" : "%d",
			width < 4 ? year % 100 : year);
		buf_printf(out, "|%-*.*s", width, width, width < 3 ? text + 1 : text);
	}
	buf_add_text(out, "|\n");
	for (size_t i = 0; i < timeline.count; i++) {
		row_text(out, coverage, &timeline, &timeline.rows[i], step);
	}
	buf_add_text(out, "\n");
	static const enum coverage_kind kinds[] = {
		COVERAGE_SEVERAL, COVERAGE_ONE, COVERAGE_RATE_CARD, COVERAGE_NONE};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct map_mark *mark = map_mark_of(kinds[i]);
		buf_printf(out, "  %s%s%s%s  %s\n", mark->block, mark->block, mark->block,
			mark->block, mark->words);
	}
	arena_finish(&arena);
}
