/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/directory/rulebook.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static const struct test_file centre = {
	"area/organisations/centre.yaml", "id: centre\nname: Centre\nparty_kind: provider\n"};
static const char service_form[] =
	"id: %s\nname: Sample %s\norganisation: centre\nrole: lead\nrouting: routable\n"
	"authorities: [Camden]\npathways: [diversion]\nneeds: [accommodation]\n"
	"referrers: {kinds: [police]}\n"
	"capacity: %s\n"
	"delivery: {party: centre, adapter: inbox, secret: true}\nagreement: {fields: []}\n"
	"sources: [Invented.]\n";

static char texts[2][1024];

/* Two services with these capacities; NULL with what is said of them when they cannot be. */
static struct directory *load(const char *a, const char *b, char **ret_said)
{
	struct directory_files files;
	struct directory *directory = NULL;
	struct directory_problems problems;
	(void)snprintf(texts[0], sizeof(texts[0]), service_form, "a", "a", a);
	(void)snprintf(texts[1], sizeof(texts[1]), service_form, "b", "b", b);
	const struct test_file items[] = {
		centre, {"area/services/a.yaml", texts[0]}, {"area/services/b.yaml", texts[1]}};
	test_files_make(&files, items, 3);
	const enum err err = directory_load(&files, test_rulebook(), &directory, &problems);
	*ret_said = test_problems_text(&problems);
	cr_assert_eq(err == ERR_OK, directory != NULL);
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	return directory;
}

static date_days day(const char *text)
{
	date_days date;
	cr_assert_eq(date_parse(str_from(text), &date), ERR_OK);
	return date;
}

Test(capacity, an_override_holds_from_its_first_day_to_its_last)
{
	char *said;
	struct directory *directory =
		load("{caseload: 40, per_year: 300, waiting_list: 5, overrides: ["
		     "{from: 2019-12-20, to: 2020-01-03, per_year: 0}, "
		     "{from: 2019-07-22, to: 2019-08-31, caseload: 25, note: Leave.}]}",
			"{per_year: 7}", &said);
	cr_assert_not_null(directory, "%s", said);
	const struct directory_service *a = &directory->services[0];
	static const struct {
		const char *day;
		int64_t caseload, per_year;
		bool override;
	} cases[] = {
		{"2019-07-21", 40, 300, false},
		{"2019-07-22", 25, 300, true},
		{"2019-08-31", 25, 300, true},
		{"2019-09-01", 40, 300, false},
		{"2019-12-20", 40, 0, true},
		{"2020-01-03", 40, 0, true},
		{"2020-01-04", 40, 300, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct directory_limits limits = directory_limits_on(a, day(cases[i].day));
		cr_expect_eq(limits.caseload, cases[i].caseload, "%s", cases[i].day);
		cr_expect_eq(limits.per_year, cases[i].per_year, "%s", cases[i].day);
		cr_expect_eq(limits.override != NULL, cases[i].override, "%s", cases[i].day);
		cr_expect_eq(limits.pool_caseload, -1);
	}
	cr_expect_eq(a->waiting_list, 5);
	cr_expect_eq(directory->services[1].waiting_list, 0);
	const struct directory_override *next =
		directory_override_next(a, day("2019-07-21"), day("2019-08-04"));
	cr_assert_not_null(next, "written later, it begins earlier");
	cr_expect_eq(next->to, day("2019-08-31"));
	cr_expect(str_is(next->note, "Leave."));
	cr_expect_null(directory_override_next(a, day("2019-07-22"), day("2019-08-05")),
		"the one in force is not the next");
	cr_expect_null(directory_override_next(a, day("2019-07-07"), day("2019-07-21")));
	free(said);
	directory_destroy(directory);
}

Test(capacity, a_pool_has_the_same_room_for_all_on_every_day)
{
	static const char plain[] = "{pool: room, pool_caseload: 9, overrides: ["
				    "{from: 2019-07-01, to: 2019-07-31, pool_caseload: 4}]}";
	static const struct {
		const char *other, *said;
	} cases[] = {
		/* The same days in two pieces, and a limit of its own besides. */
		{"{pool: room, pool_caseload: 9, overrides: ["
		 "{from: 2019-07-16, to: 2019-07-31, pool_caseload: 4, caseload: 2}, "
		 "{from: 2019-07-01, to: 2019-07-15, pool_caseload: 4}]}",
			""},
		{"{pool: room, pool_caseload: 9}",
			"area/services/b.yaml:10: capacity.overrides gives the pool other room on "
			"2019-07-01 than \"a\", which shares it\n"},
		{"{pool: room, pool_caseload: 9, overrides: ["
		 "{from: 2019-07-01, to: 2019-07-30, pool_caseload: 4}]}",
			"area/services/b.yaml:10: capacity.overrides gives the pool other room on "
			"2019-07-31 than \"a\", which shares it\n"},
		{"{pool: room, pool_caseload: 9, overrides: ["
		 "{from: 2019-07-01, to: 2019-07-31, pool_caseload: 4}, "
		 "{from: 2019-09-01, to: 2019-09-02, pool_caseload: 4}]}",
			"area/services/b.yaml:10: capacity.overrides gives the pool other room on "
			"2019-09-01 than \"a\", which shares it\n"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *said;
		struct directory *directory = load(plain, cases[i].other, &said);
		cr_expect_str_eq(said, cases[i].said, "case %zu: %s", i, said);
		free(said);
		directory_destroy(directory);
	}
}
