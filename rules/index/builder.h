/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_BUILDER_H
#define ONWARD_RULES_INDEX_BUILDER_H
#include "rules/index/model.h"
#include "rules/index/parts.h"

/*
 * What a snapshot is made of, while it is made.  A vector grows by realloc; the rest is in the
 * builder's arena.
 */
struct index_vector {
	void *items;
	size_t count, room;
};
/* Room for one more item of `size` bytes: NULL when there is none. */
void *index_vector_add(struct index_vector *vector, size_t size);

/* A part of a clause, or a set: something whose answer depends on one fact. */
struct index_piece {
	const struct index_part *part; /* NULL: a set */
	const struct index_set *set;
	uint32_t column; /* the first of its twins; INDEX_NO_COLUMN: only the evaluator can tell */
	uint64_t *outcome; /* by index_outcome_find; NULL before */
};

#define INDEX_NO_COLUMN UINT32_MAX

enum {
	INDEX_COLUMNS_MAX = 512, /* facts times modes; what is beyond goes to the evaluator */
};

/* A row asks something of a column's fact. */
struct index_pair {
	uint32_t row;
	uint32_t piece;
};

struct index_plan_column {
	uint32_t domain;
	enum index_mode mode;
	uint32_t twin;             /* the next one; INDEX_NO_COLUMN */
	struct index_vector pairs; /* struct index_pair, by row */
};

/* A condition with its rows of pieces; a set has one row of one piece. */
struct index_entry {
	struct index_condition condition;
	uint64_t hash;
	size_t row_count;
	const struct index_row *rows; /* of numbers of parts; NULL: a set */
	uint32_t first_piece;
};

/* Half of the hash beside the number saves most looks at entries that differ. */
struct index_place {
	uint32_t tag;
	uint32_t number; /* of an entry, + 1; 0: free */
};

struct index_builder {
	struct arena arena;
	struct index_vector entries;            /* struct index_entry */
	struct index_vector pieces;             /* struct index_piece */
	struct index_vector service_conditions; /* uint32_t: numbers of entries */
	struct index_vector first_conditions;   /* uint32_t: one a service */
	struct index_vector row_services;       /* uint32_t */
	struct index_vector residual;           /* uint32_t: rows */
	struct index_vector unstated;           /* uint32_t: rows */
	struct index_place *table;              /* hash table of entries */
	size_t table_size;
	struct index_domain domains[INDEX_COLUMNS_MAX];
	size_t domain_count;
	struct index_plan_column columns[INDEX_COLUMNS_MAX];
	size_t column_count;
};

/* The number of the entry equal to the condition, added if need be.  ERR_NOMEM, ERR_TOO_LARGE. */
MUST_CHECK enum err index_entry_find(struct index_builder *builder,
	const struct index_condition *condition, uint32_t *ret_number);
/* The column of a fact and mode; INDEX_NO_COLUMN when there are too many. */
uint32_t index_column_find(struct index_builder *builder, struct str fact, enum index_mode mode);
/* The next twin of a column; INDEX_NO_COLUMN when there are too many. */
uint32_t index_column_twin(struct index_builder *builder, uint32_t column);

/* What a piece says in each region: three sets of regions, `possible`, `certain`, `check`, of
 * index_words(region_count) words each, one after the other. */
struct index_outcome {
	struct arena *scratch;
	const struct index_domain *domain;
	enum index_mode mode;
	size_t words;
	uint64_t *sets;
};
MUST_CHECK enum err index_outcome_find(
	const struct index_outcome *outcome, const struct index_piece *piece);

/* Fills the bitsets of one column; its domain is settled.  *ret_kept is false when it would be too
 * large: then its rows are to be residual. */
MUST_CHECK enum err index_column_fill(struct index_builder *builder, struct index *index,
	const struct index_plan_column *plan, struct index_column *ret_column, bool *ret_kept);
#endif
