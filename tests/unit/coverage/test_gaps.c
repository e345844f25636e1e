/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/coverage/report.h"
#include "tests/unit/coverage/fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const struct coverage_part all_of_it = {.pathway = -1, .need = -1};

/* The places of a status, by name, with ", " between them. */
static void expect_places(
	const struct coverage *coverage, enum report_status status, const char *wanted)
{
	struct buf names = {0};
	buf_add_text(&names, "");
	for (size_t i = 0; i < coverage->place_count; i++) {
		if (report_status_of(coverage, i, &all_of_it) == status) {
			buf_add_text(&names, names.len > 0 ? ", " : "");
			buf_add_str(&names, coverage->places[i].authority->name);
		}
	}
	cr_expect(str_equal(buf_str(&names), str_from(wanted)), "%s: %.*s",
		report_status_code(status), STR_ARG(buf_str(&names)));
	buf_finish(&names);
}

static size_t place_of(const struct coverage *coverage, const char *name)
{
	for (size_t i = 0; i < coverage->place_count; i++) {
		if (str_is(coverage->places[i].authority->name, name)) {
			return i;
		}
	}
	cr_assert_fail("%s is no place of the grid", name);
	return 0;
}

static size_t band_of(const struct coverage *coverage, int age)
{
	for (size_t i = 0; i < coverage->band_count; i++) {
		if (coverage->bands[i].least <= age && age <= coverage->bands[i].most) {
			return i;
		}
	}
	cr_assert_fail("no band has %d", age);
	return 0;
}

static const struct coverage_cell *cell_of(
	const struct coverage *coverage, const char *name, int age, int pathway, int need)
{
	const struct coverage_at at = {.place = place_of(coverage, name),
		.band = band_of(coverage, age),
		.pathway = pathway,
		.need = need};
	return coverage_cell_at(coverage, &at);
}

static enum coverage_kind kind_of(
	const struct coverage *coverage, const char *name, int age, int pathway, int need)
{
	return coverage_kind_of(&coverage->places[place_of(coverage, name)],
		cell_of(coverage, name, age, pathway, need));
}

