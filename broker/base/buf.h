/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_BUF_H
#define ONWARD_BASE_BUF_H
#include "broker/base/err.h"
#include "broker/base/str.h"

/* Growing bytes on the heap with a sticky failure: append as often as you like, check
 * `buf->failed` once.  A zeroed buf is empty and ready. `data` moves on growth. */
struct buf {
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

void buf_append(struct buf *buf, const void *bytes, size_t len);
/* Room for so many bytes behind the others, to write into before `len` is raised; NULL: failed. */
char *buf_grow(struct buf *buf, size_t more);
static inline char *buf_room(struct buf *buf, size_t more)
{
	return !buf->failed && more <= buf->size - buf->len ? buf->data + buf->len
							    : buf_grow(buf, more);
}
void buf_add_str(struct buf *buf, struct str s);
void buf_add_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Empties, keeps the memory and clears the failure. */
void buf_reset(struct buf *buf);
void buf_finish(struct buf *buf);
static inline struct str buf_str(const struct buf *buf)
{
	return (struct str){buf->data, buf->len};
}
/* Whole file into buf; at most `limit` bytes, else ERR_TOO_LARGE.  ERR_NOT_FOUND, ERR_IO. */
MUST_CHECK enum err buf_read_file(struct buf *buf, const char *path, size_t limit);
/* Writes to a temporary beside `path` with `mode`, flushes it, renames it over `path` and flushes
 * the folder: after a crash the old or the new content is there, whole. */
MUST_CHECK enum err buf_write_file(struct str content, const char *path, unsigned mode);
#endif
