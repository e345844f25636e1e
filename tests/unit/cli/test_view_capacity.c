/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/view.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>

/* What a provider and a coordinator read about room.  Contents are invented. */

static const char full[] =
	"{\"items\":[{\"service\":\"south-london-alliance\",\"name\":\"South London Alliance\","
	"\"room\":\"waiting-list\",\"intake\":\"open\",\"live\":26,\"caseload\":25,\"waiting\":2,"
	"\"waiting_list\":5,\"year\":310,\"per_year\":700,"
	"\"override\":{\"from\":\"2019-07-22\",\"to\":\"2019-08-31\",\"caseload\":25,"
	"\"note\":\"two key workers are away\"},"
	"\"list\":[{\"place\":1,\"leg\":\"ACDE-FGHJ-X/1\",\"since\":\"2019-06-10T17:40:00Z\"},"
	"{\"place\":2,\"leg\":\"LMNP-QRTU-V/2\",\"since\":\"2019-06-11T09:00:00Z\"}]},"
	"{\"service\":\"hibiscus\",\"name\":\"Hibiscus\",\"room\":\"yes\",\"intake\":\"paused\","
	"\"paused_by\":\"provider\",\"since\":\"2019-06-12T20:40:00Z\","
	"\"until\":\"2019-08-31T23:00:00Z\",\"by\":\"hibiscus\",\"reason\":\"staffing\","
	"\"live\":4,\"waiting\":0,\"waiting_list\":0,\"year\":12,\"pool\":\"worker\","
	"\"pool_live\":6,\"pool_caseload\":10,"
	"\"next\":{\"from\":\"2019-06-20\",\"to\":\"2019-06-30\",\"pool_caseload\":5},"
	"\"ended\":\"2019-06-11\"}]}";

static const char seen_by_a_source[] =
	"{\"items\":[{\"service\":\"south-london-alliance\",\"name\":\"South London Alliance\","
	"\"room\":\"no\",\"intake\":\"open\"},"
	"{\"service\":\"hibiscus\",\"name\":\"Hibiscus\",\"room\":\"yes\","
	"\"intake\":\"paused\"}]}";

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

Test(view_capacity, a_table_says_how_full_and_what_is_behind_it)
{
	expect("capacity", full, true, view_capacity);
}

Test(view_capacity, a_source_sees_where_there_is_room)
{
	expect("capacity-source", seen_by_a_source, true, view_capacity);
}

Test(view_capacity, a_pause_says_until_when_and_what_goes_on)
{
	expect("pause",
		"{\"service\":\"hibiscus\",\"duplicate\":false,\"intake\":\"paused\","
		"\"paused_by\":\"coordinator\",\"since\":\"2019-06-12T20:40:00Z\","
		"\"until\":\"2019-06-14T16:00:00Z\",\"by\":\"coordinator-london\"}",
		false, view_intake);
	expect("pause-again",
		"{\"service\":\"hibiscus\",\"duplicate\":true,\"intake\":\"paused\","
		"\"paused_by\":\"provider\",\"reason\":\"holiday\",\"by\":\"hibiscus\"}",
		false, view_intake);
}

Test(view_capacity, a_resume_says_when_the_directory_still_pauses)
{
	expect("resume", "{\"service\":\"hibiscus\",\"duplicate\":false,\"intake\":\"open\"}",
		false, view_intake);
	expect("resume-published",
		"{\"service\":\"hibiscus\",\"duplicate\":false,\"intake\":\"paused\","
		"\"paused_by\":\"directory\"}",
		false, view_intake);
}

Test(view_capacity, who_waits_is_told_her_place)
{
	struct arena arena;
	struct buf out = {0};
	arena_init(&arena, 0);
	const struct value leg = golden_tree(&arena,
		"{\"state\":\"matched\",\"waiting_list\":true,\"waiting\":{\"place\":2,"
		"\"of\":3,\"since\":\"2019-06-12T20:40:00Z\"}}");
	view_waiting(&out, &leg);
	cr_expect(str_is(buf_str(&out), ", for the waiting list: it was full; place 2 of 3, since "
					"Wed 12 Jun 2019, 21:40"),
		"%.*s", STR_ARG(buf_str(&out)));
	buf_finish(&out);
	arena_finish(&arena);
}

Test(view_capacity, trees_of_another_shape_do_no_harm)
{
	static const char *const trees[] = {"{}", "{\"items\":[7,{}]}",
		"{\"items\":[{\"service\":7,\"live\":\"x\",\"override\":7,\"next\":[],\"list\":[7,"
		"{}],\"intake\":\"paused\",\"paused_by\":7,\"until\":\"soon\",\"since\":7}],"
		"\"waiting\":7,\"intake\":[]}"};
	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		struct arena arena;
		struct buf out = {0};
		arena_init(&arena, 0);
		const struct value tree = golden_tree(&arena, trees[i]);
		const struct value *items = value_get(&tree, STR("items"));
		items = items == NULL ? &tree : items;
		view_capacity(&out, &golden_names, items);
		view_intake(&out, &golden_names, &tree);
		view_waiting(&out, &tree);
		cr_expect_not(out.failed);
		buf_finish(&out);
		arena_finish(&arena);
	}
}
