/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include "broker/base/arena.h"

struct tally {
	char order[8];
	size_t len;
};

struct mark {
	struct tally *tally;
	char letter;
};

static void note(void *thing)
{
	const struct mark *mark = thing;
	mark->tally->order[mark->tally->len++] = mark->letter;
}

Test(arena, a_reset_undoes_what_was_deferred_once_and_the_last_first)
{
	struct tally tally = {.len = 0};
	struct mark a = {&tally, 'a'};
	struct mark b = {&tally, 'b'};
	struct arena arena;
	arena_init(&arena, 0);
	cr_assert(arena_defer(&arena, note, &a));
	cr_assert(arena_defer(&arena, note, &b));
	cr_expect_eq(tally.len, 0);
	arena_reset(&arena);
	cr_expect_str_eq(tally.order, "ba");
	arena_reset(&arena);
	cr_assert(arena_defer(&arena, note, &a));
	arena_finish(&arena);
	cr_expect_str_eq(tally.order, "baa");
}

Test(arena, what_cannot_be_remembered_is_undone_at_once)
{
	struct tally tally = {.len = 0};
	struct mark a = {&tally, 'a'};
	struct arena arena;
	arena_init(&arena, 1);
	cr_expect_not(arena_defer(&arena, note, &a));
	cr_expect_str_eq(tally.order, "a");
	arena_finish(&arena);
	cr_expect_eq(tally.len, 1);
}
