/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/client/fake.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

struct bench {
	struct fake *fake;
	struct client *client;
	struct arena arena;
	struct client_delivery delivery;
	struct fault fault;
};

static const char *const routes[] = {"hibiscus"};

static void bench_init(struct bench *bench, int credit)
{
	*bench = (struct bench){.fake = fake_create()};
	struct client_options options = fake_options(bench->fake);
	options.credit = credit;
	options.routes = routes;
	options.route_count = 1;
	arena_init(&bench->arena, 0);
	cr_assert_eq(client_create(&options, &bench->client, &bench->fault), ERR_OK);
}

static void bench_finish(struct bench *bench)
{
	client_destroy(bench->client);
	fake_destroy(bench->fake);
	arena_finish(&bench->arena);
}

static enum err next(struct bench *bench, int timeout_ms)
{
	return client_next_delivery(
		bench->client, timeout_ms, &bench->arena, &bench->delivery, &bench->fault);
}

Test(delivery, arrives_and_its_receipt_goes_back)
{
	struct bench bench;
	bench_init(&bench, 16);
	atomic_store(&bench.fake->deliver, 3);
	fake_start(bench.fake);
	for (uint64_t i = 1; i <= 3; i++) {
		cr_assert_eq(next(&bench, 5000), ERR_OK, "%s", bench.fault.message);
		cr_assert(id_equal(bench.delivery.id, id_make(7, i)));
		cr_assert(str_is(value_get_str(&bench.delivery.body, "service"), "hibiscus-women"));
		cr_assert_eq(
			client_receipt(bench.client, bench.delivery.id, "stored", NULL), ERR_OK);
	}
	cr_assert_eq(next(&bench, 50), ERR_TIMEOUT);
	cr_assert_eq(fake_receipts(bench.fake, "stored"), 3);
	cr_assert_eq(bench.fake->credit, 16);
	cr_assert_eq(bench.fake->route_count, 1);
	bench_finish(&bench);
}

Test(delivery, sent_twice_arrives_twice_with_one_id)
{
	struct bench bench;
	bench_init(&bench, 16);
	atomic_store(&bench.fake->deliver, 1);
	atomic_store(&bench.fake->twice, true);
	fake_start(bench.fake);
	cr_assert_eq(next(&bench, 5000), ERR_OK);
	cr_assert_eq(next(&bench, 5000), ERR_OK);
	cr_assert(id_equal(bench.delivery.id, id_make(7, 1)));
	bench_finish(&bench);
}

Test(delivery, a_flood_beyond_the_credit_is_dropped_not_kept)
{
	struct bench bench;
	size_t got = 0;
	bench_init(&bench, 32);
	atomic_store(&bench.fake->flood, 5000);
	fake_start(bench.fake);
	struct wire_request ping = {.header = {.type = WIRE_PING}};
	struct value body;
	/* The answer stands behind the flood. */
	cr_assert_eq(client_ask(bench.client, &ping, 5000, &bench.arena, &body, &bench.fault),
		ERR_OK, "%s", bench.fault.message);
	while (next(&bench, 0) == ERR_OK) {
		got++;
	}
	cr_assert_eq(got, 32);
	bench_finish(&bench);
}

Test(delivery, a_superseded_session_asks_for_no_more_even_after_a_restart)
{
	struct bench bench;
	bench_init(&bench, 16);
	atomic_store(&bench.fake->supersede, true);
	fake_start(bench.fake);
	cr_assert_eq(next(&bench, 5000), ERR_SUPERSEDED);
	cr_assert_eq(bench.fake->route_count, 1);
	fake_stop(bench.fake);
	fake_start(bench.fake);
	struct wire_request ping = {.header = {.type = WIRE_PING}};
	struct value body;
	cr_assert_eq(client_ask(bench.client, &ping, 5000, &bench.arena, &body, &bench.fault),
		ERR_OK, "%s", bench.fault.message);
	cr_assert_eq(bench.fake->route_count, 0);
	cr_assert_eq(next(&bench, 50), ERR_SUPERSEDED);
	bench_finish(&bench);
}

Test(delivery, goes_on_after_the_broker_was_away)
{
	struct bench bench;
	bench_init(&bench, 16);
	cr_assert_eq(next(&bench, 100), ERR_UNREACHABLE);
	atomic_store(&bench.fake->deliver, 1);
	fake_start(bench.fake);
	cr_assert_eq(next(&bench, 5000), ERR_OK, "%s", bench.fault.message);
	bench_finish(&bench);
}

Test(delivery, an_answer_on_a_leg_is_waited_for)
{
	struct bench bench;
	struct value body;
	bench_init(&bench, 0);
	char leg[24];
	(void)snprintf(leg, sizeof(leg), "%s/1", bench.fake->reference);
	atomic_store(&bench.fake->lose, 1);
	fake_start(bench.fake);
	cr_assert_eq(client_acknowledge(bench.client, leg, "declined", "no-capacity", 5000,
			     &bench.arena, &body, &bench.fault),
		ERR_OK, "%s", bench.fault.message);
	cr_assert(str_is(value_get_str(&body, "leg"), leg));
	cr_assert_str_eq(bench.fake->answers[0].action, "declined");
	cr_assert_str_eq(bench.fake->answers[0].reason, "no-capacity");
	bench_finish(&bench);
}
