/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_PUBLISHED_IMAGE_H
#define ONWARD_CORE_PUBLISHED_IMAGE_H
#include "broker/core/state.h"
#include "directory/directory.h"
/*
 * The directory in force in its binary form (directory/image.h), beside its files: what a start
 * reads instead of parsing them.  Derived: any version may have none, and only the one in force
 * keeps one.  A damaged one is as good as none.
 */

/* Replaces a directory that was loaded from files by the one that its image gives, which takes less
 * memory, and appends the image.  Any thread.  ERR_NOMEM; the directory is as it was then. */
MUST_CHECK enum err published_image_make(struct directory **directory, struct buf *image);
/* In a write transaction: the image of that version, and that of no other. */
MUST_CHECK enum err published_image_put(struct state *state, uint64_t version, struct str image);
/* ERR_NOT_FOUND, ERR_VERSION or ERR_CORRUPT, with why: the files are to be loaded.  `hash` is what
 * was recorded of them. */
MUST_CHECK enum err published_image_get(struct state *state, uint64_t version,
	const uint8_t hash[HASH_SIZE], struct directory **ret_directory, struct fault *fault);
#endif
