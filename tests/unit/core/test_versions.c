/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/core/kernel.h"
#include "broker/core/packed.h"
#include "broker/core/versions.h"
#include "tests/unit/core/fixture.h"

#include <criterion/criterion.h>

/* The versions of a directory: how one comes into force, and what becomes of those before. */

#define SERVICE "london-2018/services/south-london-alliance.yaml"

static struct fixture fixture;
static struct directory_files files; /* of the shipped directory */
static struct buf packed;
static uint8_t hash[HASH_SIZE];

static void setup(void)
{
	fixture_init(&fixture);
	cr_assert_eq(directory_files_read("directory/data", &files, NULL), ERR_OK);
}

static void teardown(void)
{
	directory_files_finish(&files);
	buf_finish(&packed);
	packed = (struct buf){0};
	fixture_finish(&fixture);
}

TestSuite(versions, .init = setup, .fini = teardown);

/* The files with a line behind one of them, ready to travel. */
static void change(const char *line)
{
	struct directory_file *file = NULL;
	for (size_t i = 0; i < files.count; i++) {
		if (str_is(files.items[i].path, SERVICE)) {
			file = &files.items[i];
		}
	}
	cr_assert_not_null(file);
	file->bytes = arena_printf(&files.arena, "%.*s%s", STR_ARG(file->bytes), line);
	buf_reset(&packed);
	cr_assert_eq(packed_write(&files, &packed), ERR_OK);
	directory_files_hash(&files, hash);
}

static enum err prepare(uint64_t expect, struct core_directory **ret_directory, struct fault *fault)
{
	const struct core_publication why = {.note = STR("Lambeth moves"), .expect = expect};
	struct directory_problems problems = {0};
	const enum err err = core_directory_unpack(
		fixture.core, buf_str(&packed), hash, &why, ret_directory, &problems, fault);
	directory_problems_finish(&problems);
	return err;
}

/* One command in a batch of its own; what was not taken is let go. */
static enum err carry_out(struct core_directory *directory, enum wire_type type)
{
	const struct wire_request request = {
		.header = {type, 1}, .user = STR("A. Person"), .role = STR("service lead")};
	const struct core_command command = {.kind = CORE_DIRECTORY,
		.time = fixture.now,
		.party = fixture_party("operator"),
		.request = &request,
		.directory = directory};
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	cr_assert_eq(core_batch_add(fixture.core, &command, &fixture.reply), ERR_OK);
	if (fixture.reply.err == ERR_OK) {
		cr_assert_eq(value_copy(&fixture.arena, &fixture.reply.body, &fixture.reply.body),
			ERR_OK);
	}
	cr_assert_eq(core_batch_commit(fixture.core, &fixture.effects), ERR_OK);
	if (!fixture.reply.acted) {
		core_directory_discard(directory);
	}
	return fixture.reply.err;
}

static void publish(const char *line)
{
	struct core_directory *directory = NULL;
	struct fault fault = {0};
	change(line);
	cr_assert_eq(prepare(0, &directory, &fault), ERR_OK, "%s: %s", fault.field, fault.message);
	cr_assert_eq(carry_out(directory, WIRE_PUBLISH), ERR_OK);
}

static enum err rollback(uint64_t version)
{
	const struct core_publication why = {.note = STR("It was wrong")};
	struct core_directory *directory = NULL;
	struct directory_problems problems = {0};
	struct fault fault = {0};
	const enum err err =
		core_directory_again(fixture.core, version, &why, &directory, &problems, &fault);
	directory_problems_finish(&problems);
	return err == ERR_OK ? carry_out(directory, WIRE_ROLLBACK) : err;
}

static enum err read(const char *party, enum wire_type type, uint64_t version, uint64_t offset,
	const char *cursor, int64_t limit)
{
	const struct wire_request request = {.header = {type, 1},
		.version = version,
		.offset = offset,
		.cursor = str_from(cursor),
		.limit = limit};
	core_read(fixture.core, fixture_party(party), &request, fixture.now, &fixture.arena,
		&fixture.reply);
	return fixture.reply.err;
}

