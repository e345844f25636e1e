/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/review/fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define A "area/services/a.yaml:"

Test(review_one, says_nothing_of_a_good_service)
{
	SAYS("", "id", "id: a");
}

Test(review_one, a_slip_in_the_adapters_name_is_a_service_nobody_reaches)
{
	SAYS(A "16 delivery.adapter warning no-route\n", "delivery",
		"delivery: {party: centre, adapter: inbx, secret: true}");
	SAYS(A "16 delivery.adapter warning no-route\n", "delivery",
		"delivery: {party: centre, adapter: pigeon, secret: true}");
}

static const struct party somebody[] = {{.id = "centre", .kind = KIND_PROVIDER},
	{.id = "met-custody", .kind = KIND_POLICE},
	{.id = "revoked-court", .kind = KIND_COURT, .revoked = true}};

Test(review_one, a_provider_that_is_no_party_of_the_home_is_told)
{
	const struct parties nobody = {.items = &somebody[1], .count = 2};
	const struct parties all = {.items = somebody, .count = 3};
	for (int known = 0; known < 2; known++) {
		struct fixture fixture;
		fixture_init(&fixture);
		fixture.parties = known == 0 ? &nobody : &all;
		fixture_service(&fixture, "a", NULL);
		fixture_expect(&fixture, false,
			known == 0 ? A "16 delivery.party warning no-route\n" : "");
	}
	struct party gone = somebody[0];
	gone.revoked = true;
	const struct parties revoked = {.items = &gone, .count = 1};
	struct fixture fixture;
	fixture_init(&fixture);
	fixture.parties = &revoked;
	fixture_service(&fixture, "a", NULL);
	fixture_expect(&fixture, false, A "16 delivery.party warning no-route\n");
}

Test(review_one, a_sensitive_field_that_the_channel_cannot_carry_is_told)
{
	SAYS(A "17 agreement.fields[1] warning secrecy\n", "delivery",
		"delivery: {party: centre, adapter: inbox, secret: false}", "agreement",
		"agreement: {fields: [pathway, justice.prison, person.given_name]}");
	SAYS("", "agreement", "agreement: {fields: [justice.prison]}");
	/* Class 4 keeps it from coming into force. */
	SAYS(A "17 agreement.fields[0] error secrecy\n", "delivery",
		"delivery: {party: centre, adapter: inbox, secret: false}", "agreement",
		"agreement: {fields: [risk.marac]}");
}

Test(review_one, a_channel_that_seals_nothing_is_not_taken_for_secret)
{
	SAYS(A "16 delivery.secret warning secrecy\n", "delivery",
		"delivery: {party: centre, adapter: mail, address: x, secret: true}");
	SAYS(A "16 delivery.secret warning secrecy\n", "delivery",
		"delivery: {party: centre, adapter: folder, secret: true}");
	SAYS("", "delivery", "delivery: {party: centre, adapter: mail, address: x, secret: false}",
		"agreement", "agreement: {fields: [pathway]}");
}

Test(review_one, what_follows_from_an_error_is_not_told_beside_it)
{
	SAYS(A "1 delivery error missing\n", "delivery", "", "agreement",
		"agreement: {fields: [risk.marac, justice.prison]}");
	SAYS(A "16 delivery.secret error missing\n", "delivery",
		"delivery: {party: centre, adapter: inbox}", "agreement",
		"agreement: {fields: [risk.marac, justice.prison]}");
	SAYS(A "16 delivery.secret error invalid\n", "delivery",
		"delivery: {party: centre, adapter: inbox, secret: yes}", "agreement",
		"agreement: {fields: [risk.marac, justice.prison]}");
	SAYS(A "13 window error invalid\n", "window", "window: {from: 2019-07-01, to: 2019-05-01}");
}

Test(review_one, an_assurance_of_more_than_a_year_ago_is_stale)
{
	SAYS("", "assurance_date", "assurance_date: 2018-06-12");
	SAYS(A "20 assurance_date warning assurance\n", "assurance_date",
		"assurance_date: 2018-06-11");
	SAYS(A "20 assurance_date warning assurance\n", "assurance_date",
		"assurance_date: 2019-06-13");
}

Test(review_one, a_contract_that_ended_or_ends_soon_needs_a_successor)
{
	SAYS("", "window", "window: {from: 2018-07-01, to: 2019-09-11}");
	SAYS(A "13 window warning ends-soon\n", "window",
		"window: {from: 2018-07-01, to: 2019-09-10}");
	SAYS(A "13 window warning ends-soon\n", "window",
		"window: {from: 2018-07-01, to: 2019-06-12}");
	SAYS(A "13 window warning ended\n", "window", "window: {from: 2018-07-01, to: 2019-06-11}");
	SAYS(A "13 window warning ended\n", "window", "window: {from: 2018-04-01, to: 2018-06-12}");
	SAYS("", "window", "window: {from: 2018-04-01, to: 2018-06-11}");
}

Test(review_one, a_code_that_ends_while_the_contract_runs_is_told_once_it_is_not_covered_on)
{
	SAYS(A "7 authorities warning code-ends\n", "authorities", "authorities: [Corby]", "window",
		"window: {from: 2018-04-01, to: 2022-03-31}");
	SAYS("", "authorities", "authorities: [Corby]", "window",
		"window: {from: 2018-04-01, to: 2021-03-31}");
	SAYS("", "authorities", "authorities: [Corby, North Northamptonshire]", "window",
		"window: {from: 2018-04-01, to: 2022-03-31}");
	/* A moved boundary: both codes are covered by themselves. */
	SAYS("", "authorities", "authorities: [Sheffield]", "window", "window: {from: 2018-04-01}");
}

