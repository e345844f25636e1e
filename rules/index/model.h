/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_MODEL_H
#define ONWARD_RULES_INDEX_MODEL_H
#include "rules/index/cuts.h"
#include "rules/index/index.h"
#include "rules/index/limits.h"

/*
 * The snapshot.  Everything in it lives in its one arena; clauses are the caller's.
 */

/* How the rows of a column take a value. */
enum index_mode {
	INDEX_MODE_STEP,   /* one value */
	INDEX_MODE_ANY,    /* a list: the `or` over its items */
	INDEX_MODE_ALL,    /* a list: the `and` over its items */
	INDEX_MODE_MEMBER, /* sets: a text or a list of texts, the `or` over them */
};

/* A fact, and where its values are cut. */
struct index_domain {
	struct str fact;
	struct index_cuts cuts;
};

/* Rows for which a region of a sparse column is not as the usual region: positions, ascending. */
struct index_posting {
	const uint32_t *rows;
	uint32_t count;
};

#define INDEX_BITS_NONE UINT32_MAX /* no bitset: no row is in it */

/* For one region: the numbers of bitsets in the column's pool. */
struct index_region_bits {
	uint32_t possible; /* rows that the region does not rule out */
	uint32_t certain;  /* rows that it is enough for */
	uint32_t check;    /* rows that the evaluator must look at; may be INDEX_BITS_NONE */
};

/* What the rows ask of one fact. */
struct index_column {
	uint32_t domain;
	enum index_mode mode;
	bool sparse; /* regions from FIRST_CUT on: `usual` but for their postings; no checks */
	uint32_t region_count;
	struct index_region_bits *regions;    /* sparse: those before FIRST_CUT */
	struct index_region_bits usual;       /* sparse only; certain is the same as possible */
	const struct index_posting *postings; /* sparse only; by region - FIRST_CUT */
	const uint64_t *bits;                 /* the pool: word_count words each */
	const uint32_t *bit_counts;           /* rows in each of the pool */
	uint32_t pool_count;
	uint32_t free; /* in the pool: rows that ask nothing of the fact */
};

/* A condition: a clause or a set; those that are equal are one. */
struct index_condition {
	const struct rules_clause *clause; /* NULL: a set */
	struct index_set set;
};

struct index {
	struct arena arena;
	size_t service_count, row_count;
	size_t word_count; /* of a set of rows: whole blocks */
	const struct index_condition *conditions;
	size_t condition_count;
	/* The conditions of service s: service_conditions[first_conditions[s]] up to the next. */
	const uint32_t *service_conditions, *first_conditions;
	const uint32_t *row_services; /* NULL: every service has one row */
	const struct index_domain *domains;
	size_t domain_count;
	const struct index_column *columns;
	size_t column_count;
	const uint64_t *residual; /* rows the evaluator must look at; never certain */
	const uint64_t *unstated; /* rows with a set that is not stated: never certain */
	size_t residual_count;
};

/* Bitsets of rows for one query, in scratch; word_count words. */
struct index_rows {
	const uint64_t *possible, *certain, *check; /* check and certain are within possible */
};
MUST_CHECK enum err index_rows_find(const struct index *index, const struct rules_fact *facts,
	struct arena *scratch, struct index_rows *ret_rows);

static inline bool index_bit(const uint64_t *bits, size_t position)
{
	return (bits[position / 64] >> (position % 64) & 1) != 0;
}

static inline void index_bit_set(uint64_t *bits, size_t position)
{
	bits[position / 64] |= UINT64_C(1) << (position % 64);
}

static inline size_t index_words(size_t bits)
{
	return (bits + 63) / 64;
}
#endif
