/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/client/fake.h"

#include "adapters/client/link.h"
#include "broker/base/limits.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct client *client_of(const struct client_options *options)
{
	struct client *client = NULL;
	struct fault fault;
	cr_assert_eq(client_create(options, &client, &fault), ERR_OK, "%s", fault.message);
	return client;
}

static enum err ping(struct client *client, int timeout_ms, struct fault *fault)
{
	struct wire_request request = {.header = {.type = WIRE_PING}};
	struct arena arena;
	struct value body;
	arena_init(&arena, 0);
	const enum err err = client_ask(client, &request, timeout_ms, &arena, &body, fault);
	arena_finish(&arena);
	return err;
}

Test(session, hello_is_welcomed_and_asks_are_answered)
{
	struct fake *fake = fake_create();
	struct client_options options = fake_options(fake);
	struct fault fault;
	options.user = "sgt-1";
	fake_start(fake);
	struct client *client = client_of(&options);
	cr_assert_null(client_welcome(client));
	cr_assert_eq(client_connect(client, 5000, &fault), ERR_OK, "%s", fault.message);
	cr_assert(str_is(value_get_str(client_welcome(client), "mode"), "live"));
	cr_assert_eq(ping(client, 5000, &fault), ERR_OK, "%s", fault.message);
	cr_assert_str_eq(fake->user, "sgt-1");
	client_destroy(client);
	fake_destroy(fake);
}

Test(session, says_bye_when_destroyed)
{
	struct fake *fake = fake_create();
	const struct client_options options = fake_options(fake);
	fake_start(fake);
	struct client *client = client_of(&options);
	cr_assert_eq(client_connect(client, 5000, NULL), ERR_OK);
	client_destroy(client);
	(void)usleep(100000);
	fake_stop(fake);
	cr_assert_eq(fake->byes, 1);
	fake_destroy(fake);
}

Test(session, a_lost_answer_is_asked_for_again)
{
	struct fake *fake = fake_create();
	const struct client_options options = fake_options(fake);
	struct fault fault;
	fake_start(fake);
	struct client *client = client_of(&options);
	cr_assert_eq(client_connect(client, 5000, &fault), ERR_OK);
	atomic_store(&fake->lose, 2);
	cr_assert_eq(ping(client, 5000, &fault), ERR_OK, "%s", fault.message);
	client_destroy(client);
	fake_destroy(fake);
}

Test(session, a_reset_is_answered_by_hello_and_the_same_request)
{
	struct fake *fake = fake_create();
	const struct client_options options = fake_options(fake);
	struct fault fault;
	atomic_store(&fake->reset_every, 1);
	fake_start(fake);
	struct client *client = client_of(&options);
	for (int i = 0; i < 6; i++) {
		cr_assert_eq(ping(client, 5000, &fault), ERR_OK, "%s", fault.message);
	}
	client_destroy(client);
	fake_stop(fake);
	cr_assert_geq(fake->resets, 5);
	cr_assert_geq(fake->hellos, 6);
	fake_destroy(fake);
}

Test(session, goes_on_when_the_broker_comes_back)
{
	struct fake *fake = fake_create();
	const struct client_options options = fake_options(fake);
	struct fault fault;
	fake_start(fake);
	struct client *client = client_of(&options);
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(ping(client, 5000, &fault), ERR_OK, "%s", fault.message);
		fake_stop(fake);
		cr_assert_eq(ping(client, 300, &fault), ERR_UNREACHABLE);
		fake_start(fake);
	}
	cr_assert_eq(ping(client, 8000, &fault), ERR_OK, "%s", fault.message);
	client_destroy(client);
	fake_destroy(fake);
}

Test(session, no_broker_is_unreachable_in_time)
{
	struct fake *fake = fake_create();
	const struct client_options options = fake_options(fake);
	struct fault fault;
	struct client *client = client_of(&options);
	const int64_t start = link_now_ms();
	cr_assert_eq(client_connect(client, 400, &fault), ERR_UNREACHABLE);
	cr_assert_lt(link_now_ms() - start, 1500);
	cr_assert_not_null(strstr(fault.message, "is onwardd running"), "%s", fault.message);
	client_destroy(client);
	fake_destroy(fake);
}

Test(session, a_wrong_broker_key_is_named_in_time)
{
	struct fake *fake = fake_create();
	struct client_options options = fake_options(fake);
	struct key_pair other;
	struct fault fault;
	cr_assert_eq(key_generate("other", &other), ERR_OK);
	options.broker_key = other.public_key;
	fake_start(fake);
	struct client *client = client_of(&options);
	const int64_t start = link_now_ms();
	cr_assert_eq(client_connect(client, 4000, &fault), ERR_UNREACHABLE);
	cr_assert_lt(link_now_ms() - start, 5000);
	cr_assert_not_null(strstr(fault.message, "broker.pub"), "%s", fault.message);
	client_destroy(client);
	fake_destroy(fake);
}

