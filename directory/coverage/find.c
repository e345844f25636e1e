/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/typed.h"

#include <stdlib.h>

/* Points of a service; what is typed weighs most, then the place, then what it is. */
enum {
	POINTS_AREA = 60,
	POINTS_NEED = 50,
	POINTS_OWN = 20,
	POINTS_RATE_CARD = 12,
	POINTS_GENERIC = 8,
	POINTS_OPEN = 10,
	POINTS_WOMEN = 5,
	POINTS_LEAD = 3,
	POINTS_ADVICE = -30, /* a contact, not somewhere to refer to */
	POINTS_PAUSED = -40,
	POINTS_CLOSED = -5,
	WIDE = 40 /* authorities beyond which a service is no wider */
};

/* All that a search without words asks of a service, so that it reads nothing else of it. */
struct entry {
	uint32_t needs, pathways;
	int16_t points;
	bool shown; /* false: never chosen, or not running on the day */
	bool hours; /* it states some that may be told */
};

struct find {
	const struct directory *directory;
	date_days day;
	struct entry *entries; /* by position */
	struct arena arena;
};

static int points_of_kind(enum offer_kind kind)
{
	switch (kind) {
	case OFFER_OWN:
		return POINTS_OWN;
	case OFFER_RATE_CARD:
		return POINTS_RATE_CARD;
	case OFFER_GENERIC:
		return POINTS_GENERIC;
	case OFFER_NONE:
	case OFFER_UNSTATED:
		break;
	}
	return 0;
}

static struct entry entry_of(const struct directory_service *service, date_days day)
{
	const struct offer offer = offer_ever(service);
	const size_t wide = service->authorities.count < WIDE ? service->authorities.count : WIDE;
	int points = points_of_kind(offer.kind);
	points += service->women_specific ? POINTS_WOMEN : 0;
	points += service->role == DIRECTORY_LEAD ? POINTS_LEAD : 0;
	points += service->routing == DIRECTORY_ADVICE_ONLY ? POINTS_ADVICE : 0;
	points += service->intake_open ? 0 : POINTS_PAUSED;
	points += service->area_stated ? POINTS_AREA - (int)(wide / 10) : 0;
	return (struct entry){.needs = offer.needs,
		.pathways = offer.pathways,
		.points = (int16_t)points,
		.shown = service->routing != DIRECTORY_NEVER && offer_running(service, day),
		.hours = service->opening_hours.len > 0 && !service->confidential_location};
}

enum err find_create(const struct directory *directory, date_days day, struct find **ret_find)
{
	struct find *find = calloc(1, sizeof(*find));
	if (find == NULL) {
		return ERR_NOMEM;
	}
	arena_init(&find->arena, 0);
	find->directory = directory;
	find->day = day;
	find->entries = arena_array(&find->arena, directory->service_count, sizeof(*find->entries));
	if (arena_failed(&find->arena)) {
		find_destroy(find);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < directory->service_count; i++) {
		find->entries[i] = entry_of(&directory->services[i], day);
	}
	*ret_find = find;
	return ERR_OK;
}

void find_destroy(struct find *find)
{
	if (find != NULL) {
		arena_finish(&find->arena);
		free(find);
	}
}

/* The best fit of the word among the service's names and its organisation's. */
static int word_fits(
	const struct directory *directory, const struct directory_service *service, struct str word)
{
	int best = typed_fits(word, service->name);
	const int named = typed_fits(word, service->organisation->name);
	best = named > best ? named : best;
	for (size_t i = 0; i < service->partners.count; i++) {
		const struct directory_organisation *partner =
			directory_organisation_find(directory, service->partners.items[i]);
		/* A partner is no destination: its name leads here, behind the service's own. */
		const int fit = partner == NULL ? 0 : typed_fits(word, partner->name) / 2;
		best = fit > best ? fit : best;
	}
	return best;
}

