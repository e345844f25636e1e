/* SPDX-License-Identifier: Apache-2.0 */
/* Out, in, and out again: what the profile can hold is still there. */
#include "tests/unit/exchange/fixture.h"

#include <stdio.h>

static const enum exchange_profile profiles[] = {EXCHANGE_HSDS, EXCHANGE_UK};

static size_t first_difference(struct str a, struct str b)
{
	size_t at = 0;
	while (at < a.len && at < b.len && a.ptr[at] == b.ptr[at]) {
		at++;
	}
	return at;
}

/* Lines of services whose clauses were withheld are not compared: those are gone. */
static void assert_same(struct str before, struct str after, const char *what)
{
	while (before.len > 0) {
		const char *end = memchr(before.ptr, '\n', before.len);
		const char *other = memchr(after.ptr, '\n', after.len);
		cr_assert_not_null(end);
		cr_assert_not_null(other, "%s: the second export is shorter", what);
		const struct str line = {before.ptr, (size_t)(end - before.ptr)};
		const struct str again = {after.ptr, (size_t)(other - after.ptr)};
		if (!str_holds(line, "onward:withheld") && !str_equal(line, again)) {
			const size_t at = first_difference(line, again);
			const size_t from = at < 100 ? 0 : at - 100;
			cr_assert(false, "%s:\n  %.300s\n  %.300s", what, line.ptr + from,
				again.ptr + from);
		}
		before = (struct str){end + 1, before.len - line.len - 1};
		after = (struct str){other + 1, after.len - again.len - 1};
	}
	cr_assert_eq(after.len, 0);
}

static void there_and_back(
	const struct directory *directory, enum exchange_profile profile, const char *what)
{
	struct buf before = {0};
	struct buf after = {0};
	struct made made;
	(void)export_to(&before, directory, profile);
	import_json(&made, buf_str(&before), 0);
	cr_assert_eq(made.err, ERR_OK);
	cr_assert_eq(made.counts.refused, 0);
	cr_assert_eq(made.counts.services, directory->service_count);
	struct directory *back = made_load(&made);
	(void)export_to(&after, back, profile);
	assert_same(buf_str(&before), buf_str(&after), what);
	directory_destroy(back);
	made_finish(&made);
	buf_finish(&before);
	buf_finish(&after);
}

Test(round_trip, the_directories_that_come_with_onward_come_back)
{
	static const char *const areas[] = {"london-2018", "merseyside", "norfolk", "crs-current"};
	for (size_t i = 0; i < 4; i++) {
		struct directory *directory = test_area_load(&areas[i], 1);
		for (size_t p = 0; p < 2; p++) {
			there_and_back(directory, profiles[p], areas[i]);
		}
		directory_destroy(directory);
	}
}

Test(round_trip, directories_that_are_made_up_come_back)
{
	for (unsigned seed = 0; seed < 200; seed++) {
		char what[32];
		struct directory *directory = directory_made_up(seed, 8);
		(void)snprintf(what, sizeof(what), "seed %u", seed);
		for (size_t p = 0; p < 2; p++) {
			there_and_back(directory, profiles[p], what);
		}
		directory_destroy(directory);
	}
}
