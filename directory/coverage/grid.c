/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/people.h"

#include <stdlib.h>

/*
 * The grid: the index says for each woman which services may take her, and each of those is
 * counted in the cells of its authorities, needs and pathways.  No cell is asked by itself.
 */
#define NO_SERVICE UINT32_MAX

enum {
	PLANE = NEED_COUNT * PATHWAY_COUNT /* cells of one place, band and case */
};

struct grid {
	struct coverage *coverage;
	struct people people;
	struct arena work;
	struct offer *offers; /* by position of the service */
	/* The places of service s: rows[first_rows[s]] up to the next. */
	uint32_t *rows, *first_rows;
};

const char *coverage_kind_code(enum coverage_kind kind)
{
	static const char *const codes[COVERAGE_KINDS] = {
		"none", "not-stated", "generic", "rate-card", "one", "several"};
	return (unsigned)kind < COVERAGE_KINDS ? codes[kind] : "";
}

const char *coverage_kind_words(enum coverage_kind kind)
{
	static const char *const words[COVERAGE_KINDS] = {"no service", "not stated",
		"for everybody", "rate card only", "one service", "several"};
	return (unsigned)kind < COVERAGE_KINDS ? words[kind] : "";
}

/* True when a service whose file lies in the area is running. */
static bool area_running(const struct coverage *coverage, const struct directory_area *area)
{
	for (size_t i = 0; i < coverage->directory->service_count; i++) {
		const struct directory_service *service = &coverage->directory->services[i];
		if (str_has_prefix(service->file, area->id) && service->file.len > area->id.len &&
			service->file.ptr[area->id.len] == '/' &&
			offer_of(service, coverage->day).kind != OFFER_NONE) {
			return true;
		}
	}
	return false;
}

static void mark(uint8_t *marks, struct directory_list list, uint8_t bit)
{
	size_t count;
	const struct directory_authority *all = directory_authorities(&count);
	for (size_t i = 0; i < list.count; i++) {
		const struct directory_authority *at = directory_authority_by_code(list.items[i]);
		if (at != NULL) {
			marks[at - all] |= bit;
		}
	}
}

/* The places that a service or an area names, as far as their codes hold on the day. */
static enum err places_find(struct grid *grid)
{
	enum {
		NAMED = 1,
		NOT_STATED = 2
	};
	struct coverage *coverage = grid->coverage;
	const struct directory *directory = coverage->directory;
	size_t count;
	const struct directory_authority *all = directory_authorities(&count);
	uint8_t *marks = arena_array(&grid->work, count, sizeof(*marks));
	struct coverage_place *places = arena_array(&coverage->arena, count, sizeof(*places));
	if (marks == NULL || places == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < directory->service_count; i++) {
		mark(marks, directory->services[i].authorities, NAMED);
	}
	for (size_t i = 0; i < directory->area_count; i++) {
		const struct directory_area *area = &directory->areas[i];
		mark(marks, area->authorities, NAMED);
		mark(marks, area->not_stated,
			area_running(coverage, area) ? NAMED | NOT_STATED : NAMED);
	}
	for (size_t i = 0; i < count; i++) {
		if (marks[i] != 0 && directory_authority_holds(&all[i], coverage->day)) {
			places[coverage->place_count++] =
				(struct coverage_place){&all[i], (marks[i] & NOT_STATED) != 0};
		}
	}
	coverage->places = places;
	return ERR_OK;
}

static uint32_t place_find(const struct coverage *coverage, struct str code)
{
	size_t low = 0;
	size_t high = coverage->place_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = str_compare(code, coverage->places[middle].authority->code);
		if (order == 0) {
			return (uint32_t)middle;
		}
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NO_SERVICE;
}

