/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_words.h"
#include "tests/unit/directory/rulebook.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* Every member of everything is told when it differs, and nothing when nothing does. */

#define AREA_FILE                               \
	{                                       \
		"a/area.yaml", "id: a\n"        \
			       "title: Area\n"  \
			       "sources: [x]\n" \
	}
#define ORGANISATION_FILE(id, name)                                       \
	{                                                                 \
		"a/organisations/" id ".yaml", "id: " id "\n"             \
					       "name: " name "\n"         \
					       "party_kind: provider\n"   \
					       "contact: 020 7946 0000\n" \
					       "sources: [x]\n"           \
	}
#define SERVICE_TEXT(id)                                                          \
	"id: " id "\n"                                                            \
	"name: Name of " id "\n"                                                  \
	"organisation: first\n"                                                   \
	"role: specialist\n"                                                      \
	"routing: routable\n"                                                     \
	"women_specific: true\n"                                                  \
	"authorities: [Camden, Islington]\n"                                      \
	"pathways: [diversion, court]\n"                                          \
	"needs: [accommodation, recall]\n"                                        \
	"referrers: {kinds: [police]}\n"                                          \
	"eligibility:\n"                                                          \
	"  - {id: adult, cel: person.age >= 18, means: She is 18.}\n"             \
	"  - {id: gender, cel: person.gender == \"female\", means: For women.}\n" \
	"clocks: {decision: 3 working days}\n"                                    \
	"delivery: {party: first, adapter: inbox, secret: true}\n"                \
	"agreement: {fields: [needs, contact]}\n"                                 \
	"sources: [x]\n"

static const struct test_file base_files[] = {AREA_FILE, ORGANISATION_FILE("first", "First"),
	ORGANISATION_FILE("second", "Second"), {"a/services/camden.yaml", SERVICE_TEXT("camden")}};

struct loaded {
	struct directory_files files;
	struct directory *directory;
};

static struct loaded load(const struct test_file *items, size_t count)
{
	struct loaded loaded = {0};
	struct directory_problems problems;
	test_files_make(&loaded.files, items, count);
	const enum err err =
		directory_load(&loaded.files, test_rulebook(), &loaded.directory, &problems);
	char *text = test_problems_text(&problems);
	cr_assert_eq(err, ERR_OK, "%s", text);
	free(text);
	directory_problems_finish(&problems);
	return loaded;
}

static struct loaded load_base(void)
{
	return load(base_files, sizeof(base_files) / sizeof(base_files[0]));
}

static void unload(struct loaded *loaded)
{
	directory_destroy(loaded->directory);
	directory_files_finish(&loaded->files);
}

static struct directory_diff diff_of(const struct directory *before, const struct directory *after,
	const struct directory_files *old, const struct directory_files *new, struct arena *arena)
{
	const struct directory_state a = {before, old};
	const struct directory_state b = {after, new};
	struct directory_diff diff;
	cr_assert_eq(directory_diff(&a, &b, test_rulebook(), arena, &diff), ERR_OK);
	return diff;
}

/* Sentences of all differences, a line each. */
static char *sentences(const struct directory_diff *diff, struct arena *arena)
{
	const struct directory_wording wording = {diff, test_rulebook(), arena};
	struct buf out = {0};
	buf_append(&out, "", 0);
	for (size_t i = 0; i < diff->count; i++) {
		buf_add_str(&out, directory_difference_sentence(&wording, &diff->items[i]));
		buf_add_text(&out, "\n");
	}
	buf_append(&out, "", 1);
	cr_assert(!out.failed && !arena_failed(arena));
	return out.data;
}

/* Another value for a member, whatever it holds. */
static void mutate(const struct directory *directory, const struct directory_member *member,
	void *thing, struct arena *arena)
{
	void *at = (char *)thing + member->offset;
	static const struct str codes[] = {{"E09000002", 9}};
	static const struct directory_clause clause = {
		.id = {"new", 3}, .cel = {"true", 4}, .means = {"All.", 4}};
	static const struct directory_clock clock = {{"first-contact", 13}, 2, true};
	static const struct directory_override override = {1, 2, 3, 4, -1, {0}};
	const struct directory_organisation **run_by = at;
	switch (member->kind) {
	case DIRECTORY_MEMBER_TEXT:
	case DIRECTORY_MEMBER_PARTY:
		*(struct str *)at = STR("second");
		return;
	case DIRECTORY_MEMBER_PATH:
		*(struct str *)at = STR("b/services/camden.yaml");
		return;
	case DIRECTORY_MEMBER_RUN_BY:
		*run_by = directory_organisation_find(directory, STR("second"));
		return;
	case DIRECTORY_MEMBER_ROLE:
		*(enum directory_role *)at = DIRECTORY_LEAD;
		return;
	case DIRECTORY_MEMBER_ROUTING:
		*(enum directory_routing *)at = DIRECTORY_ADVICE_ONLY;
		return;
	case DIRECTORY_MEMBER_FLAG:
		*(bool *)at = !*(bool *)at;
		return;
	case DIRECTORY_MEMBER_AMOUNT:
		*(int64_t *)at += 7;
		return;
	case DIRECTORY_MEMBER_DATE:
		*(date_days *)at = 18000;
		return;
	case DIRECTORY_MEMBER_IDS:
	case DIRECTORY_MEMBER_CODES:
	case DIRECTORY_MEMBER_PLACES:
	case DIRECTORY_MEMBER_FIELDS:
		*(struct directory_list *)at = (struct directory_list){codes, 1};
		return;
	case DIRECTORY_MEMBER_CLAUSES:
		*(struct directory_clauses *)at = (struct directory_clauses){&clause, 1};
		return;
	case DIRECTORY_MEMBER_CLOCKS:
		*(struct directory_clocks *)at = (struct directory_clocks){&clock, 1};
		return;
	case DIRECTORY_MEMBER_OVERRIDES:
		*(struct directory_overrides *)at = (struct directory_overrides){&override, 1};
		return;
	}
	(void)arena;
}

