/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
/*
 * Random sources and providers that are often silent, while weeks pass, the broker is away and the
 * clock jumps; one seed a run (ONWARD_SEED).  After every deadline that acts: no leg expired before
 * its time and the broker's downtime were over, nothing acts while deadlines are held, no service
 * is asked twice or beyond consent, and whatever is not over has a deadline or waits for a person.
 */
enum {
	STEPS = 700,
	REFERRALS = 36,
	LEGS = 16,
	VERIFY_EVERY = 175,
	HOUR_S = 3600
};

struct seen_leg {
	char state[24], service[64];
	timestamp_us deadline; /* 0: none */
};

struct seen {
	char reference[REFERENCE_TEXT_SIZE];
	char state[24];
	timestamp_us deadline;
	struct seen_leg legs[LEGS];
	size_t leg_count;
};

struct simulation {
	struct fixture fixture;
	unsigned seed;
	bool held;
	size_t count;
	struct {
		char reference[REFERENCE_TEXT_SIZE];
		const char *source;
		bool narrow; /* her consent names one service */
	} referrals[REFERRALS];
	struct seen before[REFERRALS], after[REFERRALS];
	size_t expired, reminded, confirmed;
};

static const char only[] = "advance-minerva-wraparound";

static unsigned draw(struct simulation *simulation, unsigned below)
{
	simulation->seed = simulation->seed * 1664525U + 1013904223U;
	return (simulation->seed >> 8) % below;
}

static timestamp_us time_of(const struct value *map, const char *key)
{
	timestamp_us time = 0;
	const struct str text = value_get_str(map, key);
	cr_assert(text.len == 0 || timestamp_parse(text, &time) == ERR_OK);
	return time;
}

static void see_one(const struct value *item, struct seen *ret_seen)
{
	const struct value *legs = value_get(item, STR("legs"));
	*ret_seen = (struct seen){.deadline = time_of(item, "deadline")};
	str_copy(
		ret_seen->reference, sizeof(ret_seen->reference), value_get_str(item, "reference"));
	str_copy(ret_seen->state, sizeof(ret_seen->state), value_get_str(item, "state"));
	cr_assert_leq(legs->list.count, LEGS);
	ret_seen->leg_count = legs->list.count;
	for (size_t i = 0; i < legs->list.count; i++) {
		const struct value *leg = &legs->list.items[i];
		struct seen_leg *seen = &ret_seen->legs[i];
		str_copy(seen->state, sizeof(seen->state), value_get_str(leg, "state"));
		str_copy(seen->service, sizeof(seen->service), value_get_str(leg, "service"));
		seen->deadline = time_of(leg, "deadline");
	}
}

static struct seen *seen_of(struct seen *list, size_t count, const char *reference)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].reference, reference) == 0) {
			return &list[i];
		}
	}
	return NULL;
}

static size_t look(struct simulation *simulation, struct seen *ret_list)
{
	struct fixture *fixture = &simulation->fixture;
	struct core_reply reply;
	const struct wire_request list = {.header = {WIRE_LIST, 1}, .limit = REFERRALS};
	core_read(fixture->core, fixture_party("operator"), &list, fixture->now, &fixture->arena,
		&reply);
	cr_assert_eq(reply.err, ERR_OK, "%s", reply.fault.message);
	const struct value *items = value_get(&reply.body, STR("items"));
	for (size_t i = 0; i < items->list.count; i++) {
		see_one(&items->list.items[i], &ret_list[i]);
	}
	return items->list.count;
}

static bool is_live(const char *state)
{
	return strstr("matched delivered received info-requested accepted waitlisted on-hold "
		      "started cancel-requested",
		       state) != NULL;
}

static bool in_queue(struct simulation *simulation, const char *reference)
{
	struct fixture *fixture = &simulation->fixture;
	struct core_reply reply;
	const struct wire_request queue = {.header = {WIRE_QUEUE, 1}, .limit = 500};
	core_read(fixture->core, fixture_party("coordinator-london"), &queue, fixture->now,
		&fixture->arena, &reply);
	cr_assert_eq(reply.err, ERR_OK, "%s", reply.fault.message);
	return fixture_tells(&reply.body, reference);
}

static bool is_narrow(const struct simulation *simulation, const char *reference)
{
	for (size_t i = 0; i < simulation->count; i++) {
		if (strcmp(simulation->referrals[i].reference, reference) == 0) {
			return simulation->referrals[i].narrow;
		}
	}
	return false;
}

