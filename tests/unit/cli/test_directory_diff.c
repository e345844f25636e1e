/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/json.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define BEFORE "tests/samples/directory/before"
#define AFTER "tests/samples/directory/after"

Test(directory_diff, says_in_words_what_would_change_for_whom_and_where)
{
	struct outcome outcome =
		RUN(NULL, "directory", "diff", BEFORE, AFTER, "--coverage", "--at", "2019-06-01");
	struct buf text = {0};
	buf_add_text(&text, outcome.out);
	buf_add_text(&text, outcome.err);
	cr_expect_eq(outcome.code, 1);
	golden_expect("directory-diff", &text);
	buf_finish(&text);
	outcome_finish(&outcome);
}

/* FORMAT.md shows a part of it: each line there is one of the answer. */
Test(directory_diff, says_what_the_document_shows)
{
	struct outcome outcome = RUN(NULL, "directory", "diff", BEFORE, AFTER);
	struct buf page = {0};
	size_t lines = 0;
	cr_assert_eq(buf_read_file(&page, "directory/FORMAT.md", 131072), ERR_OK);
	buf_append(&page, "", 1);
	char *text = strstr(page.data, "## What differs");
	cr_assert_not_null(text);
	text = strstr(text, "```text\n");
	cr_assert_not_null(text);
	text += strlen("```text\n");
	char *end = strstr(text, "```");
	cr_assert_not_null(end);
	*end = '\0';
	for (char *line = strsep(&text, "\n"); line != NULL && *line != '\0';
		line = strsep(&text, "\n")) {
		cr_expect(strstr(outcome.out, line) != NULL, "%s", line);
		lines++;
	}
	cr_expect_gt(lines, 8);
	buf_finish(&page);
	outcome_finish(&outcome);
}

Test(directory_diff, of_a_folder_with_itself_says_that_nothing_differs)
{
	struct outcome outcome =
		RUN(NULL, "directory", "diff", "directory/data", "directory/data", "--coverage");
	cr_expect_eq(outcome.code, 0);
	cr_expect(strstr(outcome.out, "\nNothing differs.\n") != NULL, "%s", outcome.out);
	cr_expect(strstr(outcome.out, "Every place has what it had") != NULL, "%s", outcome.out);
	outcome_finish(&outcome);
}

/* The lines of the answer that hold `part`. */
static size_t lines_with(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
		count++;
	}
	return count;
}

Test(directory_diff, gives_programs_a_line_each_with_its_sentence)
{
	struct outcome outcome = RUN(NULL, "directory", "diff", BEFORE, AFTER, "--coverage", "--at",
		"2019-06-01", "--json");
	struct arena arena;
	arena_init(&arena, 0);
	size_t lines = 0;
	char *rest = outcome.out;
	for (char *line = strsep(&rest, "\n"); line != NULL && *line != '\0';
		line = strsep(&rest, "\n")) {
		const struct value value = golden_tree(&arena, line);
		const bool first = lines++ == 0;
		cr_expect(first == (value_get_str(&value, "sentence").len == 0), "%s", line);
		cr_expect(first == (value_get_str(&value, "subject").len == 0), "%s", line);
		if (rest != NULL && *rest == '\0') {
			cr_expect(value_get(&value, STR("pathways")) != NULL, "%s", line);
		}
	}
	cr_expect_gt(lines, 30);
	cr_expect_eq(outcome.code, 1);
	arena_finish(&arena);
	outcome_finish(&outcome);
}

Test(directory_diff, of_two_areas_folders_leaves_the_others_out)
{
	struct outcome outcome =
		RUN(NULL, "directory", "diff", BEFORE "/example", AFTER "/example", "--json");
	cr_expect_eq(outcome.code, 1);
	cr_expect_eq(lines_with(outcome.out, "\"change\": \"added\""),
		lines_with(outcome.out, "third-refuge\", \"name\""), "%s", outcome.out);
	outcome_finish(&outcome);
}

/* A directory of one service, in a folder of its own that the caller removes. */
static void folder_make(const char *root, const char *id, const char *rest)
{
	static const char *const folders[] = {"a", "a/organisations", "a/services"};
	char path[256];
	struct buf text = {0};
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		cr_assert_eq(mkdir(path, 0700), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/a/area.yaml", root);
	cr_assert_eq(buf_write_file(STR("id: a\ntitle: A\nsources: [x]\n"), path, 0600), ERR_OK);
	(void)snprintf(path, sizeof(path), "%s/a/organisations/first.yaml", root);
	cr_assert_eq(buf_write_file(STR("id: first\nname: First\nparty_kind: provider\n"
					"contact: not-stated\nsources: [x]\n"),
			     path, 0600),
		ERR_OK);
	(void)snprintf(path, sizeof(path), "%s/a/services/%s.yaml", root, id);
	buf_printf(&text,
		"id: %s\nname: Refuge\norganisation: first\nrole: lead\nrouting: routable\n"
		"authorities: [Camden]\npathways: [diversion]\nneeds: not-stated\n"
		"referrers: {kinds: [police]}\nagreement: {fields: []}\nsources: [x]\n"
		"delivery: {party: first, adapter: inbox, secret: true}\n%s",
		id, rest);
	cr_assert_eq(buf_write_file(buf_str(&text), path, 0600), ERR_OK);
	buf_finish(&text);
}

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

Test(directory_diff, says_who_becomes_eligible_also_under_another_id)
{
	char old[] = "/tmp/onward-diff-XXXXXX";
	char new[] = "/tmp/onward-diff-XXXXXX";
	cr_assert(mkdtemp(old) != NULL && mkdtemp(new) != NULL);
	folder_make(old, "refuge", "eligibility: [{id: adult, cel: person.age >= 18, means: m}]\n");
	folder_make(
		new, "refuge-2", "eligibility: [{id: adult, cel: person.age >= 17, means: m}]\n");
	struct outcome outcome = RUN(NULL, "directory", "diff", old, new);
	cr_expect(strstr(outcome.out, "Has another id (was refuge).") != NULL, "%s", outcome.out);
	cr_expect(strstr(outcome.out, "17 become eligible.") != NULL, "%s", outcome.out);
	cr_expect_eq(outcome.code, 1);
	outcome_finish(&outcome);
	cr_assert_eq(nftw(old, entry_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
	cr_assert_eq(nftw(new, entry_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

Test(directory_diff, refuses_a_folder_that_is_wrong_and_says_why)
{
	struct outcome outcome =
		RUN(NULL, "directory", "diff", BEFORE, "tests/samples/directory/wrong");
	cr_expect_eq(outcome.code, 2);
	cr_expect(strstr(outcome.err, "problem") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
}

Test(directory_diff, of_a_folder_that_is_not_there_is_no_difference)
{
	struct outcome outcome = RUN(NULL, "directory", "diff", BEFORE, "tests/samples/nowhere");
	cr_expect_eq(outcome.code, 2, "%d", outcome.code);
	outcome_finish(&outcome);
}

Test(directory_diff, refuses_a_version_that_there_cannot_be)
{
	struct outcome outcome = RUN(NULL, "directory", "diff", "0", BEFORE);
	cr_expect_eq(outcome.code, 64);
	cr_expect(strstr(outcome.err, "the first is 1") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
}
