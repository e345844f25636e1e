/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/value.h"

#include <criterion/criterion.h>

Test(value, a_patch_replaces_adds_and_removes)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct value inner = value_map_new(&arena, 2);
	value_put(&arena, &inner, "a", value_of_int(1));
	value_put(&arena, &inner, "b", value_of_int(2));
	struct value base = value_map_new(&arena, 2);
	value_put(&arena, &base, "keep", value_of_text("kept"));
	value_put(&arena, &base, "inner", inner);
	struct value change = value_map_new(&arena, 2);
	value_put(&arena, &change, "a", (struct value){.kind = VALUE_NULL});
	value_put(&arena, &change, "c", value_of_int(3));
	struct value patch = value_map_new(&arena, 2);
	value_put(&arena, &patch, "inner", change);
	value_put(&arena, &patch, "gone", (struct value){.kind = VALUE_NULL});
	const struct value out = value_merge(&arena, &base, &patch);
	cr_assert(str_is(value_get_str(&out, "keep"), "kept"));
	cr_assert_null(value_at(&out, "inner.a"));
	cr_assert_eq(value_at(&out, "inner.b")->integer, 2);
	cr_assert_eq(value_at(&out, "inner.c")->integer, 3);
	cr_assert_null(value_at(&out, "gone"));
	cr_assert_eq(value_at(&base, "inner.a")->integer, 1);
	arena_finish(&arena);
}

Test(value, a_copy_stands_alone)
{
	struct arena arena;
	char text[] = "hers";
	arena_init(&arena, 0);
	struct value list = value_list_new(&arena, 2);
	value_push(&arena, &list, value_of_text(text));
	struct value map = value_map_new(&arena, 1);
	value_put(&arena, &map, "list", list);
	struct value copy;
	cr_assert_eq(value_copy(&arena, &map, &copy), ERR_OK);
	cr_assert(value_equal(&map, &copy));
	text[0] = 'H';
	cr_assert_not(value_equal(&map, &copy));
	cr_assert(str_is(value_at(&copy, "list[0]")->string, "hers"));
	arena_finish(&arena);
}

Test(value, a_builder_that_is_full_is_noticed)
{
	struct arena arena;
	arena_init(&arena, 0);
	struct value list = value_list_new(&arena, 1);
	value_push(&arena, &list, value_of_int(1));
	cr_assert_not(arena_failed(&arena));
	value_push(&arena, &list, value_of_int(2));
	cr_assert(arena_failed(&arena));
	cr_assert_eq(list.list.count, 1);
	arena_finish(&arena);
}

Test(value, an_arena_at_its_limit_fails_until_the_reset)
{
	struct arena arena;
	arena_init(&arena, 1024);
	cr_assert_not_null(arena_alloc(&arena, 512));
	cr_assert_null(arena_alloc(&arena, 1024));
	cr_assert_null(arena_alloc(&arena, 1));
	arena_reset(&arena);
	cr_assert_not_null(arena_alloc(&arena, 1024));
	arena_finish(&arena);
}
