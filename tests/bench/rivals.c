/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/bench.h"
void bench_rivals(const struct bench *bench)
{
	(void)bench;
}
