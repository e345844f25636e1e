/* SPDX-License-Identifier: Apache-2.0 */
#define LLVMFuzzerTestOneInput fuzz_cel_evaluate
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/cel_evaluate.c"

#include "../../fuzz/replay.h"

static const char folder[] = "tests/fuzz/corpus/cel_evaluate";

Test(corpus_evaluate, a_file_of_the_corpus_is_not_answered)
{
	cr_expect_geq(replay(folder, fuzz_cel_evaluate, false), 12);
}

Test(corpus_evaluate, a_beginning_of_a_file_of_the_corpus_is_not_answered)
{
	cr_expect_geq(replay(folder, fuzz_cel_evaluate, true), 12);
}
