/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_UPLOAD_H
#define ONWARD_NET_UPLOAD_H
#include "broker/base/hash.h"
#include "broker/config/parties.h"
#include "broker/core/rehearse.h"
#include "broker/wire/message.h"
/*
 * Directories on their way in, piece by piece: one a party, on whichever of its connections it
 * comes, in memory until it is published.  The loop's alone.
 */
enum {
	UPLOADS_MOST = 4,
	UPLOAD_IDLE_MS = 10 * 60 * 1000 /* without a piece, and it is let go */
};

struct upload {
	char party[PARTY_ID_MAX + 1]; /* empty: a free place */
	uint8_t hash[HASH_SIZE];
	char *bytes; /* `total` are reserved; those that have not come take no memory */
	uint64_t total, received;
	uint64_t heard_ms;
	struct core_candidate
		*candidate; /* made of it when it was first rehearsed; NULL: not yet */
	bool lent;          /* it is being published: the bytes are with the request */
};

struct uploads {
	struct upload items[UPLOADS_MOST];
};

/* *ret_received: how much is here from the beginning.  ERR_STATE: another offset is expected;
 * ERR_CONFLICT: this came before, and was another; ERR_INVALID; ERR_FULL: too many parties;
 * ERR_NOMEM. */
MUST_CHECK enum err uploads_add(struct uploads *uploads, const char *party,
	const struct wire_request *piece, uint64_t now_ms, uint64_t *ret_received,
	struct fault *fault);
/* The party's upload of this hash is here whole, to be lent.  ERR_EXISTS: it is lent already;
 * ERR_NOT_FOUND. */
MUST_CHECK enum err uploads_find(const struct uploads *uploads, const char *party,
	const uint8_t hash[HASH_SIZE], struct fault *fault);
/* Hands out what uploads_find found: the caller owns its bytes, and gives them back. */
void uploads_lend(struct uploads *uploads, const char *party, struct upload *ret_upload);
/* `keep`: it need not come again, unless the party has begun another meanwhile.  *upload is empty
 * afterwards. */
void uploads_settle(struct uploads *uploads, struct upload *upload, bool keep, uint64_t now_ms);
void upload_finish(struct upload *upload);
/* Those that nobody goes on with. */
void uploads_expire(struct uploads *uploads, uint64_t now_ms);
/* Those of parties that are no more, or were revoked. */
void uploads_sift(struct uploads *uploads, const struct parties *parties);
void uploads_finish(struct uploads *uploads);
#endif
