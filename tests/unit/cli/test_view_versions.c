/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/cli/view.h"
#include "tests/unit/cli/golden.h"

#include <criterion/criterion.h>

/* What was published, as people read it.  Contents are invented. */

static const char versions[] =
	"{\"items\":[{\"version\":4,\"in_force\":true,\"origin\":\"rollback\",\"of\":2,"
	"\"at\":\"2019-06-14T08:00:00Z\",\"party\":\"coordinator-london\",\"user\":\"A. Person\","
	"\"role\":\"service lead\",\"note\":\"Lambeth came a month early\",\"services\":83},"
	"{\"version\":3,\"in_force\":false,\"origin\":\"publish\","
	"\"at\":\"2019-06-13T08:00:00Z\",\"party\":\"operator\",\"user\":\"\",\"role\":\"\","
	"\"note\":\"Advance takes over Lambeth\",\"services\":84},"
	"{\"version\":2,\"in_force\":false,\"origin\":\"start\","
	"\"at\":\"2019-06-12T20:40:00Z\",\"party\":\"\",\"user\":\"\",\"role\":\"\",\"note\":\"\","
	"\"services\":83},"
	"{\"version\":1,\"in_force\":false,\"origin\":\"not-recorded\"}]}";

static void add(struct buf *out, const char *json,
	void (*view)(struct buf *, const struct names *, const struct value *))
{
	struct arena arena;
	arena_init(&arena, 0);
	const struct value tree = golden_tree(&arena, json);
	const struct value *items = value_get(&tree, STR("items"));
	view(out, &golden_names, items == NULL ? &tree : items);
	arena_finish(&arena);
}

Test(view_versions, the_table_says_who_put_what_in_force_and_why)
{
	struct buf out = {0};
	add(&out, versions, view_versions);
	add(&out, "{\"items\":[]}", view_versions);
	golden_expect("versions", &out);
	buf_finish(&out);
}

Test(view_versions, what_is_in_force_now_is_said_with_what_changed)
{
	struct buf out = {0};
	add(&out,
		"{\"version\":5,\"same\":false,\"services\":84,\"organisations\":1,\"areas\":2,"
		"\"before\":4,\"files\":{\"added\":1,\"changed\":2,\"removed\":0}}",
		view_published);
	add(&out,
		"{\"version\":5,\"same\":true,\"services\":1,\"organisations\":1,\"areas\":1,"
		"\"before\":5}",
		view_published);
	golden_expect("published", &out);
	buf_finish(&out);
}

Test(view_versions, trees_of_another_shape_do_no_harm)
{
	struct buf out = {0};
	add(&out, "{}", view_versions);
	add(&out, "{\"items\":[7,{\"at\":7,\"party\":[],\"of\":\"x\"}]}", view_versions);
	add(&out, "{\"files\":7,\"before\":1}", view_published);
	cr_expect_not(out.failed);
	buf_finish(&out);
}
