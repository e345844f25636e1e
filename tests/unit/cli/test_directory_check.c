/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WRONG "tests/samples/directory/wrong"
#define NORTH "tests/samples/directory/wrong/north/"
#define SOUTH "tests/samples/directory/wrong/south"

static void golden(const char *name, struct outcome outcome, int code)
{
	struct buf text = {0};
	buf_add_text(&text, outcome.out);
	buf_add_text(&text, outcome.err);
	cr_expect_eq(outcome.code, code, "%s: exit code %d, not %d", name, outcome.code, code);
	golden_expect(name, &text);
	buf_finish(&text);
	outcome_finish(&outcome);
}

static void ends(struct outcome outcome, int code, const char *wanted)
{
	const size_t len = strlen(outcome.out);
	const size_t tail = strlen(wanted);
	cr_expect_eq(outcome.code, code, "%d: %s%s", outcome.code, outcome.out, outcome.err);
	cr_expect(len >= tail && strcmp(outcome.out + len - tail, wanted) == 0, "%s", outcome.out);
	outcome_finish(&outcome);
}

Test(directory_check, says_all_that_is_wrong_at_once_with_file_and_line)
{
	golden("directory-check", RUN(NULL, "directory", "check", WRONG, "--at", "2019-06-12"), 2);
}

Test(directory_check, gives_programs_an_object_a_line)
{
	golden("directory-check-json",
		RUN(NULL, "directory", "check", SOUTH, "--at", "2019-06-12", "--json"), 2);
}

Test(directory_check, of_one_areas_folder_speaks_of_that_area_alone)
{
	struct outcome outcome = RUN(NULL, "directory", "check", NORTH, "--at", "2019-06-12");
	cr_expect(strstr(outcome.out, "/south/") == NULL, "%s", outcome.out);
	cr_expect(strstr(outcome.out, "/north/services/harbour-old.yaml:7: error: ") != NULL, "%s",
		outcome.out);
	cr_expect(strstr(outcome.out, " in 2 services of 1 area\n") != NULL, "%s", outcome.out);
	outcome_finish(&outcome);
}

Test(directory_check, finds_nothing_to_warn_of_in_the_shipped_directory)
{
	ends(RUN(NULL, "directory", "check", "directory/data", "--strict", "--at", "2019-06-12"), 0,
		"0 errors, 0 warnings, 5 notes in 92 services of 4 areas\n");
	ends(RUN(NULL, "directory", "check", "directory/data", "--strict", "--at", "2026-11-22"), 0,
		"0 errors, 0 warnings, 6 notes in 92 services of 4 areas\n");
}

Test(directory_check, makes_warnings_errors_only_when_it_is_told_to)
{
	static const char folder[] = "directory/data/london-2018";
	ends(RUN(NULL, "directory", "check", folder, "--at", "2021-03-01"), 0,
		"0 errors, 4 warnings, 5 notes in 83 services of 1 area\n");
	ends(RUN(NULL, "directory", "check", folder, "--at", "2021-03-01", "--strict"), 2,
		"0 errors, 4 warnings, 5 notes in 83 services of 1 area\n");
}

Test(directory_check, of_a_folder_that_is_not_there_says_so)
{
	struct outcome outcome = RUN(NULL, "directory", "check", "tests/samples/nowhere");
	cr_expect_neq(outcome.code, 0);
	cr_expect(strstr(outcome.err, "tests/samples/nowhere") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
}

Test(directory_check, of_a_file_says_that_it_is_no_folder)
{
	struct outcome outcome = RUN(NULL, "directory", "check", "directory/FORMAT.md");
	cr_expect_eq(outcome.code, 2);
	cr_expect(strstr(outcome.err, "is no folder") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
}

Test(directory_check, in_a_home_with_a_clock_of_its_own_says_which_day_it_looks_at)
{
	char home[] = "/tmp/onward-clock-XXXXXX";
	char path[64];
	cr_assert_not_null(mkdtemp(home));
	(void)snprintf(path, sizeof(path), "%s/onward.yaml", home);
	cr_assert_eq(buf_write_file(STR("mode: rehearsal\n"
					"clock: 2019-06-12T09:00:00+01:00,manual\n"),
			     path, 0600),
		ERR_OK);
	struct outcome outcome =
		RUN(NULL, "directory", "check", "directory/data/norfolk", "--home", home);
	cr_expect(strstr(outcome.err, "as of today") != NULL, "%s", outcome.err);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "directory", "check", "directory/data/norfolk", "--home", home, "--at",
		"2019-06-12");
	cr_expect(strstr(outcome.err, "as of today") == NULL, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_assert(unlink(path) == 0 && rmdir(home) == 0);
}

Test(directory_check, breaks_what_is_said_of_no_file_into_lines)
{
	struct outcome outcome =
		RUN(NULL, "directory", "check", "directory/data", "--at", "2019-06-12");
	size_t lines = 0;
	char *rest = outcome.out;
	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
		cr_expect_lt(strlen(line), 100, "%s", line);
		lines += strncmp(line, "note: ", 6) == 0 || strncmp(line, "      ", 6) == 0;
	}
	cr_expect_gt(lines, 5); /* of five notes */
	outcome_finish(&outcome);
}

Test(directory_check, of_an_empty_folder_speaks_of_the_directory_and_of_no_file)
{
	char empty[] = "/tmp/onward-empty-XXXXXX";
	cr_assert_not_null(mkdtemp(empty));
	struct outcome outcome = RUN(NULL, "directory", "check", empty);
	cr_expect_eq(outcome.code, 2);
	cr_expect(strncmp(outcome.out, "error: the directory holds 0 services", 37) == 0, "%s",
		outcome.out);
	outcome_finish(&outcome);
	outcome = RUN(NULL, "directory", "gaps", empty);
	cr_expect_neq(outcome.code, 0);
	cr_expect(strstr(outcome.err, "the directory holds 0 services") != NULL, "%s", outcome.err);
	cr_expect(strstr(outcome.err, ": :") == NULL, "%s", outcome.err);
	outcome_finish(&outcome);
	cr_assert_eq(rmdir(empty), 0);
}
