/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/lifecycle.h"
#include "tests/unit/core/candidate.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
/*
 * Random sources, providers and coordinators over many referrals, one seed a run (ONWARD_SEED), in
 * the core's own time.  After every command: a referral is counted once, every leg that a machine
 * chose is at another service, an ended leg has nothing queued or stopped, and the record gives the
 * state again.
 */
enum {
	STEPS = 1500,
	REFERRALS = 60,
	VERIFY_EVERY = 250
};

struct simulation {
	struct fixture fixture;
	unsigned seed;
	char references[REFERRALS][REFERENCE_TEXT_SIZE];
	const char *sources[REFERRALS];
	bool by_hand[REFERRALS]; /* a person chose one of its services */
	size_t count;
	size_t migrated; /* legs, dry runs counted as well */
	struct core_candidate *in_force;
};

static unsigned draw(struct simulation *simulation, unsigned below)
{
	simulation->seed = simulation->seed * 1664525U + 1013904223U;
	return (simulation->seed >> 8) % below;
}

static void step_submit(struct simulation *simulation)
{
	static const char *const needs[] = {"accommodation", "substance-use", "poverty-debt",
		"trafficking", "mental-health-learning-disability", "immigration-advice"};
	static const struct {
		const char *party, *pathway;
	} sources[] = {{"met-custody", "diversion"}, {"ld-london", "liaison-diversion"},
		{"court-westminster", "court"}, {"london-crc", "community"},
		{"nps-london", "recall-prevention"}, {"hmp-bronzefield", "resettlement"}};
	char ref[16];
	char authority[12];
	char more[256];
	const unsigned source = draw(simulation, 6);
	if (simulation->count == REFERRALS) {
		return;
	}
	(void)snprintf(ref, sizeof(ref), "%zu", simulation->count);
	(void)snprintf(authority, sizeof(authority), "E090000%02u", 1 + draw(simulation, 33));
	(void)snprintf(more, sizeof(more),
		"{\"needs\":[{\"code\":\"%s\"},{\"code\":\"recall\"}],\"person\":{\"date_of_"
		"birth\":%s,"
		"\"identifiers\":{\"local\":\"%u\"}}%s}",
		needs[draw(simulation, 6)], draw(simulation, 4) == 0 ? "null" : "\"1990-01-31\"",
		draw(simulation, 20),
		draw(simulation, 3) == 0
			? ",\"preferences\":{\"specialist\":[\"foreign-national\"]}"
			: "");
	const struct value referral = fixture_referral(
		&simulation->fixture, ref, sources[source].pathway, authority, more);
	cr_assert_eq(fixture_submit(&simulation->fixture, sources[source].party, referral), ERR_OK,
		"%s: %s", simulation->fixture.reply.fault.field,
		simulation->fixture.reply.fault.message);
	(void)snprintf(simulation->references[simulation->count], REFERENCE_TEXT_SIZE, "%s",
		fixture_text(&simulation->fixture, "reference"));
	simulation->sources[simulation->count++] = sources[source].party;
}

static const char *const routes[] = {"advance", "women-in-prison", "hibiscus", "turning-point",
	"ld-london", "london-crc", "changing-lives", "housing-lambeth"};

static void step_deliver(struct simulation *simulation)
{
	static const char *const receipts[] = {
		"stored", "stored", "stored", "duplicate", "failed", "undeliverable"};
	struct core_delivery delivery;
	const char *route = routes[draw(simulation, 8)];
	if (fixture_waiting(&simulation->fixture, route, &delivery)) {
		(void)fixture_receipt(
			&simulation->fixture, route, delivery.id, receipts[draw(simulation, 6)]);
	}
}

static void step_act(struct simulation *simulation)
{
	static const struct {
		const char *action, *reason;
	} acts[] = {{"received", NULL}, {"accepted", NULL}, {"declined", "no-capacity"},
		{"waitlisted", NULL}, {"started", NULL}, {"completed", NULL}, {"on-hold", NULL},
		{"resumed", NULL}, {"not-engaged", NULL}, {"withdrawn", "her-decision"},
		{"ended-early", "moved-out-of-area"}};
	char leg[24];
	if (simulation->count == 0) {
		return;
	}
	const unsigned act = draw(simulation, 11);
	(void)snprintf(leg, sizeof(leg), "%s/%u",
		simulation->references[draw(simulation, (unsigned)simulation->count)],
		1 + draw(simulation, 3));
	(void)fixture_act(&simulation->fixture, routes[draw(simulation, 7)], leg, acts[act].action,
		acts[act].reason);
}

