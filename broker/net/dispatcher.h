/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_DISPATCHER_H
#define ONWARD_NET_DISPATCHER_H
#include "broker/net/session.h"
/*
 * Brings the rows of the outbox to the sessions that serve their routes: reads the heads of lines
 * as credit allows, sends, waits for the receipt, gives up an attempt after the time-out and tries
 * again after a growing wait.  The writer alone changes rows; what is kept here is only who holds
 * what at this moment, and a restart begins from the rows.
 */
enum {
	DISPATCHER_BUCKETS = 4096,
	DISPATCHER_READ_MOST = 64,   /* rows of one read */
	DISPATCHER_ROUTE_MOST = 2048 /* deliveries of one route that are held or wait */
};

enum delivery_state {
	DELIVERY_SENT,
	DELIVERY_RECEIPTED, /* the receipt is on its way through the writer */
	DELIVERY_WAITING    /* for its next attempt; no session holds it */
};

struct delivery {
	struct delivery *next; /* in its bucket, or free */
	struct delivery *route_next, *route_previous;
	struct id id;
	size_t route;
	enum delivery_state state;
	struct peer holder;
	uint64_t due_ms; /* end of the attempt, or of the wait */
	bool recording;  /* the writer records its failure: not sent again before that */
	uint32_t failed;
};

struct route {
	char party[PARTY_ID_MAX + 1];
	struct peer holder; /* session 0: nobody */
	bool dirty;         /* there may be rows that are not held */
	bool reading;
	struct delivery *first;
	size_t count;
};

struct dispatcher {
	struct route *routes;
	size_t route_count, route_size;
	struct delivery *buckets[DISPATCHER_BUCKETS];
	struct delivery *free;
};

struct server;
void dispatcher_finish(struct dispatcher *dispatcher);
/* The session takes these routes; whoever held one hears `superseded` and holds none any more.
 * ERR_NOMEM: it holds none. */
MUST_CHECK enum err dispatcher_claim(
	struct server *server, struct session *session, const struct str *routes, size_t count);
/* Its routes are nobody's, what it holds goes to the next session. */
void dispatcher_leave(struct server *server, struct session *session);
/* Rows may have come: looks at every route that somebody holds. */
void dispatcher_wake(struct server *server);
/* More credit: looks at the session's routes. */
void dispatcher_refill(struct server *server, const struct session *session);
/* A reader has found heads. */
void dispatcher_found(struct server *server, struct request *request);
/* A receipt has arrived (it is not timed out any more), and has been dealt with. */
void dispatcher_receipt_arrived(struct server *server, const struct request *request);
void dispatcher_receipt_done(struct server *server, const struct request *request);
/* The writer has recorded a failed attempt. */
void dispatcher_failure_done(struct server *server, const struct request *request);
void dispatcher_tick(struct server *server, uint64_t now_ms);
#endif
