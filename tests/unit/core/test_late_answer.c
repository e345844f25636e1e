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

TestSuite(late_answer, .init = setup, .fini = teardown);

Test(late_answer, a_late_yes_never_revives_what_she_stopped)
{
	char leg[24];
	struct core_delivery delivery;
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(
		fixture_receipt(&fixture, "women-in-prison", delivery.id, "undeliverable"), ERR_OK);
	cr_assert_eq(
		fixture_withdraw(&fixture, "met-custody", reference, "consent-withdrawn"), ERR_OK);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "accepted", NULL), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "expired");
	cr_assert_eq(fixture_show(&fixture, "coordinator-london", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "withdrawn");
	cr_assert(fixture_tells(&fixture.reply.body, "late-answer"));
}

Test(late_answer, a_late_yes_counts_and_stops_those_asked_meanwhile)
{
	char leg[24];
	struct core_delivery delivery;
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
	cr_assert(fixture_waiting(&fixture, "advance", &delivery));
	cr_assert_eq(fixture_receipt(&fixture, "advance", delivery.id, "undeliverable"), ERR_OK);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "advance", leg, "accepted", NULL), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "accepted");
	cr_assert_eq(fixture_show(&fixture, "london-crc", reference), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
	cr_assert_str_eq(fixture_text(&fixture, "legs[1].state"), "withdrawn");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_eq(fixture_count(&fixture, "gaps"), 0);
}

Test(late_answer, a_late_yes_hears_of_her_as_she_is_now)
{
	char leg[24];
	struct core_delivery delivery;
	const char *reference = fixture_refer(&fixture, "met-custody", "1", "diversion",
		"E09000022",
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"domestic-sexual-abuse\","
		"\"note\":\"SECRETNOTE\"}]}");
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(
		fixture_receipt(&fixture, "women-in-prison", delivery.id, "undeliverable"), ERR_OK);
	fixture_amend(&fixture, "met-custody", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"\"any-eligible\",\"needs\":[\"accommodation\"]}]}");
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "accepted", NULL), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "accepted");
	const struct wire_request inbox = {.header = {WIRE_INBOX, 1}};
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &inbox), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "items"), 1);
	cr_assert_not(fixture_tells(&fixture.reply.body, "SECRETNOTE"));
	cr_assert_not(fixture_route_hears(&fixture, "women-in-prison", "SECRETNOTE"));
}

Test(late_answer, a_late_yes_of_a_service_she_avoids_by_now_does_not_count)
{
	char leg[24];
	struct core_delivery delivery;
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(
		fixture_receipt(&fixture, "women-in-prison", delivery.id, "undeliverable"), ERR_OK);
	fixture_amend(&fixture, "met-custody", reference,
		"{\"preferences\":{\"exclude_services\":[\"south-london-alliance\"]}}");
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "accepted", NULL), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "expired");
}
