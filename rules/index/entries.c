/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index/builder.h"

#include <stdlib.h>

/*
 * Conditions that are equal are one: a directory says the same few things of many services.
 */

static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *byte = bytes;
	for (; len >= 8; byte += 8, len -= 8) {
		uint64_t word;
		memcpy(&word, byte, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
		hash ^= hash >> 29;
	}
	for (; len > 0; byte++, len--) {
		hash = (hash ^ *byte) * UINT64_C(0x100000001B3);
	}
	return hash ^ hash >> 29;
}

static uint64_t condition_hash(const struct index_condition *condition)
{
	if (condition->clause != NULL) {
		const struct str source = rules_clause_source(condition->clause);
		return mix(1, source.ptr, source.len);
	}
	const struct index_set *set = &condition->set;
	uint64_t hash = mix(set->stated ? 2 : 3, set->fact.ptr, set->fact.len);
	for (size_t i = 0; set->stated && i < set->code_count; i++) {
		hash = mix(hash, set->codes[i].ptr, set->codes[i].len);
	}
	return hash;
}

static bool sets_equal(const struct index_set *a, const struct index_set *b)
{
	if (a->stated != b->stated || !str_equal(a->fact, b->fact)) {
		return false;
	}
	if (!a->stated) {
		return true;
	}
	if (a->code_count != b->code_count) {
		return false;
	}
	for (size_t i = 0; i < a->code_count; i++) {
		if (!str_equal(a->codes[i], b->codes[i])) {
			return false;
		}
	}
	return true;
}

