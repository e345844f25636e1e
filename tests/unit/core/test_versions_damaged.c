/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/kernel.h"
#include "broker/core/versions.h"
#include "tests/unit/core/candidate.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Damage in the store never keeps a directory from being replaced. */

static struct fixture fixture;
static struct candidate home;

static void setup(void)
{
	fixture_init(&fixture);
	candidate_make(&home, &fixture, "directory");
}

static void teardown(void)
{
	fixture_finish(&fixture);
}

TestSuite(versions_damaged, .init = setup, .fini = teardown);

static enum err carry_out(struct core_directory *directory)
{
	const struct core_command command = {
		.kind = CORE_DIRECTORY, .time = fixture.now, .directory = directory};
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	cr_assert_eq(core_batch_add(fixture.core, &command, &fixture.reply), ERR_OK);
	if (fixture.reply.err == ERR_OK) {
		cr_assert_eq(value_copy(&fixture.arena, &fixture.reply.body, &fixture.reply.body),
			ERR_OK);
	}
	cr_assert_eq(core_batch_commit(fixture.core, &fixture.effects), ERR_OK);
	return fixture.reply.err;
}

static enum err prepare(struct core_directory **ret_directory, struct fault *fault)
{
	struct directory_problems problems = {0};
	const enum err err =
		core_directory_prepare(fixture.core, home.root, ret_directory, &problems, fault);
	directory_problems_finish(&problems);
	return err;
}

/* Another comment is another version. */
static void publish(const char *comment)
{
	struct core_directory *directory = NULL;
	struct fault fault = {0};
	char name[64];
	(void)snprintf(name, sizeof(name), "# %s\nname: ", comment);
	candidate_replace(&home, ALLIANCE, "name: ", name);
	cr_assert_eq(prepare(&directory, &fault), ERR_OK, "%s", fault.message);
	cr_assert_eq(carry_out(directory), ERR_OK);
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
	return err == ERR_OK ? carry_out(directory) : err;
}

static void damage(struct store_key key)
{
	struct store_txn *txn;
	struct str value;
	struct buf bytes = {0};
	cr_assert_eq(store_begin(fixture.core->store, true, &txn), ERR_OK);
	cr_assert_eq(store_get(txn, store_key_view(&key), &value), ERR_OK);
	buf_add_str(&bytes, value);
	bytes.data[bytes.len / 2] ^= 1;
	cr_assert_eq(store_put(txn, store_key_view(&key), buf_str(&bytes)), ERR_OK);
	cr_assert_eq(store_commit(txn), ERR_OK);
	buf_finish(&bytes);
}

static int64_t versions(void)
{
	const struct wire_request request = {.header = {WIRE_VERSIONS, 1}};
	core_read(fixture.core, fixture_party("operator"), &request, fixture.now, &fixture.arena,
		&fixture.reply);
	cr_assert_eq(fixture.reply.err, ERR_OK, "%s", fixture.reply.fault.message);
	return (int64_t)fixture_count(&fixture, "items");
}

Test(versions_damaged, damaged_files_in_force_can_be_replaced)
{
	publish("a");
	damage(state_directory_key(2));
	publish("b");
	cr_expect_eq(value_get_int(&fixture.reply.body, "version", 0), 3);
	cr_expect_null(value_get(&fixture.reply.body, STR("files")), "what changed is not known");
	cr_expect_eq(rollback(2), ERR_CORRUPT, "they cannot come back");
	damage(state_directory_key(3));
	cr_expect_eq(rollback(1), ERR_OK);
	cr_expect_eq(value_get_int(&fixture.reply.body, "version", 0), 4);
}

Test(versions_damaged, a_start_tells_that_the_files_in_force_are_damaged)
{
	publish("a");
	fixture_reopen(&fixture);
	cr_expect_null(core_directory_damaged(fixture.core));
	damage(state_directory_key(2));
	fixture_reopen(&fixture);
	const struct fault *damaged = core_directory_damaged(fixture.core);
	cr_assert_not_null(damaged, "it runs from the binary form and says nothing");
	cr_expect_eq(damaged->code, ERR_CORRUPT);
}

Test(versions_damaged, a_damaged_row_hides_no_other_version)
{
	struct core_directory *directory = NULL;
	struct fault fault = {0};
	publish("a");
	damage(publication_key(1));
	cr_assert_eq(versions(), 2);
	cr_expect_str_eq(fixture_text(&fixture, "items[0].origin"), "reload");
	cr_expect_str_eq(fixture_text(&fixture, "items[1].origin"), "not-recorded");
	cr_expect_not_null(value_at(&fixture.reply.body, "items[1].hash"));
	damage(state_directory_key(1));
	cr_assert_eq(versions(), 2);
	cr_expect_null(value_at(&fixture.reply.body, "items[1].hash"));
	publish("b");
	cr_expect_eq(prepare(&directory, &fault), ERR_EXISTS);
	cr_expect_str_eq(fault.message, "");
	damage(publication_key(3));
	publish("c");
	cr_expect_eq(value_get_int(&fixture.reply.body, "version", 0), 4);
}

Test(versions_damaged, nobody_knows_whose_it_is_so_no_start_undoes_it)
{
	const char *in_force;
	publish("a");
	cr_expect_not(core_directory_is_by_hand(fixture.core, &fixture.arena, &in_force));
	cr_expect_str_eq(in_force, "version 2 (reload by the broker)");
	cr_assert_eq(rollback(1), ERR_OK);
	cr_expect(core_directory_is_by_hand(fixture.core, &fixture.arena, &in_force));
	cr_expect_str_eq(in_force, "version 3 (rollback by the broker: It was wrong)");
	publish("b");
	damage(publication_key(4));
	cr_expect(core_directory_is_by_hand(fixture.core, &fixture.arena, &in_force));
	cr_expect_str_eq(in_force, "version 4 (by whom is not recorded)");
}
