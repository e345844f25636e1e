/* SPDX-License-Identifier: Apache-2.0 */
/* The corpus of the fuzzer, and whatever it once found, replayed in every test run. */
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/review_directory.c"
#include "../../fuzz/replay.h"

Test(review_fuzz_corpus, every_file_is_answered)
{
	cr_assert_gt(
		replay("tests/fuzz/corpus/review_directory", LLVMFuzzerTestOneInput, false), 10);
	cr_assert_gt(replay("tests/fuzz/corpus/directory_load", LLVMFuzzerTestOneInput, false), 10);
}
