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

TestSuite(main_job, .init = setup, .fini = teardown);

static const char *submit(const char *party, const char *ref, const char *pathway,
	const char *authority, const char *more)
{
	return fixture_refer(&fixture, party, ref, pathway, authority, more);
}

Test(main_job, a_referral_goes_in_and_is_followed_to_its_end)
{
	char leg[24];
	const char *reference = submit("met-custody", "1", "diversion", "E09000022", NULL);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].service"), "south-london-alliance");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].role"), "lead");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "matched");
	cr_assert_eq(fixture_count(&fixture, "gaps"), 0);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_deliver(&fixture, "women-in-prison"), 1);
	static const char *const steps[] = {"received", "accepted", "started", "completed"};
	for (size_t i = 0; i < 4; i++) {
		cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, steps[i], NULL), ERR_OK,
			"%s: %s", steps[i], fixture.reply.fault.message);
		cr_assert_str_eq(fixture_text(&fixture, "state"), steps[i]);
	}
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "closed");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "completed");
}

Test(main_job, the_same_reference_again_is_one_referral)
{
	const struct value first = fixture_referral(&fixture, "1", "diversion", "E09000022", NULL);
	cr_assert_eq(fixture_submit(&fixture, "met-custody", first), ERR_OK);
	const char *reference = fixture_text(&fixture, "reference");
	cr_assert_eq(fixture_submit(&fixture, "met-custody", first), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "reference"), reference);
	cr_assert(value_get_bool(&fixture.reply.body, "duplicate", false));
	const struct value other = fixture_referral(&fixture, "1", "diversion", "E09000022",
		"{\"person\":{\"given_name\":\"Another\"}}");
	cr_assert_eq(fixture_submit(&fixture, "met-custody", other), ERR_CONFLICT);
	cr_assert_str_eq(fixture.reply.fault.field, "source_ref");
	cr_assert_eq(fixture_submit(&fixture, "other-custody", other), ERR_OK);
	cr_assert_str_neq(fixture_text(&fixture, "reference"), reference);
}

Test(main_job, a_decline_goes_to_the_next_best_and_to_nobody_twice)
{
	char leg[24];
	const char *reference = submit("london-crc", "1", "community", "E09000007", NULL);
	cr_assert_eq(fixture_count(&fixture, "legs"), 1);
	const char *first = fixture_text(&fixture, "legs[0].service");
	cr_assert_eq(fixture_deliver(&fixture, "advance"), 1);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "advance", leg, "declined", NULL), ERR_MISSING);
	cr_assert_eq(fixture_act(&fixture, "advance", leg, "declined", "no-capacity"), ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "london-crc", reference), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
	const char *second = fixture_text(&fixture, "legs[1].service");
	cr_assert_str_neq(first, second);
	cr_assert_eq(fixture_deliver(&fixture, "advance"), 1);
	(void)snprintf(leg, sizeof(leg), "%s/2", reference);
	cr_assert_eq(fixture_act(&fixture, "advance", leg, "declined", "no-capacity"), ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "london-crc", reference), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "legs"), 2);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "no-service");
	cr_assert_str_eq(fixture_text(&fixture, "gaps[0]"), "accommodation");
}

Test(main_job, consent_to_named_services_is_not_stretched_by_a_decline)
{
	char leg[24];
	const char *reference = submit("london-crc", "1", "community", "E09000007",
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"[\"advance-minerva-wraparound\"],\"needs\":\"all\"}]}");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].service"), "advance-minerva-wraparound");
	cr_assert_eq(fixture_deliver(&fixture, "advance"), 1);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert_eq(fixture_act(&fixture, "advance", leg, "declined", "no-capacity"), ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "london-crc", reference), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "legs"), 1);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
	cr_assert_str_eq(fixture_text(&fixture, "questions[0]"), "consent");
}

Test(main_job, nobody_acts_on_another_partys_referral)
{
	char leg[24];
	const char *reference = submit("met-custody", "1", "diversion", "E09000022", NULL);
	struct core_delivery delivery;
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(fixture_receipt(&fixture, "advance", delivery.id, "stored"), ERR_NOT_ALLOWED);
	cr_assert_eq(fixture_act(&fixture, "advance", leg, "accepted", NULL), ERR_NOT_ALLOWED);
	cr_assert_eq(fixture_show(&fixture, "other-custody", reference), ERR_NOT_ALLOWED);
	cr_assert_eq(fixture_show(&fixture, "advance", reference), ERR_NOT_ALLOWED);
	const struct wire_request withdraw = {.header = {WIRE_WITHDRAW, 1},
		.reference = str_from(reference),
		.reason = STR("other")};
	cr_assert_eq(fixture_ask(&fixture, "other-custody", &withdraw), ERR_NOT_ALLOWED);
	cr_assert_geq(core_refusals(fixture.core, ERR_NOT_ALLOWED), 4);
}

