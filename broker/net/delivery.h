/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_DELIVERY_H
#define ONWARD_NET_DELIVERY_H
#include "broker/net/request.h"
/* The dispatcher's memory: routes, and the deliveries that are held or wait.  The loop's alone. */
enum {
	DISPATCHER_BUCKETS = 4096,
	DISPATCHER_READ_MOST = 64, /* rows of one read */
	DISPATCHER_SPARE_BYTES = 256 * 1024,
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
	struct buf spare; /* the memory of a read's frames, for the next read */
};

void dispatcher_finish(struct dispatcher *dispatcher);
/* NULL when it is neither held nor waiting. */
struct delivery *delivery_find(struct dispatcher *dispatcher, const struct id *id);
/* DELIVERY_SENT, held by nobody yet; NULL when the system has no memory. */
struct delivery *delivery_add(
	struct dispatcher *dispatcher, size_t route_number, const struct request_head *head);
/* Its line may have another head now: the route is dirty. */
void delivery_remove(struct dispatcher *dispatcher, struct delivery *delivery);
/* The number of a party's route, made when it is new; SIZE_MAX: no memory. */
size_t route_number(struct dispatcher *dispatcher, struct str party);
#endif
