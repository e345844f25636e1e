/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/change.h"
#include "tests/unit/coverage/fixture.h"

#include <criterion/criterion.h>

static struct coverage_changes changes_of(const struct coverage *before,
	const struct coverage *after, bool exact, struct arena *arena)
{
	struct coverage_changes changes;
	cr_assert_eq(coverage_compare(before, after, exact, arena, &changes), ERR_OK);
	return changes;
}

static enum coverage_kind kind_of(
	const struct coverage *coverage, struct str code, int age, int pathway, int need)
{
	struct coverage_at at = {.pathway = pathway, .need = need};
	while (at.place < coverage->place_count &&
		!str_equal(coverage->places[at.place].authority->code, code)) {
		at.place++;
	}
	while (coverage->bands[at.band].most < age) {
		at.band++;
	}
	return at.place == coverage->place_count ? COVERAGE_NONE
						 : coverage_kind_of(&coverage->places[at.place],
							   coverage_cell_at(coverage, &at));
}

/* How many changes speak of the cell; the last in *ret_change. */
static unsigned changes_at(const struct coverage_changes *changes, struct str code, int age,
	int pathway, int need, const struct coverage_change **ret_change)
{
	unsigned count = 0;
	for (size_t i = 0; i < changes->count; i++) {
		const struct coverage_change *change = &changes->items[i];
		if (str_equal(change->authority->code, code) && change->ages.least <= age &&
			age <= change->ages.most && (change->needs >> need & 1) != 0 &&
			(change->pathways >> pathway & 1) != 0) {
			count++;
			*ret_change = change;
		}
	}
	return count;
}

/* Every cell of every place is spoken of once when it differs, and else not at all. */
static void expect_cells(const struct coverage *before, const struct coverage *after,
	const struct coverage_changes *changes, struct str code, int age)
{
	for (int cell = 0; cell < PATHWAY_COUNT * NEED_COUNT; cell++) {
		const int pathway = cell / NEED_COUNT;
		const int need = cell % NEED_COUNT;
		const enum coverage_kind from = kind_of(before, code, age, pathway, need);
		const enum coverage_kind to = kind_of(after, code, age, pathway, need);
		const struct coverage_change *change = NULL;
		const unsigned count = changes_at(changes, code, age, pathway, need, &change);
		cr_assert_eq(count, from == to ? 0 : 1, "%.*s, age %d: %u changes", STR_ARG(code),
			age, count);
		if (change != NULL) {
			cr_assert_eq(change->from, from);
			cr_assert_eq(change->to, to);
			cr_assert_eq(coverage_change_worse(change), to < from);
		}
	}
}

Test(change, every_cell_that_differs_is_told_once)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *before = fixture_coverage(directory, "2019-06-12");
	struct coverage *after = fixture_coverage(directory, "2020-06-01");
	struct arena arena;
	arena_init(&arena, 0);
	const struct coverage_changes changes = changes_of(before, after, true, &arena);
	static const int ages[] = {0, 10, 11, 14, 15, 16, 17, 18, 25, 26, 120};
	cr_assert_gt(changes.count, 0);
	for (size_t i = 0; i < before->place_count; i++) {
		for (size_t k = 0; k < sizeof(ages) / sizeof(ages[0]); k++) {
			expect_cells(before, after, &changes, before->places[i].authority->code,
				ages[k]);
		}
	}
	arena_finish(&arena);
	coverage_destroy(before);
	coverage_destroy(after);
	directory_destroy(directory);
}

Test(change, of_a_grid_with_itself_is_none)
{
	struct directory *directory = fixture_area("london-2018,crs-current");
	struct coverage *coverage = fixture_coverage(directory, "2019-06-12");
	struct arena arena;
	arena_init(&arena, 0);
	cr_expect_eq(changes_of(coverage, coverage, true, &arena).count, 0);
	cr_expect_eq(changes_of(coverage, coverage, false, &arena).count, 0);
	arena_finish(&arena);
	coverage_destroy(coverage);
	directory_destroy(directory);
}

#define SERVICE(id, authorities, needs, from_age)                                             \
	{                                                                                     \
		"a/services/" id ".yaml",                                                     \
			"id: " id "\nname: " id "\norganisation: centre\nrole: specialist\n"  \
			"routing: routable\nwomen_specific: true\nauthorities: " authorities  \
			"\npathways: [court]\nneeds: " needs "\nreferrers: {kinds: [police]}" \
			"\neligibility:\n  - {id: adult, cel: person.age >= " from_age        \
			", means: Age.}\ndelivery: {party: centre, adapter: inbox, secret: "  \
			"true}\nagreement: {fields: [needs]}\nsources: [x]\n"                 \
	}

static const struct fixture_file surroundings[2] = {
	{"a/area.yaml", "id: a\ntitle: A\nsources: [x]\n"},
	{"a/organisations/centre.yaml",
		"id: centre\nname: Centre\nparty_kind: provider\nsources: [x]\n"},
};

/* All changes between two services, a sentence a line. */
static void expect_words(struct fixture_file before, struct fixture_file after, const char *wanted)
{
	const struct fixture_file old[] = {surroundings[0], surroundings[1], before};
	const struct fixture_file new[] = {surroundings[0], surroundings[1], after};
	struct directory *a = fixture_directory(old, 3);
	struct directory *b = fixture_directory(new, 3);
	struct coverage *x = fixture_coverage(a, "2019-06-12");
	struct coverage *y = fixture_coverage(b, "2019-06-12");
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct coverage_changes changes = changes_of(x, y, false, &arena);
	for (size_t i = 0; i < changes.count; i++) {
		const struct str words = coverage_change_words(&changes.items[i], &arena);
		buf_printf(&out, "%.*s: %.*s\n", STR_ARG(changes.items[i].authority->name),
			STR_ARG(words));
	}
	cr_expect(str_equal(buf_str(&out), str_from(wanted)), "%.*s", STR_ARG(buf_str(&out)));
	buf_finish(&out);
	arena_finish(&arena);
	coverage_destroy(x);
	coverage_destroy(y);
	directory_destroy(a);
	directory_destroy(b);
}

Test(change, what_is_lost_comes_before_what_is_gained)
{
	const struct fixture_file before = SERVICE("one", "[Camden]", "[recall]", "18");
	const struct fixture_file after = SERVICE("one", "[Brent]", "[recall]", "18");
	expect_words(before, after,
		"Camden: no service of its own any more, for recall, on the pathway court, from "
		"the age of 18\n"
		"Brent: now a service of its own, for recall, on the pathway court, from the age "
		"of 18\n");
}

Test(change, names_the_ages_for_which_it_is_so)
{
	const struct fixture_file before = SERVICE("one", "[Camden]", "[recall]", "18");
	const struct fixture_file after = SERVICE("one", "[Camden]", "[recall, trafficking]", "16");
	expect_words(before, after,
		"Camden: now a service of its own, for recall, on the pathway court, at the ages "
		"of 16 to 17\n"
		"Camden: now a service of its own, for trafficking, on the pathway court, from "
		"the age of 16\n");
}
