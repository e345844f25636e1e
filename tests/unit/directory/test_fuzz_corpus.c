/* SPDX-License-Identifier: Apache-2.0 */
/* The corpus of the fuzzer, and whatever it once found, replayed in every test run. */
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/directory_load.c"
#include "broker/base/buf.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>

static size_t folder_replay(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t seen = 0;
	cr_assert_not_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char path[512];
		struct buf bytes = {0};
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.') {
			cr_assert_eq(buf_read_file(&bytes, path, 1024 * 1024), ERR_OK);
			cr_assert_eq(
				LLVMFuzzerTestOneInput((const uint8_t *)bytes.data, bytes.len), 0);
			seen++;
		}
		buf_finish(&bytes);
	}
	closedir(dir);
	return seen;
}

Test(fuzz_corpus, every_file_is_answered)
{
	cr_assert_gt(folder_replay("tests/fuzz/corpus/directory_load"), 10);
	cr_assert_gt(folder_replay("tests/unit/directory/golden"), 50);
}

/* Every prefix of a good file, and every byte of it changed, is answered too. */
Test(fuzz_corpus, a_cut_or_changed_file_is_answered)
{
	struct buf bytes = {0};
	const char *path = "directory/data/london-2018/services/advance-minerva-crc.yaml";
	cr_assert_eq(buf_read_file(&bytes, path, 65536), ERR_OK);
	for (size_t len = 0; len < bytes.len; len += 7) {
		cr_assert_eq(LLVMFuzzerTestOneInput((const uint8_t *)bytes.data, len), 0);
	}
	static const char odd[] = {'\0', ':', '-', '[', '{', '*', '&', '"', '\n', '|', '\xff'};
	for (size_t at = 0; at < bytes.len; at += 5) {
		const char kept = bytes.data[at];
		bytes.data[at] = odd[at % sizeof(odd)];
		cr_assert_eq(LLVMFuzzerTestOneInput((const uint8_t *)bytes.data, bytes.len), 0);
		bytes.data[at] = kept;
	}
	buf_finish(&bytes);
}
