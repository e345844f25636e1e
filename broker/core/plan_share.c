/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/plan_share.h"
#include "broker/base/hash.h"

#include <stdlib.h>

enum {
	ROOM = 256 /* at first */
};

/* The slot of the key, or the free one where it would be. */
static struct plan_share_slot *slot_of(const struct plan_share *share, struct str key)
{
	const uint32_t sum = share->same_place ? hash_crc32c(0, &key, sizeof(key))
					       : hash_crc32c(0, key.ptr, key.len);
	size_t at = sum & (share->room - 1);
	for (;; at = (at + 1) & (share->room - 1)) {
		struct plan_share_slot *slot = &share->slots[at];
		const bool same = share->same_place
					  ? slot->key.ptr == key.ptr && slot->key.len == key.len
					  : str_equal(slot->key, key);
		if (slot->made == NULL || same) {
			return slot;
		}
	}
}

const void *plan_share_find(const struct plan_share *share, struct str key)
{
	return share->room == 0 ? NULL : slot_of(share, key)->made;
}

static bool grow(struct plan_share *share)
{
	const struct plan_share before = *share;
	const size_t room = before.room == 0 ? ROOM : before.room * 2;
	struct plan_share_slot *slots = calloc(room, sizeof(*slots));
	if (slots == NULL) {
		return false;
	}
	share->slots = slots;
	share->room = room;
	for (size_t i = 0; i < before.room; i++) {
		if (before.slots[i].made != NULL) {
			*slot_of(share, before.slots[i].key) = before.slots[i];
		}
	}
	free(before.slots);
	return true;
}

void plan_share_add(struct plan_share *share, struct str key, const void *made)
{
	if (made == NULL || (share->count * 2 >= share->room && !grow(share))) {
		return;
	}
	struct plan_share_slot *slot = slot_of(share, key);
	share->count += slot->made == NULL ? 1 : 0;
	*slot = (struct plan_share_slot){key, made};
}

void plan_share_finish(struct plan_share *share)
{
	free(share->slots);
	*share = (struct plan_share){.same_place = share->same_place};
}