static void step_source(struct simulation *simulation)
{
	if (simulation->count == 0) {
		return;
	}
	const unsigned which = draw(simulation, (unsigned)simulation->count);
	const bool withdraw = draw(simulation, 4) == 0;
	const struct wire_request request = {
		.header = {withdraw ? WIRE_WITHDRAW : WIRE_AMEND, 1},
		.reference = str_from(simulation->references[which]),
		.reason = STR("her-decision"),
		.referral = fixture_json(&simulation->fixture,
			draw(simulation, 3) == 0
				? "{\"consent\":[{\"purpose\":\"refer\",\"state\":\"withdrawn\"}]}"
				: "{\"person\":{\"date_of_birth\":\"1990-01-31\"},\"needs\":"
				  "[{\"code\":\"accommodation\"},{\"code\":\"poverty-debt\"}]}"),
	};
	(void)fixture_ask(&simulation->fixture, simulation->sources[which], &request);
}

static void note_by_hand(struct simulation *simulation, const char *reference)
{
	for (size_t i = 0; i < simulation->count; i++) {
		simulation->by_hand[i] =
			simulation->by_hand[i] || strcmp(simulation->references[i], reference) == 0;
	}
}

static void step_assign(struct simulation *simulation)
{
	static const char *const services[] = {"south-london-alliance", "wonder",
		"hibiscus-foreign-national-worker", "advance-minerva-wraparound",
		"police-diversion-pilot", "through-the-gate-london-crc"};
	const unsigned which = draw(simulation, (unsigned)simulation->count);
	const bool seen = draw(simulation, 2) == 0;
	const struct wire_request request = {.header = {seen ? WIRE_SEEN : WIRE_ASSIGN, 1},
		.reference = str_from(simulation->references[which]),
		.service = str_from(services[draw(simulation, 6)]),
		.note = STR("why")};
	if (fixture_ask(&simulation->fixture, "coordinator-london", &request) == ERR_OK && !seen) {
		simulation->by_hand[which] = true;
	}
}

static void retry_all(struct simulation *simulation, enum wire_type type, struct str service)
{
	struct wire_request request = {.header = {type, 1},
		.service = service,
		.all = service.len == 0,
		.reason = type == WIRE_STOP_RETRYING ? STR("provider-closed") : (struct str){0},
		.limit = 1 + draw(simulation, WIRE_RETRY_MAX)};
	do {
		struct fixture *fixture = &simulation->fixture;
		cr_assert_eq(fixture_ask(fixture, "operator", &request), ERR_OK, "%s",
			fixture->reply.fault.message);
		for (size_t i = 0; i < fixture_count(fixture, "items"); i++) {
			char path[64];
			(void)snprintf(path, sizeof(path), "items[%zu].result", i);
			if (strcmp(fixture_text(fixture, path), "assigned") == 0) {
				(void)snprintf(path, sizeof(path), "items[%zu].reference", i);
				note_by_hand(simulation, fixture_text(fixture, path));
			}
		}
		request.cursor = str_from(fixture_text(fixture, "cursor"));
	} while (request.cursor.len > 0);
}

/* The alliance ends, or is said to: whoever its rule names goes to another. */
static void step_migrate(struct simulation *simulation)
{
	static const char *const rules[] = {"true", "leg.state == \"accepted\"", "person.age >= 18",
		"leg.state != \"started\" && leg.days < 20"};
	static const char *const to[] = {"", "south-london-next", "advance-minerva-wraparound"};
	struct fixture *fixture = &simulation->fixture;
	struct wire_request request = {.header = {WIRE_MIGRATE, 1},
		.service = STR("south-london-alliance"),
		.to = str_from(to[draw(simulation, 3)]),
		.rule = str_from(rules[draw(simulation, 4)]),
		.note = STR("why"),
		.dry_run = draw(simulation, 3) == 0,
		.limit = 1 + draw(simulation, 10)};
	if (draw(simulation, 2) == 0) {
		request.override = (struct wire_words){{STR("eligibility"), STR("capacity")}, 2};
	}
	do {
		cr_assert_eq(fixture_ask(fixture, "coordinator-london", &request), ERR_OK, "%s",
			fixture->reply.fault.message);
		for (size_t i = 0; i < fixture_count(fixture, "items"); i++) {
			char path[64];
			(void)snprintf(path, sizeof(path), "items[%zu].reference", i);
			note_by_hand(simulation, fixture_text(fixture, path));
			(void)snprintf(path, sizeof(path), "items[%zu].result", i);
			simulation->migrated += strcmp(fixture_text(fixture, path), "moved") == 0;
		}
		request.cursor = str_from(fixture_text(fixture, "cursor"));
	} while (request.cursor.len > 0);
}