Test(session, an_unknown_party_key_is_not_allowed)
{
	struct fake *fake = fake_create();
	struct client_options options = fake_options(fake);
	struct key_pair other;
	struct fault fault;
	cr_assert_eq(key_generate("other", &other), ERR_OK);
	options.public_key = other.public_key;
	options.secret_key = other.secret_key;
	fake_start(fake);
	struct client *client = client_of(&options);
	const int64_t start = link_now_ms();
	cr_assert_eq(client_connect(client, 6000, &fault), ERR_NOT_ALLOWED, "%s", fault.message);
	cr_assert_lt(link_now_ms() - start, 3000);
	cr_assert_not_null(strstr(fault.message, "does not know this key"));
	client_destroy(client);
	fake_destroy(fake);
}

Test(session, a_refused_hello_is_returned_and_tried_again_later)
{
	struct fake *fake = fake_create();
	const struct client_options options = fake_options(fake);
	struct fault fault;
	atomic_store(&fake->refuse_hello, 1);
	fake_start(fake);
	struct client *client = client_of(&options);
	cr_assert_eq(client_connect(client, 5000, &fault), ERR_NOT_ALLOWED);
	cr_assert_eq(client_connect(client, 5000, &fault), ERR_OK, "%s", fault.message);
	client_destroy(client);
	fake_destroy(fake);
}

Test(session, a_key_that_is_none_is_refused_before_connecting)
{
	struct fake *fake = fake_create();
	struct client_options options = fake_options(fake);
	struct client *client = NULL;
	struct fault fault;
	options.broker_key = "short";
	cr_assert_eq(client_create(&options, &client, &fault), ERR_CONFIG);
	cr_assert_str_eq(fault.field, "broker_key");
	cr_assert_null(client);
	client_destroy(client);
	fake_destroy(fake);
}

Test(session, opens_out_of_a_home)
{
	struct fake *fake = fake_create();
	char home[100];
	struct client *client = NULL;
	struct fault fault;
	test_folder(home, sizeof(home));
	fake_home(fake, home, "police");
	fake_start(fake);
	cr_assert_eq(client_open_home(home, "met-custody", NULL, &client, &fault), ERR_OK, "%s: %s",
		fault.field, fault.message);
	cr_assert_eq(ping(client, 5000, &fault), ERR_OK, "%s", fault.message);
	client_destroy(client);
	cr_assert_eq(client_open_home(home, "nobody", NULL, &client, &fault), ERR_NOT_FOUND);
	fake_destroy(fake);
}

Test(session, events_are_followed_across_windows_and_restarts)
{
	struct fake *fake = fake_create();
	const struct client_options options = fake_options(fake);
	struct fault fault;
	uint64_t cursor = 10;
	atomic_store(&fake->events, 700);
	fake_start(fake);
	struct client *client = client_of(&options);
	for (uint64_t expected = 11; expected <= 800; expected++) {
		struct arena arena;
		struct value event;
		arena_init(&arena, 0);
		cr_assert_eq(client_next_event(client, NULL, &cursor, 8000, &arena, &event, &fault),
			ERR_OK, "%s", fault.message);
		cr_assert_eq(cursor, expected);
		arena_finish(&arena);
		if (expected == 300) {
			fake_stop(fake);
			fake_start(fake);
		}
		if (expected == 600) {
			atomic_store(&fake->events, 800);
		}
	}
	struct arena arena;
	struct value event;
	arena_init(&arena, 0);
	cr_assert_eq(
		client_next_event(client, NULL, &cursor, 50, &arena, &event, &fault), ERR_TIMEOUT);
	arena_finish(&arena);
	client_destroy(client);
	fake_destroy(fake);
}

/* `count` pings at once; how many were answered. */
static size_t ping_many(struct client *client, size_t count, enum err *ret_err)
{
	struct arena arena;
	struct fault fault = {0};
	size_t answered = 0;
	struct client_question *questions = calloc(count, sizeof(*questions));
	cr_assert_not_null(questions);
	arena_init(&arena, 0);
	for (size_t i = 0; i < count; i++) {
		questions[i].request.header.type = WIRE_PING;
		questions[i].err = ERR_INTERNAL;
	}
	*ret_err = client_ask_all(client, questions, count, 1000, &arena, &fault);
	for (size_t i = 0; i < count; i++) {
		answered += questions[i].err == ERR_OK;
		cr_assert(questions[i].err == ERR_OK || questions[i].err == *ret_err);
	}
	arena_finish(&arena);
	free(questions);
	return answered;
}

Test(session, more_than_the_window_are_asked_at_once_and_each_is_answered)
{
	struct fake *fake = fake_create();
	const struct client_options options = fake_options(fake);
	enum err err;
	fake_start(fake);
	struct client *client = client_of(&options);
	cr_assert_eq(ping_many(client, LIMIT_WINDOW + 200, &err), LIMIT_WINDOW + 200);
	cr_assert_eq(err, ERR_OK);
	fake_stop(fake);
	cr_assert_eq(ping_many(client, 3, &err), 0, "nobody is there to answer");
	cr_assert_neq(err, ERR_OK);
	client_destroy(client);
	fake_destroy(fake);
}
