/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/core/fixture.h"
#include "broker/core/kernel.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static enum err erase(
	struct fixture *fixture, const char *party, const char *reference, const char *reason)
{
	const struct wire_request request = {.header = {WIRE_ERASE, 1},
		.reference = str_from(reference),
		.reason = str_from(reason)};
	return fixture_ask(fixture, party, &request);
}

/* One batch in which the core looks once for what has been kept long enough. */
static bool retention_step(struct fixture *fixture)
{
	const struct core_command command = {.kind = CORE_RETENTION, .time = fixture->now};
	cr_assert_eq(core_batch_begin(fixture->core), ERR_OK);
	const bool due = core_retention_due(fixture->core, fixture->now);
	if (due) {
		cr_assert_eq(core_batch_add(fixture->core, &command, &fixture->reply), ERR_OK);
		cr_assert_eq(fixture->reply.err, ERR_OK);
	}
	cr_assert_eq(core_batch_commit(fixture->core, &fixture->effects), ERR_OK);
	return due;
}

/* A referral whose one leg was accepted, and withdrawn with the provider's confirmation. */
static const char *ended(struct fixture *fixture, const char *source_ref)
{
	char leg[40];
	const char *reference =
		fixture_refer(fixture, "met-custody", source_ref, "diversion", "E09000022", NULL);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	cr_assert(fixture_deliver(fixture, "women-in-prison") >= 1);
	cr_assert_eq(fixture_withdraw(fixture, "met-custody", reference, "her-decision"), ERR_OK);
	cr_assert_eq(fixture_act(fixture, "women-in-prison", leg, "withdrawn", "her-decision"),
		ERR_OK, "%s", fixture->reply.fault.message);
	return reference;
}

Test(erase, nothing_personal_can_be_read_afterwards_and_the_record_stays)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const char *reference = ended(&fixture, "A-1");
	cr_assert_eq(erase(&fixture, "operator", reference, "her-request"), ERR_OK, "%s",
		fixture.reply.fault.message);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert(value_get_bool(&fixture.reply.body, "erased", false));
	cr_assert_str_eq(fixture_text(&fixture, "state"), "withdrawn");
	cr_assert_eq(erase(&fixture, "operator", reference, "her-request"), ERR_OK);
	cr_assert(value_get_bool(&fixture.reply.body, "duplicate", false));
	fixture_verify(&fixture);
	fixture_reopen(&fixture);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert(value_get_bool(&fixture.reply.body, "erased", false));
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(erase, the_key_is_overwritten_before_the_answer)
{
	struct fixture fixture;
	char path[200];
	struct buf before = {0};
	struct buf after = {0};
	fixture_init(&fixture);
	const char *reference = ended(&fixture, "A-1");
	(void)snprintf(path, sizeof(path), "%s/store/slots", fixture.home);
	cr_assert_eq(buf_read_file(&before, path, 1 << 26), ERR_OK, "%s", path);
	cr_assert_eq(erase(&fixture, "operator", reference, "her-request"), ERR_OK);
	cr_assert_eq(buf_read_file(&after, path, 1 << 26), ERR_OK);
	cr_assert_eq(before.len, after.len);
	size_t changed = 0;
	for (size_t i = 0; i < before.len; i++) {
		changed += before.data[i] != after.data[i];
	}
	/* One key of 32 bytes, its state and checksum: nothing of the others. */
	cr_assert(changed >= 24 && changed <= 64, "%zu bytes changed", changed);
	buf_finish(&before);
	buf_finish(&after);
	fixture_finish(&fixture);
}

Test(erase, what_is_not_over_is_withdrawn_first)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const char *reference =
		fixture_refer(&fixture, "met-custody", "A-1", "diversion", "E09000022", NULL);
	cr_assert_eq(erase(&fixture, "operator", reference, "her-request"), ERR_STATE);
	cr_assert_eq(fixture_deliver(&fixture, "women-in-prison"), 1);
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", reference, "her-decision"), ERR_OK);
	/* The service holds it until it has confirmed. */
	cr_assert_eq(erase(&fixture, "operator", reference, "her-request"), ERR_STATE);
	fixture_finish(&fixture);
}

Test(erase, only_an_operator_with_a_reason_of_the_list)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const char *reference = ended(&fixture, "A-1");
	cr_assert_eq(erase(&fixture, "met-custody", reference, "her-request"), ERR_NOT_ALLOWED);
	cr_assert_eq(
		erase(&fixture, "coordinator-london", reference, "her-request"), ERR_NOT_ALLOWED);
	cr_assert_eq(erase(&fixture, "operator", reference, "no-longer-wanted"), ERR_INVALID);
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_not(value_get_bool(&fixture.reply.body, "erased", false));
	fixture_finish(&fixture);
}

