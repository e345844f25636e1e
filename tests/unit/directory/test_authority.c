/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/directory.h"

#include <criterion/criterion.h>

static const char *code_of(const char *name)
{
	const struct directory_authority *found = directory_authority_by_name(str_from(name));
	return found == NULL ? "none" : found->code.ptr;
}

Test(authority, the_table_is_in_order_of_code)
{
	size_t count;
	const struct directory_authority *all = directory_authorities(&count);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(all[i].code.len, 9);
		cr_assert(i == 0 || str_compare(all[i - 1].code, all[i].code) < 0);
		cr_assert_eq(directory_authority_by_code(all[i].code), &all[i]);
		const struct directory_authority *named = directory_authority_by_name(all[i].name);
		cr_assert_not_null(named, "%s", all[i].name.ptr);
		cr_assert(named == &all[i] || named->from > all[i].to, "%s", all[i].name.ptr);
	}
	cr_assert_null(directory_authority_by_code(STR("E09000034")));
	cr_assert_null(directory_authority_by_code(STR("")));
}

Test(authority, two_ways_of_writing_a_name_meet)
{
	cr_assert_str_eq(code_of("St. Helens"), "E08000013");
	cr_assert_str_eq(code_of("st helens"), "E08000013");
	cr_assert_str_eq(code_of("Kensington & Chelsea"), "E09000020");
	cr_assert_str_eq(code_of("KINGSTON  UPON THAMES "), "E09000021");
	cr_assert_str_eq(code_of("King\xe2\x80\x99s Lynn and West Norfolk"), "E07000146");
}

Test(authority, a_name_is_never_guessed)
{
	cr_assert_str_eq(code_of("Kingston"), "none");
	cr_assert_str_eq(code_of("East Sutton Park"), "none");
	cr_assert_str_eq(code_of("Seften"), "none");
	cr_assert_str_eq(code_of("London"), "none");
	cr_assert_str_eq(code_of(""), "none");
	cr_assert_str_eq(code_of("A name that is far longer than any authority in all of England "
				 "and Wales has ever had"),
		"none");
}

Test(authority, a_slip_is_answered_with_the_name_meant)
{
	cr_assert_str_eq(directory_authority_nearest(STR("Seften"))->name.ptr, "Sefton");
	cr_assert_str_eq(directory_authority_nearest(STR("Lambet"))->name.ptr, "Lambeth");
	cr_assert_null(directory_authority_nearest(STR("Atlantis")));
	cr_assert_null(directory_authority_nearest(STR("")));
}

Test(authority, districts_know_their_county)
{
	const struct directory_authority *norwich = directory_authority_by_name(STR("Norwich"));
	const struct directory_authority *woking = directory_authority_by_name(STR("Woking"));
	cr_assert(str_is(norwich->county, "E10000020"));
	cr_assert(str_is(woking->code, "E07000217"));
	cr_assert(str_is(woking->county, "E10000030"));
}

Test(authority, prisons_have_names)
{
	cr_assert(str_is(directory_prison_name(STR("BZI")), "Bronzefield"));
	cr_assert(str_is(directory_prison_name(STR("STI")), "Styal"));
	cr_assert_eq(directory_prison_name(STR("XXI")).len, 0);
}

static date_days day(const char *text)
{
	date_days found = 0;
	cr_assert_eq(date_parse(str_from(text), &found), ERR_OK);
	return found;
}

static size_t held(const char *text, char country)
{
	size_t count = 0;
	const struct directory_authority *at = NULL;
	while ((at = directory_authority_next(at, day(text))) != NULL) {
		count += at->code.ptr[0] == country;
	}
	return count;
}

