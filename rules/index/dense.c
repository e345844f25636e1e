/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/fill.h"
#include "rules/index/kernel.h"

/*
 * A bitset for each region: 64 rows at a time, with what they say of 64 regions, are turned over.
 */

static enum err find_outcomes(struct index_fill *fill)
{
	struct index_piece *pieces = fill->builder->pieces.items;
	const struct index_pair *pairs = index_fill_pairs(fill->plan);
	const struct index_domain *domain = &fill->builder->domains[fill->plan->domain];
	for (size_t i = 0; i < fill->plan->pairs.count; i++) {
		pieces[pairs[i].piece].outcome = NULL; /* a twin's, of memory that is gone */
	}
	for (size_t i = 0; i < fill->plan->pairs.count; i++) {
		struct index_piece *piece = &pieces[pairs[i].piece];
		if (piece->outcome != NULL) {
			continue;
		}
		uint64_t *sets = arena_array(fill->outcomes, 3 * fill->words, sizeof(*sets));
		if (sets == NULL) {
			return ERR_NOMEM;
		}
		const struct index_outcome outcome = {
			fill->scratch, domain, fill->plan->mode, fill->words, sets};
		const enum err err = index_outcome_find(&outcome, piece);
		if (err != ERR_OK) {
			return err;
		}
		piece->outcome = sets;
	}
	return ERR_OK;
}

/* 64 regions of 64 rows: pairs [begin, end) are theirs. */
static void turn(const struct index_fill *fill, size_t begin, size_t end, size_t group, size_t word)
{
	const struct index_piece *pieces = fill->builder->pieces.items;
	const struct index_pair *pairs = index_fill_pairs(fill->plan);
	uint64_t sets[3][64];
	memset(sets[0], 0xFF, sizeof(sets[0]));
	memset(sets[1], 0xFF, sizeof(sets[1]));
	memset(sets[2], 0, sizeof(sets[2]));
	for (size_t i = begin; i < end; i++) {
		const uint64_t *outcome = pieces[pairs[i].piece].outcome + word;
		const size_t lane = pairs[i].row % 64;
		sets[0][lane] &= outcome[0];
		sets[1][lane] &= outcome[fill->words];
		sets[2][lane] |= outcome[2 * fill->words];
	}
	for (size_t set = 0; set < 3; set++) {
		index_transpose(sets[set]);
		for (size_t i = 0; i < 64 && word * 64 + i < fill->regions; i++) {
			index_fill_wide(fill, set, word * 64 + i)[group] = sets[set][i];
		}
	}
}

static void turn_all(const struct index_fill *fill)
{
	const struct index_pair *pairs = index_fill_pairs(fill->plan);
	const size_t count = fill->plan->pairs.count;
	size_t begin = 0;
	for (size_t group = 0; group < fill->index->word_count; group++) {
		size_t end = begin;
		while (end < count && pairs[end].row / 64 == group) {
			end++;
		}
		for (size_t word = 0; word < fill->words; word++) {
			turn(fill, begin, end, group, word);
		}
		begin = end;
	}
}

enum err index_fill_dense(struct index_fill *fill)
{
	fill->regions = fill->column->region_count;
	struct index_region_bits *bits =
		arena_array(&fill->index->arena, fill->regions, sizeof(*bits));
	enum err err = bits == NULL ? ERR_NOMEM : index_pool_start(fill);
	if (err == ERR_OK) {
		err = find_outcomes(fill);
	}
	if (err != ERR_OK) {
		return err;
	}
	turn_all(fill);
	err = index_fill_bits(fill, bits);
	fill->column->regions = bits;
	return err == ERR_OK ? index_pool_keep(fill) : err;
}