static bool is_name(const void *context, struct str word)
{
	const struct find *find = context;
	for (size_t i = 0; word.len >= 3 && i < find->directory->service_count; i++) {
		const struct directory_service *service = &find->directory->services[i];
		if (typed_fits(word, service->name) > POINTS_AREA ||
			typed_fits(word, service->organisation->name) > POINTS_AREA) {
			return true;
		}
	}
	return false;
}

/* False when it is not what was asked for.  The place is the caller's affair. */
static bool hit_make(const struct find *find, const struct find_query *query,
	const struct typed *typed, size_t position, struct find_hit *ret_hit)
{
	const struct directory_service *service = &find->directory->services[position];
	const struct entry *entry = &find->entries[position];
	int fits = 0;
	if (!entry->shown || (query->need >= 0 && (entry->needs >> query->need & 1) == 0) ||
		(query->pathway >= 0 && (entry->pathways >> query->pathway & 1) == 0) ||
		(query->perhaps != NULL &&
			(query->perhaps[position / 64] >> (position % 64) & 1) == 0)) {
		return false;
	}
	for (size_t i = 0; i < typed->count && !service->confidential_location; i++) {
		fits += word_fits(find->directory, service, typed->words[i]);
	}
	if (typed->count > 0 && fits == 0) {
		return false;
	}
	const enum hours_answer open =
		entry->hours ? hours_at(service->opening_hours, query->now) : HOURS_UNKNOWN;
	if (query->open_now && open == HOURS_CLOSED) {
		return false;
	}
	const int score = entry->points + fits + (query->need >= 0 ? POINTS_NEED : 0) +
			  (open == HOURS_OPEN            ? POINTS_OPEN
				  : open == HOURS_CLOSED ? POINTS_CLOSED
							 : 0);
	*ret_hit = (struct find_hit){service, score, open};
	return true;
}

static bool before(const struct find_hit *a, const struct find_hit *b)
{
	/* Services stand in the order of their ids. */
	return a->score != b->score ? a->score > b->score : a->service < b->service;
}

static void hit_add(struct find_answer *answer, const struct find_hit *hit)
{
	answer->found++;
	if (answer->count == FIND_HITS && !before(hit, &answer->hits[FIND_HITS - 1])) {
		return;
	}
	size_t at = answer->count < FIND_HITS ? answer->count++ : FIND_HITS - 1;
	for (; at > 0 && before(hit, &answer->hits[at - 1]); at--) {
		answer->hits[at] = answer->hits[at - 1];
	}
	answer->hits[at] = *hit;
}

static void look_at(const struct find *find, const struct find_query *query,
	const struct typed *typed, const uint32_t *positions, size_t count,
	struct find_answer *answer)
{
	for (size_t i = 0; i < count; i++) {
		struct find_hit hit;
		if (hit_make(find, query, typed, positions == NULL ? i : positions[i], &hit)) {
			hit_add(answer, &hit);
		}
	}
}

void find_run(
	const struct find *find, const struct find_query *query, struct find_answer *ret_answer)
{
	struct find_query asked = *query;
	struct typed typed = {.need = -1};
	if (query->words.len > 0) {
		typed_read(&typed, query->words, find->day, is_name, find);
	}
	*ret_answer = (struct find_answer){.need = typed.need, .authority = typed.authority};
	asked.need = query->need >= 0 ? query->need : typed.need;
	if (query->authority.len == 0 && typed.authority != NULL) {
		asked.authority = typed.authority->code;
	}
	if (asked.authority.len == 0) {
		look_at(find, &asked, &typed, NULL, find->directory->service_count, ret_answer);
		return;
	}
	const uint32_t *positions;
	size_t count = directory_at_authority(find->directory, asked.authority, &positions);
	look_at(find, &asked, &typed, count == 0 ? &(uint32_t){0} : positions, count, ret_answer);
	count = directory_not_stated(find->directory, &positions);
	look_at(find, &asked, &typed, count == 0 ? &(uint32_t){0} : positions, count, ret_answer);
}
