/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/grid.h"

const struct index_grid_fact *index_grid_at(const struct index_grid_facts *grid, struct str path)
{
	for (size_t i = 0; i < grid->count; i++) {
		if (str_equal(grid->facts[i].path, path)) {
			return &grid->facts[i];
		}
	}
	return NULL;
}

/* In its place by path; false when there is no room. */
static bool grid_add(struct index_grid_facts *grid, struct str path)
{
	size_t at = grid->count;
	if (grid->count == INDEX_LIMIT_COMPLETED_FACTS) {
		return false;
	}
	while (at > 0 && str_compare(grid->facts[at - 1].path, path) > 0) {
		grid->facts[at] = grid->facts[at - 1];
		at--;
	}
	grid->facts[at] = (struct index_grid_fact){.path = path};
	grid->count++;
	return true;
}

/* Not known as a whole, or some item of it is not. */
static bool is_unknown(const struct rules_fact *fact)
{
	for (size_t i = 0; fact->kind == RULES_FACT_LIST && i < fact->list.count; i++) {
		if (fact->list.items[i].kind == RULES_FACT_UNKNOWN) {
			return true;
		}
	}
	return fact->kind == RULES_FACT_UNKNOWN;
}

/* Everything the clauses are about that is not known. */
static bool find_unknown(struct index_grid_facts *grid, const struct index_candidate *candidate,
	const struct rules_facts *facts)
{
	for (size_t i = 0; i < candidate->clause_count; i++) {
		const struct str *paths;
		const size_t count = rules_clause_facts(candidate->clauses[i], &paths);
		for (size_t p = 0; p < count; p++) {
			const struct rules_fact fact = facts->get(facts->context, paths[p]);
			if (is_unknown(&fact) && index_grid_at(grid, paths[p]) == NULL &&
				!grid_add(grid, paths[p])) {
				return false;
			}
		}
	}
	return true;
}

/* Cuts of the fact by all clauses; false when it also stands where more matters. */
static bool find_cuts(const struct index_candidate *candidate, struct str path,
	struct arena *scratch, struct index_cuts *cuts)
{
	for (size_t i = 0; i < candidate->clause_count; i++) {
		const struct str *paths;
		const size_t count = rules_clause_facts(candidate->clauses[i], &paths);
		struct index_grid *grids = arena_array(scratch, count, sizeof(*grids));
		if (grids == NULL) {
			return false;
		}
		for (size_t p = 0; p < count; p++) {
			grids[p].cuts.arena = scratch;
		}
		index_grid_find(candidate->clauses[i], grids);
		for (size_t p = 0; p < count; p++) {
			if (!str_equal(paths[p], path)) {
				continue;
			}
			if (grids[p].opaque || grids[p].cuts.failed) {
				return false;
			}
			index_cuts_merge(cuts, &grids[p].cuts);
		}
	}
	return !cuts->failed;
}

struct values {
	struct rules_fact *items;
	size_t count, room;
	bool failed; /* a region without a value that could be made */
};

static void add_value(struct values *values, struct rules_fact value)
{
	if (values->count == values->room) {
		values->failed = true;
		return;
	}
	values->items[values->count++] = value;
}

/* One of the codes for each region that has any. */
static void add_codes(
	struct values *values, const struct index_cuts *cuts, const struct index_range *range)
{
	const size_t first = values->count;
	for (size_t i = 0; i < range->code_count && !values->failed; i++) {
		const struct rules_fact code = {
			.kind = RULES_FACT_STRING, .string = range->codes[i]};
		const int region = index_cuts_region(cuts, &code);
		bool seen = false;
		for (size_t v = first; v < values->count; v++) {
			seen = seen || index_cuts_region(cuts, &values->items[v]) == region;
		}
		if (!seen) {
			add_value(values, code);
		}
	}
}

static void add_texts(
	struct values *values, const struct index_cuts *cuts, const struct index_range *range)
{
	struct rules_fact value;
	if (range->code_count > 0) {
		add_codes(values, cuts, range);
		return;
	}
	for (size_t region = cuts->text_base; region < cuts->integer_base; region++) {
		const bool none = region == cuts->text_base && cuts->text_count > 0 &&
				  cuts->texts[0].len == 0; /* nothing is below "" */
		if (index_cuts_sample(cuts, region, &value)) {
			add_value(values, value);
		} else if (!none) {
			values->failed = true;
		}
	}
}

