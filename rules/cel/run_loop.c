/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/program.h"

static bool makes_map(const struct cel_instruction *step)
{
	return step->sub == CEL_FOLD_TABLE || step->sub == CEL_FOLD_ENTRIES;
}

static bool is_logic(const struct cel_instruction *step)
{
	return step->sub == CEL_FOLD_ALL || step->sub == CEL_FOLD_EXISTS;
}

/* Room for as many elements as the range has; false, with the outcome an error, without. */
static bool make_room(struct cel_run *run, const struct cel_instruction *step,
	struct cel_loop *loop, struct cel_value *outcome)
{
	if (is_logic(step) || step->sub == CEL_FOLD_EXISTS_ONE) {
		return true;
	}
	loop->size = loop->range.extra;
	if (!cel_run_charge(run, loop->size, outcome)) {
		return false;
	}
	if (makes_map(step)) {
		loop->entries = cel_run_alloc(run, loop->size, sizeof(*loop->entries), outcome);
		return loop->entries != NULL;
	}
	loop->items = cel_run_alloc(run, loop->size, sizeof(*loop->items), outcome);
	return loop->items != NULL;
}

bool cel_run_fold(struct cel_run *run, const struct cel_instruction *step)
{
	struct cel_value *outcome = &run->frame[step->to];
	struct cel_loop *loop = &run->loops[step->c];
	*loop = (struct cel_loop){.range = *outcome};
	if (outcome->kind != CEL_LIST && outcome->kind != CEL_MAP) {
		*outcome = outcome->kind >= CEL_ERROR
				   ? *outcome
				   : cel_run_error(run, "only a list or a map can be run over");
		return false;
	}
	const bool open = (loop->range.flags & CEL_FLAG_OPEN) != 0;
	*outcome = is_logic(step) ? cel_bool(step->sub == CEL_FOLD_ALL) : cel_null();
	if (open) {
		/* What else may be in the map is unknown, until what is known of it decides. */
		*outcome = loop->range.entries[loop->range.extra].value;
	}
	return (!open || is_logic(step)) && make_room(run, step, loop, outcome);
}

bool cel_run_next(struct cel_run *run, const struct cel_instruction *step)
{
	struct cel_loop *loop = &run->loops[step->c];
	struct cel_value failed;
	/* A turn costs what stands in it, at most. */
	if (loop->at == loop->range.extra ||
		!cel_run_charge(
			run, 1 + step->b - (uint64_t)(step - run->program->code), &failed)) {
		return false;
	}
	const bool list = loop->range.kind == CEL_LIST;
	const struct cel_value item =
		list ? loop->range.items[loop->at] : loop->range.entries[loop->at].key;
	struct cel_value *locals = &run->frame[step->a];
	if (step->sub == 0) {
		locals[0] = item;
	} else {
		locals[0] = list ? cel_int(loop->at) : item;
		locals[1] = list ? item : loop->range.entries[loop->at].value;
	}
	loop->at++;
	return true;
}

bool cel_run_keep(
	struct cel_run *run, const struct cel_instruction *step, struct cel_value condition)
{
	struct cel_value *outcome = &run->frame[step->to];
	if (condition.kind == CEL_BOOL) {
		return condition.boolean;
	}
	if (condition.kind < CEL_ERROR) {
		condition = cel_run_error(run, "the condition is not yes or no");
	}
	(void)cel_run_absorb(run, *outcome, condition, outcome);
	return false;
}

/* One more entry of a map; two of one key are an error. */
static void take_entry(struct cel_run *run, struct cel_loop *loop, struct cel_entry entry,
	struct cel_value *outcome)
{
	const struct cel_value so_far = cel_map(loop->entries, 0);
	struct cel_value map = so_far;
	map.extra = loop->filled;
	if (cel_map_find(map, entry.key, &run->budget) != NULL) {
		*outcome = cel_run_error(run, "a map has one key twice");
		return;
	}
	if (loop->filled == loop->size) {
		const uint32_t size = loop->size * 2 + 4;
		struct cel_entry *wider = NULL;
		if (cel_run_charge(run, size, outcome)) {
			wider = cel_run_alloc(run, size, sizeof(*wider), outcome);
		}
		if (wider == NULL) {
			return;
		}
		memcpy(wider, loop->entries, loop->filled * sizeof(*wider));
		loop->entries = wider;
		loop->size = size;
	}
	loop->entries[loop->filled++] = entry;
}

static void take_entries(
	struct cel_run *run, struct cel_loop *loop, struct cel_value map, struct cel_value *outcome)
{
	if (map.kind != CEL_MAP) {
		*outcome = cel_run_mismatch(run);
		return;
	}
	if ((map.flags & CEL_FLAG_OPEN) != 0) {
		*outcome = map.entries[map.extra].value;
	}
	for (uint32_t i = 0; i < map.extra && outcome->kind < CEL_ERROR; i++) {
		take_entry(run, loop, map.entries[i], outcome);
	}
}

void cel_run_take(struct cel_run *run, const struct cel_instruction *step, struct cel_value element)
{
	struct cel_value *outcome = &run->frame[step->to];
	struct cel_loop *loop = &run->loops[step->c];
	if (cel_run_absorb(run, *outcome, element, outcome)) {
		return;
	}
	if (step->sub == CEL_FOLD_EXISTS_ONE) {
		loop->found++;
	} else if (step->sub == CEL_FOLD_ENTRIES) {
		take_entries(run, loop, element, outcome);
	} else if (step->sub == CEL_FOLD_TABLE) {
		const struct cel_value key = loop->range.kind == CEL_MAP
						     ? loop->range.entries[loop->at - 1].key
						     : cel_int(loop->at - 1);
		take_entry(run, loop, (struct cel_entry){key, element}, outcome);
	} else {
		loop->items[loop->filled++] = element;
	}
}

void cel_run_end(struct cel_run *run, const struct cel_instruction *step)
{
	struct cel_value *outcome = &run->frame[step->to];
	const struct cel_loop *loop = &run->loops[step->c];
	if (outcome->kind >= CEL_ERROR) {
		return;
	}
	if (step->sub == CEL_FOLD_EXISTS_ONE) {
		*outcome = cel_bool(loop->found == 1);
	} else if (makes_map(step)) {
		*outcome = cel_map(loop->entries, loop->filled);
	} else {
		*outcome = cel_list(loop->items, loop->filled);
	}
}
