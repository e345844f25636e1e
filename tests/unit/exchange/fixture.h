/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_EXCHANGE_FIXTURE_H
#define ONWARD_TESTS_EXCHANGE_FIXTURE_H
#include "../directory/rulebook.h"
#include "directory/exchange/exchange.h"

#include <criterion/criterion.h>

/* What an import made, in memory. */
struct made {
	struct directory_files files;
	size_t room;
	struct buf report; /* "path: reason" a line */
	struct exchange_imported counts;
	enum err err;
};
void made_finish(struct made *made);
struct exchange_sink made_sink(struct made *made);
/* The text in pieces of `piece` bytes (0: at once). */
void import_json(struct made *made, struct str feed, size_t piece);
/* Loads the drafts; asserts that nothing is wrong with them. */
struct directory *made_load(const struct made *made);
bool made_reported(const struct made *made, const char *words);
/* The draft of that path as text; empty when there is none. */
struct str made_draft(const struct made *made, const char *path);
bool str_holds(struct str text, const char *words);

/* The export, in `out`. */
struct exchange_exported export_to(
	struct buf *out, const struct directory *directory, enum exchange_profile profile);
/* Files in memory -> a directory, asserted to be good. */
struct directory *directory_of(const struct test_file *files, size_t count);

/* A directory made up out of a seed: every kind of service, with texts that must not leave (they
 * hold the word FORBIDDEN) and texts that are hard to write down. */
struct directory *directory_made_up(unsigned seed, size_t services);
#endif