static void add_integers(
	struct values *values, const struct index_cuts *cuts, const struct index_range *range)
{
	for (size_t i = 0; i <= cuts->integer_count; i++) {
		const int64_t begin = i == 0 ? INT64_MIN : cuts->integers[i - 1];
		const int64_t end = i == cuts->integer_count ? INT64_MAX : cuts->integers[i] - 1;
		const int64_t from = begin > range->least ? begin : range->least;
		if (from <= end && from <= range->most) {
			add_value(values,
				(struct rules_fact){.kind = RULES_FACT_INT, .integer = from});
		}
	}
}

static void add_numbers(struct values *values, const struct index_cuts *cuts)
{
	struct rules_fact value;
	for (size_t region = cuts->number_base; region < cuts->region_count; region++) {
		if (index_cuts_sample(cuts, region, &value)) {
			add_value(values, value);
		}
	}
}

static void add_all(
	struct values *values, const struct index_cuts *cuts, const struct index_range *range)
{
	const struct rules_fact null = {.kind = RULES_FACT_NULL};
	if ((range->kinds & 1U << RULES_FACT_NULL) != 0) {
		add_value(values, null);
	}
	if ((range->kinds & 1U << RULES_FACT_BOOL) != 0) {
		add_value(values, (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = false});
		add_value(values, (struct rules_fact){.kind = RULES_FACT_BOOL, .boolean = true});
	}
	if ((range->kinds & 1U << RULES_FACT_STRING) != 0) {
		add_texts(values, cuts, range);
	}
	if ((range->kinds & 1U << RULES_FACT_INT) != 0) {
		add_integers(values, cuts, range);
	}
	if ((range->kinds & 1U << RULES_FACT_DOUBLE) != 0) {
		add_numbers(values, cuts);
	}
}

static const unsigned TRIED_KINDS = 1U << RULES_FACT_NULL | 1U << RULES_FACT_BOOL |
				    1U << RULES_FACT_INT | 1U << RULES_FACT_DOUBLE |
				    1U << RULES_FACT_STRING;

/* What the fact is tried with; nothing when it cannot be. */
static enum err find_values(struct index_grid_fact *fact, const struct index_candidate *candidate,
	const struct index_range *range, struct arena *scratch)
{
	struct index_cuts cuts = {.arena = scratch};
	if ((range->kinds & ~TRIED_KINDS) != 0 ||
		!find_cuts(candidate, fact->path, scratch, &cuts)) {
		return ERR_OK;
	}
	cuts.has_text = true;
	cuts.has_integer = true;
	cuts.has_number = true;
	index_cuts_settle(&cuts);
	struct values values = {.room = cuts.region_count};
	values.items = arena_array(scratch, values.room, sizeof(*values.items));
	if (values.items == NULL) {
		return ERR_NOMEM;
	}
	add_all(&values, &cuts, range);
	fact->values = values.items;
	fact->value_count = values.failed ? 0 : values.count;
	return ERR_OK;
}

enum err index_grid_make(struct index_grid_facts *grid, const struct index_candidate *candidate,
	const struct rules_facts *facts, const struct index_ranges *ranges, struct arena *scratch,
	bool *ret_few)
{
	*grid = (struct index_grid_facts){0};
	*ret_few = find_unknown(grid, candidate, facts);
	for (size_t i = 0; *ret_few && i < grid->count; i++) {
		struct index_range range;
		const struct str path = grid->facts[i].path;
		if (facts->get(facts->context, path).kind != RULES_FACT_UNKNOWN ||
			!ranges->get(ranges->context, path, &range)) {
			continue;
		}
		const enum err err = find_values(&grid->facts[i], candidate, &range, scratch);
		if (err != ERR_OK) {
			return err;
		}
	}
	return arena_failed(scratch) ? ERR_NOMEM : ERR_OK;
}
