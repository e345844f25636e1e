/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_KERNEL_H
#define ONWARD_RULES_INDEX_KERNEL_H
#include "rules/index/limits.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Words of bits, many at once.  Where compiler and machine allow, each function exists twice, and
 * the faster one is taken when the program starts.
 */
struct index_block {
	uint64_t possible[INDEX_BLOCK_WORDS];
	uint64_t certain[INDEX_BLOCK_WORDS];
	uint64_t check[INDEX_BLOCK_WORDS];
	uint64_t rest; /* 0: no row of the block is possible */
};

/* All rows possible and certain, none to check. */
void index_block_fill(struct index_block *block);
/* possible and certain only */
void index_block_load(struct index_block *block, const uint64_t *possible, const uint64_t *certain);
void index_block_or(struct index_block *block, const uint64_t *possible, const uint64_t *certain);
/* Also finds `rest`. */
void index_block_and(struct index_block *block, const uint64_t *possible, const uint64_t *certain);
void index_block_check(struct index_block *block, const uint64_t *check);
/* Rows to check and unstated ones are not certain; only possible rows are anything. */
void index_block_finish(
	struct index_block *block, const uint64_t *residual, const uint64_t *unstated);

/* Bit j of word i becomes bit i of word j. */
void index_transpose(uint64_t words[64]);
size_t index_popcount(const uint64_t *words, size_t count);
#endif
