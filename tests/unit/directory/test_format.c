/* SPDX-License-Identifier: Apache-2.0 */
/* FORMAT.md's examples do what the page says: the files load, the wrong one is told off as shown.
 */
#include "tests/unit/directory/rulebook.h"
#include "broker/base/buf.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum {
	EXAMPLES_MAX = 16,
	PATH_SIZE = 128
};

/* The next block fenced as ```<kind>; its text is terminated in place.  NULL when there is none. */
static char *block_next(char **at, const char *fence)
{
	char *begin = strstr(*at, fence);
	if (begin == NULL) {
		return NULL;
	}
	begin += strlen(fence);
	char *end = strstr(begin, "```");
	cr_assert_not_null(end);
	*end = '\0';
	*at = end + 3;
	return begin;
}

/* "# <prefix><path>\n…": copies the path out; the comment stays in the text, so that lines count as
 * they do on the page. */
static bool block_path(const char *block, const char *prefix, char out[PATH_SIZE])
{
	if (strncmp(block, prefix, strlen(prefix)) != 0) {
		return false;
	}
	const char *path = block + strlen(prefix);
	str_copy(out, PATH_SIZE, (struct str){path, strcspn(path, "\n")});
	return true;
}

/* As a check prints them (broker/review/report.c); the caller frees it. */
static char *checked_text(const struct directory_problems *problems)
{
	struct buf buf = {0};
	for (size_t i = 0; i < problems->kept; i++) {
		const struct directory_problem *p = &problems->items[i];
		buf_printf(&buf, "directory/%.*s:%u: error: %.*s: %.*s [%s]\n", STR_ARG(p->file),
			p->line, STR_ARG(p->field), STR_ARG(p->message), p->code);
	}
	buf_append(&buf, "", 1);
	cr_assert(!buf.failed);
	return buf.data;
}

Test(format, examples_do_what_the_page_says)
{
	struct buf page = {0};
	struct test_file items[EXAMPLES_MAX];
	char paths[EXAMPLES_MAX][PATH_SIZE];
	char wrong_path[PATH_SIZE] = "";
	size_t count = 0;
	const char *wrong = NULL;
	cr_assert_eq(buf_read_file(&page, "directory/FORMAT.md", 65536), ERR_OK);
	buf_append(&page, "", 1);
	char *at = page.data;
	char *block;
	while (wrong == NULL && (block = block_next(&at, "```yaml\n")) != NULL) {
		if (block_path(block, "# wrong: ", wrong_path)) {
			wrong = block;
			continue;
		}
		cr_assert_lt(count, EXAMPLES_MAX);
		cr_assert(block_path(block, "# ", paths[count]), "no file is named: %.40s", block);
		items[count] = (struct test_file){paths[count], block};
		count++;
	}
	cr_assert_geq(count, 4);
	cr_assert_not_null(wrong);
	const char *said = block_next(&at, "```text\n");
	cr_assert_not_null(said);

	struct directory_files files;
	struct directory *directory = NULL;
	struct directory_problems problems;
	test_files_make(&files, items, count);
	enum err err = directory_load(&files, test_rulebook(), &directory, &problems);
	char *told = checked_text(&problems);
	cr_assert_eq(err, ERR_OK, "%s", told);
	cr_assert_eq(directory->service_count, 1);
	free(told);
	directory_destroy(directory);
	directory_problems_finish(&problems);

	for (size_t i = 0; i < files.count; i++) {
		if (str_is(files.items[i].path, wrong_path)) {
			files.items[i].bytes = str_from(wrong);
		}
	}
	err = directory_load(&files, test_rulebook(), &directory, &problems);
	told = checked_text(&problems);
	cr_assert_eq(err, ERR_CONFIG);
	cr_assert_str_eq(told, said, "the loader says:\n%s", told);
	free(told);
	directory_problems_finish(&problems);
	directory_files_finish(&files);
	buf_finish(&page);
}