static void check_legs(struct simulation *simulation, const struct seen *seen)
{
	for (size_t i = 0; i < seen->leg_count; i++) {
		const struct seen_leg *leg = &seen->legs[i];
		cr_assert(!is_live(leg->state) || leg->deadline != 0, "%s/%zu is %s for ever",
			seen->reference, i + 1, leg->state);
		cr_assert(is_live(leg->state) || leg->deadline == 0);
		cr_assert(
			!is_narrow(simulation, seen->reference) || strcmp(leg->service, only) == 0,
			"%s went to %s", seen->reference, leg->service);
		for (size_t j = 0; j < i; j++) {
			cr_assert(strcmp(seen->legs[j].state, "withdrawn") == 0 ||
					  strcmp(seen->legs[j].service, leg->service) != 0,
				"%s asked %s twice", seen->reference, leg->service);
		}
	}
}

/* Whatever is not over has somebody who must act, and a time by when, or waits for a person. */
static void check_owned(struct simulation *simulation, const struct seen *seen)
{
	const bool over =
		strcmp(seen->state, "withdrawn") == 0 || strcmp(seen->state, "closed") == 0;
	check_legs(simulation, seen);
	cr_assert(over || seen->deadline != 0 || in_queue(simulation, seen->reference),
		"%s is %s and nobody's", seen->reference, seen->state);
}

/* What one deadline changed. */
static void check_acted(struct simulation *simulation, size_t before, size_t after)
{
	cr_assert_eq(before, after);
	for (size_t i = 0; i < after; i++) {
		const struct seen *now = &simulation->after[i];
		const struct seen *was = seen_of(simulation->before, before, now->reference);
		cr_assert_not_null(was);
		for (size_t leg = 0; leg < was->leg_count; leg++) {
			if (strcmp(now->legs[leg].state, was->legs[leg].state) == 0) {
				continue;
			}
			simulation->expired++;
			cr_assert(was->legs[leg].deadline != 0 &&
					  was->legs[leg].deadline <= simulation->fixture.now,
				"%s/%zu was ended before its time", now->reference, leg + 1);
		}
		check_owned(simulation, now);
	}
}

/* Deadlines act one by one, each looked at. */
static void act_on_due(struct simulation *simulation)
{
	struct fixture *fixture = &simulation->fixture;
	for (;;) {
		cr_assert_eq(core_batch_begin(fixture->core), ERR_OK);
		const bool due = core_timer_due(fixture->core, fixture->now);
		core_batch_abort(fixture->core);
		if (!due) {
			return;
		}
		cr_assert_not(simulation->held);
		const size_t before = look(simulation, simulation->before);
		fixture_own(fixture, CORE_DUE, 0);
		check_acted(simulation, before, look(simulation, simulation->after));
		arena_reset(&fixture->arena);
	}
}

static void pass(struct simulation *simulation, timestamp_us until)
{
	struct fixture *fixture = &simulation->fixture;
	for (;;) {
		const timestamp_us next = simulation->held ? 0 : fixture_next(fixture);
		if (next == 0 || next > until) {
			break;
		}
		fixture->now = next > fixture->now ? next : fixture->now;
		act_on_due(simulation);
	}
	fixture->now = until;
}

static void step_time(struct simulation *simulation)
{
	struct fixture *fixture = &simulation->fixture;
	const timestamp_us hours = (1 + draw(simulation, 30)) * HOUR_S * TIMESTAMP_SECOND;
	switch (draw(simulation, 12)) {
	case 0: /* the broker is away */
		fixture->now += hours;
		fixture_reopen(fixture);
		fixture_own(fixture, CORE_STARTED, hours);
		break;
	case 1: /* the clock jumps */
		fixture->now += hours;
		fixture_own(fixture, CORE_CLOCK_JUMP, hours);
		simulation->held = true;
		break;
	case 2:
		pass(simulation, fixture->now + 5 * hours);
		break;
	default:
		pass(simulation, fixture->now + hours / 8);
		break;
	}
	if (simulation->held && draw(simulation, 3) == 0) {
		const struct wire_request confirm = {
			.header = {WIRE_CLOCK, 1}, .action = STR("confirm")};
		cr_assert_eq(fixture_ask(fixture, "operator", &confirm), ERR_OK);
		simulation->held = false;
		simulation->confirmed++;
	}
	act_on_due(simulation);
}

