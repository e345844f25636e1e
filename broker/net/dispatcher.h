/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_NET_DISPATCHER_H
#define ONWARD_NET_DISPATCHER_H
#include "broker/net/delivery.h"
#include "broker/net/session.h"
/*
 * Brings the rows of the outbox to the sessions that serve their routes: reads the heads of lines
 * as credit allows, sends, waits for the receipt, gives up an attempt after the time-out and tries
 * again after a growing wait.  The writer alone changes rows; what is kept here is only who holds
 * what at this moment, and a restart begins from the rows.
 */
struct server;
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
/* A person wants these tried now: whatever they wait for is dropped.  One that is out already has
 * its attempt. */
void dispatcher_hasten(struct server *server, const struct request_hasten *hasten);
void dispatcher_tick(struct server *server, uint64_t now_ms);
#endif