static void step_by_hand(struct simulation *simulation)
{
	struct core_delivery delivery;
	const unsigned what = draw(simulation, 10);
	if (simulation->count == 0) {
		return;
	}
	if (what < 3) {
		step_assign(simulation);
	} else if (what == 3) {
		retry_all(simulation, WIRE_RETRY, (struct str){0});
	} else if (what == 4) {
		retry_all(simulation, WIRE_STOP_RETRYING, STR("south-london-alliance"));
	} else if (what < 7) {
		step_migrate(simulation);
	} else if (fixture_waiting(&simulation->fixture, routes[draw(simulation, 8)], &delivery)) {
		const struct wire_request request = {.header = {WIRE_STOP_RETRYING, 1},
			.delivery = delivery.id,
			.reason = STR("wrong-endpoint")};
		cr_assert_eq(fixture_ask(&simulation->fixture, "operator", &request), ERR_OK);
	}
}

/* What was stopped may still be wanted: its leg goes on, or it tells of its end. */
static void check_deliveries(struct simulation *simulation)
{
	struct fixture *fixture = &simulation->fixture;
	struct wire_request request = {.header = {WIRE_DELIVERIES, 1}, .failed = true};
	core_read(fixture->core, fixture_party("operator"), &request, fixture->now, &fixture->arena,
		&fixture->reply);
	cr_assert_eq(fixture->reply.err, ERR_OK, "%s", fixture->reply.fault.message);
	const struct value page = fixture->reply.body;
	const struct value *items = value_get(&page, STR("items"));
	for (size_t i = 0; i < items->list.count; i++) {
		const struct value *item = &items->list.items[i];
		const struct str reference = value_get_str(item, "reference");
		if (!str_is(value_get_str(item, "state"), "stopped") ||
			str_is(value_get_str(item, "kind"), "withdrawn")) {
			continue;
		}
		cr_assert_eq(fixture_show(fixture, "operator",
				     arena_str(&fixture->arena, reference).ptr),
			ERR_OK);
		const struct value *legs = value_get(&fixture->reply.body, STR("legs"));
		for (size_t l = 0; l < legs->list.count; l++) {
			const struct value *leg = &legs->list.items[l];
			if (str_equal(value_get_str(leg, "id"), value_get_str(item, "leg"))) {
				/* What is held back belongs to a leg that goes on; the provider may
				 * have answered an earlier delivery of it meanwhile. */
				const int state =
					vocab_number(VOCAB_LEG_STATE, value_get_str(leg, "state"));
				cr_assert_not(lifecycle_is_ended((enum leg_state)state), "%.*s",
					STR_ARG(value_get_str(leg, "state")));
			}
		}
	}
}

static void check_queue(struct simulation *simulation)
{
	struct fixture *fixture = &simulation->fixture;
	struct wire_request request = {.header = {WIRE_QUEUE, 1}};
	struct str before = {0};
	do {
		core_read(fixture->core, fixture_party("operator"), &request, fixture->now,
			&fixture->arena, &fixture->reply);
		cr_assert_eq(fixture->reply.err, ERR_OK, "%s", fixture->reply.fault.message);
		const struct value page = fixture->reply.body;
		const struct value *items = value_get(&page, STR("items"));
		for (size_t i = 0; i < items->list.count; i++) {
			const struct value *item = &items->list.items[i];
			const struct str since = value_get_str(item, "since");
			cr_assert(before.len == 0 || str_compare(before, since) <= 0);
			cr_assert_gt(value_get(item, STR("reasons"))->list.count, 0);
			cr_assert_gt(value_get(item, STR("next"))->list.count, 0);
			before = since;
		}
		request.cursor = value_get_str(&page, "cursor");
	} while (request.cursor.len > 0);
}

