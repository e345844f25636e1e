/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/by_hand.h"

#include <criterion/criterion.h>

/* Deliveries that are stopped, and sent again. */

TestSuite(retry, .init = by_hand_begin, .fini = by_hand_end);

Test(retry, a_stopped_delivery_leaves_again_under_its_id_and_in_its_place)
{
	const char *first =
		open_referral("d-1", "{\"person\":{\"identifiers\":{\"local\":\"L-1\"}}}");
	cr_assert_neq(first[0], '\0');
	const struct core_delivery delivery = waiting("women-in-prison");
	cr_assert_eq(by_id("operator", WIRE_STOP_RETRYING, delivery.id), ERR_OK, "%s",
		fixture.reply.fault.message);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].result"), "stopped");
	cr_expect(fixture.effects.deliveries);
	struct core_delivery other;
	cr_expect_not(fixture_waiting(&fixture, "women-in-prison", &other));
	cr_expect_eq(by_id("operator", WIRE_STOP_RETRYING, delivery.id), ERR_STATE);
	/* Another about the same woman, on the same line. */
	(void)open_referral("d-2", "{\"person\":{\"identifiers\":{\"local\":\"L-1\"}}}");
	other = waiting("women-in-prison");
	cr_expect_not(id_equal(other.id, delivery.id));
	cr_expect_eq(page("operator", WIRE_DELIVERIES, NULL, false), 2);
	cr_expect_eq(page("operator", WIRE_DELIVERIES, NULL, true), 1);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].state"), "stopped");
	cr_expect_str_eq(fixture_text(&fixture, "items[0].reason"), "provider-closed");
	cr_assert_eq(by_id(coordinator, WIRE_RETRY, delivery.id), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].result"), "queued");
	other = waiting("women-in-prison");
	cr_expect(id_equal(other.id, delivery.id), "the older one is first in its line again");
	cr_expect_eq(fixture_deliver(&fixture, "women-in-prison"), 2);
	cr_expect_eq(page("operator", WIRE_DELIVERIES, NULL, false), 0);
	cr_expect_eq(by_id(coordinator, WIRE_RETRY, delivery.id), ERR_STATE, "it has arrived");
}

Test(retry, nothing_stopped_leaves_after_a_withdrawal_or_a_narrowed_consent)
{
	const char *reference = open_referral("d-3", NULL);
	const struct id delivery = waiting("women-in-prison").id;
	cr_assert_eq(by_id("operator", WIRE_STOP_RETRYING, delivery), ERR_OK);
	cr_assert_eq(fixture_withdraw(&fixture, "ld-london", reference, "her-decision"), ERR_OK);
	cr_expect_eq(by_id("operator", WIRE_RETRY, delivery), ERR_STATE);
	const struct wire_request all = {.header = {WIRE_RETRY, 1}, .all = true};
	cr_assert_eq(fixture_ask(&fixture, "operator", &all), ERR_OK);
	const struct core_delivery stop = waiting("women-in-prison");
	cr_expect_not(id_equal(stop.id, delivery));
	expect_says(stop, "kind", "withdrawn");
	cr_expect_null(value_get(&stop.body, STR("referral")));
	cr_expect_eq(fixture_deliver(&fixture, "women-in-prison"), 1);

	reference = open_referral("d-4", NULL);
	const struct id second = waiting("women-in-prison").id;
	cr_assert_eq(by_id("operator", WIRE_STOP_RETRYING, second), ERR_OK);
	fixture_amend(&fixture, "ld-london", reference,
		"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		"[\"hibiscus-foreign-national-worker\"],\"needs\":\"all\"}]}");
	cr_expect_eq(by_id("operator", WIRE_RETRY, second), ERR_STATE);
	expect_says(waiting("women-in-prison"), "kind", "withdrawn");
}

Test(retry, an_amendment_takes_the_place_of_what_was_stopped)
{
	const char *reference = open_referral("d-5", NULL);
	const struct id delivery = waiting("women-in-prison").id;
	cr_assert_eq(by_id("operator", WIRE_STOP_RETRYING, delivery), ERR_OK);
	fixture_amend(&fixture, "ld-london", reference, "{\"person\":{\"given_name\":\"Other\"}}");
	const struct core_delivery newer = waiting("women-in-prison");
	cr_expect_not(id_equal(newer.id, delivery));
	expect_says(newer, "kind", "referral");
	cr_expect(fixture_tells(&newer.body, "Other"));
	cr_expect_eq(by_id("operator", WIRE_RETRY, delivery), ERR_STATE);
	cr_expect_eq(page("operator", WIRE_DELIVERIES, NULL, false), 1);
}

Test(retry, a_receipt_for_a_stopped_delivery_counts)
{
	(void)open_referral("d-6", NULL);
	const struct id delivery = waiting("women-in-prison").id;
	cr_assert_eq(by_id("operator", WIRE_STOP_RETRYING, delivery), ERR_OK);
	cr_assert_eq(fixture_receipt(&fixture, "women-in-prison", delivery, "failed"), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "state"), "stopped");
	cr_assert_eq(fixture_receipt(&fixture, "women-in-prison", delivery, "stored"), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "state"), "delivered");
	cr_expect_eq(page("operator", WIRE_DELIVERIES, NULL, false), 0);
	cr_expect_eq(by_id("operator", WIRE_RETRY, delivery), ERR_STATE);
}

