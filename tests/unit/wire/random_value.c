/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/wire/random_value.h"

enum {
	DEPTH_MAX = 8,
	ITEMS_MAX = 5
};

uint64_t lot_draw(struct lot *lot)
{
	/* splitmix64 */
	lot->state += 0x9e3779b97f4a7c15U;
	uint64_t z = lot->state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

size_t lot_below(struct lot *lot, size_t below)
{
	return (size_t)(lot_draw(lot) % below);
}

static struct str random_text(struct lot *lot, struct arena *arena)
{
	static const char *const pieces[] = {"a", "Zoë", "needs", "-", "€", "\U0001F642", " ", "7"};
	/* Some longer than each of the short forms. */
	static const size_t lengths[] = {0, 1, 3, 12, 40, 300};
	const size_t count = lengths[lot_below(lot, 6)];
	char *text = arena_alloc(arena, count * 8 + 1);
	size_t len = 0;
	for (size_t i = 0; i < count; i++) {
		const char *piece = pieces[lot_below(lot, 8)];
		memcpy(text + len, piece, strlen(piece));
		len += strlen(piece);
	}
	return (struct str){text, len};
}

/* Numbers around every border between the forms that msgpack has. */
static int64_t random_integer(struct lot *lot)
{
	const size_t bits = lot_below(lot, 64);
	const int64_t near = (int64_t)lot_below(lot, 5) - 2;
	const int64_t border = bits == 63 ? INT64_MAX - 2 : (int64_t)((uint64_t)1 << bits);
	return lot_below(lot, 2) == 0 ? border + near : -border + near;
}

static double random_number(struct lot *lot)
{
	return (double)random_integer(lot) / (double)(1 + lot_below(lot, 1000));
}

static struct value random_at(struct lot *lot, struct arena *arena, size_t depth);

static struct value random_map(struct lot *lot, struct arena *arena, size_t depth)
{
	/* Now and then more keys than are compared pair by pair. */
	const size_t count = lot_below(lot, depth == 1 ? 40 : ITEMS_MAX);
	struct value map = value_map_new(arena, count);
	for (size_t i = 0; i < count; i++) {
		const struct str text = random_text(lot, arena);
		const struct str key = arena_printf(arena, "%.*s%zu", STR_ARG(text), i);
		value_put(arena, &map, key.ptr, random_at(lot, arena, depth));
	}
	return map;
}

static struct value random_list(struct lot *lot, struct arena *arena, size_t depth)
{
	const size_t count = lot_below(lot, depth == 1 ? 20 : ITEMS_MAX);
	struct value list = value_list_new(arena, count);
	for (size_t i = 0; i < count; i++) {
		value_push(arena, &list, random_at(lot, arena, depth));
	}
	return list;
}

/* `depth` lists and maps are around. */
static struct value random_at(struct lot *lot, struct arena *arena, size_t depth)
{
	const size_t kinds = depth < DEPTH_MAX ? 10 : 6;
	switch (lot_below(lot, kinds)) {
	case 0:
		return (struct value){.kind = VALUE_NULL};
	case 1:
		return value_of_bool(lot_below(lot, 2) == 0);
	case 2:
		return (struct value){.kind = VALUE_DOUBLE, .number = random_number(lot)};
	case 3: {
		const struct str bytes = random_text(lot, arena);
		return value_of_bytes(bytes.ptr, bytes.len);
	}
	case 4:
		return value_of_int(random_integer(lot));
	case 5:
		return value_of_str(random_text(lot, arena));
	case 6:
	case 7:
		return random_list(lot, arena, depth + 1);
	default:
		return random_map(lot, arena, depth + 1);
	}
}

struct value random_value(struct lot *lot, struct arena *arena)
{
	return random_at(lot, arena, 0);
}

static struct value shuffle_map(struct lot *lot, struct arena *arena, const struct value *value)
{
	const size_t count = value->map.count;
	struct value map = {.kind = VALUE_MAP};
	map.map.entries = arena_array(arena, count, sizeof(struct value_entry));
	map.map.count = count;
	for (size_t i = 0; i < count; i++) {
		const struct value_entry *from = &value->map.entries[i];
		const size_t to = lot_below(lot, i + 1);
		map.map.entries[i] = map.map.entries[to];
		map.map.entries[to] =
			(struct value_entry){from->key, random_shuffle(lot, arena, &from->value)};
	}
	return map;
}

struct value random_shuffle(struct lot *lot, struct arena *arena, const struct value *value)
{
	if (value->kind == VALUE_MAP) {
		return shuffle_map(lot, arena, value);
	}
	if (value->kind != VALUE_LIST) {
		return *value;
	}
	struct value list = value_list_new(arena, value->list.count);
	for (size_t i = 0; i < value->list.count; i++) {
		value_push(arena, &list, random_shuffle(lot, arena, &value->list.items[i]));
	}
	return list;
}
