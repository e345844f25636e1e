/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/hash.h"
#include "directory/postcodes_table.h"

#include <stdlib.h>

enum {
	IN_USE = 1 << 16,
	AUTHORITY_MASK = 0xffff,
	CODE = 9
};

static void put32(struct buf *out, uint32_t number)
{
	const uint8_t bytes[] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
		(uint8_t)(number >> 24)};
	buf_append(out, bytes, sizeof(bytes));
}

static uint32_t outward_of(uint64_t row)
{
	return (uint32_t)(row >> 32);
}

/* Position of the authority's code, added when it is new; POSTCODES_AUTHORITY_MAX: no room. */
static size_t authority_position(struct postcodes_making *making, struct str code)
{
	/* Neighbours in a sorted file are mostly neighbours on the ground. */
	if (making->authority_count > 0 &&
		memcmp(making->authorities[making->last_authority], code.ptr, CODE) == 0) {
		return making->last_authority;
	}
	size_t i = 0;
	while (i < making->authority_count && memcmp(making->authorities[i], code.ptr, CODE) != 0) {
		i++;
	}
	if (i == making->authority_count && i < POSTCODES_AUTHORITY_MAX) {
		memcpy(making->authorities[making->authority_count++], code.ptr, CODE);
	}
	making->last_authority = i < POSTCODES_AUTHORITY_MAX ? i : 0;
	return i;
}

static enum err room_make(struct postcodes_making *making)
{
	if (making->authorities == NULL) {
		making->authorities = calloc(POSTCODES_AUTHORITY_MAX, CODE);
	}
	if (making->count == making->room) {
		const size_t room = making->room == 0 ? 1024 : 2 * making->room;
		uint64_t *rows = realloc(making->rows, room * sizeof(*rows));
		if (rows == NULL) {
			return ERR_NOMEM;
		}
		making->rows = rows;
		making->room = room;
	}
	return making->authorities == NULL ? ERR_NOMEM : ERR_OK;
}

enum err postcodes_add(struct postcodes_making *making, const struct directory_postcode *postcode,
	struct str authority, bool ended)
{
	const enum err err = room_make(making);
	if (err != ERR_OK) {
		return err;
	}
	const size_t position = authority_position(making, authority);
	if (position == POSTCODES_AUTHORITY_MAX || making->count == POSTCODES_ROWS_MAX) {
		return ERR_TOO_LARGE;
	}
	making->rows[making->count++] = (uint64_t)postcode->outward << 32 |
					(uint64_t)postcode->inward << 17 |
					(ended ? 0 : (uint64_t)IN_USE) | position;
	return ERR_OK;
}

static int row_order(const void *a, const void *b)
{
	const uint64_t left = *(const uint64_t *)a;
	const uint64_t right = *(const uint64_t *)b;
	return (left > right) - (left < right);
}

/* In order of postcode, each once: of two rows of one postcode the one in use stays. */
static void rows_settle(struct postcodes_making *making)
{
	uint64_t *rows = making->rows;
	bool sorted = true;
	for (size_t i = 1; sorted && i < making->count; i++) {
		sorted = rows[i - 1] <= rows[i];
	}
	if (!sorted) {
		qsort(rows, making->count, sizeof(*rows), row_order);
	}
	size_t kept = 0;
	for (size_t i = 0; i < making->count; i++) {
		const bool again = kept > 0 && rows[kept - 1] >> 17 == rows[i] >> 17;
		const bool better = again && (rows[i] & IN_USE) != (rows[kept - 1] & IN_USE);
		making->report.repeated += again;
		if (better) {
			rows[kept - 1] = rows[i];
		} else if (!again) {
			rows[kept++] = rows[i];
		}
	}
	making->count = kept;
	making->report.postcodes = kept;
	for (size_t i = 0; i < kept; i++) {
		making->report.ended += (rows[i] & IN_USE) == 0;
	}
	making->report.authorities = making->authority_count;
}

struct candidate {
	uint32_t authority, count;
};

static int candidate_order(const void *a, const void *b)
{
	const struct candidate *left = a;
	const struct candidate *right = b;
	if (left->count != right->count) {
		return left->count < right->count ? 1 : -1;
	}
	return (left->authority > right->authority) - (left->authority < right->authority);
}

