/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_STORE_BACKUP_H
#define ONWARD_STORE_BACKUP_H
#include "broker/base/err.h"

#include <stdint.h>
/*
 * A home in one file: an uncompressed tar (GNU format, `tar tf` lists it) of store/data.mdb,
 * store/slots, onward.yaml, parties.yaml, keys/, directory/ and, last, MANIFEST with the size and
 * BLAKE2b-256 of each.  The manifest finds damage; it is no signature: who can write the file can
 * write a manifest.
 *
 * The file holds every secret of the home (0600): keep it as the home is kept.  It also holds the
 * keys of personal data as they were: what is erased afterwards must be erased again after a
 * restore, or outlive no backup.
 *
 * All of it runs in a process of its own, beside a running broker or without one.
 */
struct backup_summary {
	uint64_t files;
	uint64_t bytes;    /* of the files */
	uint64_t sequence; /* of the journal's last record in it */
	uint64_t records;  /* of the journal, not trimmed */
	uint64_t instance; /* backup: of the home; restore: the new one */
};

/* Called now and then with bytes done and bytes in all, which may become more when a file grows. */
typedef void backup_progress_fn(void *ctx, uint64_t done, uint64_t total);

/* Writes a backup of `home` to `file`, which must not exist, complete up to the moment it began;
 * flushed when it returns.  On failure nothing is left.  `progress` may be NULL.  ERR_EXISTS,
 * ERR_NOT_FOUND (no home), ERR_FULL, ERR_IO, ERR_CORRUPT, ERR_VERSION. */
MUST_CHECK enum err backup_create(const char *home, const char *file, backup_progress_fn *progress,
	void *ctx, struct backup_summary *ret_summary, struct fault *fault);
/* Makes a home of `file` in `folder`, which must be empty or not there; checks every byte against
 * the manifest and the whole journal, and renews the instance.  On failure nothing is left in it; a
 * power failure on the way leaves no onward.yaml, hence nothing that starts.  ERR_EXISTS (not
 * empty), ERR_NOT_FOUND, ERR_CORRUPT, ERR_VERSION, ERR_FULL, ERR_IO. */
MUST_CHECK enum err backup_restore(const char *file, const char *folder,
	backup_progress_fn *progress, void *ctx, struct backup_summary *ret_summary,
	struct fault *fault);
#endif