static enum err offers_find(struct grid *grid)
{
	struct coverage *coverage = grid->coverage;
	const struct directory *directory = coverage->directory;
	size_t named = 0;
	for (size_t i = 0; i < directory->service_count; i++) {
		named += directory->services[i].authorities.count;
	}
	grid->offers = arena_array(&grid->work, directory->service_count, sizeof(*grid->offers));
	grid->rows = arena_array(&grid->work, named, sizeof(*grid->rows));
	grid->first_rows =
		arena_array(&grid->work, directory->service_count + 1, sizeof(*grid->first_rows));
	if (arena_failed(&grid->work)) {
		return ERR_NOMEM;
	}
	uint32_t row = 0;
	for (size_t i = 0; i < directory->service_count; i++) {
		const struct directory_service *service = &directory->services[i];
		grid->offers[i] = offer_of(service, coverage->day);
		coverage->running += grid->offers[i].kind != OFFER_NONE;
		coverage->unstated += grid->offers[i].kind == OFFER_UNSTATED;
		grid->first_rows[i] = row;
		for (size_t a = 0; a < service->authorities.count; a++) {
			const uint32_t place = place_find(coverage, service->authorities.items[a]);
			grid->rows[row] = place;
			row += place != NO_SERVICE;
		}
	}
	grid->first_rows[directory->service_count] = row;
	return ERR_OK;
}

static void count_in(
	struct coverage_cell *cell, enum offer_kind kind, uint32_t service, bool depends)
{
	switch (kind) {
	case OFFER_NONE:
		return;
	case OFFER_UNSTATED:
		cell->unstated++;
		return;
	case OFFER_RATE_CARD:
		cell->rate_card++;
		cell->first = cell->own == 0 ? service : cell->first;
		cell->own++;
		break;
	case OFFER_OWN:
		cell->first = cell->own == 0 ? service : cell->first;
		cell->own++;
		break;
	case OFFER_GENERIC:
		cell->first = cell->first == NO_SERVICE ? service : cell->first;
		cell->generic++;
		break;
	}
	cell->depends += depends;
}

/* One service in the cells of one place: `cells` are PLANE of them. */
static void count_at(struct coverage_cell *cells, const struct offer *offer, uint32_t service,
	uint32_t pathways, bool depends)
{
	for (uint32_t p = offer->pathways & pathways; p != 0; p &= p - 1) {
		const int pathway = __builtin_ctz(p);
		struct coverage_cell *row = cells + (size_t)pathway * NEED_COUNT;
		for (uint32_t n = offer->needs; n != 0; n &= n - 1) {
			const int need = __builtin_ctz(n);
			const bool later = pathway == PATHWAY_RESETTLEMENT &&
					   (offer->later_needs >> need & 1) != 0;
			count_in(&row[need], offer->kind, service, depends || later);
		}
	}
}

static void count_service(struct grid *grid, struct coverage_cell *cells,
	struct coverage_cell *anywhere, uint32_t service, uint32_t pathways, bool depends)
{
	const struct offer *offer = &grid->offers[service];
	if (offer->kind == OFFER_NONE) {
		return;
	}
	if (!grid->coverage->directory->services[service].area_stated) {
		count_at(anywhere, offer, service, pathways, depends);
		return;
	}
	for (uint32_t r = grid->first_rows[service]; r < grid->first_rows[service + 1]; r++) {
		count_at(cells + (size_t)grid->rows[r] * PLANE, offer, service, pathways, depends);
	}
}

/* All places for one woman; `pathways` are those she may come by. */
static enum err count_person(struct grid *grid, const struct person *person, uint32_t pathways,
	struct coverage_cell *cells)
{
	struct coverage_cell anywhere[PLANE] = {0};
	struct people_answer answer;
	const enum err err = people_ask(&grid->people, person, &answer);
	if (err != ERR_OK) {
		return err;
	}
	for (size_t word = 0; word < answer.words; word++) {
		for (uint64_t bits = answer.perhaps[word]; bits != 0; bits &= bits - 1) {
			const uint64_t lowest = bits & -bits;
			const uint32_t service =
				(uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
			count_service(grid, cells, anywhere, service, pathways,
				(answer.eligible[word] & lowest) == 0);
		}
	}
	for (size_t place = 0; place < grid->coverage->place_count; place++) {
		for (size_t i = 0; i < PLANE; i++) {
			cells[place * PLANE + i].unstated += anywhere[i].unstated;
		}
	}
	return ERR_OK;
}

static enum err cells_count(struct grid *grid)
{
	struct coverage *coverage = grid->coverage;
	const size_t people = coverage->case_count * coverage->band_count;
	const size_t size = coverage->place_count * PLANE;
	struct coverage_cell *cells =
		arena_array(&coverage->arena, people * (size == 0 ? 1 : size), sizeof(*cells));
	if (cells == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < people * size; i++) {
		cells[i].first = NO_SERVICE;
	}
	coverage->cells = cells;
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < people; i++) {
		struct person person = {.age = coverage->bands[i % coverage->band_count].least,
			.further = &coverage->cases[i / coverage->band_count],
			.pathway = -1};
		if (!grid->people.by_pathway) {
			err = count_person(grid, &person, UINT32_MAX, cells + i * size);
			continue;
		}
		for (int p = 0; err == ERR_OK && p < PATHWAY_COUNT; p++) {
			person.pathway = p;
			err = count_person(grid, &person, 1U << p, cells + i * size);
		}
	}
	return err;
}

