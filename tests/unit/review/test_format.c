/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/review/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* FORMAT.md shows an odd service and what a check says of it; the test has to agree. */

/* The text of the next fenced block after *at that begins with `head`; cut out of the page. */
static char *block_next(char **at, const char *fence, const char *head)
{
	char *block;
	while ((block = strstr(*at, fence)) != NULL) {
		block += strlen(fence);
		char *end = strstr(block, "\n```");
		cr_assert_not_null(end);
		*at = end + 1;
		if (strncmp(block, head, strlen(head)) == 0) {
			end[1] = '\0';
			*at = end + 2;
			return block;
		}
	}
	return NULL;
}

static void file_of(struct fixture *fixture, const char *block, size_t skip)
{
	const char *path = block + skip;
	fixture_file(fixture,
		arena_printf(&fixture->arena, "%.*s", (int)strcspn(path, "\n"), path).ptr, block);
}

Test(review_format, the_pages_warnings_are_what_a_check_says)
{
	struct buf page = {0};
	struct buf said = {0};
	struct fixture fixture;
	cr_assert_eq(buf_read_file(&page, "directory/FORMAT.md", 131072), ERR_OK);
	buf_append(&page, "", 1);
	char *at = page.data;
	fixture_init(&fixture);
	fixture.count = 0;
	for (int i = 0; i < 3; i++) {
		file_of(&fixture, block_next(&at, "```yaml\n", "# example/"), 2);
	}
	char *odd = block_next(&at, "```yaml\n", "# odd: ");
	cr_assert_not_null(odd);
	file_of(&fixture, odd, strlen("# odd: "));
	const char *wanted = block_next(&at, "```text\n", "directory/");
	cr_assert_not_null(wanted);
	free(fixture_said(&fixture, true));
	for (size_t i = 0; i < fixture.review.count; i++) {
		review_print(&said, &fixture.review.items[i], "directory/");
	}
	review_print_sum(&said, &fixture.review);
	buf_append(&said, "", 1);
	cr_expect_str_eq(said.data, wanted, "a check says:\n%s", said.data);
	buf_finish(&said);
	buf_finish(&page);
	fixture_finish(&fixture);
}

/* Codes the page's table has, between backticks at a row's begin. */
static bool page_has(const char *page, const char *code)
{
	char word[64];
	const char *table = strstr(page, "### Warnings");
	const char *end = strstr(table, "Of this service");
	(void)snprintf(word, sizeof(word), "`%s`", code);
	const char *found = strstr(table, word);
	return found != NULL && found < end;
}

Test(review_format, the_page_lists_every_code_of_a_warning)
{
	static const char *const codes[] = {"no-route", "secrecy", "never-true", "never-eligible",
		"shut-out", "always-true", "implied", "duplicate", "vocabulary", "can-fail", "cost",
		"takes-no-need", "no-referrer", "no-effect", "no-room", "paused", "ended",
		"ends-soon", "successor", "code-ends", "assurance", "unread", "unused"};
	struct buf page = {0};
	cr_assert_eq(buf_read_file(&page, "directory/FORMAT.md", 131072), ERR_OK);
	buf_append(&page, "", 1);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		cr_expect(page_has(page.data, codes[i]), "%s is not in the table", codes[i]);
	}
	buf_finish(&page);
}
