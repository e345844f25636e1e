/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/base/limits.h"
#include "broker/net/upload.h"

#include <criterion/criterion.h>

/* Directories on their way in: what a careless or hostile client may send. */

static struct uploads uploads;
static struct fault fault;
static uint64_t received;
static const uint8_t *const hash = (const uint8_t *)"0123456789abcdef0123456789abcdef";
static const uint8_t *const other = (const uint8_t *)"fedcba9876543210fedcba9876543210";

static void teardown(void)
{
	uploads_finish(&uploads);
}

TestSuite(upload, .fini = teardown);

static enum err send_of(const char *party, const uint8_t *name, uint64_t offset, uint64_t total,
	struct str bytes, uint64_t now)
{
	const struct wire_request piece = {.upload = {(const char *)name, HASH_SIZE},
		.offset = offset,
		.total = total,
		.bytes = bytes};
	fault = (struct fault){0};
	return uploads_add(&uploads, party, &piece, now, &received, &fault);
}

static enum err send_piece(uint64_t offset, struct str bytes)
{
	return send_of("operator", hash, offset, 10, bytes, 1);
}

Test(upload, pieces_come_in_order_and_again_when_the_answer_was_lost)
{
	struct upload upload;
	cr_expect_eq(send_piece(4, STR("4567")), ERR_STATE, "the first is missing");
	cr_assert_eq(send_piece(0, STR("0123")), ERR_OK);
	cr_expect_eq(received, 4);
	cr_assert_eq(send_piece(0, STR("0123")), ERR_OK);
	cr_expect_eq(received, 4);
	cr_expect_eq(send_piece(5, STR("56")), ERR_STATE);
	cr_expect_not_null(strstr(fault.message, "4 is expected"), "%s", fault.message);
	cr_expect_str_eq(fault.field, "offset");
	cr_expect_eq(send_piece(2, STR("2345")), ERR_STATE, "half of it is here");
	cr_expect_eq(uploads_find(&uploads, "operator", hash, &fault), ERR_NOT_FOUND);
	cr_assert_eq(send_piece(4, STR("456789")), ERR_OK);
	cr_expect_eq(received, 10);
	cr_assert_eq(send_piece(4, STR("456789")), ERR_OK);
	cr_expect_eq(uploads_find(&uploads, "operator", other, &fault), ERR_NOT_FOUND);
	cr_expect_eq(uploads_find(&uploads, "coordinator", hash, &fault), ERR_NOT_FOUND);
	cr_assert_eq(uploads_find(&uploads, "operator", hash, &fault), ERR_OK);
	uploads_lend(&uploads, "operator", &upload);
	cr_expect(str_equal((struct str){upload.bytes, upload.total}, STR("0123456789")));
	upload_finish(&upload);
}

Test(upload, lies_about_the_whole_are_refused)
{
	cr_expect_eq(send_piece(0, STR("0123456789a")), ERR_INVALID, "beyond the total");
	cr_expect_eq(send_piece(11, STR("x")), ERR_INVALID);
	cr_expect_eq(send_piece(UINT64_MAX, STR("xx")), ERR_INVALID);
	cr_assert_eq(send_piece(0, STR("0123")), ERR_OK);
	cr_expect_eq(send_of("operator", hash, 4, 11, STR("4"), 1), ERR_CONFLICT);
	cr_expect_str_eq(fault.field, "total");
	cr_expect_eq(send_piece(0, STR("x123")), ERR_CONFLICT);
	cr_expect_str_eq(fault.field, "bytes");
	cr_assert_eq(send_piece(4, STR("456789")), ERR_OK, "what was here is still here");
}

Test(upload, another_takes_the_place_of_the_one_before)
{
	cr_assert_eq(send_piece(0, STR("0123")), ERR_OK);
	cr_expect_eq(send_of("operator", other, 4, 10, STR("4567"), 1), ERR_STATE);
	cr_assert_eq(send_piece(4, STR("45")), ERR_OK, "a stray piece let nothing go");
	cr_assert_eq(send_of("operator", other, 0, 3, STR("abc"), 1), ERR_OK);
	cr_expect_eq(uploads_find(&uploads, "operator", other, &fault), ERR_OK);
	cr_expect_eq(send_piece(6, STR("6789")), ERR_STATE);
}

