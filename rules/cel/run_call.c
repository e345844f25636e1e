/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/program.h"

static uint64_t size_of(struct cel_value value)
{
	switch (value.kind) {
	case CEL_STRING:
	case CEL_BYTES:
		return value.extra / 10;
	case CEL_LIST:
	case CEL_MAP:
		return value.extra;
	case CEL_NULL:
	case CEL_BOOL:
	case CEL_INT:
	case CEL_UINT:
	case CEL_DOUBLE:
	case CEL_TYPE:
	case CEL_TIMESTAMP:
	case CEL_DURATION:
	case CEL_OPTIONAL:
	case CEL_ERROR:
	case CEL_UNKNOWN:
	case CEL_KINDS:
		break;
	}
	return 0;
}

static uint64_t cost_of(
	const struct cel_overload *overload, const struct cel_value *args, uint32_t count)
{
	uint64_t cost = 1;
	switch (overload->cost) {
	case CEL_COST_ONE:
		break;
	case CEL_COST_TEXT:
		cost += size_of(args[0]);
		break;
	case CEL_COST_TEXTS:
		for (uint32_t i = 0; i < count; i++) {
			cost += size_of(args[i]);
		}
		break;
	case CEL_COST_PRODUCT:
		cost += (size_of(args[0]) + 1) * (count > 1 ? size_of(args[1]) + 1 : 1);
		break;
	case CEL_COST_PATTERN:
		cost += (size_of(args[0]) + 1) * (count > 1 ? args[1].extra / 4 + 1 : 1);
		break;
	}
	return cost;
}

static const struct cel_overload *choose(
	const struct cel_site *site, const struct cel_value *args, uint32_t count)
{
	for (uint32_t i = 0; i < site->count; i++) {
		const struct cel_overload *overload = site->overloads[i];
		uint32_t fitting = 0;
		if (!cel_overload_fits(overload, count)) {
			continue;
		}
		if ((overload->count & CEL_VARIADIC) != 0) {
			/* Its function looks at the kinds, as they need not be the same. */
			return overload;
		}
		while (fitting < count && cel_type_takes(cel_overload_argument(overload, fitting),
						  args[fitting].kind)) {
			fitting++;
		}
		if (fitting == count) {
			return overload;
		}
	}
	return NULL;
}

/* True, with *ret, when an argument is no plain value. */
static bool absorb_all(
	struct cel_run *run, const struct cel_value *args, uint32_t count, struct cel_value *ret)
{
	struct cel_value outcome = cel_null();
	for (uint32_t i = 0; i < count; i++) {
		struct cel_value arg = args[i];
		if ((arg.flags & CEL_FLAG_PARTIAL) != 0) {
			arg = cel_run_parts(run, arg);
		}
		(void)cel_run_absorb(run, outcome, arg, &outcome);
	}
	*ret = outcome;
	return outcome.kind >= CEL_ERROR;
}

struct cel_value cel_run_call(struct cel_run *run, const struct cel_site *site,
	const struct cel_value *args, uint32_t count)
{
	struct cel_value outcome;
	if (absorb_all(run, args, count, &outcome)) {
		return outcome;
	}
	const struct cel_overload *overload = choose(site, args, count);
	if (overload == NULL || overload->call == NULL) {
		return cel_run_mismatch(run);
	}
	if (!cel_run_charge(run, cost_of(overload, args, count), &outcome)) {
		return outcome;
	}
	struct cel_call call = {.arena = run->scratch,
		.budget = &run->budget,
		.prepared = site->prepared,
		.count = count};
	overload->call(&call, args, &outcome);
	return outcome.kind == CEL_ERROR && outcome.extra == 0 ? cel_run_error(run, outcome.text)
							       : outcome;
}

/* An element as it goes in: false when an optional one has no value. */
static bool take_element(
	struct cel_run *run, struct cel_value *element, bool optional, struct cel_value *outcome)
{
	if (cel_run_absorb(run, *outcome, *element, outcome)) {
		return false;
	}
	if (!optional) {
		return true;
	}
	if (element->kind != CEL_OPTIONAL) {
		*outcome = cel_run_mismatch(run);
		return false;
	}
	if (element->inner == NULL) {
		return false;
	}
	*element = *element->inner;
	return true;
}

struct cel_value cel_run_list(struct cel_run *run, const struct cel_value *elements, uint32_t count,
	const struct cel_value *optional)
{
	struct cel_value outcome = cel_null();
	struct cel_value *items = NULL;
	if (cel_run_charge(run, count, &outcome)) {
		items = cel_run_alloc(run, count, sizeof(*items), &outcome);
	}
	uint32_t filled = 0;
	for (uint32_t i = 0; items != NULL && i < count; i++) {
		struct cel_value element = elements[i];
		const bool may_miss = optional != NULL && optional->text[i] != 0;
		if (take_element(run, &element, may_miss, &outcome)) {
			items[filled++] = element;
		}
	}
	return outcome.kind >= CEL_ERROR ? outcome : cel_list(items, filled);
}

static bool is_key(enum cel_kind kind)
{
	return kind == CEL_STRING || kind == CEL_BOOL || kind == CEL_INT || kind == CEL_UINT;
}

/* Looking for a key is quick beside what else there is to pay for: a table of hundreds is fair. */
static bool stands_before(
	struct cel_run *run, const struct cel_entry *entries, uint32_t count, struct cel_value key)
{
	enum {
		LOOKS = 16 /* for one unit of cost */
	};
	struct cel_value so_far = {.kind = CEL_MAP, .extra = count, .entries = entries};
	const uint64_t most = run->budget > UINT64_MAX / LOOKS ? UINT64_MAX : run->budget * LOOKS;
	uint64_t left = most;
	const bool found = cel_map_find(so_far, key, &left) != NULL;
	run->budget -= left == 0 ? run->budget : (most - left) / LOOKS;
	return found;
}

struct cel_value cel_run_map(struct cel_run *run, const struct cel_value *elements, uint32_t count,
	const struct cel_value *optional)
{
	struct cel_value outcome = cel_null();
	struct cel_entry *entries = NULL;
	if (cel_run_charge(run, count, &outcome)) {
		entries = cel_run_alloc(run, count / 2, sizeof(*entries), &outcome);
	}
	uint32_t filled = 0;
	for (uint32_t i = 0; entries != NULL && i < count / 2; i++) {
		const struct cel_value key = elements[(size_t)i * 2];
		struct cel_value value = elements[(size_t)i * 2 + 1];
		const bool may_miss = optional != NULL && optional->text[i] != 0;
		const bool keyless = cel_run_absorb(run, outcome, key, &outcome);
		if (!take_element(run, &value, may_miss, &outcome) || keyless) {
			continue;
		}
		if (!is_key(key.kind)) {
			outcome = cel_run_error(run, "a map's key is a string, bool, int or uint");
		} else if (stands_before(run, entries, filled, key)) {
			outcome = cel_run_error(run, "a map has one key twice");
		} else {
			entries[filled++] = (struct cel_entry){key, value};
		}
	}
	return outcome.kind >= CEL_ERROR ? outcome : cel_map(entries, filled);
}