static void step_submit(struct simulation *simulation)
{
	static const struct {
		const char *party, *pathway, *authority;
	} sources[] = {{"met-custody", "diversion", "E09000022"},
		{"london-crc", "community", "E09000007"}, {"london-crc", "community", "E09000012"},
		{"hmp-bronzefield", "resettlement", "E09000022"},
		{"court-westminster", "court", "E09000033"}};
	char ref[16];
	char more[400];
	char court[DATE_TEXT_SIZE];
	if (simulation->count == REFERRALS) {
		return;
	}
	const unsigned source = draw(simulation, 5);
	const bool narrow = draw(simulation, 3) == 0;
	date_format(
		timestamp_london_date(simulation->fixture.now) + (date_days)draw(simulation, 20),
		court);
	(void)snprintf(ref, sizeof(ref), "%zu", simulation->count);
	(void)snprintf(more, sizeof(more),
		"{\"justice\":{\"court_date\":\"%s\"},\"person\":{\"date_of_birth\":%s}%s%s%s}",
		court, draw(simulation, 5) == 0 ? "null" : "\"1990-01-31\"",
		narrow ? ",\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":["
			 "\""
		       : "",
		narrow ? only : "", narrow ? "\"],\"needs\":\"all\"}]" : "");
	const char *reference = fixture_refer(&simulation->fixture, sources[source].party, ref,
		sources[source].pathway, sources[source].authority, more);
	(void)snprintf(simulation->referrals[simulation->count].reference, REFERENCE_TEXT_SIZE,
		"%s", reference);
	simulation->referrals[simulation->count].source = sources[source].party;
	simulation->referrals[simulation->count++].narrow = narrow;
}

static void step_provider(struct simulation *simulation)
{
	static const char *const routes[] = {
		"advance", "women-in-prison", "london-crc", "hibiscus"};
	static const char *const acts[] = {"received", "received", "accepted", "declined",
		"waitlisted", "started", "on-hold", "resumed", "contact-attempted",
		"info-requested", "redirected", "completed"};
	const char *route = routes[draw(simulation, 4)];
	struct core_delivery delivery;
	char leg[24];
	if (draw(simulation, 2) == 0 && fixture_waiting(&simulation->fixture, route, &delivery)) {
		(void)fixture_receipt(&simulation->fixture, route, delivery.id, "stored");
		return;
	}
	if (simulation->count == 0) {
		return;
	}
	const char *act = acts[draw(simulation, 12)];
	(void)snprintf(leg, sizeof(leg), "%s/%u",
		simulation->referrals[draw(simulation, (unsigned)simulation->count)].reference,
		1 + draw(simulation, 3));
	struct wire_request request = {
		.header = {WIRE_ACKNOWLEDGE, 1}, .leg = str_from(leg), .action = str_from(act)};
	if (strcmp(act, "info-requested") == 0) {
		request.questions = (struct wire_words){{STR("justice.disposal")}, 1};
	} else if (strcmp(act, "redirected") == 0) {
		request.service = STR("advance-minerva-crc");
	} else if (strcmp(act, "declined") == 0) {
		request.reason = STR("no-capacity");
	}
	(void)fixture_ask(&simulation->fixture, route, &request);
}

static void step_source(struct simulation *simulation)
{
	char patch[160];
	char date[DATE_TEXT_SIZE];
	if (simulation->count == 0) {
		return;
	}
	const unsigned which = draw(simulation, (unsigned)simulation->count);
	date_format(
		timestamp_london_date(simulation->fixture.now) + (date_days)draw(simulation, 15),
		date);
	(void)snprintf(patch, sizeof(patch),
		"{\"justice\":{\"court_date\":\"%s\",\"disposal\":\"caution\"},\"person\":"
		"{\"date_of_birth\":\"1990-01-31\"}}",
		date);
	const bool withdraw = draw(simulation, 8) == 0;
	const struct wire_request request = {
		.header = {withdraw ? WIRE_WITHDRAW : WIRE_AMEND, 1},
		.reference = str_from(simulation->referrals[which].reference),
		.reason = STR("her-decision"),
		.referral = fixture_json(&simulation->fixture, patch),
	};
	(void)fixture_ask(&simulation->fixture, simulation->referrals[which].source, &request);
}

static void check_all(struct simulation *simulation)
{
	const size_t count = look(simulation, simulation->after);
	cr_assert_eq(count, simulation->count);
	for (size_t i = 0; i < count; i++) {
		check_owned(simulation, &simulation->after[i]);
	}
	arena_reset(&simulation->fixture.arena);
}

Test(simulation_clocks, nobody_is_forgotten_or_given_up_before_the_time, .timeout = 300)
{
	const char *seed = getenv("ONWARD_SEED");
	struct simulation *simulation = calloc(1, sizeof(*simulation));
	cr_assert_not_null(simulation);
	simulation->seed = seed == NULL ? 20261122U : (unsigned)strtoul(seed, NULL, 10);
	fixture_init(&simulation->fixture);
	for (unsigned step = 1; step <= STEPS; step++) {
		switch (draw(simulation, 8)) {
		case 0:
		case 1:
			step_submit(simulation);
			break;
		case 2:
			step_source(simulation);
			break;
		case 3:
		case 4:
			step_time(simulation);
			break;
		default:
			step_provider(simulation);
			break;
		}
		check_all(simulation);
		if (step % VERIFY_EVERY == 0) {
			fixture_verify(&simulation->fixture);
		}
	}
	/* What it is about has happened. */
	cr_assert_gt(simulation->expired, 10);
	cr_assert_gt(simulation->confirmed, 0);
	fixture_finish(&simulation->fixture);
	free(simulation);
}