/* Differences of the one thing that was changed: some, each a whole sentence that names it. */
static void expect_told(const struct directory *before, const struct directory *after,
	const char *key, const char *name, const char *other_name, struct arena *arena)
{
	const struct directory_diff diff = diff_of(before, after, NULL, NULL, arena);
	const struct directory_wording wording = {&diff, test_rulebook(), arena};
	cr_expect_gt(diff.count, 0, "%s differs and nothing is said", key);
	for (size_t i = 0; i < diff.count; i++) {
		const struct str said = directory_difference_sentence(&wording, &diff.items[i]);
		cr_expect(said.len > 0 && said.ptr[said.len - 1] == '.', "%s: %s", key, said.ptr);
		cr_expect(strstr(said.ptr, name) != NULL || strstr(said.ptr, other_name) != NULL,
			"%s: %s", key, said.ptr);
		const struct value value = directory_difference_value(&wording, &diff.items[i]);
		cr_expect(str_equal(value_get_str(&value, "sentence"), said), "%s", key);
	}
	cr_expect(!arena_failed(arena), "%s", key);
}

static void each_member_is_told(enum directory_subject subject)
{
	struct loaded base = load_base();
	struct arena arena;
	size_t count;
	const struct directory_member *members = directory_members(subject, &count);
	arena_init(&arena, 0);
	cr_assert_gt(count, 0);
	for (size_t i = 0; i < count; i++) {
		struct directory changed = *base.directory;
		struct directory_service service = changed.services[0];
		struct directory_organisation organisations[2] = {
			changed.organisations[0], changed.organisations[1]};
		struct directory_area area = changed.areas[0];
		void *const things[] = {&service, &organisations[0], &area};
		const char *const names[] = {"Name of camden (camden)", "First (first)", "(a)"};
		changed.services = &service;
		changed.organisations = organisations;
		changed.areas = &area;
		mutate(base.directory, &members[i], things[subject], &arena);
		expect_told(
			base.directory, &changed, members[i].key, names[subject], "second", &arena);
		expect_told(
			&changed, base.directory, members[i].key, names[subject], "second", &arena);
	}
	arena_finish(&arena);
	unload(&base);
}

Test(diff, tells_every_member_of_a_service)
{
	each_member_is_told(DIRECTORY_SERVICE);
}

Test(diff, tells_every_member_of_an_organisation)
{
	each_member_is_told(DIRECTORY_ORGANISATION);
}

Test(diff, tells_every_member_of_an_area)
{
	each_member_is_told(DIRECTORY_AREA);
}

Test(diff, of_a_directory_with_itself_is_empty)
{
	const char *const areas[] = {"london-2018", "crs-current"};
	struct directory *directory = test_area_load(areas, 2);
	struct directory *again = test_area_load(areas, 2);
	struct arena arena;
	arena_init(&arena, 0);
	cr_expect_eq(diff_of(directory, again, NULL, NULL, &arena).count, 0);
	arena_finish(&arena);
	directory_destroy(directory);
	directory_destroy(again);
}

/* Loads the base with one more file, or other bytes for one, and compares. */
static void expect_page(const struct test_file *items, size_t count, const char *wanted)
{
	struct loaded base = load_base();
	struct loaded other = load(items, count);
	struct arena arena;
	arena_init(&arena, 0);
	const struct directory_diff diff =
		diff_of(base.directory, other.directory, &base.files, &other.files, &arena);
	char *said = sentences(&diff, &arena);
	cr_expect_str_eq(said, wanted);
	free(said);
	arena_finish(&arena);
	unload(&base);
	unload(&other);
}

Test(diff, of_sources_alone_is_wording)
{
	const struct test_file items[] = {base_files[0], base_files[1], base_files[2],
		{"a/services/camden.yaml", SERVICE_TEXT("camden") "# checked by hand\n"}};
	expect_page(items, 4,
		"Name of camden (camden): only wording: sources, notes, comments or layout.\n");
}

