/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "rules/index/builder.h"
#include "rules/index/kernel.h"

/*
 * A column's bitsets.  Each row has three sets of regions; 64 rows at a time they are turned into
 * sets of rows, one a region.  Equal bitsets are kept once.
 */

struct fill {
	struct index_builder *builder;
	struct index *index;
	const struct index_plan_column *plan;
	struct index_column *column;
	size_t words; /* of a set of regions */
	struct arena scratch;
	struct arena outcomes; /* what pieces say, while the column is made */
	uint64_t *wide;        /* [3][regions][word_count]: before equal ones are dropped */
	uint32_t *table;       /* hash table of the pool: numbers + 1 */
	size_t table_size;
	struct index_vector pool; /* const uint64_t *: bitsets in `wide` */
};

static const struct index_pair *pairs_of(const struct index_plan_column *plan)
{
	return plan->pairs.items;
}

static enum err find_outcomes(struct fill *fill)
{
	struct index_piece *pieces = fill->builder->pieces.items;
	const struct index_pair *pairs = pairs_of(fill->plan);
	const struct index_domain *domain = &fill->builder->domains[fill->plan->domain];
	for (size_t i = 0; i < fill->plan->pairs.count; i++) {
		pieces[pairs[i].piece].outcome = NULL; /* a twin's, of memory that is gone */
	}
	for (size_t i = 0; i < fill->plan->pairs.count; i++) {
		struct index_piece *piece = &pieces[pairs[i].piece];
		if (piece->outcome != NULL) {
			continue;
		}
		uint64_t *sets = arena_array(&fill->outcomes, 3 * fill->words, sizeof(*sets));
		if (sets == NULL) {
			return ERR_NOMEM;
		}
		const struct index_outcome outcome = {
			&fill->scratch, domain, fill->plan->mode, fill->words, sets};
		const enum err err = index_outcome_find(&outcome, piece);
		if (err != ERR_OK) {
			return err;
		}
		piece->outcome = sets;
	}
	return ERR_OK;
}

static uint64_t *wide_at(const struct fill *fill, size_t set, size_t region)
{
	return fill->wide + (set * fill->column->region_count + region) * fill->index->word_count;
}

/* 64 regions of 64 rows: pairs [begin, end) are theirs. */
static void turn(const struct fill *fill, size_t begin, size_t end, size_t group, size_t word)
{
	const struct index_piece *pieces = fill->builder->pieces.items;
	const struct index_pair *pairs = pairs_of(fill->plan);
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
	const size_t regions = fill->column->region_count;
	for (size_t set = 0; set < 3; set++) {
		index_transpose(sets[set]);
		for (size_t i = 0; i < 64 && word * 64 + i < regions; i++) {
			wide_at(fill, set, word * 64 + i)[group] = sets[set][i];
		}
	}
}

static void turn_all(const struct fill *fill)
{
	const struct index_pair *pairs = pairs_of(fill->plan);
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

static uint64_t hash_words(const uint64_t *words, size_t count)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < count; i++) {
		hash = (hash ^ words[i]) * UINT64_C(0x9E3779B97F4A7C15);
		hash ^= hash >> 32;
	}
	return hash;
}

/* The number of the bitset in the pool, which keeps no copy yet. */
static enum err pool_find(struct fill *fill, const uint64_t *bits, uint32_t *ret_number)
{
	const size_t words = fill->index->word_count;
	const uint64_t **pool = fill->pool.items;
	size_t at = hash_words(bits, words) & (fill->table_size - 1);
	for (; fill->table[at] != 0; at = (at + 1) & (fill->table_size - 1)) {
		if (memcmp(pool[fill->table[at] - 1], bits, words * sizeof(*bits)) == 0) {
			*ret_number = fill->table[at] - 1;
			return ERR_OK;
		}
	}
	const uint64_t **added = index_vector_add(&fill->pool, sizeof(*added));
	if (added == NULL) {
		return ERR_NOMEM;
	}
	*added = bits;
	*ret_number = (uint32_t)fill->pool.count - 1;
	fill->table[at] = *ret_number + 1;
	return ERR_OK;
}