Test(gaps, london_of_2018_has_the_gaps_its_source_states)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *coverage = fixture_coverage(directory, "2019-06-12");
	cr_expect_eq(coverage->place_count, 33);
	expect_places(coverage, REPORT_NO_CONTRACT,
		"Barnet, Bexley, Bromley, Kingston upon Thames, Merton, Richmond upon Thames, "
		"Tower Hamlets");
	expect_places(coverage, REPORT_NOT_STATED, "City of London, Greenwich");
	expect_places(coverage, REPORT_RATE_CARD, "Enfield, Hackney, Redbridge");
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, todays_contracts_leave_out_four_boroughs)
{
	struct directory *directory = fixture_area("crs-current");
	struct coverage *coverage = fixture_coverage(directory, "2025-03-03");
	cr_expect_eq(coverage->place_count, 33 + 5 + 7);
	expect_places(coverage, REPORT_NOT_STATED, "Barnet, Ealing, Harrow, Hillingdon");
	expect_places(coverage, REPORT_NO_CONTRACT, "");
	expect_places(coverage, REPORT_RATE_CARD, "");
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, a_place_left_out_by_contracts_that_do_not_run_is_as_the_others_say)
{
	struct directory *directory = fixture_area("london-2018,crs-current");
	struct coverage *coverage = fixture_coverage(directory, "2019-06-12");
	expect_places(coverage, REPORT_NOT_STATED, "City of London, Greenwich");
	cr_expect_eq(report_status_of(coverage, place_of(coverage, "Barnet"), &all_of_it),
		REPORT_NO_CONTRACT);
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, a_contract_that_has_ended_covers_nothing)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *coverage = fixture_coverage(directory, "2020-06-01");
	cr_expect_eq(report_status_of(coverage, place_of(coverage, "Hackney"), &all_of_it),
		REPORT_NO_CONTRACT, "the rate card ended in March 2020");
	cr_expect_eq(report_status_of(coverage, place_of(coverage, "Lambeth"), &all_of_it),
		REPORT_COVERED);
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, bands_are_cut_where_clauses_on_age_cut)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *coverage = fixture_coverage(directory, "2019-06-12");
	static const int least[] = {0, 11, 15, 16, 18, 25, 26};
	cr_assert_eq(coverage->band_count, sizeof(least) / sizeof(least[0]), "%zu",
		coverage->band_count);
	for (size_t i = 0; i < coverage->band_count; i++) {
		cr_expect_eq(coverage->bands[i].least, least[i]);
		cr_expect_eq(coverage->bands[i].most,
			i + 1 < coverage->band_count ? least[i + 1] - 1 : COVERAGE_AGE_MOST);
	}
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, a_girl_of_sixteen_has_fewer_services_than_a_woman)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *coverage = fixture_coverage(directory, "2019-06-12");
	const int court = PATHWAY_COURT;
	const int debt = NEED_POVERTY_DEBT;
	cr_expect_eq(kind_of(coverage, "Lambeth", 30, court, debt), COVERAGE_ONE);
	cr_expect_eq(cell_of(coverage, "Lambeth", 16, court, debt)->depends, 1,
		"the alliance would have to be asked");
	cr_expect_eq(kind_of(coverage, "Harrow", 16, court, debt), COVERAGE_ONE);
	cr_expect_eq(kind_of(coverage, "Ealing", 30, PATHWAY_COMMUNITY, debt), COVERAGE_SEVERAL);
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, what_is_for_everybody_is_no_service_of_the_place)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *coverage = fixture_coverage(directory, "2019-06-12");
	const struct coverage_cell *cell =
		cell_of(coverage, "Barnet", 30, PATHWAY_COURT, NEED_MENTAL_HEALTH);
	cr_expect_eq(cell->own, 0);
	cr_expect_eq(cell->generic, 1, "liaison and diversion");
	cr_expect_eq(kind_of(coverage, "Barnet", 30, PATHWAY_RESETTLEMENT, NEED_ACCOMMODATION),
		COVERAGE_GENERIC, "through the gate, and the housing authority's duty");
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, what_hangs_on_a_further_fact_is_counted_as_such)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *coverage = fixture_coverage(directory, "2019-06-12");
	const int need = NEED_ACCOMMODATION;
	const struct coverage_cell *community =
		cell_of(coverage, "Hackney", 30, PATHWAY_COMMUNITY, need);
	const struct coverage_cell *resettlement =
		cell_of(coverage, "Hackney", 30, PATHWAY_RESETTLEMENT, need);
	cr_expect_eq(community->own, 1);
	cr_expect_eq(community->depends, 0, "an order exists after a sentence only");
	cr_expect_eq(resettlement->own, 1);
	cr_expect_eq(resettlement->depends, 1, "she may be on remand");
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, further_facts_get_a_case_for_each_value)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *coverage = NULL;
	struct fault fault = {0};
	const struct coverage_input input = {
		.directory = directory, .day = fixture_day("2019-06-12"), .further = true};
	cr_assert_eq(coverage_create(&input, &coverage, &fault), ERR_OK);
	size_t remand = 0;
	for (size_t i = 0; i < coverage->case_count; i++) {
		if (str_is(coverage->cases[i].fact, "justice.sentenced") &&
			str_is(coverage->cases[i].words, "false")) {
			remand = i;
		}
	}
	cr_assert_neq(remand, 0);
	const struct coverage_at at = {.case_number = remand,
		.place = place_of(coverage, "Hackney"),
		.band = band_of(coverage, 30),
		.pathway = PATHWAY_RESETTLEMENT,
		.need = NEED_SUBSTANCE_USE};
	cr_expect_eq(coverage_cell_at(coverage, &at)->own, 0,
		"the rate card takes sentenced women only");
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, the_page_says_who_has_nothing_first)
{
	struct directory *directory = fixture_area("london-2018");
	struct coverage *coverage = fixture_coverage(directory, "2019-06-12");
	struct buf page = {0};
	report_table(&page, coverage, &all_of_it);
	fixture_golden("gaps-london-2018.txt", &page);
	buf_finish(&page);
	coverage_destroy(coverage);
	directory_destroy(directory);
}

Test(gaps, the_grid_for_programs_holds_every_cell_of_the_part)
{
	struct directory *directory = fixture_area("crs-current");
	struct coverage *coverage = fixture_coverage(directory, "2025-03-03");
	const struct coverage_part part = {.pathway = PATHWAY_RESETTLEMENT,
		.need = NEED_POVERTY_DEBT,
		.authority = STR("E09000022")};
	struct buf out = {0};
	report_csv(&out, coverage, &part);
	fixture_golden("gaps-lambeth.csv", &out);
	buf_reset(&out);
	report_json(&out, coverage, &part);
	fixture_golden("gaps-lambeth.json", &out);
	buf_finish(&out);
	coverage_destroy(coverage);
	directory_destroy(directory);
}
