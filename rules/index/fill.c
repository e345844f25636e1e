/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "rules/index/fill.h"
#include "rules/index/kernel.h"

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
static enum err pool_find(struct index_fill *fill, const uint64_t *bits, uint32_t *ret_number)
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

void index_fill_forget(struct index_fill *fill)
{
	free(fill->wide);
	free(fill->table);
	free(fill->pool.items);
	fill->wide = NULL;
	fill->table = NULL;
	fill->pool = (struct index_vector){0};
}

enum err index_pool_start(struct index_fill *fill)
{
	const size_t bitsets = 3 * fill->regions + 1;
	fill->table_size = 64;
	while (fill->table_size < 2 * bitsets) {
		fill->table_size *= 2;
	}
	fill->table = calloc(fill->table_size, sizeof(*fill->table));
	fill->wide = calloc(bitsets * fill->index->word_count, sizeof(*fill->wide));
	return fill->table == NULL || fill->wide == NULL ? ERR_NOMEM : ERR_OK;
}

enum err index_pool_keep(struct index_fill *fill)
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
static enum err find_free(struct index_fill *fill, uint64_t *bits)
{
	const struct index_pair *pairs = index_fill_pairs(fill->plan);
	memset(bits, 0xFF, fill->index->word_count * sizeof(*bits));
	for (size_t i = 0; i < fill->plan->pairs.count; i++) {
		bits[pairs[i].row / 64] &= ~(UINT64_C(1) << (pairs[i].row % 64));
	}
	return pool_find(fill, bits, &fill->column->free);
}

enum err index_fill_bits(struct index_fill *fill, struct index_region_bits *bits)
{
	enum err err = find_free(fill, index_fill_wide(fill, 3, 0));
	for (size_t r = 0; err == ERR_OK && r < fill->regions; r++) {
		err = pool_find(fill, index_fill_wide(fill, 0, r), &bits[r].possible);
		if (err == ERR_OK) {
			err = pool_find(fill, index_fill_wide(fill, 1, r), &bits[r].certain);
		}
		bits[r].check = INDEX_BITS_NONE;
		if (err == ERR_OK &&
			!is_zero(index_fill_wide(fill, 2, r), fill->index->word_count)) {
			err = pool_find(fill, index_fill_wide(fill, 2, r), &bits[r].check);
		}
	}
	return err;
}

enum {
	DENSE_REGIONS_MAX = 4 * INDEX_LIMIT_DENSE_REGIONS, /* when it cannot be sparse */
};

enum err index_column_fill(struct index_builder *builder, struct index *index,
	const struct index_plan_column *plan, struct index_column *ret_column, bool *ret_kept)
{
	const struct index_cuts *cuts = &builder->domains[plan->domain].cuts;
	const bool large = cuts->region_count > INDEX_LIMIT_DENSE_REGIONS;
	struct index_column column = {.domain = plan->domain,
		.mode = plan->mode,
		.region_count = (uint32_t)cuts->region_count};
	struct arena scratch;
	struct arena outcomes;
	struct index_fill fill = {.builder = builder,
		.index = index,
		.plan = plan,
		.column = &column,
		.words = index_words(cuts->region_count),
		.scratch = &scratch,
		.outcomes = &outcomes};
	enum err err = ERR_OK;
	arena_init(&scratch, 0);
	arena_init(&outcomes, 0);
	*ret_kept = false;
	if (large) {
		err = index_fill_sparse(&fill, ret_kept);
	}
	if (err == ERR_OK && !*ret_kept && cuts->region_count <= DENSE_REGIONS_MAX) {
		*ret_kept = true;
		index_fill_forget(&fill);
		err = index_fill_dense(&fill);
	}
	*ret_column = column;
	index_fill_forget(&fill);
	arena_finish(&scratch);
	arena_finish(&outcomes);
	return err;
}
