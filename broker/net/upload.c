/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/upload.h"

#include <stdlib.h>

void upload_finish(struct upload *upload)
{
	free(upload->bytes);
	core_candidate_destroy(upload->candidate);
	*upload = (struct upload){0};
}

/* The party's place, or with an empty name a free one; NULL when there is none. */
static struct upload *find(struct uploads *uploads, const char *party)
{
	for (size_t i = 0; i < UPLOADS_MOST; i++) {
		if (strcmp(uploads->items[i].party, party) == 0) {
			return &uploads->items[i];
		}
	}
	return NULL;
}

/* A first piece: in the place of what the party uploaded before. */
static enum err begin(struct uploads *uploads, const char *party, const struct wire_request *piece,
	struct upload **ret_upload, struct fault *fault)
{
	struct upload *upload = find(uploads, party);
	if (upload != NULL && upload->lent) {
		return fault_set(fault, ERR_FULL, "upload",
			"another upload of this party is being published or rehearsed at the "
			"moment");
	}
	if (piece->offset != 0) {
		return fault_set(fault, ERR_STATE, "offset", "%s: 0 is expected",
			upload == NULL ? "nothing of this upload is here"
				       : "another upload of this party took its place; somebody "
					 "else may be publishing as this party");
	}
	upload = upload == NULL ? find(uploads, "") : upload;
	if (upload == NULL) {
		return fault_set(fault, ERR_FULL, "upload",
			"%d other parties upload a directory already", UPLOADS_MOST);
	}
	upload_finish(upload);
	upload->bytes = malloc(piece->total);
	if (upload->bytes == NULL) {
		return fault_set(fault, ERR_NOMEM, "total", "%s", err_text(ERR_NOMEM));
	}
	str_copy(upload->party, sizeof(upload->party), str_from(party));
	memcpy(upload->hash, piece->upload.ptr, HASH_SIZE);
	upload->total = piece->total;
	*ret_upload = upload;
	return ERR_OK;
}

static enum err piece_check(
	const struct upload *upload, const struct wire_request *piece, struct fault *fault)
{
	if (piece->total != upload->total) {
		return fault_set(fault, ERR_CONFLICT, "total", "it was %llu before",
			(unsigned long long)upload->total);
	}
	if (upload->lent) {
		return ERR_EXISTS; /* all of it came; what is sent again need not be looked at */
	}
	if (piece->offset < upload->received &&
		piece->bytes.len <= upload->received - piece->offset) {
		return memcmp(upload->bytes + piece->offset, piece->bytes.ptr, piece->bytes.len) ==
				       0
			       ? ERR_EXISTS
			       : fault_set(fault, ERR_CONFLICT, "bytes",
					 "other bytes came at this offset before");
	}
	if (piece->offset != upload->received) {
		return fault_set(fault, ERR_STATE, "offset", "%llu is expected",
			(unsigned long long)upload->received);
	}
	return ERR_OK;
}

enum err uploads_add(struct uploads *uploads, const char *party, const struct wire_request *piece,
	uint64_t now_ms, uint64_t *ret_received, struct fault *fault)
{
	if (piece->offset > piece->total || piece->bytes.len > piece->total - piece->offset) {
		return fault_set(fault, ERR_INVALID, "bytes", "they reach beyond the total");
	}
	struct upload *upload = find(uploads, party);
	enum err err = ERR_OK;
	if (upload == NULL || memcmp(upload->hash, piece->upload.ptr, HASH_SIZE) != 0) {
		err = begin(uploads, party, piece, &upload, fault);
	}
	if (err == ERR_OK) {
		err = piece_check(upload, piece, fault);
	}
	if (err != ERR_OK && err != ERR_EXISTS) {
		return err;
	}
	if (err == ERR_OK) {
		memcpy(upload->bytes + upload->received, piece->bytes.ptr, piece->bytes.len);
		upload->received += piece->bytes.len;
	}
	upload->heard_ms = now_ms;
	*ret_received = upload->received;
	return ERR_OK;
}

enum err uploads_find(const struct uploads *uploads, const char *party,
	const uint8_t hash[HASH_SIZE], struct fault *fault)
{
	for (size_t i = 0; i < UPLOADS_MOST; i++) {
		const struct upload *upload = &uploads->items[i];
		if (strcmp(upload->party, party) != 0 ||
			memcmp(upload->hash, hash, HASH_SIZE) != 0) {
			continue;
		}
		if (upload->lent) {
			return ERR_EXISTS;
		}
		return upload->received == upload->total
			       ? ERR_OK
			       : fault_set(fault, ERR_NOT_FOUND, "upload",
					 "%llu of its %llu bytes are here",
					 (unsigned long long)upload->received,
					 (unsigned long long)upload->total);
	}
	return fault_set(fault, ERR_NOT_FOUND, "upload", "nothing of it is here: upload it first");
}

void uploads_lend(struct uploads *uploads, const char *party, struct upload *ret_upload)
{
	struct upload *upload = find(uploads, party);
	if (upload != NULL) {
		*ret_upload = *upload;
		upload->bytes = NULL;
		upload->candidate = NULL;
		upload->lent = true;
	}
}

void uploads_settle(struct uploads *uploads, struct upload *upload, bool keep, uint64_t now_ms)
{
	struct upload *place = upload->party[0] == '\0' ? NULL : find(uploads, upload->party);
	if (place != NULL && place->lent && memcmp(place->hash, upload->hash, HASH_SIZE) == 0) {
		*place = (struct upload){0};
		if (keep) {
			*place = *upload;
			place->heard_ms = now_ms;
			upload->bytes = NULL;
			upload->candidate = NULL;
		}
	}
	upload_finish(upload);
}

void uploads_expire(struct uploads *uploads, uint64_t now_ms)
{
	for (size_t i = 0; i < UPLOADS_MOST; i++) {
		struct upload *upload = &uploads->items[i];
		if (upload->party[0] != '\0' && !upload->lent &&
			now_ms - upload->heard_ms > UPLOAD_IDLE_MS) {
			upload_finish(upload);
		}
	}
}

void uploads_sift(struct uploads *uploads, const struct parties *parties)
{
	for (size_t i = 0; i < UPLOADS_MOST; i++) {
		struct upload *upload = &uploads->items[i];
		const struct party *party = parties_find(parties, str_from(upload->party));
		if (upload->party[0] != '\0' && (party == NULL || party->revoked)) {
			upload_finish(upload);
		}
	}
}

void uploads_finish(struct uploads *uploads)
{
	for (size_t i = 0; i < UPLOADS_MOST; i++) {
		upload_finish(&uploads->items[i]);
	}
}