static void check_referral(struct simulation *simulation, size_t which)
{
	struct fixture *fixture = &simulation->fixture;
	cr_assert_eq(fixture_show(fixture, "operator", simulation->references[which]), ERR_OK, "%s",
		fixture->reply.fault.message);
	const size_t legs = fixture_count(fixture, "legs");
	bool live = false;
	for (size_t i = 0; i < legs; i++) {
		char path[64];
		(void)snprintf(path, sizeof(path), "legs[%zu].service", i);
		const char *service = fixture_text(fixture, path);
		(void)snprintf(path, sizeof(path), "legs[%zu].state", i);
		const char *state = fixture_text(fixture, path);
		live = live ||
		       strstr("matched delivered received accepted waitlisted on-hold started",
			       state) != NULL;
		for (size_t j = 0; j < i; j++) {
			/* Only consent given again opens a service again. */
			(void)snprintf(path, sizeof(path), "legs[%zu].state", j);
			const bool withdrawn =
				strcmp(fixture_text(fixture, path), "withdrawn") == 0;
			(void)snprintf(path, sizeof(path), "legs[%zu].service", j);
			cr_assert(withdrawn || simulation->by_hand[which] ||
				  strcmp(service, fixture_text(fixture, path)) != 0);
		}
	}
	const char *state = fixture_text(fixture, "state");
	if (live) {
		cr_assert_str_eq(state, "open");
	} else {
		cr_assert_str_neq(state, "submitted");
	}
}

static void check(struct simulation *simulation)
{
	struct core_figures figures;
	struct fault fault;
	cr_assert_eq(
		core_figures(simulation->fixture.core, simulation->fixture.now, &figures, &fault),
		ERR_OK);
	cr_assert_eq(figures.referrals, simulation->count);
	for (size_t i = 0; i < simulation->count; i++) {
		check_referral(simulation, i);
	}
	check_deliveries(simulation);
	check_queue(simulation);
	candidate_changes_nothing(&simulation->fixture, simulation->in_force, simulation->count);
	fixture_verify(&simulation->fixture);
	arena_reset(&simulation->fixture.arena);
}

Test(simulation, no_order_of_events_loses_a_referral_or_breaks_the_record, .timeout = 300)
{
	const char *seed = getenv("ONWARD_SEED");
	struct simulation simulation = {
		.seed = seed == NULL ? 20190612U : (unsigned)strtoul(seed, NULL, 10)};
	struct directory_problems problems = {0};
	struct candidate candidate;
	struct fault fault;
	fixture_init(&simulation.fixture);
	candidate_make(&candidate, &simulation.fixture, "succeeded");
	candidate_succeed(&candidate);
	fixture_publish(&simulation.fixture, candidate.root);
	cr_assert_eq(core_candidate_read(candidate.root, &simulation.in_force, &problems, &fault),
		ERR_OK);
	for (unsigned step = 1; step <= STEPS; step++) {
		simulation.fixture.now += TIMESTAMP_SECOND * draw(&simulation, 3600);
		switch (draw(&simulation, 9)) {
		case 0:
			step_submit(&simulation);
			break;
		case 1:
		case 2:
		case 3:
			step_deliver(&simulation);
			break;
		case 4:
			step_source(&simulation);
			break;
		case 5:
			step_by_hand(&simulation);
			break;
		default:
			step_act(&simulation);
			break;
		}
		if (step % VERIFY_EVERY == 0) {
			check(&simulation);
		}
		if (step % 400 == 0) {
			fixture_reopen(&simulation.fixture);
		}
	}
	/* Everything queued or stopped reaches its provider in the end. */
	retry_all(&simulation, WIRE_RETRY, (struct str){0});
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		(void)fixture_deliver(&simulation.fixture, routes[i]);
	}
	struct core_figures figures;
	cr_assert_eq(
		core_figures(simulation.fixture.core, simulation.fixture.now, &figures, &fault),
		ERR_OK);
	cr_assert_eq(figures.outbox, 0);
	cr_assert_gt(simulation.migrated, 0, "a seed that moves nobody tests nothing of it");
	check(&simulation);
	core_candidate_destroy(simulation.in_force);
	fixture_finish(&simulation.fixture);
}
