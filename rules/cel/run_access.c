/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/cel/program.h"

/* A value found, or not found (NULL), as an optional value where one was asked for. */
static struct cel_value found_value(
	struct cel_run *run, const struct cel_value *found, bool optional, const char *missing)
{
	if (found == NULL) {
		return optional ? cel_optional(NULL) : cel_run_error(run, missing);
	}
	return optional && found->kind < CEL_ERROR ? cel_optional(found) : *found;
}

static bool is_open_at(struct cel_value map, struct cel_value key)
{
	/* Such maps have keys of text. */
	return (map.flags & CEL_FLAG_OPEN) != 0 && key.kind == CEL_STRING;
}

static struct cel_value find_element(
	struct cel_run *run, struct cel_value operand, struct cel_value index, bool optional)
{
	if (operand.kind == CEL_MAP) {
		if (index.kind != CEL_BOOL && index.kind != CEL_STRING &&
			!cel_kind_is_number(index.kind)) {
			return cel_run_mismatch(run);
		}
		const struct cel_value *found = cel_map_find(operand, index, &run->budget);
		if (found == NULL && is_open_at(operand, index)) {
			return cel_run_missing(run, operand, index);
		}
		return found_value(run, found, optional, "no such key");
	}
	int64_t at;
	if (operand.kind != CEL_LIST || !cel_kind_is_number(index.kind)) {
		return cel_run_mismatch(run);
	}
	const bool within = cel_value_index(index, &at) && at >= 0 && (uint64_t)at < operand.extra;
	return found_value(
		run, within ? &operand.items[at] : NULL, optional, "the index is out of range");
}

struct cel_value cel_run_index(struct cel_run *run, enum cel_access access,
	struct cel_value operand, struct cel_value index)
{
	struct cel_value outcome;
	if (cel_run_absorb(run, operand, index, &outcome)) {
		return outcome;
	}
	bool optional = access == CEL_ACCESS_OPTIONAL;
	if (operand.kind == CEL_OPTIONAL) {
		if (operand.inner == NULL) {
			return operand;
		}
		operand = *operand.inner;
		optional = true;
	}
	return find_element(run, operand, index, optional);
}

struct cel_value cel_run_select(
	struct cel_run *run, enum cel_access access, struct cel_value operand, struct cel_value key)
{
	if (operand.kind >= CEL_ERROR) {
		return operand;
	}
	bool optional = access == CEL_ACCESS_OPTIONAL;
	if (operand.kind == CEL_OPTIONAL) {
		if (operand.inner == NULL) {
			return operand;
		}
		operand = *operand.inner;
		optional = true;
	}
	return operand.kind == CEL_MAP ? find_element(run, operand, key, optional)
				       : cel_run_error(run, "only a map has fields");
}

struct cel_value cel_run_holds(struct cel_run *run, struct cel_value map, struct cel_value key,
	const struct cel_value *found)
{
	if (found == NULL && is_open_at(map, key)) {
		return cel_run_missing(run, map, key);
	}
	return found != NULL && found->kind == CEL_UNKNOWN ? *found : cel_bool(found != NULL);
}

struct cel_value cel_run_has(struct cel_run *run, struct cel_value operand, struct cel_value key)
{
	if (operand.kind >= CEL_ERROR) {
		const bool path = (run->step->sub & CEL_ACCESS_PATH) != 0 && run->facts->by_path;
		return path && operand.kind == CEL_UNKNOWN ? cel_run_extend(run, operand, key)
							   : operand;
	}
	if (operand.kind == CEL_OPTIONAL) {
		if (operand.inner == NULL) {
			return cel_bool(false);
		}
		operand = *operand.inner;
	}
	if (operand.kind != CEL_MAP) {
		return cel_run_error(run, "only a map has fields");
	}
	const struct cel_value *found = cel_map_find(operand, key, &run->budget);
	return cel_run_holds(run, operand, key, found);
}
