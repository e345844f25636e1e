/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_WRITER_PART_H
#define ONWARD_NET_WRITER_PART_H
#include "broker/net/writer.h"
/* Between the files of the writer. */

/* One command in the open batch, stamped with time and random bytes. */
MUST_CHECK enum err writer_command(
	struct writer *writer, struct core_command *command, struct core_reply *ret_reply);
/* What the request's peer hears after the commit. */
void writer_reply(struct request *request, const struct core_reply *reply);
/* What a peer asked for; NULL: the request is the broker's own. */
const struct wire_request *writer_wire(const struct request *request);
/* A batch; what cannot be recovered from ends the process.  ERR_FULL: nothing was kept. */
void writer_begin(struct writer *writer);
MUST_CHECK enum err writer_commit(struct writer *writer, size_t count);
void writer_abort(struct writer *writer, enum err err);

/* writer_time.c, in the open batch: what is due, and whether there may be more than one batch of
 * it; that the broker started, after how long. */
MUST_CHECK enum err writer_due(struct writer *writer, bool *ret_more);
MUST_CHECK enum err writer_started(struct writer *writer);
/* writer_directory.c, in the open batch: parties and a directory that are ready. */
MUST_CHECK enum err writer_reload(struct writer *writer, struct request *request);
MUST_CHECK enum err writer_publish(struct writer *writer, struct request *request);
/* Answers a request about the clock, in batches of its own. */
void writer_clock_request(struct writer *writer, struct request *request);
#endif
