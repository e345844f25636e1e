/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "rules/index/fill.h"

/*
 * A fact with very many regions, such as a ward: most rows say the same of all of them, so each
 * region has the list of those that do not.
 */

/* The sets of regions of the row that the pairs from `begin` are about, in `row`; returns where the
 * next row's begin. */
static size_t find_row(const struct index_fill *fill, size_t begin, uint64_t *row,
	uint64_t *piece_sets, enum err *ret_err)
{
	const struct index_piece *pieces = fill->builder->pieces.items;
	const struct index_pair *pairs = index_fill_pairs(fill->plan);
	const struct index_outcome outcome = {fill->scratch,
		&fill->builder->domains[fill->plan->domain], fill->plan->mode, fill->words,
		piece_sets};
	size_t at = begin;
	memset(row, 0xFF, 2 * fill->words * sizeof(*row));
	memset(row + 2 * fill->words, 0, fill->words * sizeof(*row));
	for (; at < fill->plan->pairs.count && pairs[at].row == pairs[begin].row; at++) {
		*ret_err = index_outcome_find(&outcome, &pieces[pairs[at].piece]);
		if (*ret_err != ERR_OK) {
			return at;
		}
		for (size_t w = 0; w < 2 * fill->words; w++) {
			row[w] &= piece_sets[w];
		}
		for (size_t w = 2 * fill->words; w < 3 * fill->words; w++) {
			row[w] |= piece_sets[w];
		}
	}
	return at;
}

/* Bits of word `w` that are regions behind FIRST_CUT. */
static uint64_t cut_regions(const struct index_fill *fill, size_t w)
{
	const size_t count = fill->column->region_count;
	const uint64_t below = w * 64 + 64 <= count ? UINT64_MAX : UINT64_MAX >> (64 - count % 64);
	return w > 0 ? below : below & UINT64_MAX << INDEX_REGION_FIRST_CUT;
}

struct exception {
	uint32_t region, row;
};

/* Notes where the row differs from the usual; false when a region is more than yes or no. */
static bool note_exceptions(const struct index_fill *fill, const uint64_t *row, uint32_t number,
	struct index_vector *exceptions, enum err *ret_err)
{
	const bool usual = index_bit(row, INDEX_REGION_FIRST_CUT);
	for (size_t w = 0; w < fill->words; w++) {
		const uint64_t regions = cut_regions(fill, w);
		if (((row[w] ^ row[fill->words + w]) & regions) != 0 ||
			(row[2 * fill->words + w] & regions) != 0) {
			return false;
		}
		uint64_t differ = (usual ? ~row[w] : row[w]) & regions;
		for (; differ != 0; differ &= differ - 1) {
			struct exception *added = index_vector_add(exceptions, sizeof(*added));
			if (added == NULL) {
				*ret_err = ERR_NOMEM;
				return false;
			}
			added->region = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(differ));
			added->row = number;
		}
	}
	return true;
}

/* Sorted by region; rows stay in order. */
static enum err keep_exceptions(struct index_fill *fill, const struct index_vector *exceptions)
{
	struct arena *arena = &fill->index->arena;
	const size_t regions = fill->column->region_count - INDEX_REGION_FIRST_CUT;
	const struct exception *items = exceptions->items;
	struct index_posting *postings = arena_array(arena, regions, sizeof(*postings));
	uint32_t *rows = arena_array(arena, exceptions->count, sizeof(*rows));
	if (postings == NULL || rows == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < exceptions->count; i++) {
		postings[items[i].region - INDEX_REGION_FIRST_CUT].count++;
	}
	uint32_t begin = 0;
	for (size_t r = 0; r < regions; r++) {
		postings[r].rows = rows + begin;
		begin += postings[r].count;
		postings[r].count = 0;
	}
	for (size_t i = 0; i < exceptions->count; i++) {
		struct index_posting *posting = &postings[items[i].region - INDEX_REGION_FIRST_CUT];
		rows[posting->rows - rows + posting->count++] = items[i].row;
	}
	fill->column->postings = postings;
	return ERR_OK;
}

/* All rows of a sparse column; false when it cannot be one. */
static bool find_exceptions(
	struct index_fill *fill, struct index_vector *exceptions, enum err *ret_err)
{
	const struct index_pair *pairs = index_fill_pairs(fill->plan);
	const size_t dense = fill->index->row_count * fill->column->region_count / 32;
	uint64_t *row = arena_array(fill->outcomes, 6 * fill->words, sizeof(*row));
	*ret_err = row == NULL ? ERR_NOMEM : ERR_OK;
	memset(fill->wide, 0xFF, 2 * fill->regions * fill->index->word_count * sizeof(*row));
	for (size_t at = 0; *ret_err == ERR_OK && at < fill->plan->pairs.count;) {
		const uint32_t number = pairs[at].row;
		at = find_row(fill, at, row, row + 3 * fill->words, ret_err);
		if (*ret_err != ERR_OK ||
			!note_exceptions(fill, row, number, exceptions, ret_err) ||
			exceptions->count > dense + INDEX_LIMIT_DENSE_REGIONS) {
			return false;
		}
		const uint64_t bit = UINT64_C(1) << (number % 64);
		for (size_t set = 0; set < 3; set++) {
			for (size_t r = 0; r < fill->regions; r++) {
				uint64_t *word = &index_fill_wide(fill, set, r)[number / 64];
				*word = index_bit(row + set * fill->words, r) ? *word | bit
									      : *word & ~bit;
			}
		}
	}
	return *ret_err == ERR_OK;
}

enum err index_fill_sparse(struct index_fill *fill, bool *ret_kept)
{
	struct index_vector exceptions = {0};
	fill->regions = INDEX_REGION_FIRST_CUT + 1; /* the last: the usual one */
	struct index_region_bits *bits =
		arena_array(&fill->index->arena, fill->regions, sizeof(*bits));
	enum err err = bits == NULL ? ERR_NOMEM : index_pool_start(fill);
	if (err == ERR_OK) {
		*ret_kept = find_exceptions(fill, &exceptions, &err);
	}
	if (err == ERR_OK && *ret_kept) {
		fill->column->sparse = true;
		err = index_fill_bits(fill, bits);
		if (err == ERR_OK) {
			fill->column->regions = bits;
			fill->column->usual = bits[INDEX_REGION_FIRST_CUT];
			err = keep_exceptions(fill, &exceptions);
		}
		err = err == ERR_OK ? index_pool_keep(fill) : err;
	}
	free(exceptions.items);
	return err;
}
