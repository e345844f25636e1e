/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/change.h"

#include <stdlib.h>

/* Two grids, cell by cell; cells of a place that change in the same way are told as one. */

enum {
	ALL_PATHWAYS = (1 << PATHWAY_COUNT) - 1,
	ALL_NEEDS = (1 << NEED_COUNT) - 1,
	AGES = COVERAGE_AGE_MOST + 1
};

struct comparing {
	const struct coverage *before, *after;
	bool exact;
	struct arena *arena;
	struct coverage_change *items;
	size_t count, room;
	/* Ages between which neither grid changes, and the band of each grid. */
	struct {
		struct coverage_band ages;
		size_t before, after;
	} bands[AGES];
	size_t band_count;
};

static size_t band_of(const struct coverage *coverage, int age)
{
	size_t band = 0;
	while (band + 1 < coverage->band_count && coverage->bands[band].most < age) {
		band++;
	}
	return band;
}

static void bands_make(struct comparing *comparing)
{
	for (int age = 0; age < AGES; age++) {
		const size_t before = band_of(comparing->before, age);
		const size_t after = band_of(comparing->after, age);
		const size_t last = comparing->band_count - 1;
		if (comparing->band_count > 0 && comparing->bands[last].before == before &&
			comparing->bands[last].after == after) {
			comparing->bands[last].ages.most = age;
			continue;
		}
		comparing->bands[comparing->band_count].ages = (struct coverage_band){age, age};
		comparing->bands[comparing->band_count].before = before;
		comparing->bands[comparing->band_count++].after = after;
	}
}

/* SIZE_MAX: the grid has no such place. */
static size_t place_of(const struct coverage *coverage, struct str code)
{
	for (size_t i = 0; i < coverage->place_count; i++) {
		if (str_equal(coverage->places[i].authority->code, code)) {
			return i;
		}
	}
	return SIZE_MAX;
}

static enum coverage_kind kind_at(const struct coverage *coverage, struct coverage_at at)
{
	return at.place == SIZE_MAX || coverage->band_count == 0
		       ? COVERAGE_NONE
		       : coverage_kind_of(
				 &coverage->places[at.place], coverage_cell_at(coverage, &at));
}

/* One that is there for women, or for the place: not what is there for everybody. */
static bool is_own(enum coverage_kind kind)
{
	return kind >= COVERAGE_RATE_CARD;
}

static void kinds_settle(const struct comparing *comparing, struct coverage_change *change)
{
	if (!comparing->exact && is_own(change->from) != is_own(change->to)) {
		change->from = is_own(change->from) ? COVERAGE_ONE : COVERAGE_NONE;
		change->to = is_own(change->to) ? COVERAGE_ONE : COVERAGE_NONE;
	}
}

static bool same_but(const struct coverage_change *a, const struct coverage_change *b, bool needs,
	bool pathways, bool ages)
{
	return a->authority == b->authority && a->from == b->from && a->to == b->to &&
	       (needs || a->needs == b->needs) && (pathways || a->pathways == b->pathways) &&
	       (ages || (a->ages.least == b->ages.least && a->ages.most == b->ages.most));
}

static void change_add(struct comparing *comparing, const struct coverage_change *change)
{
	if (comparing->count == comparing->room) {
		const size_t room = comparing->room == 0 ? 256 : comparing->room * 2;
		struct coverage_change *items = arena_array(comparing->arena, room, sizeof(*items));
		if (items == NULL) {
			return;
		}
		if (comparing->count > 0) {
			memcpy(items, comparing->items, comparing->count * sizeof(*items));
		}
		comparing->items = items;
		comparing->room = room;
	}
	comparing->items[comparing->count++] = *change;
}

/* Joins those from `first` on that differ in one way only. */
static void join(struct comparing *comparing, size_t first, bool needs)
{
	size_t kept = first;
	for (size_t i = first; i < comparing->count; i++) {
		struct coverage_change *item = &comparing->items[i];
		size_t k = first;
		while (k < kept && !same_but(&comparing->items[k], item, needs, !needs, false)) {
			k++;
		}
		if (k == kept) {
			comparing->items[kept++] = *item;
		} else {
			comparing->items[k].needs |= item->needs;
			comparing->items[k].pathways |= item->pathways;
		}
	}
	comparing->count = kept;
}

static void place_compare(struct comparing *comparing, const struct directory_authority *authority)
{
	const size_t before = place_of(comparing->before, authority->code);
	const size_t after = place_of(comparing->after, authority->code);
	const size_t first = comparing->count;
	for (int cell = 0; cell < NEED_COUNT * PATHWAY_COUNT; cell++) {
		struct coverage_change change = {.authority = authority,
			.needs = 1U << (cell / PATHWAY_COUNT),
			.pathways = 1U << (cell % PATHWAY_COUNT)};
		struct coverage_at at = {
			.pathway = cell % PATHWAY_COUNT, .need = cell / PATHWAY_COUNT};
		for (size_t i = 0; i < comparing->band_count; i++) {
			at.place = before;
			at.band = comparing->bands[i].before;
			change.from = kind_at(comparing->before, at);
			at.place = after;
			at.band = comparing->bands[i].after;
			change.to = kind_at(comparing->after, at);
			change.ages = comparing->bands[i].ages;
			kinds_settle(comparing, &change);
			struct coverage_change *last =
				comparing->count == first ? NULL
							  : &comparing->items[comparing->count - 1];
			if (change.from == change.to) {
				continue;
			}
			if (last != NULL && last->ages.most + 1 == change.ages.least &&
				same_but(last, &change, false, false, true)) {
				last->ages.most = change.ages.most;
			} else {
				change_add(comparing, &change);
			}
		}
	}
	join(comparing, first, false);
	join(comparing, first, true);
}

