/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
/*
 * Random sources and providers over many referrals, one seed a run (ONWARD_SEED), in the core's own
 * time.  After every command: a referral is counted once, every leg is at another service, an ended
 * leg has nothing queued, and the record gives the state again.
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
	size_t count;
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
	(void)fixture_act(&simulation->fixture, routes[draw(simulation, 4)], leg, acts[act].action,
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
			cr_assert(withdrawn || strcmp(service, fixture_text(fixture, path)) != 0);
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
	fixture_verify(&simulation->fixture);
	arena_reset(&simulation->fixture.arena);
}

Test(simulation, no_order_of_events_loses_a_referral_or_breaks_the_record, .timeout = 300)
{
	const char *seed = getenv("ONWARD_SEED");
	struct simulation simulation = {
		.seed = seed == NULL ? 20190612U : (unsigned)strtoul(seed, NULL, 10)};
	fixture_init(&simulation.fixture);
	for (unsigned step = 1; step <= STEPS; step++) {
		simulation.fixture.now += TIMESTAMP_SECOND * draw(&simulation, 3600);
		switch (draw(&simulation, 8)) {
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
	/* Everything queued reaches its provider in the end. */
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		(void)fixture_deliver(&simulation.fixture, routes[i]);
	}
	struct core_figures figures;
	struct fault fault;
	cr_assert_eq(
		core_figures(simulation.fixture.core, simulation.fixture.now, &figures, &fault),
		ERR_OK);
	cr_assert_eq(figures.outbox, 0);
	check(&simulation);
	fixture_finish(&simulation.fixture);
}
