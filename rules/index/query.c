/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/kernel.h"
#include "rules/index/model.h"

/*
 * From facts to rows: every column gives bitsets for the value of its fact, the most selective
 * first, and a block of rows that is empty already is left alone.
 */

/* One column's say for one query.  STEP has one item; a list one for every item of its value. */
struct choice {
	size_t weight; /* rows that may stay */
	bool any;      /* `or` over the items and the base; otherwise `and` */
	size_t count;
	const uint64_t **possible; /* base first, then the items */
	const uint64_t **certain;
	const uint64_t **check; /* NULL where there is none */
};

struct query {
	const struct index *index;
	struct arena *scratch;
	struct choice *choices;
	size_t choice_count;
};

static const uint64_t *bits_at(
	const struct index *index, const struct index_column *column, uint32_t number)
{
	return number == INDEX_BITS_NONE ? NULL : column->bits + (size_t)number * index->word_count;
}

static struct choice *choice_new(struct query *query, size_t count)
{
	const uint64_t **bits = arena_array(query->scratch, 3 * count, sizeof(*bits));
	if (bits == NULL) {
		return NULL;
	}
	struct choice *choice = &query->choices[query->choice_count++];
	*choice = (struct choice){.count = count,
		.possible = bits,
		.certain = bits + count,
		.check = bits + 2 * count};
	return choice;
}

/* A value the column has no region for: whoever asks anything of the fact is to be evaluated. */
static enum err choose_none(struct query *query, const struct index_column *column)
{
	const struct index *index = query->index;
	uint64_t *check = arena_array(query->scratch, index->word_count, sizeof(*check));
	uint64_t *all = arena_array(query->scratch, index->word_count, sizeof(*all));
	struct choice *choice = choice_new(query, 1);
	if (choice == NULL || check == NULL || all == NULL) {
		return ERR_NOMEM;
	}
	const uint64_t *free_rows = bits_at(index, column, column->free);
	for (size_t i = 0; i < index->word_count; i++) {
		all[i] = UINT64_MAX;
		check[i] = ~free_rows[i];
	}
	choice->possible[0] = all;
	choice->certain[0] = free_rows;
	choice->check[0] = check;
	choice->weight = index->row_count;
	return ERR_OK;
}

/* Turns the usual rows of a sparse column into those of the region. */
static const uint64_t *spread(
	struct query *query, const struct index_column *column, size_t region, size_t *ret_weight)
{
	const struct index *index = query->index;
	const struct index_posting *posting = &column->postings[region - INDEX_REGION_FIRST_CUT];
	const uint64_t *usual = bits_at(index, column, column->usual.possible);
	*ret_weight = column->bit_counts[column->usual.possible] + posting->count;
	if (posting->count == 0) {
		return usual;
	}
	uint64_t *bits = arena_array(query->scratch, index->word_count, sizeof(*bits));
	if (bits == NULL) {
		return NULL;
	}
	memcpy(bits, usual, index->word_count * sizeof(*bits));
	for (uint32_t i = 0; i < posting->count; i++) {
		bits[posting->rows[i] / 64] ^= UINT64_C(1) << (posting->rows[i] % 64);
	}
	return bits;
}

/* Item `at` of a choice becomes what the column has for the region. */
static enum err choose_region(struct query *query, const struct index_column *column, size_t region,
	struct choice *choice, size_t at)
{
	size_t weight = 0;
	if (column->sparse && region >= INDEX_REGION_FIRST_CUT) {
		choice->possible[at] = spread(query, column, region, &weight);
		choice->certain[at] = choice->possible[at];
		choice->weight += weight;
		return choice->possible[at] == NULL ? ERR_NOMEM : ERR_OK;
	}
	const struct index_region_bits *bits = &column->regions[region];
	choice->possible[at] = bits_at(query->index, column, bits->possible);
	choice->certain[at] = bits_at(query->index, column, bits->certain);
	choice->check[at] = bits_at(query->index, column, bits->check);
	choice->weight += column->bit_counts[bits->possible];
	return ERR_OK;
}

static enum err choose_one(struct query *query, const struct index_column *column, int region)
{
	if (region == INDEX_REGION_NONE) {
		return choose_none(query, column);
	}
	struct choice *choice = choice_new(query, 1);
	return choice == NULL ? ERR_NOMEM : choose_region(query, column, (size_t)region, choice, 0);
}