Test(main_job, a_withdrawal_stops_sharing_in_the_same_transaction)
{
	struct core_delivery delivery;
	const char *queued = submit("met-custody", "1", "diversion", "E09000022", NULL);
	const struct wire_request first = {.header = {WIRE_WITHDRAW, 1},
		.reference = str_from(queued),
		.reason = STR("her-decision")};
	cr_assert_eq(fixture_ask(&fixture, "met-custody", &first), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "withdrawn");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "withdrawn");
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert(str_is(value_get_str(&delivery.body, "kind"), "withdrawn"));
	cr_assert_null(value_get(&delivery.body, STR("referral")));
	cr_assert_eq(fixture_deliver(&fixture, "women-in-prison"), 1);

	const char *held = submit("met-custody", "2", "diversion", "E09000022", NULL);
	char leg[24];
	(void)snprintf(leg, sizeof(leg), "%s/1", held);
	cr_assert_eq(fixture_deliver(&fixture, "women-in-prison"), 1);
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "accepted", NULL), ERR_OK);
	const struct wire_request second = {.header = {WIRE_WITHDRAW, 1},
		.reference = str_from(held),
		.reason = STR("consent-withdrawn")};
	cr_assert_eq(fixture_ask(&fixture, "met-custody", &second), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "cancel-requested");
	cr_assert_eq(
		fixture_act(&fixture, "women-in-prison", leg, "withdrawn", "consent-withdrawn"),
		ERR_OK, "%s", fixture.reply.fault.message);
	cr_assert_eq(fixture_show(&fixture, "met-custody", held), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "withdrawn");
}

Test(main_job, a_missing_fact_is_asked_for_and_its_answer_opens_the_referral)
{
	const char *reference = submit("met-custody", "1", "diversion", "E09000007",
		"{\"person\":{\"date_of_birth\":null}}");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "needs-information");
	cr_assert_str_eq(fixture_text(&fixture, "questions[0]"), "person.date_of_birth");
	cr_assert_eq(fixture_count(&fixture, "questions"), 1);
	const struct wire_request amend = {.header = {WIRE_AMEND, 1},
		.reference = str_from(reference),
		.referral =
			fixture_json(&fixture, "{\"person\":{\"date_of_birth\":\"2003-09-01\"}}")};
	cr_assert_eq(fixture_ask(&fixture, "met-custody", &amend), ERR_OK, "%s",
		fixture.reply.fault.message);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].service"), "advance-minerva-wraparound");
	cr_assert_eq(fixture_count(&fixture, "questions"), 0);
}

Test(main_job, two_answers_to_one_leg_the_first_counts)
{
	char leg[24];
	struct core_delivery delivery;
	const char *reference = submit("met-custody", "1", "diversion", "E09000022", NULL);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(fixture_receipt(&fixture, "women-in-prison", delivery.id, "stored"), ERR_OK);
	cr_assert_eq(
		fixture_receipt(&fixture, "women-in-prison", delivery.id, "duplicate"), ERR_OK);
	cr_assert(value_get_bool(&fixture.reply.body, "duplicate", false));
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "accepted", NULL), ERR_OK);
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "accepted", NULL), ERR_OK);
	cr_assert(value_get_bool(&fixture.reply.body, "duplicate", false));
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "waitlisted", NULL), ERR_STATE);
}

Test(main_job, a_late_answer_is_never_credited_to_another_delivery)
{
	char leg[24];
	struct core_delivery first;
	struct core_delivery second;
	const char *one = submit("met-custody", "1", "diversion", "E09000022", NULL);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &first));
	(void)fixture_deliver(&fixture, "women-in-prison");
	(void)submit("met-custody", "2", "diversion", "E09000022", NULL);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &second));
	(void)fixture_deliver(&fixture, "women-in-prison");
	(void)snprintf(leg, sizeof(leg), "%s/1", one);
	struct wire_request answer = {.header = {WIRE_ACKNOWLEDGE, 1},
		.leg = str_from(leg),
		.action = STR("accepted"),
		.delivery = second.id};
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &answer), ERR_INVALID);
	cr_assert_str_eq(fixture.reply.fault.field, "delivery");
	answer.delivery = first.id;
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &answer), ERR_OK);
}

