/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "rules/index/builder.h"

/* The codes stand among the texts of the set's fact already. */
static struct str share_code(const struct index *index, uint32_t domain, struct str code)
{
	const struct index_cuts *cuts = &index->domains[domain].cuts;
	const size_t rank = index_cuts_rank(cuts, code);
	return rank > 0 && str_equal(cuts->texts[rank - 1], code) ? cuts->texts[rank - 1]
								  : (struct str){0};
}

static bool copy_set(struct index *index, const struct index_builder *builder,
	const struct index_entry *entry, struct index_set *ret_set)
{
	const struct index_piece *pieces = builder->pieces.items;
	const struct index_set *set = &entry->condition.set;
	const uint32_t column = pieces[entry->first_piece].column;
	struct arena *arena = &index->arena;
	struct str *codes = arena_array(arena, set->code_count, sizeof(*codes));
	*ret_set = *set;
	ret_set->codes = codes;
	ret_set->fact = column == INDEX_NO_COLUMN
				? arena_str(arena, set->fact)
				: index->domains[builder->columns[column].domain].fact;
	for (size_t i = 0; codes != NULL && i < set->code_count; i++) {
		codes[i] =
			column == INDEX_NO_COLUMN
				? (struct str){0}
				: share_code(index, builder->columns[column].domain, set->codes[i]);
		codes[i] = codes[i].ptr == NULL ? arena_str(arena, set->codes[i]) : codes[i];
	}
	return !arena_failed(arena);
}

static const uint32_t *copy_numbers(
	struct arena *arena, const struct index_vector *vector, size_t extra)
{
	uint32_t *copy = arena_array(arena, vector->count + extra, sizeof(*copy));
	if (copy != NULL && vector->count > 0) {
		memcpy(copy, vector->items, vector->count * sizeof(*copy));
	}
	return copy;
}

static enum err copy_services(struct index_builder *builder, struct index *index)
{
	const struct index_entry *entries = builder->entries.items;
	struct index_condition *conditions =
		arena_array(&index->arena, builder->entries.count, sizeof(*conditions));
	uint32_t *first = arena_array(&index->arena, index->service_count + 1, sizeof(*first));
	index->service_conditions = copy_numbers(&index->arena, &builder->service_conditions, 0);
	if (index->row_count != index->service_count) {
		index->row_services = copy_numbers(&index->arena, &builder->row_services, 0);
	}
	if (conditions == NULL || first == NULL || arena_failed(&index->arena)) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < builder->entries.count; i++) {
		conditions[i] = entries[i].condition;
		if (conditions[i].clause == NULL &&
			!copy_set(index, builder, &entries[i], &conditions[i].set)) {
			return ERR_NOMEM;
		}
	}
	if (index->service_count > 0) {
		memcpy(first, builder->first_conditions.items,
			index->service_count * sizeof(*first));
	}
	first[index->service_count] = (uint32_t)builder->service_conditions.count;
	index->conditions = conditions;
	index->condition_count = builder->entries.count;
	index->first_conditions = first;
	return ERR_OK;
}

/* A domain's cuts without what only the builder has. */
static bool copy_domain(
	struct arena *arena, const struct index_domain *from, struct index_domain *ret_domain)
{
	struct index_cuts cuts = from->cuts;
	cuts.arena = NULL;
	cuts.texts = arena_array(arena, cuts.text_count, sizeof(*cuts.texts));
	cuts.integers = arena_array(arena, cuts.integer_count, sizeof(*cuts.integers));
	cuts.numbers = arena_array(arena, cuts.number_count, sizeof(*cuts.numbers));
	if (cuts.heads != NULL) {
		cuts.heads = arena_array(arena, cuts.text_count, sizeof(*cuts.heads));
	}
	if (arena_failed(arena)) {
		return false;
	}
	if (cuts.heads != NULL) {
		memcpy(cuts.heads, from->cuts.heads, cuts.text_count * sizeof(*cuts.heads));
	}
	for (size_t i = 0; i < cuts.text_count; i++) {
		cuts.texts[i] = arena_str(arena, from->cuts.texts[i]);
	}
	for (size_t i = 0; i < cuts.integer_count; i++) {
		cuts.integers[i] = from->cuts.integers[i];
	}
	for (size_t i = 0; i < cuts.number_count; i++) {
		cuts.numbers[i] = from->cuts.numbers[i];
	}
	*ret_domain = (struct index_domain){arena_str(arena, from->fact), cuts};
	return !arena_failed(arena);
}

static enum err copy_domains(struct index_builder *builder, struct index *index)
{
	struct index_domain *domains =
		arena_array(&index->arena, builder->domain_count, sizeof(*domains));
	if (domains == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < builder->domain_count; i++) {
		index_cuts_settle(&builder->domains[i].cuts);
		if (builder->domains[i].cuts.failed ||
			!copy_domain(&index->arena, &builder->domains[i], &domains[i])) {
			return ERR_NOMEM;
		}
	}
	index->domains = domains;
	index->domain_count = builder->domain_count;
	return ERR_OK;
}

static uint64_t *mark_rows(struct index *index, const struct index_vector *vector)
{
	uint64_t *bits = arena_array(&index->arena, index->word_count, sizeof(*bits));
	const uint32_t *rows = vector->items;
	for (size_t i = 0; bits != NULL && i < vector->count; i++) {
		index_bit_set(bits, rows[i]);
	}
	return bits;
}

static enum err fill_columns(struct index_builder *builder, struct index *index)
{
	struct index_column *columns =
		arena_array(&index->arena, builder->column_count, sizeof(*columns));
	uint64_t *residual = mark_rows(index, &builder->residual);
	index->unstated = mark_rows(index, &builder->unstated);
	if (columns == NULL || residual == NULL || index->unstated == NULL) {
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < builder->column_count; i++) {
		const struct index_plan_column *plan = &builder->columns[i];
		const struct index_pair *pairs = plan->pairs.items;
		bool kept = false;
		const enum err err = plan->pairs.count == 0
					     ? ERR_OK
					     : index_column_fill(builder, index, plan,
						       &columns[index->column_count], &kept);
		if (err != ERR_OK) {
			return err;
		}
		index->column_count += kept ? 1 : 0;
		for (size_t p = 0; !kept && p < plan->pairs.count; p++) {
			index_bit_set(residual, pairs[p].row);
		}
	}
	index->columns = columns;
	index->residual = residual;
	return ERR_OK;
}

enum err index_create(struct index_builder *builder, struct index **ret_index)
{
	struct index *index = calloc(1, sizeof(*index));
	if (index == NULL) {
		return ERR_NOMEM;
	}
	arena_init(&index->arena, 0);
	index->service_count = builder->first_conditions.count;
	index->row_count = builder->row_services.count;
	const size_t blocks =
		(index_words(index->row_count) + INDEX_BLOCK_WORDS - 1) / INDEX_BLOCK_WORDS;
	index->word_count = blocks * INDEX_BLOCK_WORDS;
	enum err err = copy_domains(builder, index);
	if (err == ERR_OK) {
		err = copy_services(builder, index);
	}
	if (err == ERR_OK) {
		err = fill_columns(builder, index);
	}
	if (err == ERR_OK && arena_failed(&index->arena)) {
		err = ERR_NOMEM;
	}
	if (err != ERR_OK) {
		index_destroy(index);
		return err;
	}
	*ret_index = index;
	return ERR_OK;
}

void index_destroy(struct index *index)
{
	if (index != NULL) {
		arena_finish(&index->arena);
		free(index);
	}
}
