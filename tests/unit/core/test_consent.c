/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct fixture fixture;

static void setup(void)
{
	fixture_init(&fixture);
}

static void teardown(void)
{
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

TestSuite(consent, .init = setup, .fini = teardown);

static bool has_alert(const char *reference, const char *reason)
{
	cr_assert_eq(fixture_show(&fixture, "coordinator-london", reference), ERR_OK);
	return fixture_tells(&fixture.reply.body, "alert") &&
	       fixture_tells(&fixture.reply.body, reason);
}

Test(consent, what_she_took_back_before_it_left_never_leaves)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022",
			"{\"contact\":{\"phone\":\"OLDPHONE\",\"instruction\":\"text only\"}}");
	fixture_amend(&fixture, "met-custody", reference, "{\"contact\":{\"phone\":\"NEWPHONE\"}}");
	cr_assert_eq(
		fixture_withdraw(&fixture, "met-custody", reference, "consent-withdrawn"), ERR_OK);
	struct core_delivery delivery;
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert(str_is(value_get_str(&delivery.body, "kind"), "withdrawn"));
	cr_assert_not(fixture_route_hears(&fixture, "women-in-prison", "PHONE"));
}

Test(consent, a_refusal_beats_an_agreement_that_is_not_newer)
{
	static const char *const refusals[] = {
		"{\"purpose\":\"refer\",\"state\":\"withheld\",\"recipients\":"
		"[\"south-london-alliance\"],\"needs\":\"all\"}",
		"{\"purpose\":\"refer\",\"state\":\"withdrawn\"}",
	};
	for (size_t i = 0; i < 2; i++) {
		char ref[8];
		(void)snprintf(ref, sizeof(ref), "%zu", i);
		const struct str more = arena_printf(&fixture.arena,
			"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
			"\"any-eligible\",\"needs\":\"all\"},%s]}",
			refusals[i]);
		(void)fixture_refer(
			&fixture, "met-custody", ref, "diversion", "E09000022", more.ptr);
		cr_assert_eq(fixture_count(&fixture, "legs"), 0);
	}
	(void)fixture_refer(&fixture, "met-custody", "later", "diversion", "E09000022",
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"withdrawn\",\"recorded_at\":"
		"\"2019-06-12T10:00:00Z\"},{\"purpose\":\"refer\",\"state\":\"given\","
		"\"recipients\":"
		"\"any-eligible\",\"needs\":\"all\",\"recorded_at\":\"2019-06-12T12:00:00Z\"}]}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 1);
}

Test(consent, a_need_she_keeps_to_herself_is_not_told_and_is_no_gap)
{
	(void)fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022",
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"domestic-sexual-abuse\","
		"\"note\":\"SECRETNOTE\"}],\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\","
		"\"recipients\":\"any-eligible\",\"needs\":[\"accommodation\"]}]}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 1);
	cr_assert_eq(fixture_count(&fixture, "gaps"), 0);
	cr_assert_not(fixture_route_hears(&fixture, "women-in-prison", "SECRETNOTE"));
}

Test(consent, what_is_to_be_confirmed_waits_even_beside_what_is_given)
{
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022",
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"[\"some-other-service\"],\"needs\":\"all\"},{\"purpose\":\"refer\",\"state\":"
		"\"to-confirm\",\"recipients\":\"any-eligible\",\"needs\":\"all\"}]}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 0);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
	cr_assert_str_eq(fixture_text(&fixture, "questions[0]"), "consent");
	fixture_amend(&fixture, "met-custody", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"\"any-eligible\",\"needs\":\"all\"}]}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 1);
}

Test(consent, a_girl_who_cannot_consent_alone_is_not_sent_on_her_yes)
{
	(void)fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000007",
		"{\"person\":{\"date_of_birth\":\"2003-09-01\"},\"youth\":"
		"{\"competent_to_consent\":false}}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 0);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
}

Test(consent, a_place_she_must_avoid_is_left_as_soon_as_she_says_so)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	fixture_amend(&fixture, "met-custody", reference,
		"{\"preferences\":{\"avoid\":{\"services\":[\"south-london-alliance\"]}}}");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "withdrawn");
	cr_assert_not(fixture_route_hears(&fixture, "women-in-prison", "Invented"));
}

Test(consent, narrowed_consent_narrows_the_leg_and_what_it_is_told)
{
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022",
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"domestic-sexual-abuse\","
		"\"note\":\"SECRETNOTE\"}]}");
	cr_assert(fixture_route_hears(&fixture, "women-in-prison", "SECRETNOTE"));
	fixture_amend(&fixture, "met-custody", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"\"any-eligible\",\"needs\":[\"accommodation\"]}]}");
	cr_assert_eq(fixture_count(&fixture, "legs[0].needs"), 1);
	cr_assert_eq(fixture_count(&fixture, "gaps"), 0);
	struct core_delivery delivery;
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert(str_is(value_get_str(&delivery.body, "kind"), "amended"));
	cr_assert_not(fixture_route_hears(&fixture, "women-in-prison", "SECRETNOTE"));
}

