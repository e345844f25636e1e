/* SPDX-License-Identifier: Apache-2.0 */
/* The corpus of the fuzzer, and whatever it once found, in every test run. */
#include "../../fuzz/replay.h"
#define LLVMFuzzerTestOneInput fuzz_json
/* NOLINTNEXTLINE(bugprone-suspicious-include): the fuzzer's own function is called */
#include "../../fuzz/exchange_json.c"

Test(fuzz_json, every_file_and_every_beginning_of_it_is_answered)
{
	cr_assert_geq(replay("tests/fuzz/corpus/exchange_json", fuzz_json, true), 12);
	cr_assert_geq(replay("tests/fuzz/corpus/exchange_json", fuzz_json, false), 12);
}
