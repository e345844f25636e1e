/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/program.h"

struct cel_value cel_run_error(const struct cel_run *run, const char *text)
{
	struct cel_value error = cel_error(text);
	error.extra = run->program->offsets[run->step - run->program->code];
	return error;
}

struct cel_value cel_run_mismatch(const struct cel_run *run)
{
	return cel_run_error(run, "no such overload: these types do not go together");
}

bool cel_run_charge(struct cel_run *run, uint64_t cost, struct cel_value *ret)
{
	if (run->budget <= cost) {
		run->budget = 0;
		*ret = cel_run_error(run, "the expression takes too long");
		return false;
	}
	run->budget -= cost;
	return true;
}

void *cel_run_alloc(struct cel_run *run, size_t count, size_t size, struct cel_value *ret)
{
	void *memory = arena_array(run->scratch, count == 0 ? 1 : count, size);
	if (memory == NULL) {
		run->budget = 0;
		*ret = cel_run_error(run, "out of memory");
	}
	return memory;
}

/* The variable alone, of which nothing is known. */
static struct cel_value unknown_name(const struct cel_run *run, uint32_t name)
{
	struct cel_value unknown = cel_unknown();
	if (name < 64) {
		unknown.variables = UINT64_C(1) << name;
	} else {
		unknown.extra = 1;
		unknown.trails = &run->program->trails[name];
	}
	return unknown;
}

static struct cel_value fetch(const struct cel_run *run, uint32_t name)
{
	const struct cel_facts *facts = run->facts;
	const struct cel_name *wanted = &run->program->names[name];
	if (facts->values != NULL && wanted->slot != CEL_SLOT_NONE) {
		return facts->values[wanted->slot];
	}
	return facts->get != NULL ? facts->get(facts->context, wanted)
				  : cel_error("undeclared reference");
}

struct cel_value cel_run_name(struct cel_run *run, uint32_t name)
{
	struct cel_value value = run->given[run->places[name]];
	if (value.kind == CEL_KINDS) {
		value = fetch(run, name);
		run->fetched[name] = value;
	}
	if (value.kind == CEL_UNKNOWN && value.extra == 0 && value.variables == 0) {
		return unknown_name(run, name);
	}
	if (value.kind == CEL_ERROR && value.extra == 0) {
		return cel_run_error(run, value.text);
	}
	return value;
}

static uint32_t trail_count(struct cel_value unknown)
{
	return unknown.extra == 0 ? (uint32_t)__builtin_popcountll(unknown.variables)
				  : unknown.extra;
}

/* The trails of an unknown, behind `out`, in the order of their addresses. */
static size_t put_trails(
	const struct cel_run *run, struct cel_value unknown, const struct cel_trail **out)
{
	size_t count = 0;
	for (uint32_t i = 0; unknown.extra == 0 && i < 64 && unknown.variables >> i != 0; i++) {
		if ((unknown.variables >> i & 1) != 0) {
			out[count++] = run->program->trails[i];
		}
	}
	for (uint32_t i = 0; i < unknown.extra; i++) {
		out[count++] = unknown.trails[i];
	}
	return count;
}

struct cel_value cel_run_merge(struct cel_run *run, struct cel_value a, struct cel_value b)
{
	struct cel_value merged = a;
	if (a.extra == 0 && b.extra == 0) {
		merged.variables |= b.variables;
		return merged;
	}
	const size_t total = (size_t)trail_count(a) + trail_count(b);
	const struct cel_trail **trails = NULL;
	const struct cel_trail **both = NULL;
	/* A trail is a pointer to copy: a chain of a thousand unknown terms is fair. */
	if (cel_run_charge(run, 1 + total / 8, &merged)) {
		trails = cel_run_alloc(run, total, sizeof(*trails), &merged);
		both = cel_run_alloc(run, total, sizeof(*both), &merged);
	}
	if (trails == NULL || both == NULL) {
		return merged;
	}
	/* The names of a program lie in one array, so both parts are sorted by address. */
	const size_t middle = put_trails(run, a, both);
	const size_t end = middle + put_trails(run, b, both + middle);
	size_t i = 0;
	size_t j = middle;
	uint32_t count = 0;
	while (i < middle || j < end) {
		const bool first =
			j == end || (i < middle && (uintptr_t)both[i] <= (uintptr_t)both[j]);
		const struct cel_trail *next = first ? both[i++] : both[j++];
		if (count == 0 || trails[count - 1] != next) {
			trails[count++] = next;
		}
	}
	merged.extra = count;
	merged.trails = trails;
	return merged;
}

bool cel_run_absorb(
	struct cel_run *run, struct cel_value a, struct cel_value b, struct cel_value *ret)
{
	if (a.kind < CEL_ERROR && b.kind < CEL_ERROR) {
		return false;
	}
	if (a.kind == CEL_UNKNOWN && b.kind == CEL_UNKNOWN) {
		*ret = cel_run_merge(run, a, b);
	} else if (a.kind == CEL_ERROR || (b.kind != CEL_ERROR && a.kind == CEL_UNKNOWN)) {
		*ret = a;
	} else {
		*ret = b;
	}
	return true;
}

