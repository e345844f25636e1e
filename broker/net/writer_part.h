/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_WRITER_PART_H
#define ONWARD_NET_WRITER_PART_H
#include "broker/net/writer.h"
/* Between the files of the writer. */

/* One command in the open batch, stamped with time and random bytes. */
MUST_CHECK enum err writer_command(
	struct writer *writer, struct core_command *command, struct core_reply *ret_reply);
/* A batch; what cannot be recovered from ends the process.  ERR_FULL: nothing was kept. */
void writer_begin(struct writer *writer);
MUST_CHECK enum err writer_commit(struct writer *writer, size_t count);
void writer_abort(struct writer *writer, enum err err);

/* writer_time.c, in the open batch: what is due, and whether there may be more than one batch of
 * it; that the broker started, after how long. */
MUST_CHECK enum err writer_due(struct writer *writer, bool *ret_more);
MUST_CHECK enum err writer_started(struct writer *writer);
/* Answers a request about the clock, in batches of its own. */
void writer_clock_request(struct writer *writer, struct request *request);
#endif