Test(upload, a_fifth_party_waits_until_one_is_idle)
{
	static const char *const parties[] = {"a", "b", "c", "d"};
	for (size_t i = 0; i < UPLOADS_MOST; i++) {
		cr_assert_eq(send_of(parties[i], hash, 0, 10, STR("0"), i), ERR_OK);
	}
	cr_expect_eq(send_of("e", hash, 0, 10, STR("0"), 9), ERR_FULL);
	uploads_expire(&uploads, UPLOAD_IDLE_MS);
	cr_expect_eq(send_of("e", hash, 0, 10, STR("0"), 9), ERR_FULL, "none was idle as long");
	uploads_expire(&uploads, UPLOAD_IDLE_MS + 1);
	cr_expect_eq(send_of("e", hash, 0, 10, STR("0"), 9), ERR_OK);
	cr_expect_eq(send_of("a", hash, 1, 10, STR("1"), 9), ERR_STATE, "that was let go");
	cr_expect_eq(send_of("b", hash, 1, 10, STR("1"), 9), ERR_OK);
}

Test(upload, of_a_party_that_is_revoked_nothing_stays)
{
	static const struct party items[] = {{.id = "a"}, {.id = "b", .revoked = true}};
	const struct parties parties = {.items = items, .count = 2};
	cr_assert_eq(send_of("a", hash, 0, 1, STR("0"), 1), ERR_OK);
	cr_assert_eq(send_of("b", hash, 0, 1, STR("0"), 1), ERR_OK);
	cr_assert_eq(send_of("c", hash, 0, 1, STR("0"), 1), ERR_OK);
	uploads_sift(&uploads, &parties);
	cr_expect_eq(uploads_find(&uploads, "a", hash, &fault), ERR_OK);
	cr_expect_eq(uploads_find(&uploads, "b", hash, &fault), ERR_NOT_FOUND);
	cr_expect_eq(uploads_find(&uploads, "c", hash, &fault), ERR_NOT_FOUND);
}

Test(upload, what_is_being_published_waits_for_its_outcome)
{
	struct upload lent;
	cr_assert_eq(send_of("operator", hash, 0, 3, STR("abc"), 1), ERR_OK);
	uploads_lend(&uploads, "operator", &lent);
	cr_expect_eq(uploads_find(&uploads, "operator", hash, &fault), ERR_EXISTS);
	cr_expect_eq(send_of("operator", hash, 0, 3, STR("abc"), 1), ERR_OK, "a late copy");
	uploads_expire(&uploads, UPLOAD_IDLE_MS * 2);
	cr_expect_eq(uploads_find(&uploads, "operator", hash, &fault), ERR_EXISTS);
	uploads_settle(&uploads, &lent, true, 5);
	cr_expect_null(lent.bytes);
	cr_assert_eq(uploads_find(&uploads, "operator", hash, &fault), ERR_OK, "to be tried again");
	uploads_lend(&uploads, "operator", &lent);
	uploads_settle(&uploads, &lent, false, 5);
	cr_expect_eq(uploads_find(&uploads, "operator", hash, &fault), ERR_NOT_FOUND);
}

Test(upload, what_is_being_published_keeps_its_place_from_others_of_the_party)
{
	struct upload lent;
	cr_assert_eq(send_of("operator", hash, 0, 3, STR("abc"), 1), ERR_OK);
	uploads_lend(&uploads, "operator", &lent);
	cr_assert_eq(send_of("operator", other, 0, 3, STR("def"), 2), ERR_FULL);
	cr_expect_eq(uploads_find(&uploads, "operator", hash, &fault), ERR_EXISTS);
	uploads_settle(&uploads, &lent, false, 5);
	cr_assert_eq(send_of("operator", other, 0, 3, STR("def"), 6), ERR_OK);
	cr_expect_eq(uploads_find(&uploads, "operator", other, &fault), ERR_OK);
}

Test(upload, who_was_displaced_hears_that_somebody_else_uploads)
{
	cr_assert_eq(send_of("operator", hash, 0, 6, STR("abc"), 1), ERR_OK);
	cr_assert_eq(send_of("operator", other, 0, 6, STR("def"), 2), ERR_OK);
	cr_assert_eq(send_of("operator", hash, 3, 6, STR("def"), 3), ERR_STATE);
	cr_expect_not_null(strstr(fault.message, "somebody else"));
}
