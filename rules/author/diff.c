/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/author/diff.h"

enum {
	VERDICTS = 4
};

/* People whose outcome goes from one verdict to another, while they are counted. */
struct crowd {
	uint64_t people;
	struct str example;
	bool *seen; /* one for each value of each axis */
};

struct comparing {
	struct arena *arena;
	struct author_change *items;
	size_t count, room;
	const struct author_schema *schema;
	struct author_grid grid;
	size_t *starts; /* where each axis's values begin in `seen` */
	size_t value_count;
	struct crowd crowds[VERDICTS][VERDICTS];
};

static struct author_change *change_add(struct comparing *comparing)
{
	if (comparing->count == comparing->room) {
		const size_t room = comparing->room == 0 ? 16 : comparing->room * 2;
		struct author_change *items = arena_array(comparing->arena, room, sizeof(*items));
		if (items == NULL) {
			return NULL;
		}
		if (comparing->count > 0) {
			memcpy(items, comparing->items, comparing->count * sizeof(*items));
		}
		comparing->items = items;
		comparing->room = room;
	}
	struct author_change *change = &comparing->items[comparing->count++];
	*change = (struct author_change){.proven = true};
	return change;
}

static bool same_clauses(const struct author_service *a, const struct author_service *b)
{
	size_t i = 0;
	size_t k = 0;
	for (;; i++, k++) {
		while (i < a->clause_count && a->clauses[i].cohort) {
			i++;
		}
		while (k < b->clause_count && b->clauses[k].cohort) {
			k++;
		}
		if (i >= a->clause_count || k >= b->clause_count) {
			return i >= a->clause_count && k >= b->clause_count;
		}
		if (!str_equal(a->clauses[i].cel, b->clauses[k].cel) ||
			a->clauses[i].ask != b->clauses[k].ask) {
			return false;
		}
	}
}

static enum err lay_out(struct comparing *comparing, const struct author_service *before,
	const struct author_service *after)
{
	struct arena *arena = comparing->arena;
	const struct author_service *const both[] = {before, after};
	const struct author_clause **clauses = arena_array(
		arena, before->clause_count + after->clause_count + 1, sizeof(*clauses));
	size_t count = 0;
	for (size_t s = 0; clauses != NULL && s < 2; s++) {
		for (size_t i = 0; i < both[s]->clause_count; i++) {
			clauses[count] = &both[s]->clauses[i];
			count += !both[s]->clauses[i].cohort;
		}
	}
	enum err err = clauses == NULL ? ERR_NOMEM
				       : author_grid_init(&comparing->grid, comparing->schema,
						 clauses, count, arena);
	if (err != ERR_OK) {
		return err;
	}
	comparing->starts =
		arena_array(arena, comparing->grid.count + 1, sizeof(*comparing->starts));
	comparing->value_count = 0;
	for (size_t i = 0; comparing->starts != NULL && i < comparing->grid.count; i++) {
		comparing->starts[i] = comparing->value_count;
		comparing->value_count += comparing->grid.axes[i].count;
	}
	memset(comparing->crowds, 0, sizeof(comparing->crowds));
	return arena_failed(arena) ? ERR_NOMEM : ERR_OK;
}

static void count_person(struct comparing *comparing, uint64_t n,
	const struct author_person *person, enum author_verdict from, enum author_verdict to)
{
	struct crowd *crowd = &comparing->crowds[from][to];
	if (crowd->people++ == 0) {
		crowd->example = author_grid_words(&comparing->grid, person, comparing->arena);
		crowd->seen = arena_array(
			comparing->arena, comparing->value_count + 1, sizeof(*crowd->seen));
	}
	for (size_t i = 0; crowd->seen != NULL && i < comparing->grid.count; i++) {
		crowd->seen[comparing->starts[i] + author_grid_value(&comparing->grid, n, i)] =
			true;
	}
}

/* "18 to 24" or "female or male"; false when every value is among them. */
static bool trait_of(const struct comparing *comparing, const struct crowd *crowd, size_t number,
	struct author_trait *ret_trait)
{
	struct arena *arena = comparing->arena;
	const struct author_axis *axis = &comparing->grid.axes[number];
	const bool *seen = crowd->seen + comparing->starts[number];
	size_t count = 0;
	size_t first = axis->count;
	size_t last = 0;
	for (size_t i = 0; i < axis->count; i++) {
		count += seen[i];
		first = seen[i] && first == axis->count ? i : first;
		last = seen[i] ? i : last;
	}
	if (count == axis->count || count == 0) {
		return false;
	}
	*ret_trait = (struct author_trait){.fact = axis->fact, .least = 1};
	const struct str low = author_fact_text(&axis->values[first], arena);
	if (axis->fact->type == AUTHOR_INT && !axis->fact->list && last - first + 1 == count) {
		const struct str high = author_fact_text(&axis->values[last], arena);
		ret_trait->least = axis->values[first].integer;
		ret_trait->most = axis->values[last].integer;
		ret_trait->values = count == 1 ? low
					       : arena_printf(arena, "%.*s to %.*s", STR_ARG(low),
							 STR_ARG(high));
		return true;
	}
	struct str words = {0};
	size_t shown = 0;
	for (size_t i = 0; i < axis->count && shown < 4; i++) {
		if (seen[i]) {
			const struct str value = author_fact_text(&axis->values[i], arena);
			words = arena_printf(arena, "%.*s%s%.*s", STR_ARG(words),
				shown == 0 ? "" : " or ", STR_ARG(value));
			shown++;
		}
	}
	ret_trait->values = count <= shown ? words
					   : arena_printf(arena, "%.*s or %zu more", STR_ARG(words),
						     count - shown);
	return true;
}