static enum err pool_start(struct fill *fill, size_t bitsets)
{
	fill->table_size = 64;
	while (fill->table_size < 2 * bitsets) {
		fill->table_size *= 2;
	}
	fill->table = calloc(fill->table_size, sizeof(*fill->table));
	fill->wide = calloc(bitsets * fill->index->word_count, sizeof(*fill->wide));
	return fill->table == NULL || fill->wide == NULL ? ERR_NOMEM : ERR_OK;
}

/* Copies what is left of the bitsets into the snapshot. */
static enum err pool_keep(struct fill *fill)
{
	const size_t words = fill->index->word_count;
	const uint64_t *const *pool = fill->pool.items;
	uint64_t *bits = arena_array(&fill->index->arena, fill->pool.count * words, sizeof(*bits));
	uint32_t *counts = arena_array(&fill->index->arena, fill->pool.count, sizeof(*counts));
	if (bits == NULL || counts == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < fill->pool.count; i++) {
		memcpy(bits + i * words, pool[i], words * sizeof(*bits));
		counts[i] = (uint32_t)index_popcount(pool[i], words);
	}
	fill->column->bits = bits;
	fill->column->bit_counts = counts;
	fill->column->pool_count = (uint32_t)fill->pool.count;
	return ERR_OK;
}

static bool is_zero(const uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (words[i] != 0) {
			return false;
		}
	}
	return true;
}

/* Rows that ask nothing of the fact, into the bitset behind all others. */
static enum err find_free(struct fill *fill, uint64_t *bits)
{
	const struct index_pair *pairs = pairs_of(fill->plan);
	memset(bits, 0xFF, fill->index->word_count * sizeof(*bits));
	for (size_t i = 0; i < fill->plan->pairs.count; i++) {
		bits[pairs[i].row / 64] &= ~(UINT64_C(1) << (pairs[i].row % 64));
	}
	return pool_find(fill, bits, &fill->column->free);
}

static enum err fill_dense(struct fill *fill)
{
	const size_t regions = fill->column->region_count;
	const size_t words = fill->index->word_count;
	struct index_region_bits *bits = arena_array(&fill->index->arena, regions, sizeof(*bits));
	enum err err = bits == NULL ? ERR_NOMEM : pool_start(fill, 3 * regions + 1);
	if (err != ERR_OK) {
		return err;
	}
	turn_all(fill);
	err = find_free(fill, wide_at(fill, 3, 0));
	for (size_t r = 0; err == ERR_OK && r < regions; r++) {
		err = pool_find(fill, wide_at(fill, 0, r), &bits[r].possible);
		if (err == ERR_OK) {
			err = pool_find(fill, wide_at(fill, 1, r), &bits[r].certain);
		}
		bits[r].check = INDEX_BITS_NONE;
		if (err == ERR_OK && !is_zero(wide_at(fill, 2, r), words)) {
			err = pool_find(fill, wide_at(fill, 2, r), &bits[r].check);
		}
	}
	fill->column->regions = bits;
	return err == ERR_OK ? pool_keep(fill) : err;
}

enum err index_column_fill(struct index_builder *builder, struct index *index,
	const struct index_plan_column *plan, struct index_column *ret_column, bool *ret_kept)
{
	const struct index_cuts *cuts = &builder->domains[plan->domain].cuts;
	struct index_column column = {.domain = plan->domain,
		.mode = plan->mode,
		.region_count = (uint32_t)cuts->region_count};
	struct fill fill = {.builder = builder,
		.index = index,
		.plan = plan,
		.column = &column,
		.words = index_words(cuts->region_count)};
	arena_init(&fill.scratch, 0);
	arena_init(&fill.outcomes, 0);
	enum err err = find_outcomes(&fill);
	*ret_kept = true;
	if (err == ERR_OK) {
		err = fill_dense(&fill);
	}
	*ret_column = column;
	arena_finish(&fill.scratch);
	arena_finish(&fill.outcomes);
	free(fill.wide);
	free(fill.table);
	free(fill.pool.items);
	return err;
}
