/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_TESTS_UNIT_CORE_FIXTURE_H
#define ONWARD_TESTS_UNIT_CORE_FIXTURE_H
#include "broker/core/core.h"
/*
 * A core over a store in a temporary folder with the London directory of 2018, and parties of every
 * kind. Time stands at 12 June 2019, 21:40 in London, until a test moves it.
 */
struct fixture {
	char home[64];
	struct core *core;
	timestamp_us now;
	int64_t retention_months;
	struct arena arena; /* of what a test reads */
	struct core_reply reply;
	struct core_effects effects;
};

void fixture_init(struct fixture *fixture);
/* One that erases what ended so many months ago. */
void fixture_init_retaining(struct fixture *fixture, int64_t months);
void fixture_finish(struct fixture *fixture);
/* Closes and opens the core again on the same store. */
void fixture_reopen(struct fixture *fixture);
const struct party *fixture_party(const char *id);

/* A referral as JSON text, with what is needed filled in: `more` is merged over it. */
struct value fixture_referral(struct fixture *fixture, const char *source_ref, const char *pathway,
	const char *authority, const char *more);
struct value fixture_json(struct fixture *fixture, const char *text);

/* One command in a batch of its own; the reply is in fixture->reply and its body copied to the
 * arena. */
enum err fixture_ask(
	struct fixture *fixture, const char *party, const struct wire_request *request);
enum err fixture_submit(struct fixture *fixture, const char *party, struct value referral);
enum err fixture_act(struct fixture *fixture, const char *party, const char *leg,
	const char *action, const char *reason);
enum err fixture_receipt(
	struct fixture *fixture, const char *party, struct id delivery, const char *receipt);
/* One command of the broker's own, at fixture->now. */
void fixture_own(struct fixture *fixture, enum core_command_kind kind, timestamp_us lost);
/* Business time goes on to then; what comes due on the way acts when it does. */
void fixture_pass(struct fixture *fixture, const char *until);
void fixture_pass_to(struct fixture *fixture, timestamp_us until);
/* What is due at fixture->now acts; at most 64, as in a batch of the broker's.  How many. */
size_t fixture_due(struct fixture *fixture);
void fixture_publish(struct fixture *fixture, const char *root);
/* Publishes the directory again with `from` replaced by `to`, once, in one of its files. */
void fixture_publish_copy(
	struct fixture *fixture, const char *file, const char *from, const char *to);
/* When the next timer is due; 0: none. */
timestamp_us fixture_next(struct fixture *fixture);
/* Reads `show` of a reference for a party. */
enum err fixture_show(struct fixture *fixture, const char *party, const char *reference);
/* Delivers everything queued for a route as its adapter would; the number of deliveries. */
size_t fixture_deliver(struct fixture *fixture, const char *route);
/* The first delivery waiting for a route. */
bool fixture_waiting(
	struct fixture *fixture, const char *route, struct core_delivery *ret_delivery);
/* Text of the reply's body at a path; "" when there is none. */
const char *fixture_text(struct fixture *fixture, const char *path);
size_t fixture_count(struct fixture *fixture, const char *path);
void fixture_verify(struct fixture *fixture); /* rebuild and compare */
/* Submits a good referral with `more` merged over it; its reference. */
const char *fixture_refer(struct fixture *fixture, const char *party, const char *source_ref,
	const char *pathway, const char *authority, const char *more);
void fixture_amend(
	struct fixture *fixture, const char *party, const char *reference, const char *patch);
enum err fixture_withdraw(
	struct fixture *fixture, const char *party, const char *reference, const char *reason);
/* Delivers everything a route waits for; true when any of it held `text`. */
bool fixture_route_hears(struct fixture *fixture, const char *route, const char *text);
/* True when a key or text anywhere in the document holds `text`. */
bool fixture_tells(const struct value *document, const char *text);
#endif
