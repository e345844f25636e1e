/* SPDX-License-Identifier: Apache-2.0 */
#define LLVMFuzzerTestOneInput fuzz_index_query
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/index_query.c"

#include "../../fuzz/replay.h"

static const char folder[] = "tests/fuzz/corpus/index_query";

Test(corpus_query, a_file_of_the_corpus_is_not_answered)
{
	cr_expect_geq(replay(folder, fuzz_index_query, false), 12);
}

Test(corpus_query, a_beginning_of_a_file_of_the_corpus_is_not_answered)
{
	cr_expect_geq(replay(folder, fuzz_index_query, true), 12);
}
