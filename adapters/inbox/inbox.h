/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_INBOX_INBOX_H
#define ONWARD_ADAPTERS_INBOX_INBOX_H
#include "adapters/inbox/options.h"

#include <signal.h>
#include <stdio.h>
/*
 * onward-inbox, the reference adapter of a provider: what any adapter has to do, and nothing else.
 * It is a program over adapters/client/ (the session with the broker, the sealed folder) and may
 * include that, broker/wire, broker/config, broker/model and broker/base.
 *
 *   state.h  what it is while it runs   store.h   what is kept
 *   script.h what to answer            show.h    what is printed
 *
 * Start reading in inbox_run.
 */
enum inbox_exit {
	INBOX_DONE = 0,
	INBOX_OTHER = 1,
	INBOX_UNREACHABLE = 3,
	INBOX_NOT_ALLOWED = 4,
	INBOX_SUPERSEDED = 5, /* another session took over: starting again would fight it */
	INBOX_USAGE = 64
};

/* Runs until told to stop, idle for long enough, or refused; an exit code.  Answers and deliveries
 * go to `out`, everything else to the log. */
int inbox_run(const struct options *options, FILE *out, const volatile sig_atomic_t *stop);
#endif
