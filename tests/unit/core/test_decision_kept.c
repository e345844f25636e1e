/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>
/* Who was considered is kept with a referral, and can be read again by its description alone. */

struct kept {
	int64_t position;
	unsigned filters, verdict, clauses;
};

static int64_t read_step(const uint8_t **at)
{
	uint64_t number = 0;
	unsigned shift = 0;
	uint8_t byte;
	do {
		byte = *(*at)++;
		number |= (uint64_t)(byte & 127) << shift;
		shift += 7;
	} while ((byte & 128) != 0);
	return number % 2 == 0 ? (int64_t)(number / 2) : -(int64_t)(number / 2) - 1;
}

static size_t read_kept(struct str bytes, struct kept *out, size_t most)
{
	const uint8_t *at = (const uint8_t *)bytes.ptr;
	const uint8_t *end = at + bytes.len;
	int64_t position = 0;
	size_t count = 0;
	while (at < end) {
		cr_assert_lt(count, most);
		position += read_step(&at);
		out[count].position = position;
		out[count].filters = (unsigned)at[0] << 16 | (unsigned)at[1] << 8 | at[2];
		out[count].verdict = at[3] >> 6;
		out[count].clauses = at[3] & 63;
		at += 4 + (out[count++].clauses + 3) / 4;
	}
	cr_assert_eq(at, end);
	return count;
}

Test(decision_kept, every_service_that_was_looked_at_is_in_it)
{
	struct fixture fixture;
	struct id id;
	struct referral_row row;
	struct leg_row leg;
	struct value decision;
	struct fault fault;
	static struct kept kept[256];
	fixture_init(&fixture);
	/* A housing authority that is not hers: the services of two lists, one behind the other. */
	const char *reference = fixture_refer(&fixture, "london-crc", "1", "community", "E09000007",
		"{\"duty_to_refer\":{\"authority\":\"E09000022\"}}");
	struct core *core = fixture.core;
	cr_assert_eq(core_batch_begin(core), ERR_OK);
	cr_assert_eq(state_find_reference(&core->state, str_from(reference), &id, &fault), ERR_OK);
	cr_assert_eq(state_referral_get(&core->state, id, &row, &fault), ERR_OK);
	cr_assert_eq(state_leg_get(&core->state, id, 1, &leg, &fault), ERR_OK);
	cr_assert_eq(payload_read(core, &core->state, row.slot, row.decision, &fixture.arena,
			     &decision, &fault),
		ERR_OK);
	core_batch_abort(core);
	cr_assert_eq(value_get_int(&decision, "v", 0), 3);
	cr_assert_eq(value_get_int(&decision, "d", 0), 1);
	const struct value *bytes = value_get(&decision, STR("c"));
	const size_t count = read_kept(bytes->string, kept, 256);
	cr_assert_gt(count, 5);
	struct world *world = core_world_acquire(core);
	const struct directory *directory = world_directory(world);
	bool back = false;
	bool chosen = false;
	for (size_t i = 0; i < count; i++) {
		cr_assert_geq(kept[i].position, 0);
		cr_assert_lt(kept[i].position, (int64_t)directory->service_count);
		back = back || (i > 0 && kept[i].position < kept[i - 1].position);
		const struct directory_service *service = &directory->services[kept[i].position];
		if (str_is(service->id, leg.service)) {
			chosen = true;
			cr_assert_eq(kept[i].verdict, MATCH_ELIGIBLE);
			cr_assert_eq(kept[i].clauses, service->eligibility.count);
			for (unsigned f = 0; f < MATCH_FILTERS; f++) {
				cr_assert_eq(kept[i].filters >> 2 * f & 3, RULES_YES);
			}
		}
		for (size_t j = 0; j < i; j++) {
			cr_assert_neq(kept[i].position, kept[j].position);
		}
	}
	cr_assert(chosen);
	cr_assert(back, "one list after the other");
	core_world_release(world);
	fixture_finish(&fixture);
}