/* What the people of a crowd have in common. */
static void crowd_traits(
	const struct comparing *comparing, const struct crowd *crowd, struct author_change *change)
{
	struct author_trait *traits =
		arena_array(comparing->arena, comparing->grid.count + 1, sizeof(*traits));
	struct str words = {0};
	for (size_t i = 0; traits != NULL && crowd->seen != NULL && i < comparing->grid.count;
		i++) {
		struct author_trait *trait = &traits[change->trait_count];
		if (trait_of(comparing, crowd, i, trait)) {
			change->trait_count++;
			words = arena_printf(comparing->arena, "%.*s%s%.*s %.*s", STR_ARG(words),
				words.len == 0 ? "" : ", ", STR_ARG(trait->fact->path),
				STR_ARG(trait->values));
		}
	}
	change->traits = traits;
	change->who = words.len == 0 ? STR("everybody") : words;
}

static void add_crowds(struct comparing *comparing, const struct author_service *before,
	const struct author_service *after)
{
	for (int from = 0; from < VERDICTS; from++) {
		for (int to = 0; to < VERDICTS; to++) {
			const struct crowd *crowd = &comparing->crowds[from][to];
			struct author_change *change =
				from == to || crowd->people == 0 ? NULL : change_add(comparing);
			if (change != NULL) {
				change->before = before;
				change->after = after;
				change->from = (enum author_verdict)from;
				change->to = (enum author_verdict)to;
				change->people = crowd->people;
				change->of = comparing->grid.asked;
				crowd_traits(comparing, crowd, change);
				change->example = crowd->example;
				change->proven = comparing->grid.exact;
			}
		}
	}
}

static enum err compare(struct comparing *comparing, const struct author_service *before,
	const struct author_service *after)
{
	struct author_person person;
	struct arena scratch;
	enum err err = lay_out(comparing, before, after);
	if (err == ERR_OK && !author_person_init(&person, comparing->schema, comparing->arena)) {
		err = ERR_NOMEM;
	}
	if (err != ERR_OK) {
		return err;
	}
	arena_init(&scratch, 0);
	for (uint64_t n = 0; n < comparing->grid.asked; n++) {
		arena_reset(&scratch);
		if (author_grid_person(&comparing->grid, n, &person)) {
			count_person(comparing, n, &person,
				author_judge(before, &person, &scratch).verdict,
				author_judge(after, &person, &scratch).verdict);
		}
	}
	arena_finish(&scratch);
	add_crowds(comparing, before, after);
	return ERR_OK;
}

static void add_lone(struct comparing *comparing, const struct author_service *before,
	const struct author_service *after)
{
	struct author_change *change = change_add(comparing);
	if (change != NULL) {
		change->before = before;
		change->after = after;
	}
}

/* Two books of the same services mostly have them at the same place. */
static const struct author_service *counterpart(
	const struct author_book *book, size_t place, struct str id)
{
	return place < book->count && str_equal(book->services[place].id, id)
		       ? &book->services[place]
		       : author_book_find(book, id);
}

enum err author_diff(const struct author_book *before, const struct author_book *after,
	struct arena *arena, struct author_changes *ret_changes)
{
	struct comparing comparing = {.arena = arena, .schema = after->schema};
	struct author_changes changes = {0};
	enum err err = ERR_OK;
	for (size_t i = 0; err == ERR_OK && i < before->count; i++) {
		const struct author_service *old = &before->services[i];
		const struct author_service *new = counterpart(after, i, old->id);
		const size_t had = comparing.count;
		if (new == NULL) {
			add_lone(&comparing, old, NULL);
			continue;
		}
		const bool same = same_clauses(old, new);
		err = same ? ERR_OK : compare(&comparing, old, new);
		changes.same += comparing.count == had;
		changes.reworded += !same && comparing.count == had;
	}
	for (size_t i = 0; i < after->count; i++) {
		if (counterpart(before, i, after->services[i].id) == NULL) {
			add_lone(&comparing, NULL, &after->services[i]);
		}
	}
	changes.items = comparing.items;
	changes.count = comparing.count;
	if (err == ERR_OK && !arena_failed(arena)) {
		*ret_changes = changes;
		return ERR_OK;
	}
	return err == ERR_OK ? ERR_NOMEM : err;
}
