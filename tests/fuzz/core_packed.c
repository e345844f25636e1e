/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the files of a directory that somebody uploaded: what is refused is refused with a
 * fault; what passes leads nowhere but below a root, and is the same when it is packed again.
 */
#include "broker/core/packed.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
	if (!holds) {
		abort();
	}
}

/* The path as a folder would be walked by it. */
static void path_look(struct str path)
{
	size_t part = 0;
	require(path.len > 0 && path.ptr[0] != '/' && memchr(path.ptr, '\0', path.len) == NULL);
	for (size_t i = 0; i <= path.len; i++) {
		if (i == path.len || path.ptr[i] == '/') {
			require(i > part && path.ptr[part] != '.');
			part = i + 1;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct directory_files files;
	struct directory_files again;
	struct buf packed = {0};
	struct fault fault = {0};
	enum err err = packed_read((struct str){(const char *)bytes, size}, &files, &fault);
	require(err == ERR_OK ||
		((err == ERR_MALFORMED || err == ERR_TOO_LARGE) && fault.code == err));
	if (err == ERR_OK) {
		err = packed_check(&files, &fault);
		require(err == ERR_OK ||
			((err == ERR_INVALID || err == ERR_TOO_LARGE) && fault.code == err));
	}
	if (err == ERR_OK) {
		for (size_t i = 0; i < files.count; i++) {
			path_look(files.items[i].path);
		}
		require(packed_write(&files, &packed) == ERR_OK);
		require(packed_read(buf_str(&packed), &again, &fault) == ERR_OK);
		require(again.count == files.count && packed_check(&again, &fault) == ERR_OK);
		uint8_t hashes[2][HASH_SIZE];
		directory_files_hash(&files, hashes[0]);
		directory_files_hash(&again, hashes[1]);
		require(memcmp(hashes[0], hashes[1], HASH_SIZE) == 0);
		directory_files_finish(&again);
	}
	directory_files_finish(&files);
	buf_finish(&packed);
	return 0;
}
