/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/review/fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define A "area/services/a.yaml:"
#define B "area/services/b.yaml:"

static void two(const char *const *first, const char *const *second, const char *wanted)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_service(&fixture, "a", first);
	fixture_service(&fixture, "b", second);
	fixture_expect(&fixture, false, wanted);
}
#define WITH(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(review_between, an_organisation_nobody_uses_is_told)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_file(&fixture, "area/organisations/trust.yaml",
		"name: Trust\nid: trust\nparty_kind: not-stated\n");
	fixture_file(&fixture, "area/organisations/police.yaml",
		"id: police\nname: Police\nparty_kind: police\n");
	fixture_file(&fixture, "area/organisations/partner.yaml",
		"id: partner\nname: Partner\nparty_kind: not-stated\n");
	fixture_service(&fixture, "a",
		WITH("", "partners: [partner]", "referrers",
			"referrers: {parties: [police], kinds: [police, probation]}"));
	fixture_expect(&fixture, false, "area/organisations/trust.yaml:2 id warning unused\n");
}

Test(review_between, services_that_differ_in_their_id_alone_are_told)
{
	two(WITH("id", "id: a"), WITH("opening_hours", "opening_hours: daily 9-5"),
		B "1 id warning duplicate\n");
	two(WITH("id", "id: a"), WITH("needs", "needs: [accommodation]"), "");
	/* Two centres in one borough. */
	two(WITH("", "description: By the station."), WITH("", "description: At the park."), "");
	two(WITH("id", "id: a"), WITH("authorities", "authorities: [Camden]"), "");
	two(WITH("id", "id: a"),
		WITH("window", "window: {from: 2018-07-01, to: 2025-01-01}", "needs",
			"needs: [accommodation]"),
		"");
}

Test(review_between, two_services_of_one_name_cannot_be_told_apart)
{
	two(WITH("name", "name: Same", "authorities", "authorities: [Camden]"),
		WITH("name", "name: Same", "authorities", "authorities: [Barnet]"),
		B "2 name warning duplicate\n");
	two(WITH("name", "name: Same", "window", "window: {from: 2018-01-01, to: 2019-12-31}"),
		WITH("name", "name: Same", "window", "window: {from: 2020-01-01}"), "");
}

Test(review_between, pools_whose_names_differ_by_a_letter_are_told)
{
	two(WITH("capacity", "capacity: {pool: workers}"),
		WITH("capacity", "capacity: {pool: worker}", "needs", "needs: [accommodation]"),
		A "14 capacity.pool warning no-effect\n" B "14 capacity.pool warning no-effect\n");
	two(WITH("capacity", "capacity: {pool: workers}"),
		WITH("capacity", "capacity: {pool: workers}", "needs", "needs: [accommodation]"),
		"");
	two(WITH("capacity", "capacity: {pool: workers}"),
		WITH("capacity", "capacity: {pool: bed-places}", "needs", "needs: [accommodation]"),
		"");
}

/* What each council calls its own duty is no confusion; two in one place are. */
Test(review_between, a_name_that_others_use_elsewhere_is_nothing_to_tell)
{
	for (int together = 0; together < 2; together++) {
		struct fixture fixture;
		fixture_init(&fixture);
		fixture_file(&fixture, "area/organisations/council.yaml",
			"id: council\nname: Council\nparty_kind: local-authority\n");
		fixture_service(&fixture, "a",
			WITH("name", "name: Housing", "authorities", "authorities: [Camden]"));
		fixture_service(&fixture, "b",
			WITH("name", "name: Housing", "organisation", "organisation: council",
				"authorities",
				together ? "authorities: [Camden]" : "authorities: [Barnet]"));
		fixture_expect(&fixture, false, together ? B "2 name warning duplicate\n" : "");
	}
}

/* -- successors -- */

static void follows(const char *const *second, const char *wanted)
{
	two(WITH("window", "window: {from: 2018-07-01, to: 2019-07-31}", "", "successor: b"),
		second, wanted);
}

Test(review_successor, who_can_take_on_everybody_is_nothing_to_tell)
{
	follows(WITH("window", "window: {from: 2019-08-01}"), "");
	follows(WITH("window", "window: {from: 2018-07-01}", "needs", "needs: not-stated"), "");
}

