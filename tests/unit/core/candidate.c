/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/candidate.h"
#include "broker/base/buf.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_MAX = 1024 * 1024,
	PATH_SIZE = 512
};

#define SHIPPED "directory/data"

static const char *copy_to; /* nftw has no room for a context */

static void write_file(const char *path, const char *bytes, size_t len)
{
	FILE *out = fopen(path, "w");
	cr_assert_not_null(out, "%s", path);
	cr_assert_eq(fwrite(bytes, 1, len, out), len);
	cr_assert_eq(fclose(out), 0);
}

static void copy_file(const char *from, const char *to)
{
	struct buf bytes = {0};
	cr_assert_eq(buf_read_file(&bytes, from, FILE_MAX), ERR_OK, "%s", from);
	write_file(to, bytes.data, bytes.len);
	buf_finish(&bytes);
}

static int copy_one(const char *path, const struct stat *stat, int flag, struct FTW *walk)
{
	char to[PATH_SIZE];
	(void)stat;
	(void)walk;
	(void)snprintf(to, sizeof(to), "%s%s", copy_to, path + sizeof(SHIPPED) - 1);
	if (flag == FTW_D) {
		return mkdir(to, 0700);
	}
	copy_file(path, to);
	return 0;
}

void candidate_make(struct candidate *candidate, const struct fixture *fixture, const char *name)
{
	(void)snprintf(candidate->root, sizeof(candidate->root), "%s/%s", fixture->home, name);
	copy_to = candidate->root;
	cr_assert_eq(nftw(SHIPPED, copy_one, 8, FTW_PHYS), 0);
}

static void path_of(const struct candidate *candidate, const char *file, char out[PATH_SIZE])
{
	(void)snprintf(out, PATH_SIZE, "%s/%s", candidate->root, file);
}

void candidate_replace(
	const struct candidate *candidate, const char *file, const char *from, const char *to)
{
	char path[PATH_SIZE];
	struct buf bytes = {0};
	struct buf changed = {0};
	path_of(candidate, file, path);
	cr_assert_eq(buf_read_file(&bytes, path, FILE_MAX), ERR_OK, "%s", path);
	const char *at = memmem(bytes.data, bytes.len, from, strlen(from));
	cr_assert_not_null(at, "%s has no %s", file, from);
	const size_t before = (size_t)(at - bytes.data);
	buf_append(&changed, bytes.data, before);
	buf_add_text(&changed, to);
	buf_append(&changed, at + strlen(from), bytes.len - before - strlen(from));
	write_file(path, changed.data, changed.len);
	buf_finish(&changed);
	buf_finish(&bytes);
}

void candidate_copy(const struct candidate *candidate, const char *from, const char *to)
{
	char source[PATH_SIZE];
	char target[PATH_SIZE];
	path_of(candidate, from, source);
	path_of(candidate, to, target);
	copy_file(source, target);
}

void candidate_remove(const struct candidate *candidate, const char *file)
{
	char path[PATH_SIZE];
	path_of(candidate, file, path);
	cr_assert_eq(unlink(path), 0, "%s", path);
}

void candidate_succeed(const struct candidate *candidate)
{
	candidate_copy(candidate, ALLIANCE, NEXT);
	candidate_replace(candidate, NEXT, "id: south-london-alliance", "id: south-london-next");
	candidate_replace(
		candidate, NEXT, "name: South London Alliance", "name: South London, from now on");
	candidate_replace(candidate, NEXT, "women_specific: true", "women_specific: false");
	candidate_replace(candidate, NEXT, "party: women-in-prison", "party: changing-lives");
	candidate_replace(candidate, ALLIANCE, "capacity: not-stated",
		"successor: south-london-next\ncapacity: not-stated");
}

struct core_candidate *candidate_load(const struct candidate *candidate)
{
	struct directory_problems problems = {0};
	struct core_candidate *loaded = NULL;
	struct fault fault = {0};
	cr_assert_eq(core_candidate_read(candidate->root, &loaded, &problems, &fault), ERR_OK, "%s",
		problems.kept > 0 ? problems.items[0].message.ptr : fault.message);
	directory_problems_finish(&problems);
	return loaded;
}

void candidate_changes_nothing(
	struct fixture *fixture, const struct core_candidate *candidate, size_t count)
{
	struct wire_request request = {.header = {WIRE_REHEARSE, 1}, .limit = 25};
	size_t replayed = 0;
	do {
		core_rehearse(fixture->core, fixture_party("coordinator-london"), &request,
			candidate, fixture->now, &fixture->arena, &fixture->reply);
		cr_assert_eq(fixture->reply.err, ERR_OK, "%s", fixture->reply.fault.message);
		const struct value page = fixture->reply.body;
		cr_assert_eq(value_get(&page, STR("items"))->list.count, 0);
		cr_assert_eq(value_get_int(&page, "same", -1), value_get_int(&page, "replayed", 0));
		replayed += (size_t)value_get_int(&page, "replayed", 0);
		request.cursor = value_get_str(&page, "cursor");
	} while (request.cursor.len > 0);
	cr_assert_eq(replayed, count);
}
