/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_RULES_AUTHOR_TABLE_H
#define ONWARD_RULES_AUTHOR_TABLE_H
#include "rules/author/person.h"

/*
 * A table of tests that stands beside the rules: a YAML file with `cases`, or a CSV file whose
 * first row names the columns.  A case gives facts and says what must come out.
 *
 *   service: example-camden
 *   given: {person.gender: female}            # facts of every case that does not say otherwise
 *   cases:
 *     - name: a girl of 17 is too young
 *       facts: {person.age: 17}
 *       verdict: ineligible                   # eligible, ineligible, undetermined, error
 *       reason: [adult]                       # ids of clauses that decide it
 *       missing: []                           # the facts to ask for, all of them
 *       says: below the service's minimum 18  # what the explanation holds
 */
struct author_case {
	struct str name;
	struct str service;
	const struct author_file *file;
	unsigned line;
	struct author_person person;
	enum author_verdict verdict;
	bool has_missing;
	const struct str *missing, *reason;
	size_t missing_count, reason_count;
	struct str says;
};

struct author_table {
	struct author_case *cases;
	size_t count, room;
};

/* Adds the cases of a file when it is a table; true when it is.  Mistakes are findings, and a case
 * with one is left out. */
bool author_table_add(struct author_table *table, const struct author_file *file,
	const struct author_schema *schema, struct author_findings *findings);

/* -- between the two readers -- */

/* A table being read. */
struct author_reading {
	struct author_table *table;
	const struct author_file *file;
	const struct author_schema *schema;
	struct author_findings *findings;
};
/* A mistake on a line of the file. */
void author_reading_complain(const struct author_reading *reading, unsigned line,
	const char *format, ...) PRINTF_LIKE(3, 4);
/* A new case with nothing known of the person; NULL when memory is short. */
struct author_case *author_reading_case(const struct author_reading *reading, unsigned line);
/* False after a complaint. */
bool author_reading_fact(const struct author_reading *reading, struct author_case *into,
	unsigned line, struct str path, struct str text);
bool author_reading_verdict(const struct author_reading *reading, struct author_case *into,
	unsigned line, struct str text);
/* "a; b" as a list of names. */
size_t author_reading_names(
	const struct author_reading *reading, struct str text, const struct str **ret_names);
void author_table_read_csv(const struct author_reading *reading);
#endif
