/* SPDX-License-Identifier: Apache-2.0 */
/* The corpus of the fuzzer, and whatever it once found, replayed in every test run; also cut short
 * and with changed bytes. */
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/wire_frame.c"

#include "tests/unit/wire/random_value.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>

static const char folder[] = "tests/fuzz/corpus/wire_frame";

typedef void file_visit(struct str content);

static size_t folder_visit(file_visit *visit)
{
	DIR *dir = opendir(folder);
	cr_assert_not_null(dir, "run the tests from the top of the tree");
	size_t count = 0;
	struct buf content = {0};
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		char path[512];
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		cr_assert_eq(buf_read_file(&content, path, 1 << 20), ERR_OK, "%s", path);
		visit(buf_str(&content));
		count++;
	}
	buf_finish(&content);
	(void)closedir(dir);
	return count;
}

/* In memory of exactly its size, so that a sanitizer sees a read past the end. */
static void try_exactly(struct str content)
{
	uint8_t *copy = malloc(content.len + 1);
	cr_assert_not_null(copy);
	if (content.len > 0) {
		memcpy(copy + 1, content.ptr, content.len);
	}
	cr_assert_eq(LLVMFuzzerTestOneInput(copy + 1, content.len), 0);
	free(copy);
}

static void visit_cut(struct str content)
{
	const size_t step = content.len > 400 ? content.len / 100 : 1;
	for (size_t len = 0; len < content.len; len += step) {
		try_exactly((struct str){content.ptr, len});
	}
}

static void visit_changed(struct str content)
{
	struct lot lot = {content.len};
	struct buf changed = {0};
	buf_add_str(&changed, content);
	for (size_t i = 0; i < 100 && content.len > 0; i++) {
		changed.data[lot_below(&lot, content.len)] = (char)lot_draw(&lot);
		try_exactly(buf_str(&changed));
	}
	buf_finish(&changed);
}

Test(fuzz_corpus, every_file_is_answered)
{
	cr_assert_gt(folder_visit(try_exactly), 40);
}

Test(fuzz_corpus, a_cut_file_is_answered)
{
	cr_assert_gt(folder_visit(visit_cut), 40);
}

Test(fuzz_corpus, a_changed_file_is_answered)
{
	cr_assert_gt(folder_visit(visit_changed), 40);
}
