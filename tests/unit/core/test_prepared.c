/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/wire/pack.h"
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
/*
 * What is prepared beside the writer changes nothing: each submit of a random run is decided both
 * ways on the same state, and must leave the same record, the same rows and the same reply.
 */
enum {
	SUBMITS = 120,
	MOVE_EVERY = 3
};

static struct fixture fixture;
static unsigned seed;

static unsigned draw(unsigned below)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % below;
}

static void setup(void)
{
	const char *chosen = getenv("ONWARD_SEED");
	seed = chosen == NULL ? 20190612U : (unsigned)strtoul(chosen, NULL, 10);
	fixture_init(&fixture);
}

static void teardown(void)
{
	fixture_finish(&fixture);
}

TestSuite(prepared, .init = setup, .fini = teardown, .timeout = 300);

/* What one decision leaves: its record, its reply, and every row there is. */
struct outcome {
	uint8_t record[HASH_SIZE], reply[HASH_SIZE], rows[HASH_SIZE];
	enum err err;
};

static void hash_reply(const struct core_reply *reply, uint8_t out[HASH_SIZE])
{
	struct buf packed = {0};
	pack_encode(&packed, &reply->body);
	hash_pair(out, buf_str(&packed), str_from(reply->fault.message));
	buf_finish(&packed);
}

static void hash_rows(struct core *core, uint8_t out[HASH_SIZE])
{
	char at_bytes[STORE_KEY_BYTES];
	struct str at = {at_bytes, 0};
	struct str key;
	struct str value;
	cr_assert_eq(state_totals_write(&core->state), ERR_OK);
	memset(out, 0, HASH_SIZE);
	while (store_next(core->state.txn, at, at.len > 0, &key, &value) == ERR_OK) {
		uint8_t row[2][HASH_SIZE];
		hash_pair(row[0], key, value);
		memcpy(row[1], out, HASH_SIZE);
		hash_pair(out, (struct str){(const char *)row, sizeof(row)}, (struct str){0});
		memcpy(at_bytes, key.ptr, key.len);
		at.len = key.len;
	}
}

/* Decides it and takes it back, or not. */
static void decide(const struct core_command *command, bool keep, struct outcome *ret_outcome)
{
	struct core *core = fixture.core;
	struct core_reply reply;
	*ret_outcome = (struct outcome){0};
	cr_assert_eq(core_batch_begin(core), ERR_OK);
	cr_assert_eq(core_batch_add(core, command, &reply), ERR_OK);
	ret_outcome->err = reply.err;
	hash_reply(&reply, ret_outcome->reply);
	hash_pair(ret_outcome->record, buf_str(&core->record), (struct str){0});
	hash_rows(core, ret_outcome->rows);
	if (keep) {
		cr_assert_eq(core_batch_commit(core, &fixture.effects), ERR_OK);
	} else {
		core_batch_abort(core);
	}
}

static struct value random_referral(size_t number)
{
	static const char *const needs[] = {"accommodation", "substance-use", "poverty-debt",
		"trafficking", "mental-health-learning-disability", "immigration-advice"};
	static const char *const pathways[] = {"diversion", "diversion", "court", "community"};
	static const char *const births[] = {"null", "\"1990-01-31\"", "\"2004-05-05\""};
	static const char *const more[] = {"",
		",\"preferences\":{\"specialist\":[\"foreign-"
		"national\"]}",
		",\"consent\":[{\"purpose\":\"refer\",\"state\":\"to-confirm\",\"recipients\":"
		"\"any-eligible\",\"needs\":\"all\",\"basis\":\"consent\"}]",
		",\"risk\":{\"self\":\"immediate\"}"};
	char ref[24];
	char authority[12];
	char patch[512];
	(void)snprintf(ref, sizeof(ref), "%zu", number);
	(void)snprintf(authority, sizeof(authority), "E090000%02u", 1 + draw(33));
	(void)snprintf(patch, sizeof(patch),
		"{\"needs\":[{\"code\":\"%s\"},{\"code\":\"%s\"}],\"person\":{\"date_of_birth\":%s,"
		"\"identifiers\":{\"local\":\"%u\"}}%s}",
		needs[draw(3)], needs[3 + draw(3)], births[draw(3)], draw(20), more[draw(4)]);
	return fixture_referral(&fixture, ref, pathways[draw(4)], authority, patch);
}