static enum err choose_list(struct query *query, const struct index_column *column,
	const struct rules_fact *items, size_t count)
{
	const struct index_cuts *cuts = &query->index->domains[column->domain].cuts;
	int regions[INDEX_LIMIT_ITEMS];
	if (count > INDEX_LIMIT_ITEMS) {
		return choose_none(query, column);
	}
	for (size_t i = 0; i < count; i++) {
		const bool member =
			column->mode != INDEX_MODE_MEMBER || items[i].kind == RULES_FACT_STRING;
		regions[i] = member ? index_cuts_region(cuts, &items[i]) : INDEX_REGION_NONE;
		/* An unknown item makes the list unknown, unless another makes it an error. */
		if (regions[i] == INDEX_REGION_NONE || regions[i] == INDEX_REGION_UNKNOWN) {
			return choose_none(query, column);
		}
	}
	struct choice *choice = choice_new(query, count + 1);
	if (choice == NULL) {
		return ERR_NOMEM;
	}
	choice->any = column->mode != INDEX_MODE_ALL;
	enum err err = choose_region(query, column, INDEX_REGION_EMPTY, choice, 0);
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		err = choose_region(query, column, (size_t)regions[i], choice, i + 1);
	}
	return err;
}

static enum err choose(
	struct query *query, const struct index_column *column, const struct rules_fact *fact)
{
	const struct index_cuts *cuts = &query->index->domains[column->domain].cuts;
	if (column->mode == INDEX_MODE_STEP || fact->kind == RULES_FACT_UNKNOWN) {
		return choose_one(query, column, index_cuts_region(cuts, fact));
	}
	if (fact->kind == RULES_FACT_LIST) {
		return choose_list(query, column, fact->list.items, fact->list.count);
	}
	if (column->mode == INDEX_MODE_MEMBER && fact->kind == RULES_FACT_STRING) {
		return choose_list(query, column, fact, 1);
	}
	return choose_none(query, column);
}

/* Few columns: the most selective come first. */
static void sort_choices(struct query *query)
{
	for (size_t i = 1; i < query->choice_count; i++) {
		const struct choice choice = query->choices[i];
		size_t at = i;
		while (at > 0 && query->choices[at - 1].weight > choice.weight) {
			query->choices[at] = query->choices[at - 1];
			at--;
		}
		query->choices[at] = choice;
	}
}

static void block_any(struct index_block *block, const struct choice *choice, size_t word)
{
	struct index_block sum;
	index_block_load(&sum, choice->possible[0] + word, choice->certain[0] + word);
	for (size_t i = 1; i < choice->count; i++) {
		index_block_or(&sum, choice->possible[i] + word, choice->certain[i] + word);
	}
	index_block_and(block, sum.possible, sum.certain);
}

/* One block of rows; what is not filled stays zero. */
static void run_block(const struct query *query, size_t word, struct index_block *block)
{
	index_block_fill(block);
	for (size_t c = 0; c < query->choice_count; c++) {
		const struct choice *choice = &query->choices[c];
		if (choice->any) {
			block_any(block, choice, word);
		} else {
			for (size_t i = 0; i < choice->count; i++) {
				index_block_and(block, choice->possible[i] + word,
					choice->certain[i] + word);
			}
		}
		if (block->rest == 0) {
			return;
		}
		for (size_t i = 0; i < choice->count; i++) {
			if (choice->check[i] != NULL) {
				index_block_check(block, choice->check[i] + word);
			}
		}
	}
}

static enum err run(struct query *query, struct index_rows *ret_rows)
{
	const struct index *index = query->index;
	const size_t bytes = sizeof(uint64_t);
	uint64_t *possible = arena_array(query->scratch, index->word_count, bytes);
	uint64_t *certain = arena_array(query->scratch, index->word_count, bytes);
	uint64_t *check = arena_array(query->scratch, index->word_count, bytes);
	if (possible == NULL || certain == NULL || check == NULL) {
		return ERR_NOMEM;
	}
	for (size_t word = 0; word < index->word_count; word += INDEX_BLOCK_WORDS) {
		struct index_block block;
		run_block(query, word, &block);
		if (block.rest == 0) {
			continue;
		}
		index_block_finish(&block, index->residual + word, index->unstated + word);
		memcpy(possible + word, block.possible, sizeof(block.possible));
		memcpy(certain + word, block.certain, sizeof(block.certain));
		memcpy(check + word, block.check, sizeof(block.check));
	}
	/* Behind the last row there is none. */
	for (size_t row = index->row_count; row < index->word_count * 64; row++) {
		const uint64_t keep = ~(UINT64_C(1) << (row % 64));
		possible[row / 64] &= keep;
		certain[row / 64] &= keep;
		check[row / 64] &= keep;
	}
	*ret_rows = (struct index_rows){possible, certain, check};
	return ERR_OK;
}

enum err index_rows_find(const struct index *index, const struct rules_fact *facts,
	struct arena *scratch, struct index_rows *ret_rows)
{
	struct query query = {.index = index, .scratch = scratch};
	query.choices = arena_array(scratch, index->column_count + 1, sizeof(*query.choices));
	if (query.choices == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < index->column_count; i++) {
		const struct index_column *column = &index->columns[i];
		const enum err err = choose(&query, column, &facts[column->domain]);
		if (err != ERR_OK) {
			return err;
		}
	}
	sort_choices(&query);
	return run(&query, ret_rows);
}
