/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/wire/pack.h"

#include "broker/base/limits.h"

#include <criterion/criterion.h>
#include <malloc.h>

static struct arena arena;
static struct buf bytes;
static struct fault fault;

static void begin(void)
{
	arena_init(&arena, 0);
	fault = (struct fault){0};
}

static void end(void)
{
	arena_finish(&arena);
	buf_finish(&bytes);
}

TestSuite(pack, .init = begin, .fini = end);

static enum err decode(struct str from, struct value *ret_value)
{
	return pack_decode(from, &pack_limits_wire, &arena, ret_value, &fault);
}

#define REFUSED(literal, expected_field)                                     \
	do {                                                                 \
		struct value ignored;                                        \
		cr_expect_eq(decode(STR(literal), &ignored), ERR_MALFORMED); \
		cr_expect_str_eq(fault.field, expected_field);               \
	} while (0)

/* {"referral": {"needs": [{"code": "debt"}, {"code": …}]}} with the last value given. */
#define NESTED(value)                               \
	"\x81\xa8referral\x81\xa5needs\x92\x81\xa4" \
	"code\xa4"                                  \
	"debt\x81\xa4"                              \
	"code" value

Test(pack, a_fault_names_the_path_of_what_is_wrong)
{
	REFUSED(NESTED("\xa2\xc3\x28"), "referral.needs[1].code");
	REFUSED(NESTED("\xa4"
		       "abc"),
		"referral.needs[1].code");
	REFUSED(NESTED("\xd4\x01\x02"), "referral.needs[1].code");
	REFUSED(NESTED("\x82\xa1"
		       "a\x01\xa1"
		       "a\x02"),
		"referral.needs[1].code.a");
}

Test(pack, a_fault_never_shows_a_value)
{
	REFUSED("\x82\xa4"
		"name\xa6"
		"Secret\xa4"
		"name\xa6"
		"Hidden",
		"name");
	cr_expect_null(strstr(fault.message, "Secret"));
	cr_expect_null(strstr(fault.message, "Hidden"));
}

