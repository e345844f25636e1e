/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_CORE_PUBLICATION_H
#define ONWARD_CORE_PUBLICATION_H
#include "broker/core/row.h"
#include "broker/core/state.h"
/*
 * The versions of the directory: each published one is a row that its event makes, and stays for
 * ever.  What a record of an earlier format published has no row: its files alone are kept.
 */
/* Numbers are on disk: append, never renumber. */
#define PUBLICATION_ORIGIN_MAP(X)          \
	X(0, NOT_RECORDED, "not-recorded") \
	X(1, START, "start")               \
	X(2, RELOAD, "reload")             \
	X(3, PUBLISH, "publish")           \
	X(4, ROLLBACK, "rollback")

enum publication_origin {
#define X(number, NAME, name) PUBLICATION_##NAME = number,
	PUBLICATION_ORIGIN_MAP(X)
#undef X
};
const char *publication_origin_name(enum publication_origin origin);

enum {
	PUBLICATION_ACTOR_SIZE = 72,
	PUBLICATION_NOTE_SIZE = 208,
	PUBLICATION_WORDS_SIZE = 400
};

struct publication_row {
	timestamp_us at;
	uint64_t sequence; /* of its record */
	uint64_t of;       /* rollback: the version whose files these are */
	uint32_t services;
	uint8_t origin; /* enum publication_origin */
	uint8_t spare[3];
	uint8_t hash[HASH_SIZE];
	char party[ROW_ID_SIZE]; /* empty: the broker itself */
	char user[PUBLICATION_ACTOR_SIZE];
	char role[PUBLICATION_ACTOR_SIZE];
	char note[PUBLICATION_NOTE_SIZE]; /* what changed, in its author's words */
};
_Static_assert(sizeof(struct publication_row) == 480, "the layout is on disk");

struct store_key publication_key(uint64_t version);
MUST_CHECK enum err publication_put(
	struct state *state, uint64_t version, const struct publication_row *row);
/* The packed files of a version, borrowed until the next write.  ERR_NOT_FOUND, ERR_CORRUPT. */
MUST_CHECK enum err publication_files(
	struct state *state, uint64_t version, struct str *ret_packed, struct fault *fault);
/* The hash of a version's files, computed where no row has it, or a damaged one. */
MUST_CHECK enum err publication_hash(
	struct state *state, uint64_t version, uint8_t out[HASH_SIZE], struct fault *fault);
/* The newest version up to `newest` whose files have the hash; 0: none has.  What is damaged is
 * passed over. */
MUST_CHECK enum err publication_find(struct state *state, uint64_t newest,
	const uint8_t hash[HASH_SIZE], uint64_t *ret_version, struct fault *fault);
/* ERR_NOT_FOUND: of a record of an earlier format, or there is no such version. */
MUST_CHECK enum err publication_get(struct state *state, uint64_t version,
	struct publication_row *ret_row, struct fault *fault);
/* "version 4 (publish by coordinator-london: why)", without the colon and why unless `note`. */
void publication_words(
	struct state *state, uint64_t version, bool note, char out[PUBLICATION_WORDS_SIZE]);
#endif
