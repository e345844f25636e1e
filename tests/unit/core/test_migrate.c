/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/by_hand.h"
#include "tests/unit/core/candidate.h"

#include <criterion/criterion.h>

/* Legs of a service that ends go to its successor. */

static void begin(void)
{
	struct candidate candidate;
	by_hand_begin();
	candidate_make(&candidate, &fixture, "candidate");
	candidate_succeed(&candidate);
	fixture_publish(&fixture, candidate.root);
}

TestSuite(migrate, .init = begin, .fini = by_hand_end);

#define FROM "south-london-alliance"
#define TO "south-london-next"
#define OLD "women-in-prison"
#define NEW "changing-lives"

static enum err migrate_as(const char *party, struct wire_request request)
{
	request.header = (struct wire_header){WIRE_MIGRATE, 1};
	request.user = STR("A Coordinator");
	request.service = request.service.len == 0 ? STR(FROM) : request.service;
	request.note = STR("the contract ends");
	return fixture_ask(&fixture, party, &request);
}

static void migrate(struct wire_request request)
{
	cr_assert_eq(migrate_as(coordinator, request), ERR_OK, "%s: %s", fixture.reply.fault.field,
		fixture.reply.fault.message);
}

static const char *item(size_t number, const char *key)
{
	return fixture_text(
		&fixture, arena_printf(&fixture.arena, "items[%zu].%s", number, key).ptr);
}

static const char *leg_of(const char *reference, int number)
{
	return arena_printf(&fixture.arena, "%s/%d", reference, number).ptr;
}

static const char *state_of(const char *reference, int number)
{
	cr_assert_eq(fixture_show(&fixture, coordinator, reference), ERR_OK);
	return fixture_text(
		&fixture, arena_printf(&fixture.arena, "legs[%d].state", number - 1).ptr);
}

static void act(
	const char *route, const char *reference, int leg, const char *action, const char *reason)
{
	cr_assert_eq(fixture_act(&fixture, route, leg_of(reference, leg), action, reason), ERR_OK,
		"%s: %s", action, fixture.reply.fault.message);
}

/* With the alliance since it came, in the state that these actions bring it to. */
static const char *with_alliance(const char *ref, const char *first, const char *second)
{
	const char *reference = open_referral(ref, NULL);
	cr_assert_eq(assign(coordinator, reference, FROM), ERR_STATE, "the alliance has it");
	(void)fixture_deliver(&fixture, OLD);
	if (first != NULL) {
		act(OLD, reference, 1, first, NULL);
	}
	if (second != NULL) {
		act(OLD, reference, 1, second, NULL);
	}
	return reference;
}

Test(migrate, a_leg_that_nobody_works_on_ends_in_the_record_that_begins_the_new_one)
{
	const char *reference = with_alliance("m-1", "received", NULL);
	struct core_identity before;
	struct core_identity after;
	core_identify(fixture.core, &before);
	migrate((struct wire_request){.all = true});
	core_identify(fixture.core, &after);
	cr_expect_eq(after.sequence, before.sequence + 1, "one record");
	cr_expect_str_eq(item(0, "result"), "moved");
	cr_expect_str_eq(item(0, "state"), "received");
	cr_expect_str_eq(item(0, "new_leg"), leg_of(reference, 2));
	cr_expect_str_eq(state_of(reference, 1), "cancel-requested");
	cr_expect_str_eq(state_of(reference, 2), "matched");
	cr_expect_str_eq(fixture_text(&fixture, "state"), "open");
	cr_expect_str_eq(fixture_text(&fixture, "legs[1].clock"), "delivery-window");
	const struct core_delivery stop = waiting(OLD);
	expect_says(stop, "kind", "withdrawn");
	expect_says(stop, "reason", "migrated");
	const struct core_delivery brings = waiting(NEW);
	expect_says(brings, "kind", "referral");
	cr_expect(fixture_tells(&brings.body, "Invented"));
	cr_expect_eq(fixture_deliver(&fixture, NEW), 1);
	act(NEW, reference, 2, "accepted", NULL);
	act(OLD, reference, 1, "withdrawn", "other");
	cr_expect_str_eq(state_of(reference, 1), "withdrawn");
	cr_expect_str_eq(state_of(reference, 2), "accepted");
}

