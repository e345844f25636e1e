/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/exchange/table.h"
#include "broker/base/hash.h"

#include <stdlib.h>

enum {
	ROOM_FIRST = 256
};

/* Cryptographic, so that a feed cannot be made whose keys all meet in one slot. */
static uint64_t hash_of(struct str key)
{
	uint8_t hash[HASH_SIZE];
	uint64_t number;
	hash_pair(hash, key, (struct str){0});
	memcpy(&number, hash, sizeof(number));
	return number;
}

static struct table_slot *slot_for(const struct table *table, struct str key, uint64_t hash)
{
	size_t at = (size_t)hash & (table->room - 1);
	while (table->slots[at].used &&
		!(table->slots[at].hash == hash && str_equal(table->slots[at].key, key))) {
		at = (at + 1) & (table->room - 1);
	}
	return &table->slots[at];
}

struct table_slot *table_find(const struct table *table, struct str key)
{
	if (table->room == 0) {
		return NULL;
	}
	struct table_slot *slot = slot_for(table, key, hash_of(key));
	return slot->used ? slot : NULL;
}

static bool grow(struct table *table)
{
	struct table larger = {.room = table->room == 0 ? ROOM_FIRST : table->room * 2};
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (larger.slots == NULL) {
		return false;
	}
	for (size_t i = 0; i < table->room; i++) {
		const struct table_slot *slot = &table->slots[i];
		if (slot->used) {
			*slot_for(&larger, slot->key, slot->hash) = *slot;
		}
	}
	larger.count = table->count;
	free(table->slots);
	*table = larger;
	return true;
}

enum err table_put(struct table *table, struct arena *arena, struct str key, void *thing)
{
	if (table->count * 2 >= table->room && !grow(table)) {
		return ERR_NOMEM;
	}
	const struct str copy = arena_str(arena, key);
	if (copy.ptr == NULL) {
		return ERR_NOMEM;
	}
	const uint64_t hash = hash_of(key);
	*slot_for(table, key, hash) =
		(struct table_slot){.key = copy, .thing = thing, .hash = hash, .used = true};
	table->count++;
	return ERR_OK;
}

void table_finish(struct table *table)
{
	free(table->slots);
	*table = (struct table){0};
}
