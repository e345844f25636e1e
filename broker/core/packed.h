/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_PACKED_H
#define ONWARD_CORE_PACKED_H
#include "broker/base/buf.h"
#include "directory/directory.h"
/*
 * A directory's files as they travel and are kept: one msgpack list, sorted by path, of maps
 * {path, bytes}.  PROTOCOL.md tells it to others.
 */

/* Of a sorted list; appended to `out`.  ERR_NOMEM. */
MUST_CHECK enum err packed_write(const struct directory_files *files, struct buf *out);
/* Paths and bytes are borrowed from `packed`, the list is in the files' arena;
 * directory_files_finish when done, whatever the answer.  ERR_MALFORMED, ERR_TOO_LARGE, ERR_NOMEM.
 */
MUST_CHECK enum err packed_read(
	struct str packed, struct directory_files *ret_files, struct fault *fault);
/* What came from outside is such as reading a folder gives: paths below the root, of the depth and
 * ending that a directory has, each once and in order, no file too large.  ERR_INVALID,
 * ERR_TOO_LARGE. */
MUST_CHECK enum err packed_check(const struct directory_files *files, struct fault *fault);
#endif