static bool conditions_equal(const struct index_condition *a, const struct index_condition *b)
{
	if (a->clause == NULL || b->clause == NULL) {
		return a->clause == NULL && b->clause == NULL && sets_equal(&a->set, &b->set);
	}
	return a->clause == b->clause ||
	       str_equal(rules_clause_source(a->clause), rules_clause_source(b->clause));
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

/* A table at most half full; false when there is no memory. */
static bool table_grow(struct index_builder *builder)
{
	const struct index_entry *entries = builder->entries.items;
	if (builder->entries.count * 2 < builder->table_size) {
		return true;
	}
	const size_t size = builder->table_size == 0 ? 256 : builder->table_size * 2;
	struct index_place *table = calloc(size, sizeof(*table));
	if (table == NULL) {
		return false;
	}
	for (size_t i = 0; i < builder->entries.count; i++) {
		size_t at = entries[i].hash & (size - 1);
		while (table[at].number != 0) {
			at = (at + 1) & (size - 1);
		}
		table[at] = (struct index_place){tag_of(entries[i].hash), (uint32_t)i + 1};
	}
	free(builder->table);
	builder->table = table;
	builder->table_size = size;
	return true;
}

/* A code's copy is shared with the cuts of the fact, where there are any. */
static bool set_copy(struct arena *arena, const struct index_set *set, struct index_cuts *cuts,
	struct index_set *ret_set)
{
	struct str *codes = arena_array(arena, set->code_count, sizeof(*codes));
	if (codes == NULL) {
		return false;
	}
	for (size_t i = 0; i < set->code_count; i++) {
		codes[i] = cuts == NULL ? arena_str(arena, set->codes[i])
					: index_cuts_add_text(cuts, set->codes[i]);
	}
	*ret_set = (struct index_set){.fact = set->fact,
		.codes = codes,
		.code_count = set->code_count,
		.stated = set->stated};
	return !arena_failed(arena) && (cuts == NULL || !cuts->failed);
}

static enum err add_piece(struct index_builder *builder, const struct index_piece *piece)
{
	struct index_piece *added = index_vector_add(&builder->pieces, sizeof(*added));
	if (added == NULL || builder->pieces.count == UINT32_MAX) {
		return ERR_NOMEM;
	}
	*added = *piece;
	return ERR_OK;
}

static enum err add_set(struct index_builder *builder, struct index_entry *entry)
{
	struct index_set *set = arena_alloc(&builder->arena, sizeof(*set));
	const struct str fact = arena_str(&builder->arena, entry->condition.set.fact);
	if (set == NULL || fact.ptr == NULL) {
		return ERR_NOMEM;
	}
	struct index_cuts *cuts = NULL;
	const uint32_t column = index_column_find(builder, fact, INDEX_MODE_MEMBER);
	if (column != INDEX_NO_COLUMN) {
		cuts = &builder->domains[builder->columns[column].domain].cuts;
		cuts->has_text = true;
	}
	if (!set_copy(&builder->arena, &entry->condition.set, cuts, set)) {
		return ERR_NOMEM;
	}
	set->fact = fact;
	entry->condition.set = *set;
	entry->row_count = 1;
	const struct index_piece piece = {.set = set, .column = column};
	return add_piece(builder, &piece);
}

static enum index_mode mode_of(enum index_part_kind kind)
{
	switch (kind) {
	case INDEX_PART_ANY:
		return INDEX_MODE_ANY;
	case INDEX_PART_ALL:
		return INDEX_MODE_ALL;
	case INDEX_PART_STEP:
	case INDEX_PART_OPAQUE:
	case INDEX_PART_MIXED:
	case INDEX_PART_KINDS:
		break;
	}
	return INDEX_MODE_STEP;
}

static enum err add_clause(struct index_builder *builder, struct index_entry *entry)
{
	struct index_shape shape;
	enum err err = index_shape_find(&builder->arena, entry->condition.clause, &shape);
	struct index_row *rows =
		err == ERR_OK ? arena_array(&builder->arena, shape.row_count, sizeof(*rows)) : NULL;
	if (rows == NULL) {
		return ERR_NOMEM;
	}
	memcpy(rows, shape.rows, shape.row_count * sizeof(*rows));
	entry->rows = rows;
	entry->row_count = shape.row_count;
	for (size_t i = 0; err == ERR_OK && i < shape.part_count; i++) {
		const struct index_part *part = &shape.parts[i];
		struct index_piece piece = {.part = part, .column = INDEX_NO_COLUMN};
		if (part->kind != INDEX_PART_MIXED) {
			piece.column = index_column_find(builder, part->fact, mode_of(part->kind));
		}
		if (piece.column != INDEX_NO_COLUMN) {
			struct index_cuts *cuts =
				&builder->domains[builder->columns[piece.column].domain].cuts;
			index_cuts_merge(cuts, &part->cuts);
			err = cuts->failed ? ERR_NOMEM : ERR_OK;
		}
		err = err == ERR_OK ? add_piece(builder, &piece) : err;
	}
	return err;
}

enum err index_entry_find(struct index_builder *builder, const struct index_condition *condition,
	uint32_t *ret_number)
{
	struct index_entry entry = {.condition = *condition,
		.hash = condition_hash(condition),
		.first_piece = (uint32_t)builder->pieces.count};
	if (!table_grow(builder)) {
		return ERR_NOMEM;
	}
	const struct index_entry *entries = builder->entries.items;
	size_t at = entry.hash & (builder->table_size - 1);
	for (; builder->table[at].number != 0; at = (at + 1) & (builder->table_size - 1)) {
		const uint32_t number = builder->table[at].number - 1;
		if (builder->table[at].tag == tag_of(entry.hash) &&
			conditions_equal(&entries[number].condition, condition)) {
			*ret_number = number;
			return ERR_OK;
		}
	}
	if (builder->entries.count >= UINT32_MAX - 1) {
		return ERR_TOO_LARGE;
	}
	const enum err err =
		condition->clause == NULL ? add_set(builder, &entry) : add_clause(builder, &entry);
	struct index_entry *added =
		err == ERR_OK ? index_vector_add(&builder->entries, sizeof(*added)) : NULL;
	if (added == NULL) {
		return err == ERR_OK ? ERR_NOMEM : err;
	}
	*added = entry;
	*ret_number = (uint32_t)builder->entries.count - 1;
	builder->table[at] = (struct index_place){tag_of(entry.hash), *ret_number + 1};
	return ERR_OK;
}

static uint32_t domain_find(struct index_builder *builder, struct str fact, bool list)
{
	for (size_t i = 0; i < builder->column_count; i++) {
		const struct index_plan_column *column = &builder->columns[i];
		if ((column->mode != INDEX_MODE_STEP) == list &&
			str_equal(builder->domains[column->domain].fact, fact)) {
			return column->domain;
		}
	}
	struct index_domain *domain = &builder->domains[builder->domain_count];
	*domain = (struct index_domain){.fact = fact, .cuts.arena = &builder->arena};
	return (uint32_t)builder->domain_count++;
}

static uint32_t column_add(struct index_builder *builder, uint32_t domain, enum index_mode mode)
{
	builder->columns[builder->column_count] =
		(struct index_plan_column){.domain = domain, .mode = mode, .twin = INDEX_NO_COLUMN};
	return (uint32_t)builder->column_count++;
}

uint32_t index_column_find(struct index_builder *builder, struct str fact, enum index_mode mode)
{
	for (size_t i = 0; i < builder->column_count; i++) {
		const struct index_plan_column *column = &builder->columns[i];
		if (column->mode == mode &&
			str_equal(builder->domains[column->domain].fact, fact)) {
			return (uint32_t)i;
		}
	}
	if (builder->column_count == INDEX_COLUMNS_MAX) {
		return INDEX_NO_COLUMN;
	}
	return column_add(builder, domain_find(builder, fact, mode != INDEX_MODE_STEP), mode);
}

uint32_t index_column_twin(struct index_builder *builder, uint32_t column)
{
	const struct index_plan_column *first = &builder->columns[column];
	if (first->twin == INDEX_NO_COLUMN && builder->column_count < INDEX_COLUMNS_MAX) {
		builder->columns[column].twin = column_add(builder, first->domain, first->mode);
	}
	return builder->columns[column].twin;
}
