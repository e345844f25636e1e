/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/people.h"

#include "rules/index/parts.h"

#include <stdlib.h>

/* Where the clauses of the directory cut ages and other facts: the regions are the index's own. */

/* What every clause says of one fact. */
struct cut_fact {
	struct str path;
	struct index_cuts cuts;
};

struct cut_facts {
	struct cut_fact *items;
	size_t count, room;
	struct arena *arena;
};

static struct cut_fact *fact_for(struct cut_facts *facts, struct str path)
{
	for (size_t i = 0; i < facts->count; i++) {
		if (str_equal(facts->items[i].path, path)) {
			return &facts->items[i];
		}
	}
	if (facts->count == facts->room) {
		const size_t room = facts->room == 0 ? 16 : 2 * facts->room;
		struct cut_fact *items = arena_array(facts->arena, room, sizeof(*items));
		if (items == NULL) {
			return NULL;
		}
		if (facts->count > 0) {
			memcpy(items, facts->items, facts->count * sizeof(*items));
		}
		facts->items = items;
		facts->room = room;
	}
	facts->items[facts->count] =
		(struct cut_fact){.path = path, .cuts = {.arena = facts->arena}};
	return &facts->items[facts->count++];
}

static int fact_order(const void *a, const void *b)
{
	return str_compare(((const struct cut_fact *)a)->path, ((const struct cut_fact *)b)->path);
}

/* Every fact of every clause, sorted, with its cuts settled. */
static enum err facts_find(struct people *people, struct cut_facts *facts)
{
	for (size_t i = 0; i < people->table.size; i++) {
		const struct rules_clause *clause = people->table.clauses[i];
		const struct str *paths;
		const size_t count = clause == NULL ? 0 : rules_clause_facts(clause, &paths);
		struct index_grid *grids = arena_array(facts->arena, count, sizeof(*grids));
		if (count == 0) {
			continue;
		}
		for (size_t f = 0; grids != NULL && f < count; f++) {
			grids[f].cuts.arena = facts->arena;
		}
		if (grids == NULL) {
			return ERR_NOMEM;
		}
		index_grid_find(clause, grids);
		for (size_t f = 0; f < count; f++) {
			struct cut_fact *fact = fact_for(facts, paths[f]);
			if (fact == NULL) {
				return ERR_NOMEM;
			}
			index_cuts_merge(&fact->cuts, &grids[f].cuts);
		}
	}
	if (facts->count > 1) {
		qsort(facts->items, facts->count, sizeof(*facts->items), fact_order);
	}
	for (size_t i = 0; i < facts->count; i++) {
		index_cuts_settle(&facts->items[i].cuts);
		if (facts->items[i].cuts.failed) {
			return ERR_NOMEM;
		}
	}
	return arena_failed(facts->arena) ? ERR_NOMEM : ERR_OK;
}

/* Two neighbouring ages of which no service says another thing are one band. */
static enum err bands_join(
	struct people *people, struct arena *arena, struct coverage_band *bands, size_t *count)
{
	size_t kept = 0;
	uint64_t *before = NULL;
	for (size_t i = 0; i < *count; i++) {
		struct people_answer answer;
		const struct person person = {.age = bands[i].least, .pathway = -1};
		const enum err err = people_ask(people, &person, &answer);
		if (err != ERR_OK) {
			return err;
		}
		if (before == NULL) {
			before = arena_array(arena, 2 * answer.words, sizeof(*before));
		}
		if (before == NULL) {
			return ERR_NOMEM;
		}
		const size_t bytes = answer.words * sizeof(*before);
		if (i > 0 && memcmp(before, answer.eligible, bytes) == 0 &&
			memcmp(before + answer.words, answer.perhaps, bytes) == 0) {
			bands[kept - 1].most = bands[i].most;
			continue;
		}
		bands[kept++] = bands[i];
		memcpy(before, answer.eligible, bytes);
		memcpy(before + answer.words, answer.perhaps, bytes);
	}
	*count = kept;
	return ERR_OK;
}

