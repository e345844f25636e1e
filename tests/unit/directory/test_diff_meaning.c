/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/diff_words.h"
#include "tests/unit/directory/rulebook.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* A difference says what happens to her, not what was written where. */

enum {
	TEXT_SIZE = 2048
};

static const char area[] = "id: a\ntitle: Area\nsources: [x]\n";
static const char organisation[] =
	"id: first\nname: First\nparty_kind: provider\ncontact: not-stated\nsources: [x]\n";
static const char service[] =
	"name: Refuge\norganisation: first\nrouting: routable\nwomen_specific: true\n"
	"authorities: [Camden]\npathways: [diversion]\nreferrers: {kinds: [police]}\n"
	"delivery: {party: first, adapter: inbox, secret: true}\nsources: [x]\n";

#define LEAD "role: lead\n"
#define NEEDS "needs: [accommodation, recall]\n"
#define ADULT "eligibility: [{id: adult, cel: person.age >= 18, means: She is 18.}]\n"
#define PLAIN LEAD NEEDS ADULT "agreement: {fields: [needs]}\n"

struct side {
	char text[TEXT_SIZE];
	char path[64];
	struct directory_files files;
	struct directory *directory;
};

/* The service under that id, with what else it says; "": there is none. */
static void side_load(struct side *side, const char *id, const char *rest)
{
	struct directory_problems problems;
	(void)snprintf(side->text, sizeof(side->text), "id: %s\n%s%s", id, service, rest);
	(void)snprintf(side->path, sizeof(side->path), "a/services/%s.yaml", id);
	const struct test_file items[] = {{"a/area.yaml", area},
		{"a/organisations/first.yaml", organisation}, {side->path, side->text},
		{"a/services/zz.yaml", "id: zz\nname: Zz\norganisation: first\nrole: lead\n"
				       "routing: never\narea: not-stated\npathways: not-stated\n"
				       "needs: not-stated\nsources: [x]\n"}};
	struct test_file chosen[] = {items[0], items[1], items[3], items[2]};
	test_files_make(&side->files, chosen, id[0] == '\0' ? 3 : 4);
	const enum err err =
		directory_load(&side->files, test_rulebook(), &side->directory, &problems);
	char *said = test_problems_text(&problems);
	cr_assert_eq(err, ERR_OK, "%s", said);
	free(said);
	directory_problems_finish(&problems);
}

static void side_unload(struct side *side)
{
	directory_destroy(side->directory);
	directory_files_finish(&side->files);
}

/* Each difference as "weight: sentence". */
static void differs(const char *old_id, const char *old_rest, const char *new_id,
	const char *new_rest, const char *wanted)
{
	static struct side sides[2];
	struct arena arena;
	struct directory_diff diff;
	struct buf out = {0};
	arena_init(&arena, 0);
	side_load(&sides[0], old_id, old_rest);
	side_load(&sides[1], new_id, new_rest);
	const struct directory_state before = {sides[0].directory, NULL};
	const struct directory_state after = {sides[1].directory, NULL};
	cr_assert_eq(directory_diff(&before, &after, test_rulebook(), &arena, &diff), ERR_OK);
	const struct directory_wording wording = {&diff, test_rulebook(), &arena};
	buf_append(&out, "", 0);
	for (size_t i = 0; i < diff.count; i++) {
		const struct directory_difference *item = &diff.items[i];
		buf_printf(&out, "%s: %.*s.\n", directory_weight_code(item->weight),
			STR_ARG(directory_difference_words(&wording, item)));
	}
	buf_append(&out, "", 1);
	cr_assert(!out.failed && !arena_failed(&arena));
	cr_expect_str_eq(out.data, wanted, "said:\n%swanted:\n%s", out.data, wanted);
	buf_finish(&out);
	arena_finish(&arena);
	side_unload(&sides[0]);
	side_unload(&sides[1]);
}

static void changes(const char *before, const char *after, const char *wanted)
{
	differs("refuge", before, "refuge", after, wanted);
}

Test(diff_meaning, needs_before_release_that_are_left_out_are_all_of_them)
{
	changes(PLAIN "lead_days: 84\nlead_needs: [accommodation]\n", PLAIN "lead_days: 84\n",
		"offer: now all its needs may come before release (was: only accommodation).\n");
	changes(PLAIN "lead_days: 84\n", PLAIN "lead_days: 84\nlead_needs: [accommodation]\n",
		"offer: of its needs only these may come before release: accommodation (was: "
		"all).\n");
	changes(PLAIN "lead_days: 84\nlead_needs: [accommodation, recall]\n",
		PLAIN "lead_days: 84\nlead_needs: [accommodation]\n",
		"offer: no longer named as needs that may come before release: recall.\n");
}

