/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/trial.h"

/* The people at the thresholds: for each clause of one fact, each value beside a threshold that no
 * test of its service gives. */

enum {
	PROBES_PER_CLAUSE = 16 /* more is a list that nobody reads */
};

static bool same_fact(const struct rules_fact *a, const struct rules_fact *b)
{
	if (a->kind != b->kind) {
		return false;
	}
	switch (a->kind) {
	case RULES_FACT_BOOL:
		return a->boolean == b->boolean;
	case RULES_FACT_INT:
		return a->integer == b->integer;
	case RULES_FACT_STRING:
		return str_equal(a->string, b->string);
	case RULES_FACT_LIST: {
		bool same = a->list.count == b->list.count;
		for (size_t i = 0; same && i < a->list.count; i++) {
			same = same_fact(&a->list.items[i], &b->list.items[i]);
		}
		return same;
	}
	case RULES_FACT_UNKNOWN:
	case RULES_FACT_NULL:
	case RULES_FACT_DOUBLE:
	case RULES_FACT_TIMESTAMP:
	case RULES_FACT_DURATION:
	case RULES_FACT_ABSENT:
		break;
	}
	return true;
}

/* Whether a value falls on the n-th of an axis: is it, or, where that stands for all texts that no
 * clause names, is none of the others. */
static bool falls_on(const struct author_axis *axis, size_t n, const struct rules_fact *fact)
{
	const bool open = axis->fact->type == AUTHOR_TEXT && !axis->fact->list &&
			  axis->fact->code_count == 0 && n + 1 == axis->count;
	if (!open || fact->kind != RULES_FACT_STRING) {
		return same_fact(fact, &axis->values[n]);
	}
	for (size_t i = 0; i < n; i++) {
		if (same_fact(fact, &axis->values[i])) {
			return false;
		}
	}
	return true;
}

/* Whether a case of the service has the n-th person's facts on the grid's axes. */
static bool is_asked(const struct author_table *table, const struct author_service *service,
	const struct author_grid *grid, uint64_t n, const struct author_person *person)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct author_case *of = &table->cases[i];
		bool same = str_equal(of->service, service->id);
		for (size_t a = 0; same && a < grid->count; a++) {
			const size_t fact = (size_t)(grid->axes[a].fact - person->schema->facts);
			same = falls_on(&grid->axes[a], author_grid_value(grid, n, a),
				&of->person.facts[fact]);
		}
		if (same) {
			return true;
		}
	}
	return false;
}

/* The ends of a range are no thresholds: only values beside which the answer differs. */
static bool is_boundary(const struct author_grid *grid, const struct author_clause *clause,
	uint64_t n, struct author_person *person, enum rules_answer answer, struct arena *scratch)
{
	if (grid->axes[0].fact->type != AUTHOR_INT) {
		return true;
	}
	for (int side = 0; side < 2; side++) {
		const uint64_t beside = side == 0 ? n - 1 : n + 1;
		if (beside < grid->asked && author_grid_person(grid, beside, person)) {
			const struct rules_facts facts = author_person_facts(person);
			if (rules_evaluate(clause->compiled, &facts, scratch).answer != answer) {
				return true;
			}
		}
	}
	return false;
}

static void probe_clause(const struct author_use *use, const struct author_table *table,
	const struct author_schema *schema, struct arena *arena, struct author_probe *probes,
	size_t *count)
{
	struct author_grid grid;
	struct author_person person;
	struct arena scratch;
	size_t found = 0;
	if (author_grid_init(&grid, schema, &use->clause, 1, arena) != ERR_OK || grid.count != 1 ||
		!author_person_init(&person, schema, arena)) {
		return;
	}
	arena_init(&scratch, 0);
	for (uint64_t n = 0; n < grid.asked && found < PROBES_PER_CLAUSE; n++) {
		arena_reset(&scratch);
		if (!author_grid_person(&grid, n, &person) ||
			is_asked(table, use->service, &grid, n, &person)) {
			continue;
		}
		const struct rules_facts facts = author_person_facts(&person);
		const enum rules_answer answer =
			rules_evaluate(use->clause->compiled, &facts, &scratch).answer;
		const struct str words = author_grid_words(&grid, &person, arena);
		if (is_boundary(&grid, use->clause, n, &person, answer, &scratch)) {
			found++;
			probes[(*count)++] =
				(struct author_probe){use->service, use->clause, words, answer};
		}
	}
	arena_finish(&scratch);
}

void author_trial_probe(const struct author_schema *schema, const struct author_table *table,
	struct arena *arena, struct author_trial *trial)
{
	struct author_probe *probes =
		arena_array(arena, trial->use_count * PROBES_PER_CLAUSE + 1, sizeof(*probes));
	size_t count = 0;
	for (size_t i = 0; probes != NULL && i < trial->use_count; i++) {
		if (trial->uses[i].clause->tree != NULL && !trial->uses[i].clause->cohort) {
			probe_clause(&trial->uses[i], table, schema, arena, probes, &count);
		}
	}
	trial->probes = probes;
	trial->probe_count = count;
}
