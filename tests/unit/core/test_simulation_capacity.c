/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/places.h"
#include "tests/unit/core/room_history.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
/*
 * Random sources and providers in a directory where room is short, with other limits for a time,
 * shared room, waiting lists and pauses, one seed a run (ONWARD_SEED).  The history that is told of
 * all referrals is counted a second time here, event by event: no service is chosen while it is
 * paused or without room for her on that day in London, and what the broker has counted is what
 * this comes to.
 */
enum {
	STEPS = 700,
	VERIFY_EVERY = 175
};

struct simulation {
	struct fixture fixture;
	unsigned seed, number;
	struct room_history history;
};

static const char *const routes[PLACES_SERVICES] = {
	"advance", "advance", "women-in-prison", "hibiscus"};

static unsigned draw(struct simulation *simulation, unsigned below)
{
	simulation->seed = simulation->seed * 1664525U + 1013904223U;
	return (simulation->seed >> 8) % below;
}

static void step_submit(struct simulation *simulation)
{
	static const char *const needs[] = {
		"accommodation", "accommodation", "poverty-debt", "substance-use"};
	char ref[24];
	char more[200];
	if (simulation->history.count == ROOM_REFERRALS) {
		return;
	}
	(void)snprintf(ref, sizeof(ref), "sim-%u", simulation->number++);
	(void)snprintf(more, sizeof(more), "{\"needs\":[{\"code\":\"%s\"}%s]}",
		needs[draw(simulation, 4)],
		draw(simulation, 3) == 0 ? ",{\"code\":\"immigration-advice\"}" : "");
	const char *reference = fixture_refer(
		&simulation->fixture, "met-custody", ref, "diversion", "E09000007", more);
	(void)snprintf(simulation->history.references[simulation->history.count++],
		REFERENCE_TEXT_SIZE, "%s", reference);
}

static void step_act(struct simulation *simulation)
{
	static const struct {
		const char *action, *reason;
	} acts[] = {{"accepted", NULL}, {"accepted", NULL}, {"declined", "no-capacity"},
		{"waitlisted", NULL}, {"waitlisted", NULL}, {"started", NULL}, {"completed", NULL},
		{"on-hold", NULL}, {"resumed", NULL}, {"not-engaged", NULL},
		{"withdrawn", "her-decision"}, {"ended-early", "moved-out-of-area"}};
	char leg[24];
	if (simulation->history.count == 0) {
		return;
	}
	const unsigned act = draw(simulation, 12);
	(void)snprintf(leg, sizeof(leg), "%s/%u",
		simulation->history
			.references[draw(simulation, (unsigned)simulation->history.count)],
		1 + draw(simulation, 2));
	(void)fixture_act(&simulation->fixture, routes[draw(simulation, PLACES_SERVICES)], leg,
		acts[act].action, acts[act].reason);
}

static void step_withdraw(struct simulation *simulation)
{
	if (simulation->history.count > 0 && draw(simulation, 3) == 0) {
		(void)fixture_withdraw(&simulation->fixture, "met-custody",
			simulation->history
				.references[draw(simulation, (unsigned)simulation->history.count)],
			"her-decision");
	}
}

static void step_intake(struct simulation *simulation)
{
	const int service = (int)draw(simulation, PLACES_SERVICES);
	const bool pause = draw(simulation, 2) == 0;
	const timestamp_us until =
		simulation->fixture.now + (1 + draw(simulation, 200)) * 3600 * TIMESTAMP_SECOND;
	char text[TIMESTAMP_TEXT_SIZE] = "";
	if (simulation->history.pause_count == ROOM_PAUSES) {
		return;
	}
	if (pause && draw(simulation, 2) == 0) {
		timestamp_format(until, text);
	}
	simulation->fixture.now += TIMESTAMP_SECOND;
	const timestamp_us now = simulation->fixture.now;
	cr_assert_eq(places_intake(&simulation->fixture, routes[service], places_ids[service],
			     pause ? "pause" : "resume", text[0] == '\0' ? NULL : text, NULL),
		ERR_OK, "%s", simulation->fixture.reply.fault.message);
	for (size_t i = 0; i < simulation->history.pause_count; i++) {
		struct room_pause *before = &simulation->history.pauses[i];
		if (before->service == service && before->until > now) {
			before->until = now; /* the newest message counts */
		}
	}
	if (pause) {
		simulation->history.pauses[simulation->history.pause_count++] =
			(struct room_pause){service, now, text[0] == '\0' ? INT64_MAX : until};
	}
	simulation->fixture.now += TIMESTAMP_SECOND;
}

static void check(struct simulation *simulation)
{
	struct fixture *fixture = &simulation->fixture;
	const int year = room_history_year_of(fixture->now);
	room_history_count(&simulation->history, fixture);
	const struct room_figures *figures = simulation->history.figures;
	for (int i = 0; i < PLACES_SERVICES; i++) {
		const char *id = places_ids[i];
		cr_assert_eq(places_number(fixture, id, "live"), figures[i].live, "%s", id);
		cr_assert_eq(places_number(fixture, id, "waiting"), figures[i].waiting, "%s", id);
		cr_assert_eq(places_number(fixture, id, "year"),
			room_history_year(&simulation->history, i, year), "%s", id);
		cr_assert_eq(places_read(fixture, "operator", id), ERR_OK);
		cr_assert_eq(fixture_count(fixture, "items[0].list"), (size_t)figures[i].waiting,
			"%s has all who wait in its list", id);
	}
	cr_assert_eq(
		places_number(fixture, "third", "pool_live"), figures[2].live + figures[3].live);
	arena_reset(&fixture->arena);
}

static void step(struct simulation *simulation)
{
	switch (draw(simulation, 10)) {
	case 0:
	case 1:
		step_submit(simulation);
		break;
	case 2:
	case 3:
		(void)fixture_deliver(
			&simulation->fixture, routes[draw(simulation, PLACES_SERVICES)]);
		break;
	case 4:
		step_intake(simulation);
		break;
	case 5:
		step_withdraw(simulation);
		break;
	case 6:
		fixture_pass_to(&simulation->fixture,
			simulation->fixture.now +
				(timestamp_us)draw(simulation, 240) * 3600 * TIMESTAMP_SECOND);
		break;
	default:
		step_act(simulation);
		break;
	}
}

Test(simulation_capacity, no_order_of_events_overfills_a_service_or_miscounts_it, .timeout = 300)
{
	const char *seed = getenv("ONWARD_SEED");
	struct simulation *simulation = calloc(1, sizeof(*simulation));
	cr_assert_not_null(simulation);
	simulation->seed = seed == NULL ? 20190612U : (unsigned)strtoul(seed, NULL, 10);
	fixture_init(&simulation->fixture);
	room_history_publish(&simulation->fixture);
	for (unsigned i = 1; i <= STEPS; i++) {
		step(simulation);
		check(simulation);
		if (i % VERIFY_EVERY == 0) {
			fixture_verify(&simulation->fixture);
			fixture_reopen(&simulation->fixture);
		}
	}
	cr_expect_gt(simulation->history.direct, 20, "places were given");
	cr_expect_gt(simulation->history.lists, 5, "and places on waiting lists");
	cr_expect_gt(room_history_year_of(simulation->fixture.now), 2019, "into another year");
	fixture_finish(&simulation->fixture);
	free(simulation);
}
