/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/report.h"

#include "broker/base/json_write.h"

enum report_status report_status_of(
	const struct coverage *coverage, size_t place, const struct coverage_part *part)
{
	switch (coverage_best(coverage, place, part)) {
	case COVERAGE_SEVERAL:
	case COVERAGE_ONE:
		return REPORT_COVERED;
	case COVERAGE_RATE_CARD:
		return REPORT_RATE_CARD;
	case COVERAGE_GENERIC:
	case COVERAGE_NOT_STATED:
	case COVERAGE_NONE:
	case COVERAGE_KINDS:
		break;
	}
	return coverage->places[place].not_stated ? REPORT_NOT_STATED : REPORT_NO_CONTRACT;
}

const char *report_status_code(enum report_status status)
{
	static const char *const codes[REPORT_STATUSES] = {
		"covered", "rate-card", "not-stated", "no-contract"};
	return (unsigned)status < REPORT_STATUSES ? codes[status] : "";
}

const char *report_status_words(enum report_status status)
{
	static const char *const words[REPORT_STATUSES] = {"a service of their own",
		"only the rate-card service", "not stated", "no contracted service"};
	return (unsigned)status < REPORT_STATUSES ? words[status] : "";
}

bool report_has_place(
	const struct coverage *coverage, size_t place, const struct coverage_part *part)
{
	return part->authority.len == 0 ||
	       str_equal(part->authority, coverage->places[place].authority->code);
}

struct str report_band_words(struct arena *arena, const struct coverage_band *band)
{
	if (band->least == 0 && band->most >= COVERAGE_AGE_MOST) {
		return STR("any age");
	}
	if (band->least == 0) {
		return arena_printf(arena, "under %d", band->most + 1);
	}
	if (band->most >= COVERAGE_AGE_MOST) {
		return arena_printf(arena, "%d or over", band->least);
	}
	return band->least == band->most ? arena_printf(arena, "%d", band->least)
					 : arena_printf(arena, "%d to %d", band->least, band->most);
}

/* One line of the grid. */
struct line {
	const struct coverage_place *place;
	const struct coverage_case *further;
	const struct coverage_band *band;
	const struct coverage_cell *cell;
	int need, pathway;
	enum coverage_kind kind;
	struct str
		service; /* the only one, or of several the first; empty: none, or confidential */
};

/* The next cell of the part; `at` begins zeroed, and at the cell before the first: need -1. */
static bool line_next(const struct coverage *coverage, const struct coverage_part *part,
	struct coverage_at *at, struct line *ret_line)
{
	for (;;) {
		if (++at->need == NEED_COUNT) {
			at->need = 0;
			at->pathway++;
		}
		if (at->pathway == PATHWAY_COUNT) {
			at->pathway = 0;
			at->band++;
		}
		if (at->band == coverage->band_count) {
			at->band = 0;
			at->case_number++;
		}
		if (at->case_number == coverage->case_count) {
			at->case_number = 0;
			at->place++;
		}
		if (at->place >= coverage->place_count) {
			return false;
		}
		if (report_has_place(coverage, at->place, part) &&
			(part->need < 0 || part->need == at->need) &&
			(part->pathway < 0 || part->pathway == at->pathway)) {
			break;
		}
	}
	const struct coverage_cell *cell = coverage_cell_at(coverage, at);
	*ret_line = (struct line){.place = &coverage->places[at->place],
		.further = &coverage->cases[at->case_number],
		.band = &coverage->bands[at->band],
		.cell = cell,
		.need = at->need,
		.pathway = at->pathway,
		.kind = coverage_kind_of(&coverage->places[at->place], cell)};
	if (cell->first < coverage->directory->service_count) {
		const struct directory_service *service =
			&coverage->directory->services[cell->first];
		ret_line->service = service->confidential_location ? (struct str){0} : service->id;
	}
	return true;
}

static void csv_text(struct buf *out, struct str text)
{
	if (text.ptr == NULL) {
		buf_add_text(out, ",");
		return;
	}
	const bool quoted =
		memchr(text.ptr, ',', text.len) != NULL || memchr(text.ptr, '"', text.len) != NULL;
	buf_add_text(out, quoted ? "\"" : "");
	for (size_t i = 0; i < text.len; i++) {
		buf_append(out, text.ptr + i, 1);
		if (text.ptr[i] == '"') {
			buf_add_text(out, "\"");
		}
	}
	buf_add_text(out, quoted ? "\"," : ",");
}

