/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_BOOK_H
#define ONWARD_RULES_AUTHOR_BOOK_H
#include "rules/author/author.h"

/*
 * The clauses of a set of files, each with its place.  Only what an author of rules writes is read:
 * the directory itself checks everything else about a service, and one service that is broken
 * elsewhere must not keep the clauses of the others from being checked.
 */
struct author_clause {
	struct str id;
	struct str cel, means;
	struct str question; /* with `ask`: what a person asks the service where the answer is no */
	bool ask;            /* otherwise: ask */
	bool cohort;         /* ranks only */
	size_t at;           /* of the text's first byte in the file; SIZE_MAX: quoted otherwise */
	unsigned line;       /* of the file */
	/* Types and names found; NULL: it is refused, see `fault`. */
	const struct cel_tree *tree;
	struct cel_fault fault;
	const struct rules_clause *compiled; /* NULL: refused as well */
};

struct author_service {
	struct str id, name;
	const struct author_file *file;
	struct author_clause *clauses; /* eligibility, then cohort */
	size_t clause_count;
};

struct author_book {
	const struct author_schema *schema;
	struct author_service *services; /* in the order of the files */
	size_t count, room;
};

/* Reads one file into the book when it holds a service: a YAML map with `eligibility` or `cohort`,
 * or, in a file that ends in .cel, one clause.  True when it did.  What cannot be read is a
 * finding.  The bytes must outlive the book. */
bool author_book_add(
	struct author_book *book, const struct author_file *file, struct author_findings *findings);
/* Fills tree and compiled, or fault, from `cel`. */
void author_clause_compile(
	struct author_clause *clause, const struct author_schema *schema, struct arena *arena);
/* NULL when there is none. */
const struct author_service *author_book_find(const struct author_book *book, struct str id);

/* A place of a clause's text in its file: fills line, column and excerpt of the finding.  `offset`
 * is in bytes of the clause. */
void author_clause_place(const struct author_service *service, const struct author_clause *clause,
	size_t offset, struct author_finding *finding);
#endif
