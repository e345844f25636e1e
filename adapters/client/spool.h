/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_ADAPTERS_CLIENT_SPOOL_H
#define ONWARD_ADAPTERS_CLIENT_SPOOL_H
#include "broker/base/arena.h"
#include "broker/base/buf.h"
#include "adapters/client/vault.h"
#include "broker/base/err.h"
/*
 * What a source has said and the broker has not yet taken: encoded submit frames in the order they
 * were given, sealed on disk (vault.h).  An entry's number is never used twice.
 *
 * Of several processes that share a spool, those that send their own new entries hold the lock
 * together (SPOOL_SHARED); one that sends what lies there from before holds it alone, so that no
 * entry is sent by two.
 */
enum spool_lock {
	SPOOL_SHARED,
	SPOOL_ALONE
};

struct spool;
MUST_CHECK enum err spool_open(const char *folder, const struct vault_keys *keys,
	struct spool **ret_spool, struct fault *fault);
void spool_close(struct spool *spool); /* accepts NULL */
/* Entries in the folder; 0 when it is not there, without making it. */
size_t spool_count(struct spool *spool);
bool spool_exists(const char *folder);

/* False when others hold it otherwise. */
bool spool_lock(struct spool *spool, enum spool_lock lock);
void spool_unlock(struct spool *spool);

/* All of them or none, one commit; the numbers go to ret_numbers. Empty frames are passed over,
 * with number 0.  ERR_FULL, ERR_IO. */
MUST_CHECK enum err spool_add(
	struct spool *spool, const struct buf *frames, size_t count, uint64_t *ret_numbers);
/* One commit; those that are gone already do not matter. */
MUST_CHECK enum err spool_remove(struct spool *spool, const uint64_t *numbers, size_t count);
/* The first entry with a number above `after`; ERR_END. */
MUST_CHECK enum err spool_next(
	struct spool *spool, uint64_t after, struct buf *ret_frame, uint64_t *ret_number);
#endif
