/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_INDEX_INDEX_H
#define ONWARD_RULES_INDEX_INDEX_H
#include "rules/rules.h"

/*
 * index: which of very many services a person is eligible for, without asking each.  Includes
 * rules and broker/base only: no clock, file, socket or lock; nothing is global.
 *
 * A row is a service, or one of the ways (at most 8) in which its clauses can be met.  For every
 * region of every fact there is a bitset of the rows that it does not rule out, made by running the
 * compiled clauses on one value of the region: the evaluator alone says what a clause means, so
 * that index and evaluator cannot disagree.  Where they could (an error, a condition over two
 * facts, a value of an unforeseen kind) the row is marked, and its service's clauses are evaluated.
 *
 * Where to start reading: cuts.h regions; parts.h a clause taken apart (steps.h by which forms);
 * model.h the snapshot, builder.c, columns.c and fill.c how it is made, query.c and verdict.c how
 * it is asked; complete.h is the completion pass, which finds what is worth asking.
 */

/* What a directory knows of a service without any clause: the fact (one text, or a list of texts)
 * must be, or share, one of the codes.  Answers like a clause: not stated or an unknown fact is
 * unknown, anything but a text or a list of texts is an error. */
struct index_set {
	struct str fact;
	const struct str *codes;
	size_t code_count;
	bool stated; /* false: which codes is not known; always unknown */
};
enum rules_answer index_set_answer(const struct index_set *set, const struct rules_fact *fact);

/* All conditions of a service hold together.  A clause that is no longer the same would be another
 * snapshot's: clauses are borrowed until the snapshot's end, sets only during the call. */
struct index_service {
	const struct rules_clause *const *clauses;
	size_t clause_count;
	const struct index_set *sets;
	size_t set_count;
};

/* The verdict of a service: a no among its conditions beats an error beats an unknown. */
enum index_verdict {
	INDEX_INELIGIBLE,
	INDEX_ELIGIBLE,
	INDEX_UNDETERMINED,
	INDEX_ERROR,
};

/* Collects services; one thread at a time. */
struct index_builder;
MUST_CHECK enum err index_builder_create(struct index_builder **ret_builder);
void index_builder_destroy(struct index_builder *builder); /* accepts NULL */
/* The service gets the next position, from 0.  Clauses of the same source are taken to be the same,
 * so all of an index must have been compiled against the same declarations.  ERR_NOMEM,
 * ERR_TOO_LARGE: then the builder is of no more use than to be destroyed. */
MUST_CHECK enum err index_builder_add(
	struct index_builder *builder, const struct index_service *service);

/* An immutable snapshot: any number of threads may ask it.  Needs no builder any more. */
struct index;
MUST_CHECK enum err index_create(struct index_builder *builder, struct index **ret_index);
void index_destroy(struct index *index); /* accepts NULL */

/* Sets of services by position, 64 a word; in the scratch arena.  Who is in none is ineligible. */
struct index_verdicts {
	size_t service_count;
	size_t word_count;
	const uint64_t *eligible;
	const uint64_t *undetermined;
	const uint64_t *error;
	size_t eligible_count, undetermined_count, error_count;
	size_t evaluated_count; /* services whose clauses the index could not answer for */
};

/* What is true of every service for these facts.  Asks `get`, which must be there and agree with
 * `values` where those are given, once for each fact that the index knows, and for others as
 * rules_evaluate does.  A scratch arena that was used before and reset is not grown:
 * no malloc.  ERR_NOMEM. */
MUST_CHECK enum err index_query(const struct index *index, const struct rules_facts *facts,
	struct arena *scratch, struct index_verdicts *ret_verdicts);
/* The same by evaluating every service: what the index must not differ from. */
MUST_CHECK enum err index_scan(const struct index *index, const struct rules_facts *facts,
	struct arena *scratch, struct index_verdicts *ret_verdicts);
enum index_verdict index_verdict_of(const struct index_verdicts *verdicts, size_t service);

struct index_stats {
	size_t services, rows, clauses; /* clauses: different ones */
	size_t columns, bitsets, postings;
	size_t residual_rows; /* rows with a condition that only the evaluator can answer */
	size_t bytes;         /* of the snapshot */
};
struct index_stats index_stats_of(const struct index *index);
#endif
