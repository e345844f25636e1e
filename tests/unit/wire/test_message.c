/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/wire/request.h"

#include "broker/base/limits.h"

#include <criterion/criterion.h>

TestSuite(message, .init = request_begin, .fini = request_end);

Test(message, every_request_survives_decode_and_encode)
{
	for (enum wire_type type = WIRE_HELLO; type < WIRE_WELCOME; type++) {
		if (!is_request(type)) {
			continue;
		}
		const struct value map = full_request(type, NULL);
		struct wire_request request;
		cr_assert_eq(decode(type, &map, &request), ERR_OK, "%s: %s %s",
			wire_type_name(type), fault.field, fault.message);
		cr_assert_eq(request.header.type, type);
		cr_assert_eq(request.header.correlation, 42);
		struct buf again = {0};
		wire_request_encode(&again, &request);
		cr_assert(str_equal(buf_str(&again), buf_str(&frame)), "%s", wire_type_name(type));
		buf_finish(&again);
	}
}

Test(message, every_request_refuses_a_key_it_does_not_know)
{
	for (enum wire_type type = WIRE_HELLO; type < WIRE_WELCOME; type++) {
		if (!is_request(type)) {
			continue;
		}
		struct value map = full_request(type, NULL);
		value_put(&arena, &map, "safe_to_cal", value_of_bool(true));
		struct wire_request request;
		cr_expect_eq(decode(type, &map, &request), ERR_UNKNOWN_FIELD);
		cr_expect_str_eq(fault.field, "safe_to_cal");
		cr_expect_eq(request.header.correlation, 42);
	}
}

Test(message, an_unknown_key_is_answered_with_the_one_that_was_meant)
{
	struct value map = full_request(WIRE_WITHDRAW, "reason");
	value_put(&arena, &map, "raeson", value_of_text("her-decision"));
	struct wire_request request;
	cr_expect_eq(decode(WIRE_WITHDRAW, &map, &request), ERR_UNKNOWN_FIELD);
	cr_expect_not_null(strstr(fault.message, "did you mean reason?"), "%s", fault.message);
}

Test(message, a_key_of_another_request_is_unknown)
{
	struct value map = full_request(WIRE_SHOW, NULL);
	value_put(&arena, &map, "limit", value_of_int(1));
	struct wire_request request;
	cr_expect_eq(decode(WIRE_SHOW, &map, &request), ERR_UNKNOWN_FIELD);
	cr_expect_str_eq(fault.field, "limit");
	cr_expect_null(strstr(fault.message, "did you mean"));
}

Test(message, every_required_field_is_asked_for_by_name)
{
	size_t count;
	const struct wire_field *fields = wire_fields(&count);
	for (enum wire_type type = WIRE_HELLO; type < WIRE_WELCOME; type++) {
		if (!is_request(type)) {
			continue;
		}
		for (size_t i = 0; i < count; i++) {
			if (!wire_field_is_taken(&fields[i], type)) {
				continue;
			}
			const bool required = wire_field_is_required(&fields[i], type);
			const struct value map = full_request(type, fields[i].key);
			struct wire_request request;
			cr_expect_eq(decode(type, &map, &request), required ? ERR_MISSING : ERR_OK,
				"%s without %s", wire_type_name(type), fields[i].key);
			cr_expect(!required || strcmp(fault.field, fields[i].key) == 0);
		}
	}
}

Test(message, a_client_that_speaks_another_version_only_is_recognised)
{
	struct value map = full_request(WIRE_HELLO, "protocols");
	struct value versions = value_list_new(&arena, 2);
	value_push(&arena, &versions, value_of_int(2));
	value_push(&arena, &versions, value_of_int(3));
	value_put(&arena, &map, "protocols", versions);
	struct wire_request request;
	cr_assert_eq(decode(WIRE_HELLO, &map, &request), ERR_OK);
	cr_expect_not(request.speaks_version);
}

/* The header of a ping with one byte changed. */
static enum err decode_header(size_t at, char byte, struct wire_request *ret_request)
{
	const struct value empty = value_map_new(&arena, 1);
	(void)framed(WIRE_PING, 42, &empty);
	frame.data[at] = byte;
	return wire_request_decode(buf_str(&frame), &arena, ret_request, &fault);
}