static int64_t number(const char *path)
{
	const struct value *value = value_at(&fixture.reply.body, path);
	return value != NULL && value->kind == VALUE_INT ? value->integer : -1;
}

static bool flag(const char *path)
{
	const struct value *value = value_at(&fixture.reply.body, path);
	cr_assert(value != NULL && value->kind == VALUE_BOOL, "%s", path);
	return value->boolean;
}

static uint64_t in_force(void)
{
	struct core_identity identity;
	core_identify(fixture.core, &identity);
	return identity.directory_version;
}

Test(versions, what_is_published_is_in_force_and_says_by_whom_and_why)
{
	publish("# changed\n");
	cr_expect_eq(number("version"), 2);
	cr_expect_eq(number("before"), 1);
	cr_expect_not(flag("same"));
	cr_expect_eq(number("files.changed"), 1);
	cr_expect_eq(number("files.added") + number("files.removed"), 0);
	cr_expect_eq(in_force(), 2);
	cr_assert_eq(read("commissioner", WIRE_VERSIONS, 0, 0, "", 0), ERR_OK);
	cr_assert_eq(fixture_count(&fixture, "items"), 2);
	cr_expect_eq(number("items[0].version"), 2);
	cr_expect(flag("items[0].in_force"));
	cr_expect_str_eq(fixture_text(&fixture, "items[0].party"), "operator");
	cr_expect_str_eq(fixture_text(&fixture, "items[0].user"), "A. Person");
	cr_expect_str_eq(fixture_text(&fixture, "items[0].role"), "service lead");
	cr_expect_str_eq(fixture_text(&fixture, "items[0].note"), "Lambeth moves");
	cr_expect_str_eq(fixture_text(&fixture, "items[0].origin"), "publish");
	cr_expect_str_eq(fixture_text(&fixture, "items[0].at"), "2019-06-12T20:40:00Z");
	cr_expect_eq(number("items[1].version"), 1);
	cr_expect_not(flag("items[1].in_force"));
	cr_expect_str_eq(fixture_text(&fixture, "items[1].party"), "");
	fixture_verify(&fixture);
}

Test(versions, an_earlier_version_comes_back_as_the_next_one)
{
	publish("# changed\n");
	cr_assert_eq(rollback(1), ERR_OK);
	cr_expect_eq(in_force(), 3);
	cr_assert_eq(read("operator", WIRE_VERSIONS, 0, 0, "", 0), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].origin"), "rollback");
	cr_expect_eq(number("items[0].of"), 1);
	const struct value *newest = value_at(&fixture.reply.body, "items[0].hash");
	const struct value *first = value_at(&fixture.reply.body, "items[2].hash");
	cr_assert(newest != NULL && first != NULL);
	cr_expect(value_equal(newest, first));
	cr_expect_eq(rollback(9), ERR_NOT_FOUND);
	cr_expect_eq(rollback(3), ERR_EXISTS, "it is in force");
	fixture_reopen(&fixture);
	cr_expect_eq(in_force(), 3);
	fixture_verify(&fixture);
}

Test(versions, a_referral_keeps_the_version_it_was_decided_with_until_it_is_decided_anew)
{
	const char *reference =
		fixture_refer(&fixture, "met-custody", "a-1", "diversion", "E09000022", NULL);
	publish("# changed\n");
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_expect_eq(number("directory_version"), 1);
	cr_expect_eq(number("legs[0].directory_version"), 1);
	fixture_amend(&fixture, "met-custody", reference,
		"{\"needs\":[{\"code\":\"accommodation\"},{\"code\":\"trafficking\"}]}");
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_expect_eq(number("directory_version"), 2);
	cr_expect_eq(number("legs[0].directory_version"), 1, "the leg was not chosen again");
	(void)fixture_refer(&fixture, "met-custody", "a-2", "diversion", "E09000022", NULL);
	cr_expect_eq(number("directory_version"), 2);
	fixture_verify(&fixture);
}