Test(diff_meaning, a_lead_that_states_no_needs_takes_more_and_not_fewer)
{
	static const char rest[] = LEAD ADULT "agreement: {fields: [needs]}\n";
	char unstated[TEXT_SIZE];
	(void)snprintf(unstated, sizeof(unstated), "%sneeds: not-stated\n", rest);
	changes(PLAIN, unstated,
		"offer: takes the whole person: it no longer states any needs; it took "
		"accommodation and recall.\n");
	changes(unstated, PLAIN,
		"offer: now states which needs it takes: accommodation and recall; until now it "
		"stated none: it took the whole person.\n");
}

Test(diff_meaning, a_specialist_that_states_no_needs_is_chosen_for_none)
{
	static const char rest[] = "role: specialist\n" ADULT "agreement: {fields: [needs]}\n";
	char stated[TEXT_SIZE];
	char unstated[TEXT_SIZE];
	(void)snprintf(stated, sizeof(stated), "%s" NEEDS, rest);
	(void)snprintf(unstated, sizeof(unstated), "%sneeds: not-stated\n", rest);
	changes(stated, unstated,
		"offer: is chosen for no need: it no longer states any needs; it took "
		"accommodation and recall.\n");
}

Test(diff_meaning, a_refuge_that_is_opened_under_another_id_is_not_taken_for_a_new_one)
{
	differs("refuge", PLAIN "confidential_location: true\n", "refuge-2",
		LEAD NEEDS ADULT "agreement: {fields: [needs, contact]}\n",
		"safety: discloses one more field: contact (class 4: can endanger her).\n"
		"safety: its location is no longer confidential: explanations name it.\n"
		"presence: has another id (was refuge).\n");
}

Test(diff_meaning, a_new_service_that_learns_how_to_reach_her_matters_for_her_safety)
{
	differs("", "", "refuge", LEAD NEEDS ADULT "agreement: {fields: [needs, contact]}\n",
		"safety: new: a lead, which takes the whole person, chosen by the machine; it is "
		"run by First (first); covers Camden; takes accommodation and recall; it is for "
		"whoever meets `adult`, \"She is 18\"; delivery goes to First (first) by a secret "
		"channel; discloses 2 fields, among them contact (class 4: can endanger her).\n");
}

Test(diff_meaning, a_new_service_without_clauses_says_that_it_turns_nobody_away)
{
	differs("", "", "refuge", LEAD NEEDS "agreement: {fields: [needs]}\n",
		"safety: new: a lead, which takes the whole person, chosen by the machine; it is "
		"run by First (first); covers Camden; takes accommodation and recall; no clause "
		"says whom it is for: it turns nobody away; delivery goes to First (first) by a "
		"secret channel; discloses one field.\n");
	differs("", "", "refuge", PLAIN,
		"presence: new: a lead, which takes the whole person, chosen by the machine; it is "
		"run by First (first); covers Camden; takes accommodation and recall; it is for "
		"whoever meets `adult`, \"She is 18\"; delivery goes to First (first) by a secret "
		"channel; discloses one field.\n");
}

#define CLAUSE(cel)                                                             \
	LEAD NEEDS "agreement: {fields: [needs]}\neligibility:\n  - id: word\n" \
		   "    means: m\n    cel: |\n      " cel "\n"

Test(diff_meaning, blanks_within_a_text_are_told_and_those_around_it_are_layout)
{
	changes(CLAUSE("pathway == \"a  b\""), CLAUSE("pathway == \"a b\""),
		"safety: clause `word` now says pathway == \"a b\" (was pathway == "
		"\"a\\x20\\x20b\").\n");
	changes(CLAUSE("pathway  ==\n        \"a b\""), CLAUSE("pathway == \"a b\""),
		"wording: clause `word` asks the same and is written or explained otherwise.\n");
	changes(CLAUSE("pathway == 'it\\'s  x' &&  true"), CLAUSE("pathway == 'it\\'s  x' && true"),
		"wording: clause `word` asks the same and is written or explained otherwise.\n");
}
