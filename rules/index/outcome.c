/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/builder.h"

/*
 * What a piece says in every region of its fact: the compiled clause is run on one value of each.
 */

/* The one fact of a part; everything else is unknown. */
struct sample {
	struct str path;
	struct rules_fact fact;
};

static struct rules_fact sample_get(void *context, struct str path)
{
	const struct sample *sample = context;
	return str_equal(sample->path, path) ? sample->fact
					     : (struct rules_fact){.kind = RULES_FACT_UNKNOWN};
}

static enum rules_answer answer_for(const struct index_outcome *outcome,
	const struct index_piece *piece, const struct rules_fact *fact)
{
	struct sample sample = {outcome->domain->fact, *fact};
	const struct rules_facts facts = {.context = &sample, .get = sample_get};
	if (piece->part == NULL) {
		return index_set_answer(piece->set, fact);
	}
	arena_reset(outcome->scratch);
	return index_part_answer(piece->part, &facts, outcome->scratch);
}

static void set_range(uint64_t *set, size_t begin, size_t end, bool value)
{
	for (size_t i = begin; i < end;) {
		const size_t next = (i / 64 + 1) * 64 < end ? (i / 64 + 1) * 64 : end;
		const uint64_t mask = UINT64_MAX >> (64 - (next - i)) << (i % 64);
		set[i / 64] = value ? set[i / 64] | mask : set[i / 64] & ~mask;
		i = next;
	}
}

/* The regions [begin, end) all have the answer. */
static void put(
	const struct index_outcome *outcome, size_t begin, size_t end, enum rules_answer answer)
{
	uint64_t *possible = outcome->sets;
	uint64_t *certain = possible + outcome->words;
	uint64_t *check = certain + outcome->words;
	set_range(possible, begin, end, answer != RULES_NO);
	set_range(certain, begin, end, answer == RULES_YES);
	set_range(check, begin, end, answer == RULES_ERROR);
}

/* The answer for a value, or for the list of just that value. */
static enum rules_answer answer_in(const struct index_outcome *outcome,
	const struct index_piece *piece, const struct rules_fact *value)
{
	const struct rules_fact list = {.kind = RULES_FACT_LIST, .list = {value, 1}};
	return answer_for(outcome, piece, outcome->mode == INDEX_MODE_STEP ? value : &list);
}

/* UNKNOWN to TRUE, which literals do not cut. */
static void put_simple(const struct index_outcome *outcome, const struct index_piece *piece)
{
	const struct rules_fact unknown = {.kind = RULES_FACT_UNKNOWN};
	const struct rules_fact empty = {.kind = RULES_FACT_LIST};
	const bool step = outcome->mode == INDEX_MODE_STEP;
	put(outcome, INDEX_REGION_UNKNOWN, INDEX_REGION_UNKNOWN + 1,
		answer_for(outcome, piece, &unknown));
	put(outcome, INDEX_REGION_EMPTY, INDEX_REGION_EMPTY + 1,
		answer_for(outcome, piece, step ? &unknown : &empty));
	for (size_t region = INDEX_REGION_NULL; region < INDEX_REGION_FIRST_CUT; region++) {
		struct rules_fact value;
		(void)index_cuts_sample(&outcome->domain->cuts, region, &value);
		put(outcome, region, region + 1, answer_in(outcome, piece, &value));
	}
}

/* Constant in each region of the piece's own cuts. */
static void put_steps(const struct index_outcome *outcome, const struct index_piece *piece)
{
	const struct index_cuts *all = &outcome->domain->cuts;
	/* A kind of value that only others compare with has one region here. */
	struct index_cuts own = piece->part->cuts;
	own.has_text = all->has_text;
	own.has_integer = all->has_integer;
	own.has_number = all->has_number;
	index_cuts_settle(&own);
	for (size_t region = INDEX_REGION_FIRST_CUT; region < own.region_count; region++) {
		struct rules_fact value;
		size_t begin;
		size_t end;
		index_cuts_cover(all, &own, region, &begin, &end);
		put(outcome, begin, end,
			index_cuts_sample(&own, region, &value) ? answer_in(outcome, piece, &value)
								: RULES_ERROR);
	}
}

/* Known for single values; for the gaps between them only the evaluator can tell. */
static void put_opaque(const struct index_outcome *outcome, const struct index_piece *piece)
{
	const struct index_cuts *cuts = &outcome->domain->cuts;
	const bool few = cuts->region_count <= INDEX_LIMIT_DENSE_REGIONS;
	for (size_t region = INDEX_REGION_FIRST_CUT; region < cuts->region_count; region++) {
		struct rules_fact value;
		const bool known = few && index_cuts_exact(cuts, region) &&
				   index_cuts_sample(cuts, region, &value);
		put(outcome, region, region + 1,
			known ? answer_in(outcome, piece, &value) : RULES_ERROR);
	}
}

/* A text is a code of the set or it is not. */
static void put_set(const struct index_outcome *outcome, const struct index_piece *piece)
{
	const struct index_cuts *cuts = &outcome->domain->cuts;
	put(outcome, INDEX_REGION_FIRST_CUT, cuts->integer_base, RULES_NO);
	put(outcome, cuts->integer_base, cuts->region_count, RULES_ERROR);
	for (size_t i = 0; i < piece->set->code_count; i++) {
		const struct rules_fact code = {
			.kind = RULES_FACT_STRING, .string = piece->set->codes[i]};
		const int region = index_cuts_region(cuts, &code);
		if (region != INDEX_REGION_NONE) {
			put(outcome, (size_t)region, (size_t)region + 1,
				index_set_answer(piece->set, &code));
		}
	}
}

enum err index_outcome_find(const struct index_outcome *outcome, const struct index_piece *piece)
{
	memset(outcome->sets, 0, 3 * outcome->words * sizeof(uint64_t));
	put_simple(outcome, piece);
	if (piece->part == NULL) {
		put_set(outcome, piece);
	} else if (piece->part->kind == INDEX_PART_OPAQUE) {
		put_opaque(outcome, piece);
	} else {
		put_steps(outcome, piece);
	}
	return arena_failed(outcome->scratch) ? ERR_NOMEM : ERR_OK;
}
