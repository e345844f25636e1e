/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/complete.h"

#include "rules/index/grid.h"

/*
 * A table with one outcome for every way to complete the unknown facts: cell number = sum of
 * (number of the value) * stride.
 */
enum cell {
	CELL_ANSWER = 3, /* enum rules_answer */
	/* Unknown, and whatever it depends on, one clause is an error or a person's decision: that
	 * is another outcome than unknown alone. */
	CELL_ERROR = 4,
	CELL_ASK = 8,
};

struct table {
	const struct index_candidate *candidate;
	const struct rules_facts *facts;
	struct arena *scratch;
	struct index_grid_facts grid;
	size_t strides[INDEX_LIMIT_COMPLETED_FACTS];
	size_t cell_count;
	uint8_t *cells;    /* enum cell */
	uint64_t relevant; /* facts of the grid, tried or not, that an unknown outcome reads */
};

static struct rules_fact table_get(void *context, struct str path)
{
	const struct table *table = context;
	const struct index_grid_fact *fact = index_grid_at(&table->grid, path);
	return fact == NULL || fact->value_count == 0
		       ? table->facts->get(table->facts->context, path)
		       : fact->values[fact->chosen];
}

static uint64_t facts_of_clause(struct table *table, const struct rules_clause *clause)
{
	const struct str *paths;
	const size_t count = rules_clause_facts(clause, &paths);
	uint64_t set = 0;
	for (size_t i = 0; i < count; i++) {
		const struct index_grid_fact *fact = index_grid_at(&table->grid, paths[i]);
		set |= fact == NULL ? 0 : UINT64_C(1) << (fact - table->grid.facts);
	}
	return set;
}

/* A no is final whatever else is unknown, an error is not. */
static uint8_t table_answer(struct table *table)
{
	const struct index_candidate *candidate = table->candidate;
	const struct rules_facts facts = {.context = table, .get = table_get};
	uint64_t read = 0;
	bool unknown = false;
	unsigned flags = 0;
	for (size_t i = 0; i < candidate->clause_count; i++) {
		const struct arena_mark mark = arena_mark(table->scratch);
		const enum rules_answer answer =
			rules_evaluate(candidate->clauses[i], &facts, table->scratch).answer;
		arena_rewind(table->scratch, mark);
		switch (answer) {
		case RULES_NO:
			if (candidate->asks == NULL || !candidate->asks[i]) {
				return RULES_NO;
			}
			flags |= CELL_ASK;
			break;
		case RULES_YES:
			break;
		case RULES_UNKNOWN:
			unknown = true;
			read |= facts_of_clause(table, candidate->clauses[i]);
			break;
		case RULES_ERROR:
			flags |= CELL_ERROR;
			break;
		}
	}
	table->relevant |= read;
	if (unknown || (flags & CELL_ASK) != 0) {
		return (uint8_t)(RULES_UNKNOWN | flags);
	}
	return flags == 0 ? RULES_YES : RULES_ERROR;
}

static bool table_fill(struct table *table)
{
	struct index_grid_facts *grid = &table->grid;
	table->cells = arena_alloc(table->scratch, table->cell_count);
	if (table->cells == NULL) {
		return false;
	}
	for (size_t cell = 0; cell < table->cell_count; cell++) {
		size_t rest = cell;
		for (size_t i = 0; i < grid->count; i++) {
			const size_t count = grid->facts[i].value_count;
			grid->facts[i].chosen = count == 0 ? 0 : rest % count;
			rest = count == 0 ? rest : rest / count;
		}
		table->cells[cell] = table_answer(table);
	}
	return !arena_failed(table->scratch);
}

/* Strides of the facts that are tried; false when there are too many ways. */
static bool table_size(struct table *table)
{
	const size_t asked = table->candidate->ways_most;
	const size_t most =
		asked == 0 || asked > INDEX_LIMIT_COMPLETIONS ? INDEX_LIMIT_COMPLETIONS : asked;
	table->cell_count = 1;
	for (size_t i = 0; i < table->grid.count; i++) {
		const size_t values = table->grid.facts[i].value_count;
		table->strides[i] = table->cell_count;
		table->cell_count *= values == 0 ? 1 : values;
		if (table->cell_count > most) {
			return false;
		}
	}
	return true;
}

/* Whether the outcome ever changes with the fact alone. */
static bool table_changes(const struct table *table, size_t fact)
{
	const size_t stride = table->strides[fact];
	const size_t count = table->grid.facts[fact].value_count;
	for (size_t cell = 0; count > 1 && cell < table->cell_count; cell++) {
		const size_t number = cell / stride % count;
		if (number > 0 && table->cells[cell] != table->cells[cell - stride]) {
			return true;
		}
	}
	return false;
}