Test(authority, each_year_has_as_many_as_there_were)
{
	static const struct {
		const char *day;
		size_t england;
	} years[] = {{"2009-03-31", 354}, {"2009-04-01", 326}, {"2013-04-01", 326},
		{"2019-03-31", 326}, {"2019-04-01", 317}, {"2020-04-01", 314}, {"2021-04-01", 309},
		{"2023-03-31", 309}, {"2023-04-01", 296}, {"2025-04-01", 296}};
	for (size_t i = 0; i < sizeof(years) / sizeof(years[0]); i++) {
		cr_expect_eq(held(years[i].day, 'E'), years[i].england, "%s: %zu", years[i].day,
			held(years[i].day, 'E'));
		cr_expect_eq(held(years[i].day, 'W'), 22, "%s", years[i].day);
	}
}

Test(authority, what_ended_has_successors_from_the_next_day)
{
	size_t count;
	const struct directory_authority *all = directory_authorities(&count);
	for (size_t i = 0; i < count; i++) {
		const struct directory_authority *found[8];
		if (all[i].to == INT32_MAX) {
			cr_expect_eq(all[i].successors.len, 0, "%s", all[i].code.ptr);
			continue;
		}
		cr_assert_gt(all[i].successors.len, 0, "%s", all[i].code.ptr);
		for (size_t at = 0; at < all[i].successors.len; at += 10) {
			const struct directory_authority *next = directory_authority_by_code(
				(struct str){all[i].successors.ptr + at, 9});
			cr_assert_not_null(next, "%s", all[i].code.ptr);
			cr_expect(directory_authority_holds(next, all[i].to + 1), "%s",
				next->name.ptr);
			/* A later end each time: no chain comes back to where it was. */
			cr_expect_gt(next->to, all[i].to, "%s", next->name.ptr);
			cr_expect(str_equal(next->region, all[i].region), "%s", next->name.ptr);
			cr_expect(str_equal(next->police, all[i].police), "%s", next->name.ptr);
		}
		const size_t now =
			directory_authority_successors(&all[i], day("2026-01-01"), found, 8);
		cr_assert_gt(now, 0);
		cr_expect_eq(found[0]->to, INT32_MAX);
	}
}

Test(authority, a_chain_of_successors_stops_at_the_day)
{
	const struct directory_authority *found[2] = {NULL, NULL};
	const struct directory_authority *taunton = directory_authority_by_code(STR("E07000190"));
	cr_assert_not_null(taunton);
	cr_assert_eq(directory_authority_successors(taunton, day("2019-03-31"), found, 2), 1);
	cr_assert_eq(found[0], taunton);
	cr_assert_eq(directory_authority_successors(taunton, day("2019-04-01"), found, 2), 1);
	cr_assert_str_eq(found[0]->code.ptr, "E07000246");
	cr_assert_eq(directory_authority_successors(taunton, day("2023-04-01"), found, 2), 1);
	cr_assert_str_eq(found[0]->code.ptr, "E06000066");
}

Test(authority, that_a_code_has_ended_is_said_with_what_took_its_place)
{
	char words[256] = "";
	cr_assert_not(directory_authority_ended(
		STR("E07000190"), day("2019-03-31"), words, sizeof(words)));
	cr_assert_not(directory_authority_ended(
		STR("E09000022"), day("2026-01-01"), words, sizeof(words)));
	cr_assert(directory_authority_ended(
		STR("E07000190"), day("2026-01-01"), words, sizeof(words)));
	cr_assert_str_eq(words, "Taunton Deane (E07000190) ended on 2019-03-31; in its place is "
				"Somerset (E06000066)");
	char narrow[20];
	cr_assert(directory_authority_ended(
		STR("E07000190"), day("2026-01-01"), narrow, sizeof(narrow)));
	cr_assert_lt(strlen(narrow), sizeof(narrow));
}

