/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/rehearse.h"
#include "tests/unit/core/by_hand.h"
#include "tests/unit/core/candidate.h"

#include <criterion/criterion.h>
#include <sodium.h>

/* Rehearsed, published, and submitted once more: the same comes of it. */

TestSuite(foretold, .init = by_hand_begin, .fini = by_hand_end);

static struct candidate tried;

/* Once more as new, in a batch that is thrown away: the legs it gets, "service:needs " in order. */
static struct str resubmit(const char *party, const char *reference, struct value referral)
{
	const struct wire_request stop = {.header = {WIRE_WITHDRAW, 1},
		.reference = str_from(reference),
		.reason = STR("mistaken-or-duplicate")};
	const struct wire_request submit = {.header = {WIRE_SUBMIT, 2}, .referral = referral};
	struct core_command commands[2] = {{.request = &stop}, {.request = &submit}};
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	for (size_t i = 0; i < 2; i++) {
		commands[i].kind = CORE_REQUEST;
		commands[i].time = fixture.now;
		commands[i].party = fixture_party(party);
		randombytes_buf(commands[i].entropy, sizeof(commands[i].entropy));
		cr_assert_eq(core_batch_add(fixture.core, &commands[i], &fixture.reply), ERR_OK);
		cr_assert_eq(fixture.reply.err, ERR_OK, "%s", fixture.reply.fault.message);
	}
	struct str text = {0};
	const struct value *legs = value_get(&fixture.reply.body, STR("legs"));
	for (size_t i = 0; i < legs->list.count; i++) {
		text = arena_printf(&fixture.arena, "%.*s%.*s:%zu ", STR_ARG(text),
			STR_ARG(value_get_str(&legs->list.items[i], "service")),
			value_get(&legs->list.items[i], STR("needs"))->list.count);
	}
	core_batch_abort(fixture.core);
	return text;
}

static struct str foretold(const struct value *services)
{
	struct str text = {0};
	for (size_t i = 0; i < services->list.count; i++) {
		text = arena_printf(&fixture.arena, "%.*s%.*s:%zu ", STR_ARG(text),
			STR_ARG(value_get_str(&services->list.items[i], "service")),
			value_get(&services->list.items[i], STR("needs"))->list.count);
	}
	return text;
}

/* What a rehearsal says of a directory is what comes of it once it is published. */
Test(foretold, what_is_foretold_is_what_comes)
{
	enum {
		MANY = 40
	};
	static const char *const needs[] = {"accommodation", "substance-use", "poverty-debt",
		"trafficking", "recall", "immigration-advice"};
	static const struct {
		const char *party, *pathway;
	} sources[] = {{"met-custody", "diversion"}, {"ld-london", "liaison-diversion"},
		{"london-crc", "community"}, {"hmp-bronzefield", "resettlement"}};
	const char *references[MANY];
	struct str before[MANY];
	struct value documents[MANY];
	for (size_t i = 0; i < MANY; i++) {
		const char *more = arena_printf(&fixture.arena,
			"{\"needs\":[{\"code\":\"%s\"},{\"code\":\"%s\"}]%s}", needs[i % 6],
			needs[(i * 5 + 1) % 6],
			i % 3 == 0 ? ",\"preferences\":{\"specialist\":[\"foreign-national\"]}"
				   : "")
					   .ptr;
		const char *area = arena_printf(&fixture.arena, "E090000%02zu", 1 + i * 7 % 33).ptr;
		documents[i] =
			fixture_referral(&fixture, arena_printf(&fixture.arena, "a-%zu", i).ptr,
				sources[i % 4].pathway, area, more);
		cr_assert_eq(fixture_submit(&fixture, sources[i % 4].party, documents[i]), ERR_OK,
			"%s", fixture.reply.fault.message);
		references[i] = fixture_text(&fixture, "reference");
		documents[i] =
			fixture_referral(&fixture, arena_printf(&fixture.arena, "b-%zu", i).ptr,
				sources[i % 4].pathway, area, more);
	}
	for (size_t i = 0; i < MANY; i++) {
		before[i] = resubmit(sources[i % 4].party, references[i], documents[i]);
	}
	candidate_make(&tried, &fixture, "tried");
	candidate_succeed(&tried);
	candidate_replace(&tried, ALLIANCE, "  - Croydon\n", "  - Barnet\n");
	candidate_replace(&tried, ALLIANCE, "  - substance-use\n", "");
	candidate_replace(&tried, ALLIANCE, "capacity: not-stated", "capacity:\n  caseload: 2");
	candidate_replace(&tried, "london-2018/services/advance-minerva-wraparound.yaml",
		"cel: person.age", "cel: need_count < 2 && person.age");
	const struct wire_request now = {
		.header = {WIRE_REHEARSE, 1}, .has_at = true, .at = fixture.now};
	struct core_candidate *candidate = candidate_load(&tried);
	core_rehearse(fixture.core, fixture_party(coordinator), &now, candidate, fixture.now,
		&fixture.arena, &fixture.reply);
	cr_assert_eq(fixture.reply.err, ERR_OK);
	const size_t count = fixture_count(&fixture, "items");
	cr_assert_gt(count, 5);
	cr_expect_eq(value_get_int(&fixture.reply.body, "replayed", 0), MANY);
	const struct value items = *value_get(&fixture.reply.body, STR("items"));
	core_candidate_destroy(candidate);
	fixture_publish(&fixture, tried.root);
	for (size_t i = 0; i < MANY; i++) {
		struct str expected = before[i];
		for (size_t k = 0; k < count; k++) {
			const struct value *item = &items.list.items[k];
			if (str_is(value_get_str(item, "reference"), references[i]) &&
				value_get(item, STR("to")) != NULL) {
				cr_expect(str_equal(
					foretold(value_get(item, STR("from"))), before[i]));
				expected = foretold(value_get(item, STR("to")));
			}
		}
		const struct str came = resubmit(sources[i % 4].party, references[i], documents[i]);
		cr_expect(str_equal(came, expected), "%zu: %.*s came, not %.*s", i, STR_ARG(came),
			STR_ARG(expected));
	}
}
