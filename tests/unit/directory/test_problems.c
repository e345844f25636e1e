/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/directory/rulebook.h"
#include "broker/base/buf.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * golden/<name>.yaml is one service with something wrong; what the loader must say of it stands in
 * the comments at its end, "#= line: field message", one a problem.
 */
#define GOLDEN "tests/unit/directory/golden"

static const struct test_file centre = {
	"area/organisations/centre.yaml", "id: centre\nname: Centre\nparty_kind: provider\n"};
static const struct test_file trust = {
	"area/organisations/trust.yaml", "id: trust\nname: Trust\nparty_kind: not-stated\n"};
static const char good_service[] =
	"id: %s\nname: Sample service\norganisation: centre\nrole: lead\nrouting: routable\n"
	"authorities: [Camden]\npathways: [diversion]\nneeds: [accommodation]\n"
	"referrers: {kinds: [police]}\nwindow: {from: %s, to: %s}\n"
	"capacity: {pool: room, pool_caseload: %d}\n"
	"delivery: {party: centre, adapter: inbox, secret: true}\nagreement: {fields: []}\n"
	"sources: [Invented.]\n";

/* What is said of these files; heap.  Empty when all is well. */
static char *problems_of(const struct test_file *items, size_t count)
{
	struct directory_files files;
	struct directory *directory = NULL;
	struct directory_problems problems;
	test_files_make(&files, items, count);
	const enum err err = directory_load(&files, test_rulebook(), &directory, &problems);
	char *text = test_problems_text(&problems);
	cr_assert_eq(err, problems.count == 0 ? ERR_OK : ERR_CONFIG, "%s", text);
	cr_assert(err == ERR_OK ? directory != NULL : directory == NULL);
	directory_problems_finish(&problems);
	directory_destroy(directory);
	directory_files_finish(&files);
	return text;
}

static void expect(const struct test_file *items, size_t count, const char *wanted)
{
	char *said = problems_of(items, count);
	cr_expect_str_eq(said, wanted, "said:\n%swanted:\n%s", said, wanted);
	free(said);
}

/* The expected lines of a golden file, as the loader would say them. */
static void golden_wanted(struct str file, struct buf *wanted)
{
	const char *at = file.ptr;
	while ((at = strstr(at, "#= ")) != NULL) {
		const size_t len = strcspn(at, "\n");
		buf_printf(wanted, "area/services/sample.yaml:%.*s\n", (int)(len - 3), at + 3);
		at += len;
	}
	buf_append(wanted, "", 1);
}

Test(problems, each_broken_file_gives_exactly_its_message)
{
	DIR *dir = opendir(GOLDEN);
	struct dirent *entry;
	size_t seen = 0;
	cr_assert_not_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char path[512];
		struct buf text = {0};
		struct buf wanted = {0};
		if (entry->d_name[0] == '.') {
			continue;
		}
		(void)snprintf(path, sizeof(path), GOLDEN "/%s", entry->d_name);
		cr_assert_eq(buf_read_file(&text, path, 65536), ERR_OK);
		buf_append(&text, "", 1);
		golden_wanted(buf_str(&text), &wanted);
		char *said = problems_of((const struct test_file[]){centre, trust,
						 {"area/services/sample.yaml", text.data}},
			3);
		cr_expect_str_eq(said, wanted.data, "%s said:\n%s", entry->d_name, said);
		free(said);
		buf_finish(&text);
		buf_finish(&wanted);
		seen++;
	}
	closedir(dir);
	cr_assert_gt(seen, 50);
}

static char service_a[2048];
static char service_b[2048];

static void two_services(
	const char *from_a, const char *to_a, const char *from_b, const char *to_b, int room_b)
{
	(void)snprintf(service_a, sizeof(service_a), good_service, "a", from_a, to_a, 3);
	(void)snprintf(service_b, sizeof(service_b), good_service, "b", from_b, to_b, room_b);
}