Test(authority, a_name_finds_the_code_of_the_day)
{
	const struct directory_authority *then =
		directory_authority_by_name_at(STR("Sheffield"), day("2019-06-01"));
	const struct directory_authority *now =
		directory_authority_by_name_at(STR("Sheffield"), day("2026-01-01"));
	cr_assert_str_eq(then->code.ptr, "E08000019");
	cr_assert_str_eq(now->code.ptr, "E08000039");
	cr_assert_str_eq(code_of("Sheffield"), "E08000039");
	cr_assert_eq(directory_authority_same_place(then), now);
	cr_assert_eq(directory_authority_same_place(now), then);
	cr_assert_null(directory_authority_by_name_at(STR("Craven"), day("2026-01-01")));
	cr_assert_str_eq(code_of("Craven"), "E07000163");
}

Test(authority, welsh_names_and_common_abbreviations_are_known)
{
	static const char *const known[][2] = {{"Ynys M\xc3\xb4n", "W06000001"},
		{"YNYS M\xc3\x94N", "W06000001"}, {"Anglesey", "W06000001"},
		{"Caerdydd", "W06000015"}, {"Pen-y-bont ar Ogwr", "W06000013"},
		{"Sir G\xc3\xa2r", "W06000010"}, {"Kings Lynn", "E07000146"},
		{"Ken & Chelsea", "E09000020"}, {"RBKC", "E09000020"}, {"lbhf", "E09000013"},
		{"B&NES", "E06000022"}, {"Stoke on Trent", "E06000021"}, {"Hull", "E06000010"},
		{"Bournemouth Christchurch & Poole", "E06000058"},
		{"London Borough of Barking and Dagenham", "E09000002"},
		{"City of Westminster", "E09000033"}, {"City of London", "E09000001"},
		{"Bristol, City of", "E06000023"}, {"Somerset Council", "E06000066"},
		{"Durham County Council", "E06000047"}, {"Shepway", "E07000112"},
		{"Bath & North East Somerset Council", "E06000022"}};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		cr_expect_str_eq(code_of(known[i][0]), known[i][1], "%s", known[i][0]);
	}
	cr_expect_str_eq(code_of("Norfolk County Council"), "none");
	cr_expect_str_eq(code_of("Council"), "none");
	cr_expect_str_eq(code_of("City of "), "none");
}

/* A line out of order would never be found. */
Test(authority, every_other_name_is_found)
{
	static const char *const names[][2] = {
#define NAME(name, code) {name, code},
#include "directory/authority_names.def"
#undef NAME
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct directory_authority *meant =
			directory_authority_by_code(str_from(names[i][1]));
		const struct directory_authority *found =
			directory_authority_by_name(str_from(names[i][0]));
		cr_assert(meant != NULL && found != NULL, "%s", names[i][0]);
		cr_expect(found == meant || directory_authority_same_place(found) == meant ||
				  str_equal(found->name, meant->name),
			"%s", names[i][0]);
	}
}

Test(authority, every_police_force_area_has_authorities)
{
	size_t force_count;
	size_t count;
	const struct directory_force *forces = directory_forces(&force_count);
	const struct directory_authority *all = directory_authorities(&count);
	cr_assert_eq(force_count, 43);
	for (size_t f = 0; f < force_count; f++) {
		size_t held_now = 0;
		cr_assert(f == 0 || str_compare(forces[f - 1].code, forces[f].code) < 0);
		for (size_t i = 0; i < count; i++) {
			held_now +=
				str_equal(all[i].police, forces[f].code) && all[i].to == INT32_MAX;
		}
		cr_expect_gt(held_now, 0, "%s", forces[f].name.ptr);
	}
	for (size_t i = 0; i < count; i++) {
		cr_expect_gt(directory_police_name(all[i].police).len, 0, "%s", all[i].name.ptr);
		cr_expect(all[i].county.len == 0 || directory_county_name(all[i].county).len > 0,
			"%s", all[i].name.ptr);
	}
	cr_assert_str_eq(directory_police_name(STR("E23000001")).ptr, "Metropolitan Police");
	cr_assert_str_eq(directory_county_name(STR("E11000002")).ptr, "Merseyside");
	cr_assert_eq(directory_police_name(STR("E23000099")).len, 0);
}