/* Candidates of the rows from..to, which have one outward code; `counts` is all zero before and
 * after. */
static uint32_t candidates_write(const uint64_t *rows, size_t from, size_t to, uint32_t *counts,
	struct candidate *found, struct buf *out)
{
	uint32_t count = 0;
	for (size_t i = from; i < to; i++) {
		const uint32_t authority = (uint32_t)(rows[i] & AUTHORITY_MASK);
		if (counts[authority]++ == 0) {
			found[count++].authority = authority;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		found[i].count = counts[found[i].authority];
		counts[found[i].authority] = 0;
	}
	qsort(found, count, sizeof(*found), candidate_order);
	for (uint32_t i = 0; i < count; i++) {
		put32(out, found[i].authority);
		put32(out, found[i].count);
	}
	return count;
}

/* Both tables that go by outward code; how many lines each has. */
static enum err outwards_write(const struct postcodes_making *making, struct buf *outwards,
	struct buf *candidates, uint32_t *ret_outwards, uint32_t *ret_candidates)
{
	uint32_t *counts = calloc(POSTCODES_AUTHORITY_MAX, sizeof(*counts));
	struct candidate *found = calloc(POSTCODES_AUTHORITY_MAX, sizeof(*found));
	uint32_t outward_count = 0;
	uint32_t candidate_count = 0;
	size_t from = 0;
	while (counts != NULL && found != NULL && from < making->count) {
		const uint32_t outward = outward_of(making->rows[from]);
		size_t to = from;
		while (to < making->count && outward_of(making->rows[to]) == outward) {
			to++;
		}
		put32(outwards, outward);
		put32(outwards, (uint32_t)from);
		put32(outwards, candidate_count);
		candidate_count +=
			candidates_write(making->rows, from, to, counts, found, candidates);
		outward_count++;
		from = to;
	}
	put32(outwards, UINT32_MAX);
	put32(outwards, (uint32_t)making->count);
	put32(outwards, candidate_count);
	const bool failed =
		counts == NULL || found == NULL || outwards->failed || candidates->failed;
	free(counts);
	free(found);
	*ret_outwards = outward_count;
	*ret_candidates = candidate_count;
	return failed ? ERR_NOMEM : ERR_OK;
}

static void header_write(struct buf *out, uint32_t crc, const uint32_t counts[4])
{
	static const char version[4] = {POSTCODES_VERSION, 0, 0, 0};
	buf_append(out, POSTCODES_MAGIC, 8);
	buf_append(out, version, sizeof(version));
	put32(out, crc);
	for (size_t i = 0; i < 4; i++) {
		put32(out, counts[i]);
	}
}

enum err postcodes_write(struct postcodes_making *making, struct buf *out)
{
	struct buf outwards = {0};
	struct buf candidates = {0};
	struct buf body = {0};
	uint32_t counts[4] = {(uint32_t)making->authority_count, 0, 0, 0};
	rows_settle(making);
	counts[3] = (uint32_t)making->count;
	enum err err = outwards_write(making, &outwards, &candidates, &counts[1], &counts[2]);
	for (size_t i = 0; i < making->authority_count; i++) {
		static const char zeros[POSTCODES_AUTHORITY - CODE];
		buf_append(&body, making->authorities[i], CODE);
		buf_append(&body, zeros, sizeof(zeros));
	}
	buf_add_str(&body, buf_str(&outwards));
	buf_add_str(&body, buf_str(&candidates));
	for (size_t i = 0; i < making->count; i++) {
		put32(&body, (uint32_t)making->rows[i]);
	}
	if (err == ERR_OK && !body.failed) {
		header_write(out, hash_crc32c(0, body.data, body.len), counts);
		buf_add_str(out, buf_str(&body));
	}
	if (body.failed || out->failed) {
		err = ERR_NOMEM;
	}
	buf_finish(&outwards);
	buf_finish(&candidates);
	buf_finish(&body);
	return err;
}

void postcodes_making_finish(struct postcodes_making *making)
{
	free(making->rows);
	free(making->authorities);
	*making = (struct postcodes_making){0};
}
