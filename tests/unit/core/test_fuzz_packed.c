/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/core_packed.c"
#include "../../fuzz/replay.h"

#define CORPUS "tests/fuzz/corpus/core_packed"

Test(fuzz_packed, every_upload_of_the_corpus_is_answered)
{
	cr_assert_gt(replay(CORPUS, LLVMFuzzerTestOneInput, false), 10);
}

Test(fuzz_packed, an_upload_that_was_cut_short_is_answered)
{
	cr_assert_gt(replay(CORPUS, LLVMFuzzerTestOneInput, true), 10);
}