Test(versions, what_another_published_meanwhile_is_not_overwritten_unseen)
{
	struct core_directory *first = NULL;
	struct core_directory *second = NULL;
	struct fault fault = {0};
	change("# one\n");
	cr_assert_eq(prepare(1, &first, &fault), ERR_OK);
	change("# two\n");
	cr_assert_eq(prepare(1, &second, &fault), ERR_OK);
	cr_assert_eq(carry_out(first, WIRE_PUBLISH), ERR_OK);
	cr_assert_eq(carry_out(second, WIRE_PUBLISH), ERR_CONFLICT);
	cr_expect_str_eq(fixture.reply.fault.field, "expect");
	cr_expect_not_null(strstr(fixture.reply.fault.message, "version 2 is in force"));
	cr_expect_not_null(strstr(fixture.reply.fault.message, "operator"));
	cr_expect_eq(in_force(), 2);
	change("# three\n");
	cr_assert_eq(prepare(0, &second, &fault), ERR_OK);
	cr_expect_eq(carry_out(second, WIRE_PUBLISH), ERR_OK, "who expects nothing is next");
	cr_expect_eq(in_force(), 3);
}

Test(versions, the_same_files_twice_are_one_version)
{
	struct core_directory *first = NULL;
	struct core_directory *second = NULL;
	struct fault fault = {0};
	struct value body;
	change("# one\n");
	cr_assert_eq(prepare(1, &first, &fault), ERR_OK);
	cr_assert_eq(prepare(1, &second, &fault), ERR_OK);
	cr_assert_eq(carry_out(first, WIRE_PUBLISH), ERR_OK);
	cr_assert_eq(carry_out(second, WIRE_PUBLISH), ERR_OK);
	cr_expect(flag("same"));
	cr_expect_eq(number("version"), 2);
	cr_expect_eq(prepare(0, &second, &fault), ERR_EXISTS);
	cr_expect(core_directory_is_in_force(fixture.core, hash));
	cr_assert_eq(core_directory_same(fixture.core, &fixture.arena, &body), ERR_OK);
	cr_expect_eq(value_get_int(&body, "version", 0), 2);
	fixture_verify(&fixture);
}

/* The home's own files, with a comment in one of them. */
static enum err home_prepare(const char *root, struct fault *fault)
{
	struct core_directory *directory = NULL;
	struct directory_problems problems = {0};
	const enum err err =
		core_directory_prepare(fixture.core, root, &directory, &problems, fault);
	directory_problems_finish(&problems);
	core_directory_discard(directory);
	return err;
}

Test(versions, the_homes_files_undo_no_publication)
{
	struct fault fault = {0};
	publish("# changed\n");
	cr_expect_eq(home_prepare("directory/data", &fault), ERR_EXISTS);
	cr_expect_not_null(strstr(fault.message, "in force is version 2 (publish by operator); the "
						 "home's files are the older version 1"));
	cr_expect_not_null(strstr(fault.message, "rollback 1"));
	cr_assert_eq(rollback(1), ERR_OK);
	cr_expect_eq(home_prepare("directory/data", &fault), ERR_EXISTS);
	cr_expect_str_eq(fault.message, "", "they are in force");
}

Test(versions, mistakes_and_other_hashes_change_nothing)
{
	struct core_directory *directory = NULL;
	struct fault fault = {0};
	change("nmae: x\n");
	cr_expect_eq(prepare(0, &directory, &fault), ERR_CONFIG);
	change("\n# fine but for the hash\n");
	hash[0] ^= 1;
	cr_expect_eq(prepare(0, &directory, &fault), ERR_INVALID);
	cr_expect_str_eq(fault.field, "upload");
	packed.len--;
	cr_expect_eq(prepare(0, &directory, &fault), ERR_MALFORMED);
	cr_expect_eq(in_force(), 1);
}

Test(versions, pages_go_from_the_newest_to_the_oldest)
{
	static const char *const lines[] = {"# a\n", "# b\n", "# c\n"};
	for (size_t i = 0; i < 3; i++) {
		publish(lines[i]);
	}
	const char *cursor = "";
	for (int64_t version = 4; version > 0; version--) {
		cr_assert_eq(read("operator", WIRE_VERSIONS, 0, 0, cursor, 1), ERR_OK);
		cr_expect_eq(fixture_count(&fixture, "items"), 1);
		cr_expect_eq(number("items[0].version"), version);
		cursor = fixture_text(&fixture, "cursor");
	}
	cr_expect_str_eq(cursor, "");
	static const char *const bad[] = {"0", "5", "x", "99999999999999999999999999"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_eq(read("operator", WIRE_VERSIONS, 0, 0, bad[i], 1), ERR_INVALID, "%s",
			bad[i]);
	}
}