Test(erase, retention_erases_what_ended_so_many_months_ago_and_nothing_else)
{
	struct fixture fixture;
	fixture_init_retaining(&fixture, 24);
	const timestamp_us begin = fixture.now;
	char first[REFERENCE_TEXT_SIZE];
	char second[REFERENCE_TEXT_SIZE];
	str_copy(first, sizeof(first), str_from(ended(&fixture, "A-1")));
	fixture.now = begin + 40 * TIMESTAMP_DAY;
	str_copy(second, sizeof(second), str_from(ended(&fixture, "A-2")));
	const char *live =
		fixture_refer(&fixture, "met-custody", "A-3", "diversion", "E09000022", NULL);
	timestamp_us due;
	cr_assert_eq(timestamp_parse(STR("2021-06-12T20:39:59Z"), &due), ERR_OK);
	fixture.now = due;
	cr_assert_not(retention_step(&fixture), "a second too early");
	fixture.now = due + 1000000;
	cr_assert(retention_step(&fixture));
	cr_assert_not(retention_step(&fixture), "the second ended later");
	cr_assert_eq(fixture_show(&fixture, "met-custody", first), ERR_OK);
	cr_assert(value_get_bool(&fixture.reply.body, "erased", false));
	cr_assert_eq(fixture_show(&fixture, "met-custody", second), ERR_OK);
	cr_assert_not(value_get_bool(&fixture.reply.body, "erased", false));
	fixture.now = begin + 4000 * TIMESTAMP_DAY;
	cr_assert(retention_step(&fixture));
	cr_assert_not(retention_step(&fixture));
	cr_assert_eq(fixture_show(&fixture, "met-custody", live), ERR_OK);
	cr_assert_not(value_get_bool(&fixture.reply.body, "erased", false));
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

/* The provider never confirmed the stop, and she was erased: that is still to be seen to. */
Test(erase, what_waits_for_a_person_can_be_seen_to_afterwards)
{
	struct fixture fixture;
	fixture_init(&fixture);
	char leg[40];
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	(void)snprintf(leg, sizeof(leg), "%s/1", reference);
	(void)fixture_deliver(&fixture, "women-in-prison");
	cr_assert_eq(fixture_act(&fixture, "women-in-prison", leg, "received", NULL), ERR_OK);
	cr_assert_eq(fixture_withdraw(&fixture, "met-custody", reference, "her-decision"), ERR_OK);
	fixture_pass(&fixture, "2019-07-11T12:00:00+01:00");
	cr_assert_eq(erase(&fixture, "operator", reference, "her-request"), ERR_OK, "%s",
		fixture.reply.fault.message);
	const struct wire_request queue = {.header = {WIRE_QUEUE, 1}};
	core_read(fixture.core, fixture_party("coordinator-london"), &queue, fixture.now,
		&fixture.arena, &fixture.reply);
	cr_assert_eq(fixture_count(&fixture, "items"), 1);
	const struct wire_request request = {.header = {WIRE_SEEN, 1},
		.reference = str_from(reference),
		.note = STR("rang them")};
	cr_assert_eq(fixture_ask(&fixture, "coordinator-london", &request), ERR_OK, "%s",
		fixture.reply.fault.message);
	cr_assert_eq(fixture_count(&fixture, "left"), 0);
	/* What was written of it is not kept: there is no key any more. */
	cr_assert_eq(fixture_show(&fixture, "met-custody", reference), ERR_OK);
	cr_assert_not(fixture_tells(&fixture.reply.body, "rang them"));
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

Test(erase, a_clock_far_ahead_at_the_start_erases_nothing_until_somebody_has_looked)
{
	struct fixture fixture;
	fixture_init_retaining(&fixture, 6);
	(void)ended(&fixture, "A-1");
	fixture.now += 400 * TIMESTAMP_DAY;
	fixture_own(&fixture, CORE_STARTED, 400 * TIMESTAMP_DAY);
	cr_assert_not(retention_step(&fixture), "erased for good by a clock nobody looked at");
	const struct wire_request confirm = {.header = {WIRE_CLOCK, 1}, .action = STR("confirm")};
	cr_assert_eq(fixture_ask(&fixture, "operator", &confirm), ERR_OK);
	cr_assert(retention_step(&fixture));
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}

/* The row of the referral with that reference, as after a fault of the disk. */
static void damage(struct fixture *fixture, const char *reference)
{
	struct id id;
	struct fault fault;
	struct store_key key = store_key_start(TABLE_REFERRAL);
	cr_assert_eq(core_batch_begin(fixture->core), ERR_OK);
	cr_assert_eq(state_find_reference(&fixture->core->state, str_from(reference), &id, &fault),
		ERR_OK);
	store_key_id(&key, id);
	cr_assert_eq(
		store_put(fixture->core->state.txn, store_key_view(&key), STR("rubbish")), ERR_OK);
	fixture->core->touched = true;
	cr_assert_eq(core_batch_commit(fixture->core, &fixture->effects), ERR_OK);
}

Test(erase, a_damaged_row_does_not_keep_others_longer_than_allowed)
{
	struct fixture fixture;
	fixture_init_retaining(&fixture, 6);
	char first[16];
	char other[16];
	(void)snprintf(first, sizeof(first), "%s", ended(&fixture, "A-1"));
	fixture.now += TIMESTAMP_DAY;
	(void)snprintf(other, sizeof(other), "%s", ended(&fixture, "A-2"));
	damage(&fixture, first);
	fixture.now += 200 * TIMESTAMP_DAY;
	cr_assert(retention_step(&fixture));
	cr_assert(fixture.reply.acted);
	cr_assert_eq(fixture_show(&fixture, "met-custody", other), ERR_OK);
	cr_assert(value_get_bool(&fixture.reply.body, "erased", false));
	/* Only the damaged one is left: nothing is done, and whoever asks can tell. */
	cr_assert(retention_step(&fixture));
	cr_assert_not(fixture.reply.acted);
	fixture_finish(&fixture);
}

Test(erase, a_damaged_row_does_not_keep_the_timers_busy)
{
	struct fixture fixture;
	const struct core_command due = {.kind = CORE_DUE, .time = 20000 * TIMESTAMP_DAY};
	fixture_init(&fixture);
	const char *reference =
		fixture_refer(&fixture, "met-custody", "1", "diversion", "E09000022", NULL);
	damage(&fixture, reference);
	cr_assert_eq(core_batch_begin(fixture.core), ERR_OK);
	const timestamp_us next = core_timer_next(fixture.core);
	cr_assert(core_timer_due(fixture.core, due.time));
	cr_assert_eq(core_batch_add(fixture.core, &due, &fixture.reply), ERR_OK);
	cr_assert_eq(fixture.reply.err, ERR_OK);
	cr_assert_not(fixture.reply.acted);
	cr_assert_gt(next, 0);
	cr_assert_neq(core_timer_after(fixture.core, next), next);
	core_batch_abort(fixture.core);
	fixture_finish(&fixture);
}

/* The descriptor by which the broker has its file of keys open. */
static int slots_descriptor(const struct fixture *fixture)
{
	char wanted[200];
	(void)snprintf(wanted, sizeof(wanted), "%s/store/slots", fixture->home);
	for (int fd = 3; fd < 256; fd++) {
		char link[40];
		char path[200] = {0};
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		if (readlink(link, path, sizeof(path) - 1) > 0 && strcmp(path, wanted) == 0) {
			return fd;
		}
	}
	return -1;
}

Test(erase, a_full_disk_is_not_answered_as_erased_and_is_made_good_without_a_restart)
{
	struct fixture fixture;
	fixture_init(&fixture);
	const char *reference = ended(&fixture, "A-1");
	const int slots = slots_descriptor(&fixture);
	cr_assert_geq(slots, 0);
	const int kept = dup(slots);
	const int full = open("/dev/full", O_RDWR | O_CLOEXEC);
	cr_assert_eq(dup2(full, slots), slots);
	(void)erase(&fixture, "operator", reference, "her-request");
	cr_assert(fixture.effects.unerased, "whoever asked would hear that it is gone");
	cr_assert_eq(erase(&fixture, "operator", reference, "her-request"), ERR_FULL);
	cr_assert_eq(dup2(kept, slots), slots);
	cr_assert(payload_slots_live(fixture.core->slots, 0));
	cr_assert_eq(erase(&fixture, "operator", reference, "her-request"), ERR_OK);
	cr_assert(value_get_bool(&fixture.reply.body, "duplicate", false));
	cr_assert_not(payload_slots_live(fixture.core->slots, 0), "the key is still there");
	(void)close(kept);
	(void)close(full);
	fixture_verify(&fixture);
	fixture_finish(&fixture);
}
