/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_EXCHANGE_TABLE_H
#define ONWARD_DIRECTORY_EXCHANGE_TABLE_H
#include "broker/base/arena.h"
/* Texts, each with a thing: which ids and slugs a feed has used.  Only grows; a zeroed table is
 * empty.  The slots are on the heap, the keys in the arena they were put with. */
struct table {
	struct table_slot {
		struct str key;
		void *thing;
		uint64_t hash;
		bool used;
	} * slots;
	size_t room, count;
};
/* NULL when there is none. */
struct table_slot *table_find(const struct table *table, struct str key);
/* The key is not there yet; it is copied. */
MUST_CHECK enum err table_put(
	struct table *table, struct arena *arena, struct str key, void *thing);
void table_finish(struct table *table);
#endif
