/* SPDX-License-Identifier: Apache-2.0 */
/* The corpus of the fuzzer, and whatever it once found, replayed in every test run, whole and cut
 * short. */
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/rules_clause.c"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>

#include "broker/base/buf.h"

static const char FOLDER[] = "tests/fuzz/corpus/rules_clause";

static size_t replay(bool cut)
{
	DIR *folder = opendir(FOLDER);
	cr_assert_not_null(folder, "%s", FOLDER);
	size_t files = 0;
	struct buf buf = {0};
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		char path[512];
		(void)snprintf(path, sizeof(path), "%s/%s", FOLDER, entry->d_name);
		buf_reset(&buf);
		cr_assert_eq(buf_read_file(&buf, path, 1024 * 1024), ERR_OK, "%s", path);
		for (size_t len = cut ? 0 : buf.len; len <= buf.len && len < 4096; len++) {
			(void)LLVMFuzzerTestOneInput((const uint8_t *)buf.data, len);
		}
		files++;
	}
	buf_finish(&buf);
	closedir(folder);
	return files;
}

Test(rules, every_file_of_the_corpus_is_answered)
{
	cr_expect_geq(replay(false), 30);
}

Test(rules, every_beginning_of_a_file_of_the_corpus_is_answered)
{
	cr_expect_geq(replay(true), 30);
}