Test(review_successor, what_it_cannot_take_on_is_told)
{
	follows(WITH("window", "window: {from: 2019-08-02}"), A "22 successor warning successor\n");
	follows(WITH("window", "window: {from: 2018-08-01, to: 2019-07-31}"),
		A "22 successor warning successor\n" B "13 window warning ends-soon\n");
	follows(WITH("window", "window: {from: 2019-08-01}", "authorities",
			"authorities: [Camden]"),
		A "22 successor warning successor\n");
	follows(WITH("window", "window: {from: 2019-08-01}", "needs", "needs: [poverty-debt]"),
		A "22 successor warning successor\n");
	follows(WITH("window", "window: {from: 2019-08-01}", "pathways", "pathways: [diversion]",
			"referrers", "referrers: {kinds: [police]}"),
		A "22 successor warning successor\n");
	follows(WITH("window", "window: {from: 2019-08-01}", "routing", "routing: never"),
		A "22 successor warning successor\n");
}

Test(review_successor, one_that_is_less_careful_than_the_one_before_it_is_told)
{
	static const char *const said = A "22 successor warning successor\n";
	two(WITH("window", "window: {from: 2018-07-01, to: 2019-07-31}", "",
		    "successor: b\nconfidential_location: true"),
		WITH("window", "window: {from: 2019-08-01}"), said);
	follows(WITH("window", "window: {from: 2019-08-01}", "women_specific",
			"women_specific: false"),
		said);
	follows(WITH("window", "window: {from: 2019-08-01}", "delivery",
			"delivery: {party: centre, adapter: inbox, secret: false}", "agreement",
			"agreement: {fields: [pathway]}"),
		said);
	follows(WITH("window", "window: {from: 2019-08-01}", "intake", "intake: paused"),
		A "22 successor warning successor\n" B "15 intake warning paused\n");
	follows(WITH("window", "window: {from: 2019-08-01}", "capacity", "capacity: {caseload: 0}"),
		A "22 successor warning successor\n" B "14 capacity.caseload warning no-room\n");
}

Test(review_successor, after_a_contract_without_an_end_is_never_needed)
{
	two(WITH("", "successor: b"),
		WITH("opening_hours", "opening_hours: daily 9-5", "needs",
			"needs: [accommodation, poverty-debt, recall]"),
		A "22 successor warning no-effect\n");
}

Test(review_between, a_file_copied_into_another_area_is_told_once)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_service(&fixture, "a", NULL);
	fixture_file(&fixture, "other/area.yaml", "id: other\ntitle: Other\n");
	fixture_file(&fixture, "other/services/a.yaml", fixture.items[2].bytes.ptr);
	fixture_expect(&fixture, false, "other/services/a.yaml:1 id error duplicate\n");
}

Test(review_between, a_name_that_is_blank_names_nothing)
{
	two(WITH("name", "name: \"   \""), WITH("needs", "needs: [accommodation]"),
		A "2 name error invalid\n");
}

Test(review_successor, of_a_code_that_was_replaced_the_other_will_do)
{
	two(WITH("window", "window: {from: 2018-07-01, to: 2024-03-31}", "", "successor: b",
		    "authorities", "authorities: [E08000019]"),
		WITH("window", "window: {from: 2024-04-01}", "authorities",
			"authorities: [Sheffield]"),
		"");
}

/* -- who may refer -- */

Test(review_referrer, a_kind_that_refers_on_no_pathway_of_it_is_told)
{
	two(WITH("referrers", "referrers: {kinds: [police, probation, prison]}"), NULL,
		A "10 referrers.kinds[2] warning no-effect\n");
	two(WITH("referrers", "referrers: {kinds: [police, provider, probation]}"), NULL,
		A "10 referrers.kinds[1] warning no-effect\n");
}

Test(review_referrer, a_pathway_that_nobody_refers_on_is_told)
{
	two(WITH("referrers", "referrers: {kinds: [police]}"), NULL,
		A "8 pathways warning no-referrer\n");
	two(WITH("referrers", "referrers: {kinds: [coordinator]}"), NULL, "");
	/* Without a home nobody knows what kind of party that is. */
	two(WITH("referrers", "referrers: {kinds: [police], parties: [somebody]}"), NULL, "");
}

