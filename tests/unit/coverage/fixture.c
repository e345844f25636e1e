/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/coverage/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	CODES_MAX = 32
};

static struct directory_list list_of(enum vocab_name vocab, struct str items[CODES_MAX])
{
	size_t count;
	const char *const *codes = vocab_codes(vocab, &count);
	for (size_t i = 0; i < count && i < CODES_MAX; i++) {
		items[i] = str_from(codes[i]);
	}
	return (struct directory_list){items, count};
}

static int any_field(void *context, struct str path)
{
	(void)context;
	(void)path;
	return 1;
}

static struct directory *load(struct directory_files *files)
{
	static struct str needs[CODES_MAX], pathways[CODES_MAX], groups[CODES_MAX],
		kinds[CODES_MAX];
	const struct directory_rulebook rulebook = {
		.needs = list_of(VOCAB_NEED, needs),
		.pathways = list_of(VOCAB_PATHWAY, pathways),
		.specialist_groups = list_of(VOCAB_GROUP, groups),
		.party_kinds = list_of(VOCAB_KIND, kinds),
		.field_class = any_field,
	};
	struct directory *directory = NULL;
	struct directory_problems problems;
	directory_files_sort(files);
	const enum err err = directory_load(files, &rulebook, &directory, &problems);
	for (size_t i = 0; i < problems.kept; i++) {
		(void)fprintf(stderr, "%.*s:%u: %.*s: %.*s\n", STR_ARG(problems.items[i].file),
			problems.items[i].line, STR_ARG(problems.items[i].field),
			STR_ARG(problems.items[i].message));
	}
	directory_problems_finish(&problems);
	cr_assert_eq(err, ERR_OK);
	return directory;
}

static bool wanted(struct str path, const char *areas)
{
	const char *slash = memchr(path.ptr, '/', path.len);
	const size_t len = slash == NULL ? 0 : (size_t)(slash - path.ptr);
	while (*areas != '\0') {
		const size_t name = strcspn(areas, ",");
		if (name == len && memcmp(areas, path.ptr, len) == 0) {
			return true;
		}
		areas += name + (areas[name] == ',');
	}
	return false;
}

struct directory *fixture_area(const char *areas)
{
	struct directory_files files;
	struct fault fault = {0};
	cr_assert_eq(directory_files_read("directory/data", &files, &fault), ERR_OK);
	size_t kept = 0;
	for (size_t i = 0; i < files.count; i++) {
		if (wanted(files.items[i].path, areas)) {
			files.items[kept++] = files.items[i];
		}
	}
	files.count = kept;
	struct directory *directory = load(&files);
	directory_files_finish(&files);
	return directory;
}

struct directory *fixture_directory(const struct fixture_file *files, size_t count)
{
	struct directory_file items[CODES_MAX];
	struct directory_files all = {.items = items, .count = count};
	cr_assert(count <= CODES_MAX);
	for (size_t i = 0; i < count; i++) {
		items[i] =
			(struct directory_file){str_from(files[i].path), str_from(files[i].text)};
	}
	return load(&all);
}

date_days fixture_day(const char *text)
{
	date_days day = 0;
	cr_assert_eq(date_parse(str_from(text), &day), ERR_OK);
	return day;
}

struct coverage *fixture_coverage(const struct directory *directory, const char *day)
{
	struct fault fault = {0};
	struct coverage *coverage = NULL;
	const struct coverage_input input = {.directory = directory, .day = fixture_day(day)};
	cr_assert_eq(coverage_create(&input, &coverage, &fault), ERR_OK, "%s", fault.message);
	return coverage;
}

void fixture_golden(const char *name, const struct buf *text)
{
	char path[256];
	struct buf want = {0};
	(void)snprintf(path, sizeof(path), "tests/golden/coverage/%s", name);
	cr_assert(!text->failed);
	if (getenv("UPDATE_GOLDEN") != NULL) {
		cr_assert_eq(buf_write_file(buf_str(text), path, 0644), ERR_OK, "%s", path);
		return;
	}
	cr_assert_eq(buf_read_file(&want, path, 1 << 20), ERR_OK,
		"%s is missing: UPDATE_GOLDEN=1 writes it", path);
	cr_expect(str_equal(buf_str(&want), buf_str(text)),
		"%s differs; if that is meant: UPDATE_GOLDEN=1\n--- got\n%.*s", path,
		STR_ARG(buf_str(text)));
	buf_finish(&want);
}
