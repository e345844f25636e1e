/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/kernel.h"

/* The thread sanitizer is not up yet when the choice between the two is made, and clang 14 gives
 * the choice another name than the callers in other files look for. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) && \
	!defined(__SANITIZE_THREAD__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

CLONES void index_block_fill(struct index_block *block)
{
	for (size_t i = 0; i < INDEX_BLOCK_WORDS; i++) {
		block->possible[i] = UINT64_MAX;
		block->certain[i] = UINT64_MAX;
		block->check[i] = 0;
	}
	block->rest = UINT64_MAX;
}

CLONES void index_block_load(
	struct index_block *block, const uint64_t *possible, const uint64_t *certain)
{
	for (size_t i = 0; i < INDEX_BLOCK_WORDS; i++) {
		block->possible[i] = possible[i];
		block->certain[i] = certain[i];
	}
}

CLONES void index_block_or(
	struct index_block *restrict block, const uint64_t *possible, const uint64_t *certain)
{
	for (size_t i = 0; i < INDEX_BLOCK_WORDS; i++) {
		block->possible[i] |= possible[i];
		block->certain[i] |= certain[i];
	}
}

CLONES void index_block_and(
	struct index_block *restrict block, const uint64_t *possible, const uint64_t *certain)
{
	uint64_t rest = 0;
	for (size_t i = 0; i < INDEX_BLOCK_WORDS; i++) {
		block->possible[i] &= possible[i];
		block->certain[i] &= certain[i];
		rest |= block->possible[i];
	}
	block->rest = rest;
}

CLONES void index_block_check(struct index_block *restrict block, const uint64_t *check)
{
	for (size_t i = 0; i < INDEX_BLOCK_WORDS; i++) {
		block->check[i] |= check[i];
	}
}

CLONES void index_block_finish(
	struct index_block *restrict block, const uint64_t *residual, const uint64_t *unstated)
{
	for (size_t i = 0; i < INDEX_BLOCK_WORDS; i++) {
		block->check[i] = (block->check[i] | residual[i]) & block->possible[i];
		block->certain[i] &= block->possible[i] & ~residual[i] & ~unstated[i];
	}
}

void index_transpose(uint64_t words[64])
{
	uint64_t mask = UINT64_C(0x00000000FFFFFFFF);
	for (unsigned step = 32; step != 0; step >>= 1, mask ^= mask << step) {
		for (unsigned i = 0; i < 64; i = ((i | step) + 1) & ~step) {
			const uint64_t swap = ((words[i] >> step) ^ words[i | step]) & mask;
			words[i] ^= swap << step;
			words[i | step] ^= swap;
		}
	}
}

size_t index_popcount(const uint64_t *words, size_t count)
{
	size_t total = 0;
	for (size_t i = 0; i < count; i++) {
		total += (size_t)__builtin_popcountll(words[i]);
	}
	return total;
}