/* For each value of the fact: is there one outcome only, and a known one? */
static enum index_worth table_worth(const struct table *table, size_t fact)
{
	const size_t stride = table->strides[fact];
	const size_t count = table->grid.facts[fact].value_count;
	size_t settled = 0;
	for (size_t value = 0; value < count; value++) {
		const uint8_t first = table->cells[value * stride];
		bool same = (first & CELL_ANSWER) != RULES_UNKNOWN;
		for (size_t cell = 0; same && cell < table->cell_count; cell++) {
			same = cell / stride % count != value || table->cells[cell] == first;
		}
		settled += same ? 1 : 0;
	}
	return settled == 0       ? INDEX_WORTH_SOMETHING
	       : settled == count ? INDEX_WORTH_ALL
				  : INDEX_WORTH_PERHAPS;
}

static bool table_settled(const struct table *table)
{
	for (size_t cell = 0; cell < table->cell_count; cell++) {
		if (table->cells[cell] != table->cells[0]) {
			return false;
		}
	}
	return (table->cells[0] & CELL_ANSWER) != RULES_UNKNOWN;
}

static enum err list_missing(struct table *table, struct index_completion *ret_completion)
{
	const size_t count = table->grid.count;
	struct str *missing = arena_array(table->scratch, count + 1, sizeof(*missing));
	enum index_worth *worth = arena_array(table->scratch, count + 1, sizeof(*worth));
	struct index_completion completion = {
		.answer = RULES_UNKNOWN, .missing = missing, .worth = worth, .tried = true};
	if (missing == NULL || worth == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const bool tried = table->grid.facts[i].value_count > 0;
		if ((table->relevant >> i & 1) == 0 && !(tried && table_changes(table, i))) {
			continue;
		}
		missing[completion.missing_count] = table->grid.facts[i].path;
		worth[completion.missing_count++] =
			tried ? table_worth(table, i) : INDEX_WORTH_SOMETHING;
	}
	*ret_completion = completion;
	return ERR_OK;
}

static size_t add_path(struct str *paths, size_t count, struct str path)
{
	size_t at = 0;
	while (at < count && str_compare(paths[at], path) < 0) {
		at++;
	}
	if (at < count && str_equal(paths[at], path)) {
		return count;
	}
	memmove(paths + at + 1, paths + at, (count - at) * sizeof(*paths));
	paths[at] = path;
	return count + 1;
}

/* What CEL says is missing, for when there are too many ways. */
static enum err keep_missing(const struct index_candidate *candidate,
	const struct rules_facts *facts, struct arena *scratch,
	struct index_completion *ret_completion)
{
	struct index_completion completion = {.answer = RULES_UNKNOWN};
	size_t room = 0;
	for (size_t i = 0; i < candidate->clause_count; i++) {
		const struct str *paths;
		room += rules_clause_facts(candidate->clauses[i], &paths);
	}
	struct str *missing = arena_array(scratch, room + 1, sizeof(*missing));
	enum index_worth *worth = arena_array(scratch, room + 1, sizeof(*worth));
	if (missing == NULL || worth == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < candidate->clause_count; i++) {
		const struct rules_result result =
			rules_evaluate(candidate->clauses[i], facts, scratch);
		for (size_t m = 0; result.answer == RULES_UNKNOWN && m < result.missing_count;
			m++) {
			completion.missing_count =
				add_path(missing, completion.missing_count, result.missing[m]);
		}
	}
	completion.missing = missing;
	completion.worth = worth; /* zero: INDEX_WORTH_SOMETHING */
	*ret_completion = completion;
	return arena_failed(scratch) ? ERR_NOMEM : ERR_OK;
}

enum err index_complete(const struct index_candidate *candidate, const struct rules_facts *facts,
	const struct index_ranges *ranges, struct arena *scratch,
	struct index_completion *ret_completion)
{
	struct table table = {.candidate = candidate, .facts = facts, .scratch = scratch};
	const unsigned now = table_answer(&table) & CELL_ANSWER; /* no grid yet: as it is */
	if (now != RULES_UNKNOWN) {
		*ret_completion =
			(struct index_completion){.answer = (enum rules_answer)now, .tried = true};
		return arena_failed(scratch) ? ERR_NOMEM : ERR_OK;
	}
	bool few;
	table.relevant = 0;
	const enum err err = index_grid_make(&table.grid, candidate, facts, ranges, scratch, &few);
	if (err != ERR_OK) {
		return err;
	}
	if (!few || !table_size(&table)) {
		return keep_missing(candidate, facts, scratch, ret_completion);
	}
	if (!table_fill(&table)) {
		return ERR_NOMEM;
	}
	if (table_settled(&table)) {
		*ret_completion = (struct index_completion){
			.answer = (enum rules_answer)table.cells[0], .tried = true};
		return ERR_OK;
	}
	return list_missing(&table, ret_completion);
}

static bool has_choice(const struct cel_node *node)
{
	bool found = node->kind == CEL_NODE_CHOICE;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		found = found || has_choice(child);
	}
	return found;
}

static size_t count_names(const struct cel_node *node)
{
	size_t count = node->kind == CEL_NODE_NAME ? 1 : 0;
	for (const struct cel_node *child = node->child; child != NULL; child = child->next) {
		count += count_names(child);
	}
	return count;
}

bool index_clause_repeats(const struct rules_clause *clause)
{
	return has_choice(clause->root) || count_names(clause->root) > clause->path_count;
}
