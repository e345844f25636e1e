/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/directory/rulebook.h"
#include "broker/base/arena.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SERVICES_MAX = 12
};

static const struct test_file centre = {
	"area/organisations/centre.yaml", "id: centre\nname: Centre\nparty_kind: provider\n"};

/* Services s0, s1 … each with the successor given: "" leaves the key out. */
static enum err load(struct arena *arena, const char *const *successors, size_t count,
	struct directory **ret_directory, char **ret_said)
{
	struct test_file items[SERVICES_MAX + 1] = {centre};
	struct directory_files files;
	struct directory_problems problems;
	for (size_t i = 0; i < count; i++) {
		const struct str text = arena_printf(arena,
			"id: s%zu\nname: Sample %zu\norganisation: centre\nrole: lead\n"
			"routing: never\narea: not-stated\npathways: not-stated\n"
			"needs: not-stated\n%s%s%ssources: [Invented.]\n",
			i, i, successors[i][0] == '\0' ? "" : "successor: ", successors[i],
			successors[i][0] == '\0' ? "" : "\n");
		items[i + 1] = (struct test_file){
			arena_printf(arena, "area/services/s%zu.yaml", i).ptr, text.ptr};
	}
	test_files_make(&files, items, count + 1);
	*ret_directory = NULL;
	const enum err err = directory_load(&files, test_rulebook(), ret_directory, &problems);
	*ret_said = test_problems_text(&problems);
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	return err;
}

static void says(const char *const *successors, size_t count, const char *wanted)
{
	struct arena arena;
	struct directory *directory;
	char *said;
	arena_init(&arena, 0);
	const enum err err = load(&arena, successors, count, &directory, &said);
	cr_expect_str_eq(said, wanted, "said:\n%swanted:\n%s", said, wanted);
	cr_expect_eq(err, wanted[0] == '\0' ? ERR_OK : ERR_CONFIG);
	directory_destroy(directory);
	free(said);
	arena_finish(&arena);
}

Test(successor, is_kept_with_the_service_that_names_it)
{
	struct arena arena;
	struct directory *directory;
	char *said;
	arena_init(&arena, 0);
	const char *const successors[] = {"s1", "not-stated", ""};
	cr_assert_eq(load(&arena, successors, 3, &directory, &said), ERR_OK);
	cr_expect(str_is(directory->services[0].successor, "s1"));
	cr_expect_eq(directory->services[1].successor.len, 0);
	cr_expect_eq(directory->services[2].successor.len, 0);
	directory_destroy(directory);
	free(said);
	arena_finish(&arena);
}

Test(successor, chain_or_a_shared_one_is_no_circle)
{
	says((const char *const[]){"s1", "s2", "s3", ""}, 4, "");
	says((const char *const[]){"s3", "s3", "s3", ""}, 4, "");
}

Test(successor, nobody_knows_is_told_with_the_nearest_id)
{
	says((const char *const[]){"s11", ""}, 2,
		"area/services/s0.yaml:9: successor unknown service \"s11\"; did you mean "
		"\"s1\"?\n");
	says((const char *const[]){"South London", ""}, 2,
		"area/services/s0.yaml:9: successor must be lower-case letters, digits and single "
		"hyphens within, 64 at most\n");
}

Test(successor, is_another_service)
{
	says((const char *const[]){"s0", ""}, 2,
		"area/services/s0.yaml:9: successor is the service itself\n");
}

Test(successor, circle_is_told_once_whatever_its_length_and_whoever_leads_into_it)
{
	says((const char *const[]){"s1", "s0"}, 2,
		"area/services/s0.yaml:9: successor goes round in a circle: s0 -> s1 -> s0\n");
	says((const char *const[]){"s2", "s3", "s3", "s1"}, 4,
		"area/services/s1.yaml:9: successor goes round in a circle: s1 -> s3 -> s1\n");
	says((const char *const[]){"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s0"}, 8,
		"area/services/s0.yaml:9: successor goes round in a circle: s0 -> s1 -> s2 -> s3 "
		"-> s4 -> s5 -> (2 more) -> s0\n");
	says((const char *const[]){"s1", "s0", "s3", "s2"}, 4,
		"area/services/s0.yaml:9: successor goes round in a circle: s0 -> s1 -> s0\n"
		"area/services/s2.yaml:9: successor goes round in a circle: s2 -> s3 -> s2\n");
}