Test(review_referrer, with_a_home_the_kind_of_a_party_named_is_known)
{
	static const struct party items[] = {
		{.id = "centre", .kind = KIND_PROVIDER}, {.id = "met", .kind = KIND_POLICE}};
	const struct parties parties = {.items = items, .count = 2};
	struct fixture fixture;
	fixture_init(&fixture);
	fixture.parties = &parties;
	fixture_service(&fixture, "a",
		WITH("referrers", "referrers: {parties: [met, stranger], kinds: [police]}"));
	fixture_expect(&fixture, true,
		A "8 pathways warning no-referrer\n:0 referrers.parties note no-party\n");
}

Test(review_referrer, a_slip_in_the_id_of_a_source_sends_its_referrals_elsewhere)
{
	static const struct party items[] = {{.id = "centre", .kind = KIND_PROVIDER},
		{.id = "nps-london", .kind = KIND_PROBATION}};
	const struct parties parties = {.items = items, .count = 2};
	struct fixture fixture;
	fixture_init(&fixture);
	fixture.parties = &parties;
	fixture_service(&fixture, "a",
		WITH("referrers", "referrers: {parties: [nps-londn], kinds: [police, probation]}"));
	fixture_expect(&fixture, true, A "10 referrers.parties warning no-party\n");
	/* One that the directory knows has only not joined yet. */
	fixture_init(&fixture);
	fixture.parties = &parties;
	fixture_file(&fixture, "area/organisations/nps-londen.yaml",
		"id: nps-londen\nname: Other\nparty_kind: probation\n");
	fixture_service(&fixture, "a",
		WITH("referrers",
			"referrers: {parties: [nps-londen], kinds: [police, probation]}"));
	fixture_expect(&fixture, true, ":0 referrers.parties note no-party\n");
}

/* -- parts of a directory -- */

Test(review, of_one_area_says_nothing_of_the_others)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_service(&fixture, "a", WITH("intake", "intake: paused"));
	fixture_file(&fixture, "other/services/bad.yaml", "id: bad\n");
	fixture_file(&fixture, "other/organisations/trust.yaml",
		"id: trust\nname: Trust\nparty_kind: not-stated\n");
	fixture.only = STR("area/");
	char *said = fixture_said(&fixture, true);
	cr_expect_str_eq(said, A "15 intake warning paused\n", "%s", said);
	cr_expect_eq(fixture.review.services, 1);
	cr_expect_eq(fixture.review.areas, 1);
	cr_expect_eq(fixture.review.errors, 0);
	free(said);
	fixture_finish(&fixture);
}

Test(review, errors_in_one_file_hide_nothing_in_the_others)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_service(&fixture, "a", WITH("intake", "intake: paused"));
	fixture_service(&fixture, "b", WITH("needs", "needs: [acommodation]"));
	fixture_file(&fixture, "area/services/c.yaml", "id: [\n");
	fixture_expect(&fixture, false,
		A "15 intake warning paused\n" B "9 needs[0] error unknown-word\n"
		  "area/services/c.yaml:2  error not-yaml\n");
}

Test(review, what_only_follows_from_a_mistake_is_not_told_beside_it)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_file(&fixture, "area/organisations/trust.yaml",
		"id: trust\nname: Trust\nparty_kind: not-stated\n");
	fixture_service(&fixture, "a",
		WITH("organisation", "organisation: trust", "referrers",
			"referrers: {kinds: [police, probtion]}"));
	fixture_service(&fixture, "b",
		WITH("organisation", "organisation: trest", "window",
			"window: {from: 2018-07-01, to: 2019-07-31}", "", "successor: a"));
	fixture_expect(&fixture, false,
		A "10 referrers.kinds[1] error unknown-word\n" B
		  "3 organisation error unknown-word\n");
}

Test(review, what_a_folder_holds_that_cannot_be_taken_in_is_told_with_the_rest)
{
	struct directory_refusal items[] = {
		{STR("other/x.yml"), "would be passed over"}, {STR("area/link.yaml"), "a link"}};
	const struct directory_refusals refusals = {.items = items, .count = 2};
	struct fixture fixture;
	fixture_init(&fixture);
	fixture.refusals = &refusals;
	fixture_service(&fixture, "a", WITH("intake", "intake: paused"));
	fixture_expect(&fixture, false,
		"area/link.yaml:0  error refused\n" A "15 intake warning paused\n"
		"other/x.yml:0  error refused\n");
}
