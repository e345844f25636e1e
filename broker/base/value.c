/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/value.h"

#include <stdlib.h>

const struct value *value_get(const struct value *map, struct str key)
{
	if (map == NULL || map->kind != VALUE_MAP) {
		return NULL;
	}
	for (size_t i = 0; i < map->map.count; i++) {
		if (str_equal(map->map.entries[i].key, key)) {
			return &map->map.entries[i].value;
		}
	}
	return NULL;
}

const struct value *value_at(const struct value *root, const char *path)
{
	const struct value *at = root;
	while (at != NULL && *path != '\0') {
		if (*path == '[') {
			char *end;
			const unsigned long index = strtoul(path + 1, &end, 10);
			if (at->kind != VALUE_LIST || index >= at->list.count || *end != ']') {
				return NULL;
			}
			at = &at->list.items[index];
			path = end + 1;
		} else {
			const size_t len = strcspn(path, ".[");
			at = value_get(at, (struct str){path, len});
			path += len;
		}
		path += *path == '.' ? 1 : 0;
	}
	return at;
}

struct str value_get_str(const struct value *map, const char *key)
{
	const struct value *value = value_get(map, str_from(key));
	return value != NULL && value->kind == VALUE_STRING ? value->string : (struct str){0};
}

int64_t value_get_int(const struct value *map, const char *key, int64_t fallback)
{
	const struct value *value = value_get(map, str_from(key));
	return value != NULL && value->kind == VALUE_INT ? value->integer : fallback;
}

bool value_get_bool(const struct value *map, const char *key, bool fallback)
{
	const struct value *value = value_get(map, str_from(key));
	return value != NULL && value->kind == VALUE_BOOL ? value->boolean : fallback;
}

struct value value_of_str(struct str s)
{
	return (struct value){.kind = VALUE_STRING, .string = s};
}

struct value value_of_text(const char *text)
{
	return value_of_str(str_from(text));
}

struct value value_of_int(int64_t integer)
{
	return (struct value){.kind = VALUE_INT, .integer = integer};
}

struct value value_of_bool(bool boolean)
{
	return (struct value){.kind = VALUE_BOOL, .boolean = boolean};
}

struct value value_of_bytes(const void *bytes, size_t len)
{
	return (struct value){.kind = VALUE_BYTES, .string = {bytes, len}};
}

/* Builders keep the capacity in a hidden leading slot, so that a put needs no second argument. */
struct capacity {
	size_t count;
	size_t padding;
};

struct value value_map_new(struct arena *arena, size_t capacity)
{
	struct value map = {.kind = VALUE_MAP};
	struct capacity *head =
		arena_alloc(arena, sizeof(*head) + capacity * sizeof(struct value_entry));
	if (head != NULL) {
		head->count = capacity;
		map.map.entries = (struct value_entry *)(void *)(head + 1);
	}
	return map;
}

struct value value_list_new(struct arena *arena, size_t capacity)
{
	struct value list = {.kind = VALUE_LIST};
	struct capacity *head = arena_alloc(arena, sizeof(*head) + capacity * sizeof(struct value));
	if (head != NULL) {
		head->count = capacity;
		list.list.items = (struct value *)(void *)(head + 1);
	}
	return list;
}

static size_t capacity_of(const void *items)
{
	return items == NULL ? 0 : ((const struct capacity *)items - 1)->count;
}

void value_put(struct arena *arena, struct value *map, const char *key, struct value value)
{
	if (map->map.count >= capacity_of(map->map.entries)) {
		arena->failed = true;
		return;
	}
	map->map.entries[map->map.count++] = (struct value_entry){str_from(key), value};
}

void value_push(struct arena *arena, struct value *list, struct value value)
{
	if (list->list.count >= capacity_of(list->list.items)) {
		arena->failed = true;
		return;
	}
	list->list.items[list->list.count++] = value;
}

/* Documents are equal when their bytes are: 0.0 and -0.0 differ, a NaN is itself. */
static uint64_t number_bits(double number)
{
	uint64_t bits;
	memcpy(&bits, &number, sizeof(bits));
	return bits;
}