Test(migrate, where_somebody_works_with_her_the_old_leg_stays_until_the_new_one_says_yes)
{
	static const char *const last[][2] = {{"accepted", NULL}, {"accepted", "started"},
		{"waitlisted", NULL}, {"accepted", "on-hold"}};
	static const char *const states[] = {"accepted", "started", "waitlisted", "on-hold"};
	for (size_t i = 0; i < 4; i++) {
		const char *ref = arena_printf(&fixture.arena, "s-%zu", i).ptr;
		const char *reference = with_alliance(ref, last[i][0], last[i][1]);
		migrate((struct wire_request){.all = true});
		cr_expect_str_eq(item(0, "result"), "moved");
		struct core_delivery none;
		cr_expect_not(fixture_waiting(&fixture, OLD, &none), "nothing stops it yet");
		cr_expect_str_eq(state_of(reference, 1), states[i]);
		cr_expect_str_eq(state_of(reference, 2), "matched");
		cr_expect_eq(fixture_deliver(&fixture, NEW), 1);
		act(NEW, reference, 2, "received", NULL);
		cr_expect_str_eq(state_of(reference, 1), states[i]);
		act(NEW, reference, 2, "accepted", NULL);
		cr_expect_str_eq(state_of(reference, 1), "cancel-requested");
		expect_says(waiting(OLD), "reason", "migrated");
		cr_expect_eq(fixture_deliver(&fixture, OLD), 1);
		cr_expect_str_eq(state_of(reference, 2), "accepted");
	}
}

Test(migrate, a_place_on_a_list_is_given_up_for_one_on_a_list_and_work_is_not)
{
	const char *listed = with_alliance("l-1", "waitlisted", NULL);
	const char *served = with_alliance("l-2", "accepted", NULL);
	migrate((struct wire_request){.all = true});
	cr_expect_eq(fixture_deliver(&fixture, NEW), 2);
	act(NEW, listed, 2, "waitlisted", NULL);
	act(NEW, served, 2, "waitlisted", NULL);
	cr_expect_str_eq(state_of(listed, 1), "cancel-requested");
	cr_expect_str_eq(state_of(served, 1), "accepted");
}

Test(migrate, nobody_is_left_without_a_service_when_the_new_one_declines_or_never_answers)
{
	const char *reference = with_alliance("n-1", "accepted", "started");
	migrate((struct wire_request){.all = true});
	cr_expect_eq(fixture_deliver(&fixture, NEW), 1);
	act(NEW, reference, 2, "declined", "no-capacity");
	cr_expect_str_eq(state_of(reference, 1), "started");
	cr_expect_eq(fixture_count(&fixture, "legs"), 2, "and nobody else was asked");
	cr_assert_eq(page(coordinator, WIRE_QUEUE, NULL, false), 1);
	cr_expect_str_eq(item(0, "attention[0]"), "migration-not-taken");
	/* It answered: the same migration does not ask it again. */
	migrate((struct wire_request){.all = true});
	cr_expect_str_eq(item(0, "result"), "not-moved");
	cr_expect_str_eq(item(0, "why"), "asked-before");

	const char *late = with_alliance("n-2", "accepted", NULL);
	migrate((struct wire_request){.all = true});
	cr_expect_eq(fixture_deliver(&fixture, NEW), 1);
	fixture_pass(&fixture, "2019-06-21T12:00:00+01:00");
	cr_expect_str_eq(state_of(late, 2), "expired");
	cr_expect_str_eq(state_of(late, 1), "accepted");
	act(NEW, late, 2, "accepted", NULL);
	cr_expect_str_eq(state_of(late, 2), "accepted", "a late yes counts");
	cr_expect_str_eq(state_of(late, 1), "cancel-requested");
}

Test(migrate, a_step_that_is_sent_again_moves_nobody_twice)
{
	const char *stays = with_alliance("t-1", "accepted", NULL);
	const char *stops = with_alliance("t-2", NULL, NULL);
	migrate((struct wire_request){.all = true});
	cr_expect_eq(fixture_count(&fixture, "items"), 2);
	migrate((struct wire_request){.all = true});
	cr_expect_eq(fixture_count(&fixture, "items"), 1);
	cr_expect_str_eq(item(0, "reference"), stays);
	cr_expect_str_eq(item(0, "result"), "already");
	cr_expect_str_eq(item(0, "why"), "moved-before");
	cr_expect_not(fixture.reply.acted);
	cr_assert_eq(fixture_show(&fixture, coordinator, stops), ERR_OK);
	cr_expect_eq(fixture_count(&fixture, "legs"), 2);
}