Test(diff, of_an_organisation_that_another_area_describes_too_is_wording)
{
	const struct test_file items[] = {base_files[0], base_files[1], base_files[2],
		base_files[3], {"b/area.yaml", "id: b\ntitle: Other\nsources: [x]\n"},
		{"b/organisations/first.yaml",
			"id: first\nname: First\nparty_kind: provider\nsources: [y]\n"}};
	expect_page(items, 6,
		"Area Other (b): new.\n"
		"Organisation First (first): only wording: sources, notes, comments or layout.\n");
}

Test(diff, finds_that_a_service_has_another_id)
{
	struct loaded base = load_base();
	struct directory changed = *base.directory;
	struct directory_service service = changed.services[0];
	struct arena arena;
	arena_init(&arena, 0);
	service.id = STR("camden-centre");
	service.file = STR("a/services/camden-centre.yaml");
	changed.services = &service;
	const struct directory_diff diff = diff_of(base.directory, &changed, NULL, NULL, &arena);
	char *said = sentences(&diff, &arena);
	cr_expect_str_eq(said, "Name of camden (camden-centre): has another id (was camden).\n");
	free(said);
	arena_finish(&arena);
	unload(&base);
}

Test(diff, finds_that_an_organisation_has_another_id)
{
	struct loaded base = load_base();
	struct directory changed = *base.directory;
	struct directory_organisation organisations[2] = {
		changed.organisations[0], changed.organisations[1]};
	struct arena arena;
	arena_init(&arena, 0);
	organisations[1].id = STR("second-trust");
	changed.organisations = organisations;
	const struct directory_diff diff = diff_of(base.directory, &changed, NULL, NULL, &arena);
	char *said = sentences(&diff, &arena);
	cr_expect_str_eq(
		said, "Organisation Second (second-trust): has another id (was second).\n");
	free(said);
	arena_finish(&arena);
	unload(&base);
}

Test(diff, of_another_order_says_that_it_is_the_same)
{
	struct loaded base = load_base();
	struct directory changed = *base.directory;
	struct directory_service service = changed.services[0];
	struct arena arena;
	const struct str needs[] = {service.needs.items[1], service.needs.items[0]};
	const struct directory_clause clauses[] = {
		service.eligibility.items[1], service.eligibility.items[0]};
	arena_init(&arena, 0);
	service.needs.items = needs;
	service.eligibility.items = clauses;
	changed.services = &service;
	const struct directory_diff diff = diff_of(base.directory, &changed, NULL, NULL, &arena);
	cr_assert_eq(diff.count, 2);
	for (size_t i = 0; i < diff.count; i++) {
		cr_expect_eq(diff.items[i].change, DIRECTORY_REWORDED);
		cr_expect_eq(diff.items[i].weight, DIRECTORY_WORDING);
	}
	arena_finish(&arena);
	unload(&base);
}

/* A path covers what is below it: what is named in other words leaves as before. */
static void expect_fields(const struct str *fields, size_t count, const char *wanted)
{
	struct loaded base = load_base();
	struct directory changed = *base.directory;
	struct directory_service service = changed.services[0];
	struct arena arena;
	arena_init(&arena, 0);
	service.agreement = (struct directory_list){fields, count};
	changed.services = &service;
	const struct directory_diff diff = diff_of(base.directory, &changed, NULL, NULL, &arena);
	char *said = sentences(&diff, &arena);
	cr_expect_str_eq(said, wanted);
	free(said);
	arena_finish(&arena);
	unload(&base);
}

Test(diff, of_an_agreement_counts_what_leaves_and_not_how_it_is_named)
{
	const struct str more[] = {
		STR("needs"), STR("contact"), STR("risk.domestic_abuse"), STR("officer.name")};
	const struct str same[] = {STR("needs"), STR("contact"), STR("contact.phone")};
	const struct str less[] = {STR("needs"), STR("contact.instruction")};
	expect_fields(more, 4,
		"Name of camden (camden): discloses 2 more fields: risk.domestic_abuse (class 4: "
		"can endanger her) and officer.name.\n");
	expect_fields(same, 3,
		"Name of camden (camden): agreement.fields is written in another order and says "
		"the same.\n");
	expect_fields(less, 2,
		"Name of camden (camden): discloses one field fewer: contact (class 4: can "
		"endanger her); of contact there is still contact.instruction.\n");
}

Test(diff, puts_what_can_endanger_her_before_everything_else)
{
	struct loaded base = load_base();
	struct directory changed = *base.directory;
	struct directory_service service = changed.services[0];
	struct arena arena;
	arena_init(&arena, 0);
	service.name = STR("Another");
	service.description = STR("Other words.");
	service.caseload = 40;
	service.delivery_secret = false;
	service.confidential_location = true;
	changed.services = &service;
	const struct directory_diff diff = diff_of(base.directory, &changed, NULL, NULL, &arena);
	cr_assert_eq(diff.count, 5);
	for (size_t i = 0; i < diff.count; i++) {
		cr_expect_eq(diff.items[i].weight, i < 2   ? DIRECTORY_SAFETY
						   : i < 4 ? DIRECTORY_OFFER
							   : DIRECTORY_WORDING);
	}
	arena_finish(&arena);
	unload(&base);
}
