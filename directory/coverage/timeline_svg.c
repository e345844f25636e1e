/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/timeline.h"

#include <stdio.h>

enum {
	MARGIN = 24,
	NAMES = 190,
	YEARS = 640,
	HEAD = 84,
	BAR = 11,
	BAR_STEP = 14,
	ROW_PAD = 9,
	FOOT = 112
};

static unsigned x_of(const struct timeline *timeline, date_days day)
{
	day = day < timeline->from ? timeline->from : day > timeline->to ? timeline->to : day;
	return MARGIN + NAMES +
	       (unsigned)((int64_t)(day - timeline->from) * YEARS /
			  (timeline->to - timeline->from + 1));
}

static unsigned row_height(const struct timeline_row *row)
{
	return ROW_PAD + BAR_STEP * (unsigned)(row->count == 0 ? 1 : row->count);
}

/* What begins before the picture or ends behind it has an arrow there. */
static void bar_svg(struct buf *out, const struct timeline *timeline,
	const struct timeline_bar *bar, unsigned y)
{
	char from[DATE_TEXT_SIZE] = "not stated";
	char to[DATE_TEXT_SIZE] = "not stated";
	const date_days begin = bar->service->window_from;
	const date_days end = bar->service->window_to;
	if (begin > timeline->to || end < timeline->from) {
		return;
	}
	if (begin != INT32_MIN) {
		date_format(begin, from);
	}
	if (end != INT32_MAX) {
		date_format(end, to);
	}
	const unsigned left = x_of(timeline, begin);
	const unsigned right =
		end >= timeline->to ? MARGIN + NAMES + YEARS : x_of(timeline, end + 1);
	buf_add_text(out, "<g><title>");
	svg_words(out, bar->service->name);
	buf_printf(out, ", from %s to %s</title>", from, to);
	buf_printf(out,
		"<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" %s stroke=\"#46505c\"/>", left,
		y, right > left ? right - left : 1, BAR,
		svg_fill(bar->rate_card ? COVERAGE_RATE_CARD : COVERAGE_ONE));
	if (begin < timeline->from) {
		buf_printf(out, "<path d=\"M%u %u l-8 %d l8 %d z\" fill=\"#46505c\"/>", left - 1, y,
			BAR / 2, BAR / 2 + 1);
	}
	if (end > timeline->to) {
		buf_printf(out, "<path d=\"M%u %u l8 %d l-8 %d z\" fill=\"#46505c\"/>", right + 1,
			y, BAR / 2, BAR / 2 + 1);
	}
	buf_add_text(out, "</g>\n");
}

static void grid_svg(struct buf *out, const struct timeline *timeline, unsigned bottom)
{
	const int years = timeline->last_year - timeline->first_year + 1;
	for (int year = timeline->first_year; year <= timeline->last_year; year++) {
		const unsigned x = x_of(timeline, date_from_civil(year, 1, 1));
		char text[16];
		(void)snprintf(text, sizeof(text), "%d", year);
		buf_printf(out, "<line class=\"grid\" x1=\"%u\" y1=\"%d\" x2=\"%u\" y2=\"%u\"/>\n",
			x, HEAD - 8, x, bottom);
		if (years <= 12 || (year - timeline->first_year) % 5 == 0) {
			svg_text(out, x + 4, HEAD - 14, "note", str_from(text));
		}
	}
}

static void today_svg(struct buf *out, const struct coverage *coverage,
	const struct timeline *timeline, unsigned bottom)
{
	const unsigned today = x_of(timeline, coverage->day);
	buf_printf(out, "<line class=\"today\" x1=\"%u\" y1=\"%d\" x2=\"%u\" y2=\"%u\"/>\n", today,
		HEAD - 8, today, bottom);
}

static void row_svg(struct buf *out, const struct coverage *coverage,
	const struct timeline *timeline, const struct timeline_row *row, unsigned y)
{
	const struct coverage_place *place = &coverage->places[row->place];
	buf_printf(out, "<line class=\"grid\" x1=\"%d\" y1=\"%u\" x2=\"%d\" y2=\"%u\"/>\n", MARGIN,
		y, MARGIN + NAMES + YEARS, y);
	svg_text(out, MARGIN, y + row_height(row) / 2 + 5, "name", place->authority->name);
	if (row->count == 0) {
		svg_text(out, MARGIN + NAMES + 8, y + row_height(row) / 2 + 5, "note",
			place->not_stated ? STR("not stated") : STR("no contract"));
	}
	for (size_t i = 0; i < row->count; i++) {
		bar_svg(out, timeline, &row->bars[i], y + 6 + BAR_STEP * (unsigned)i);
	}
}

static void legend_svg(struct buf *out, unsigned y)
{
	static const struct {
		enum coverage_kind kind;
		const char *words;
	} parts[] = {
		{COVERAGE_ONE, "a contract of the place, or for women"},
		{COVERAGE_RATE_CARD, "a rate card: some may refer, others cannot"},
	};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_printf(out,
			"<rect x=\"%d\" y=\"%u\" width=\"44\" height=\"%d\" %s "
			"stroke=\"#46505c\"/>\n",
			MARGIN, y, BAR, svg_fill(parts[i].kind));
		svg_text(out, MARGIN + 56, y + 10, "name", str_from(parts[i].words));
		y += 22;
	}
	svg_text(out, MARGIN, y + 12, "note",
		STR("The upright line is the day. An arrow: the source states no beginning, or no "
		    "end."));
}

void timeline_svg(
	struct buf *out, const struct coverage *coverage, const struct coverage_part *part)
{
	struct arena arena;
	struct timeline timeline = {0};
	struct buf title = {0};
	unsigned bottom = HEAD;
	arena_init(&arena, 0);
	out->failed = out->failed || timeline_find(&arena, coverage, part, &timeline) != ERR_OK;
	for (size_t i = 0; i < timeline.count; i++) {
		bottom += row_height(&timeline.rows[i]);
	}
	map_title(&title, "Contracts, as seen", coverage, part);
	buf_append(&title, "", 1);
	const char *words = title.failed ? "" : title.data;
	svg_begin(out, 2 * MARGIN + NAMES + YEARS, bottom + FOOT, words);
	svg_text(out, MARGIN, 40, "title", str_from(words));
	grid_svg(out, &timeline, bottom);
	unsigned y = HEAD;
	for (size_t i = 0; i < timeline.count; i++) {
		row_svg(out, coverage, &timeline, &timeline.rows[i], y);
		y += row_height(&timeline.rows[i]);
	}
	today_svg(out, coverage, &timeline, bottom);
	legend_svg(out, bottom + 20);
	svg_end(out);
	buf_finish(&title);
	arena_finish(&arena);
}
