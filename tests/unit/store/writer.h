/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_STORE_WRITER_H
#define ONWARD_TESTS_STORE_WRITER_H
#include "fixture.h"

#include <sys/types.h>
/*
 * A process that writes as a broker does: batches of journal entries, each with a sealed payload of
 * a slot of its own, into the store and the slots of a folder.
 */
struct writer {
	pid_t pid;
	int told; /* after each commit the last sequence number comes here, 8 bytes */
};

void writer_start(struct writer *writer, const char *folder, unsigned seed);
/* Waits until it has told `count` numbers more; the last. */
uint64_t writer_wait(struct writer *writer, int count);
/* Kills it; the last number it told before, 0 when none. */
uint64_t writer_kill(struct writer *writer);
/* Opens what is in the folder and asserts that the chain verifies, that every payload opens, and
 * that everything up to `told` is there; the last sequence number. */
uint64_t writer_check(const char *folder, uint64_t told);
#endif