struct cel_value cel_run_extend(struct cel_run *run, struct cel_value unknown, struct cel_value key)
{
	const bool item = (key.kind == CEL_INT && key.integer >= 0) || key.kind == CEL_UINT;
	const struct cel_trail *above = NULL;
	struct cel_value extended;
	if (trail_count(unknown) != 1 || (!item && key.kind != CEL_STRING)) {
		return unknown;
	}
	(void)put_trails(run, unknown, &above);
	struct cel_trail *trail = NULL;
	const uint64_t size = (above->path.len + (item ? 0 : key.extra)) / 10;
	if (!cel_run_charge(run, size, &extended)) {
		return extended;
	}
	trail = cel_run_alloc(run, 1, sizeof(*trail), &extended);
	if (trail == NULL) {
		return extended;
	}
	trail->path = item ? arena_printf(run->scratch, "%.*s[%llu]", STR_ARG(above->path),
				     (unsigned long long)key.natural)
			   : arena_printf(run->scratch, "%.*s.%.*s", STR_ARG(above->path),
				     STR_ARG(cel_str(key)));
	return cel_unknown_at(run->scratch, trail);
}

struct cel_value cel_run_missing(struct cel_run *run, struct cel_value map, struct cel_value key)
{
	return cel_run_extend(run, map.entries[map.extra].value, key);
}

/* Within the budget, which also bounds how deep it can go: a level is a list of at least one.
 * `open`: what else may be in an OPEN map is a part too. */
static struct cel_value add_parts(struct cel_run *run, struct cel_value so_far,
	struct cel_value value, bool open, unsigned depth)
{
	struct cel_value failed;
	if (value.kind == CEL_UNKNOWN) {
		return so_far.kind == CEL_UNKNOWN ? cel_run_merge(run, so_far, value) : value;
	}
	if ((value.flags & CEL_FLAG_PARTIAL) == 0 || so_far.kind == CEL_ERROR) {
		return so_far;
	}
	if (depth == 0 || !cel_run_charge(run, value.extra, &failed)) {
		return cel_run_error(run, "the expression takes too long");
	}
	if (value.kind == CEL_OPTIONAL) {
		return add_parts(run, so_far, *value.inner, open, depth - 1);
	}
	for (uint32_t i = 0; i < value.extra; i++) {
		if (value.kind == CEL_MAP) {
			so_far = add_parts(run, so_far, value.entries[i].key, open, depth - 1);
			so_far = add_parts(run, so_far, value.entries[i].value, open, depth - 1);
		} else {
			so_far = add_parts(run, so_far, value.items[i], open, depth - 1);
		}
	}
	if (open && value.kind == CEL_MAP && (value.flags & CEL_FLAG_OPEN) != 0) {
		so_far = add_parts(run, so_far, value.entries[value.extra].value, open, depth - 1);
	}
	return so_far;
}

struct cel_value cel_run_parts(struct cel_run *run, struct cel_value value)
{
	return add_parts(run, value, value, true, CEL_LIMIT_VALUE_DEPTH);
}

struct cel_value cel_run_answer(struct cel_run *run, struct cel_value value)
{
	return add_parts(run, value, value, false, CEL_LIMIT_VALUE_DEPTH);
}

struct cel_value cel_unknown_at(struct arena *arena, const struct cel_trail *trail)
{
	struct cel_value unknown = cel_unknown();
	const struct cel_trail **trails = arena_array(arena, 1, sizeof(*trails));
	if (trails == NULL) {
		return cel_error("out of memory");
	}
	trails[0] = trail;
	unknown.extra = 1;
	unknown.trails = trails;
	return unknown;
}

size_t cel_unknown_trails(const struct cel_tree *tree, struct cel_value unknown,
	struct arena *arena, const struct str **ret_paths)
{
	const uint32_t total = trail_count(unknown);
	struct str *paths = arena_array(arena, total == 0 ? 1 : total, sizeof(*paths));
	size_t count = 0;
	for (uint32_t i = 0; paths != NULL && i < 64 && unknown.extra == 0; i++) {
		if ((unknown.variables >> i & 1) != 0) {
			paths[count++] = tree->names[i].trail.path;
		}
	}
	for (uint32_t i = 0; paths != NULL && i < unknown.extra; i++) {
		const struct str path = unknown.trails[i]->path;
		size_t at = count;
		while (at > 0 && str_compare(paths[at - 1], path) > 0) {
			at--;
		}
		if (at > 0 && str_equal(paths[at - 1], path)) {
			continue;
		}
		memmove(&paths[at + 1], &paths[at], (count - at) * sizeof(*paths));
		paths[at] = path;
		count++;
	}
	*ret_paths = paths;
	return count;
}
