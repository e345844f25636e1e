/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_MANIFEST_H
#define ONWARD_STORE_MANIFEST_H
#include "broker/base/buf.h"
#include "broker/base/hash.h"

#include <sodium.h>
/*
 * Inside backups only: the list of what a backup holds, as text, one line a file:
 * "<BLAKE2b-256 in hex> <size> <path>", after a line "onward-backup 1".  Built in the order of the
 * files on both sides, so that comparing two lists is comparing two texts.
 */
#define MANIFEST_NAME "MANIFEST"
enum {
	MANIFEST_PATH_BYTES = 1024,
	MANIFEST_BYTES = 64 * 1024 * 1024 /* of text: some 400,000 files */
};

struct manifest {
	struct buf text;
	uint64_t files;
	uint64_t bytes;
};

void manifest_init(struct manifest *manifest);
void manifest_finish(struct manifest *manifest);
void manifest_add(
	struct manifest *manifest, const char *path, uint64_t size, const uint8_t hash[HASH_SIZE]);
/* A path inside a home that a backup may hold: onward.yaml, parties.yaml, store/data.mdb,
 * store/slots, or below keys/ or directory/; no step up, no empty step, no control character. */
bool manifest_path_ok(const char *path);
/* Is that the text of `manifest`?  If not, names the first line that differs.  ERR_CORRUPT,
 * ERR_VERSION. */
MUST_CHECK enum err manifest_compare(
	const struct manifest *manifest, struct str text, struct fault *fault);
#endif
