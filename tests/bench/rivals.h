/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_BENCH_RIVALS_H
#define ONWARD_TESTS_BENCH_RIVALS_H
#include "tests/bench/bench.h"
/*
 * Other brokers, as Debian has them, each a private instance in the bench's folder on a port of its
 * own; they end with the bench.  They store the same bytes and say so; they match nothing, forward
 * nothing and encrypt nothing.
 */

/* Starts a server in a process group of its own; the first word is looked for in PATH. */
pid_t rival_start(const char *folder, const char *log_name, const char *const *argv);
void rival_stop(pid_t pid); /* accepts 0 */
bool rival_ended(pid_t pid);
int rival_port(int offset);

/* Messages of `size` bytes a second, stored and confirmed, with up to BENCH_WINDOW unconfirmed;
 * false: not built in, or it did not start. */
bool rival_rabbitmq(const struct bench *bench, size_t size, struct samples *ret_rates);
bool rival_nats(const struct bench *bench, size_t size, struct samples *ret_rates);
#endif