enum err people_bands(struct people *people, struct arena *arena,
	const struct coverage_band **ret_bands, size_t *ret_count)
{
	struct cut_facts facts = {.arena = arena};
	enum err err = facts_find(people, &facts);
	if (err != ERR_OK) {
		return err;
	}
	const struct index_cuts *ages = NULL;
	for (size_t i = 0; i < facts.count; i++) {
		ages = str_is(facts.items[i].path, "person.age") ? &facts.items[i].cuts : ages;
	}
	const size_t cuts = ages == NULL ? 0 : ages->integer_count;
	struct coverage_band *bands = arena_array(arena, cuts + 1, sizeof(*bands));
	size_t count = 1;
	if (bands == NULL) {
		return ERR_NOMEM;
	}
	bands[0] = (struct coverage_band){0, COVERAGE_AGE_MOST};
	for (size_t i = 0; i < cuts; i++) {
		const int64_t cut = ages->integers[i];
		if (cut > bands[count - 1].least && cut <= COVERAGE_AGE_MOST) {
			bands[count - 1].most = (int)cut - 1;
			bands[count++] = (struct coverage_band){(int)cut, COVERAGE_AGE_MOST};
		}
	}
	err = bands_join(people, arena, bands, &count);
	*ret_bands = bands;
	*ret_count = count;
	return err;
}

struct case_list {
	struct coverage_case *items;
	size_t count, room;
};

static void case_add(
	struct case_list *list, struct str fact, struct rules_fact value, struct str words)
{
	if (list->count < list->room) {
		list->items[list->count++] = (struct coverage_case){fact, value, words};
	}
}

/* A text that no clause names; whole numbers and ages have a sample in each region. */
static void cases_of(struct arena *arena, const struct cut_fact *fact, struct case_list *list)
{
	const struct index_cuts *cuts = &fact->cuts;
	const struct str path = arena_str(arena, fact->path); /* of a clause that goes before */
	bool other = false;
	for (size_t region = INDEX_REGION_FIRST_CUT; region < cuts->number_base; region++) {
		struct rules_fact value;
		if (!index_cuts_sample(cuts, region, &value)) {
			continue;
		}
		const bool exact = index_cuts_exact(cuts, region);
		if (value.kind == RULES_FACT_INT) {
			case_add(list, path, value,
				arena_printf(arena, "%lld", (long long)value.integer));
		} else if (exact && value.kind == RULES_FACT_STRING && value.string.len > 0) {
			value.string = arena_str(arena, value.string);
			case_add(list, path, value, value.string);
		} else {
			other = other || value.kind == RULES_FACT_STRING;
		}
	}
	if (other) {
		case_add(list, path,
			(struct rules_fact){.kind = RULES_FACT_STRING, .string = STR("other")},
			STR("other"));
	}
	if (!cuts->has_text && !cuts->has_integer && !cuts->has_number) {
		for (int answer = 1; answer >= 0; answer--) {
			case_add(list, path,
				(struct rules_fact){
					.kind = RULES_FACT_BOOL, .boolean = answer == 1},
				answer == 1 ? STR("true") : STR("false"));
		}
	}
}

/* What is an axis of the grid already, or hangs on what else she needs. */
static bool is_axis(struct str path)
{
	return str_is(path, "person.age") || str_is(path, "pathway") || str_is(path, "needs") ||
	       str_is(path, "need_count");
}

enum err people_cases(struct people *people, struct arena *arena, bool further,
	const struct coverage_case **ret_cases, size_t *ret_count)
{
	struct cut_facts facts = {.arena = arena};
	struct case_list list = {.room = 1, .count = 1};
	const enum err err = further ? facts_find(people, &facts) : ERR_OK;
	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; i < facts.count; i++) {
		list.room += 3 + facts.items[i].cuts.region_count;
	}
	list.items = arena_array(arena, list.room, sizeof(*list.items));
	if (list.items == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < facts.count; i++) {
		if (!is_axis(facts.items[i].path)) {
			cases_of(arena, &facts.items[i], &list);
		}
	}
	*ret_cases = list.items;
	*ret_count = list.count;
	return arena_failed(arena) ? ERR_NOMEM : ERR_OK;
}
