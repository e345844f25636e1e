/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/postcodes_table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WINDOW = 1024 * 1024 /* bytes read at once; more than the longest line */
};
_Static_assert(
	WINDOW > 2 * POSTCODES_LINE_MAX, "a line fits behind what is left of the one before");

struct progress_of {
	void (*show)(void *context, uint64_t done, uint64_t total);
	void *context;
	uint64_t done, total;
};

/* Reads as much as fits behind `len` bytes; 0 at the end. */
static enum err window_fill(int fd, char *window, size_t *len, size_t *ret_more)
{
	ssize_t more;
	do {
		more = read(fd, window + *len, WINDOW - *len);
	} while (more < 0 && errno == EINTR);
	if (more < 0) {
		return ERR_IO;
	}
	*len += (size_t)more;
	*ret_more = (size_t)more;
	return ERR_OK;
}

static enum err lines_read(
	struct postcodes_csv *csv, int fd, struct progress_of *progress, struct fault *fault)
{
	char *window = malloc(WINDOW);
	size_t len = 0;
	size_t more = 1;
	enum err err = window == NULL ? ERR_NOMEM : ERR_OK;
	while (err == ERR_OK && more > 0) {
		size_t taken = 0;
		err = window_fill(fd, window, &len, &more);
		if (err != ERR_OK) {
			err = fault_set(
				fault, err, csv->name, "cannot be read: %s", strerror(errno));
			break;
		}
		err = postcodes_csv_take(csv, (struct str){window, len}, more == 0, &taken, fault);
		memmove(window, window + taken, len - taken);
		len -= taken;
		progress->done += more;
		if (progress->show != NULL) {
			progress->show(progress->context, progress->done, progress->total);
		}
	}
	free(window);
	return err;
}

static enum err source_open(const char *path, int *ret_fd, uint64_t *ret_size, struct fault *fault)
{
	struct stat status;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, path,
			"cannot be opened: %s", strerror(errno));
	}
	if (fstat(fd, &status) != 0 || S_ISDIR(status.st_mode)) {
		(void)close(fd);
		return fault_set(fault, ERR_INVALID, path, "is no file");
	}
	*ret_fd = fd;
	*ret_size = (uint64_t)status.st_size;
	return ERR_OK;
}

enum err directory_postcodes_import(const char *csv_path, const char *path,
	void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
	struct directory_postcodes_report *ret_report, struct fault *fault)
{
	struct postcodes_csv csv = {.name = csv_path};
	struct progress_of counted = {.show = progress, .context = context};
	struct buf out = {0};
	int fd = -1;
	enum err err = source_open(csv_path, &fd, &counted.total, fault);
	if (err != ERR_OK) {
		return err;
	}
	err = lines_read(&csv, fd, &counted, fault);
	(void)close(fd);
	if (err == ERR_OK) {
		err = postcodes_write(&csv.making, &out);
	}
	if (err == ERR_OK) {
		enum {
			MODE = 0644 /* public facts */
		};
		err = buf_write_file(buf_str(&out), path, MODE);
		if (err != ERR_OK) {
			err = fault_set(fault, err, path, "cannot be written");
		}
	}
	if (err == ERR_OK) {
		*ret_report = csv.making.report;
	}
	buf_finish(&out);
	postcodes_making_finish(&csv.making);
	return err;
}