static enum err grid_make(
	struct grid *grid, const struct coverage_input *input, struct fault *fault)
{
	struct coverage *coverage = grid->coverage;
	enum err err = people_init(&grid->people, input->directory, input->facts, fault);
	if (err == ERR_OK) {
		err = people_bands(
			&grid->people, &coverage->arena, &coverage->bands, &coverage->band_count);
	}
	if (err == ERR_OK) {
		err = people_cases(&grid->people, &coverage->arena, input->further,
			&coverage->cases, &coverage->case_count);
	}
	if (err == ERR_OK) {
		err = places_find(grid);
	}
	if (err == ERR_OK) {
		err = offers_find(grid);
	}
	return err == ERR_OK ? cells_count(grid) : err;
}

enum err coverage_create(
	const struct coverage_input *input, struct coverage **ret_coverage, struct fault *fault)
{
	struct coverage *coverage = calloc(1, sizeof(*coverage));
	struct grid grid = {.coverage = coverage};
	if (coverage == NULL) {
		return ERR_NOMEM;
	}
	coverage->directory = input->directory;
	coverage->day = input->day;
	arena_init(&coverage->arena, 0);
	arena_init(&grid.work, 0);
	const enum err err = grid_make(&grid, input, fault);
	people_finish(&grid.people);
	arena_finish(&grid.work);
	if (err != ERR_OK) {
		coverage_destroy(coverage);
		return err;
	}
	*ret_coverage = coverage;
	return ERR_OK;
}

void coverage_destroy(struct coverage *coverage)
{
	if (coverage != NULL) {
		arena_finish(&coverage->arena);
		free(coverage);
	}
}

const struct coverage_cell *coverage_cell_at(
	const struct coverage *coverage, const struct coverage_at *at)
{
	const size_t person = at->case_number * coverage->band_count + at->band;
	return &coverage->cells[(person * coverage->place_count + at->place) * PLANE +
				(size_t)at->pathway * NEED_COUNT + (size_t)at->need];
}

enum coverage_kind coverage_kind_of(
	const struct coverage_place *place, const struct coverage_cell *cell)
{
	if (cell->own > cell->rate_card) {
		return cell->own > 1 ? COVERAGE_SEVERAL : COVERAGE_ONE;
	}
	if (cell->own > 0) {
		return COVERAGE_RATE_CARD;
	}
	if (cell->generic > 0) {
		return COVERAGE_GENERIC;
	}
	return place->not_stated || cell->unstated > 0 ? COVERAGE_NOT_STATED : COVERAGE_NONE;
}

enum coverage_kind coverage_best(
	const struct coverage *coverage, size_t place, const struct coverage_part *part)
{
	enum coverage_kind best = COVERAGE_NONE;
	struct coverage_at at = {.place = place};
	for (at.band = 0; at.band < coverage->band_count; at.band++) {
		for (at.pathway = 0; at.pathway < PATHWAY_COUNT; at.pathway++) {
			for (at.need = 0; at.need < NEED_COUNT; at.need++) {
				const enum coverage_kind kind = coverage_kind_of(
					&coverage->places[place], coverage_cell_at(coverage, &at));
				const bool inside =
					(part->pathway < 0 || part->pathway == at.pathway) &&
					(part->need < 0 || part->need == at.need);
				best = inside && kind > best ? kind : best;
			}
		}
	}
	return best;
}