Test(migrate, many_go_in_steps_each_once_and_a_dry_run_foretells_them)
{
	enum {
		MANY = 90
	};
	struct core_identity before;
	struct core_identity after;
	for (int i = 0; i < MANY; i++) {
		(void)open_referral(arena_printf(&fixture.arena, "b-%d", i).ptr, NULL);
	}
	(void)fixture_deliver(&fixture, OLD);
	core_identify(fixture.core, &before);
	for (int dry = 1; dry >= 0; dry--) {
		struct wire_request request = {.all = true, .dry_run = dry != 0, .limit = 7};
		size_t moved = 0;
		size_t steps = 0;
		do {
			migrate(request);
			for (size_t i = 0; i < fixture_count(&fixture, "items"); i++) {
				moved += strcmp(item(i, "result"), "moved") == 0;
			}
			cr_expect_leq(fixture_count(&fixture, "items"), 7);
			request.cursor = str_from(fixture_text(&fixture, "cursor"));
			cr_assert_lt(++steps, 200);
		} while (request.cursor.len > 0);
		cr_expect_eq(moved, MANY, "%zu", moved);
		core_identify(fixture.core, &after);
		cr_expect_eq(after.sequence == before.sequence, dry != 0);
	}
	cr_expect_eq(fixture_deliver(&fixture, NEW), MANY);
	cr_expect_eq(fixture_deliver(&fixture, OLD), MANY);
}

Test(migrate, a_rule_names_whom_and_what_it_cannot_tell_is_told_and_stays)
{
	const char *accepted = with_alliance("r-1", "accepted", NULL);
	const char *received = with_alliance("r-2", "received", NULL);
	migrate((struct wire_request){
		.rule = STR("leg.state in [\"accepted\", \"waitlisted\"] "
			    "&& pathway == \"liaison-diversion\" && "
			    "leg.days < 5 && \"accommodation\" in leg.needs")});
	cr_expect_eq(fixture_count(&fixture, "items"), 1);
	cr_expect_str_eq(item(0, "reference"), accepted);
	cr_expect_eq(value_get_int(&fixture.reply.body, "not_meant", 0), 1);
	migrate((struct wire_request){.rule = STR("person.pregnant && !leg.by_hand")});
	cr_expect_eq(fixture_count(&fixture, "items"), 2);
	cr_expect_str_eq(item(1, "reference"), received);
	cr_expect_str_eq(item(1, "result"), "not-moved");
	cr_expect_str_eq(item(1, "why"), "rule-unknown");
	cr_expect_eq(migrate_as(coordinator, (struct wire_request){.rule = STR("leg.stat == 1")}),
		ERR_INVALID);
	cr_expect_str_eq(fixture.reply.fault.field, "rule");
	cr_expect_eq(migrate_as(coordinator, (struct wire_request){.rule = STR("leg.state ==")}),
		ERR_INVALID);
	cr_expect_eq(migrate_as(coordinator, (struct wire_request){0}), ERR_INVALID);
	cr_expect_eq(
		migrate_as(coordinator, (struct wire_request){.rule = STR("true"), .all = true}),
		ERR_INVALID);
}

Test(migrate, her_consent_and_what_she_avoids_are_never_overridden)
{
	static const char *const more[] = {
		("{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
		 "[\"south-london-alliance\"],\"needs\":\"all\",\"basis\":\"consent\"}]}"),
		"{\"preferences\":{\"exclude_services\":[\"south-london-next\"]}}",
		"{\"preferences\":{\"avoid\":{\"services\":[\"south-london-next\"]}}}"};
	static const char *const why[] = {"consent", "not-to-be-sent", "not-to-be-sent"};
	const struct wire_words both = {{STR("eligibility"), STR("capacity")}, 2};
	for (size_t i = 0; i < 3; i++) {
		const char *ref = arena_printf(&fixture.arena, "c-%zu", i).ptr;
		const char *reference = open_referral(ref, more[i]);
		(void)fixture_deliver(&fixture, OLD);
		act(OLD, reference, 1, "accepted", NULL);
		migrate((struct wire_request){.all = true, .override = both});
		const size_t last = fixture_count(&fixture, "items") - 1;
		cr_expect_str_eq(item(last, "reference"), reference);
		cr_expect_str_eq(item(last, "result"), "not-moved");
		cr_expect_str_eq(item(last, "why"), why[i]);
		cr_expect_str_eq(state_of(reference, 1), "accepted");
	}
	struct core_delivery none;
	cr_expect_not(fixture_waiting(&fixture, NEW, &none), "nobody heard of her");
}

