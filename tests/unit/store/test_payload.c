/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "broker/store/payload.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fixture fixture;
static struct arena arena;
static struct payload_slots *slots;
static char path[512];
static const uint8_t nonce[24] = {1, 2, 3};
#define PLAIN STR("an invented name, an invented address")

static void setup(void)
{
	fixture_make(&fixture);
	arena_init(&arena, 0);
	str_copy(path, sizeof(path), str_from(fixture_path(&fixture, "slots")));
	MUST(payload_slots_open(path, false, &slots, NULL));
}

static void teardown(void)
{
	payload_slots_close(slots);
	payload_slots_close(NULL);
	arena_finish(&arena);
	fixture_remove(&fixture);
}

TestSuite(payload, .init = setup, .fini = teardown);

static struct str seal(uint64_t slot, uint64_t number)
{
	struct str sealed = {0};
	MUST(payload_slots_reserve(slots, slot));
	MUST(payload_seal(slots, slot, id_make(7, number), nonce, PLAIN, &arena, &sealed));
	return sealed;
}

static struct str seal_shut(uint64_t slot, uint64_t number)
{
	static const uint8_t key[PAYLOAD_KEY_SIZE] = {4, 5, 6};
	struct payload_shut shut;
	struct str sealed = {0};
	MUST(payload_slots_reserve(slots, slot));
	MUST(payload_shut(key, PLAIN, &arena, &shut));
	MUST(payload_seal_shut(slots, slot, id_make(7, number), nonce, &shut, &arena, &sealed));
	return sealed;
}

static void reopen(bool read_only)
{
	payload_slots_close(slots);
	MUST(payload_slots_open(path, read_only, &slots, NULL));
}

static void overwrite(off_t at, const void *bytes, size_t len)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	cr_assert_eq(pwrite(fd, bytes, len, at), (ssize_t)len);
	(void)close(fd);
}

Test(payload, what_was_sealed_opens_also_after_a_restart)
{
	struct str plain;
	const struct str sealed = seal(5, 1);
	cr_assert_null(memmem(sealed.ptr, sealed.len, "invented", 8));
	MUST(payload_open(slots, 5, id_make(7, 1), sealed, &arena, &plain));
	cr_assert(str_equal(plain, PLAIN));
	reopen(false);
	MUST(payload_open(slots, 5, id_make(7, 1), sealed, &arena, &plain));
	cr_assert(str_equal(plain, PLAIN));
	struct stat file;
	cr_assert_eq(stat(path, &file), 0);
	cr_assert_eq(file.st_mode & 0777, 0600);
}

Test(payload, empty_text_can_be_sealed)
{
	struct str sealed;
	struct str plain;
	MUST(payload_slots_reserve(slots, 0));
	MUST(payload_seal(slots, 0, id_make(7, 1), nonce, STR(""), &arena, &sealed));
	MUST(payload_open(slots, 0, id_make(7, 1), sealed, &arena, &plain));
	cr_assert_eq(plain.len, 0);
}

Test(payload, what_was_shut_ahead_opens_until_its_slot_is_erased)
{
	struct str plain;
	const struct str sealed = seal_shut(5, 1);
	cr_assert_null(memmem(sealed.ptr, sealed.len, "invented", 8));
	reopen(false);
	MUST(payload_open(slots, 5, id_make(7, 1), sealed, &arena, &plain));
	cr_assert(str_equal(plain, PLAIN));
	MUST(payload_slots_erase(slots, 5));
	MUST_BE(payload_open(slots, 5, id_make(7, 1), sealed, &arena, &plain), ERR_NOT_FOUND);
}

/* Neither another text nor another head goes with what is left of it. */
Test(payload, what_was_shut_ahead_holds_together)
{
	struct str plain;
	const struct str one = seal_shut(5, 1);
	const struct str other = seal_shut(6, 2);
	char *mixed = malloc(one.len);
	cr_assert_eq(one.len, other.len);
	const size_t head = one.len - PLAIN.len - 16;
	memcpy(mixed, one.ptr, head);
	memcpy(mixed + head, seal(5, 1).ptr, one.len - head);
	MUST_BE(payload_open(slots, 5, id_make(7, 1), (struct str){mixed, one.len}, &arena, &plain),
		ERR_CORRUPT);
	memcpy(mixed, other.ptr, head);
	memcpy(mixed + head, one.ptr + head, one.len - head);
	MUST_BE(payload_open(slots, 5, id_make(7, 1), (struct str){mixed, one.len}, &arena, &plain),
		ERR_CORRUPT);
	free(mixed);
}

