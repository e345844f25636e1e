/* SPDX-License-Identifier: Apache-2.0 */
/* The corpus of the fuzzer, and whatever it once found, in every test run. */
#include "../../fuzz/replay.h"
#define LLVMFuzzerTestOneInput fuzz_csv
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/exchange_csv.c"

Test(fuzz_csv, every_file_and_every_beginning_of_it_is_answered)
{
	cr_assert_geq(replay("tests/fuzz/corpus/exchange_csv", fuzz_csv, true), 6);
	cr_assert_geq(replay("tests/fuzz/corpus/exchange_csv", fuzz_csv, false), 6);
}