/* The successor with less room, or other rules, than the alliance. */
static void publish_next(const char *from, const char *to)
{
	static int number;
	struct candidate candidate;
	candidate_make(&candidate, &fixture, arena_printf(&fixture.arena, "d-%d", number++).ptr);
	candidate_succeed(&candidate);
	candidate_replace(&candidate, NEXT, from, to);
	fixture_publish(&fixture, candidate.root);
}

Test(migrate, a_full_service_takes_as_many_as_it_has_room_for_in_one_step_and_in_a_dry_run)
{
	publish_next("capacity: not-stated", "capacity:\n  caseload: 3");
	for (int i = 0; i < 5; i++) {
		(void)with_alliance(arena_printf(&fixture.arena, "f-%d", i).ptr, NULL, NULL);
	}
	for (int dry = 1; dry >= 0; dry--) {
		migrate((struct wire_request){.all = true, .dry_run = dry != 0, .limit = 64});
		for (size_t i = 0; i < 5; i++) {
			cr_expect_str_eq(item(i, "result"), i < 3 ? "moved" : "not-moved");
			cr_expect_str_eq(item(i, "why"), i < 3 ? "" : "capacity");
		}
	}
	migrate((struct wire_request){.all = true, .override = {{STR("capacity")}, 1}});
	cr_expect_eq(fixture_count(&fixture, "items"), 2);
	cr_expect_str_eq(item(0, "result"), "moved");
	cr_expect_str_eq(item(0, "overridden[0]"), "capacity:no");
	struct wire_request steps = {.all = true, .dry_run = true, .limit = 2};
	migrate(steps);
	cr_expect_eq(fixture_count(&fixture, "items"), 0);
}

Test(migrate, the_new_service_hears_what_its_own_agreement_names_and_no_more)
{
	const char *reference = with_alliance("g-1", NULL, NULL);
	publish_next("    - person.family_name\n", "");
	migrate((struct wire_request){.all = true});
	cr_expect_str_eq(item(0, "reference"), reference);
	const struct core_delivery brings = waiting(NEW);
	cr_expect(fixture_tells(&brings.body, "Given"));
	cr_expect_not(fixture_tells(&brings.body, "Invented"));
}

Test(migrate, a_service_that_cannot_be_reached_leaves_her_where_she_is)
{
	const char *reference = with_alliance("u-1", "accepted", NULL);
	migrate((struct wire_request){.all = true});
	cr_assert_eq(fixture_receipt(&fixture, NEW, waiting(NEW).id, "undeliverable"), ERR_OK);
	cr_expect_str_eq(state_of(reference, 2), "expired");
	cr_expect_str_eq(state_of(reference, 1), "accepted");
	cr_expect_eq(
		fixture_count(&fixture, "legs"), 2, "her needs are held: nobody else is asked");
	cr_expect_str_eq(fixture_text(&fixture, "state"), "open");
	cr_assert_eq(page(coordinator, WIRE_QUEUE, NULL, false), 1);
	cr_expect(fixture_tells(&fixture.reply.body, "migration-not-taken"));
	/* One that had been stopped goes to the next best, as any leg does. */
	const char *stopped = with_alliance("u-2", NULL, NULL);
	migrate((struct wire_request){.all = true});
	cr_assert_eq(fixture_receipt(&fixture, NEW, waiting(NEW).id, "undeliverable"), ERR_OK);
	cr_expect_str_eq(state_of(stopped, 1), "cancel-requested");
	cr_expect_eq(fixture_count(&fixture, "gaps"), 1, "nobody else covers Lambeth");
}