void report_csv(struct buf *out, const struct coverage *coverage, const struct coverage_part *part)
{
	struct coverage_at at = {.need = -1};
	struct line line;
	buf_add_text(out, "authority,name,need,pathway,age_from,age_to,fact,value,kind,own,"
			  "rate_card,for_everybody,not_stated,depends,service\n");
	while (!out->failed && line_next(coverage, part, &at, &line)) {
		csv_text(out, line.place->authority->code);
		csv_text(out, line.place->authority->name);
		buf_printf(out, "%s,%s,%d,", vocab_code(VOCAB_NEED, line.need),
			vocab_code(VOCAB_PATHWAY, line.pathway), line.band->least);
		if (line.band->most < COVERAGE_AGE_MOST) {
			buf_printf(out, "%d", line.band->most);
		}
		buf_add_text(out, ",");
		csv_text(out, line.further->fact);
		csv_text(out, line.further->words);
		buf_printf(out, "%s,%u,%u,%u,%u,%u,%.*s\n", coverage_kind_code(line.kind),
			line.cell->own, line.cell->rate_card, line.cell->generic,
			line.cell->unstated, line.cell->depends, STR_ARG(line.service));
	}
}

static void put_count(struct arena *arena, struct value *map, const char *key, uint32_t count)
{
	value_put(arena, map, key, value_of_int(count));
}

static struct value line_value(struct arena *arena, const struct line *line)
{
	struct value map = value_map_new(arena, 14);
	value_put(arena, &map, "authority", value_of_str(line->place->authority->code));
	value_put(arena, &map, "need", value_of_text(vocab_code(VOCAB_NEED, line->need)));
	value_put(arena, &map, "pathway", value_of_text(vocab_code(VOCAB_PATHWAY, line->pathway)));
	value_put(arena, &map, "age_from", value_of_int(line->band->least));
	if (line->band->most < COVERAGE_AGE_MOST) {
		value_put(arena, &map, "age_to", value_of_int(line->band->most));
	}
	if (line->further->fact.len > 0) {
		value_put(arena, &map, "fact", value_of_str(line->further->fact));
		value_put(arena, &map, "value", value_of_str(line->further->words));
	}
	value_put(arena, &map, "kind", value_of_text(coverage_kind_code(line->kind)));
	put_count(arena, &map, "own", line->cell->own);
	put_count(arena, &map, "rate_card", line->cell->rate_card);
	put_count(arena, &map, "for_everybody", line->cell->generic);
	put_count(arena, &map, "not_stated", line->cell->unstated);
	put_count(arena, &map, "depends", line->cell->depends);
	if (line->service.len > 0) {
		value_put(arena, &map, "service", value_of_str(line->service));
	}
	return map;
}

static struct value summary_value(
	struct arena *arena, const struct coverage *coverage, const struct coverage_part *part)
{
	char day[DATE_TEXT_SIZE];
	struct value map = value_map_new(arena, 4);
	struct value places = value_list_new(arena, coverage->place_count);
	date_format(coverage->day, day);
	for (size_t i = 0; i < coverage->place_count; i++) {
		struct value place = value_map_new(arena, 3);
		if (!report_has_place(coverage, i, part)) {
			continue;
		}
		value_put(arena, &place, "code", value_of_str(coverage->places[i].authority->code));
		value_put(arena, &place, "name", value_of_str(coverage->places[i].authority->name));
		value_put(arena, &place, "status",
			value_of_text(report_status_code(report_status_of(coverage, i, part))));
		value_push(arena, &places, place);
	}
	value_put(arena, &map, "day", value_of_str(arena_str(arena, str_from(day))));
	value_put(arena, &map, "services", value_of_int((int64_t)coverage->running));
	value_put(arena, &map, "services_not_stated", value_of_int((int64_t)coverage->unstated));
	value_put(arena, &map, "authorities", places);
	return map;
}

void report_json(struct buf *out, const struct coverage *coverage, const struct coverage_part *part)
{
	struct coverage_at at = {.need = -1};
	struct arena arena;
	struct line line;
	arena_init(&arena, 0);
	const struct value summary = summary_value(&arena, coverage, part);
	json_write(out, &summary);
	buf_add_text(out, "\n");
	while (!out->failed && line_next(coverage, part, &at, &line)) {
		arena_reset(&arena);
		const struct value value = line_value(&arena, &line);
		json_write(out, &value);
		buf_add_text(out, "\n");
	}
	out->failed = out->failed || arena_failed(&arena);
	arena_finish(&arena);
}
