/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_COVERAGE_H
#define ONWARD_DIRECTORY_COVERAGE_COVERAGE_H
#include "broker/base/arena.h"
#include "broker/model/vocab.h"
#include "directory/directory.h"
#include "rules/index/index.h"

/*
 * coverage: what a directory offers where, and where it offers nothing: the grid of gaps, pictures
 * of it, and the search through it.  Includes directory, rules/index, broker/model and broker/base:
 * no clock, file or socket; the day comes from the caller.  COVERAGE.md says what the words mean.
 *
 * Where to start reading: offer.h is a service as the grid sees it, people.h whom it is asked for,
 * grid.c the grid; report.h and report_table.c what people read of it; map.h the pictures; find.h
 * the search.
 */

/* What a cell of the grid holds, the worst first. */
enum coverage_kind {
	COVERAGE_NONE,
	COVERAGE_NOT_STATED, /* nobody is known to; somebody may, or the sources do not say */
	COVERAGE_GENERIC,    /* only what is there for everybody, over more than one authority or by
				law: no service for women, none of the place */
	COVERAGE_RATE_CARD,  /* only one paid by the referral */
	COVERAGE_ONE,        /* one service */
	COVERAGE_SEVERAL,
	COVERAGE_KINDS
};
const char *coverage_kind_code(enum coverage_kind kind);  /* "not-stated" */
const char *coverage_kind_words(enum coverage_kind kind); /* "not stated" */

/* How many services would take her, by what they are. */
struct coverage_cell {
	uint32_t own;       /* for women, or of the place alone; with those of the rate card */
	uint32_t rate_card; /* among them */
	uint32_t generic;
	uint32_t unstated; /* which do not state where, for which way or from whom they take */
	uint32_t depends;  /* among own and generic: a fact that the cell leaves open decides */
	uint32_t first;    /* position of one of own, else of generic; UINT32_MAX: none */
};

/* Ages, whole years, both inclusive, between which no clause of the directory changes. */
struct coverage_band {
	int least, most;
};
enum {
	COVERAGE_AGE_MOST = 120 /* the oldest age that a referral may give: no bound */
};

/* A further fact and a value of it; the first case of a grid has none. */
struct coverage_case {
	struct str fact;
	struct rules_fact value;
	struct str words; /* "true", "conditional-caution", "other" */
};

struct coverage_place {
	const struct directory_authority *authority;
	bool not_stated; /* an area's sources say nothing of it */
};

/* Borrows the directory; everything else is in its arena.  Immutable once made. */
struct coverage {
	const struct directory *directory;
	date_days day;
	const struct coverage_place *places; /* by code: those any area or service names */
	size_t place_count;
	const struct coverage_band *bands;
	size_t band_count;
	const struct coverage_case *cases;
	size_t case_count;
	struct coverage_cell *cells; /* by coverage_at */
	size_t running;              /* services that can be chosen on the day */
	size_t unstated;             /* among them, that do not state where, how or from whom */
	struct arena arena;
};

struct coverage_input {
	const struct directory *directory;
	const struct cel_env *facts; /* what clauses are checked against; NULL: unchecked */
	date_days day;
	bool further; /* a case for each value of each further fact, too */
};
/* ERR_NOMEM, ERR_TOO_LARGE; ERR_CONFIG with the clause that does not compile. */
MUST_CHECK enum err coverage_create(
	const struct coverage_input *input, struct coverage **ret_coverage, struct fault *fault);
void coverage_destroy(struct coverage *coverage); /* accepts NULL */

struct coverage_at {
	size_t case_number, band, place;
	int pathway, need;
};
const struct coverage_cell *coverage_cell_at(
	const struct coverage *coverage, const struct coverage_at *at);
enum coverage_kind coverage_kind_of(
	const struct coverage_place *place, const struct coverage_cell *cell);

/* A part of the grid; zeroed but for the -1s: all of it. */
struct coverage_part {
	int pathway, need;    /* -1: any */
	struct str authority; /* code; empty: any */
};
/* The best kind that a place has within the part, for nobody of whom more is known than her age. */
enum coverage_kind coverage_best(
	const struct coverage *coverage, size_t place, const struct coverage_part *part);
#endif
