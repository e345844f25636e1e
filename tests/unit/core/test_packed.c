/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/apply.h"
#include "broker/core/packed.h"
#include "broker/core/publication.h"
#include "broker/store/store.h"

#include <criterion/criterion.h>

/* What a stranger packed, and what a broker of earlier wrote. */

static struct directory_files files;
static struct buf packed;
static struct fault fault;

static void setup(void)
{
	arena_init(&files.arena, 0);
	files.items = arena_array(&files.arena, 8, sizeof(*files.items));
}

static void teardown(void)
{
	directory_files_finish(&files);
	buf_finish(&packed);
}

TestSuite(packed, .init = setup, .fini = teardown);

static void add(const char *path, const char *bytes)
{
	files.items[files.count++] = (struct directory_file){str_from(path), str_from(bytes)};
}

/* Packed and read again. */
static enum err arrive(void)
{
	struct directory_files read;
	buf_reset(&packed);
	cr_assert_eq(packed_write(&files, &packed), ERR_OK);
	enum err err = packed_read(buf_str(&packed), &read, &fault);
	if (err == ERR_OK) {
		cr_assert_eq(read.count, files.count);
		err = packed_check(&read, &fault);
	}
	directory_files_finish(&read);
	return err;
}

Test(packed, files_arrive_as_they_left)
{
	struct directory_files read;
	add("a/area.yaml", "id: a\n");
	add("a/services/x.yaml", "");
	cr_assert_eq(packed_write(&files, &packed), ERR_OK);
	cr_assert_eq(packed_read(buf_str(&packed), &read, &fault), ERR_OK);
	cr_assert_eq(packed_check(&read, &fault), ERR_OK, "%s", fault.message);
	cr_assert_eq(read.count, 2);
	cr_expect(str_is(read.items[0].path, "a/area.yaml"));
	cr_expect(str_is(read.items[0].bytes, "id: a\n"));
	cr_expect_eq(read.items[1].bytes.len, 0);
	directory_files_finish(&read);
}

Test(packed, a_path_leads_nowhere_but_below_the_root)
{
	static const char *const paths[] = {"/etc/passwd.yaml", "../x.yaml", "a/../x.yaml",
		"a/./x.yaml", "./x.yaml", "a//x.yaml", ".hidden/x.yaml", "a/b/c/x.yaml",
		"a/services/x.yml", "a/services/x", "", ".yaml", "a/", "a/.yaml", "a/x.yaml/",
		"a/x\ny.yaml", "a/x\xe2\x80\xaey.yaml"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		files.count = 0;
		add(paths[i], "x");
		cr_expect_eq(arrive(), ERR_INVALID, "%s", paths[i]);
		cr_expect_str_eq(fault.field, "upload[0].path");
	}
}

Test(packed, a_path_stands_once_and_in_order)
{
	add("a/services/x.yaml", "1");
	add("a/services/x.yaml", "2");
	cr_expect_eq(arrive(), ERR_INVALID);
	cr_expect_str_eq(fault.field, "upload[1].path");
	files.count = 0;
	add("b/area.yaml", "1");
	add("a/area.yaml", "2");
	cr_expect_eq(arrive(), ERR_INVALID);
}

Test(packed, no_file_is_larger_than_a_folder_may_hold)
{
	char *large = arena_alloc(&files.arena, 256 * 1024 + 2);
	memset(large, 'x', 256 * 1024 + 1);
	add("a/area.yaml", large);
	cr_expect_eq(arrive(), ERR_TOO_LARGE);
	large[256 * 1024] = '\0';
	files.count = 0;
	add("a/area.yaml", large);
	cr_expect_eq(arrive(), ERR_OK);
}

Test(packed, what_is_no_list_of_files_is_malformed)
{
	const struct {
		struct str bytes;
		enum err expected;
	} cases[] = {
		{{"", 0}, ERR_MALFORMED}, {STR("\x80"), ERR_MALFORMED}, /* a map */
		{STR("\x91\xc0"), ERR_MALFORMED},                       /* nothing */
		{STR("\x91\x80"), ERR_MALFORMED},                       /* {} */
		{STR("\x91\x82\xa4path\xa1x\xa5"
		     "bytes\xa1y"),
			ERR_MALFORMED}, /* a text */
		{STR("\x91\x82\xa4path\xc4\x01x\xa5"
		     "bytes\xc4\x01y"),
			ERR_MALFORMED},
		{STR("\x91\x83\xa4path\xa1x\xa5"
		     "bytes\xc4\x01y\xa1z\x01"),
			ERR_MALFORMED},
		{STR("\x91\x82\xa4path\xa2\xc3\x28\xa5"
		     "bytes\xc4\x01y"),
			ERR_MALFORMED},
		{STR("\x91\x91\x91\x90"), ERR_TOO_LARGE},         /* deep */
		{STR("\xdd\xff\xff\xff\xff\xc0"), ERR_MALFORMED}, /* a lie */
		{STR("\xdd\x00\x01\x00\x00\xc0"), ERR_MALFORMED}, /* a smaller one */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct directory_files read;
		const enum err err = packed_read(cases[i].bytes, &read, &fault);
		cr_expect_eq(err, cases[i].expected, "%zu: %s", i, err_code(err));
		cr_expect_eq(read.count, 0);
		directory_files_finish(&read);
	}
}

/* One publication, folded out of a record of that format. */
static enum err fold(uint8_t format, struct publication_row *ret_row)
{
	struct store *store;
	const struct store_meta meta = {0};
	struct state state = {.meta = &meta};
	const struct event event = {.type = EVENT_DIRECTORY_PUBLISHED,
		.version = 1,
		.hash = STR("0123456789abcdef0123456789abcdef"),
		.note = STR("why"),
		.origin = PUBLICATION_PUBLISH};
	const struct record record = {.format = format,
		.sequence = 7,
		.time = 99,
		.party = STR("operator"),
		.events = &event,
		.count = 1};
	cr_assert_eq(store_mem_create(0, &store), ERR_OK);
	cr_assert_eq(store_begin(store, true, &state.txn), ERR_OK);
	cr_assert_eq(apply_record(&state, &record, &fault), ERR_OK, "%s", fault.message);
	cr_assert_eq(state.totals.directory_version, 1);
	const enum err err = publication_get(&state, 1, ret_row, &fault);
	store_abort(state.txn);
	store_close(store);
	return err;
}

Test(packed, what_an_earlier_format_published_makes_the_rows_it_made_then)
{
	struct publication_row row;
	cr_expect_eq(fold(RECORD_FORMAT_PUBLICATIONS - 1, &row), ERR_NOT_FOUND);
	cr_assert_eq(fold(RECORD_FORMAT_PUBLICATIONS, &row), ERR_OK);
	cr_expect_str_eq(row.party, "operator");
	cr_expect_str_eq(row.note, "why");
	cr_expect_eq(row.origin, PUBLICATION_PUBLISH);
	cr_expect_eq(row.at, 99);
	cr_expect_eq(row.sequence, 7);
}
