/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_STAMP_H
#define ONWARD_DIRECTORY_STAMP_H
#include "broker/base/err.h"
#include "broker/base/hash.h"

/* What the system says of the files that directory_files_read reads, unread: their paths, sizes,
 * places and times.  Whoever finds the stamp of before finds the files of before, unless one was
 * changed in the very moment that a stamp was taken: one is not to be trusted whose newest file was
 * not a while old then. */
struct directory_stamp {
	uint8_t hash[HASH_SIZE];
	int64_t newest_ns; /* since 1970, by the file system's clock; 0: there is no file */
};
/* The errors of directory_files_read, but for those that only reading finds. */
MUST_CHECK enum err directory_files_stamp(
	const char *root, struct directory_stamp *ret_stamp, struct fault *fault);
#endif
