/* SPDX-License-Identifier: Apache-2.0 */
#define LLVMFuzzerTestOneInput fuzz_cel_check
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/cel_check.c"

#include "../../fuzz/replay.h"

static const char folder[] = "tests/fuzz/corpus/cel_check";

Test(corpus_check, a_file_of_the_corpus_is_not_answered)
{
	cr_expect_geq(replay(folder, fuzz_cel_check, false), 12);
}

Test(corpus_check, a_beginning_of_a_file_of_the_corpus_is_not_answered)
{
	cr_expect_geq(replay(folder, fuzz_cel_check, true), 12);
}
