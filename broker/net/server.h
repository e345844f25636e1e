/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_SERVER_H
#define ONWARD_NET_SERVER_H
#include "broker/net/dispatcher.h"
#include "broker/net/gate.h"
#include "broker/net/notify.h"
#include "broker/net/reader.h"
#include "broker/net/session.h"
#include "broker/net/writer.h"
/*
 * The loop: everything here runs on, and belongs to, its thread; other threads see the core, the
 * configuration, their own queue and the outlet.
 *
 *   receive.c     messages -> requests -> answered at once, or queued
 *   hello.c       sessions: hello, bye, credit, their end
 *   server.c      finished requests -> replies; sending; the tick
 *   dispatcher.c  outbox rows -> deliveries -> receipts
 *   follow.c      events to those who follow
 *   reload.c      changed parties and directories
 *   publish.c     directories that are uploaded, or come back
 *   rehearse.c    directories that are tried on what is stored
 *   notify.h      what the service manager hears
 */
enum {
	SERVER_TICK_MS = 50,
	SERVER_DUE_MS = 1000,
	SERVER_QUEUE_BYTES = 64 * 1024 * 1024 /* frames that wait for the writer or a reader */
};

struct server {
	const struct config *config;
	const char *home;
	struct core *core;
	struct core_identity identity; /* at the start; instance and mode stay */
	void *context;
	uv_loop_t loop;
	struct zloop zloop;
	struct zap zap;
	struct zsocket zap_zsocket;
	struct gate gates[CONFIG_ENDPOINTS_MAX];
	size_t gate_count;
	struct sessions sessions;
	struct dispatcher dispatcher;
	struct request_pool pool;
	struct outlet outlet;
	struct writer writer;
	struct reader queries, outboxes;
	struct reader works; /* what takes long: checking a whole directory */
	struct uploads uploads;
	struct request *parked; /* publications of what is being published, linked by `next` */
	struct notify notify;
	uv_timer_t tick;
	uv_signal_t signals[3];
	uint64_t committed; /* sequence of the last record known to be on disk */
	size_t in_work;     /* requests that are out with the writer or a reader */
	uint64_t dropped_replies, dropped_messages;
	size_t reloads; /* of a signal, that are not done */
	bool reload_failed;
	bool draining, stopped_sent;
	bool due_in_work;
	uint64_t due_at_ms;
	uint64_t drain_until_ms;
};

/* Everything but threads and sockets. */
MUST_CHECK enum err server_init(struct server *server, const struct config *config,
	const char *home, struct core *core, struct fault *fault);
MUST_CHECK enum err server_start(struct server *server, struct fault *fault);
/* Binds the endpoints after the self-test. */
MUST_CHECK enum err server_listen(
	struct server *server, const struct key_pair *key, struct fault *fault);
/* Until SIGTERM or SIGINT and the drain after it. */
void server_run(struct server *server);
void server_finish(struct server *server);

enum sent {
	SENT_OK,
	SENT_GONE, /* the connection does not exist any more */
	SENT_LATER /* its queue is full */
};
/* One frame to one connection; does not block. */
enum sent server_send(struct server *server, const struct peer *peer, struct str frame);

/* Hands a request on; from here it comes back through the outlet. */
void server_write(struct server *server, struct request *request);
void server_read(struct server *server, struct reader *reader, struct request *request);
/* Sends the reply that the request holds, and puts the request back. */
void server_answer(struct server *server, struct request *request);
/* Refuses, counts and puts back. */
void server_refuse(struct server *server, struct request *request, enum err code, const char *field,
	const char *format, ...) PRINTF_LIKE(5, 6);

/* receive.c: the callback of a gate's socket. */
void server_receive(struct zsocket *zsocket);
/* True when the reader's queue has room and the session may ask more: the request is counted as
 * its; else it was refused. */
bool server_admit(struct server *server, struct session *session, struct request *request,
	struct reader *reader);
/* hello.c */
void server_hello(struct server *server, struct request *request);
void server_session_end(struct server *server, struct session *session, const char *why);
/* Ends the sessions whose party or key is not good any more. */
void server_sessions_check(struct server *server);
void server_sessions_expire(struct server *server, uint64_t now_ms);
/* True when the party behind the session is good at this moment and, with a route, serves it. */
bool server_session_ok(struct server *server, const struct session *session, const char *route);
/* follow.c */
void server_follow(struct server *server, struct session *session, struct request *request);
void server_follow_found(struct server *server, struct request *request);
void server_follow_wake(struct server *server);
/* reload.c */
void server_reload(struct server *server, bool parties, bool directory);
void server_reload_read(struct server *server, struct request *request);
/* The reader's part: reads and checks files, takes parties into force. */
void reload_prepare(struct core *core, const char *home, struct request *request);
/* publish.c */
void server_upload(struct server *server, struct request *request);
void server_publish(struct server *server, struct session *session, struct request *request);
void server_publish_read(struct server *server, struct request *request);
/* The reader's part: reads, checks and packs. */
void publish_prepare(struct server *server, struct request *request);
/* ERR_FULL: the disk has no room for it. */
MUST_CHECK enum err publish_room(
	const char *home, const struct core_directory *directory, struct fault *fault);
/* What the log says of a publication when it is in force: kept before the writer has it; `what`
 * put it there.  Of the broker's own requests, too. */
void publication_keep(struct core *core, struct request *request);
void publication_log(const char *what, const struct request *request);
/* What was asked to be published while the upload was out is looked at again. */
void server_unpark(struct server *server);
/* rehearse.c; rehearse_read is the reader's part. */
void server_rehearse(struct server *server, struct session *session, struct request *request);
void server_rehearse_read(struct server *server, struct request *request);
void rehearse_read(struct server *server, struct request *request);
/* status.c, by a reader. */
void status_read(struct server *server, struct request *request);
#endif