Test(consent, a_need_that_comes_later_goes_to_the_lead_that_takes_it)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	(void)fixture_deliver(&fixture, "women-in-prison");
	fixture_amend(&fixture, "met-custody", reference,
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"poverty-debt\"}]}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 1);
	cr_assert_eq(fixture_count(&fixture, "legs[0].needs"), 2);
	cr_assert_eq(fixture_count(&fixture, "gaps"), 0);
	cr_assert(fixture_route_hears(&fixture, "women-in-prison", "poverty-debt"));
}

Test(consent, a_change_or_a_stop_that_cannot_be_delivered_reaches_a_person)
{
	struct core_delivery delivery;
	const char *changed = fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022",
		"{\"contact\":{\"safe_to_call\":true,\"instruction\":\"any time\"}}");
	(void)fixture_deliver(&fixture, "women-in-prison");
	fixture_amend(&fixture, "met-custody", changed, "{\"contact\":{\"safe_to_call\":false}}");
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(
		fixture_receipt(&fixture, "women-in-prison", delivery.id, "undeliverable"), ERR_OK);
	cr_assert(has_alert(changed, "change-undelivered"));

	const char *stopped =
		fixture_refer(&fixture, "met-custody", "2", "diversion", "E09000022", NULL);
	(void)fixture_deliver(&fixture, "women-in-prison");
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", stopped, "her-decision"), ERR_OK);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(
		fixture_receipt(&fixture, "women-in-prison", delivery.id, "undeliverable"), ERR_OK);
	cr_assert(has_alert(stopped, "stop-undelivered"));
}

Test(consent, immediate_risk_alerts_whenever_it_is_said)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	fixture_amend(&fixture, "met-custody", reference, "{\"risk\":{\"self\":\"immediate\"}}");
	cr_assert(has_alert(reference, "immediate-risk"));
	const char *at_once = fixture_refer(&fixture, "met-custody", "2", "diversion", "E09000022",
		"{\"risk\":{\"self\":\"immediate\"}}");
	cr_assert(strlen(fixture_text(&fixture, "emergency")) > 0);
	cr_assert(has_alert(at_once, "immediate-risk"));
	/* Whoever runs the machines learns that it is urgent, not why. */
	cr_assert_eq(fixture_show(&fixture, "operator", at_once), ERR_OK);
	cr_assert_eq(strlen(fixture_text(&fixture, "emergency")), 0);
	cr_assert_not(fixture_tells(&fixture.reply.body, "immediate"));
	cr_assert(fixture_tells(&fixture.reply.body, "urgent"));
	cr_assert_eq(fixture_show(&fixture, "coordinator-london", at_once), ERR_OK);
	cr_assert(strlen(fixture_text(&fixture, "emergency")) > 0);
}

Test(consent, a_provider_that_declines_hears_nothing_of_her_other_wishes)
{
	char leg[24];
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022", "{\"preferences\":{\"specialist\":[\"lgbt\",\"ethnicity-faith\"]}}");
	(void)fixture_deliver(&fixture, "women-in-prison");
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(
		fixture_act(&fixture, "women-in-prison", leg, "declined", "no-capacity"), ERR_OK);
	cr_assert_null(value_get(&fixture.reply.body, STR("advice")));
	cr_assert_not(fixture_tells(&fixture.reply.body, "stonewall"));
}

Test(consent, of_what_is_over_the_inbox_shows_nothing_again)
{
	char leg[24];
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	(void)fixture_deliver(&fixture, "women-in-prison");
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(
		fixture_act(&fixture, "women-in-prison", leg, "declined", "no-capacity"), ERR_OK);
	const struct wire_request inbox = {.header = {WIRE_INBOX, 1}, .state = STR("declined")};
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &inbox), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "items"), 1);
	cr_assert_not(fixture_tells(&fixture.reply.body, "Invented"));
}

Test(consent, a_list_is_no_way_to_find_out_about_others)
{
	char leg[24];
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022", "{\"preferences\":{\"specialist\":[\"foreign-national\"]}}");
	(void)fixture_deliver(&fixture, "women-in-prison");
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "accepted", NULL), ERR_OK);
	const struct wire_request list = {.header = {WIRE_LIST, 1},
		.service = STR("south-london-alliance"),
		.state = STR("accepted")};
	core_read(fixture.core, fixture_party("hibiscus"), &list, fixture.now, &fixture.arena,
		&fixture.reply);
	cr_assert_eq(fixture_count(&fixture, "items"), 0);
	core_read(fixture.core, fixture_party("met-custody"), &list, fixture.now, &fixture.arena,
		&fixture.reply);
	cr_assert_eq(fixture_count(&fixture, "items"), 1);
}

