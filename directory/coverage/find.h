/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_COVERAGE_FIND_H
#define ONWARD_DIRECTORY_COVERAGE_FIND_H
#include "broker/base/buf.h"
#include "broker/base/value.h"
#include "directory/coverage/hours.h"
#include "directory/coverage/offer.h"

/*
 * The search of somebody in a hurry: words as they are typed, misspelt or cut short, of which some
 * are a place ("brixton", "LBHF") and some a need ("housing", "dv"); the rest are looked for in the
 * names of services and organisations.  A service whose location is confidential is found by place
 * and need alone and never named.
 */
struct find; /* borrows the directory; immutable: any thread */
MUST_CHECK enum err find_create(
	const struct directory *directory, date_days day, struct find **ret_find);
void find_destroy(struct find *find); /* accepts NULL */

struct find_query {
	struct str words;        /* at most FIND_WORDS are read */
	int need, pathway;       /* -1: any */
	struct str authority;    /* code; empty: any */
	const uint64_t *perhaps; /* by position: who may be eligible (people.h); NULL: all */
	struct hours_time now;
	bool open_now; /* without those that say they are closed */
};
enum {
	FIND_WORDS = 12,
	FIND_HITS = 20
};

struct find_hit {
	const struct directory_service *service;
	int score;
	enum hours_answer open;
};
struct find_answer {
	struct find_hit hits[FIND_HITS];             /* best first */
	size_t count, found;                         /* found: also those beyond the room */
	int need;                                    /* what the words were taken for; -1 */
	const struct directory_authority *authority; /* NULL */
};
/* Without words no memory is touched but the answer's. */
void find_run(
	const struct find *find, const struct find_query *query, struct find_answer *ret_answer);

/* What may be shown of what was found: for people, and as a map for programs. */
void find_text(struct buf *out, const struct find_answer *answer);
struct value find_value(struct arena *arena, const struct find_hit *hit);
#endif