bool coverage_change_worse(const struct coverage_change *change)
{
	return change->to < change->from;
}

static int change_order(const void *a, const void *b)
{
	const struct coverage_change *x = a;
	const struct coverage_change *y = b;
	int order = (int)coverage_change_worse(y) - (int)coverage_change_worse(x);
	if (order == 0) {
		order = coverage_change_worse(x) ? (int)x->to - (int)y->to
						 : (int)y->to - (int)x->to;
	}
	order = order != 0 ? order : str_compare(x->authority->code, y->authority->code);
	order = order != 0 ? order : x->ages.least - y->ages.least;
	order = order != 0 ? order : (int)x->from - (int)y->from;
	order = order != 0 ? order : (x->pathways > y->pathways) - (x->pathways < y->pathways);
	return order != 0 ? order : (x->needs > y->needs) - (x->needs < y->needs);
}

enum err coverage_compare(const struct coverage *before, const struct coverage *after, bool exact,
	struct arena *arena, struct coverage_changes *ret_changes)
{
	struct comparing comparing = {
		.before = before, .after = after, .exact = exact, .arena = arena};
	bands_make(&comparing);
	for (size_t i = 0; i < before->place_count; i++) {
		place_compare(&comparing, before->places[i].authority);
	}
	for (size_t i = 0; i < after->place_count; i++) {
		const struct directory_authority *authority = after->places[i].authority;
		if (place_of(before, authority->code) == SIZE_MAX) {
			place_compare(&comparing, authority);
		}
	}
	if (comparing.count > 1) {
		qsort(comparing.items, comparing.count, sizeof(*comparing.items), change_order);
	}
	if (arena_failed(arena)) {
		return ERR_NOMEM;
	}
	*ret_changes = (struct coverage_changes){comparing.items, comparing.count};
	return ERR_OK;
}

static const char *kind_words(enum coverage_kind kind)
{
	static const char *const words[COVERAGE_KINDS] = {"no service", "nothing that is stated",
		"only what is there for everybody", "only a service paid by the referral",
		"one service", "several services"};
	return (unsigned)kind < COVERAGE_KINDS ? words[kind] : "";
}

static struct str codes_words(enum vocab_name vocab, uint32_t bits, struct arena *arena)
{
	struct str words = {0};
	for (bool first = true; bits != 0; first = false) {
		const int number = __builtin_ctz(bits);
		bits &= bits - 1;
		words = arena_printf(arena, "%.*s%s%s", STR_ARG(words),
			first       ? ""
			: bits == 0 ? " and "
				    : ", ",
			vocab_code(vocab, number));
	}
	return words;
}

static struct str kinds_words(const struct coverage_change *change, struct arena *arena)
{
	if (is_own(change->from) != is_own(change->to)) {
		return is_own(change->to) ? STR("now a service of its own")
					  : STR("no service of its own any more");
	}
	return arena_printf(
		arena, "now %s (was %s)", kind_words(change->to), kind_words(change->from));
}

struct str coverage_change_words(const struct coverage_change *change, struct arena *arena)
{
	struct str words =
		arena_printf(arena, "%.*s, for %.*s", STR_ARG(kinds_words(change, arena)),
			STR_ARG(change->needs == ALL_NEEDS
					? STR("every need")
					: codes_words(VOCAB_NEED, change->needs, arena)));
	if (change->pathways != ALL_PATHWAYS) {
		words = arena_printf(arena, "%.*s, on the pathway%s %.*s", STR_ARG(words),
			(change->pathways & (change->pathways - 1)) == 0 ? "" : "s",
			STR_ARG(codes_words(VOCAB_PATHWAY, change->pathways, arena)));
	}
	if (change->ages.least == 0 && change->ages.most == COVERAGE_AGE_MOST) {
		return words;
	}
	if (change->ages.most == COVERAGE_AGE_MOST) {
		return arena_printf(
			arena, "%.*s, from the age of %d", STR_ARG(words), change->ages.least);
	}
	if (change->ages.least == 0) {
		return arena_printf(
			arena, "%.*s, up to the age of %d", STR_ARG(words), change->ages.most);
	}
	return change->ages.least == change->ages.most
		       ? arena_printf(arena, "%.*s, at the age of %d", STR_ARG(words),
				 change->ages.least)
		       : arena_printf(arena, "%.*s, at the ages of %d to %d", STR_ARG(words),
				 change->ages.least, change->ages.most);
}