Test(migrate, what_a_machine_stops_at_is_told_and_only_some_of_it_can_be_set_aside)
{
	const char *reference = with_alliance("e-1", NULL, NULL);
	publish_next("cel: person.age >= 18", "cel: person.age >= 50");
	migrate((struct wire_request){.all = true});
	cr_expect_str_eq(item(0, "why"), "eligibility");
	migrate((struct wire_request){.all = true, .override = {{STR("capacity")}, 1}});
	cr_expect_str_eq(item(0, "why"), "eligibility");
	cr_expect_eq(migrate_as(coordinator,
			     (struct wire_request){.all = true, .override = {{STR("consent")}, 1}}),
		ERR_INVALID);
	publish_next("  - Lambeth\n", "");
	migrate((struct wire_request){
		.all = true, .override = {{STR("capacity"), STR("eligibility")}, 2}});
	cr_expect_str_eq(item(0, "result"), "not-moved");
	cr_expect_str_eq(item(0, "why"), "consent", "she did not agree to it by name");
	publish_next("  - accommodation\n", "");
	migrate((struct wire_request){.all = true, .override = {{STR("eligibility")}, 1}});
	cr_expect_str_eq(item(0, "why"), "needs");
	publish_next("cel: person.age >= 18", "cel: person.age >= 60");
	migrate((struct wire_request){.all = true, .override = {{STR("eligibility")}, 1}});
	cr_expect_str_eq(item(0, "result"), "moved");
	cr_expect_str_eq(state_of(reference, 2), "matched");
	cr_expect(fixture_tells(&fixture.reply.body, "eligibility:"), "recorded");
}

Test(migrate, what_holds_for_every_leg_is_refused_once)
{
	(void)with_alliance("w-1", NULL, NULL);
	cr_expect_eq(migrate_as("operator", (struct wire_request){.all = true}), ERR_NOT_ALLOWED);
	cr_expect_eq(migrate_as("nps-london", (struct wire_request){.all = true}), ERR_NOT_ALLOWED);
	static const char *const to[] = {"no-such-service", "south-london-alliance", "clinks"};
	for (size_t i = 0; i < 3; i++) {
		cr_expect_eq(migrate_as(coordinator,
				     (struct wire_request){.all = true, .to = str_from(to[i])}),
			ERR_INVALID, "%s", to[i]);
		cr_expect_str_eq(fixture.reply.fault.field, "to");
	}
	publish_next("from: 2018-07-01", "from: 2019-07-01");
	cr_expect_eq(migrate_as(coordinator, (struct wire_request){.all = true}), ERR_INVALID);
	cr_expect_not_null(strstr(fixture.reply.fault.message, "not running"));
	publish_next("party: changing-lives", "party: wonder");
	cr_expect_eq(migrate_as(coordinator, (struct wire_request){.all = true}), ERR_INVALID);
	fixture_publish_copy(
		&fixture, ALLIANCE, "capacity: not-stated", "capacity:\n  caseload: 9");
	cr_expect_eq(migrate_as(coordinator, (struct wire_request){.all = true}), ERR_INVALID);
	cr_expect_not_null(strstr(fixture.reply.fault.message, "successor"));
	cr_expect_eq(
		migrate_as(coordinator, (struct wire_request){.all = true, .cursor = STR("00")}),
		ERR_INVALID);
}

Test(migrate, the_source_and_the_old_provider_hear_of_it_and_neither_who_else)
{
	const char *reference = with_alliance("h-1", "accepted", NULL);
	migrate((struct wire_request){.all = true});
	cr_assert_eq(fixture_show(&fixture, "ld-london", reference), ERR_OK);
	cr_expect(fixture_tells(&fixture.reply.body, "migrated"));
	cr_expect(fixture_tells(&fixture.reply.body, "the contract ends"));
	cr_assert_eq(fixture_show(&fixture, OLD, reference), ERR_OK);
	cr_expect(fixture_tells(&fixture.reply.body, "migrated"));
	cr_expect_not(fixture_tells(&fixture.reply.body, TO));
	cr_expect_not(fixture_tells(&fixture.reply.body, "the contract ends"));
	cr_assert_eq(fixture_show(&fixture, NEW, reference), ERR_OK);
	cr_expect_not(fixture_tells(&fixture.reply.body, FROM));
	cr_assert_eq(fixture_show(&fixture, coordinator, reference), ERR_OK);
	cr_expect(fixture_tells(&fixture.reply.body, TO));
	cr_expect_not(fixture_tells(&fixture.reply.body, "the contract ends"));
}

Test(migrate, one_that_is_stopped_already_is_not_moved)
{
	const char *reference = with_alliance("z-1", NULL, NULL);
	(void)with_alliance("z-2", NULL, NULL);
	cr_assert_eq(fixture_withdraw(&fixture, "ld-london", reference, "her-decision"), ERR_OK);
	migrate((struct wire_request){.all = true});
	cr_expect_eq(fixture_count(&fixture, "items"), 1, "one that is stopped is not moved");
	cr_expect_str_eq(item(0, "result"), "moved");
}
