/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/check.h"

/*
 * Whether somebody can meet several clauses at once.  Clauses that share no fact cannot contradict
 * each other, so that each group of those that do is asked over a grid of its own: small enough to
 * be a proof where that of all would be none.
 */

struct crowd {
	const struct author_schema *schema;
	const struct author_clause *const *clauses;
	size_t count;
	size_t *group; /* by clause: the number of the first clause of its group */
	struct arena *arena;
};

/* A count and the list it counts are one matter. */
static uint32_t matter_of(const struct author_schema *schema, uint32_t slot)
{
	const struct author_fact *fact = &schema->facts[slot];
	const struct author_fact *list =
		fact->counts.len == 0 ? NULL : author_fact_find(schema, fact->counts);
	return list == NULL ? slot : (uint32_t)(list - schema->facts);
}

static bool share_matter(const struct author_schema *schema, const struct author_clause *a,
	const struct author_clause *b)
{
	for (size_t i = 0; i < a->tree->name_count; i++) {
		const uint32_t left = a->tree->names[i].slot;
		for (size_t k = 0; left != CEL_SLOT_NONE && k < b->tree->name_count; k++) {
			const uint32_t right = b->tree->names[k].slot;
			if (right != CEL_SLOT_NONE &&
				matter_of(schema, left) == matter_of(schema, right)) {
				return true;
			}
		}
	}
	return false;
}

static void groups_join(struct crowd *crowd, size_t one, size_t other)
{
	const size_t from = crowd->group[one];
	const size_t to = crowd->group[other];
	for (size_t i = 0; from != to && i < crowd->count; i++) {
		crowd->group[i] = crowd->group[i] == from ? to : crowd->group[i];
	}
}

static bool meets_all(const struct author_clause *const *clauses, size_t count,
	struct author_person *person, struct arena *scratch)
{
	const struct rules_facts facts = author_person_facts(person);
	for (size_t i = 0; i < count; i++) {
		const struct rules_result result =
			rules_evaluate(clauses[i]->compiled, &facts, scratch);
		if (result.answer == RULES_NO && !clauses[i]->ask) {
			return false;
		}
	}
	return true;
}

/* True when no person of the grid meets all, and the grid is a proof. */
static bool group_is_empty(
	struct crowd *crowd, const struct author_clause *const *clauses, size_t count)
{
	struct author_grid grid;
	struct author_person person;
	struct arena scratch;
	bool possible = false;
	if (author_grid_init(&grid, crowd->schema, clauses, count, crowd->arena) != ERR_OK ||
		!author_person_init(&person, crowd->schema, crowd->arena) || !grid.exact) {
		return false;
	}
	arena_init(&scratch, 0);
	for (uint64_t n = 0; n < grid.asked && !possible; n++) {
		arena_reset(&scratch);
		possible = author_grid_person(&grid, n, &person) &&
			   meets_all(clauses, count, &person, &scratch);
	}
	arena_finish(&scratch);
	return !possible;
}

bool author_nobody_meets(const struct author_schema *schema,
	const struct author_clause *const *clauses, size_t count, struct arena *arena)
{
	struct crowd crowd = {.schema = schema,
		.clauses = clauses,
		.count = count,
		.group = arena_array(arena, count, sizeof(*crowd.group)),
		.arena = arena};
	const struct author_clause **members = arena_array(arena, count, sizeof(*members));
	if (crowd.group == NULL || members == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		crowd.group[i] = i;
		for (size_t k = 0; k < i; k++) {
			if (share_matter(schema, clauses[i], clauses[k])) {
				groups_join(&crowd, i, k);
			}
		}
	}
	for (size_t group = 0; group < count; group++) {
		size_t size = 0;
		for (size_t i = 0; i < count; i++) {
			if (crowd.group[i] == group) {
				members[size++] = clauses[i];
			}
		}
		if (size > 0 && group_is_empty(&crowd, members, size)) {
			return true;
		}
	}
	return false;
}