Test(problems, one_service_entered_twice_may_not_overlap)
{
	const struct test_file files[] = {
		centre, {"area/services/a.yaml", service_a}, {"area/services/b.yaml", service_b}};
	two_services("2018-01-01", "2018-12-31", "2019-01-01", "not-stated", 3);
	expect(files, 3, "");
	two_services("2018-01-01", "2018-12-31", "2018-12-31", "not-stated", 3);
	expect(files, 3,
		"area/services/b.yaml:10: window overlaps that of \"a\", which has the same name "
		"and organisation, and a place in common\n");
}

Test(problems, services_that_share_a_pool_agree_on_its_room)
{
	const struct test_file files[] = {
		centre, {"area/services/a.yaml", service_a}, {"area/services/b.yaml", service_b}};
	two_services("2018-01-01", "2018-12-31", "2019-01-01", "not-stated", 4);
	expect(files, 3,
		"area/services/b.yaml:11: capacity.pool_caseload differs from that of \"a\", which "
		"shares the pool\n");
}

Test(problems, an_id_names_one_service_in_all_areas)
{
	two_services("2018-01-01", "2018-12-31", "2018-01-01", "2018-12-31", 3);
	const struct test_file files[] = {
		centre, {"one/services/a.yaml", service_a}, {"two/services/a.yaml", service_a}};
	char *said = problems_of(files, 3);
	cr_assert_not_null(strstr(said,
		"two/services/a.yaml:1: id \"a\" is already the id of one/services/a.yaml\n"));
	free(said);
}

Test(problems, areas_agree_on_an_organisation)
{
	two_services("2018-01-01", "2018-12-31", "2018-01-01", "2018-12-31", 3);
	struct test_file files[] = {centre,
		{"other/organisations/centre.yaml",
			"id: centre\nname: Centre\nparty_kind: not-stated\nfaith_ethos: Quaker\n"},
		{"area/services/a.yaml", service_a}};
	expect(files, 3, "");
	files[1].text = "id: centre\nname: The Centre\nparty_kind: police\n";
	expect(files, 3,
		"other/organisations/centre.yaml:1: name differs from "
		"area/organisations/centre.yaml, which describes the same organisation\n"
		"other/organisations/centre.yaml:1: party_kind differs from "
		"area/organisations/centre.yaml, which describes the same organisation\n");
}

Test(problems, a_file_out_of_place_is_told)
{
	two_services("2018-01-01", "2018-12-31", "2018-01-01", "2018-12-31", 3);
	const struct test_file files[] = {centre, {"area/services/a.yaml", service_a},
		{"area/notes.yaml", "a: b\n"}, {"stray.yaml", "a: b\n"},
		{"area/area.yaml", "id: aera\ntitle: Area\n"}};
	expect(files, 5,
		"area/area.yaml:1: id the folder's name says \"area\"\n"
		"area/notes.yaml:0: has no place here: <area>/area.yaml, "
		"<area>/organisations/<id>.yaml, <area>/services/<id>.yaml below the folder of all "
		"areas\n"
		"stray.yaml:0: has no place here: <area>/area.yaml, "
		"<area>/organisations/<id>.yaml, <area>/services/<id>.yaml below the folder of all "
		"areas\n");
}

Test(problems, a_directory_without_a_service_is_none)
{
	expect(&centre, 1, ":0: the directory holds 0 services; 1 to 100000 make sense\n");
}

Test(problems, an_organisation_shows_only_a_contact_it_has)
{
	two_services("2018-01-01", "2018-12-31", "2018-01-01", "2018-12-31", 3);
	const struct test_file files[] = {centre, {"area/services/a.yaml", service_a},
		{"area/organisations/aid.yaml",
			"id: aid\nname: Aid\nparty_kind: charity\nadvice_contact: true\n"}};
	expect(files, 3,
		"area/organisations/aid.yaml:3: party_kind unknown party kind \"charity\"; known: "
		"police, liaison-diversion, court, prison, probation, local-authority, provider, "
		"adapter, coordinator, commissioner, operator\n"
		"area/organisations/aid.yaml:4: advice_contact there is no contact to show\n");
}

