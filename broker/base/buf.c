/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool buf_reserve(struct buf *buf, size_t more)
{
	size_t need;
	if (buf->failed || __builtin_add_overflow(buf->len, more, &need)) {
		buf->failed = true;
		return false;
	}
	if (need <= buf->size) {
		return true;
	}
	size_t size = buf->size == 0 ? 256 : buf->size;
	while (size < need) {
		size = size > SIZE_MAX / 2 ? need : size * 2;
	}
	char *data = realloc(buf->data, size);
	if (data == NULL) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->size = size;
	return true;
}

char *buf_grow(struct buf *buf, size_t more)
{
	/* Never without memory, so that NULL has one meaning. */
	return buf_reserve(buf, more == 0 ? 1 : more) ? buf->data + buf->len : NULL;
}

void buf_append(struct buf *buf, const void *bytes, size_t len)
{
	if (len > 0 && buf_reserve(buf, len)) {
		memcpy(buf->data + buf->len, bytes, len);
		buf->len += len;
	}
}

void buf_add_str(struct buf *buf, struct str s)
{
	buf_append(buf, s.ptr, s.len);
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	const int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		buf->failed = true;
	} else if (buf_reserve(buf, (size_t)len + 1)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

void buf_finish(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){0};
}

static enum err buf_read_fd(struct buf *buf, int fd, size_t limit)
{
	for (;;) {
		char block[16 * 1024];
		const ssize_t got = read(fd, block, sizeof(block));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return ERR_IO;
		}
		if (got == 0) {
			return buf->failed ? ERR_NOMEM : ERR_OK;
		}
		if ((size_t)got > limit - buf->len) {
			return ERR_TOO_LARGE;
		}
		buf_append(buf, block, (size_t)got);
	}
}

enum err buf_read_file(struct buf *buf, const char *path, size_t limit)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	}
	buf_reset(buf);
	const enum err err = buf_read_fd(buf, fd, limit);
	(void)close(fd);
	return err;
}

static enum err write_all(int fd, struct str content)
{
	for (size_t at = 0; at < content.len;) {
		const ssize_t put = write(fd, content.ptr + at, content.len - at);
		if (put < 0 && errno != EINTR) {
			return errno == ENOSPC ? ERR_FULL : ERR_IO;
		}
		at += put > 0 ? (size_t)put : 0;
	}
	return fsync(fd) == 0 ? ERR_OK : ERR_IO;
}

static enum err folder_flush(const char *path)
{
	char folder[PATH_MAX];
	(void)snprintf(folder, sizeof(folder), "%s", path);
	char *slash = strrchr(folder, '/');
	if (slash == NULL) {
		(void)snprintf(folder, sizeof(folder), ".");
	} else {
		slash[slash == folder ? 1 : 0] = '\0';
	}
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return ERR_IO;
	}
	const enum err err = fsync(fd) == 0 ? ERR_OK : ERR_IO;
	(void)close(fd);
	return err;
}

enum err buf_write_file(struct str content, const char *path, unsigned mode)
{
	char temporary[PATH_MAX];
	const int len = snprintf(temporary, sizeof(temporary), "%s.new-%ld", path, (long)getpid());
	if (len < 0 || (size_t)len >= sizeof(temporary)) {
		return ERR_TOO_LARGE;
	}
	const int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
	if (fd < 0) {
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	enum err err = fchmod(fd, (mode_t)mode) == 0 ? ERR_OK : ERR_IO;
	if (err == ERR_OK) {
		err = write_all(fd, content);
	}
	if (close(fd) != 0 && err == ERR_OK) {
		err = ERR_IO;
	}
	if (err == ERR_OK && rename(temporary, path) != 0) {
		err = ERR_IO;
	}
	if (err != ERR_OK) {
		(void)unlink(temporary);
		return err;
	}
	return folder_flush(path);
}
