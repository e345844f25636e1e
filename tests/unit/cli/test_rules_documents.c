/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What LANGUAGE.md says of facts and tests is what the program does. */

static const char language[] = "rules/LANGUAGE.md";
static const char marker[] = "<!-- What follows comes from `onward rules facts`. -->\n";

static void read_document(const char *path, struct buf *text)
{
	cr_assert_eq(buf_read_file(text, path, 1 << 20), ERR_OK, "%s", path);
	buf_append(text, "", 1);
	cr_assert(!text->failed);
}

Test(rules_documents, the_table_of_facts_is_the_programs)
{
	struct buf text = {0};
	read_document(language, &text);
	char *table = strstr(text.data, marker);
	cr_assert_not_null(table);
	table += strlen(marker);
	struct outcome outcome = RUN(NULL, "rules", "facts");
	if (getenv("UPDATE_GOLDEN") != NULL) {
		struct buf new = {0};
		buf_append(&new, text.data, (size_t)(table - text.data));
		buf_add_text(&new, outcome.out);
		cr_assert_eq(buf_write_file(buf_str(&new), language, 0644), ERR_OK);
		buf_finish(&new);
	} else {
		cr_expect(strcmp(table, outcome.out) == 0,
			"the table of facts in %s is not what `onward rules facts` prints; if that "
			"is meant: UPDATE_GOLDEN=1",
			language);
	}
	outcome_finish(&outcome);
	buf_finish(&text);
}

/* The first block of a document that begins with `opening`, into a file below `folder`. */
static void write_block(
	const char *document, const char *opening, const char *folder, const char *name)
{
	struct buf text = {0};
	char path[512];
	read_document(document, &text);
	const char *start = strstr(text.data, opening);
	cr_assert_not_null(start, "%s has no block %s", document, opening);
	start = strchr(start, '\n') + 1;
	const char *end = strstr(start, "\n```");
	cr_assert_not_null(end);
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	cr_assert_eq(buf_write_file((struct str){start, (size_t)(end + 1 - start)}, path, 0600),
		ERR_OK, "%s", path);
	buf_finish(&text);
}

static void remove_file(const char *folder, const char *name)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)remove(path);
}

Test(rules_documents, the_example_of_a_table_passes_against_the_example_of_a_service)
{
	char folder[] = "/tmp/onward-rules-XXXXXX";
	cr_assert_not_null(mkdtemp(folder));
	write_block("directory/FORMAT.md", "# example/services/example-camden.yaml", folder,
		"service.yaml");
	write_block(language, "```yaml\n", folder, "cases.yaml");
	write_block(language, "```csv\n", folder, "cases.csv");
	struct outcome outcome = RUN(NULL, "rules", "test", folder);
	cr_expect(strncmp(outcome.out, "3 tests: 3 passed, 0 failed\n", 28) == 0, "%s%s",
		outcome.out, outcome.err);
	outcome_finish(&outcome);
	remove_file(folder, "service.yaml");
	remove_file(folder, "cases.yaml");
	remove_file(folder, "cases.csv");
	(void)rmdir(folder);
}