Test(consent, a_wish_is_met_once)
{
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022", "{\"preferences\":{\"specialist\":[\"foreign-national\"]}}");
	const size_t legs = fixture_count(&fixture, "legs");
	fixture_amend(&fixture, "met-custody", reference, "{\"officer\":{\"name\":\"Another\"}}");
	cr_assert_eq(fixture_count(&fixture, "legs"), legs);
	struct core_delivery before;
	struct core_delivery after;
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &before));
	fixture_amend(&fixture, "met-custody", reference, "{\"officer\":{\"name\":\"Another\"}}");
	cr_assert(value_get_bool(&fixture.reply.body, "duplicate", false));
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &after));
	cr_assert(id_equal(before.id, after.id));
}

Test(consent, a_second_legs_no_opens_no_gap_that_the_first_closes)
{
	char leg[24];
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022", "{\"preferences\":{\"specialist\":[\"foreign-national\"]}}");
	(void)fixture_deliver(&fixture, "hibiscus");
	(void)snprintf(leg, sizeof(leg), "%s/2", reference);
	cr_assert_eq(fixture_act(&fixture, "hibiscus", leg, "declined", "no-capacity"), ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "gaps"), 0);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
}

Test(consent, consent_given_again_opens_the_service_again)
{
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022", "{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"recall\"}]}");
	fixture_amend(&fixture, "met-custody", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"[\"another-service\"],\"needs\":\"all\"}]}");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "withdrawn");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
	fixture_amend(&fixture, "met-custody", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"\"any-eligible\",\"needs\":\"all\"}]}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
}

Test(consent, a_note_reaches_the_source_and_nobody_else)
{
	char leg[24];
	const char *reference =
		fixture_refer(&fixture, "ld-london", "1", "liaison-diversion", "E09000022", NULL);
	(void)fixture_deliver(&fixture, "women-in-prison");
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	const struct wire_request decline = {.header = {WIRE_ACKNOWLEDGE, 1},
		.leg = str_from(leg),
		.action = STR("declined"),
		.reason = STR("other"),
		.note = STR("QZFREETEXT")};
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &decline), ERR_OK, "%s",
		fixture.reply.fault.message);
	static const struct {
		const char *party;
		bool reads;
	} readers[] = {
		{"ld-london", true}, {"women-in-prison", true}, {"coordinator-london", false}};
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(fixture_show(&fixture, readers[i].party, reference), ERR_OK);
		cr_expect_eq(fixture_tells(&fixture.reply.body, "QZFREETEXT"), readers[i].reads,
			"%s", readers[i].party);
	}
}

Test(consent, a_refusal_without_a_date_beats_a_dated_agreement)
{
	(void)fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022",
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"\"any-eligible\",\"needs\":\"all\",\"recorded_at\":\"2019-06-12T12:00:00Z\"},"
		"{\"purpose\":\"refer\",\"state\":\"withheld\",\"recipients\":"
		"[\"south-london-alliance\"],\"needs\":\"all\"}]}");
	cr_assert_eq(fixture_count(&fixture, "legs"), 0);
}

Test(consent, a_wish_without_any_need_she_shares_refers_nobody_again_and_again)
{
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022",
		"{\"preferences\":{\"specialist\":[\"foreign-national\"]},\"consent\":"
		"[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"[\"south-london-alliance\"],\"needs\":\"all\"},{\"purpose\":\"refer\",\"state\":"
		"\"given\",\"recipients\":[\"hibiscus-foreign-national-worker\"],\"needs\":"
		"[\"recall\"]}]}");
	const size_t legs = fixture_count(&fixture, "legs");
	fixture_amend(&fixture, "met-custody", reference, "{\"officer\":{\"name\":\"One\"}}");
	fixture_amend(&fixture, "met-custody", reference, "{\"officer\":{\"name\":\"Two\"}}");
	cr_assert_eq(fixture_count(&fixture, "legs"), legs);
}

Test(consent, a_confirmed_stop_loses_no_need)
{
	char leg[24];
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022", "{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"recall\"}]}");
	(void)fixture_deliver(&fixture, "women-in-prison");
	fixture_amend(&fixture, "met-custody", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"[\"another-service\"],\"needs\":\"all\"}]}");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "cancel-requested");
	fixture_amend(&fixture, "met-custody", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"\"any-eligible\",\"needs\":\"all\"}]}");
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(
		fixture_act(&fixture, "women-in-prison", leg, "withdrawn", "her-decision"), ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_eq(fixture_count(&fixture, "gaps"), 0);
}
