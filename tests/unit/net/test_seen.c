/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net/seen.h"
#include "broker/base/buf.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char home[64];
static const uint8_t hash[HASH_SIZE] = {1, 2, 3};

static const char *under(const char *path)
{
	static char whole[256];
	(void)snprintf(whole, sizeof(whole), "%s/%s", home, path);
	return whole;
}

static void home_make(void)
{
	(void)snprintf(home, sizeof(home), "/tmp/onward-seen-XXXXXX");
	cr_assert_not_null(mkdtemp(home));
	cr_assert_eq(mkdir(under("run"), 0700), 0);
	cr_assert_eq(mkdir(under("directory"), 0700), 0);
	cr_assert_eq(mkdir(under("directory/a"), 0700), 0);
	cr_assert_eq(buf_write_file(STR("id: a"), under("directory/a/area.yaml"), 0600), ERR_OK);
}

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void home_clear(void)
{
	(void)nftw(home, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(seen, .init = home_make, .fini = home_clear);

/* As if the look had been later: the files are as new as the test. */
static void look_later(struct seen *seen)
{
	seen_look(home, seen);
	cr_assert_neq(seen->at, 0);
	seen->at += 10 * TIMESTAMP_SECOND;
}

Test(seen, files_are_known_again_by_the_hash_they_had)
{
	struct seen seen;
	look_later(&seen);
	uint8_t found[HASH_SIZE] = {0};
	cr_expect_not(seen_before(home, &seen, found), "nothing was kept yet");
	seen_keep(home, &seen, hash);
	seen_look(home, &seen);
	cr_expect(seen_before(home, &seen, found));
	cr_expect_arr_eq(found, hash, HASH_SIZE);
	cr_assert_eq(buf_write_file(STR("id: b"), under("directory/a/area.yaml"), 0600), ERR_OK);
	seen_look(home, &seen);
	cr_expect_not(seen_before(home, &seen, found), "a file was changed");
}

Test(seen, files_that_were_only_just_written_are_read_again)
{
	struct seen seen;
	uint8_t found[HASH_SIZE];
	seen_look(home, &seen);
	seen_keep(home, &seen, hash);
	cr_expect_not(seen_before(home, &seen, found));
}

Test(seen, a_damaged_or_missing_note_only_costs_time)
{
	struct seen seen;
	uint8_t found[HASH_SIZE];
	look_later(&seen);
	seen_keep(home, &seen, hash);
	cr_assert_eq(buf_write_file(STR("onward.s and no more"), under("run/directory-seen"), 0600),
		ERR_OK);
	cr_expect_not(seen_before(home, &seen, found));
	cr_assert_eq(remove(under("directory/a/area.yaml")), 0);
	cr_assert_eq(remove(under("directory/a")), 0);
	cr_assert_eq(remove(under("directory")), 0);
	seen_look(home, &seen);
	cr_expect_eq(seen.at, 0);
	cr_expect_not(seen_before(home, &seen, found));
}
