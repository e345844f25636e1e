/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_WIRE_TYPES_H
#define ONWARD_WIRE_TYPES_H
#include <stdbool.h>
/* The kinds of message, and the closed vocabularies of requests. */
/* number, NAME, who sends it, what for */
#define WIRE_TYPE_MAP(X)                      \
	X(1, HELLO, "hello")                  \
	X(2, SUBMIT, "submit")                \
	X(3, AMEND, "amend")                  \
	X(4, WITHDRAW, "withdraw")            \
	X(5, ACKNOWLEDGE, "acknowledge")      \
	X(6, RECEIPT, "receipt")              \
	X(7, CREDIT, "credit")                \
	X(8, SHOW, "show")                    \
	X(9, LIST, "list")                    \
	X(10, INBOX, "inbox")                 \
	X(11, FOLLOW, "follow")               \
	X(12, EXPLAIN, "explain")             \
	X(13, STATUS, "status")               \
	X(14, RELOAD, "reload")               \
	X(15, PING, "ping")                   \
	X(16, BYE, "bye")                     \
	X(17, ASSIGN, "assign")               \
	X(18, SEEN, "seen")                   \
	X(19, QUEUE, "queue")                 \
	X(20, DELIVERIES, "deliveries")       \
	X(21, RETRY, "retry")                 \
	X(22, STOP_RETRYING, "stop-retrying") \
	X(23, CLOCK, "clock")                 \
	X(24, ERASE, "erase")                 \
	X(25, UPLOAD, "upload")               \
	X(26, PUBLISH, "publish")             \
	X(27, VERSIONS, "versions")           \
	X(28, FETCH, "fetch")                 \
	X(29, ROLLBACK, "rollback")           \
	X(30, REHEARSE, "rehearse")           \
	X(31, MIGRATE, "migrate")             \
	X(32, INTAKE, "intake")               \
	X(33, CAPACITY, "capacity")           \
	X(64, WELCOME, "welcome")             \
	X(65, RESET, "reset")                 \
	X(66, SUPERSEDED, "superseded")       \
	X(67, REFUSED, "refused")             \
	X(68, DONE, "done")                   \
	X(69, PAGE, "page")                   \
	X(70, DELIVERY, "delivery")           \
	X(71, EVENT, "event")

enum wire_type {
#define X(number, NAME, name) WIRE_##NAME = number,
	WIRE_TYPE_MAP(X)
#undef X
};
const char *wire_type_name(enum wire_type type); /* "unknown" when there is none */
/* The request is answered with a page. */
bool wire_type_is_paged(enum wire_type type);

/* What a provider answers on a leg, and what an adapter says became of a delivery. */
#define WIRE_ACTION_MAP(X)                  \
	X(RECEIVED, "received")             \
	X(ACCEPTED, "accepted")             \
	X(DECLINED, "declined")             \
	X(WAITLISTED, "waitlisted")         \
	X(STARTED, "started")               \
	X(COMPLETED, "completed")           \
	X(ENDED_EARLY, "ended-early")       \
	X(NOT_ENGAGED, "not-engaged")       \
	X(ON_HOLD, "on-hold")               \
	X(RESUMED, "resumed")               \
	X(WITHDRAWN, "withdrawn")           \
	X(REDIRECTED, "redirected")         \
	X(INFO_REQUESTED, "info-requested") \
	X(CONTACT_ATTEMPTED, "contact-attempted")

#define WIRE_RECEIPT_MAP(X)       \
	X(STORED, "stored")       \
	X(DUPLICATE, "duplicate") \
	X(FAILED, "failed")       \
	X(UNDELIVERABLE, "undeliverable")

/* What a provider does with the intake of a service. */
#define WIRE_INTAKE_MAP(X) \
	X(PAUSE, "pause")  \
	X(RESUME, "resume")

/* What an operator does with the broker's clock. */
#define WIRE_CLOCK_MAP(X)     \
	X(SHOW, "show")       \
	X(ADVANCE, "advance") \
	X(NEXT, "next")       \
	X(CONFIRM, "confirm")
#endif
