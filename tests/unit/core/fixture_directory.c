/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"
#include "broker/base/buf.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
	FILE_MAX = 1024 * 1024,
	PATH_SIZE = 512
};

#define SHIPPED "directory/data"

static const char *copy_to; /* nftw has no room for a context */

static int copy_one(const char *path, const struct stat *stat, int flag, struct FTW *walk)
{
	char to[PATH_SIZE];
	struct buf bytes = {0};
	(void)stat;
	(void)walk;
	(void)snprintf(to, sizeof(to), "%s%s", copy_to, path + sizeof(SHIPPED) - 1);
	if (flag == FTW_D) {
		return mkdir(to, 0700);
	}
	cr_assert_eq(buf_read_file(&bytes, path, FILE_MAX), ERR_OK, "%s", path);
	FILE *out = fopen(to, "w");
	cr_assert_not_null(out, "%s", to);
	cr_assert_eq(fwrite(bytes.data, 1, bytes.len, out), bytes.len);
	cr_assert_eq(fclose(out), 0);
	buf_finish(&bytes);
	return 0;
}

static void replace_in(const char *path, const char *from, const char *to)
{
	struct buf bytes = {0};
	cr_assert_eq(buf_read_file(&bytes, path, FILE_MAX), ERR_OK, "%s", path);
	const char *at = memmem(bytes.data, bytes.len, from, strlen(from));
	cr_assert_not_null(at, "%s has no %s", path, from);
	const size_t before = (size_t)(at - bytes.data);
	const size_t after = before + strlen(from);
	FILE *out = fopen(path, "w");
	cr_assert_not_null(out);
	cr_assert_eq(fwrite(bytes.data, 1, before, out), before);
	cr_assert_geq(fputs(to, out), 0);
	cr_assert_eq(fwrite(bytes.data + after, 1, bytes.len - after, out), bytes.len - after);
	cr_assert_eq(fclose(out), 0);
	buf_finish(&bytes);
}

void fixture_publish_copy(
	struct fixture *fixture, const char *file, const char *from, const char *to)
{
	char root[PATH_SIZE];
	char path[2 * PATH_SIZE];
	(void)snprintf(root, sizeof(root), "%s/directory", fixture->home);
	copy_to = root;
	cr_assert_eq(nftw(SHIPPED, copy_one, 8, FTW_PHYS), 0);
	(void)snprintf(path, sizeof(path), "%s/%s", root, file);
	replace_in(path, from, to);
	fixture_publish(fixture, root);
}