Test(versions, the_files_of_a_version_come_whole_in_pieces)
{
	struct buf all = {0};
	int64_t total = 1;
	publish("# changed\n");
	while ((int64_t)all.len < total) {
		cr_assert_eq(read("coordinator-london", WIRE_FETCH, 2, all.len, "", 0), ERR_OK);
		const struct value *bytes = value_at(&fixture.reply.body, "bytes");
		cr_assert(bytes != NULL && bytes->kind == VALUE_BYTES && bytes->string.len > 0);
		cr_assert_leq(bytes->string.len, (size_t)LIMIT_CHUNK_BYTES);
		buf_add_str(&all, bytes->string);
		total = number("total");
	}
	cr_expect(str_equal(buf_str(&all), buf_str(&packed)));
	buf_finish(&all);
	cr_expect_eq(read("operator", WIRE_FETCH, 2, (uint64_t)total, "", 0), ERR_OK);
	cr_expect_eq(read("operator", WIRE_FETCH, 2, (uint64_t)total + 1, "", 0), ERR_INVALID);
	cr_expect_eq(read("operator", WIRE_FETCH, 3, 0, "", 0), ERR_NOT_FOUND);
	cr_assert_eq(read("operator", WIRE_FETCH, 0, 0, "", 0), ERR_OK);
	cr_expect_eq(number("version"), 2, "0 is what is in force");
}

Test(versions, only_those_who_answer_for_the_directory_see_it)
{
	cr_expect_eq(read("met-custody", WIRE_VERSIONS, 0, 0, "", 0), ERR_NOT_ALLOWED);
	cr_expect_eq(read("advance", WIRE_VERSIONS, 0, 0, "", 0), ERR_NOT_ALLOWED);
	cr_expect_eq(read("commissioner", WIRE_VERSIONS, 0, 0, "", 0), ERR_OK);
	cr_expect_eq(read("commissioner", WIRE_FETCH, 1, 0, "", 0), ERR_NOT_ALLOWED);
	cr_expect_eq(read("met-custody", WIRE_FETCH, 1, 0, "", 0), ERR_NOT_ALLOWED);
}

/* As a broker of an earlier format left it: the files, and no row that tells of them. */
static void forget(uint64_t version)
{
	struct store_txn *txn;
	const struct store_key key = publication_key(version);
	cr_assert_eq(store_begin(fixture.core->store, true, &txn), ERR_OK);
	cr_assert_eq(store_del(txn, store_key_view(&key)), ERR_OK);
	cr_assert_eq(store_commit(txn), ERR_OK);
}

Test(versions, what_was_published_before_that_was_recorded_is_listed_and_comes_back)
{
	struct fault fault = {0};
	cr_assert_eq(read("operator", WIRE_VERSIONS, 0, 0, "", 0), ERR_OK);
	const struct value recorded = *value_at(&fixture.reply.body, "items[0].hash");
	publish("# changed\n");
	forget(1);
	cr_assert_eq(read("operator", WIRE_VERSIONS, 0, 0, "", 0), ERR_OK);
	cr_expect_str_eq(fixture_text(&fixture, "items[1].origin"), "not-recorded");
	cr_expect_null(value_at(&fixture.reply.body, "items[1].at"));
	const struct value *computed = value_at(&fixture.reply.body, "items[1].hash");
	cr_assert_not_null(computed);
	cr_expect(value_equal(computed, &recorded));
	cr_assert_eq(read("operator", WIRE_FETCH, 1, 0, "", 0), ERR_OK);
	cr_expect(value_equal(value_at(&fixture.reply.body, "hash"), &recorded));
	cr_expect_eq(home_prepare("directory/data", &fault), ERR_EXISTS);
	cr_expect_not_null(strstr(fault.message, "rollback 1"));
	cr_assert_eq(rollback(1), ERR_OK);
	cr_expect_eq(in_force(), 3);
}
