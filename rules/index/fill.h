/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_FILL_H
#define ONWARD_RULES_INDEX_FILL_H
#include "rules/index/builder.h"

/*
 * One column while its bitsets are made.  Each row has three sets of regions: possible, certain,
 * check; they become three sets of rows for each region.  Equal bitsets are kept once.
 */
struct index_fill {
	struct index_builder *builder;
	struct index *index;
	const struct index_plan_column *plan;
	struct index_column *column;
	size_t words;           /* of a set of regions */
	size_t regions;         /* that have bitsets: the first ones */
	struct arena *scratch;  /* of the evaluator */
	struct arena *outcomes; /* what pieces say, while the column is made */
	uint64_t *wide;  /* [3][regions][word_count], then one: before equal ones are dropped */
	uint32_t *table; /* hash table of the pool: numbers + 1 */
	size_t table_size;
	struct index_vector pool; /* const uint64_t *: bitsets in `wide` */
};

static inline const struct index_pair *index_fill_pairs(const struct index_plan_column *plan)
{
	return plan->pairs.items;
}

/* Set 0 is possible, 1 certain, 2 check. */
static inline uint64_t *index_fill_wide(const struct index_fill *fill, size_t set, size_t region)
{
	return fill->wide + (set * fill->regions + region) * fill->index->word_count;
}

/* `wide`, all zero, for `regions`, and an empty pool. */
MUST_CHECK enum err index_pool_start(struct index_fill *fill);
/* From `wide` into the pool: numbers the bitsets of the regions and the rows that ask nothing. */
MUST_CHECK enum err index_fill_bits(struct index_fill *fill, struct index_region_bits *bits);
/* Copies what is different of the bitsets into the snapshot. */
MUST_CHECK enum err index_pool_keep(struct index_fill *fill);
void index_fill_forget(struct index_fill *fill);

/* A bitset for each region. */
MUST_CHECK enum err index_fill_dense(struct index_fill *fill);
/* Lists of rows for each; *ret_kept is false when the column is not fit for that. */
MUST_CHECK enum err index_fill_sparse(struct index_fill *fill, bool *ret_kept);
#endif
