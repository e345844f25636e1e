/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/rehearsal.h"
#include "broker/cli/view.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>

/* What another directory would change, and who moved, as people read it.  Contents are invented. */

static const char items[] =
	"[{\"reference\":\"ACDE-FGHJ-X\",\"authority\":\"E09000022\",\"state\":\"open\","
	"\"recorded\":[{\"service\":\"south-london-alliance\",\"state\":\"accepted\"}],"
	"\"changes\":[\"elsewhere\",\"gap\",\"later\"],"
	"\"from\":[{\"service\":\"south-london-alliance\",\"needs\":[\"accommodation\"]}],"
	"\"to\":[{\"service\":\"advance-minerva-wraparound\",\"needs\":[\"accommodation\"]}],"
	"\"gaps\":[\"poverty-debt\"],\"found\":[],\"asked\":[\"person.gender\"],\"moves\":["
	"{\"service\":\"south-london-alliance\",\"change\":\"loses\",\"why\":\"window\"},"
	"{\"service\":\"advance-minerva-wraparound\",\"change\":\"gains\",\"why\":\"order\"}],"
	"\"legs\":[{\"leg\":\"ACDE-FGHJ-X/1\",\"service\":\"south-london-alliance\","
	"\"state\":\"accepted\",\"deadline\":\"2019-06-14T08:00:00Z\",\"why\":[\"window\"],"
	"\"lost\":true,\"ends\":\"2019-06-30\"}]},"
	"{\"reference\":\"DEFG-HJKA-C\",\"authority\":\"E09000003\",\"state\":\"no-service\","
	"\"recorded\":[],\"changes\":[\"found\"],\"from\":[],\"to\":["
	"{\"service\":\"=cmd, \\\"x\\\"\",\"needs\":[]}],\"gaps\":[],\"found\":[\"recall\"],"
	"\"asked\":[],\"moves\":[{\"service\":\"=cmd, \\\"x\\\"\",\"change\":\"gains\","
	"\"why\":\"eligibility\"}]},"
	"{\"reference\":\"CDEF-GHJK-A\",\"state\":\"open\",\"recorded\":[],\"changes\":[],\"legs\":"
	"["
	"{\"leg\":\"CDEF-GHJK-A/2\",\"service\":\"south-london-alliance\",\"state\":\"started\","
	"\"deadline\":null,\"why\":[\"delivery\",\"agreement\"],\"lost\":false}]}]";

static const char sums[] = "\"replayed\":9,\"same\":7,\"erased\":1,\"damaged\":2";

/* The items with what they come to, as the command puts it together. */
static struct value body_of(struct arena *arena, const char *list)
{
	const struct value tree =
		golden_tree(arena, arena_printf(arena, "{\"items\":%s,%s}", list, sums).ptr);
	const struct value totals = rehearsal_totals(arena, value_get(&tree, STR("items")));
	return value_merge(arena, &tree, &totals);
}

Test(view_rehearse, who_goes_where_and_why_then_the_sums)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value body = body_of(&arena, items);
	view_rehearsed(&out, &golden_names, &body);
	buf_add_text(&out, "----\n");
	rehearsal_csv(&out, value_get(&body, STR("items")));
	buf_add_text(&out, "----\n");
	const struct value none = body_of(&arena, "[]");
	view_rehearsed(&out, &golden_names, &none);
	golden_expect("rehearse", &out);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view_rehearse, who_moved_who_stays_and_why)
{
	static const char moved[] =
		"{\"from\":\"south-london-alliance\",\"to\":\"advance-minerva-wraparound\","
		"\"dry_run\":%s,\"not_meant\":3,\"damaged\":1,\"items\":["
		"{\"leg\":\"ACDE-FGHJ-X/1\",\"state\":\"received\",\"result\":\"moved\","
		"\"new_leg\":\"ACDE-FGHJ-X/2\",\"waits\":false},"
		"{\"leg\":\"CDEF-GHJK-A/1\",\"state\":\"started\",\"result\":\"moved\","
		"\"new_leg\":\"CDEF-GHJK-A/2\",\"waits\":true,\"overridden\":[\"capacity:no\"]},"
		"{\"leg\":\"DEFG-HJKL-C/1\",\"state\":\"accepted\",\"result\":\"already\","
		"\"why\":\"moved-before\"},"
		"{\"leg\":\"EFGH-JKLM-D/1\",\"state\":\"waitlisted\",\"result\":\"not-moved\","
		"\"why\":\"consent\"},"
		"{\"leg\":\"FGHJ-KLMN-E/1\",\"state\":\"matched\",\"result\":\"not-moved\","
		"\"why\":\"pathway\"}]}";
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	for (int dry = 0; dry < 2; dry++) {
		const struct value body = golden_tree(
			&arena, arena_printf(&arena, moved, dry != 0 ? "true" : "false").ptr);
		view_migrated(&out, &golden_names, &body);
	}
	golden_expect("migrate", &out);
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view_rehearse, trees_of_another_shape_do_no_harm)
{
	static const char *const odd[] = {"[7]", "[{\"changes\":[7],\"moves\":[7],\"legs\":[7]}]",
		"[{\"changes\":7,\"asked\":[[]],\"gaps\":[{}],\"found\":[null]}]",
		"[{\"legs\":[{\"why\":[7],\"lost\":1}],\"from\":[7],\"to\":{}}]"};
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		const struct value body = body_of(&arena, odd[i]);
		view_rehearsed(&out, &golden_names, &body);
		view_migrated(&out, &golden_names, &body);
		rehearsal_csv(&out, value_get(&body, STR("items")));
	}
	const struct value empty = golden_tree(&arena, "{\"items\":[{\"overridden\":[7]}]}");
	view_migrated(&out, &golden_names, &empty);
	cr_expect_not(out.failed);
	buf_finish(&out);
	arena_finish(&arena);
}
