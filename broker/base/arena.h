/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_ARENA_H
#define ONWARD_BASE_ARENA_H
#include "broker/base/err.h"
#include "broker/base/str.h"

/*
 * Memory that is given back all at once: one arena a message, a batch or a snapshot.  Blocks are
 * kept across `arena_reset`, so a warm arena allocates nothing.  Not thread safe.
 *
 * `limit` bounds the total in bytes (0: none); past it, or when the system has none, allocation
 * returns NULL and `arena_failed` stays true until the reset, so a caller may check once.
 */
struct arena_block;
struct arena_undo;
struct arena {
	struct arena_block *first;
	struct arena_block *current;
	struct arena_undo *undo; /* what arena_defer was told, last first */
	size_t used_total;
	size_t limit;
	bool failed;
};

void arena_init(struct arena *arena, size_t limit);
/* Frees everything; accepts a zeroed arena. */
void arena_finish(struct arena *arena);
/* Forgets what was allocated, keeps the blocks. */
void arena_reset(struct arena *arena);
/* Forgets what was allocated after the mark was taken, undoes what was deferred, keeps the blocks.
 * The arena was not reset since.  That it failed is not forgotten. */
struct arena_mark {
	struct arena_block *block;
	struct arena_undo *undo;
	size_t used, used_total;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);
/* Zeroed, aligned for any type; NULL on failure (also for size 0 on a failed arena). */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((alloc_size(2)));
/* Copy of `s`, terminated as well; {NULL, 0} on failure. */
struct str arena_str(struct arena *arena, struct str s);
struct str arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
static inline bool arena_failed(const struct arena *arena)
{
	return arena->failed;
}
/* Array of `count` objects, overflow checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* At the arena's reset or finish calls `undo(thing)`, the last told first: for what lives as long
 * as the arena but is not of it.  False, when there is no memory to remember it, after calling it
 * at once. */
MUST_CHECK bool arena_defer(struct arena *arena, void (*undo)(void *thing), void *thing);
#endif
