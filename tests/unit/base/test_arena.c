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

Test(arena, a_rewind_takes_back_too_much_or_too_little)
{
	struct tally tally = {.len = 0};
	struct mark a = {&tally, 'a'};
	struct mark b = {&tally, 'b'};
	struct arena arena;
	arena_init(&arena, 0);
	const struct arena_mark start = arena_mark(&arena);
	char *kept = arena_alloc(&arena, 100);
	cr_assert_not_null(kept);
	memset(kept, 'k', 100);
	cr_assert(arena_defer(&arena, note, &a));
	const struct arena_mark mark = arena_mark(&arena);
	const size_t used = arena.used_total;
	cr_assert_not_null(arena_alloc(&arena, 100000)); /* a block of its own */
	cr_assert(arena_defer(&arena, note, &b));
	arena_rewind(&arena, mark);
	cr_expect_str_eq(tally.order, "b");
	cr_expect_eq(arena.used_total, used);
	const char *again = arena_alloc(&arena, 16);
	cr_assert_not_null(again);
	cr_expect_eq(kept[99], 'k');
	cr_expect(again >= kept + 100 || again + 16 <= kept);
	cr_expect_eq(again[0], 0);
	arena_rewind(&arena, start);
	cr_expect_str_eq(tally.order, "ba");
	cr_expect_eq(arena.used_total, 0);
	arena_finish(&arena);
	cr_expect_str_eq(tally.order, "ba");
}