/* `between`, when there is one, happens after the preparation and before the decision. */
static void both_ways(size_t number, void (*between)(void))
{
	static const char *const parties[] = {"met-custody", "court-westminster", "london-crc"};
	struct buf scratch = {0};
	struct world *world = core_world_acquire(fixture.core);
	const struct party *party = parties_find(world_parties(world), str_from(parties[draw(3)]));
	const struct wire_request request = {
		.header = {WIRE_SUBMIT, 1}, .referral = random_referral(number)};
	struct core_command command = {.kind = CORE_REQUEST, .party = party, .request = &request};
	struct outcome beside;
	struct outcome within;
	randombytes_buf(command.entropy, sizeof(command.entropy));
	command.prepared = core_prepare(fixture.core, world, party, &request, fixture.now,
		command.entropy, &scratch, &fixture.arena);
	if (between != NULL) {
		between();
	}
	command.time = fixture.now;
	decide(&command, false, &beside);
	struct outcome again;
	decide(&command, false, &again); /* what was prepared is good a second time */
	command.prepared = NULL;
	decide(&command, true, &within);
	cr_assert_eq(beside.err, within.err);
	cr_assert_arr_eq(beside.record, within.record, HASH_SIZE, "record of %zu", number);
	cr_assert_arr_eq(beside.reply, within.reply, HASH_SIZE, "reply of %zu", number);
	cr_assert_arr_eq(beside.rows, within.rows, HASH_SIZE, "rows of %zu", number);
	cr_assert_arr_eq(&beside, &again, sizeof(beside));
	buf_finish(&scratch);
	core_world_release(world);
}

static const char *const routes[] = {"advance", "women-in-prison", "hibiscus", "london-crc"};

/* Services fill up, and have people on their waiting lists. */
static void move_on(void)
{
	struct core_delivery delivery;
	const char *route = routes[draw(4)];
	fixture.now += TIMESTAMP_SECOND * draw(3600);
	if (!fixture_waiting(&fixture, route, &delivery)) {
		return;
	}
	const struct str leg = value_get_str(&delivery.body, "leg");
	const char *text = arena_str(&fixture.arena, leg).ptr;
	cr_assert_eq(fixture_receipt(&fixture, route, delivery.id, "stored"), ERR_OK);
	if (draw(2) == 0) {
		(void)fixture_act(&fixture, route, text, "waitlisted", NULL);
	}
}

static bool is_full(const char *service, uint64_t places)
{
	uint64_t live = 0;
	char name[COUNT_NAME_SIZE];
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	cr_assert_eq(state_count_get(&fixture.core->state,
			     state_count_live(str_from(service), name), &live),
		ERR_OK);
	core_batch_abort(fixture.core);
	return live >= places;
}

Test(prepared, a_referral_is_matched_the_same_beside_the_writer_as_within)
{
	fixture_publish_copy(&fixture, "london-2018/services/advance-minerva-wraparound.yaml",
		"caseload: 360", "caseload: 2");
	bool was_full = false;
	for (size_t i = 0; i < SUBMITS; i++) {
		both_ways(i, NULL);
		was_full = was_full || is_full("advance-minerva-wraparound", 2);
		if (i % MOVE_EVERY == 0) {
			move_on();
		}
		if (i % 16 == 0) {
			arena_reset(&fixture.arena);
		}
	}
	cr_assert(was_full, "it was never full: this shows nothing of room");
	fixture_verify(&fixture);
}

static void publish_another(void)
{
	fixture_publish_copy(&fixture, "london-2018/services/advance-minerva-wraparound.yaml",
		"caseload: 360", "caseload: 0");
}

static void next_day(void)
{
	fixture.now += TIMESTAMP_DAY;
}

static void later_the_same_day(void)
{
	fixture.now += TIMESTAMP_SECOND * 60;
}

Test(prepared, what_changed_since_is_matched_anew)
{
	both_ways(1, later_the_same_day);
	both_ways(2, next_day);
	both_ways(3, publish_another);
	both_ways(4, NULL);
	fixture_verify(&fixture);
}

/* Whether one of those was matched beside the writer. */
static bool is_matched_beside(size_t number)
{
	uint8_t entropy[64];
	struct buf scratch = {0};
	struct world *world = core_world_acquire(fixture.core);
	const struct wire_request request = {
		.header = {WIRE_SUBMIT, 1}, .referral = random_referral(number)};
	randombytes_buf(entropy, sizeof(entropy));
	const struct core_prepared *prepared = core_prepare(fixture.core, world,
		parties_find(world_parties(world), STR("met-custody")), &request, fixture.now,
		entropy, &scratch, &fixture.arena);
	cr_assert_not_null(prepared);
	const bool matched = prepared->match != NULL;
	buf_finish(&scratch);
	core_world_release(world);
	return matched;
}

/* Whoever prepares does nothing else meanwhile: what takes long is left to the writer. */
Test(prepared, what_could_take_long_is_not_matched_beside_the_writer)
{
	for (size_t i = 0; i < SUBMITS; i++) {
		cr_expect(is_matched_beside(i), "%zu: no directory of today takes long", i);
	}
	const char *clauses = "eligibility:\n";
	for (int i = 0; i < 30; i++) {
		clauses = arena_printf(&fixture.arena,
			"%s  - id: long-%d\n"
			"    cel: person.languages.all(a, a in person.languages)\n"
			"    means: It takes long.\n",
			clauses, i)
				  .ptr;
	}
	fixture_publish_copy(&fixture, "london-2018/services/advance-minerva-wraparound.yaml",
		"eligibility:\n", clauses);
	size_t left = 0;
	for (size_t i = 0; i < SUBMITS; i++) {
		left += !is_matched_beside(SUBMITS + i);
		both_ways(2 * SUBMITS + i, NULL);
	}
	cr_expect_gt(left, 0);
	fixture_verify(&fixture);
}