Test(message, a_frame_of_another_making_is_refused_and_still_correlated)
{
	struct wire_request request;
	cr_expect_eq(decode_header(0, 'X', &request), ERR_MALFORMED);
	cr_expect_eq(request.header.correlation, 0);
	cr_expect_eq(decode_header(4, 2, &request), ERR_VERSION);
	cr_expect_eq(request.header.correlation, 42);
	cr_expect_eq(decode_header(5, 99, &request), ERR_MALFORMED);
	cr_expect_eq(request.header.correlation, 42);
	cr_expect_eq(decode_header(5, WIRE_DONE, &request), ERR_MALFORMED);
	cr_expect_eq(decode_header(5, 0, &request), ERR_MALFORMED);
	cr_expect_eq(decode_header(6, 1, &request), ERR_MALFORMED);
	cr_expect_eq(decode_header(7, 1, &request), ERR_MALFORMED);
	cr_expect_eq(decode_header(16, '\x90', &request), ERR_MALFORMED, "a list is no map");
	cr_expect_eq(decode_header(15, 7, &request), ERR_OK);
	cr_expect_eq(request.header.correlation, 7);
	cr_expect_eq(wire_request_decode((struct str){frame.data, 15}, &arena, &request, &fault),
		ERR_MALFORMED);
	cr_expect_eq(wire_request_decode((struct str){0}, &arena, &request, &fault), ERR_MALFORMED);
}

Test(message, a_frame_over_the_limit_is_refused_and_still_correlated)
{
	const size_t size = LIMIT_FRAME_BYTES + 1;
	char *large = arena_alloc(&arena, size);
	const struct value empty = value_map_new(&arena, 1);
	(void)framed(WIRE_PING, 42, &empty);
	memcpy(large, frame.data, frame.len);
	struct wire_request request;
	cr_expect_eq(wire_request_decode((struct str){large, size}, &arena, &request, &fault),
		ERR_TOO_LARGE);
	cr_expect_eq(request.header.correlation, 42);
	cr_expect_eq(wire_request_decode((struct str){large, size - 1}, &arena, &request, &fault),
		ERR_MALFORMED, "bytes after the end");
}

Test(message, a_refused_request_leaves_nothing_but_its_header)
{
	struct value map = full_request(WIRE_SUBMIT, NULL);
	value_put(&arena, &map, "unknown", value_of_int(1));
	struct wire_request request;
	cr_assert_eq(decode(WIRE_SUBMIT, &map, &request), ERR_UNKNOWN_FIELD);
	cr_expect_eq(request.referral.kind, VALUE_NULL);
	cr_expect_eq(request.user.len, 0);
}

Test(message, a_refusal_arrives_as_it_was_sent)
{
	struct fault sent;
	(void)fault_set(&sent, ERR_CONFLICT, "referral.source_ref", "used with other content");
	const struct value body = wire_fault_body(&arena, &sent);
	wire_reply_encode(&frame, WIRE_REFUSED, 9, &body);
	struct wire_header header;
	struct value read;
	cr_assert_eq(wire_reply_decode(buf_str(&frame), &arena, &header, &read, &fault), ERR_OK);
	cr_expect_eq(header.type, WIRE_REFUSED);
	cr_expect_eq(header.correlation, 9);
	struct fault received;
	wire_fault_read(&read, &received);
	cr_expect_eq(received.code, sent.code);
	cr_expect_str_eq(received.field, sent.field);
	cr_expect_str_eq(received.message, sent.message);
}

Test(message, a_refusal_that_is_none_is_an_internal_error)
{
	struct fault received;
	struct value body = value_map_new(&arena, 1);
	wire_fault_read(&body, &received);
	cr_expect_eq(received.code, ERR_INTERNAL);
	value_put(&arena, &body, "code", value_of_text("ok"));
	wire_fault_read(&body, &received);
	cr_expect_eq(received.code, ERR_INTERNAL);
}

Test(message, a_client_does_not_take_requests_for_replies)
{
	const struct value empty = value_map_new(&arena, 1);
	struct wire_header header;
	struct value body;
	cr_expect_eq(
		wire_reply_decode(framed(WIRE_SUBMIT, 1, &empty), &arena, &header, &body, &fault),
		ERR_MALFORMED);
}

Test(message, a_reply_may_hold_more_than_a_request)
{
	enum {
		EVENTS = 2000,
		MEMBERS = 8
	};
	static const char *const keys[MEMBERS] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	struct value timeline = value_list_new(&arena, EVENTS);
	for (size_t i = 0; i < EVENTS; i++) {
		struct value event = value_map_new(&arena, MEMBERS);
		for (size_t k = 0; k < MEMBERS; k++) {
			value_put(&arena, &event, keys[k], value_of_text("received"));
		}
		value_push(&arena, &timeline, event);
	}
	struct value body = value_map_new(&arena, 1);
	value_put(&arena, &body, "timeline", timeline);
	struct wire_header header;
	struct value read;
	cr_assert_eq(wire_reply_decode(framed(WIRE_DONE, 1, &body), &arena, &header, &read, &fault),
		ERR_OK, "%s %s", fault.field, fault.message);
	cr_expect(value_equal(&body, &read));
}
