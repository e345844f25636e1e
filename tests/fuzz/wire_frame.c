/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a frame and as a document: what is refused is refused with a fault, what is accepted
 * means the same after it was written and read again, and memory stays within the message's bounds.
 */
#include "broker/base/limits.h"
#include "broker/wire/message.h"

#include <stdlib.h>

enum {
	/* 4,096 entries, their sorting and the canonical texts of a request. */
	TREE_BYTES_MAX = 256 * 1024,
	/* A reply may hold as many entries as bytes. */
	REPLY_TREE_BYTES_MAX = LIMIT_FRAME_BYTES * 64
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
	if (!holds) {
		abort();
	}
}

static bool is_refusal(enum err err)
{
	return err == ERR_MALFORMED || err == ERR_TOO_LARGE || err == ERR_VERSION ||
	       err == ERR_UNKNOWN_FIELD || err == ERR_MISSING || err == ERR_INVALID;
}

static void document_try(struct arena *arena, struct str input)
{
	arena_reset(arena);
	struct value value;
	struct fault fault = {0};
	const enum err err = pack_decode(input, &pack_limits_wire, arena, &value, &fault);
	require(arena->used_total <= TREE_BYTES_MAX);
	if (err != ERR_OK) {
		require(is_refusal(err) && fault.code == err && fault.message[0] != '\0');
		return;
	}
	struct buf plain = {0};
	struct buf canonical = {0};
	struct buf again = {0};
	struct value copy;
	pack_encode(&plain, &value);
	require(!plain.failed && plain.len <= 8 * input.len);
	require(pack_decode(buf_str(&plain), &pack_limits_wire, arena, &copy, NULL) == ERR_OK);
	require(value_equal(&value, &copy));
	pack_encode_canonical(&canonical, &value);
	require(pack_decode(buf_str(&canonical), &pack_limits_wire, arena, &copy, NULL) == ERR_OK);
	require(value_equal(&value, &copy));
	pack_encode_canonical(&again, &copy);
	require(str_equal(buf_str(&canonical), buf_str(&again)));
	buf_finish(&again);
	buf_finish(&canonical);
	buf_finish(&plain);
}

static void request_try(struct arena *arena, struct str input)
{
	arena_reset(arena);
	struct wire_request request;
	struct fault fault = {0};
	const enum err err = wire_request_decode(input, arena, &request, &fault);
	require(arena->used_total <= TREE_BYTES_MAX);
	if (err != ERR_OK) {
		require(is_refusal(err) && fault.code == err && fault.message[0] != '\0');
		return;
	}
	struct buf first = {0};
	struct buf second = {0};
	wire_request_encode(&first, &request);
	struct wire_request copy;
	require(!first.failed);
	require(wire_request_decode(buf_str(&first), arena, &copy, NULL) == ERR_OK);
	wire_request_encode(&second, &copy);
	require(str_equal(buf_str(&first), buf_str(&second)));
	buf_finish(&second);
	buf_finish(&first);
}

static void reply_try(struct arena *arena, struct str input)
{
	arena_reset(arena);
	struct wire_header header;
	struct value body;
	struct fault fault = {0};
	const enum err err = wire_reply_decode(input, arena, &header, &body, &fault);
	require(arena->used_total <= REPLY_TREE_BYTES_MAX);
	if (err != ERR_OK) {
		require(is_refusal(err) && fault.code == err);
		return;
	}
	require(header.type >= WIRE_WELCOME && body.kind == VALUE_MAP);
	struct fault read;
	wire_fault_read(&body, &read);
	require(read.code != ERR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct str input = {(const char *)bytes, size};
	struct arena arena;
	arena_init(&arena, 0);
	document_try(&arena, input);
	if (size > WIRE_HEADER_SIZE) {
		document_try(&arena,
			(struct str){input.ptr + WIRE_HEADER_SIZE, size - WIRE_HEADER_SIZE});
	}
	request_try(&arena, input);
	reply_try(&arena, input);
	arena_finish(&arena);
	return 0;
}