static void expect_bound(struct str sealed)
{
	struct str plain;
	MUST_BE(payload_open(slots, 5, id_make(7, 2), sealed, &arena, &plain), ERR_CORRUPT);
	MUST_BE(payload_open(slots, 6, id_make(7, 1), sealed, &arena, &plain), ERR_CORRUPT);
	char *copy = malloc(sealed.len);
	memcpy(copy, sealed.ptr, sealed.len);
	for (size_t i = 0; i < sealed.len; i++) {
		copy[i] = (char)(copy[i] ^ 1);
		MUST_BE(payload_open(slots, 5, id_make(7, 1), (struct str){copy, sealed.len},
				&arena, &plain),
			ERR_CORRUPT);
		MUST_BE(payload_open(
				slots, 5, id_make(7, 1), (struct str){copy, i}, &arena, &plain),
			ERR_CORRUPT);
		copy[i] = (char)(copy[i] ^ 1);
	}
	free(copy);
}

Test(payload, a_payload_does_not_open_under_another_id_or_slot_or_when_changed)
{
	expect_bound(seal(5, 1));
	expect_bound(seal_shut(5, 1));
}

Test(payload, an_erased_slot_is_unreadable_for_good_and_the_others_stay)
{
	struct str plain;
	struct str again;
	const struct str gone = seal(5, 1);
	const struct str kept = seal(6, 2);
	char before[64];
	char after[64];
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert_eq(pread(fd, before, 64, 6 * 64), 64);
	MUST(payload_slots_erase(slots, 5));
	cr_assert_eq(pread(fd, after, 64, 6 * 64), 64);
	(void)close(fd);
	for (size_t i = 8; i + 8 <= 40; i += 8) {
		cr_assert_neq(memcmp(before + i, after + i, 8), 0, "the key is still there");
	}
	for (int round = 0; round < 2; round++) {
		MUST_BE(payload_open(slots, 5, id_make(7, 1), gone, &arena, &plain), ERR_NOT_FOUND);
		MUST_BE(payload_seal(slots, 5, id_make(7, 1), nonce, PLAIN, &arena, &again),
			ERR_NOT_FOUND);
		MUST(payload_open(slots, 6, id_make(7, 2), kept, &arena, &plain));
		reopen(false);
	}
	MUST(payload_slots_erase(slots, 5));
	MUST_BE(payload_slots_erase(slots, 1000000), ERR_NOT_FOUND);
}

Test(payload, slots_are_there_in_advance_and_no_two_keys_alike)
{
	struct stat before;
	struct stat after;
	MUST(payload_slots_reserve(slots, 0));
	cr_assert_eq(stat(path, &before), 0);
	MUST(payload_slots_reserve(slots, 4095));
	cr_assert_eq(stat(path, &after), 0);
	cr_assert_eq(before.st_size, after.st_size);
	MUST(payload_slots_reserve(slots, 3 * 4096));
	cr_assert_eq(stat(path, &after), 0);
	cr_assert_eq(after.st_size, 64 + 4 * 4096 * 64);
	const struct str one = seal(1, 1);
	const struct str two = seal(2, 1);
	const struct str far = seal(8192, 1);
	cr_assert(!str_equal(one, two));
	cr_assert(!str_equal(one, far));
	struct str sealed;
	MUST_BE(payload_seal(slots, 4 * 4096, id_make(7, 1), nonce, PLAIN, &arena, &sealed),
		ERR_NOT_FOUND);
	MUST_BE(payload_slots_reserve(slots, UINT64_MAX), ERR_INVALID);
}

Test(payload, a_damaged_slot_is_told_from_an_erased_one)
{
	struct str plain;
	const struct str sealed = seal(5, 1);
	for (off_t at = 0; at < 64; at++) {
		char byte;
		const int fd = open(path, O_RDONLY | O_CLOEXEC);
		cr_assert_eq(pread(fd, &byte, 1, 6 * 64 + at), 1);
		(void)close(fd);
		const char flipped = (char)(byte ^ 4);
		overwrite(6 * 64 + at, &flipped, 1);
		MUST_BE(payload_open(slots, 5, id_make(7, 1), sealed, &arena, &plain), ERR_CORRUPT);
		overwrite(6 * 64 + at, &byte, 1);
	}
	MUST(payload_open(slots, 5, id_make(7, 1), sealed, &arena, &plain));
}

