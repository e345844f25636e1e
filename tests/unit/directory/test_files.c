/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/directory/rulebook.h"
#include "broker/base/buf.h"
#include "directory/check.h"
#include "directory/stamp.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static void root_make(void)
{
	(void)snprintf(root, sizeof(root), "/tmp/onward-directory-XXXXXX");
	cr_assert_not_null(mkdtemp(root));
}

static int entry_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void root_remove(void)
{
	cr_assert_eq(nftw(root, entry_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static const char *under(const char *path)
{
	static char whole[256];
	(void)snprintf(whole, sizeof(whole), "%s/%s", root, path);
	return whole;
}

static void folder(const char *path)
{
	cr_assert_eq(mkdir(under(path), 0700), 0);
}

static void file(const char *path, const char *text)
{
	cr_assert_eq(buf_write_file(str_from(text), under(path), 0600), ERR_OK);
}

Test(files, are_found_in_order_and_hashed, .init = root_make, .fini = root_remove)
{
	struct directory_files files;
	struct fault fault = {0};
	uint8_t before[HASH_SIZE];
	uint8_t after[HASH_SIZE];
	folder("b");
	folder("b/services");
	folder("a");
	file("b/services/z.yaml", "zed");
	file("b/services/y.yaml", "why");
	file("b/area.yaml", "area");
	file("a/area.yaml", "");
	file("a/README", "passed over");
	folder("a/tests");
	file("a/tests/one.yaml", "passed over");
	file("a/.hidden.yaml", "passed over");
	cr_assert_eq(directory_files_read(root, &files, &fault), ERR_OK);
	cr_assert_eq(files.count, 4);
	cr_assert(str_is(files.items[0].path, "a/area.yaml"));
	cr_assert(str_is(files.items[1].path, "b/area.yaml"));
	cr_assert(str_is(files.items[2].path, "b/services/y.yaml"));
	cr_assert(str_is(files.items[3].path, "b/services/z.yaml"));
	cr_assert(str_is(files.items[3].bytes, "zed"));
	directory_files_hash(&files, before);
	files.items[3].bytes = STR("zee");
	directory_files_hash(&files, after);
	cr_assert_neq(memcmp(before, after, HASH_SIZE), 0);
	directory_files_finish(&files);
}

Test(files, a_byte_cannot_move_from_path_to_text_unseen)
{
	struct directory_file one = {STR("ab"), STR("c")};
	struct directory_file two = {STR("a"), STR("bc")};
	uint8_t hash_one[HASH_SIZE];
	uint8_t hash_two[HASH_SIZE];
	directory_files_hash(&(struct directory_files){.items = &one, .count = 1}, hash_one);
	directory_files_hash(&(struct directory_files){.items = &two, .count = 1}, hash_two);
	cr_assert_neq(memcmp(hash_one, hash_two, HASH_SIZE), 0);
}

static void refused(enum err wanted, const char *field)
{
	struct directory_files files = {0};
	struct fault fault = {0};
	cr_expect_eq(directory_files_read(root, &files, &fault), wanted);
	cr_expect_str_eq(fault.field, field);
	cr_expect_null(files.items);
}

Test(files, what_would_go_missing_is_refused, .init = root_make, .fini = root_remove)
{
	folder("a");
	file("a/area.yml", "id: a\n");
	refused(ERR_CONFIG, "a/area.yml");
	cr_assert_eq(unlink(under("a/area.yml")), 0);
	cr_assert_eq(symlink("/etc/passwd", under("a/area.yaml")), 0);
	refused(ERR_CONFIG, "a/area.yaml");
	cr_assert_eq(unlink(under("a/area.yaml")), 0);
	cr_assert_eq(mkfifo(under("a/pipe.yaml"), 0600), 0);
	refused(ERR_CONFIG, "a/pipe.yaml");
	cr_assert_eq(unlink(under("a/pipe.yaml")), 0);
	folder("a/services");
	folder("a/services/more");
	refused(ERR_CONFIG, "a/services/more");
}

Test(files, an_area_behind_a_link_does_not_go_missing, .init = root_make, .fini = root_remove)
{
	char elsewhere[] = "/tmp/onward-elsewhere-XXXXXX";
	cr_assert_not_null(mkdtemp(elsewhere));
	cr_assert_eq(symlink(elsewhere, under("norfolk")), 0);
	refused(ERR_CONFIG, "norfolk");
	cr_assert_eq(rmdir(elsewhere), 0);
	refused(ERR_CONFIG, "norfolk"); /* not mounted yet */
	cr_assert_eq(unlink(under("norfolk")), 0);
	folder("a");
	cr_assert_eq(symlink("/tmp", under("a/services")), 0);
	refused(ERR_CONFIG, "a/services");
}

Test(files, links_to_what_is_no_part_of_a_directory_are_passed_over, .init = root_make,
	.fini = root_remove)
{
	struct directory_files files = {0};
	struct fault fault = {0};
	folder("a");
	file("a/README", "words");
	cr_assert_eq(symlink("README", under("a/LIESMICH")), 0);
	cr_assert_eq(symlink("/tmp", under("a/tests")), 0);
	cr_assert_eq(directory_files_read(root, &files, &fault), ERR_OK, "%s", fault.message);
	cr_expect_eq(files.count, 0);
	directory_files_finish(&files);
}

Test(files, a_file_with_capitals_in_its_ending_does_not_go_missing, .init = root_make,
	.fini = root_remove)
{
	static const char *const names[] = {"a/sw.YAML", "a/sw.Yml", "a/sw.YML", "a/sw.yaml.txt"};
	folder("a");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		file(names[i], "id: sw\n");
		refused(ERR_CONFIG, names[i]);
		cr_assert_eq(unlink(under(names[i])), 0);
	}
}

Test(files, for_an_author_all_that_would_go_missing_is_told_and_the_rest_read, .init = root_make,
	.fini = root_remove)
{
	struct directory_files files;
	struct directory_refusals refusals = {0};
	struct fault fault = {0};
	folder("a");
	folder("a/services");
	folder("a/services/more");
	file("a/area.yml", "id: a\n");
	file("a/services/s.yaml", "id: s\n");
	cr_assert_eq(symlink("/etc/passwd", under("a/services/t.yaml")), 0);
	cr_assert_eq(directory_files_read_all(root, &files, &refusals, &fault), ERR_OK);
	cr_expect_eq(refusals.count, 3);
	cr_assert_eq(files.count, 1);
	cr_expect(str_is(files.items[0].path, "a/services/s.yaml"));
	directory_files_finish(&files);
}

Test(files, a_huge_file_is_refused, .init = root_make, .fini = root_remove)
{
	folder("a");
	file("a/area.yaml", "");
	cr_assert_eq(truncate(under("a/area.yaml"), 300 * 1024), 0);
	refused(ERR_TOO_LARGE, "a/area.yaml");
}

Test(files, a_missing_folder_is_told)
{
	struct directory_files files;
	struct fault fault = {0};
	cr_assert_eq(directory_files_read("/nonexistent/directory", &files, &fault), ERR_NOT_FOUND);
}

static void shuffle(struct directory_files *files)
{
	for (size_t i = files->count; i > 1; i--) {
		const size_t j = (size_t)rand() % i;
		const struct directory_file kept = files->items[i - 1];
		files->items[i - 1] = files->items[j];
		files->items[j] = kept;
	}
}

/* Everything that decides, of every service, in one text. */
static void describe(const struct directory *directory, struct buf *out)
{
	for (size_t i = 0; i < directory->service_count; i++) {
		const struct directory_service *s = &directory->services[i];
		buf_printf(out, "%.*s %.*s %.*s %d %d %zu %zu %zu %d %d %lld\n", STR_ARG(s->id),
			STR_ARG(s->name), STR_ARG(s->organisation->id), (int)s->role,
			(int)s->routing, s->authorities.count, s->needs.count, s->eligibility.count,
			s->window_from, s->window_to, (long long)s->caseload);
	}
	for (size_t i = 0; i < directory->organisation_count; i++) {
		buf_printf(out, "%.*s %.*s\n", STR_ARG(directory->organisations[i].id),
			STR_ARG(directory->organisations[i].faith_ethos));
	}
}

Test(files, the_order_of_files_changes_nothing)
{
	struct directory_files files;
	struct fault fault = {0};
	struct buf first = {0};
	struct buf again = {0};
	uint8_t hash[HASH_SIZE];
	cr_assert_eq(directory_files_read("directory/data", &files, &fault), ERR_OK, "%s %s",
		fault.field, fault.message);
	directory_files_hash(&files, hash);
	srand(7);
	for (int round = 0; round < 20; round++) {
		struct directory *directory = NULL;
		struct directory_problems problems;
		cr_assert_eq(
			directory_load(&files, test_rulebook(), &directory, &problems), ERR_OK);
		cr_assert_eq(memcmp(directory->hash, hash, HASH_SIZE), 0);
		buf_reset(&again);
		describe(directory, round == 0 ? &first : &again);
		cr_assert(round == 0 || str_equal(buf_str(&first), buf_str(&again)));
		directory_destroy(directory);
		directory_problems_finish(&problems);
		shuffle(&files);
	}
	directory_files_finish(&files);
	buf_finish(&first);
	buf_finish(&again);
}

static void stamp_expect(const struct directory_stamp *before, bool same, const char *what)
{
	struct directory_stamp now;
	struct fault fault = {0};
	cr_assert_eq(directory_files_stamp(root, &now, &fault), ERR_OK, "%s", fault.message);
	cr_expect_eq(memcmp(before->hash, now.hash, HASH_SIZE) == 0, same, "%s", what);
}

/* A stamp that stays the same after a change would keep that change from being published. */
Test(files, are_known_again_unread_until_one_changes, .init = root_make, .fini = root_remove)
{
	struct directory_stamp before;
	struct fault fault = {0};
	char aside[300];
	folder("a");
	folder("a/services");
	folder("a/tests");
	file("a/area.yaml", "id: a");
	file("a/services/s.yaml", "id: s");
	cr_assert_eq(directory_files_stamp(root, &before, &fault), ERR_OK);
	cr_assert_gt(before.newest_ns, 0);
	stamp_expect(&before, true, "nothing was done");
	file("a/tests/t.yaml", "not published");
	file("a/notes.txt", "nor this");
	stamp_expect(&before, true, "what is no part of a directory");
	file("a/services/s.yaml", "id: t");
	stamp_expect(&before, false, "other bytes, as many");
	cr_assert_eq(directory_files_stamp(root, &before, &fault), ERR_OK);
	(void)snprintf(aside, sizeof(aside), "%s/a/services/u.yaml", root);
	cr_assert_eq(rename(under("a/services/s.yaml"), aside), 0);
	stamp_expect(&before, false, "another name");
	cr_assert_eq(directory_files_stamp(root, &before, &fault), ERR_OK);
	file("a/services/w.yaml", "id: w");
	stamp_expect(&before, false, "one more");
	cr_assert_eq(remove(under("a/services/w.yaml")), 0);
	stamp_expect(&before, true, "one less: as it was");
	file("a/services/w.yml", "id: w");
	cr_assert_eq(directory_files_stamp(root, &before, &fault), ERR_CONFIG);
	cr_assert_eq(directory_files_stamp("/nowhere/at/all", &before, &fault), ERR_NOT_FOUND);
}
