/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_WIRE_PACK_H
#define ONWARD_WIRE_PACK_H
#include "broker/base/buf.h"
#include "broker/base/value.h"
/*
 * msgpack <-> document trees.  Reading is a bounded cursor of our own: msgpack-c reserves what a
 * header claims before it looks whether the bytes are there.  Writing is the shortest form of
 * everything, as msgpack-c's packer has it.
 */
struct pack_limits {
	size_t depth;    /* nesting of lists and maps */
	size_t elements; /* values of every kind together */
};

/* What came from outside: LIMIT_DEPTH, LIMIT_ELEMENTS, UTF-8, string keys, no key twice, nothing
 * after the value, no extension types, every claimed length within the bytes that are there.
 * ERR_MALFORMED or ERR_TOO_LARGE with the path in the fault ("referral.needs[3].code"); *ret_value
 * untouched on failure. Strings are borrowed from `bytes`, the tree is in the arena. */
MUST_CHECK enum err pack_decode(struct str bytes, const struct pack_limits *limits,
	struct arena *arena, struct value *ret_value, struct fault *fault);
extern const struct pack_limits pack_limits_wire;
/* What a broker answers: a timeline or an explanation may have more elements than a request; still
 * bounded by a frame. */
extern const struct pack_limits pack_limits_reply;
/* For our own records: deeper, still bounded by the bytes. */
extern const struct pack_limits pack_limits_own;

/* Appends to `out`; a failure is sticky in out->failed. */
void pack_encode(struct buf *out, const struct value *value);
/* Map keys sorted by bytes, shortest forms: equal documents give equal bytes. */
void pack_encode_canonical(struct buf *out, const struct value *value);

/* The parts, for what is written without a tree: a map is its head and then so many keys and
 * values. */
void pack_map(struct buf *out, size_t count);
void pack_list(struct buf *out, size_t count);
void pack_str(struct buf *out, struct str text);
void pack_bytes(struct buf *out, struct str bytes);
void pack_int(struct buf *out, int64_t number);
#endif