Test(review_one, an_intake_that_a_file_holds_closed_and_no_room_are_told)
{
	SAYS(A "15 intake warning paused\n", "intake", "intake: paused");
	SAYS(A "14 capacity.caseload warning no-room\n", "capacity", "capacity: {caseload: 0}");
	SAYS(A "14 capacity.per_year warning no-room\n", "capacity", "capacity: {per_year: 0}");
	SAYS("", "capacity", "capacity: {caseload: 1, per_year: 1}");
	SAYS("", "capacity", "capacity: {caseload: 0, waiting_list: 3}");
	SAYS("", "capacity",
		"capacity: {caseload: 0, overrides: [{from: 2020-01-01, to: 2020-12-31, caseload: "
		"9}]}");
	SAYS(A "14 capacity.overrides[0] warning no-effect\n", "capacity",
		"capacity: {overrides: [{from: 2017-01-01, to: 2017-12-31, caseload: 9}]}");
}

Test(review_one, a_specialist_that_states_nothing_is_chosen_for_nobody)
{
	SAYS(A "9 needs warning takes-no-need\n", "role", "role: specialist", "needs",
		"needs: not-stated");
	SAYS("", "role", "role: specialist", "needs", "needs: not-stated", "",
		"specialist_groups: [lgbt]");
	SAYS("", "needs", "needs: not-stated");
}

Test(review_one, hours_and_languages_that_nobody_can_read_are_told)
{
	SAYS(A "19 opening_hours warning unread\n", "opening_hours", "opening_hours: most days");
	SAYS("", "opening_hours", "opening_hours: Tue and Thu 10am to 4pm");
	SAYS(A "18 languages[1] warning unread\n", "languages", "languages: [so, xq]");
	SAYS("", "languages", "languages: [uk, zh-hant, ckb]");
}

Test(review_one, days_before_release_say_nothing_without_resettlement)
{
	SAYS(A "22 lead_days warning no-effect\n", "", "lead_days: 84");
	SAYS("", "", "lead_days: 84", "pathways", "pathways: [resettlement]", "referrers",
		"referrers: {kinds: [prison]}");
}

Test(review_one, nothing_more_is_said_of_what_is_over_or_not_routable)
{
	SAYS("", "routing", "routing: advice-only", "capacity", "capacity: {caseload: 0}",
		"assurance_date", "assurance_date: 2001-01-01");
	SAYS("", "window", "window: {from: 2015-01-01, to: 2016-01-01}", "intake", "intake: paused",
		"assurance_date", "assurance_date: 2001-01-01");
}

Test(review_one, what_is_not_stated_is_one_line_for_all)
{
	struct fixture fixture;
	fixture_init(&fixture);
	for (int i = 0; i < 5; i++) {
		const char id[] = {(char)('a' + i), '\0'};
		fixture_service(&fixture, id,
			(const char *const[]){"authorities", "area: not-stated", "assurance_date",
				"assurance_date: not-stated", "referrers", "", NULL});
	}
	char *said = fixture_said(&fixture, true);
	cr_expect_str_eq(said,
		":0 area note not-stated\n:0 assurance_date note not-stated\n"
		":0 referrers note not-stated\n",
		"%s", said);
	cr_expect(str_is(fixture.review.items[0].message,
		"is not stated, so that it is chosen for nobody: a, b, c and 2 more"));
	cr_expect_eq(fixture.review.warnings, 0);
	free(said);
	fixture_finish(&fixture);
}

Test(review_one, a_contract_of_years_later_is_not_offered_as_what_follows)
{
	struct fixture fixture;
	fixture_init(&fixture);
	fixture_service(&fixture, "a",
		(const char *const[]){
			"window", "window: {from: 2018-07-01, to: 2019-07-31}", NULL});
	fixture_service(
		&fixture, "b", (const char *const[]){"window", "window: {from: 2021-06-26}", NULL});
	free(fixture_said(&fixture, false));
	cr_assert_geq(fixture.review.warnings, 1);
	cr_expect_str_eq(fixture.review.items[0].code, "ends-soon");
	cr_expect_eq(fixture.review.items[0].suggestion.len, 0);
	fixture_finish(&fixture);
}

Test(review_one, who_may_have_been_meant_to_follow_is_offered)
{
	static const char *const ending[] = {
		"window", "window: {from: 2018-07-01, to: 2019-07-31}", NULL};
	static const char *const next[] = {"window", "window: {from: 2019-08-01}", "authorities",
		"authorities: [Islington]", NULL};
	for (int others = 1; others <= 2; others++) {
		struct fixture fixture;
		fixture_init(&fixture);
		fixture_service(&fixture, "a", ending);
		for (int i = 0; i < others; i++) {
			fixture_service(&fixture, i == 0 ? "b" : "c", next);
		}
		free(fixture_said(&fixture, false));
		cr_assert_geq(fixture.review.warnings, 1);
		cr_expect_str_eq(fixture.review.items[0].code, "ends-soon");
		/* Nothing is guessed where there are two. */
		cr_expect(str_is(fixture.review.items[0].suggestion, others == 1 ? "b" : ""));
		fixture_finish(&fixture);
	}
}
