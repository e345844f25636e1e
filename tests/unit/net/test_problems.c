/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/problems.h"

#include <criterion/criterion.h>

static void first(const struct directory_problem *problem, const char *field)
{
	struct directory_problem items[] = {*problem};
	const struct directory_problems problems = {.items = items, .count = 1, .kept = 1};
	struct fault fault = {0};
	problems_first(&problems, "elsewhere", &fault);
	cr_expect_str_eq(fault.field, field);
	cr_expect_str_eq(fault.message, "is wrong");
}

Test(problems, of_no_file_are_those_of_the_directory_and_not_of_a_place_without_a_name)
{
	first(&(struct directory_problem){.message = STR("is wrong")}, "directory");
}

Test(problems, say_where_they_stand)
{
	first(&(struct directory_problem){.file = STR("a/area.yaml"),
		      .line = 3,
		      .field = STR("title"),
		      .message = STR("is wrong")},
		"a/area.yaml:3: title");
	first(
		&(struct directory_problem){
			.file = STR("a/area.yaml"), .line = 3, .message = STR("is wrong")},
		"a/area.yaml:3");
}
