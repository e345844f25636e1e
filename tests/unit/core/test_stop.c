/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/by_hand.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(stop, .init = by_hand_begin, .fini = by_hand_end);

static enum err act(const char *party, const char *reference, int leg, const char *action)
{
	char text[40];
	(void)snprintf(text, sizeof(text), "%s/%d", reference, leg);
	return fixture_act(&fixture, party, text, action, NULL);
}

static const char *shown(const char *reference, const char *path)
{
	cr_assert_eq(fixture_show(&fixture, coordinator, reference), ERR_OK);
	return fixture_text(&fixture, path);
}

/* How often a route is told to stop a leg; all that waits for it is delivered. */
static unsigned stops(const char *route, const char *reference, int leg)
{
	char text[40];
	unsigned count = 0;
	struct core_delivery delivery;
	(void)snprintf(text, sizeof(text), "%s/%d", reference, leg);
	while (fixture_waiting(&fixture, route, &delivery)) {
		const bool stop = str_is(value_get_str(&delivery.body, "kind"), "withdrawn");
		count += stop && str_is(value_get_str(&delivery.body, "leg"), text);
		cr_assert_eq(fixture_receipt(&fixture, route, delivery.id, "stored"), ERR_OK);
	}
	return count;
}

/* A leg whose provider has her data, and which the broker gave up; its reference. */
static const char *held_and_expired(void)
{
	const char *reference =
		fixture_refer(&fixture, "london-crc", "1", "community", "E09000007", NULL);
	(void)fixture_deliver(&fixture, "advance");
	cr_assert_eq(act("advance", reference, 1, "received"), ERR_OK);
	fixture_pass(&fixture, "2019-06-17T12:00:00+01:00");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
	(void)fixture_deliver(&fixture, "advance");
	return reference;
}

Test(stop, a_service_that_answered_too_late_stops_when_she_is_withdrawn)
{
	const char *reference = held_and_expired();
	cr_assert_eq(
		fixture_withdraw(&fixture, "london-crc", reference, "consent-withdrawn"), ERR_OK);
	cr_assert_eq(stops("advance", reference, 1), 1, "nobody told it");
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
}

Test(stop, a_service_that_answered_too_late_stops_when_she_avoids_it_and_hears_so_once)
{
	const char *reference = held_and_expired();
	char patch[160];
	const char *service = shown(reference, "legs[0].service");
	(void)snprintf(
		patch, sizeof(patch), "{\"preferences\":{\"exclude_services\":[\"%s\"]}}", service);
	fixture_amend(&fixture, "london-crc", reference, patch);
	cr_assert_eq(stops("advance", reference, 1), 1, "nobody told it");
	fixture_amend(&fixture, "london-crc", reference, "{\"contact\":{\"safe_to_call\":true}}");
	cr_assert_eq(fixture_withdraw(&fixture, "london-crc", reference, "her-decision"), ERR_OK);
	cr_assert_eq(stops("advance", reference, 1), 0, "told again");
}

/* It may have deleted what it had: a person decides what it hears of her. */
Test(stop, a_late_yes_after_the_stop_is_a_persons_to_see_to)
{
	const char *reference = held_and_expired();
	char patch[160];
	const char *service = shown(reference, "legs[0].service");
	(void)snprintf(
		patch, sizeof(patch), "{\"preferences\":{\"exclude_services\":[\"%s\"]}}", service);
	fixture_amend(&fixture, "london-crc", reference, patch);
	fixture_amend(
		&fixture, "london-crc", reference, "{\"preferences\":{\"exclude_services\":null}}");
	cr_assert_eq(act("advance", reference, 1, "accepted"), ERR_OK);
	cr_assert_str_eq(shown(reference, "legs[0].state"), "expired");
	cr_assert(fixture_tells(&fixture.reply.body, "late-answer"));
}

Test(stop, a_service_that_could_not_be_reached_has_nothing_to_stop)
{
	char route[64];
	const char *reference = undeliverable("1", route);
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", reference, "her-decision"), ERR_OK);
	cr_assert_eq(stops(route, reference, 1), 0);
}

Test(stop, a_provider_does_not_hear_of_court_or_custody_when_it_has_to_stop)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	(void)fixture_deliver(&fixture, "women-in-prison");
	cr_assert_eq(act("women-in-prison", reference, 1, "received"), ERR_OK);
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", reference, "returned-to-custody"),
		ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "women-in-prison", reference), ERR_OK);
	cr_expect(fixture_tells(&fixture.reply.body, "cancel-requested"));
	cr_expect_not(fixture_tells(&fixture.reply.body, "returned-to-custody"));
	cr_assert_eq(fixture_show(&fixture, coordinator, reference), ERR_OK);
	cr_expect(fixture_tells(&fixture.reply.body, "returned-to-custody"));
}

/* Else it would be sent again at once, for ever. */
Test(stop, one_that_outlives_erasure_can_still_be_given_up)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", reference, "her-decision"), ERR_OK);
	const struct wire_request erase = {.header = {WIRE_ERASE, 1},
		.reference = str_from(reference),
		.reason = STR("her-request")};
	cr_assert_eq(fixture_ask(&fixture, "operator", &erase), ERR_OK);
	const struct core_delivery delivery = waiting("women-in-prison");
	expect_says(delivery, "kind", "withdrawn");
	cr_assert_eq(fixture_receipt(&fixture, "women-in-prison", delivery.id, "undeliverable"),
		ERR_OK, "%s", fixture.reply.fault.message);
	cr_expect_not(fixture_waiting(&fixture, "women-in-prison", &(struct core_delivery){0}));
	cr_expect_eq(page(coordinator, WIRE_QUEUE, "", false), 1, "a person has to see to it");
}