static bool map_equal(const struct value *a, const struct value *b)
{
	if (a->map.count != b->map.count) {
		return false;
	}
	for (size_t i = 0; i < a->map.count; i++) {
		const struct value *other = value_get(b, a->map.entries[i].key);
		if (other == NULL || !value_equal(&a->map.entries[i].value, other)) {
			return false;
		}
	}
	return true;
}

static bool list_equal(const struct value *a, const struct value *b)
{
	if (a->list.count != b->list.count) {
		return false;
	}
	for (size_t i = 0; i < a->list.count; i++) {
		if (!value_equal(&a->list.items[i], &b->list.items[i])) {
			return false;
		}
	}
	return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind) {
		return false;
	}
	switch (a->kind) {
	case VALUE_NULL:
		return true;
	case VALUE_BOOL:
		return a->boolean == b->boolean;
	case VALUE_INT:
		return a->integer == b->integer;
	case VALUE_DOUBLE:
		return number_bits(a->number) == number_bits(b->number);
	case VALUE_STRING:
	case VALUE_BYTES:
		return str_equal(a->string, b->string);
	case VALUE_LIST:
		return list_equal(a, b);
	case VALUE_MAP:
		return map_equal(a, b);
	}
	return false;
}

static void merge_member(struct arena *arena, struct value *out, struct str key,
	const struct value *base, const struct value *patch)
{
	if (out->map.count >= capacity_of(out->map.entries)) {
		arena->failed = true;
		return;
	}
	struct value merged = patch == NULL ? *base : value_merge(arena, base, patch);
	out->map.entries[out->map.count++] = (struct value_entry){key, merged};
}

struct value value_merge(struct arena *arena, const struct value *base, const struct value *patch)
{
	if (patch->kind != VALUE_MAP) {
		return *patch;
	}
	const size_t kept = base != NULL && base->kind == VALUE_MAP ? base->map.count : 0;
	struct value out = value_map_new(arena, kept + patch->map.count);
	for (size_t i = 0; i < kept; i++) {
		const struct value_entry *entry = &base->map.entries[i];
		const struct value *with = value_get(patch, entry->key);
		if (with == NULL || with->kind != VALUE_NULL) {
			merge_member(arena, &out, entry->key, &entry->value, with);
		}
	}
	for (size_t i = 0; i < patch->map.count; i++) {
		const struct value_entry *entry = &patch->map.entries[i];
		const bool added = kept == 0 || value_get(base, entry->key) == NULL;
		if (added && entry->value.kind != VALUE_NULL) {
			merge_member(arena, &out, entry->key, NULL, &entry->value);
		}
	}
	return out;
}

static struct value copy_below(struct arena *arena, const struct value *value)
{
	struct value copy = *value;
	switch (value->kind) {
	case VALUE_STRING:
	case VALUE_BYTES:
		copy.string = arena_str(arena, value->string);
		break;
	case VALUE_LIST:
		copy = value_list_new(arena, value->list.count);
		for (size_t i = 0; !arena_failed(arena) && i < value->list.count; i++) {
			value_push(arena, &copy, copy_below(arena, &value->list.items[i]));
		}
		break;
	case VALUE_MAP:
		copy = value_map_new(arena, value->map.count);
		for (size_t i = 0; !arena_failed(arena) && i < value->map.count; i++) {
			copy.map.entries[i].key = arena_str(arena, value->map.entries[i].key);
			copy.map.entries[i].value = copy_below(arena, &value->map.entries[i].value);
			copy.map.count++;
		}
		break;
	case VALUE_NULL:
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_DOUBLE:
		break;
	}
	return copy;
}

enum err value_copy(struct arena *arena, const struct value *value, struct value *ret_copy)
{
	const struct value copy = copy_below(arena, value);
	if (arena_failed(arena)) {
		return ERR_NOMEM;
	}
	*ret_copy = copy;
	return ERR_OK;
}
