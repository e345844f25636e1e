/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/intern.h"
#include "broker/base/hash.h"

#include <stdlib.h>

enum {
	ROOM = 1024 /* at first */
};

static struct str *slot_of(const struct intern *intern, struct str text)
{
	size_t at = hash_crc32c(0, text.ptr, text.len) & (intern->room - 1);
	while (intern->slots[at].ptr != NULL && !str_equal(intern->slots[at], text)) {
		at = (at + 1) & (intern->room - 1);
	}
	return &intern->slots[at];
}

bool intern_has(const struct intern *intern, struct str text)
{
	return intern->room > 0 && slot_of(intern, text)->ptr != NULL;
}

static bool grow(struct intern *intern)
{
	const struct intern before = *intern;
	const size_t room = before.room == 0 ? ROOM : before.room * 2;
	struct str *slots = calloc(room, sizeof(*slots));
	if (slots == NULL) {
		return false;
	}
	intern->slots = slots;
	intern->room = room;
	for (size_t i = 0; i < before.room; i++) {
		if (before.slots[i].ptr != NULL) {
			*slot_of(intern, before.slots[i]) = before.slots[i];
		}
	}
	free(before.slots);
	return true;
}

struct str intern_keep(struct intern *intern, struct arena *arena, struct str text)
{
	if (intern->count * 2 >= intern->room && !grow(intern)) {
		return arena_str(arena, text); /* then it is kept more than once */
	}
	struct str *slot = slot_of(intern, text);
	if (slot->ptr == NULL) {
		*slot = arena_str(arena, text);
		intern->count += slot->ptr != NULL ? 1 : 0;
	}
	return *slot;
}

void intern_finish(struct intern *intern)
{
	free(intern->slots);
	*intern = (struct intern){0};
}
