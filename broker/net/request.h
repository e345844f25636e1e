/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_REQUEST_H
#define ONWARD_NET_REQUEST_H
#include "broker/core/core.h"
#include "broker/net/upload.h"

#include <pthread.h>
#include <zmq.h>
/*
 * One piece of work on its way between the threads.  Pooled: a warm one brings its arena and its
 * reply's memory along, so that the path of a message allocates nothing.  It belongs to whoever
 * holds it; the pool is the loop's.
 */
enum request_kind {
	REQUEST_PEER,     /* what a peer asked: `wire` */
	REQUEST_FOLLOW,   /* look for events of a session's follow */
	REQUEST_OUTBOX,   /* read the heads of a route's outbox */
	REQUEST_FAILED,   /* writer: an attempt of `failed.delivery` failed */
	REQUEST_RELOAD,   /* read and check files (reader), then publish (writer) */
	REQUEST_PUBLISH,  /* check what was uploaded, or an earlier version; then the same */
	REQUEST_REHEARSE, /* try what was uploaded on what is stored (reader) */
	REQUEST_DUE,      /* writer: turn the timers that are due into commands */
	REQUEST_STARTED,
	REQUEST_STOPPED,
};

/* Whom a reply goes to, and which session asked. */
struct peer {
	size_t gate;      /* number of the endpoint */
	uint32_t number;  /* ZeroMQ's own number of the connection */
	uint64_t session; /* serial; 0: none */
};

struct request_reload {
	bool parties, directory;          /* what is asked */
	bool has_parties;                 /* new parties are in force, to be recorded */
	struct core_directory *published; /* to be published; NULL: as it is */
	bool taken;                       /* the batch has it: the core owns it once committed */
	uint64_t version;                 /* what it is in force as; 0: nothing new is */
	struct str note;                  /* why; in the arena */
	const char *against;              /* what it replaces, in words; in the arena */
	const char *told; /* why the home's directory was not published; in the arena; NULL: it
			     was, or is in force */
};

struct request_follow {
	uint64_t generation; /* of the session's follow; an older one's result is dropped */
	uint64_t correlation;
	uint64_t after, scanned;
	size_t most, count;
	char reference[REFERENCE_TEXT_SIZE];
};

struct request_outbox {
	size_t route;
	char party[PARTY_ID_MAX + 1];
	const struct id *skip; /* sorted; in the arena */
	size_t skip_count, most, count;
	struct request_head {
		struct id id;
		uint32_t failed;
		const char *unsent; /* why it has no frame in `reply`; NULL: it has one */
	} * heads;                  /* in the arena */
};

struct request_failed {
	struct id delivery;
	const char *reason; /* static */
};

/* Deliveries that a person has retried: their wait is dropped once that is committed. */
struct request_hasten {
	struct id *ids; /* in the arena */
	size_t count;
};

struct request {
	struct request *next;
	enum request_kind kind;
	struct peer peer;
	bool counted;                         /* among the session's unanswered ones */
	struct world *world;                  /* keeps `party` alive; NULL: none */
	const struct party *party;            /* NULL: the broker itself */
	zmq_msg_t frame;                      /* what `wire` borrows from */
	struct wire_request wire;             /* REQUEST_PEER */
	const struct core_prepared *prepared; /* of a submit; in the arena; NULL: not done */
	struct request_reload reload;
	struct upload upload; /* REQUEST_PUBLISH, REQUEST_REHEARSE: its own */
	struct request_follow follow;
	struct request_outbox outbox;
	struct request_failed failed;
	struct request_hasten hasten;
	bool more;    /* REQUEST_DUE: the batch was full, and more may be due */
	enum err err; /* of the work; a reply to a peer is in `reply` in any case */
	struct fault fault;
	struct arena arena;
	struct buf reply; /* frames, each behind its length (native uint32_t) */
};

/* The loop's store of requests. */
struct request_pool {
	struct request *free;
	size_t free_count;
};
void request_pool_finish(struct request_pool *pool);
/* Emptied, but for warm memory; NULL when the system has none. */
struct request *request_get(struct request_pool *pool, enum request_kind kind);
/* Lets go of frame and world.  A reload's unpublished directory is discarded. */
void request_put(struct request_pool *pool, struct request *request);

/* Appends one frame to the reply.  ERR_TOO_LARGE: not this one, the others stand.  ERR_NOMEM: the
 * reply is lost. */
MUST_CHECK enum err request_frame(struct request *request, enum wire_type type,
	uint64_t correlation, const struct value *body);
/* The same; when it fails the whole reply becomes a refusal. */
void request_reply(struct request *request, enum wire_type type, uint64_t correlation,
	const struct value *body);
/* Replaces the reply by a refusal with `fault`. */
void request_refuse(struct request *request, const struct fault *fault);
/* What a reload answers when it went well. */
struct value request_reload_body(struct request *request);
/* Walks the frames: start with *at = 0; false at the end. */
bool request_next_frame(const struct request *request, size_t *at, struct str *ret_frame);

/* First in, first out, between threads. */
struct request_queue {
	pthread_mutex_t lock;
	pthread_cond_t ready;
	struct request *head, *tail;
	size_t count, bytes;
	bool closed;
};
MUST_CHECK enum err request_queue_init(struct request_queue *queue);
void request_queue_finish(struct request_queue *queue); /* must be empty */
void request_queue_push(struct request_queue *queue, struct request *request);
/* Puts a whole list, linked by `next`, in order. */
void request_queue_push_list(struct request_queue *queue, struct request *first);
/* Blocks until there is something; up to `most` requests and about `most_bytes`, linked by `next`.
 * NULL once closed and empty. */
struct request *request_queue_take(struct request_queue *queue, size_t most, size_t most_bytes);
/* Everything that is there now; does not block. */
struct request *request_queue_take_all(struct request_queue *queue);
void request_queue_close(struct request_queue *queue);
void request_queue_measure(struct request_queue *queue, size_t *ret_count, size_t *ret_bytes);
#endif