/* -- codes that end or begin -- */

static void area_says(const char *authorities, const char *window, const char *wanted)
{
	char service[1024];
	(void)snprintf(service, sizeof(service),
		"id: sample\nname: Sample\norganisation: centre\nrole: lead\nrouting: advice-only\n"
		"authorities: [%s]\npathways: [diversion]\nneeds: [accommodation]\n"
		"window: %s\nsources: [Invented.]\n",
		authorities, window);
	const struct test_file files[] = {centre, {"area/services/sample.yaml", service}};
	expect(files, 2, wanted);
}

Test(problems, a_code_that_ended_before_the_contract_names_what_took_its_place)
{
	area_says("E07000190", "{from: 2019-04-01}",
		"area/services/sample.yaml:6: authorities[0] Taunton Deane (E07000190) ended on "
		"2019-03-31; in its place is Somerset West and Taunton (E07000246), before the "
		"window begins\n");
	area_says("Craven, Cumberland", "{from: 2024-01-01, to: 2025-03-31}",
		"area/services/sample.yaml:6: authorities[0] Craven (E07000163) ended on "
		"2023-03-31; in its place is North Yorkshire (E06000065), before the window "
		"begins\n");
	area_says("Cumberland", "{from: 2018-01-01, to: 2019-12-31}",
		"area/services/sample.yaml:6: authorities[0] Cumberland (E06000063) begins on "
		"2023-04-01, after the window ends\n");
}

Test(problems, a_past_year_may_name_the_codes_of_its_time)
{
	area_says("E07000190, Craven, Sheffield", "{from: 2018-04-01, to: 2019-03-31}", "");
	area_says("E07000190, Craven, Sheffield", "{from: 2018-04-01}", "");
	area_says("Cumberland, E08000016", "{from: 2023-04-01}", "");
	area_says("E08000019, Northumberland", "not-stated", "");
}

Test(problems, a_code_replaced_while_the_contract_runs_is_covered_under_both)
{
	const struct test_file items[] = {centre,
		{"area/services/sample.yaml",
			"id: sample\nname: Sample\norganisation: centre\nrole: lead\n"
			"routing: advice-only\nauthorities: [Sheffield, E07000100, Camden]\n"
			"pathways: [diversion]\nneeds: [accommodation]\n"
			"window: {from: 2018-04-01}\nsources: [Invented.]\n"}};
	struct directory_files files;
	struct directory *directory = NULL;
	struct directory_problems problems;
	const uint32_t *positions;
	test_files_make(&files, items, 2);
	cr_assert_eq(directory_load(&files, test_rulebook(), &directory, &problems), ERR_CONFIG);
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	const struct test_file later[] = {
		centre, {"area/services/sample.yaml",
				"id: sample\nname: Sample\norganisation: centre\nrole: lead\n"
				"routing: advice-only\nauthorities: [Sheffield, Camden]\n"
				"pathways: [diversion]\nneeds: [accommodation]\n"
				"window: {from: 2018-04-01}\nsources: [Invented.]\n"}};
	test_files_make(&files, later, 2);
	cr_assert_eq(directory_load(&files, test_rulebook(), &directory, &problems), ERR_OK);
	cr_expect_eq(directory_at_authority(directory, STR("E08000019"), &positions), 1);
	cr_expect_eq(directory_at_authority(directory, STR("E08000039"), &positions), 1);
	cr_expect_eq(directory_at_authority(directory, STR("E09000007"), &positions), 1);
	cr_expect_eq(directory_at_authority(directory, STR("E08000038"), &positions), 0);
	directory_problems_finish(&problems);
	directory_destroy(directory);
	directory_files_finish(&files);
}
