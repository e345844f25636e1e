/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/by_hand.h"

#include <criterion/criterion.h>

struct fixture fixture;

void by_hand_begin(void)
{
	fixture_init(&fixture);
}

void by_hand_end(void)
{
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

const char coordinator[] = "coordinator-london";

enum err assign(const char *party, const char *reference, const char *service)
{
	const struct wire_request request = {.header = {WIRE_ASSIGN, 1},
		.user = STR("A Coordinator"),
		.reference = str_from(reference),
		.service = str_from(service),
		.note = STR("they keep a place for her")};
	return fixture_ask(&fixture, party, &request);
}

enum err assign_for(const char *reference, const char *service, const char *need)
{
	const struct wire_request request = {.header = {WIRE_ASSIGN, 1},
		.reference = str_from(reference),
		.service = str_from(service),
		.needs = {{str_from(need)}, 1},
		.note = STR("why")};
	return fixture_ask(&fixture, coordinator, &request);
}

enum err seen(const char *party, const char *reference, const char *reason)
{
	struct wire_request request = {.header = {WIRE_SEEN, 1},
		.reference = str_from(reference),
		.note = STR("rang them")};
	if (reason != NULL) {
		request.reasons.items[request.reasons.count++] = str_from(reason);
	}
	return fixture_ask(&fixture, party, &request);
}

/* A page of queue or deliveries, into fixture.reply; how many items. */
size_t page(const char *party, enum wire_type type, const char *route, bool failed)
{
	const struct wire_request request = {
		.header = {type, 1}, .route = str_from(route), .failed = failed};
	core_read(fixture.core, fixture_party(party), &request, fixture.now, &fixture.arena,
		&fixture.reply);
	return fixture.reply.err == ERR_OK ? fixture_count(&fixture, "items") : 0;
}

enum err by_id(const char *party, enum wire_type type, struct id delivery)
{
	const struct wire_request request = {.header = {type, 1},
		.delivery = delivery,
		.reason = type == WIRE_STOP_RETRYING ? STR("provider-closed") : (struct str){0}};
	return fixture_ask(&fixture, party, &request);
}

struct core_delivery waiting(const char *route)
{
	struct core_delivery delivery;
	cr_assert(fixture_waiting(&fixture, route, &delivery), "nothing waits for %s", route);
	return delivery;
}

/* A referral in Lambeth for which one service alone was asked, the route of its delivery, and
 * nobody else is left once that is given up. */
const char *undeliverable(const char *source_ref, char route[64])
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", source_ref, "diversion", "E09000022",
			"{\"consent\":[{\"purpose\":\"refer\",\"state\":\"given\",\"recipients\":"
			"[\"south-london-alliance\",\"hibiscus-foreign-national-worker\"],"
			"\"needs\":\"all\","
			"\"basis\":\"consent\"}]}");
	const struct core_delivery delivery = waiting("women-in-prison");
	str_copy(route, 64, STR("women-in-prison"));
	cr_assert_eq(fixture_receipt(&fixture, route, delivery.id, "undeliverable"), ERR_OK);
	return reference;
}

const char *open_referral(const char *source_ref, const char *more)
{
	return fixture_refer(
		&fixture, "ld-london", source_ref, "liaison-diversion", "E09000022", more);
}

void expect_says(struct core_delivery delivery, const char *key, const char *text)
{
	const struct str said = value_get_str(&delivery.body, key);
	cr_expect(str_is(said, text), "%.*s", STR_ARG(said));
}
