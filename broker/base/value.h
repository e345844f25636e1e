/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_BASE_VALUE_H
#define ONWARD_BASE_VALUE_H
#include "broker/base/arena.h"

/*
 * A document as a tree: what a msgpack map, a JSON object or a stored payload becomes, and what the
 * field table validates.  Everything lives in the arena of whoever decoded it.  Maps keep the order
 * in which keys arrived and never hold one key twice (the decoders refuse that).
 */
enum value_kind {
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_INT,
	VALUE_DOUBLE,
	VALUE_STRING, /* UTF-8 */
	VALUE_BYTES,
	VALUE_LIST,
	VALUE_MAP,
};

struct value;
struct value_list {
	struct value *items;
	size_t count;
};
struct value_map {
	struct value_entry *entries;
	size_t count;
};

struct value {
	enum value_kind kind;
	union {
		bool boolean;
		int64_t integer;
		double number;
		struct str string; /* VALUE_STRING and VALUE_BYTES */
		struct value_list list;
		struct value_map map;
	};
};

struct value_entry {
	struct str key;
	struct value value;
};

/* The member of that name; NULL when `map` is NULL, not a map, or has none. */
const struct value *value_get(const struct value *map, struct str key);
/* By path: "person.given_name", "needs[1].code".  NULL when any step is missing. */
const struct value *value_at(const struct value *root, const char *path);
/* Shorthands for optional members: the fallback when absent or of another kind. */
struct str value_get_str(const struct value *map, const char *key);
int64_t value_get_int(const struct value *map, const char *key, int64_t fallback);
bool value_get_bool(const struct value *map, const char *key, bool fallback);

/* Builders over an arena.  `value_map_new` reserves `capacity` entries; `value_put` beyond it, or
 * on a failed arena, marks the arena failed. */
struct value value_of_str(struct str s);
struct value value_of_text(const char *text); /* borrowed, terminated */
struct value value_of_int(int64_t integer);
struct value value_of_bool(bool boolean);
struct value value_of_bytes(const void *bytes, size_t len);
struct value value_map_new(struct arena *arena, size_t capacity);
struct value value_list_new(struct arena *arena, size_t capacity);
void value_put(struct arena *arena, struct value *map, const char *key, struct value value);
void value_push(struct arena *arena, struct value *list, struct value value);
bool value_equal(const struct value *a, const struct value *b); /* maps: in any order */
/* A deep copy into the arena: strings too.  Keys as well.  ERR_NOMEM. */
MUST_CHECK enum err value_copy(
	struct arena *arena, const struct value *value, struct value *ret_copy);
/* Merge patch (RFC 7396): members of `patch` replace those of `base`, null removes.  The result
 * shares memory with both; the spine is in the arena. */
struct value value_merge(struct arena *arena, const struct value *base, const struct value *patch);
#endif