Test(retry, a_stop_that_was_given_up_is_queued_again_and_says_what_it_said)
{
	const char *reference = open_referral("d-7", NULL);
	cr_expect_eq(fixture_deliver(&fixture, "women-in-prison"), 1);
	cr_assert_eq(fixture_withdraw(&fixture, "ld-london", reference, "her-decision"), ERR_OK);
	const struct id stop = waiting("women-in-prison").id;
	cr_assert_eq(fixture_receipt(&fixture, "women-in-prison", stop, "failed"), ERR_OK);
	expect_says(waiting("women-in-prison"), "reason", "her-decision");
	cr_assert_eq(fixture_receipt(&fixture, "women-in-prison", stop, "undeliverable"), ERR_OK);
	cr_expect_eq(page(coordinator, WIRE_QUEUE, NULL, false), 1);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].attention[0]"), "stop-undelivered");
	cr_expect_str_eq(fixture_text(&fixture, "items[0].next[0].step"), "retry");
	cr_expect_eq(page(coordinator, WIRE_DELIVERIES, NULL, true), 1);
	cr_assert_eq(by_id("operator", WIRE_RETRY, stop), ERR_OK);
	const struct core_delivery again = waiting("women-in-prison");
	cr_expect(id_equal(again.id, stop));
	expect_says(again, "reason", "her-decision");
	cr_expect_eq(fixture_deliver(&fixture, "women-in-prison"), 1);
}

Test(retry, a_referral_that_was_given_up_goes_to_the_same_service_anew_unless_another_has_her)
{
	char route[64];
	const char *reference = undeliverable("r-1", route);
	cr_assert_eq(page("operator", WIRE_DELIVERIES, NULL, false), 1);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].state"), "undeliverable");
	struct id delivery;
	cr_assert_eq(
		id_parse(str_from(fixture_text(&fixture, "items[0].delivery")), &delivery), ERR_OK);
	cr_assert_eq(
		by_id("operator", WIRE_RETRY, delivery), ERR_OK, "%s", fixture.reply.fault.message);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].result"), "assigned");
	cr_expect_not_null(strstr(fixture_text(&fixture, "items[0].leg"), "/2"));
	const struct core_delivery newer = waiting("women-in-prison");
	cr_expect_not(id_equal(newer.id, delivery));
	expect_says(newer, "reference", reference);
	cr_expect_eq(page("operator", WIRE_DELIVERIES, NULL, true), 0);

	cr_expect_eq(fixture_deliver(&fixture, "women-in-prison"), 1);
	const char *second = undeliverable("r-2", route);
	cr_assert_eq(page("operator", WIRE_DELIVERIES, NULL, true), 1);
	cr_assert_eq(
		id_parse(str_from(fixture_text(&fixture, "items[0].delivery")), &delivery), ERR_OK);
	cr_assert_eq(assign(coordinator, second, "hibiscus-foreign-national-worker"), ERR_OK);
	cr_expect_eq(by_id("operator", WIRE_RETRY, delivery), ERR_STATE);
	cr_expect_not_null(strstr(fixture.reply.fault.message, "another service"));
}

Test(retry, many_are_dealt_with_in_steps_and_each_once)
{
	enum {
		MANY = 150
	};
	for (int i = 0; i < MANY; i++) {
		const struct str ref = arena_printf(&fixture.arena, "m-%d", i);
		(void)open_referral(ref.ptr, NULL);
	}
	struct wire_request stop = {.header = {WIRE_STOP_RETRYING, 1},
		.route = STR("women-in-prison"),
		.reason = STR("wrong-endpoint")};
	size_t stopped = 0;
	size_t steps = 0;
	do {
		cr_assert_eq(fixture_ask(&fixture, "operator", &stop), ERR_OK, "%s",
			fixture.reply.fault.message);
		stopped += fixture_count(&fixture, "items");
		cr_expect_leq(fixture_count(&fixture, "items"), WIRE_RETRY_MAX);
		stop.cursor = str_from(fixture_text(&fixture, "cursor"));
		cr_assert_lt(++steps, 100);
	} while (stop.cursor.len > 0);
	cr_expect_eq(stopped, MANY);
	struct core_delivery none;
	cr_expect_not(fixture_waiting(&fixture, "women-in-prison", &none));

	struct wire_request retry = {.header = {WIRE_RETRY, 1}, .all = true, .limit = 20};
	size_t queued = 0;
	do {
		cr_assert_eq(fixture_ask(&fixture, "operator", &retry), ERR_OK);
		queued += fixture_count(&fixture, "items");
		cr_expect_leq(fixture_count(&fixture, "items"), 20);
		retry.cursor = str_from(fixture_text(&fixture, "cursor"));
		cr_assert_lt(++steps, 100);
	} while (retry.cursor.len > 0);
	cr_expect_eq(queued, MANY);
	cr_expect_eq(fixture_deliver(&fixture, "women-in-prison"), MANY);
}

