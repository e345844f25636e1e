/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_FUZZ_REPLAY_H
#define ONWARD_TESTS_FUZZ_REPLAY_H
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>

#include "broker/base/buf.h"

/* A fuzzer's corpus, and whatever it once found, given to it again in the unit tests, with any
 * compiler: every file, or (`cut`) every beginning of it.  Returns how many files there are. */
static inline size_t replay(
	const char *folder, int (*fuzz)(const uint8_t *bytes, size_t size), bool cut)
{
	DIR *dir = opendir(folder);
	cr_assert_not_null(dir, "%s: run the tests from the top of the tree", folder);
	size_t files = 0;
	struct buf buf = {0};
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		char path[512];
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		buf_reset(&buf);
		cr_assert_eq(buf_read_file(&buf, path, 1024 * 1024), ERR_OK, "%s", path);
		for (size_t len = cut ? 0 : buf.len; len <= buf.len && len < 4096; len++) {
			(void)fuzz((const uint8_t *)buf.data, len);
		}
		files++;
	}
	buf_finish(&buf);
	(void)closedir(dir);
	return files;
}
#endif
