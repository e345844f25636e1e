/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CLI_RULES_FILES_H
#define ONWARD_CLI_RULES_FILES_H
#include "broker/cli/cli.h"
#include "rules/author/book.h"
#include "rules/author/table.h"
/* The files that authors of rules name on the command line, and the facts they may speak of. */

struct rules_files {
	struct author_file *items; /* sorted by path; in cli->arena */
	size_t count, room;
};

/* A file, or the .yaml, .csv and .cel files below a folder; "-" is standard input, one clause.
 * ERR_IO with a fault. */
MUST_CHECK enum err rules_files_read(struct cli *cli, const char *path, struct rules_files *files);
/* The whole of a file, or of standard input for "-", in cli->arena. */
MUST_CHECK enum err rules_file_text(struct cli *cli, const char *path, struct str *ret_text);

/* What a referral can hold: the fields' table and what is derived from it. */
MUST_CHECK enum err rules_schema(struct cli *cli, struct author_schema *ret_schema);
/* The folder of rules when none is named: the home's directory. */
const char *rules_folder(struct cli *cli);

/* Files sorted into services and tests; what cannot be read is a finding of the one or the other
 * list, which may be the same. */
void rules_sort_files(const struct rules_files *files, struct author_book *book,
	struct author_table *table, struct author_findings *findings,
	struct author_findings *table_findings);
/* A finding as a compiler prints it, with the line and a caret. */
void rules_print_finding(struct buf *out, const struct author_finding *finding);
struct value rules_finding_value(struct cli *cli, const struct author_finding *finding);
/* "1 error", "2 errors" */
void rules_print_count(struct buf *out, size_t count, const char *one);
#endif