Test(retry, referrals_given_up_by_the_dozen_are_assigned_anew_each_once)
{
	enum {
		MANY = 12
	};
	char route[64];
	for (int i = 0; i < MANY; i++) {
		(void)undeliverable(arena_printf(&fixture.arena, "u-%d", i).ptr, route);
	}
	struct wire_request retry = {
		.header = {WIRE_RETRY, 1}, .service = STR("south-london-alliance")};
	size_t assigned = 0;
	size_t steps = 0;
	do {
		cr_assert_eq(fixture_ask(&fixture, "operator", &retry), ERR_OK, "%s",
			fixture.reply.fault.message);
		assigned += fixture_count(&fixture, "items");
		cr_expect(fixture_count(&fixture, "items") == 0 ||
			  strcmp(fixture_text(&fixture, "items[0].result"), "assigned") == 0);
		retry.cursor = str_from(fixture_text(&fixture, "cursor"));
		cr_assert_lt(++steps, 100);
	} while (retry.cursor.len > 0);
	cr_expect_eq(assigned, MANY);
	cr_expect_eq(fixture_deliver(&fixture, "women-in-prison"), MANY);
}

Test(retry, what_is_named_must_be_one_thing)
{
	struct wire_request retry = {.header = {WIRE_RETRY, 1}};
	cr_expect_eq(fixture_ask(&fixture, "operator", &retry), ERR_INVALID);
	retry.all = true;
	retry.service = STR("south-london-alliance");
	cr_expect_eq(fixture_ask(&fixture, "operator", &retry), ERR_INVALID);
	retry.all = false;
	retry.cursor = STR("nothing");
	cr_expect_eq(fixture_ask(&fixture, "operator", &retry), ERR_INVALID);
	cr_expect_str_eq(fixture.reply.fault.field, "cursor");
	const struct id none = {{1}};
	cr_expect_eq(by_id("operator", WIRE_RETRY, none), ERR_NOT_FOUND);
}

/* It is kept in the open, for good, and not for the provider. */
Test(retry, why_a_delivery_is_held_back_is_a_code_that_no_provider_hears)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	const struct core_delivery delivery = waiting("women-in-prison");
	const struct wire_request free_text = {.header = {WIRE_STOP_RETRYING, 1},
		.delivery = delivery.id,
		.reason = STR("she fled to Hull")};
	cr_expect_eq(fixture_ask(&fixture, coordinator, &free_text), ERR_INVALID);
	cr_assert_eq(by_id(coordinator, WIRE_STOP_RETRYING, delivery.id), ERR_OK);
	cr_assert_eq(page(coordinator, WIRE_DELIVERIES, "", false), 1);
	cr_expect(fixture_tells(&fixture.reply.body, "provider-closed"));
	cr_assert_eq(page("women-in-prison", WIRE_DELIVERIES, "", false), 1);
	cr_expect_not(fixture_tells(&fixture.reply.body, "provider-closed"));
	cr_assert_eq(fixture_show(&fixture, "women-in-prison", reference), ERR_OK);
	cr_expect_not(fixture_tells(&fixture.reply.body, "provider-closed"));
}

/* Else everybody would believe that the provider was told. */
Test(retry, a_stop_is_held_back_only_by_name_and_stands_in_the_queue)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	const struct wire_request all = {
		.header = {WIRE_STOP_RETRYING, 1}, .all = true, .reason = STR("provider-closed")};
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", reference, "her-decision"), ERR_OK);
	cr_assert_eq(fixture_ask(&fixture, "operator", &all), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].result"), "refused");
	const struct core_delivery stop = waiting("women-in-prison");
	cr_assert_eq(page(coordinator, WIRE_QUEUE, "", false), 0);
	cr_assert_eq(by_id("operator", WIRE_STOP_RETRYING, stop.id), ERR_OK);
	cr_expect_eq(page(coordinator, WIRE_QUEUE, "", false), 1);
}

Test(retry, an_operator_overrides_nothing_by_trying_again)
{
	char route[64];
	const char *reference = undeliverable("1", route);
	cr_assert_eq(page(coordinator, WIRE_DELIVERIES, route, false), 1);
	struct id delivery;
	cr_assert_eq(
		id_parse(str_from(fixture_text(&fixture, "items[0].delivery")), &delivery), ERR_OK);
	/* Another area: she named the service, but a machine would not choose it. */
	fixture_amend(&fixture, "met-custody", reference,
		"{\"person\":{\"local_authority\":\"E09000007\"}}");
	cr_expect_eq(by_id("operator", WIRE_RETRY, delivery), ERR_NOT_ALLOWED, "%s",
		fixture.reply.fault.message);
	cr_expect_eq(by_id(coordinator, WIRE_RETRY, delivery), ERR_OK, "%s",
		fixture.reply.fault.message);
}
