/* SPDX-License-Identifier: Apache-2.0 */
/* What the published documents say stands in the data, exactly and by name. */
#include "tests/unit/directory/rulebook.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const char *const every_area[] = {"london-2018", "crs-current", "merseyside", "norfolk"};
static struct directory *directory;

static void load_all(void)
{
	directory = test_area_load(every_area, 4);
}

static void load_london(void)
{
	directory = test_area_load(every_area, 1);
}

static void unload(void)
{
	directory_destroy(directory);
}

static const struct directory_service *service(const char *id)
{
	const struct directory_service *found = directory_service_find(directory, str_from(id));
	cr_assert_not_null(found, "no service %s", id);
	return found;
}

static bool lists(const struct directory_list *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_is(list->items[i], word)) {
			return true;
		}
	}
	return false;
}

/* The service covers these authorities by name, and no other. */
static void covers(const char *id, const char *const *names, size_t count)
{
	const struct directory_service *found = service(id);
	cr_expect_eq(
		found->authorities.count, count, "%s covers %zu", id, found->authorities.count);
	for (size_t i = 0; i < count; i++) {
		const struct directory_authority *authority =
			directory_authority_by_name(str_from(names[i]));
		bool there = false;
		cr_assert_not_null(authority, "%s", names[i]);
		for (size_t a = 0; a < found->authorities.count; a++) {
			there = there || str_equal(found->authorities.items[a], authority->code);
		}
		cr_expect(there, "%s does not cover %s", id, names[i]);
	}
}
#define COVERS(id, ...)                                \
	covers(id, (const char *const[]){__VA_ARGS__}, \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void window(const char *id, const char *from, const char *to)
{
	const struct directory_service *found = service(id);
	date_days day = INT32_MIN;
	cr_expect(from == NULL || date_parse(str_from(from), &day) == ERR_OK);
	cr_expect_eq(found->window_from, day, "%s begins on another day", id);
	day = INT32_MAX;
	cr_expect(to == NULL || date_parse(str_from(to), &day) == ERR_OK);
	cr_expect_eq(found->window_to, day, "%s ends on another day", id);
}

/* Leads at the authority, by its position in `services`. */
static size_t leads_at(const char *name)
{
	const struct directory_authority *authority = directory_authority_by_name(str_from(name));
	const uint32_t *positions;
	size_t leads = 0;
	cr_assert_not_null(authority);
	const size_t count = directory_at_authority(directory, authority->code, &positions);
	for (size_t i = 0; i < count; i++) {
		cr_assert(i == 0 || positions[i - 1] < positions[i]);
		leads += directory->services[positions[i]].role == DIRECTORY_LEAD;
	}
	return leads;
}

Test(data, each_area_loads_alone)
{
	for (size_t i = 0; i < 4; i++) {
		directory = test_area_load(&every_area[i], 1);
		cr_assert_gt(directory->service_count, 0);
		unload();
	}
}

Test(data, services_and_organisations_stand_in_order, .init = load_all, .fini = unload)
{
	for (size_t i = 1; i < directory->service_count; i++) {
		cr_assert_lt(
			str_compare(directory->services[i - 1].id, directory->services[i].id), 0);
	}
	for (size_t i = 1; i < directory->organisation_count; i++) {
		cr_assert_lt(str_compare(directory->organisations[i - 1].id,
				     directory->organisations[i].id),
			0);
	}
	cr_assert_null(directory_service_find(directory, STR("no-such-service")));
	cr_assert_null(directory_organisation_find(directory, STR("no-such-organisation")));
}

Test(data, the_rate_card_covers_20_authorities, .init = load_london, .fini = unload)
{
	COVERS("advance-minerva-crc", "Barking and Dagenham", "Havering", "Redbridge",
		"Waltham Forest", "Newham", "Hackney", "Haringey", "Enfield", "Camden", "Islington",
		"Kensington and Chelsea", "Westminster", "Hammersmith and Fulham", "Brent",
		"Ealing", "Hounslow", "Hillingdon", "Southwark", "Lewisham", "Croydon");
	const struct directory_service *crc = service("advance-minerva-crc");
	cr_expect_eq(crc->authorities.count, 20);
	cr_expect_eq(crc->caseload, 500);
	cr_expect_eq(crc->per_year, 950);
	cr_expect_eq(crc->referrer_parties.count, 2);
	cr_expect_eq(crc->referrer_kinds.count, 0);
	cr_expect(lists(&crc->referrer_parties, "london-crc"));
	cr_expect(lists(&crc->referrer_parties, "nps-london"));
	window("advance-minerva-crc", NULL, "2020-03-31");
}

Test(data, wraparound_covers_15_authorities, .init = load_london, .fini = unload)
{
	COVERS("advance-minerva-wraparound", "Barking and Dagenham", "Brent", "Camden", "Ealing",
		"Hammersmith and Fulham", "Hounslow", "Haringey", "Harrow", "Havering",
		"Hillingdon", "Islington", "Kensington and Chelsea", "Newham", "Waltham Forest",
		"Westminster");
	const struct directory_service *wrap = service("advance-minerva-wraparound");
	cr_expect_eq(wrap->authorities.count, 15);
	cr_expect_eq(wrap->caseload, 360);
	cr_expect_eq(wrap->per_year, 700);
	cr_expect_eq(wrap->partners.count, 11);
	cr_expect_eq(wrap->pathways.count, 6);
	cr_expect_not(wrap->eligibility.items[0].ask, "15 is a bar");
	cr_expect(wrap->eligibility.items[1].ask, "another gender is a question");
	window("advance-minerva-wraparound", "2018-07-01", "2021-03-31");
}

Test(data, the_south_london_alliance_covers_6_authorities, .init = load_london, .fini = unload)
{
	COVERS("south-london-alliance", "Croydon", "Lambeth", "Lewisham", "Southwark", "Sutton",
		"Wandsworth");
	const struct directory_service *alliance = service("south-london-alliance");
	cr_expect_eq(alliance->authorities.count, 6);
	cr_expect_eq(alliance->caseload, -1, "its capacity is not stated");
	cr_expect(str_is(alliance->organisation->id, "women-in-prison"));
	window("south-london-alliance", "2018-07-01", "2021-03-31");
	for (size_t i = 0; i < alliance->eligibility.count; i++) {
		cr_expect(alliance->eligibility.items[i].ask, "nothing bars, all asks");
	}
}

Test(data, where_nothing_is_contracted_there_is_no_lead, .init = load_london, .fini = unload)
{
	static const char *const without[] = {"Barnet", "Bexley", "Bromley", "Kingston upon Thames",
		"Merton", "Richmond upon Thames", "Tower Hamlets", "Greenwich", "City of London"};
	static const char *const rate_card_alone[] = {"Enfield", "Hackney", "Redbridge"};
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
		cr_expect_eq(leads_at(without[i]), 0, "%s", without[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		cr_expect_eq(leads_at(rate_card_alone[i]), 1, "%s", rate_card_alone[i]);
	}
	cr_expect_eq(leads_at("Lambeth"), 1);
	cr_expect_eq(leads_at("Camden"), 2);
}

Test(data, every_london_authority_has_its_duty_to_refer, .init = load_london, .fini = unload)
{
	size_t count;
	size_t london = 0;
	const struct directory_authority *all = directory_authorities(&count);
	for (size_t i = 0; i < count; i++) {
		const uint32_t *positions;
		const size_t here = directory_at_authority(directory, all[i].code, &positions);
		size_t duty = 0;
		for (size_t p = 0; p < here; p++) {
			const struct directory_service *at = &directory->services[positions[p]];
			if (at->role == DIRECTORY_DUTY) {
				cr_expect_eq(at->lead_days, 56);
				cr_expect_eq(at->authorities.count, 1);
				cr_expect(str_is(at->organisation->party_kind, "local-authority"));
				duty++;
			}
		}
		const bool in_london = str_is(all[i].region, "London");
		cr_expect_eq(duty, in_london ? 1 : 0, "%.*s", STR_ARG(all[i].name));
		london += in_london;
	}
	cr_expect_eq(london, 33);
	cr_expect(str_is(service("duty-to-refer-kingston-upon-thames")->delivery_party,
		"housing-kingston-upon-thames"));
}

Test(data, the_worker_for_foreign_nationals_is_shared, .init = load_london, .fini = unload)
{
	const struct directory_service *worker = service("hibiscus-foreign-national-worker");
	cr_expect_eq(worker->authorities.count, 21);
	cr_expect(lists(&worker->specialist_groups, "foreign-national"));
	cr_expect_not(lists(&worker->needs, "immigration-advice"), "it is not stated");
	cr_expect(str_is(worker->pool, "foreign-national-key-worker"));
}

Test(data, what_is_not_stated_is_matched_nowhere, .init = load_london, .fini = unload)
{
	const uint32_t *positions;
	const size_t count = directory_not_stated(directory, &positions);
	bool pilot = false;
	cr_expect_gt(count, 30);
	for (size_t i = 0; i < count; i++) {
		const struct directory_service *at = &directory->services[positions[i]];
		cr_expect_not(at->area_stated);
		cr_expect_eq(at->authorities.count, 0);
		pilot = pilot || str_is(at->id, "police-diversion-pilot");
	}
	cr_expect(pilot);
	cr_expect_eq(service("women-at-the-well")->authorities.count, 0, "King's Cross is where");
}

Test(data, routing_is_as_agreed_for_each_partner, .init = load_london, .fini = unload)
{
	static const char *const advice[] = {"cpag", "imkaan", "muslim-hands", "stonewall",
		"human-trafficking-foundation", "clinks", "prison-reform-trust", "agenda"};
	static const char *const never[] = {"directors-of-childrens-services", "dwp", "home-office",
		"metropolitan-police", "mopac", "borough-public-health-teams"};
	for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		cr_expect_eq(service(advice[i])->routing, DIRECTORY_ADVICE_ONLY, "%s", advice[i]);
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		cr_expect_eq(service(never[i])->routing, DIRECTORY_NEVER, "%s", never[i]);
	}
}

Test(data, nothing_that_can_endanger_leaves_unsafely, .init = load_all, .fini = unload)
{
	for (size_t i = 0; i < directory->service_count; i++) {
		const struct directory_service *at = &directory->services[i];
		cr_expect(at->delivery_secret || at->agreement.count == 0, "%.*s", STR_ARG(at->id));
		for (size_t f = 0; f < at->agreement.count; f++) {
			cr_expect_not(
				str_has_prefix(at->agreement.items[f], STR("preferences.avoid")));
		}
	}
}

Test(data, todays_contracts_are_as_published, .init = load_all, .fini = unload)
{
	COVERS("crs-women-london-west", "Brent", "Camden", "Hammersmith and Fulham", "Hounslow",
		"Islington", "Kensington and Chelsea", "Kingston upon Thames",
		"Richmond upon Thames", "Westminster");
	COVERS("crs-women-london-east", "Barking and Dagenham", "City of London", "Enfield",
		"Hackney", "Haringey", "Havering", "Newham", "Redbridge", "Tower Hamlets",
		"Waltham Forest");
	COVERS("crs-women-london-south", "Bexley", "Bromley", "Croydon", "Greenwich", "Lambeth",
		"Lewisham", "Merton", "Southwark", "Sutton", "Wandsworth");
	COVERS("crs-women-merseyside", "Knowsley", "Liverpool", "St Helens", "Sefton", "Wirral");
	COVERS("crs-women-norfolk", "Breckland", "Broadland", "Great Yarmouth",
		"King's Lynn & West Norfolk", "North Norfolk", "Norwich", "South Norfolk");
	window("crs-women-london-west", "2022-12-02", NULL);
	window("crs-women-norfolk", "2021-01-01", NULL);
	const struct directory_service *west = service("crs-women-london-west");
	cr_expect_eq(west->needs.count, 7);
	cr_expect_eq(west->lead_days, 84);
	cr_expect_eq(west->lead_needs.count, 2);
	cr_expect(lists(&west->referrer_parties, "probation-london"));
	cr_expect_eq(west->partners.count, 7);
	cr_expect_not(west->eligibility.items[0].ask, "18 is a bar");
}

Test(data, merseyside_and_norfolk_are_whole, .init = load_all, .fini = unload)
{
	cr_expect_eq(service("savera-uk")->authorities.count, 5);
	cr_expect_eq(service("red-umbrella")->authorities.count, 5);
	cr_expect_eq(service("womens-services-alliance-diversion")->authorities.count, 5);
	cr_expect_eq(service("wonder")->authorities.count, 7);
	cr_expect_not(service("wonder")->needs_stated);
	cr_expect_eq(service("wonder")->role, DIRECTORY_LEAD);
}

Test(data, an_area_says_where_to_look_and_what_is_not_stated)
{
	const char *const areas[] = {"london-2018", "crs-current"};
	struct directory *both = test_area_load(areas, 2);
	cr_assert_eq(both->area_count, 2);
	const struct directory_area *today = &both->areas[0];
	const struct directory_area *london = &both->areas[1];
	cr_expect(str_is(today->id, "crs-current") && str_is(london->id, "london-2018"));
	cr_expect_eq(today->not_stated.count, 4);
	cr_expect_eq(london->authorities.count, 7);
	cr_assert_eq(london->not_stated.count, 2);
	cr_expect(str_is(london->not_stated.items[0], "E09000001"), "sorted by code");
	cr_expect(str_is(london->not_stated.items[1], "E09000011"));
	cr_expect(directory_service_find(both, STR("advance-minerva-crc"))->rate_card);
	cr_expect_not(directory_service_find(both, STR("south-london-alliance"))->rate_card);
	directory_destroy(both);
}