Test(payload, a_block_that_was_cut_off_is_completed_and_written_keys_stay)
{
	struct str plain;
	const char zeros[64 * 64] = {0};
	const struct str sealed = seal(5, 1);
	/* The power went while the rest of the block was on its way. */
	overwrite(64 * 4000, zeros, sizeof(zeros));
	reopen(false);
	MUST(payload_open(slots, 5, id_make(7, 1), sealed, &arena, &plain));
	(void)seal(4000, 2);
	/* Or while the file had not its full length yet. */
	cr_assert_eq(truncate(path, 64 + 4096 * 64 + 12345), 0);
	reopen(false);
	MUST(payload_open(slots, 5, id_make(7, 1), sealed, &arena, &plain));
	const struct str next = seal(4096 + 50, 3);
	MUST(payload_open(slots, 4096 + 50, id_make(7, 3), next, &arena, &plain));
}

Test(payload, what_is_no_file_of_keys_is_refused_in_words)
{
	struct payload_slots *other;
	struct fault fault = {0};
	const char *missing = fixture_path(&fixture, "missing");
	MUST_BE(payload_slots_open(missing, true, &other, &fault), ERR_NOT_FOUND);
	const uint32_t newer = 2;
	overwrite(8, &newer, sizeof(newer));
	MUST_BE(payload_slots_open(path, false, &other, &fault), ERR_VERSION);
	cr_assert_not_null(strstr(fault.message, "format 2"));
	overwrite(0, "X", 1);
	MUST_BE(payload_slots_open(path, false, &other, &fault), ERR_CORRUPT);
	cr_assert_eq(truncate(path, 10), 0);
	MUST_BE(payload_slots_open(path, false, &other, &fault), ERR_CORRUPT);
}

Test(payload, a_full_disk_reserves_nothing_and_goes_on_later)
{
	struct rlimit limit;
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)seal(0, 1);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	const rlim_t free_size = limit.rlim_cur;
	limit.rlim_cur = 400 * 1000;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	MUST_BE(payload_slots_reserve(slots, 4096), ERR_FULL);
	(void)seal(4095, 1);
	limit.rlim_cur = free_size;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	(void)seal(4096, 1);
}

Test(payload, a_reader_beside_the_broker_sees_new_slots_and_writes_none)
{
	struct payload_slots *reader;
	struct str plain;
	MUST(payload_slots_open(path, true, &reader, NULL));
	const struct str sealed = seal(4096, 1);
	MUST(payload_open(reader, 4096, id_make(7, 1), sealed, &arena, &plain));
	MUST_BE(payload_slots_reserve(reader, 9000), ERR_STATE);
	MUST_BE(payload_slots_erase(reader, 0), ERR_STATE);
	payload_slots_close(reader);
}

static void *open_many(void *arg)
{
	const struct str sealed = *(struct str *)arg;
	size_t *opened = malloc(sizeof(*opened));
	struct arena own;
	arena_init(&own, 0);
	for (*opened = 0; *opened < 2000; (*opened)++) {
		struct str plain;
		arena_reset(&own);
		if (payload_open(slots, 1, id_make(7, 1), sealed, &own, &plain) != ERR_OK) {
			break;
		}
	}
	arena_finish(&own);
	return opened;
}

Test(payload, readers_on_other_threads_are_not_disturbed_by_reserving_and_erasing)
{
	struct str sealed = seal(1, 1);
	pthread_t threads[3];
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(pthread_create(&threads[i], NULL, open_many, &sealed), 0);
	}
	for (uint64_t slot = 2; slot < 40; slot++) {
		MUST(payload_slots_reserve(slots, slot * 4096));
		MUST(payload_slots_erase(slots, slot));
	}
	for (size_t i = 0; i < 3; i++) {
		void *opened;
		(void)pthread_join(threads[i], &opened);
		cr_assert_eq(*(size_t *)opened, 2000);
		free(opened);
	}
}
