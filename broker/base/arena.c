/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	BLOCK_MIN = 8 * 1024,
	BLOCK_MAX = 1024 * 1024,
	BLOCK_SHARE = 8 /* of what is there: so much may stay unused */
};

struct arena_block {
	struct arena_block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena_undo {
	struct arena_undo *next;
	void (*undo)(void *thing);
	void *thing;
};

/* Until what was deferred before `last` is all there is. */
static void undo_to(struct arena *arena, const struct arena_undo *last)
{
	/* What is to be undone lives in the blocks, so it goes before them. */
	while (arena->undo != last) {
		const struct arena_undo *first = arena->undo;
		arena->undo = first->next;
		first->undo(first->thing);
	}
}

bool arena_defer(struct arena *arena, void (*undo)(void *thing), void *thing)
{
	struct arena_undo *first = arena_alloc(arena, sizeof(*first));
	if (first == NULL) {
		undo(thing);
		return false;
	}
	*first = (struct arena_undo){.next = arena->undo, .undo = undo, .thing = thing};
	arena->undo = first;
	return true;
}

void arena_init(struct arena *arena, size_t limit)
{
	*arena = (struct arena){.limit = limit};
}

void arena_finish(struct arena *arena)
{
	undo_to(arena, NULL);
	struct arena_block *block = arena->first;
	while (block != NULL) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
	*arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
	undo_to(arena, NULL);
	for (struct arena_block *block = arena->first; block != NULL; block = block->next) {
		block->used = 0;
	}
	arena->current = arena->first;
	arena->used_total = 0;
	arena->failed = false;
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){
		.block = arena->current,
		.undo = arena->undo,
		.used = arena->current == NULL ? 0 : arena->current->used,
		.used_total = arena->used_total,
	};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	undo_to(arena, mark.undo);
	struct arena_block *block = mark.block == NULL ? arena->first : mark.block->next;
	for (; block != NULL; block = block->next) {
		block->used = 0;
	}
	if (mark.block != NULL) {
		mark.block->used = mark.used;
	}
	arena->current = mark.block == NULL ? arena->first : mark.block;
	arena->used_total = mark.used_total;
}

static struct arena_block *block_add(struct arena *arena, size_t size)
{
	/* Large arenas get large blocks, which the system has back when they are freed: small ones
	 * would stay in the heap. */
	size_t room = arena->used_total / BLOCK_SHARE;
	room = room > BLOCK_MAX ? BLOCK_MAX : room;
	room = room > BLOCK_MIN ? room : BLOCK_MIN;
	room = size > room ? size : room;
	struct arena_block *block = malloc(sizeof(*block) + room);
	if (block == NULL) {
		return NULL;
	}
	block->size = room;
	block->used = 0;
	if (arena->current == NULL) {
		block->next = arena->first;
		arena->first = block;
	} else {
		block->next = arena->current->next;
		arena->current->next = block;
	}
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	const size_t need = (size + align - 1) & ~(align - 1);
	if (arena->failed || need < size ||
		(arena->limit != 0 && need > arena->limit - arena->used_total)) {
		arena->failed = true;
		return NULL;
	}
	while (arena->current != NULL && arena->current->size - arena->current->used < need &&
		arena->current->next != NULL) {
		arena->current = arena->current->next;
	}
	if (arena->current == NULL || arena->current->size - arena->current->used < need) {
		struct arena_block *block = block_add(arena, need);
		if (block == NULL) {
			arena->failed = true;
			return NULL;
		}
		arena->current = block;
	}
	void *memory = arena->current->bytes + arena->current->used;
	arena->current->used += need;
	arena->used_total += need;
	return memset(memory, 0, need);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total)) {
		arena->failed = true;
		return NULL;
	}
	return arena_alloc(arena, total);
}

struct str arena_str(struct arena *arena, struct str s)
{
	char *copy = arena_alloc(arena, s.len + 1);
	if (copy == NULL) {
		return (struct str){0};
	}
	if (s.len > 0) {
		memcpy(copy, s.ptr, s.len);
	}
	return (struct str){copy, s.len};
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	const int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
	if (text != NULL) {
		(void)vsnprintf(text, (size_t)len + 1, format, again);
	}
	va_end(again);
	return text == NULL ? (struct str){0} : (struct str){text, (size_t)len};
}