Test(pack, a_key_is_shown_without_control_characters_and_cut)
{
	REFUSED("\x81\xa5"
		"a\x1b[0m\xc1",
		"a??0m");
	REFUSED("\x81\xd9\x30"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc1",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

Test(pack, extension_types_are_refused_in_every_form)
{
	REFUSED("\xc7\x01\x05x", "");
	REFUSED("\xc8\x00\x01\x05x", "");
	REFUSED("\xc9\x00\x00\x00\x01\x05x", "");
	REFUSED("\xd4\x05x", "");
	REFUSED("\xd5\x05xx", "");
	REFUSED("\xd6\xffxxxx", ""); /* a timestamp */
	REFUSED("\xd7\xffxxxxxxxx", "");
	REFUSED("\xd8\x05xxxxxxxxxxxxxxxx", "");
	REFUSED("\xc1", "");
}

Test(pack, keys_are_texts)
{
	REFUSED("\x81\x01\x02", "");
	REFUSED("\x81\xc4\x01"
		"a\x02",
		"");
	REFUSED("\x81\xc0\x02", "");
	REFUSED("\x81\x90\x02", "");
	REFUSED("\x81\xc3\x02", "");
	REFUSED("\x81\xa1\xff\x02", "");
}

Test(pack, a_key_that_stands_twice_is_refused_at_any_depth)
{
	REFUSED("\x82\xa1"
		"a\x01\xa1"
		"a\x01",
		"a");
	REFUSED("\x81\xa1"
		"b\x82\xa1"
		"a\x01\xa1"
		"a\x01",
		"b.a");
	REFUSED("\x91\x91\x83\xa1"
		"a\x01\xa1"
		"b\x01\xd9\x01"
		"a\x01",
		"[0][0].a");
	REFUSED("\x82\xa0\x01\xa0\x01", "");
}

Test(pack, a_key_that_stands_twice_in_a_large_map_is_refused)
{
	for (size_t twice = 0; twice < 100; twice += 9) {
		struct value map = value_map_new(&arena, 101);
		for (size_t i = 0; i < 100; i++) {
			value_put(&arena, &map, arena_printf(&arena, "key%zu", i * 7919 % 100).ptr,
				value_of_int(1));
		}
		buf_reset(&bytes);
		pack_encode(&bytes, &map);
		struct value ignored;
		cr_assert_eq(decode(buf_str(&bytes), &ignored), ERR_OK);
		value_put(&arena, &map, arena_printf(&arena, "key%zu", twice).ptr, value_of_int(1));
		buf_reset(&bytes);
		pack_encode(&bytes, &map);
		cr_assert_eq(decode(buf_str(&bytes), &ignored), ERR_MALFORMED);
		cr_expect_str_eq(fault.field, arena_printf(&arena, "key%zu", twice).ptr);
	}
}

Test(pack, only_whole_utf8_is_a_text)
{
	REFUSED("\xa2\xc0\x80", "");         /* overlong */
	REFUSED("\xa3\xed\xa0\x80", "");     /* surrogate */
	REFUSED("\xa4\xf4\x90\x80\x80", ""); /* above U+10FFFF */
	REFUSED("\xa1\xe2", "");
	struct value value;
	cr_expect_eq(decode(STR("\xa3\xe2\x82\xac"), &value), ERR_OK);
	cr_expect(str_is(value.string, "€"));
}

Test(pack, nothing_may_follow_the_document)
{
	REFUSED("\x01\x01", "");
	REFUSED("\x80\xc0", "");
	REFUSED("", "");
}

Test(pack, numbers_outside_int64_and_infinities_are_refused)
{
	struct value value;
	cr_expect_eq(decode(STR("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"), &value), ERR_OK);
	cr_expect_eq(value.integer, INT64_MAX);
	cr_expect_eq(decode(STR("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), &value), ERR_OK);
	cr_expect_eq(value.integer, INT64_MIN);
	REFUSED("\xcf\x80\x00\x00\x00\x00\x00\x00\x00", "");
	REFUSED("\xca\x7f\x80\x00\x00", "");
	REFUSED("\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", "");
	cr_expect_eq(decode(STR("\xca\x3f\x80\x00\x00"), &value), ERR_OK);
	cr_expect_eq(value.kind, VALUE_DOUBLE);
	cr_expect_float_eq(value.number, 1.0, 0.0);
}

Test(pack, a_document_cut_anywhere_is_refused)
{
	static const char document[] = "\x84\xa1"
				       "a\xcd\x01\x00\xa1"
				       "b\xdc\x00\x02\xc4\x02xx\xd9\x03"
				       "abc\xa1"
				       "c\xde\x00\x01\xa1x\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00\xa1"
				       "d\xd1\xff\x00";
	const struct str whole = {document, sizeof(document) - 1};
	struct value value = {.kind = VALUE_BOOL};
	for (size_t len = 0; len < whole.len; len++) {
		/* On the heap, so that a sanitizer sees a read past the end. */
		char *cut = malloc(len + 1);
		cr_assert_not_null(cut);
		memcpy(cut + 1, whole.ptr, len);
		cr_expect_eq(decode((struct str){cut + 1, len}, &value), ERR_MALFORMED, "%zu", len);
		free(cut);
	}
	cr_expect_eq(value.kind, VALUE_BOOL, "the output is untouched on failure");
	cr_expect_eq(decode(whole, &value), ERR_OK);
}

/* `depth` lists within one another. */
static void nest(size_t depth)
{
	buf_reset(&bytes);
	for (size_t i = 1; i < depth; i++) {
		buf_append(&bytes, "\x91", 1);
	}
	buf_append(&bytes, "\x90", 1);
}

Test(pack, nesting_ends_at_the_limit)
{
	struct value value;
	nest(LIMIT_DEPTH);
	cr_expect_eq(decode(buf_str(&bytes), &value), ERR_OK);
	nest(LIMIT_DEPTH + 1);
	cr_expect_eq(decode(buf_str(&bytes), &value), ERR_TOO_LARGE);
	cr_expect_str_eq(fault.field, "[0][0][0][0][0][0][0][0]");
	nest(200000);
	cr_expect_eq(decode(buf_str(&bytes), &value), ERR_TOO_LARGE);
}

/* A list of `count` numbers: with itself count + 1 elements. */
static void flat(size_t count)
{
	const char head[3] = {'\xdc', (char)(count >> 8), (char)(count & 0xff)};
	buf_reset(&bytes);
	buf_append(&bytes, head, sizeof(head));
	for (size_t i = 0; i < count; i++) {
		buf_append(&bytes, "\x07", 1);
	}
}

Test(pack, elements_end_at_the_limit)
{
	struct value value;
	flat(LIMIT_ELEMENTS - 1);
	cr_expect_eq(decode(buf_str(&bytes), &value), ERR_OK);
	flat(LIMIT_ELEMENTS);
	cr_expect_eq(decode(buf_str(&bytes), &value), ERR_TOO_LARGE);
}

#define LIES(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

static const struct str lying[] = {
	LIES("\xdd\xff\xff\xff\xff"),
	LIES("\xdf\xff\xff\xff\xff"),
	LIES("\xdb\xff\xff\xff\xff"),
	LIES("\xc6\xff\xff\xff\xff"),
	LIES("\xc9\xff\xff\xff\xff\x01"),
	LIES("\xdc\xff\xff"),
	LIES("\xde\xff\xff"),
	LIES("\xda\xff\xff"),
	LIES("\x9f"),
	LIES("\x8f"),
	LIES("\x81\xdb\xff\xff\xff\xff"),
	LIES("\x81\xa8referral\xdd\xff\xff\xff\xff"),
	LIES("\x81\xa8referral\xdf\x7f\xff\xff\xff\xa1"
	     "a\x01"),
	LIES("\x81\xa5needs\x92\x01\xdd\x00\x00\x10\x00"),
};

Test(pack, a_header_that_lies_reserves_nothing)
{
	struct value value;
	cr_assert_eq(decode(STR("\x81\xa1"
				"a\x01"),
			     &value),
		ERR_OK); /* the arena's first block */
	const size_t before = mallinfo2().uordblks;
	for (size_t i = 0; i < 100000; i++) {
		arena_reset(&arena);
		const size_t which = i % (sizeof(lying) / sizeof(lying[0]));
		cr_assert_eq(decode(lying[which], &value), ERR_MALFORMED, "%zu", which);
		cr_assert_leq(arena.used_total, 256, "%zu", which);
	}
	cr_expect_eq(mallinfo2().uordblks, before);
}

Test(pack, lists_that_each_claim_the_rest_share_one_budget)
{
	/* Every list claims as much as the bytes would allow. */
	buf_reset(&bytes);
	buf_append(&bytes, "\x97", 1);
	for (size_t i = 0; i < 7; i++) {
		buf_append(&bytes, "\xdc\x02\x00", 3);
		for (size_t j = 0; j < 512; j++) {
			buf_append(&bytes, "\x90", 1);
		}
	}
	struct value value;
	cr_assert_eq(decode(buf_str(&bytes), &value), ERR_OK);
	cr_expect_leq(arena.used_total, LIMIT_ELEMENTS * sizeof(struct value) + 4096);
}

Test(pack, memory_that_runs_out_is_an_error_not_a_crash)
{
	flat(1000);
	struct arena small;
	arena_init(&small, 1024);
	struct value value;
	cr_expect_eq(
		pack_decode(buf_str(&bytes), &pack_limits_wire, &small, &value, &fault), ERR_NOMEM);
	arena_finish(&small);
}

Test(pack, a_tree_that_holds_itself_fails_instead_of_running_on)
{
	struct value loop = {.kind = VALUE_LIST, .list = {NULL, 1}};
	loop.list.items = &loop;
	pack_encode(&bytes, &loop);
	cr_expect(bytes.failed);
}
