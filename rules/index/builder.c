/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/builder.h"

#include <stdlib.h>

void *index_vector_add(struct index_vector *vector, size_t size)
{
	if (vector->count == vector->room) {
		const size_t room = vector->room == 0 ? 64 : vector->room * 2;
		void *items = reallocarray(vector->items, room, size);
		if (items == NULL) {
			return NULL;
		}
		vector->items = items;
		vector->room = room;
	}
	return (char *)vector->items + vector->count++ * size;
}

static enum err add_number(struct index_vector *vector, size_t number)
{
	if (number >= UINT32_MAX) {
		return ERR_TOO_LARGE;
	}
	uint32_t *item = index_vector_add(vector, sizeof(*item));
	if (item == NULL) {
		return ERR_NOMEM;
	}
	*item = (uint32_t)number;
	return ERR_OK;
}

enum err index_builder_create(struct index_builder **ret_builder)
{
	struct index_builder *builder = calloc(1, sizeof(*builder));
	if (builder == NULL) {
		return ERR_NOMEM;
	}
	arena_init(&builder->arena, 0);
	*ret_builder = builder;
	return ERR_OK;
}

void index_builder_destroy(struct index_builder *builder)
{
	if (builder == NULL) {
		return;
	}
	for (size_t i = 0; i < builder->column_count; i++) {
		free(builder->columns[i].pairs.items);
	}
	free(builder->entries.items);
	free(builder->pieces.items);
	free(builder->service_conditions.items);
	free(builder->first_conditions.items);
	free(builder->row_services.items);
	free(builder->residual.items);
	free(builder->unstated.items);
	free(builder->table);
	arena_finish(&builder->arena);
	free(builder);
}

/* The rows of one service, while its conditions are multiplied: numbers of pieces. */
struct rows {
	size_t count;
	size_t lengths[INDEX_LIMIT_ROWS];
	uint32_t pieces[INDEX_LIMIT_ROWS][INDEX_LIMIT_PARTS];
	bool residual; /* a condition is not in the rows */
};

static bool rows_fit(const struct rows *rows, const struct index_entry *entry)
{
	if (rows->count * entry->row_count > INDEX_LIMIT_ROWS) {
		return false;
	}
	for (size_t i = 0; i < rows->count; i++) {
		for (size_t j = 0; j < entry->row_count; j++) {
			const size_t added = entry->rows == NULL ? 1 : entry->rows[j].count;
			if (rows->lengths[i] + added > INDEX_LIMIT_PARTS) {
				return false;
			}
		}
	}
	return true;
}

static void rows_multiply(struct rows *rows, const struct index_entry *entry)
{
	if (!rows_fit(rows, entry)) {
		rows->residual = true;
		return;
	}
	const size_t before = rows->count;
	for (size_t j = entry->row_count; j > 0; j--) {
		for (size_t i = 0; i < before; i++) {
			const size_t to = (j - 1) * before + i;
			const size_t count = entry->rows == NULL ? 1 : entry->rows[j - 1].count;
			size_t length = rows->lengths[i];
			if (to != i) {
				memcpy(rows->pieces[to], rows->pieces[i],
					length * sizeof(rows->pieces[0][0]));
			}
			for (size_t p = 0; p < count; p++) {
				const uint32_t part =
					entry->rows == NULL ? 0 : entry->rows[j - 1].parts[p];
				rows->pieces[to][length++] = entry->first_piece + part;
			}
			rows->lengths[to] = length;
		}
	}
	rows->count = before * entry->row_count;
}

static enum err add_pair(
	struct index_builder *builder, uint32_t piece, uint32_t row, bool *ret_residual)
{
	const struct index_piece *pieces = builder->pieces.items;
	uint32_t number = pieces[piece].column;
	for (int twin = 0; number != INDEX_NO_COLUMN && twin < INDEX_LIMIT_TWINS; twin++) {
		struct index_plan_column *column = &builder->columns[number];
		const struct index_pair *pairs = column->pairs.items;
		/* Of two conditions on the items of one list, each wants its own column. */
		const bool alone =
			column->mode == INDEX_MODE_ANY || column->mode == INDEX_MODE_MEMBER;
		if (!alone || column->pairs.count == 0 ||
			pairs[column->pairs.count - 1].row != row) {
			struct index_pair *pair = index_vector_add(&column->pairs, sizeof(*pair));
			if (pair == NULL) {
				return ERR_NOMEM;
			}
			*pair = (struct index_pair){row, piece};
			return ERR_OK;
		}
		number = index_column_twin(builder, number);
	}
	*ret_residual = true;
	return ERR_OK;
}

static enum err add_row(struct index_builder *builder, const struct rows *rows, size_t number,
	size_t service, bool unstated)
{
	const size_t row = builder->row_services.count;
	bool residual = rows->residual;
	enum err err = add_number(&builder->row_services, service);
	for (size_t i = 0; err == ERR_OK && i < rows->lengths[number]; i++) {
		err = add_pair(builder, rows->pieces[number][i], (uint32_t)row, &residual);
	}
	if (err == ERR_OK && residual) {
		err = add_number(&builder->residual, row);
	}
	if (err == ERR_OK && unstated) {
		err = add_number(&builder->unstated, row);
	}
	return err;
}

static enum err add_condition(struct index_builder *builder,
	const struct index_condition *condition, struct rows *rows, bool *ret_unstated)
{
	uint32_t number;
	enum err err = index_entry_find(builder, condition, &number);
	if (err == ERR_OK) {
		err = add_number(&builder->service_conditions, number);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (condition->clause == NULL && !condition->set.stated) {
		*ret_unstated = true;
		return ERR_OK;
	}
	const struct index_entry *entries = builder->entries.items;
	rows_multiply(rows, &entries[number]);
	return ERR_OK;
}

/* What a large directory holds lies far apart in memory; waiting for one after the other took half
 * of the time a snapshot needs. */
static void prefetch(const struct index_service *service)
{
	for (size_t i = 0; i < service->clause_count; i++) {
		__builtin_prefetch(service->clauses[i]);
	}
	for (size_t i = 0; i < service->set_count; i++) {
		for (size_t code = 0; code < service->sets[i].code_count; code++) {
			__builtin_prefetch(service->sets[i].codes[code].ptr);
		}
	}
	for (size_t i = 0; i < service->clause_count; i++) {
		__builtin_prefetch(rules_clause_source(service->clauses[i]).ptr);
	}
}

enum err index_builder_add(struct index_builder *builder, const struct index_service *service)
{
	const size_t position = builder->first_conditions.count;
	struct rows rows;
	bool unstated = false;
	rows.count = 1;
	rows.lengths[0] = 0;
	rows.residual = false;
	prefetch(service);
	enum err err = add_number(&builder->first_conditions, builder->service_conditions.count);
	for (size_t i = 0; err == ERR_OK && i < service->set_count; i++) {
		const struct index_condition condition = {.set = service->sets[i]};
		err = add_condition(builder, &condition, &rows, &unstated);
	}
	for (size_t i = 0; err == ERR_OK && i < service->clause_count; i++) {
		const struct index_condition condition = {.clause = service->clauses[i]};
		err = add_condition(builder, &condition, &rows, &unstated);
	}
	for (size_t i = 0; err == ERR_OK && i < rows.count; i++) {
		err = add_row(builder, &rows, i, position, unstated);
	}
	return err;
}
