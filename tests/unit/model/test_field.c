/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/model/field.h"
#include "broker/model/referral.h"

#include <criterion/criterion.h>

Test(field, every_field_stands_once_below_a_map_that_is_there)
{
	size_t count;
	const struct field *table = field_table(&count);
	for (size_t i = 0; i < count; i++) {
		cr_expect_eq(field_find(table[i].path), &table[i], "%s", table[i].path.ptr);
		cr_expect_gt(strlen(table[i].label), 0, "%s", table[i].path.ptr);
		cr_expect_gt(strlen(table[i].help), 0, "%s", table[i].path.ptr);
		const size_t tail = table[i].name.len;
		if (table[i].path.len == tail) {
			continue;
		}
		struct str parent = {table[i].path.ptr, table[i].path.len - tail - 1};
		if (parent.ptr[parent.len - 1] == ']') {
			parent.len -= 2;
		}
		const struct field *map = field_find(parent);
		cr_assert_not_null(map, "%s", table[i].path.ptr);
		cr_expect(map < &table[i], "%s stands before its map", table[i].path.ptr);
		cr_expect(map->type == FIELD_MAP || map->type == FIELD_MAPS);
	}
}

Test(field, a_path_is_found_with_or_without_positions)
{
	cr_assert_eq(field_find(STR("needs[3].code")), field_find(STR("needs.code")));
	cr_assert_eq(field_find(STR("needs[].code")), field_find(STR("needs.code")));
	cr_assert_null(field_find(STR("needs.cod")));
	cr_assert_eq(
		field_nearest(STR("contact.safe_to_cal")), field_find(STR("contact.safe_to_call")));
	cr_assert_null(field_nearest(STR("something entirely different")));
}

static struct value document(struct arena *arena)
{
	struct value avoid = value_map_new(arena, 1);
	value_put(arena, &avoid, "services", value_list_new(arena, 0));
	struct value preferences = value_map_new(arena, 2);
	value_put(arena, &preferences, "avoid", avoid);
	value_put(arena, &preferences, "exclude_services", value_list_new(arena, 0));
	struct value person = value_map_new(arena, 2);
	value_put(arena, &person, "given_name", value_of_text("G"));
	value_put(arena, &person, "faith", value_of_text("F"));
	struct value out = value_map_new(arena, 2);
	value_put(arena, &out, "person", person);
	value_put(arena, &out, "preferences", preferences);
	return out;
}

Test(field, a_projection_holds_only_what_is_agreed)
{
	struct arena arena;
	arena_init(&arena, 0);
	const struct value whole = document(&arena);
	const struct str name[] = {STR("person.given_name")};
	const struct value one = field_project(&arena, &whole, name, 1);
	cr_assert_not_null(value_at(&one, "person.given_name"));
	cr_assert_null(value_at(&one, "person.faith"));
	cr_assert_null(value_at(&one, "preferences"));
	const struct value none = field_project(&arena, &whole, NULL, 0);
	cr_assert_eq(none.map.count, 0);
	/* A prefix of a name is not the name. */
	const struct str prefix[] = {STR("person.given")};
	const struct value cut = field_project(&arena, &whole, prefix, 1);
	cr_assert_null(value_at(&cut, "person.given_name"));
	arena_finish(&arena);
}

Test(field, no_agreement_discloses_what_she_avoids)
{
	struct arena arena;
	arena_init(&arena, 0);
	const struct value whole = document(&arena);
	const struct str agreed[] = {STR("preferences"), STR("preferences.avoid"),
		STR("preferences.avoid.services"), STR("preferences.exclude_services")};
	const struct value out = field_project(&arena, &whole, agreed, 4);
	cr_assert_null(value_at(&out, "preferences.avoid"));
	cr_assert_null(value_at(&out, "preferences.exclude_services"));
	arena_finish(&arena);
}

Test(vocab, codes_and_numbers_agree)
{
	for (int vocab = 0; vocab < VOCAB_COUNT; vocab++) {
		size_t count;
		const char *const *codes = vocab_codes((enum vocab_name)vocab, &count);
		for (size_t i = 0; i < count; i++) {
			cr_assert_eq(
				vocab_number((enum vocab_name)vocab, str_from(codes[i])), (int)i);
			cr_assert_str_eq(vocab_code((enum vocab_name)vocab, (int)i), codes[i]);
		}
		cr_assert_eq(vocab_number((enum vocab_name)vocab, STR("no such code")), -1);
	}
	cr_assert_str_eq(vocab_nearest(VOCAB_NEED, STR("accomodation")), "accommodation");
	cr_assert_eq(vocab_kind_pathways(KIND_PROVIDER), 0);
}

Test(field, a_map_has_the_members_that_the_table_gives_it)
{
	size_t count;
	const struct field *table = field_table(&count);
	size_t required = 0;
	for (size_t i = 0; i < count; i++) {
		const struct field *map = table[i].map;
		cr_expect_eq(field_below(map, table[i].name), &table[i], "%s", table[i].path.ptr);
		bool found = false;
		for (const struct field *field = field_required(map, NULL); field != NULL;
			field = field_required(map, field)) {
			found = found || field == &table[i];
		}
		cr_expect_eq(
			found, (table[i].flags & FIELD_REQUIRED) != 0, "%s", table[i].path.ptr);
		required += found;
	}
	cr_expect_gt(required, 0);
	cr_expect_null(field_below(NULL, STR("given_name")));
	cr_expect_null(field_below(field_find(STR("person")), STR("pnc")));
	cr_expect_null(field_below(field_find(STR("source_ref")), STR("pathway")));
}
