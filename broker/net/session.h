/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_SESSION_H
#define ONWARD_NET_SESSION_H
#include "broker/net/request.h"
/*
 * What the broker knows of one connection since its hello.  The loop's alone.  A pointer is good
 * until the session closes; what outlives a turn keeps the `struct peer` and looks it up again.
 */
enum {
	SESSION_BUCKETS = 4096,
	SESSION_PARTY_MOST = 256 /* sessions one party may have: its oldest gives way */
};

struct session_follow {
	bool open;    /* events are to be sent */
	bool running; /* a reader looks for some */
	uint64_t generation;
	uint64_t correlation;
	uint64_t after;
	size_t credit;
	char reference[REFERENCE_TEXT_SIZE]; /* empty: of all */
};

struct session {
	struct session *next; /* in its bucket, or free */
	bool live;
	struct peer peer;
	char party[PARTY_ID_MAX + 1];
	char key[PARTY_KEY_TEXT + 1];
	uint64_t heard_ms;     /* loop time of its last message */
	size_t pending;        /* requests it has unanswered */
	bool takes_deliveries; /* false: a rehearsal that it does not accept */
	size_t credit, held;   /* deliveries it may hold, and holds */
	size_t *routes;        /* numbers of routes that it holds; owned */
	size_t route_count;
	struct session_follow follow;
};

struct sessions {
	struct session *items;
	size_t capacity, count;
	struct session *free;
	struct session *buckets[SESSION_BUCKETS];
	uint64_t serial;
};

MUST_CHECK enum err sessions_init(struct sessions *sessions, size_t capacity);
void sessions_finish(struct sessions *sessions);
/* By connection; when peer->session is not 0, that very session.  NULL: unknown. */
struct session *sessions_find(struct sessions *sessions, const struct peer *peer);
/* NULL when all are taken. */
struct session *sessions_open(struct sessions *sessions, const struct peer *peer);
void sessions_close(struct sessions *sessions, struct session *session);
/* The one that has been silent longest, of the party (NULL: of all); *ret_count: how many there
 * are. */
struct session *sessions_oldest(struct sessions *sessions, const char *party, size_t *ret_count);
#endif
