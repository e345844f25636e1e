/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/*
 * A writer is killed at a random moment.  Whatever it told must be there afterwards, in a chain
 * that verifies, with payloads that open.  ONWARD_CRASH_ROUNDS: how often (default 12).
 */
static uint64_t crash(const char *folder, unsigned seed)
{
	struct writer writer;
	writer_start(&writer, folder, seed);
	const struct timespec pause = {.tv_nsec = 3000000 + rand() % 60000000};
	(void)nanosleep(&pause, NULL);
	return writer_kill(&writer);
}

Test(crash, a_killed_writer_keeps_everything_it_acknowledged)
{
	const char *wanted = getenv("ONWARD_CRASH_ROUNDS");
	const unsigned rounds = wanted == NULL ? 12 : (unsigned)strtoul(wanted, NULL, 10);
	struct fixture fixture;
	uint64_t told = 0;
	fixture_make(&fixture);
	const unsigned seed = (unsigned)time(NULL);
	(void)fprintf(stderr, "crash: seed %u\n", seed);
	srand(seed);
	for (unsigned round = 0; round < rounds; round++) {
		const uint64_t now = crash(fixture.folder, seed + round);
		told = writer_check(fixture.folder, now > told ? now : told);
		if (round % 20 == 19) {
			/* A fresh store, so that long runs do not grow without end. */
			fixture_remove(&fixture);
			fixture_make(&fixture);
			told = 0;
		}
	}
	cr_assert(rounds == 0 || rounds % 20 == 0 || told > 0);
	fixture_remove(&fixture);
}