Test(main_job, an_answer_proves_the_delivery_when_its_receipt_was_lost)
{
	char leg[24];
	struct core_delivery delivery;
	const char *reference = submit("met-custody", "1", "diversion", "E09000022", NULL);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	struct wire_request answer = {
		.header = {WIRE_ACKNOWLEDGE, 1}, .leg = str_from(leg), .action = STR("accepted")};
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &answer), ERR_STATE);
	answer.action = STR("completed");
	answer.delivery = delivery.id;
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &answer), ERR_STATE);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	answer.action = STR("accepted");
	cr_assert_eq(fixture_ask(&fixture, "women-in-prison", &answer), ERR_OK, "%s",
		fixture.reply.fault.message);
	cr_assert_not(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(
		fixture_receipt(&fixture, "women-in-prison", answer.delivery, "duplicate"), ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "accepted");
}

Test(main_job, an_undeliverable_leg_ends_and_is_not_forgotten)
{
	struct core_delivery delivery;
	const char *reference = submit("met-custody", "1", "diversion", "E09000022", NULL);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(fixture_receipt(&fixture, "women-in-prison", delivery.id, "failed"), ERR_OK);
	cr_assert(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(value_get_int(&delivery.body, "attempt", 0), 2);
	cr_assert_eq(
		fixture_receipt(&fixture, "women-in-prison", delivery.id, "undeliverable"), ERR_OK);
	cr_assert_not(fixture_waiting(&fixture, "women-in-prison", &delivery));
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].state"), "expired");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "no-service");
	cr_assert_str_eq(fixture_text(&fixture, "gaps[0]"), "accommodation");
}

Test(main_job, state_survives_closing_and_opening)
{
	const char *reference = submit("met-custody", "1", "diversion", "E09000022", NULL);
	fixture_reopen(&fixture);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_eq(fixture_deliver(&fixture, "women-in-prison"), 1);
	const char *again = submit("met-custody", "2", "diversion", "E09000022", NULL);
	cr_assert_str_neq(again, reference);
}

Test(main_job, a_release_too_far_off_is_held_and_looked_at_on_its_day)
{
	const char *reference = submit("hmp-bronzefield", "1", "resettlement", "E09000022",
		"{\"needs\":[{\"code\":\"accommodation\"}],\"duty_to_refer\":{\"authority\":"
		"\"E09000022\"},"
		"\"justice\":{\"release_dates\":[{\"kind\":\"conditional\",\"date\":\"2019-12-20\"}"
		"]},"
		"\"preferences\":{\"exclude_services\":[\"south-london-alliance\","
		"\"through-the-gate-london-crc\"]},"
		"\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":\"any-"
		"eligible\","
		"\"needs\":\"all\"},{\"purpose\":\"choice-of-authority\",\"state\":\"given\","
		"\"recipients\":\"any-eligible\",\"needs\":\"all\"},{\"purpose\":\"share-contact-"
		"details\","
		"\"state\":\"given\",\"recipients\":\"any-eligible\",\"needs\":\"all\"}]}");
	cr_assert_str_eq(fixture_text(&fixture, "state"), "scheduled");
	cr_assert_str_eq(fixture_text(&fixture, "held_until"), "2019-10-25T08:00:00Z");
	fixture.now += 140 * TIMESTAMP_DAY;
	const struct core_command due = {.kind = CORE_DUE, .time = fixture.now};
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	cr_assert(core_timer_due(fixture.core, fixture.now));
	cr_assert_eq(core_batch_add(fixture.core, &due, &fixture.reply), ERR_OK);
	cr_assert_eq(fixture.reply.err, ERR_OK, "%s", fixture.reply.fault.message);
	cr_assert_not(core_timer_due(fixture.core, fixture.now));
	cr_assert_eq(core_batch_commit(fixture.core, &fixture.effects), ERR_OK);
	cr_assert_eq(fixture_show(&fixture, "hmp-bronzefield", reference), ERR_OK);
	cr_assert_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_str_eq(fixture_text(&fixture, "legs[0].service"), "duty-to-refer-lambeth");
}
