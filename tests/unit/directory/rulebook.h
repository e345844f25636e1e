/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_DIRECTORY_RULEBOOK_H
#define ONWARD_TESTS_DIRECTORY_RULEBOOK_H
#include "directory/directory.h"

/* What the tests let the directory agree with: the vocabularies of the domain, a field table of
 * the fields that agreements name, and a clause check that knows one way to be wrong. */
const struct directory_rulebook *test_rulebook(void);

/* Files held in memory; `text` of each is borrowed. */
struct test_file {
	const char *path;
	const char *text;
};
void test_files_make(struct directory_files *files, const struct test_file *items, size_t count);
/* "file:line: field message\n" for every problem kept; heap, the caller frees. */
char *test_problems_text(const struct directory_problems *problems);
/* Loads the areas named from directory/data; asserts that nothing is wrong with them. */
struct directory *test_area_load(const char *const *areas, size_t count);
#endif
