/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_IMAGE_H
#define ONWARD_DIRECTORY_IMAGE_H
#include "directory/directory.h"
/*
 * A loaded directory as bytes, so that 100,000 services need not be parsed and checked again at
 * every start.  Derived from the YAML, which stays the truth: whoever cannot read an image loads
 * the files.  Texts and lists that are the same stand in it once, and are shared when it is read.
 */

/* Appends to *out, so that out->failed is the only failure; at most 4 GiB.  The same directory
 * gives the same bytes. */
void directory_image_write(const struct directory *directory, struct buf *out);

/* ERR_VERSION: of another release or format; ERR_CORRUPT; ERR_NOMEM.  Nothing in `bytes` is
 * trusted; what is read is as directory_load left it, member for member, and borrows nothing. */
MUST_CHECK enum err directory_image_read(
	struct str bytes, struct directory **ret_directory, struct fault *fault);
#endif
