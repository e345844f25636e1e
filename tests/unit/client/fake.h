/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CLIENT_FAKE_H
#define ONWARD_TESTS_UNIT_CLIENT_FAKE_H
#include "adapters/client/client.h"
#include "broker/config/home.h"

#include <pthread.h>
#include <stdatomic.h>
/*
 * A broker for the tests of the client: ROUTER with CURVE in a thread, over the wire's own
 * functions.  It keeps what it was told in a ledger that outlives its restarts, and misbehaves as
 * asked: the knobs may be set while it runs.
 */
enum {
	FAKE_ENTRIES = 20000,
	FAKE_TEXT = 48
};

struct fake_submit {
	char source_ref[FAKE_TEXT];
	int times; /* how often it came */
};
struct fake_receipt {
	struct id delivery;
	char receipt[FAKE_TEXT];
	char reason[FAKE_TEXT];
};
struct fake_answer {
	char leg[FAKE_TEXT];
	char action[FAKE_TEXT];
	char reason[FAKE_TEXT];
};

struct fake {
	char address[200];
	struct key_pair broker, party; /* of the one party it knows */
	pthread_t thread, zap_thread;
	void *context, *router;
	atomic_bool stop, running;

	/* Knobs. */
	atomic_int lose;         /* answers to swallow, after the request took effect */
	atomic_int reset_every;  /* forget the session at each so many requests; 0: never */
	atomic_int refuse_full;  /* submits to answer with try-later */
	atomic_int refuse_hello; /* hellos to answer with not-allowed */
	atomic_int flood;        /* deliveries to send at once on hello, whatever the credit */
	atomic_int deliver;      /* deliveries to send after a hello, each `twice` times */
	atomic_bool twice;
	atomic_bool supersede; /* tell the session so, once */
	atomic_bool rehearsal;
	atomic_int events; /* events that exist: numbers 1 to this */

	/* Ledger; read when stopped or under the lock. */
	pthread_mutex_t lock;
	struct fake_submit *submits;
	size_t submit_count, doubled; /* doubled: same source_ref with other content */
	struct fake_receipt *receipts;
	size_t receipt_count;
	struct fake_answer *answers;
	size_t answer_count;
	size_t hellos, resets, byes, credit, route_count;
	char user[FAKE_TEXT];
	char reference[REFERENCE_TEXT_SIZE]; /* of the referral that is delivered */
	/* Deliveries scripted by a test: sent in order after the hello until receipted. */
	const char *kinds[16];    /* "referral", "amended", "withdrawn" */
	const char *services[16]; /* of each */
	int script_count;
};

/* Fresh keys and an ipc endpoint in a new folder; does not start. */
struct fake *fake_create(void);
void fake_destroy(struct fake *fake); /* stops first */
void fake_start(struct fake *fake);
/* As if killed: no goodbye to anyone. */
void fake_stop(struct fake *fake);
/* Options of a client that fits. */
struct client_options fake_options(const struct fake *fake);
bool fake_has(struct fake *fake, const char *source_ref);
size_t fake_submits(struct fake *fake);
size_t fake_receipts(struct fake *fake, const char *receipt);
size_t fake_answers(struct fake *fake);
/* A home whose party is the fake's and whose endpoints lead to it. */
void fake_home(struct fake *fake, const char *home, const char *kind);

/* A new folder below the temporary one, removed by nobody. */
void test_folder(char *out, size_t size);
/* {source_ref, note} in the arena. */
struct value test_referral(struct arena *arena, const char *source_ref);
#endif
