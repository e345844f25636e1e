/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/report.h"

#include "broker/base/text.h"

/* The grid as a page: who has nothing comes first, then by authority, by need, by age. */

struct page {
	struct buf *out;
	const struct coverage *coverage;
	const struct coverage_part *part;
	struct arena arena;
};

static void heading(struct page *page)
{
	const struct coverage *coverage = page->coverage;
	char day[DATE_TEXT_SIZE];
	date_format(coverage->day, day);
	buf_printf(page->out, "Coverage on %s", day);
	if (page->part->need >= 0) {
		buf_printf(page->out, ", %s", vocab_code(VOCAB_NEED, page->part->need));
	}
	if (page->part->pathway >= 0) {
		buf_printf(page->out, ", %s", vocab_code(VOCAB_PATHWAY, page->part->pathway));
	}
	buf_add_text(page->out, "\n");
	text_wrap(page->out, 0,
		arena_printf(&page->arena, "%zu services can be chosen.%s", coverage->running,
			coverage->unstated == 0
				? ""
				: arena_printf(&page->arena,
					  " %zu of them do not state where they work, for which "
					  "pathway, or from whom they take referrals: they are "
					  "counted as not stated, never as covering a place.",
					  coverage->unstated)
					  .ptr));
	buf_add_text(page->out, "\n");
}

/* The places of one status, or nothing. */
static void status_line(struct page *page, enum report_status status)
{
	struct buf names = {0};
	size_t count = 0;
	for (size_t i = 0; i < page->coverage->place_count; i++) {
		if (report_has_place(page->coverage, i, page->part) &&
			report_status_of(page->coverage, i, page->part) == status) {
			buf_add_text(&names, count++ > 0 ? ", " : "");
			buf_add_str(&names, page->coverage->places[i].authority->name);
		}
	}
	if (count > 0) {
		const char *words = report_status_words(status);
		buf_printf(page->out, "%c%s (%zu)\n", words[0] - 'a' + 'A', words + 1, count);
		text_wrap(page->out, 4, buf_str(&names));
	}
	page->out->failed = page->out->failed || names.failed;
	buf_finish(&names);
}

static void cell_count(struct page *page, struct text_table *table, size_t count)
{
	text_table_cell(table, count == 0 ? STR("-") : arena_printf(&page->arena, "%zu", count));
}

static void head_row(struct text_table *table, const char *what)
{
	text_table_cell(table, str_from(what));
	for (int kind = COVERAGE_KINDS - 1; kind >= 0; kind--) {
		text_table_cell(table, str_from(coverage_kind_words((enum coverage_kind)kind)));
	}
}

static void count_row(struct page *page, struct text_table *table, struct str what,
	const size_t counts[COVERAGE_KINDS])
{
	text_table_cell(table, what);
	for (int kind = COVERAGE_KINDS - 1; kind >= 0; kind--) {
		cell_count(page, table, counts[kind]);
	}
}

/* Cells of one place by kind; of one band when it is not -1. */
static void cells_of(struct page *page, size_t place, int band, size_t counts[COVERAGE_KINDS])
{
	const struct coverage *coverage = page->coverage;
	struct coverage_at at = {.place = place};
	for (at.band = 0; at.band < coverage->band_count; at.band++) {
		for (int i = 0; i < PATHWAY_COUNT * NEED_COUNT; i++) {
			at.pathway = i / NEED_COUNT;
			at.need = i % NEED_COUNT;
			if ((band >= 0 && at.band != (size_t)band) ||
				(page->part->need >= 0 && page->part->need != at.need) ||
				(page->part->pathway >= 0 && page->part->pathway != at.pathway)) {
				continue;
			}
			counts[coverage_kind_of(
				&coverage->places[place], coverage_cell_at(coverage, &at))]++;
		}
	}
}

static void by_authority(struct page *page)
{
	struct text_table table;
	text_table_init(&table, &page->arena, COVERAGE_KINDS + 1);
	head_row(&table, "by authority, cells");
	for (size_t i = 0; i < page->coverage->place_count; i++) {
		size_t counts[COVERAGE_KINDS] = {0};
		if (report_has_place(page->coverage, i, page->part)) {
			cells_of(page, i, -1, counts);
			count_row(page, &table, page->coverage->places[i].authority->name, counts);
		}
	}
	buf_add_text(page->out, "\n");
	text_table_print(page->out, &table, 0);
}

static void by_need(struct page *page)
{
	struct text_table table;
	text_table_init(&table, &page->arena, COVERAGE_KINDS + 1);
	head_row(&table, "by need, authorities");
	for (int need = 0; need < NEED_COUNT; need++) {
		size_t counts[COVERAGE_KINDS] = {0};
		const struct coverage_part part = {.need = need, .pathway = page->part->pathway};
		if (page->part->need >= 0 && page->part->need != need) {
			continue;
		}
		for (size_t i = 0; i < page->coverage->place_count; i++) {
			if (report_has_place(page->coverage, i, page->part)) {
				counts[coverage_best(page->coverage, i, &part)]++;
			}
		}
		count_row(page, &table, str_from(vocab_code(VOCAB_NEED, need)), counts);
	}
	buf_add_text(page->out, "\n");
	text_table_print(page->out, &table, 0);
}

static void by_age(struct page *page)
{
	struct text_table table;
	text_table_init(&table, &page->arena, COVERAGE_KINDS + 1);
	head_row(&table, "by age, cells");
	for (size_t band = 0; band < page->coverage->band_count; band++) {
		size_t counts[COVERAGE_KINDS] = {0};
		for (size_t i = 0; i < page->coverage->place_count; i++) {
			if (report_has_place(page->coverage, i, page->part)) {
				cells_of(page, i, (int)band, counts);
			}
		}
		count_row(page, &table,
			report_band_words(&page->arena, &page->coverage->bands[band]), counts);
	}
	buf_add_text(page->out, "\n");
	text_table_print(page->out, &table, 0);
}

void report_table(
	struct buf *out, const struct coverage *coverage, const struct coverage_part *part)
{
	struct page page = {.out = out, .coverage = coverage, .part = part};
	arena_init(&page.arena, 0);
	heading(&page);
	for (int status = REPORT_STATUSES - 1; status >= 0; status--) {
		status_line(&page, (enum report_status)status);
	}
	by_authority(&page);
	by_need(&page);
	by_age(&page);
	buf_add_text(out, "\n");
	text_wrap(out, 0,
		STR("A cell is a woman of one age, with one need, on one pathway; of whatever else "
		    "a service asks nothing is known of her (--further goes through it), and one "
		    "that would have to be asked counts. \"For "
		    "everybody\" is what covers more than one authority and is not specific to "
		    "women, and the housing authority's duty."));
	out->failed = out->failed || arena_failed(&page.arena);
	arena_finish(&page.arena);
}
