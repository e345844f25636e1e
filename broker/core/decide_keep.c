/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/wire/pack.h"

/*
 * Who was considered and what became of each, sealed: it tells of her.  {"v": 3, "d": the
 * directory's version, "c": bytes}, in which each service has: where it stands in that version (1
 * to 4), its filters (3, two bits each, the first lowest, big endian), its verdict (two bits, high)
 * and how many clauses were looked at (six bits) in one byte, and their answers (two bits each, the
 * first lowest).  Where it stands is the step from the one before, from 0 at first, twice, or with
 * a step back twice less one, in seven bits a byte, the lowest first, the high bit saying that more
 * follow.  Version 2 had the position itself, in three bytes; version 1 was a list of maps
 * {s, v, f, c}.  Documents and their decisions are to fit a page of the store by the three.
 */
enum {
	DECISION_VERSION = 3,
	DECISION_FIXED = 4 + 3 + 1,
	DECISION_CLAUSES_MAX = 63
};
_Static_assert(MATCH_FILTERS <= 12, "two bits each in three bytes");
_Static_assert(LIMIT_SERVICES < 1 << 24, "a step in four times seven bits");

static uint8_t *write_step(uint8_t *out, int32_t step)
{
	uint32_t rest = step < 0 ? (uint32_t)-step * 2 - 1 : (uint32_t)step * 2;
	while (rest > 127) {
		*out++ = (uint8_t)(rest | 128);
		rest >>= 7;
	}
	*out++ = (uint8_t)rest;
	return out;
}

static uint8_t *write_u24(uint8_t *out, uint32_t number)
{
	for (int shift = 16; shift >= 0; shift -= 8) {
		*out++ = (uint8_t)(number >> shift);
	}
	return out;
}

static size_t decision_clauses(const struct match_candidate *candidate)
{
	const size_t count = candidate->service->source->eligibility.count;
	return candidate->clauses == NULL     ? 0
	       : count < DECISION_CLAUSES_MAX ? count
					      : DECISION_CLAUSES_MAX;
}

static uint8_t *write_candidate(uint8_t *out, int32_t step, const struct match_candidate *candidate)
{
	const size_t count = decision_clauses(candidate);
	uint32_t filters = 0;
	for (int f = MATCH_FILTERS - 1; f >= 0; f--) {
		filters = filters << 2 | ((uint32_t)candidate->filters[f] & 3);
	}
	out = write_step(out, step);
	out = write_u24(out, filters);
	*out++ = (uint8_t)((unsigned)candidate->verdict << 6 | count);
	for (size_t c = 0; c < count; c++) {
		const unsigned answer = (unsigned)candidate->clauses[c].answer & 3;
		out[c / 4] = (uint8_t)(out[c / 4] | answer << 2 * (c % 4));
	}
	return out + (count + 3) / 4;
}

enum err decide_keep(struct decide *decide, struct subject *subject, const struct match *match,
	struct id *ret_decision)
{
	struct arena *arena = decide->arena;
	size_t size = 0;
	for (size_t i = 0; i < match->candidate_count; i++) {
		size += DECISION_FIXED + (decision_clauses(&match->candidates[i]) + 3) / 4;
	}
	uint8_t *bytes = arena_alloc(arena, size + 1);
	if (bytes == NULL) {
		return ERR_NOMEM;
	}
	uint8_t *at = bytes;
	int32_t before = 0;
	for (size_t i = 0; i < match->candidate_count; i++) {
		const int32_t position =
			(int32_t)(match->candidates[i].service - decide->plan->services);
		at = write_candidate(at, position - before, &match->candidates[i]);
		before = position;
	}
	struct value map = value_map_new(arena, 3);
	value_put(arena, &map, "v", value_of_int(DECISION_VERSION));
	value_put(arena, &map, "d", value_of_int((int64_t)decide->plan->version));
	value_put(arena, &map, "c", value_of_bytes(bytes, (size_t)(at - bytes)));
	struct buf *packed = &decide->core->scratch;
	buf_reset(packed);
	pack_encode(packed, &map);
	const struct str plain = arena_str(arena, buf_str(packed));
	if (packed->failed || arena_failed(arena)) {
		return ERR_NOMEM;
	}
	*ret_decision = decide_id(decide);
	return decide_blob(decide, *ret_decision, subject->row.slot, plain);
}
