/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/view.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>

/* What coordinators and operators read at night.  Contents are invented. */

static const char waiting[] =
	"{\"items\":[{\"reference\":\"ACDE-FGHJ-X\",\"state\":\"no-service\",\"age_s\":183600,"
	"\"since\":\"2019-06-10T17:40:00Z\",\"source\":\"met-custody\","
	"\"authority\":\"E09000022\",\"needs\":[\"accommodation\",\"poverty-debt\"],"
	"\"gaps\":[\"accommodation\"],\"questions\":[],"
	"\"reasons\":[\"no-service\",\"expired\"],\"legs\":["
	"{\"id\":\"ACDE-FGHJ-X/1\",\"service\":\"south-london-alliance\",\"state\":\"expired\"}],"
	"\"next\":[{\"step\":\"assign\",\"service\":\"hibiscus\",\"blocked\":[]},"
	"{\"step\":\"assign\",\"service\":\"south-london-alliance\","
	"\"blocked\":[\"capacity:no\",\"area:unknown\",\"eligibility:error\"]},"
	"{\"step\":\"phone-service\",\"leg\":\"ACDE-FGHJ-X/1\","
	"\"service\":\"south-london-alliance\"}]},"
	"{\"reference\":\"LMNP-QRTU-V\",\"state\":\"needs-information\",\"age_s\":4500,\"urgent\":"
	"true,"
	"\"source\":\"hmp-send\",\"authority\":\"E09000004\",\"needs\":[\"trafficking\"],"
	"\"reasons\":[\"needs-information\",\"attention\"],\"attention\":[\"immediate-risk\","
	"\"stop-undelivered\"],"
	"\"legs\":[],\"next\":[{\"step\":\"ask-source\",\"questions\":[\"person.date_of_birth\"]},"
	"{\"step\":\"consent\"},{\"step\":\"look\"},"
	"{\"step\":\"retry\",\"delivery\":\"0123456789abcdef0123456789abcdef\","
	"\"service\":\"hibiscus\"}]}]}";

static const char undelivered[] =
	"{\"items\":[{\"delivery\":\"0123456789abcdef0123456789abcdef\",\"kind\":\"referral\","
	"\"reference\":\"ACDE-FGHJ-X\",\"leg\":\"ACDE-FGHJ-X/1\","
	"\"service\":\"south-london-alliance\",\"route\":\"women-in-prison\","
	"\"state\":\"waiting\",\"attempts\":3,\"reason\":\"timeout\","
	"\"queued\":\"2019-06-12T20:40:00Z\"},"
	"{\"delivery\":\"0123456789abcdef0123456789abcdf0\",\"kind\":\"withdrawn\","
	"\"reference\":\"LMNP-QRTU-V\",\"leg\":\"LMNP-QRTU-V/2\",\"service\":\"hibiscus\","
	"\"route\":\"hibiscus\",\"state\":\"stopped\",\"attempts\":0,"
	"\"reason\":\"provider-closed\",\"queued\":\"2019-06-12T20:41:00Z\"}]}";

static const char retried[] =
	"{\"items\":[{\"delivery\":\"0123456789abcdef0123456789abcdef\","
	"\"leg\":\"ACDE-FGHJ-X/1\",\"service\":\"south-london-alliance\",\"result\":\"queued\"},"
	"{\"delivery\":\"0123456789abcdef0123456789abcdf0\",\"leg\":\"LMNP-QRTU-V/2\","
	"\"service\":\"hibiscus\",\"result\":\"refused\","
	"\"message\":\"her needs are with another service\"}]}";

static const char clock_held[] =
	"{\"clock\":\"2019-06-14T20:40:00Z\",\"manual\":true,\"next\":\"2019-06-17T08:00:00Z\","
	"\"held\":true,\"became_due\":[{\"seq\":12,\"at\":\"2019-06-14T20:40:00Z\","
	"\"actor\":\"broker\",\"event\":\"expired\",\"reference\":\"ACDE-FGHJ-X\","
	"\"service\":\"south-london-alliance\"}]}";

/* The view of one member, "items", or of the whole tree. */
static void expect(const char *name, const char *json, bool items,
	void (*view)(struct buf *, const struct names *, const struct value *))
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value tree = golden_tree(&arena, json);
	view(&out, &golden_names, items ? value_get(&tree, STR("items")) : &tree);
	golden_expect(name, &out);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view_queue, the_queue_says_why_and_what_to_do_next)
{
	expect("queue", waiting, true, view_queue);
}

Test(view_queue, deliveries_say_what_failed_and_why)
{
	expect("deliveries", undelivered, true, view_deliveries);
}

Test(view_queue, a_retry_says_what_became_of_each)
{
	expect("retry", retried, true, view_retried);
}

Test(view_queue, a_clock_that_is_held_says_so_loudly)
{
	expect("clock", clock_held, false, view_clock);
}

Test(view_queue, an_assignment_names_what_was_overridden)
{
	expect("assign",
		"{\"leg\":\"ACDE-FGHJ-X/2\",\"service\":\"hibiscus\",\"state\":\"matched\","
		"\"overridden\":[\"capacity:no\",\"eligibility:unknown\"]}",
		false, view_assigned);
}

Test(view_queue, what_is_left_in_the_queue_is_said)
{
	expect("seen",
		"{\"reference\":\"ACDE-FGHJ-X\",\"cleared\":[\"overdue\",\"expired\"],"
		"\"left\":[\"no-service\"]}",
		false, view_seen);
}

static void expect_age(int64_t seconds, const char *want)
{
	struct buf out = {0};
	view_age(&out, seconds);
	cr_expect(str_is(buf_str(&out), want), "%.*s", STR_ARG(buf_str(&out)));
	buf_finish(&out);
}

Test(view_queue, ages_are_as_exact_as_they_are_young)
{
	expect_age(-5, "0 min");
	expect_age(59, "0 min");
	expect_age(3600, "1 h 0 min");
	expect_age(86400, "1 day");
	expect_age(86400 + 7200, "1 day 2 h");
	expect_age(20 * 86400 + 7200, "20 days");
}

Test(view_queue, trees_of_another_shape_do_no_harm)
{
	static const char *const trees[] = {"{}", "{\"items\":[7,{}]}",
		"{\"items\":[{\"reasons\":[7],\"legs\":[7],\"next\":[7,{\"step\":7,\"blocked\":"
		"[7]},{\"step\":\"assign\",\"blocked\":[7]},{\"step\":\"ask-source\","
		"\"questions\":[{}]}],\"attempts\":\"x\",\"result\":7}],\"overridden\":[{}],"
		"\"left\":7,\"cleared\":[7],\"became_due\":[7]}"};
	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		struct arena arena;
		struct buf out = {0};
		arena_init(&arena, 0);
		const struct value tree = golden_tree(&arena, trees[i]);
		const struct value *items = value_get(&tree, STR("items"));
		items = items == NULL ? &tree : items;
		view_queue(&out, &golden_names, items);
		view_deliveries(&out, &golden_names, items);
		view_retried(&out, &golden_names, items);
		view_seen(&out, &golden_names, &tree);
		view_assigned(&out, &golden_names, &tree);
		view_clock(&out, &golden_names, &tree);
		cr_expect(!out.failed);
		buf_finish(&out);
		arena_finish(&arena);
	}
}
